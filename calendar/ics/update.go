package ics

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-ical"

	"followup/calendar"
)

// ErrNoEvent says that a calendar object does not hold the event that was to be
// updated.
var ErrNoEvent = errors.New("the calendar object does not hold the event")

// fieldProperties are the properties that a Field stands for.
var fieldProperties = map[calendar.Field][]string{
	calendar.FieldTitle:    {ical.PropSummary},
	calendar.FieldText:     {ical.PropDescription, propAltDesc},
	calendar.FieldTime:     {ical.PropDateTimeStart, ical.PropDateTimeEnd, ical.PropDuration},
	calendar.FieldLocation: {ical.PropLocation},
}

// alwaysUpdated are the properties that every update writes anew.
var alwaysUpdated = []string{
	ical.PropDateTimeStamp, ical.PropLastModified, ical.PropSequence, propMarkerKey, propMarkerBase, propMarkerKind,
}

// UpdateObject changes the named fields of one event in the text of a calendar
// object, and nothing else: unknown properties, other components and the alarms
// that somebody else added stay as they are, to the byte but for line ends. With
// calendar.FieldAlarms the alarms that followup wrote are replaced. DTSTAMP,
// LAST-MODIFIED, the marker and SEQUENCE (never lowered) always follow ev.
func UpdateObject(text []byte, ev calendar.Event, fields []calendar.Field) ([]byte, error) {
	if err := check(&ev); err != nil {
		return nil, err
	}
	rows := rowsOf(text)
	from, to := findEvent(rows, ev.ID())
	if from < 0 {
		return nil, fmt.Errorf("%w: %s", ErrNoEvent, ev.UID)
	}
	u := updater{ev: &ev, alarms: slices.Contains(fields, calendar.FieldAlarms), replaced: map[string]bool{}}
	for _, n := range alwaysUpdated {
		u.replaced[n] = true
	}
	for _, f := range fields {
		for _, n := range fieldProperties[f] {
			u.replaced[n] = true
		}
	}
	out := &encoder{}
	if u.replaced[ical.PropDateTimeStart] {
		u.zone(rows, out)
	}
	for i, r := range rows {
		if i == u.zoneAt {
			out.out = append(out.out, u.zoneText...)
		}
		switch {
		case i < from || i > to:
			out.copy(r)
		case i == from:
			u.copyEvent(rows[from:to+1], out)
		}
	}
	return out.out, nil
}

// row is one logical line with the physical lines that it was made of.
type row struct {
	prop
	text []byte
}

// rowsOf cuts a text into its logical lines.
func rowsOf(text []byte) []row {
	text = bytes.Clone(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	loneCR(text)
	l := lines{rest: text}
	var out []row
	for {
		before := len(text) - len(l.rest)
		line, ok := l.next()
		if !ok {
			return out
		}
		r := row{text: text[before : len(text)-len(l.rest)]}
		r.prop, _ = split(bytes.Clone(line))
		out = append(out, r)
	}
}

// copy writes the physical lines of a row as they are, with CRLF.
func (e *encoder) copy(r row) {
	for line := range bytes.Lines(r.text) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) > 0 {
			e.out = append(append(e.out, line...), "\r\n"...)
		}
	}
}

// findEvent finds the rows of the VEVENT with that identity.
func findEvent(rows []row, id calendar.ID) (from, to int) {
	start := -1
	for i, r := range rows {
		switch {
		case r.name == "BEGIN" && isWord(r.value, "VEVENT"):
			start = i
		case r.name == "END" && isWord(r.value, "VEVENT") && start >= 0:
			var text []byte
			for _, x := range rows[start : i+1] {
				text = append(text, x.text...)
			}
			d := newDecoder("", nil)
			for _, def := range timezoneTexts(rows) {
				d.zones.define(def)
			}
			if c, _ := d.decode(text, true); c.ev.UID == id.UID && c.ev.RecurrenceID == id.RecurrenceID {
				return start, i
			}
			start = -1
		}
	}
	return -1, -1
}

func timezoneTexts(rows []row) [][]byte {
	var out [][]byte
	var cur []byte
	for _, r := range rows {
		if r.name == "BEGIN" && isWord(r.value, "VTIMEZONE") {
			cur = []byte{}
		}
		if cur != nil {
			cur = append(cur, r.text...)
		}
		if r.name == "END" && isWord(r.value, "VTIMEZONE") {
			out, cur = append(out, cur), nil
		}
	}
	return out
}

// updater writes an event anew.
type updater struct {
	ev       *calendar.Event
	alarms   bool
	replaced map[string]bool
	zoneText []byte
	zoneAt   int // row before which zoneText goes; 0 is nowhere
}

// zone prepares the VTIMEZONE that the event's new time needs and the object
// does not have.
func (u *updater) zone(rows []row, out *encoder) {
	loc := writtenZone(u.ev)
	for _, text := range timezoneTexts(rows) {
		if timezoneID(text) == loc.String() {
			return
		}
	}
	z := &encoder{}
	if z.timezones([]calendar.Event{*u.ev}) == 0 {
		return
	}
	u.zoneText = z.out
	for i, r := range rows {
		if r.name == "BEGIN" && i > 0 {
			u.zoneAt = i
			return
		}
	}
}

// copyEvent writes the rows of the event: what is replaced is left out where it
// stood and written anew before the first component inside or the end.
func (u *updater) copyEvent(rows []row, out *encoder) {
	done := false
	for i := 0; i < len(rows); i++ {
		r := rows[i]
		inside := i > 0 && r.name == "BEGIN"
		if (inside || i == len(rows)-1) && !done {
			u.write(rows, out)
			done = true
		}
		switch {
		case inside:
			n := componentEnd(rows, i)
			if !u.alarms || !ownAlarm(rows[i:n+1]) {
				for _, x := range rows[i : n+1] {
					out.copy(x)
				}
			}
			i = n
		case i == 0 || i == len(rows)-1 || !u.replaced[r.name]:
			out.copy(r)
		}
	}
}

// write writes what is replaced, and the alarms.
func (u *updater) write(rows []row, out *encoder) {
	ev := *u.ev
	for _, r := range rows {
		if r.name == ical.PropSequence {
			d := eventReader{c: &component{}}
			d.set(r.prop)
			ev.Sequence = max(ev.Sequence, d.c.ev.Sequence)
		}
	}
	out.instant(ical.PropDateTimeStamp, stampOf(&ev))
	out.instant(ical.PropLastModified, ev.Updated)
	out.raw(fmt.Sprintf("%s:%d", ical.PropSequence, ev.Sequence))
	if u.replaced[ical.PropDateTimeStart] {
		ev.RecurrenceID = "" // it stands in its own row
		out.times(&ev)
		ev.RecurrenceID = u.ev.RecurrenceID
	}
	for _, f := range []struct{ name, value string }{
		{ical.PropSummary, ev.Summary}, {ical.PropDescription, ev.Description}, {ical.PropLocation, ev.Location},
	} {
		if u.replaced[f.name] {
			out.text(f.name, f.value)
		}
	}
	out.marker(ev.Marker)
	if u.alarms {
		out.alarms(&ev)
	}
}

// componentEnd is the index of the END of the component that begins at i.
func componentEnd(rows []row, i int) int {
	depth := 0
	for j := i; j < len(rows)-1; j++ {
		switch rows[j].name {
		case "BEGIN":
			depth++
		case "END":
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return len(rows) - 2
}

// ownAlarm tells whether the rows are an alarm that followup wrote.
func ownAlarm(rows []row) bool {
	if !isWord(rows[0].value, "VALARM") {
		return false
	}
	for _, r := range rows {
		if r.name == ical.PropUID && bytes.HasPrefix(bytes.TrimSpace(r.value), []byte(alarmPrefix)) {
			return true
		}
	}
	return false
}
