// Package web shows what is remembered: to a person as a page, to calendars as a
// feed. It serves and forwards; it decides nothing. What it needs from the rest
// of the program is the Ledger.
package web

import (
	"context"
	"time"

	"followup/calendar"
	"followup/planner"
	"followup/planner/interview"
)

// A Ledger is what the server shows, and takes what the person says.
type Ledger interface {
	// View returns what stands now: the same pointer as long as nothing changed,
	// another one after every change. It is called on every request, so it is
	// cheap, and its result is never changed afterwards. An error means that
	// there is nothing to show yet, or no more.
	View(ctx context.Context) (*View, error)
	// Mark remembers what the person said. When it returns, View tells of it and
	// of what follows from it.
	Mark(ctx context.Context, m calendar.Mark) error
	// Restore brings back a follow-up that was deleted or skipped, as Mark does.
	Restore(ctx context.Context, key string) error
	// Sync runs once; a token confirms the plan that the guard stopped.
	Sync(ctx context.Context, token string) error
}

// A Reader is a Ledger that can also tell what was not taken for an interview,
// each with its reason. Nothing of that is remembered, so it reads the calendars;
// it is asked only when a person wants to see it.
type Reader interface {
	Others(ctx context.Context) ([]interview.Interview, error)
}

// View is everything that is shown.
type View struct {
	Plan    planner.Plan
	Records []planner.Record
	Marks   []calendar.Mark // said on the page or with followup mark
	Sources []Health        // in the order of the configuration; the target last
	Run     Run             // the last one
}

// Health is how a source, or the target, is doing.
type Health struct {
	Name      string
	Kind      string // google, ics, caldav
	Target    bool
	LastGood  time.Time // of the last complete read; zero for never
	LastTried time.Time
	Error     string // of the last read, with what to do next; "" when it was good
	Events    int    // in the last complete read
}

// Run is how the last synchronisation went.
type Run struct {
	Ended                     time.Time
	Created, Updated, Deleted int
	Error                     string // "" when all was done
	Guard                     string // the token that confirms what the guard stopped; "" when it did not
	Stopped                   string // in words: what the guard stopped
}
