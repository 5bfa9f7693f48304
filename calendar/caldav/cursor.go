package caldav

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"

	"followup/calendar"
)

// cursor is what a calendar.Cursor of this package holds: how far the collection
// was read, and which of its objects hold events that the reader was given. With
// that an object that is gone can be told by the events that were in it.
type cursor struct {
	V       int                 `json:"v"`
	Asked   string              `json:"asked"` // the address as configured
	URL     string              `json:"url"`   // the collection it led to
	Name    string              `json:"name,omitempty"`
	Token   string              `json:"token,omitempty"` // of sync-collection
	CTag    string              `json:"ctag,omitempty"`
	Sum     string              `json:"sum,omitempty"`     // of hrefs and versions, where there is neither
	From    time.Time           `json:"from,omitzero"`     // of the window that was read
	To      time.Time           `json:"to,omitzero"`       //
	Objects map[string][]string `json:"objects,omitempty"` // Ref.ID -> the IDs of the events in it
	Pending map[string]int      `json:"pending,omitempty"` // Ref.ID -> how often it was listed and could not be read
}

const cursorVersion = 1

// maxPending is how often an object that is listed but can't be read is asked
// for again: Google lists some for ever.
const maxPending = 3

func (c cursor) encode() (calendar.Cursor, error) {
	c.V = cursorVersion
	c.Objects = c.shorten()
	b, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("the cursor can't be written: %w", err)
	}
	return calendar.Cursor(b), nil
}

// decodeCursor reads a cursor that was made for the address. Another one gives
// calendar.ErrCursor.
func decodeCursor(text calendar.Cursor, asked string) (cursor, error) {
	var c cursor
	if err := json.Unmarshal([]byte(text), &c); err != nil || c.V != cursorVersion || c.Asked != asked {
		return cursor{}, fmt.Errorf("the stored position belongs to another calendar or version: %w", calendar.ErrCursor)
	}
	c.Objects = c.lengthen()
	if c.Pending == nil {
		c.Pending = map[string]int{}
	}
	return c, nil
}

// shorten leaves out what most objects have in common: the collection's path, and
// the event's UID when the object is named after it.
func (c cursor) shorten() map[string][]string {
	out := make(map[string][]string, len(c.Objects))
	for id, ids := range c.Objects {
		short := strings.TrimPrefix(id, c.path())
		if whole(short) { // "/work//a.ics" in "/work/": lengthen would leave it so
			short = id
		}
		if len(ids) == 1 && short == ids[0]+".ics" {
			ids = []string{}
		}
		out[short] = ids
	}
	return out
}

// lengthen undoes shorten.
func (c cursor) lengthen() map[string][]string {
	out := make(map[string][]string, len(c.Objects))
	for id, ids := range c.Objects {
		if len(ids) == 0 {
			ids = []string{strings.TrimSuffix(id, ".ics")}
		}
		if !whole(id) {
			id = c.path() + id
		}
		out[id] = ids
	}
	return out
}

// whole tells whether an ID is not one that was shortened.
func whole(id string) bool { return strings.HasPrefix(id, "/") || strings.Contains(id, "://") }

func (c cursor) path() string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return u.EscapedPath()
}

// copy returns a cursor that can be changed without changing c.
func (c cursor) copy() cursor {
	c.Objects, c.Pending = maps.Clone(c.Objects), maps.Clone(c.Pending)
	return c
}

// ahead is how much more than the window is read, so that the window may move on
// for weeks before an unchanged collection has to be read again.
const ahead = 30 * 24 * time.Hour

// covers tells whether the window lies in what was read.
func (c cursor) covers(w calendar.Window) bool {
	from := c.From.IsZero() || !w.From.IsZero() && !w.From.Before(c.From)
	to := c.To.IsZero() || !w.To.IsZero() && !w.To.After(c.To)
	return from && to
}

// retry notes that a listed object could not be read, and tells whether it is to
// be asked for again.
func (c *cursor) retry(id string) bool {
	if c.Pending == nil {
		c.Pending = map[string]int{}
	}
	if c.Pending[id]++; c.Pending[id] > maxPending {
		delete(c.Pending, id)
		return false
	}
	return true
}
