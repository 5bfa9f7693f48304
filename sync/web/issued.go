package web

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"time"

	"followup/calendar"
)

// issue is how an event was last put into the feed.
type issue struct {
	Print    string    `json:"print"` // tells one look from another
	Sequence int       `json:"sequence"`
	Updated  time.Time `json:"updated"`
}

// issues remembers how every event was put into the feed, over restarts too: a
// program that subscribes takes an event with a lower SEQUENCE for an old one.
type issues struct {
	path  string // "" keeps it in memory alone
	log   *slog.Logger
	byUID map[string]issue
	dirty bool
}

// loadIssues reads what an earlier server kept. A file that can't be read is begun
// anew, and said.
func loadIssues(path string, log *slog.Logger) *issues {
	s := &issues{path: path, log: log, byUID: map[string]issue{}}
	if path == "" {
		return s
	}
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &s.byUID)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Warn("how the feed's events were last given out can't be read; it is begun anew", "error", err)
		s.byUID = map[string]issue{}
	}
	return s
}

// issue sees to it that an event which looks different from before has a higher
// SEQUENCE and a later LAST-MODIFIED than before, and one that looks the same has
// the same. It returns the latter. Records see to that by themselves, but for what
// a person changed in the calendar: that is no write of ours.
func (s *issues) issue(e *calendar.Event, now time.Time) time.Time {
	print := calendar.FieldsOf(*e).Fingerprint() + string(e.Status) + e.RelatedTo
	old, ok := s.byUID[e.UID]
	switch {
	case ok && old.Print == print:
		e.Sequence, e.Updated = old.Sequence, old.Updated
		return e.Updated
	case ok:
		e.Sequence = max(e.Sequence, old.Sequence+1)
		if !e.Updated.After(old.Updated) {
			e.Updated = later(now.Truncate(time.Second), old.Updated.Add(time.Second))
		}
	}
	s.byUID[e.UID], s.dirty = issue{print, e.Sequence, e.Updated}, true
	return e.Updated
}

// keep writes down what changed, and forgets what is no longer in the feed.
func (s *issues) keep(list []entry) {
	if s.path == "" || !s.dirty {
		return
	}
	in := make(map[string]bool, len(list))
	for _, e := range list {
		in[e.event.UID] = true
	}
	maps.DeleteFunc(s.byUID, func(uid string, _ issue) bool { return !in[uid] })
	text, err := json.Marshal(s.byUID)
	if err == nil {
		err = calendar.WritePrivate(s.path, text)
	}
	if err != nil {
		s.log.Warn("how the feed's events were given out can't be kept; after a restart programs may miss a change made by hand", "error", err)
		return
	}
	s.dirty = false
}
