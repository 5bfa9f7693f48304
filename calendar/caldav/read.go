package caldav

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"followup/calendar"
	"followup/calendar/ics"
)

// Source reads the events of one collection. It may be read by one goroutine at
// a time.
type Source struct {
	*conn
	r reader
}

// Source returns a source over the collection at the address; "" is the
// address of Options. It asks the network nothing. Of o, Source names the events'
// source, Window bounds what is read, Keep drops raw components unread.
func (c *Client) Source(address string, o ics.Options) *Source {
	k := c.conn()
	return &Source{conn: k, r: reader{k: k, address: address, o: o}}
}

// Changes implements sync.Source. The first read is a whole listing of what lies
// in the window and a month beyond; then come the changes since, as the server
// tells them (RFC 6578), or another whole listing where the server can't tell, or
// where the window has moved on.
//
// An object that is gone is looked for by its UID before it is called so: servers
// move objects.
func (s *Source) Changes(ctx context.Context, since calendar.Cursor) (calendar.Changes, error) {
	return s.r.changes(ctx, since)
}

// reader is what sources and targets have in common: reading one collection.
type reader struct {
	k       *conn
	address string
	o       ics.Options
	ours    bool         // reads only events with our marker, whenever they are
	seen    func(object) // told of every object read; may be nil
	col     *collection  // as last used
}

// pass is one reading: what is told of it, and the cursor that comes out.
type pass struct {
	*reader
	col  *collection
	old  cursor // what the objects held before
	next cursor
	out  calendar.Changes
}

func (r *reader) changes(ctx context.Context, since calendar.Cursor) (calendar.Changes, error) {
	ctx, cancel := context.WithTimeout(ctx, reading)
	defer cancel()
	p := pass{reader: r}
	var err error
	if since == "" {
		p.col, err = r.k.open(ctx, r.address)
	} else if p.old, err = decodeCursor(since, r.asked()); err == nil {
		p.col, err = r.k.reopen(p.old)
	}
	if err != nil {
		return calendar.Changes{}, err
	}
	r.col = p.col
	if since == "" || !p.old.covers(r.o.Window) {
		err = p.whole(ctx)
	} else {
		err = p.more(ctx)
	}
	if err == nil {
		p.out.Next, err = p.next.encode()
	}
	if err != nil {
		return calendar.Changes{}, err
	}
	return p.out, nil
}

// asked is the address as configured, which the cursor is bound to.
func (r *reader) asked() string {
	switch {
	case r.address != "":
		return r.address
	case r.k.c.start != nil:
		return r.k.c.start.String()
	}
	return r.k.c.domain
}

// reopen makes a collection of what the cursor knows of it, without asking.
func (k *conn) reopen(c cursor) (*collection, error) {
	u, err := parseURL(c.URL)
	if err != nil {
		return nil, fmt.Errorf("the stored position is damaged: %w", calendar.ErrCursor)
	}
	return &collection{k: k, url: u, name: c.Name, ctag: c.CTag, token: c.Token}, nil
}

// more reads what happened since the cursor.
func (p *pass) more(ctx context.Context) error {
	p.next = p.old.copy()
	switch {
	case p.old.Token != "":
		if same, err := p.sameCTag(ctx); same || err != nil {
			return err
		}
		return p.tokens(ctx)
	case p.old.CTag != "":
		at, list, err := p.col.propfind(ctx, "0", collectionProps)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			p.col = p.k.collectionOf(at, list[0].prop)
		}
		if p.col.ctag == p.old.CTag && p.col.token == "" && len(p.old.Pending) == 0 {
			p.out.Unchanged = true
			return nil
		}
	}
	return p.whole(ctx)
}

// sameCTag asks for the ctag before the sync report, where that is cheaper and
// proves as much: Radicale makes both of the same hash over every object, and
// takes half as long again for the report. Its getlastmodified would take a tenth,
// but tells no two changes in one second apart.
func (p *pass) sameCTag(ctx context.Context) (bool, error) {
	if !cheapCTag(p.old.Token) || p.old.CTag == "" || len(p.old.Pending) > 0 {
		return false, nil
	}
	_, list, err := p.col.propfind(ctx, "0", `<CS:getctag/>`)
	if err != nil {
		return false, err
	}
	if len(list) > 0 {
		p.next.CTag = strings.TrimSpace(list[0].prop.CTag)
	}
	p.out.Unchanged = p.next.CTag == p.old.CTag
	return p.out.Unchanged, nil
}

func cheapCTag(token string) bool { return strings.HasPrefix(token, "http://radicale.org/ns/sync/") }

// tokens reads by sync-collection: one request when nothing changed.
func (p *pass) tokens(ctx context.Context) error {
	ch, err := p.col.since(ctx, p.old.Token)
	if err != nil {
		return err
	}
	p.next.Token = ch.token
	if len(ch.changed)+len(ch.removed)+len(p.old.Pending) == 0 {
		p.out.Unchanged = true
		return nil
	}
	wanted, err := p.withPending(ch)
	if err != nil {
		return err
	}
	got, err := p.col.fetch(ctx, wanted, p.window())
	if err != nil {
		return err
	}
	return p.take(ctx, got, ch.removed)
}

// withPending adds the objects that could not be read last time.
func (p *pass) withPending(ch changes) ([]entry, error) {
	wanted := ch.changed
	for id := range p.old.Pending {
		at, err := p.col.at(id)
		if err != nil {
			return nil, err
		}
		same := func(path string) bool { return path == at.path }
		if !slices.ContainsFunc(wanted, func(e entry) bool { return same(e.path) }) &&
			!slices.ContainsFunc(ch.removed, func(r place) bool { return same(r.path) }) {
			wanted = append(wanted, entry{place: at})
		}
	}
	slices.SortStableFunc(wanted, func(a, b entry) int { return strings.Compare(a.id, b.id) })
	return wanted, nil
}

// whole reads everything in the window.
func (p *pass) whole(ctx context.Context) error {
	w := p.window()
	p.next = cursor{Asked: p.asked(), URL: p.col.url.String(), Name: p.col.name, From: w.From, To: w.To,
		Objects: map[string][]string{}, Pending: map[string]int{}}
	list, whole, err := p.list(ctx, w)
	if err != nil {
		return err
	}
	// The token that was there before the listing: what changed meanwhile is told
	// once more.
	p.next.Token = p.col.token
	if p.next.Token == "" || cheapCTag(p.next.Token) {
		p.next.CTag = p.col.ctag
	}
	byETag := p.next.Token == "" && p.next.CTag == "" && len(list) > 0 &&
		!slices.ContainsFunc(list, func(e entry) bool { return e.etag == "" })
	if byETag && whole {
		p.next.Sum = sumEntries(list)
		if p.same() {
			return nil
		}
	}
	got, err := p.col.fetch(ctx, list, w)
	if err != nil {
		return err
	}
	if p.next.Token == "" && p.next.CTag == "" && p.next.Sum == "" && whole && len(got.failed)+len(got.gone) == 0 {
		p.next.Sum = sumObjects(got.objects)
		if p.same() {
			return nil
		}
	}
	p.out.Whole = whole
	if !whole {
		p.out.Warnings = append(p.out.Warnings, p.col.url.Host+" cut its listing short: nothing is concluded from what is missing")
	}
	return p.take(ctx, got, nil)
}

// same tells whether nothing changed, by the sum of what there is.
func (p *pass) same() bool {
	if p.old.Sum == "" || p.old.Sum != p.next.Sum || !p.old.covers(p.o.Window) {
		return false
	}
	p.next, p.out.Unchanged = p.old, true
	return true
}

// window is what is read: more than what is asked for.
func (p *pass) window() calendar.Window {
	w := p.o.Window
	if p.ours {
		return calendar.Window{}
	}
	if !w.To.IsZero() {
		w.To = w.To.Add(ahead)
	}
	return w
}

// list names the objects to be read.
func (p *pass) list(ctx context.Context, w calendar.Window) ([]entry, bool, error) {
	if p.ours || w == (calendar.Window{}) {
		return p.col.all(ctx)
	}
	list, whole, err := p.col.within(ctx, w)
	if err == nil && whole {
		return list, true, nil
	}
	var status *StatusError
	if err != nil && !errors.As(err, &status) && !errors.Is(err, errNonsense) {
		return nil, false, err
	}
	// A server that can't search by time, or not so much at once, may still list.
	return p.col.all(ctx)
}

func sumEntries(list []entry) string {
	lines := make([]string, len(list))
	for i, e := range list {
		lines[i] = e.path + " " + e.etag
	}
	return sumLines(lines)
}

func sumObjects(list []object) string {
	lines := make([]string, len(list))
	for i, o := range list {
		lines[i] = o.path + " " + o.version
	}
	return sumLines(lines)
}

func sumLines(lines []string) string {
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:16])
}

// take makes events of what was fetched, and settles what is gone.
func (p *pass) take(ctx context.Context, got fetched, removed []place) error {
	for _, o := range got.objects {
		delete(p.next.Pending, o.id)
		p.object(o)
	}
	for _, f := range sorted(got.failed) {
		p.skip(f.place, f.reason)
		p.next.retry(f.id)
	}
	for _, g := range got.gone {
		if len(p.old.Objects[g.id]) > 0 {
			removed = append(removed, g)
			continue
		}
		p.skip(g, "listed by the server, which then says that it is not there (404)")
		p.next.retry(g.id)
	}
	for _, r := range removed {
		if err := p.remove(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func sorted(m map[string]failure) []failure {
	out := make([]failure, 0, len(m))
	for _, f := range m {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b failure) int { return strings.Compare(a.id, b.id) })
	return out
}

// skip names an object that could not be read, as far as it is known.
func (p *pass) skip(at place, reason string) {
	ids := p.old.Objects[at.id]
	if len(ids) == 0 {
		ids = []string{strings.TrimSuffix(path.Base(at.path), ".ics")}
	}
	for _, id := range ids {
		uid, _, _ := strings.Cut(id, "/")
		p.out.Skipped = append(p.out.Skipped, calendar.Skipped{Source: p.o.Source, UID: uid, Reason: at.path + ": " + reason})
	}
	if before := p.old.Objects[at.id]; len(before) > 0 {
		p.next.Objects[at.id] = before
	}
}

// object adds the events of one object, and those that it no longer holds.
func (p *pass) object(o object) {
	if p.seen != nil {
		p.seen(o)
	}
	before := p.old.Objects[o.id]
	read := p.decode(o, len(before) > 0)
	p.out.Skipped = append(p.out.Skipped, read.skipped...)
	p.out.Warnings = append(p.out.Warnings, read.warnings...)
	p.out.Items = append(p.out.Items, read.items...)
	ids := eventIDs(read.items)
	if len(read.skipped) > 0 { // what can't be read is there all the same
		for _, id := range before {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	} else {
		items, gone := p.missing(o, ids, before)
		p.out.Items = append(p.out.Items, items...)
		p.out.Gone = append(p.out.Gone, gone...)
		ids = append(ids, eventIDs(items)...)
	}
	if len(ids) > 0 {
		p.next.Objects[o.id] = ids
	} else {
		delete(p.next.Objects, o.id)
	}
}

func eventIDs(items []calendar.Item) []string {
	var ids []string
	for _, it := range items {
		if id := it.Event.ID().String(); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// remove settles an object that the server says is gone: its events may have
// moved to another object, read in this pass or found by UID.
func (p *pass) remove(ctx context.Context, at place) error {
	ids := p.old.Objects[at.id]
	delete(p.next.Objects, at.id)
	delete(p.next.Pending, at.id)
	if len(ids) == 0 {
		p.out.Gone = append(p.out.Gone, calendar.Gone{Ref: calendar.Ref{ID: at.id}})
		return nil
	}
	here := eventIDs(p.out.Items)
	looked := map[string]bool{}
	for _, id := range ids {
		uid, recurrence, _ := strings.Cut(id, "/")
		if !slices.Contains(here, id) && !looked[uid] {
			looked[uid] = true
			if err := p.find(ctx, at, uid); err != nil {
				return err
			}
			here = eventIDs(p.out.Items)
		}
		if !slices.Contains(here, id) {
			p.out.Gone = append(p.out.Gone, calendar.Gone{Ref: calendar.Ref{ID: at.id}, ID: calendar.ID{UID: uid, RecurrenceID: recurrence}})
		}
	}
	return nil
}

// find looks for an event under another address.
func (p *pass) find(ctx context.Context, was place, uid string) error {
	objects, err := p.col.byUID(ctx, uid)
	var status *StatusError
	if errors.As(err, &status) && status.Code != http.StatusUnauthorized {
		return nil // the server can't search: its 404 has to do
	}
	if err != nil {
		return err
	}
	for _, o := range objects {
		if o.path != was.path {
			p.object(o)
		}
	}
	return nil
}
