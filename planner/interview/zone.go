package interview

import (
	"maps"
	"slices"
	"time"
)

// homeZone is the zone that the user lives in as far as the calendars tell: the
// one that most of their events' calendars are set to, else the one that most
// events are set in. nil when nothing tells: an event in UTC says where its
// maker's program is, not where the user is.
func homeZone(all []*Interview) *time.Location {
	calendars, events := map[string]int{}, map[string]int{}
	for _, iv := range all {
		if z := iv.Event.CalendarZone; z != "" && z != "UTC" {
			calendars[z]++
		}
		if z := iv.Event.TimeZone; z != "" && z != "UTC" && !iv.Event.Floating && !iv.Event.AllDay {
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
