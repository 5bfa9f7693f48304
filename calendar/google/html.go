package google

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf16"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxDescription is the length, in UTF-16 units, under which a description is
// kept: Google documents none, clients report 8,192.
const maxDescription = 8000

// toHTML writes plain text as the HTML that Google takes a description for. Its
// inverse is fromHTML. A mailto link becomes a link that shows the address alone,
// so that one touch opens the draft and no screen of percent signs hides it; line
// ends stay, for Google shows them as such.
func toHTML(text string) string {
	if s := linkMail(text); fits(s) {
		return s
	}
	if s := escape(text); fits(s) {
		return s
	}
	return cut(text)
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func escape(s string) string { return escaper.Replace(s) }

// entity finds references that end as they should. The browsers' leniency with
// others ("&copy" for "&copy;") would spoil addresses like "?a=1&copy=2".
var entity = regexp.MustCompile(`&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)

func unescape(s string) string { return entity.ReplaceAllStringFunc(s, html.UnescapeString) }

// mailLink finds mailto links. Percent-encoding leaves them without blanks,
// quotes and angle brackets.
var mailLink = regexp.MustCompile(`\bmailto:[^\s"'<>]*[^\s"'<>.,;:)\]]`)

// linkMail escapes the text and makes its mailto links links.
func linkMail(text string) string {
	var b strings.Builder
	at := 0
	for _, m := range mailLink.FindAllStringIndex(text, -1) {
		u := text[m[0]:m[1]]
		b.WriteString(escape(text[at:m[0]]) + `<a href="` + escape(u) + `">` + escape(mailAddress(u)) + `</a>`)
		at = m[1]
	}
	return b.String() + escape(text[at:])
}

// mailAddress is the part of a mailto link before its headers: RFC 6068.
func mailAddress(u string) string {
	address, _, _ := strings.Cut(u, "?")
	return address
}

func fits(s string) bool { return len(s) < maxDescription || units(s) < maxDescription }

func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// cut drops whole lines from the end until the text fits, and says so.
func cut(text string) string {
	const more = "\n…"
	n := 0
	var b strings.Builder
	for line := range strings.Lines(text) {
		e := escape(line)
		if n += units(e); n+len(more) >= maxDescription {
			break
		}
		b.WriteString(e)
	}
	if b.Len() == 0 { // one endless line
		n := 0
		for _, r := range text {
			e := escape(string(r))
			if n += units(e); n+len(more) >= maxDescription {
				break
			}
			b.WriteString(e)
		}
	}
	return strings.TrimRight(b.String(), "\n") + more
}

var (
	knownTag = regexp.MustCompile(`(?i)</?(a|abbr|b|big|blockquote|br|center|code|dd|div|dl|dt|em|font|h[1-6]|hr|html|body|head|meta|i|img|li|o:p|ol|p|pre|s|script|small|span|strike|strong|style|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul)(\s[^<>]*)?/?>|<!--|<!doctype`)
	blockTag = regexp.MustCompile(`(?i)</?(blockquote|br|center|dd|div|dl|dt|h[1-6]|hr|html|body|li|ol|p|table|tbody|td|th|tr|ul)(\s[^<>]*)?/?>`)
)

// fromHTML reads a description as plain text. Google gives both kinds and does
// not say which: markup is taken away only where a known tag occurs, so that
// "a < b" and "vector<int>" stay; entities are read in either case.
func fromHTML(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	if !knownTag.MatchString(s) {
		return unescape(s)
	}
	return stripTags(s)
}

// stripTags keeps the words, their lines and where links lead.
func stripTags(s string) string {
	w := textWriter{blocks: blockTag.MatchString(s)}
	z := xhtml.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return w.String()
		case xhtml.TextToken:
			if w.skip == 0 {
				w.text(unescape(string(z.Raw())))
			}
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
			raw := string(z.Raw())
			if !knownTag.MatchString(raw) {
				w.text(unescape(raw)) // "vector<int>" in the middle of markup
				continue
			}
			w.open(z.Token())
		case xhtml.EndTagToken:
			w.close(z.Token().DataAtom)
		}
	}
}

// textWriter gathers plain text.
type textWriter struct {
	b      strings.Builder
	blocks bool // lines come from tags; line ends between them are only white space
	skip   int  // inside of style or head, whose text is not for reading
	href   string
	from   int // where the text of the open link begins
}

func (w *textWriter) String() string {
	if !w.blocks {
		return w.b.String()
	}
	return tooManyLines.ReplaceAllString(w.b.String(), "\n\n")
}

var tooManyLines = regexp.MustCompile(`\n[ \t]*\n([ \t]*\n)+`)

func (w *textWriter) text(s string) {
	if w.blocks && strings.TrimSpace(s) == "" && strings.Contains(s, "\n") {
		return
	}
	w.b.WriteString(s)
}

func (w *textWriter) open(t xhtml.Token) {
	switch t.DataAtom {
	case atom.Br:
		w.b.WriteByte('\n')
	case atom.P, atom.Ul, atom.Ol, atom.Table, atom.Blockquote, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Div, atom.Tr, atom.Hr:
		w.line()
	case atom.Li:
		w.line()
		w.b.WriteString("- ")
	case atom.Td, atom.Th:
		w.b.WriteByte(' ')
	case atom.Style, atom.Script, atom.Head:
		w.skip++
	case atom.A:
		w.href, w.from = "", w.b.Len()
		for _, a := range t.Attr {
			if a.Key == "href" {
				w.href = strings.TrimSpace(a.Val)
			}
		}
	}
}

func (w *textWriter) close(a atom.Atom) {
	switch a {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		w.line()
	case atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Table, atom.Tr, atom.Blockquote:
		w.line()
	case atom.Style, atom.Script, atom.Head:
		w.skip = max(0, w.skip-1)
	case atom.A:
		w.closeLink()
	}
}

// closeLink adds the address of a link whose text does not show it. A mailto
// link that shows its address gets the rest of itself, as linkMail took it away.
func (w *textWriter) closeLink() {
	href := w.href
	w.href = ""
	if !webLink(href) {
		return
	}
	text := w.b.String()[w.from:]
	switch {
	case strings.HasPrefix(href, "mailto:") && text == mailAddress(href):
		w.b.WriteString(href[len(text):])
	case !strings.Contains(text, href) && "mailto:"+text != href:
		w.b.WriteString(" <" + href + ">")
	}
}

func webLink(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "mailto:") || strings.HasPrefix(s, "tel:")
}

// line begins a new line unless one has just begun.
func (w *textWriter) line() {
	if s := w.b.String(); s != "" && !strings.HasSuffix(s, "\n") {
		w.b.WriteByte('\n')
	}
}
