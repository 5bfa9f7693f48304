package interview

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// officesOfPeople takes the offices of those whom the user meets for no positions:
// "with Anselm Key, Clinic Director", "Geschäftsführer Dr. Pohl".
func (r *reading) officesOfPeople(pieces []piece) {
	for i := range pieces {
		p := &pieces[i]
		if p.kind != rolePiece || p.hint == "for" {
			continue
		}
		if i > 0 && pieces[i-1].kind == personPiece && p.hint == "" && strings.Contains(r.title.raw, pieces[i-1].text+", "+p.text) {
			p.kind = noisePiece
			continue
		}
		if name := r.nameBesideOffice(p.text); name != "" {
			p.kind, p.text, p.strong = personPiece, name, true
		}
	}
}

// nameBesideOffice returns the name of the person who stands beside an office in
// s, "" when s names none.
func (r *reading) nameBesideOffice(s string) string {
	words := strings.Fields(s)
	person := func(name string) bool {
		n := len(strings.Fields(name))
		if ideographic(name) {
			return n == 1 && r.v.ideographicName(name) && r.v.surnamed(name) && !r.looksLikeRole(name)
		}
		return n <= 4 && !shortJob(fold(strings.TrimRight(name, "."))) && startsUpper(name) && !r.looksLikeRole(name) && (r.knownPerson(name) != (Person{}) || r.titled(name) || n == 2 && r.looksLikeName(name))
	}
	for n := 1; n < len(words); n++ {
		before, after := strings.Join(words[:n], " "), strings.Join(words[n:], " ")
		if person(after) && r.roleEnds(before) {
			return after
		}
		if person(before) && r.roleEnds(after) && !startsUpper(after) {
			return before
		}
	}
	return ""
}

// tradeName tells whether a name ends with the plural of a trade, as those of
// firms do: "Halvorsen Consulting Engineers", "Bruinsma & Van Lier advocaten".
func tradeName(s string) bool {
	words := strings.Fields(s)
	return len(words) > 1 && startsUpper(words[0]) && !digit(words[0][0]) && loadFacts()["trade"][fold(words[len(words)-1])]
}

// deskJob tells whether s is a position in recruiting of several words, "HR
// Business Partner", and stands in the title where a position does.
func (r *reading) deskJob(s string) bool {
	t := newText(s)
	hits := r.v.scan(t)
	led := slices.ContainsFunc(hits, func(h hit) bool { return (h.section == "hiring" || h.section == "recruiter") && h.start == 0 })
	return led && strings.Contains(t.low, " ") && slices.ContainsFunc(hits, func(h hit) bool {
		return h.section == "job" && h.end == len(t.low) && r.speaks(h)
	})
}

// joinListed joins a position with what stands behind its comma when that is
// nothing else: "VP People, Benelux", beside a company that another piece names.
func (r *reading) joinListed(pieces []piece) []piece {
	known := slices.ContainsFunc(pieces, func(p piece) bool { return p.kind == companyPiece })
	out := pieces[:0:0]
	for _, p := range pieces {
		if n := len(out); n > 0 && p.kind == unknownPiece && p.hint == "" && out[n-1].kind == rolePiece && (known || startsUpper(out[n-1].text) && !startsUpper(p.text) && !dense(firstRune(p.text))) && r.listed(out[n-1].text, p.text) {
			out[n-1].text += ", " + p.text
			continue
		}
		out = append(out, p)
	}
	return out
}

// listed tells whether tail stands behind head and a comma in the title, and can
// be part of the position there.
func (r *reading) listed(head, tail string) bool {
	return strings.Contains(r.title.raw, head+", "+tail) && len(strings.Fields(tail)) <= 3 && utf8.RuneCountInString(tail) >= 3 &&
		!r.oneWord(tail) && !r.anyVocabulary(tail) && !strings.Contains(r.loc.low, fold(tail))
}
