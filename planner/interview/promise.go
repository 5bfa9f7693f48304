package interview

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// findPromise reads when an answer was promised: in a sentence that speaks of an
// answer from them, never in one that asks the user for something.
func (r *reading) findPromise() Dates {
	ref := r.e.Start
	if !r.e.End.IsZero() && r.e.End.After(ref) {
		ref = r.e.End
	}
	for _, s := range r.sentences() {
		hits := r.v.scan(s)
		cue := -1
		for _, h := range hits {
			if h.section == "promise" && r.speaks(h) && cue < 0 {
				cue = h.start
			}
		}
		if cue < 0 || r.refuses(hits, cue) {
			continue
		}
		for _, c := range r.holidaysLast(r.clauses(s, hits, cue)) {
			if d, ok := r.v.parseDates(c, ref, r.lang); ok && !d.Until.Before(midnight(ref)) && d.Until.Before(ref.AddDate(0, 6, 0)) {
				return d
			}
		}
	}
	return Dates{}
}

// refuses tells whether the sentence asks the user for something and the answer
// is only its occasion.
func (r *reading) refuses(hits []hit, cue int) bool {
	for _, h := range hits {
		if h.section == "promise.not" && r.speaks(h) && h.start <= cue {
			return true
		}
	}
	return false
}

// clauses lists the parts of a sentence to look for a date in: the one with the
// cue first, then all of it.
func (r *reading) clauses(s text, hits []hit, cue int) []string {
	from, to := 0, len(s.low)
	for i := range len(s.low) {
		if c := s.low[i]; (c == ',' || c == ';') && !insideDate(s, hits, i) {
			if i < cue {
				from = i + 1
			} else if to == len(s.low) {
				to = i
			}
		}
	}
	for _, h := range hits {
		if h.section == "promise.not" && r.speaks(h) {
			return []string{s.slice(from, min(to, max(h.start, from)))}
		}
	}
	return []string{s.slice(from, to), s.raw}
}

// holidaysLast puts the parts that name a holiday behind those that may name a
// day: "before the holidays, by the 18th at the latest".
func (r *reading) holidaysLast(parts []string) []string {
	holiday := func(s string) bool {
		return slices.ContainsFunc(r.v.scan(newText(s)), func(h hit) bool { return h.value == "christmas" || h.value == "newyear" })
	}
	if len(parts) > 1 && holiday(parts[0]) {
		return append(parts[1:], parts[0])
	}
	return parts
}

// insideDate tells whether the comma at i stands within a date: "Friday,
// December 4", "am Freitag, den 4. Dezember".
func insideDate(s text, hits []hit, i int) bool {
	before, after := false, false
	for _, h := range hits {
		before = before || h.section == "weekday" && h.end == i || h.section == "month" && h.end <= i && h.end+8 >= i
		after = after || (h.section == "month" || h.section == "weekday") && h.start > i && h.start <= i+8
	}
	rest := strings.TrimSpace(s.low[i+1:])
	return before && (after || rest != "" && digit(rest[0]))
}

// sentences splits a text at full stops, line ends and their like.
func (v *vocabulary) sentences(t text) []text {
	var out []text
	from := 0
	for i := 0; i < len(t.low); {
		c, n := utf8.DecodeRuneInString(t.low[i:])
		end := false
		switch c {
		case '\n', '!', '?', '。', '！', '？', '।', '؟':
			end = true
		case '.':
			next := firstRune(t.low[i+1:])
			end = i+1 >= len(t.low) || unicode.IsSpace(next) && !abbreviated(t.low[from:i]) && !(i > 0 && digit(t.low[i-1]) && (v.ordinalDot(t.low[i+1:]) || dottedDate(t.low[i+1:])))
		}
		if end {
			if i > from {
				out = append(out, t.sub(from, i))
			}
			from = i + n
		}
		i += n
		if len(out) > 200 {
			return out
		}
	}
	if from < len(t.low) {
		out = append(out, t.sub(from, len(t.low)))
	}
	return out
}

// dottedDate tells whether a date goes on behind its first full stop: "26. 11.".
func dottedDate(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	n := 0
	for n < len(rest) && digit(rest[n]) {
		n++
	}
	return n > 0 && n <= 4 && n < len(rest) && (rest[n] == '.' || n == 4)
}

// ordinalDot tells whether a full stop behind a number is that of an ordinal: a
// month's name or a small letter follows, as in "4. Dezember".
func (v *vocabulary) ordinalDot(rest string) bool {
	for _, h := range v.scan(newText(cut(rest, 24))) {
		if h.section == "month" || h.section == "unit" {
			return h.start <= 2
		}
	}
	return false
}
