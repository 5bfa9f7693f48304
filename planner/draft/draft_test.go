package draft

import "testing"

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
