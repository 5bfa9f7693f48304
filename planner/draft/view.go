package draft

import (
	"strings"

	"followup/planner/interview"
)

// view is what a template sees: Data, cleaned and written in the language.
// Every field is a finished piece of text or a plain value; "" means unknown.
type view struct {
	Kind, Tone, Language string

	To     string   // the recipient's name, with title: "Dr. Ana Ruiz"
	First  string   // what stands after "Hi": "Ana", "Dr. Ruiz"
	Titled bool     // To has a title such as "Dr."
	Who    string   // To, else the address: for the calendar event's title
	Names  []string // everybody spoken with
	People string   // Names joined: "Ana Ruiz and Ben Okafor"
	WithTo bool     // To is one of Names
	Others string   // Names without To, joined

	Me      string // the signature, else the user's name; may have several lines
	Company string
	Via     string
	Role    string
	Round   string // one of interview.Round's values, "other" when unknown

	Date     string // of the interview, to stand after a preposition: "November 23"
	On       string // of the interview, as an adverbial: "on Monday, November 23"
	When     string // like On, shorter when it was in the last days: "on Monday"
	Time     string // of the interview: "2:30 pm"; "" when its time of day is unknown
	HearBy   string // promised date, to stand after "by"
	Deadline string // offer's date, to stand after "by"

	Notes     []string
	Variant   int
	Attempt   int
	Again     bool
	Forward   bool
	Recruiter bool
	Address   bool // To has a mail address

	Letter string // with Forward: the thank-you that is to be passed on
}

// newView cleans the data. What was cut is told in the warnings.
func newView(d Data, l language, code string) (view, []string) {
	to := splitName(d.To.Name)
	v := view{
		Kind: string(d.Kind), Tone: string(tone(d.Tone)), Language: code,
		To: to.full, First: firstName(to, code), Titled: to.title != "", Who: to.full,
		Me: signature(d), Company: field(d.Company, maxCompany), Via: field(d.Via, maxCompany), Role: roleField(d.Role),
		Round:    string(round(d.Round)),
		Date:     l.write(l.date, d.Interview, d.Now),
		On:       l.write(l.on, d.Interview, d.Now),
		When:     l.recently(d.Interview, d.Now),
		Time:     l.timeOfDay(d.Interview),
		HearBy:   l.write(l.by, d.HearBy, d.Now),
		Deadline: l.write(l.by, d.Deadline, d.Now),
		Variant:  max(d.Variant, 0), Attempt: max(d.Attempt, 1),
		Again: d.Again, Forward: d.Forward, Recruiter: d.Recruiter,
		Address: address(d.To.Email),
	}
	if v.Who == "" && v.Address {
		v.Who = d.To.Email
	}
	if v.Via == v.Company {
		v.Via = ""
	}
	v.names(d.Names, l)
	warnings := v.notes(d.Notes)
	return v, warnings
}

func (v *view) names(names []string, l language) {
	var others []string
	seen := map[string]bool{}
	for _, s := range names {
		n := splitName(s).full
		if n == "" || seen[n] {
			continue
		}
		seen[n] = true
		v.Names = append(v.Names, n)
		if n == v.To {
			v.WithTo = true
		} else {
			others = append(others, n)
		}
	}
	v.People, v.Others = l.join(v.Names), l.join(others)
}

func (v *view) notes(notes []string) (warnings []string) {
	seen := map[string]bool{}
	for _, s := range notes {
		n := note(s)
		if n == "" || seen[n] {
			continue
		}
		seen[n] = true
		if len(v.Notes) == maxNotes {
			return append(warnings, "the draft holds the first three notes; add the others by hand")
		}
		if strings.HasSuffix(n, "…") && !strings.HasSuffix(strings.TrimSpace(s), "…") {
			warnings = append(warnings, "a note was longer than 400 characters and was cut")
		}
		v.Notes = append(v.Notes, n)
	}
	return warnings
}

// firstName is how a greeting calls the person: the first name, but "Dr. Ruiz"
// in English for people with a title, and the whole name elsewhere.
func firstName(n personName, code string) string {
	switch {
	case n.title == "":
		return n.given
	case code == "en" && n.family != "":
		return n.title + " " + n.family
	default:
		return n.full
	}
}

// signature is the configured one, of up to six lines, else the user's name.
func signature(d Data) string {
	var lines []string
	for line := range strings.Lines(d.Signature) {
		if line = note(line); line != "" && len(lines) < 6 {
			lines = append(lines, line)
		}
	}
	if len(lines) > 0 {
		return strings.Join(lines, "\n")
	}
	return splitName(d.Me).full
}

func tone(t Tone) Tone {
	switch t {
	case Formal, Brief:
		return t
	}
	return Warm
}

func round(r interview.Round) interview.Round {
	switch r {
	case interview.Screen, interview.HiringManager, interview.Technical, interview.TakeHome,
		interview.Panel, interview.Onsite, interview.Final, interview.OfferCall:
		return r
	}
	return interview.Other
}

// Variables lists the names that templates may use, each after a full stop.
var Variables = []string{
	"Kind", "Tone", "Language", "To", "First", "Titled", "Who", "Names", "People", "WithTo", "Others", "Me", "Company", "Via",
	"Role", "Round", "Date", "On", "When", "Time", "HearBy", "Deadline", "Notes", "Variant", "Attempt", "Again",
	"Forward", "Recruiter", "Address", "Letter",
}
