// Package interview decides whether an event is the user's own job interview
// and reads what it says: company, role, round, people, promised date, marks.
//
// It is pure: no clock, no network, no files but the embedded vocabulary. Every
// decision carries its evidence and, when the answer is no, the reason.
package interview

import (
	"time"

	"followup/calendar"
)

// Decision says what an event is taken for.
type Decision string

// The decisions. A Review is planned for only once the user says #interview.
const (
	Yes    Decision = "interview"
	Review Decision = "review"
	No     Decision = "no"
)

// Status is what became of an interview.
type Status string

// The statuses of an interview.
const (
	Active     Status = "active"
	Cancelled  Status = "cancelled"
	Declined   Status = "declined"   // the user declined the invitation
	Superseded Status = "superseded" // a newer invitation, often under another UID, took its place
)

// Round is the kind of conversation.
type Round string

// The rounds.
const (
	Screen        Round = "screen"
	HiringManager Round = "hiring_manager"
	Technical     Round = "technical"
	TakeHome      Round = "take_home"
	Panel         Round = "panel"
	Onsite        Round = "onsite"
	Final         Round = "final"
	OfferCall     Round = "offer_call"
	Other         Round = "other"
)

// Person is somebody the user spoke or speaks with. Email is "" when only the
// name is known; an address of a relay, a room or a role mailbox is never here.
type Person struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// Signal is one piece of evidence. Positive weights speak for an interview; the
// sum of the weights gives the confidence.
type Signal struct {
	Signal string  `json:"signal"`
	Detail string  `json:"detail"`
	Weight float64 `json:"weight"`
}

// Dates is a span of days that somebody promised an answer in, both inclusive,
// midnight in the event's zone. The zero value is no promise.
type Dates struct{ From, Until time.Time }

// IsZero tells whether there is no promise.
func (d Dates) IsZero() bool { return d.Until.IsZero() }

// Me is the user. What the configuration leaves empty is inferred from the
// calendar: who is on nearly every event.
type Me struct {
	Name      string
	Emails    []string       // lower case
	Employers []string       // domains for which the user interviews others
	Location  *time.Location // nil: each event's own zone
	Languages []string       // BCP 47, preferred first
}

// Interview is an event with what was read in it.
type Interview struct {
	Event        calendar.Event
	Status       Status
	Decision     Decision
	Confidence   float64 // 0 to 1
	Evidence     []Signal
	Reason       string // in words: why it is one, or why not
	Process      string // key of the application: company and role; "" when Decision is No
	Company      string // the employer as people write it; "" unknown
	Via          string // the agency in between; "" when none
	Role         string // the position; "" unknown
	Round        Round
	Ordinal      int // 1 for the first round, when the text tells; 0 unknown
	Interviewers []Person
	Recruiter    Person // who arranges it; zero when unknown
	HearBy       Dates  // when an answer was promised
	Language     string // BCP 47 primary tag of the invitation's text: en, de, ja...
	Loop         string // the same non-empty key on all slots of one day at one company; "" for a single interview
	SupersededBy calendar.ID
	Identity     string          // soft identity that survives a reissue under a new UID: organizer, normalised title, company, people
	Marks        []calendar.Mark // of this event, and those said of its process
}

// Result is what a set of events says together.
type Result struct {
	Interviews []Interview // Decision Yes or Review, by start
	Others     []Interview // Decision No, by start, each with its Reason
	Me         Me          // as configured, completed by what was inferred
	Notes      []string    // what was inferred and from what, in words
}
