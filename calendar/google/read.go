package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	api "google.golang.org/api/calendar/v3"

	"followup/calendar"
)

const (
	pageSize = 2500 // Google's most
	maxPages = 1000
	// margin is how much further than asked a listing reaches. It need not be made
	// again each day only because a day went by, and an interview that is put off
	// for months stays in sight: what a token tells of events beyond its listing is
	// not documented.
	margin = 305 * 24 * time.Hour
	// tokenAge is how long a sync token is kept while nothing changes: keeping it
	// leaves the state untouched, and Google lets old ones lapse.
	tokenAge = 24 * time.Hour
)

// ReadOptions say what of a calendar is read.
type ReadOptions struct {
	Name   string          // of the source, for the events and the messages
	Window calendar.Window // fixed bounds; where one is zero, Back or Ahead of now holds
	Back   time.Duration   // 0: without a bound
	Ahead  time.Duration   // 0: a year

	// Everything is for a look at the calendar: only Window bounds events that do
	// not recur, and MaxPerSeries (0: 500) the instances of each one that does. It
	// costs a second listing where anything recurs, and gives no cursor.
	Everything   bool
	MaxPerSeries int
}

// Source reads one calendar of the account.
type Source struct {
	caller
	id string
	o  ReadOptions
}

// Source returns a source over the calendar, "primary" or an id like
// team@group.calendar.google.com. It makes no request.
func (a *Account) Source(calendarID string, o ReadOptions) *Source {
	id := first(calendarID, "primary")
	o.Name = first(o.Name, id)
	return &Source{caller: caller{a: a}, id: id, o: o}
}

// question identifies the listing that a sync token belongs to. Google leaves it
// undefined what a token answers to other parameters.
func (s *Source) question() string { return s.id + " singleEvents showDeleted" }

// Changes lists the calendar, whole with an empty cursor, else what changed.
// Recurring events come as instances. It is one request per 2,500 events, and
// one when nothing changed.
//
// It fails with calendar.ErrCursor when Google no longer knows the sync token or
// the cursor belongs to another question.
func (s *Source) Changes(ctx context.Context, since calendar.Cursor) (calendar.Changes, error) {
	if s.o.Everything {
		return s.everything(ctx)
	}
	from, err := s.resume(since)
	if err != nil {
		return calendar.Changes{}, err
	}
	q := s.query()
	q.single, q.token = true, from.Token
	if from.Token == "" {
		w := s.window()
		from = place{Query: s.question(), Until: w.To.Add(margin).UTC().Truncate(time.Second)}
		q.from, q.to = w.From, from.Until
	}
	c := calendar.Changes{Whole: from.Token == ""}
	got, err := q.run(ctx, func(info *listing, e *api.Event) { s.take(&c, info, e) })
	if err != nil {
		return calendar.Changes{}, err
	}
	return s.finish(c, from, got), nil
}

// window is what has to be read now.
func (s *Source) window() calendar.Window {
	w, now := s.o.Window, s.a.o.Now()
	if w.From.IsZero() && s.o.Back > 0 {
		w.From = now.Add(-s.o.Back)
	}
	if w.To.IsZero() {
		w.To = now.Add(s.o.Ahead)
		if s.o.Ahead <= 0 {
			w.To = now.AddDate(1, 0, 0)
		}
	}
	return w
}

// resume returns where to go on; without a token, everything is to be listed.
func (s *Source) resume(since calendar.Cursor) (place, error) {
	if since == "" {
		return place{}, nil
	}
	p, ok := parsePlace(since)
	if !ok || p.Query != s.question() {
		return place{}, fmt.Errorf("%w: it was made for another calendar or by another version", calendar.ErrCursor)
	}
	if s.window().To.After(p.Until) {
		return place{}, nil // the window has moved past what was listed
	}
	return p, nil
}

// finish sets where to go on from.
func (s *Source) finish(c calendar.Changes, from place, got listed) calendar.Changes {
	next := from
	next.Token, next.Read = got.next, s.a.o.Now().UTC().Truncate(time.Second)
	if !c.Whole && got.events == 0 {
		c.Unchanged = true
		if next.Read.Sub(from.Read) < tokenAge {
			next = from
		}
	}
	switch {
	case next.Token != "":
		c.Next = next.cursor()
	case c.Whole:
		c.Warnings = append(c.Warnings, "Google gave no sync token; the whole calendar will be read again next time")
	default:
		c.Next = from.cursor()
	}
	return c
}

func (s *Source) take(c *calendar.Changes, info *listing, e *api.Event) {
	if e.Status == "cancelled" {
		c.Gone = append(c.Gone, goneOf(e))
		return
	}
	if reason := noInterview[e.EventType]; reason != "" {
		c.Skipped = append(c.Skipped, calendar.Skipped{Source: s.o.Name, UID: uidOf(e), Reason: reason})
		return
	}
	ev, err := info.event(e)
	if err != nil {
		c.Skipped = append(c.Skipped, calendar.Skipped{Source: s.o.Name, UID: uidOf(e), Reason: err.Error()})
		return
	}
	c.Items = append(c.Items, calendar.Item{Event: ev, Ref: calendar.Ref{ID: e.Id, Version: e.Etag}})
}

// noInterview names the event types that can't be an interview. "fromGmail" can:
// Google makes such events of invitations found in the mail.
var noInterview = map[string]string{
	"birthday":        "a birthday",
	"focusTime":       "a focus time",
	"outOfOffice":     "an out-of-office time",
	"workingLocation": "a working location",
}

// goneOf names a cancelled event, of which nothing but the id need be there. The
// UID is then what Google gives to its own events; that of an invitation can't be
// told from the id, and Ref.ID names the event alone.
func goneOf(e *api.Event) calendar.Gone {
	g := calendar.Gone{Ref: calendar.Ref{ID: e.Id, Version: e.Etag}}
	id, recurrence := e.RecurringEventId, recurrenceID(e.OriginalStartTime)
	if id == "" || recurrence == "" {
		if event, r, ok := instanceOf(e.Id); ok && (id == "" || id == event) {
			id, recurrence = event, r
		}
	}
	if id == "" {
		id = e.Id
	}
	g.ID = calendar.ID{UID: first(e.ICalUID, defaultUID(id)), RecurrenceID: recurrence}
	return g
}

// query is one listing of one calendar, over all its pages.
type query struct {
	*caller
	calendar string
	source   string // name of the source, for the events
	what     string // in words
	scope    string // that it takes
	single   bool   // instances instead of recurring events
	live     bool   // without what was deleted
	token    string // "" for everything
	from, to time.Time
}

type listed struct {
	events int
	next   string // the sync token
	info   listing
}

// run hands over every event of every page. What it handed over is only good if
// it does not fail: a page that fails takes the others with it.
func (q query) run(ctx context.Context, take func(*listing, *api.Event)) (listed, error) {
	out := listed{info: listing{source: q.source, zones: map[string]*time.Location{}}}
	page := ""
	for range maxPages {
		p, err := q.page(ctx, page)
		if err != nil {
			return listed{}, err
		}
		out.info.learn(p)
		for _, e := range p.Items {
			if e != nil {
				out.events++
				take(&out.info, e)
			}
		}
		out.next = p.NextSyncToken
		if p.NextPageToken == "" {
			return out, nil
		}
		if p.NextPageToken == page {
			return listed{}, fmt.Errorf("%s: Google gave the same page twice; try again later", q.what)
		}
		page = p.NextPageToken
	}
	return listed{}, fmt.Errorf("%s has more than %d pages; narrow plan.look_back and plan.look_ahead", q.what, maxPages)
}

func (q query) page(ctx context.Context, token string) (*api.Events, error) {
	var p *api.Events
	err := q.read(ctx, func(ctx context.Context) error {
		var err error
		p, err = q.call(ctx, token).Do()
		if err == nil && p.Kind != "calendar#events" && p.NextSyncToken == "" && p.NextPageToken == "" {
			return errNotEvents // what a captive portal says, for example
		}
		return err
	})
	if err != nil {
		return nil, q.explain(err)
	}
	return p, nil
}

// call sends the parameters that a token was made with, and none that are
// forbidden beside it (timeMin, timeMax).
func (q query) call(ctx context.Context, page string) *api.EventsListCall {
	c := q.a.service.Events.List(q.calendar).MaxResults(pageSize).ShowDeleted(!q.live).Context(ctx)
	if q.single {
		c.SingleEvents(true)
	}
	if page != "" {
		c.PageToken(page)
	}
	if q.token != "" {
		return c.SyncToken(q.token)
	}
	if !q.from.IsZero() {
		c.TimeMin(q.from.UTC().Format(time.RFC3339))
	}
	if !q.to.IsZero() {
		c.TimeMax(q.to.UTC().Format(time.RFC3339))
	}
	return c
}

func (q query) explain(err error) error {
	var f *failure
	if !errors.As(err, &f) {
		return err
	}
	switch {
	case f.status == http.StatusGone && q.token != "":
		return fmt.Errorf("%w: %s must be read as a whole again", calendar.ErrCursor, q.what)
	case f.status == http.StatusNotFound:
		return fmt.Errorf("%s is not there, or not shared with this account; check its id in the calendar's settings: %w", q.what, calendar.ErrNotFound)
	case missingScope(f):
		return fmt.Errorf("%s: %w; run followup auth google and allow it %s", q.what, f.err, scopeWords([]string{q.scope}))
	}
	return fmt.Errorf("%s: %w", q.what, f.err)
}

func missingScope(f *failure) bool {
	return f.status == http.StatusForbidden && errors.Is(f.err, calendar.ErrAuth)
}
