package interview

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// secondLook reads events again that stand close to an accepted interview: a
// call with somebody of a company that the user interviews at, or a note of the
// user's own that names it.
func (c *corpus) secondLook() {
	hosts, names, parts := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, iv := range c.all {
		r := c.readings[iv]
		if r == nil || iv.Decision != Yes {
			continue
		}
		for _, g := range r.guests {
			if h := r.senderKey(g); h != "" {
				hosts[h] = true
			}
		}
		for _, n := range shortNames(iv.Company) {
			names[n], names[umlauts(n)] = true, true
		}
		for _, n := range r.wordsOf(iv) {
			parts[n] = true
		}
	}
	c.shareAgencies()
	each(len(c.all), func(i int, memo *phraseMemo) {
		iv := c.all[i]
		r := c.readings[iv]
		if r == nil || iv.Decision == Yes || iv.Reason == "you said #not-interview" {
			return
		}
		r.v = r.v.with(memo)
		if i := slices.IndexFunc(r.guests, func(g guest) bool { return hosts[r.senderKey(g)] }); i >= 0 {
			r.say("same company", "interviews with "+r.senderKey(r.guests[i])+" stand on the calendar", 1.8)
		} else if name := cmp.Or(r.talkWith(names), r.offerFrom(parts)); name != "" {
			r.say("same company", "interviews with "+name+" stand on the calendar", 1.8)
		}
		if c.decide(iv, r); iv.Decision != No {
			c.extract(iv, r)
		}
	})
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

// talkWith returns which of the companies the title of a note of the user's own
// names besides a word for a talk; "" for none.
func (r *reading) talkWith(companies map[string]bool) string {
	if len(r.guests) > 0 || !slices.ContainsFunc(r.titleHit, func(h hit) bool {
		return (h.section == "talk" || h.section == "ambiguous" || h.section == "interview" || h.section == "offer_call") && r.speaks(h)
	}) {
		return ""
	}
	return r.named(companies)
}

// named returns the words of the title that are one of the compact names.
func (r *reading) named(names map[string]bool) string {
	words := wordSpans(r.title.low)
	for i := range words {
		joined := ""
		for j := i; j < len(words) && j < i+4; j++ {
			if j > i && strings.Trim(r.title.low[words[j-1][1]:words[j][0]], " -&'.") != "" {
				break
			}
			joined += r.title.low[words[j][0]:words[j][1]]
			if b := r.title.slice(words[i][0], words[j][1]); (names[joined] || names[umlauts(joined)]) && startsUpper(b) {
				return b
			}
		}
		if word := r.title.low[words[i][0]:words[i][1]]; dense(firstRune(word)) {
			if n := denseName(word, names); n != "" {
				return n
			}
		}
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
			if utf8.RuneCountInString(w) > 4 && !loadFacts()["organisation"][w] && !r.oneWord(w) && !r.looksLikeRole(w) {
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
