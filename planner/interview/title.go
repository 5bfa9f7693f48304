package interview

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pieceKind is what a piece of a title is taken for.
type pieceKind int

const (
	unknownPiece pieceKind = iota
	selfPiece
	personPiece
	companyPiece
	rolePiece
	noisePiece
)

// piece is what stands between the separators and the words of a title that say
// "interview": a company, a role, a person.
type piece struct {
	text   string
	hint   string // with, at, for, via: the preposition before it, or after it; calls: the one who rings
	kind   pieceKind
	topic  bool // it stands in the topic that a tool gives, not in the title
	inner  bool // it stands in brackets
	strong bool // a preposition or a known name decided
}

// anchorSection tells whether the words of a section are cut out of a title.
func anchorSection(s string) bool {
	switch s {
	case "interview", "ambiguous", "talk", "screen", "hiring_manager", "technical", "take_home", "panel", "onsite", "final",
		"offer_call", "ordinal", "moved", "cancelled", "declined", "confirm", "noise":
		return true
	}
	return false
}

// cutTitle splits a title into pieces.
func (r *reading) cutTitle(t text, hits []hit) []piece {
	marks := make([]byte, len(t.low)) // 0 text, 1 separator or anchor; else index+2 of hint
	for _, h := range hits {
		if anchorSection(h.section) && (h.section == "interview" || r.speaks(h)) && !r.partOfRole(t, h, hits) && !takesJob(t, h, hits) && !insideJob(h, hits) {
			fill(marks, h.start, h.end, 1)
		}
	}
	markSeparators(t.low, marks)
	r.markPrepositions(t, hits, marks)
	return r.collect(t, marks)
}

const (
	markCut      = 1
	markWith     = 2 // with, at, for before the piece
	markAt       = 3
	markFor      = 4
	markWithPost = 5 // and behind it
	markAtPost   = 6
	markForPost  = 7
	markAbout    = 8
	markVia      = 9
	markViaPost  = 10
	markCalls    = 11 // behind who rings, or before
)

var hintNames = [...]string{markWith: "with", markAt: "at", markFor: "for", markWithPost: "with", markAtPost: "at", markForPost: "for", markAbout: "about", markVia: "via", markViaPost: "via", markCalls: "calls"}

func fill(b []byte, from, to int, v byte) {
	for i := from; i < to; i++ {
		b[i] = v
	}
}

// unmarked gives the stretches without a mark, from where to where, in order.
func unmarked(marks []byte) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		for i := 0; i < len(marks); i++ {
			from := i
			for i < len(marks) && marks[i] == 0 {
				i++
			}
			if i > from && !yield(from, i) {
				return
			}
		}
	}
}

func anchorAt(hits []hit, at int) bool {
	return slices.ContainsFunc(hits, func(h hit) bool { return h.start == at && h.section == "interview" })
}

func wordEnd(s string, i int) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !wordRune(r) {
			break
		}
		i += n
	}
	return i
}

// markSeparators marks what parts a title: dashes with blanks around them,
// colons, brackets, bars, commas, angle brackets.
func markSeparators(low string, marks []byte) {
	for i := 0; i < len(low); {
		if end := insideWord(low, i); end > i {
			i = end
			continue
		}
		c, n := utf8.DecodeRuneInString(low[i:])
		spaced := i > 0 && low[i-1] == ' ' && i+n < len(low) && low[i+n] == ' '
		sep := false
		switch c {
		case '|', '(', ')', '[', ']', '{', '}', '<', '>', ':', ';', '•', '·', '"', '→', '↔', '⇄', '⟷', '【', '】', '「', '」', '『', '』', '〈', '〉', '《', '》', '、', '。', '،', '؛', '~', '!', '?', '\n', '=', '★', '✨', '*':
			sep = true
			if c == ':' && i > 0 && i+1 < len(low) && digit(low[i-1]) && digit(low[i+1]) || c == '"' && gershayim(low, i) {
				sep = false
			}
		case '–':
			sep = true
		case '-', '/', '_', '×', '+':
			sep = c == '-' && i > 0 && i+n < len(low) && besideIdeograph(low, i) || spaced || i+n < len(low) && low[i+n] == ' ' && c == '-' || i == 0 || i+n == len(low) || c == '×' || c == '/' && i+n < len(low) && (slashCut(low, i) || low[i+n] == '/' || low[i-1] == '/')
		case ',':
			sep = true
		case 'x':
			sep = spaced
		default:
			sep = unicode.Is(unicode.So, c) // emoji
		}
		if sep {
			fill(marks, i, i+n, markCut)
		}
		i += n
	}
}

// gershayim tells whether the quotation mark at i is that of a Hebrew
// abbreviation: it stands between two letters.
func gershayim(low string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(low[:i])
	after, _ := utf8.DecodeRuneInString(low[i+1:])
	return before >= 0x5d0 && before < 0x5eb && after >= 0x5d0 && after < 0x5eb
}

// slashCut tells whether a slash parts two things in a dense script.
func slashCut(low string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(low[:i])
	after, _ := utf8.DecodeRuneInString(low[i+1:])
	return dense(before) && dense(after) && !(unicode.Is(unicode.Hebrew, after) && utf8.RuneCountInString(low[i+1:wordEnd(low, i+1)]) <= 2)
}

// insideWord returns where a mark ends that stands at i within a word: the ending
// in brackets of "Engenheiro(a)", the colon of "Manager:in", the sign of a Hebrew
// abbreviation. It returns i when the mark parts words.
func insideWord(low string, i int) int {
	if i == 0 {
		return i
	}
	switch before, _ := utf8.DecodeLastRuneInString(low[:i]); low[i] {
	case '(':
		end := wordEnd(low, i+1)
		if unicode.IsLetter(before) && !dense(before) && end > i+1 && end < len(low) && low[end] == ')' && utf8.RuneCountInString(low[i+1:end]) <= 4 {
			return end + 1
		}
	case ':', '*':
		if end := wordEnd(low, i+1); unicode.IsLetter(before) && (low[i+1:end] == "in" || low[i+1:end] == "innen" || low[i+1:end] == "r") {
			return end
		}
	case '"':
		from, end := strings.LastIndexByte(low[:i], ' ')+1, wordEnd(low, i+1)
		if gershayim(low, i) && utf8.RuneCountInString(low[from:i]) > 1 && utf8.RuneCountInString(low[i+1:end]) <= 3 {
			return i + 1
		}
	}
	return i
}

// markPrepositions marks "with", "at" and "for" in the languages that the title
// may be in.
func (r *reading) markPrepositions(t text, hits []hit, marks []byte) {
	for i := range len(t.low) {
		if t.low[i] == '@' && i > 0 && t.low[i-1] == ' ' && marks[i] == 0 {
			marks[i] = markAt
		}
	}
	langs := r.titleLangs(hits)
	for _, h := range hits {
		kind := byte(0)
		switch h.section {
		case "with":
			kind = markWith
		case "at":
			kind = markAt
		case "for":
			kind = markFor
		case "with.post":
			kind = markWithPost
		case "at.post":
			kind = markAtPost
		case "about":
			if h.start == 0 || h.end >= len(t.low) {
				continue
			}
			kind = markAbout
		case "for.post":
			kind = markForPost
		case "through":
			kind = markVia
		case "through.post":
			kind = markViaPost
		case "calls":
			kind = markCalls
		default:
			continue
		}
		if !langs[h.lang] || marks[h.start] != 0 && kind != markCalls || endingOfWord(t.low, h.start) {
			continue
		}
		if kind == markFor && h.value != "cut" && !strings.Contains(h.pre, " ") && !strings.HasSuffix(h.pre, "/") && !r.opensPiece(t.low, marks, h.start) && !r.partsJob(t, marks, h) {
			continue // "Head of Sales for DACH"
		}
		fill(marks, h.start, h.end, kind)
	}
}

// partsJob tells whether a job stands behind the preposition and none before it.
func (r *reading) partsJob(t text, marks []byte, h hit) bool {
	from, to := h.start, h.end
	for from > 0 && marks[from-1] == 0 {
		from--
	}
	for to < len(marks) && marks[to] == 0 {
		to++
	}
	return r.looksLikeRole(t.slice(h.end, to)) && !r.looksLikeRole(t.slice(from, h.start))
}

// titleLangs are the languages whose small words may stand in a title: the
// event's own, and those of its interview words when only they have them.
func (r *reading) titleLangs(hits []hit) map[string]bool {
	langs := map[string]bool{r.lang: true}
	for _, h := range hits {
		if (h.section == "interview" || h.section == "ambiguous") && h.lang != "en" {
			langs[h.lang] = langs[h.lang] || r.lang == "" || r.lang == "en"
		}
	}
	if r.lang == "" || hasLang(hits, "en", "interview") {
		langs["en"] = true
	}
	return langs
}

func hasLang(hits []hit, lang, section string) bool {
	return slices.ContainsFunc(hits, func(h hit) bool { return h.lang == lang && h.section == section })
}

// opensPiece tells whether nothing but blanks stands between i and the last cut.
func (r *reading) opensPiece(low string, marks []byte, i int) bool {
	for i--; i >= 0; i-- {
		if marks[i] != 0 {
			return true
		}
		if low[i] != ' ' {
			return false
		}
	}
	return true
}

func (r *reading) collect(t text, marks []byte) []piece {
	var out []piece
	hint := ""
	for i := 0; i < len(t.low); {
		if marks[i] != 0 {
			if m := marks[i]; postposed(m, t.low, marks, i) {
				if n := len(out); n > 0 && out[n-1].hint == "" {
					out[n-1].hint = hintNames[m]
				}
				hint = ""
			} else if m >= markWith {
				hint = hintNames[m]
			} else if strings.IndexByte(" ", t.low[i]) < 0 {
				hint = keepHint(hint, t.low[i])
			}
			i++
			continue
		}
		j := i
		for j < len(t.low) && marks[j] == 0 {
			j++
		}
		if s := trimTimes(trimPiece(t.slice(i, j))); s != "" {
			out = append(out, piece{text: s, hint: hint, inner: inner(t.low, i)})
			hint = ""
		}
		i = j
	}
	return out
}

// postposed tells whether the mark at i says what the piece before it is.
func postposed(m byte, low string, marks []byte, i int) bool {
	switch m {
	case markWithPost, markAtPost, markForPost, markViaPost:
		return true
	case markCalls:
		for i > 0 && marks[i-1] == markCalls {
			i--
		}
		return i > 1 && low[i-1] == ' ' && marks[i-2] == 0 || i > 0 && marks[i-1] == 0 && low[i-1] != ' '
	}
	return false
}

// inner tells whether i stands in brackets.
func inner(low string, i int) bool {
	open := strings.LastIndexAny(low[:i], "([")
	return open >= 0 && !strings.ContainsAny(low[open:i], ")]")
}

// keepHint drops a preposition when a separator follows it at once: it belonged
// to words that were cut.
func keepHint(hint string, c byte) string {
	if c == '"' || c == '(' || c == ':' {
		return hint
	}
	return ""
}

func trimPiece(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("-–.,;:/&+_'\"#…·", r)
	})
	if strings.ContainsFunc(s, wordRune) {
		return s
	}
	return ""
}

// trimTimes takes times of day off the front of a piece: "10am Nimbus".
func trimTimes(s string) string {
	for {
		first, rest, ok := strings.Cut(s, " ")
		low := fold(first)
		if !ok || !digit(low[0]) || strings.Trim(low, "0123456789:.h/") != "" && !strings.HasSuffix(low, "am") && !strings.HasSuffix(low, "pm") || !strings.ContainsAny(low, ":.hm/") {
			return s
		}
		s = trimPiece(rest)
	}
}

// lowercase tells whether no word of s begins with a capital although the title
// writes others with one: then s is no name.
func (r *reading) lowercase(s string) bool {
	upper := func(s string) bool {
		return slices.ContainsFunc(strings.Fields(s), func(w string) bool { return unicode.IsUpper(firstRune(w)) })
	}
	return unicode.IsLower(firstRune(s)) && !upper(s) && upper(r.title.raw) && !r.knownCompany(s)
}

// umlauts folds the ways in which domains write ä, ö, ü, å and ø, so that
// mueller meets Müller.
func umlauts(s string) string {
	var b []byte // s as far as it was rewritten
	from := 0
	for i := 1; i < len(s); i++ {
		switch s[i-1 : i+1] {
		case "ae", "oe", "ue", "aa":
			b = append(b, s[from:i]...)
			i++
			from = i
		}
	}
	if b == nil {
		return s
	}
	return string(append(b, s[from:]...))
}

// splitList splits "Anna Berg, Jonas Weber and Mia Koch".
func splitList(s string, v *vocabulary) []string {
	t := newText(s)
	marks := make([]byte, len(t.low))
	for i := 0; i < len(t.low); {
		c, n := utf8.DecodeRuneInString(t.low[i:])
		switch c {
		case ',', '&', ';', '+', '、', '，', '/', '\n', '،':
			fill(marks, i, i+n, 1)
		}
		i += n
	}
	for _, h := range v.scan(t) {
		if h.section == "and" {
			fill(marks, h.start, h.end, 1)
		}
	}
	markJoinedAnd(t.low, marks, v)
	var out []string
	for i, j := range unmarked(marks) {
		if p := strings.Trim(strings.TrimSpace(t.slice(i, j)), ".:-–"); p != "" {
			out = append(out, strings.TrimSpace(p))
		}
	}
	return out
}

// markJoinedAnd marks the Arabic and Hebrew "and", which is written together with
// the word behind it, unless that word is a name as it stands.
func markJoinedAnd(low string, marks []byte, v *vocabulary) {
	for _, w := range wordSpans(low) {
		word := low[w[0]:w[1]]
		if w[0] == 0 || v.names[word] {
			continue
		}
		for _, and := range []string{"و", "ו"} {
			if strings.HasPrefix(word, and) && utf8.RuneCountInString(word) > 3 {
				fill(marks, w[0], w[0]+len(and), 1)
			}
		}
	}
}
