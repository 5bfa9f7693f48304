package draft

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"followup/calendar"
)

// span is how long a text may be, both inclusive: in words, or in characters
// where a language writes no blanks between words.
type span struct{ from, to int }

// wordLimits are what advisers recommend; the brief tone is about half of it.
// The numbers hold for texts without notes.
var wordLimits = map[Kind]map[Tone]span{
	ThankYou:        {Warm: {90, 130}, Formal: {90, 130}, Brief: {35, 85}},
	StatusCheck:     {Warm: {55, 125}, Formal: {40, 120}, Brief: {15, 60}},
	RejectionReply:  {Warm: {40, 90}, Formal: {40, 90}, Brief: {20, 50}},
	FeedbackRequest: {Warm: {60, 120}, Formal: {55, 120}, Brief: {25, 65}},
	OfferReply:      {Warm: {50, 110}, Formal: {45, 110}, Brief: {20, 60}},
	Withdrawal:      {Warm: {50, 110}, Formal: {40, 100}, Brief: {20, 60}},
	NoShow:          {Warm: {50, 119}, Formal: {40, 119}, Brief: {20, 70}},
	LetGo:           {Warm: {50, 150}, Formal: {30, 110}, Brief: {15, 60}},
	Card:            {Warm: {20, 70}, Formal: {20, 70}, Brief: {8, 40}},
	Debrief:         {Warm: {60, 230}, Formal: {60, 230}, Brief: {50, 220}},
}

// charLimits are the same for Chinese and Japanese, where one English word is
// about 1.6 and 2.4 characters.
func charLimits(lang string, s span) span {
	if lang == "ja" {
		return span{s.from * 17 / 10, s.to * 36 / 10}
	}
	return span{s.from * 11 / 10, s.to * 24 / 10}
}

// limits are the bounds of a text's length.
func limits(lang string, kind Kind, t Tone, attempt int) span {
	s := wordLimits[kind][t]
	if kind == StatusCheck && attempt > 1 {
		s = span{s.from / 2, s.to * 3 / 4}
	}
	if languages[lang].solid {
		return charLimits(lang, s)
	}
	return s
}

// length counts words, or the characters of a language without blanks.
func length(lang, text string) int {
	if !languages[lang].solid {
		return len(strings.Fields(text))
	}
	n := 0
	for _, r := range text {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
			n++
		}
	}
	return n
}

var (
	blank      = regexp.MustCompile(`\[[^\]]*\]|\{[^}]*\}|<[^>\n]*>|_{2,}|\b(?:XXX+|TODO|TBD|lorem ipsum)\b`)
	nobody     = regexp.MustCompile(`(?m)^(?:Hi|Hello|Dear|Hallo|Guten Tag|Bonjour|Hola|Olá|Buongiorno|Gentile|Beste|Geachte|Hej|Dzień dobry) ,`)
	strayComma = regexp.MustCompile(`[ \n][,.](?:\s|$)|,\s*[,.;]|\.\.(?:[^.]|$)|。。|、、|，，|，。|、。`)
	strayColon = regexp.MustCompile(` [:;!?]`)
	doubled    = regexp.MustCompile(`\S  +\S`)
	noValue    = regexp.MustCompile(`(?i)<no value>|\bnull\b|%!|\bundefined\b|<nil>`)
	danglers   = map[string]*regexp.Regexp{
		"en": regexp.MustCompile(`(?i)\b(?:at|of|the|by|a|an|and)\s*[.,;:!?]`),
		"de": regexp.MustCompile(`(?i)\b(?:bei|als|für|von|der|und|am|zum|zur)\s*[.,;:!?]`),
		"fr": regexp.MustCompile(`(?i)(?:^|\s)(?:chez|de|du|le|la|les|pour|et|à|au)\s*[.,;:!?]`),
		"es": regexp.MustCompile(`(?i)(?:^|\s)(?:en|de|del|el|la|para|por|y|a|con)\s*[.,;:!?]`),
		"pt": regexp.MustCompile(`(?i)(?:^|\s)(?:em|de|da|do|na|no|para|por|e|com)\s*[.,;:!?]`),
		"it": regexp.MustCompile(`(?i)(?:^|\s)(?:presso|di|del|della|il|la|per|e|con|in)\s*[.,;:!?]`),
		"nl": regexp.MustCompile(`(?i)\b(?:bij|van|de|het|voor|met|als|en)\s*[.,;:!?]`),
		"pl": regexp.MustCompile(`(?i)(?:^|\s)(?:w|z|na|do|i|o|dla|od)\s*[.,;:!?]`),
		"sv": regexp.MustCompile(`(?i)\b(?:hos|som|och)\s*[.,;:!?]`),
	}
	exclamation = regexp.MustCompile(`[!！]`)
)

// lint looks for what makes a text unfit to send, whoever wrote its template.
// text is the body; short is the subject or title.
func lint(lang, text string) []string {
	var bad []string
	find := func(re *regexp.Regexp, what string) {
		if m := re.FindString(text); m != "" {
			bad = append(bad, fmt.Sprintf("%s: %q", what, strings.TrimSpace(m)))
		}
	}
	find(noValue, "a value is missing")
	find(blank, "a blank is left to fill in")
	find(nobody, "the greeting has no name")
	find(strayComma, "stray punctuation")
	find(doubled, "two blanks in a row")
	if lang != "fr" {
		find(strayColon, "a blank before punctuation")
	}
	if re := danglers[lang]; re != nil {
		find(re, "a sentence is cut off")
	}
	if n := len(exclamation.FindAllString(text, -1)); n > 2 {
		bad = append(bad, fmt.Sprintf("%d exclamation marks", n))
	}
	if p := banned(lang, text); p != "" {
		bad = append(bad, fmt.Sprintf("the phrase %q reads as pressure or as a form letter", p))
	}
	if m := calendar.ParseMarks(text); len(m) > 0 {
		bad = append(bad, fmt.Sprintf("#%s would be read as a mark; write it without the number sign", m[0].Word))
	}
	if calendar.TitleDone(text) {
		bad = append(bad, "it begins like the title of a follow-up that is done")
	}
	return bad
}

// banned returns the first phrase of the language's list, or of the English one,
// that the text holds; "" when none.
func banned(lang, text string) string {
	lower := strings.ToLower(text)
	for _, l := range []string{lang, DefaultLanguage} {
		for _, p := range bannedPhrases[l] {
			if holds(lower, p, languages[l].solid) {
				return p
			}
		}
	}
	return ""
}

// holds looks for a phrase between word boundaries.
func holds(text, phrase string, solid bool) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], phrase)
		if i < 0 {
			return false
		}
		i += at
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(phrase):])
		if solid || !unicode.IsLetter(before) && !unicode.IsLetter(after) {
			return true
		}
		at = i + len(phrase)
	}
}

// bannedPhrases are read from banned.txt of each language.
var bannedPhrases = func() map[string][]string {
	m := map[string][]string{}
	for _, lang := range Languages {
		text, err := embedded.ReadFile("templates/" + lang + "/banned.txt")
		if err != nil {
			continue // a test holds that every language has one
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.ToLower(strings.TrimSpace(line)); line != "" && !strings.HasPrefix(line, "#") {
				m[lang] = append(m[lang], line)
			}
		}
	}
	return m
}()

// samples are data as they come, from everything known to nothing known.
func samples(kind Kind, t Tone, lang string) []Data {
	full := Sample(kind, t, lang)
	bare := Data{Kind: kind, Tone: t, Language: lang}
	out := []Data{full, bare}
	with := func(change func(*Data)) {
		d := full
		d.Names = slices.Clone(full.Names)
		change(&d)
		out = append(out, d)
	}
	with(func(d *Data) { d.To.Name = "" })
	with(func(d *Data) { d.Company, d.Names = "", nil })
	with(func(d *Data) { d.Role, d.Me = "", "" })
	switch kind {
	case ThankYou:
		with(func(d *Data) { d.Again, d.Notes = true, []string{"I have led a migration like yours"} })
		with(func(d *Data) { d.Recruiter, d.To.Name = true, "Tom Weber" })
		with(func(d *Data) { d.Forward, d.To.Name = true, "Tom Weber" })
	case StatusCheck:
		with(func(d *Data) { d.HearBy = d.Interview.AddDate(0, 0, 4) })
		with(func(d *Data) { d.Attempt = 2 })
	case OfferReply:
		with(func(d *Data) { d.Deadline = d.Interview.AddDate(0, 0, 9) })
	}
	return out
}
