package calendar

import (
	"errors"
	"fmt"
	"time"
)

// Ref is where one copy of an event lives and which version of it was seen.
type Ref struct {
	ID      string // Google's event id, the href of a CalDAV object, the UID in a file
	Version string // the ETag as the server gave it, "" when it gave none
}

// Item is an event together with the place of the copy that was read.
type Item struct {
	Event Event
	Ref   Ref
}

// Gone is an event that a source proves to be no more: Google's "cancelled",
// a 404 on its own href, a sync-collection removal. What is only missing from a
// listing is not Gone.
type Gone struct {
	Ref Ref
	ID  ID // as far as the source tells; the zero ID when it names the place only
}

// Cursor is how far a source was read: a sync token, an ETag with a body hash, a
// ctag. Only the source that made it reads it. The empty cursor asks for everything.
type Cursor string

// Changes is what a source has to say since a cursor.
type Changes struct {
	Items     []Item
	Gone      []Gone
	Skipped   []Skipped
	Next      Cursor // to be stored once Items and Gone are, and not before
	Whole     bool   // Items is the complete listing: what is not in it is absent
	Unchanged bool   // nothing changed since the cursor; Items is empty and means nothing
	Warnings  []string
}

// Requests counts the calls that a source or target made.
type Requests struct {
	Read  int `json:"read"`
	Write int `json:"write"`
}

// Add adds the counts of o.
func (r *Requests) Add(o Requests) { r.Read += o.Read; r.Write += o.Write }

// Window is the span of time that a reader needs, in instants. A source may
// return more. The zero Window asks for everything that does not recur and
// leaves the bounds of recurring events to the reader.
type Window struct{ From, To time.Time }

// Contains tells whether the span from start to end touches the window.
func (w Window) Contains(start, end time.Time) bool {
	if !w.To.IsZero() && start.After(w.To) {
		return false
	}
	if end.Before(start) {
		end = start
	}
	return w.From.IsZero() || !end.Before(w.From)
}

// The errors that a caller needs to tell apart. Adapters wrap them with what
// happened and what to do next.
var (
	ErrCursor     = errors.New("the cursor is no longer known")             // Google 410, CalDAV valid-sync-token
	ErrConflict   = errors.New("the event was changed meanwhile")           // 412
	ErrExists     = errors.New("an event with this key exists already")     // 409, 412 on create
	ErrNotFound   = errors.New("no such event")                             // a proven 404
	ErrDeleted    = errors.New("the user deleted the event")                // Google "cancelled"
	ErrNoCalendar = errors.New("the calendar is not there any more")        // Google 404 of the calendar itself
	ErrAuth       = errors.New("sign-in needed")                            // 401, invalid_grant, missing scope
	ErrReadOnly   = errors.New("the calendar can't be written to")          // 403 for good
	ErrLimit      = errors.New("the calendar's limits are used up for now") // stop this run, go on with the next
)

// LostError says that the reply to a write was lost: it may have happened. The
// caller reads the event before it writes again.
type LostError struct{ Err error }

// Error tells what was lost.
func (e *LostError) Error() string { return fmt.Sprintf("the reply was lost: %v", e.Err) }

// Unwrap returns the cause.
func (e *LostError) Unwrap() error { return e.Err }

// RetryError says that the server asks to come back later (429, 503): nothing
// happened, and After is how long it wants to be left alone, zero when it did not say.
type RetryError struct {
	After time.Duration
	Err   error
}

// Error tells why.
func (e *RetryError) Error() string { return fmt.Sprintf("try again later: %v", e.Err) }

// Unwrap returns the cause.
func (e *RetryError) Unwrap() error { return e.Err }
