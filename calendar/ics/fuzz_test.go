package ics

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"

	"followup/calendar"
)

// rawEvents is a scan for events that knows nothing of iCalendar: the number of
// lines that begin one.
func rawEvents(text []byte) int {
	n := 0
	for _, l := range bytes.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
		if strings.EqualFold(strings.TrimRight(string(l), " \t\x00"), "BEGIN:VEVENT") {
			n++
		}
	}
	return n
}

// FuzzRead holds the whole reader: it never panics, what it emits is sane, and
// every event that a raw scan sees is read, dropped or skipped with a reason.
func FuzzRead(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<16 {
			return
		}
		emitted := 0
		o := Options{Recurring: corpusWindow, MaxPerSeries: 20}
		report, err := Read(bytes.NewReader(text), o, func(e calendar.Event) error {
			emitted++
			switch {
			case e.UID == "":
				t.Error("an event without UID")
			case e.End.Before(e.Start):
				t.Errorf("it ends before it starts: %+v", e)
			case !utf8.ValidString(e.Summary + e.Description + e.Location + e.UID):
				t.Errorf("broken UTF-8: %+v", e)
			case strings.ContainsAny(e.UID+e.URL, "\r\n") || strings.ContainsAny(e.Summary, "\r\x00"):
				t.Errorf("a line break where none can be: %+v", e)
			}
			return nil
		})
		if err != nil && !errors.Is(err, ErrNotCalendar) {
			t.Errorf("error %v", err)
		}
		if n := report.Read + report.Dropped + len(report.Skipped) + report.MoreSkipped; n != report.There {
			t.Errorf("%d events there, %d accounted for: %+v", report.There, n, report)
		}
		sniffed := !bytes.Contains(text[:min(len(text), 4)], []byte{0}) && !bytes.HasPrefix(text, []byte{0xff, 0xfe}) && !bytes.HasPrefix(text, []byte{0xfe, 0xff})
		if raw := rawEvents(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))); sniffed && report.There < raw {
			t.Errorf("%d events there by a raw scan, %d seen: %+v", raw, report.There, report)
		}
		// A filter that keeps all must change nothing.
		o.Keep = func([]byte, []uint32) bool { return true }
		kept, _ := Read(bytes.NewReader(text), o, func(calendar.Event) error { emitted--; return nil })
		if emitted != 0 || kept.There != report.There {
			t.Errorf("with a filter %d events fewer; %+v", emitted, kept)
		}
	})
}

// FuzzLines holds unfolding: no byte of a property is lost or invented but for
// line ends, blanks and soft breaks.
func FuzzLines(f *testing.F) {
	f.Add([]byte("SUMMARY:a\r\n b\r\n\tc\r\nX-A;B=\"c:d\":e\nfoo\n\n \nEND:VEVENT"))
	f.Add([]byte("A;ENCODING=QUOTED-PRINTABLE:x=\ny\nDESCRIPTION:p\nq\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l := lines{rest: text}
		total := 0
		for line, ok := l.next(); ok; line, ok = l.next() {
			total += len(line)
			if p, ok := split(line); ok {
				p.param("CN")
				_ = p.text()
				if len(p.params)+len(p.value) > len(line) {
					t.Errorf("%q is longer than its line %q", p.params, line)
				}
			}
		}
		if total > 2*len(text)+16 {
			t.Errorf("%d bytes came out of %d", total, len(text))
		}
	})
}

// FuzzParams holds the splitting of parameters: what is quoted stays whole.
func FuzzParams(f *testing.F) {
	f.Add("Ada; L", "x:y,z")
	f.Add("a^b\"c", "\n")
	f.Fuzz(func(t *testing.T, name, value string) {
		e := &encoder{}
		e.property("ATTENDEE;CN="+paramValue(name), uriValue(value))
		l := lines{rest: e.out}
		line, _ := l.next()
		p, ok := split(line)
		if !ok {
			t.Fatalf("%q can't be read", e.out)
		}
		want := strings.TrimSpace(cleanText([]byte(dropControls(strings.NewReplacer("\r\n", "\x01", "\r", "\x01", "\n", "\x01").Replace(strings.ToValidUTF8(name, "\ufffd"))))))
		got := strings.TrimSpace(dropControls(strings.ReplaceAll(p.param("CN"), "\n", "\x01")))
		if got != want && strings.TrimSpace(want) != "" {
			t.Errorf("CN %q came back as %q by %q", want, got, e.out)
		}
	})
}

// FuzzZone holds the zone chain and the compiler of VTIMEZONEs.
func FuzzZone(f *testing.F) {
	f.Add("Europe/Berlin", []byte("BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nEND:VTIMEZONE\n"))
	f.Add("(UTC+01:00) Amsterdam", []byte("BEGIN:VTIMEZONE\nTZID:X\nBEGIN:DAYLIGHT\nTZOFFSETTO:+023017\nRDATE:19700101T000000,99991231T235959\nEND:DAYLIGHT\n"))
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		z := newZones(nil)
		z.define(text)
		for _, id := range []string{name, timezoneID(text)} {
			got := z.find(id)
			if got.loc == nil {
				t.Fatalf("no zone for %q", id)
			}
			at := instant(civilDays(2026, 7, 1)*day, got.loc)
			if _, off := at.Zone(); off < -27*3600 || off > 27*3600 {
				t.Errorf("%q is %d seconds from UTC", id, off)
			}
		}
		if loc, ok := LoadZone(name); ok && !tables().exact[loc.String()] {
			t.Errorf("%q is %s, which is no IANA name", name, loc)
		}
	})
}

// FuzzRule holds the rule engine: dates in order, not before the start, never
// more work than the budget.
func FuzzRule(f *testing.F) {
	for _, s := range []string{
		"FREQ=WEEKLY;BYDAY=MO,-1FR;COUNT=5", "FREQ=HOURLY;INTERVAL=24;BYHOUR=3", "FREQ=YEARLY;BYWEEKNO=53;BYSETPOS=-1", "MP1 2- MO #2", "D1 20260101T000000",
		"FREQ=SECONDLY;BYMINUTE=7;BYSETPOS=1", "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=12", "FREQ=MONTHLY;INTERVAL=2147483648",
	} {
		f.Add(s, "20260105T100000", int64(86400))
	}
	f.Fuzz(func(t *testing.T, rule, start string, ahead int64) {
		r, err := parseRule(rule)
		if err != nil {
			return
		}
		s, err := parseStamp([]byte(start))
		if err != nil {
			return
		}
		budget := 20_000
		from := s.wall + ahead%(1<<40)
		last := from - 1
		n := 0
		r.each(s.wall, from, lastWall, &budget, func(w int64) bool {
			if w < from || w < s.wall || w < last {
				t.Errorf("%s gives %d after %d, from %d", rule, w, last, from)
			}
			last = w
			n++
			return n < 100
		})
		if budget < -200_000 {
			t.Errorf("%s overdraws the budget by %d", rule, -budget)
		}
	})
}

// FuzzAgainstGoIcal holds our reading against go-ical's where that one succeeds:
// the same number of events, the same start, summary and UID.
func FuzzAgainstGoIcal(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<14 || bytes.Count(text, []byte("BEGIN")) > 50 {
			return
		}
		for _, why := range differsFromGoIcal(text) {
			t.Error(why)
		}
	})
}

// differsFromGoIcal reads the text with both and tells what differs.
func differsFromGoIcal(text []byte) (why []string) {
	theirs, ok := goIcal(text)
	if !ok {
		return nil
	}
	ours, report := readAll(text, Options{MaxPerSeries: 1})
	byUID := map[string]calendar.Event{}
	for _, e := range ours {
		byUID[e.UID] = e
	}
	for _, ev := range theirs {
		uid, err := ev.Props.Text(ical.PropUID)
		start, startErr := ev.DateTimeStart(time.UTC)
		simple := ev.Props.Get(ical.PropRecurrenceRule) == nil && ev.Props.Get(ical.PropRecurrenceDates) == nil && ev.Props.Get(ical.PropRecurrenceID) == nil
		if err != nil || startErr != nil || start.IsZero() || !simple || countUID(theirs, uid) != 1 || uid != strings.TrimSpace(cleanText([]byte(uid))) || uid == "" {
			continue
		}
		got, ok := byUID[uid]
		if !ok {
			if len(report.Skipped) == 0 {
				why = append(why, "the event "+uid+" is missing")
			}
			continue
		}
		if !got.Floating && !got.AllDay && !got.Start.Equal(start) && wallOf(got.Start) == wallOf(start.In(got.Start.Location())) {
			why = append(why, "the event "+uid+" starts at "+got.Start.String()+", not at "+start.String())
		}
	}
	return why
}

func countUID(list []ical.Event, uid string) int {
	n := 0
	for _, ev := range list {
		if s, err := ev.Props.Text(ical.PropUID); err != nil || s == uid {
			n++
		}
	}
	return n
}

// goIcal decodes with go-ical, which may panic.
func goIcal(text []byte) (list []ical.Event, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	dec := ical.NewDecoder(bytes.NewReader(text))
	for {
		cal, err := dec.Decode()
		if err != nil {
			return list, len(list) > 0 && err == io.EOF
		}
		list = append(list, cal.Events()...)
	}
}

// TestAgainstGoIcal is the same over a feed and, where it is there, the corpus.
func TestAgainstGoIcal(t *testing.T) {
	for _, s := range append(seeds(), string(feedText(500))) {
		for _, why := range differsFromGoIcal([]byte(s)) {
			t.Error(why)
		}
	}
}

// seeds are short texts with one thing each that readers trip over.
func seeds() []string {
	zone := "BEGIN:VTIMEZONE\r\nTZID:Foo\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
	return []string{
		inCal(vevent("SUMMARY:One\n")),
		inCal(vevent("SUMMARY:One\n") + strings.ReplaceAll(vevent("SUMMARY:Two\n"), "UID:1", "UID:2")),
		inCal(zone + vevent("RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260106T100000Z\n") + "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260107T100000Z\nDTSTART;TZID=Foo:20260107T110000\nEND:VEVENT\n"),
		inCal("BEGIN:VEVENT\nUID:1\nDTSTART;TZID=\"Foo\":20260107T110000\nDURATION:P1DT2H\nBEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM\nEND:VEVENT\n" + zone),
		strings.ReplaceAll(inCal(vevent("SUMMARY:x\n y\n")), "\n", "\r"),
		"\xef\xbb\xbf" + inCal(vevent("ATTENDEE;CN=\"A\"B;RSVP;ROLE=CHAIR:mailto:a@b.example\n")),
		string(toUTF16(inCal(vevent("SUMMARY:ü\n")), false, true)),
		inCal(vevent("DESCRIPTION:<p>a</p><a href=\"x\">b</a>\nX-ALT-DESC:<b>\n")),
		"BEGIN:VEVENT\nDTSTART:20260105\nEND:VEVENT",
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nBEGIN:VEVENT\nEND:VCALENDAR\nBEGIN:VCALENDAR",
		inCal("begin:vevent\nuid:9\ndtstart;value=date:20260105\nrdate:20260107,20260108/P1D\nexrule:freq=daily\nend:vevent\n"),
		inCal(vevent("SUMMARY;ENCODING=QUOTED-PRINTABLE:=C3=A4=\nb\n")),
		"<!doctype html><html>", "", "\x00\xff",
	}
}
