package ics

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestLoadZone(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"Europe/Berlin", "Europe/Berlin"},
		{"europe/lisbon", "Europe/Lisbon"},
		{"America/New York", "America/New_York"},
		{" Europe/Paris ", "Europe/Paris"},
		{"/mozilla.org/20070129_1/America/New_York", "America/New_York"},
		{"/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"},
		{"/softwarestudio.org/Olson_20011030_5/Europe/London", "Europe/London"},
		{"/Mozilla.org/BasicTimezones/GMT", "GMT"},
		{"/Europe/Stockholm", "Europe/Stockholm"},
		{"posix/Europe/Vaduz", "Europe/Vaduz"},
		{"tzone://Microsoft/Utc", "UTC"},
		{"W. Europe Standard Time", "Europe/Berlin"},
		{"w. europe standard time", "Europe/Berlin"},
		{"Eastern Daylight Time", "America/New_York"},
		{"GMT Standard Time", "Europe/London"},
		{"(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"},
		{"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"},
		{`(UTC+01:00) Brussels\, Copenhagen\, Madrid\, Paris`, "Europe/Paris"},
		{"(GMT+01:00) Brussels; Copenhagen; Madrid; Paris", "Europe/Paris"},
		{"Greenwich Mean Time:Dublin; Edinburgh; Lisbon; London", "Europe/London"},
		{"UTC", "UTC"},
		{"Etc/UTC", "UTC"},
	} {
		loc, ok := LoadZone(c.name)
		if !ok || loc.String() != c.want {
			t.Errorf("LoadZone(%q) = %v, %v, want %s", c.name, loc, ok, c.want)
		}
	}
	for _, name := range []string{"", "Local", "foo", "Germany/Berlin", "Europe/CUSTOM", "Customized Time Zone", "tzone://Microsoft/Custom", "../../etc/passwd", "/etc/localtime"} {
		if loc, ok := LoadZone(name); ok {
			t.Errorf("LoadZone(%q) = %v, want none", name, loc)
		}
	}
}

func TestGuessZone(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"Europe_Berlin", "Europe/Berlin"},
		{"US-Eastern", "America/New_York"},
		{"Eastern", "America/New_York"},
		{"Mitteleuropäische Zeit ", "Europe/Berlin"},
		{"(GMT+01.00) Sarajevo/Warsaw/Zagreb", "Europe/Warsaw"},
		{"Pacific Time (US & Canada), Tijuana", "America/Los_Angeles"},
		{"Екатеринбург", "Asia/Yekaterinburg"},
		{"UTC+2", "UTC+02:00"},
		{"GMT-0330", "UTC-03:30"},
	} {
		loc, ok := guessZone(c.name)
		if !ok || loc.String() != c.want {
			t.Errorf("guessZone(%q) = %v, %v, want %s", c.name, loc, ok, c.want)
		}
	}
}

// TestTables loads every zone that the tables name.
func TestTables(t *testing.T) {
	tab := tables()
	if len(tab.windows) < 139 {
		t.Errorf("only %d Windows names", len(tab.windows))
	}
	for name, iana := range tab.windows {
		if loc, ok := LoadZone(name); !ok || loc != zoneOrFail(t, iana) {
			t.Errorf("Windows name %q: %v, want %s", name, loc, iana)
		}
	}
	for name := range tab.exact {
		zoneOrFail(t, name)
	}
	for key, iana := range tab.display {
		if !tab.exact[iana] {
			t.Errorf("display name %q has no zone: %q", key, iana)
		}
	}
}

// TestWindowsOffsets holds the table against the standard offsets that Windows
// shows in the display names.
func TestWindowsOffsets(t *testing.T) {
	for name, want := range map[string]string{
		"Dateline Standard Time": "-1200", "Hawaiian Standard Time": "-1000", "Marquesas Standard Time": "-0930", "Alaskan Standard Time": "-0900",
		"Pacific Standard Time": "-0800", "US Mountain Standard Time": "-0700", "Canada Central Standard Time": "-0600", "SA Pacific Standard Time": "-0500",
		"Atlantic Standard Time": "-0400", "Newfoundland Standard Time": "-0330", "E. South America Standard Time": "-0300", "UTC-02": "-0200",
		"Cape Verde Standard Time": "-0100", "GMT Standard Time": "+0000", "Romance Standard Time": "+0100", "GTB Standard Time": "+0200",
		"Arab Standard Time": "+0300", "Iran Standard Time": "+0330", "Arabian Standard Time": "+0400", "Afghanistan Standard Time": "+0430",
		"Pakistan Standard Time": "+0500", "India Standard Time": "+0530", "Nepal Standard Time": "+0545", "Bangladesh Standard Time": "+0600",
		"Myanmar Standard Time": "+0630", "SE Asia Standard Time": "+0700", "China Standard Time": "+0800", "Aus Central W. Standard Time": "+0845",
		"Tokyo Standard Time": "+0900", "AUS Central Standard Time": "+0930", "E. Australia Standard Time": "+1000", "Magadan Standard Time": "+1100",
		"UTC+12": "+1200", "Tonga Standard Time": "+1300", "Line Islands Standard Time": "+1400",
	} {
		january := time.Date(2026, 1, 15, 12, 0, 0, 0, zoneOrFail(t, name))
		july := january.AddDate(0, 6, 0)
		if january.Format("-0700") != want && july.Format("-0700") != want {
			t.Errorf("%s is %s or %s, want %s", name, january.Format("-0700"), july.Format("-0700"), want)
		}
	}
}

// TestTimezoneRoundTrip writes a VTIMEZONE for every zone, reads it as a zone
// that nobody knows by name, and holds it against IANA's from 1990 to 2037.
func TestTimezoneRoundTrip(t *testing.T) {
	from := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	to := time.Date(2038, 1, 1, 0, 0, 0, 0, time.UTC)
	for name := range tables().exact {
		loc := zoneOrFail(t, name)
		e := &encoder{}
		e.vtimezone(loc, 1990, 2037)
		text := strings.Replace(string(e.out), "TZID:", "TZID:X-", 1)
		got, err := compileTimezone("X-"+name, []byte(text))
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
			continue
		}
		if why := sameOffsets(loc, got, from, to); why != "" {
			t.Errorf("%s: %s\n%s", name, why, text)
		}
	}
}

// TestTimezoneCompact holds the VTIMEZONEs that are written for a year or two
// against what is small: Google ignores a feed with very long ones.
func TestTimezoneCompact(t *testing.T) {
	for name := range tables().exact {
		loc := zoneOrFail(t, name)
		e := &encoder{}
		e.vtimezone(loc, 2026, 2027)
		if n := strings.Count(string(e.out), "\n"); n > 70 { // Morocco: two changes a year, by the moon
			t.Errorf("%s takes %d lines", name, n)
		}
	}
	e := &encoder{}
	e.vtimezone(zoneOrFail(t, "Europe/Berlin"), 2026, 2026)
	want := `BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:20251026T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20260329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
`
	if got := strings.ReplaceAll(string(e.out), "\r\n", "\n"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestTimezoneFarAhead holds that years beyond a zone's table, where only its rule
// tells, are written in bounded time and right.
func TestTimezoneFarAhead(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Gaza", "Africa/Casablanca", "Pacific/Apia", "Asia/Tokyo"} {
		loc := zoneOrFail(t, name)
		for _, year := range []int{2038, 2040, 2044, 2099, 2100, 2400, 9990} {
			e := &encoder{}
			e.vtimezone(loc, year, year)
			got, err := compileTimezone("X", e.out)
			if err != nil {
				t.Fatal(err)
			}
			for at := time.Date(year, 1, 2, 0, 0, 0, 0, time.UTC); at.Year() == year; at = at.Add(31 * time.Hour) {
				_, want := at.In(loc).Zone()
				if _, off := at.In(got).Zone(); off != want && year < lastZoneYear {
					t.Fatalf("%s: at %s the offset is %d, want %d\n%s", name, at.Format(time.RFC3339), off, want, e.out)
				}
			}
		}
	}
}

// sameOffsets compares two zones around every change of either, and in between.
func sameOffsets(a, b *time.Location, from, to time.Time) string {
	check := func(at time.Time) string {
		_, x := at.In(a).Zone()
		_, y := at.In(b).Zone()
		if x != y {
			return fmt.Sprintf("at %s the offset is %d, want %d", at.UTC().Format(time.RFC3339), y, x)
		}
		return ""
	}
	for _, loc := range []*time.Location{a, b} {
		for at := from; at.Before(to); {
			_, end := at.In(loc).ZoneBounds()
			for _, x := range []time.Time{at, end.Add(-time.Second), end} {
				if !x.Before(from) && x.Before(to) {
					if why := check(x); why != "" {
						return why
					}
				}
			}
			if !end.After(at) { // none, or made up: see changes
				break
			}
			at = end
		}
	}
	for at := from; at.Before(to); at = at.Add(97 * time.Hour) {
		if why := check(at); why != "" {
			return why
		}
	}
	return ""
}

// TestInstant holds the reading of times that a clock skips or shows twice
// against RFC 5545 section 3.3.5, on both sides of Greenwich.
func TestInstant(t *testing.T) {
	for _, c := range []struct{ zone, wall, want string }{
		{"America/New_York", "2024-03-10T02:30:00", "2024-03-10T07:30:00Z"}, // skipped: the offset before
		{"America/New_York", "2024-11-03T01:30:00", "2024-11-03T05:30:00Z"}, // twice: the first
		{"Europe/Berlin", "2024-03-31T02:30:00", "2024-03-31T01:30:00Z"},
		{"Europe/Berlin", "2024-10-27T02:30:00", "2024-10-27T00:30:00Z"},
		{"Australia/Sydney", "2024-10-06T02:30:00", "2024-10-05T16:30:00Z"},
		{"Australia/Sydney", "2024-04-07T02:30:00", "2024-04-06T15:30:00Z"},
		{"Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00:00Z"}, // a day that never was
		{"Australia/Lord_Howe", "2024-04-07T01:45:00", "2024-04-06T14:45:00Z"},
		{"Asia/Kolkata", "2024-04-07T01:45:00", "2024-04-06T20:15:00Z"},
		{"Europe/Berlin", "2024-03-31T03:00:00", "2024-03-31T01:00:00Z"},
		{"Europe/Berlin", "2024-03-31T01:59:59", "2024-03-31T00:59:59Z"},
		{"Europe/Berlin", "2024-10-27T03:00:00", "2024-10-27T02:00:00Z"},
	} {
		s, err := parseStamp([]byte(c.wall))
		if err != nil {
			t.Fatal(err)
		}
		if got := instant(s.wall, zoneOrFail(t, c.zone)).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s in %s is %s, want %s", c.wall, c.zone, got, c.want)
		}
	}
}

// TestZoneChain holds the order in which a name is looked up.
func TestZoneChain(t *testing.T) {
	// This definition says +0500 all year, under the name that is put in.
	zone := func(tzid string) string {
		return "BEGIN:VTIMEZONE\nTZID:" + tzid + "\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0500\nTZOFFSETTO:+0500\nEND:STANDARD\nEND:VTIMEZONE\n"
	}
	event := func(tzid string) string {
		return "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=" + tzid + ":20260701T120000\nEND:VEVENT\n"
	}
	in := func(s string) string { return "BEGIN:VCALENDAR\n" + s + "END:VCALENDAR\n" }
	berlin := zoneOrFail(t, "Europe/Berlin")
	for _, c := range []struct {
		name, text, want, zone string
		warned                 bool
	}{
		{"IANA without definition", in(event("Europe/Berlin")), "10:00", "Europe/Berlin", false},
		{"IANA against its definition", in(zone("Europe/Berlin") + event("Europe/Berlin")), "10:00", "Europe/Berlin", true},
		{"Windows name", in(event("W. Europe Standard Time")), "10:00", "Europe/Berlin", true},
		{"defined in the file", in(zone("Customized Time Zone") + event("Customized Time Zone")), "07:00", "Customized Time Zone", false},
		{"defined in the file, quoted", in(zone("Foo: Bar") + event(`"Foo: Bar"`)), "07:00", "Foo: Bar", false},
		{"defined escaped, used plain", in(zone(`Foo\, Bar`) + event(`"Foo, Bar"`)), "07:00", "Foo, Bar", false},
		{"defined after its use", in(event("Customized Time Zone") + zone("Customized Time Zone")), "07:00", "Customized Time Zone", false},
		{"guessed", in(event("Europe_Berlin")), "10:00", "Europe/Berlin", true},
		{"guessed but defined", in(zone("Europe_Berlin") + event("Europe_Berlin")), "07:00", "Europe_Berlin", false},
		{"unknown, calendar has a zone", in("X-WR-TIMEZONE:Asia/Tokyo\n" + event("foo")), "03:00", "Asia/Tokyo", true},
		{"unknown, nothing else", in(event("foo")), "10:00", "Europe/Berlin", true},
		{"floating", in("BEGIN:VEVENT\nUID:1\nDTSTART:20260701T120000\nEND:VEVENT\n"), "10:00", "Europe/Berlin", true},
		{"floating, calendar has a zone", in("X-WR-TIMEZONE:Asia/Tokyo\nBEGIN:VEVENT\nUID:1\nDTSTART:20260701T120000\nEND:VEVENT\n"), "03:00", "Asia/Tokyo", true},
		{"floating, calendar's zone behind it", in("BEGIN:VEVENT\nUID:1\nDTSTART:20260701T120000\nEND:VEVENT\nX-WR-TIMEZONE:Asia/Tokyo\n"), "03:00", "Asia/Tokyo", true},
		{"UTC beats TZID", in("BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Asia/Tokyo:20260701T120000Z\nEND:VEVENT\n"), "12:00", "UTC", false},
		{"empty TZID", in(event("")), "10:00", "Europe/Berlin", true},
		{"Local is no zone", in(event("Local")), "10:00", "Europe/Berlin", true},
	} {
		got, report := readAll([]byte(c.text), Options{Location: berlin})
		if len(got) != 1 {
			t.Errorf("%s: %d events, %+v", c.name, len(got), report)
			continue
		}
		ev := got[0]
		if s := ev.Start.UTC().Format("15:04"); s != c.want || ev.TimeZone != c.zone || (len(ev.Warnings) > 0) != c.warned {
			t.Errorf("%s: %s in %q, warnings %q; want %s in %q", c.name, s, ev.TimeZone, ev.Warnings, c.want, c.zone)
		}
	}
}

// TestTimezoneRules holds the evaluation of unusual definitions.
func TestTimezoneRules(t *testing.T) {
	onset := func(part, start, from, to, more string) string {
		return fmt.Sprintf("BEGIN:%s\nDTSTART:%s\nTZOFFSETFROM:%s\nTZOFFSETTO:%s\n%sEND:%s\n", part, start, from, to, more, part)
	}
	for _, c := range []struct{ name, parts, at, want string }{
		{"Outlook's 1601", onset("STANDARD", "16010101T030000", "+0200", "+0100", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\n") +
			onset("DAYLIGHT", "16010101T020000", "+0100", "+0200", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\n"), "2026-07-01T00:00:00Z", "+0200"},
		{"before the first onset", onset("STANDARD", "20101101T020000", "-0400", "-0500", ""), "2009-01-01T00:00:00Z", "-0400"},
		{"until", onset("STANDARD", "19990101T000000", "+0300", "+0300", "") + onset("DAYLIGHT", "20000401T000000", "+0300", "+0400", "RRULE:FREQ=YEARLY;BYMONTH=4;UNTIL=20050331T210000Z\n") +
			onset("STANDARD", "20001001T000000", "+0400", "+0300", "RRULE:FREQ=YEARLY;BYMONTH=10\n"), "2010-06-01T00:00:00Z", "+0300"},
		{"dates", onset("STANDARD", "20200101T000000", "+0000", "+0000", "") + onset("DAYLIGHT", "20200601T000000", "+0000", "+0100", "RDATE:20210601T000000,20220601T000000\n") +
			onset("STANDARD", "20201001T000000", "+0100", "+0000", "RDATE:20211001T000000\n"), "2021-07-01T00:00:00Z", "+0100"},
		{"seconds", onset("STANDARD", "19160703T000000", "+023017", "+023017", ""), "1917-01-01T00:00:00Z", "+0230"},
		{"folded and in lower case", "begin:standard\ndtstart:19700101T000000\ntzoffsetfrom:+0100\ntzoff\n setto:+0100\nend:standard\n", "2020-01-01T00:00:00Z", "+0100"},
	} {
		loc, err := compileTimezone("X", []byte("BEGIN:VTIMEZONE\nTZID:X\n"+c.parts+"END:VTIMEZONE\n"))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		at, _ := time.Parse(time.RFC3339, c.at)
		if got := at.In(loc).Format("-0700"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
