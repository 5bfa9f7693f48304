package caldav

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"

	"followup/calendar"
)

// Create implements sync.Target. The object is named after the key and made only
// if it is not there (If-None-Match: *). An event with that UID elsewhere in the
// collection is calendar.ErrExists too: Get finds it. One that the server keeps
// out of sight, in a trash bin or another calendar, is calendar.ErrDeleted.
func (t *Target) Create(ctx context.Context, e calendar.Event) (calendar.Ref, error) {
	col, err := t.collection(ctx)
	if err != nil {
		return calendar.Ref{}, err
	}
	text, err := encode(e, now())
	if err != nil {
		return calendar.Ref{}, err
	}
	key := e.Marker.Key
	w := write{method: http.MethodPut, at: col.own(key), text: text, landed: t.isWritten(col, key, text)}
	done, err := w.do(ctx, col, "If-None-Match", "*")
	if err != nil {
		return calendar.Ref{}, err
	}
	if done.ok() {
		return t.written(ctx, col, w.at, done)
	}
	return calendar.Ref{}, t.notCreated(ctx, col, key, done)
}

// notCreated finds out what a refused creation means.
func (t *Target) notCreated(ctx context.Context, col *collection, key string, a answer) error {
	uid := a.condition == "no-uid-conflict"
	if strings.Contains(strings.ToLower(a.message), "deleted calendar object with uid") {
		return fmt.Errorf("%s is in the server's trash bin: %w", key, calendar.ErrDeleted)
	}
	switch {
	case a.status == http.StatusPreconditionFailed && !uid:
		return fmt.Errorf("%s: %w", key, calendar.ErrExists)
	case uid, a.status == http.StatusBadRequest, a.status == http.StatusForbidden, a.status == http.StatusConflict:
	default:
		return a.err(col.k, writeMeaning(a.status))
	}
	if a.href != "" {
		if at, err := col.at(a.href); err == nil {
			if o, err := col.get(ctx, at); err == nil && hasUID(o.text, key) && col.holds(at) {
				t.remember(o)
				return fmt.Errorf("%s stands as %s: %w", key, at.path, calendar.ErrExists)
			}
		}
	}
	found, err := col.byUID(ctx, key)
	switch {
	case err == nil && len(found) > 0:
		t.remember(found[0])
		return fmt.Errorf("%s stands as %s: %w", key, found[0].path, calendar.ErrExists)
	case err == nil && uid:
		return fmt.Errorf("%s is in the server's trash bin or in another calendar of yours: %w", key, calendar.ErrDeleted)
	case a.status == http.StatusConflict:
		return a.err(col.k, nil)
	}
	return a.err(col.k, writeMeaning(a.status))
}

// Update implements sync.Target. It changes the named fields in the text that
// the server has; unknown properties and what others added stay.
func (t *Target) Update(ctx context.Context, e calendar.Event, fields []calendar.Field, at calendar.Ref) (calendar.Ref, error) {
	col, err := t.collection(ctx)
	if err != nil {
		return calendar.Ref{}, err
	}
	key := e.Marker.Key
	o, err := t.standing(ctx, col, key, at)
	if err != nil {
		return calendar.Ref{}, err
	}
	stands, err := t.item(col, o, key)
	if err != nil {
		return calendar.Ref{}, err
	}
	text, err := patch(o.text, stands.Event, e, fields, now())
	if err != nil {
		return calendar.Ref{}, fmt.Errorf("%s can't be changed: %w", o.path, err)
	}
	w := write{method: http.MethodPut, at: o.place, text: text, was: o, landed: t.isWritten(col, key, text)}
	done, err := w.guarded(ctx, col)
	if err != nil {
		return calendar.Ref{}, err
	}
	t.forget(key)
	switch {
	case done.ok():
		return t.written(ctx, col, o.place, done)
	case done.gone():
		return calendar.Ref{}, t.vanished(ctx, col, key)
	case done.status == http.StatusPreconditionFailed:
		return calendar.Ref{}, fmt.Errorf("%s: %w", o.path, calendar.ErrConflict)
	}
	return calendar.Ref{}, done.err(col.k, writeMeaning(done.status))
}

// Delete implements sync.Target. No cancellation is sent to anybody, though there
// is nobody on our events to send one to.
func (t *Target) Delete(ctx context.Context, key string, at calendar.Ref) error {
	col, err := t.collection(ctx)
	if err != nil {
		return err
	}
	o, err := t.standing(ctx, col, key, at)
	if errors.Is(err, calendar.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	w := write{method: http.MethodDelete, at: o.place, was: o}
	done, err := w.guarded(ctx, col)
	if err != nil {
		return err
	}
	t.forget(key)
	switch {
	case done.ok():
		return nil
	case done.gone():
		if err := t.vanished(ctx, col, key); !errors.Is(err, calendar.ErrNotFound) {
			return err
		}
		return nil
	case done.status == http.StatusPreconditionFailed:
		return fmt.Errorf("%s: %w", o.path, calendar.ErrConflict)
	}
	return done.err(col.k, writeMeaning(done.status))
}

// vanished tells why nothing is at an address any more: the event is gone, or it
// has moved and is another version to the caller.
func (t *Target) vanished(ctx context.Context, col *collection, key string) error {
	if found, err := col.byUID(ctx, key); err == nil && len(found) > 0 {
		t.remember(found[0])
		return fmt.Errorf("%s has moved to %s: %w", key, found[0].path, calendar.ErrConflict)
	}
	return fmt.Errorf("%s: %w", key, calendar.ErrNotFound)
}

// standing returns the object as it is to be changed: as last read if that is
// the version in question, else read anew.
func (t *Target) standing(ctx context.Context, col *collection, key string, at calendar.Ref) (object, error) {
	if o, ok := t.recall(key); ok && o.text != "" && o.id == at.ID && o.version == at.Version && strong(o.version) {
		return o, nil
	}
	o, err := t.object(ctx, col, key, at.ID)
	if err == nil && at.Version != "" && !sameVersion(o.version, at.Version) {
		err = fmt.Errorf("%s: %w", o.path, calendar.ErrConflict)
	}
	return o, err
}

// written is the reference of what was just written. A server that gives no
// strong ETag with its answer has to be asked (RFC 4791 section 5.3.4).
func (t *Target) written(ctx context.Context, col *collection, at place, a answer) (calendar.Ref, error) {
	if strong(a.etag) {
		return calendar.Ref{ID: at.id, Version: a.etag}, nil
	}
	o, err := col.get(ctx, at)
	if err != nil {
		return calendar.Ref{ID: at.id}, nil // the write itself is certain
	}
	t.remember(o)
	return calendar.Ref{ID: at.id, Version: o.version}, nil
}

func strong(version string) bool { return strings.HasPrefix(version, `"`) }

// isWritten tells whether an object says what was to be written.
func (t *Target) isWritten(col *collection, key, text string) func(object) bool {
	want, err := t.item(col, object{text: text}, key)
	return func(o object) bool {
		got, e := t.item(col, o, key)
		return err == nil && e == nil && got.Event.Marker == want.Event.Marker &&
			maps.Equal(calendar.FieldsOf(got.Event), calendar.FieldsOf(want.Event))
	}
}

// write is one change of one object.
type write struct {
	method string
	at     place
	text   string            // of a PUT
	was    object            // that is there; zero for a creation
	landed func(object) bool // nil for a deletion: then 404 is the proof
}

// answer is what came of it.
type answer struct {
	status                   int
	etag                     string
	condition, message, href string
	reply                    *reply
	method                   string
}

func (a answer) ok() bool   { return a.status/100 == 2 }
func (a answer) gone() bool { return a.status == http.StatusNotFound || a.status == http.StatusGone }

func (a answer) err(k *conn, is error) error {
	err := k.statusError(a.method, a.reply, is)
	var s *StatusError
	if errors.As(err, &s) {
		s.Code, s.Condition = a.status, a.condition
	}
	return err
}

// answerOf reads an answer. Xandikos says no to a PUT inside of a 207.
func answerOf(k *conn, method string, rep *reply) answer {
	a := answer{status: rep.status, etag: strings.TrimSpace(rep.header.Get("ETag")), reply: rep, method: method}
	if rep.status == http.StatusMultiStatus {
		a.status = http.StatusBadGateway
		if m, err := parseMultistatus(rep.body); err == nil {
			for _, f := range m.resources() {
				a.status, a.condition = f.status, f.cond
				if f.status/100 != 2 {
					break
				}
			}
		}
	} else if rep.status/100 != 2 {
		if d, ok := parseError(rep.body); ok {
			a.condition, a.message, a.href = d.condition, d.message, d.href
		}
	}
	return a
}

// guarded writes over the version that was read. Servers differ in what they take
// for a version: a weak ETag never matches by the book, so its strong form comes
// first (a proxy may have weakened it), then the tag as it was given. Where the
// server gives none, or takes none though nothing changed, what was just read has
// to do, with If-Match: * so that nothing deleted comes back.
func (w write) guarded(ctx context.Context, col *collection) (answer, error) {
	for _, tag := range ifMatch(w.was.version) {
		a, err := w.do(ctx, col, "If-Match", tag)
		if err != nil || a.status != http.StatusPreconditionFailed && a.status != http.StatusForbidden {
			return a, err
		}
		now, err := col.get(ctx, w.at)
		if errors.Is(err, calendar.ErrNotFound) {
			a.status = http.StatusNotFound
			return a, nil
		}
		if err != nil || a.status == http.StatusForbidden || !sameVersion(now.version, w.was.version) {
			return a, nil
		}
	}
	return answer{status: http.StatusPreconditionFailed, method: w.method, reply: &reply{url: w.at.url, header: http.Header{}}}, nil
}

// ifMatch lists the preconditions to try for a version.
func ifMatch(version string) []string {
	switch bare, weak := strings.CutPrefix(version, "W/"); {
	case strong(version):
		return []string{version}
	case weak:
		return []string{bare, version, "*"}
	case version == "" || strings.HasPrefix(version, hashPrefix):
		return []string{"*"}
	default: // without its quotes
		return []string{`"` + version + `"`, version, "*"}
	}
}

// do writes once, and again when that may help. When it is not known whether a
// write took place, the object is looked at; when that is not possible either,
// the error is calendar.LostError.
func (w write) do(ctx context.Context, col *collection, header, value string) (answer, error) {
	req := request{method: w.method, url: w.at.url, body: []byte(w.text), header: map[string]string{
		header: value, "Accept-Encoding": "identity", "Schedule-Reply": "F"}}
	if w.method == http.MethodPut {
		req.header["Content-Type"] = "text/calendar; charset=utf-8"
	}
	for done := 1; ; done++ {
		rep, err := col.k.do(ctx, req)
		if err == nil && !passing(rep, nil) {
			a := answerOf(col.k, w.method, rep)
			if done > 1 && a.status == http.StatusPreconditionFailed {
				return w.look(ctx, col, a)
			}
			return a, nil
		}
		var refused *refusal
		if errors.As(err, &refused) {
			return answer{}, err
		}
		if !unsent(rep, err) {
			if a, settled, lost := w.settle(ctx, col, rep, err); settled || lost != nil {
				return a, lost
			}
		}
		if !col.k.c.retry.again(ctx, done, rep, err) {
			return answer{}, w.failed(col, rep, err)
		}
	}
}

// unsent tells whether a failure means for certain that nothing was written.
func unsent(rep *reply, err error) bool {
	if err != nil {
		var op *net.OpError
		return errors.As(err, &op) && op.Op == "dial"
	}
	return rep.status == http.StatusTooManyRequests || rep.status == http.StatusLocked || rep.status == http.StatusTooEarly
}

// settle looks whether a write of unknown outcome took place.
func (w write) settle(ctx context.Context, col *collection, rep *reply, cause error) (a answer, settled bool, lost error) {
	now, err := col.get(ctx, w.at)
	missing := errors.Is(err, calendar.ErrNotFound)
	if err != nil && !missing {
		return answer{}, false, &calendar.LostError{Err: w.failed(col, rep, cause)}
	}
	a = answer{status: http.StatusNoContent, method: w.method, etag: now.version}
	switch {
	case w.landed == nil && missing:
		return a, true, nil
	case w.landed != nil && !missing && now.version != w.was.version && w.landed(now):
		return a, true, nil
	}
	return answer{}, false, nil
}

// look tells whether a precondition failed because an earlier try had succeeded.
func (w write) look(ctx context.Context, col *collection, a answer) (answer, error) {
	if b, settled, _ := w.settle(ctx, col, a.reply, nil); settled {
		return b, nil
	}
	return a, nil
}

// failed is the error after the last try.
func (w write) failed(col *collection, rep *reply, err error) error {
	if err != nil {
		if unsent(nil, err) {
			return err
		}
		return &calendar.LostError{Err: err}
	}
	if rep == nil {
		return errors.New("the outcome is not known")
	}
	return col.k.statusError(w.method, rep, nil)
}

// holds tells whether a place is in the collection itself.
func (c *collection) holds(p place) bool {
	return strings.HasPrefix(p.path, c.url.Path)
}

// hrefOf is where a reference points to, or the object's own place when the
// reference is none of this package's.
func (c *collection) hrefOf(key, id string) place {
	if strings.HasPrefix(id, "/") || strings.Contains(id, "://") {
		if _, err := url.Parse(id); err == nil {
			if p, err := c.at(id); err == nil {
				return p
			}
		}
	}
	return c.own(key)
}
