package interview

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pretty writes a domain label as a name: blue-harbor is Blue Harbor.
func pretty(label string) string {
	words := strings.FieldsFunc(label, func(r rune) bool { return r == '-' || r == '_' || r == ' ' })
	for i, w := range words {
		c, n := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(c)) + w[n:]
	}
	return strings.Join(words, " ")
}

// brand finds how people write the company of a domain label in the event's
// texts: nimbuslabs is "Nimbus Labs". It is "" when no text names it.
func (r *reading) brand(label string) string { return remember(&r.seen.brands, label, r.findBrand) }

func (r *reading) findBrand(label string) string {
	l := compact(label)
	if utf8.RuneCountInString(l) < 2 {
		return ""
	}
	best := ""
	for _, t := range []text{r.title, r.topic, r.body, r.loc} {
		if s := findBrand(t, l); s != "" && (best == "" || len(compact(s)) > len(compact(best)) && len(l) > len(compact(best))) {
			best = s
		}
	}
	if best != "" {
		return best
	}
	for _, g := range r.guests {
		if s := findBrand(newText(g.name), l); s != "" {
			return s
		}
	}
	for _, t := range []text{r.title, r.topic, r.body, r.loc} {
		if s := r.findParts(t, label); s != "" {
			return s
		}
	}
	for _, g := range r.guests {
		if s := r.findParts(newText(g.name), label); s != "" {
			return s
		}
	}
	for _, t := range []text{r.title, r.topic, r.body, r.loc} {
		if s := findRoman(t, l); s != "" {
			return s
		}
	}
	return r.ownName(label)
}

// ownName is what a sender calls the company of a domain whose name is written
// otherwise: as the name of a mailbox, "Azienda Sanitaria Valle" at asv.example,
// or in another script beside the sender's own, "이든서치 배정호입니다".
func (r *reading) ownName(label string) string {
	for _, g := range r.guests {
		if g.label() != label {
			continue
		}
		if n := r.deskCompany(g.name); g.mailbox && n != "" && (len(strings.Fields(n)) > 1 || !isASCII(n)) {
			return n
		}
		if n := r.besideName(g); n != "" {
			return n
		}
	}
	return ""
}

// besideName is the name that stands before that of an East Asian guest.
func (r *reading) besideName(g guest) string {
	name := stripHonorific(g.name, r.v)
	if !ideographic(name) {
		return ""
	}
	family, _, _ := strings.Cut(name, " ")
	for _, t := range []text{r.title, r.body} {
		at := strings.Index(t.raw, family)
		if at <= 0 {
			continue
		}
		before := strings.TrimRight(t.raw[:at], " 　の・:：/|")
		if i := strings.LastIndexFunc(before, func(c rune) bool { return !wordRune(c) && c != '・' || c == '、' }); i >= 0 {
			_, n := utf8.DecodeRuneInString(before[i:])
			before = before[i+n:]
		}
		if n := utf8.RuneCountInString(before); n >= 3 && n <= 16 && ideographic(before) && !r.oneWord(before) && !r.deskWord(before) && !r.looksLikeRole(before) && !r.anyVocabulary(before) {
			return before
		}
	}
	return ""
}

// findParts finds the words that make up a label in their order, with one or two
// between that it leaves out: theatre-confluences is "Théâtre des Confluences",
// hazelsearch "Hazel Executive Search".
func (r *reading) findParts(t text, label string) string {
	l := umlauts(compact(label))
	if len(l) < 6 {
		return ""
	}
	words := wordSpans(t.low)
	for i := range words {
		first := t.slice(words[i][0], words[i][1])
		rest, ok := strings.CutPrefix(l, umlauts(t.low[words[i][0]:words[i][1]]))
		if !ok || rest == "" || len(l)-len(rest) < 3 || !startsUpper(first) {
			continue
		}
		for j, skipped := i+1, 0; j < len(words) && skipped < 3; j++ {
			if strings.Trim(t.low[words[j-1][1]:words[j][0]], " -&'.’") != "" {
				break
			}
			word := umlauts(t.low[words[j][0]:words[j][1]])
			after, ok := strings.CutPrefix(rest, word)
			if !ok && r.inflects() && sameStem(word, rest) {
				after, ok = "", true // "Mavi Vakfı" at mavivakif.example
			}
			switch {
			case !ok || words[j][1]-words[j][0] < 3 && after != "":
				skipped++
			case after != "":
				rest = after
			case !inAddress(t.low, words[i][0], words[j][1]):
				return t.slice(words[i][0], words[j][1])
			}
		}
	}
	return ""
}

// findBrand looks for up to four words that make up the label, or its beginning
// when that is four letters or more.
func findBrand(t text, label string) string {
	if label == "" || !strings.Contains(t.low, label[:1]) {
		return ""
	}
	words := wordSpans(t.low)
	plain := umlauts(label)
	for i := range words {
		if t.low[words[i][0]] != label[0] {
			continue
		}
		for end, joined := range compounds(t.low, words[i:], 4, " -&'.") {
			if joined == label || umlauts(joined) == plain {
				if s := t.slice(words[i][0], end); !inAddress(t.low, words[i][0], end) {
					return s
				}
			}
			if len(joined) >= len(label) {
				break
			}
		}
	}
	return ""
}

// inAddress tells whether the span is part of a mail address or URL.
func inAddress(low string, from, to int) bool {
	return to < len(low) && (low[to] == '.' && to+1 < len(low) && wordByte(low[to+1]) || low[to] == '@') || from > 0 && (low[from-1] == '@' || low[from-1] == '/' || low[from-1] == '.' && from > 1 && wordByte(low[from-2]))
}

// maxWords bounds the words that are looked at in one text.
const maxWords = 2000

// wordSpans lists the words of a folded text.
func wordSpans(low string) [][2]int {
	out := make([][2]int, 0, len(low)/6+1)
	for from, to := range words(low) {
		out = append(out, [2]int{from, to})
	}
	return out
}

// words goes through the words of a folded text.
func words(low string) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		n := 0
		for i := 0; i < len(low) && n < maxWords; {
			r, size := utf8.DecodeRuneInString(low[i:])
			if !wordRune(r) {
				i += size
				continue
			}
			end := wordEnd(low, i)
			if n++; !yield(i, end) {
				return
			}
			i = end
		}
	}
}

// compounds goes through what the first words make up, written as one: the first, the
// first two, and so on, up to most of them, each with where it ends in the text. It
// stops where anything but the signs of between parts two words; "" lets anything
// part them.
func compounds(low string, words [][2]int, most int, between string) iter.Seq2[int, string] {
	return func(yield func(end int, joined string) bool) {
		joined := ""
		for i, w := range words[:min(most, len(words))] {
			if i > 0 && between != "" && strings.Trim(low[words[i-1][1]:w[0]], between) != "" {
				return
			}
			if joined += low[w[0]:w[1]]; !yield(w[1], joined) {
				return
			}
		}
	}
}

// loneWord tells whether a brand found in a text is an everyday word in lower case.
func loneWord(b string) bool {
	c, _ := utf8.DecodeRuneInString(b)
	return unicode.IsLower(c)
}

// asBrand cuts a piece that begins with a known company's name and goes on with
// something else to the name.
func (r *reading) asBrand(s string) string {
	s = tidyCompany(s)
	for _, l := range r.companyLabels() {
		if b := findBrand(newText(s), compact(l)); b != "" {
			if rest := strings.TrimSpace(strings.Replace(s, b, "", 1)); rest != "" && !legalForm(rest) {
				if len(strings.Fields(rest)) <= 2 && !r.looksLikeRole(rest) && strings.HasPrefix(s, b) && capitalised(strings.Fields(rest)) {
					return s // "Nimbus Robotics" at nimbus.example
				}
				if n := len(strings.Fields(s)); n <= 5 && strings.HasSuffix(s, b) && capitalised(strings.Fields(s)) && !r.looksLikeRole(rest) && !r.anyVocabulary(rest) {
					return s // "Mairie de Sauvigny"
				}
				return b
			}
			return s
		}
	}
	return s
}

// knownCompany tells whether s is the name in an outside guest's domain, or
// begins with it.
func (r *reading) knownCompany(s string) bool {
	c := compact(stripLegal(s))
	if utf8.RuneCountInString(c) < 2 {
		return false
	}
	for _, g := range r.guests {
		if g.mailbox && compact(g.name) == c {
			return true
		}
	}
	for _, l := range r.companyLabels() {
		if meets(c, l) {
			return true
		}
	}
	return false
}

func (r *reading) exactCompany(s string) bool {
	c := compact(stripLegal(s))
	return c != "" && slices.ContainsFunc(r.companyLabels(), func(l string) bool { return compact(l) == c })
}

// companyLabels are the names in the domains of outside guests and the tenants
// of recruiting systems.
func (r *reading) companyLabels() []string {
	out := r.labels()
	for _, l := range r.links {
		if n := tenantOfLink(l); n != "" {
			out = append(out, n)
		}
	}
	if g, ok := r.organizer(); ok {
		if n := r.relayCompany(g); n != "" {
			out = append(out, n)
		}
	}
	return out
}

// meets tells whether a name and a domain label are the same company's: equal
// but for what is added to one of them, as in leandatainc and LeanData.
func meets(c, label string) bool {
	if !isASCII(c) && romanMeets(c, label) {
		return true
	}
	c, l := umlauts(c), umlauts(compact(label))
	if c == l {
		return true
	}
	if len(l) >= 4 && strings.HasPrefix(c, l) || len(c) >= 4 && strings.HasPrefix(l, c) {
		return true
	}
	return len(c) >= 5 && strings.HasSuffix(l, c) || len(l) >= 5 && strings.HasSuffix(c, l)
}

// stripLegal takes legal forms off the end of a company's name.
func stripLegal(s string) string {
	words := strings.Fields(s)
	for len(words) > 1 && (legalForm(words[len(words)-1]) || words[len(words)-1] == "&" || strings.EqualFold(words[len(words)-1], "Co.")) {
		words = words[:len(words)-1]
	}
	return strings.TrimRight(strings.Join(words, " "), ",")
}
