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
// other their mail, read different texts: up to ten share no sentence at all, up
// to twelve no more than a paragraph. What is common to the former is the role, the
// company and what the conversation was.
func TestLoopReadsDifferently(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			var of10, of12 float64
			longest := 0
			for _, tone := range Tones {
				for i, round := range append([]interview.Round{interview.Panel, interview.Panel}, allRounds...) {
					bodies := loop(s, 12, func(d *Data) {
						d.Language, d.Tone, d.Round = lang, tone, round
						if i == 0 {
							d.Again, d.Notes = true, []string{"Kubernetes"}
						}
					})
					c := comparison{t: t, lang: lang, tone: tone, where: fmt.Sprintf("%s %s %q %d", lang, tone, round, i)}
					c.compare(bodies)
					of10, of12, longest = max(of10, c.of10), max(of12, c.of12), max(longest, c.longest)
				}
			}
			t.Logf("of up to ten people any two share %.1f %% of the runs and a run of %d words at most; of twelve, %.1f %%", of10*100, longest, of12*100)
		})
	}
}

// comparison compares the texts of one loop, each with each.
type comparison struct {
	t          *testing.T
	lang       string
	tone       Tone
	where      string
	of10, of12 float64 // the greatest likeness
	longest    int     // run of words
}

func (c *comparison) compare(bodies []string) {
	for i, a := range bodies {
		for j, b := range bodies[:i] {
			share, run := likeness(c.lang, a, b)
			limit := 0.22
			if i >= 10 {
				c.of12 = max(c.of12, share)
				if limit = 0.45; c.tone == Brief {
					limit = 0.62 // a sentence and the user's own note are half of such a text
				}
			} else {
				c.of10, c.longest = max(c.of10, share), max(c.longest, len(tokens(c.lang, []string{run})))
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

// TestForwardedLetter holds that what the recruiter is asked to pass on is what
// the person would be sent, below a request that names them; in brief Japanese,
// which must fit into a link, a few words of it that are nobody else's.
func TestForwardedLetter(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		for _, tone := range Tones {
			seen := map[string]bool{}
			for v := range 10 {
				d := Sample(ThankYou, tone, lang)
				d.Variant, d.Again, d.Names = v, v%2 == 1, d.Names[:1]
				direct := s.Render(d).Body
				d.To.Name, d.Forward, d.Recruiter = "Tom Weber", true, true
				body := s.Render(d).Body
				request, ok := strings.CutSuffix(body, "\n\n"+direct)
				if lang == "ja" && tone == Brief {
					request, ok = strings.Join(strings.Split(body, "\n\n")[:2], "\n\n"), !seen[body]
				}
				seen[body] = true
				if !ok || !strings.Contains(request, "Ana Ruiz") || len(strings.Split(request, "\n\n")) != 2 {
					t.Errorf("%s %s %d: %q before\n%s", lang, tone, v, request, direct)
				}
			}
		}
	}
}

// TestCardsDiffer holds that ten people get ten cards.
func TestCardsDiffer(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		for _, tone := range Tones {
			bodies := loop(s, 10, func(d *Data) { d.Language, d.Tone, d.Kind = lang, tone, Card })
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
