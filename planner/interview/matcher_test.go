package interview

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestMatcherFindsWhatASearchFinds holds against a plain search, in texts made of
// stems whole and cut, in any case and at any place, that none is missed and none
// is made up.
func TestMatcherFindsWhatASearchFinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for name, m := range map[string]*matcher{"any": loadStems().any, "title": loadStems().title, "organizer": loadStems().organizer} {
		for range 3000 {
			text := stemText(rng, m.stems)
			var got, want []string
			m.find(text, func(lang string) bool { got = append(got, lang); return true })
			for _, s := range m.stems {
				for i := range text {
					if equalFold(text[i:], s.text) {
						want = append(want, s.lang)
					}
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("%s in %q: found stems of %v, there are stems of %v", name, text, got, want)
			}
			if m.find(text, nil) != (len(want) > 0) {
				t.Fatalf("%s in %q: without a callback the answer is another one", name, text)
			}
		}
	}
}

// stemText strings stems, beginnings and ends of stems, and noise together.
func stemText(rng *rand.Rand, stems []stem) []byte {
	var b []byte
	for range rng.IntN(4) {
		s := stems[rng.IntN(len(stems))].text
		switch rng.IntN(5) {
		case 0:
			s = s[:rng.IntN(len(s))]
		case 1:
			s = s[1+rng.IntN(len(s)-1):]
		case 2:
			s = strings.ToUpper(s)
		}
		b = append(b, "xx the meeting "[:rng.IntN(10)]...)
		b = append(b, s...)
	}
	return b
}

func TestStemsAreNotTooShort(t *testing.T) {
	for _, m := range []*matcher{loadStems().any, loadStems().title, loadStems().organizer} {
		for _, s := range m.stems {
			if len(s.text) < minStem || len(s.text) > 255 {
				t.Errorf("%q (%s) is too short or too long for the matcher", s.text, s.lang)
			}
		}
		if len(m.stems) > 1<<16-1 || len(m.grams) > 1<<16-1 {
			t.Errorf("%d stems with %d grams: too many for the matcher's numbers", len(m.stems), len(m.grams))
		}
	}
}
