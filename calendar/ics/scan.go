package ics

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Bounds of what the scanner keeps in memory.
const (
	chunkSize   = 256 << 10 // what is read at once
	maxLine     = 1 << 20   // a longer physical line is cut to keptLine
	keptLine    = 64 << 10  // what stays of a property that is cut
	maxSegment  = 4 << 20   // a component that is still longer after cutting is skipped
	maxDepth    = 64        // components nested deeper are counted, not remembered
	maxProperty = 256 << 10 // a longer property of an oversized component is cut to keptLine
)

// segmentKind is what the scanner is inside of.
type segmentKind uint8

const (
	segIgnored  segmentKind = iota // VTODO, VJOURNAL, junk
	segCalendar                    // properties of a VCALENDAR, or outside of everything
	segEvent
	segTimezone
)

// segment is one stretch of text that is handed on as a whole: an event, a time
// zone, or the properties of a calendar between two components. Its bytes are
// valid until the scanner goes on.
type segment struct {
	kind   segmentKind
	text   []byte
	lines  []uint32 // where in the text its lines begin; nil when that is not known
	line   int      // 1-based line of its first byte
	fault  string   // why the text can't be complete; "" when it is
	parent string   // name of the component around it; "" at the top
	hints  hints

	oversize bool // text is empty: it was too long

	judged bool // what follows is known
	drop   bool // outside of the window, and not recurring
	kept   bool // Options.Keep wants it
}

// hints are the lines of an event that decide whether it is decoded: offsets
// into the segment's text, 0 when there is none.
type hints struct {
	dtstart, dtend, duration int
	recurs                   bool // RRULE or RDATE
	instance                 bool // RECURRENCE-ID
	unsure                   bool // the text was cut since: the offsets are wrong
}

// scanner walks over the text line by line and cuts it into segments. It never
// copies a line, and keeps no more than the segment it is in.
type scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int // what is read and not scanned yet
	eof      bool
	total    int64
	maxBytes int64
	carry    bool // the last byte read was a CR whose next byte is not known yet

	line  int // lines scanned
	stack []string
	extra int // components open beyond maxDepth

	seg      segment
	segStart int      // offset of seg in buf
	noting   bool     // whether lines are noted
	lines    []uint32 // of the events scanned since noteLines; the last of them are of seg
	segLines int      // where those begin
	inner    int      // components open inside of an event
	dropping bool

	opened, closed int // VCALENDARs
	unbalanced     bool
	components     int // BEGIN lines of any component
	cutLines       int
	emit           func(segment) error
	spare          func(buf []byte) []byte // the buffer to go on with; nil: the same one
	full           func() bool             // tells step to stop; nil: never
	more           bool                    // step stopped before it had scanned what was read
}

var errTooLarge = errors.New("too large")

func newScanner(r io.Reader, maxBytes int64, emit func(segment) error) *scanner {
	return &scanner{
		r: r, buf: make([]byte, chunkSize), maxBytes: maxBytes, emit: emit,
		seg: segment{kind: segCalendar, line: 1},
	}
}

// run scans to the end of the text.
func (s *scanner) run() error {
	for {
		if done, err := s.step(); done || err != nil {
			return err
		}
	}
}

// step reads more text and scans what is complete of it; done tells that this was
// the end of the text.
func (s *scanner) step() (done bool, err error) {
	if !s.eof && !s.more {
		if err := s.fill(); err != nil {
			return false, err
		}
	}
	s.more = false
	for {
		rest := s.buf[s.pos:s.end]
		n := bytes.IndexByte(rest, '\n')
		size := n + 1
		if n < 0 {
			if !s.eof {
				return false, nil
			}
			if len(rest) == 0 {
				return true, s.finish()
			}
			n, size = len(rest), len(rest)
		}
		at := s.pos
		s.pos += size
		s.line++
		if s.noting && s.seg.kind == segEvent && len(s.lines) <= s.segLines+maxLines {
			s.lines = append(s.lines, uint32(at-s.segStart))
		}
		if n < 5 {
			continue
		}
		// Nearly every line ends here: only these letters can begin one that counts.
		switch rest[0] | 0x20 {
		case 'b', 'e':
			if err := s.structure(rest[:n], at); err != nil {
				return false, err
			}
			if s.full != nil && s.full() {
				s.more = true
				return false, nil
			}
		case 'd', 'r':
			if s.seg.kind == segEvent && s.inner == 0 {
				s.hint(rest[:n], at-s.segStart)
			}
		}
	}
}

// structure handles a line that may be BEGIN or END; it starts at offset at.
func (s *scanner) structure(line []byte, at int) error {
	if name := structural(line, "BEGIN:"); name != "" {
		return s.begin(name, at)
	}
	if name := structural(line, "END:"); name != "" {
		return s.endOf(name, at)
	}
	return nil
}

// hint notes the lines that tell when an event is.
func (s *scanner) hint(line []byte, at int) {
	h := &s.seg.hints
	switch line[1] {
	case 'T', 't':
		if h.dtstart == 0 && isProperty(line, "DTSTART") {
			h.dtstart = at
		} else if h.dtend == 0 && isProperty(line, "DTEND") {
			h.dtend = at
		}
	case 'U', 'u':
		if isProperty(line, "DURATION") {
			h.duration = at
		}
	case 'R', 'r', 'D', 'd':
		h.recurs = h.recurs || isProperty(line, "RRULE") || isProperty(line, "RDATE")
	case 'E', 'e':
		h.instance = h.instance || isProperty(line, "RECURRENCE-ID")
	}
}

// begin handles BEGIN:name, whose line starts at offset at.
func (s *scanner) begin(name string, at int) error {
	s.components++
	if s.seg.kind == segEvent && !topLevel(name) {
		s.inner++
		return nil
	}
	if s.seg.kind == segTimezone && (name == "STANDARD" || name == "DAYLIGHT") {
		return nil
	}
	if s.seg.kind == segEvent || s.seg.kind == segTimezone {
		s.seg.fault = noEnd
		s.unbalanced = true
		s.pop()
	}
	if err := s.flush(at); err != nil {
		return err
	}
	parent := s.top()
	s.push(name)
	s.open(name, parent, at)
	return nil
}

// endOf handles END:name, whose line starts at offset at.
func (s *scanner) endOf(name string, at int) error {
	switch s.seg.kind {
	case segEvent:
		if name != "VEVENT" && !topLevel(name) {
			s.inner = max(0, s.inner-1)
			return nil
		}
	case segTimezone:
		if name == "STANDARD" || name == "DAYLIGHT" {
			return nil
		}
	}
	until := at
	if captured := s.seg.kind == segEvent || s.seg.kind == segTimezone; captured {
		if name == s.top() {
			until = s.pos
		} else {
			s.seg.fault = noEnd
			s.unbalanced = true
			s.pop()
		}
	}
	if err := s.flush(until); err != nil {
		return err
	}
	if name == "VCALENDAR" {
		s.closed++
	}
	s.popTo(name)
	s.open(s.top(), "", s.pos)
	return nil
}

// open starts the segment that the component name makes.
func (s *scanner) open(name, parent string, at int) {
	line := s.line
	kind := segIgnored
	switch name {
	case "VCALENDAR", "":
		kind = segCalendar
	case "VEVENT":
		if at != s.pos {
			kind = segEvent
		}
	case "VTIMEZONE":
		if at != s.pos {
			kind = segTimezone
		}
	}
	if name == "VCALENDAR" && at != s.pos {
		s.opened++
	}
	if at == s.pos {
		line++
	}
	s.seg = segment{kind: kind, line: line, parent: parent}
	s.segStart, s.inner, s.dropping = at, 0, false
	if s.segLines = len(s.lines); s.noting && kind == segEvent {
		s.lines = append(s.lines, 0)
	}
}

// flush hands the open segment on, up to offset until.
func (s *scanner) flush(until int) error {
	seg := s.seg
	if s.dropping && seg.kind != segIgnored {
		seg.fault, seg.oversize = fmt.Sprintf("it is larger than %d MiB", maxSegment>>20), true
		return s.emit(seg)
	}
	if seg.kind == segIgnored || seg.kind == segCalendar && until == s.segStart {
		return nil
	}
	seg.text = s.buf[s.segStart:max(s.segStart, until)]
	if seg.kind == segEvent && !seg.hints.unsure {
		seg.lines = s.linesOf(len(seg.text))
	}
	return s.emit(seg)
}

// maxLines is the number of lines up to which those of an event are handed on.
const maxLines = 1 << 14

// linesOf gives the noted lines of the open segment that begin in its first size
// bytes.
func (s *scanner) linesOf(size int) []uint32 {
	lines := s.lines[s.segLines:]
	if n := len(lines); n > 0 && int(lines[n-1]) >= size {
		lines = lines[:n-1] // the one that begins the next component
	}
	if len(lines) == 0 || len(lines) >= maxLines {
		return nil
	}
	return lines[:len(lines):len(lines)]
}

// noteLines gives the scanner another slice to note lines in, since those of the
// segments that it handed on are looked at elsewhere.
func (s *scanner) noteLines(room []uint32) {
	s.noting = true
	s.lines = append(room[:0], s.lines[s.segLines:]...)
	s.segLines = 0
}

// finish hands on what the text ends in.
func (s *scanner) finish() error {
	if s.seg.kind == segEvent || s.seg.kind == segTimezone {
		s.seg.fault = cutOff
	}
	return s.flush(s.end)
}

// What can be wrong with a component's text: it ends where another one begins, or
// where the whole text ends.
const (
	noEnd  = "its END line is missing"
	cutOff = "the text is cut off inside of it"
)

// complete tells whether the text has at least one VCALENDAR and each is closed.
func (s *scanner) complete() bool {
	return s.opened > 0 && s.opened == s.closed && len(s.stack) == 0 && s.seg.kind == segCalendar
}

func (s *scanner) top() string {
	if len(s.stack) == 0 {
		return ""
	}
	return s.stack[len(s.stack)-1]
}

func (s *scanner) push(name string) {
	if len(s.stack) >= maxDepth {
		s.extra++
		s.unbalanced = true
		return
	}
	s.stack = append(s.stack, name)
}

func (s *scanner) pop() {
	if s.extra > 0 {
		s.extra--
	} else if len(s.stack) > 0 {
		s.stack = s.stack[:len(s.stack)-1]
	}
}

// popTo closes the innermost open component of that name, and what is open
// inside of it. An END without its BEGIN closes nothing.
func (s *scanner) popTo(name string) {
	if s.extra > 0 && s.top() != name {
		s.extra--
		return
	}
	for i := len(s.stack) - 1; i >= 0; i-- {
		if s.stack[i] == name {
			s.unbalanced = s.unbalanced || i != len(s.stack)-1
			s.stack, s.extra = s.stack[:i], 0
			return
		}
	}
	s.unbalanced = true
}

// topLevel tells whether a component of that name can't stand inside of a VEVENT.
func topLevel(name string) bool {
	switch name {
	case "VCALENDAR", "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE":
		return true
	}
	return false
}

// structural returns the component's name in upper case when the line is
// BEGIN:name or END:name, with the given prefix.
func structural(line []byte, prefix string) string {
	if len(line) <= len(prefix) || !foldedPrefix(line, prefix) {
		return ""
	}
	name := line[len(prefix):]
	for len(name) > 0 && name[len(name)-1] <= ' ' {
		name = name[:len(name)-1]
	}
	switch string(name) {
	case "VEVENT":
		return "VEVENT"
	case "VALARM":
		return "VALARM"
	case "VCALENDAR":
		return "VCALENDAR"
	case "VTIMEZONE":
		return "VTIMEZONE"
	case "STANDARD":
		return "STANDARD"
	case "DAYLIGHT":
		return "DAYLIGHT"
	}
	name = bytes.ToUpper(bytes.Trim(name, " \t\x00"))
	if len(name) > 64 {
		return ""
	}
	for _, known := range []string{"VEVENT", "VALARM", "VCALENDAR", "VTIMEZONE"} {
		if string(name) == known {
			return known
		}
	}
	return string(name)
}

// foldedPrefix tells whether line begins with the upper-case prefix, in letters
// of any case.
func foldedPrefix(line []byte, prefix string) bool {
	if len(line) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		c := line[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}

// isProperty tells whether the line is a property of that upper-case name. The
// line may be folded right behind the name.
func isProperty(line []byte, name string) bool {
	if len(line) < len(name) || !foldedPrefix(line, name) {
		return false
	}
	return len(line) == len(name) || line[len(name)] == ':' || line[len(name)] == ';' || line[len(name)] == '\r'
}
