package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write puts a configuration file into a fresh folder.
func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestDefaults(t *testing.T) {
	c, err := Load(Options{File: write(t, "")})
	if err != nil {
		t.Fatal(err)
	}
	thanks := c.FollowUps["thank_you"]
	if !thanks.Enabled || thanks.After != "24h" || thanks.Until != "48h" || !thanks.Weekends || len(thanks.Alarms) != 1 {
		t.Errorf("thank_you is %+v", thanks)
	}
	if c.Target.Kind != "none" || c.Plan.LookBack != "45d" || c.Guard.MaxRemovals != 5 || c.Guard.MaxShare != 0.5 {
		t.Errorf("defaults are %+v", c)
	}
	if c.FollowUps["card"].Enabled {
		t.Error("a card is planned though nobody asked for it")
	}
}

// TestPrecedence holds flags over environment over file over defaults.
func TestPrecedence(t *testing.T) {
	file := write(t, "followups:\n  thank_you: {after: 20h}\n  status_check: {after: 8d}\ndrafts: {tone: formal}\n")
	t.Setenv("FOLLOWUP_FOLLOWUPS_THANK_YOU_AFTER", "30h")
	t.Setenv("FOLLOWUP_DRAFTS_TONE", "brief")
	t.Setenv("FOLLOWUP_ME_EMAILS", "Nina@Example.com,n@other.example")
	c, err := Load(Options{File: file, Set: map[string]any{"drafts.tone": "warm"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []struct{ key, got, want, origin string }{
		{"drafts.tone", c.Drafts.Tone, "warm", "flag"},
		{"followups.thank_you.after", c.FollowUps["thank_you"].After, "30h", "environment"},
		{"followups.status_check.after", c.FollowUps["status_check"].After, "8d", "file"},
		{"followups.status_check.again_after", c.FollowUps["status_check"].AgainAfter, "7bd", "default"},
	} {
		if k.got != k.want || c.Origin[k.key] != k.origin {
			t.Errorf("%s is %q from %s, want %q from %s", k.key, k.got, c.Origin[k.key], k.want, k.origin)
		}
	}
	if got := strings.Join(c.Me.Emails, " "); got != "nina@example.com n@other.example" {
		t.Errorf("emails from the environment are %q", got)
	}
}

// TestRefused holds that a mistake is named with its line and the nearest right word.
func TestRefused(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"plan:\n  look_bakc: 3d\n", `config.yaml:2: unknown key "plan.look_bakc"; did you mean "plan.look_back"?`},
		{"followups:\n  thankyou: {after: 3d}\n", `unknown key "followups.thankyou"; did you mean "followups.thank_you"?`},
		{"followups:\n  let_go: {max: 3}\n", `unknown key "followups.let_go.max"`},
		{"source: []\n", `unknown key "source"; did you mean "sources"?`},
		{"sources:\n  - {name: a, kind: icz, location: x}\n", `sources: a: unknown kind "icz"; did you mean "ics"?`},
		{"sources:\n  - {name: a, kind: ics, locaton: x}\n", `unknown key "locaton" in a source; did you mean "location"?`},
		{"sources:\n  - {name: a, kind: ics}\n", "location is missing"},
		{"sources:\n  - {name: a, kind: ics, location: x}\n  - {name: a, kind: ics, location: y}\n", `the name "a" is taken`},
		{"sources: {a: b}\n", "sources is a list"},
		{"target: {kind: googel}\n", `unknown kind "googel"; did you mean "google"?`},
		{"target: {kind: ics}\n", "path is missing"},
		{"target: {kind: caldav}\n", "url is missing"},
		{"google: {endpoint: \"http://evil.example/\"}\n", "https, or http on a loopback address"},
		{"me: {timezone: Berlin}\n", "IANA name such as Europe/Berlin"},
		{"me: {emails: [nina]}\n", "is no mail address"},
		{"drafts: {tone: warmly}\n", `did you mean "warm"?`},
		{"guard: {max_share: 2}\n", "not between 0 and 1"},
		{"plan: 3\n", `"plan" takes keys below it`},
		{"plan: [", "config.yaml: "},
		{"followups:\n  thank_you: {enabled: perhaps}\n", "enabled"},
	} {
		_, err := Load(Options{File: write(t, c.text)})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got error %v, want it to say %q", c.text, err, c.want)
		}
	}
}

func TestMissingFile(t *testing.T) {
	if _, err := Load(Options{File: filepath.Join(t.TempDir(), "none.yaml")}); err == nil {
		t.Error("a file that was named and is not there is no error")
	}
}

// TestUnderHome holds that both ways to write one's home are known everywhere.
func TestUnderHome(t *testing.T) {
	for p, want := range map[string]string{"~/a/b.ics": "a/b.ics", `~\AppData\b.ics`: `AppData\b.ics`, "~": "", "~nina/a": "", "a/~/b": "", "": ""} {
		if rest, ok := UnderHome(p); rest != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", p, rest, ok)
		}
	}
}

// TestPaths holds that paths are relative to the file that names them.
func TestPaths(t *testing.T) {
	file := write(t, "sources:\n  - {kind: ics, location: cal.ics}\n  - {kind: ics, location: 'https://a.example/x.ics'}\ntarget: {kind: ics, path: out/f.ics}\n")
	c, err := Load(Options{File: file})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(file)
	if c.Sources[0].Location != filepath.Join(dir, "cal.ics") || c.Sources[1].Location != "https://a.example/x.ics" || c.Target.Path != filepath.Join(dir, "out/f.ics") {
		t.Errorf("paths are %q, %q, %q", c.Sources[0].Location, c.Sources[1].Location, c.Target.Path)
	}
	if c.Sources[0].Name != "source1" {
		t.Errorf("a source without a name is called %q", c.Sources[0].Name)
	}
}

// TestShowHidesSecrets holds that what is shown has no secret in it.
func TestShowHidesSecrets(t *testing.T) {
	c, err := Load(Options{File: write(t, `
sources:
  - {name: campus, kind: ics, location: "https://cal.example/private-1234567890/basic.ics"}
  - {name: home, kind: caldav, url: "https://nina:geheim@dav.example/nina/", username: nina}
serve: {password_hash: "$2a$10$abcdefghijklmnopqrstuv"}
`)})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range c.Values() {
		text := fmt.Sprint(v.Value)
		for _, secret := range []string{"1234567890", "geheim", "$2a$10"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows the secret: %s", v.Key, text)
			}
		}
	}
}

// TestSchemaKnowsEveryKey holds the schema against the keys that Load knows.
func TestSchemaKnowsEveryKey(t *testing.T) {
	schema := Schema()
	for _, key := range Keys() {
		at := schema
		for _, part := range strings.Split(key, ".") {
			next, ok := at["properties"].(map[string]any)[part].(map[string]any)
			if !ok {
				t.Fatalf("the schema has no %s", key)
			}
			at = next
		}
		if at["type"] == nil {
			t.Errorf("the schema gives %s no type", key)
		}
	}
}
