package ics

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-ical"

	"followup/calendar"
)

// component is a VEVENT as decoded, before its recurrence is expanded.
type component struct {
	ev       calendar.Event
	line     int
	order    int // position in the text
	kept     bool
	start    stamp
	end      stamp
	hasStart bool
	hasEnd   bool
	length   time.Duration // DURATION, when hasLength
	hasLen   bool
	startZ   zone // zone of DTSTART
	endTZID  string
	rules    []*rule
	exRules  []*rule
	rdates   []dateValue
	exdates  []dateValue
	recurID  dateValue
	override bool
	future   bool // RANGE=THISANDFUTURE
	badRule  string
	size     int
	wait     bool // needs a zone that may be defined further below
}

// dateValue is one value of a property that holds dates, with the property's
// zone; of a PERIOD also its length.
type dateValue struct {
	stamp  stamp
	tzid   string
	length time.Duration
	period bool
}

// decoder turns VEVENT texts into components.
type decoder struct {
	source   string
	method   string
	calendar string
	home     string // IANA name of X-WR-TIMEZONE
	zone     string // IANA name of the calendar's own zone
	zones    *zones
	scratch  []byte
	words    map[string]string // parameter values in lower case
	names    map[string]string // the people that occur again and again
}

func newDecoder(source string, fallback *time.Location) *decoder {
	return &decoder{source: source, zones: newZones(fallback), words: map[string]string{}, names: map[string]string{}}
}

// errSkip carries the reason why a component was skipped.
type errSkip struct{ reason string }

func (e errSkip) Error() string { return e.reason }

// decode reads one VEVENT. With times only, nothing but what its recurrence
// needs is read.
func (d *decoder) decode(text []byte, timesOnly bool) (c *component, err error) {
	c = &component{size: len(text)}
	defer func() {
		if r := recover(); r != nil {
			err = errSkip{fmt.Sprintf("it could not be read (%v)", r)}
		}
	}()
	c.ev.Source, c.ev.Method, c.ev.Calendar, c.ev.CalendarZone = d.source, d.method, d.calendar, d.zone
	c.ev.Status = calendar.StatusConfirmed
	e := eventReader{d: d, c: c, timesOnly: timesOnly}
	if err := e.read(text); err != nil {
		return c, err
	}
	return c, d.settle(c, &e)
}

// eventReader holds what is known while the lines of one VEVENT go by.
type eventReader struct {
	d         *decoder
	c         *component
	timesOnly bool
	inner     int // components open inside
	alarm     alarmReader
	inAlarm   bool
	alarms    []alarm
	altDesc   string
	startTZ   string
	startErr  error
	status    bool
	transp    bool
}

func (e *eventReader) read(text []byte) error {
	l := lines{rest: text, scratch: e.d.scratch}
	first := true
	for line, ok := l.next(); ok; line, ok = l.next() {
		p, ok := split(line)
		if !ok {
			if name := upperName(nameOf(line)); name != "" {
				e.c.warn("the line %q has no value and was left out", short(line))
			}
			continue
		}
		switch {
		case p.name == "BEGIN":
			if first {
				first = false
				continue
			}
			e.inner++
			e.inAlarm = e.inner == 1 && foldedPrefix(p.value, "VALARM")
			e.alarm = alarmReader{}
		case p.name == "END":
			if e.inAlarm && e.inner == 1 {
				e.endAlarm()
			}
			e.inner = max(0, e.inner-1)
			e.inAlarm = false
		case e.inAlarm:
			e.alarm.set(p)
		case e.inner == 0:
			e.set(p)
		}
	}
	e.d.scratch = l.scratch
	return e.startErr
}

func nameOf(line []byte) []byte {
	if i := bytes.IndexByte(line, ';'); i > 0 {
		return bytes.TrimSpace(line[:i])
	}
	return nil
}

func (c *component) warn(format string, args ...any) {
	if len(c.ev.Warnings) < 20 {
		c.ev.Warnings = append(c.ev.Warnings, fmt.Sprintf(format, args...))
	}
}

// set takes one property of the event.
func (e *eventReader) set(p prop) {
	c := e.c
	switch p.name {
	case ical.PropUID:
		if c.ev.UID == "" {
			c.ev.UID = trimmed(unescape(p.value))
		}
	case ical.PropDateTimeStart:
		e.setStart(p)
	case ical.PropDateTimeEnd:
		if s, err := parseStamp(firstValue(p.value)); err == nil && !c.hasEnd {
			c.end, c.hasEnd, c.endTZID = dateIf(s, p), true, p.param(ical.ParamTimezoneID)
		} else if err != nil && len(bytes.TrimSpace(p.value)) > 0 {
			c.warn("its end could not be read: %v", err)
		}
	case ical.PropDuration:
		if l, err := parseDuration(p.value); err == nil {
			c.length, c.hasLen = l, true
		} else if len(bytes.TrimSpace(p.value)) > 0 {
			c.warn("its duration could not be read: %v", err)
		}
	case ical.PropRecurrenceRule, propExRule:
		e.setRule(p)
	case ical.PropRecurrenceDates:
		c.rdates = appendDates(c.rdates, p, c)
	case ical.PropExceptionDates:
		c.exdates = appendDates(c.exdates, p, c)
	case ical.PropRecurrenceID:
		if s, err := parseStamp(firstValue(p.value)); err == nil {
			c.recurID = dateValue{stamp: s, tzid: p.param(ical.ParamTimezoneID)}
			c.override = true
			c.future = strings.EqualFold(p.param(ical.ParamRange), "THISANDFUTURE")
		} else {
			c.warn("its RECURRENCE-ID could not be read: %v", err)
		}
	case ical.PropSequence:
		if n, err := strconv.ParseInt(string(bytes.TrimSpace(p.value)), 10, 64); err == nil {
			c.ev.Sequence = int(min(max(n, 0), 1<<31-1))
		}
	case ical.PropLastModified:
		c.ev.Updated = moment(p.value)
	case ical.PropStatus:
		e.setStatus(string(bytes.ToUpper(bytes.TrimSpace(p.value))))
	default:
		if !e.timesOnly {
			e.setText(p)
		}
	}
}

func (e *eventReader) setStart(p prop) {
	c := e.c
	if c.hasStart {
		c.warn("it has a second DTSTART, which was left out")
		return
	}
	s, err := parseStamp(firstValue(p.value))
	if err != nil {
		e.startErr = errSkip{"its DTSTART can't be read: " + err.Error()}
		return
	}
	e.startErr = nil
	c.start, c.hasStart = dateIf(s, p), true
	e.startTZ = p.param(ical.ParamTimezoneID)
}

// firstValue is the first of several values: a start has one.
func firstValue(b []byte) []byte {
	if i := bytes.IndexByte(b, ','); i > 0 {
		return b[:i]
	}
	return b
}

// dateIf makes a date of a local midnight that is said to be one.
func dateIf(s stamp, p prop) stamp {
	if !s.date && !s.utc && p.params != nil && s.wall%day == 0 && strings.EqualFold(p.param(ical.ParamValue), "DATE") {
		s.date = true
	}
	return s
}

func (e *eventReader) setRule(p prop) {
	c := e.c
	if len(bytes.TrimSpace(p.value)) == 0 {
		return
	}
	r, err := parseRule(cleanText(p.value))
	switch {
	case err != nil:
		c.badRule = err.Error()
		c.warn("its recurrence could not be read and was left out: %v", err)
	case len(c.rules)+len(c.exRules) >= 50:
		c.warn("it has more than 50 recurrence rules")
	case p.name == propExRule:
		c.exRules = append(c.exRules, r)
	default:
		c.rules = append(c.rules, r)
	}
}

func (e *eventReader) setStatus(s string) {
	switch s {
	case "CANCELLED", "CANCELED":
		e.c.ev.Status = calendar.StatusCancelled
	case "TENTATIVE":
		e.c.ev.Status = calendar.StatusTentative
	case "CONFIRMED":
	default:
		return
	}
	e.status = true
}

// setText takes the properties that have nothing to do with time.
func (e *eventReader) setText(p prop) {
	ev := &e.c.ev
	switch p.name {
	case ical.PropSummary:
		if ev.Summary == "" {
			ev.Summary = trimmed(p.text())
		}
	case ical.PropDescription:
		if ev.Description == "" {
			ev.Description = p.text() // settle makes it plain
		}
	case propAltDesc:
		if e.altDesc == "" {
			e.altDesc = plain(p.text())
		}
	case ical.PropLocation:
		if ev.Location == "" {
			ev.Location = trimmed(p.text())
		}
	case ical.PropURL:
		ev.URL = cleanURL(p.value)
	case ical.PropConference, propGoogleMeet, propTeams, propTeamsOld:
		if u := cleanURL(p.value); ev.Conference == "" && strings.Contains(u, ":") {
			ev.Conference = u
		}
	case ical.PropOrganizer:
		ev.Organizer = e.d.person(p)
	case ical.PropAttendee:
		if len(ev.Attendees) < 5000 {
			ev.Attendees = append(ev.Attendees, e.d.person(p))
		}
	case ical.PropCategories:
		for _, v := range p.list() {
			if s := trimmed(unescape(v)); s != "" && len(ev.Categories) < 1000 {
				ev.Categories = append(ev.Categories, s)
			}
		}
	case ical.PropCreated:
		ev.Created = moment(p.value)
	case ical.PropTransparency:
		ev.Transparent, e.transp = isWord(p.value, "TRANSPARENT"), true
	case propBusyStatus:
		ev.Transparent = ev.Transparent || !e.transp && isWord(p.value, "FREE")
	case ical.PropClass:
		ev.Private = isWord(p.value, "PRIVATE") || isWord(p.value, "CONFIDENTIAL")
	case ical.PropRelatedTo:
		if ev.RelatedTo == "" {
			ev.RelatedTo = trimmed(unescape(p.value))
		}
	case propMarkerKey:
		ev.Marker.Key = trimmed(unescape(p.value))
	case propMarkerBase:
		ev.Marker.Base = trimmed(unescape(p.value))
	case propMarkerKind:
		ev.Marker.Kind = trimmed(unescape(p.value))
	}
}

func isWord(b []byte, word string) bool {
	b = bytes.TrimSpace(b)
	return len(b) == len(word) && foldedPrefix(b, word)
}

func trimmed(s string) string { return strings.TrimSpace(s) }

// cleanURL is a URI value, without what could end a line.
func cleanURL(b []byte) string {
	return strings.ReplaceAll(trimmed(cleanText(b)), "\n", "")
}

// moment reads a UTC time; one without Z is taken for UTC.
func moment(b []byte) time.Time {
	s, err := parseStamp(b)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(s.wall, 0).UTC()
}

var errNoStart = errSkip{"it has no DTSTART"}

// settle makes times of what was read.
func (d *decoder) settle(c *component, e *eventReader) error {
	if !c.hasStart {
		return errNoStart
	}
	ev := &c.ev
	if d.method == "CANCEL" && !e.status {
		ev.Status = calendar.StatusCancelled
	}
	if ev.Marker.Key == "" { // what we wrote ourselves is plain, whatever it looks like
		ev.Description = plain(ev.Description)
	}
	if ev.Description == "" {
		ev.Description = e.altDesc
	}
	d.setTimes(c, e.startTZ)
	for _, a := range e.alarms {
		switch {
		case a.absolute:
			a.offset = a.at.Sub(ev.Start)
		case a.fromEnd:
			a.offset += ev.End.Sub(ev.Start)
		}
		ev.Alarms = append(ev.Alarms, a.offset)
	}
	if c.override {
		ev.Series = true
		ev.RecurrenceID = d.recurrenceID(c.recurID, c)
	}
	if ev.UID == "" {
		ev.UID = hashUID(ev)
		c.warn("it has no UID")
	}
	return nil
}

// hashUID is a stable stand-in for a missing UID.
func hashUID(ev *calendar.Event) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %s %s", ev.Summary, ev.Location, ev.Organizer.Email, ev.Start.UTC().Format(utcForm), ev.End.UTC().Format(utcForm))
	return hex.EncodeToString(h.Sum(nil)[:12]) + "@no-uid"
}

// uidOf finds the UID in a text that can't be decoded otherwise.
func uidOf(text []byte) string {
	l := lines{rest: text}
	for line, ok := l.next(); ok; line, ok = l.next() {
		if isProperty(line, ical.PropUID) {
			if p, ok := split(line); ok {
				return trimmed(unescape(p.value))
			}
		}
	}
	return ""
}

// reasonOf is the reason of an errSkip.
func reasonOf(err error) string {
	var s errSkip
	if errors.As(err, &s) {
		return s.reason
	}
	return err.Error()
}
