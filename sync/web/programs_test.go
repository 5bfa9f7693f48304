package web

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// feedServer serves the ledger's feed on a port, and returns the feed's address.
func feedServer(t *testing.T, l Ledger) string {
	t.Helper()
	srv := &http.Server{Handler: newTestServer(t, l, nil).handler()}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go srv.Serve(listener)
	t.Cleanup(func() { srv.Close() })
	return "http://" + listener.Addr().String() + feedPath
}

// command runs a program in the folder, with it as home.
func command(t *testing.T, dir, stdin, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is missing, which these tests need: apt-get install %s", name, name)
	}
	c := exec.Command(name, args...)
	c.Dir, c.Stdin = dir, strings.NewReader(stdin)
	c.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir, "XDG_DATA_HOME="+dir, "LC_ALL=C.UTF-8", "TZ=Europe/Berlin", "PYTHONWARNINGS=ignore")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// vdirsyncer subscribes to the feed, khal shows what came: a change and a removal
// arrive as such.
func TestVdirsyncerAndKhal(t *testing.T) {
	v := theView(t)
	l := &fakeLedger{view: v}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("vdirsyncer", fmt.Sprintf(`[general]
status_path = "%[1]s/status/"
[pair feed]
a = "local"
b = "remote"
collections = null
[storage local]
type = "filesystem"
path = "%[1]s/events"
fileext = ".ics"
[storage remote]
type = "http"
url = "%[2]s"
`, dir, feedServer(t, l)))
	write("khal", fmt.Sprintf(`[calendars]
[[feed]]
path = %[1]s/events
[locale]
timeformat = %%H:%%M
dateformat = %%Y-%%m-%%d
longdateformat = %%Y-%%m-%%d
datetimeformat = %%Y-%%m-%%d %%H:%%M
longdatetimeformat = %%Y-%%m-%%d %%H:%%M
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
[sqlite]
path = %[1]s/khal.db
[default]
default_calendar = feed
`, dir))
	if err := os.Mkdir(filepath.Join(dir, "events"), 0o700); err != nil {
		t.Fatal(err)
	}
	shown := func() string {
		t.Helper()
		command(t, dir, "y\n", "vdirsyncer", "-c", "vdirsyncer", "sync")
		return command(t, dir, "", "khal", "-c", "khal", "list", "--format", "{start} {title} [{status}]", "2026-11-01", "2026-12-31")
	}
	command(t, dir, "y\n", "vdirsyncer", "-c", "vdirsyncer", "discover")
	first := shown()
	for _, want := range []string{
		"2026-11-26 09:00 Thank Ana Ruiz (Northwind, Data Engineer) [CONFIRMED",
		"2026-11-04 09:00 ✓ Thank Eve Stone (Fabrikam, Analyst) [CONFIRMED", "Ask Fabrikam how it stands (Analyst) [CANCELLED",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("khal does not show %q:\n%s", want, first)
		}
	}
	next := *v
	next.Records = append(next.Records[:0:0], v.Records...)
	next.Records[0].FollowUp.Start = next.Records[0].FollowUp.Start.Add(48 * time.Hour)
	next.Records[0].FollowUp.End = next.Records[0].FollowUp.End.Add(48 * time.Hour)
	next.Records[0].Sequence, next.Records[0].Updated = 1, theNow
	next.Records[3].Updated = theNow.AddDate(0, 0, -31)
	l.set(&next, nil)
	second := shown()
	if !strings.Contains(second, "2026-11-28 09:00 Thank Ana Ruiz") || strings.Contains(second, "2026-11-26 09:00 Thank Ana Ruiz") || strings.Contains(second, "how it stands (Analyst)") {
		t.Errorf("after a move and a removal khal shows:\n%s", second)
	}
}

// TestICalJS reads the feeds with Thunderbird's parser, ical.js: FOLLOWUP_ICALJS
// names the script of .ci/check-feed, which brings it.
func TestICalJS(t *testing.T) {
	script := os.Getenv("FOLLOWUP_ICALJS")
	if script == "" {
		t.Skip("only with .ci/check-feed, which fetches ical.js")
	}
	hard := theView(t)
	hard.Records[0].FollowUp.Title = "Grüße, 日本語; \\n \"quoted\" 👩‍💻 " + strings.Repeat("long ", 40) + "end"
	hard.Records[0].FollowUp.Text = "one\n\ntwo: a;b,c\\d\n" + strings.Repeat("Ünïcödé ", 200)
	for name, v := range map[string]*View{"usual": theView(t), "hard": hard, "nothing": {}} {
		url := feedServer(t, &fakeLedger{view: v})
		out := command(t, filepath.Dir(script), "", "node", script, url)
		r := ask(newTestServer(t, &fakeLedger{view: v}, nil).handler(), "GET", feedPath)
		var want []string
		for _, e := range eventsOf(t, bodyOf(t, r)) {
			want = append(want, fmt.Sprintf("%s|%s|%d|%s", e.UID, e.Summary, e.Start.Unix(), strings.ToUpper(string(e.Status))))
		}
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if out == "" {
			lines = nil
		}
		if len(lines) != len(want) {
			t.Errorf("%s: ical.js reads %d events, there are %d:\n%s", name, len(lines), len(want), out)
		}
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: ical.js does not read %q:\n%s", name, w, out)
			}
		}
	}
}
