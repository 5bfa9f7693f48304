package ics

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"followup/calendar"
)

// dates gives the first n dates of a rule from start on, as the wall shows them.
func dates(t testing.TB, rule, start string, n int) []string {
	t.Helper()
	r, err := parseRule(rule)
	if err != nil {
		t.Fatalf("%s: %v", rule, err)
	}
	s, err := parseStamp([]byte(start))
	if err != nil {
		t.Fatal(err)
	}
	to := lastWall
	if r.until != nil {
		to = r.until.wall
	}
	var out []string
	budget := 1_000_000
	r.each(s.wall, s.wall, to, &budget, func(w int64) bool {
		out = append(out, time.Unix(w, 0).UTC().Format("20060102T1504"))
		return len(out) < n
	})
	return out
}

// TestRules holds the examples of RFC 5545 section 3.8.5.3 and what people ask of
// rules beyond them.
func TestRules(t *testing.T) {
	for _, c := range []struct{ rule, start, want string }{
		{"FREQ=DAILY;COUNT=10", "19970902T090000", "19970902 19970903 19970904 19970905 19970906 19970907 19970908 19970909 19970910 19970911"},
		{"FREQ=DAILY;INTERVAL=10;COUNT=5", "19970902T090000", "19970902 19970912 19970922 19971002 19971012"},
		{"FREQ=DAILY;UNTIL=19970904T090000", "19970902T090000", "19970902 19970903 19970904"},
		{"FREQ=YEARLY;UNTIL=19990110T140000Z;BYMONTH=1;BYDAY=SU", "19980104T090000", "19980104 19980111 19980118 19980125 19990103 19990110"},
		{"FREQ=WEEKLY;INTERVAL=2;WKST=SU", "19970902T090000", "19970902 19970916 19970930 19971014"},
		{"FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "19970902T090000", "19970902 19970904 19970909 19970911 19970916 19970918 19970923 19970925 19970930 19971002"},
		{"FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "19970902T090000", "19970902 19970904 19970916 19970918 19970930 19971002 19971014 19971016"},
		{"FREQ=MONTHLY;COUNT=4;BYDAY=1FR", "19970905T090000", "19970905 19971003 19971107 19971205"},
		{"FREQ=MONTHLY;INTERVAL=2;COUNT=6;BYDAY=1SU,-1SU", "19970907T090000", "19970907 19970928 19971102 19971130 19980104 19980125"},
		{"FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", "19970922T090000", "19970922 19971020 19971117"},
		{"FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=4", "19970928T090000", "19970928 19971029 19971128 19971229"},
		{"FREQ=MONTHLY;COUNT=6;BYMONTHDAY=1,-1", "19970930T090000", "19970930 19971001 19971031 19971101 19971130 19971201"},
		{"FREQ=MONTHLY;INTERVAL=18;COUNT=4;BYMONTHDAY=10,11", "19970910T090000", "19970910 19970911 19990310 19990311"},
		{"FREQ=YEARLY;COUNT=4;BYMONTH=6,7", "19970610T090000", "19970610 19970710 19980610 19980710"},
		{"FREQ=YEARLY;INTERVAL=3;COUNT=5;BYYEARDAY=1,100,200", "19970101T090000", "19970101 19970410 19970719 20000101 20000409"},
		{"FREQ=YEARLY;BYDAY=20MO;COUNT=3", "19970519T090000", "19970519 19980518 19990517"},
		{"FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3", "19970512T090000", "19970512 19980511 19990517"},
		{"FREQ=YEARLY;BYMONTH=3;BYDAY=TH;COUNT=4", "19970313T090000", "19970313 19970320 19970327 19980305"},
		{"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=4", "19980213T090000", "19980213 19980313 19981113 19990813"},
		{"FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3", "19961105T090000", "19961105 20001107 20041102"},
		{"FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "19970904T090000", "19970904 19971007 19971106"},
		{"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=4", "19970929T090000", "19970929 19971030 19971127 19971230"},
		{"FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000", "19970902T090000", "19970902T0900 19970902T1200 19970902T1500"},
		{"FREQ=MINUTELY;INTERVAL=90;COUNT=4", "19970902T090000", "19970902T0900 19970902T1030 19970902T1200 19970902T1330"},
		{"FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,20,40;COUNT=7", "19970902T090000", "19970902T0900 19970902T0920 19970902T0940 19970902T1000 19970902T1020 19970902T1040 19970903T0900"},
		{"FREQ=MINUTELY;INTERVAL=20;BYHOUR=9;COUNT=4", "19970902T090000", "19970902T0900 19970902T0920 19970902T0940 19970903T0900"},
		{"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "19970805T090000", "19970805 19970810 19970819 19970824"},
		{"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "19970805T090000", "19970805 19970817 19970819 19970831"},
		{"FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "20070115T090000", "20070115 20070130 20070215 20070315 20070330"},
		{"FREQ=MONTHLY;COUNT=4", "20260131T090000", "20260131 20260331 20260531 20260731"},
		{"FREQ=YEARLY;COUNT=3", "20240229T090000", "20240229 20280229 20320229"},
		// DTSTART counts as the first date although the rule does not have it.
		{"FREQ=WEEKLY;COUNT=3;BYDAY=MO", "20260108T090000", "20260108 20260112 20260119"},
		// BYMONTHDAY without BYMONTH is every month, as RFC 5545's table says.
		{"FREQ=YEARLY;BYMONTHDAY=10;COUNT=3", "20260110T090000", "20260110 20260210 20260310"},
		{"FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR;COUNT=3", "20100101T090000", "20100101 20160101 20210101"},
		{"freq=daily;count=2;", "20260101T090000", "20260101 20260102"},
		{"FREQ=WEEKLY;BYDAY=+1MO,WE;X-FOO=1;INTERVAL=0;COUNT=3", "20260105T090000", "20260105 20260107 20260112"},
		// vCalendar 1.0
		{"D2 #3", "20260101T090000", "20260101 20260103 20260105"},
		{"W1 MO WE #4", "20260105T090000", "20260105 20260107 20260112 20260114"},
		{"MP1 1+ FR #3", "20260102T090000", "20260102 20260206 20260306"},
		{"MP1 2- MO #2", "20260119T090000", "20260119 20260216"},
		{"MD1 15 #3", "20260115T090000", "20260115 20260215 20260315"},
		{"YM1 6 #2", "20260610T090000", "20260610 20270610"},
		{"D1 20260103T235959", "20260101T090000", "20260101 20260102 20260103"},
	} {
		want := strings.Fields(c.want)
		got := dates(t, c.rule, c.start, len(want)+boolToInt(strings.Contains(strings.ToUpper(c.rule), "COUNT") || strings.Contains(c.rule, "UNTIL") || strings.Contains(c.rule, "#")))
		for i := range got {
			if !strings.Contains(c.want, "T") {
				got[i] = got[i][:8]
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s from %s:\n got %v\nwant %v", c.rule, c.start, got, want)
		}
	}
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestBadRules(t *testing.T) {
	for _, rule := range []string{
		"", "FREQ=", "FREQ=FORTNIGHTLY", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=-1", "FREQ=DAILY;BYHOUR=24", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;INTERVAL=x",
		"FREQ=MONTHLY;RSCALE=CHINESE", "FREQ=DAILY;UNTIL=soon", "Q1", "MP1 x FR",
	} {
		if r, err := parseRule(rule); err == nil {
			t.Errorf("%q gives %+v", rule, r)
		}
	}
}

// drawRule draws a rule that both engines read alike: no sub-daily ones, on which
// rrule-go may hang, and none that RFC 5545 leaves open.
func drawRule(t *rapid.T) string {
	some := func(name string, of []string, most int) string {
		return strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom(of), 1, most, rapid.ID[string]).Draw(t, name), ",")
	}
	freq := rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).Draw(t, "freq")
	parts := []string{"FREQ=" + freq, fmt.Sprintf("INTERVAL=%d", rapid.IntRange(1, 4).Draw(t, "interval"))}
	have := func(name string) bool { return rapid.IntRange(0, 2).Draw(t, name) == 0 }
	days := weekdayNames
	if freq == "MONTHLY" || freq == "YEARLY" {
		if rapid.Bool().Draw(t, "numbered") { // rrule-go wants both when they are mixed
			days = []string{"1MO", "-1FR", "2WE", "-2SU", "5SA"}
		}
	}
	if have("byday") {
		parts = append(parts, "BYDAY="+some("days", days, 3))
	}
	if have("bymonth") {
		parts = append(parts, "BYMONTH="+some("months", []string{"1", "2", "3", "6", "10", "12"}, 3))
	}
	if freq != "WEEKLY" && have("bymonthday") {
		parts = append(parts, "BYMONTHDAY="+some("monthdays", []string{"1", "13", "15", "28", "30", "31", "-1", "-3", "-31"}, 3))
	}
	if freq == "YEARLY" && have("byyearday") {
		parts = append(parts, "BYYEARDAY="+some("yeardays", []string{"1", "60", "61", "365", "366", "-1", "-366", "200"}, 3))
	}
	if have("byhour") {
		parts = append(parts, "BYHOUR="+some("hours", []string{"0", "9", "23"}, 2))
	}
	// rrule-go takes the first week of a rule to begin with DTSTART, and so counts
	// other positions in it than RFC 5545 does.
	if freq != "WEEKLY" && len(parts) > 2 && have("bysetpos") {
		parts = append(parts, "BYSETPOS="+some("setpos", []string{"1", "2", "-1", "-2"}, 2))
	}
	if have("wkst") {
		parts = append(parts, "WKST="+rapid.SampledFrom(weekdayNames).Draw(t, "wkst"))
	}
	return strings.Join(parts, ";")
}

// TestRulesAgainstRruleGo holds our engine against rrule-go where that one is
// known to be right.
func TestRulesAgainstRruleGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawRule(t)
		start := time.Date(2024, 1, 1, 9, 30, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "start"))
		opt, err := rrule.StrToROption(text)
		if err != nil {
			t.Fatal(err)
		}
		opt.Dtstart, opt.Until = start, start.AddDate(6, 0, 0)
		theirs, err := rrule.NewRRule(*opt)
		if err != nil {
			t.Skip(err)
		}
		ours, err := parseRule(text)
		if err != nil {
			t.Fatal(err)
		}
		from := start.AddDate(0, 0, rapid.IntRange(0, 1500).Draw(t, "from"))
		var want, got []string
		next := theirs.Iterator()
		for at, ok := next(); ok && len(want) < 50; at, ok = next() {
			if !at.Before(from) && !at.Equal(start) {
				want = append(want, at.Format(time.RFC3339))
			}
		}
		budget := 1_000_000
		ours.each(start.Unix(), from.Unix(), start.AddDate(6, 0, 0).Unix(), &budget, func(w int64) bool {
			if w != start.Unix() {
				got = append(got, time.Unix(w, 0).UTC().Format(time.RFC3339))
			}
			return len(got) < 50
		})
		if !slices.Equal(got, want) {
			t.Fatalf("%s from %s:\n got %v\nwant %v", text, start.Format(time.RFC3339), got, want)
		}
	})
}

// TestAgeCostsNothing holds the work for an old event against that for a young
// one: the dates before the window are not walked through.
func TestAgeCostsNothing(t *testing.T) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	for _, rule := range []string{
		"FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=7", "FREQ=HOURLY;BYMINUTE=5", "FREQ=DAILY", "FREQ=DAILY;COUNT=900000", "FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=YEARLY",
	} {
		r, err := parseRule(rule)
		if err != nil {
			t.Fatal(err)
		}
		budget := 2000
		n := 0
		r.each(civilDays(1601, 1, 2)*day, from, from+400*day, &budget, func(w int64) bool {
			if w < from {
				t.Errorf("%s gives a date before the window", rule)
			}
			n++
			return n < 100
		})
		if n == 0 || budget <= 0 {
			t.Errorf("%s: %d dates, %d of the budget left", rule, n, budget)
		}
	}
}

// TestCountFromTheMiddle holds COUNT against a walk from the start.
func TestCountFromTheMiddle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := fmt.Sprintf("FREQ=%s;INTERVAL=%d;COUNT=%d", rapid.SampledFrom(frequencies).Draw(t, "freq"),
			rapid.IntRange(1, 5).Draw(t, "interval"), rapid.IntRange(1, 300).Draw(t, "count"))
		r, err := parseRule(rule)
		if err != nil {
			t.Fatal(err)
		}
		start := civilDays(2020, 1, 31)*day + 3600
		var all, part, want []int64
		budget := 1_000_000
		r.each(start, start, lastWall, &budget, func(w int64) bool { all = append(all, w); return true })
		from := all[rapid.IntRange(0, len(all)-1).Draw(t, "from")] - rapid.Int64Range(0, 2).Draw(t, "before")
		r.each(start, from, lastWall, &budget, func(w int64) bool { part = append(part, w); return true })
		for _, w := range all {
			if w >= from {
				want = append(want, w)
			}
		}
		if !slices.Equal(part, want) {
			t.Fatalf("%s from the middle: %d dates, want %d", rule, len(part), len(want))
		}
	})
}

// TestSeries holds what a file says about recurring events.
func TestSeries(t *testing.T) {
	master := func(more string) string {
		return "BEGIN:VEVENT\nUID:s\nDTSTART;TZID=Europe/Berlin:20260323T100000\nDTEND;TZID=Europe/Berlin:20260323T110000\nSUMMARY:Weekly\n" + more + "END:VEVENT\n"
	}
	change := func(more string) string { return "BEGIN:VEVENT\nUID:s\nSUMMARY:Changed\n" + more + "END:VEVENT\n" }
	weekly := master("RRULE:FREQ=WEEKLY;COUNT=4\n") // 23, 30 March (summer time), 6, 13 April
	allDay := "BEGIN:VEVENT\nUID:s\nDTSTART;VALUE=DATE:20260323\nSUMMARY:Weekly\nRRULE:FREQ=WEEKLY;COUNT=3\n"
	for _, c := range []struct{ name, text, want string }{
		{"plain", weekly, "23T0900 30T0800 06T0800 13T0800"},
		{"EXDATE list", master("RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=Europe/Berlin:20260330T100000,20260406T100000\n"), "23T0900 13T0800"},
		{"EXDATE in UTC", master("RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE:20260330T080000Z\n"), "23T0900 06T0800 13T0800"},
		{"EXDATE in another zone", master("RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=America/New_York:20260330T040000\n"), "23T0900 06T0800 13T0800"},
		{"EXDATE floating", master("RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE:20260330T100000\n"), "23T0900 06T0800 13T0800"},
		{"EXDATE as a date", master("RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;VALUE=DATE:20260330\n"), "23T0900 06T0800 13T0800"},
		{"EXDATE empty", master("RRULE:FREQ=WEEKLY;COUNT=2\nEXDATE:\n"), "23T0900 30T0800"},
		{"RDATE", master("RDATE;TZID=Europe/Berlin:20260401T120000\n"), "23T0900 01T1000"},
		{"RDATE PERIOD", master("RDATE;VALUE=PERIOD:20260401T120000Z/PT30M,20260402T120000Z/20260402T123000Z\n"), "23T0900 01T1200 02T1200"},
		{"RDATE before DTSTART", master("RDATE:20260301T120000Z\n"), "01T1200 23T0900"},
		{"RDATE twice", master("RRULE:FREQ=WEEKLY;COUNT=2\nRDATE:20260330T080000Z\n"), "23T0900 30T0800"},
		{"two rules", master("RRULE:FREQ=WEEKLY;COUNT=2\nRRULE:FREQ=DAILY;COUNT=2\n"), "23T0900 24T0900 30T0800"},
		{"EXRULE", master("RRULE:FREQ=WEEKLY;COUNT=4\nEXRULE:FREQ=WEEKLY;INTERVAL=2\n"), "30T0800 13T0800"},
		{"UNTIL in UTC", master("RRULE:FREQ=WEEKLY;UNTIL=20260406T080000Z\n"), "23T0900 30T0800 06T0800"},
		{"UNTIL just before", master("RRULE:FREQ=WEEKLY;UNTIL=20260406T075959Z\n"), "23T0900 30T0800"},
		{"UNTIL local", master("RRULE:FREQ=WEEKLY;UNTIL=20260406T100000\n"), "23T0900 30T0800 06T0800"},
		{"UNTIL date", master("RRULE:FREQ=WEEKLY;UNTIL=20260406\n"), "23T0900 30T0800 06T0800"},
		{"UNTIL before DTSTART", master("RRULE:FREQ=WEEKLY;UNTIL=20250406\n"), "23T0900"},
		{"UNTIL before DTSTART, and a second rule", master("RRULE:FREQ=WEEKLY;UNTIL=20250406\nRRULE:FREQ=DAILY;COUNT=2\n"), "23T0900 24T0900"},
		{"UNTIL time on days", allDay[:len(allDay)-len("COUNT=3\n")] + "UNTIL=20260330T000000Z\nEND:VEVENT\n", "23 30"},
		{"override", weekly + change("RECURRENCE-ID;TZID=Europe/Berlin:20260330T100000\nDTSTART;TZID=Europe/Berlin:20260331T150000\n"), "23T0900 31T1300! 06T0800 13T0800"},
		{"override first", change("RECURRENCE-ID;TZID=Europe/Berlin:20260330T100000\nDTSTART;TZID=Europe/Berlin:20260331T150000\n") + weekly, "23T0900 31T1300! 06T0800 13T0800"},
		{"override in UTC", weekly + change("RECURRENCE-ID:20260330T080000Z\nDTSTART:20260331T130000Z\n"), "23T0900 31T1300! 06T0800 13T0800"},
		{"override in another zone", weekly + change("RECURRENCE-ID;TZID=Asia/Tokyo:20260330T170000\nDTSTART:20260331T130000Z\n"), "23T0900 31T1300! 06T0800 13T0800"},
		{"override by date", weekly + change("RECURRENCE-ID;VALUE=DATE:20260330\nDTSTART:20260331T130000Z\n"), "23T0900 31T1300! 06T0800 13T0800"},
		{"override of nothing", weekly + change("RECURRENCE-ID:20260331T080000Z\nDTSTART:20260331T130000Z\n"), "23T0900 30T0800 31T1300! 06T0800 13T0800"},
		{"override without master", change("RECURRENCE-ID:20260330T080000Z\nDTSTART:20260331T130000Z\n"), "31T1300!"},
		{"two overrides of one", weekly + change("RECURRENCE-ID:20260330T080000Z\nDTSTART:20260331T130000Z\nSEQUENCE:1\n") + change("RECURRENCE-ID:20260330T080000Z\nDTSTART:20260401T130000Z\nSEQUENCE:0\n"), "23T0900 31T1300! 06T0800 13T0800"},
		{"this and future", weekly + change("RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260406T100000\nDTSTART;TZID=Europe/Berlin:20260407T120000\n"), "23T0900 30T0800 07T1000! 14T1000!"},
		{"days", allDay + "END:VEVENT\n", "23 30 06"},
		{"days, EXDATE", allDay + "EXDATE;VALUE=DATE:20260330\nEND:VEVENT\n", "23 06"},
		{"days, EXDATE as midnight", allDay + "EXDATE:20260330T000000\nEND:VEVENT\n", "23 06"},
		{"days, override", allDay + "END:VEVENT\n" + change("RECURRENCE-ID;VALUE=DATE:20260330\nDTSTART;VALUE=DATE:20260401\n"), "23 01! 06"},
		{"bad rule", master("RRULE:FREQ=SOMETIMES\n"), "23T0900"},
		{"no end", master("RRULE:FREQ=WEEKLY\n"), "23T0900 30T0800 06T0800 13T0800 20T0800 27T0800"},
	} {
		var got []string
		o := Options{Window: calendar.Window{From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)}}
		list, report := readAll([]byte("BEGIN:VCALENDAR\n"+c.text+"END:VCALENDAR\n"), o)
		slices.SortFunc(list, func(a, b calendar.Event) int { return a.Start.Compare(b.Start) })
		for _, ev := range list {
			s := ev.Start.UTC().Format("02T1504")
			if ev.AllDay {
				s = s[:2]
			}
			if ev.Summary == "Changed" {
				s += "!"
			}
			if (ev.RecurrenceID == "") != (c.name == "bad rule") {
				t.Errorf("%s: recurrence id %q", c.name, ev.RecurrenceID)
			}
			got = append(got, s)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s; %+v", c.name, got, c.want, report)
		}
		if n := report.Read + report.Dropped + len(report.Skipped); n != report.There {
			t.Errorf("%s: %d there, %d accounted for", c.name, report.There, n)
		}
	}
}
