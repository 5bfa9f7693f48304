package webcal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/cespare/xxhash/v2"

	"followup/calendar/ics"
)

// meaning is a hash of what a calendar says. Google, Outlook and others stamp
// DTSTAMP with the moment of every download, and servers fold, sort and sign as
// they like: none of that is a change. Left out are DTSTAMP, CREATED,
// LAST-MODIFIED, PRODID and those X- properties that nobody here reads; zones
// with a name that is known, whose rules are not taken from the file; the order
// of lines and components; folding, line ends and the case of names.
//
// It is an io.Writer that sees the text once, in pieces of any size. Lines are
// hashed by xxhash and summed up within their component, components by SHA-256
// and summed up within theirs; a sum does not mind the order and does mind how
// often something occurs.
type meaning struct {
	line    []byte // the begun physical line, when a piece ended within it
	stack   []component
	total   [4]uint64
	prop    xxhash.Digest
	begun   bool // a property is being hashed; what is folded belongs to it
	ignored bool // and it is one without meaning
}

// component is an open BEGIN.
type component struct {
	name  string
	lines uint64
	count uint64
	parts [4]uint64
	zone  string // TZID of a VTIMEZONE
}

// deepest bounds the nesting that is told apart.
const deepest = 64

// longestLine bounds what is kept of a line that never ends.
const longestLine = 64 << 10

func newMeaning() *meaning { return &meaning{} }

// Write takes the next piece of the text.
func (m *meaning) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			m.line = append(m.line, p...)
			if len(m.line) > longestLine {
				m.physical(m.line)
				m.line = append(m.line[:0], ' ') // its rest is a continuation
			}
			break
		}
		switch {
		case len(m.line) > 0:
			m.line = append(m.line, p[:i]...)
			m.physical(m.line)
			m.line = m.line[:0]
		case i+1 < len(p) && p[i+1] != ' ' && p[i+1] != '\t':
			m.whole(p[:i])
		default:
			m.physical(p[:i])
		}
		p = p[i+1:]
	}
	return n, nil
}

// String ends the text and returns its hash.
func (m *meaning) String() string {
	if len(m.line) > 0 {
		m.physical(m.line)
		m.line = m.line[:0]
	}
	m.flush()
	for len(m.stack) > 0 {
		m.end()
	}
	var b [32]byte
	for i, v := range m.total {
		binary.BigEndian.PutUint64(b[8*i:], v)
	}
	return hex.EncodeToString(b[:16])
}

// whole takes a line that is not folded: the same as physical, in one piece where
// the name is written as usual.
func (m *meaning) whole(l []byte) {
	colon := bytes.IndexByte(l[:min(len(l), 64)], ':')
	if semi := bytes.IndexByte(l[:max(0, colon)], ';'); semi > 0 {
		colon = semi
	}
	if colon <= 0 || !capital(l[:colon]) || l[0] == 'B' || l[0] == 'E' && colon == 3 {
		m.physical(l)
		return
	}
	m.flush()
	name := l[:colon]
	if meaningless(name) {
		return
	}
	if name[0] == 'T' && len(m.stack) > 0 {
		m.timezone(name, bytes.TrimSuffix(l[colon:], []byte("\r")))
	}
	m.add(xxhash.Sum64(bytes.TrimSuffix(l, []byte("\r"))))
}

// capital tells whether a name is of capitals, digits and hyphens alone.
func capital(name []byte) bool {
	for _, c := range name {
		if (c < 'A' || c > 'Z') && c != '-' && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// physical takes one line as it stands in the file: RFC 5545 section 3.1.
func (m *meaning) physical(l []byte) {
	l = bytes.TrimSuffix(l, []byte("\r"))
	if len(l) > 0 && (l[0] == ' ' || l[0] == '\t') {
		if m.begun && !m.ignored {
			m.prop.Write(l[1:])
		}
		return
	}
	m.flush()
	name, rest := split(l)
	switch {
	case len(name) == 0:
	case is(name, "BEGIN"):
		m.begin(componentName(bytes.TrimSpace(bytes.TrimPrefix(rest, []byte(":")))))
	case is(name, "END"):
		m.end()
	default:
		m.property(name, rest)
	}
}

func (m *meaning) property(name, rest []byte) {
	m.begun, m.ignored = true, meaningless(name)
	if m.ignored {
		return
	}
	m.prop.Reset()
	var upper [64]byte
	m.prop.Write(appendUpper(upper[:0], name))
	m.prop.Write(rest)
	if len(m.stack) > 0 {
		m.timezone(name, rest)
	}
}

// timezone notes the name of an open VTIMEZONE.
func (m *meaning) timezone(name, rest []byte) {
	if top := &m.stack[len(m.stack)-1]; top.name == "VTIMEZONE" && is(name, "TZID") {
		top.zone = string(bytes.TrimPrefix(rest, []byte(":")))
	}
}

// componentName spares the usual names an allocation.
func componentName(name []byte) string {
	switch string(name) {
	case "VEVENT":
		return "VEVENT"
	case "VALARM":
		return "VALARM"
	case "STANDARD":
		return "STANDARD"
	case "DAYLIGHT":
		return "DAYLIGHT"
	}
	return string(bytes.ToUpper(name))
}

// flush ends the property that is being hashed.
func (m *meaning) flush() {
	if m.begun && !m.ignored {
		m.add(m.prop.Sum64())
	}
	m.begun, m.ignored = false, false
}

// add takes the hash of one property.
func (m *meaning) add(sum uint64) {
	if len(m.stack) == 0 {
		m.total[0] += sum
		return
	}
	top := &m.stack[len(m.stack)-1]
	top.lines += sum
	top.count++
}

func (m *meaning) begin(name string) {
	if len(m.stack) < deepest {
		m.stack = append(m.stack, component{name: name})
	}
}

// end closes a component into the one around it.
func (m *meaning) end() {
	if len(m.stack) == 0 {
		return
	}
	c := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	if c.name == "VTIMEZONE" {
		if _, known := ics.LoadZone(c.zone); known {
			return
		}
	}
	into := &m.total
	if len(m.stack) > 0 {
		into = &m.stack[len(m.stack)-1].parts
	}
	for i, v := range c.sum() {
		into[i] += v
	}
}

func (c component) sum() [4]uint64 {
	b := make([]byte, 0, 128)
	b = append(b, c.name...)
	b = append(b, 0)
	for _, v := range [...]uint64{c.lines, c.count, c.parts[0], c.parts[1], c.parts[2], c.parts[3]} {
		b = binary.BigEndian.AppendUint64(b, v)
	}
	h := sha256.Sum256(b)
	var out [4]uint64
	for i := range out {
		out[i] = binary.BigEndian.Uint64(h[8*i:])
	}
	return out
}

// split cuts a content line behind its name: at the first ":" or ";".
func split(l []byte) (name, rest []byte) {
	for i, c := range l {
		if c == ':' || c == ';' {
			return bytes.TrimRight(l[:i], " \t"), l[i:]
		}
		if i >= 64 {
			break
		}
	}
	return l[:min(len(l), 64)], l[min(len(l), 64):]
}

// readX are the X- properties that the reader takes something from.
var readX = [][]byte{
	[]byte("X-FOLLOWUP"), []byte("X-WR-CALNAME"), []byte("X-WR-TIMEZONE"), []byte("X-ALT-DESC"), []byte("X-GOOGLE-CONFERENCE"),
	[]byte("X-MICROSOFT-SKYPETEAMS"), []byte("X-MICROSOFT-ONLINEMEETING"), []byte("X-MICROSOFT-CDO-ALLDAYEVENT"), []byte("X-APPLE-"),
}

// meaningless tells whether a property says nothing about the events.
func meaningless(name []byte) bool {
	switch len(name) {
	case 6:
		return is(name, "PRODID")
	case 7:
		if is(name, "DTSTAMP") || is(name, "CREATED") {
			return true
		}
	case 13:
		if is(name, "LAST-MODIFIED") {
			return true
		}
	}
	if len(name) < 2 || name[0]|0x20 != 'x' || name[1] != '-' {
		return false
	}
	for _, p := range readX {
		if len(name) >= len(p) && bytes.EqualFold(name[:len(p)], p) {
			return false
		}
	}
	return true
}

func is(name []byte, want string) bool {
	return len(name) == len(want) && bytes.EqualFold(name, []byte(want))
}

func appendUpper(dst, s []byte) []byte {
	for _, c := range s {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}
