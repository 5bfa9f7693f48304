package draft

import (
	"strings"
	"testing"
)

// load returns the embedded templates.
func load(t testing.TB) *Set {
	t.Helper()
	s, warnings, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) > 0 {
		t.Fatalf("embedded templates: %q", warnings)
	}
	return s
}

func TestEmbeddedTemplatesHaveNoProblems(t *testing.T) {
	for _, p := range load(t).Check() {
		t.Error(p)
	}
}

func TestPanelGetsDifferentTexts(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		for _, tone := range Tones {
			seen := map[string]int{}
			for v := range 9 {
				d := Sample(ThankYou, tone, lang)
				d.Variant = v
				body := s.Render(d).Body
				if other, again := seen[body]; again {
					t.Errorf("%s %s: variants %d and %d are the same text", lang, tone, other, v)
				}
				seen[body] = v
			}
		}
	}
}

// TestSecondThanksAreOtherWords holds that a person who is thanked again does not
// read the same paragraphs again, and that people who are thanked for the first
// and for the second time in one loop get different texts too.
func TestSecondThanksAreOtherWords(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		for _, tone := range Tones {
			seen := map[string]bool{}
			for v := range 5 {
				d := Sample(ThankYou, tone, lang)
				d.Variant = v
				first := s.Render(d).Body
				d.Again = true
				second := s.Render(d).Body
				if seen[first] || seen[second] || first == second {
					t.Errorf("%s %s variant %d: a text is repeated", lang, tone, v)
				}
				seen[first], seen[second] = true, true
				for p := range strings.SplitSeq(first, "\n\n") {
					if len(p) > 90 && strings.Contains(second, p) && v < 3 {
						t.Errorf("%s %s variant %d repeats %q", lang, tone, v, p)
					}
				}
			}
		}
	}
}
