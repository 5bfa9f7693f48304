package interview

import (
	"math/bits"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"followup/calendar"
)

// detect tells the language of a text by its script, the small words that every
// sentence has, and the vocabulary that was found in it. fallback decides when
// the text says nothing; it is "" when nothing is known.
func (v *vocabulary) detect(raw string, hits []hit, fallback string) string {
	if l := byScript(raw); l == "zh" && japanese(hits, fallback) {
		return "ja"
	} else if l != "" {
		return l
	}
	score := map[string]int{}
	if fallback != "" {
		score[fallback] = homeScore
	}
	for _, h := range hits {
		switch h.section {
		case "stop":
			if len(h.pre) == 1 {
				score[h.lang]++ // the w of "w/ Anna" is no Polish
				continue
			}
			score[h.lang] += 2
		case "interview", "ambiguous", "confirm", "promise", "hiring":
			score[h.lang] += 2
		case "given", "job", "mr":
		default:
			if len(h.pre) > 1 {
				score[h.lang]++
			}
		}
	}
	for l, n := range letterHints(raw) {
		score[l] += n
	}
	best := ""
	for _, l := range v.langs {
		switch n := score[l]; {
		case n == 0:
		case best == "" || n > score[best] || n == score[best] && l == fallback || n == score[best] && best != fallback && l == "en":
			best = l
		}
	}
	if best == "" {
		return fallback
	}
	if fallback != "" && score[best] < 3 && score[fallback] == score[best] {
		return fallback
	}
	return best
}

// homeScore is what speaks for the user's own language before a word is read: a
// short title has too few words to be sure of another one.
const homeScore = 2

// japanese tells whether the words found in a text of Chinese characters alone
// are Japanese ones.
func japanese(hits []hit, fallback string) bool {
	ja, zh := 0, 0
	for _, h := range hits {
		if h.section == "interview" || h.section == "ambiguous" || h.section == "hiring" || h.section == "honorific" {
			switch h.lang {
			case "ja":
				ja++
			case "zh":
				zh++
			}
		}
	}
	return ja > zh || ja == zh && fallback == "ja"
}

// byScript names the language of texts whose script is one language's own.
func byScript(s string) string {
	var latin, han, kana, hangul, arabic, hebrew, devanagari, greek, thai, n int
	for _, r := range s {
		switch {
		case r < 0x80:
			if 'a' <= r|0x20 && r|0x20 <= 'z' {
				latin++
			}
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.Is(unicode.Hiragana, r), unicode.Is(unicode.Katakana, r):
			kana++
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case unicode.Is(unicode.Arabic, r):
			arabic++
		case unicode.Is(unicode.Hebrew, r):
			hebrew++
		case unicode.Is(unicode.Devanagari, r):
			devanagari++
		case unicode.Is(unicode.Greek, r):
			greek++
		case unicode.Is(unicode.Thai, r):
			thai++
		}
		if n++; n > 4000 {
			break
		}
	}
	most := max(han+kana, hangul, arabic, hebrew, devanagari, greek, thai)
	if most == 0 || most*6 < latin {
		return ""
	}
	switch most {
	case han + kana:
		if kana > 0 {
			return "ja"
		}
		return "zh"
	case hangul:
		return "ko"
	case arabic:
		if strings.ContainsAny(s, "پچژگ") {
			return "fa"
		}
		return "ar"
	case hebrew:
		return "he"
	case devanagari:
		return "hi"
	case greek:
		return "el"
	}
	return "th"
}

// ownLetters are letters that only one or two of the languages use.
var ownLetters = []struct{ lang, letters string }{
	{"de", "ßäöü"}, {"fr", "çêèœàù"}, {"es", "ñ¿¡"}, {"pt", "ãõç"}, {"pl", "łąęśżźćń"}, {"sv", "åäö"}, {"da", "æøå"}, {"no", "æøå"},
	{"fi", "äö"}, {"cs", "řůěšžč"}, {"hu", "őű"}, {"ro", "țșăşţ"}, {"tr", "ğışİ"}, {"ru", "ыэъ"}, {"uk", "їєґі"},
	{"vi", "ăâđêôơưạảấầẩẫậắằặẹẻẽếềểệỉịọỏốồổộớờởợụủứừửữựỳỵỷỹ"},
}

// letterOwners has for each such letter a bit for every language in ownLetters
// that uses it.
var letterOwners = sync.OnceValue(func() map[rune]uint32 {
	owners := map[rune]uint32{}
	for i, l := range ownLetters {
		for _, r := range l.letters {
			owners[r] |= 1 << i
		}
	}
	return owners
})

// letterHints counts the letters of s that only one or two of the languages use.
func letterHints(s string) map[string]int {
	if isASCII(s) {
		return nil
	}
	owners := letterOwners()
	count := make([]int, len(ownLetters))
	cyrillic := false
	for _, r := range s {
		if r < utf8.RuneSelf {
			continue
		}
		for set := owners[r]; set != 0; set &= set - 1 {
			count[bits.TrailingZeros32(set)]++
		}
		cyrillic = cyrillic || unicode.Is(unicode.Cyrillic, r)
	}
	out := map[string]int{}
	for i, n := range count {
		if n > 0 {
			out[ownLetters[i].lang] = min(n, 4)
		}
	}
	if cyrillic && out["uk"] == 0 && out["ru"] == 0 {
		out["ru"] = 1
	}
	return out
}

// smallWords are the [stop] words of every language, which its file begins with.
var smallWords = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for _, l := range languages() {
		data, err := vocabFiles.ReadFile("vocab/" + l + ".txt")
		if err != nil {
			panic(err) // the files are embedded: a test loads them
		}
		_, rest, ok := strings.Cut(string(data), "[stop]\n")
		if !ok {
			continue
		}
		rest, _, _ = strings.Cut(rest, "\n\n")
		for w := range strings.FieldsFuncSeq(rest, func(r rune) bool { return r == ',' || r == '\n' }) {
			if w = foldEntry(w); w != "" {
				out[w] = append(out[w], l)
			}
		}
	}
	return out
})

// languagesOf lists the languages that an event may be in: by its script, by the
// small words in it, or, when there are too few of those, by the stems of facts/stems.txt.
func languagesOf(e *calendar.Event) []string {
	t := newText(e.Summary + "\n" + cut(e.Description, 1500))
	if l := byScript(t.raw); l == "zh" || l == "ja" {
		return []string{"zh", "ja"} // a title may have no kana
	} else if l != "" {
		return []string{l}
	}
	count, best := map[string]int{}, 0
	small := smallWords()
	for from, to := range words(t.low) {
		for _, l := range small[t.low[from:to]] {
			count[l]++
			best = max(best, count[l])
		}
	}
	var out []string
	if best < 4 {
		loadStems().event(e, func(lang string) bool {
			out = append(out, lang)
			return len(out) < 40
		})
	}
	for l, n := range count {
		if n*2 >= best {
			out = append(out, l)
		}
	}
	return out
}
