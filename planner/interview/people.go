package interview

import (
	"slices"
	"strings"
	"sync"
	"unicode"
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
		interviewers = union(interviewers, r.titledNames(r.title, company))
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
	case len(interviewers) == 0 && (via == "" || company == "" || r.titleNames(via) || r.titleNames(chief.Name)):
		interviewers = []Person{chief}
	case recruiter == (Person{}) && !slices.ContainsFunc(interviewers, func(p Person) bool { return samePerson(p, chief) }):
		recruiter = chief
	}
	if len(interviewers) == 0 && recruiter != (Person{}) && !r.agencySends(via) {
		interviewers = []Person{recruiter}
	}
	if len(interviewers) == 0 && recruiter != (Person{}) && !hasSection(r.titleHit, "interview") && (company == "" || r.titleNames(via) || r.titleNames(recruiter.Name)) {
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
		if p = r.tidyPerson(p); !r.nobody(p, company, via) {
			tidy = union(tidy, []Person{p})
		}
	}
	if r.nobody(recruiter, company, via) {
		recruiter = Person{}
	}
	return tidy, recruiter
}

// titleNames tells whether the title has a word of the name.
func (r *reading) titleNames(name string) bool {
	words := nameWords(name)
	if c := compact(name); ideographic(name) && c != "" {
		return strings.Contains(compact(r.title.raw), c)
	}
	for _, w := range wordSpans(r.title.low) {
		if slices.Contains(words, r.title.low[w[0]:w[1]]) && w[1]-w[0] > 2 {
			return true
		}
	}
	return false
}

// nobody tells whether what was taken for a person's name is something else: an
// abbreviation, the company, a greeting, a word of the vocabulary.
func (r *reading) nobody(p Person, company, via string) bool {
	words := strings.Fields(p.Name)
	if p.Email != "" || len(words) == 0 || ideographic(p.Name) {
		return false
	}
	if c := compact(p.Name); len(c) > 3 {
		for _, o := range []string{company, via} {
			if o := compact(stripLegal(o)); len(o) > 3 && (strings.HasPrefix(o, c) || strings.HasSuffix(o, c) || strings.HasPrefix(c, o)) && !(len(words) > 1 && r.v.names[fold(words[0])]) {
				return true
			}
		}
	}
	given := slices.ContainsFunc(words, func(w string) bool { return r.v.names[fold(w)] })
	if given {
		return false
	}
	for _, w := range words {
		if loadFacts()["greeting"][fold(w)] || abbreviation(w) && len(words) > 1 {
			return true
		}
	}
	if len(words) == 1 {
		return abbreviation(words[0]) || r.isWord(words[0])
	}
	return nameParticle[fold(words[0])] && !unicode.IsUpper(firstRune(words[0])) && len(words) == 2
}

// abbreviation tells whether a word is written like one: HR, RvB, CTO.
func abbreviation(w string) bool {
	upper, n := 0, 0
	for _, c := range w {
		n++
		if unicode.IsUpper(c) {
			upper++
		}
	}
	return upper > 1 && n <= 5 && firstRune(w) < 0x590
}

// isWord tells whether a word is one of the vocabulary's and no name.
func (r *reading) isWord(w string) bool {
	t := newText(w)
	return slices.ContainsFunc(r.v.scan(t), func(h hit) bool {
		return h.start == 0 && h.end == len(t.low) && r.speaks(h) && !h.slot && len(h.pre) > 2 && h.section != "article" && h.section != "mr" && h.section != "stop"
	})
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
