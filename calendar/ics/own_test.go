package ics

import (
	"strings"
	"testing"

	"followup/calendar"
)

// What we wrote ourselves is plain text, also where it looks like HTML; from
// everybody else known tags are taken out.
func TestOwnTextIsPlain(t *testing.T) {
	const event = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261126T090000Z\r\nDESCRIPTION:we spoke of <b>bold</b> & &amp; entities\r\n%\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	for extra, want := range map[string]string{
		"X-FOLLOWUP-KEY:a": "we spoke of <b>bold</b> & &amp; entities",
		"X-OTHER:a":        "we spoke of bold & & entities",
	} {
		var got string
		_, err := Read(strings.NewReader(strings.Replace(event, "%", extra, 1)), Options{}, func(e calendar.Event) error {
			got = e.Description
			return nil
		})
		if err != nil || got != want {
			t.Errorf("with %s: %q, %v; want %q", extra, got, err, want)
		}
	}
}
