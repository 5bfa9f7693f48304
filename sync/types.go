// Package sync is one run: read the calendars, remember, ask the planner, show,
// apply. It is the only package that both reads and writes calendars, through
// the small interfaces below; it knows no provider.
package sync

import (
	"context"
	"time"

	"followup/calendar"
	"followup/planner"
	"followup/planner/interview"
)

// A Source reads one calendar.
//
// Changes returns what happened since the cursor; the empty cursor asks for
// everything. A cursor that the server no longer knows gives calendar.ErrCursor:
// the caller asks again with the empty cursor and infers no deletion from what is
// then missing. An error means that nothing is known: no items, no deletions.
// calendar.ErrAuth asks for a sign-in. A source bounds itself in size and time.
type Source interface {
	Changes(ctx context.Context, since calendar.Cursor) (calendar.Changes, error)
}

// A Target holds the follow-ups that were written. Keys are planner keys.
//
// Every write carries its precondition, so that a write repeated after a lost
// reply (calendar.LostError) or a crash lands on the same event.
type Target interface {
	// Changes reads the follow-ups of ours that stand in the target, as a Source does.
	Changes(ctx context.Context, since calendar.Cursor) (calendar.Changes, error)
	// Get reads one by its key: calendar.ErrNotFound when there is none,
	// calendar.ErrDeleted when it can be told that the user deleted it.
	Get(ctx context.Context, key string) (calendar.Item, error)
	// Create fails with calendar.ErrExists when there is one, calendar.ErrDeleted
	// when the user deleted it.
	Create(ctx context.Context, e calendar.Event) (calendar.Ref, error)
	// Update writes the named fields over the version at, leaving everything else
	// of the remote event as it is; calendar.ErrConflict when it changed since,
	// ErrNotFound or ErrDeleted when it is gone.
	Update(ctx context.Context, e calendar.Event, fields []calendar.Field, at calendar.Ref) (calendar.Ref, error)
	// Delete fails with calendar.ErrConflict when it changed since; what is gone
	// already is no error.
	Delete(ctx context.Context, key string, at calendar.Ref) error
}

// A Counter tells how many calls a Source or Target made since it was made.
type Counter interface{ Requests() calendar.Requests }

// A Vanisher is a target that can tell a calendar that is not there any more, or
// not yet, from one that was emptied. What stood in it was deleted by nobody and
// is written anew.
type Vanisher interface{ Vanished() bool }

// Feed is a source with the name that the user gave it and a fingerprint of what
// it points at (URL without secrets, calendar id, account): when that changes,
// nothing may be inferred from what is then missing.
type Feed struct {
	Name        string
	Fingerprint string
	Source      Source
}

// A Store remembers. Every method is atomic: it happens or it does not.
type Store interface {
	// Load returns everything remembered, but for the audit log.
	Load(ctx context.Context) (State, error)
	// Observe remembers what was read: events and cursors together.
	Observe(ctx context.Context, o Observed) error
	// Intend remembers that writes are about to be made.
	Intend(ctx context.Context, in []Intent) error
	// Save remembers what became of follow-ups, and settles their intents.
	Save(ctx context.Context, o Outcome) error
	// Mark remembers what the user said.
	Mark(ctx context.Context, m calendar.Mark) error
	// History returns the newest entries of the audit log, newest first; all for limit 0.
	History(ctx context.Context, limit int) ([]Entry, error)
	// Purge forgets everything.
	Purge(ctx context.Context) error
	Close() error
}

// A Notebook is what a Store may offer besides: a place for what may be lost and
// changes at every run, so that a run with nothing new leaves the state as it is,
// byte for byte.
type Notebook interface {
	Notes() Notes
	Note(n Notes) error
	// Unwritten tells whether the state is still the one of which the notes hold a
	// Glance, without loading it. When in doubt, it is not.
	Unwritten() bool
}

// Notes are how the last run went.
type Notes struct {
	Read     map[string]time.Time `json:"read"`     // last good read of each source, and of the target
	Failed   map[string]string    `json:"failed"`   // why the last read of one was not good
	Moved    map[string]Moved     `json:"moved"`    // cursors that moved on though nothing changed
	Revision int64                `json:"revision"` // of the state that was planned from
	Basis    string               `json:"basis"`    // fingerprint of everything else that a plan depends on
	Planned  time.Time            `json:"planned"`  // when planner.Make was last asked
	Edge     time.Time            `json:"edge"`     // when time alone may change the plan; zero never
	Glance   *Glance              `json:"glance"`   // nil while something in the state waits to be settled
}

// Glance is what a run needs of the state as long as nothing is new.
type Glance struct {
	Revision int64
	Reader   string // see Memo
	Sources  []SourceState
}

// Moved is a cursor that a source gave in place of the remembered one although
// nothing had changed. Both lead to the same.
type Moved struct {
	From calendar.Cursor `json:"from"`
	To   calendar.Cursor `json:"to"`
}

// State is everything that a Store remembers, but for the audit log.
type State struct {
	Revision int64 // rises with every write
	Memo     Memo
	Sources  []SourceState
	Events   []Known // that concern interviews, and our own in the target; no others
	Records  []planner.Record
	Marks    []calendar.Mark
	Intents  []Intent
}

// Memo is what recognition learnt from whole calendars and can't learn again
// from the interviews alone.
type Memo struct {
	Me     interview.Me // completed by what was inferred
	Reader string       // fingerprint of what decides on the events that are kept
}

// TargetName is the name under which the target's cursor and events are kept.
const TargetName = "(target)"

// SourceState is what is remembered of one source, or of the target.
type SourceState struct {
	Name        string
	Fingerprint string
	Cursor      calendar.Cursor
	LastGood    time.Time // of the last good read; from the Notebook where there is one
	LastError   string    // of the last read, "" when it was good; likewise
	Count       int       // events in the last whole listing that was believed
	Suspect     bool      // the last whole listing shrank so much that it is not believed
}

// Known is an event that is remembered, and where its copy is.
type Known struct {
	Event  calendar.Event // Event.Source names the source, or TargetName
	Ref    calendar.Ref
	Absent Absence
}

// Absence is how an event came to be missing from listings. The zero value is
// of one that is there.
type Absence struct {
	Strikes int       // good and complete reads in which it was missing, an hour apart
	Last    time.Time // of the last strike, or when it was first missed
	Suspect bool      // the listing is not believed: a person has to confirm
}

// Observation is the outcome of one read of one source.
type Observation struct {
	Source SourceState
	Put    []Known       // new or changed
	Forget []calendar.ID // no longer to be kept
}

// Observed is the outcome of all reads of one run.
type Observed struct {
	Sources []Observation
	Drop    []string // names of sources of which nothing is to be remembered any more
	Memo    *Memo    // nil for unchanged
}

// Outcome is what became of follow-ups.
type Outcome struct {
	Records []planner.Record
	Settled []string // keys of intents that are settled; those of Records are too
	Log     []Entry
}

// Op is what is done to one event of the target.
type Op string

// The operations.
const (
	Create Op = "create"
	Update Op = "update"
	Delete Op = "delete"
	Keep   Op = "keep"
	Adopt  Op = "adopt"
)

// Change is one operation with its reason.
type Change struct {
	Op     Op
	Key    string
	Title  string
	Fields []calendar.Field
	Why    string
	// NotDone says, after Apply, why the change was not made: what went wrong, or
	// that it waits for the next run. "" for one that was made, and before Apply.
	NotDone string
}

// Intent is a write that was begun and not yet known to be done.
type Intent struct {
	Key    string // of the follow-up
	Remote string // key of the event in the target, which differs in later generations
	Op     Op
	Fields calendar.Fields // as they are to be after the write
	At     time.Time
}

// Entry is a line of the audit log.
type Entry struct {
	At     time.Time `json:"at"`
	Op     Op        `json:"op"`
	Key    string    `json:"key"`
	Title  string    `json:"title"`
	Fields []string  `json:"fields,omitempty"`
	Why    string    `json:"why"`
	Result string    `json:"result"` // "ok" or what went wrong
}
