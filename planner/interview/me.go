package interview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"followup/calendar"
)

// self is the user as far as it is known: addresses, names, own employers.
type self struct {
	emails    map[string]bool
	names     []string        // full names as written, longest first
	words     map[string]bool // folded words of the names, of three letters or more (one in dense scripts)
	employers map[string]bool // registrable domains
	sure      bool            // the addresses are configured, marked by the provider or borne out by many events
}

func (s *self) is(p calendar.Person) bool {
	if p.Self || s.emails[p.Email] && p.Email != "" {
		return true
	}
	return p.Email == "" && p.Name != "" && len(p.Name) <= maxName && s.isName(p.Name)
}

// isName tells whether name is the user's: the full name, or its words in
// another order. A first name alone is the user's too, since titles use it.
func (s *self) isName(name string) bool {
	words := nameWords(name)
	if len(words) == 0 {
		return false
	}
	for _, w := range words {
		if !s.words[w] {
			return s.compactName(name)
		}
	}
	return true
}

func (s *self) compactName(name string) bool {
	c := compact(name)
	for _, n := range s.names {
		if compact(n) == c && c != "" {
			return true
		}
	}
	return false
}

// nameWords are the folded words of a name without titles and initials.
func nameWords(name string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(fold(name), func(r rune) bool { return !wordRune(r) }), func(w string) bool {
		return utf8.RuneCountInString(w) < 2 && !ideographic(w)
	})
}

// tally counts an address's appearances.
type tally struct {
	email  string
	name   string
	events int
	odd    int // events to which this one was invited by people of another domain, alone
	marked bool
}

// findSelf completes what is configured by what the calendar shows: the owner is
// on nearly every event that has guests. Series count once.
func findSelf(events []calendar.Event, me Me) (*self, []string) {
	s := &self{emails: map[string]bool{}, words: map[string]bool{}, employers: map[string]bool{}}
	var notes []string
	for _, e := range me.Emails {
		s.emails[strings.ToLower(strings.TrimSpace(e))] = true
	}
	for _, d := range me.Employers {
		s.employers[registrable(strings.ToLower(strings.TrimPrefix(d, "@")))] = true
	}
	if me.Name != "" {
		s.names = append(s.names, me.Name)
	}
	tallies, guests := countPeople(events)
	s.addMarked(tallies)
	s.sure = len(s.emails) > 0
	if len(me.Emails) == 0 {
		if note := s.infer(tallies, guests); note != "" {
			notes = append(notes, note)
		}
	}
	s.nameFrom(tallies)
	if note := s.inferEmployers(tallies, events); note != "" {
		notes = append(notes, note)
	}
	return s, notes
}

// countPeople tallies every address, each at most once a UID, and the UIDs with guests.
func countPeople(events []calendar.Event) (map[string]*tally, []map[string]*tally) {
	tallies := map[string]*tally{}
	seen := map[string]bool{}
	var guests []map[string]*tally
	for i := range events {
		e := &events[i]
		if len(e.Attendees) == 0 && e.Organizer.Email == "" {
			continue
		}
		if e.Series {
			if seen[e.UID] {
				continue
			}
			seen[e.UID] = true
		}
		here := map[string]*tally{}
		note := func(p calendar.Person) {
			if p.Email == "" || len(p.Email) > 254 || p.Thing() || here[p.Email] != nil {
				return
			}
			_, host := splitAddress(p.Email)
			if k := kindOfHost(host); k != hostBusiness && k != hostFree {
				return
			}
			t := tallies[p.Email]
			if t == nil {
				t = &tally{email: p.Email}
				tallies[p.Email] = t
			}
			p.Name = cut(p.Name, maxName)
			t.events++
			t.marked = t.marked || p.Self
			if better(p.Name, t.name, p.Email) {
				t.name = p.Name
			}
			here[p.Email] = t
		}
		note(e.Organizer)
		for _, p := range e.Attendees {
			note(p)
		}
		if strings.Contains(e.Calendar, "@") && !strings.Contains(e.Calendar, " ") {
			if t := tallies[strings.ToLower(e.Calendar)]; t != nil {
				t.marked = true // Google names the primary calendar by its owner's address
			}
		}
		if t := oddOne(here, e.Organizer.Email); t != nil {
			t.odd++
		}
		if len(here) > 1 || len(here) == 1 && len(e.Attendees) > 0 {
			guests = append(guests, here)
		}
	}
	return tallies, guests
}

// oddOne returns the one guest who is not of the organizer's domain where all the
// others are: whom a company invites to an interview. nil when there is none.
func oddOne(here map[string]*tally, organizer string) *tally {
	_, host := splitAddress(organizer)
	if host == "" || here[organizer] == nil {
		return nil
	}
	var odd *tally
	for email, t := range here {
		if _, h := splitAddress(email); registrable(h) == registrable(host) {
			continue
		}
		if odd != nil {
			return nil
		}
		odd = t
	}
	return odd
}

// better tells whether name says more than old of the owner of an address.
func better(name, old, email string) bool {
	if name == "" || strings.Contains(name, "@") || strings.EqualFold(name, email) {
		return false
	}
	return old == "" || !strings.Contains(old, " ") && strings.Contains(name, " ")
}

func (s *self) addMarked(tallies map[string]*tally) {
	for _, t := range tallies {
		if t.marked {
			s.emails[t.email] = true
		}
	}
}

// infer adds the address that is on most events, then further ones of the same
// person that are on the events without it.
func (s *self) infer(tallies map[string]*tally, guests []map[string]*tally) string {
	for round := 0; round < 3; round++ {
		left := guests[:0:0]
		for _, here := range guests {
			if !s.on(here) {
				left = append(left, here)
			}
		}
		best := s.mostFrequent(left)
		if best == nil || !s.accept(best, left, guests, round) {
			break
		}
		s.emails[best.email] = true
		if round == 0 && best.events >= 3 {
			s.sure = true
		}
	}
	if len(s.emails) == 0 {
		return ""
	}
	all := sortedKeys(s.emails)
	on := 0
	for _, here := range guests {
		if s.on(here) {
			on++
		}
	}
	return fmt.Sprintf("took %s for you: on %d of %d events with guests; set me.emails if that is wrong", strings.Join(all, ", "), on, len(guests))
}

func (s *self) on(here map[string]*tally) bool {
	for e := range here {
		if s.emails[e] {
			return true
		}
	}
	return false
}

// mostFrequent returns the address on most of the given events; of equals the
// one that others invite, then a private one, then the first by name, which keeps the answer the same.
func (s *self) mostFrequent(guests []map[string]*tally) *tally {
	n := map[*tally]int{}
	for _, here := range guests {
		for _, t := range here {
			n[t]++
		}
	}
	var best *tally
	for t := range n {
		if best == nil || cmp.Or(cmp.Compare(n[best], n[t]), cmp.Compare(best.odd, t.odd), cmp.Compare(private(best), private(t)), cmp.Compare(t.email, best.email)) < 0 {
			best = t
		}
	}
	return best
}

func private(t *tally) int {
	local, host := splitAddress(t.email)
	switch {
	case roleMailbox(local):
		return -1
	case kindOfHost(host) == hostFree:
		return 1
	}
	return 0
}

// accept decides whether the most frequent address among the events left is the
// user's too. The first one needs half of the events; a further one must be the
// same person by name or address.
func (s *self) accept(t *tally, left, guests []map[string]*tally, round int) bool {
	n := 0
	for _, here := range left {
		if here[t.email] != nil {
			n++
		}
	}
	local, _ := splitAddress(t.email)
	if roleMailbox(local) {
		return false
	}
	if len(s.emails) == 0 {
		return n*2 >= len(guests) && (n > 1 || private(t) > 0 || t.odd > 0)
	}
	for e := range s.emails {
		mine, _ := splitAddress(e)
		if sameName(nameOfAddress(mine), nameOfAddress(local)) || s.sameAsMine(t) {
			return true
		}
	}
	return round > 0 && n >= 4 && n*10 >= len(left)*8
}

func (s *self) sameAsMine(t *tally) bool {
	for _, n := range s.names {
		if sameName(n, t.name) {
			return true
		}
	}
	return false
}

// sameName tells whether two full names are the same person's.
func sameName(a, b string) bool {
	x, y := nameWords(a), nameWords(b)
	if len(x) < 2 || len(y) < 2 {
		return false
	}
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// nameOfAddress reads a person's name in a mailbox: nina.okafor is Nina Okafor.
// It is "" when the mailbox doesn't look like one.
func nameOfAddress(local string) string {
	local, _, _ = strings.Cut(local, "+")
	words := strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '_' || r == '-' })
	var out []string
	for _, w := range words {
		w = strings.TrimRightFunc(w, unicode.IsDigit)
		if w == "" || strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }) {
			continue
		}
		r, n := utf8.DecodeRuneInString(w)
		out = append(out, string(unicode.ToUpper(r))+w[n:])
	}
	return strings.Join(out, " ")
}

func (s *self) nameFrom(tallies map[string]*tally) {
	for _, e := range sortedKeys(s.emails) {
		name := ""
		if t := tallies[e]; t != nil {
			name = t.name
		}
		if name == "" {
			local, _ := splitAddress(e)
			if name = nameOfAddress(local); !strings.Contains(name, " ") && len(name) < 4 {
				name = ""
			}
		}
		if name != "" && !slices.Contains(s.names, name) {
			s.names = append(s.names, name)
		}
	}
	for _, n := range s.names {
		for _, w := range nameWords(n) {
			if !nameParticle[w] {
				s.words[w] = true
			}
		}
	}
}

// nameParticle are parts of names that are words by themselves.
var nameParticle = map[string]bool{"de": true, "da": true, "do": true, "dos": true, "van": true, "von": true, "der": true, "den": true,
	"di": true, "del": true, "la": true, "le": true, "el": true, "al": true, "bin": true, "ben": true, "y": true, "e": true, "af": true, "zu": true}

// inferEmployers finds the domain of an address of the user's own that several
// colleagues share: there, the user is inside.
func (s *self) inferEmployers(tallies map[string]*tally, events []calendar.Event) string {
	colleagues := map[string]map[string]bool{}
	mine := map[string]bool{}
	for e := range s.emails {
		if _, host := splitAddress(e); kindOfHost(host) == hostBusiness {
			mine[registrable(host)] = true
		}
	}
	for _, t := range tallies {
		local, host := splitAddress(t.email)
		if d := registrable(host); mine[d] && !s.emails[t.email] && !roleMailbox(local) {
			if colleagues[d] == nil {
				colleagues[d] = map[string]bool{}
			}
			colleagues[d][t.email] = true
		}
	}
	var found []string
	for _, d := range s.regulars(events) {
		s.employers[d] = true
		found = append(found, d)
	}
	active := s.activeDomains(events)
	said := slices.ContainsFunc(sortedKeys(mine), func(d string) bool { return s.employers[d] }) // then the other domains are private ones
	for d, c := range colleagues {
		if !said && !s.employers[d] && !s.privateDomain(d) && (len(c) >= 2 && active[d] || len(mine) > 1 || s.hasFreeAddress()) {
			s.employers[d] = true
			found = append(found, d)
		}
	}
	if len(found) == 0 {
		return ""
	}
	slices.Sort(found)
	return fmt.Sprintf("took %s for your employer: colleagues of your address there are on your calendar; interviews within it are taken for ones you give", strings.Join(found, ", "))
}

// activeDomains are those whose people invite others or meet each other on events;
// friends who have the same mail provider do neither.
func (s *self) activeDomains(events []calendar.Event) map[string]bool {
	active := map[string]bool{}
	for i := range events {
		e := &events[i]
		_, host := splitAddress(e.Organizer.Email)
		if host == "" || len(e.Attendees) == 0 {
			continue
		}
		n := map[string]int{}
		for _, p := range e.Attendees {
			if _, h := splitAddress(p.Email); h != "" && p.Email != e.Organizer.Email {
				n[registrable(h)]++
			}
		}
		n[registrable(host)]++
		for d, c := range n {
			if c >= 3 || c == 2 && d == registrable(host) && len(n) == 1 && !s.is(e.Organizer) {
				active[d] = true
			}
		}
	}
	return active
}

// regulars are the domains of people whom the user meets regularly, two or more of
// each: the employer, when the user is invited at a private address.
func (s *self) regulars(events []calendar.Event) []string {
	series := map[string]bool{}
	people := map[string]map[string]bool{}
	for i := range events {
		e := &events[i]
		for n, p := range append([]calendar.Person{e.Organizer}, e.Attendees...) {
			local, host := splitAddress(p.Email)
			d := registrable(host)
			if s.is(p) || kindOfHost(host) != hostBusiness || s.employers[d] || s.privateDomain(d) || agencyName(domainLabel(host)) {
				continue
			}
			if n == 0 && e.Series && !strings.Contains(fold(e.Summary), "interview") {
				series[d] = true
			}
			if people[d] == nil {
				people[d] = map[string]bool{}
			}
			people[d][local] = true
		}
	}
	return slices.DeleteFunc(sortedKeys(series), func(d string) bool { return len(people[d]) < 2 })
}

// privateDomain tells whether people have a domain for themselves: it is called
// after the user's own name, as a family's is, or after mail, as a provider's is.
func (s *self) privateDomain(d string) bool {
	label, _, _ := strings.Cut(d, ".")
	for _, part := range strings.FieldsFunc(fold(label), func(r rune) bool { return !wordRune(r) }) {
		if s.words[part] {
			return true
		}
	}
	for _, w := range []string{"mail", "post", "inbox", "family", "familie", "home"} {
		if strings.Contains(label, w) {
			return true
		}
	}
	return false
}

// hasFreeAddress tells whether one of the user's addresses is a private one, so
// that another is likely one at work.
func (s *self) hasFreeAddress() bool {
	for e := range s.emails {
		if _, host := splitAddress(e); kindOfHost(host) == hostFree {
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
