package ics

import (
	"bytes"
	"time"

	"github.com/emersion/go-ical"
)

// maxDates bounds the dates that one event may list.
const maxDates = 20_000

func appendDates(out []dateValue, p prop, c *component) []dateValue {
	if len(bytes.TrimSpace(p.value)) == 0 {
		return out
	}
	tzid := p.param(ical.ParamTimezoneID)
	sep := byte(',')
	if bytes.IndexByte(p.value, ',') < 0 && bytes.IndexByte(p.value, ';') >= 0 {
		sep = ';' // vCalendar 1.0
	}
	for _, v := range splitList(p.value, sep) {
		if len(bytes.TrimSpace(v)) == 0 {
			continue
		}
		if len(out) >= maxDates {
			c.warn("it lists more than %d dates", maxDates)
			return out
		}
		d, err := parsePeriod(v)
		if err != nil {
			c.warn("a date of its %s could not be read: %v", p.name, err)
			continue
		}
		d.tzid = tzid
		out = append(out, d)
	}
	return out
}

// parsePeriod reads a date, or a PERIOD (RFC 5545 section 3.3.9).
func parsePeriod(v []byte) (dateValue, error) {
	from, to, period := bytes.Cut(v, []byte("/"))
	if period && len(from) < 8 { // 2026/01/05
		from, period = v, false
	}
	s, err := parseStamp(from)
	d := dateValue{stamp: s}
	if err != nil || !period {
		return d, err
	}
	if l, err := parseDuration(to); err == nil {
		d.length, d.period = l, true
	} else if end, err := parseStamp(to); err == nil {
		d.length, d.period = time.Duration(end.wall-s.wall)*time.Second, true
	}
	return d, nil
}

// setTimes sets Start, End and the zone.
func (d *decoder) setTimes(c *component, tzid string) {
	ev := &c.ev
	ev.AllDay = c.start.date
	switch {
	case c.start.date:
		c.startZ = zone{loc: time.UTC}
	case c.start.utc:
		c.startZ = zone{loc: time.UTC, name: "UTC"}
	case tzid != "":
		c.startZ = d.zones.find(tzid)
		c.wait = c.wait || c.startZ.open
	default:
		loc, name := d.zones.floating()
		c.startZ = zone{loc: loc, name: name}
		ev.Floating = true
		c.wait = c.wait || d.zones.calendar == "" && !d.zones.final // X-WR-TIMEZONE may follow
		c.warn("its time has no zone; it was read in %s", spoken(name))
	}
	ev.TimeZone = c.startZ.name
	if c.startZ.warning != "" {
		c.warn("%s", c.startZ.warning)
	}
	ev.Start = instant(c.start.wall, c.startZ.loc)
	if c.startZ.rival != nil {
		if other := instant(c.start.wall, c.startZ.rival); !other.Equal(ev.Start) {
			c.warn("the file's own definition of %s differs from the zone of that name, which was used", c.startZ.name)
		}
	}
	ev.End = d.endOf(c)
}

// endOf is the end: DTEND, or DTSTART and DURATION, or what RFC 5545 section
// 3.6.1 says without both.
func (d *decoder) endOf(c *component) time.Time {
	ev := &c.ev
	end := ev.Start
	switch {
	case c.hasEnd && c.start.date:
		end = instant(floorDiv(c.end.wall, day)*day, time.UTC)
		if end.Equal(ev.Start) {
			return ev.Start.AddDate(0, 0, 1)
		}
	case c.hasEnd:
		end = d.instantOf(dateValue{stamp: c.end, tzid: c.endTZID}, c)
	case c.hasLen && c.length > maxDuration:
		c.warn("its duration is longer than a year and was left out")
	case c.hasLen && c.length >= 24*time.Hour && c.length%(24*time.Hour) == 0:
		end = instant(c.start.wall+int64(c.length/time.Second), c.startZ.loc)
	case c.hasLen:
		end = ev.Start.Add(c.length)
	}
	if c.start.date && !end.After(ev.Start) {
		if end.Before(ev.Start) {
			c.warn("its end is before its start")
		}
		return ev.Start.AddDate(0, 0, 1)
	}
	if end.Before(ev.Start) {
		c.warn("its end is before its start")
		return ev.Start
	}
	return end
}

// instantOf is a value's moment: in UTC, in its own zone, else in DTSTART's.
func (d *decoder) instantOf(v dateValue, c *component) time.Time {
	switch {
	case v.stamp.utc:
		return instant(v.stamp.wall, time.UTC).In(c.startZ.loc)
	case v.tzid != "" && !v.stamp.date:
		z := d.zones.find(v.tzid)
		c.wait = c.wait || z.open
		return instant(v.stamp.wall, z.loc)
	}
	return instant(v.stamp.wall, c.startZ.loc)
}

const utcForm = "20060102T150405Z"

// recurrenceID is RECURRENCE-ID in the form of calendar.Event.
func (d *decoder) recurrenceID(v dateValue, c *component) string {
	if v.stamp.date {
		return time.Unix(v.stamp.wall, 0).UTC().Format("20060102")
	}
	if c.start.date && !v.stamp.utc {
		return time.Unix(v.stamp.wall, 0).UTC().Format("20060102")
	}
	return d.instantOf(v, c).UTC().Format(utcForm)
}
