package caldav

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"followup/calendar"
)

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
		if _, _, other := c.propfind(ctx, "0", `<D:resourcetype/>`); other != nil {
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
	_, found, err := c.propfind(ctx, "1", `<D:getetag/><D:resourcetype/>`)
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
