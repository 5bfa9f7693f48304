package draft

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"followup/calendar"
)

// Event text is written by strangers. Everything that goes into a draft passes
// through here: one line, bounded, and nothing in it that could act (controls,
// bidirectional overrides, tags, hashtags that would be read back as marks).

// The most runes that a value may bring into a text.
const (
	maxName    = 60
	maxCompany = 60
	maxRole    = 80
	maxNote    = 400
	maxNotes   = 3
	maxTitle   = 160
	maxSubject = 120
	maxRead    = 16 << 10 // bytes of a value that are looked at
)

var (
	tag      = regexp.MustCompile(`</?[A-Za-z!][^<>]*>?`)
	brackets = strings.NewReplacer("<", "", ">", "", "{", "", "}", "", "[", "", "]", "")
	// genders are the suffixes by which advertisements say that everybody may apply.
	genders = regexp.MustCompile(`(?i)\s*[(\[/]?\s*\(?\b(?:[mwfdhxvk]\s*[/|*]\s*){1,3}[mwfdhxvk]\b\s*[)\]]?`)
	// asides are what people and directories add to a display name.
	asides = regexp.MustCompile(`\s*[(（\[【][^)）\]】]*[)）\]】]\s*`)
)

// nothing are the values by which programs say that they know none.
var nothing = map[string]bool{
	"null": true, "nil": true, "none": true, "undefined": true, "n/a": true, "na": true, "nan": true,
	"unknown": true, "tbd": true, "tba": true, "no value": true, ".": true,
}

// field cleans a name, a company or a role: plain words only.
func field(s string, limit int) string {
	s = oneLine(s)
	s = tag.ReplaceAllString(s, " ")
	s = brackets.Replace(s)
	s = strings.Map(func(r rune) rune {
		if pictorial(r) {
			return -1
		}
		return r
	}, s)
	s = shorten(unhash(squeeze(s)), limit)
	s = strings.Trim(s, " ,;:|/\\-–—_*=~\"'“”„«»")
	if nothing[strings.ToLower(s)] || !strings.ContainsFunc(s, letterOrDigit) {
		return ""
	}
	return s
}

// note cleans the user's own words, which may hold any sign but no tag.
func note(s string) string {
	s = tag.ReplaceAllString(oneLine(s), " ")
	s = shorten(unhash(squeeze(s)), maxNote)
	s = strings.Trim(s, " ;,:-–—")
	if !strings.ContainsFunc(s, letterOrDigit) {
		return ""
	}
	return s
}

// roleField cleans a role and drops "(m/w/d)" and its like.
func roleField(s string) string {
	return field(genders.ReplaceAllString(oneLine(s), " "), maxRole)
}

// oneLine drops what no reader can see and turns every kind of blank into one
// space. It looks at the first maxRead bytes only.
func oneLine(s string) string {
	if len(s) > maxRead {
		s = s[:maxRead]
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, ""))
	marks := 0
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			if marks++; marks > 3 {
				return -1
			}
			return r
		}
		marks = 0
		switch {
		case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return ' '
		case invisible(r):
			return -1
		}
		return r
	}, s)
}

// invisible tells whether the rune shows nothing or changes how others show.
// The zero-width joiner is kept: emoji in the user's notes are made with it.
func invisible(r rune) bool {
	switch r {
	case '\u200d':
		return false
	case '\u3164', '\u115f', '\u1160', '\uffa0', '\u2800', '\ufffd':
		return true
	}
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs) || r&0xfffe == 0xfffe
}

// pictorial tells whether the rune is an emoji, a dingbat or part of one.
func pictorial(r rune) bool {
	return unicode.In(r, unicode.So, unicode.Sk) && r != '°' && r != '©' && r != '®' && r != '™' ||
		r == '\u200d' || r >= 0xfe00 && r <= 0xfe0f || r >= 0x1f000 && r <= 0x1faff || r >= 0xe0000 && r <= 0xe0fff ||
		r == '\u20e3'
}

func letterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// unhash takes the "#" from every word that calendar.ParseMarks could read as a
// mark: the draft stands in an event's description, which is read for marks.
func unhash(s string) string {
	if !strings.Contains(s, "#") {
		return s
	}
	var b strings.Builder
	before := ' '
	for i, r := range s {
		after, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		if r == '#' && unicode.IsLetter(after) && !letterOrDigit(before) {
			continue
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// harmless takes the marks out of a finished text, wherever they came from.
func harmless(s string) string {
	if len(calendar.ParseMarks(s)) == 0 {
		return s
	}
	return unhash(s)
}

// shorten cuts after at most limit runes, at a word's end where there is one
// near, and says so with an ellipsis.
func shorten(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	r := []rune(s)
	end := limit - 1
	for i := end; i > end/2; i-- {
		if r[i] == ' ' {
			end = i
			break
		}
	}
	for end > 0 && unicode.Is(unicode.Mn, r[end]) {
		end--
	}
	return strings.TrimRight(string(r[:end]), " ,;:.-–—") + "…"
}
