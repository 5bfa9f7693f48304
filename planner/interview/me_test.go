package interview

import (
	"testing"
	"time"

	"followup/calendar"
)

// TestFirstInterview holds that one invitation is enough to tell who is invited:
// nobody is asked to thank themselves.
func TestFirstInterview(t *testing.T) {
	person := func(name, email string) calendar.Person { return calendar.Person{Name: name, Email: email} }
	start := time.Date(2026, time.November, 24, 13, 0, 0, 0, time.UTC)
	e := calendar.Event{
		UID: "1", Summary: "Interview with Northwind - Data Engineer", Start: start, End: start.Add(time.Hour),
		TimeZone: "Europe/Berlin", Status: calendar.StatusConfirmed,
		Description: "Your interview for the Data Engineer position. You will be meeting with Ana Ruiz and Ben Okafor.",
		Organizer:   person("Dana Reyes", "dana.reyes@northwind.example"),
		Attendees: []calendar.Person{
			person("Nina Vogt", "nina@vogt.example"), person("Ana Ruiz", "ana.ruiz@northwind.example"),
			person("Ben Okafor", "ben.okafor@northwind.example"),
		},
	}
	r := Recognize([]calendar.Event{e}, Me{}, nil)
	if len(r.Me.Emails) != 1 || r.Me.Emails[0] != "nina@vogt.example" {
		t.Fatalf("the user is %v", r.Me.Emails)
	}
	for _, p := range r.Interviews[0].Interviewers {
		if p.Email == "nina@vogt.example" {
			t.Error("the user is among the interviewers")
		}
	}
}
