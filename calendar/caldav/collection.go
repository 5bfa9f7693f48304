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
	// reading is the time that one reading of a collection may take.
	reading = 10 * time.Minute
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

// open asks the collection for everything about itself. An address that is there
// and no calendar (a server, a calendar home) leads through discovery to the only
// one that there is. One that is not there is an error: a calendar that somebody
// deleted must not make another take its place.
func (k *conn) open(ctx context.Context, address string) (*collection, error) {
	u := k.c.start
	if address != "" {
		var err error
		if u, err = parseURL(address); err != nil {
			return nil, err
		}
	}
	if u == nil {
		return k.only(ctx)
	}
	at, list, err := k.propfind(ctx, u, "0", collectionProps)
	switch missing := errors.Is(err, calendar.ErrNotFound) || isStatus(err, http.StatusMethodNotAllowed); {
	case missing && u.Path != "/":
		return nil, fmt.Errorf("there is no calendar at %s: %w; followup auth caldav lists those that there are", u, err)
	case err != nil && !missing:
		return nil, err
	}
	for _, f := range list {
		if f.prop.Types["calendar"] {
			return k.collectionOf(at, f.prop), nil
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

// propfind asks for properties of a collection that was there.
func (c *collection) propfind(ctx context.Context, depth, props string) (*url.URL, []found, error) {
	at, list, err := c.k.propfind(ctx, c.url, depth, props)
	return at, list, c.gone(err)
}

// gone says so where an answer means that the collection is not there any more.
func (c *collection) gone(err error) error {
	if errors.Is(err, calendar.ErrNotFound) {
		return fmt.Errorf("there is no calendar at %s any more: %w", c.url, err)
	}
	return err
}

// report makes a REPORT on the collection.
func (c *collection) report(ctx context.Context, depth string, body []byte) (*multistatus, error) {
	rep, err := c.k.read(ctx, request{method: "REPORT", url: c.url, body: body, header: xmlHeader(depth)})
	if err != nil {
		return nil, err
	}
	if rep.status != http.StatusMultiStatus && rep.status != http.StatusOK {
		return nil, c.gone(c.k.statusError("REPORT", rep, readMeaning(rep.status)))
	}
	m, err := parseMultistatus(rep.body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.url.Host, err)
	}
	return m, nil
}
