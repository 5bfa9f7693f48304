package interview

import (
	"testing"
	"time"

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

// TestLoopOverMidnightUTC holds that the slots of one afternoon are one loop,
// though midnight in UTC lies between them.
func TestLoopOverMidnightUTC(t *testing.T) {
	slot := func(uid, start string) calendar.Event {
		at, err := time.Parse(time.RFC3339, start)
		if err != nil {
			t.Fatal(err)
		}
		return calendar.Event{
			UID: uid, Summary: "Interview with Northwind - Data Engineer", Start: at, End: at.Add(45 * time.Minute), TimeZone: "UTC",
			CalendarZone: "America/Los_Angeles", Status: calendar.StatusConfirmed,
			Organizer: calendar.Person{Name: "Dana Reyes", Email: "dana@northwind.example"},
			Attendees: []calendar.Person{{Name: "Maya Okafor", Email: "maya@okafor.example"}},
		}
	}
	got := Recognize([]calendar.Event{slot("1", "2026-11-23T23:00:00Z"), slot("2", "2026-11-24T00:15:00Z")}, Me{}, nil).Interviews
	if len(got) != 2 || got[0].Loop == "" || got[0].Loop != got[1].Loop {
		t.Fatalf("two slots of one afternoon are no loop: %+v", got)
	}
	if day := got[1].Event.Start.Format("2006-01-02"); day != "2026-11-23" {
		t.Errorf("the second slot is on %s, the user's clock says 2026-11-23", day)
	}
}
