package interview

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"followup/calendar"
)

// TestNotes recognises calendars of one language that have nothing but titles.
func TestNotes(t *testing.T) {
	data, err := os.ReadFile("testdata/notes.txt")
	if err != nil {
		t.Fatal(err)
	}
	var s scores
	for _, block := range strings.Split(string(data), "## ")[1:] {
		_, lines, _ := strings.Cut(block, "\n")
		c := calendarOf{name: nina.Name, email: nina.Emails[0]}
		for i, line := range strings.Split(lines, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				c.events = append(c.events, labelled{event: event(fmt.Sprint("n", i), line[2:], 3, 10), yes: line[0] == '+', where: "notes.txt"})
			}
		}
		s.add(c, nil)
	}
	for _, m := range s.misses {
		t.Log(m)
	}
	t.Log(s.String())
	if p, r := s.precision(), s.recall(); p < 0.95 || r < 0.93 {
		t.Errorf("precision %.3f, recall %.3f: want 0.95 and 0.93", p, r)
	}
}

// TestTitlesAlone recognises single events without anything but a title. They are
// the hardest: in a calendar, guests and texts speak as well.
func TestTitlesAlone(t *testing.T) {
	data, err := os.ReadFile("testdata/titles.txt")
	if err != nil {
		t.Fatal(err)
	}
	wrong, all := 0, 0
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		title := line[2:]
		iv := one(t, Recognize([]calendar.Event{event("x", title, 3, 10)}, nina, nil), "x")
		all++
		if (iv.Decision == Yes) != (line[0] == '+') {
			wrong++
			t.Logf("%s %q: %s %s", line[:1], title, iv.Decision, briefly(iv.Evidence, iv.Reason))
		}
	}
	t.Logf("%d of %d titles read right", all-wrong, all)
	if wrong*50 > all {
		t.Errorf("%d of %d titles are read wrongly", wrong, all)
	}
}

// A piece of a title of which no word is known is a position only where it looks
// like one and no other event of the application names a certain one: a draft
// that speaks of "the hall C role" is worse than one that names none.
func TestLooseRoles(t *testing.T) {
	tests := []struct {
		titles []string
		want   string
	}{
		{[]string{"Interview: Northwind - hall C"}, ""},
		{[]string{"Interview Northwind (everybody else)"}, ""},
		{[]string{"Interview - Northwind - Spaghettification"}, ""},
		{[]string{"Interview - Northwind - Loom Whispering"}, "Loom Whispering"},
		{[]string{"Interview - Northwind - Loom Whispering", "Interview with Northwind: Data Analyst"}, "Data Analyst"},
	}
	for _, tt := range tests {
		var events []calendar.Event
		for i, title := range tt.titles {
			events = append(events, event(fmt.Sprint("x", i), title, 3+i, 10))
		}
		if iv := one(t, Recognize(events, nina, nil), "x0"); iv.Role != tt.want {
			t.Errorf("%q: role %q, want %q (company %q)", tt.titles, iv.Role, tt.want, iv.Company)
		}
	}
}
