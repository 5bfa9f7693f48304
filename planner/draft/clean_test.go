package draft

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/planner/interview"
)

// TestInjection puts hostile text into every field of every kind and language.
func TestInjection(t *testing.T) {
	s := load(t)
	for name, bad := range calendartest.Hostile {
		t.Run(name, func(t *testing.T) {
			for _, lang := range Languages {
				for _, kind := range Kinds {
					d := Data{
						Kind: kind, Language: lang, To: interview.Person{Name: bad, Email: bad}, Names: []string{bad, "Ben " + bad},
						Me: bad, Signature: bad, Company: bad, Via: bad, Role: bad, Round: interview.Round(bad), Tone: Tone(bad),
						Notes: []string{bad, bad + " again"}, Interview: sampleDay, HearBy: sampleDay, Deadline: sampleDay, Variant: 1,
					}
					checkHarmless(t, d, s.Render(d))
					d.Forward = true
					checkHarmless(t, d, s.Render(d))
				}
			}
		})
	}
}

func checkHarmless(t *testing.T, d Data, text Text) {
	t.Helper()
	if text.Title == "" || text.Body == "" {
		t.Errorf("%s %s: empty", d.Language, d.Kind)
	}
	if strings.ContainsAny(text.Title+text.Subject+text.Hint, "\r\n") {
		t.Errorf("%s %s: more than one line: %q %q", d.Language, d.Kind, text.Title, text.Subject)
	}
	if calendar.TitleDone(text.Title) {
		t.Errorf("%s %s: %q reads as done", d.Language, d.Kind, text.Title)
	}
	if n := len([]rune(text.Title)); n > maxTitle {
		t.Errorf("title of %d characters", n)
	}
	if n := len([]rune(text.Body)); n > 4200 {
		t.Errorf("body of %d characters", n)
	}
	for _, s := range []string{text.Title, text.Subject, text.Hint, text.Body} {
		if m := calendar.ParseMarks(s); len(m) > 0 {
			t.Errorf("%s %s: mark %v in %q", d.Language, d.Kind, m, s)
		}
		for _, r := range s {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200d' || r == '\u2028' || r == unicode.ReplacementChar) {
				t.Errorf("%s %s: %U in %q", d.Language, d.Kind, r, s)
				return
			}
		}
		for _, word := range []string{"<script", "<img", "<b>", "no value", "<nil>", "\x1b"} {
			if strings.Contains(strings.ToLower(s), word) {
				t.Errorf("%s %s: %q in %q", d.Language, d.Kind, word, s)
			}
		}
	}
	if strings.ContainsAny(text.Title+text.Subject, "{}<>[]") {
		t.Errorf("%s %s: brackets in %q %q", d.Language, d.Kind, text.Title, text.Subject)
	}
	if err := validMailTo(MailTo(d.To.Email, text.Subject, text.Body)); err != nil {
		t.Errorf("%s %s: %v", d.Language, d.Kind, err)
	}
}

func TestField(t *testing.T) {
	for in, want := range map[string]string{
		"Northwind":                 "Northwind",
		"  Northwind \n Ltd. ":      "Northwind Ltd.",
		"C# Developer":              "C# Developer",
		"C++ & .NET":                "C++ & .NET",
		"#1 in coffee":              "#1 in coffee",
		"#offer Northwind":          "offer Northwind",
		"<b>Northwind</b>":          "Northwind",
		"{{.Me}}":                   ".Me",
		"null":                      "",
		"N/A":                       "",
		"TBD":                       "",
		"– –":                       "",
		"日本電気株式会社":                  "日本電気株式会社",
		"Köln · Bäckerei":           "Köln · Bäckerei",
		"Ünïcode\u0301":             "Ünïcodé",
		strings.Repeat("wide ", 20): strings.Repeat("wide ", 11) + "wide…",
		"🎉 Party Co 🎉":              "Party Co",
		"\"Quoted\"":                "Quoted",
		"Northwind (UK)":            "Northwind (UK)",
	} {
		if got := field(in, 60); got != want {
			t.Errorf("field(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestRoleField(t *testing.T) {
	for in, want := range map[string]string{
		"Data Engineer (m/w/d)":   "Data Engineer",
		"Data Engineer (w|m|d)":   "Data Engineer",
		"Ingénieur H/F":           "Ingénieur",
		"Ingénieur données (F/H)": "Ingénieur données",
		"Software Engineer f/m/x": "Software Engineer",
		"Pflegefachkraft [m/w/d]": "Pflegefachkraft",
		"UX/UI Designer":          "UX/UI Designer",
		"R&D Engineer":            "R&D Engineer",
		"Engineer (Backend)":      "Engineer (Backend)",
		"Registered Nurse, ICU":   "Registered Nurse, ICU",
		"Specjalista k/m":         "Specjalista",
	} {
		if got := roleField(in); got != want {
			t.Errorf("roleField(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestNotesAreWoven holds that notes stand in the thank-you as they were written.
func TestNotesAreWoven(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		for _, tone := range Tones {
			for v := range 7 {
				d := Sample(ThankYou, tone, lang)
				d.Variant, d.Notes = v, []string{"I ran a C# team of 5 at Contoso", "ask about <1 ms latency"}
				body := s.Render(d).Body
				stop := "."
				if languages[lang].solid {
					stop = "。"
				}
				for _, want := range []string{"I ran a C# team of 5 at Contoso" + stop, "ask about <1 ms latency" + stop} {
					if !strings.Contains(body, want) {
						t.Errorf("%s %s %d: no %q in\n%s", lang, tone, v, want, body)
					}
				}
			}
		}
	}
}

func TestNotesAreBounded(t *testing.T) {
	s := load(t)
	d := Sample(ThankYou, Warm, "en")
	d.Notes = []string{"a1", "a1", "b2", "c3", "d4"}
	text := s.Render(d)
	if strings.Contains(text.Body, "d4") || !strings.Contains(text.Body, "c3") || len(text.Warnings) != 1 {
		t.Errorf("%q\n%s", text.Warnings, text.Body)
	}
	d.Notes = []string{strings.Repeat("long ", 200)}
	if text := s.Render(d); len(text.Warnings) != 1 || !strings.Contains(text.Body, "long…") {
		t.Errorf("%q\n%s", text.Warnings, text.Body)
	}
}

// TestUnknownLanguage falls back to English and says so.
func TestUnknownLanguage(t *testing.T) {
	s := load(t)
	d := Sample(ThankYou, Warm, "tlh")
	if text := s.Render(d); text.Language != "en" || len(text.Warnings) != 1 || !strings.HasPrefix(text.Body, "Hi Ana,") {
		t.Errorf("%+v", text)
	}
	for _, tag := range []string{"de", "DE", "de-CH", "de_AT"} {
		d.Language = tag
		if text := s.Render(d); text.Language != "de" {
			t.Errorf("%s: %s", tag, text.Language)
		}
	}
	if text := s.Render(Data{Kind: "nonsense"}); len(text.Warnings) != 1 || text.Body != "" {
		t.Errorf("%+v", text)
	}
}

func FuzzRender(f *testing.F) {
	s := load(f)
	for _, bad := range calendartest.Hostile {
		f.Add(bad, bad, bad, uint8(3))
	}
	f.Fuzz(func(t *testing.T, name, role, note string, pick uint8) {
		d := Data{
			Kind: Kinds[int(pick)%len(Kinds)], Tone: Tones[int(pick)%len(Tones)], Language: Languages[int(pick)%len(Languages)],
			To: interview.Person{Name: name, Email: note}, Names: []string{name, role}, Me: name, Company: role, Role: role,
			Notes: []string{note}, Variant: int(pick), Interview: time.Unix(int64(pick)*1e6, 0).UTC(),
		}
		checkHarmless(t, d, s.Render(d))
	})
}
