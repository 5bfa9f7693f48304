package interview

import (
	"slices"
	"strings"

	"followup/calendar"
)

// applyMarks lets the user's words on the event itself decide. Corrections of
// company and role wait until it is known which process they are made to: see
// corpus.link.
func applyMarks(iv *Interview, marks []calendar.Mark) {
	for _, m := range marks {
		switch m.Word {
		case calendar.MarkInterview:
			iv.Decision, iv.Confidence = Yes, 1
			iv.Reason = "you said #interview"
			iv.Evidence = once(iv.Evidence, Signal{"your mark", "#interview", 10})
		case calendar.MarkNotInterview:
			iv.Decision, iv.Confidence = No, 0
			iv.Reason = "you said #not-interview"
			iv.Evidence = once(iv.Evidence, Signal{"your mark", "#not-interview", -10})
		case calendar.MarkWith:
			if people := markPeople(m.Value); len(people) > 0 {
				iv.Interviewers = people
			}
		case calendar.MarkDecisionBy:
			if d, ok := ParseDates("by "+m.Value, iv.Event.End, iv.Language); ok {
				iv.HearBy = d
			} else if d, ok := ParseDates(m.Value, iv.Event.End, iv.Language); ok {
				iv.HearBy = d
			}
		}
	}
}

// markPeople reads "Anna Berg <anna@nimbus.example>, Jonas Weber".
func markPeople(value string) []Person {
	var out []Person
	for part := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		name, email := splitEmail(strings.TrimSpace(part))
		if name != "" || email != "" {
			out = append(out, Person{Name: name, Email: email})
		}
	}
	return out
}

// refersTo tells whether a mark with a Ref is said of the interview: by its UID,
// its process key, or a text that its title, company or role holds.
func refersTo(ref string, iv *Interview) bool {
	switch ref {
	case "":
		return false
	case iv.Event.UID, iv.Event.ID().String(), iv.Process:
		return true
	}
	low := fold(ref)
	if len(low) < 2 || strings.Contains(ref, "@") {
		return false
	}
	for _, s := range []string{iv.Company, iv.Company + " " + iv.Role, iv.Role, iv.Event.Summary} {
		if s != "" && strings.Contains(fold(s), low) {
			return true
		}
	}
	return false
}

// exactRef tells whether a mark names one event or process and not a text.
func exactRef(ref string, iv *Interview) bool {
	return ref != "" && (ref == iv.Event.UID || ref == iv.Event.ID().String() || ref == iv.Process)
}

// refMarks are the marks said of the interview by reference. A text that matches
// none by key counts where it matches.
func refMarks(marks []calendar.Mark, iv *Interview) []calendar.Mark {
	var out []calendar.Mark
	for _, m := range marks {
		if m.Ref != "" && refersTo(m.Ref, iv) {
			out = append(out, m)
		}
	}
	return out
}

// spread hands marks of one event on to its process: outcomes and corrections
// hold for the whole application, notes and people for their event alone.
func spread(list []*Interview) {
	byProcess := map[string][]calendar.Mark{}
	for _, iv := range list {
		if iv.Process == "" {
			continue
		}
		for _, m := range iv.Marks {
			if processWide(m.Word) && !slices.Contains(byProcess[iv.Process], m) {
				byProcess[iv.Process] = append(byProcess[iv.Process], m)
			}
		}
	}
	for _, iv := range list {
		for _, m := range byProcess[iv.Process] {
			if !slices.Contains(iv.Marks, m) {
				iv.Marks = append(iv.Marks, m)
			}
		}
	}
}

// processWide tells whether a word is said of the whole application.
func processWide(word string) bool {
	switch word {
	case calendar.MarkAnswered, calendar.MarkDecisionBy, calendar.MarkRejected, calendar.MarkOffer, calendar.MarkAccepted,
		calendar.MarkDeclined, calendar.MarkWithdrawn, calendar.MarkCompany, calendar.MarkRole:
		return true
	}
	return false
}

// once adds a signal that isn't there yet.
func once(list []Signal, s Signal) []Signal {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
