package sync

import (
	"maps"
	"slices"
	"strings"
)

// added returns the lines of text that are not in base.
func added(text, base string) string {
	if base == "" {
		return text
	}
	ours := map[string]bool{}
	for line := range strings.Lines(base) {
		ours[strings.TrimSpace(line)] = true
	}
	var out []string
	for line := range strings.Lines(text) {
		if l := strings.TrimSpace(line); !ours[l] {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
