package calendartest

import (
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"testing"
)

// Google's own JavaScript client finds nothing amiss. .ci/check-google installs it
// and runs this.
func TestIndependentGoogleClient(t *testing.T) {
	script := os.Getenv("FOLLOWUP_GOOGLE_CLIENT")
	if script == "" {
		t.Skip("run .ci/check-google, which installs the client")
	}
	g, err := NewGoogle()
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	out, err := exec.Command("node", script, g.URL, GoogleClientID, GoogleClientSecret).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("the client ended with %v", err)
	}
	for _, v := range g.Violations() {
		t.Errorf("against the documentation: %s", v)
	}
}

// The discovery document knows what the fake refuses.
func TestGoogleChecksAgainstDiscovery(t *testing.T) {
	d, err := loadDiscovery()
	if err != nil {
		t.Fatal(err)
	}
	list, args := d.find("GET", "/calendar/v3/calendars/a%2Fb/events")
	if list == nil || list.ID != "calendar.events.list" || args["calendarId"] != "a%2Fb" {
		t.Fatalf("found %+v, %v", list, args)
	}
	if m, _ := d.find("GET", "/calendar/calendars/x/events"); m != nil {
		t.Errorf("the path without v3 is %s", m.ID)
	}
	queries := map[string]int{"maxResults=0": 1, "maxResults=2500": 0, "singleEvents=yes": 1, "nonsense=1": 1, "eventTypes=fromGmail&eventTypes=default": 0, "eventTypes=x": 1, "timeMin=2026-11-24": 1, "calendarId=x": 1, "q=a&q=b": 1, "alt=json&prettyPrint=false": 0}
	for q, want := range queries {
		values := parse(t, q)
		if got := d.checkQuery(list, values); len(got) != want {
			t.Errorf("%s: %v, want %d complaints", q, got, want)
		}
	}
	bodies := map[string]int{
		`{"summary":"x","start":{"date":"2026-11-24"}}`: 0, `{"sumary":"x"}`: 1, `{"start":{"date":"24.11.2026"}}`: 1, `{"attendees":{}}`: 1, `{"reminders":{"overrides":[{"minutes":"5"}]}}`: 1,
		`{"extendedProperties":{"private":{"a":1}}}`: 1, `{"extendedProperties":{"private":{"a":"1"}}}`: 0, `{"guestsCanModify":"no"}`: 1, `{"summary":null}`: 1,
	}
	for b, want := range bodies {
		var v any
		if err := json.Unmarshal([]byte(b), &v); err != nil {
			t.Fatal(err)
		}
		if got := d.check(schema{Ref: "Event"}, v, "Event", false); len(got) != want {
			t.Errorf("%s: %v, want %d complaints", b, got, want)
		}
	}
}

func parse(t *testing.T, q string) url.Values {
	t.Helper()
	v, err := url.ParseQuery(q)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
