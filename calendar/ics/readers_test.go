package ics

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"followup/calendar"
)

// readersDir is where .ci/check-readers wants what it shows to other people's
// readers: calendars, and what is in them.
var readersDir = flag.String("readers", "", "write calendars and their content for other readers to this folder")

// TestForOtherReaders writes what .ci/check-readers compares. Without the flag it
// only holds that it can be written.
func TestForOtherReaders(t *testing.T) {
	for name, events := range map[string][]calendar.Event{"empty": nil, "many": readersEvents(t)} {
		var text, content bytes.Buffer
		if err := Write(&text, Calendar{Name: "Follow-ups, “all”; of them", Description: "Line\nbreak", TimeZone: "Europe/Berlin", Color: "teal",
			URL: "https://followup.example/f.ics", Events: events}); err != nil {
			t.Fatal(err)
		}
		enc := json.NewEncoder(&content)
		enc.SetEscapeHTML(false)
		for _, e := range events {
			if err := enc.Encode(readersView(e)); err != nil {
				t.Fatal(err)
			}
		}
		if *readersDir == "" {
			continue
		}
		for file, b := range map[string][]byte{name + ".ics": text.Bytes(), name + ".jsonl": content.Bytes()} {
			if err := os.WriteFile(filepath.Join(*readersDir, file), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// readersView is what of an event the readers are asked for.
func readersView(e calendar.Event) map[string]any {
	when := func(t time.Time) string {
		switch {
		case e.AllDay:
			return t.Format("2006-01-02")
		case e.Floating:
			return t.Format("2006-01-02T15:04:05")
		}
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}
	return map[string]any{
		"uid": e.UID, "start": when(e.Start), "end": when(e.End), "summary": e.Summary, "description": e.Description, "location": e.Location,
		"alarms": len(e.Alarms), "key": e.Marker.Key,
	}
}

// readersEvents are events of every kind that is written, in zones of every kind.
func readersEvents(t testing.TB) []calendar.Event {
	var out []calendar.Event
	add := func(change func(*calendar.Event)) {
		e := sample(t)
		e.Attendees = nil
		change(&e)
		e.UID = "e" + string(rune('a'+len(out))) + "@followup"
		out = append(out, e)
	}
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo", "Asia/Jerusalem", "Europe/Dublin", "Pacific/Apia"} {
		loc := zoneOrFail(t, zone)
		for _, month := range []time.Month{1, 7} {
			add(func(e *calendar.Event) {
				e.Start = time.Date(2026, month, 15, 9, 30, 0, 0, loc)
				e.End = e.Start.Add(15 * time.Minute)
			})
		}
	}
	add(func(e *calendar.Event) { e.Start, e.End = e.Start.UTC(), e.End.UTC() })
	add(func(e *calendar.Event) {
		e.AllDay = true
		e.Start, e.End = time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)
	})
	add(func(e *calendar.Event) {
		e.Floating = true
		e.Start, e.End = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	})
	add(func(e *calendar.Event) { e.Status = calendar.StatusCancelled; e.Alarms = nil })
	add(func(e *calendar.Event) {
		e.Summary = `a:b;c,d\e "f" ^g` + "\t|"
		e.Description = "BEGIN:VEVENT\nEND:VCALENDAR\n\n  indented\n日本語のとても長い行" + string(bytes.Repeat([]byte("長い"), 60)) + "\nend"
		e.Location = "Büro 3, \\server\\x; " + string(bytes.Repeat([]byte("x"), 200))
	})
	add(func(e *calendar.Event) {
		e.Organizer = calendar.Person{Name: `Ada "the ^" L: x`, Email: "ada@acme.example"}
		e.Attendees = []calendar.Person{{Name: "Bob; B, C", Email: "bob@acme.example", PartStat: calendar.PartStatAccepted, Role: "opt-participant", CUType: "individual"}}
	})
	return out
}
