package interview

import (
	"maps"
	"slices"
	"time"

	"followup/calendar"
)

// homeZone is the zone that the user lives in as far as the calendars tell: the
// one that most of their events' calendars are set to, else the one that most
// events are set in. nil when nothing tells: an event in UTC says where its
// maker's program is, not where the user is.
func homeZone(all []calendar.Event) *time.Location {
	calendars, events := map[string]int{}, map[string]int{}
	for i := range all {
		e := &all[i]
		if z := e.CalendarZone; z != "" && z != "UTC" {
			calendars[z]++
		}
		if z := e.TimeZone; z != "" && z != "UTC" && !e.Floating && !e.AllDay {
			events[z]++
		}
	}
	for _, count := range []map[string]int{calendars, events} {
		for _, z := range byCount(count) {
			if loc, err := time.LoadLocation(z); err == nil && loc != time.UTC && loc != time.Local {
				return loc
			}
		}
	}
	return nil
}

// local puts an event that is given as an instant on the user's clock: its day,
// and so what "by Friday" in it means, is theirs.
func local(e calendar.Event, home *time.Location) calendar.Event {
	if home != nil && e.TimeZone == "UTC" && !e.AllDay {
		e.Start, e.End = e.Start.In(home), e.End.In(home)
	}
	return e
}

// byCount lists the keys, most counted first, by name where counts are equal.
func byCount(count map[string]int) []string {
	return slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		if a < b {
			return -1
		}
		return 1
	})
}
