package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestInterviewsOfEndlessSeries holds that a calendar of interviews that recur
// every second is no more to look at than their days, and that --all still tells
// every one of them.
func TestInterviewsOfEndlessSeries(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
	for i := range 3 {
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:%d\r\nDTSTART:20261103T100000Z\r\nDTEND:20261103T110000Z\r\nSUMMARY:Interview with Nimbus\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n", i)
	}
	b.WriteString("END:VCALENDAR\r\n")
	for _, all := range []bool{false, true} {
		a := &app{in: strings.NewReader(b.String()), out: &strings.Builder{}, errOut: &strings.Builder{}, format: "json", now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
		result, _, err := a.recognize(t.Context(), []string{"-"}, all)
		if err != nil {
			t.Fatal(err)
		}
		got, want := len(result.Interviews)+len(result.Others), 3*seriesADay
		if all {
			want = 3 * 500
		}
		if got != want {
			t.Errorf("--all %v: %d events were looked at, want %d", all, got, want)
		}
	}
}
