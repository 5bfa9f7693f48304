package interview

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"followup/calendar"
)

// secondLook reads events again that stand close to an accepted interview: a
// call with somebody of a company that the user interviews at, or a note of the
// user's own that names it. What that finds tells of more companies.
func (c *corpus) secondLook() {
	c.shareAgencies()
	for range 2 {
		known := c.whatIsKnown()
		late := make([]*reading, len(c.all))
		accepted := make([]bool, len(c.all))
		each(len(c.all), func(i int, memo *phraseMemo) {
			late[i], accepted[i] = c.lookAgain(c.all[i], known, memo)
		})
		for i, r := range late {
			if r != nil {
				c.readings[c.all[i]] = r
			}
		}
		if !slices.Contains(accepted, true) {
			return
		}
	}
}

// lookAgain decides anew on an event with what is known. It returns the reading
// of one that wasn't read before, and whether it is an interview now.
func (c *corpus) lookAgain(iv *Interview, k known, memo *phraseMemo) (late *reading, accepted bool) {
	r := c.readings[iv]
	if r == nil && iv.Reason == noStem && (k.invites(&iv.Event) || k.isNamed(&iv.Event)) {
		r = read(&iv.Event, c.me, c.v.with(memo), c.home)
		r.readTitle()
		r.weigh()
		iv.Marks, late = iv.Event.Marks(), r
	}
	if r == nil || iv.Decision == Yes || iv.Reason == "you said #not-interview" || r.again {
		return late, false
	}
	r.v = r.v.with(memo)
	if i := slices.IndexFunc(r.guests, func(g guest) bool { return k.hosts[r.senderKey(g)] }); i >= 0 {
		w := 1.8
		if r.me.employers[registrable(r.selfHost)] {
			w = 0.7 // the user's work has to do with them too
		}
		r.say("same company", "interviews with "+r.senderKey(r.guests[i])+" stand on the calendar", w)
		r.again = true
	} else if name := cmp.Or(r.talkWith(k), r.offerFrom(k.words)); name != "" {
		w := 1.8
		if r.overCoffee() {
			w = 0.9 // friends work there too
		}
		r.say("same company", "interviews with "+name+" stand on the calendar", w)
		r.again = true
	}
	if r.again {
		r.forgive()
	}
	if c.decide(iv, r); iv.Decision != No {
		c.extract(iv, r)
	}
	return late, iv.Decision == Yes
}

// known is what the accepted interviews tell of the user's applications.
type known struct {
	hosts map[string]bool // senders' domains
	names map[string]bool // compact names of companies
	words map[string]bool // words of the names of companies and people
}

func (c *corpus) whatIsKnown() known {
	k := known{hosts: map[string]bool{}, names: map[string]bool{}, words: map[string]bool{}}
	maybe, events := map[string]bool{}, map[string]int{}
	for _, iv := range c.all {
		r := c.readings[iv]
		if r == nil {
			continue
		}
		for _, g := range r.guests {
			h := r.senderKey(g)
			if h == "" {
				continue
			}
			k.hosts[h] = k.hosts[h] || iv.Decision == Yes
			maybe[h] = maybe[h] || iv.Decision == Review
			if g.organizer && !iv.Event.Series && len(iv.Event.Attendees) <= 6 {
				events[h]++
			}
		}
		if iv.Decision != Yes {
			continue
		}
		for _, n := range shortNames(iv.Company) {
			if !loadFacts()["organisation"][n] && !r.oneWord(n) && !r.looksLikeRole(n) {
				k.names[n], k.names[umlauts(n)] = true, true
			}
		}
		for _, n := range r.wordsOf(iv) {
			k.words[n] = true
		}
	}
	for h := range maybe {
		k.hosts[h] = k.hosts[h] || maybe[h] && events[h] > 2 // several talks, one of which may be an interview
	}
	return k
}

// isNamed tells whether the title of a note of the user's own, that no word calls
// an interview, names one of the companies.
func (k known) isNamed(e *calendar.Event) bool {
	if len(k.names) == 0 || e.AllDay || e.Series || len(e.Attendees) > 0 || e.Organizer.Email != "" {
		return false
	}
	t := newText(cut(e.Summary, maxTitle))
	words := wordSpans(t.low)
	for i := range words {
		for _, joined := range compounds(t.low, words[i:], 3, "") {
			if k.names[joined] {
				return true
			}
		}
	}
	return false
}

// invites tells whether people of one of the companies are on an event that no
// word calls an interview: a slot of a day there, "Nimbus – Product".
func (k known) invites(e *calendar.Event) bool {
	if len(k.hosts) == 0 || e.Series || e.AllDay || len(e.Attendees) > 6 {
		return false
	}
	for _, p := range append([]calendar.Person{e.Organizer}, e.Attendees...) {
		if _, host := splitAddress(p.Email); host != "" && k.hosts[registrable(host)] {
			return true
		}
	}
	return false
}

// forgive weighs words down that only may be a look-alike's, or name a place or a
// trade, now that the company is known.
func (r *reading) forgive() {
	for i, e := range r.evidence {
		class, ok := strings.CutPrefix(e.Signal, "look-alike: ")
		if !ok {
			continue
		}
		if place := class == "school" || class == "medical" || class == "home" || class == "sales" || class == "visa"; place || e.Weight > -2 {
			r.evidence[i].Weight = max(e.Weight, -0.5)
		}
	}
}

// shareAgencies reads again the interviews that somebody arranged whom another
// event shows to be an agency's.
func (c *corpus) shareAgencies() {
	agencies := map[string]string{}
	for _, iv := range c.all {
		if r := c.readings[iv]; r != nil && iv.Decision != No {
			if l := r.agencyLabel(); l != "" {
				if b := r.agencyBrand(l); agencies[l] == "" || b != "" && b < agencies[l] {
					agencies[l] = b
				}
			}
		}
	}
	if len(agencies) == 0 {
		return
	}
	for _, iv := range c.all {
		r := c.readings[iv]
		if r == nil {
			continue
		}
		r.agencies = agencies
		if iv.Decision != No {
			if l := r.agencyLabel(); l != "" && (iv.Via == "" || iv.Via == pretty(l) && agencies[l] != "") {
				c.extract(iv, r)
			}
		}
	}
}

// senderKey is the domain of a guest from outside, or the address of the calendar
// that sends invitations for a company; "" for others.
func (r *reading) senderKey(g guest) string {
	switch {
	case r.outside(g):
		return registrable(g.host)
	case g.kind == hostProvider && g.organizer:
		return g.email
	}
	return ""
}

// talkWith returns which of the companies a note of the user's own names besides
// a word for a talk: in its title, or as all that its text says. "" for none.
func (r *reading) talkWith(k known) string {
	if len(r.guests) > 0 || !slices.ContainsFunc(r.titleHit, func(h hit) bool { return talkSection(h.section) && r.speaks(h) }) {
		return ""
	}
	return cmp.Or(r.named(r.title, k.names), r.inflected(k.words), r.onlyNamed(k))
}

// overCoffee tells whether a title speaks of a meal or a drink and of nothing that
// has to do with a job.
func (r *reading) overCoffee() bool {
	meal := false
	for _, h := range r.titleHit {
		if !r.speaks(h) {
			continue
		}
		switch h.section {
		case "talk":
			meal = meal || h.value == "meal"
		case "hiring", "recruiter", "job", "offer_call", "final", "ordinal", "technical", "interview", "ambiguous", "panel", "onsite", "hiring_manager":
			return false
		}
	}
	return meal
}

// talkSection tells whether a section's words name a talk or a round of talks.
func talkSection(s string) bool {
	switch s {
	case "talk", "calls", "ambiguous", "interview", "offer_call", "screen", "hiring_manager", "technical", "panel", "onsite", "final", "ordinal":
		return true
	}
	return false
}

// named returns the words of the text that are one of the compact names.
func (r *reading) named(t text, names map[string]bool) string {
	words := wordSpans(t.low)
	for i := range words {
		for end, joined := range compounds(t.low, words[i:], 4, " -&'.") {
			if b := t.slice(words[i][0], end); (names[joined] || names[umlauts(joined)]) && startsUpper(b) {
				return b
			}
		}
		if word := t.low[words[i][0]:words[i][1]]; dense(firstRune(word)) {
			if n := denseName(word, names); n != "" {
				return n
			}
		}
	}
	return ""
}

// inflected returns the word of the title that is a company's or a person's in
// another case: "Финал с основателем Лазурита".
func (r *reading) inflected(words map[string]bool) string {
	if !r.inflects() {
		return ""
	}
	for _, span := range wordSpans(r.title.low) {
		w, low := r.title.slice(span[0], span[1]), r.title.low[span[0]:span[1]]
		if span[0] == 0 || utf8.RuneCountInString(low) < 6 || !startsUpper(w) {
			continue
		}
		for n := utf8.RuneCountInString(low) - 1; n >= 5; n-- {
			stem := string([]rune(low)[:n])
			if words[stem] || words[stem+"a"] || words[stem+"а"] {
				return w
			}
		}
	}
	return ""
}

// onlyNamed returns the text of a note when it is nothing but the name of a
// company that the user interviews at.
func (r *reading) onlyNamed(k known) string {
	body := strings.TrimSpace(r.body.raw)
	if body == "" || len(strings.Fields(body)) > 3 || len(body) > shortNote {
		return ""
	}
	if n := r.named(newText(body), k.names); n != "" {
		return n
	}
	if c := fold(body); k.words[c] && startsUpper(body) {
		return body
	}
	return ""
}

// denseName returns the longest of the names that a word without blanks has in it.
func denseName(word string, names map[string]bool) string {
	runes := []rune(word)
	for n := min(len(runes), 16); n > 2; n-- {
		for i := 0; i+n <= len(runes); i++ {
			if s := string(runes[i : i+n]); names[s] {
				return s
			}
		}
	}
	return ""
}

// wordsOf are the words of the company and of the people of an interview by which
// a note on an offer may call them.
func (r *reading) wordsOf(iv *Interview) []string {
	var out []string
	names := []string{iv.Company, iv.Recruiter.Name}
	for _, p := range iv.Interviewers {
		names = append(names, p.Name)
	}
	for _, name := range names {
		for _, w := range nameWords(name) {
			if utf8.RuneCountInString(w) > 3 && !loadFacts()["organisation"][w] && !r.oneWord(w) && !r.looksLikeRole(w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// offerFrom returns the word of a company or person of another interview that the
// title of a note of the user's own on an offer has; "" for none.
func (r *reading) offerFrom(words map[string]bool) string {
	if len(r.guests) > 0 || !slices.ContainsFunc(r.titleHit, func(h hit) bool { return h.section == "offer_call" && r.speaks(h) }) {
		return ""
	}
	for _, span := range wordSpans(r.title.low) {
		if w := r.title.slice(span[0], span[1]); words[r.title.low[span[0]:span[1]]] && startsUpper(w) {
			return w
		}
	}
	return ""
}

// shortNames are the compact names by which notes call a company: without its
// legal form, and its first word when that is long enough to be a name.
func shortNames(company string) []string {
	name := stripLegal(company)
	for _, form := range []string{"株式会社", "有限会社", "合同会社", "股份有限公司", "有限公司", "주식회사", "(株)", "（株）", "㈜"} {
		name = strings.ReplaceAll(name, form, " ")
	}
	var out []string
	words := strings.Fields(name)
	for n, s := range map[int]string{len(words): name, 1: strings.Join(words[:min(1, len(words))], "")} {
		c := compact(s)
		long := 4
		if dense(firstRune(c)) {
			long = 3
		} else if n < len(words) {
			long = 7
		}
		if utf8.RuneCountInString(c) >= long {
			out = append(out, c)
		}
	}
	return out
}
