package ics

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"

	"followup/calendar"
)

// ProductID is the PRODID of everything that followup writes. It has no version
// in it, so that an upgrade changes no byte.
const ProductID = "-//followup//followup//EN"

// DefaultRefresh is how often a subscriber is asked to look again, when Calendar
// does not say.
const DefaultRefresh = time.Hour

// Calendar is a calendar to publish (RFC 5545, RFC 7986).
type Calendar struct {
	Name        string
	Description string
	TimeZone    string        // X-WR-TIMEZONE: IANA name of the zone it is meant to be read in; "" without
	Color       string        // CSS3 colour name, RFC 7986 section 5.9; "" without
	URL         string        // where it is published, RFC 7986 SOURCE; "" without
	Refresh     time.Duration // 0 is DefaultRefresh
	Events      []calendar.Event
}

// Write writes the calendar as an iCalendar object with METHOD:PUBLISH. The same
// calendar gives the same bytes: nothing in them depends on when they are
// written. DTSTAMP and LAST-MODIFIED are Event.Updated, CREATED is Event.Created.
// Lines end in CRLF and are folded at 75 octets between characters. A calendar
// without events is valid too.
func Write(w io.Writer, c Calendar) error {
	for i := range c.Events {
		if err := check(&c.Events[i]); err != nil {
			return err
		}
	}
	e := &encoder{}
	e.raw("BEGIN:VCALENDAR")
	e.raw("VERSION:2.0")
	e.raw("PRODID:" + ProductID)
	e.raw("CALSCALE:GREGORIAN")
	e.raw("METHOD:PUBLISH")
	e.calendarProperties(c)
	zones := e.timezones(c.Events)
	if len(c.Events) == 0 && zones == 0 {
		e.vtimezone(time.UTC, 1970, 1970) // RFC 5545 section 3.4 wants one component
	}
	for i := range c.Events {
		e.event(&c.Events[i])
	}
	e.raw("END:VCALENDAR")
	_, err := w.Write(e.out)
	return err
}

// WriteObject writes one event as a calendar object resource (RFC 4791 section
// 4.1): without METHOD, with the time zone it needs.
func WriteObject(w io.Writer, ev calendar.Event) error {
	if err := check(&ev); err != nil {
		return err
	}
	e := &encoder{}
	e.raw("BEGIN:VCALENDAR")
	e.raw("VERSION:2.0")
	e.raw("PRODID:" + ProductID)
	e.raw("CALSCALE:GREGORIAN")
	e.timezones([]calendar.Event{ev})
	e.event(&ev)
	e.raw("END:VCALENDAR")
	_, err := w.Write(e.out)
	return err
}

// check refuses what can't be a valid VEVENT.
func check(ev *calendar.Event) error {
	if strings.TrimSpace(ev.UID) == "" {
		return fmt.Errorf("can't write the event %q: it has no UID", ev.Summary)
	}
	if ev.Start.IsZero() {
		return fmt.Errorf("can't write the event %q: it has no start", ev.UID)
	}
	return nil
}

// encoder collects content lines.
type encoder struct {
	out  []byte
	line []byte
}

func (e *encoder) calendarProperties(c Calendar) {
	e.text(ical.PropName, c.Name)
	e.text(propCalName, c.Name)
	e.text(ical.PropDescription, c.Description)
	e.text(propCalDesc, c.Description)
	e.text(propCalZone, c.TimeZone)
	e.text(ical.PropColor, c.Color)
	if c.URL != "" {
		e.property(ical.PropSource+";VALUE=URI", uriValue(c.URL))
	}
	every := formatDuration(cmp.Or(c.Refresh, DefaultRefresh))
	e.raw(propRefresh + ";VALUE=DURATION:" + every)
	e.raw(propPublishedTTL + ":" + every)
	var last time.Time
	for i := range c.Events {
		if u := c.Events[i].Updated; u.After(last) {
			last = u
		}
	}
	e.instant(ical.PropLastModified, last)
}

// event writes one VEVENT.
func (e *encoder) event(ev *calendar.Event) {
	e.raw("BEGIN:VEVENT")
	e.text(ical.PropUID, ev.UID)
	e.stamps(ev)
	e.times(ev)
	e.text(ical.PropSummary, ev.Summary)
	e.text(ical.PropDescription, ev.Description)
	e.text(ical.PropLocation, ev.Location)
	if ev.URL != "" {
		e.property(ical.PropURL, uriValue(ev.URL))
	}
	if ev.Conference != "" {
		e.property(ical.PropConference+";VALUE=URI", uriValue(ev.Conference))
	}
	e.status(ev)
	if ev.Transparent {
		e.raw("TRANSP:TRANSPARENT")
		e.raw(propBusyStatus + ":FREE")
	}
	if ev.Private {
		e.raw("CLASS:PRIVATE")
	}
	e.categories(ev.Categories)
	e.person(ical.PropOrganizer, ev.Organizer)
	for _, a := range ev.Attendees {
		e.person(ical.PropAttendee, a)
	}
	e.text(ical.PropRelatedTo, ev.RelatedTo)
	e.marker(ev.Marker)
	e.alarms(ev)
	e.raw("END:VEVENT")
}

// stamps writes what says how old the event is.
func (e *encoder) stamps(ev *calendar.Event) {
	e.instant(ical.PropDateTimeStamp, stampOf(ev))
	e.instant(ical.PropCreated, ev.Created)
	e.instant(ical.PropLastModified, ev.Updated)
	e.raw(ical.PropSequence + ":" + strconv.Itoa(max(ev.Sequence, 0)))
}

// stampOf is DTSTAMP, which an event must have: when its content last changed.
func stampOf(ev *calendar.Event) time.Time {
	for _, t := range []time.Time{ev.Updated, ev.Created} {
		if !t.IsZero() {
			return t
		}
	}
	return time.Unix(0, 0).UTC()
}

// times writes RECURRENCE-ID, DTSTART and DTEND.
func (e *encoder) times(ev *calendar.Event) {
	if id := ev.RecurrenceID; len(id) == 8 {
		e.property(ical.PropRecurrenceID+";VALUE=DATE", id)
	} else if id != "" {
		e.property(ical.PropRecurrenceID, id)
	}
	e.time(ical.PropDateTimeStart, ev, ev.Start)
	switch {
	case ev.AllDay && civilAfter(ev.End, ev.Start), !ev.AllDay && ev.End.After(ev.Start):
		e.time(ical.PropDateTimeEnd, ev, ev.End)
	case ev.AllDay:
		e.time(ical.PropDateTimeEnd, ev, ev.Start.AddDate(0, 0, 1))
	}
}

func civilAfter(a, b time.Time) bool { return a.Format("20060102") > b.Format("20060102") }

const localForm = "20060102T150405"

// time writes a date, a local time, a time with its zone, or a UTC time.
func (e *encoder) time(name string, ev *calendar.Event, t time.Time) {
	loc := writtenZone(ev)
	switch {
	case ev.AllDay:
		e.raw(name + ";VALUE=DATE:" + t.Format("20060102"))
	case ev.Floating:
		e.raw(name + ":" + t.In(ev.Start.Location()).Format(localForm))
	case loc == time.UTC:
		e.instant(name, t)
	default:
		e.property(name+";TZID="+paramValue(loc.String()), t.In(loc).Format(localForm))
	}
}

// writtenZone is the zone that an event's times are written in: its own when IANA
// knows it, else UTC.
func writtenZone(ev *calendar.Event) *time.Location {
	loc := ev.Start.Location()
	if ev.AllDay || ev.Floating || loc == time.Local || !tables().exact[loc.String()] {
		return time.UTC
	}
	if known, ok := loadIANA(loc.String()); ok {
		return known
	}
	return time.UTC
}

func (e *encoder) status(ev *calendar.Event) {
	switch ev.Status {
	case calendar.StatusCancelled:
		e.raw("STATUS:CANCELLED")
	case calendar.StatusTentative:
		e.raw("STATUS:TENTATIVE")
	default:
		e.raw("STATUS:CONFIRMED")
	}
}

func (e *encoder) categories(list []string) {
	var out []string
	for _, c := range list {
		if c = escape(c); c != "" {
			out = append(out, c)
		}
	}
	if len(out) > 0 {
		e.property(ical.PropCategories, strings.Join(out, ","))
	}
}

// person writes ORGANIZER or ATTENDEE; somebody without an address is left out,
// because the property has no other place for a name.
func (e *encoder) person(name string, p calendar.Person) {
	if p.Email == "" {
		return
	}
	for _, param := range [][2]string{
		{"CN", p.Name}, {"CUTYPE", strings.ToUpper(p.CUType)}, {"ROLE", strings.ToUpper(p.Role)}, {"PARTSTAT", strings.ToUpper(string(p.PartStat))},
	} {
		if param[1] != "" {
			name += ";" + param[0] + "=" + paramValue(param[1])
		}
	}
	e.property(name, "mailto:"+uriValue(p.Email))
}

func (e *encoder) marker(m calendar.Marker) {
	e.text(propMarkerKey, m.Key)
	e.text(propMarkerBase, m.Base)
	e.text(propMarkerKind, m.Kind)
}

// alarmPrefix begins the UID of every alarm that followup writes (RFC 9074), so
// that it never touches one that the user added.
const alarmPrefix = "followup-alarm-"

func (e *encoder) alarms(ev *calendar.Event) {
	for _, a := range slices.Compact(slices.Sorted(slices.Values(ev.Alarms))) {
		trigger := formatDuration(a)
		sum := sha256.Sum256([]byte(ev.UID + "\x00" + ev.RecurrenceID + "\x00" + trigger))
		e.raw("BEGIN:VALARM")
		e.raw("UID:" + alarmPrefix + hex.EncodeToString(sum[:10]))
		e.raw("ACTION:DISPLAY")
		e.raw("TRIGGER:" + trigger)
		e.text(ical.PropDescription, cmp.Or(strings.TrimSpace(ev.Summary), "Reminder"))
		e.raw("END:VALARM")
	}
}

// formatDuration writes a DURATION, RFC 5545 section 3.3.6.
func formatDuration(d time.Duration) string {
	sec := int64(d / time.Second)
	out := "P"
	if sec < 0 {
		out, sec = "-P", -sec
	}
	if sec >= day {
		if sec%(7*day) == 0 {
			return out + strconv.FormatInt(sec/(7*day), 10) + "W"
		}
		out += strconv.FormatInt(sec/day, 10) + "D"
		if sec %= day; sec == 0 {
			return out
		}
	}
	out += "T"
	for _, u := range []struct {
		length int64
		letter string
	}{{3600, "H"}, {60, "M"}, {1, "S"}} {
		if n := sec / u.length; n > 0 {
			out += strconv.FormatInt(n, 10) + u.letter
			sec %= u.length
		}
	}
	if strings.HasSuffix(out, "T") {
		out += "0S"
	}
	return out
}

// instant writes a UTC time; nothing when it is zero.
func (e *encoder) instant(name string, t time.Time) {
	if !t.IsZero() {
		e.raw(name + ":" + t.UTC().Format(utcForm))
	}
}

// text writes a TEXT property; nothing when it is empty.
func (e *encoder) text(name, value string) {
	if value = escape(value); value != "" {
		e.property(name, value)
	}
}

// raw writes a line that is known to be short and clean.
func (e *encoder) raw(line string) {
	e.out = append(append(e.out, line...), "\r\n"...)
}

// property writes a content line, folded at 75 octets between two characters:
// RFC 5545 section 3.1.
func (e *encoder) property(name, value string) {
	e.line = append(append(append(e.line[:0], name...), ':'), value...)
	rest := e.line
	for limit := 75; len(rest) > limit; limit = 74 {
		n := limit
		for n > limit-4 && !utf8.RuneStart(rest[n]) {
			n--
		}
		e.out = append(append(e.out, rest[:n]...), "\r\n "...)
		rest = rest[n:]
	}
	e.out = append(append(e.out, rest...), "\r\n"...)
}

// clean tells whether s is printable ASCII.
func clean(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// escape makes a TEXT value (RFC 5545 section 3.3.11) of any string: line ends
// become \n, other control characters go, broken UTF-8 is replaced.
func escape(s string) string {
	if clean(s) && !strings.ContainsAny(s, `\;,`) {
		return s
	}
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.ToValidUTF8(s, "\ufffd"))
	var b strings.Builder
	b.Grow(len(s) + 16)
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\\' || r == ';' || r == ',':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' && r != '\t' || r == 0x7f || r == 0xfeff:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// paramValue makes a parameter value, quoted where it must be, with RFC 6868's
// escapes for what quotes can't hold.
func paramValue(s string) string {
	s = strings.NewReplacer("\r\n", "^n", "\n", "^n", "\r", "^n", "^", "^^", `"`, "^'").Replace(strings.ToValidUTF8(s, "\ufffd"))
	s = dropControls(s)
	if strings.ContainsAny(s, ":;,") {
		return `"` + s + `"`
	}
	return s
}

// uriValue is a URI without anything that could end its line.
func uriValue(s string) string { return dropControls(strings.ToValidUTF8(s, "")) }

func dropControls(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}
