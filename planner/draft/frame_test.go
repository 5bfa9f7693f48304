package draft

import (
	"slices"
	"strings"
	"testing"
	"time"

	"followup/calendar"
)

// helpers are blocks that a language's frame may have or not: only other blocks
// of the frame use them.
var helpers = []string{"after", "window"}

// TestFramesAreComplete holds that every language's frame says what the English
// one says.
func TestFramesAreComplete(t *testing.T) {
	blocks := func(lang string) (out []string) {
		for _, b := range frames[lang]().Templates() {
			if b.Tree != nil && b.Name() != lang && b.Name() != frameFile && !slices.Contains(helpers, b.Name()) {
				out = append(out, b.Name())
			}
		}
		slices.Sort(out)
		return out
	}
	english := blocks("en")
	for _, lang := range Languages {
		if got := blocks(lang); !slices.Equal(got, english) {
			t.Errorf("%s has the blocks %q, English has %q", lang, got, english)
		}
	}
	for _, r := range Rules {
		if !slices.Contains(english, "because "+string(r)) {
			t.Errorf("no frame tells the rule %q", r)
		}
	}
}

// frameTexts is everything that a frame can say.
func frameTexts(f Frame) map[string]string {
	out := map[string]string{}
	for _, block := range []string{"title", "to", "to unknown", "via", "subject"} {
		out[block] = f.Say(block, "Ana Ruiz")
	}
	for _, block := range []string{"open", "open short", "done", "news", "decided"} {
		out[block] = f.Say(block, "")
	}
	out["why"] = f.Say("why", "Ana Ruiz")
	waits := []Wait{{}, {Unit: "hour"}, {Unit: "business day"}}
	for _, unit := range []string{"minute", "hour", "day", "business day"} {
		waits = append(waits, Wait{1, unit}, Wait{2, unit}, Wait{5, unit}, Wait{22, unit})
	}
	for _, rule := range Rules {
		for i, w := range waits {
			for _, title := range []string{"Onsite <b>Northwind", ""} {
				for _, kind := range Kinds {
					r := Reason{
						Rule: rule, Kind: kind, Event: title, AllDay: i%2 == 0, Held: sampleDay, Near: sampleDay, After: w,
						Day: sampleDay.AddDate(0, 0, 4), Marked: i%2 == 1, About: "Northwind",
					}
					out["because "+string(rule)+" "+w.Unit+string(rune('0'+w.N))+title+string(kind)] = f.Why(r)
					r.Until, r.Day = waits[len(waits)-1], time.Time{}
					if rule == RuleWindow || rule == RuleOffer {
						out["because "+string(rule)+" until "+w.Unit+string(rune('0'+w.N))+title+string(kind)] = f.Why(r)
					}
				}
			}
		}
	}
	return out
}

// TestFramesReadWell renders every block of every frame with every kind of value.
func TestFramesReadWell(t *testing.T) {
	for _, lang := range Languages {
		seen := map[string]bool{}
		for block, text := range frameTexts(FrameIn(lang)) {
			plain := strings.NewReplacer("Onsite <b>Northwind", "", "Ana Ruiz", "", "Northwind", "").Replace(text)
			bad := wrongLanguage(lang, plain)
			if strings.Contains(text, "  ") || strings.Contains(text, "<no value>") || strings.TrimSpace(text) == "" {
				bad = append(bad, "a value is missing")
			}
			if strings.Contains(text, "()") || strings.Contains(text, "（）") || strings.Contains(text, "{") || strings.Contains(text, " ,") || strings.Contains(text, " .") {
				bad = append(bad, "stray signs")
			}
			if len(calendar.ParseMarks(text)) > 0 || calendar.TitleDone(text) && block != "done" {
				bad = append(bad, "it marks itself")
			}
			if i := strings.IndexAny(text, ";:!?"); lang == "fr" && i > 0 && text[i-1] == ' ' {
				bad = append(bad, "a plain blank before French punctuation")
			}
			for _, b := range bad {
				if !seen[b] {
					t.Errorf("%s %q: %s: %q", lang, block, b, text)
				}
				seen[b] = true
			}
		}
	}
}

// TestFramesNameTheMarks holds that the words which the program reads stand in
// every language's instructions.
func TestFramesNameTheMarks(t *testing.T) {
	for _, lang := range Languages {
		f := FrameIn(lang)
		for block, words := range map[string][]string{
			"done": {"✓"}, "news": {"#", "answered", "rejected", "offer", "withdrawn"}, "decided": {"#", "accepted", "declined"},
		} {
			for _, w := range words {
				if !strings.Contains(f.Say(block, ""), w) {
					t.Errorf("%s %s: no %q in %q", lang, block, w, f.Say(block, ""))
				}
			}
		}
	}
}

func TestReasonsInWords(t *testing.T) {
	r := Reason{
		Rule: RuleWindow, Kind: ThankYou, Event: "Onsite", Held: sampleDay, Near: sampleDay,
		After: Wait{24, "hour"}, Until: Wait{48, "hour"},
	}
	for lang, want := range map[string]string{
		"en":    `thank-you, 24-48 hours after "Onsite" (ended Mon 23 Nov 14:30)`,
		"en-GB": `thank-you, 24-48 hours after "Onsite" (ended Mon 23 Nov 14:30)`,
		"tlh":   `thank-you, 24-48 hours after "Onsite" (ended Mon 23 Nov 14:30)`,
		"de":    "Dank, 24–48 Stunden nach „Onsite“ (Ende: Montag, 23. November, 14:30 Uhr)",
		"fr":    "remerciement, 24 à 48 heures après «\u00a0Onsite\u00a0» (fin\u00a0: lundi 23 novembre à 14 h 30)",
		"es":    "agradecimiento, 24-48 horas después de «Onsite» (terminó el lunes 23 de noviembre a las 14:30)",
		"pt":    "agradecimento, 24 a 48 horas depois de “Onsite” (término: segunda-feira, 23 de novembro às 14h30)",
		"it":    "ringraziamento, 24-48 ore dopo «Onsite» (fine: lunedì 23 novembre, ore 14:30)",
		"nl":    "bedankje, 24-48 uur na ‘Onsite’ (afgelopen maandag 23 november om 14.30 uur)",
		"pl":    "podziękowanie, 24–48 godzin po: „Onsite” (koniec: poniedziałek, 23 listopada, godz. 14:30)",
		"sv":    "tack, 24–48 timmar efter ”Onsite” (slutade måndag 23 november kl. 14.30)",
		"ja":    "「Onsite」（11月23日（月）14時30分終了）の24～48時間後に送るお礼",
		"zh":    "感谢信，在“Onsite”（11月23日（周一） 14:30 结束）24至48小时后",
	} {
		if got := FrameIn(lang).Why(r); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	r.Near = sampleDay.AddDate(1, 0, 0)
	if got := FrameIn("en").Why(r); !strings.Contains(got, "Mon 23 Nov 2026 14:30") {
		t.Errorf("another year goes without saying: %q", got)
	}
	if got := FrameIn("ja").Why(r); !strings.Contains(got, "2026年11月23日") {
		t.Errorf("another year goes without saying: %q", got)
	}
}

// TestTitleAndHintSpeakToTheReader holds that the user reads their own language
// around a draft in another, but their own template's title as they wrote it.
func TestTitleAndHintSpeakToTheReader(t *testing.T) {
	s := load(t)
	d := Sample(ThankYou, Warm, "ja")
	d.Reader = "de-AT"
	text := s.Render(d)
	if text.Title != "Dank an Ana Ruiz (Northwind, Data Engineer)" || !strings.HasPrefix(text.Hint, "Der Entwurf") || !strings.Contains(text.Body, "様") || text.Language != "ja" {
		t.Errorf("%+v", text)
	}
	d.Reader = "tlh"
	if text := s.Render(d); text.Title == "" || wrongLanguage("ja", strings.ReplaceAll(text.Title, "Data Engineer", "")) != nil {
		t.Errorf("%+v", text)
	}
	own, warnings, err := Load(folder(map[string]string{"ja/thank_you.tmpl": `{{define "title"}}mine{{end}}`}))
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	d.Reader = "de"
	if text := own.Render(d); text.Title != "mine" || !strings.HasPrefix(text.Hint, "Der Entwurf") {
		t.Errorf("%+v", text)
	}
	if !Speaks("pt-BR") || Speaks("tlh") || Speaks("") {
		t.Error("Speaks")
	}
}
