package interview

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// roundByWhom tells the round from whom the user meets, of a talk whose round no
// word says.
func (r *reading) roundByWhom(interviewers []Person, recruiter Person, via string) Round {
	switch {
	case r.hasPad():
		return Technical
	case r.committee(), len(interviewers) >= 3, r.scheduleSlots() >= 2 && len(interviewers) >= 2:
		return Panel
	}
	if len(interviewers) == 1 {
		if round := r.roundOfOffice(interviewers[0]); round != Other {
			return round
		}
	}
	if round := r.titleOffice(); round != Other {
		return round
	}
	switch {
	case r.callWithSender(interviewers), len(interviewers) == 1 && samePerson(interviewers[0], recruiter):
		return Screen
	case via != "" && len(interviewers) <= 1 && r.sentByAgency(via):
		return Screen
	case r.firstCall(interviewers):
		return Screen
	}
	return Other
}

// committee tells whether the event speaks of a committee that hears the user.
func (r *reading) committee() bool {
	said := func(h hit) bool { return h.section == "committee" && h.lang == r.lang }
	return slices.ContainsFunc(r.titleHit, said) || slices.ContainsFunc(r.bodyHit, said)
}

// roundOfOffice tells the round that a talk with somebody of a person's office is:
// recruiters and HR screen, those who lead the company decide, others who lead
// are hiring managers.
func (r *reading) roundOfOffice(p Person) Round {
	name := fold(p.Name)
	if !ideographic(name) {
		name = name[strings.LastIndexByte(name, ' ')+1:]
	}
	if utf8.RuneCountInString(name) < 2 {
		return Other
	}
	for _, t := range []text{r.title, r.topic, r.body} {
		at := strings.Index(t.low, name)
		if at < 0 {
			continue
		}
		if round := r.officeIn(besideName(t, at, at+len(name))); round != Other {
			return round
		}
	}
	return Other
}

// besideName returns what is said of the person whose name stands from i to j:
// what follows on the line behind a comma, a dash or in brackets, and else what
// stands before.
func besideName(t text, i, j int) text {
	end := j
	for end < len(t.low) && end-j < 60 && !strings.ContainsRune("\n.;", rune(t.low[end])) {
		end++
	}
	for end < len(t.low) && !utf8.RuneStart(t.low[end]) {
		end++
	}
	if rest := strings.TrimLeft(t.low[j:end], " "); rest != "" && strings.ContainsRune(",(-/|", rune(rest[0])) || strings.HasPrefix(rest, "–") {
		return t.sub(j, end)
	}
	from := max(0, i-40)
	if n := strings.LastIndexAny(strings.TrimRight(t.low[from:i], " ,"), "\n.;,:()"); n >= 0 {
		from += n + 1
	}
	for from < i && !utf8.RuneStart(t.low[from]) {
		from++
	}
	return t.sub(from, i)
}

// officeIn tells the round of the first office in t; a word that is one of several
// kinds is of the most telling one.
func (r *reading) officeIn(t text) Round {
	round, end := Other, len(t.low)
	for _, h := range r.v.scan(t) {
		if !r.speaks(h) || h.start >= end {
			continue
		}
		switch h.section {
		case "hr", "recruiter":
			return Screen
		case "exec":
			return Final
		case "office", "lead", "hiring_manager":
			if round == Other {
				round, end = HiringManager, h.end
			}
		}
	}
	return round
}

// titleOffice tells the round of the office that the title says the user meets:
// in a piece behind "with", or in one that is nothing else.
func (r *reading) titleOffice() Round {
	for _, p := range r.pieces {
		if p.topic || p.kind != noisePiece && p.kind != personPiece && p.kind != unknownPiece && !(p.kind == rolePiece && r.office(p.text)) {
			continue
		}
		if round := r.officeIn(newText(p.text)); round != Other {
			return round
		}
		if p.hint == "with" && p.kind == noisePiece && r.looksLikeRole(p.text) {
			return HiringManager
		}
	}
	return Other
}

// sentByAgency tells whether the agency itself invites, or the event is the user's
// own note on a talk with it.
func (r *reading) sentByAgency(via string) bool {
	org, ok := r.organizer()
	return !ok || meets(compact(org.label()), via) || meets(compact(org.name), via)
}

// firstCall tells whether the event is a call or a coffee that no word makes an
// interview, or one booked with a tool: a first talk.
func (r *reading) firstCall(interviewers []Person) bool {
	if len(interviewers) > 1 || hasSection(r.titleHit, "interview") || hasSection(r.titleHit, "ordinal") {
		return false
	}
	named := slices.ContainsFunc(r.pieces, func(p piece) bool { return p.kind == selfPiece })
	if r.booked() || named && len(r.guests) == 1 {
		return true
	}
	return slices.ContainsFunc(r.titleHit, func(h hit) bool { return h.section == "talk" && r.speaks(h) })
}
