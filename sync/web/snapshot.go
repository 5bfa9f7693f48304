package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"sync"
	"time"

	"followup/calendar"
	"followup/calendar/ics"
	"followup/planner"
	"followup/planner/draft"
)

// snapshot is a feed as it is sent: written once for each state of things, then
// only copied. Header values are made once, too; they are shared by all answers
// and never changed.
type snapshot struct {
	plain, packed representation
	modified      time.Time // whole seconds, as HTTP has it
	modifiedText  []string
}

// representation is one coding of a snapshot, with a strong entity tag of its own:
// RFC 9110 section 8.8.3.3.
type representation struct {
	body   []byte
	etag   string
	tag    []string
	length []string
}

func newRepresentation(body []byte, etag string) representation {
	return representation{body: body, etag: etag, tag: []string{etag}, length: []string{strconv.Itoa(len(body))}}
}

// newSnapshot writes the events down.
func newSnapshot(c ics.Calendar, list []entry, modified time.Time) (*snapshot, error) {
	c.Events = make([]calendar.Event, len(list))
	for i, e := range list {
		c.Events[i] = e.event
	}
	var plain, packed bytes.Buffer
	if err := ics.Write(&plain, c); err != nil {
		return nil, err
	}
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(plain.Bytes()); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(plain.Bytes())
	tag := hex.EncodeToString(sum[:16])
	s := &snapshot{
		plain:  newRepresentation(plain.Bytes(), `"`+tag+`"`),
		packed: newRepresentation(packed.Bytes(), `"`+tag+`-gzip"`),
	}
	s.setModified(modified)
	return s, nil
}

func (s *snapshot) setModified(t time.Time) {
	s.modified = t.UTC().Truncate(time.Second)
	s.modifiedText = []string{s.modified.Format(http.TimeFormat)}
}

// selection names one feed: all follow-ups, those of a kind, or those of a process.
type selection struct {
	kind    draft.Kind
	process string
}

func (s selection) takes(e entry) bool {
	return (s.kind == "" || s.kind == e.kind) && (s.process == "" || s.process == e.process)
}

// feeds keeps the snapshots of the current View, and the last good ones for when
// there is none.
type feeds struct {
	calendar ics.Calendar

	mu      sync.Mutex
	view    *View
	edge    time.Time // when the snapshots go out of date by themselves
	list    []entry
	changed time.Time
	made    map[selection]*snapshot
	last    map[selection]*snapshot // of earlier Views, kept to see what changed
	unsaved map[string]unsaved
	issued  *issues
}

// unsaved is a follow-up of the plan that no record tells about, as when nothing
// is written to any calendar but this feed. What a record would say of it is
// remembered while the server runs.
type unsaved struct {
	fingerprint      string
	sequence         int
	created, updated time.Time
}

func newFeeds(c ics.Calendar, issued *issues) *feeds {
	return &feeds{calendar: c, made: map[selection]*snapshot{}, last: map[selection]*snapshot{}, unsaved: map[string]unsaved{}, issued: issued}
}

// get returns the snapshot of one feed; nil without an error when there is no
// such feed.
func (f *feeds) get(v *View, sel selection, now time.Time) (*snapshot, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if v != f.view || !f.edge.IsZero() && !now.Before(f.edge) {
		f.renew(v, now)
	}
	if s := f.made[sel]; s != nil {
		return s, nil
	}
	if sel.process != "" && !knowsProcess(v, sel.process) {
		return nil, nil
	}
	return f.make(sel, now)
}

// stale returns the last good snapshot, nil for none.
func (f *feeds) stale(sel selection) *snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.made[sel]; s != nil {
		return s
	}
	return f.last[sel]
}

func (f *feeds) renew(v *View, now time.Time) {
	for sel, s := range f.made {
		f.last[sel] = s
	}
	f.made = map[selection]*snapshot{}
	f.view = v
	f.list, f.changed, f.edge = entries(f.records(v, now), now)
	for i := range f.list {
		if at := f.issued.issue(&f.list[i].event, now); at.After(f.changed) {
			f.changed = at
		}
	}
	f.issued.keep(f.list)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// make writes a snapshot. Equal bytes keep their date; other bytes always get a
// later one, so that a client which asks by date sees every change.
func (f *feeds) make(sel selection, now time.Time) (*snapshot, error) {
	c := f.calendar
	var list []entry
	for _, e := range f.list {
		if sel.takes(e) {
			list = append(list, e)
		}
	}
	modified := f.changed
	if modified.After(now) {
		modified = now // RFC 9110 section 8.8.2.1
	}
	if modified.IsZero() {
		modified = now
	}
	s, err := newSnapshot(c, list, modified)
	if err != nil {
		return nil, err
	}
	if old := f.last[sel]; old != nil {
		switch {
		case old.plain.etag == s.plain.etag:
			s.setModified(old.modified)
		case !s.modified.After(old.modified):
			s.setModified(old.modified.Add(time.Second))
		}
	}
	f.made[sel] = s
	return s, nil
}

// records returns the View's records, and one for each wanted follow-up that has
// none.
func (f *feeds) records(v *View, now time.Time) []planner.Record {
	out := append([]planner.Record(nil), v.Records...)
	known := map[string]bool{}
	for _, r := range v.Records {
		known[r.FollowUp.Key] = true
	}
	for _, w := range v.Plan.FollowUps {
		if known[w.Key] || w.State == planner.Skipped || w.State == planner.Withdrawn && f.unsaved[w.Key].created.IsZero() {
			continue
		}
		e := w.Event()
		print := string(w.State) + e.Marker.Base
		u, ok := f.unsaved[w.Key]
		switch {
		case !ok:
			u = unsaved{fingerprint: print, created: now.Truncate(time.Second), updated: now.Truncate(time.Second)}
		case u.fingerprint != print:
			u.fingerprint, u.updated = print, now.Truncate(time.Second)
			u.sequence++
		}
		f.unsaved[w.Key] = u
		out = append(out, planner.Record{FollowUp: w, State: w.State, Created: u.created, Updated: u.updated, Sequence: u.sequence})
	}
	return out
}

func knowsProcess(v *View, key string) bool {
	for _, r := range v.Records {
		if r.FollowUp.Process == key {
			return true
		}
	}
	for _, w := range v.Plan.FollowUps {
		if w.Process == key {
			return true
		}
	}
	for _, i := range v.Plan.Recognized.Interviews {
		if i.Process == key {
			return true
		}
	}
	return false
}
