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

// clock is what a zone shows at an instant.
type clock struct {
	name     string
	offset   int
	daylight bool
}

func clockAt(loc *time.Location, at int64) clock {
	t := time.Unix(at, 0).In(loc)
	name, offset := t.Zone()
	return clock{name, offset, t.IsDST()}
}

// changes lists what holds at the beginning of the first year, and every change
// until the end of the last. It looks at the clock day by day: Time.ZoneBounds is
// not to be relied upon, since with Go's own copy of the zones, which is used where
// the system has none (Windows, containers), it makes up changes at the turn of the
// year and can name an end that lies before the time that it was asked for.
func changes(loc *time.Location, first, last int) []change {
	const day = 24 * 60 * 60
	at := time.Date(first, 1, 1, 0, 0, 0, 0, loc).Unix()
	end := time.Date(last+1, 1, 1, 0, 0, 0, 0, loc).Unix()
	out := []change{firstChange(loc, first, at)}
	now := clockAt(loc, at)
	for ; at <= end; at += day {
		for next := clockAt(loc, at+day); next != now; { // two changes within a day are told, too
			from := now
			changed := turn(loc, at, at+day, now)
			now = clockAt(loc, changed)
			if changed <= end {
				out = append(out, change{at: time.Unix(changed, 0).UTC(), from: from.offset, to: now.offset, name: now.name, daylight: now.daylight})
			}
		}
	}
	return out
}

// turn finds the first second after from, up to to, at which the zone no longer
// shows was.
func turn(loc *time.Location, from, to int64, was clock) int64 {
	for to-from > 1 {
		if mid := from + (to-from)/2; clockAt(loc, mid) == was {
			from = mid
		} else {
			to = mid
		}
	}
	return to
}

// firstChange is the change since which the clock shows what it shows at the
// beginning of the first year.
func firstChange(loc *time.Location, first int, at int64) change {
	now := clockAt(loc, at)
	c := change{from: now.offset, to: now.offset, name: now.name, daylight: now.daylight}
	for {
		start, _ := time.Unix(at, 0).In(loc).ZoneBounds()
		if start.IsZero() {
			break
		}
		before := clockAt(loc, start.Unix()-1)
		if before != now {
			c.at, c.from = start, before.offset
			return c
		}
		at = min(at, start.Unix()) - 1 // made up: nothing changed there
	}
	c.at = time.Unix(0, 0).UTC().Add(-time.Duration(now.offset) * time.Second)
	if first < 1970 {
		c.at = time.Date(first, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return c
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
