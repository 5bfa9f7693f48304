package caldav

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"followup/calendar"
)

// The bounds of one collection.
const (
	batch      = 50      // objects asked for at once
	maxSingles = 200     // objects asked for one by one after a server left them out
	maxEntries = 200_000 // objects in a listing
	maxPages   = 1000    // of a sync-collection report
	maxObject  = 4 << 20 // octets of one object

	// slowBatch is how long a batch may take before everything is asked for at once.
	slowBatch = 2 * time.Second
)

// collection is one calendar collection, as its server tells it.
type collection struct {
	k    *conn
	url  *url.URL
	name string // display name
	ctag string
	// token is the sync-token property; "" when the server has none or no
	// sync-collection report to use it with.
	token    string
	readOnly bool
}

// place is one object's address in the three forms that are needed.
type place struct {
	id   string   // as it goes into calendar.Ref: the path, with the origin when it is another one
	url  *url.URL // to ask
	path string   // decoded, to compare: servers encode the same path in several ways
}

// entry is one line of a listing. etag is "" when the server gives none.
type entry struct {
	place
	etag string
}

// object is one calendar object resource: RFC 4791 section 4.1.
type object struct {
	place
	version string // the ETag, or a hash of the text when the server gives none
	text    string
}

// version is the ETag as given. A server without ETags gets a hash of the text,
// which tells changes as well, though the server can't check it.
func version(etag, text string) string {
	if etag = strings.TrimSpace(etag); etag != "" {
		return etag
	}
	sum := sha256.Sum256([]byte(strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))))
	return hashPrefix + hex.EncodeToString(sum[:16])
}

const hashPrefix = "sha256:"

// sameVersion compares weakly (RFC 9110 section 8.8.3.2): proxies that compress
// make weak tags of strong ones.
func sameVersion(a, b string) bool {
	return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/")
}

const collectionProps = lookProps + `<CS:getctag/><D:sync-token/><D:supported-report-set/>`

// open asks the collection for everything about itself; what is no calendar
// leads through discovery to the only one that there is.
func (k *conn) open(ctx context.Context, address string) (*collection, error) {
	u := k.c.start
	if address != "" {
		var err error
		if u, err = parseURL(address); err != nil {
			return nil, err
		}
	}
	if u != nil {
		at, list, err := k.propfind(ctx, u, "0", collectionProps)
		if err == nil {
			for _, f := range list {
				if f.prop.Types["calendar"] {
					return k.collectionOf(at, f.prop), nil
				}
			}
		} else if !errors.Is(err, calendar.ErrNotFound) && !isStatus(err, http.StatusMethodNotAllowed) {
			return nil, err
		}
		if address != "" && err != nil {
			return nil, fmt.Errorf("there is no calendar at %s: %w; followup auth caldav lists those there are", u, err)
		}
	}
	return k.only(ctx)
}

// only finds the account's calendar when there is but one.
func (k *conn) only(ctx context.Context) (*collection, error) {
	a, err := k.discover(ctx)
	if err != nil {
		return nil, err
	}
	if len(a.Calendars) != 1 {
		urls := make([]string, len(a.Calendars))
		for i, cal := range a.Calendars {
			urls[i] = cal.URL
		}
		return nil, fmt.Errorf("the address is no calendar, and the account has %d: give the URL of one (%s)", len(urls), strings.Join(urls, ", "))
	}
	u, err := parseURL(a.Calendars[0].URL)
	if err != nil {
		return nil, err
	}
	at, list, err := k.propfind(ctx, u, "0", collectionProps)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s tells nothing of its calendar", u.Host)
	}
	return k.collectionOf(at, list[0].prop), nil
}

func (k *conn) collectionOf(at *url.URL, p prop) *collection {
	u := *at
	if !strings.HasSuffix(u.Path, "/") {
		u = *u.JoinPath("/")
	}
	c := &collection{k: k, url: &u, name: strings.TrimSpace(p.Name), ctag: strings.TrimSpace(p.CTag), readOnly: p.readOnly()}
	if len(p.Reports) == 0 || p.Reports["sync-collection"] {
		c.token = strings.TrimSpace(p.SyncToken)
	}
	return c
}

func isStatus(err error, code int) bool {
	var s *StatusError
	return errors.As(err, &s) && s.Code == code
}

// at reads an href of a reply. What belongs to another site is an error.
func (c *collection) at(href string) (place, error) {
	u, err := c.k.resolve(c.url, href)
	if err != nil {
		return place{}, err
	}
	u.RawQuery = ""
	p := place{id: u.EscapedPath(), url: u, path: u.Path}
	if origin(u) != origin(c.url) {
		p.id = u.String()
	}
	return p, nil
}

// own is the place of an object that we name.
func (c *collection) own(key string) place {
	u := c.url.JoinPath(key + ".ics")
	return place{id: u.EscapedPath(), url: u, path: u.Path}
}

// self tells whether a path is the collection, which some servers list with its
// members.
func (c *collection) self(p place) bool {
	return strings.TrimSuffix(p.path, "/") == strings.TrimSuffix(c.url.Path, "/")
}

// report makes a REPORT on the collection.
func (c *collection) report(ctx context.Context, depth string, body []byte) (*multistatus, error) {
	rep, err := c.k.read(ctx, request{method: "REPORT", url: c.url, body: body, header: xmlHeader(depth)})
	if err != nil {
		return nil, err
	}
	if rep.status != http.StatusMultiStatus && rep.status != http.StatusOK {
		return nil, c.k.statusError("REPORT", rep, readMeaning(rep.status))
	}
	m, err := parseMultistatus(rep.body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.url.Host, err)
	}
	return m, nil
}

// changes is what a sync-collection report tells: RFC 6578 section 3.
type changes struct {
	changed []entry
	removed []place
	token   string
}

// since asks what happened since a token, page by page; the empty token asks for
// everything. A token that the server does not take any more is
// calendar.ErrCursor.
func (c *collection) since(ctx context.Context, token string) (changes, error) {
	var all changes
	last := map[string]int{} // path -> index in all.changed, -1 when removed: later pages win
	for page := 0; page < maxPages; page++ {
		m, err := c.report(ctx, "0", syncBody(token))
		if err != nil {
			return changes{}, c.tokenError(ctx, token, err)
		}
		more, err := c.gather(&all, m)
		if err != nil {
			return changes{}, err
		}
		if m.SyncToken == "" || more && m.SyncToken == token {
			return changes{}, fmt.Errorf("%s gives no new sync token: %w", c.url.Host, calendar.ErrCursor)
		}
		token = m.SyncToken
		if !more {
			all.token = token
			all.settle(last)
			return all, nil
		}
	}
	return changes{}, fmt.Errorf("%s has more than %d pages of changes", c.url.Host, maxPages)
}

// gather adds one page and tells whether the server has more: 507 on the
// collection itself (RFC 6578 section 3.6).
func (c *collection) gather(all *changes, m *multistatus) (more bool, err error) {
	for _, f := range m.resources() {
		p, err := c.at(f.href)
		if err != nil {
			return false, err
		}
		switch {
		case c.self(p):
			more = more || f.status == http.StatusInsufficientStorage
		case strings.HasSuffix(p.path, "/"): // a collection inside
		case f.status == http.StatusNotFound || f.status == http.StatusGone:
			all.removed = append(all.removed, p)
		default:
			all.changed = append(all.changed, entry{place: p, etag: f.prop.ETag})
		}
	}
	if len(all.changed)+len(all.removed) > maxEntries {
		return false, fmt.Errorf("%s has more than %d objects", c.url.Host, maxEntries)
	}
	return more, nil
}

// settle leaves each path once: one that stands among the changed and the removed
// is looked at like a changed one, and its reading tells.
func (s *changes) settle(seen map[string]int) {
	kept := s.changed[:0]
	for _, e := range s.changed {
		if i, ok := seen[e.path]; ok {
			kept[i] = e
			continue
		}
		seen[e.path] = len(kept)
		kept = append(kept, e)
	}
	s.changed = kept
	gone := s.removed[:0]
	for _, p := range s.removed {
		if _, ok := seen[p.path]; !ok {
			seen[p.path] = -1
			gone = append(gone, p)
		}
	}
	s.removed = gone
}

// tokenError tells a token that is not taken from other failures. Servers say it
// in many ways: 403 and 409 with valid-sync-token, 400, 410, 507 for "too much",
// and a plain 500 (Xandikos). If the collection answers otherwise, it is the token.
func (c *collection) tokenError(ctx context.Context, token string, err error) error {
	var s *StatusError
	if token == "" || !errors.As(err, &s) {
		return err
	}
	switch s.Code {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusConflict, http.StatusGone, http.StatusPreconditionFailed,
		http.StatusUnprocessableEntity, http.StatusInsufficientStorage, http.StatusInternalServerError,
		http.StatusMethodNotAllowed, http.StatusNotImplemented:
	default:
		return err
	}
	if s.Condition != "valid-sync-token" {
		if _, _, other := c.k.propfind(ctx, c.url, "0", `<D:resourcetype/>`); other != nil {
			return other
		}
	}
	return fmt.Errorf("%s does not know the sync token any more (%d): %w", c.url.Host, s.Code, calendar.ErrCursor)
}

// within lists the objects with an event in the window: RFC 4791 section 7.8.
func (c *collection) within(ctx context.Context, w calendar.Window) ([]entry, bool, error) {
	m, err := c.report(ctx, "1", queryBody(`<D:getetag/>`, timeRange(w)))
	if err != nil {
		return nil, false, err
	}
	return c.listing(m.resources())
}

// all lists every object of the collection, in the way that costs the server
// least: Radicale's PROPFIND is quadratic, its sync report is not.
func (c *collection) all(ctx context.Context) (list []entry, whole bool, err error) {
	if c.token != "" {
		s, err := c.since(ctx, "")
		if err == nil {
			c.token = s.token
			return s.changed, true, nil
		}
		var status *StatusError
		if !errors.As(err, &status) && !errors.Is(err, errNonsense) && !errors.Is(err, calendar.ErrCursor) {
			return nil, false, err
		}
	}
	_, found, err := c.k.propfind(ctx, c.url, "1", `<D:getetag/><D:resourcetype/>`)
	if err != nil {
		return nil, false, err
	}
	return c.listing(found)
}

// listing makes entries of a reply and tells whether it is whole.
func (c *collection) listing(found []found) (list []entry, whole bool, err error) {
	whole = true
	seen := map[string]bool{}
	for _, f := range found {
		p, err := c.at(f.href)
		if err != nil {
			return nil, false, err
		}
		switch {
		case f.status == http.StatusInsufficientStorage:
			whole = false
		case c.self(p) || strings.HasSuffix(p.path, "/") || f.prop.Types["collection"] || seen[p.path]:
		default:
			seen[p.path] = true
			list = append(list, entry{place: p, etag: f.prop.ETag})
		}
	}
	if len(list) > maxEntries {
		return nil, false, fmt.Errorf("%s has more than %d objects", c.url.Host, maxEntries)
	}
	return list, whole, nil
}

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

// reading is the time that one reading of a collection may take.
const reading = 10 * time.Minute
