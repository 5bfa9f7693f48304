package interview

import (
	"strings"
	"unicode/utf8"
)

// scheduleLine reads "1:00pm-2:00pm, Anna Berg": a line that begins with a span
// of time, or a time alone. It returns what follows.
func scheduleLine(line text) (rest text, ok bool) {
	low := line.low
	i := skipAny(low, 0, " *-•·>–▪◦📅🕐⏰")
	j, ok := clock(low, i)
	if !ok {
		return text{}, false
	}
	k := skipAny(low, j, " ")
	if n := dashAt(low, k); n > 0 {
		if m, ok := clock(low, skipAny(low, k+n, " ")); ok {
			j = m
		}
	}
	j = skipZone(low, j)
	rest = line.sub(j, len(low))
	if !strings.ContainsFunc(rest.low, wordRune) {
		return rest, true
	}
	return rest, true
}

func skipAny(s string, i int, set string) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !strings.ContainsRune(set, r) {
			break
		}
		i += n
	}
	return i
}

func dashAt(s string, i int) int {
	for _, d := range []string{"-", "–", "~", "〜", "to ", "bis ", "until ", "à ", "a ", "do ", "till ", "al ", "tot ", "og ", "до "} {
		if strings.HasPrefix(s[i:], d) {
			return len(d)
		}
	}
	return 0
}

// clock reads 13:00, 1.30, 1pm, 13h, 13h30, 13 Uhr, 午後1時, 13時30分 at i.
func clock(s string, i int) (end int, ok bool) {
	for _, p := range []string{"kl. ", "kl ", "klo ", "ore ", "ora ", "at ", "о ", "в ", "g. ", "godz. ", "um ", "saat ", "午後", "午前", "上午", "下午", "오전 ", "오후 ", "jam ", "pukul "} {
		if strings.HasPrefix(s[i:], p) {
			i += len(p)
		}
	}
	n := i
	for n < len(s) && digit(s[n]) && n-i < 2 {
		n++
	}
	if n == i {
		return i, false
	}
	bare := true
	if n+2 < len(s) && (s[n] == ':' || s[n] == '.' || s[n] == 'h') && digit(s[n+1]) && digit(s[n+2]) {
		n += 3
		bare = false
		if n+2 < len(s) && s[n] == ':' && digit(s[n+1]) {
			n += 3
		}
	}
	for _, tail := range []string{" a.m.", " p.m.", " am", " pm", "am", "pm", " uhr", "uhr", "h", " h", "時", "点", "시", " uur", " ч"} {
		if strings.HasPrefix(s[n:], tail) {
			n += len(tail)
			bare = false
			break
		}
	}
	if n+2 < len(s) && digit(s[n]) && (strings.HasPrefix(s[n+1:], "分") || digit(s[n+1])) {
		for n < len(s) && digit(s[n]) {
			n++
		}
		for _, tail := range []string{"分", "분"} {
			if strings.HasPrefix(s[n:], tail) {
				n += len(tail)
			}
		}
	}
	return n, !bare && (n >= len(s) || !digit(s[n]))
}

// skipZone skips a zone's name behind a time.
func skipZone(s string, i int) int {
	j := skipAny(s, i, " (")
	for _, z := range []string{"cest", "cet", "pst", "pdt", "est", "edt", "cst", "cdt", "mst", "mdt", "gmt", "utc", "bst", "ist", "jst", "kst", "pt", "et", "ct", "mt", "uhr", "msk", "eet", "eest", "wet", "wib", "brt", "sgt", "hkt", "aest", "aedt"} {
		if strings.HasPrefix(s[j:], z) && (j+len(z) >= len(s) || !wordByte(s[j+len(z)])) {
			return skipAny(s, j+len(z), " )")
		}
	}
	return i
}

// slotPeople reads the names in what stands behind the time of a schedule line.
func (r *reading) slotPeople(t text, company, via string) []Person {
	marks := make([]byte, len(t.low))
	markSeparators(t.low, marks)
	for _, h := range r.v.scan(t) {
		if (h.section == "with" || h.section == "and") && r.speaks(h) {
			fill(marks, h.start, h.end, 1)
		}
	}
	for i := range len(marks) {
		if c := t.low[i]; c == '/' || c == '&' || c == '+' {
			marks[i] = 1
		}
	}
	var out []Person
	for i, j := range unmarked(marks) {
		if s := trimPiece(t.slice(i, j)); s != "" {
			out = union(out, r.peopleIn(s, company, via))
		}
	}
	return out
}
