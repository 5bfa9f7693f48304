package caldav

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/calendar/ics"
)

// source is a source over the fake's calendar.
func (f *fake) source(t *testing.T, o ics.Options) *Source {
	return open(t, Options{URL: f.cal()}).Source("", o)
}

func (f *fake) fill(n int) {
	for i := range n {
		f.store(fmt.Sprintf("e%d.ics", i), objectText(plain(i)))
	}
}

func uidsOf(c calendar.Changes) []string {
	var out []string
	for _, it := range c.Items {
		out = append(out, it.Event.UID)
	}
	slices.Sort(out)
	return out
}

// Whoever deleted the calendar is told that it is not there, by whatever question
// a server is asked whether something changed.
func TestCalendarDeleted(t *testing.T) {
	onServers(t, func(t *testing.T, s *server) {
		u := s.calendar(t)
		s.put(t, u+"first.ics", objectText(plain(1)))
		source := open(t, s.options(u)).Source("", ics.Options{Source: "home"})
		c := readAll(t, source, "")
		if status, _, body := s.send(t, http.MethodDelete, u, nil, ""); status/100 != 2 {
			t.Fatalf("DELETE: %d %s", status, body)
		}
		_, err := source.Changes(context.Background(), c.Next)
		if !errors.Is(err, calendar.ErrNotFound) || !strings.Contains(err.Error(), "there is no calendar at "+u) {
			t.Errorf("got %v", err)
		}
	})
}

func TestOneBadObjectLosesOneObject(t *testing.T) {
	const broken = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:broken@example.example\r\nDTSTART:someday\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	const cut = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:cut@example.example\r\nDTSTART:20261126T0900"
	const noCalendar = "<html>not found</html>"
	tests := []struct {
		name, file, text, uid string
		q                     quirks
	}{
		{"a broken event", "bad.ics", broken, "broken@example.example", quirks{}},
		{"a cut-off text", "bad.ics", cut, "cut@example.example", quirks{}},
		{"no calendar at all", "bad.ics", noCalendar, "bad", quirks{}},
		{"broken XML", "bad.ics", broken, "broken@example.example", quirks{badXML: fakeCal + "bad.ics"}},
		{"too large", "bad.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:huge@example.example\r\nDESCRIPTION:" + strings.Repeat("x", maxObject) + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "huge@example.example", quirks{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t, tt.q)
			f.fill(60)
			f.store(tt.file, tt.text)
			c := readAll(t, f.source(t, ics.Options{Source: "home"}), "")
			if len(c.Items) != 60 || !c.Whole {
				t.Errorf("read %d events, whole %v; want the other 60", len(c.Items), c.Whole)
			}
			if len(c.Skipped) != 1 || c.Skipped[0].UID != tt.uid || c.Skipped[0].Source != "home" || !strings.Contains(c.Skipped[0].Reason, "bad.ics") {
				t.Errorf("skipped %+v, want %s with its place", c.Skipped, tt.uid)
			}
		})
	}
}

func TestControlCharactersInXML(t *testing.T) {
	f := newFake(t, quirks{control: true})
	f.fill(3)
	if c := readAll(t, f.source(t, ics.Options{}), ""); len(c.Items) != 3 {
		t.Errorf("read %d events of 3: %+v", len(c.Items), c.Skipped)
	}
}

func TestAskedVersusReturned(t *testing.T) {
	f := newFake(t, quirks{fewer: 2})
	f.fill(120)
	s := f.source(t, ics.Options{})
	if c := readAll(t, s, ""); len(c.Items) != 120 || !c.Whole {
		t.Errorf("read %d of 120, whole %v", len(c.Items), c.Whole)
	}
	f.q.fewer = 50
	f.fill(250)
	if c, err := s.Changes(context.Background(), ""); err == nil {
		t.Errorf("the server gave nothing of what it listed, and that passed for %d events", len(c.Items))
	}
}

// A server that takes long for a batch is asked for everything at once, and only
// for what that did not bring again in batches.
func TestSlowBatches(t *testing.T) {
	f := newFake(t, quirks{})
	f.fill(600)
	c := open(t, Options{URL: f.cal()})
	c.slow = 0
	s := c.Source("", ics.Options{})
	if got := readAll(t, s, ""); len(got.Items) != 600 || !got.Whole {
		t.Errorf("read %d of 600", len(got.Items))
	}
	if n := s.Requests().Read; n != 4 {
		t.Errorf("%d requests, want 4: properties, listing, a batch, everything", n)
	}
	f.q.noQuery = true
	s = c.Source("", ics.Options{})
	if got := readAll(t, s, ""); len(got.Items) != 600 {
		t.Errorf("without calendar-query: read %d of 600", len(got.Items))
	}
	if n := s.Requests().Read; n != 2+12+1 {
		t.Errorf("without calendar-query: %d requests, want 15", n)
	}
}

func TestStaleHrefs(t *testing.T) {
	f := newFake(t, quirks{stale: []string{fakeCal + "ghost.ics"}})
	f.fill(2)
	s := f.source(t, ics.Options{})
	c := readAll(t, s, "")
	if len(c.Items) != 2 || len(c.Skipped) != 1 || c.Skipped[0].UID != "ghost" {
		t.Fatalf("read %+v", c)
	}
	for range maxPending {
		c = readAll(t, s, c.Next)
	}
	before := s.Requests().Read
	if c = readAll(t, s, c.Next); !c.Unchanged || s.Requests().Read != before+1 {
		t.Errorf("after %d tries it is still asked for: %d requests, %+v", maxPending, s.Requests().Read-before, c)
	}
	// One that is there after all is not missed.
	f.q.stale = []string{fakeCal + "late.ics"}
	f.store("late.ics", objectText(plain(7)))
	f.q.stale = nil
	if c = readAll(t, s, c.Next); len(c.Items) != 1 {
		t.Errorf("the late one: %+v", c)
	}
}

func TestPages(t *testing.T) {
	f := newFake(t, quirks{page: 2})
	f.fill(1)
	s := f.source(t, ics.Options{})
	first := readAll(t, s, "")
	f.fill(9)
	f.drop("e0.ics")
	c := readAll(t, s, first.Next)
	if len(c.Items) != 8 || len(c.Gone) != 1 || c.Gone[0].ID.UID != plain(0).UID {
		t.Errorf("read %v, gone %+v; want 8 and e0", uidsOf(c), c.Gone)
	}
	// A failure on the last page gives nothing, and the old cursor stands.
	pages := 0
	f.fill(9)
	f.q.fail = func(r *http.Request) int {
		if pages++; pages > 2 {
			return http.StatusBadGateway
		}
		return 0
	}
	if got, err := s.Changes(context.Background(), c.Next); err == nil || got.Next != "" || len(got.Items) > 0 {
		t.Errorf("half a reading passed for %+v, %v", got, err)
	}
	f.q.fail = nil
	if c = readAll(t, s, c.Next); len(c.Items) != 9 {
		t.Errorf("then read %v", uidsOf(c))
	}
}

func TestListingCutShort(t *testing.T) {
	window := calendar.Window{From: calendartest.At("2026-10-01 00:00"), To: calendartest.At("2027-01-01 00:00")}
	for _, q := range []quirks{{queryLimit: 3}, {queryLimit: 3, noSync: true, noToken: true}, {noQuery: true}} {
		f := newFake(t, q)
		f.fill(10)
		if c := readAll(t, f.source(t, ics.Options{Window: window}), ""); len(c.Items) != 10 || !c.Whole {
			t.Errorf("%+v: read %d of 10, whole %v", q, len(c.Items), c.Whole)
		}
	}
	f := newFake(t, quirks{queryLimit: 3, noSync: true, noToken: true})
	f.fill(10)
	f.q.extra = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != "PROPFIND" || r.Header.Get("Depth") != "1" {
			return false
		}
		f.multistatus(w, f.response(fakeCal+"e0.ics", `<d:getetag>"r1"</d:getetag>`)+`<d:response><d:href>`+fakeCal+`</d:href><d:status>HTTP/1.1 507 x</d:status></d:response>`)
		return true
	}
	c := readAll(t, f.source(t, ics.Options{Window: window}), "")
	if c.Whole || len(c.Items) != 1 || len(c.Warnings) == 0 {
		t.Errorf("a listing that was cut passed for a whole one: %+v", c)
	}
}

func TestCutAnswer(t *testing.T) {
	f := newFake(t, quirks{})
	f.fill(5)
	s := f.source(t, ics.Options{})
	first := readAll(t, s, "")
	f.q.extra = func(w http.ResponseWriter, r *http.Request) bool { // as HTTP/1.0 ends: by closing
		w.WriteHeader(http.StatusMultiStatus)
		fmt.Fprint(w, `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:"><d:sync-token>x</d:sync-token>`)
		return true
	}
	for _, since := range []calendar.Cursor{"", first.Next} {
		if c, err := s.Changes(context.Background(), since); err == nil {
			t.Errorf("half an answer passed for %+v", c)
		}
	}
}

func TestWindow(t *testing.T) {
	f := newFake(t, quirks{})
	at := func(uid, when string) {
		e := plain(0)
		e.UID, e.Start = uid, calendartest.At(when)
		e.End = e.Start.Add(time.Hour)
		f.store(uid+".ics", objectText(e))
	}
	at("past", "2026-01-05 10:00")
	at("now", "2026-11-25 10:00")
	at("soon", "2027-01-20 10:00")
	at("late", "2027-06-01 10:00")
	o := ics.Options{Window: calendar.Window{From: calendartest.At("2026-11-01 00:00"), To: calendartest.At("2027-01-01 00:00")}}
	s := f.source(t, o)
	c := readAll(t, s, "")
	if got := uidsOf(c); !slices.Equal(got, []string{"now", "soon"}) {
		t.Errorf("read %v, want what lies in the window and a month beyond", got)
	}
	tests := []struct {
		name     string
		from, to string
		requests int // -1: more
		uids     []string
	}{
		{"weeks later", "2026-11-10 00:00", "2027-01-28 00:00", 1, nil},
		{"after more than a month", "2026-12-20 00:00", "2027-05-20 00:00", -1, []string{"late", "soon"}},
		{"further back", "2025-12-01 00:00", "2027-01-01 00:00", -1, []string{"now", "past", "soon"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := f.source(t, ics.Options{Window: calendar.Window{From: calendartest.At(tt.from), To: calendartest.At(tt.to)}})
			got := readAll(t, s, c.Next)
			if !slices.Equal(uidsOf(got), tt.uids) {
				t.Errorf("read %v, want %v", uidsOf(got), tt.uids)
			}
			if n := s.Requests().Read; tt.requests > 0 && n != tt.requests {
				t.Errorf("%d requests, want %d", n, tt.requests)
			}
			if got.Unchanged != (tt.requests == 1) || got.Whole == got.Unchanged {
				t.Errorf("unchanged %v, whole %v", got.Unchanged, got.Whole)
			}
		})
	}
	t.Run("an event that moves out of the window", func(t *testing.T) {
		at("now", "2029-03-01 10:00")
		got := readAll(t, s, c.Next)
		if len(got.Gone) > 0 || !slices.Equal(uidsOf(got), []string{"now"}) || got.Items[0].Event.Start.Year() != 2029 {
			t.Errorf("read %+v", got)
		}
	})
}

func TestObjectsThatMove(t *testing.T) {
	t.Run("told at once", func(t *testing.T) {
		f := newFake(t, quirks{})
		f.fill(2)
		s := f.source(t, ics.Options{})
		c := readAll(t, s, "")
		f.store("elsewhere.ics", f.text("e1.ics"))
		f.drop("e1.ics")
		if c = readAll(t, s, c.Next); len(c.Gone) > 0 || len(c.Items) != 1 || !strings.HasSuffix(c.Items[0].Ref.ID, "elsewhere.ics") {
			t.Errorf("read %+v", c)
		}
		f.drop("elsewhere.ics")
		if c = readAll(t, s, c.Next); len(c.Gone) != 1 || c.Gone[0].ID.UID != plain(1).UID {
			t.Errorf("then read %+v", c)
		}
	})
	t.Run("found by its UID", func(t *testing.T) {
		f := newFake(t, quirks{})
		f.fill(2)
		s := f.source(t, ics.Options{})
		c := readAll(t, s, "")
		text := f.text("e1.ics")
		f.drop("e1.ics")
		f.mu.Lock()
		f.objects[fakeCal+"hidden.ics"] = &fakeObject{text: text, rev: -1} // the sync report forgets to say so
		f.mu.Unlock()
		if c = readAll(t, s, c.Next); len(c.Gone) > 0 || len(c.Items) != 1 || !strings.HasSuffix(c.Items[0].Ref.ID, "hidden.ics") {
			t.Errorf("read %+v", c)
		}
	})
}

const weekly = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example Corp.//Client 1.0//EN
BEGIN:VEVENT
UID:weekly@northwind.example
DTSTAMP:20261101T000000Z
DTSTART:20261102T100000Z
DTEND:20261102T110000Z
RRULE:FREQ=WEEKLY;COUNT=6
SUMMARY:Interview round%s
END:VEVENT
%sEND:VCALENDAR
`

func TestInstancesThatVanish(t *testing.T) {
	window := calendar.Window{From: calendartest.At("2026-11-01 00:00"), To: calendartest.At("2027-01-01 00:00")}
	rid := func(day string) calendar.ID {
		return calendar.ID{UID: "weekly@northwind.example", RecurrenceID: day + "T100000Z"}
	}
	tests := []struct {
		name  string
		from  string // start of the window at the second read
		text  string
		items int
		gone  []calendar.ID
	}{
		{"one is taken out", "2026-11-01 00:00", fmt.Sprintf(weekly, "\nEXDATE:20261116T100000Z", ""), 5, []calendar.ID{rid("20261116")}},
		{"the series ends early", "2026-11-01 00:00", strings.Replace(fmt.Sprintf(weekly, "", ""), "COUNT=6", "COUNT=4", 1), 4, []calendar.ID{rid("20261130"), rid("20261207")}},
		{"one is moved far away", "2026-11-01 00:00", fmt.Sprintf(weekly, "", "BEGIN:VEVENT\nUID:weekly@northwind.example\nDTSTAMP:20261101T000000Z\nRECURRENCE-ID:20261116T100000Z\nDTSTART:20270601T100000Z\nDTEND:20270601T110000Z\nSUMMARY:Interview round\nEND:VEVENT\n"), 6, nil},
		{"some are past", "2026-11-20 00:00", fmt.Sprintf(weekly, "\nEXDATE:20261123T100000Z", ""), 2, []calendar.ID{rid("20261123")}},
		{"it is one event now", "2026-11-01 00:00", strings.Replace(fmt.Sprintf(weekly, "", ""), "RRULE:FREQ=WEEKLY;COUNT=6\n", "", 1), 1,
			[]calendar.ID{rid("20261102"), rid("20261109"), rid("20261116"), rid("20261123"), rid("20261130"), rid("20261207")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t, quirks{})
			f.store("w.ics", fmt.Sprintf(weekly, "", ""))
			c := readAll(t, f.source(t, ics.Options{Window: window}), "")
			if len(c.Items) != 6 {
				t.Fatalf("read %+v", c)
			}
			f.store("w.ics", tt.text)
			later := calendar.Window{From: calendartest.At(tt.from), To: window.To}
			c = readAll(t, f.source(t, ics.Options{Window: later}), c.Next)
			var gone []calendar.ID
			for _, g := range c.Gone {
				gone = append(gone, g.ID)
			}
			if len(c.Items) != tt.items || !slices.Equal(gone, tt.gone) {
				t.Errorf("read %d instances, gone %v; want %d and %v", len(c.Items), gone, tt.items, tt.gone)
			}
		})
	}
}

// What was an interview and is something else now has to be told.
func TestKeptObjectsAreReadAgain(t *testing.T) {
	f := newFake(t, quirks{})
	e := plain(0)
	e.Summary = "Interview"
	f.store("i.ics", objectText(e))
	f.fill(20)
	keep := func(b []byte, _ []uint32) bool { return strings.Contains(string(b), "Interview") }
	s := f.source(t, ics.Options{Keep: keep})
	c := readAll(t, s, "")
	if len(c.Items) != 1 || strings.Contains(string(c.Next), "foreign-00003") {
		t.Fatalf("read %v; cursor %s", uidsOf(c), c.Next)
	}
	e.Summary = "Lunch"
	f.store("i.ics", objectText(e))
	f.store("e3.ics", objectText(plain(3)))
	if c = readAll(t, s, c.Next); len(c.Items) != 1 || c.Items[0].Event.Summary != "Lunch" {
		t.Errorf("read %+v", c)
	}
}

func TestHrefsInOtherWriting(t *testing.T) {
	f := newFake(t, quirks{spell: func(h string) string { return strings.NewReplacer("@", "%40", "+", "%2B", "a", "%61").Replace(h) }})
	f.store("a b@c+d%2F.ics", objectText(plain(1)))
	s := f.source(t, ics.Options{})
	c := readAll(t, s, "")
	if len(c.Items) != 1 {
		t.Fatalf("read %+v", c)
	}
	f.drop("a b@c+d%2F.ics")
	if c = readAll(t, s, c.Next); len(c.Gone) != 1 || c.Gone[0].ID.UID != plain(1).UID {
		t.Errorf("read %+v", c)
	}
}

func TestHrefsToElsewhere(t *testing.T) {
	f := newFake(t, quirks{})
	f.q.extra = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != "REPORT" {
			return false
		}
		f.multistatus(w, f.response("https://evil.example/steal.ics", `<d:getetag>"1"</d:getetag>`)+`<d:sync-token>x</d:sync-token>`)
		return true
	}
	if c, err := f.source(t, ics.Options{}).Changes(context.Background(), ""); err == nil || !strings.Contains(err.Error(), "another site") {
		t.Errorf("got %+v, %v", c, err)
	}
}

// A calendar that was deleted must not make the account's other one take its place.
func TestADeletedCalendarIsAnError(t *testing.T) {
	f := newFake(t, quirks{})
	f.q.extra = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == "PROPFIND" && r.URL.Path == fakeHome {
			f.multistatus(w, f.response(fakeCal, f.collectionProps())) // the only one
			return true
		}
		return false
	}
	c := open(t, Options{URL: f.URL + fakeHome + "followups/"})
	if got, err := c.Target("", ics.Options{}).Changes(context.Background(), ""); !errors.Is(err, calendar.ErrNotFound) || !strings.Contains(err.Error(), "auth caldav") {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := c.Target("", ics.Options{}).Create(context.Background(), followUp(1)); err == nil || len(f.log) > 0 {
		t.Errorf("something was written: %v, %v", f.log, err)
	}
}

func TestCursorOfAnotherCalendar(t *testing.T) {
	f, g := newFake(t, quirks{}), newFake(t, quirks{})
	c := readAll(t, f.source(t, ics.Options{}), "")
	for _, since := range []calendar.Cursor{c.Next, "rubbish", `{"v":99}`} {
		if _, err := g.source(t, ics.Options{}).Changes(context.Background(), since); !errors.Is(err, calendar.ErrCursor) {
			t.Errorf("cursor %s: %v, want calendar.ErrCursor", since, err)
		}
	}
}

// A server in trouble has not forgotten the cursor: asking for everything anew
// would make absence of what it then leaves out.
func TestTroubleIsNoLostCursor(t *testing.T) {
	tests := []struct {
		name string
		fail func(*http.Request) int
		lost bool
	}{
		{"500 to the token alone", func(r *http.Request) int { return map[string]int{"REPORT": 500}[r.Method] }, true},
		{"500 to everything", func(*http.Request) int { return 500 }, false},
		{"503 to everything", func(*http.Request) int { return 503 }, false},
		{"the calendar is gone", func(*http.Request) int { return 404 }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t, quirks{})
			f.fill(2)
			s := f.source(t, ics.Options{})
			c := readAll(t, s, "")
			f.q.fail = tt.fail
			if _, err := s.Changes(context.Background(), c.Next); err == nil || errors.Is(err, calendar.ErrCursor) != tt.lost {
				t.Errorf("got %v; a lost cursor: %v", err, tt.lost)
			}
		})
	}
}

// Servers without sync-collection are asked for their ctag, and listed again when
// it moved.
func TestCTag(t *testing.T) {
	f := newFake(t, quirks{noSync: true, noToken: true})
	f.fill(60)
	s := f.source(t, ics.Options{})
	c := readAll(t, s, "")
	before := s.Requests().Read
	if c = readAll(t, s, c.Next); !c.Unchanged || s.Requests().Read != before+1 {
		t.Errorf("%d requests: %+v", s.Requests().Read-before, c)
	}
	f.drop("e7.ics")
	if c = readAll(t, s, c.Next); !c.Whole || len(c.Items) != 59 {
		t.Errorf("read %d events, whole %v", len(c.Items), c.Whole)
	}
}
