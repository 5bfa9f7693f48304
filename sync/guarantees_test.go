package sync

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGuaranteesNameTheirTests holds that docs/guarantees.md names tests that are there.
func TestGuaranteesNameTheirTests(t *testing.T) {
	text, err := os.ReadFile("../docs/guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`\[(Test\w+)\]\(([^)]+)\)`).FindAllStringSubmatch(string(text), -1)
	if len(links) < 30 {
		t.Errorf("only %d tests are named", len(links))
	}
	for _, l := range links {
		source, err := os.ReadFile(filepath.Join("../docs", l[2]))
		if err != nil || !strings.Contains(string(source), "func "+l[1]+"(") {
			t.Errorf("%s is not in %s", l[1], l[2])
		}
	}
	for n := 1; n <= 12; n++ {
		if _, after, ok := strings.Cut(string(text), "**"+itoa(n)+". "); !ok || !strings.HasPrefix(strings.TrimSpace(after[strings.Index(after, "\n["):]), "[Test") {
			t.Errorf("promise %d names no test", n)
		}
	}
}

func itoa(n int) string {
	if n >= 10 {
		return "1" + itoa(n-10)
	}
	return string(rune('0' + n))
}
