package config

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// sample is a configuration with something of everything.
const sample = `
me: {name: Nina Vogt, emails: [nina@vogt.example], employers: [halcyon.example], timezone: Europe/Berlin, languages: [de, en], signature: "Nina Vogt"}
sources:
  - {name: personal, kind: google, calendar: primary}
  - {name: campus, kind: ics, location: "https://calendar.example/basic.ics"}
  - {name: home, kind: caldav, url: "https://dav.example/nina/interviews/", username: nina, password_file: dav-password}
target: {kind: google, calendar: "Interview follow-ups"}
google: {client_file: "client.json", endpoint: "http://127.0.0.1:8085/calendar/v3/"}
plan: {look_back: 45d, look_ahead: 60d, working_hours: "09:00-18:00", weekend: [sat, sun], holidays: DE}
followups:
  thank_you: {after: 24h, until: 48h, weekends: true, alarms: [0m, 30m], length: 15m}
  status_check: {after: 7d, promise_grace: 2bd, again_after: 7bd, max: 2, answered_grace: 5bd}
  rejection_reply: {after: 0bd}
  feedback_request: {after: 3bd, until: 10d, only_if_well: true}
  offer_reply: {after: 1bd}
  let_go: {after: 21d}
  card: {enabled: true}
drafts: {tone: warm, language: auto, folder: ""}
serve: {listen: "127.0.0.1:8480", every: 15m, public_url: ""}
guard: {max_removals: 5, max_share: 0.5}
`

// TestSchema holds that the schema for editors takes what Load takes, and refuses
// what Load refuses.
func TestSchema(t *testing.T) {
	text, err := json.Marshal(Schema())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []struct {
		text  string
		valid bool
	}{
		{sample, true},
		{"{}", true},
		{"plan: {look_bakc: 3d}", false},
		{"sources: [{name: a, kind: icz}]", false},
		{"target: {kind: googel}", false},
		{"followups: {let_go: {max: 3}}", false},
		{"drafts: {tone: warmly}", false},
	} {
		var value any
		if err := yaml.Unmarshal([]byte(k.text), &value); err != nil {
			t.Fatal(err)
		}
		_, loadErr := Load(Options{File: write(t, k.text)})
		schemaErr := schema.Validate(value)
		if (loadErr == nil) != k.valid || (schemaErr == nil) != k.valid {
			t.Errorf("%s: Load says %v, the schema says %v", k.text, loadErr, schemaErr)
		}
	}
}

// TestKeysAreDocumented holds that docs/config.md shows every key.
func TestKeysAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../docs/config.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range Keys() {
		name := key[strings.LastIndex(key, ".")+1:]
		if !strings.Contains(string(doc), name) {
			t.Errorf("docs/config.md says nothing of %s", key)
		}
	}
}
