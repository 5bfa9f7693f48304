package interview

import (
	"os"
	"strings"
	"testing"

	"followup/calendar"
)

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
