package interview

import (
	"testing"

	"followup/calendar"
)

func TestHomeZone(t *testing.T) {
	for _, c := range []struct {
		name   string
		events []calendar.Event
		want   string
	}{
		{"the calendar's own zone beats the events'", []calendar.Event{
			{TimeZone: "UTC", CalendarZone: "America/Los_Angeles"}, {TimeZone: "Europe/Berlin", CalendarZone: "America/Los_Angeles"}}, "America/Los_Angeles"},
		{"most events", []calendar.Event{{TimeZone: "Europe/Berlin"}, {TimeZone: "Europe/Paris"}, {TimeZone: "Europe/Paris"}}, "Europe/Paris"},
		{"a name nobody knows is passed over", []calendar.Event{{TimeZone: "Custom 1"}, {TimeZone: "Custom 1"}, {TimeZone: "Asia/Tokyo"}}, "Asia/Tokyo"},
		{"all-day and floating events tell nothing", []calendar.Event{{TimeZone: "Asia/Tokyo", Floating: true}, {TimeZone: "Asia/Tokyo", AllDay: true}}, ""},
		{"instants tell nothing", []calendar.Event{{TimeZone: "UTC"}}, ""},
	} {
		got := Recognize(c.events, Me{}, nil).Me.Location
		if name := ""; got != nil && got.String() != c.want || got == nil && c.want != name {
			t.Errorf("%s: got %v, want %q", c.name, got, c.want)
		}
	}
}
