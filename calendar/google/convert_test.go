package google

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	api "google.golang.org/api/calendar/v3"
	"pgregory.net/rapid"

	"followup/calendar"
)

func decode(t testing.TB, s string) *api.Event {
	t.Helper()
	var e api.Event
	if err := json.Unmarshal([]byte(s), &e); err != nil {
		t.Fatal(err)
	}
	return &e
}

func TestConvertInvitation(t *testing.T) {
	berlin, _ := time.LoadLocation("Europe/Berlin")
	l := listing{name: "Nina", zone: berlin, source: "personal"}
	got, err := l.event(decode(t, `{
		"id":"abc123","iCalUID":"XYZ@contoso.example","status":"tentative","htmlLink":"https://www.google.com/calendar/event?eid=x",
		"summary":"Interview with Contoso","description":"<p>Hi <b>Nina</b>,</p><p>see <a href=\"https://meet.example/r\">the room</a> &amp; bring ID</p>","location":"Köln",
		"created":"2026-11-01T10:00:00.000Z","updated":"2026-11-02T11:30:00.123Z","sequence":2,"eventType":"fromGmail","visibility":"private","transparency":"transparent",
		"creator":{"email":"Nina@Vogt.example","self":true},
		"organizer":{"email":"ANA@contoso.example","displayName":" Ana Ruiz "},
		"attendees":[{"email":"nina@vogt.example","self":true,"responseStatus":"declined"},{"email":"bo@contoso.example","displayName":"Bo","responseStatus":"needsAction","optional":true},
			{"email":"room@resource.calendar.google.com","resource":true,"responseStatus":"accepted"},null],
		"hangoutLink":"https://meet.google.com/old",
		"conferenceData":{"entryPoints":[{"entryPointType":"phone","uri":"tel:+49"},{"entryPointType":"video","uri":"https://zoom.example/j/1"}]},
		"start":{"dateTime":"2026-11-26T10:00:00+01:00","timeZone":"America/New_York"},"end":{"dateTime":"2026-11-26T11:00:00+01:00","timeZone":"Europe/Berlin"},
		"reminders":{"useDefault":false,"overrides":[{"method":"email","minutes":60},{"method":"popup","minutes":10},{"method":"popup","minutes":10}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"source": "personal", "uid": "XYZ@contoso.example", "status": "tentative", "summary": "Interview with Contoso",
		"text": "Hi Nina,\nsee the room <https://meet.example/r> & bring ID", "conference": "https://zoom.example/j/1",
		"organizer": "Ana Ruiz ana@contoso.example", "creator": "nina@vogt.example true", "calendar": "Nina", "type": "fromGmail",
		"start": "2026-11-26T04:00:00-05:00 America/New_York", "end": "2026-11-26T11:00:00+01:00", "alarms": "[-1h0m0s -10m0s]",
		"updated": "2026-11-02T11:30:00.123Z", "flags": "true true 2",
		"guests": "nina@vogt.example declined self; bo@contoso.example needs-action optional; room@resource.calendar.google.com accepted thing; ",
	}
	guests := ""
	for _, p := range got.Attendees {
		guests += p.Email + " " + string(p.PartStat)
		for word, is := range map[string]bool{" self": p.Self, " optional": p.Optional(), " thing": p.Thing()} {
			if is {
				guests += word
			}
		}
		guests += "; "
	}
	have := map[string]string{
		"source": got.Source, "uid": got.UID, "status": string(got.Status), "summary": got.Summary, "text": strings.TrimSpace(got.Description),
		"conference": got.Conference, "organizer": got.Organizer.Name + " " + got.Organizer.Email, "creator": fmt.Sprint(got.Creator.Email, " ", got.Creator.Self),
		"calendar": got.Calendar, "type": got.EventType, "start": got.Start.Format(time.RFC3339) + " " + got.TimeZone, "end": got.End.Format(time.RFC3339),
		"alarms": fmt.Sprint(got.Alarms), "updated": got.Updated.Format(time.RFC3339Nano), "flags": fmt.Sprint(got.Private, got.Transparent, got.Sequence), "guests": guests,
	}
	have["flags"] = fmt.Sprintf("%v %v %d", got.Private, got.Transparent, got.Sequence)
	for k, w := range want {
		if have[k] != w {
			t.Errorf("%s is %q, want %q", k, have[k], w)
		}
	}
}

// originalStartTime may come in UTC, in a zone or as a date: the same instance has
// one id.
func TestRecurrenceID(t *testing.T) {
	for s, want := range map[string]string{
		`{"dateTime":"2026-11-23T15:00:00Z"}`:                                 "20261123T150000Z",
		`{"dateTime":"2026-11-23T16:00:00+01:00","timeZone":"Europe/Berlin"}`: "20261123T150000Z",
		`{"dateTime":"2026-11-23T16:00:00","timeZone":"Europe/Berlin"}`:       "20261123T150000Z",
		`{"date":"2026-11-23"}`:                                               "20261123",
		`{}`:                                                                  "",
	} {
		var e api.EventDateTime
		if err := json.Unmarshal([]byte(s), &e); err != nil {
			t.Fatal(err)
		}
		if got := recurrenceID(&e); got != want {
			t.Errorf("%s: %q, want %q", s, got, want)
		}
	}
	if got := recurrenceID(nil); got != "" {
		t.Errorf("nil: %q", got)
	}
}

func TestReminderStates(t *testing.T) {
	l := listing{defaults: []*api.EventReminder{{Method: "popup", Minutes: 10}}}
	for s, want := range map[string]string{
		`{}`:                                 "[]",
		`{"reminders":{"useDefault":true}}`:  "[-10m0s]",
		`{"reminders":{"useDefault":false}}`: "[]",
		`{"reminders":{"overrides":[null]}}`: "[]",
		`{"reminders":{"overrides":[{"method":"popup","minutes":0},{"method":"popup","minutes":90}]}}`: "[-1h30m0s 0s]",
	} {
		if got := fmt.Sprint(l.alarms(decode(t, s).Reminders)); got != want {
			t.Errorf("%s: %s, want %s", s, got, want)
		}
	}
}

// Any event of the API, whatever is missing of it, is read or refused, never a
// panic.
func TestConvertNeverPanics(t *testing.T) {
	parts := []string{
		`"id":"abc"`, `"status":"cancelled"`, `"start":{}`, `"start":{"date":"2026-11-26"}`, `"start":{"dateTime":"x"}`, `"start":{"dateTime":"2026-11-26T10:00:00","timeZone":"Nowhere"}`,
		`"end":{"date":"2026-11-27"}`, `"end":null`, `"endTimeUnspecified":true`, `"organizer":null`, `"attendees":[null,{}]`, `"reminders":{}`, `"conferenceData":{"entryPoints":[null,{}]}`,
		`"recurringEventId":"x"`, `"originalStartTime":{}`, `"extendedProperties":{}`, `"extendedProperties":{"private":{"followup-key":"abc"}}`, `"recurrence":["RRULE:FREQ=DAILY"]`,
	}
	rapid.Check(t, func(t *rapid.T) {
		chosen := rapid.SliceOfDistinct(rapid.SampledFrom(parts), rapid.ID[string]).Draw(t, "parts")
		keys := map[string]bool{}
		chosen = slices.DeleteFunc(chosen, func(p string) bool {
			k, _, _ := strings.Cut(p, ":")
			dup := keys[k]
			keys[k] = true
			return dup
		})
		var e api.Event
		if err := json.Unmarshal([]byte("{"+strings.Join(chosen, ",")+"}"), &e); err != nil {
			t.Fatal(err)
		}
		var l listing
		if ev, err := l.event(&e); err == nil && ev.Start.IsZero() {
			t.Errorf("read without a start: %+v", ev)
		}
		goneOf(&e)
	})
}

// What is written reads back the same, through JSON and in any zone.
func TestWrittenReadsBack(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Local", ""}
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(strings.TrimPrefix(rapid.SampledFrom(zones).Draw(t, "zone"), "Local"))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Unix(rapid.Int64Range(28e6, 31e6).Draw(t, "minute")*60, 0).In(loc)
		e := calendar.Event{
			UID: "0123456789abcdef", Summary: rapid.String().Draw(t, "title"), Description: rapid.String().Draw(t, "text"), Location: rapid.String().Draw(t, "place"),
			Start: start, End: start.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "length")) * time.Minute), TimeZone: loc.String(),
			AllDay: rapid.Bool().Draw(t, "all-day"),
		}
		for _, m := range rapid.SliceOfNDistinct(rapid.IntRange(0, maxMinutes), 0, maxReminders, rapid.ID[int]).Draw(t, "alarms") {
			e.Alarms = append(e.Alarms, -time.Duration(m)*time.Minute)
		}
		if e.AllDay {
			e.Start = time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, time.UTC)
			e.End = e.Start.AddDate(0, 0, 1)
		}
		data, err := json.Marshal(newEvent(e))
		if err != nil {
			t.Fatal(err)
		}
		var back api.Event
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		var l listing
		got, err := l.event(&back)
		if err != nil {
			t.Fatal(err)
		}
		if d := calendar.FieldsOf(got).Diff(calendar.FieldsOf(e)); len(d) > 0 {
			t.Errorf("%v differ:\n%v\n%v\n%s", d, calendar.FieldsOf(got), calendar.FieldsOf(e), data)
		}
	})
}
