package interview

import (
	"testing"
)

func TestVocabularyLoads(t *testing.T) {
	v := loadVocabulary()
	if len(v.langs) < 20 {
		t.Errorf("%d languages, want 20 or more: %v", len(v.langs), v.langs)
	}
	known := map[string]bool{}
	for _, s := range vocabularySections {
		known[s] = true
	}
	for _, e := range v.entries {
		if !known[e.section] {
			t.Errorf("%s: nobody reads the section [%s] (%q)", e.lang, e.section, e.pre)
		}
	}
	t.Logf("%d entries in %d languages", len(v.entries), len(v.langs))
}

func BenchmarkLoadVocabulary(b *testing.B) {
	for b.Loop() {
		v := newVocabulary()
		for _, l := range []string{"en", "de"} {
			if err := v.readFile(vocabFiles, l); err != nil {
				b.Fatal(err)
			}
		}
		v.index()
	}
}
