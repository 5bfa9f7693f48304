package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
	api "google.golang.org/api/calendar/v3"

	"followup/calendar"
)

// TargetOptions say which calendar holds the follow-ups.
type TargetOptions struct {
	// Calendar is the name of the calendar that followup makes and keeps, or, with
	// an "@" in it, the id of one that is there already.
	Calendar string
	TimeZone string // of a calendar to be made; "": that of the first event
}

// Target holds the follow-ups in one calendar of the account. Writes are made one
// at a time. Nobody is ever invited or notified.
type Target struct {
	caller
	o     TargetOptions
	limit *rate.Limiter

	write1   sync.Mutex // one write at a time: Google limits quick writes to one calendar
	mu       sync.Mutex
	id       string               // of the calendar, once known
	made     bool                 // in this process: it may not be ready yet
	defaults []*api.EventReminder // of the calendar, as last listed
	warn     []string
}

// Target returns the target of that name. It makes no request, and no calendar
// until there is something to write.
func (a *Account) Target(o TargetOptions) *Target {
	o.Calendar = first(strings.TrimSpace(o.Calendar), "Interview follow-ups")
	return &Target{
		caller: caller{a: a},
		o:      o,
		limit:  rate.NewLimiter(rate.Limit(a.o.WriteRate), max(1, int(a.o.WriteRate/2))),
	}
}

// given tells whether the calendar is named by its id: then it is the user's.
func (t *Target) given() bool { return strings.Contains(t.o.Calendar, "@") }

func (t *Target) what() string { return fmt.Sprintf("the Google calendar %q", t.o.Calendar) }

// Changes lists our events: whole with an empty cursor, else what changed. While
// there is no calendar yet it is empty, and no request.
func (t *Target) Changes(ctx context.Context, since calendar.Cursor) (calendar.Changes, error) {
	from, err := t.resume(ctx, since)
	if err != nil {
		return calendar.Changes{}, err
	}
	if from.Calendar == "" {
		return calendar.Changes{Whole: true}, nil
	}
	c := calendar.Changes{Whole: from.Token == ""}
	q := query{caller: &t.caller, calendar: from.Calendar, what: t.what(), scope: ScopeWrite, token: from.Token}
	got, err := q.run(ctx, func(info *listing, e *api.Event) { t.take(&c, info, e) })
	if err != nil {
		return calendar.Changes{}, t.gone(err)
	}
	return t.finish(c, from, got), nil
}

// resume finds the calendar: by the cursor, or by what was kept of it. A cursor
// may be older than what is known of its calendar.
func (t *Target) resume(ctx context.Context, since calendar.Cursor) (place, error) {
	p, ok := parsePlace(since)
	kept, err := t.a.kept.read()
	if err != nil && !t.given() {
		return place{}, err
	}
	if _, lost := kept.Lost[p.Calendar]; ok && !lost && p.Query == t.question(p.Calendar) {
		if err := t.use(p.Calendar); err != nil {
			return place{}, err
		}
	}
	id, err := t.find(ctx)
	if err != nil {
		return place{}, err
	}
	switch {
	case since == "":
		return place{Calendar: id}, nil
	case !ok || p.Query != t.question(id):
		return place{}, fmt.Errorf("%w: it was made for another calendar or by another version", calendar.ErrCursor)
	}
	return p, nil
}

// Vanished tells whether there is no calendar: not yet, or not any more since it
// was found to be missing at a sign-in. Then nobody deleted what stood in it one
// by one, and it is written anew.
func (t *Target) Vanished() bool {
	return !t.given() && t.known() == ""
}

func (t *Target) question(id string) string { return id + " target showDeleted" }

// finish sets where to go on from.
func (t *Target) finish(c calendar.Changes, from place, got listed) calendar.Changes {
	c.Warnings = append(c.Warnings, t.warnings()...)
	t.mu.Lock()
	t.defaults = got.info.defaults
	t.mu.Unlock()
	next := place{Calendar: from.Calendar, Query: t.question(from.Calendar), Token: got.next, Read: t.a.o.Now().UTC().Truncate(time.Second)}
	if !c.Whole && got.events == 0 {
		c.Unchanged = true
		if next.Token == "" || next.Read.Sub(from.Read) < tokenAge {
			next = from
		}
	}
	if next.Token != "" {
		c.Next = next.cursor()
	}
	return c
}

// take keeps what is ours; the user's own events in our calendar are none of our
// business.
func (t *Target) take(c *calendar.Changes, info *listing, e *api.Event) {
	if e.Status == "cancelled" {
		c.Gone = append(c.Gone, calendar.Gone{Ref: refOf(e), ID: calendar.ID{UID: e.Id}})
		return
	}
	ev, err := info.event(e)
	switch {
	case err != nil:
		c.Skipped = append(c.Skipped, calendar.Skipped{UID: e.Id, Reason: err.Error()})
	case ev.Marker.Key != "":
		c.Items = append(c.Items, calendar.Item{Event: ev, Ref: refOf(e)})
	}
}

func refOf(e *api.Event) calendar.Ref { return calendar.Ref{ID: e.Id, Version: e.Etag} }

// Get reads one follow-up: calendar.ErrNotFound when there never was one,
// calendar.ErrDeleted when there was.
func (t *Target) Get(ctx context.Context, key string) (calendar.Item, error) {
	if !validID(key) {
		return calendar.Item{}, fmt.Errorf("%w: %q is no key", calendar.ErrNotFound, plain(key, 60))
	}
	id, err := t.find(ctx)
	if err != nil {
		return calendar.Item{}, err
	}
	if id == "" {
		return calendar.Item{}, calendar.ErrNotFound
	}
	e, err := t.get(ctx, id, key)
	if err != nil {
		return calendar.Item{}, err
	}
	t.mu.Lock()
	info := listing{defaults: t.defaults}
	t.mu.Unlock()
	ev, err := info.event(e)
	if err != nil {
		return calendar.Item{}, fmt.Errorf("the event %s in %s can't be used: %w", key, t.what(), err)
	}
	return calendar.Item{Event: ev, Ref: refOf(e)}, nil
}

// get reads an event that stands.
func (t *Target) get(ctx context.Context, id, key string) (*api.Event, error) {
	var e *api.Event
	err := t.read(ctx, func(ctx context.Context) error {
		var err error
		e, err = t.a.service.Events.Get(id, key).Context(ctx).Do()
		return err
	})
	var f *failure
	switch {
	case errors.As(err, &f) && f.status == http.StatusNotFound:
		return nil, fmt.Errorf("%w: %s in %s", calendar.ErrNotFound, key, t.what())
	case errors.As(err, &f) && f.status == http.StatusGone:
		return nil, fmt.Errorf("%w: %s in %s", calendar.ErrDeleted, key, t.what())
	case err != nil:
		return nil, fmt.Errorf("%s: %w", t.what(), err)
	case e.Status == "cancelled":
		return nil, fmt.Errorf("%w: %s in %s", calendar.ErrDeleted, key, t.what())
	}
	return e, nil
}

func validID(s string) bool {
	if len(s) < 5 || len(s) > 1024 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !(c >= '0' && c <= '9' || c >= 'a' && c <= 'v') {
			return false
		}
	}
	return true
}

// gone explains a calendar that is not there any more. It is not made anew
// silently: whoever deleted it meant the follow-ups.
func (t *Target) gone(err error) error {
	if errors.Is(err, calendar.ErrNotFound) && t.given() {
		return fmt.Errorf("%s is not there, or not shared with this account; check target.calendar against the id in the calendar's settings", t.what())
	}
	if errors.Is(err, calendar.ErrNotFound) {
		return fmt.Errorf("%w: %s is not in this account; run followup auth google to have a new one made, or sign in with the account that has it", calendar.ErrNoCalendar, t.what())
	}
	return err
}
