package caldav

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"followup/calendar"
	"followup/calendar/ics"
)

// Target writes follow-ups into one collection. It may be used by one goroutine
// at a time.
type Target struct {
	*conn
	r reader

	mu sync.Mutex
	// known are the objects as last read, by UID: an update changes the text that
	// stands, and that need not be read twice.
	known map[string]object
}

// Target returns a target over the collection at the address; "" is the address
// of Options. It asks the network nothing. Of o, Source names the events' source
// and Location is the zone of last resort; Window and Keep are not used.
func (c *Client) Target(address string, o ics.Options) *Target {
	k := c.conn()
	t := &Target{conn: k, known: map[string]object{}}
	o.Window, o.Keep = calendar.Window{}, nil
	t.r = reader{k: k, address: address, o: o, ours: true, seen: t.remember}
	return t
}

func (t *Target) remember(o object) {
	if !mentionsMarker(o.text) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, uid := range uids(o.text) {
		t.known[uid] = o
	}
}

func (t *Target) forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, key)
}

func (t *Target) recall(key string) (object, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	o, ok := t.known[key]
	return o, ok
}

// Changes implements sync.Target: it reads the follow-ups that stand in the
// collection, whenever they are, and nobody else's events. A first read goes over
// every object, since servers can't be trusted to find a property of ours.
func (t *Target) Changes(ctx context.Context, since calendar.Cursor) (calendar.Changes, error) {
	return t.r.changes(ctx, since)
}

// Get implements sync.Target: it reads one follow-up at the place where it was
// last seen or written, and looks for it by its UID when it is not there.
// calendar.ErrNotFound is proven by both.
func (t *Target) Get(ctx context.Context, key string) (calendar.Item, error) {
	col, err := t.collection(ctx)
	if err != nil {
		return calendar.Item{}, err
	}
	id := ""
	if o, ok := t.recall(key); ok {
		id = o.id
	}
	o, err := t.object(ctx, col, key, id)
	if err != nil {
		return calendar.Item{}, err
	}
	return t.item(col, o, key)
}

// collection is the collection that was last read, or else looked up.
func (t *Target) collection(ctx context.Context) (*collection, error) {
	if t.r.col != nil {
		return t.r.col, nil
	}
	col, err := t.r.k.open(ctx, t.r.address)
	if err == nil {
		t.r.col = col
	}
	return col, err
}

// object reads the object of a key, at the reference or wherever it is.
func (t *Target) object(ctx context.Context, col *collection, key, id string) (object, error) {
	o, err := col.get(ctx, col.hrefOf(key, id))
	if err == nil && hasUID(o.text, key) {
		t.remember(o)
		return o, nil
	}
	if err != nil && !errors.Is(err, calendar.ErrNotFound) {
		return object{}, err
	}
	found, err := col.byUID(ctx, key)
	var status *StatusError
	if err != nil && !errors.As(err, &status) {
		return object{}, err
	}
	if len(found) == 0 {
		return object{}, fmt.Errorf("%s: %w", key, calendar.ErrNotFound)
	}
	t.remember(found[0])
	return found[0], nil
}

// item makes the follow-up of an object. An event with our key as its UID is
// ours even when a client has dropped the marker.
func (t *Target) item(col *collection, o object, key string) (calendar.Item, error) {
	opt := t.r.o
	d, err := read(o, opt, col.name)
	if err != nil {
		return calendar.Item{}, fmt.Errorf("%s can't be read: %w", o.path, err)
	}
	for _, it := range ourItems(d.items, o, []string{key}) {
		if it.Event.Marker.Key == key {
			return it, nil
		}
	}
	if len(d.skipped) > 0 {
		return calendar.Item{}, fmt.Errorf("%s can't be read: %s", o.path, d.skipped[0].Reason)
	}
	return calendar.Item{}, fmt.Errorf("%s: %w", key, calendar.ErrNotFound)
}
