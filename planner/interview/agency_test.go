package interview

import (
	"fmt"
	"testing"
	"time"

	"followup/calendar"
)

// TestAgencyCall holds that the talk with an agency belongs to the one application
// that comes of it, and to none of two.
func TestAgencyCall(t *testing.T) {
	start := time.Date(2026, time.November, 16, 9, 0, 0, 0, time.UTC)
	event := func(n int, summary, text string) calendar.Event {
		at := start.AddDate(0, 0, 3*n)
		return calendar.Event{
			UID: fmt.Sprint(n), Summary: summary, Description: text, Start: at, End: at.Add(time.Hour), TimeZone: "Europe/London",
			Status:    calendar.StatusConfirmed,
			Organizer: calendar.Person{Name: "Sally Brook", Email: "sally@brook-recruitment.example"},
			Attendees: []calendar.Person{{Name: "Lena Vogt", Email: "lena.vogt@post.example"}},
		}
	}
	const signature = "\n\nSally Brook\nSenior Consultant | Brook Recruitment Ltd"
	call := event(0, "Intro call with Sally Brook", "A first talk about positions that may suit you."+signature)
	one := event(1, "Interview: Data Engineer (Northwind)", "Your interview for the Data Engineer position at Northwind Ltd."+signature)
	two := event(2, "Interview: Analyst (Fabrikant)", "Your interview for the Analyst position at Fabrikant Ltd."+signature)

	got := Recognize([]calendar.Event{call, one}, Me{}, nil).Interviews
	if len(got) != 2 || got[0].Process != got[1].Process {
		t.Errorf("the call is not of the application that came of it: %+v", processes(got))
	}
	got = Recognize([]calendar.Event{call, one, two}, Me{}, nil).Interviews
	if len(got) != 3 || got[0].Process == got[1].Process || got[0].Process == got[2].Process || got[1].Process == got[2].Process {
		t.Errorf("with two applications the call is of one of them: %+v", processes(got))
	}
}

func processes(list []Interview) (out []string) {
	for _, iv := range list {
		out = append(out, iv.Event.Summary+" => "+iv.Process)
	}
	return out
}
