package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestGuides follows each provider's five minutes as the docs tell them, from an
// empty home to events with alarms: testdata/guide, a script for each guide. The
// commands are typed word for word, all of them and in their order, and init asks
// what the guide says that it asks; only addresses are those of servers here.
func TestGuides(t *testing.T) {
	for _, file := range guides(t) {
		if script := filepath.Join("testdata", "guide", docName(file)+".txtar"); !exists(script) {
			t.Errorf("%s has a guide, and no script follows it: %s", file, script)
		}
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "guide"),
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"google": googleCommand, "dav": davCommand, "guide": readGuide, "type": typeGuide, "asked": askedGuide,
		},
		Setup: setupGuide,
	})
}

const guideTitle = "## Five minutes"

// guides are the docs that have a guide.
func guides(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(moduleRoot, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range append(files, filepath.Join(moduleRoot, "README.md")) {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "\n"+guideTitle) {
			out = append(out, f)
		}
	}
	return out
}

func docName(file string) string {
	return strings.ToLower(strings.TrimSuffix(filepath.Base(file), ".md"))
}

// guideKey finds a script's guide.
const guideKey = "guide"

// guide is what a script has still to follow.
type guide struct {
	file     string
	commands []string
	asks     []string
}

func setupGuide(env *testscript.Env) error {
	if err := setupGoogle(env); err != nil {
		return err
	}
	if err := setupDav(env); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(env.WorkDir, ".config")); err != nil {
		return err
	}
	root, err := filepath.Abs(moduleRoot)
	if err != nil {
		return err
	}
	env.Setenv("ROOT", root)
	env.Setenv("EXAMPLES", filepath.Join(root, "examples"))
	g := env.Values[googleKey].(*world)
	if err := os.WriteFile(filepath.Join(env.WorkDir, "client_secret.json"), g.ClientFile(), 0o644); err != nil {
		return err
	}
	for k, v := range map[string]string{"ENDPOINT": g.Endpoint(), "AUTH_URL": g.URL + "/o/oauth2/v2/auth", "TOKEN_URL": g.URL + "/token"} {
		env.Setenv("FOLLOWUP_GOOGLE_"+k, v)
	}
	// A link to subscribe to, as Outlook and Proton give one.
	srv := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(env.WorkDir, "published"))))
	env.Setenv("LINK", srv.URL+"/basic.ics")
	if err := fakeCrontab(env); err != nil {
		return err
	}
	left := &guide{}
	env.Values[guideKey] = left
	env.Defer(func() {
		srv.Close()
		if left.file == "" || len(left.commands) > 0 {
			env.T().Fatal(fmt.Sprintf("of the guide in %q these were not typed: %q", left.file, left.commands))
		}
	})
	return nil
}

// fakeCrontab keeps the schedule in the file "table".
func fakeCrontab(env *testscript.Env) error {
	bin := filepath.Join(env.WorkDir, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return err
	}
	env.Setenv("PATH", bin+string(os.PathListSeparator)+env.Getenv("PATH"))
	return os.WriteFile(filepath.Join(bin, "crontab"), []byte(`#!/bin/sh
case $1 in
-l) [ -e "$WORK/table" ] && cat "$WORK/table" || { echo "no crontab for nina" >&2; exit 1; } ;;
-) cat >"$WORK/table" ;;
esac
`), 0o700)
}

var tableRow = regexp.MustCompile(`(?m)^\| ([^|]+) \| [^|]+ \|$`)

// readGuide begins a guide: guide FILE.
func readGuide(ts *testscript.TestScript, _ bool, args []string) {
	g := ts.Value(guideKey).(*guide)
	text, err := os.ReadFile(filepath.Join(ts.Getenv("ROOT"), args[0]))
	ts.Check(err)
	_, section, found := strings.Cut(string(text), "\n"+guideTitle)
	if !found {
		ts.Fatalf("%s has no guide", args[0])
	}
	section, _, _ = strings.Cut(section, "\n## ")
	g.file = args[0]
	for _, m := range codeLines(section) {
		g.commands = append(g.commands, m[1])
	}
	for _, m := range tableRow.FindAllStringSubmatch(section, -1) {
		if m[1] != "it asks" && !strings.HasPrefix(m[1], "---") {
			g.asks = append(g.asks, m[1])
		}
	}
}

// typeGuide types the guide's next command: type 'followup sync'.
func typeGuide(ts *testscript.TestScript, neg bool, args []string) {
	g := ts.Value(guideKey).(*guide)
	if len(g.commands) == 0 || g.commands[0] != args[0] {
		ts.Fatalf("%q is not what the guide in %s goes on with: %q", args[0], g.file, g.commands)
	}
	g.commands = g.commands[1:]
	if err := ts.Exec("sh", "-c", args[0]); (err != nil) != neg {
		ts.Fatalf("%s: %v", args[0], err)
	}
}

// askedGuide holds that the last command asked what the guide says, in its order.
func askedGuide(ts *testscript.TestScript, _ bool, _ []string) {
	g := ts.Value(guideKey).(*guide)
	if len(g.asks) == 0 {
		ts.Fatalf("the guide in %s asks nothing", g.file)
	}
	said := ts.ReadFile("stderr")
	for _, q := range g.asks {
		_, rest, found := strings.Cut(said, q)
		if !found {
			ts.Fatalf("it did not ask %q, or not in this place: %s", q, ts.ReadFile("stderr"))
		}
		said = rest
	}
}
