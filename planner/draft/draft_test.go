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

// TestAgainIsSaid holds that a person who is thanked again is told so in every
// variant.
func TestAgainIsSaid(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		for _, tone := range Tones {
			for v := range 8 {
				d := Sample(ThankYou, tone, lang)
				d.Variant = v
				first := s.Render(d).Body
				if d.Again = true; s.Render(d).Body == first {
					t.Errorf("%s %s variant %d does not know that they spoke before:\n%s", lang, tone, v, first)
				}
			}
		}
	}
}

// TestStatusCheckSaysWhatItShould holds the content of the first status check:
// role, company, date and interviewer, and the promised date when there is one.
func TestStatusCheckSaysWhatItShould(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		l, _, _ := speech(lang)
		for _, tone := range Tones {
			d := Sample(StatusCheck, tone, lang)
			d.To.Name, d.Names = "Tom Weber", []string{"Ana Ruiz"}
			d.HearBy = d.Interview.AddDate(0, 0, 4)
			body := s.Render(d).Body
			for _, want := range []string{"Data Engineer", "Northwind", "Ana Ruiz", l.write(l.by, d.HearBy, d.Now)} {
				if !strings.Contains(body, want) {
					t.Errorf("%s %s: no %q in\n%s", lang, tone, want, body)
				}
			}
			if date, on := l.write(l.date, d.Interview, d.Now), l.write(l.on, d.Interview, d.Now); !strings.Contains(body, date) && !strings.Contains(body, on) {
				t.Errorf("%s %s: no %q in\n%s", lang, tone, date, body)
			}
			d.Attempt = 2
			second := s.Render(d)
			if length(lang, second.Body) >= length(lang, body) || second.Subject == s.Render(Sample(StatusCheck, tone, lang)).Subject {
				t.Errorf("%s %s: the second check is not shorter, or has the first one's subject\n%s", lang, tone, second.Body)
			}
		}
	}
}

// TestForwardNamesWhom holds that the recruiter learns whom to thank, and what is
// decided by when stands in the answer to an offer.
func TestForwardNamesWhom(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		l, _, _ := speech(lang)
		for _, tone := range Tones {
			for v := range 4 {
				d := Sample(ThankYou, tone, lang)
				d.To.Name, d.Names, d.Forward, d.Recruiter, d.Variant = "Tom Weber", []string{"Ana Ruiz"}, true, true, v
				if text := s.Render(d); !strings.Contains(text.Body, "Ana Ruiz") || !strings.Contains(text.Title, "Ana Ruiz") || !strings.Contains(text.Title, "Tom Weber") {
					t.Errorf("%s %s %d: %s\n%s", lang, tone, v, text.Title, text.Body)
				}
			}
			d := Sample(OfferReply, tone, lang)
			if text := s.Render(d); !strings.Contains(text.Body, l.write(l.by, d.Deadline, d.Now)) {
				t.Errorf("%s %s: no deadline in\n%s", lang, tone, text.Body)
			}
			d = Sample(NoShow, tone, lang)
			if text := s.Render(d); !strings.Contains(text.Body, l.timeOfDay(d.Interview)) {
				t.Errorf("%s %s: no time in\n%s", lang, tone, text.Body)
			}
		}
	}
}
