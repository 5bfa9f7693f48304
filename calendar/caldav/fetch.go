package caldav

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"followup/calendar"
)

// fetched is the outcome of asking for objects: everything asked for is in one of
// the three.
type fetched struct {
	objects []object
	gone    []place // proven: the server says 404 to the object's own address
	failed  map[string]failure
}

type failure struct {
	place
	reason string
}

// fetch reads objects, in batches, and asks again one by one for those that the
// server left out, gave without their text, or answered a whole batch with
// nonsense for. A server that is slow at it (Xandikos goes over the whole
// collection for every object) is asked for everything in the window at once.
func (c *collection) fetch(ctx context.Context, wanted []entry, w calendar.Window) (fetched, error) {
	out := fetched{failed: map[string]failure{}}
	var bulk map[string]object
	var singles []entry
	for len(wanted) > 0 {
		part := wanted[:min(batch, len(wanted))]
		wanted = wanted[len(part):]
		began := time.Now()
		got, err := c.multiget(ctx, part, bulk)
		if err != nil && !badBatch(err) {
			return out, err
		}
		for _, e := range part {
			if o, ok := got[e.path]; ok {
				out.objects = append(out.objects, o)
			} else {
				singles = append(singles, e)
			}
		}
		if bulk == nil && len(wanted) > 2*batch && time.Since(began) > c.k.c.slow {
			if bulk, err = c.everything(ctx, w); err != nil && !badBatch(err) {
				return out, err
			}
		}
	}
	if len(singles) > maxSingles {
		return out, fmt.Errorf("%s left out %d objects that it was asked for; try again with the next run", c.url.Host, len(singles))
	}
	for _, e := range singles {
		if err := c.single(ctx, e.place, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// everything asks for all objects with an event in the window, with their texts.
// It never returns nil: what did not work is not tried twice.
func (c *collection) everything(ctx context.Context, w calendar.Window) (map[string]object, error) {
	all := map[string]object{}
	m, err := c.report(ctx, "1", queryBody(`<D:getetag/><C:calendar-data/>`, timeRange(w)))
	if err != nil {
		return all, err
	}
	for _, f := range m.resources() {
		p, err := c.at(f.href)
		if err != nil {
			return all, err
		}
		if f.status/100 == 2 && f.prop.Data != "" {
			all[p.path] = object{place: p, version: version(f.prop.ETag, f.prop.Data), text: f.prop.Data}
		}
	}
	return all, nil
}

// badBatch tells whether asking for the objects one by one may do better.
func badBatch(err error) bool {
	var status *StatusError
	return errors.Is(err, errNonsense) || errors.Is(err, errTooLarge) ||
		errors.As(err, &status) && !errors.Is(err, calendar.ErrAuth)
}

// single asks for one object at its own address.
func (c *collection) single(ctx context.Context, p place, out *fetched) error {
	o, err := c.get(ctx, p)
	var status *StatusError
	switch {
	case err == nil:
		out.objects = append(out.objects, o)
	case errors.Is(err, calendar.ErrNotFound):
		out.gone = append(out.gone, p)
	case errors.As(err, &status) || errors.Is(err, errTooLarge):
		out.failed[p.path] = failure{p, err.Error()}
	default:
		return err
	}
	return nil
}

// multiget asks for up to a batch of objects (RFC 4791 section 7.9), but for those
// that are at hand. Only those that came with their text are returned, by path.
func (c *collection) multiget(ctx context.Context, part []entry, atHand map[string]object) (map[string]object, error) {
	var hrefs []string
	asked, got := map[string]place{}, map[string]object{}
	for _, e := range part {
		if o, ok := atHand[e.path]; ok && (e.etag == "" || o.version == strings.TrimSpace(e.etag)) {
			o.place = e.place
			got[e.path] = o
			continue
		}
		hrefs = append(hrefs, e.url.EscapedPath())
		asked[e.path] = e.place
	}
	if len(hrefs) == 0 {
		return got, nil
	}
	m, err := c.report(ctx, "1", multigetBody(hrefs))
	if err != nil {
		return got, err
	}
	for _, f := range m.resources() {
		p, err := c.at(f.href)
		if err != nil {
			return nil, err
		}
		if at, ok := asked[p.path]; ok && f.status/100 == 2 && f.prop.Data != "" {
			got[p.path] = object{place: at, version: version(f.prop.ETag, f.prop.Data), text: f.prop.Data}
		}
	}
	return got, nil
}

// get reads one object. calendar.ErrNotFound is the server's own 404.
func (c *collection) get(ctx context.Context, p place) (object, error) {
	// Without compression, which makes proxies weaken the ETag.
	rep, err := c.k.read(ctx, request{method: http.MethodGet, url: p.url, header: map[string]string{
		"Accept": "text/calendar", "Accept-Encoding": "identity"}})
	if err != nil {
		return object{}, err
	}
	if rep.status != http.StatusOK {
		return object{}, c.k.statusError(http.MethodGet, rep, readMeaning(rep.status))
	}
	text := string(rep.body)
	if !strings.Contains(strings.ToUpper(text), "END:VCALENDAR") {
		if looksLikeHTML(rep.body) {
			return object{}, fmt.Errorf("%s answered with a web page instead of an event", c.url.Host)
		}
		return object{}, &StatusError{Method: http.MethodGet, Host: c.url.Host, Code: rep.status, Message: "the object is empty or cut off"}
	}
	return object{place: p, version: version(rep.header.Get("ETag"), text), text: text}, nil
}

// byUID finds the objects with a UID, wherever they are: servers may store one
// under another address than was asked for. The match is made again by the
// caller: text-match finds parts of words too.
func (c *collection) byUID(ctx context.Context, uid string) ([]object, error) {
	m, err := c.report(ctx, "1", queryBody(`<D:getetag/><C:calendar-data/>`, uidFilter(uid)))
	if err != nil {
		return nil, err
	}
	var out []object
	for _, f := range m.resources() {
		p, err := c.at(f.href)
		if err != nil {
			return nil, err
		}
		if c.self(p) || f.status/100 != 2 {
			continue
		}
		o := object{place: p, version: version(f.prop.ETag, f.prop.Data), text: f.prop.Data}
		if o.text == "" {
			if o, err = c.get(ctx, p); err != nil {
				return nil, err
			}
		}
		if hasUID(o.text, uid) {
			out = append(out, o)
		}
	}
	return out, nil
}
