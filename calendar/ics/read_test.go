package ics

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"followup/calendar"
)

// inCal puts lines into a VCALENDAR.
func inCal(lines string) string {
	return "BEGIN:VCALENDAR\nVERSION:2.0\n" + lines + "END:VCALENDAR\n"
}

// vevent puts lines into a VEVENT with a start.
func vevent(lines string) string {
	return "BEGIN:VEVENT\nUID:1\nDTSTART:20260105T100000Z\n" + lines + "END:VEVENT\n"
}

func TestReadWholeEvent(t *testing.T) {
	text := strings.ReplaceAll(`BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
METHOD:request
X-WR-CALNAME:Nina\, private
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:20260105T100000
DTEND;TZID=Europe/Berlin:20260105T110000
UID:abc@google.com
ORGANIZER;CN="Ada L, PhD":MAILTO:Ada@Acme.example
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Nina ^'N^' Ota
 ;X-NUM-GUESTS=0:mailto:nina@mail.example
ATTENDEE;CUTYPE=ROOM;CN=Room 4:mailto:room4@acme.example
X-GOOGLE-CONFERENCE:https://meet.example/abc
CREATED:20251201T080000Z
LAST-MODIFIED:20251202T080000Z
DESCRIPTION:Line one\nLine two\, with comma\; and \\ backslash
LOCATION:Hauptstr. 1
SEQUENCE:2
STATUS:TENTATIVE
SUMMARY:Interview; round 2
TRANSP:TRANSPARENT
CLASS:CONFIDENTIAL
CATEGORIES:jobs,a\,b
CATEGORIES:more
RELATED-TO:parent@acme.example
URL:https://jobs.example/1
BEGIN:VALARM
ACTION:DISPLAY
UID:alarm-uid
DESCRIPTION:not the event's
TRIGGER:-PT15M
END:VALARM
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER;RELATED=END:PT5M
END:VALARM
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER;VALUE=DATE-TIME:20260105T080000Z
END:VALARM
BEGIN:VALARM
ACTION:NONE
TRIGGER;VALUE=DATE-TIME:19760401T005545Z
END:VALARM
X-FOLLOWUP-KEY:k1
X-FOLLOWUP-BASE:b1
X-FOLLOWUP-KIND:thank_you
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n")
	berlin := zoneOrFail(t, "Europe/Berlin")
	want := calendar.Event{
		Source: "home", UID: "abc@google.com", Sequence: 2, Summary: "Interview; round 2",
		Description: "Line one\nLine two, with comma; and \\ backslash", Location: "Hauptstr. 1", URL: "https://jobs.example/1", Conference: "https://meet.example/abc",
		Start: time.Date(2026, 1, 5, 10, 0, 0, 0, berlin), End: time.Date(2026, 1, 5, 11, 0, 0, 0, berlin), TimeZone: "Europe/Berlin",
		Status: calendar.StatusTentative, Method: "REQUEST", Organizer: calendar.Person{Name: "Ada L, PhD", Email: "ada@acme.example"},
		Attendees: []calendar.Person{
			{Name: `Nina "N" Ota`, Email: "nina@mail.example", Role: "req-participant", PartStat: calendar.PartStatAccepted, CUType: "individual"},
			{Name: "Room 4", Email: "room4@acme.example", CUType: "room"},
		},
		Categories: []string{"jobs", "a,b", "more"}, Calendar: "Nina, private", CalendarZone: "Europe/Berlin",
		Created: time.Date(2025, 12, 1, 8, 0, 0, 0, time.UTC), Updated: time.Date(2025, 12, 2, 8, 0, 0, 0, time.UTC),
		Alarms: []time.Duration{-15 * time.Minute, 65 * time.Minute, -time.Hour}, Transparent: true, Private: true, RelatedTo: "parent@acme.example",
		Marker: calendar.Marker{Key: "k1", Base: "b1", Kind: "thank_you"},
	}
	for name, r := range map[string]io.Reader{
		"at once": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text)), "half": iotest.HalfReader(strings.NewReader(text)),
		"data with EOF": iotest.DataErrReader(strings.NewReader(text)),
		"LF":            strings.NewReader(strings.ReplaceAll(text, "\r\n", "\n")), "CR": strings.NewReader(strings.ReplaceAll(text, "\r\n", "\r")),
		"CR byte by byte": iotest.OneByteReader(strings.NewReader(strings.ReplaceAll(text, "\r\n", "\r"))),
		"CRCRLF":          strings.NewReader(strings.ReplaceAll(text, "\r\n", "\r\r\n")),
		"BOM":             strings.NewReader("\xef\xbb\xbf" + text), "UTF-16LE": bytes.NewReader(toUTF16(text, false, true)), "UTF-16BE": bytes.NewReader(toUTF16(text, true, true)),
		"UTF-16 without BOM": bytes.NewReader(toUTF16(text, false, false)), "lower case names": strings.NewReader(lowerNames(text)),
		"blank lines": strings.NewReader(strings.ReplaceAll(text, "\r\n", "\r\n\r\n")),
	} {
		var got []calendar.Event
		report, err := Read(r, Options{Source: "home"}, func(e calendar.Event) error { got = append(got, e); return nil })
		if err != nil || !report.Complete || len(report.Skipped) > 0 || report.Name != "Nina, private" {
			t.Errorf("%s: %v %+v", name, err, report)
		}
		if d := cmp.Diff([]calendar.Event{want}, got, sameEvent); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func toUTF16(s string, big, bom bool) []byte {
	units := utf16.Encode([]rune(s))
	if bom {
		units = append([]uint16{0xfeff}, units...)
	}
	var out []byte
	for _, u := range units {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

// lowerNames writes the names of properties and components in lower case.
func lowerNames(text string) string {
	lines := strings.SplitAfter(text, "\r\n")
	for i, l := range lines {
		n := strings.IndexAny(l, ":;")
		if strings.HasPrefix(l, "BEGIN") || strings.HasPrefix(l, "END") {
			n = len(l)
		}
		if n > 0 && l[0] != ' ' {
			lines[i] = strings.ToLower(l[:n]) + l[n:]
		}
	}
	return strings.Join(lines, "")
}

// TestReadOddities holds, for each thing that real files get wrong, what is read.
func TestReadOddities(t *testing.T) {
	start := func(e calendar.Event) string {
		if e.AllDay {
			return e.Start.Format("2006-01-02") + "/" + e.End.Format("2006-01-02")
		}
		return e.Start.UTC().Format("2006-01-02T15:04:05") + "/" + e.End.UTC().Format("15:04:05")
	}
	with := func(lines string) string { return inCal("BEGIN:VEVENT\nUID:1\n" + lines + "END:VEVENT\n") }
	for _, c := range []struct {
		name, text string
		get        func(calendar.Event) string
		want       string
		warned     bool
	}{
		{"no seconds", with("DTSTART:20260105T1000Z\n"), start, "2026-01-05T10:00:00/10:00:00", false},
		{"bare date", with("DTSTART:20260105\n"), start, "2026-01-05/2026-01-06", false},
		{"date of several days", with("DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260108\n"), start, "2026-01-05/2026-01-08", false},
		{"date that ends where it starts", with("DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260105\n"), start, "2026-01-05/2026-01-06", false},
		{"date with a time", with("DTSTART;VALUE=DATE:20260105T120000Z\n"), start, "2026-01-05T12:00:00/12:00:00", false},
		{"date with midnight", with("DTSTART;VALUE=DATE:20260105T000000\n"), start, "2026-01-05/2026-01-06", false},
		{"date with a zone", with("DTSTART;VALUE=DATE;TZID=Europe/Berlin:20260105\n"), start, "2026-01-05/2026-01-06", false},
		{"ISO 8601", with("DTSTART:2026-01-05T10:00:00+02:00\nDTEND:2026-01-05T10:00:00.000Z\n"), start, "2026-01-05T08:00:00/10:00:00", false},
		{"lower case", with("DTSTART:20260105t100000z\n"), start, "2026-01-05T10:00:00/10:00:00", false},
		{"blanks", with("DTSTART: 20260105T100000Z \n"), start, "2026-01-05T10:00:00/10:00:00", false},
		{"midnight as 24", with("DTSTART:20260105T240000Z\n"), start, "2026-01-06T00:00:00/00:00:00", false},
		{"leap second", with("DTSTART:20260105T235960Z\n"), start, "2026-01-05T23:59:59/23:59:59", false},
		{"duration", with("DTSTART:20260105T100000Z\nDURATION:PT1H30M\n"), start, "2026-01-05T10:00:00/11:30:00", false},
		{"duration without unit", with("DTSTART:20260105T100000Z\nDURATION:PT1H30\n"), start, "2026-01-05T10:00:00/11:30:00", false},
		{"duration with an empty time", with("DTSTART;VALUE=DATE:20260105\nDURATION:P1DT\n"), start, "2026-01-05/2026-01-06", false},
		{"duration of ages", with("DTSTART:20260105T100000Z\nDURATION:P9999999999D\n"), start, "2026-01-05T10:00:00/10:00:00", true},
		{"negative duration", with("DTSTART:20260105T100000Z\nDURATION:-PT1H\n"), start, "2026-01-05T10:00:00/10:00:00", true},
		{"end before start", with("DTSTART:20260105T100000Z\nDTEND:20260105T090000Z\n"), start, "2026-01-05T10:00:00/10:00:00", true},
		{"end as a date", with("DTSTART:20260105T100000Z\nDTEND:20260106\n"), start, "2026-01-05T10:00:00/00:00:00", false},
		{"end without zone", with("DTSTART;TZID=Europe/Berlin:20260105T100000\nDTEND:20260105T110000\n"), start, "2026-01-05T09:00:00/10:00:00", false},
		{"end in another zone", with("DTSTART;TZID=Europe/Berlin:20260105T100000\nDTEND;TZID=Europe/London:20260105T110000\n"), start, "2026-01-05T09:00:00/11:00:00", false},
		{"end that is nonsense", with("DTSTART:20260105T100000Z\nDTEND:later\n"), start, "2026-01-05T10:00:00/10:00:00", true},
		{"two starts", with("DTSTART:20260105T100000Z\nDTSTART:20270105T100000Z\n"), start, "2026-01-05T10:00:00/10:00:00", true},
		{"parameter without value", with("DTSTART;RSVP;TZID=Europe/Berlin:20260105T100000\n"), start, "2026-01-05T09:00:00/09:00:00", false},
		{"name folded from its value", with("DTSTART\n :20260105T100000Z\n"), start, "2026-01-05T10:00:00/10:00:00", false},
		{"name folded in its middle", with("DTST\n ART:20260105T100000Z\n"), start, "2026-01-05T10:00:00/10:00:00", false},
		{"empty parameter", with("DTSTART;:20260105T100000Z\n"), start, "2026-01-05T10:00:00/10:00:00", false},

		{"bare comma", inCal(vevent("SUMMARY:Interview, Acme; round 2\n")), summary, "Interview, Acme; round 2", false},
		{"escapes that are none", inCal(vevent(`SUMMARY:C:\Users\:x \` + "\n")), summary, `C:\Users\:x \`, false},
		{"language", inCal(vevent("SUMMARY;LANGUAGE=de:Gespräch\n")), summary, "Gespräch", false},
		{"Latin-1", inCal(vevent("SUMMARY:Vorstellungsgespr\xe4ch\n")), summary, "Vorstellungsgespräch", false},
		{"Windows-1252", inCal(vevent("SUMMARY:Acme \x96 \x80 5\n")), summary, "Acme – € 5", false},
		{"one broken byte in UTF-8", inCal(vevent("SUMMARY:Gespräch \xff für Ü\n")), summary, "Gespräch \ufffd für Ü", false},
		{"fold inside of a character", inCal(vevent("SUMMARY:Gespr\xc3\n \xa4ch\n")), summary, "Gespräch", false},
		{"fold with a tab", inCal(vevent("SUMMARY:Inter\n\tview\n")), summary, "Interview", false},
		{"NUL", inCal(vevent("SUMMARY:Inter\x00view\n")), summary, "Interview", false},
		{"quoted-printable", inCal(vevent("SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Gespr=C3=A4ch bei=\n Acme=0D=0Ax\n")), summary, "Gespräch bei Acme\nx", false},
		{"line break in a text", inCal(vevent("DESCRIPTION:First\nnote: bring a pen\nhttps://x.example/a:b\nSUMMARY:S\n")), description, "First\nnote: bring a pen\nhttps://x.example/a:b", false},
		{"fold without a blank", inCal(vevent("DESCRIPTION:" + strings.Repeat("a", 70) + "\nbbb\nSUMMARY:S\n")), description, strings.Repeat("a", 70) + "bbb", false},
		{"second summary", inCal(vevent("SUMMARY:One\nSUMMARY:Two\n")), summary, "One", false},
		{"alarm's summary", inCal(vevent("BEGIN:VALARM\nSUMMARY:Alarm\nEND:VALARM\n")), summary, "", false},
		{"property without colon", inCal(vevent("ATTENDEE;CN=foo\nSUMMARY:S\n")), summary, "S", true},
		{"zone without colon", inCal("BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/Berlin\nDTSTART:20260105T100000Z\nEND:VEVENT\n"), start, "2026-01-05T10:00:00/10:00:00", true},
		{"quote in a quote", inCal(vevent("ATTENDEE;CN=\"Bob\" Smith:mailto:bob@x.example\n")), attendee, "Bob Smith <bob@x.example>", false},
		{"quote without end", inCal(vevent("ATTENDEE;CN=\"Bob:mailto:bob@x.example\n")), attendee, "Bob <bob@x.example>", false},
		{"bare address", inCal(vevent("ATTENDEE:bob@x.example\n")), attendee, " <bob@x.example>", false},
		{"address in a parameter", inCal(vevent("ATTENDEE;CN=Bob;EMAIL=bob@x.example:/principals/bob/\n")), attendee, "Bob <bob@x.example>", false},
		{"no address", inCal(vevent("ATTENDEE;CN=Bob:urn:uuid:1\n")), attendee, "Bob <>", false},
		{"name with a colon", inCal(vevent("ATTENDEE;CN=Bob: the one:mailto:bob@x.example\n")), attendee, "Bob <bob@x.example>", false},
		{"HTML", inCal(vevent("DESCRIPTION:<p>Hello&nbsp;Nina</p><br><a href=\"https://x.example/1\">Join</a><ul><li>one</li><li>two</li></ul>\n")), description, "Hello Nina\n\nJoin (https://x.example/1)\n- one\n- two", false},
		{"no HTML", inCal(vevent("DESCRIPTION:Ask <nina@mail.example> about List<String> & a<b\n")), description, "Ask <nina@mail.example> about List<String> & a<b", false},
		{"HTML only in X-ALT-DESC", inCal(vevent("X-ALT-DESC;FMTTYPE=text/html:<html><head><style>p{}</style></head><body><p>Hi</p></body></html>\n")), description, "Hi", false},
		{"unknown status", inCal(vevent("STATUS:MAYBE\n")), func(e calendar.Event) string { return string(e.Status) }, "confirmed", false},
		{"American spelling", inCal(vevent("STATUS:Canceled\n")), func(e calendar.Event) string { return string(e.Status) }, "cancelled", false},
		{"METHOD:CANCEL", inCal("METHOD:CANCEL\n" + vevent("")), func(e calendar.Event) string { return string(e.Status) }, "cancelled", false},
		{"no calendar around it", vevent("SUMMARY:S\n"), summary, "S", false},
		{"no end of the calendar", "BEGIN:VCALENDAR\n" + vevent("SUMMARY:S\n"), summary, "S", false},
		{"end of the event missing", inCal("BEGIN:VEVENT\nUID:1\nDTSTART:20260105T100000Z\nSUMMARY:S\n"), summary, "S", true},
		{"alarm without end", inCal(vevent("SUMMARY:S\nBEGIN:VALARM\nTRIGGER:-PT5M\n")), summary, "S", false},
		{"blank behind END", inCal("BEGIN:VEVENT \nUID:1\nDTSTART:20260105T100000Z\nSUMMARY:S\nEND:VEVENT \n"), summary, "S", false},
		{"no final line end", strings.TrimSuffix(inCal(vevent("SUMMARY:S\n")), "\n"), summary, "S", false},
		{"in a poll", inCal("BEGIN:VPOLL\n" + vevent("SUMMARY:S\n") + "END:VPOLL\n"), summary, "S", false},
		{"no UID", inCal("BEGIN:VEVENT\nDTSTART:20260105T100000Z\nEND:VEVENT\n"), func(e calendar.Event) string { return e.UID[len(e.UID)-7:] }, "@no-uid", true},
		{"junk around", "junk\n\n" + inCal(vevent("SUMMARY:S\n")) + "more: junk\n", summary, "S", false},
	} {
		got, report := readAll([]byte(c.text), Options{})
		if len(got) != 1 || len(report.Skipped) > 0 {
			t.Errorf("%s: %d events, %+v", c.name, len(got), report)
			continue
		}
		if s := c.get(got[0]); s != c.want {
			t.Errorf("%s: got %q, want %q", c.name, s, c.want)
		}
		if (len(got[0].Warnings) > 0) != c.warned {
			t.Errorf("%s: warnings %q", c.name, got[0].Warnings)
		}
	}
}

func summary(e calendar.Event) string     { return e.Summary }
func description(e calendar.Event) string { return e.Description }
func attendee(e calendar.Event) string {
	return e.Attendees[0].Name + " <" + e.Attendees[0].Email + ">"
}

// TestReadSkips holds that what can't be read is named, with line and reason, and
// costs nothing else.
func TestReadSkips(t *testing.T) {
	good := "BEGIN:VEVENT\nUID:good\nDTSTART:20260105T100000Z\nEND:VEVENT\n"
	for _, c := range []struct{ name, event, uid, reason string }{
		{"no start", "BEGIN:VEVENT\nUID:bad\nSUMMARY:x\nEND:VEVENT\n", "bad", "it has no DTSTART"},
		{"no such day", "BEGIN:VEVENT\nUID:bad\nDTSTART:20260230T100000Z\nEND:VEVENT\n", "bad", "its DTSTART can't be read: there is no day 2026-02-30"},
		{"no such month", "BEGIN:VEVENT\nDTSTART:20171332\nEND:VEVENT\n", "", "its DTSTART can't be read: there is no day 2017-13-32"},
		{"no such hour", "BEGIN:VEVENT\nUID:bad\nDTSTART:20260101T250000Z\nEND:VEVENT\n", "bad", "its DTSTART can't be read: there is no time 25:00:00"},
		{"words", "BEGIN:VEVENT\nUID:bad\nDTSTART:tomorrow\nEND:VEVENT\n", "bad", `its DTSTART can't be read: "tomorrow" is no date or time`},
		{"empty start", "BEGIN:VEVENT\nUID:bad\nDTSTART:\nEND:VEVENT\n", "bad", "its DTSTART can't be read: no date or time"},
	} {
		got, report := readAll([]byte(inCal(good+c.event+strings.ReplaceAll(good, "good", "good2"))), Options{Source: "src"})
		want := []calendar.Skipped{{Source: "src", UID: c.uid, Line: 7, Reason: c.reason}}
		if len(got) != 2 || !cmp.Equal(report.Skipped, want) || !report.Complete {
			t.Errorf("%s: %d events, %+v", c.name, len(got), report)
		}
	}
	got, report := readAll([]byte("BEGIN:VCALENDAR\n"+good+"BEGIN:VEVENT\nUID:cut\nDTSTART:20260105T100000Z\nSUMM"), Options{})
	if len(got) != 1 || len(report.Skipped) != 1 || report.Skipped[0].UID != "cut" || report.Complete {
		t.Errorf("cut off: %d events, %+v", len(got), report)
	}
}

// TestReadDuplicates holds that the newest copy of an event is the one that is
// read, wherever it stands.
func TestReadDuplicates(t *testing.T) {
	ev := func(more string) string {
		return "BEGIN:VEVENT\nUID:1\nDTSTART:20260105T100000Z\nSUMMARY:" + more + "\nEND:VEVENT\n"
	}
	for _, c := range []struct {
		name, text, want string
		skipped          int
	}{
		{"higher SEQUENCE last", ev("old\nSEQUENCE:1") + ev("new\nSEQUENCE:2"), "new", 1},
		{"higher SEQUENCE first", ev("new\nSEQUENCE:2") + ev("old\nSEQUENCE:1"), "new", 1},
		{"SEQUENCE beats LAST-MODIFIED", ev("new\nSEQUENCE:2\nLAST-MODIFIED:20250101T000000Z") + ev("old\nLAST-MODIFIED:20260101T000000Z"), "new", 1},
		{"later LAST-MODIFIED", ev("new\nLAST-MODIFIED:20260101T000000Z") + ev("old\nLAST-MODIFIED:20250101T000000Z"), "new", 1},
		{"the same twice", ev("new") + ev("new"), "new", 1},
		{"another calendar", ev("old") + "END:VCALENDAR\nBEGIN:VCALENDAR\n" + ev("new\nSEQUENCE:3"), "new", 1},
		{"a recurring one twice", ev("new\nRRULE:FREQ=DAILY;COUNT=1") + ev("new\nRRULE:FREQ=DAILY;COUNT=1"), "new", 1},
		{"the same UID and time for two events", ev("a") + ev("b"), "a b", 0},
		{"the same UID for two events", ev("a") + strings.Replace(ev("b"), "0105", "0106", 1), "a b", 0},
		{"a recurring one", ev("old\nRRULE:FREQ=DAILY;COUNT=1") + ev("new\nRRULE:FREQ=DAILY;COUNT=1\nSEQUENCE:1"), "new", 1},
	} {
		got, report := readAll([]byte(inCal(c.text)), Options{})
		var names []string
		for _, e := range got {
			names = append(names, e.Summary)
		}
		if strings.Join(names, " ") != c.want || len(report.Skipped) != c.skipped {
			t.Errorf("%s: %q, %+v", c.name, names, report)
		}
	}
}

// TestReadWindow holds that the window drops what is outside, and says how many.
func TestReadWindow(t *testing.T) {
	text := inCal("BEGIN:VEVENT\nUID:before\nDTSTART:20251201T100000Z\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:into\nDTSTART:20251230T100000Z\nDTEND:20260103T100000Z\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:in\nDTSTART:20260115T100000Z\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:day\nDTSTART:20260115\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:after\nDTSTART:20260301T100000Z\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:long\nDTSTART:20251101T100000Z\nDURATION:P90D\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:series\nDTSTART:20200101T100000Z\nRRULE:FREQ=MONTHLY\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:gone\nDTSTART:20200101T100000Z\nRRULE:FREQ=MONTHLY;UNTIL=20200601T000000Z\nEND:VEVENT\n")
	o := Options{Window: calendar.Window{From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)}}
	for _, keep := range []func([]byte, []uint32) bool{nil, func([]byte, []uint32) bool { return true }} {
		o.Keep = keep
		got, report := readAll([]byte(text), o)
		var uids []string
		for _, e := range got {
			uids = append(uids, e.UID)
		}
		if s := strings.Join(uids, " "); s != "into in day long series" || report.Dropped != 3 || report.Read != 5 {
			t.Errorf("got %s, %+v", s, report)
		}
	}
}

// TestReadNoDate holds that an event whose dates are all excluded is said to be
// left out, in whatever window, and is not just missing.
func TestReadNoDate(t *testing.T) {
	year := func(y int) calendar.Window {
		return calendar.Window{From: time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(y+1, 1, 1, 0, 0, 0, 0, time.UTC)}
	}
	text := inCal("BEGIN:VEVENT\nUID:x\nDTSTART:20260115T100000Z\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE:20260115T100000Z,20260116T100000Z\nEND:VEVENT\n")
	for _, c := range []struct {
		name             string
		o                Options
		skipped, dropped int
	}{
		{"no window", Options{}, 1, 0},
		{"in the window", Options{Window: year(2026)}, 1, 0},
		{"outside", Options{Window: year(2027)}, 0, 1},
		{"recurring ones bounded", Options{Recurring: year(2027)}, 1, 0},
	} {
		got, report := readAll([]byte(text), c.o)
		if len(got) != 0 || len(report.Skipped) != c.skipped || report.Dropped != c.dropped {
			t.Errorf("%s: %d events, %+v; want %d skipped, %d dropped", c.name, len(got), report, c.skipped, c.dropped)
		}
	}
}

// TestReadStops holds that an error of emit or of the reader comes back.
func TestReadStops(t *testing.T) {
	stop := errors.New("stop")
	for _, keep := range []func([]byte, []uint32) bool{nil, func([]byte, []uint32) bool { return true }} {
		n := 0
		_, err := Read(bytes.NewReader(feedText(20_000)), Options{Keep: keep}, func(calendar.Event) error { n++; return stop })
		if !errors.Is(err, stop) || n != 1 {
			t.Errorf("%v after %d events", err, n)
		}
		_, err = Read(io.MultiReader(bytes.NewReader(feedText(1000)), iotest.ErrReader(stop)), Options{Keep: keep}, func(calendar.Event) error { return nil })
		if !errors.Is(err, stop) {
			t.Errorf("%v", err)
		}
	}
}

// TestKeep holds that a filter changes nothing about what it lets through: not
// around overrides, and not over buffers' ends.
func TestKeep(t *testing.T) {
	series := func(n, master, override string) string {
		return "BEGIN:VEVENT\nUID:s" + n + "\nDTSTART:20260105T100000Z\nRRULE:FREQ=DAILY;COUNT=3\nSUMMARY:" + master + "\nEND:VEVENT\n" +
			"BEGIN:VEVENT\nUID:s" + n + "\nRECURRENCE-ID:20260106T100000Z\nDTSTART:20260106T120000Z\nSUMMARY:" + override + "\nEND:VEVENT\n"
	}
	text := inCal(series("1", "nterview", "lunch") + series("2", "lunch", "nterview") + series("3", "lunch", "lunch") + series("4", "nterview", "nterview"))
	feed := string(feedText(3000))
	for _, in := range []string{text, feed, text + feed} {
		var want []calendar.Event
		all, _ := readAll([]byte(in), Options{Recurring: corpusWindow})
		for _, e := range all {
			if keepInterviews([]byte(e.Summary), nil) {
				want = append(want, e)
			}
		}
		kept, report := readAll([]byte(in), Options{Recurring: corpusWindow, Keep: keepInterviews})
		var got []calendar.Event
		for _, e := range kept {
			if keepInterviews([]byte(e.Summary), nil) {
				got = append(got, e)
			}
		}
		if d := cmp.Diff(want, got, sameEvent); d != "" || len(want) == 0 {
			t.Errorf("with a filter (-without +with):\n%s", d)
		}
		if report.Read+report.Dropped+len(report.Skipped) != report.There {
			t.Errorf("report: %+v", report)
		}
	}
}

// TestReadPerDay holds that the bound of a day counts each series and each day
// for itself, and leaves what does not recur alone.
func TestReadPerDay(t *testing.T) {
	text := inCal("BEGIN:VEVENT\nUID:a\nDTSTART:20260115T100000Z\nRRULE:FREQ=HOURLY;INTERVAL=8;COUNT=9\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:b\nDTSTART:20260115T110000Z\nRRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:c\nDTSTART:20260115T120000Z\nEND:VEVENT\n")
	for perDay, want := range map[int]string{0: "a 9, b 3, c 1", 1: "a 4, b 3, c 1", 2: "a 7, b 3, c 1"} {
		got, _ := readAll([]byte(text), Options{MaxPerDay: perDay})
		n := map[string]int{}
		for _, e := range got {
			n[e.UID]++
		}
		if s := fmt.Sprintf("a %d, b %d, c %d", n["a"], n["b"], n["c"]); s != want {
			t.Errorf("at most %d a day: %s, want %s", perDay, s, want)
		}
	}
}
