package interview

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxText bounds the text that is read of one field, in bytes: nobody puts the
// facts of an invitation behind 16 kB of something else.
const maxText = 16 << 10

// text is a string in the two forms that reading needs: as a person wrote it,
// and folded for comparison. Offsets into low map back to raw, so that what is
// found in the folded form can be quoted as written.
type text struct {
	raw string // NFKC, line ends as \n, blanks as plain spaces
	low string // lower case, no accents, hyphens inside words as spaces
	off []int32
}

// newText folds s. Lower-casing treats the Turkish İ and ı as i, since
// MÜLAKAT, mülakat and İŞ GÖRÜŞMESİ must meet whatever locale wrote them.
func newText(s string) text {
	if has := look(s); has&wide == 0 { // what follows changes nothing else of it
		if s = cut(s, maxText); has&untidy != 0 {
			s = collapse(controls(s))
		}
		return text{raw: s, low: foldASCII(s, has)}
	}
	s = cleanSpaces(norm.NFKC.String(cut(strings.ToValidUTF8(s, " "), maxText)))
	if has := look(s); has&wide == 0 {
		return text{raw: s, low: foldASCII(s, has)}
	}
	low := make([]byte, 0, len(s)+8)
	off := make([]int32, 0, len(s)+9)
	for i, r := range s {
		from := len(low)
		low = appendFolded(low, r)
		for ; from < len(low); from++ {
			off = append(off, int32(i))
		}
	}
	off = append(off, int32(len(s)))
	return text{raw: s, low: hyphensToSpaces(string(low)), off: off}
}

// fold returns the folded form alone.
func fold(s string) string { return newText(s).low }

// at maps an offset in low to one in raw.
func (t text) at(i int) int {
	if t.off == nil {
		return i
	}
	return int(t.off[i])
}

// slice returns what a person wrote between two offsets of low.
func (t text) slice(from, to int) string { return t.raw[t.at(from):t.at(to)] }

// sub returns the text between two offsets of low as a text of its own.
func (t text) sub(from, to int) text {
	if t.off == nil {
		return text{raw: t.raw[from:to], low: t.low[from:to]}
	}
	base := t.off[from]
	off := make([]int32, to-from+1)
	for i := range off {
		off[i] = t.off[from+i] - base
	}
	return text{raw: t.slice(from, to), low: t.low[from:to], off: off}
}

// head returns the text up to an offset of low, or a little less.
func (t text) head(to int) text {
	if to >= len(t.low) {
		return t
	}
	for to > 0 && !utf8.RuneStart(t.low[to]) {
		to--
	}
	return t.sub(0, to)
}

// lines splits the text at line ends; blank lines are kept as empty texts.
func (t text) lines() []text {
	var out []text
	for from := 0; from <= len(t.low); {
		n := strings.IndexByte(t.low[from:], '\n')
		if n < 0 || len(out) >= 300 {
			return append(out, t.sub(from, len(t.low)))
		}
		out = append(out, t.sub(from, from+n))
		from += n + 1
	}
	return out
}

// cut shortens s to at most n bytes on a rune boundary.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func isASCII(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		if s[0]|s[1]|s[2]|s[3]|s[4]|s[5]|s[6]|s[7] >= utf8.RuneSelf {
			return false
		}
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

var spaceCleaner = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ",
	"\u200b", "", "\u200c", "", "\u200d", "", "\u200e", "", "\u200f", "", "\ufeff", "", "\u202a", "", "\u202b", "",
	"\u202c", "", "\u202d", "", "\u202e", "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "", "\u00ad", "",
	" : ", ": ", "\\n", "\n") // \n in letters is text that was escaped twice on its way

func cleanSpaces(s string) string { return collapse(spaceCleaner.Replace(s)) }

// controls is spaceCleaner for ASCII.
func controls(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c, next := s[i], byte(0)
		if i+1 < len(s) {
			next = s[i+1]
		}
		switch {
		case c == '\r' && next == '\n', c == '\\' && next == 'n':
			c = '\n'
			i++
		case c == '\r':
			c = '\n'
		case c == '\t':
			c = ' '
		case c == ' ' && next == ':' && i+2 < len(s) && s[i+2] == ' ':
			b = append(b, ':')
			i += 2
		}
		b = append(b, c)
	}
	return string(b)
}

// collapse leaves one of several blanks, and none at the ends of lines.
func collapse(s string) string {
	if !strings.Contains(s, "  ") && !strings.Contains(s, " \n") && !strings.Contains(s, "\n ") {
		return s
	}
	b := make([]byte, 0, len(s))
	last := byte('\n')
	for i := range len(s) {
		c := s[i]
		if c == ' ' && (last == ' ' || last == '\n') {
			continue
		}
		if c == '\n' && last == ' ' {
			b = b[:len(b)-1]
		}
		b = append(b, c)
		last = c
	}
	return string(b)
}

// What a text may have that needs work, as look tells it.
const (
	wide    = 1 << iota // more than ASCII
	capital             // a letter to lower
	hyphen              // one that may stand between letters
	untidy              // what controls or collapse change, perhaps
)

// byteTraits has for every byte what it means by itself, and in two bits more
// what it means before and behind others: a blank is untidy before a blank, a
// line end and a colon, and a line end before a blank.
var byteTraits = func() (t [256]struct{ alone, before, behind byte }) {
	for c := range t {
		switch {
		case c >= utf8.RuneSelf:
			t[c].alone = wide
		case 'A' <= c && c <= 'Z':
			t[c].alone = capital
		case c == '-':
			t[c].alone = hyphen
		case c == '\r', c == '\t', c == '\\':
			t[c].alone = untidy
		}
	}
	const blank, lineEnd = 1, 2
	t[' '].before, t[' '].behind = blank, blank|lineEnd
	t['\n'].before, t['\n'].behind = lineEnd, blank
	t[':'].behind = blank
	return t
}()

// look tells what s has.
func look(s string) byte {
	has, pairs, last := byte(0), byte(0), byteTraits['\n'].before
	for i := range len(s) {
		t := &byteTraits[s[i]]
		has |= t.alone
		pairs |= last & t.behind
		last = t.before
	}
	if pairs != 0 {
		has |= untidy
	}
	return has
}

// foldASCII folds a clean ASCII text that has what look says.
func foldASCII(s string, has byte) string {
	if has&(capital|hyphen) == 0 {
		return s
	}
	var room [128]byte
	b := append(room[:0], s...)
	for i, c := range b {
		b[i] = lower[c]
	}
	if has&hyphen != 0 {
		spaceHyphens(b, s)
	}
	return string(b)
}

// special holds the letters whose base form Unicode does not decompose.
var special = map[rune]string{
	'ß': "ss", 'ẞ': "ss", 'ø': "o", 'Ø': "o", 'ł': "l", 'Ł': "l", 'đ': "d", 'Đ': "d", 'æ': "ae", 'Æ': "ae",
	'œ': "oe", 'Œ': "oe", 'ı': "i", 'İ': "i", 'ð': "d", 'þ': "th", 'ς': "σ", '’': "'", '‘': "'", 'ʼ': "'", '´': "'",
	'“': "\"", '”': "\"", '„': "\"", '«': "\"", '»': "\"", '‐': "-", '‑': "-", '−': "-", '—': "–", '―': "–",
	'ё': "е", 'Ё': "е", 'й': "й", 'Й': "й", 'ї': "ї", 'Ї': "ї", 'أ': "ا", 'إ': "ا", 'آ': "ا", 'ى': "ي", 'ـ': "",
}

// appendFolded appends the folded form of one rune of NFKC text. Marks are
// dropped from Latin, Greek and Cyrillic letters and as Hebrew points and
// Arabic vowels; the vowel signs of Indic scripts are letters and stay.
func appendFolded(b []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(b, byte(r))
	}
	if r < 0x3000 {
		if s, ok := special[r]; ok {
			return append(b, s...)
		}
	}
	if r >= 0x300 && r <= 0x36f || r >= 0x591 && r <= 0x5c7 || r >= 0x64b && r <= 0x65f {
		return b
	}
	r = unicode.ToLower(r)
	if r < 0x590 || r >= 0x1e00 && r < 0x2000 {
		var buf [utf8.UTFMax]byte
		n := utf8.EncodeRune(buf[:], r)
		if d := norm.NFD.Properties(buf[:n]).Decomposition(); d != nil {
			first, _ := utf8.DecodeRune(d)
			if s, ok := special[first]; ok {
				return append(b, s...)
			}
			return utf8.AppendRune(b, first)
		}
	}
	return utf8.AppendRune(b, r)
}

// hyphensToSpaces lets "phone-screen" meet "phone screen": a hyphen between two
// letters reads as a space.
func hyphensToSpaces(s string) string {
	if strings.IndexByte(s, '-') < 0 {
		return s
	}
	b := []byte(s)
	spaceHyphens(b, s)
	return string(b)
}

// spaceHyphens makes those hyphens of b spaces. s is what b was.
func spaceHyphens(b []byte, s string) {
	for i := 1; i+1 < len(b); i++ {
		if b[i] == '-' && wordByte(b[i-1]) && wordByte(b[i+1]) && !(digit(b[i-1]) && digit(b[i+1])) && !besideIdeograph(s, i) {
			b[i] = ' '
		}
	}
}

// besideIdeograph tells whether the hyphen at i stands beside a Chinese, Japanese
// or Korean letter, where it parts things.
func besideIdeograph(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+1:])
	return before >= 0x1100 && ideographic(string(before)) || after >= 0x1100 && ideographic(string(after))
}

func digit(c byte) bool    { return '0' <= c && c <= '9' }
func wordByte(c byte) bool { return c >= utf8.RuneSelf || 'a' <= c && c <= 'z' || digit(c) }

// wordRune tells whether r is part of a word for the purpose of boundaries.
func wordRune(r rune) bool {
	if uint32(r) < utf8.RuneSelf {
		return asciiWord[r]
	}
	return wideWordRune(r)
}

func wideWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

// asciiWord is wordRune for ASCII.
var asciiWord = func() (t [utf8.RuneSelf]bool) {
	for r := range rune(utf8.RuneSelf) {
		t[r] = 'a' <= r|0x20 && r|0x20 <= 'z' || '0' <= r && r <= '9'
	}
	return t
}()

// dense tells whether r belongs to a script that is written without spaces or
// with particles joined to its words, so that a word is found inside of others.
func dense(r rune) bool {
	switch {
	case r < 0x590:
		return false
	case r >= 0x590 && r < 0x800: // Hebrew, Arabic: articles and prepositions are prefixes
		return true
	case r >= 0x900 && r < 0x980: // Devanagari
		return true
	case r >= 0xe00 && r < 0xe80: // Thai
		return true
	case r >= 0x1100 && r < 0x1200, r >= 0x2e80 && r < 0xa4d0, r >= 0xac00 && r < 0xd7b0, r >= 0xf900 && r < 0xfb00, r >= 0x20000:
		return true
	}
	return false
}

// ideographic tells whether s holds Chinese, Japanese or Korean letters.
func ideographic(s string) bool {
	for _, r := range s {
		if r >= 0x1100 && r < 0x1200 || r >= 0x3040 && r < 0xa4d0 || r >= 0xac00 && r < 0xd7b0 || r >= 0xf900 && r < 0xfb00 || r >= 0x20000 {
			return true
		}
	}
	return false
}

// compact keeps the letters and digits of a folded string: "Nimbus-Labs, Inc."
// and nimbuslabs.example meet in it.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if wordRune(r) {
			return r
		}
		return -1
	}, fold(s))
}
