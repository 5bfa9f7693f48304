package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestDocsCommands runs every followup command that stands in the README and in
// docs/, in a home that is set up, and holds that none is refused as unknown. What
// a command does is the other tests' business: here a command may fail for want
// of an account or a server, but not for want of a flag or a word.
func TestDocsCommands(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(moduleRoot, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, file := range append(files, filepath.Join(moduleRoot, "README.md")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range docCommands(string(text)) {
			ran++
			t.Run(filepath.Base(file)+"/"+command, func(t *testing.T) { runDocCommand(t, command) })
		}
	}
	if ran < 40 {
		t.Errorf("only %d commands were found in the docs", ran)
	}
}

var (
	inlineCommand = regexp.MustCompile("`(followup [^`]+)`")
	blockCommand  = regexp.MustCompile(`(?m)^(?: {4}|\$ )?(?:[A-Z_]+=\S+ )?(followup [a-z].*?)(?:\s{2,}#.*)?$`)
)

// docCommands lists the commands in a text: in code spans, and as lines of code.
func docCommands(text string) []string {
	seen := map[string]bool{}
	var out []string
	for _, m := range append(inlineCommand.FindAllStringSubmatch(text, -1), codeLines(text)...) {
		command := strings.TrimSpace(m[1])
		if !seen[command] && !strings.ContainsAny(command, "…|<>") {
			seen[command] = true
			out = append(out, command)
		}
	}
	return out
}

// codeLines are the commands in indented and fenced blocks.
func codeLines(text string) [][]string {
	var code strings.Builder
	fenced := false
	for _, l := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(l, "```"):
			fenced = !fenced
		case fenced, strings.HasPrefix(l, "    "):
			code.WriteString(l + "\n")
		}
	}
	return blockCommand.FindAllStringSubmatch(code.String(), -1)
}

func runDocCommand(t *testing.T, command string) {
	home := t.TempDir()
	calendar, err := os.ReadFile(filepath.Join(moduleRoot, "examples", "engineer.ics"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"calendar.ics": string(calendar),
		"config.yaml":  "sources: [{name: mine, kind: ics, location: calendar.ics}]\ntarget: {kind: ics, path: followups.ics}\nserve: {listen: \"127.0.0.1:0\"}\n",
	} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(home)
	for k, v := range map[string]string{
		"PATH": home, "EDITOR": "", "VISUAL": "", "BROWSER": "none", // no scheduler, editor or browser of the machine's
		"FOLLOWUP_NOW": "2026-11-24T12:00:00-08:00", "FOLLOWUP_STATE": filepath.Join(home, "state.db"),
	} {
		t.Setenv(k, v)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	words := splitCommand(strings.TrimPrefix(command, "followup "))
	prepare := []string{"sync", "--config", filepath.Join(home, "config.yaml"), "--quiet"}
	if code := run(ctx, prepare, strings.NewReader(""), &bytes.Buffer{}, os.Stderr); code != exitOK {
		t.Fatalf("the home could not be set up: exit code %d", code)
	}
	if words[0] == "serve" || words[0] == "auth" {
		go func() { time.Sleep(300 * time.Millisecond); cancel() }()
	}
	var out, errOut bytes.Buffer
	code := run(ctx, append(words, "--config", filepath.Join(home, "config.yaml")), strings.NewReader(""), &out, &errOut)
	if code == exitUsage && !placeholder(errOut.String()) {
		t.Errorf("%s: %s", command, &errOut)
	}
}

// placeholder tells whether a usage error comes from a word like KEY that stands
// for something of the reader's.
func placeholder(msg string) bool {
	for _, s := range []string{"nothing matches", "KEY", "KIND", "TOKEN", "ADDRESS", "there is a configuration already", "name the file to write", "no CalDAV calendar", "usage:"} {
		if strings.Contains(msg, s) {
			return true
		}
	}
	return false
}

var (
	docLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	slugOut = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// TestDocsLinks holds that every link of the docs to a file or a heading leads
// somewhere.
func TestDocsLinks(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(moduleRoot, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "SECURITY.md"} {
		files = append(files, filepath.Join(moduleRoot, name))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range docLink.FindAllStringSubmatch(string(text), -1) {
			path, anchor, _ := strings.Cut(m[1], "#")
			target := filepath.Join(filepath.Dir(file), path)
			if path == "" {
				target = file
			}
			switch {
			case strings.Contains(m[1], "://"):
			case !exists(target):
				t.Errorf("%s: %s is not there", filepath.Base(file), m[1])
			case anchor != "" && !hasHeading(t, target, anchor):
				t.Errorf("%s: %s has no such heading", filepath.Base(file), m[1])
			}
		}
	}
}

// hasHeading tells whether a heading of the file has the anchor that web pages
// give it.
func hasHeading(t *testing.T, file, anchor string) bool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range heading.FindAllStringSubmatch(string(text), -1) {
		if strings.ReplaceAll(slugOut.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-") == anchor {
			return true
		}
	}
	return false
}
