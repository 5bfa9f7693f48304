package ics

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followup/calendar"
)

// object is a calendar object as a server may give it back after the user and
// other programs had it: folded in another way, with properties and an alarm of
// theirs.
const object = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Other//EN
X-OTHER:kept
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:key@followup
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Berlin:20260105T100000
DURATION:PT15M
SUMMARY:Old title that is
  folded
DESCRIPTION:Old text
X-ALT-DESC;FMTTYPE=text/html:<p>Old text</p>
X-MOZ-GENERATION:3
COLOR:tomato
CATEGORIES:mine
SEQUENCE:7
X-FOLLOWUP-KEY:key
X-FOLLOWUP-BASE:old
BEGIN:VALARM
UID:followup-alarm-1
ACTION:DISPLAY
DESCRIPTION:Old title
TRIGGER:PT0S
END:VALARM
BEGIN:VALARM
UID:users
ACTION:AUDIO
TRIGGER:-PT30M
X-EXTRA:1
END:VALARM
END:VEVENT
END:VCALENDAR
`

func changedEvent(t testing.TB) calendar.Event {
	tokyo := zoneOrFail(t, "Asia/Tokyo")
	return calendar.Event{
		UID: "key@followup", Summary: "New title", Description: "New\ntext", Location: "New place", Sequence: 2,
		Start: time.Date(2026, 2, 1, 9, 0, 0, 0, tokyo), End: time.Date(2026, 2, 1, 9, 30, 0, 0, tokyo),
		Updated: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Alarms: []time.Duration{-time.Hour}, Marker: calendar.Marker{Key: "key", Base: "new", Kind: "card"},
	}
}

func TestUpdateObject(t *testing.T) {
	old, _ := readAll([]byte(object), Options{})
	for _, c := range []struct {
		name    string
		fields  []calendar.Field
		has     []string
		hasNot  []string
		changed func(old, ev calendar.Event) calendar.Event
	}{
		{"nothing but the marker", nil, []string{"SUMMARY:Old title that is\r\n  folded\r\n", "X-FOLLOWUP-BASE:new", "DTSTAMP:20260102T030405Z", "UID:followup-alarm-1"}, []string{"BASE:old", "New"},
			func(old, _ calendar.Event) calendar.Event { return old }},
		{"title", []calendar.Field{calendar.FieldTitle}, []string{"SUMMARY:New title\r\n", "DESCRIPTION:Old text"}, []string{"folded"},
			func(old, ev calendar.Event) calendar.Event { old.Summary = ev.Summary; return old }},
		{"text", []calendar.Field{calendar.FieldText}, []string{`DESCRIPTION:New\ntext`}, []string{"X-ALT-DESC", "DESCRIPTION:Old text"},
			func(old, ev calendar.Event) calendar.Event { old.Description = ev.Description; return old }},
		{"time", []calendar.Field{calendar.FieldTime}, []string{"DTSTART;TZID=Asia/Tokyo:20260201T090000", "TZID:Asia/Tokyo", "TZID:Europe/Berlin"}, []string{"DURATION", "20260105T100000"},
			func(old, ev calendar.Event) calendar.Event {
				old.Start, old.End, old.TimeZone = ev.Start, ev.End, "Asia/Tokyo"
				old.Warnings = nil
				return old
			}},
		{"place", []calendar.Field{calendar.FieldLocation}, []string{"LOCATION:New place"}, nil,
			func(old, ev calendar.Event) calendar.Event { old.Location = ev.Location; return old }},
		{"alarms", []calendar.Field{calendar.FieldAlarms}, []string{"TRIGGER:-PT1H", "UID:users", "ACTION:AUDIO\r\nTRIGGER:-PT30M\r\nX-EXTRA:1"}, []string{"UID:followup-alarm-1\r\n", "TRIGGER:PT0S"},
			func(old, _ calendar.Event) calendar.Event {
				old.Alarms = []time.Duration{-time.Hour, -30 * time.Minute}
				return old
			}},
	} {
		ev := changedEvent(t)
		out, err := UpdateObject([]byte(object), ev, c.fields)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for _, kept := range append(c.has, "X-OTHER:kept", "X-MOZ-GENERATION:3", "COLOR:tomato", "CATEGORIES:mine", "SEQUENCE:7", "PRODID:-//Other//EN", "UID:users") {
			if !bytes.Contains(out, []byte(kept)) {
				t.Errorf("%s: %q is not in\n%s", c.name, kept, out)
			}
		}
		for _, gone := range c.hasNot {
			if bytes.Contains(out, []byte(gone)) {
				t.Errorf("%s: %q is still in\n%s", c.name, gone, out)
			}
		}
		if n := bytes.Count(out, []byte("\n")); n != bytes.Count(out, []byte("\r\n")) {
			t.Errorf("%s: not every line ends in CRLF", c.name)
		}
		got, report := readAll(out, Options{})
		want := c.changed(old[0], ev)
		want.Updated, want.Marker = ev.Updated, ev.Marker
		if len(got) != 1 || !report.Complete || len(report.Skipped) > 0 {
			t.Errorf("%s: %d events, %+v\n%s", c.name, len(got), report, out)
			continue
		}
		if d := cmp.Diff(want, got[0], sameEvent); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// TestUpdateObjectOfSeries holds that only the named instance is changed.
func TestUpdateObjectOfSeries(t *testing.T) {
	text := inCal("BEGIN:VEVENT\nUID:s\nDTSTART:20260105T100000Z\nRRULE:FREQ=DAILY;COUNT=3\nSUMMARY:Master\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:s\nRECURRENCE-ID:20260106T100000Z\nDTSTART:20260106T120000Z\nSUMMARY:Instance\nEND:VEVENT\n")
	ev := changedEvent(t)
	ev.UID, ev.RecurrenceID = "s", "20260106T100000Z"
	out, err := UpdateObject([]byte(text), ev, []calendar.Field{calendar.FieldTitle, calendar.FieldTime})
	if err != nil {
		t.Fatal(err)
	}
	for s, n := range map[string]int{"SUMMARY:Master": 1, "SUMMARY:Instance": 0, "SUMMARY:New title": 1, "RECURRENCE-ID:20260106T100000Z": 1} {
		if got := strings.Count(string(out), s); got != n {
			t.Errorf("%q is there %d times in\n%s", s, got, out)
		}
	}
	ev.RecurrenceID = "20260109T100000Z"
	if _, err := UpdateObject([]byte(text), ev, nil); !errors.Is(err, ErrNoEvent) {
		t.Errorf("no error for an instance that is not there: %v", err)
	}
}

func TestWriteObject(t *testing.T) {
	var buf bytes.Buffer
	want := sample(t)
	want.Method, want.Calendar = "", ""
	if err := WriteObject(&buf, want); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(buf.String(), "METHOD") { // RFC 4791 section 4.1
		t.Error("it has a METHOD")
	}
	got, _ := readAll(buf.Bytes(), Options{})
	if d := cmp.Diff([]calendar.Event{want}, got, sameEvent); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	again, err := UpdateObject(buf.Bytes(), want, calendar.AllFields)
	if err != nil {
		t.Fatal(err)
	}
	if back, _ := readAll(again, Options{}); !cmp.Equal(got, back, sameEvent) {
		t.Errorf("an update with the same event changes it (-was +is):\n%s", cmp.Diff(got, back, sameEvent))
	}
}
