package ics

import (
	"bytes"
	"html"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// cleanText makes valid UTF-8 out of b, without control characters other than
// tab and line feed. What is no UTF-8 is read as Windows-1252, unless most of it
// is UTF-8: then single broken bytes become U+FFFD.
func cleanText(b []byte) string {
	control, ascii := false, true
	for _, c := range b {
		if c >= utf8.RuneSelf {
			ascii = false
		} else if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			control = true
		}
	}
	if ascii && !control {
		return string(b)
	}
	if !ascii && !utf8.Valid(b) {
		b = toUTF8(b)
	}
	if !control && !bytes.Contains(b, []byte("\ufeff")) {
		return string(b)
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == 0xfeff {
			return -1
		}
		return r
	}, string(b))
}

// toUTF8 reads b as Windows-1252 when it has no multi-byte character at all, and
// replaces what is broken otherwise.
func toUTF8(b []byte) []byte {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else if n > 1 {
			good++
		}
		i += n
	}
	if good >= bad {
		return bytes.ToValidUTF8(b, []byte("\ufffd"))
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return bytes.ToValidUTF8(b, []byte("\ufffd"))
	}
	return out
}

// unescape undoes the escapes of a TEXT value (RFC 5545 section 3.3.11). An
// escape that is none stays as it is, a bare comma or semicolon too.
func unescape(b []byte) string {
	i := bytes.IndexByte(b, '\\')
	if i < 0 {
		return cleanText(b)
	}
	out := make([]byte, 0, len(b))
	for i >= 0 && i+1 < len(b) {
		out = append(out, b[:i]...)
		switch c := b[i+1]; c {
		case 'n', 'N':
			out = append(out, '\n')
		case '\\', ',', ';', '"':
			out = append(out, c)
		default:
			out = append(out, '\\', c)
		}
		b = b[i+2:]
		i = bytes.IndexByte(b, '\\')
	}
	return cleanText(append(out, b...))
}

// text is the property's value as TEXT. vCalendar 1.0's quoted-printable and
// CHARSET are undone.
func (p prop) text() string {
	if p.params != nil && strings.EqualFold(p.param("ENCODING"), "QUOTED-PRINTABLE") {
		p.value = unquotePrintable(p.value)
	}
	return unescape(p.value)
}

// unquotePrintable undoes =XX.
func unquotePrintable(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '=' && i+2 < len(b) {
			hi, lo := hexDigit(b[i+1]), hexDigit(b[i+2])
			if hi >= 0 && lo >= 0 {
				if c := byte(hi<<4 | lo); c == '\n' {
					out = append(out, `\n`...)
				} else {
					out = append(out, c)
				}
				i += 2
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// list splits the value at its unescaped commas.
func (p prop) list() [][]byte {
	return splitList(p.value, ',')
}

func splitList(b []byte, sep byte) [][]byte {
	var out [][]byte
	from := 0
	for i := 0; i < len(b); i++ {
		if b[i] == '\\' {
			i++
		} else if b[i] == sep {
			out = append(out, b[from:i])
			from = i + 1
		}
	}
	return append(out, b[from:])
}

// plain strips HTML where known tags occur, and leaves every other text alone:
// "<nina@mail.example>" and "List<String>" are no HTML.
func plain(s string) string {
	if strings.IndexByte(s, '<') < 0 {
		return s
	}
	found := false
	for i := 0; i < len(s) && !found; i++ {
		if s[i] == '<' {
			_, end := htmlTag(s[i:])
			found = end > 0
		}
	}
	if !found {
		return s
	}
	return stripTags(s)
}

// maxTag is the longest tag or comment that is looked for: it keeps the cost
// linear.
const maxTag = 4096

// htmlTag returns the lower-case name (with "/" for an end tag) and the length
// of the known HTML tag that s begins with.
func htmlTag(s string) (string, int) {
	s = s[:min(len(s), maxTag)]
	if strings.HasPrefix(s, "<!--") {
		if i := strings.Index(s, "-->"); i > 0 {
			return "!--", i + 3
		}
		return "", 0
	}
	end := strings.IndexByte(s, '>')
	if end < 2 {
		return "", 0
	}
	body := s[1:end]
	name := strings.ToLower(strings.TrimLeft(body, "/"))
	n := strings.IndexFunc(name, func(r rune) bool {
		return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '!')
	})
	rest := ""
	if n >= 0 {
		name, rest = name[:n], strings.TrimSpace(name[n:])
	}
	if !htmlTags[name] || rest != "" && rest != "/" && !strings.Contains(rest, "=") && name != "!doctype" {
		return "", 0
	}
	if body[0] == '/' {
		name = "/" + name
	}
	return name, end + 1
}

var htmlTags = func() map[string]bool {
	m := map[string]bool{}
	for _, t := range strings.Fields(`a abbr b big blockquote body br center code col colgroup dd del div dl dt em font
		footer h1 h2 h3 h4 h5 h6 head header hr html i img ins li link main meta nav o ol p pre s section small span
		strike strong style script sub sup table tbody td tfoot th thead title tr tt u ul wbr !doctype`) {
		m[t] = true
	}
	return m
}()

// stripTags turns HTML into the text that a person would see.
func stripTags(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	href, from := "", 0
	endless := map[string]bool{} // elements whose end is missing: looking again would be quadratic
	for i := 0; i < len(s); {
		if s[i] != '<' {
			next := strings.IndexByte(s[i:], '<')
			if next < 0 {
				next = len(s) - i
			}
			b.WriteString(html.UnescapeString(s[i : i+next]))
			i += next
			continue
		}
		name, n := htmlTag(s[i:])
		if n == 0 {
			b.WriteByte('<')
			i++
			continue
		}
		tag := s[i : i+n]
		i += n
		switch name {
		case "br", "/p", "/div", "/li", "/tr", "/h1", "/h2", "/h3", "/h4", "/h5", "/h6", "/blockquote", "/table", "hr":
			newline(&b)
		case "p", "div", "ul", "ol", "table", "blockquote":
			if b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
				newline(&b)
			}
		case "li":
			b.WriteString("- ")
		case "style", "script", "head":
			if !endless[name] {
				n := hidden(s[i:], name)
				endless[name] = n == 0
				i += n
			}
		case "a":
			href, from = attribute(tag, "href"), b.Len()
		case "/a":
			if shown := b.String()[min(from, b.Len()):]; href != "" && !strings.Contains(shown, href) && !strings.Contains(href, strings.TrimSpace(shown)) {
				b.WriteString(" (" + href + ")")
			} else if strings.TrimSpace(shown) == "" {
				b.WriteString(href)
			}
			href = ""
		}
	}
	return tidy(b.String())
}

// hidden is the length of a style, script or head element's content.
func hidden(s, name string) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '<' && len(s)-i > len(name)+1 && s[i+1] == '/' && strings.EqualFold(s[i+2:i+2+len(name)], name) {
			return i
		}
	}
	return 0
}

func newline(b *strings.Builder) { b.WriteByte('\n') }

// attribute returns the value of an attribute of a tag.
func attribute(tag, name string) string {
	i := strings.Index(strings.ToLower(tag), name+"=")
	if i < 0 {
		return ""
	}
	v := tag[i+len(name)+1:]
	if v != "" && (v[0] == '"' || v[0] == '\'') {
		v, _, _ = strings.Cut(v[1:], v[:1])
	} else if n := strings.IndexAny(v, " >"); n >= 0 {
		v = v[:n]
	}
	return html.UnescapeString(strings.TrimSpace(v))
}

// tidy trims blanks at line ends and leaves at most one empty line in a row.
func tidy(s string) string {
	s = strings.ReplaceAll(s, "\u00a0", " ")
	rows := strings.Split(s, "\n")
	out := rows[:0]
	empty := true
	for _, r := range rows {
		r = strings.TrimRight(r, " \t")
		if r == "" && empty {
			continue
		}
		empty = r == ""
		out = append(out, r)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
