package ics

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"time"

	"github.com/emersion/go-ical"

	"followup/calendar"
)

// ErrNotCalendar says that the text holds no iCalendar component at all: a web
// page, an image, an empty file.
var ErrNotCalendar = errors.New("not a calendar")

// ErrTooLarge says that the text is longer than Options.MaxBytes.
var ErrTooLarge = errors.New("the calendar is too large")

// defaultPerSeries bounds the instances of one recurring event.
const defaultPerSeries = 500

// maxSkipped bounds the list of skipped components; the rest is only counted.
const maxSkipped = 10_000

// heldBytes is how much decoded text of plain events is held back until the end
// of the text, so that the newest of several copies of an event is the one that
// is emitted. Beyond it events are emitted as they come.
const heldBytes = 5 << 20

// filedBytes is how much of recurring events is put aside until the end of the
// text. Beyond it the older half is expanded; a change of one of its instances
// that comes later is emitted with a warning, beside the original.
const filedBytes = 16 << 20

// Options say what Read is to read. The zero value reads everything.
type Options struct {
	// Source goes to Event.Source and Skipped.Source.
	Source string
	// Window drops what lies outside of it, and bounds recurring events.
	Window calendar.Window
	// Recurring bounds recurring events where Window is zero. One that has no date
	// in these bounds is read with its first date.
	Recurring calendar.Window
	// Location is the zone of last resort for times without one; nil is UTC.
	Location *time.Location
	// MaxPerSeries bounds the instances of one recurring event; 0 is 500.
	MaxPerSeries int
	// MaxPerDay bounds those of one day, for readers to whom a meeting that recurs
	// every second says no more than its first instances do; 0 is no bound.
	MaxPerDay int
	// Keep looks at a whole VEVENT before it is decoded, and drops it by false:
	// nil keeps all. It gets the lines as they stand in the text (folded, escaped),
	// in UTF-8, and where in it its lines begin, nil when that is not known. A
	// recurring event is dropped only when Keep says so of its master and of every
	// changed instance. It is called from several goroutines at once.
	Keep func(component []byte, lines []uint32) bool
	// MaxBytes bounds the text; 0 is no bound. Beyond it Read returns ErrTooLarge.
	MaxBytes int64
}

// Report says what became of a text.
type Report struct {
	Name        string // X-WR-CALNAME or NAME
	Description string // X-WR-CALDESC or DESCRIPTION of the calendar
	Method      string // METHOD of the last calendar, upper case
	TimeZone    string // X-WR-TIMEZONE
	Complete    bool   // at least one VCALENDAR, and each of them closed
	There       int    // VEVENTs in the text: Read + Dropped + what was skipped
	Read        int    // VEVENTs that were emitted, or whose instances were
	Dropped     int    // VEVENTs dropped by Keep or Window
	Skipped     []calendar.Skipped
	MoreSkipped int // skipped ones beyond the 10,000 of Skipped
	Warnings    []string
}

// Read reads iCalendar text and emits its events: first those that don't recur,
// roughly in the order of the text, then the instances of recurring ones. It
// returns ErrNotCalendar, ErrTooLarge, the error of r, or that of emit; what was
// emitted until then stands, and the Report says how far it came.
func Read(r io.Reader, o Options, emit func(calendar.Event) error) (Report, error) {
	rd := newReader(o, emit)
	src := &sniffer{r: r}
	text, err := src.open()
	if err != nil && err != io.EOF {
		return rd.report, fmt.Errorf("reading the calendar: %w", err)
	}
	rd.scan = newScanner(text, o.MaxBytes, rd.segment)
	var emitErr error
	if o.Keep != nil {
		err, emitErr = (&pipeline{r: rd}).run(rd.scan)
	} else if err = rd.scan.run(); rd.emitErr != nil {
		err, emitErr = nil, rd.emitErr
	}
	rd.report.Complete = rd.scan.complete() && err == nil && emitErr == nil
	if emitErr == nil {
		emitErr = rd.finish()
	}
	if emitErr != nil {
		return rd.report, emitErr
	}
	rd.verdict()
	switch {
	case errors.Is(err, errTooLarge):
		return rd.report, fmt.Errorf("%w: more than %d bytes; only its beginning was read", ErrTooLarge, o.MaxBytes)
	case err != nil:
		return rd.report, err
	case rd.scan.components == 0:
		return rd.report, fmt.Errorf("%w: %s", ErrNotCalendar, src.what(rd.scan.total))
	}
	return rd.report, nil
}

// reader is one Read.
type reader struct {
	o       Options
	scan    *scanner
	d       *decoder
	emit    func(calendar.Event) error
	report  Report
	emitErr error // what emit said, when it said something

	order      int
	held       []*component
	heldSize   int
	streaming  bool
	newest     map[uint64]brief // plain events that were emitted, by a hash of their UID
	seed       maphash.Seed
	waiting    []waiting // events that need a zone from further below
	waitSize   int
	series     map[string]*series
	names      []string // keys of series, in order
	filedSize  int      // about what series holds
	filedEarly bool     // some of it was emitted before the text ended
	expand     *expander
}

// waiting is an event whose zone may be defined further below.
type waiting struct {
	text  []byte
	line  int
	kept  bool
	fault string
}

func newReader(o Options, emit func(calendar.Event) error) *reader {
	if o.MaxPerSeries <= 0 {
		o.MaxPerSeries = defaultPerSeries
	}
	r := &reader{
		o: o, seed: maphash.MakeSeed(), d: newDecoder(o.Source, o.Location),
		newest: map[uint64]brief{}, series: map[string]*series{},
	}
	r.expand = &expander{d: r.d, window: o.Window, limit: o.MaxPerSeries, perDay: o.MaxPerDay, budget: totalBudget}
	if o.Window == (calendar.Window{}) {
		r.expand.window = o.Recurring
	}
	r.emit = func(ev calendar.Event) error {
		err := emit(ev)
		if err != nil {
			r.emitErr = err
		}
		return err
	}
	r.expand.emit = r.emit
	return r
}

// segment takes one segment from the scanner.
func (r *reader) segment(s segment) error {
	switch s.kind {
	case segEvent:
		return r.event(s)
	case segTimezone:
		r.d.zones.define(s.text)
	case segCalendar:
		return r.calendar(s.text)
	}
	return nil
}

// calendar takes the properties of a VCALENDAR.
func (r *reader) calendar(text []byte) error {
	l := lines{rest: text}
	for line, ok := l.next(); ok; line, ok = l.next() {
		p, ok := split(line)
		if !ok {
			continue
		}
		rep := &r.report
		switch p.name {
		case "BEGIN":
			if foldedPrefix(p.value, "VCALENDAR") {
				if err := r.nextCalendar(); err != nil {
					return err
				}
			}
		case ical.PropMethod:
			rep.Method = string(bytes.ToUpper(bytes.TrimSpace(p.value)))
			r.d.method = rep.Method
		case propCalName, ical.PropName:
			if s := trimmed(p.text()); s != "" {
				rep.Name, r.d.calendar = s, s
			}
		case propCalDesc, ical.PropDescription:
			rep.Description = trimmed(p.text())
		case propCalZone:
			rep.TimeZone = trimmed(unescape(p.value))
			r.d.zones.calendar, r.d.home = rep.TimeZone, ianaName(rep.TimeZone)
			if loc, ok := LoadZone(rep.TimeZone); ok {
				r.d.zone = loc.String()
			}
		}
	}
	return nil
}

// nextCalendar begins another VCALENDAR: what the last one said of itself does
// not hold for it.
func (r *reader) nextCalendar() error {
	err := r.settleWaiting()
	r.d.method, r.d.calendar, r.d.zone, r.d.zones.calendar = "", "", "", ""
	return err
}

// event takes one VEVENT.
func (r *reader) event(s segment) error {
	r.report.There++
	if s.fault == cutOff {
		r.skip(s.text, s.line, s.fault)
		return nil
	}
	if s.oversize {
		r.skip(nil, s.line, s.fault)
		return nil
	}
	if !s.judged {
		r.judge(&s)
	}
	if s.drop {
		r.report.Dropped++
		return nil
	}
	return r.decode(s.text, s.line, s.kept, s.fault)
}

// decode decodes an event and files it.
func (r *reader) decode(text []byte, line int, kept bool, fault string) error {
	c, err := r.d.decode(text, !kept)
	if err != nil {
		r.skip(text, line, reasonOf(err))
		return nil
	}
	if c.wait && !r.d.zones.final && r.waitSize+len(text) <= heldBytes {
		r.waitSize += len(text)
		r.waiting = append(r.waiting, waiting{bytes.Clone(text), line, kept, fault})
		return nil
	}
	c.line, c.kept, c.order = line, kept, r.order
	r.order++
	if fault != "" {
		c.warn("%s; it was read as far as it goes", fault)
	}
	if c.override || len(c.rules) > 0 || len(c.rdates) > 0 {
		return r.file(c)
	}
	return r.plain(c)
}

// plain takes an event that does not recur.
func (r *reader) plain(c *component) error {
	if !r.o.Window.Contains(c.ev.Start, c.ev.End) || !c.kept {
		r.report.Dropped++
		return nil
	}
	if !r.streaming {
		r.held = append(r.held, c)
		r.heldSize += c.size + 1000
		if r.heldSize <= heldBytes {
			return nil
		}
		return r.release()
	}
	return r.give(c)
}

// release emits the held events, the newest copy of each.
func (r *reader) release() error {
	held := r.held
	r.held, r.heldSize, r.streaming = nil, 0, true
	for _, c := range r.newestOf(held) {
		if err := r.give(c); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) skipComponent(c *component, reason string) {
	r.addSkipped(calendar.Skipped{Source: r.o.Source, UID: c.ev.UID, Line: c.line, Reason: reason})
}

// skip notes a component that could not be read.
func (r *reader) skip(text []byte, line int, reason string) {
	if len(r.report.Skipped) >= maxSkipped {
		r.report.MoreSkipped++
		return
	}
	r.addSkipped(calendar.Skipped{Source: r.o.Source, UID: uidOf(text), Line: line, Reason: reason})
}

func (r *reader) addSkipped(s calendar.Skipped) {
	if len(r.report.Skipped) >= maxSkipped {
		r.report.MoreSkipped++
		return
	}
	r.report.Skipped = append(r.report.Skipped, s)
}

// settleWaiting decodes what waited for a zone, now that every definition of its
// calendar is known.
func (r *reader) settleWaiting() error {
	list := r.waiting
	r.waiting, r.waitSize = nil, 0
	r.d.zones.final = true
	defer func() { r.d.zones.final = false }()
	for _, w := range list {
		if err := r.decode(w.text, w.line, w.kept, w.fault); err != nil {
			return err
		}
	}
	return nil
}

// verdict says what the structure of the text leaves to be said.
func (r *reader) verdict() {
	warn := func(format string, args ...any) {
		r.report.Warnings = append(r.report.Warnings, fmt.Sprintf(format, args...))
	}
	s := r.scan
	switch {
	case s.opened == 0 && r.report.There > 0:
		warn("there is no VCALENDAR around the events")
	case s.opened > s.closed:
		warn("the text is cut off: END:VCALENDAR is missing")
	case s.unbalanced:
		warn("BEGIN and END do not match everywhere")
	}
	if s.cutLines > 0 {
		warn("%d overlong lines were cut", s.cutLines)
	}
	if r.report.MoreSkipped > 0 {
		warn("%d more components were skipped than are listed", r.report.MoreSkipped)
	}
}
