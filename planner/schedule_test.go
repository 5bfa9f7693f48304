package planner

import (
	"testing"
	"time"
)

func testSchedule(t testing.TB, loc *time.Location, hours, country string) schedule {
	t.Helper()
	h, err := ParseHours(hours)
	if err != nil {
		t.Fatal(err)
	}
	holidays, err := holidaysOf(country)
	if err != nil {
		t.Fatal(err)
	}
	s := schedule{loc: loc, hours: h, holidays: holidays}
	s.weekend[time.Saturday], s.weekend[time.Sunday] = true, true
	return s
}

const wall = "2006-01-02 15:04 -0700"

func TestAdd(t *testing.T) {
	for _, c := range []struct{ zone, country, from, delay, want, why string }{
		{"Europe/Berlin", "", "2026-03-28 15:00", "24h", "2026-03-29 16:00 +0200", "24 hours by the clock over the lost hour"},
		{"Europe/Berlin", "", "2026-03-28 15:00", "1d", "2026-03-29 15:00 +0200", "a day keeps the time on the wall"},
		{"Europe/Berlin", "", "2026-10-24 15:00", "24h", "2026-10-25 14:00 +0100", "24 hours by the clock over the hour won"},
		{"Europe/Berlin", "", "2026-10-24 15:00", "7d", "2026-10-31 15:00 +0100", "a week over the hour won"},
		{"Europe/Berlin", "", "2026-03-28 02:30", "1d", "2026-03-29 03:00 +0200", "a time that the day does not have is the first after the gap"},
		{"America/New_York", "", "2026-03-01 15:00", "7d", "2026-03-08 15:00 -0400", "the week in which the US go over to summer time"},
		{"America/New_York", "", "2026-11-20 15:00", "2bd", "2026-11-24 15:00 -0500", "a weekend does not count"},
		{"America/New_York", "us", "2026-11-25 15:00", "1bd", "2026-11-27 15:00 -0500", "Thanksgiving does not count"},
		{"Europe/Berlin", "de", "2026-12-24 12:00", "1bd", "2026-12-28 12:00 +0100", "Christmas and the weekend do not count"},
		{"Europe/Berlin", "", "2026-12-24 12:00", "1bd", "2026-12-25 12:00 +0100", "without a country there are no holidays"},
		{"Europe/Berlin", "de", "2026-12-30 12:00", "2bd", "2027-01-04 12:00 +0100", "over the year's end: New Year is a Friday"},
		{"Europe/Berlin", "de-by", "2027-01-05 12:00", "1bd", "2027-01-07 12:00 +0100", "Epiphany in Bavaria"},
		{"Europe/Berlin", "de", "2027-01-05 12:00", "1bd", "2027-01-06 12:00 +0100", "and not in all of Germany"},
		{"America/New_York", "us", "2027-07-02 12:00", "1bd", "2027-07-06 12:00 -0400", "Independence Day on a Sunday is kept on Monday"},
		{"America/New_York", "us", "2027-12-30 12:00", "1bd", "2028-01-03 12:00 -0500", "New Year on a Saturday is kept on Friday, in the year before"},
		{"Europe/London", "uk", "2027-03-25 12:00", "1bd", "2027-03-30 12:00 +0100", "Good Friday and Easter Monday"},
		{"Australia/Sydney", "au", "2027-01-25 12:00", "1bd", "2027-01-27 12:00 +1100", "Australia Day"},
		{"UTC", "", "2026-11-21 12:00", "0bd", "2026-11-23 12:00 +0000", "0bd on a Saturday is Monday"},
		{"UTC", "", "2026-11-20 12:00", "0bd", "2026-11-20 12:00 +0000", "0bd on a business day is the same"},
		{"UTC", "", "2028-02-28 12:00", "1d", "2028-02-29 12:00 +0000", "a leap day"},
		{"Pacific/Apia", "", "2011-12-29 12:00", "1d", "2011-12-31 00:00 +1400", "a day that the zone skipped"},
	} {
		loc := zone(t, c.zone)
		d, err := ParseDelay(c.delay)
		if err != nil {
			t.Fatal(err)
		}
		got := testSchedule(t, loc, "09:00-18:00", c.country).add(when(t, c.from, loc), d).Format(wall)
		if got != c.want {
			t.Errorf("%s: %s %s + %s = %s, want %s", c.why, c.zone, c.from, c.delay, got, c.want)
		}
	}
}

func TestNext(t *testing.T) {
	for _, c := range []struct {
		hours, from string
		business    bool
		want        string
	}{
		{"09:00-18:00", "2026-11-24 15:00", true, "2026-11-24 15:00 +0100"},
		{"09:00-18:00", "2026-11-24 07:00", true, "2026-11-24 09:00 +0100"},
		{"09:00-18:00", "2026-11-24 17:45", true, "2026-11-24 17:45 +0100"},
		{"09:00-18:00", "2026-11-24 17:50", true, "2026-11-25 09:00 +0100"},
		{"09:00-18:00", "2026-11-27 18:00", true, "2026-11-30 09:00 +0100"},
		{"09:00-18:00", "2026-11-27 18:00", false, "2026-11-28 09:00 +0100"},
		{"22:00-06:00", "2026-11-24 03:00", true, "2026-11-24 03:00 +0100"},
		{"22:00-06:00", "2026-11-24 12:00", true, "2026-11-24 22:00 +0100"},
		{"22:00-06:00", "2026-11-28 03:00", true, "2026-11-28 03:00 +0100"}, // Friday's night shift
		{"22:00-06:00", "2026-11-29 03:00", true, "2026-11-30 22:00 +0100"}, // Saturday's
		{"00:00-24:00", "2026-11-24 23:50", true, "2026-11-25 00:00 +0100"},
		{"02:15-02:45", "2027-03-28 01:00", false, "2027-03-29 02:15 +0200"}, // in the gap there is no room
	} {
		loc := zone(t, "Europe/Berlin")
		s := testSchedule(t, loc, c.hours, "")
		got := s.next(when(t, c.from, loc), 15*time.Minute, c.business).Format(wall)
		if got != c.want {
			t.Errorf("%s, next after %s (business %v) = %s, want %s", c.hours, c.from, c.business, got, c.want)
		}
	}
}

func TestCountriesHaveHolidays(t *testing.T) {
	if n := len(Countries()); n < 40 {
		t.Errorf("only %d countries", n)
	}
	for _, code := range Countries() {
		s := testSchedule(t, time.UTC, "09:00-18:00", code)
		free := 0
		for d := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == 2027; d = d.AddDate(0, 0, 1) {
			if !s.weekend[d.Weekday()] && !s.business(d) {
				free++
			}
		}
		if free < 3 || free > 25 {
			t.Errorf("%s: %d free working days in 2027", code, free)
		}
	}
}

// TestOnWall holds for every day of some years that the instant shows the wanted
// time or, where the clock is put forward over it, is the first one after that:
// in zones that skipped a whole day, that change at midnight or by half an hour,
// and long after the last change that their tables list.
func TestOnWall(t *testing.T) {
	wall := func(at time.Time) time.Time { return dayOf(at).Add(clockOf(at)) }
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Pacific/Kwajalein", "Australia/Lord_Howe",
		"America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "America/Havana", "Antarctica/Troll", "Africa/Casablanca", "Asia/Pyongyang"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, year := range []int{1993, 2011, 2015, 2018, 2026, 2037, 2038, 2087, 2150, 2400} {
			for date := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); date.Year() == year; date = date.AddDate(0, 0, 1) {
				for _, clock := range []time.Duration{0, 30 * time.Minute, 2*time.Hour + 15*time.Minute, 9 * time.Hour, day} {
					wanted := date.Add(clock)
					got := onWall(date, clock, loc)
					if w := wall(got); w.Before(wanted) || w.After(wanted) && !wall(got.Add(-time.Second)).Before(wanted) {
						t.Errorf("%s: %v became %v, a second before it is %v", name, wanted, got, got.Add(-time.Second))
					}
				}
			}
		}
	}
}
