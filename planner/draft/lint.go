package draft

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
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

// request is how much longer a thank-you is that asks to pass it on.
var request = span{20, 55}

// limits are the bounds of a text's length.
func limits(lang string, d Data) span {
	s := wordLimits[d.Kind][tone(d.Tone)]
	switch {
	case d.Kind == StatusCheck && d.Attempt > 1:
		s = span{s.from / 2, s.to * 3 / 4}
	case d.Kind == ThankYou && d.Forward:
		s = span{s.from + request.from, s.to + request.to}
	}
	if languages[lang].solid {
		return charLimits(lang, s)
	}
	return s
}

// length counts words, or the characters of a language without blanks.
func length(lang, text string) int {
	n := 0
	if !languages[lang].solid {
		for word := range strings.FieldsSeq(text) {
			if strings.ContainsFunc(word, letterOrDigit) {
				n++
			}
		}
		return n
	}
	for _, r := range text {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
			n++
		}
	}
	return n
}

var (
	blank = regexp.MustCompile(`\[[^\]]*\]|\{[^}]*\}|<[^>\n]*>|_{2,}|\b(?:XXX+|TODO|TBD|Lorem ipsum)\b`)
	// absent are what programs print for a value that they do not have.
	absent = []string{"<no value>", "<nil>", "null", "undefined", "%!"}
	// doubled are stops that follow each other where a value was left out.
	doubled = []string{"  ", ",,", ",.", ".,", "。。", "、、", "，，", "，。", "、。"}
)

// danglers are words after which a sentence does not end: if one does, the value
// that belongs there is missing.
var danglers = map[string][]string{
	"en": words("at of the by a an and"),
	"de": words("bei als für von der und am zum zur"),
	"fr": words("chez de du le la les pour et à au"),
	"es": words("en de del el la para por y a con"),
	"pt": words("em de da do na no para por e com"),
	"it": words("presso di del della il la per e con in"),
	"nl": words("bij van de het voor met als en"),
	"pl": words("w z na do i o dla od"),
	"sv": words("hos som och"),
}

// lint looks for what makes a text unfit to send, whoever wrote its template.
func lint(lang, text string) []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	lower := strings.ToLower(text)
	if w := holdsAny(lower, absent, false); w != "" {
		say("a value is missing: %q", w)
	}
	if strings.ContainsAny(text, "[{<_XTL") {
		for _, m := range blank.FindAllString(text, -1) {
			say("a blank is left to fill in: %q", m)
		}
	}
	for _, d := range doubled {
		if i := strings.Index(text, d); i >= 0 && (d == "  " || wordEnd(text[i+len(d):])) {
			say("stray punctuation: %q", around(text, i))
		}
	}
	if i := strings.IndexAny(text, ":;!?"); lang != "fr" && i > 0 && text[i-1] == ' ' {
		say("a blank before punctuation: %q", around(text, i))
	}
	if w := dangling(lang, lower); w != "" {
		say("a sentence is cut off: %q", w)
	}
	if n := strings.Count(text, "!") + strings.Count(text, "！"); n > 2 {
		say("%d exclamation marks", n)
	}
	for _, p := range banned(lang, lower) {
		say("the phrase %q reads as pressure or as a form letter", p)
	}
	return bad
}

// dangling returns a word of the language after which a stop stands although it
// cannot end a sentence.
func dangling(lang, lower string) string {
	list := danglers[lang]
	for i := 0; i < len(lower); i++ {
		if !strings.ContainsRune(".,;:!?", rune(lower[i])) {
			continue
		}
		before := strings.TrimRight(lower[:i], " ")
		word := before[strings.LastIndexFunc(before, func(r rune) bool { return !unicode.IsLetter(r) && !strings.ContainsRune("-’'", r) })+1:]
		if slices.Contains(list, word) {
			return word + string(lower[i])
		}
	}
	return ""
}

// wordEnd tells whether nothing follows, or a blank: ".NET" may stand after one.
func wordEnd(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || !letterOrDigit(r) && r != '.'
}

// around shows where in a text something is.
func around(text string, i int) string {
	return strings.ToValidUTF8(text[max(0, i-20):min(len(text), i+20)], "")
}

// holdsAny returns the first of the phrases that the text holds.
func holdsAny(text string, phrases []string, solid bool) string {
	for _, p := range phrases {
		if holds(text, p, solid) {
			return p
		}
	}
	return ""
}

// banned returns the phrases of the language's list and of the English one that
// the text, in lower case, holds; of phrases within each other the first listed.
func banned(lang, lower string) []string {
	var found []string
	within := func(p string) bool {
		return slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, p) })
	}
	for _, list := range []string{lang, DefaultLanguage} {
		for _, p := range bannedPhrases()[list] {
			if !within(p) && holds(lower, p, languages[list].solid) {
				found = append(found, p)
			}
		}
	}
	return found
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

// bannedPhrases are read from banned.txt of each language, when they are first
// asked for: a run with nothing new has no text to judge.
var bannedPhrases = sync.OnceValue(func() map[string][]string {
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
})

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
		with(func(d *Data) { d.Attempt = 2 })
	}
	return out
}
