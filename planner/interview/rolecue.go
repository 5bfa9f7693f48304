package interview

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cues notes the positions beside words such as "position", "vacancy", "poste":
// before them ("the Data Engineer role"), behind them ("la posizione di
// contabile"), or joined to them ("Teamleiterstelle"); and those behind words for
// seeking somebody ("we look for a Data Engineer").
func (f *roleFinder) cues(t text, hits []hit, rank int) {
	for _, h := range hits {
		if !f.speaks(h) {
			continue
		}
		switch h.section {
		case "position":
			f.noteCue(f.joinedTo(t, h), rank)
			before, after := f.fillerBefore(t, h.start), f.fillerBehind(t, h.end)
			f.noteCue(before, rank-1)
			f.noteCue(after, rank-2)
			if !f.looksLikeRole(before) && !f.looksLikeRole(after) {
				f.noteCue(f.fillerFurther(t, hits, h.end), rank-5)
			}
		case "seek":
			if within(h, hits) {
				continue // of "hiring manager"
			}
			if s := f.fillerBehind(t, h.end); f.looksLikeRole(s) {
				f.note(s, rankSought)
			}
		}
	}
}

// within tells whether a longer phrase of another section holds h.
func within(h hit, hits []hit) bool {
	return slices.ContainsFunc(hits, func(o hit) bool {
		return o.section != h.section && !o.slot && o.start <= h.start && h.end <= o.end && o.end-o.start > h.end-h.start
	})
}

// noteCue notes what stands beside a word for a position, if there is a word for
// a job in it.
func (f *roleFinder) noteCue(s string, rank int) {
	if s != "" && len(strings.Fields(s)) <= 8 && f.looksLikeRole(s) {
		f.note(s, rank)
	}
}

// fillerBehind is what stands directly behind at, less the words that lead to it:
// "of a", "as", a colon, an opening quote.
func (f *roleFinder) fillerBehind(t text, at int) string {
	to := min(len(t.low), at+maxSlot)
	for to < len(t.low) && !utf8.RuneStart(t.low[to]) {
		to--
	}
	s := t.sub(at, to)
	if n := strings.IndexByte(s.low, '\n'); n >= 0 {
		s = s.sub(0, n)
	}
	quoted := false
	for range 4 {
		rest := strings.TrimLeft(s.low, " :\"'「『【[*«#=")
		quoted = quoted || strings.ContainsAny(s.low[:len(s.low)-len(rest)], "\"「『【[«")
		s = s.sub(len(s.low)-len(rest), len(s.low))
		n := f.leadingWord(s)
		if n == 0 {
			break
		}
		s = s.sub(n, len(s.low))
	}
	if s.low == "" {
		return ""
	}
	return f.trimmed(f.headOf(s, roleSlot, quoted))
}

// fillerFurther is what a sentence names behind "is", or in brackets, after a word
// for a position: "the role we have in mind is Data Engineer".
func (f *roleFinder) fillerFurther(t text, hits []hit, at int) string {
	end := min(len(t.low), at+maxSlot)
	if n := strings.IndexAny(t.low[at:end], ".!?\n;"); n >= 0 {
		end = at + n
	}
	if n := strings.IndexByte(t.low[at:end], '('); n >= 0 {
		if s := f.fillerBehind(t, at+n+1); f.looksLikeRole(s) {
			return s
		}
	}
	for _, h := range hits {
		if h.section == "is" && f.speaks(h) && h.start > at && h.end < end {
			return f.fillerBehind(t, h.end)
		}
	}
	return ""
}

// leadingWord returns where a small word that leads to a position ends, 0 when s
// begins with none.
func (f *roleFinder) leadingWord(s text) int {
	best := 0
	for _, h := range f.v.scan(s) {
		if h.start > 0 {
			break
		}
		switch h.section {
		case "article", "of", "for", "role.noise", "about":
			if f.speaks(h) && h.end < len(s.low) && (s.low[h.end] == ' ' || s.low[h.end] == ':' || strings.HasSuffix(h.pre, "'")) {
				best = max(best, h.end)
			}
		}
	}
	return best
}

// fillerBefore is what stands directly before at, behind the words that lead to it.
func (f *roleFinder) fillerBefore(t text, at int) string {
	from := max(0, at-maxSlot)
	if n := strings.LastIndexByte(t.low[from:at], '\n'); n >= 0 {
		from += n + 1
	}
	for from < at && !utf8.RuneStart(t.low[from]) {
		from++
	}
	s := t.sub(from, at)
	if low := strings.TrimRight(s.low, " "); low != "" && strings.ContainsRune(".,;:!?", rune(low[len(low)-1])) {
		return ""
	}
	whole := f.tailAfterLead(s)
	if f.listedRole(whole) {
		return f.trimmed(whole)
	}
	tail := f.tailAfterLead(f.tailOf(s, roleSlot))
	if f.endsSmall(tail) {
		return ""
	}
	return f.trimmed(tail)
}

// endsSmall tells whether s ends with an article or a preposition, so that the
// word behind it belongs to it: "docente a contratto".
func (f *roleFinder) endsSmall(s text) bool {
	low := strings.TrimRight(s.low, " ")
	return slices.ContainsFunc(f.v.scan(s), func(h hit) bool {
		switch h.section {
		case "article", "of", "for", "at", "with", "and", "about":
			return h.end == len(low) && f.speaks(h) && (h.start == 0 || low[h.start-1] == ' ')
		}
		return false
	})
}

// tailAfterLead keeps what stands behind the last article or preposition that
// leads to a position.
func (f *roleFinder) tailAfterLead(s text) text {
	from := 0
	for _, h := range f.v.scan(s) {
		switch h.section {
		case "article", "for", "about", "slot.start", "seek":
			if f.speaks(h) && h.lang == f.lang && h.start >= from && h.end < len(s.low) && (s.low[h.end] == ' ' || strings.HasSuffix(h.pre, "'")) && !dense(firstRune(h.pre)) {
				from = h.end
			}
		}
	}
	return s.sub(from, len(s.low))
}

// placeEndings are the ends of words that say where or whose in languages that
// write them before a position: "Nimbus'taki", "노을의".
var placeEndings = map[string][]string{"tr": {"taki", "teki", "daki", "deki"}, "ko": {"의", "에서", "에서의", "에"}}

// behindPlace returns where the last word that says where or whose ends.
func behindPlace(low, lang string) int {
	from := 0
	for _, w := range wordSpans(low) {
		for _, end := range placeEndings[lang] {
			if w[1] < len(low) && w[1]-w[0] > len(end) && strings.HasSuffix(low[w[0]:w[1]], end) {
				from = w[1]
			}
		}
	}
	return from
}

// listedRole tells whether s is a position with a comma in it, "VP People,
// Benelux": what stands behind the comma is written with a capital, and what
// stands before it has a word for a job.
func (r *reading) listedRole(s text) bool {
	head, tail, ok := strings.Cut(strings.TrimSpace(s.raw), ", ")
	return ok && !strings.ContainsAny(s.raw, "()[]|–:?!「」") && !hasSection(r.v.scan(s), "interview") && len(strings.Fields(head)) <= 5 && len(strings.Fields(tail)) <= 3 && startsUpper(tail) && !strings.ContainsAny(tail, ",.!?:") &&
		r.looksLikeRole(head) && !r.looksLikeName(tail) && !r.knownCompany(tail) && r.knownPerson(tail) == (Person{})
}

// trimmed is tidy of a cut text.
func (f *roleFinder) trimmed(s text) string {
	if f.listedRole(s) {
		return f.tidy(s, f.company)
	}
	return f.tidyRole(s.raw, f.company)
}

// joinedTo is a position that the word for it is joined to: the "Teamleiter" of
// "Teamleiterstelle", and the "köksmästare" of "köksmästarrollen".
func (f *roleFinder) joinedTo(t text, h hit) string {
	if !h.openL {
		return ""
	}
	from := h.start
	stem := strings.TrimRight(t.low[from:h.end], " ")
	n := strings.LastIndex(stem, h.pre)
	if n <= 2 {
		return ""
	}
	s := strings.TrimRight(t.slice(from, from+n), "-")
	if last := strings.TrimSuffix(s, "s"); last != s && f.roleEnds(last) {
		return last
	}
	for _, end := range []string{"", "e", "are", "a"} {
		base := s
		switch end {
		case "a":
			base = strings.TrimSuffix(s, "e")
		case "are":
			base = strings.TrimSuffix(s, "ar")
		}
		if name := base + end; f.roleEnds(name) {
			return name
		}
	}
	return ""
}

// withoutNumber takes the number of a requisition off the ends of a position:
// "R-10932 Software Developer I", "Nurse (Req 4417)".
func withoutNumber(s string) string {
	words := strings.Fields(s)
	for len(words) > 1 && requisition(words[0]) {
		words = words[1:]
	}
	for len(words) > 1 && requisition(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

// requisition tells whether a word is the number of a requisition: four digits or
// more, with at most a few letters before them.
func requisition(w string) bool {
	w = strings.Trim(w, "()[]#:–-,")
	digits, letters := 0, 0
	for _, c := range w {
		switch {
		case unicode.IsDigit(c):
			digits++
		case unicode.IsLetter(c):
			if digits > 0 {
				return false
			}
			letters++
		case c != '-' && c != '_' && c != '/' && c != '.':
			return false
		}
	}
	return digits >= 3 && letters <= 4
}
