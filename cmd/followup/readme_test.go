package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadmePlan holds that the plan in the README is what its command prints:
// the first day of it, as it stands there.
func TestReadmePlan(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(moduleRoot, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := os.ReadFile(filepath.Join("testdata", "plan-engineer.txt"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "```\n")
	shown, _, closed := strings.Cut(rest, "\n```")
	if !found || !closed {
		t.Fatal("the README shows no plan")
	}
	for _, part := range strings.Split(shown, "\n…\n") {
		if !strings.Contains(string(plan), strings.TrimSpace(part)) {
			t.Errorf("the README shows what the command no longer prints:\n%s", part)
		}
	}
}
