package draft

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMailTo is the longest link, in octets, that mail programs and browsers
// open everywhere.
const maxMailTo = 1999

// maxMailSubject is the share of it that a subject may take, in octets.
const maxMailSubject = 500

// cut stands at the end of a body that did not fit.
const cut = "\n\n…"

// MailTo returns the mailto: link (RFC 6068) that opens the finished mail. It is
// shorter than 2,000 octets: a body that is longer ends with a sentence, else a
// word, and an ellipsis on a line of its own. An address that is none is left
// out, so that the link opens a mail without a recipient.
func MailTo(to, subject, body string) string {
	link := linkTo(to, subject)
	if body = plainLines(body); body == "" {
		return strings.TrimSuffix(link, bodyField)
	}
	return link + fit(body, maxMailTo-len(link))
}

const bodyField = "&body="

// Fits tells whether the link that MailTo makes holds the whole body.
func Fits(to, subject, body string) bool {
	return len(linkTo(to, subject))+size(escapeRunes(plainLines(body))) <= maxMailTo
}

// linkTo is the link up to its body.
func linkTo(to, subject string) string {
	var b strings.Builder
	b.WriteString("mailto:")
	if address(to) {
		local, domain, _ := strings.Cut(to, "@")
		b.WriteString(escape(local) + "@" + escape(domain))
	}
	b.WriteString("?subject=")
	b.WriteString(prefix(escapeRunes(squeeze(oneLine(subject))), maxMailSubject))
	b.WriteString(bodyField)
	return b.String()
}

// address tells whether s is one addr-spec without quoting, comments or display
// name (RFC 5322 section 3.4.1, dot-atom form).
func address(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(s) > 254 || len(local) > 64 || !utf8.ValidString(s) || !strings.Contains(domain, ".") {
		return false
	}
	atom := func(r rune) bool {
		return r > 0x7f && letterOrDigit(r) || r < 0x7f && (letterOrDigit(r) || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r))
	}
	return dotted(local, atom) && dotted(domain, func(r rune) bool { return r == '-' || letterOrDigit(r) })
}

func dotted(s string, allowed func(rune) bool) bool {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool { return !allowed(r) }) {
			return false
		}
	}
	return true
}

// plainLines cleans a text of several lines.
func plainLines(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(plainLine(l), " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// plainLine cleans a line but for the no-break spaces that French punctuation has.
func plainLine(s string) string {
	i := strings.IndexAny(s, "\u00a0\u202f")
	if i < 0 {
		return oneLine(s)
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return oneLine(s[:i]) + s[i:i+n] + plainLine(s[i+n:])
}

// fit escapes the body, cut so that it takes no more than room octets.
func fit(body string, room int) string {
	whole := escapeRunes(body)
	if size(whole) <= room {
		return strings.Join(whole, "")
	}
	room -= size(escapeRunes(cut))
	runes := []rune(body)
	n, used := 0, 0
	for n < len(whole) && used+len(whole[n]) <= room {
		used += len(whole[n])
		n++
	}
	n = breakAt(runes, n)
	return strings.Join(whole[:n], "") + escape(cut)
}

// breakAt is the best place to end at or before n: after a sentence in the last
// third, else after a word, else between two letters but never before a
// combining mark.
func breakAt(r []rune, n int) int {
	for i := n; i > n*2/3; i-- {
		if sentenceEnd(r, i) {
			return i
		}
	}
	for i := n; i > n/2; i-- {
		if unicode.IsSpace(r[i-1]) {
			return len([]rune(strings.TrimRight(string(r[:i]), " \n,;:-–")))
		}
	}
	for n > 0 && n < len(r) && (unicode.Is(unicode.M, r[n]) || r[n] == '\u200d' || r[n-1] == '\u200d') {
		n--
	}
	return n
}

func sentenceEnd(r []rune, i int) bool {
	switch r[i-1] {
	case '。', '！', '？':
		return true
	case '.', '!', '?':
		return i == len(r) || unicode.IsSpace(r[i])
	}
	return false
}

// escape percent-encodes everything but RFC 3986's unreserved characters, and
// writes a line's end as CR LF, as RFC 6068 section 5 asks.
func escape(s string) string { return strings.Join(escapeRunes(s), "") }

func escapeRunes(s string) []string {
	const hex = "0123456789ABCDEF"
	out := make([]string, 0, len(s))
	for _, r := range s {
		switch {
		case r == '\n':
			out = append(out, "%0D%0A")
		case r < 0x80 && (letterOrDigit(r) || strings.ContainsRune("-._~", r)):
			out = append(out, string(r))
		default:
			var e strings.Builder
			for _, c := range []byte(string(r)) {
				e.Write([]byte{'%', hex[c>>4], hex[c&15]})
			}
			out = append(out, e.String())
		}
	}
	return out
}

func size(parts []string) int {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	return n
}

// prefix joins as many parts as fit into room octets.
func prefix(parts []string, room int) string {
	n := 0
	for i, p := range parts {
		if n += len(p); n > room {
			return strings.Join(parts[:i], "")
		}
	}
	return strings.Join(parts, "")
}
