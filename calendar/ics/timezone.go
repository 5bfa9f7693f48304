package ics

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-ical"
)

// Bounds of a compiled VTIMEZONE.
const (
	firstZoneYear = 1900
	lastZoneYear  = 2100
	maxOnsets     = 5000
)

// observance is a STANDARD or DAYLIGHT part of a VTIMEZONE (RFC 5545 section
// 3.6.5).
type observance struct {
	start    stamp
	started  bool
	from, to int
	hasFrom  bool
	hasTo    bool
	name     string
	rules    []*rule
	dates    []stamp
	daylight bool
}

// onset is a moment from which another offset holds.
type onset struct {
	at       int64
	from, to int
	name     string
	daylight bool
}

// timezoneID returns the TZID of a VTIMEZONE's text.
func timezoneID(text []byte) string {
	l := lines{rest: text}
	for line, ok := l.next(); ok; line, ok = l.next() {
		if p, ok := split(line); ok {
			switch p.name {
			case ical.PropTimezoneID:
				return trimmed(unescape(p.value))
			case "BEGIN":
				if !foldedPrefix(p.value, "VTIMEZONE") {
					return ""
				}
			}
		}
	}
	return ""
}

// compileTimezone makes a Location of a VTIMEZONE by evaluating its rules.
// Before the first onset the offset is that onset's TZOFFSETFROM.
func compileTimezone(name string, text []byte) (*time.Location, error) {
	var onsets []onset
	budget := 200_000
	for _, o := range observances(text) {
		onsets = o.onsets(onsets, &budget)
	}
	if len(onsets) == 0 {
		return nil, errors.New("the VTIMEZONE has no STANDARD or DAYLIGHT part that can be read")
	}
	slices.SortStableFunc(onsets, func(a, b onset) int { return int(min(max(a.at-b.at, -1), 1)) })
	return time.LoadLocationFromTZData(name, tzif(onsets))
}

// faulty tells whether a part of a VTIMEZONE lacks what RFC 5545 requires, so that
// every reader makes something else of it.
func faulty(text []byte) bool {
	parts := observances(text)
	for _, o := range parts {
		if !o.started || !o.hasFrom || !o.hasTo {
			return true
		}
	}
	return len(parts) == 0
}

// observances reads the parts of a VTIMEZONE.
func observances(text []byte) []observance {
	var out []observance
	var cur *observance
	l := lines{rest: text}
	for line, ok := l.next(); ok; line, ok = l.next() {
		p, ok := split(line)
		if !ok {
			continue
		}
		switch {
		case p.name == "BEGIN" && (foldedPrefix(p.value, "STANDARD") || foldedPrefix(p.value, "DAYLIGHT")) && len(out) < 1000:
			out = append(out, observance{daylight: foldedPrefix(p.value, "DAYLIGHT")})
			cur = &out[len(out)-1]
		case p.name == "BEGIN" || p.name == "END":
			cur = nil
		case cur != nil:
			cur.set(p)
		}
	}
	return out
}

func (o *observance) set(p prop) {
	switch p.name {
	case ical.PropDateTimeStart:
		if s, err := parseStamp(p.value); err == nil {
			o.start, o.started = s, true
		}
	case ical.PropTimezoneOffsetFrom:
		o.from, o.hasFrom = parseOffset(p.value)
	case ical.PropTimezoneOffsetTo:
		o.to, o.hasTo = parseOffset(p.value)
	case ical.PropTimezoneName:
		o.name = trimmed(unescape(p.value))
	case ical.PropRecurrenceRule:
		if r, err := parseRule(string(p.value)); err == nil && r.freq == yearly {
			o.rules = append(o.rules, r)
		}
	case ical.PropRecurrenceDates:
		for _, v := range p.list() {
			if s, err := parseStamp(v); err == nil {
				o.dates = append(o.dates, s)
			}
		}
	}
}

// onsets appends when the observance begins: its DTSTART, rules and dates, which
// are all told in the offset that holds before.
func (o *observance) onsets(out []onset, budget *int) []onset {
	if !o.hasTo {
		return out
	}
	if !o.hasFrom {
		o.from = o.to
	}
	add := func(wall int64, utc bool) bool {
		at := wall
		if !utc {
			at -= int64(o.from)
		}
		out = append(out, onset{at, o.from, o.to, o.name, o.daylight})
		return len(out) < maxOnsets
	}
	if !o.started {
		o.start = stamp{wall: civilDays(firstZoneYear, 1, 1) * day}
	}
	add(o.start.wall, o.start.utc)
	for _, r := range o.rules {
		to := civilDays(lastZoneYear, 12, 31) * day
		if r.until != nil {
			to = r.until.wall
			if r.until.utc {
				to += int64(o.from)
			} else if r.until.date {
				to += day - 1
			}
		}
		r.each(o.start.wall, civilDays(firstZoneYear, 1, 1)*day, to, budget, func(t int64) bool { return add(t, false) })
	}
	for _, d := range o.dates {
		if !add(d.wall, d.utc) {
			break
		}
	}
	return out
}

// tzif writes the onsets as a TZif file, version 2 (RFC 8536), which is what
// time.LoadLocationFromTZData reads.
func tzif(onsets []onset) []byte {
	type kind struct {
		off      int
		daylight bool
		name     string
	}
	// The first type is what holds before the first onset; no onset uses it.
	kinds := []kind{{off: onsets[0].from, name: offsetName(onsets[0].from)}}
	index := map[kind]int{}
	var times []byte
	var types []byte
	for i, o := range onsets {
		if i+1 < len(onsets) && onsets[i+1].at == o.at {
			continue
		}
		k := kind{o.to, o.daylight, o.name}
		if k.name == "" || len(k.name) > 16 {
			k.name = offsetName(o.to)
		}
		n, ok := index[k]
		if !ok && len(kinds) < 200 {
			n = len(kinds)
			kinds = append(kinds, k)
			index[k] = n
		}
		times = binary.BigEndian.AppendUint64(times, uint64(o.at))
		types = append(types, byte(n))
	}
	var names, infos []byte
	at := map[string]int{}
	for _, k := range kinds {
		pos, ok := at[k.name]
		if !ok && len(names)+len(k.name) < 250 {
			pos = len(names)
			at[k.name] = pos
			names = append(append(names, k.name...), 0)
		}
		infos = binary.BigEndian.AppendUint32(infos, uint32(int32(k.off)))
		infos = append(infos, b2i(k.daylight), byte(pos))
	}
	header := func(counts ...int) []byte {
		h := append([]byte("TZif2"), make([]byte, 15)...)
		for _, c := range counts {
			h = binary.BigEndian.AppendUint32(h, uint32(c))
		}
		return h
	}
	out := append(header(0, 0, 0, 0, 0, 0), header(0, 0, 0, len(types), len(kinds), len(names))...)
	out = append(append(append(append(out, times...), types...), infos...), names...)
	return append(out, "\n\n"...)
}

func offsetName(off int) string {
	sign := '+'
	if off < 0 {
		sign, off = '-', -off
	}
	if off%3600 == 0 {
		return fmt.Sprintf("%c%02d", sign, off/3600)
	}
	return fmt.Sprintf("%c%02d%02d", sign, off/3600, off/60%60)
}

func b2i(b bool) byte {
	if b {
		return 1
	}
	return 0
}
