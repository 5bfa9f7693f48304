package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	api "google.golang.org/api/calendar/v3"

	"followup/calendar"
)

// ownMark is in the description of a calendar that followup made, so that it can
// be found again by who may list calendars.
const ownMark = "[followup]"

// find returns the calendar's id: as given, as known, as kept, else as found by
// its mark where the sign-in allows a listing; "" when there is none.
func (t *Target) find(ctx context.Context) (string, error) {
	if t.given() {
		return t.o.Calendar, nil
	}
	if id := t.known(); id != "" {
		return id, nil
	}
	id, err := t.a.kept.id(t.o.Calendar)
	if err != nil {
		return "", err
	}
	if id == "" && canListCalendars(t.a.tokens.scopes()) {
		if id, err = t.search(ctx); err != nil {
			return "", err
		}
	}
	if id != "" {
		return id, t.use(id)
	}
	return "", nil
}

func (t *Target) known() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.id
}

func (t *Target) justMade() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.made
}

// use takes the id for the calendar's, and keeps it where it is not kept yet.
func (t *Target) use(id string) error {
	if id == "" || t.given() {
		return nil
	}
	t.mu.Lock()
	t.id = id
	t.mu.Unlock()
	kept, err := t.a.kept.id(t.o.Calendar)
	if err != nil || kept != "" {
		return err
	}
	return t.a.kept.settle(t.o.Calendar, id)
}

// search looks for the calendar by its name and our mark.
func (t *Target) search(ctx context.Context) (string, error) {
	found, page := "", ""
	for range maxPages {
		var list *api.CalendarList
		err := t.read(ctx, func(ctx context.Context) error {
			call := t.a.service.CalendarList.List().MaxResults(250).ShowHidden(true).Context(ctx)
			if page != "" {
				call.PageToken(page)
			}
			var err error
			list, err = call.Do()
			return err
		})
		if err != nil {
			return "", fmt.Errorf("the list of calendars: %w", err)
		}
		for _, c := range list.Items {
			if c.Summary == t.o.Calendar && strings.Contains(c.Description, ownMark) && found == "" {
				found = c.Id
			}
		}
		if page = list.NextPageToken; page == "" {
			break
		}
	}
	return found, nil
}

// standing returns the id of a calendar that must be there.
func (t *Target) standing(ctx context.Context) (string, error) {
	id, err := t.find(ctx)
	if err == nil && id == "" {
		err = fmt.Errorf("%w: %s was not made yet", calendar.ErrNotFound, t.what())
	}
	return id, err
}

// ensure returns the calendar's id, and makes the calendar when there is none.
func (t *Target) ensure(ctx context.Context, e calendar.Event) (string, error) {
	id, err := t.find(ctx)
	if err != nil || id != "" {
		return id, err
	}
	open, err := t.a.kept.begin(t.o.Calendar, t.a.o.Now())
	if err != nil {
		return "", err
	}
	if open {
		id, err := t.unseen(ctx)
		if err != nil || id != "" {
			return id, err
		}
	}
	made, err := t.make(ctx, first(t.o.TimeZone, e.TimeZone, "UTC"))
	if err != nil {
		return "", err
	}
	if err := t.a.kept.settle(t.o.Calendar, made.Id); err != nil {
		return "", fmt.Errorf("%w; its id is %s: put that into target.calendar", err, made.Id)
	}
	t.mu.Lock()
	t.id, t.made = made.Id, true
	t.mu.Unlock()
	return made.Id, nil
}

// unseen looks for a calendar whose making was begun while the answer was lost: it
// may stand. Only a listing can tell, which by Google's documentation the scope
// to keep a calendar of one's own does not allow; Google is asked all the same,
// because an empty calendar that nobody knows would remain otherwise.
func (t *Target) unseen(ctx context.Context) (string, error) {
	id, err := t.search(ctx)
	var f *failure
	switch {
	case err == nil && id != "":
		return id, t.use(id)
	case errors.As(err, &f) && f.status == http.StatusForbidden && !f.limit:
		t.addWarning(fmt.Sprintf("making %s was begun earlier and the answer was lost; if there are two of that name, delete the empty one", t.what()))
		return "", nil
	}
	return "", err
}

// make inserts the calendar. There is no id to make that repeatable: where the
// answer was lost, the next attempt looks for it first.
func (t *Target) make(ctx context.Context, zone string) (*api.Calendar, error) {
	if _, err := loadZone(zone); err != nil {
		zone = "UTC"
	}
	var made *api.Calendar
	err := t.send(ctx, func(ctx context.Context) error {
		var err error
		made, err = t.a.service.Calendars.Insert(&api.Calendar{
			Summary:     t.o.Calendar,
			Description: "Follow-ups to your interviews, kept by followup. Move, edit or delete them as you like. " + ownMark,
			TimeZone:    zone,
		}).Context(ctx).Do()
		if err == nil && made.Id == "" {
			err = errNotEvents
		}
		return onlyOnce(err)
	})
	var f *failure
	if !errors.As(err, &f) {
		return made, err
	}
	if !f.lost {
		if err := t.a.kept.settle(t.o.Calendar, ""); err != nil {
			return nil, err
		}
	}
	if f.status == http.StatusForbidden && f.reason == "requiredAccessLevel" {
		return nil, fmt.Errorf("%s can't be made: %w", t.what(), f.err)
	}
	return nil, fmt.Errorf("making %w", t.failed(f))
}

func (t *Target) addWarning(s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.warn = append(t.warn, s)
}

func (t *Target) warnings() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.warn
	t.warn = nil
	return w
}

// RemoveCalendar deletes the calendar that followup made, provided that nothing
// stands in it any more, and tells whether it did. One that was given by its id
// is the user's.
func (t *Target) RemoveCalendar(ctx context.Context) (bool, error) {
	if t.given() {
		return false, nil
	}
	id, err := t.find(ctx)
	if err != nil || id == "" {
		return false, err
	}
	stand := 0
	_, err = query{caller: &t.caller, calendar: id, what: t.what(), scope: ScopeWrite}.run(ctx, func(_ *listing, e *api.Event) {
		if e.Status != "cancelled" {
			stand++
		}
	})
	switch {
	case errors.Is(err, calendar.ErrNotFound):
	case err != nil || stand > 0:
		return false, err
	default:
		if err := t.drop(ctx, id); err != nil {
			return false, err
		}
	}
	t.mu.Lock()
	t.id = ""
	t.mu.Unlock()
	return true, t.a.kept.forget(id)
}

func (t *Target) drop(ctx context.Context, id string) error {
	err := t.send(ctx, func(ctx context.Context) error { return t.a.service.Calendars.Delete(id).Context(ctx).Do() })
	var f *failure
	if errors.As(err, &f) {
		if f.status == http.StatusNotFound || f.status == http.StatusGone {
			return nil
		}
		return t.failed(f)
	}
	return err
}
