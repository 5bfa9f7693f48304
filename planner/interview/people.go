package interview

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// findPeople decides who the user spoke with and who arranges it.
func (r *reading) findPeople(company, via string, round Round) (interviewers []Person, recruiter Person) {
	named := r.namedPeople(company, via)
	recruiter = r.findRecruiter(named)
	isRecruiter := func(p Person) bool { return samePerson(p, recruiter) }
	var onEvent []Person
	var chief Person
	for _, g := range r.guests {
		p := g.person(r)
		if p.Name == "" && p.Email == "" || g.mailbox || g.declined || g.kind == hostRelay || g.kind == hostScheduler || g.kind == hostProvider {
			continue
		}
		if r.companyAsName(p.Name, company, via) || r.deskGuest(g) {
			continue
		}
		if via != "" && company != "" && !g.organizer && !g.creator && r.outside(g) && meets(compact(via), g.label()) {
			continue // a second person of the agency
		}
		if g.organizer || g.creator {
			chief = p
			if recruiter == (Person{}) && g.optional {
				recruiter = p
			}
			continue
		}
		onEvent = append(onEvent, p)
	}
	interviewers = union(named, onEvent)
	together := len(named) > 1 && slices.ContainsFunc(named, isRecruiter) || r.meToo()
	if slots := r.scheduled(company, via); !together && !slices.ContainsFunc(slots, isRecruiter) {
		interviewers = slices.DeleteFunc(interviewers, isRecruiter)
	}
	if r.meToo() && recruiter != (Person{}) {
		interviewers = union(interviewers, []Person{recruiter})
	}
	if len(r.guests) == 0 {
		interviewers = union(interviewers, r.noted(company))
		if len(interviewers) == 0 {
			interviewers = r.firstNamed(company)
		}
	}
	if len(interviewers) == 0 {
		interviewers = r.mentioned(company, via, recruiter)
	}
	if len(interviewers) == 0 && slices.ContainsFunc(named, isRecruiter) {
		interviewers = []Person{recruiter}
	}
	switch {
	case chief == (Person{}) || isRecruiter(chief):
	case len(interviewers) == 0:
		interviewers = []Person{chief}
	case recruiter == (Person{}) && !slices.ContainsFunc(interviewers, func(p Person) bool { return samePerson(p, chief) }):
		recruiter = chief
	}
	if len(interviewers) == 0 && recruiter != (Person{}) && !r.agencySends(via) {
		interviewers = []Person{recruiter}
	}
	if len(interviewers) == 0 && recruiter != (Person{}) && !hasSection(r.titleHit, "interview") {
		interviewers = []Person{recruiter} // a call with the agency itself
	}
	if len(interviewers) == 0 && round == Screen && recruiter != (Person{}) {
		interviewers = []Person{recruiter}
	}
	if len(interviewers) == 0 {
		for _, h := range r.hosts {
			if !r.me.isName(h) && r.personLike(h, company) {
				interviewers = []Person{{Name: h}}
				break
			}
		}
	}
	recruiter = r.tidyPerson(recruiter)
	var tidy []Person
	for _, p := range interviewers {
		tidy = union(tidy, []Person{r.tidyPerson(p)})
	}
	return tidy, recruiter
}

// tidyPerson writes a name as one writes it to the person. In a guest list it
// stands like that already; a text may have changed its end.
func (r *reading) tidyPerson(p Person) Person {
	p.Name = r.v.tidyName(p.Name)
	if p.Email == "" {
		p.Name = r.nominative(p.Name)
	}
	return p
}

// meToo tells whether the one who writes the invitation takes part: "with Anna
// Berg and me".
func (r *reading) meToo() bool {
	low, list := r.body.low, listFacts()["me-too"]
	seen := make([]bool, len(list)) // of each word the first place counts
	for i := range len(low) {
		if low[i] != ' ' || i+1 == len(low) || !meTooBegins()[low[i+1]] {
			continue
		}
		for n, w := range list {
			if seen[n] || !strings.HasPrefix(low[i+1:], w) {
				continue
			}
			seen[n] = true
			if next, _ := utf8.DecodeRuneInString(low[i+1+len(w):]); !wordRune(next) {
				return true
			}
		}
	}
	return false
}

// meTooBegins has the bytes with which the words for it begin.
var meTooBegins = sync.OnceValue(func() (begins [256]bool) {
	for _, w := range listFacts()["me-too"] {
		begins[w[0]] = true
	}
	return begins
})

// scheduled are the people with a time of their own in the text.
func (r *reading) scheduled(company, via string) []Person {
	var out []Person
	for _, l := range r.lines() {
		if rest, ok := scheduleLine(l); ok {
			out = union(out, r.slotPeople(rest, company, via))
		}
	}
	return out
}

// noted finds the people in the user's own short notes, where there is no
// invitation: "with Elspeth Grant", "Herr Dietl ruft an".
func (r *reading) noted(company string) []Person {
	if len(r.body.low) > 300 {
		return nil
	}
	var out []Person
	for _, s := range r.sentences() {
		if hasSection(r.v.scan(s), "not.own") {
			continue
		}
		out = union(out, r.fullNames(s, company))
		out = union(out, r.behindWith(s, company))
	}
	return out
}

// shortNote is the length in bytes up to which a note is about the one person
// whose given name it has.
const shortNote = 48

// firstNamed finds a given name alone in the title or the text of the user's own
// short note: "Ronja calls".
func (r *reading) firstNamed(company string) []Person {
	for _, t := range []text{r.title, r.body} {
		if len(t.low) > shortNote && t.raw == r.body.raw {
			continue
		}
		for _, w := range wordSpans(t.low) {
			name := t.slice(w[0], w[1])
			if r.v.names[t.low[w[0]:w[1]]] && startsUpper(name) && !ideographic(name) && !r.me.isName(name) && !strings.Contains(compact(company), compact(name)) {
				return []Person{{Name: name}}
			}
		}
	}
	return nil
}

// behindWith reads full names behind "with" and family names behind "Mr" in a
// sentence.
func (r *reading) behindWith(s text, company string) []Person {
	var out []Person
	for _, h := range r.v.scan(s) {
		if h.section != "with" && h.section != "mr" || !r.speaks(h) || h.end >= len(s.low) {
			continue
		}
		phrase, _, _ := strings.Cut(s.slice(h.end, len(s.low)), ",")
		words := strings.Fields(strings.TrimLeft(phrase, "."))
		for n := min(3, len(words)); n > 0; n-- {
			name := strings.Trim(strings.Join(words[:n], " "), ".,;:")
			if nameParticle[fold(words[n-1])] {
				continue
			}
			if n > 1 && (r.personLike(name, company) || h.section == "mr") && capitalised(words[:n]) || n == 1 && h.section == "mr" && r.familyName(name) {
				out = union(out, []Person{{Name: name}})
				break
			}
		}
	}
	return out
}

// mentioned finds full names in sentences that speak of the interview, for
// invitations whose wording no phrase of the vocabulary has a slot for; failing
// that, in any whole sentence.
func (r *reading) mentioned(company, via string, recruiter Person) []Person {
	var near, far []Person
	for _, s := range r.sentences() {
		hits := r.v.scan(s)
		if hasSection(hits, "recruiter") && !hasSection(hits, "label.people") {
			continue
		}
		cue := slices.ContainsFunc(hits, func(h hit) bool { return r.speaksOfPeople(s, h) })
		if !cue && len(strings.Fields(s.raw)) < 5 {
			continue // a signature
		}
		found := r.fullNames(s, company)
		if slices.ContainsFunc(hits, func(h hit) bool { return (h.section == "interview" || h.section == "ambiguous") && r.speaks(h) }) {
			found = union(found, r.behindWith(s, company))
		}
		for _, p := range found {
			switch {
			case samePerson(p, recruiter) || compact(p.Name) == compact(via):
			case cue:
				near = union(near, []Person{p})
			default:
				far = union(far, []Person{p})
			}
		}
	}
	if len(near) > 0 {
		return near
	}
	return far
}

// speaksOfPeople tells whether a hit makes its sentence one that may name whom
// the user meets.
func (r *reading) speaksOfPeople(s text, h hit) bool {
	switch h.section {
	case "people", "label.people", "confirm", "interview":
		return r.speaks(h)
	case "with":
		return r.speaks(h) && strings.TrimSpace(s.low[:h.start]) == ""
	}
	return false
}

// fullNames lists runs of two to four capitalised words that begin with a given
// name or follow a title such as Mr.
func (r *reading) fullNames(s text, company string) []Person {
	if ideographic(s.raw) {
		return nil
	}
	spans := wordSpans(s.low)
	var out []Person
	for i := 0; i < len(spans); i++ {
		isTitle := func(k int) bool { return hasSection(r.v.scan(s.sub(spans[k][0], spans[k][1])), "mr") }
		titled := isTitle(i)
		for titled && i+1 < len(spans) && isTitle(i+1) {
			i++
		}
		given := r.givenName(s.low[spans[i][0]:spans[i][1]]) || r.lang == "hu" && i+1 < len(spans) && r.v.names[s.low[spans[i+1][0]:spans[i+1][1]]]
		if !titled && !given || !startsUpper(s.slice(spans[i][0], spans[i][1])) {
			continue
		}
		j := i
		for j+1 < len(spans) && j-i < 4 && strings.Trim(s.low[spans[j][1]:spans[j+1][0]], " .") == "" &&
			(startsUpper(s.slice(spans[j+1][0], spans[j+1][1])) || nameParticle[s.low[spans[j+1][0]:spans[j+1][1]]]) && (j+1 == i+1 || !strings.Contains(s.low[spans[j][1]:spans[j+1][0]], ". ")) {
			j++
		}
		for j > i && nameParticle[s.low[spans[j][0]:spans[j][1]]] {
			j--
		}
		name := s.slice(spans[i][0], spans[j][1])
		if j == i || r.me.isName(name) || r.me.isName(s.slice(spans[i+1][0], spans[j][1])) {
			continue // the user, after a greeting as well: "Olá Mateus"
		}
		out = union(out, r.peopleIn(name, company, ""))
		if rest := s.slice(spans[j][1], len(s.low)); len(out) > 0 {
			out = union(out, r.listedBehind(rest, company))
		}
		i = j
	}
	return out
}

// listedBehind reads the full names that a list goes on with behind a name: ",
// Mei Sung and Ewelina Trzos".
func (r *reading) listedBehind(rest, company string) []Person {
	if !strings.HasPrefix(rest, ",") && !strings.HasPrefix(rest, " (") {
		t := newText(cut(rest, 12))
		if !slices.ContainsFunc(r.v.scan(t), func(h hit) bool { return h.section == "and" && h.start <= 1 && r.speaks(h) }) {
			return nil
		}
	}
	t := newText(cut(rest, maxSlot))
	if n := endOfFiller(t.low, peopleSlot); n >= 0 {
		t = t.sub(0, n)
	}
	return slices.DeleteFunc(r.peopleIn(t.raw, company, ""), func(p Person) bool { return !strings.Contains(p.Name, " ") })
}

// agencySends tells whether an agency's recruiter arranges an interview with
// somebody else.
func (r *reading) agencySends(via string) bool { return via != "" }

func (r *reading) companyAsName(name, company, via string) bool {
	c := compact(name)
	if r.organisation(name) || corporate(name) && !ideographic(name) {
		return true
	}
	return c != "" && (c == compact(company) || c == compact(via)) || r.deskCompany(name) != "" && !r.looksLikeName(name) && endsInDesk(name)
}

func endsInDesk(name string) bool {
	words := strings.Fields(name)
	return len(words) > 0 && loadFacts()["desk"][fold(words[len(words)-1])]
}

// samePerson compares by address when both have one, else by name.
func samePerson(a, b Person) bool {
	if a.Email != "" && b.Email != "" {
		return a.Email == b.Email
	}
	if a.Name == "" || b.Name == "" {
		return false
	}
	return namesMeet(nameWords(a.Name), nameWords(b.Name)) || compact(a.Name) == compact(b.Name)
}

// union joins two lists of people; what one list knows more of a person is kept.
func union(a, b []Person) []Person {
	var out []Person
	for _, p := range slices.Concat(a, b) {
		i := slices.IndexFunc(out, func(o Person) bool { return samePerson(o, p) })
		if i < 0 {
			out = append(out, p)
			continue
		}
		if out[i].Email == "" {
			out[i].Email = p.Email
		}
		if len(nameWords(p.Name)) > len(nameWords(out[i].Name)) {
			out[i].Name = p.Name
		}
	}
	return out
}

// namedPeople reads the people that title, location and body name as the ones
// the user will speak with.
func (r *reading) namedPeople(company, via string) []Person {
	var out []Person
	add := func(s string) {
		for _, p := range r.peopleIn(s, company, via) {
			out = union(out, []Person{p})
		}
	}
	for _, p := range r.pieces {
		if p.kind == personPiece && p.strong && r.knownPerson(p.text) == (Person{}) {
			out = union(out, []Person{{Name: p.text}})
		} else if p.kind == personPiece {
			add(p.text)
		}
	}
	lines := r.lines()
	for i, l := range lines {
		if rest, ok := scheduleLine(l); ok {
			if n := len(out); true {
				out = union(out, r.slotPeople(rest, company, via))
				if len(out) == n && i+1 < len(lines) {
					if next := strings.TrimSpace(strings.Trim(lines[i+1].raw, " *-•·")); r.personLike(next, company) {
						out = union(out, r.peopleIn(next, company, via))
					}
				}
			}
			continue
		}
		for _, s := range r.v.sentences(l) {
			if s.low != l.low {
				if v := labelValue(r.v, s, "label.people", r.lang); v != "" {
					add(v)
				}
			}
		}
		if v := labelValue(r.v, l, "label.people", r.lang); v != "" {
			if s := r.v.sentences(newText(v)); len(s) > 1 {
				v = s[0].raw
			}
			add(v)
		} else if r.bareLabel(l, "label.people") {
			for _, below := range lines[i+1:] {
				s := strings.Trim(below.raw, " *-•·–\t")
				if s == "" || len(r.peopleIn(s, company, via)) == 0 {
					break
				}
				add(s)
			}
		}
	}
	for _, src := range []struct {
		t    text
		hits []hit
	}{{r.title, r.titleHit}, {r.loc, r.locHit}, {r.body, r.bodyHit}} {
		for _, h := range src.hits {
			if h.section == "people" && r.speaks(h) {
				add(r.cutSlot(src.t, h, peopleSlot))
			}
		}
	}
	return out
}

// bareLabel tells whether a line is a label alone: what it names stands below.
func (r *reading) bareLabel(line text, section string) bool {
	label := strings.Trim(line.low, " *-•·>–#_:")
	if label == "" || len(label) > 50 || !strings.HasSuffix(strings.TrimSpace(strings.Trim(line.low, "*_ ")), ":") {
		return false
	}
	for _, h := range r.v.scan(text{raw: label, low: label}) {
		if h.section == section && h.start == 0 && h.end == len(label) {
			return true
		}
	}
	return false
}

// peopleIn reads the names in "Anna Berg (Head of Data), Jonas Weber and Mia Koch".
func (r *reading) peopleIn(s, company, via string) []Person {
	s = dropBrackets(s)
	var out []Person
	for _, part := range splitList(s, r.v) {
		if before, _, ok := strings.Cut(part, " - "); ok {
			part = before
		}
		if before, _, ok := strings.Cut(part, " – "); ok {
			part = before
		}
		if before, _, ok := strings.Cut(part, ":"); ok {
			part = before
		}
		part, email := splitEmail(part)
		plain := r.withoutHome(r.withoutLead(strings.TrimSpace(part)))
		titled := plain != strings.TrimSpace(part) && r.titled(part)
		part = r.withoutJob(r.withoutOffice(plain))
		if r.me.isName(part) && part != "" || r.me.emails[email] && email != "" {
			continue
		}
		if k := r.knownPerson(part); k != (Person{}) && part != "" {
			if len(nameWords(k.Name)) < 2 && len(nameWords(part)) > len(nameWords(k.Name)) {
				k.Name = part
			}
			out = union(out, []Person{k})
		} else if (r.personLike(part, company) || titled && r.familyName(part)) && compact(part) != compact(via) {
			out = union(out, []Person{{Name: part, Email: email}})
		} else if email != "" {
			if local, host := splitAddress(email); !roleMailbox(local) && kindOfHost(host) == hostBusiness && strings.Contains(nameOfAddress(local), " ") {
				out = union(out, []Person{{Name: nameOfAddress(local), Email: email}})
			}
		}
	}
	return out
}
