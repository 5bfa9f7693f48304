package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"followup/calendar"
	"followup/calendar/ics"
	"followup/planner"
)

// subscriber is a calendar program with its own rules of what it takes from a
// feed. seen is what it shows: title and status by UID.
type subscriber struct {
	name     string
	etag     bool // asks by If-None-Match
	date     bool // asks by If-Modified-Since
	take     func(seen map[string]calendar.Event, fresh map[string]calendar.Event)
	wipes    bool // throws everything away on an answer with status 200 that is no calendar
	lastTag  string
	lastDate string
	seen     map[string]calendar.Event
	wiped    int
	off      bool
	answers  map[int]int
}

// subscribers are the programs whose rules are known.
func subscribers() []*subscriber {
	replace := func(seen, fresh map[string]calendar.Event) {
		clear(seen)
		for uid, e := range fresh {
			seen[uid] = e
		}
	}
	list := []*subscriber{
		// ICSx5 updates an event only when LAST-MODIFIED grew or is absent, and
		// deletes what is missing.
		{name: "ICSx5", etag: true, date: true, take: func(seen, fresh map[string]calendar.Event) {
			for uid, e := range fresh {
				if old, ok := seen[uid]; !ok || e.Updated.IsZero() || e.Updated.After(old.Updated) {
					seen[uid] = e
				}
			}
			for uid := range seen {
				if _, ok := fresh[uid]; !ok {
					delete(seen, uid)
				}
			}
		}},
		// Thunderbird replaces all, is off for good after 410, and is empty after
		// anything else with status 200.
		{name: "Thunderbird", etag: true, take: replace, wipes: true},
		// Evolution throws its cache away on a "bad format".
		{name: "Evolution", etag: true, date: true, take: replace, wipes: true},
		// Apple Calendar asks by date alone.
		{name: "Apple Calendar", date: true, take: replace},
		// Google takes a change only with a higher SEQUENCE, and drops the cancelled.
		{name: "Google Calendar", take: func(seen, fresh map[string]calendar.Event) {
			for uid, e := range fresh {
				if old, ok := seen[uid]; !ok || e.Sequence > old.Sequence {
					seen[uid] = e
				}
			}
			for uid := range seen {
				if _, ok := fresh[uid]; !ok {
					delete(seen, uid)
				}
			}
		}},
	}
	for _, s := range list {
		s.seen, s.answers = map[string]calendar.Event{}, map[int]int{}
	}
	return list
}

// poll asks once.
func (s *subscriber) poll(h http.Handler) {
	if s.off {
		return
	}
	var header []string
	if s.etag && s.lastTag != "" {
		header = append(header, "If-None-Match", s.lastTag)
	}
	if s.date && s.lastDate != "" {
		header = append(header, "If-Modified-Since", s.lastDate)
	}
	r := ask(h, "GET", feedPath, header...)
	s.answers[r.StatusCode]++
	s.off = r.StatusCode == http.StatusGone
	if r.StatusCode != 200 {
		return
	}
	fresh := map[string]calendar.Event{}
	report, err := ics.Read(r.Body, ics.Options{}, func(e calendar.Event) error {
		fresh[e.UID] = e
		return nil
	})
	if err != nil || !report.Complete {
		if s.wipes {
			clear(s.seen)
			s.wiped++
		}
		return
	}
	s.lastTag, s.lastDate = r.Header.Get("ETag"), r.Header.Get("Last-Modified")
	s.take(s.seen, fresh)
}

// shows says what a person sees in the program.
func shows(events map[string]calendar.Event) map[string]string {
	out := map[string]string{}
	for uid, e := range events {
		if e.Status != calendar.StatusCancelled {
			out[uid] = e.Summary + " at " + e.Start.UTC().Format(time.RFC3339)
		}
	}
	return out
}

// history is a store of records that changes as sync changes it: SEQUENCE and
// Updated rise with every write.
type history struct {
	t       *rapid.T
	ledger  *fakeLedger
	now     time.Time
	records []planner.Record
	n       int
}

func (h *history) publish() {
	h.ledger.set(&View{Records: append([]planner.Record(nil), h.records...)}, nil)
}

func (h *history) change() {
	live := -1
	if len(h.records) > 0 {
		live = rapid.IntRange(0, len(h.records)-1).Draw(h.t, "which")
	}
	what := rapid.SampledFrom([]string{"add", "title", "move", "done", "withdraw", "again", "dismiss", "edit", "restore"}).Draw(h.t, "what")
	if live < 0 || what == "add" {
		h.n++
		f := planner.FollowUp{Key: key(fmt.Sprintf("k%dx", h.n)), Kind: "thank_you", Process: "p", Title: fmt.Sprintf("Thank no. %d", h.n), Text: "x",
			Start: h.now.Add(time.Hour).Truncate(time.Minute), End: h.now.Add(2 * time.Hour).Truncate(time.Minute)}
		h.records = append(h.records, planner.Record{FollowUp: f, State: planner.Written, Created: h.now, Updated: h.now})
		h.publish()
		return
	}
	r := &h.records[live]
	stands := r.State == planner.Written
	switch {
	case what == "title" && stands:
		r.FollowUp.Title += "!"
		r.Sequence++
	case what == "move" && stands:
		r.FollowUp.Start, r.FollowUp.End = r.FollowUp.Start.Add(time.Hour), r.FollowUp.End.Add(time.Hour)
		r.Sequence++
	case what == "done" && stands:
		r.State = planner.Done
	case what == "withdraw" && stands:
		r.State = planner.Withdrawn
	case what == "dismiss" && stands:
		r.State = planner.Dismissed
	case what == "edit" && stands: // by a person, in the calendar: no write of ours, and no new Updated
		r.Owned = []calendar.Field{calendar.FieldTitle}
		r.Remote = calendar.Fields{calendar.FieldTitle: shownTitle(*r) + "?"}
		h.publish()
		return
	case what == "restore" && r.State == planner.Dismissed:
		r.State = planner.Planned
		r.Generation++
	case what == "again" && r.State == planner.Withdrawn:
		r.State = planner.Written
		r.Sequence++
	default:
		return
	}
	r.Updated = h.now
	h.publish()
}

func shownTitle(r planner.Record) string {
	if len(r.Owned) > 0 {
		return r.Remote[calendar.FieldTitle]
	}
	return r.FollowUp.Title
}

// truth is what every program is to show in the end.
func (h *history) truth() map[string]string {
	out := map[string]string{}
	for _, r := range h.records {
		title := shownTitle(r)
		switch r.State {
		case planner.Withdrawn, planner.Dismissed:
			continue
		case planner.Done:
			title = "✓ " + title
		}
		out[r.FollowUp.Key] = title + " at " + r.FollowUp.Start.UTC().Format(time.RFC3339)
	}
	return out
}

// Through any history of changes, failures and polls, every program ends up with
// the truth, none is ever wiped, and per event SEQUENCE and LAST-MODIFIED only rise.
func TestSubscribersConverge(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := &history{t: rt, ledger: &fakeLedger{}, now: theNow}
		h.publish()
		handler := newTestServer(t, h.ledger, func(o *Options) { o.Now = func() time.Time { return h.now } }).handler()
		clients := subscribers()
		last := map[string]calendar.Event{}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			h.now = h.now.Add(time.Duration(rapid.IntRange(1, 3*24*3600).Draw(rt, "pass")) * time.Second)
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0, 1, 2:
				h.change()
			case 3:
				h.ledger.set(nil, errors.New("disk full"))
				clients[rapid.IntRange(0, len(clients)-1).Draw(rt, "client")].poll(handler)
				h.publish()
			default:
				clients[rapid.IntRange(0, len(clients)-1).Draw(rt, "client")].poll(handler)
			}
			monotone(rt, handler, last)
		}
		for _, c := range clients {
			c.poll(handler)
			if got, want := fmt.Sprint(shows(c.seen)), fmt.Sprint(h.truth()); got != want {
				rt.Errorf("%s shows %s, the truth is %s (answers: %v)", c.name, got, want, c.answers)
			}
			if c.wiped > 0 || c.off {
				rt.Errorf("%s was wiped %d times, switched off: %v", c.name, c.wiped, c.off)
			}
		}
	})
}

// monotone compares each event with how it was when last seen.
func monotone(t *rapid.T, h http.Handler, last map[string]calendar.Event) {
	r := ask(h, "GET", feedPath)
	if r.StatusCode != 200 {
		t.Fatalf("status %d", r.StatusCode)
	}
	_, err := ics.Read(r.Body, ics.Options{}, func(e calendar.Event) error {
		old, ok := last[e.UID]
		last[e.UID] = e
		changed := ok && (old.Summary != e.Summary || !old.Start.Equal(e.Start) || old.Status != e.Status || len(old.Alarms) != len(e.Alarms))
		switch {
		case e.Sequence < old.Sequence || e.Updated.Before(old.Updated):
			t.Errorf("%s went back: SEQUENCE %d to %d, LAST-MODIFIED %v to %v", e.UID, old.Sequence, e.Sequence, old.Updated, e.Updated)
		case changed && (e.Sequence == old.Sequence || !e.Updated.After(old.Updated)):
			t.Errorf("%s changed from %q to %q without a higher SEQUENCE (%d) and LAST-MODIFIED (%v)", e.UID, old.Summary, e.Summary, e.Sequence, e.Updated)
		case ok && !changed && (e.Sequence != old.Sequence || !e.Updated.Equal(old.Updated)):
			t.Errorf("%s did not change, but its SEQUENCE or LAST-MODIFIED did", e.UID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The probes that programs make when a feed is added.
func TestSubscriberProbes(t *testing.T) {
	h := newTestServer(t, &fakeLedger{view: theView(t)}, nil).handler()
	if r := ask(h, "PUT", feedPath); r.StatusCode/100 != 4 {
		t.Errorf("Thunderbird's PUT: %d; it would take the feed for writable", r.StatusCode)
	}
	if r := ask(h, "PROPFIND", feedPath, "Depth", "0"); r.StatusCode != 405 {
		t.Errorf("a CalDAV probe: %d; it is to find that this is none", r.StatusCode)
	}
	if r := ask(h, "GET", "/robots.txt", "User-Agent", "Google-Calendar-Importer"); r.StatusCode != 200 || strings.Contains(bodyOf(t, r), "Disallow: /feed") {
		t.Error("Google is kept out by robots.txt")
	}
}
