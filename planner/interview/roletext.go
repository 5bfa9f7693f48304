package interview

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tidyRole cuts what isn't the position off a phrase that holds it.
func (r *reading) tidyRole(s, company string) string {
	t := newText(s)
	if n := endOfFiller(t.low, roleSlot); n > 0 && !(t.low[n] == ',' && strings.Count(t.low[n:], " ") == 1 && r.listedRole(t)) {
		t = t.sub(0, n)
	}
	return r.tidy(t, company)
}

// tidy is tidyRole for a phrase that holds nothing behind the position.
func (r *reading) tidy(t text, company string) string {
	for {
		n, changed := r.tidyStep(t)
		if !changed {
			break
		}
		t = n
	}
	out := withoutNumber(strings.TrimSpace(strings.Trim(r.germanRole(t.raw), " .,;:!?-–*\"'#/()")))
	if strings.Count(out, "(") > strings.Count(out, ")") {
		out += ")" // of "Directeur adjoint(e)"
	}
	out = r.withoutEmployer(trimGender(out), company)
	if rest, ok := strings.CutSuffix(out, "職"); ok && utf8.RuneCountInString(rest) > 3 && r.looksLikeRole(rest) {
		out = rest // データエンジニア職, and not 技術職
	}
	if utf8.RuneCountInString(out) < 2 || utf8.RuneCountInString(out) > 80 || noise(out) || company != "" && compact(out) == compact(company) {
		return ""
	}
	return out
}

// tidyStep cuts one word that isn't part of a position off an end of t.
func (r *reading) tidyStep(t text) (text, bool) {
	for _, h := range r.v.scan(t) {
		first, last := strings.TrimSpace(t.low[:h.start]) == "", strings.TrimSpace(t.low[h.end:]) == ""
		if first && r.leads(t, h) {
			return t.sub(h.end, len(t.low)), true
		}
		switch h.section {
		case "article", "role.noise", "of":
			if !r.speaks(h) || h.section == "of" && (h.lang != r.lang || h.start > 0) {
				continue
			}
			if first && h.end < len(t.low) {
				return t.sub(max(h.end, insideWord(t.low, h.end)), len(t.low)), true // un(e)
			}
			if last && h.start > 0 && (h.section == "role.noise" && (!r.looksLikeRole(t.raw) || r.looksLikeRole(t.slice(0, h.start))) || h.section != "role.noise" && !dense(firstRune(h.pre)) && t.low[h.start-1] == ' ') {
				return t.sub(0, h.start), true
			}
		case "position":
			if h.start > 1 && r.speaks(h) && t.slice(h.start-1, h.start) == "-" && r.looksLikeRole(t.slice(0, h.start-1)) {
				return t.sub(0, h.start-1), true // "CHRO-rol"
			}
		case "at", "slot.end":
			if r.speaks(h) && h.start > 0 && !first && !endingOfWord(t.low, h.start) && (h.lang == r.lang || len(h.pre) > 1) && h.end < len(t.low) && t.low[h.end] == ' ' {
				return t.sub(0, h.start), true
			}
		}
	}
	return t, false
}

// leads tells whether h, at the beginning of t, is a word that leads to a position:
// "da coordinatrice", "zoekt HR-manager". English writes such words before the
// job as parts of it: "Contract Manager".
func (r *reading) leads(t text, h hit) bool {
	switch h.section {
	case "position", "seek", "for", "at", "with":
		return h.lang == r.lang && r.lang != "en" && h.end < len(t.low) && t.low[h.end] == ' ' && !within(h, r.v.scan(t)) && r.looksLikeRole(t.slice(h.end, len(t.low)))
	}
	return false
}

// withoutEmployer takes the employer's name off the ends of a position: "DAF
// Lumetis", "ノーザンのデータエンジニア".
func (r *reading) withoutEmployer(s, company string) string {
	same := func(name string) bool {
		name = strings.Trim(name, " ,-–'’")
		return company != "" && compact(name) == compact(company) || r.exactCompany(name) || r.organisation(name)
	}
	words := strings.Fields(s)
	for n := 1; n < len(words); n++ {
		before, after := strings.Join(words[:n], " "), strings.Join(words[n:], " ")
		if same(after) && r.looksLikeRole(before) {
			return before
		}
		if same(r.withoutCase(before)) && r.looksLikeRole(after) {
			return after
		}
	}
	if company != "" && ideographic(s) {
		for _, tail := range []string{"の", "의", "的", ""} {
			if i := strings.Index(s, company+tail); i >= 0 && r.looksLikeRole(s[i+len(company)+len(tail):]) {
				return strings.TrimSpace(s[i+len(company)+len(tail):])
			}
		}
	}
	return s
}

// withoutCase takes the ending that makes a name a possessive off it.
func (r *reading) withoutCase(s string) string {
	for _, end := range []string{"'s", "’s", "의", "の", "的"} {
		s = strings.TrimSuffix(s, end)
	}
	return s
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
