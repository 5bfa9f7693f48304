// Package sync is one run: read the calendars, remember, ask the planner, show,
// apply. It is the only package that both reads and writes calendars, through
// the small interfaces below; it knows no provider.
package sync

import (
	"context"
	"time"

	"followup/calendar"
	"followup/planner"
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

// Feed is a source with the name that the user gave it and a fingerprint of what
// it points at (URL without secrets, calendar id, account): when that changes,
// nothing may be inferred from what is then missing.
type Feed struct {
	Name        string
	Fingerprint string
	Source      Source
}

// A Store remembers. Every method is atomic.
type Store interface {
	// Load returns everything remembered.
	Load(ctx context.Context) (State, error)
	// Observe remembers what one source told, items and cursor together or neither.
	Observe(ctx context.Context, o Observation) error
	// Save remembers what happened to follow-ups, with a line of the audit log each.
	Save(ctx context.Context, records []planner.Record, log []Entry) error
	// Intend remembers that a write is about to be made; Save of the key settles it.
	Intend(ctx context.Context, in Intent) error
	// Mark remembers what the user said.
	Mark(ctx context.Context, m calendar.Mark) error
	// History returns the newest entries of the audit log, newest first.
	History(ctx context.Context, limit int) ([]Entry, error)
	// Purge forgets everything.
	Purge(ctx context.Context) error
	Close() error
}

// State is everything that a Store remembers, but for the audit log.
type State struct {
	Sources []SourceState
	Events  []calendar.Event // that concern interviews, and no others
	Records []planner.Record
	Marks   []calendar.Mark
	Intents []Intent
}

// SourceState is what is remembered of one source (or of the target, under the
// name "target").
type SourceState struct {
	Name        string
	Fingerprint string
	Cursor      calendar.Cursor
	LastGood    time.Time // of the last complete, successful read
	LastTried   time.Time
	LastError   string // of the last read, "" when it was good
	Count       int    // events in the last whole listing
}

// Observation is the outcome of one read of one source.
type Observation struct {
	Source  SourceState
	Events  []calendar.Event // to be kept, new or changed
	Forget  []calendar.ID    // no longer to be kept
	Replace bool             // Events is all there is to be kept of this source
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
}

// Intent is a write that was begun and not yet known to be done.
type Intent struct {
	Key    string
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
