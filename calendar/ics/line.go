package ics

import (
	"bytes"
	"unicode/utf8"
)

// lines gives the logical lines of a segment: unfolded (RFC 5545 section 3.1),
// on the level of bytes, so that a fold inside of a character does no harm.
type lines struct {
	rest    []byte
	scratch []byte
}

// next returns the next logical line. It is valid until the next call.
func (l *lines) next() ([]byte, bool) {
	line, ok := l.physical()
	for ok && len(line) == 0 {
		line, ok = l.physical()
	}
	if !ok {
		return nil, false
	}
	if !l.continued(line) {
		return line, true
	}
	l.scratch = append(l.scratch[:0], line...)
	last := len(line)
	for l.continued(l.scratch) {
		more, _ := l.physical()
		switch {
		case len(more) == 0:
		case softBreak(l.scratch):
			l.scratch = append(l.scratch[:len(l.scratch)-1], more...)
		case more[0] == ' ' || more[0] == '\t':
			l.scratch = append(l.scratch, more[1:]...)
		case last >= 70: // somebody folds without the blank
			l.scratch = append(l.scratch, more...)
		case isText(l.scratch): // a bare line break inside of a text
			l.scratch = append(append(l.scratch, `\n`...), more...)
		}
		last = len(more)
	}
	return l.scratch, true
}

// physical returns the next physical line without its line end.
func (l *lines) physical() ([]byte, bool) {
	if len(l.rest) == 0 {
		return nil, false
	}
	line := l.rest
	if n := bytes.IndexByte(l.rest, '\n'); n >= 0 {
		line, l.rest = l.rest[:n], l.rest[n+1:]
	} else {
		l.rest = nil
	}
	for len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	return line, true
}

// continued tells whether what comes next belongs to the line so far.
func (l *lines) continued(line []byte) bool {
	rest := l.rest
	for {
		if len(rest) == 0 {
			return false
		}
		switch rest[0] {
		case ' ', '\t':
			return true
		case '\r', '\n':
			rest = rest[1:]
			continue
		}
		break
	}
	return softBreak(line) || !startsProperty(rest)
}

// isText tells whether the line is a property whose value may have line breaks.
func isText(line []byte) bool {
	for _, name := range []string{"DESCRIPTION", "SUMMARY", "LOCATION", "COMMENT", "CONTACT", "X-ALT-DESC", "X-"} {
		if foldedPrefix(line, name) {
			return true
		}
	}
	return false
}

// softBreak tells whether the line is quoted-printable (vCalendar 1.0) and goes
// on in the next one.
func softBreak(line []byte) bool {
	if len(line) == 0 || line[len(line)-1] != '=' {
		return false
	}
	colon := bytes.IndexByte(line, ':')
	return colon > 0 && bytes.Contains(bytes.ToUpper(line[:colon]), []byte("QUOTED-PRINTABLE"))
}

// startsProperty tells whether the text begins with a property: a name of
// letters, digits and hyphens before ":" or ";", which may be folded. A name in
// lower case counts only when it is a known one, because "note: bring a pen" is
// more likely the second line of a description that was not folded.
func startsProperty(text []byte) bool {
	lower := false
	var name [80]byte
	n := 0
	for i := 0; i < len(text) && n < len(name); i++ {
		c := text[i]
		switch {
		case 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-':
		case 'a' <= c && c <= 'z' || c == '_':
			lower = true
		case c == ':' || c == ';':
			return n > 0 && (!lower || knownName(name[:n]))
		case c == '\r':
			continue
		case c == '\n' && i+1 < len(text) && (text[i+1] == ' ' || text[i+1] == '\t'):
			i++
			continue
		default:
			return false
		}
		name[n] = c
		n++
	}
	return false
}

// prop is one property. Its parts point into the line it was read from.
type prop struct {
	name   string // upper case
	params []byte // from the first ";" on; nil without
	value  []byte
}

// split cuts a logical line into name, parameters and value. A colon in quotes
// belongs to the parameters, unless that leaves no value at all.
func split(line []byte) (prop, bool) {
	i := 0
	for i < len(line) && line[i] != ':' && line[i] != ';' {
		i++
	}
	if i == len(line) || i == 0 {
		return prop{}, false
	}
	p := prop{name: upperName(bytes.TrimSpace(line[:i]))}
	if line[i] == ':' {
		p.value = line[i+1:]
		return p, p.name != ""
	}
	colon := paramsEnd(line, i)
	if colon < 0 {
		return p, false
	}
	p.params, p.value = line[i:colon], line[colon+1:]
	return p, p.name != ""
}

// paramsEnd finds the colon that ends the parameters, which begin at i.
func paramsEnd(line []byte, i int) int {
	quoted := false
	for j := i; j < len(line); j++ {
		switch line[j] {
		case '"':
			quoted = !quoted
		case ':':
			if !quoted {
				return j
			}
		}
	}
	if j := bytes.IndexByte(line[i:], ':'); j >= 0 {
		return i + j
	}
	return -1
}

// param returns the value of the first parameter of that upper-case name,
// unquoted and with RFC 6868's escapes undone.
func (p prop) param(name string) string {
	for key, value := range p.each {
		if len(key) == len(name) && foldedPrefix(key, name) {
			return paramText(value)
		}
	}
	return ""
}

// each gives the parameters that have a value, as written.
func (p prop) each(yield func(key, value []byte) bool) {
	for rest := p.params; len(rest) > 0; {
		end := paramEnd(rest[1:]) + 1
		one := rest[1:end]
		rest = rest[end:]
		if eq := bytes.IndexByte(one, '='); eq > 0 && !yield(bytes.TrimSpace(one[:eq]), one[eq+1:]) {
			return
		}
	}
}

// paramEnd finds the ";" that ends the parameter, outside of quotes.
func paramEnd(b []byte) int {
	quoted := false
	for i, c := range b {
		if c == '"' {
			quoted = !quoted
		} else if c == ';' && !quoted {
			return i
		}
	}
	if quoted {
		if i := bytes.IndexByte(b, ';'); i >= 0 {
			return i
		}
	}
	return len(b)
}

// paramText undoes quotes and RFC 6868's ^n, ^' and ^^.
func paramText(b []byte) string {
	b = bytes.TrimSpace(b)
	if bytes.IndexByte(b, '"') < 0 && bytes.IndexByte(b, '^') < 0 {
		return cleanText(b)
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c == '"' {
			continue
		}
		if c == '^' && i+1 < len(b) {
			if j := bytes.IndexByte([]byte("n'^"), b[i+1]); j >= 0 {
				out = append(out, "\n\"^"[j])
				i++
				continue
			}
		}
		out = append(out, c)
	}
	return cleanText(out)
}

// upperName returns the property's name in upper case, without an allocation for
// the names that matter.
func upperName(b []byte) string {
	var buf [80]byte
	if len(b) > len(buf) {
		return ""
	}
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		buf[i] = c
	}
	up := buf[:len(b)]
	if name, ok := names[string(up)]; ok {
		return name
	}
	if !utf8.Valid(up) {
		return ""
	}
	return string(up)
}

// knownName tells whether b is a name that this package reads, in any case, or
// another one of RFC 5545, or an extension.
func knownName(b []byte) bool {
	up := bytes.ToUpper(b)
	_, ok := names[string(up)]
	return ok || bytes.HasPrefix(up, []byte("X-"))
}
