package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	api "google.golang.org/api/calendar/v3"

	"followup/calendar"
)

const nobody = "none" // sendUpdates: nobody is notified, ever

// Create inserts the event under its own id, the key in e.UID, and makes the
// calendar first when there is none.
//
// Google never frees an id: after a deletion by the user the answer is
// calendar.ErrDeleted, for as long as Google keeps the cancelled copy.
func (t *Target) Create(ctx context.Context, e calendar.Event) (calendar.Ref, error) {
	if !validID(e.UID) {
		return calendar.Ref{}, fmt.Errorf("%q can't be an event id at Google", plain(e.UID, 60))
	}
	t.write1.Lock()
	defer t.write1.Unlock()
	id, err := t.ensure(ctx, e)
	if err != nil {
		return calendar.Ref{}, err
	}
	sent := newEvent(e)
	got, err := t.insert(ctx, id, sent)
	if err == nil {
		return t.kept(got, sent)
	}
	return t.notCreated(ctx, id, sent, err)
}

func (t *Target) insert(ctx context.Context, id string, sent *api.Event) (*api.Event, error) {
	var got *api.Event
	for try := 0; ; try++ {
		err := t.send(ctx, func(ctx context.Context) error {
			var err error
			got, err = t.a.service.Events.Insert(id, sent).SendUpdates(nobody).Context(ctx).Do()
			return incomplete(got, err)
		})
		var f *failure
		if try < 4 && t.justMade() && errors.As(err, &f) && (f.reason == "requiredAccessLevel" || f.status == http.StatusNotFound) {
			if err := sleep(ctx, backoff(t.a.o.Backoff, try, 0)); err != nil {
				return nil, err
			}
			continue
		}
		return got, err
	}
}

// notCreated finds out what a failed insert means.
func (t *Target) notCreated(ctx context.Context, id string, sent *api.Event, err error) (calendar.Ref, error) {
	var f *failure
	if !errors.As(err, &f) {
		return calendar.Ref{}, err
	}
	switch f.status {
	case http.StatusConflict:
		there, err := t.get(ctx, id, sent.Id)
		switch {
		case errors.Is(err, calendar.ErrNotFound):
			return calendar.Ref{}, fmt.Errorf("%s: Google knows the id %s but shows no such event", t.what(), sent.Id)
		case err != nil:
			return calendar.Ref{}, err
		case f.lost && t.same(there, sent, calendar.AllFields):
			return refOf(there), nil // our own, from an attempt whose reply was lost
		}
		return calendar.Ref{}, fmt.Errorf("%w: %s in %s", calendar.ErrExists, sent.Id, t.what())
	case http.StatusNotFound:
		return calendar.Ref{}, t.gone(calendar.ErrNotFound)
	}
	return calendar.Ref{}, t.failed(f)
}

// Update patches the named fields, and the marker, over the version at.
func (t *Target) Update(ctx context.Context, e calendar.Event, fields []calendar.Field, at calendar.Ref) (calendar.Ref, error) {
	t.write1.Lock()
	defer t.write1.Unlock()
	id, err := t.standing(ctx)
	if err != nil {
		return calendar.Ref{}, err
	}
	key := first(at.ID, e.UID)
	sent := toEvent(e, fields)
	if at.Version == "" || slices.Contains(fields, calendar.FieldAlarms) {
		there, err := t.get(ctx, id, key)
		if err != nil {
			return calendar.Ref{}, err
		}
		if at.Version != "" && there.Etag != at.Version {
			return calendar.Ref{}, fmt.Errorf("%w: %s in %s", calendar.ErrConflict, key, t.what())
		}
		at.Version = there.Etag
		keepMails(sent.Reminders, there.Reminders)
	}
	var got *api.Event
	err = t.send(ctx, func(ctx context.Context) error {
		call := t.a.service.Events.Patch(id, key, sent).SendUpdates(nobody).Context(ctx)
		call.Header().Set("If-Match", at.Version)
		var err error
		got, err = call.Do()
		return incomplete(got, err)
	})
	if err == nil {
		return t.kept(got, sent)
	}
	return t.notUpdated(ctx, id, key, sent, fields, err)
}

func (t *Target) notUpdated(ctx context.Context, id, key string, sent *api.Event, fields []calendar.Field, err error) (calendar.Ref, error) {
	var f *failure
	if !errors.As(err, &f) {
		return calendar.Ref{}, err
	}
	switch f.status {
	case http.StatusPreconditionFailed:
		there, err := t.get(ctx, id, key)
		if err != nil {
			return calendar.Ref{}, err
		}
		if f.lost && t.same(there, sent, fields) {
			return refOf(there), nil // our own patch, whose reply was lost
		}
		return calendar.Ref{}, fmt.Errorf("%w: %s in %s", calendar.ErrConflict, key, t.what())
	case http.StatusNotFound, http.StatusGone, http.StatusForbidden:
		if f.limit || errors.Is(f.err, calendar.ErrAuth) {
			break
		}
		// A cancelled event can't be changed; Google has answered all three.
		if _, gerr := t.get(ctx, id, key); errors.Is(gerr, calendar.ErrDeleted) || errors.Is(gerr, calendar.ErrNotFound) {
			return calendar.Ref{}, gerr
		}
	}
	return calendar.Ref{}, t.failed(f)
}

// Delete deletes the event as it was at the version. One that is gone already,
// or never was, is no error.
func (t *Target) Delete(ctx context.Context, key string, at calendar.Ref) error {
	t.write1.Lock()
	defer t.write1.Unlock()
	id, err := t.find(ctx)
	if err != nil || id == "" {
		return err
	}
	if at.Version == "" {
		there, err := t.get(ctx, id, key)
		if err != nil {
			return ungone(err)
		}
		at.Version = there.Etag
	}
	err = t.send(ctx, func(ctx context.Context) error {
		call := t.a.service.Events.Delete(id, key).SendUpdates(nobody).Context(ctx)
		call.Header().Set("If-Match", at.Version)
		return call.Do()
	})
	return t.notDeleted(ctx, id, key, err)
}

func (t *Target) notDeleted(ctx context.Context, id, key string, err error) error {
	var f *failure
	if !errors.As(err, &f) {
		return err
	}
	switch f.status {
	case http.StatusGone, http.StatusNotFound:
		return nil
	case http.StatusPreconditionFailed:
		if _, err := t.get(ctx, id, key); err != nil {
			return ungone(err)
		}
		return fmt.Errorf("%w: %s in %s", calendar.ErrConflict, key, t.what())
	}
	return t.failed(f)
}

// ungone lets what is gone pass.
func ungone(err error) error {
	if errors.Is(err, calendar.ErrNotFound) || errors.Is(err, calendar.ErrDeleted) {
		return nil
	}
	return err
}

// send makes one write, no faster than the calendar's limit.
func (t *Target) send(ctx context.Context, call func(context.Context) error) error {
	if err := t.limit.Wait(ctx); err != nil {
		return fmt.Errorf("stopped: %w", err)
	}
	return t.write(ctx, call)
}

// failed says what a write that failed for good means to the caller.
func (t *Target) failed(f *failure) error {
	err := fmt.Errorf("%s: %w", t.what(), f.err)
	if missingScope(f) {
		err = fmt.Errorf("%w; run followup auth google and allow it %s", err, scopeWords([]string{ScopeWrite}))
	}
	if f.lost {
		return &calendar.LostError{Err: err}
	}
	return err
}

// incomplete finds an answer that says "done" and not what was done: the body was
// cut off. It counts as lost.
func incomplete(e *api.Event, err error) error {
	if err == nil && (e == nil || e.Id == "") {
		return errNotEvents
	}
	return err
}

// kept checks that Google kept the marker: it drops long keys and cuts long
// values without a word.
func (t *Target) kept(got, sent *api.Event) (calendar.Ref, error) {
	want := sent.ExtendedProperties.Private[propKey]
	if got.ExtendedProperties == nil || got.ExtendedProperties.Private[propKey] != want {
		return calendar.Ref{}, fmt.Errorf("%s did not keep the mark of %s; it can't be told from an event of yours", t.what(), got.Id)
	}
	return refOf(got), nil
}

// same tells whether an event is as we sent it, in the fields that were sent.
func (t *Target) same(there, sent *api.Event, fields []calendar.Field) bool {
	if there.ExtendedProperties == nil || there.ExtendedProperties.Private[propKey] != sent.ExtendedProperties.Private[propKey] ||
		there.ExtendedProperties.Private[propBase] != sent.ExtendedProperties.Private[propBase] {
		return false
	}
	a, b := asFields(there), asFields(sent)
	for _, f := range fields {
		if a[f] != b[f] {
			return false
		}
	}
	return true
}

func asFields(e *api.Event) calendar.Fields {
	var l listing
	ev := calendar.Event{Summary: e.Summary, Description: fromHTML(e.Description), Location: e.Location, Alarms: l.alarms(e.Reminders)}
	if e.Start != nil && e.End != nil {
		if err := l.times(&ev, e); err != nil {
			ev.Start, ev.End = time.Time{}, time.Time{}
		}
	}
	return calendar.FieldsOf(ev)
}

// keepMails keeps the reminders by mail, which only the user can have added: a
// list is replaced as a whole.
func keepMails(sent, there *api.EventReminders) {
	if sent == nil || there == nil || there.UseDefault {
		return
	}
	for _, r := range there.Overrides {
		if r != nil && r.Method != "popup" && len(sent.Overrides) < maxReminders {
			sent.Overrides = append(sent.Overrides, &api.EventReminder{Method: r.Method, Minutes: r.Minutes, ForceSendFields: []string{"Minutes"}})
		}
	}
}
