package webcal

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"time"

	"followup/calendar"
	"followup/calendar/ics"
)

// cursor is what a source remembers of its last complete read. The final URL is
// kept as a hash: it is often a password.
type cursor struct {
	V        int    `json:"v"`
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"` // Last-Modified, as the server wrote it
	Final    string `json:"final,omitempty"`    // hash of the URL that the validators belong to
	Hash     string `json:"hash,omitempty"`     // of what the text says: see meaning
	Raw      string `json:"raw,omitempty"`      // length and hash of the bytes: see octets
	Size     int64  `json:"size,omitempty"`     // of a file
	MTime    int64  `json:"mtime,omitempty"`    // of a file, nanoseconds since 1970
	Racy     bool   `json:"racy,omitempty"`     // the file was read within moments of its last write
	Until    int64  `json:"until,omitempty"`    // end of the window that was read, Unix seconds; 0 for no end
	From     int64  `json:"from,omitempty"`     // its start, 0 for no start
	Zone     string `json:"zone,omitempty"`     // that floating times were read in
}

const cursorVersion = 1

// longestValidator bounds what is remembered of a server's words.
const longestValidator = 1024

// slack is how far a window may move before an unchanged calendar is read again:
// events that were beyond its end come into it by time alone.
const slack = 24 * time.Hour

func parseCursor(c calendar.Cursor) (cursor, error) {
	if c == "" {
		return cursor{}, nil
	}
	var out cursor
	if err := json.Unmarshal([]byte(c), &out); err != nil || out.V != cursorVersion {
		return cursor{}, calendar.ErrCursor
	}
	return out, nil
}

func (c cursor) cursor() calendar.Cursor {
	c.V = cursorVersion
	text, err := json.Marshal(c)
	if err != nil {
		return "" // strings and numbers always marshal; an empty cursor reads anew
	}
	return calendar.Cursor(text)
}

// remember notes how the text was read, for covers.
func (c *cursor) remember(o ics.Options) {
	c.From, c.Until = bounds(o)
	c.Zone = zoneName(o.Location)
}

// covers tells whether the read that made the cursor saw everything that a read
// with these options would see.
func (c cursor) covers(o ics.Options) bool {
	from, until := bounds(o)
	starts := c.From == 0 || from != 0 && from >= c.From
	ends := c.Until == 0 || until != 0 && until < c.Until+int64(slack/time.Second)
	return starts && ends && c.Zone == zoneName(o.Location)
}

// sameFile tells whether a file of this size and time is the one that was read.
func (c cursor) sameFile(now cursor) bool {
	return c.Hash != "" && c.MTime != 0 && !c.Racy && c.MTime == now.MTime && c.Size == now.Size
}

// bounds is the span that a reader was asked for: of everything, or of what recurs.
func bounds(o ics.Options) (from, until int64) {
	w := o.Window
	if w == (calendar.Window{}) {
		w = o.Recurring
	}
	return unix(w.From), unix(w.To)
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func zoneName(l *time.Location) string {
	if l == nil || l == time.UTC {
		return ""
	}
	return l.String()
}

// urlHash names a URL without telling it.
func urlHash(u *url.URL) string {
	sum := sha256.Sum256([]byte(u.String()))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func validator(s string) string {
	if len(s) > longestValidator {
		return ""
	}
	return s
}
