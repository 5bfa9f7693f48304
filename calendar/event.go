// Package calendar holds the words that every other package speaks: an Event,
// the people on it, where one copy of it lives, and what changed since the last
// look. It has values only: no network, no files, no clock.
//
// Names follow RFC 5545 (iCalendar) where it has one.
package calendar

import "time"

// Status is what the organiser says of an event: RFC 5545 section 3.8.1.11.
type Status string

// The three statuses of a VEVENT. An unknown or missing one reads as
// StatusConfirmed, as RFC 5545 clients do.
const (
	StatusConfirmed Status = "confirmed"
	StatusTentative Status = "tentative"
	StatusCancelled Status = "cancelled"
)

// PartStat is a person's answer to an invitation: RFC 5545 section 3.2.12,
// lower case.
type PartStat string

// The participation statuses that matter here; every other one is kept as read.
const (
	PartStatNeedsAction PartStat = "needs-action"
	PartStatAccepted    PartStat = "accepted"
	PartStatDeclined    PartStat = "declined"
	PartStatTentative   PartStat = "tentative"
)

// Person is an organiser or attendee (RFC 5545 sections 3.8.4.1 and 3.8.4.3).
type Person struct {
	Name     string   `json:"name,omitempty"`  // CN or displayName, trimmed; "" when unknown
	Email    string   `json:"email,omitempty"` // lower case, without "mailto:"; "" when the address is no mail address
	Role     string   `json:"role,omitempty"`  // ROLE in lower case: chair, req-participant, opt-participant, non-participant
	PartStat PartStat `json:"partstat,omitempty"`
	CUType   string   `json:"cutype,omitempty"` // CUTYPE in lower case: individual, group, resource, room, unknown
	Self     bool     `json:"self,omitempty"`   // the provider says that this is the calendar's owner (Google's self)
}

// Optional tells whether the person is invited as an optional participant.
func (p Person) Optional() bool { return p.Role == "opt-participant" }

// Thing tells whether the "person" is a room, a resource or a group.
func (p Person) Thing() bool {
	return p.CUType == "room" || p.CUType == "resource" || p.CUType == "group"
}

// Event is one event, or one instance of a recurring one, as a calendar tells it.
//
// Start and End carry the zone that the event is set in; for an all-day event
// they are midnight of the first day and of the day after the last, and only
// their date means anything. For a floating event they are read in the zone that
// TimeZone names, which is a guess and said in Warnings.
type Event struct {
	Source       string // name of the source it was read from
	UID          string // RFC 5545 section 3.8.4.7; a stable hash when the event has none
	RecurrenceID string // the instance's original start in UTC, 20261123T150000Z, or 20261123 for all-day; "" for a single event
	Series       bool   // an instance that a recurrence rule or date list made, or that replaces one
	Sequence     int    // RFC 5545 section 3.8.7.4
	Summary      string
	Description  string // plain text: HTML is stripped where known tags occur
	Location     string
	URL          string // the event's own page (URL, Google's htmlLink)
	Conference   string // a join link that the provider gives outside of the text
	Start, End   time.Time
	AllDay       bool
	Floating     bool   // no zone in the event: RFC 5545 section 3.3.5, form 1
	TimeZone     string // IANA name of the zone of Start where known, else the name in the file; "UTC" for instants
	Status       Status
	Method       string // METHOD of the enclosing calendar in upper case: PUBLISH, REQUEST, CANCEL...; "" without
	Organizer    Person
	Creator      Person // who entered the event (Google); zero when the provider does not say
	Attendees    []Person
	Categories   []string
	Calendar     string // display name of the calendar that holds the event; "" when unknown
	CalendarZone string // IANA name of the zone that the calendar itself is set to (X-WR-TIMEZONE, Google's): where its owner lives; "" when unknown
	EventType    string // the provider's own kind of event (Google's eventType); "" without
	Created      time.Time
	Updated      time.Time // LAST-MODIFIED or the provider's like; zero when unknown
	Alarms       []time.Duration
	Transparent  bool   // TRANSP:TRANSPARENT: does not block time
	Private      bool   // CLASS:PRIVATE or the provider's like
	RelatedTo    string // UID of the event this one follows from: RFC 5545 section 3.8.4.5
	Marker       Marker // set on the events that followup wrote, and on no other
	Warnings     []string
}

// Alarms are offsets from Start: negative is before it, 0 at it.

// Marker is what followup leaves on the events that it writes, so that it knows
// them again on any machine and after a lost state file: X-FOLLOWUP properties
// in iCalendar, extendedProperties.private at Google.
type Marker struct {
	Key  string // the follow-up's key: see planner.Key; "" on everybody else's events
	Base string // fingerprint of the fields as last written: see Fields.Fingerprint
	Kind string // the follow-up's kind: thank_you, status_check...
}

// ID names one event in one source for ever: its UID and the instance.
type ID struct {
	UID          string `json:"uid"`
	RecurrenceID string `json:"recurrence_id,omitempty"`
}

// ID returns the event's identity within its source.
func (e Event) ID() ID { return ID{UID: e.UID, RecurrenceID: e.RecurrenceID} }

// String is UID, with "/" and the recurrence id for an instance.
func (id ID) String() string {
	if id.RecurrenceID == "" {
		return id.UID
	}
	return id.UID + "/" + id.RecurrenceID
}

// Skipped is one component that could not be read, with the reason: everything
// read and everything skipped is everything there.
type Skipped struct {
	Source string `json:"source"`
	UID    string `json:"uid"`  // as far as it could be seen; "" when not
	Line   int    `json:"line"` // 1-based line of its BEGIN in the text; 0 when the source has no lines
	Reason string `json:"reason"`
}
