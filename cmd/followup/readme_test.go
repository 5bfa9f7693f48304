package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadmePlan holds that the plan in the README is what its command prints, cut
// to two thank-yous and the check that follows them. -update puts it there.
func TestReadmePlan(t *testing.T) {
	file := filepath.Join(moduleRoot, "README.md")
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := os.ReadFile(filepath.Join("testdata", "plan-engineer.txt"))
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(readme), "```\n")
	shown, after, closed := strings.Cut(rest, "\n```")
	if !found || !closed {
		t.Fatal("the README shows no plan")
	}
	want := excerpt(string(plan))
	if *update {
		shown = want
		if err := os.WriteFile(file, []byte(before+"```\n"+want+"\n```"+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if shown != want {
		t.Errorf("the README shows\n%s\nbut the command prints\n%s", shown, want)
	}
}

// excerpt is the plan's first line, its first two thank-yous to the loop, and the
// check that follows them, each under its day.
func excerpt(plan string) string {
	const gap = "…"
	lines := strings.Split(plan, "\n")
	out := []string{lines[0], gap}
	thanks, checks, day := 0, 0, ""
	for i, l := range lines {
		switch {
		case l != "" && !strings.HasPrefix(l, " ") && i > 0:
			day = l
		case strings.HasPrefix(l, "  1") && strings.Contains(l, "Thank") && strings.Contains(l, "Northwind") && thanks < 2,
			strings.HasPrefix(l, "  1") && strings.Contains(l, "Ask for news") && strings.Contains(l, "Northwind") && checks < 1:
			if strings.Contains(l, "Thank") {
				thanks++
			} else {
				checks++
				out = append(out, gap)
			}
			if day != "" {
				out = append(out, day)
				day = ""
			}
			out = append(out, l)
			for _, more := range lines[i+1:] {
				if !strings.HasPrefix(more, "     ") {
					break
				}
				out = append(out, more)
			}
		}
	}
	return strings.Join(out, "\n")
}
