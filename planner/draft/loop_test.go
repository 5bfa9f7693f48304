package draft

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"followup/planner/interview"
)

// loop renders the texts of one kind for the people of a loop.
func loop(s *Set, people int, change func(*Data)) []string {
	var out []string
	for v := range people {
		d := Sample(ThankYou, Warm, "en")
		d.Variant = v
		change(&d)
		out = append(out, s.Render(d).Body)
	}
	return out
}

// sentences are a text's own: without greeting, closing and signature, and
// without the formula by which a Japanese writer says who they are.
func sentences(lang, body string) []string {
	parts := strings.Split(body, "\n\n")
	text := strings.Join(parts[1:len(parts)-1], " ")
	var out []string
	for s := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(".?!:;。？！：；", r) }) {
		s = strings.ToLower(strings.TrimSpace(s))
		formula := lang == "ja" && (strings.Contains(s, "nina kern") || strings.Contains(s, "お世話になって") || strings.HasPrefix(s, "どうぞよろしく") || strings.HasPrefix(s, "何卒よろしく"))
		if s != "" && !formula {
			out = append(out, s)
		}
	}
	return out
}

// tokens are the words of a text, or the characters of a language without blanks.
func tokens(lang string, sentences []string) []string {
	text := strings.Join(sentences, " ")
	if !languages[lang].solid {
		return strings.FieldsFunc(text, func(r rune) bool { return !letterOrDigit(r) && r != '’' && r != '\'' })
	}
	var out []string
	for _, r := range text {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) { // names and roles in Latin letters are common to all
			out = append(out, string(r))
		}
	}
	return out
}

// grams are the runs of n tokens, each once.
func grams(tokens []string, n int) map[string]bool {
	out := map[string]bool{}
	for i := 0; i+n <= len(tokens); i++ {
		out[strings.Join(tokens[i:i+n], " ")] = true
	}
	return out
}

// likeness compares two texts: the share of common runs of five words (ten
// characters where a language writes no blanks) of the shorter one, and the
// longest run of words that both have.
func likeness(lang, a, b string) (share float64, longest string) {
	n := 5
	if languages[lang].solid {
		n = 10
	}
	ta, tb := tokens(lang, sentences(lang, a)), tokens(lang, sentences(lang, b))
	ga, gb := grams(ta, n), grams(tb, n)
	common := 0
	for g := range ga {
		if gb[g] {
			common++
		}
	}
	best := 0
	for i := range ta {
		for j := range tb {
			k := 0
			for i+k < len(ta) && j+k < len(tb) && ta[i+k] == tb[j+k] {
				k++
			}
			if k > best {
				best, longest = k, strings.Join(ta[i:i+k], " ")
			}
		}
	}
	return float64(common) / float64(max(1, min(len(ga), len(gb)))), longest
}

// TestLoopReadsDifferently holds that the people of one loop, who may show each
// other their mail, read different texts: up to six share no sentence at all, up
// to eight no more than a paragraph. What is common to the former is the role, the
// company and what the conversation was.
func TestLoopReadsDifferently(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			var of6, of8 float64
			longest := 0
			for _, tone := range Tones {
				for i, round := range append([]interview.Round{interview.Panel, interview.Panel}, allRounds...) {
					bodies := loop(s, 8, func(d *Data) {
						d.Language, d.Tone, d.Round = lang, tone, round
						if i == 0 {
							d.Again, d.Notes = true, []string{"Kubernetes"}
						}
					})
					c := comparison{t: t, lang: lang, tone: tone, where: fmt.Sprintf("%s %s %q %d", lang, tone, round, i)}
					c.compare(bodies)
					of6, of8, longest = max(of6, c.of6), max(of8, c.of8), max(longest, c.longest)
				}
			}
			t.Logf("of up to six people any two share %.1f %% of the runs and a run of %d words at most; of eight, %.1f %%", of6*100, longest, of8*100)
		})
	}
}

// comparison compares the texts of one loop, each with each.
type comparison struct {
	t        *testing.T
	lang     string
	tone     Tone
	where    string
	of6, of8 float64 // the greatest likeness
	longest  int     // run of words
}

func (c *comparison) compare(bodies []string) {
	for i, a := range bodies {
		for j, b := range bodies[:i] {
			share, run := likeness(c.lang, a, b)
			limit := 0.22
			if i >= 6 {
				c.of8 = max(c.of8, share)
				if limit = 0.45; c.tone == Brief {
					limit = 0.62 // a sentence and the user's own note are half of such a text
				}
			} else {
				c.of6, c.longest = max(c.of6, share), max(c.longest, len(tokens(c.lang, []string{run})))
				if s := shares(c.lang, a, b); s != "" {
					c.t.Errorf("%s: persons %d and %d both read %q", c.where, j+1, i+1, s)
				}
			}
			if share > limit {
				c.t.Errorf("%s: persons %d and %d share %.0f %% and %q", c.where, j+1, i+1, share*100, run)
			}
		}
	}
}

// shares returns a sentence that both texts have, of more than two words.
func shares(lang, a, b string) string {
	other := sentences(lang, b)
	for _, s := range sentences(lang, a) {
		if (len(strings.Fields(s)) > 2 || languages[lang].solid && length(lang, s) > 6) && slices.Contains(other, s) {
			return s
		}
	}
	return ""
}

// TestForwardedTextsDiffer holds the same for texts that the recruiter passes on.
func TestForwardedTextsDiffer(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		for _, tone := range Tones {
			seen := map[string]bool{}
			for v, body := range loop(s, 8, func(d *Data) {
				d.Language, d.Tone, d.Forward, d.To.Name, d.Round = lang, tone, true, "Tom Weber", interview.Panel
				d.Names = []string{fmt.Sprintf("Ana Ruiz %c", 'A'+d.Variant)}
			}) {
				if seen[body] {
					t.Errorf("%s %s: person %d is passed a colleague's text", lang, tone, v+1)
				}
				seen[body] = true
			}
		}
	}
}

// TestCardsDiffer holds that six people get six cards, four in the brief and the
// formal tone.
func TestCardsDiffer(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		for _, tone := range Tones {
			people := 6
			if tone == Brief || tone == Formal {
				people = 4
			}
			bodies := loop(s, people, func(d *Data) { d.Language, d.Tone, d.Kind = lang, tone, Card })
			for i, a := range bodies {
				for j, b := range bodies[:i] {
					if said := shares(lang, a, b); said != "" {
						t.Errorf("%s %s: cards %d and %d both say %q", lang, tone, j+1, i+1, said)
					}
				}
			}
		}
	}
}
