package ics

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"followup/calendar"
)

func zoneOrFail(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, ok := LoadZone(name)
	if !ok {
		t.Fatalf("no zone %q", name)
	}
	return loc
}

func sample(t testing.TB) calendar.Event {
	berlin := zoneOrFail(t, "Europe/Berlin")
	return calendar.Event{
		UID: "0123abc@followup", Summary: "Thank Ada, Büro; then \\ rest", Description: "Dear Ada,\n\nthank you — 谢谢 " + strings.Repeat("ü😀", 60) + "\nNina",
		Location: "Hauptstraße 1", URL: "https://jobs.example/1", Conference: "https://meet.example/x",
		Start: time.Date(2026, 3, 30, 9, 0, 0, 0, berlin), End: time.Date(2026, 3, 30, 9, 15, 0, 0, berlin), TimeZone: "Europe/Berlin",
		Status: calendar.StatusConfirmed, Sequence: 3, Transparent: true, Private: true, RelatedTo: "interview@acme.example",
		Categories: []string{"follow-up", "a,b"}, Created: time.Date(2026, 3, 1, 1, 2, 3, 0, time.UTC), Updated: time.Date(2026, 3, 2, 1, 2, 3, 0, time.UTC),
		Alarms: []time.Duration{-15 * time.Minute, 0}, Marker: calendar.Marker{Key: "0123abc", Base: "ff00", Kind: "thank_you"}, Method: "PUBLISH", Calendar: "Follow-ups",
		Attendees: []calendar.Person{{Name: `Ada "the ^" L: x`, Email: "ada@acme.example", Role: "req-participant", PartStat: "accepted", CUType: "individual"}},
	}
}

var sameEvent = cmp.Options{
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) && a.Location().String() == b.Location().String() }),
}

func TestWriteReadsBackEqual(t *testing.T) {
	allDay := sample(t)
	allDay.UID, allDay.AllDay, allDay.TimeZone = "day@followup", true, ""
	allDay.Start, allDay.End = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 5, 3, 0, 0, 0, 0, time.UTC)
	utc := sample(t)
	utc.UID, utc.TimeZone = "utc@followup", "UTC"
	utc.Start, utc.End = utc.Start.UTC(), utc.End.UTC()
	want := []calendar.Event{sample(t), allDay, utc}
	for i := range want {
		want[i].Alarms = []time.Duration{-15 * time.Minute, 0}
	}
	var buf bytes.Buffer
	if err := Write(&buf, Calendar{Name: "Follow-ups", Events: want}); err != nil {
		t.Fatal(err)
	}
	for _, l := range strings.Split(buf.String(), "\r\n") {
		if len(l) > 75 || !utf8.ValidString(l) {
			t.Errorf("line of %d octets: %q", len(l), l)
		}
	}
	got, report := readAll(buf.Bytes(), Options{})
	if !report.Complete || len(report.Skipped) > 0 || report.Name != "Follow-ups" {
		t.Errorf("report: %+v", report)
	}
	if d := cmp.Diff(want, got, sameEvent); d != "" {
		t.Errorf("not read back equal (-want +got):\n%s", d)
	}
}

func TestWriteEmpty(t *testing.T) {
	var buf bytes.Buffer
	if err := Write(&buf, Calendar{Name: "Follow-ups"}); err != nil {
		t.Fatal(err)
	}
	got, report := readAll(buf.Bytes(), Options{})
	if len(got) != 0 || !report.Complete || report.Name != "Follow-ups" {
		t.Errorf("got %v %+v", got, report)
	}
}

func TestWriteRefuses(t *testing.T) {
	for _, ev := range []calendar.Event{{Summary: "no uid", Start: time.Now()}, {UID: "no-start"}} {
		if err := Write(&bytes.Buffer{}, Calendar{Events: []calendar.Event{ev}}); err == nil {
			t.Errorf("%+v was written", ev)
		}
	}
}

// TestWriteCantInject holds every text against what could end a line, whatever
// is in it.
func TestWriteCantInject(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.SampledFrom([]rune("a\r\n\":;,\\^\x00\u2028é😀 =BEGIN:VEVENT")), 0, 80, -1)
		ev := calendar.Event{
			UID: "u" + s.Draw(t, "uid"), Summary: s.Draw(t, "summary"), Description: s.Draw(t, "description"), Location: s.Draw(t, "location"),
			URL: s.Draw(t, "url"), Start: time.Unix(1e9, 0).UTC(), End: time.Unix(1e9+60, 0).UTC(),
			Attendees: []calendar.Person{{Name: s.Draw(t, "cn"), Email: "a@b.example" + s.Draw(t, "mail")}},
		}
		var buf bytes.Buffer
		if err := Write(&buf, Calendar{Name: s.Draw(t, "name"), Events: []calendar.Event{ev}}); err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(buf.Bytes(), []byte("\nBEGIN:VEVENT")); n != 1 {
			t.Fatalf("%d events in\n%s", n, buf.Bytes())
		}
		for _, l := range strings.Split(strings.TrimSuffix(buf.String(), "\r\n"), "\r\n") {
			if len(l) > 75 || !utf8.ValidString(l) || strings.ContainsAny(l, "\r\n\x00") {
				t.Fatalf("bad line %q", l)
			}
		}
		got, _ := readAll(buf.Bytes(), Options{})
		if len(got) != 1 {
			t.Fatalf("%d events read back", len(got))
		}
	})
}

// TestWriteRoundTrip holds that any event that is written comes back the same.
func TestWriteRoundTrip(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo", "Pacific/Apia"}
	text := rapid.StringOfN(rapid.SampledFrom([]rune("ab ,;:\\\"\nüß漢😀<>=&^'-")), 0, 200, -1)
	rapid.Check(t, func(t *rapid.T) {
		var want []calendar.Event
		for i := range rapid.IntRange(0, 5).Draw(t, "events") {
			loc, _ := LoadZone(rapid.SampledFrom(zones).Draw(t, "zone"))
			start := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "start"), 0).In(loc)
			ev := calendar.Event{
				UID: string(rune('a'+i)) + "@followup", Start: start, End: start.Add(time.Duration(rapid.IntRange(0, 1e6).Draw(t, "length")) * time.Second), TimeZone: loc.String(),
				Summary: strings.TrimSpace(text.Draw(t, "summary")), Description: text.Draw(t, "description"), Location: strings.TrimSpace(text.Draw(t, "location")),
				Status:   rapid.SampledFrom([]calendar.Status{calendar.StatusConfirmed, calendar.StatusCancelled, calendar.StatusTentative}).Draw(t, "status"),
				Sequence: rapid.IntRange(0, 1e6).Draw(t, "sequence"), Updated: time.Unix(rapid.Int64Range(1, 4e9).Draw(t, "updated"), 0).UTC(),
				Marker: calendar.Marker{Key: "k", Base: "b", Kind: "card"}, Method: "PUBLISH",
				Alarms: slices.Sorted(slices.Values(rapid.SliceOfNDistinct(rapid.SampledFrom([]time.Duration{0, -time.Minute, -25 * time.Hour, 14 * 24 * time.Hour, 61 * time.Second}), 0, 3, rapid.ID[time.Duration]).Draw(t, "alarms"))),
			}
			if rapid.IntRange(0, 3).Draw(t, "all day") == 0 {
				ev.AllDay, ev.TimeZone = true, ""
				ev.Start = time.Unix(start.Unix()/day*day, 0).UTC()
				ev.End = ev.Start.AddDate(0, 0, rapid.IntRange(1, 40).Draw(t, "days"))
			}
			if wall := wallOf(ev.Start); !ev.AllDay && (!instant(wall, loc).Equal(ev.Start) || !instant(wallOf(ev.End), loc).Equal(ev.End)) {
				continue // the second of two equal times of the clock: iCalendar can't say which
			}
			want = append(want, ev)
		}
		var buf bytes.Buffer
		if err := Write(&buf, Calendar{Events: want}); err != nil {
			t.Fatal(err)
		}
		got, report := readAll(buf.Bytes(), Options{})
		if d := cmp.Diff(want, got, sameEvent); d != "" || !report.Complete {
			t.Fatalf("%+v (-want +got):\n%s\n%s", report, d, buf.Bytes())
		}
	})
}
