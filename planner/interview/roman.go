package interview

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Companies whose name is written in another script have domains in Latin
// letters: Лазурит is at lazurit.example, 바람개비 at baramgaebi.example. What
// follows writes both in a form in which they meet. It is coarse, since people
// romanise in many ways, and used only to compare a name with a domain.

// romanKey is the form of a name or domain label for this comparison: romanised,
// with the letters taken as one that romanisations differ in. "" when the name is
// in a script that it can't be told of, as Chinese.
func romanKey(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case r >= 0xac00 && r < 0xd7a4:
			b.WriteString(romanHangul(r))
		case r >= 0x3041 && r <= 0x30fa || r == 'ー':
			writeKana(&b, r)
		default:
			l, ok := romanLetters[r]
			if !ok && unicode.IsLetter(r) {
				return ""
			}
			b.WriteString(l)
		}
	}
	return squeeze(romanVariants.Replace(b.String()))
}

// romanVariants are what romanisations write differently.
var romanVariants = strings.NewReplacer("shch", "s", "sch", "s", "sh", "s", "ch", "c", "kh", "h", "zh", "z", "ts", "c", "tz", "c", "ph", "f", "th", "t",
	"ks", "x", "ck", "k", "yu", "u", "ju", "u", "iu", "u", "ya", "a", "ja", "a", "ia", "a", "ye", "e", "ou", "u", "ei", "i", "oi", "i", "ai", "e", "ae", "e", "eo", "o", "eu", "u",
	"y", "i", "j", "i", "w", "v", "g", "k", "d", "t", "b", "p", "l", "r", "-", "", " ", "")

// squeeze takes letters that stand twice as one.
func squeeze(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if i == 0 || s[i] != s[i-1] {
			out = append(out, s[i])
		}
	}
	return string(out)
}

var romanLetters = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'ґ': "g", 'д': "d", 'е': "e", 'є': "ye", 'ж': "zh", 'з': "z", 'и': "i", 'і': "i", 'ї': "i", 'й': "y",
	'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch",
	'ш': "sh", 'щ': "shch", 'ъ': "", 'ы': "y", 'ь': "", 'э': "e", 'ю': "yu", 'я': "ya",
	'α': "a", 'β': "v", 'γ': "g", 'δ': "d", 'ε': "e", 'ζ': "z", 'η': "i", 'θ': "th", 'ι': "i", 'κ': "k", 'λ': "l", 'μ': "m", 'ν': "n", 'ξ': "x",
	'ο': "o", 'π': "p", 'ρ': "r", 'σ': "s", 'τ': "t", 'υ': "y", 'φ': "f", 'χ': "ch", 'ψ': "ps", 'ω': "o",
}

var (
	hangulInitials = strings.Split("g kk n d tt r m b pp s ss  j jj ch k t p h", " ")
	hangulVowels   = strings.Split("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i", " ")
	hangulFinals   = strings.Split(" k k k n n n t l k m l l l p l m p p t t ng t t k t p t", " ")
)

// romanHangul writes a syllable in the Revised Romanisation, letter by letter.
func romanHangul(r rune) string {
	n := int(r - 0xac00)
	return hangulInitials[n/588] + hangulVowels[n%588/28] + hangulFinals[n%28]
}

// kanaRows are the hiragana from U+3041 on in Hepburn's romanisation; small ones
// are told apart in writeKana.
var kanaRows = strings.Fields("a a i i u u e e o o ka ga ki gi ku gu ke ge ko go sa za shi ji su zu se ze so zo ta da chi ji - tsu zu te de to do na ni nu ne no " +
	"ha ba pa hi bi pi fu bu pu he be pe ho bo po ma mi mu me mo ya ya yu yu yo yo ra ri ru re ro wa wa i e o n vu")

// writeKana appends one kana to what was romanised so far.
func writeKana(b *strings.Builder, r rune) {
	if r == 'ー' || r == 'っ' || r == 'ッ' {
		return
	}
	if r >= 0x30a1 {
		r -= 0x60
	}
	n := int(r - 0x3041)
	if n < 0 || n >= len(kanaRows) {
		return
	}
	so := b.String()
	switch k := kanaRows[n]; {
	case (r == 'ゃ' || r == 'ゅ' || r == 'ょ') && strings.HasSuffix(so, "i"):
		b.Reset()
		b.WriteString(strings.TrimSuffix(so, "i") + k)
	case r == 'う' && strings.HasSuffix(so, "o"): // a long o
	default:
		b.WriteString(k)
	}
}

// consonants is a name in Hebrew or Arabic letters, or a domain label, without
// vowels, which those scripts don't write.
func consonants(s string) string {
	var b strings.Builder
	for _, r := range s {
		if l, ok := semiticLetters[r]; ok {
			b.WriteString(l)
		} else if r < utf8.RuneSelf && !strings.ContainsRune("aeiouyw-' ", r) {
			b.WriteRune(r)
		} else if r >= utf8.RuneSelf {
			return ""
		}
	}
	return squeeze(semiticVariants.Replace(b.String()))
}

var semiticVariants = strings.NewReplacer("sh", "s", "ch", "h", "kh", "h", "tz", "c", "ts", "c", "ph", "p", "th", "t", "f", "p", "v", "b", "q", "k", "g", "j", "dh", "d", "gh", "j")

var semiticLetters = map[rune]string{
	'א': "", 'ב': "b", 'ג': "j", 'ד': "d", 'ה': "", 'ו': "", 'ז': "z", 'ח': "h", 'ט': "t", 'י': "", 'כ': "k", 'ך': "k", 'ל': "l", 'מ': "m", 'ם': "m",
	'נ': "n", 'ן': "n", 'ס': "s", 'ע': "", 'פ': "p", 'ף': "p", 'צ': "c", 'ץ': "c", 'ק': "k", 'ר': "r", 'ש': "s", 'ת': "t",
	'ا': "", 'ب': "b", 'ت': "t", 'ث': "t", 'ج': "j", 'ح': "h", 'خ': "h", 'د': "d", 'ذ': "d", 'ر': "r", 'ز': "z", 'س': "s", 'ش': "s", 'ص': "s", 'ض': "d",
	'ط': "t", 'ظ': "z", 'ع': "", 'غ': "j", 'ف': "p", 'ق': "k", 'ك': "k", 'ل': "l", 'م': "m", 'ن': "n", 'ه': "h", 'و': "", 'ي': "", 'ة': "", 'ء': "", 'ئ': "", 'ؤ': "",
}

// romanMeets tells whether a name in another script is that of a domain label, or
// its beginning.
func romanMeets(name, label string) bool {
	if isASCII(name) || !isASCII(label) {
		return false
	}
	if r := firstRune(name); r >= 0x590 && r < 0x780 {
		n, l := consonants(name), consonants(label)
		return len(n) >= 3 && n == l || len(n) >= 4 && strings.HasPrefix(l, n)
	}
	n, l := romanKey(name), romanKey(label)
	if first, _, ok := strings.Cut(label, "-"); ok && len(n) > 4 {
		if f := romanKey(first); len(f) >= 5 && strings.HasPrefix(n, f) {
			return true // "Термо Софт" at termo-tech.example
		}
	}
	return len(n) >= 3 && n == l || len(n) >= 5 && strings.HasPrefix(l, n) || len(l) >= 5 && strings.HasPrefix(n, l) && len(n) <= len(l)+3
}

// nameEnd is where the name ends whose first words end with words[0]: capitals go
// on with it.
func nameEnd(t text, words [][2]int) int {
	end := words[0][1]
	for _, w := range words[1:min(3, len(words))] {
		c := firstRune(t.slice(w[0], w[1]))
		if t.low[end:w[0]] != " " || !unicode.IsUpper(c) {
			break
		}
		end = w[1]
	}
	return end
}

// findRoman looks for up to four words in another script that make up the label.
func findRoman(t text, label string) string {
	if isASCII(t.low) {
		return ""
	}
	words, best := wordSpans(t.low), ""
	for i := range words {
		if t.low[words[i][0]] < utf8.RuneSelf {
			continue
		}
		last := i
		for _, joined := range compounds(t.low, words[i:], 4, " -&'.\"") {
			if romanMeets(joined, label) && len(joined) > len(compact(best)) {
				best = t.slice(words[i][0], nameEnd(t, words[last:]))
			}
			last++
		}
	}
	return best
}
