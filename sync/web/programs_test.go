package web

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"followup/calendar/calendartest"
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

// vdirsyncer subscribes to the feed, khal shows what came: a change and a removal
// arrive as such.
func TestVdirsyncerAndKhal(t *testing.T) {
	v := theView(t)
	l := &fakeLedger{view: v}
	khal := calendartest.NewKhal(t, fmt.Sprintf("type = \"http\"\nurl = %q", feedServer(t, l)))
	shown := func() string {
		t.Helper()
		khal.Sync()
		return khal.Run("", "list", "--format", "{start} {title} [{status}]", "2026-11-01", "2026-12-31")
	}
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
		out := calendartest.Command(t, filepath.Dir(script), "", "node", script, url)
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
