package draft

import (
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// folder is a user's folder of drafts.
func folder(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func TestOverrides(t *testing.T) {
	plain := Sample(ThankYou, Warm, "en")
	embeddedBody := load(t).Render(plain).Body
	for name, tt := range map[string]struct {
		file, text string
		change     func(*Data)
		subject    string // "" for the embedded one
		body       string // "" for the embedded one
	}{
		"a plain text is for every tone": {
			"en/thank_you.tmpl", "Subject: Thanks, {{.First}}\n\nHello {{.First}},\n\nthank you.\nNina\n", nil,
			"Thanks, Ana", "Hello Ana,\n\nthank you.\nNina",
		},
		"of another tone too": {
			"en/thank_you.tmpl", "Hello {{.First}}.", func(d *Data) { d.Tone = Brief }, "", "Hello Ana.",
		},
		"one block": {
			"en/thank_you.tmpl", `{{define "warm"}}{{template "hello" .}} Mine.{{end}}`, nil, "", "Hi Ana, Mine.",
		},
		"other tones stay": {
			"en/thank_you.tmpl", `{{define "formal"}}Mine.{{end}}`, nil, "", "",
		},
		"own variants replace ours": {
			"en/thank_you.tmpl", `{{define "warm.1"}}One.{{end}}{{define "warm.2"}}Two.{{end}}`, func(d *Data) { d.Variant = 3 }, "", "Two.",
		},
		"forms stay": {
			"en/thank_you.tmpl", `{{define "warm.forward"}}Please forward.{{end}}`, nil, "", "",
		},
		"a form": {
			"en/thank_you.tmpl", `{{define "warm.forward"}}Please forward.{{end}}`, func(d *Data) { d.Forward = true }, "A thank-you to pass on: Data Engineer interview", "Please forward.",
		},
		"the subject alone": {
			"en/thank_you.tmpl", `{{define "subject"}}Hi{{end}}`, nil, "Hi", "",
		},
		"common blocks": {
			"en/common.tmpl", `{{define "bye"}}Cheers, {{.Me}}{{end}}`, nil, "", strings.Replace(embeddedBody, "Best wishes,\nNina Kern", "Cheers, Nina Kern", 1),
		},
		"windows lines and a byte order mark": {
			"en/thank_you.tmpl", "\ufeffSubject: Hi\r\n\r\nHello.\r\nNina\r\n", nil, "Hi", "Hello.\nNina",
		},
		"another language is untouched": {
			"de/thank_you.tmpl", "Hallo.", nil, "", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, warnings, err := Load(folder(map[string]string{tt.file: tt.text}))
			if err != nil || len(warnings) > 0 {
				t.Fatal(err, warnings)
			}
			d := plain
			if tt.change != nil {
				tt.change(&d)
			}
			ours := load(t).Render(d)
			got := s.Render(d)
			if tt.subject == "" {
				tt.subject = ours.Subject
			}
			if tt.body == "" {
				tt.body = ours.Body
			}
			if got.Subject != tt.subject || got.Body != tt.body || len(got.Warnings) > 0 {
				t.Errorf("subject %q, want %q\nbody %q\nwant %q\nwarnings %q", got.Subject, tt.subject, got.Body, tt.body, got.Warnings)
			}
		})
	}
}

// TestBrokenOverrides holds that a broken file is told and never used.
func TestBrokenOverrides(t *testing.T) {
	d := Sample(ThankYou, Warm, "en")
	want := load(t).Render(d)
	for name, tt := range map[string]struct{ file, text, warning string }{
		"unclosed action":     {"en/thank_you.tmpl", "Hi {{.First", "unclosed action"},
		"unclosed block":      {"en/thank_you.tmpl", `{{define "warm"}}Hi`, "unexpected EOF"},
		"unknown function":    {"en/thank_you.tmpl", `{{shout .First}}`, `function "shout" not defined`},
		"unknown variable":    {"en/thank_you.tmpl", "Hi {{.Frist}}", "unknown variable .Frist; the nearest is .First"},
		"in a branch":         {"en/thank_you.tmpl", `{{define "warm"}}{{if .Again}}{{.Boss}}{{end}}x{{end}}`, "unknown variable .Boss"},
		"behind a dollar":     {"en/thank_you.tmpl", `{{range .Names}}{{$.Compani}}{{end}}`, "unknown variable .Compani; the nearest is .Company"},
		"missing block":       {"en/thank_you.tmpl", `{{template "nowhere" .}}`, `"nowhere"`},
		"wrong type":          {"en/thank_you.tmpl", `{{with .Role}}{{.Company}}{{end}}`, "can't evaluate field Company"},
		"empty":               {"en/thank_you.tmpl", `{{define "warm"}}{{if .Forward}}x{{end}}{{end}}`, "is empty"},
		"endless recursion":   {"en/thank_you.tmpl", `{{define "warm"}}{{template "warm" .}}{{end}}`, "exceeded maximum template depth"},
		"too long":            {"en/thank_you.tmpl", `{{define "warm"}}{{range $i, $e := .Names}}{{range 100000}}long {{end}}{{end}}{{end}}`, "longer than 64 kB"},
		"no such value":       {"en/thank_you.tmpl", `{{define "warm"}}{{index .Notes 7}}{{end}}`, "index out of range"},
		"unknown kind":        {"en/thankyou.tmpl", "Hi", `"thankyou" is no kind of follow-up; the nearest is "thank_you"`},
		"unknown language":    {"xx/thank_you.tmpl", "Hi", `"xx" is no language with drafts`},
		"without a language":  {"thank_you.tmpl", "Hi", "stands in its language's folder"},
		"too deep":            {"en/old/thank_you.tmpl", "Hi", "stands in its language's folder"},
		"a huge file":         {"en/thank_you.tmpl", strings.Repeat("x", maxFile+1), "larger than"},
		"another ending":      {"en/thank_you.txt", "Hi", "a template is called en/thank_you.tmpl"},
		"capitals":            {"de/Thank_You.TMPL", "Hi", "a template is called de/thank_you.tmpl"},
		"a folder":            {"en/thank_you.tmpl/x.tmpl", "Hi", "it is a folder"},
		"UTF-16":              {"en/thank_you.tmpl", "\xff\xfeH\x00i\x00", "not in UTF-8"},
		"UTF-16 without mark": {"en/thank_you.tmpl", "H\x00i\x00", "not in UTF-8"},
		"Latin-1":             {"en/thank_you.tmpl", "Gr\xfc\xdfe", "not in UTF-8"},
		"broken common block": {"en/common.tmpl", `{{define "hello"}}{{index .Notes 7}}{{end}}`, "index out of range"},
	} {
		t.Run(name, func(t *testing.T) {
			s, warnings, err := Load(folder(map[string]string{tt.file: tt.text}))
			if err != nil {
				t.Fatal(err)
			}
			got := s.Render(d)
			if got.Body != want.Body || got.Subject != want.Subject || got.Title != want.Title {
				t.Errorf("not the embedded text: %q %q", got.Title, got.Body)
			}
			warnings = append(warnings, got.Warnings...)
			if !strings.Contains(strings.Join(warnings, "\n"), tt.warning) {
				t.Errorf("warnings %q, want %q", warnings, tt.warning)
			}
			if problems := s.Check(); !slices.ContainsFunc(problems, func(p Problem) bool { return p.Broken && strings.Contains(p.What, tt.warning) }) {
				t.Errorf("check says %v", problems)
			}
		})
	}
}

// TestPipesAreNotRead holds that what is no ordinary file is not waited for.
func TestPipesAreNotRead(t *testing.T) {
	pipe := fstest.MapFS{"en/thank_you.tmpl": {Data: []byte("Hi"), Mode: fs.ModeNamedPipe}}
	if _, warnings, err := Load(pipe); err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "no ordinary file") {
		t.Error(warnings, err)
	}
}

// TestLoadTellsWhatCannotBeRendered holds that a run warns of a text that fails
// only when it is rendered, whether or not it is rendered in this run.
func TestLoadTellsWhatCannotBeRendered(t *testing.T) {
	for text, want := range map[string]string{
		`{{define "warm"}}{{index .Names 5}}{{end}}`: `en/thank_you.tmpl: line 1, block "warm", at index .Names 5: index out of range: 5; the embedded text is used instead`,
		`{{template "nope" .}}`:                      `template "nope" not defined; the embedded text is used instead`,
		"Thank you, {{.First}}.":                     "",
	} {
		_, warnings, err := Load(folder(map[string]string{"en/thank_you.tmpl": text}))
		if got := strings.Join(warnings, "\n"); err != nil || !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
}

// TestOtherFilesAreIgnored holds that notes and editors' leavings do no harm.
func TestOtherFilesAreIgnored(t *testing.T) {
	_, warnings, err := Load(folder(map[string]string{
		"README.md": "{{", "en/thank_you.tmpl~": "{{", ".git/config": "{{", "en/.thank_you.tmpl": "{{", ".trash/en/thank_you.tmpl": "{{",
	}), nil)
	if err != nil || len(warnings) > 0 {
		t.Error(err, warnings)
	}
}

// TestLaterFoldersWin holds the order of the layers.
func TestLaterFoldersWin(t *testing.T) {
	first := folder(map[string]string{"en/card.tmpl": "First.", "en/debrief.tmpl": "First."})
	second := folder(map[string]string{"en/card.tmpl": "Second."})
	s, _, err := Load(first, second)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Render(Sample(Card, Warm, "en")).Body; got != "Second." {
		t.Error(got)
	}
	if got := s.Render(Sample(Debrief, Warm, "en")).Body; got != "First." {
		t.Error(got)
	}
}

func TestCheckFindsFaults(t *testing.T) {
	long := strings.Repeat("word ", 150)
	for name, tt := range map[string]struct{ text, what string }{
		"blank":       {"Hi {{.First}}, thank you for [detail].", "a blank is left to fill in"},
		"underscores": {"Hi {{.First}}, thank you for ____.", "a blank is left to fill in"},
		"todo":        {"Hi {{.First}}, TODO.", "a blank is left to fill in"},
		"cliche":      {"Hi, just checking in about this.", `the phrase "just checking in"`},
		"base":        {"Hi, I am touching  base.", `the phrase "touching base"`},
		"greeting":    {"Dear {{.To}}: thank you.", "a blank before punctuation"},
		"position":    {"Thank you for the position of {{.Role}}.", "a sentence is cut off"},
		"two blanks":  {"Hi {{.First}}, thank you for [detail] and <name>.", `"<name>"`},
		"two cliches": {"Hi, just checking in and touching base.", `"touching base"`},
		"mistyped":    {`{{define "warmm"}}Hi.{{end}}`, `no draft uses the block "warmm"; the nearest is "warm"`},
		"no text":     {"\n", "the file holds no text"},
		"one length":  {"Thanks.", "en/thank_you.tmpl (brief): 1 words"},
		"every tone":  {"Thank you for ____.", "en/thank_you.tmpl: a blank is left"},
		"long":        {long, "152 words; 90 to 130 are right"},
		"short":       {"Thanks.", "1 words; 90 to 130 are right"},
		"marks":       {"Thank you. Write #sent when done.", "the text"},
		"shouting":    {"Thank you! Really! So much!", "3 exclamation marks"},
		"same text":   {"Thank you.", "gets the same text as the first"},
		"subject":     {"Subject: Re [role]\nThank you.", "subject: a blank is left to fill in"},
		"title":       {`{{define "title"}}Done{{end}}`, "title: it begins like"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "long" {
				tt.text += "and more"
			}
			s, warnings, err := Load(folder(map[string]string{"en/thank_you.tmpl": tt.text}))
			if err != nil || len(warnings) > 0 {
				t.Fatal(err, warnings)
			}
			var all []string
			for _, p := range s.Check() {
				if p.File != "en/thank_you.tmpl" {
					t.Errorf("another file is blamed: %v", p)
				}
				all = append(all, p.String())
			}
			if name == "marks" {
				tt.what = "would be read as a mark"
			}
			if !strings.Contains(strings.Join(all, "\n"), tt.what) {
				t.Errorf("%q is not in\n%s", tt.what, strings.Join(all, "\n"))
			}
		})
	}
}

func TestListAndSource(t *testing.T) {
	s, _, err := Load(folder(map[string]string{"de/card.tmpl": "Liebe Grüße."}))
	if err != nil {
		t.Fatal(err)
	}
	list := s.List()
	if want := len(Languages) * (len(Kinds) + 1); len(list) != want {
		t.Errorf("%d templates, want %d", len(list), want)
	}
	for _, x := range list {
		want := Embedded
		if x.Language == "de" && x.Kind == Card {
			want = User
		}
		text, origin, err := s.Source(x.Language, x.Kind)
		if x.Origin != want || origin != want || err != nil || x.File != File(x.Language, x.Kind) {
			t.Errorf("%+v: %s, %v", x, origin, err)
		}
		original, err := embeddedSource(x.Language, x.Kind)
		if err != nil || (text == original) != (want == Embedded) {
			t.Errorf("%+v: %v", x, err)
		}
	}
	if _, _, err := s.Source("en", "thanks"); err == nil || !strings.Contains(err.Error(), "thank_you") {
		t.Error(err)
	}
	if _, _, err := s.Source("xx", Card); err == nil || !strings.Contains(err.Error(), `"xx"`) {
		t.Error(err)
	}
}

// embeddedSource is the text of an embedded template.
func embeddedSource(lang string, kind Kind) (string, error) {
	text, err := embedded.ReadFile("templates/" + File(lang, kind))
	return string(text), err
}

// TestEveryLanguageHasItsPhrases holds that each language has a list of phrases
// to avoid, and that none of them is used.
func TestEveryLanguageHasItsPhrases(t *testing.T) {
	for _, lang := range Languages {
		if n := len(bannedPhrases()[lang]); n < 8 {
			t.Errorf("%s: %d phrases", lang, n)
		}
		for _, p := range bannedPhrases()[lang] {
			if len(banned(lang, "x "+p+" y")) == 0 {
				t.Errorf("%s: %q is not found", lang, p)
			}
		}
	}
}

// TestSetIsSafeForConcurrentUse is for the race detector.
func TestSetIsSafeForConcurrentUse(t *testing.T) {
	s := load(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for _, lang := range Languages {
				if s.Render(Sample(Kinds[i], Warm, lang)).Body == "" {
					t.Errorf("%s %s: empty", lang, Kinds[i])
				}
			}
		})
	}
	wg.Wait()
}
