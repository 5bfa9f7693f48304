package ics

import (
	"fmt"
	"slices"
	"time"

	"followup/calendar"
)

// timezones writes a VTIMEZONE for each zone that the events are written in, for
// the years that they are in, and tells how many.
func (e *encoder) timezones(events []calendar.Event) int {
	type years struct{ first, last int }
	used := map[string]years{}
	for i := range events {
		ev := &events[i]
		loc := writtenZone(ev)
		if loc == time.UTC {
			continue
		}
		from, to := ev.Start.In(loc).Year(), ev.End.In(loc).Year()
		y, ok := used[loc.String()]
		if !ok {
			y = years{from, from}
		}
		used[loc.String()] = years{min(y.first, from), max(y.last, from, to)}
	}
	names := make([]string, 0, len(used))
	for n := range used {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		loc, _ := loadIANA(n)
		e.vtimezone(loc, used[n].first, used[n].last)
	}
	return len(names)
}

// change is one change of a zone's offset.
type change struct {
	at       time.Time
	from, to int
	name     string
	daylight bool
}

// wall is what the clock shows at the change, in the offset that holds before.
func (c change) wall() time.Time { return c.at.Add(time.Duration(c.from) * time.Second).UTC() }

// vtimezone writes a VTIMEZONE that is right from the first year to the last and
// goes on with the rules of the last: as few parts as will do.
func (e *encoder) vtimezone(loc *time.Location, first, last int) {
	name := loc.String()
	if loc == time.UTC {
		name = "Etc/UTC"
	}
	last += 2 // a year's rule shows only when it is seen again
	e.raw("BEGIN:VTIMEZONE")
	e.property("TZID", escape(name))
	for _, r := range runs(changes(loc, first, last), last) {
		e.observance(r)
	}
	e.raw("END:VTIMEZONE")
}

// changes lists what holds at the beginning of the first year, and every change
// until the end of the last.
func changes(loc *time.Location, first, last int) []change {
	t := time.Date(first, 1, 1, 0, 0, 0, 0, loc)
	end := time.Date(last+1, 1, 1, 0, 0, 0, 0, loc)
	var out []change
	for {
		start, next := t.ZoneBounds()
		abbr, off := t.Zone()
		c := change{at: start, from: off, to: off, name: abbr, daylight: t.IsDST()}
		if start.IsZero() {
			c.at = time.Unix(0, 0).UTC().Add(-time.Duration(off) * time.Second)
			if first < 1970 {
				c.at = time.Date(first, 1, 1, 0, 0, 0, 0, time.UTC)
			}
		} else {
			_, c.from = start.Add(-time.Second).Zone()
		}
		out = append(out, c)
		if next.IsZero() || next.After(end) {
			return out
		}
		t = next
	}
}

// run is a group of changes that one STANDARD or DAYLIGHT part can tell.
type run struct {
	first change
	last  change
	n     int
	week  int  // the weekday's number in its month, -1 for the last one; 0 when the run has only one change
	open  bool // it reaches the end of what was asked for
}

// runs groups the changes: the same change year after year is one run.
func runs(list []change, lastYear int) []run {
	var out []run
	open := map[string]int{}
	for i, c := range list {
		key := fmt.Sprint(c.from, c.to, c.name, c.daylight, c.wall().Month(), c.wall().Weekday(), c.wall().Format("150405"))
		if j, ok := open[key]; ok && i > 0 {
			if week := joins(out[j], c); week != 0 {
				out[j].last, out[j].week = c, week
				out[j].n++
				continue
			}
		}
		open[key] = len(out)
		out = append(out, run{first: c, last: c, n: 1})
	}
	for i := range out {
		out[i].open = out[i].last.wall().Year() >= lastYear
	}
	return out
}

// joins tells which week number makes c the next change of the run; 0 for none.
func joins(r run, c change) int {
	if c.wall().Year() != r.last.wall().Year()+1 {
		return 0
	}
	number := func(t time.Time) int { return (t.Day()-1)/7 + 1 }
	isLast := func(t time.Time) bool { return t.AddDate(0, 0, 7).Month() != t.Month() }
	a, b := r.last.wall(), c.wall()
	switch {
	case r.n > 1 && r.week == -1 || r.n == 1 && isLast(a) && isLast(b):
		if isLast(b) {
			return -1
		}
	case number(a) == number(b) && (r.n == 1 || r.week == number(a)):
		return number(a)
	}
	return 0
}

func (e *encoder) observance(r run) {
	part := "STANDARD"
	if r.first.daylight {
		part = "DAYLIGHT"
	}
	e.raw("BEGIN:" + part)
	e.raw("DTSTART:" + r.first.wall().Format(localForm))
	e.raw("TZOFFSETFROM:" + formatOffset(r.first.from))
	e.raw("TZOFFSETTO:" + formatOffset(r.first.to))
	e.text("TZNAME", r.first.name)
	if r.n > 1 {
		w := r.first.wall()
		rule := fmt.Sprintf("RRULE:FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", w.Month(), r.week, weekdayNames[w.Weekday()])
		if !r.open {
			rule += ";UNTIL=" + r.last.at.UTC().Format(utcForm)
		}
		e.raw(rule)
	}
	e.raw("END:" + part)
}

// formatOffset writes a UTC-OFFSET, RFC 5545 section 3.3.14.
func formatOffset(off int) string {
	sign := '+'
	if off < 0 {
		sign, off = '-', -off
	}
	if off%60 != 0 {
		return fmt.Sprintf("%c%02d%02d%02d", sign, off/3600, off/60%60, off%60)
	}
	return fmt.Sprintf("%c%02d%02d", sign, off/3600, off/60%60)
}
