package interview

import (
	"slices"
	"strings"
	"unicode"
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

// headOf cuts the text at the first sign that the filler is over.
func (r *reading) headOf(t text, kind slotKind, closed bool) text {
	end := len(t.low)
	if n := endOfFiller(t.low, kind); n >= 0 && (kind != roleSlot || !closed || t.low[n] != ',' || len(strings.Fields(t.low)) > 5) {
		end = min(end, n)
	}
	for _, h := range r.v.scan(t) {
		if h.start >= end {
			break
		}
		if h.start == 0 || strings.TrimSpace(t.low[:h.start]) == "" {
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
				if !abbreviated(low[:i]) || kind == roleSlot && strings.HasSuffix(low[:i], " hr") {
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
			return i
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
	return utf8.RuneCountInString(w) == 1
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
			if i+1 < len(t.low) && t.low[i+1] == ' ' && !abbreviated(t.low[:i]) {
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

// findRole decides on the position: the one that the title names, unless the text
// has more words of it.
func (r *reading) findRole(company string) string {
	r.looseRole = false
	role := r.nearestRole(company)
	if role == "" || !r.titleHas(role) {
		return role
	}
	if full := r.phraseRole(company, [][]hit{r.bodyHit}); fullerRole(role, full) {
		return full
	}
	if full := r.labelledRole(company); fullerRole(role, full) {
		return full
	}
	return role
}

func (r *reading) titleHas(s string) bool {
	return strings.Contains(fold(r.title.raw), fold(s))
}

// fullerRole tells whether full is the same position with a word or two more.
func fullerRole(role, full string) bool {
	a, b := fold(role), fold(full)
	if len(b) <= len(a) || len(strings.Fields(b)) > len(strings.Fields(a))+3 {
		return false
	}
	if ideographic(a) {
		return strings.Contains(compact(b), compact(a)) && utf8.RuneCountInString(b) <= utf8.RuneCountInString(a)+8
	}
	return strings.HasPrefix(b, a+" ") || strings.HasSuffix(b, " "+a)
}

// labelledRole reads the position behind a label such as "Position:" anywhere in
// the body's lines.
func (r *reading) labelledRole(company string) string {
	for _, h := range r.bodyHit {
		if h.section != "label.role" || !r.speaks(h) || h.end >= len(r.body.low) {
			continue
		}
		rest := r.body.slice(h.end, min(len(r.body.low), h.end+maxSlot))
		value, ok := strings.CutPrefix(strings.TrimLeft(rest, " "), ":")
		if !ok {
			value, ok = strings.CutPrefix(strings.TrimLeft(rest, " "), "：")
		}
		if !ok {
			continue
		}
		value, _, _ = strings.Cut(strings.TrimSpace(value), "\n")
		if s := r.tidyRole(r.headOf(newText(value), roleSlot, false).raw, company); s != "" && r.looksLikeRole(s) {
			return s
		}
	}
	return ""
}

// nearestRole is the first position that title, labels, phrases and the rest of
// the text name, in this order.
func (r *reading) nearestRole(company string) string {
	vague := ""
	for _, p := range r.pieces {
		if p.kind == rolePiece {
			if s := r.tidyRole(p.text, company); s != "" && r.lowercase(s) && !p.strong {
				vague = s
			} else if s != "" && (r.looksLikeRole(s) || p.strong) && !r.me.isName(s) {
				return s
			}
		}
	}
	for _, l := range r.body.lines() {
		if q, answer, ok := strings.Cut(l.raw, "?:"); ok && r.looksLikeRole(answer) && slices.ContainsFunc(r.v.scan(newText(q)), func(h hit) bool { return h.section == "label.role" && r.speaks(h) }) {
			if s := r.tidyRole(answer, company); s != "" {
				return s // a booking tool's question
			}
		}
		if v := labelValue(r.v, l, "label.role", r.lang); v != "" {
			if s := r.tidyRole(v, company); s != "" {
				return s
			}
		}
	}
	if s := r.phraseRole(company, [][]hit{r.titleHit, r.topicHit, r.bodyHit}); s != "" {
		return s
	}
	if s := r.labelledRole(company); s != "" {
		return s
	}
	if s := r.roleInText(company); s != "" {
		return s
	}
	if vague != "" && r.looksLikeRole(vague) {
		return vague
	}
	return r.leftoverRole(company)
}

// phraseRole reads the position in the phrases with a slot for it.
func (r *reading) phraseRole(company string, lists [][]hit) string {
	best, bestScore := "", 0
	for _, hits := range lists {
		for _, h := range hits {
			if h.section != "role" || !r.speaks(h) {
				continue
			}
			t := r.body
			if len(r.titleHit) > 0 && &hits[0] == &r.titleHit[0] {
				t = r.title
			} else if len(r.topicHit) > 0 && &hits[0] == &r.topicHit[0] {
				t = r.topic
			}
			s := r.tidyRole(r.cutSlot(t, h, roleSlot), company)
			if s == "" || len(strings.Fields(s)) > 8 {
				continue
			}
			score := 1
			if r.looksLikeRole(s) {
				score += 3
			}
			if h.lang == r.lang {
				score++
			}
			if h.post != "" || h.slotPre {
				score++
			}
			if startsUpper(s) {
				score++
			}
			if strings.Contains(h.pre, " ") && r.saysPosition(h.pre) {
				score++
			}
			if score > bestScore {
				best, bestScore = s, score
			}
		}
	}
	if bestScore >= 4 {
		return best
	}
	return ""
}

// saysPosition tells whether a phrase has a word such as post or position.
func (r *reading) saysPosition(phrase string) bool {
	return slices.ContainsFunc(r.v.scan(text{raw: phrase, low: phrase}), func(h hit) bool { return h.section == "label.role" && r.speaks(h) })
}

// roleInText finds a job behind "for" or behind the word for interview in the body
// or the topic, or alone on the body's first line.
func (r *reading) roleInText(company string) string {
	fits := func(t text) string {
		s := r.tidyRole(r.headOf(t, roleSlot, false).raw, company)
		if n := len(strings.Fields(s)); n == 0 || n > 6 || !startsUpper(s) || !r.looksLikeRole(s) || r.me.isName(s) || hasSection(r.v.scan(newText(s)), "recruiter") {
			return ""
		}
		return s
	}
	for _, src := range []struct {
		t    text
		hits []hit
	}{{r.topic, r.topicHit}, {r.body, r.bodyHit}} {
		for _, h := range src.hits {
			if (h.section != "for" && h.section != "interview" && h.section != "ambiguous") || !r.speaks(h) || h.end >= len(src.t.low) || src.t.low[h.end] != ' ' {
				continue
			}
			if s := fits(src.t.sub(h.end+1, len(src.t.low))); s != "" {
				return s
			}
		}
	}
	for _, l := range r.body.lines() {
		if strings.TrimSpace(l.low) == "" {
			continue
		}
		if first := r.v.sentences(l); len(first) > 0 {
			l = first[0]
		}
		for _, part := range strings.FieldsFunc(l.raw, func(c rune) bool { return c == '|' || c == '•' }) {
			if n := len(strings.Fields(part)); n > 0 && n <= 5 {
				if s := fits(newText(part)); s != "" && !strings.ContainsAny(part, ":,") {
					return s
				}
			}
		}
		break
	}
	return ""
}

// oneWord tells whether s is nothing but a word of the vocabulary that is no job:
// "Follow-up", "opportunities".
func (r *reading) oneWord(s string) bool {
	t := newText(s)
	return slices.ContainsFunc(r.v.scan(t), func(h hit) bool {
		return h.start == 0 && h.end == len(t.low) && r.speaks(h) && (strings.HasPrefix(h.section, "not.") || strings.HasPrefix(h.section, "soft.") || h.section == "hiring" || h.section == "role.noise" || h.section == "talk")
	})
}

// leftoverRole takes a piece of the title that is nothing else for the role, when
// the company is known by another piece.
func (r *reading) leftoverRole(company string) string {
	hasCompany := false
	for _, p := range r.pieces {
		hasCompany = hasCompany || meets(compact(p.text), company) && company != "" || p.kind == companyPiece
	}
	if !hasCompany {
		return ""
	}
	for _, p := range r.pieces {
		if p.kind == unknownPiece && p.hint == "" && compact(p.text) != compact(company) && !r.oneWord(p.text) {
			s := r.tidyRole(p.text, company)
			if r.looseRole = s != "" && !r.looksLikeRole(s); r.looseRole && !r.maybeRole(s) {
				continue
			}
			if utf8.RuneCountInString(s) > 3 {
				return s
			}
		}
	}
	return ""
}

// maybeRole tells whether a piece of which no word is known can be a position: of
// several words, and neither a remark in brackets nor a place with its number.
func (r *reading) maybeRole(s string) bool {
	words := strings.Fields(s)
	last := words[len(words)-1]
	if at := strings.Index(r.title.raw, s); at > 0 && inBrackets(r.title.raw, at) {
		return false
	}
	return (len(words) > 1 || ideographic(s)) && utf8.RuneCountInString(last) > 1 && !strings.ContainsAny(s, "0123456789")
}

// tidyRole cuts what isn't the position off a phrase that holds it.
func (r *reading) tidyRole(s, company string) string {
	t := newText(s)
	if n := endOfFiller(t.low, roleSlot); n > 0 && (t.low[n] != ',' || strings.Count(t.low[n:], " ") != 1) {
		t = t.sub(0, n)
	}
	for changed := true; changed; {
		changed = false
		for _, h := range r.v.scan(t) {
			switch h.section {
			case "article", "role.noise", "of":
				if !r.speaks(h) || h.section == "of" && (h.lang != r.lang || h.start > 0) {
					continue
				}
				if strings.TrimSpace(t.low[:h.start]) == "" && h.end < len(t.low) {
					t, changed = t.sub(h.end, len(t.low)), true
				} else if h.section == "role.noise" && strings.TrimSpace(t.low[h.end:]) == "" && h.start > 0 {
					t, changed = t.sub(0, h.start), true
				}
			case "at", "slot.end":
				if r.speaks(h) && h.start > 0 && strings.TrimSpace(t.low[:h.start]) != "" && (h.lang == r.lang || len(h.pre) > 1) && h.end < len(t.low) && t.low[h.end] == ' ' {
					t, changed = t.sub(0, h.start), true
				}
			}
			if changed {
				break
			}
		}
	}
	out := strings.TrimSpace(strings.Trim(r.germanRole(t.raw), " .,;:!?-–*\"'#/()"))
	out = trimGender(out)
	if rest, ok := strings.CutSuffix(out, "職"); ok && utf8.RuneCountInString(rest) > 3 && r.looksLikeRole(rest) {
		out = rest // データエンジニア職, and not 技術職
	}
	if utf8.RuneCountInString(out) < 2 || utf8.RuneCountInString(out) > 80 || noise(out) || company != "" && compact(out) == compact(company) {
		return ""
	}
	return out
}

// germanRole cuts a German position at its first word in small letters that is no
// preposition: "Ausstellungsleiterin sprechen".
func (r *reading) germanRole(s string) string {
	if r.lang != "de" {
		return s
	}
	words := strings.Fields(s)
	for i, w := range words {
		if i > 0 && unicode.IsLower(firstRune(w)) && unicode.IsLetter(firstRune(w)) && !germanSmall[strings.Trim(w, ".,")] {
			return strings.Join(words[:i], " ")
		}
	}
	return s
}

// germanSmall are words in small letters within German positions.
var germanSmall = map[string]bool{"für": true, "im": true, "in": true, "der": true, "die": true, "das": true, "des": true, "den": true, "dem": true, "und": true, "oder": true, "mit": true, "zur": true, "zum": true, "von": true, "vom": true, "bei": true, "auf": true, "an": true, "am": true, "m": true, "w": true, "d": true, "als": true, "nach": true}

// trimGender takes "m/w/d", "H/F" and the like off the end of a role.
func trimGender(s string) string {
	words := strings.Fields(s)
	for len(words) > 1 {
		w := strings.Trim(words[len(words)-1], "()*")
		if !strings.Contains(w, "/") || strings.ContainsFunc(w, func(r rune) bool { return unicode.IsDigit(r) }) || len(w) > 7 {
			break
		}
		short := true
		for part := range strings.SplitSeq(w, "/") {
			short = short && utf8.RuneCountInString(part) <= 1
		}
		if !short {
			break
		}
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}
