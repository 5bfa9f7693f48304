// Package planner decides which follow-ups an application deserves, when, and
// why. It is pure: no clock, no I/O, no globals. The same input gives the same
// plan, byte for byte.
package planner

import (
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

// State is where a follow-up stands.
type State string

// The states of a follow-up.
const (
	Planned   State = "planned"   // wanted, not written yet
	Written   State = "written"   // stands in the target as we wrote it
	Edited    State = "edited"    // stands in the target and the user changed it
	Done      State = "done"      // the user said sent or ticked it off
	Withdrawn State = "withdrawn" // no longer wanted, taken away
	Dismissed State = "dismissed" // the user deleted it: it never returns by itself
	Late      State = "late"      // wanted although its window is over
	Skipped   State = "skipped"   // not wanted, with a reason
)

// Span is a stretch of time, From inclusive, Until exclusive.
type Span struct{ From, Until time.Time }

// FollowUp is one event that followup wants in the user's calendar, or decided
// not to want any more, with the reason.
type FollowUp struct {
	Key       string // for ever the same: see Key
	Kind      draft.Kind
	Process   string
	Company   string
	Role      string
	Interview calendar.ID // of the event that it follows
	Source    string      // name of that event's source
	// To is whom it is for. When the address is unknown and the recruiter is asked
	// to pass it on, the recruiter is the second.
	To         []interview.Person
	Title      string
	Start, End time.Time // in the user's zone
	Window     Span      // when it is right to send it
	Alarms     []time.Duration
	Subject    string
	Body       string // the draft alone
	Text       string // the event's whole description: draft, recipient, mailto link, why, how to mark it
	Language   string
	State      State
	Why        string
	// Explicit tells, for Withdrawn, that there is positive evidence (cancelled,
	// declined, answered, rejected...) and not mere absence of the interview.
	Explicit bool
	// Edge is the first instant at which this follow-up may change by time alone;
	// zero when it never does. It lets a run with nothing new do nothing.
	Edge time.Time

	Recipient string    // part of the key: address or folded name of the person, or which of several
	Held      time.Time // end of the interview that it follows, as last known
}

// Event is the follow-up as a calendar event: no attendees, no organizer,
// transparent, private, with our marker. now is not needed: DTSTAMP and the like
// are the target's business.
func (f FollowUp) Event() calendar.Event {
	e := calendar.Event{
		UID:         f.Key,
		Summary:     f.Title,
		Description: f.Text,
		Start:       f.Start,
		End:         f.End,
		TimeZone:    f.Start.Location().String(),
		Status:      calendar.StatusConfirmed,
		Categories:  []string{"followup", string(f.Kind)},
		Alarms:      f.Alarms,
		Transparent: true,
		Private:     true,
		RelatedTo:   f.Interview.UID,
		Marker:      calendar.Marker{Key: f.Key, Kind: string(f.Kind)},
	}
	e.Marker.Base = calendar.FieldsOf(e).Fingerprint()
	return e
}

// Record is what is remembered of one follow-up from earlier runs. A record that
// is Done or Dismissed is settled: the plan repeats it and never changes it. One
// that is Withdrawn and wanted again is planned under the next generation's key,
// which is also how the user brings a deleted one back.
type Record struct {
	FollowUp FollowUp         // as last wanted
	State    State            // Written, Edited, Done, Withdrawn or Dismissed
	Base     calendar.Fields  // as last written by us
	Remote   calendar.Fields  // how the target shows Base where it rewrites what is written; nil for as written
	Owned    []calendar.Field // fields that the user changed: theirs from then on
	Ref      calendar.Ref
	Kept     bool      // it stays for what the user changed, though nothing asks for it; they were told
	Strikes  int       // good and complete reads in which the interview was absent
	Struck   time.Time // of the last strike
	Created  time.Time // first written
	Updated  time.Time // last written or changed
	Sequence int       // of the event as last written
	// Generation is how often the event had to be written under a new key of the
	// target's, because the old one was gone for good; FollowUp.Key stays.
	Generation int
}

// Input is everything that a plan depends on.
type Input struct {
	Now    time.Time
	Events []calendar.Event // of all sources, our own events among them
	Marks  []calendar.Mark  // said with followup mark or on the page; those in event text are read from Events
	Past   []Record
}

// Skip is something that was not planned, with the reason.
type Skip struct {
	Kind      draft.Kind
	Process   string
	Interview calendar.ID
	To        []interview.Person
	Why       string
}

// Plan is the answer.
type Plan struct {
	Now        time.Time
	FollowUps  []FollowUp // by start, then key: wanted ones and those that were given up
	Skipped    []Skip
	Warnings   []string
	Recognized interview.Result
	// Edge is the first instant after Now at which time alone may change the
	// plan: the earliest of the follow-ups' edges; zero when there is none.
	Edge time.Time
}
