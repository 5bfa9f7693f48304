package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestHelp holds that every command says what it is in one line, has an example
// that is a command of ours, and stands in the manual.
func TestHelp(t *testing.T) {
	root := newRoot(&app{in: strings.NewReader(""), out: io.Discard, errOut: io.Discard})
	man := t.TempDir()
	if _, errOut, code := runFollowup(t, "man", man); code != exitOK {
		t.Fatalf("man ended with %d: %s", code, errOut)
	}
	eachCommand(root, func(c *cobra.Command) {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") || strings.Contains(c.Short, "\n") {
			t.Errorf("%s: the one line is %q", c.CommandPath(), c.Short)
		}
		for _, l := range strings.Split(c.Example, "\n") {
			if !strings.HasPrefix(l, "  ") || !strings.Contains(l, "followup ") {
				t.Errorf("%s: the example %q is none", c.CommandPath(), l)
			}
		}
		page := filepath.Join(man, strings.ReplaceAll(c.CommandPath(), " ", "-")+".1")
		if _, err := os.Stat(page); err != nil {
			t.Errorf("%s has no manual page", c.CommandPath())
		}
	})
}

// eachCommand visits our own commands: not those that the library adds.
func eachCommand(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		if sub.Name() != "completion" && sub.Name() != "help" {
			eachCommand(sub, visit)
		}
	}
}

// TestCompletion holds that the shell is offered words, kinds and applications.
func TestCompletion(t *testing.T) {
	home := t.TempDir()
	text, err := os.ReadFile(filepath.Join(moduleRoot, "examples", "engineer.ics"))
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(home, "c.yaml")
	for name, s := range map[string]string{"cal.ics": string(text), "c.yaml": "sources: [{kind: ics, location: cal.ics}]\n"} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	global := []string{"--config", config, "--state", filepath.Join(home, "s.db"), "--now", "2026-11-24T12:00:00-08:00"}
	if _, errOut, code := runFollowup(t, append(global, "sync", "--quiet")...); code != exitOK {
		t.Fatalf("sync ended with %d: %s", code, errOut)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"mark", "Northwind", ""}, "answered"},
		{[]string{"mark", ""}, "Northwind"},
		{[]string{"restore", ""}, "Thank Priya"},
		{[]string{"drafts", "show", ""}, "thank_you"},
		{[]string{"plan", "--format", ""}, "json"},
		{[]string{"schedule", "print", "--kind", ""}, "systemd"},
	} {
		out, _, _ := runFollowup(t, append(append(global, "__complete"), c.args...)...)
		if !strings.Contains(out, c.want) {
			t.Errorf("%v: %q is not offered: %s", c.args, c.want, out)
		}
	}
}
