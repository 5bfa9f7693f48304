package interview

import (
	"strings"
	"unicode/utf8"
)

// slotKind says what fills a slot of a phrase, and so where it ends.
type slotKind int

const (
	companySlot slotKind = iota
	roleSlot
	peopleSlot
)

// speaks tells whether a phrase may be read in this event: its language is the
// event's, or English, which is mixed in everywhere.
func (r *reading) speaks(h hit) bool {
	return h.lang == r.lang || r.lang == "" || h.lang == "en"
}

// cutSlot returns what fills the slot of h, cut where another thing begins.
func (r *reading) cutSlot(t text, h hit, kind slotKind) string {
	s := t.sub(h.slotFrom, h.slotTo)
	if h.slotPre {
		s = r.tailOf(s, kind)
	} else {
		s = r.headOf(s, kind, h.post != "")
	}
	return strings.TrimSpace(strings.Trim(s.raw, " .,;:!?-–*\"'"))
}

// maxPhrase bounds a phrase with what fills its slot, in bytes.
const maxPhrase = 2 * maxSlot

// headOf cuts the text at the first sign that the filler is over.
func (r *reading) headOf(t text, kind slotKind, closed bool) text {
	end := len(t.low)
	if n := endOfFiller(t.low, kind); n >= 0 && (kind != roleSlot || !closed || t.low[n] != ',' || len(strings.Fields(t.low)) > 5) {
		end = min(end, n)
	}
	for _, h := range r.v.scan(t.head(end + maxPhrase)) {
		if h.start >= end {
			break
		}
		if h.start == 0 || strings.TrimSpace(t.low[:h.start]) == "" || endingOfWord(t.low, h.start) {
			continue
		}
		if kind == peopleSlot && inBrackets(t.low, h.start) {
			continue
		}
		stop := false
		switch h.section {
		case "slot.end":
			stop = r.speaks(h)
		case "at", "with":
			stop = r.speaks(h) && !closed && (h.lang == r.lang || len(h.pre) > 1)
		case "interview":
			stop = kind != roleSlot || !closed
		case "and":
			stop = kind == companySlot && r.speaks(h) || kind == roleSlot && r.speaks(h) && r.looksLikeRole(t.slice(0, h.start)) && !r.looksLikeRole(t.slice(h.end, len(t.low)))
		}
		if stop {
			end = h.start
		}
	}
	return t.sub(0, end)
}

// closing returns where the bracket that opens at i is closed on its line, -1
// when it isn't.
func closing(low string, i int) int {
	n := strings.IndexAny(low[i:], ")\n")
	if n < 0 || low[i+n] != ')' {
		return -1
	}
	return i + n
}

// inBrackets tells whether i stands in round brackets: an office behind a name.
func inBrackets(low string, i int) bool {
	open := strings.LastIndexAny(low[:i], "()\n")
	return open >= 0 && low[open] == '(' && closing(low, open) > i
}

// endOfFiller finds the punctuation that ends a filler, -1 for none.
func endOfFiller(low string, kind slotKind) int {
	for i := 0; i < len(low); {
		if end := insideWord(low, i); end > i && kind == roleSlot {
			i = end
			continue
		}
		c, n := utf8.DecodeRuneInString(low[i:])
		if c == '(' && kind == peopleSlot && i > 0 {
			if end := closing(low, i); end > 0 {
				i = end + 1
				continue
			}
		}
		switch c {
		case '(', ')', '（', '）':
			if i > 0 && kind != peopleSlot {
				return i
			}
		case '\n', '|', '[', '!', '?', ';', '。', '！', '？', '」', '』', '】', '•', '"', '<', '।':
			if i > 0 || c == '\n' {
				return i
			}
		case '.':
			if i+1 >= len(low) || low[i+1] == ' ' || low[i+1] == '\n' {
				if !abbreviated(low[:i]) && !(kind == roleSlot && shortJob(low[:i]) && i+1 < len(low)) || kind == roleSlot && strings.HasSuffix(low[:i], " hr") {
					return i
				}
			}
		case ',', '、', '،', ':', '@':
			if kind != peopleSlot || c == ':' || c == '@' {
				if i > 0 {
					return i
				}
			}
		case '–':
			if !(kind == roleSlot && i > 0 && digit(low[i-1]) && i+n < len(low) && digit(low[i+n])) {
				return i
			}
		case '-':
			if i > 0 && low[i-1] == ' ' {
				return i
			}
		}
		i += n
	}
	return -1
}

// abbreviated tells whether the word before a full stop is short for something:
// Dr., Sr., an initial.
func abbreviated(low string) bool {
	w := low[strings.LastIndexAny(low, " \n")+1:]
	switch w {
	case "dr", "sr", "jr", "mr", "mrs", "ms", "prof", "st", "ing", "mgr", "bc", "dipl", "fr", "hr", "inz", "co", "inc", "ltd", "d", "m", "mme", "dra", "sra", "dna", "s.r", "a", "ds", "nr", "spec", "dept", "dpto", "resp", "asst", "assoc", "exec", "tech", "int", "bzw", "ca", "ref", "no", "lic", "arq", "dott", "sig", "phd", "o", "r":
		return true
	}
	return utf8.RuneCountInString(w) == 1 && !digit(w[0]) || loadFacts()["abbreviation"][w]
}

// shortJob tells whether the word before a full stop is the short form of a word
// in positions: "Eng. de Obras", "Coord. Infraestrutura", "st. konsultant".
func shortJob(low string) bool {
	return loadFacts()["short-job"][low[strings.LastIndexAny(low, " \n(/")+1:]]
}

// tailOf keeps the end of the text behind the last sign that it begins.
func (r *reading) tailOf(t text, kind slotKind) text {
	from := 0
	for i, c := range t.low {
		switch c {
		case '\n', '|', '(', ')', '[', ']', '!', '?', ';', '。', '！', '？', '）', '（', '「', '『', '【', '】', '•', '"', ':', '、', '–', '।', ',':
			if c == '、' && kind == peopleSlot || c == ',' && kind == peopleSlot {
				continue
			}
			from = i + utf8.RuneLen(c)
		case '.':
			if i+1 < len(t.low) && t.low[i+1] == ' ' && !abbreviated(t.low[:i]) && !(kind == roleSlot && shortJob(t.low[:i])) {
				from = i + 1
			}
		case '-':
			if i > 0 && t.low[i-1] == ' ' {
				from = i + 1
			}
		}
	}
	for _, h := range r.v.scan(t) {
		if h.end >= len(t.low) || h.start < from {
			continue
		}
		switch h.section {
		case "slot.start", "with", "at":
			if kind == peopleSlot && h.section == "at" && r.speaks(h) && r.personLike(strings.TrimSpace(t.slice(from, h.start)), "") {
				return t.sub(from, h.start) // "Terrence Boyd from our team will call you"
			}
			if r.speaks(h) && (h.lang == r.lang || len(h.pre) > 1) {
				from = h.end
			}
		case "at.post", "with.post", "for.post":
			if r.speaks(h) && kind != peopleSlot {
				from = h.end
			}
		case "moved", "interview":
			from = h.end
		}
	}
	if kind == roleSlot {
		from += behindPlace(t.low[from:], r.lang)
	}
	return t.sub(from, len(t.low))
}

// labelValue reads "Label: value" lines of a section. The label stands at the
// line's beginning, behind bullets at most.
func labelValue(v *vocabulary, line text, section, lang string) string {
	i := strings.IndexAny(line.low, ":")
	if n := strings.Index(line.low, " – "); i < 0 || n >= 0 && n < i {
		if n := strings.Index(line.low, " – "); n >= 0 && n < 40 {
			i = n
		}
	}
	if i <= 0 || i > 60 {
		return ""
	}
	label := strings.Trim(line.low[:i], " *-•·>–#_()[]")
	for _, h := range v.scan(text{raw: label, low: label}) {
		if h.section == section && h.start == 0 && h.end == len(label) {
			_, n := utf8.DecodeRuneInString(line.low[i:])
			if line.low[i] == ' ' {
				n = len(" – ")
			}
			return strings.TrimSpace(strings.Trim(line.slice(i+n, len(line.low)), " *_"))
		}
	}
	return ""
}
