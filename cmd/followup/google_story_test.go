package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"followup/calendar/calendartest"
)

// TestGoogleStory tells the story of a Google account from sign-in to purge, with
// every request counted: testdata/google. The server checks every request against
// the API's discovery document.
func TestGoogleStory(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "google"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"google": googleCommand},
		Setup:               setupGoogle,
	})
}

// googleKey finds a script's server.
const googleKey = "google"

// world is one script's Google server and how far its log was counted.
type world struct {
	*calendartest.Google
	counted int // requests
	renewed int // access tokens
}

func setupGoogle(env *testscript.Env) error {
	g, err := calendartest.NewGoogle()
	if err != nil {
		return err
	}
	w := &world{Google: g}
	env.Values[googleKey] = w
	env.Defer(func() {
		g.Close()
		if v := g.Violations(); len(v) > 0 {
			env.T().Fatal("the API's rules were broken: " + strings.Join(v, "; "))
		}
		if n := g.Mails(); n > 0 {
			env.T().Fatal(fmt.Sprintf("%d mails were sent", n))
		}
		if err := noSecrets(env.WorkDir, g.Secrets()); err != nil {
			env.T().Fatal(err.Error())
		}
	})
	for k, v := range map[string]string{
		"HOME": env.WorkDir, "XDG_CONFIG_HOME": filepath.Join(env.WorkDir, ".config"),
		"XDG_STATE_HOME": filepath.Join(env.WorkDir, ".state"), "TZ": "UTC", "BROWSER": "browser",
	} {
		env.Setenv(k, v)
	}
	config := fmt.Sprintf(`
me: {name: Nina Vogt, emails: [%s], timezone: Europe/Berlin}
sources: [{name: personal, kind: google, calendar: primary}]
target: {kind: google, calendar: "Interview follow-ups"}
google: {endpoint: %q, auth_url: %q, token_url: %q}
`, g.User, g.Endpoint(), g.URL+"/o/oauth2/v2/auth", g.URL+"/token")
	dir := filepath.Join(env.WorkDir, ".config", "followup")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(config), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "google-client.json"), g.ClientFile(), 0o600)
}

// noSecrets looks through everything that a script left behind, but for the files
// that hold the sign-in and the client.
func noSecrets(dir string, secrets []string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "google-") || strings.HasPrefix(d.Name(), "client_secret") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, s := range secrets {
			if s != "" && strings.Contains(string(text), s) {
				return fmt.Errorf("%s holds a secret", path)
			}
		}
		return nil
	})
}

// browse is what a browser does with a sign-in page: it follows where that leads.
func browse() {
	resp, err := http.Get(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	resp.Body.Close()
}

// googleCommand is what a script can do with its server, and ask of it:
//
//	google put FILE              an event of the primary calendar, as JSON
//	google edit TITLE KEY=VALUE  the user changes a follow-up
//	google move TITLE HOURS      ... moves it
//	google remove TITLE          ... deletes it
//	google has TITLE             such a follow-up stands ("! google has" for none)
//	google count N               so many follow-ups stand
//	google requests READS WRITES so many API requests since the last time it was asked
//	google renewals N            so many requests for access tokens since then
//	google expire | revoke       sync tokens, the sign-in
//	google drop                  the user deletes the calendar of the follow-ups
//	google testing               from now on the app's status is Testing
//	google allow all | reading   what the person ticks from now on
//	google dump FILE             all follow-ups, as JSON
func googleCommand(ts *testscript.TestScript, neg bool, args []string) {
	w := ts.Value(googleKey).(*world)
	if len(args) == 0 {
		ts.Fatalf("google: what?")
	}
	switch args[0] {
	case "put":
		var event map[string]any
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &event))
		w.Put(w.User, event)
	case "edit":
		key, value, _ := strings.Cut(args[2], "=")
		w.Edit(w.made(ts), w.find(ts, args[1]), func(e map[string]any) { e[key] = value })
	case "move":
		hours, err := time.ParseDuration(args[2] + "h")
		ts.Check(err)
		w.Edit(w.made(ts), w.find(ts, args[1]), func(e map[string]any) { shift(ts, e, hours) })
	case "remove":
		w.Remove(w.made(ts), w.find(ts, args[1]))
	case "has":
		if found := w.lookup(ts, args[1]) != ""; found == neg {
			ts.Fatalf("a follow-up with %q in its title: %v; there are: %s", args[1], found, w.titles(ts))
		}
	case "count":
		if n := fmt.Sprint(len(w.followUps(ts))); n != args[1] {
			ts.Fatalf("%s follow-ups stand, not %s: %s", n, args[1], w.titles(ts))
		}
	case "requests":
		w.requests(ts, args[1], args[2])
	case "renewals":
		n := w.Renewals()
		if got := fmt.Sprint(n - w.renewed); got != args[1] {
			ts.Fatalf("%s requests for access tokens, not %s", got, args[1])
		}
		w.renewed = n
	case "drop":
		w.RemoveCalendar(w.made(ts))
	case "expire":
		w.Expire()
	case "revoke":
		w.Revoke()
	case "testing":
		w.Change(func(g *calendartest.Google) { g.Testing = true })
	case "allow":
		var consent func([]string) ([]string, string)
		if args[1] == "reading" {
			consent = func(scopes []string) ([]string, string) { return scopes[:1], "" }
		}
		w.Change(func(g *calendartest.Google) { g.Consent = consent })
	case "dump":
		text, err := json.MarshalIndent(w.followUps(ts), "", " ")
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o600))
	default:
		ts.Fatalf("google: unknown %q", args[0])
	}
}

// shift moves an event by so many hours.
func shift(ts *testscript.TestScript, e map[string]any, by time.Duration) {
	for _, k := range []string{"start", "end"} {
		at := e[k].(map[string]any)
		t, err := time.Parse(time.RFC3339, at["dateTime"].(string))
		ts.Check(err)
		at["dateTime"] = t.Add(by).Format(time.RFC3339)
	}
}

// made is the one calendar that followup made.
func (w *world) made(ts *testscript.TestScript) string {
	made := w.Made()
	if len(made) != 1 {
		ts.Fatalf("followup made %d calendars", len(made))
	}
	return made[0]
}

func (w *world) followUps(ts *testscript.TestScript) map[string]map[string]any {
	if len(w.Made()) == 0 {
		return nil
	}
	return w.Events(w.made(ts))
}

func (w *world) lookup(ts *testscript.TestScript, title string) string {
	for id, e := range w.followUps(ts) {
		if s, _ := e["summary"].(string); strings.Contains(s, title) {
			return id
		}
	}
	return ""
}

func (w *world) find(ts *testscript.TestScript, title string) string {
	id := w.lookup(ts, title)
	if id == "" {
		ts.Fatalf("no follow-up has %q in its title; there are: %s", title, w.titles(ts))
	}
	return id
}

func (w *world) titles(ts *testscript.TestScript) string {
	var all []string
	for _, e := range w.followUps(ts) {
		all = append(all, fmt.Sprint(e["summary"]))
	}
	sort.Strings(all)
	return strings.Join(all, "; ")
}

// requests counts the API requests since the last time.
func (w *world) requests(ts *testscript.TestScript, reads, writes string) {
	log := w.Log()
	var r, wr int
	var seen []string
	for _, q := range log[w.counted:] {
		seen = append(seen, q.ID)
		if strings.HasSuffix(q.ID, ".list") || strings.HasSuffix(q.ID, ".get") {
			r++
		} else {
			wr++
		}
	}
	w.counted = len(log)
	if fmt.Sprint(r) != reads || fmt.Sprint(wr) != writes {
		ts.Fatalf("%d reads and %d writes, not %s and %s: %s", r, wr, reads, writes, strings.Join(seen, " "))
	}
}
