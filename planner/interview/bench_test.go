package interview

import (
	"fmt"
	"testing"
	"time"

	"followup/calendar"
)

// recruiterEvents is the calendar of somebody who has to do with interviews all
// day: n events over ten years, nearly all of which pass the prefilter.
func recruiterEvents(n int) []calendar.Event {
	titles := []string{"Interview with %s", "Hiring sync: %s", "%s <> Nina: technical interview", "Phone screen - %s", "Debrief %s interview", "Updated: interview with %s"}
	companies := []string{"Nimbus", "Orchard Systems", "Globex", "Initech", "Umbra Labs", "Kestrel", "Larkspur", "Tidewater", "Foxglove", "Quillstone"}
	events := make([]calendar.Event, n)
	for i := range events {
		company := companies[i/7%len(companies)]
		start := time.Date(2016, 1, 4, 8+i%9, 0, 0, 0, time.UTC).AddDate(0, 0, i*3650/n)
		e := calendar.Event{
			UID: fmt.Sprintf("%d@nimbus.example", i), Start: start, End: start.Add(45 * time.Minute), Status: calendar.StatusConfirmed,
			Summary:     fmt.Sprintf(titles[i%len(titles)], company),
			Description: "Hi Nina, looking forward to your interview for the role of Data Engineer. Please have your laptop ready.\nBest regards\nBea",
			Organizer:   person("Bea Quinn", fmt.Sprintf("bea.quinn@%s.example", compact(company))),
		}
		e.Attendees = []calendar.Person{person("Nina Okafor", "nina@mail.example"), person(fmt.Sprintf("Guest Number%d", i%500), fmt.Sprintf("guest%d@%s.example", i%500, compact(company)))}
		events[i] = e
	}
	return events
}

// BenchmarkRecognizeMany shows that the time grows with the number of events, not
// faster: compare the times an event.
func BenchmarkRecognizeMany(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			events := recruiterEvents(n)
			for b.Loop() {
				Recognize(events, Me{}, nil)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/event")
		})
	}
}
