package interview

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// context is what the invitations of companies say for the user's own short notes:
// "Anna calls – offer" is about Nimbus when Anna Berg's invitations are.
type context struct {
	companies map[string]string   // by the compact names that notes use; "" for several
	people    map[string][]Person // of the interviews, by company key
	employers map[string]string   // the company of the word of a person's name; "" for several
	agencies  map[string]string   // by compact name
}

// fromContext completes the notes of the user's own by what invitations say.
func (c *corpus) fromContext(list []*Interview) {
	ctx := c.context(list)
	for _, iv := range list {
		r := c.readings[iv]
		if r == nil || len(r.guests) > 0 || saidCompany(iv) {
			continue
		}
		if via := ctx.agencies[compact(stripLegal(iv.Company))]; via != "" && iv.Via == "" {
			iv.Company, iv.Via = "", via
		}
		if name := r.noteCompany(ctx, c, iv); name != "" {
			iv.Company = name
		}
		if iv.Company == "" {
			continue
		}
		found := r.notePeople(ctx.people[c.companyKey(iv.Company)])
		if len(found) == 0 {
			continue
		}
		iv.Interviewers = slices.DeleteFunc(union(found, iv.Interviewers), func(p Person) bool { return r.nobody(p, iv.Company, iv.Via) })
	}
}

func (c *corpus) context(list []*Interview) context {
	ctx := context{companies: map[string]string{}, people: map[string][]Person{}, employers: map[string]string{}, agencies: map[string]string{}}
	note := func(m map[string]string, key, name string) {
		if have, ok := m[key]; ok && c.companyKey(have) != c.companyKey(name) {
			name = ""
		}
		m[key] = name
	}
	for _, iv := range list {
		r := c.readings[iv]
		if r == nil {
			continue
		}
		if iv.Via != "" {
			ctx.agencies[compact(stripLegal(iv.Via))] = iv.Via
		}
		if iv.Company == "" || len(r.guests) == 0 {
			continue
		}
		for _, n := range shortNames(iv.Company) {
			if !loadFacts()["organisation"][n] && !r.oneWord(n) && !r.looksLikeRole(n) {
				note(ctx.companies, n, iv.Company)
			}
		}
		people := iv.Interviewers
		if iv.Recruiter != (Person{}) {
			people = append(slices.Clone(people), iv.Recruiter)
		}
		key := c.companyKey(iv.Company)
		ctx.people[key] = union(ctx.people[key], people)
		for _, p := range people {
			for _, w := range nameWords(p.Name) {
				if utf8.RuneCountInString(w) > 2 {
					note(ctx.employers, w, iv.Company)
				}
			}
		}
	}
	return ctx
}

// noteCompany is the company that a note is about, when invitations know it better
// than its words alone: a known name in the note, or that of somebody's employer
// when the note names none. "" to leave it.
func (r *reading) noteCompany(ctx context, c *corpus, iv *Interview) string {
	texts := []text{r.title}
	if len(r.body.low) <= 200 {
		texts = append(texts, r.body)
	}
	key := c.companyKey(iv.Company)
	for _, t := range texts {
		words := wordSpans(t.low)
		for i := range words {
			for _, joined := range compounds(t.low, words[i:], 4, "") {
				name := ctx.companies[joined]
				if name == "" || !startsUpper(t.slice(words[i][0], words[i][1])) {
					continue
				}
				known := c.companyKey(name)
				switch {
				case key == known || key != "" && strings.Contains(known, key):
					return "" // said, in short
				case t.raw != r.title.raw && key != "" && !r.nobodysCompany(iv):
					continue
				case key == "" || !strings.Contains(key, known) || r.besideCompany(iv.Company, name):
					return name
				}
			}
		}
	}
	if key != "" && !r.nobodysCompany(iv) {
		return ""
	}
	for _, w := range wordSpans(r.title.low) {
		if name := ctx.employers[r.title.low[w[0]:w[1]]]; name != "" && startsUpper(r.title.slice(w[0], w[1])) {
			return name
		}
	}
	return ""
}

// besideCompany tells whether what a note's company has besides a known name is no
// part of it: a department or a word for the talk.
func (r *reading) besideCompany(company, name string) bool {
	rest := strings.TrimSpace(strings.Replace(company, name, "", 1))
	return rest != company && rest != "" && (r.anyVocabulary(rest) || r.looksLikeRole(rest) || strings.ContainsAny(rest, "0123456789") || abbreviation(strings.Fields(rest)[0]) || !startsUpper(rest))
}

// nobodysCompany tells whether what was taken for a note's company is rather a
// person's name or a word.
func (r *reading) nobodysCompany(iv *Interview) bool {
	words := nameWords(iv.Company)
	return len(words) == 1 && (r.givenName(words[0]) || r.isWord(iv.Company)) || slices.ContainsFunc(iv.Interviewers, func(p Person) bool {
		return namesMeet(words, nameWords(p.Name))
	}) || r.looksLikeName(iv.Company)
}

// notePeople lists those of the people whom the title or the short text of a note
// names by some of their names, which are kept as the note has them.
func (r *reading) notePeople(people []Person) []Person {
	var out []Person
	texts := []text{r.title}
	if len(r.body.low) <= 200 {
		texts = append(texts, r.body)
	}
	for _, p := range people {
		var said []string
		for _, word := range strings.Fields(p.Name) {
			if slices.ContainsFunc(texts, func(t text) bool { return r.saysName(t, fold(word)) }) {
				said = append(said, word)
			}
		}
		if len(said) > 0 {
			out = append(out, Person{Name: strings.Join(said, " "), Email: p.Email})
		}
	}
	if len(out) > 1 {
		// two people of one name: nobody knows which
		out = slices.DeleteFunc(out, func(p Person) bool {
			return slices.ContainsFunc(out, func(o Person) bool {
				return o != p && firstWord(o.Name) == firstWord(p.Name)
			})
		})
	}
	return out
}

// saysName tells whether a text has a word of a name, perhaps in another case.
func (r *reading) saysName(t text, name string) bool {
	if utf8.RuneCountInString(name) < 3 {
		return false
	}
	return slices.ContainsFunc(wordSpans(t.low), func(w [2]int) bool {
		low := t.low[w[0]:w[1]]
		if !startsUpper(t.slice(w[0], w[1])) {
			return false
		}
		return low == name || r.inflects() && utf8.RuneCountInString(low) > 3 && (inflectedName(low, name) || sameStem(low, name) && len(name) > 4)
	})
}

func firstWord(name string) string {
	if w := nameWords(name); len(w) > 0 {
		return w[0]
	}
	return ""
}
