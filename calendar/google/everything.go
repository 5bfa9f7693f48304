package google

import (
	"context"
	"fmt"

	api "google.golang.org/api/calendar/v3"

	"followup/calendar"
)

// defaultPerSeries is how many instances of one recurring event are read at most
// where ReadOptions does not say.
const defaultPerSeries = 500

// everything lists the calendar for somebody who wants to look at it: events that
// do not recur whenever they are, and recurring ones in the window; a series
// without an instance there comes with its first date. No single listing of the
// API gives that: with instances it needs an end, without them it knows none. So
// there are two, and nothing to go on from.
func (s *Source) everything(ctx context.Context) (calendar.Changes, error) {
	c := calendar.Changes{Whole: true}
	w := s.o.Window
	if !w.From.IsZero() && !w.To.IsZero() {
		if _, err := s.instances(ctx, &c, true); err != nil {
			return calendar.Changes{}, err
		}
		return c, nil
	}
	masters, err := s.singles(ctx, &c)
	if err != nil || len(masters) == 0 && w == (calendar.Window{}) {
		return c, err
	}
	seen, err := s.instances(ctx, &c, false)
	if err != nil {
		return calendar.Changes{}, err
	}
	for _, m := range masters {
		if seen[m.id] == 0 && w == (calendar.Window{}) {
			m.take()
		}
	}
	return c, nil
}

// instances reads the instances of recurring events, and single ones if wanted,
// and counts those of each series.
func (s *Source) instances(ctx context.Context, c *calendar.Changes, single bool) (map[string]int, error) {
	limit := s.o.MaxPerSeries
	if limit <= 0 {
		limit = defaultPerSeries
	}
	seen := map[string]int{}
	q, w := s.query(), s.bounds()
	q.single, q.live, q.from, q.to = true, true, w.From, w.To
	_, err := q.run(ctx, func(info *listing, e *api.Event) {
		switch id := e.RecurringEventId; {
		case e.Status == "cancelled":
		case id == "" && single:
			s.take(c, info, e)
		case id != "":
			if seen[id]++; seen[id] <= limit {
				s.take(c, info, e)
			}
		}
	})
	return seen, err
}

// master is a recurring event, and how to read it with its first date.
type master struct {
	id   string
	take func()
}

// singles reads what does not recur, and returns what does.
func (s *Source) singles(ctx context.Context, c *calendar.Changes) (masters []master, err error) {
	q := s.query()
	q.live, q.from, q.to = true, s.o.Window.From, s.o.Window.To
	_, err = q.run(ctx, func(info *listing, e *api.Event) {
		switch {
		case e.Status == "cancelled":
		case len(e.Recurrence) > 0:
			masters = append(masters, master{e.Id, func() {
				first := *e
				first.RecurringEventId, first.OriginalStartTime = e.Id, e.Start
				s.take(c, info, &first)
			}})
		case e.RecurringEventId == "":
			s.take(c, info, e)
		}
	})
	return masters, err
}

// bounds are those of recurring events, which need an end.
func (s *Source) bounds() calendar.Window {
	w := s.o.Window
	switch now := s.a.o.Now(); {
	case w == (calendar.Window{}):
		return s.window()
	case w.To.IsZero() && w.From.After(now):
		w.To = w.From.AddDate(1, 0, 0)
	case w.To.IsZero():
		w.To = now.AddDate(1, 0, 0)
	}
	return w
}

// query is a listing of the calendar.
func (s *Source) query() query {
	return query{caller: &s.caller, calendar: s.id, source: s.o.Name,
		what: fmt.Sprintf("the Google calendar %q", s.o.Name), scope: ScopesFor([]string{s.id}, false)[0]}
}
