package draft

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"followup/calendar"
	"followup/planner/interview"
)

var (
	sampleDay = time.Date(2026, time.November, 23, 14, 30, 0, 0, time.FixedZone("", 3600))
	allRounds = []interview.Round{"", interview.Screen, interview.HiringManager, interview.Technical, interview.TakeHome,
		interview.Panel, interview.Onsite, interview.Final, interview.OfferCall, interview.Other}
)

// missing calls see with the full data and with every combination of fields
// taken away.
func missingFields(full Data, see func(Data)) {
	takeAway := []func(*Data){
		func(d *Data) { d.To.Name = "" },
		func(d *Data) { d.Company = "" },
		func(d *Data) { d.Role = "" },
		func(d *Data) { d.Interview = time.Time{} },
		func(d *Data) { d.Names = nil },
		func(d *Data) { d.Me = "" },
	}
	if full.Kind == StatusCheck || full.Kind == OfferReply || full.Kind == Debrief {
		takeAway = append(takeAway, func(d *Data) { d.HearBy, d.Deadline = time.Time{}, time.Time{} })
	}
	for bits := range 1 << len(takeAway) {
		d := full
		for i, away := range takeAway {
			if bits&(1<<i) != 0 {
				away(&d)
			}
		}
		see(d)
	}
}

// circumstances are the forms that a kind has.
func circumstances(kind Kind) []func(*Data) {
	plain := func(*Data) {}
	switch kind {
	case ThankYou:
		return []func(*Data){plain,
			func(d *Data) { d.Again = true },
			func(d *Data) { d.Recruiter, d.To.Name = d.To.Name != "", "Tom Weber" },
			func(d *Data) { d.Recruiter, d.Again = true, true },
			func(d *Data) { d.Forward = true },
			func(d *Data) { d.Notes = []string{"Kubernetes, Kafka"} },
			func(d *Data) { d.Notes, d.Again = []string{"Kubernetes", "Kafka 3.9", "PostgreSQL"}, true },
			func(d *Data) { d.Notes, d.Forward = []string{"Kubernetes"}, true },
			func(d *Data) { d.Notes, d.Recruiter = []string{"Kubernetes"}, true },
		}
	case StatusCheck:
		return []func(*Data){plain, func(d *Data) { d.Attempt = 2 }, func(d *Data) {
			d.Names = slices.DeleteFunc(slices.Clone(d.Names), func(n string) bool { return n == d.To.Name })
		}}
	case RejectionReply, Withdrawal:
		return []func(*Data){plain, func(d *Data) { d.Via = "Weitblick Staffing" }}
	case OfferReply:
		return []func(*Data){plain, func(d *Data) { d.Attempt = 2 }}
	case Debrief:
		return []func(*Data){plain, func(d *Data) { d.Notes = []string{"Kubernetes", "Kafka 3.9"} }}
	}
	return []func(*Data){plain}
}

// TestEveryCombination renders every kind, tone, language, form and variant with
// every combination of missing fields.
func TestEveryCombination(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			reported := map[string]int{}
			rendered := 0
			for _, kind := range Kinds {
				for _, tone := range Tones {
					full := Sample(kind, tone, lang)
					full.Interview, full.HearBy, full.Deadline = sampleDay, sampleDay.AddDate(0, 0, 4), sampleDay.AddDate(0, 0, 11)
					for i, change := range circumstances(kind) {
						missingFields(full, func(d Data) {
							change(&d)
							for v := range variantsToTry(kind) {
								if i > 1 && v > 3 || v > 1 && d.Me == "" {
									break // these forms have few variants or repeat the plain ones; all sign alike
								}
								d.Variant, d.Round = v, allRounds[(v+rendered)%len(allRounds)]
								if rendered++; rendered%thin != 0 {
									continue
								}
								text := s.Render(d)
								for _, what := range slices.Concat(faults(d, text), unfit(d, text)) {
									id := fmt.Sprintf("%s %s form %d variant %d: %.40s", kind, tone, i, v, what)
									if reported[id]++; reported[id] == 1 && len(reported) < 60 {
										t.Errorf("%s %s\nround %q; %s; %s\n%s", lang, id, d.Round, text.Title, text.Subject, shown(what, text.Body))
									}
								}
							}
						})
					}
				}
			}
			t.Logf("%d drafts", rendered)
		})
	}
}

// shown is the body, but not where only its length is at fault.
func shown(what, body string) string {
	if strings.Contains(what, "are right") {
		return ""
	}
	return body
}

// TestEachRuleFails spoils good drafts on purpose, once for each rule.
func TestEachRuleFails(t *testing.T) {
	s := load(t)
	for _, tt := range []struct {
		rule, lang string
		kind       Kind
		spoil      func(*Text)
		want       string
	}{
		{"no body", "en", ThankYou, func(x *Text) { x.Body = "" }, "empty"},
		{"no subject", "en", ThankYou, func(x *Text) { x.Subject = "" }, "subject"},
		{"a subject without a mail", "en", Card, func(x *Text) { x.Subject = "Hi" }, "subject"},
		{"no hint", "en", StatusCheck, func(x *Text) { x.Hint = "" }, "no hint"},
		{"two lines of title", "en", ThankYou, func(x *Text) { x.Title += "\nmore" }, "more than one line"},
		{"a blank", "de", ThankYou, func(x *Text) { x.Body = replaced(x.Body, "Data Engineer", "[Rolle]") }, "a blank is left"},
		{"a bracket", "es", ThankYou, func(x *Text) { x.Body = replaced(x.Body, "Northwind", "Northwind (Madrid)") }, "bracket"},
		{"a double space", "fr", ThankYou, func(x *Text) { x.Body = replaced(x.Body, " ", "  ") }, "stray punctuation"},
		{"a double comma", "pt", OfferReply, func(x *Text) { x.Body = replaced(x.Body, ", ", ",, ") }, "stray punctuation"},
		{"null", "it", Withdrawal, func(x *Text) { x.Body = replaced(x.Body, "Data Engineer", "null") }, "a value is missing"},
		{"a nil", "sv", Withdrawal, func(x *Text) { x.Body = replaced(x.Body, "Data Engineer", "<nil>") }, "a value is missing"},
		{"a value that was left out", "nl", OfferReply, func(x *Text) { x.Body = replaced(x.Body, " Northwind", "") }, "a sentence is cut off"},
		{"an English word", "pl", ThankYou, func(x *Text) { x.Body = replaced(x.Body, "Data Engineer", "Data Engineer with you") }, "is en"},
		{"an English hint", "ja", ThankYou, func(x *Text) { x.Hint = "Read it with care." }, "is en"},
		{"a German title", "fr", ThankYou, func(x *Text) { x.Title = "Dank und Gruß" }, "is de"},
		{"kana in Chinese", "zh", ThankYou, func(x *Text) { x.Body = replaced(x.Body, "您", "あ") }, "script"},
		{"traditional characters", "zh", StatusCheck, func(x *Text) { x.Body = replaced(x.Body, "时间", "時間") }, "script"},
		{"Cyrillic", "en", ThankYou, func(x *Text) { x.Body = replaced(x.Body, "a", "а") }, "script"},
		{"too long", "en", ThankYou, func(x *Text) { x.Body += strings.Repeat(" word", 60) }, "are right"},
		{"too long in Japanese", "ja", ThankYou, func(x *Text) { x.Body += strings.Repeat("言葉", 200) }, "are right"},
		{"too short", "de", ThankYou, func(x *Text) { x.Body = "Danke." }, "are right"},
		{"an exclamation mark", "it", Card, func(x *Text) { x.Body = replaced(x.Body, ".", "!") }, "exclamation"},
		{"a phrase to avoid", "es", StatusCheck, func(x *Text) { x.Body = replaced(x.Body, "Espero", "Quedo a la espera. Espero") }, "form letter"},
		{"an English phrase to avoid", "de", StatusCheck, func(x *Text) { x.Body += " asap" }, "form letter"},
		{"a mark", "en", LetGo, func(x *Text) { x.Body += " #sent" }, "mark"},
		{"a title that is done", "en", LetGo, func(x *Text) { x.Title = "Done: x" }, "done"},
		{"a sentence twice", "en", ThankYou, func(x *Text) { x.Body += "\n\n" + strings.Split(x.Body, "\n\n")[1] }, "says twice"},
		{"a paragraph without an end", "sv", ThankYou, func(x *Text) { x.Body = replaced(x.Body, ".\n\n", "\n\n") }, "without a stop"},
		{"a sentence that begins small", "en", ThankYou, func(x *Text) { x.Body = replaced(x.Body, ". I look", ". i look") }, "begins small"},
		{"a warning", "en", ThankYou, func(x *Text) { x.Warnings = []string{"x"} }, "warnings"},
	} {
		d := Sample(tt.kind, Warm, tt.lang)
		text := s.Render(d)
		if bad := slices.Concat(faults(d, text), unfit(d, text)); len(bad) > 0 {
			t.Fatalf("%s: unspoilt it has %q", tt.rule, bad)
		}
		before := fmt.Sprint(text)
		tt.spoil(&text)
		bad := strings.Join(slices.Concat(faults(d, text), unfit(d, text)), "\n")
		if fmt.Sprint(text) == before || !strings.Contains(bad, tt.want) {
			t.Errorf("%s: no %q in %q, of\n%s", tt.rule, tt.want, bad, text.Body)
		}
	}
	for link, want := range map[string]bool{
		"mailto:a@b.example?subject=x&body=y": true, "mailto:?subject=x": true, "mailto:a@b.example?subject=x y": false,
		"mailto:a@b.example?subject=" + strings.Repeat("x", 2000): false, "mailto:a@b.example?subject=%0d%0aBcc:x": false,
		"mailto:a@b.example?subject=x&bcc=y@z.example": false, "http://x": false,
	} {
		if err := validMailTo(link); (err == nil) != want {
			t.Errorf("%.60s: %v", link, err)
		}
	}
}

// replaced replaces one occurrence.
func replaced(s, old, by string) string { return strings.Replace(s, old, by, 1) }

// TestEveryRound renders every round in every variant.
func TestEveryRound(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		for _, kind := range Kinds {
			for _, tone := range Tones {
				for _, r := range allRounds {
					for v := range variantsToTry(kind) {
						d := Sample(kind, tone, lang)
						d.Round, d.Variant = r, v
						text := s.Render(d)
						for _, what := range slices.Concat(faults(d, text), unfit(d, text)) {
							t.Errorf("%s %s %s round %q variant %d: %s\n%s", lang, kind, tone, r, v, what, shown(what, text.Body))
						}
					}
				}
			}
		}
	}
}

func variantsToTry(kind Kind) int {
	switch kind {
	case ThankYou:
		return 11
	case Card:
		return 10
	}
	return 1
}

// unfit are the rules for our own texts that would be too strict for a user's.
func unfit(d Data, t Text) []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	mail := d.Kind != LetGo && d.Kind != Card && d.Kind != Debrief
	if mail == (t.Subject == "") {
		say("subject %q", t.Subject)
	}
	if t.Title == "" || t.Body == "" || strings.ContainsAny(t.Title+t.Subject+t.Hint, "\r\n") {
		say("title or body empty, or more than one line")
	}
	if mail && t.Hint == "" {
		say("no hint")
	}
	if len(t.Warnings) > 0 {
		say("warnings %q", t.Warnings)
	}
	if i := strings.IndexAny(t.Body+t.Subject+t.Hint, "()[]{}<>（）【】!！#"); i >= 0 {
		say("bracket, exclamation or number sign in %q", t.Body+t.Subject+t.Hint)
	}
	for _, s := range []string{t.Title, t.Subject, t.Body, t.Hint} {
		bad = append(bad, wrongLanguage(t.Language, s)...)
		if len(calendar.ParseMarks(s)) > 0 {
			say("it holds a mark: %q", s)
		}
	}
	bad = append(bad, lint(t.Language, t.Hint)...)
	if !slices.ContainsFunc(tellTales[t.Language], func(w string) bool { return holds(strings.ToLower(t.Body), w, languages[t.Language].solid) }) {
		say("no word of the language")
	}
	bad = append(bad, badParagraphs(t)...)
	link := MailTo(d.To.Email, t.Subject, t.Body)
	if err := validMailTo(link); err != nil {
		say("%v", err)
	}
	return bad
}

// badParagraphs looks for paragraphs that do not begin or end as sentences do.
func badParagraphs(t Text) []string {
	var bad []string
	seen := map[string]bool{}
	for sentence := range strings.FieldsFuncSeq(t.Body, func(r rune) bool { return strings.ContainsRune(".?!。？\n", r) }) {
		if sentence = strings.TrimSpace(sentence); len(sentence) > 40 && seen[sentence] {
			bad = append(bad, fmt.Sprintf("it says twice: %q", sentence))
		}
		seen[sentence] = true
	}
	paragraphs := strings.Split(t.Body, "\n\n")
	for i, p := range paragraphs {
		if p == "" {
			return append(bad, "an empty paragraph")
		}
		last := []rune(p)[len([]rune(p))-1]
		signature := strings.Contains(p, "\n") || languages[t.Language].solid && (i == 0 || i > len(paragraphs)-3) || i == len(paragraphs)-1 || strings.HasPrefix(paragraphs[i+1][:2], "P")
		if !strings.ContainsRune(".?!。？：:,，；様", last) && !signature {
			bad = append(bad, fmt.Sprintf("a paragraph ends without a stop: %q", p))
		}
		for sentence := range strings.SplitSeq(p, ". ") {
			first := []rune(sentence)[0]
			if i > 1 && !strings.HasSuffix(paragraphs[i-1], ",") && unicode.IsLower(first) && !strings.HasPrefix(sentence, "m.in") {
				bad = append(bad, fmt.Sprintf("a sentence begins small: %q", sentence))
			}
		}
	}
	return bad
}

// tellTales are words that belong to one of the languages and to none of the
// others: a text holds some of its own and none of another's.
var tellTales = map[string][]string{
	"en": {"the", "with", "your", "and", "thank", "would", "you"},
	"de": {"und", "für", "nicht", "sie", "der", "vielen", "haben", "danke", "ihnen"},
	"fr": {"vous", "votre", "merci", "avec", "pour", "poste"},
	"es": {"usted", "muy", "el", "gracias", "puesto", "conversación", "mucho", "tiempo"},
	"pt": {"não", "você", "muito", "vaga", "uma", "olá", "agradeço"},
	"it": {"gli", "stato", "grazie", "molto", "sono", "della", "posizione", "più", "gratitudine"},
	"nl": {"het", "een", "voor", "graag", "ik", "bij", "gesprek", "vragen", "vriendelijke"},
	"pl": {"się", "jest", "nie", "dziękuję", "proszę", "rozmowę", "rozmowa", "rozmowie", "rozmowy", "oraz", "aby", "podziękowanie"},
	"sv": {"och", "att", "jag", "tack", "för", "är"},
	"ja": {"の", "に", "を", "は"},
	"zh": {"您", "的", "我"},
}

// shared are tell-tales that another language has too.
var shared = map[string][]string{"ja": {"的", "我"}, "zh": {"的", "我"}}

var judged sync.Map // text in a language: what wrongLanguage said of it

func wrongLanguage(lang, text string) []string {
	if said, ok := judged.Load(lang + text); ok {
		return said.([]string)
	}
	bad := foreign(lang, text)
	judged.Store(lang+text, bad)
	return bad
}

func foreign(lang, text string) []string {
	var bad []string
	lower := strings.ToLower(text)
	for _, quote := range []string{"answered", "rejected", "offer", "withdrawn", "accepted", "declined", "decision-by", "went-well", "went-badly", "„with“", "\"with\"", "«\u00a0with\u00a0»", "«with»", "„with”", "“with”", "”with”", "「with」", "the others"} {
		lower = strings.ReplaceAll(lower, quote, "")
	}
	for other, list := range tellTales {
		if other == lang {
			continue
		}
		for _, w := range list {
			if holds(lower, w, languages[other].solid) && !slices.Contains(tellTales[lang], w) && !slices.Contains(shared[lang], w) {
				bad = append(bad, fmt.Sprintf("%q is %s: %q", w, other, text))
			}
		}
	}
	for _, r := range text {
		if !scriptFits(lang, r) {
			bad = append(bad, fmt.Sprintf("%q does not belong to the language's script: %q", r, text))
			break
		}
	}
	return bad
}

// traditional are common characters that simplified Chinese writes otherwise.
const traditional = "們這個時會機謝請說話對為來過還進問題門見關開間邊務職業學經歷點選項興與應該實際發現無論從後張員資訊電郵長處單紹參專環項覺認識讓誰種麼樣當動場歡華語寫書讀聽給線總結報導議獲聯絡"

func scriptFits(lang string, r rune) bool {
	kana := unicode.In(r, unicode.Hiragana, unicode.Katakana)
	switch lang {
	case "ja":
		return !unicode.In(r, unicode.Cyrillic, unicode.Hangul)
	case "zh":
		return !kana && !strings.ContainsRune(traditional, r) && !unicode.In(r, unicode.Cyrillic, unicode.Hangul)
	}
	return !kana && !unicode.In(r, unicode.Han, unicode.Cyrillic, unicode.Greek, unicode.Hangul)
}

// TestPolishTellsNoGender holds the first person to forms that fit everybody.
func TestPolishTellsNoGender(t *testing.T) {
	gendered := regexp.MustCompile(`\pL+[aeiyąę]ł(?:em|am|bym|abym)\b|wdzięczn[ya]|zainteresowan[ya]|pew(?:ien|na) jestem`)
	for _, kind := range kindNames() {
		text, err := embeddedSource("pl", Kind(kind))
		if err != nil {
			t.Fatal(err)
		}
		if m := gendered.FindString(text); m != "" {
			t.Errorf("%s: %q", kind, m)
		}
	}
}

// TestRomanceTellsNoGender does the same for participles and adjectives that
// would agree with the writer.
func TestRomanceTellsNoGender(t *testing.T) {
	gendered := map[string]*regexp.Regexp{
		"fr": regexp.MustCompile(`(?i)je (?:suis|serais|reste) (?:ravi|heureux|heureuse|intéressé|convaincu|reconnaissant|enchanté|certain|content)|m’a (?:touché|attiré|convaincu|aidé|mis)\b`),
		"es": regexp.MustCompile(`(?i)\b(?:interesad[oa]|agradecid[oa]|encantad[oa]|estimad[oa]|convencid[oa]|atent[oa]|quedo atent\w+)\b`),
		"pt": regexp.MustCompile(`(?i)\b(?:obrigad[oa]|prezad[oa]|(?:estou|fico|sou) (?:muito )?(?:interessad|convencid|grat)[oa])\b`),
		"it": regexp.MustCompile(`(?i)\b(?:(?:sono|sarei|resto) (?:molto )?(?:interessat|grat|convint|liet|rimast|onorat|riuscit|solit)[oa])\b`),
	}
	for lang, re := range gendered {
		for _, kind := range kindNames() {
			text, err := embeddedSource(lang, Kind(kind))
			if err != nil {
				t.Fatal(err)
			}
			text = regexp.MustCompile(`\{\{/\*.*?\*/\}\}`).ReplaceAllString(text, "")
			if m := re.FindString(text); m != "" {
				t.Errorf("%s/%s: %q", lang, kind, m)
			}
		}
	}
}
