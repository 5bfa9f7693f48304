package ics

import (
	"bytes"
	"unicode/utf8"
)

// outside tells from two lines whether an event that does not recur lies outside
// of the window by more than any zone can explain.
func (r *reader) outside(s *segment) bool {
	w := r.o.Window
	h := s.hints
	if w.From.IsZero() && w.To.IsZero() || h.unsure || h.dtstart == 0 {
		return false
	}
	start, ok := quickDate(s.text[h.dtstart:])
	if !ok {
		return false
	}
	if !w.To.IsZero() && start*day > w.To.Unix()+2*day {
		return true
	}
	if w.From.IsZero() || h.duration != 0 {
		return false
	}
	end := start
	if h.dtend != 0 {
		if end, ok = quickDate(s.text[h.dtend:]); !ok {
			return false
		}
	}
	return max(start, end)*day < w.From.Unix()-3*day
}

// quickDate reads the eight digits behind the colon of a line.
func quickDate(text []byte) (int64, bool) {
	n := bytes.IndexByte(text, '\n')
	if n < 0 || n+1 < len(text) && (text[n+1] == ' ' || text[n+1] == '\t') {
		return 0, false
	}
	colon := bytes.LastIndexByte(text[:n], ':')
	if colon < 0 || n-colon < 9 {
		return 0, false
	}
	v := 0
	for _, c := range text[colon+1 : colon+9] {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + int(c-'0')
	}
	y, m, d := v/10000, v/100%100, v%100
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return 0, false
	}
	return civilDays(y, m, d), true
}

// judge decides whether an event is decoded, from its text alone. It is called
// from several goroutines at once.
func (r *reader) judge(s *segment) {
	if s.kind != segEvent {
		return
	}
	recurs := s.hints.recurs || s.hints.instance
	s.judged = true
	s.drop = !recurs && r.outside(s)
	if !s.drop && s.fault == "" {
		s.kept = r.keep(s.text, s.lines)
		s.drop = !s.kept && !recurs
	}
	s.kept = s.kept || s.fault != ""
}

// keep asks Options.Keep. A Keep that panics keeps.
func (r *reader) keep(text []byte, lines []uint32) (kept bool) {
	if r.o.Keep == nil {
		return true
	}
	defer func() {
		if recover() != nil {
			kept = true
		}
	}()
	if r.o.Keep(text, lines) {
		return true
	}
	return !utf8.Valid(text) && r.o.Keep(toUTF8(text), nil)
}
