package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/calendar/calendartest"
)

func source(t *testing.T, g *calendartest.Google) *Source {
	return open(t, options(t, g)).Source("primary", ReadOptions{Name: "personal", Window: window()})
}

func changes(t *testing.T, s interface {
	Changes(context.Context, calendar.Cursor) (calendar.Changes, error)
}, since calendar.Cursor) calendar.Changes {
	t.Helper()
	c, err := s.Changes(context.Background(), since)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// timed is an event as the API has it.
func timed(summary string, start time.Time, more map[string]any) map[string]any {
	r := map[string]any{
		"summary": summary,
		"start":   map[string]any{"dateTime": start.Format(time.RFC3339), "timeZone": "Europe/Berlin"},
		"end":     map[string]any{"dateTime": start.Add(time.Hour).Format(time.RFC3339), "timeZone": "Europe/Berlin"},
	}
	for k, v := range more {
		r[k] = v
	}
	return r
}

func at(day, hour int) time.Time {
	berlin, _ := time.LoadLocation("Europe/Berlin")
	return time.Date(2026, 11, day, hour, 0, 0, 0, berlin)
}

// Google returns 2,500 events at most: ten thousand are four requests, and then
// one request a run while nothing changes.
func TestRequestBudget(t *testing.T) {
	g := fake(t)
	for i := range 10000 {
		g.Put(g.User, timed(fmt.Sprintf("event %d", i), now.Add(time.Duration(i)*7*time.Minute), nil))
	}
	s := source(t, g)
	first := changes(t, s, "")
	if got := s.Requests(); got != (calendar.Requests{Read: 4}) || len(first.Items) != 10000 {
		t.Fatalf("%d events took %+v, want 4 reads", len(first.Items), got)
	}
	again := changes(t, s, first.Next)
	if got := s.Requests(); got != (calendar.Requests{Read: 5}) || !again.Unchanged {
		t.Errorf("nothing changed: %+v, unchanged %v, want one read more", got, again.Unchanged)
	}
	if again.Next != first.Next {
		t.Error("the cursor changed although nothing did: the state would be written for nothing")
	}
	if n := g.Renewals(); n != 0 {
		t.Errorf("%d requests for tokens with a valid one", n)
	}
	if len(g.Log()) != 5 {
		t.Errorf("the server saw %d requests", len(g.Log()))
	}
}

// A cursor that nothing changed under is renewed once a day, before Google lets
// it lapse.
func TestOldTokenIsRenewed(t *testing.T) {
	g := fake(t)
	o := options(t, g)
	clock := now
	o.Now = func() time.Time { return clock }
	s := open(t, o).Source("primary", ReadOptions{Window: window()})
	first := changes(t, s, "")
	clock = clock.Add(25 * time.Hour)
	if c := changes(t, s, first.Next); !c.Unchanged || c.Next == first.Next {
		t.Errorf("unchanged %v, cursor renewed %v", c.Unchanged, c.Next != first.Next)
	}
}

// The first listing is bounded by the window; a listing with a token has none of
// the parameters that are forbidden beside it (the fake refuses those).
func TestWindow(t *testing.T) {
	g := fake(t)
	g.Put(g.User, timed("long ago", now.AddDate(-1, 0, 0), nil))
	g.Put(g.User, timed("in two years", now.AddDate(2, 0, 0), nil))
	in := g.Put(g.User, timed("soon", now.Add(24*time.Hour), nil))
	o := options(t, g)
	a := open(t, o)
	s := a.Source("primary", ReadOptions{Window: window()})
	first := changes(t, s, "")
	if len(first.Items) != 1 || first.Items[0].Ref.ID != in {
		t.Errorf("listed %+v, want the one event in the window", first.Items)
	}
	q := g.Log()[0].Query
	if q.Get("singleEvents") != "true" || q.Get("showDeleted") != "true" || q.Get("maxResults") != "2500" || q.Get("timeMin") == "" || q.Get("timeMax") == "" || q.Has("eventTypes") {
		t.Errorf("first listing asked with %v", q)
	}
	// The window moves past what was listed: everything is listed again.
	later := window()
	later.From, later.To = later.From.AddDate(2, 0, -20), later.To.AddDate(2, 0, -20)
	c := changes(t, a.Source("primary", ReadOptions{Window: later}), first.Next)
	if !c.Whole || len(c.Items) != 1 || c.Items[0].Event.Summary != "in two years" {
		t.Errorf("after two years: whole %v, %+v", c.Whole, c.Items)
	}
}

// Bounds that are told from now move along in a process that goes on for months.
func TestWindowMovesAlong(t *testing.T) {
	g := fake(t)
	o := options(t, g)
	clock := now
	o.Now = func() time.Time { return clock }
	s := open(t, o).Source("primary", ReadOptions{Back: 45 * 24 * time.Hour, Ahead: 60 * 24 * time.Hour})
	cursor := changes(t, s, "").Next
	whole := 0
	for range 100 {
		clock = clock.AddDate(0, 0, 7)
		c := changes(t, s, cursor)
		if cursor = c.Next; c.Whole {
			whole++
		}
	}
	if whole != 2 { // in two years
		t.Errorf("everything was listed %d times", whole)
	}
	q := g.Log()[0].Query
	if q.Get("timeMin") != now.AddDate(0, 0, -45).Format(time.RFC3339) || q.Get("timeMax") != now.AddDate(0, 0, 365).Format(time.RFC3339) {
		t.Errorf("the first listing is bounded by %v", q)
	}
}

func TestForeignCursor(t *testing.T) {
	g := fake(t)
	g.AddCalendar("team@group.calendar.google.com", "Team", "reader")
	a := open(t, options(t, g, ScopeReadAll))
	first := changes(t, a.Source("primary", ReadOptions{}), "")
	before := len(g.Log())
	for name, c := range map[string]calendar.Cursor{"other calendar": first.Next, "garbage": "CAIQxyz", "empty object": "{}"} {
		if _, err := a.Source("team@group.calendar.google.com", ReadOptions{}).Changes(context.Background(), c); !errors.Is(err, calendar.ErrCursor) {
			t.Errorf("%s: %v, want calendar.ErrCursor", name, err)
		}
	}
	if len(g.Log()) != before {
		t.Error("a cursor that can't be used cost a request")
	}
}

// A recurring event comes as its instances; exceptions, cancelled instances and
// the end of the series are told for the instance that they concern.
func TestSeries(t *testing.T) {
	for _, stubs := range []bool{false, true} {
		t.Run(fmt.Sprintf("stubs=%v", stubs), func(t *testing.T) { testSeries(t, stubs) })
	}
}

func testSeries(t *testing.T, stubs bool) {
	g := fake(t)
	g.Stubs = stubs
	id := g.Put(g.User, timed("Mentoring", at(3, 10), map[string]any{"recurrence": []any{"RRULE:FREQ=WEEKLY;COUNT=6"}, "iCalUID": "series-1@contoso.example"}))
	s := source(t, g)
	first := changes(t, s, "")
	if len(first.Items) != 6 {
		t.Fatalf("%d instances, want 6", len(first.Items))
	}
	one := first.Items[2].Event
	if one.UID != "series-1@contoso.example" || one.RecurrenceID != "20261117T090000Z" || !one.Series || !one.Start.Equal(at(17, 10)) {
		t.Errorf("third instance: %s %q series %v at %v", one.UID, one.RecurrenceID, one.Series, one.Start)
	}

	g.Except(g.User, id, at(17, 10), func(r map[string]any) {
		r["start"] = map[string]any{"dateTime": at(18, 15).Format(time.RFC3339), "timeZone": "Europe/Berlin"}
		r["end"] = map[string]any{"dateTime": at(18, 16).Format(time.RFC3339), "timeZone": "Europe/Berlin"}
	})
	g.Except(g.User, id, at(24, 10), func(r map[string]any) { r["status"] = "cancelled" })
	c := changes(t, s, first.Next)
	if len(c.Items) != 1 || c.Items[0].Event.ID() != one.ID() || !c.Items[0].Event.Start.Equal(at(18, 15)) {
		t.Errorf("the moved instance is told as %+v", c.Items)
	}
	cancelled := first.Items[3].Ref.ID
	if len(c.Gone) != 1 || c.Gone[0].Ref.ID != cancelled || c.Gone[0].ID.RecurrenceID != "20261124T090000Z" {
		t.Errorf("the cancelled instance is told as %+v, want %s", c.Gone, cancelled)
	}

	g.Remove(g.User, id)
	c = changes(t, s, c.Next)
	var gone []string
	for _, x := range c.Gone {
		gone = append(gone, x.Ref.ID)
	}
	for _, it := range first.Items {
		if it.Ref.ID != cancelled && !slices.Contains(gone, it.Ref.ID) {
			t.Errorf("after the series was deleted: %s is not gone; gone are %v", it.Ref.ID, gone)
		}
	}
	if len(c.Items) > 0 {
		t.Errorf("items of a deleted series: %+v", c.Items)
	}
}

// A deleted event may come with nothing but its id: that names it. The UID is
// told where it follows from the id.
func TestStub(t *testing.T) {
	g := fake(t)
	g.Stubs = true
	invited := g.Put(g.User, timed("Interview", at(26, 10), map[string]any{"iCalUID": "040000008200E00074C5B7101A82E008@contoso.example"}))
	own := g.Put(g.User, timed("Interview", at(27, 10), nil))
	s := source(t, g)
	first := changes(t, s, "")
	g.Remove(g.User, invited)
	g.Remove(g.User, own)
	c := changes(t, s, first.Next)
	if len(c.Gone) != 2 || c.Gone[0].Ref.ID != first.Items[0].Ref.ID || c.Gone[1].ID != (calendar.ID{UID: own + "@google.com"}) {
		t.Errorf("gone: %+v", c.Gone)
	}
}

func TestGoneNeverPanics(t *testing.T) {
	g := fake(t)
	s := source(t, g)
	first := changes(t, s, "")
	g.Stubs = true
	g.Put(g.User, map[string]any{"id": "bare", "status": "cancelled"})
	g.Put(g.User, map[string]any{"id": "series_20261117T090000Z", "status": "cancelled"})
	g.Put(g.User, map[string]any{"id": "series_20261117T100000Z", "status": "cancelled", "recurringEventId": "series"})
	c := changes(t, s, first.Next)
	if len(c.Gone) != 3 {
		t.Fatalf("gone: %+v", c.Gone)
	}
	for i, want := range []string{"bare@google.com", "series@google.com/20261117T090000Z", "series@google.com/20261117T100000Z"} {
		if got := c.Gone[i].ID.String(); got != want {
			t.Errorf("gone %d is %s, want %s", i, got, want)
		}
	}
}

// What can't be read is named, and costs that one event.
func TestBadEvents(t *testing.T) {
	g := fake(t)
	g.Put(g.User, map[string]any{"id": "nostart", "summary": "no times"})
	g.Put(g.User, timed("bad zone", at(26, 9), map[string]any{"start": map[string]any{"dateTime": "2026-11-26T09:00:00+01:00", "timeZone": "Moon/Base"}}))
	g.Put(g.User, map[string]any{"id": "bare", "start": map[string]any{"date": "2026-11-26"}, "end": map[string]any{"date": "2026-11-27"}})
	c := changes(t, source(t, g), "")
	if len(c.Skipped) != 1 || c.Skipped[0].UID != "nostart@google.com" || !strings.Contains(c.Skipped[0].Reason, "start") {
		t.Errorf("skipped: %+v", c.Skipped)
	}
	if len(c.Items) != 2 || !c.Items[0].Event.Start.Equal(at(26, 9)) {
		t.Errorf("items: %+v", c.Items)
	}
}

func TestEventTypes(t *testing.T) {
	g := fake(t)
	for _, kind := range []string{"default", "fromGmail", "birthday", "focusTime", "outOfOffice", "workingLocation"} {
		g.Put(g.User, timed(kind, at(26, 9), map[string]any{"eventType": kind}))
	}
	c := changes(t, source(t, g), "")
	var got []string
	for _, it := range c.Items {
		got = append(got, it.Event.EventType)
	}
	if !slices.Equal(got, []string{"default", "fromGmail"}) || len(c.Skipped) != 4 {
		t.Errorf("read %v, skipped %d; every type is read or skipped with a reason", got, len(c.Skipped))
	}
}

// A page that fails takes the others with it, and a token that expires on a later
// page is told as such.
func TestFailureOnALaterPage(t *testing.T) {
	tests := []struct {
		name  string
		fault calendartest.GoogleFault
		since bool
		want  error
	}{
		{"410 on page 3 of an incremental listing", calendartest.GoogleFault{Status: 410, Reason: "fullSyncRequired"}, true, calendar.ErrCursor},
		{"500 on page 3", calendartest.GoogleFault{Status: 500}, false, nil},
		{"connection lost on page 3", calendartest.GoogleFault{Drop: true}, false, nil},
		{"body cut on page 3", calendartest.GoogleFault{Cut: 40}, false, nil},
		{"body cut on page 3, unframed", calendartest.GoogleFault{Cut: 40, Unframed: true}, false, nil},
		{"a login page on page 3", calendartest.GoogleFault{Body: "<html>sign in</html>"}, false, nil},
		{"an empty object on page 3", calendartest.GoogleFault{Body: "{}"}, false, nil},
		{"no rights on page 3", calendartest.GoogleFault{Status: 403, Reason: "insufficientPermissions"}, false, calendar.ErrAuth},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := fake(t)
			g.PageSize = 2
			s := source(t, g)
			since := calendar.Cursor("")
			if tt.since {
				since = changes(t, s, "").Next
			}
			for i := range 8 {
				g.Put(g.User, timed(fmt.Sprint(i), at(26, i), nil))
			}
			pages := 0
			g.SetFault(func(calendartest.GoogleRequest) calendartest.GoogleFault {
				if pages++; pages < 3 {
					return calendartest.GoogleFault{}
				}
				return tt.fault
			})
			c, err := s.Changes(context.Background(), since)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if len(c.Items)+len(c.Gone) > 0 || c.Whole || c.Next != "" {
				t.Errorf("a failed read tells %+v", c)
			}
			g.SetFault(nil)
			if c := changes(t, s, ""); len(c.Items) != 8 {
				t.Errorf("once mended: %d events", len(c.Items))
			}
		})
	}
}

// What passes by itself is tried again: the result is as if nothing had been.
func TestReadRetries(t *testing.T) {
	faults := map[string]calendartest.GoogleFault{
		"500": {Status: 500}, "502 with a page": {Status: 502, Body: "<html>bad gateway</html>"}, "503": {Status: 503, RetryAfter: "0"},
		"429 without a reason": {Status: 429}, "403 rateLimitExceeded": {Status: 403, Reason: "rateLimitExceeded"},
		"403 userRateLimitExceeded": {Status: 403, Reason: "userRateLimitExceeded"}, "403 newer envelope": {Status: 403, Reason: "RATE_LIMIT_EXCEEDED", Newer: true},
		"dropped": {Drop: true}, "lost": {Lose: true}, "cut": {Cut: 30}, "cut unframed": {Cut: 30, Unframed: true}, "empty object": {Body: "{}"},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			g := fake(t)
			g.Put(g.User, timed("Interview", at(26, 10), nil))
			g.SetFault(func(r calendartest.GoogleRequest) calendartest.GoogleFault {
				if r.N <= 2 {
					return fault
				}
				return calendartest.GoogleFault{}
			})
			s := source(t, g)
			if c := changes(t, s, ""); len(c.Items) != 1 || s.Requests().Read != 3 {
				t.Errorf("%d events after %+v", len(c.Items), s.Requests())
			}
		})
	}
}

// What does not pass is tried once.
func TestReadGivesUpAtOnce(t *testing.T) {
	tests := []struct {
		fault calendartest.GoogleFault
		want  error
		says  string
	}{
		{calendartest.GoogleFault{Status: 404, Reason: "notFound"}, calendar.ErrNotFound, "not shared with this account"},
		{calendartest.GoogleFault{Status: 403, Reason: "insufficientPermissions"}, calendar.ErrAuth, "calendar.events.owned.readonly"},
		{calendartest.GoogleFault{Status: 403, Reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT", Newer: true}, calendar.ErrAuth, "followup auth google"},
		{calendartest.GoogleFault{Status: 403, Reason: "accessNotConfigured"}, nil, "switch it on"},
		{calendartest.GoogleFault{Status: 403, Reason: "quotaExceeded"}, calendar.ErrLimit, "next one goes on"},
		{calendartest.GoogleFault{Status: 400, Reason: "badRequest"}, nil, "400 badRequest"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.fault.Status, tt.fault.Reason), func(t *testing.T) {
			g := fake(t)
			g.SetFault(func(calendartest.GoogleRequest) calendartest.GoogleFault { return tt.fault })
			s := source(t, g)
			_, err := s.Changes(context.Background(), "")
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %v saying %q", err, tt.want, tt.says)
			}
			if s.Requests().Read != 1 {
				t.Errorf("%d requests for what can't pass", s.Requests().Read)
			}
		})
	}
}

// A server that asks for more patience than there is gets its wish.
func TestRetryAfter(t *testing.T) {
	g := fake(t)
	g.SetFault(func(calendartest.GoogleRequest) calendartest.GoogleFault {
		return calendartest.GoogleFault{Status: 429, RetryAfter: "3600"}
	})
	s := source(t, g)
	_, err := s.Changes(context.Background(), "")
	if !errors.Is(err, calendar.ErrLimit) || !strings.Contains(err.Error(), "1h0m0s") || s.Requests().Read != 1 {
		t.Errorf("got %v after %+v, want to be told to wait an hour", err, s.Requests())
	}
}

// A server that is down is tried with patience once, not for every event anew.
func TestPatienceIsForTheServer(t *testing.T) {
	g := fake(t)
	tg := target(t, g)
	mustCreate(t, tg, calendartest.FollowUp(0))
	mend := failAll(g, calendartest.GoogleFault{Status: 500})
	var counts []int
	for i := range 3 {
		before := len(g.Log())
		if _, err := tg.Create(context.Background(), calendartest.FollowUp(1+i)); err == nil {
			t.Fatal("no error")
		}
		counts = append(counts, len(g.Log())-before)
	}
	if fmt.Sprint(counts) != fmt.Sprint([]int{maxAttempts, 2, 2}) {
		t.Errorf("attempts: %v", counts)
	}
	mend()
	mustCreate(t, tg, calendartest.FollowUp(1))
	failAll(g, calendartest.GoogleFault{Status: 500})
	before := len(g.Log())
	if _, err := tg.Create(context.Background(), calendartest.FollowUp(2)); err == nil || len(g.Log())-before != maxAttempts {
		t.Errorf("after a success: %d attempts, %v", len(g.Log())-before, err)
	}
}

// A server that never answers is given up; the whole is bounded by the caller.
func TestDeadlines(t *testing.T) {
	g := fake(t)
	g.SetFault(func(calendartest.GoogleRequest) calendartest.GoogleFault {
		return calendartest.GoogleFault{Delay: time.Minute}
	})
	o := options(t, g)
	o.Timeout, o.RetryBudget = 20*time.Millisecond, 100*time.Millisecond
	_, err := open(t, o).Source("primary", ReadOptions{}).Changes(context.Background(), "")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want a deadline", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := open(t, options(t, g)).Source("primary", ReadOptions{}).Changes(ctx, ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the caller's deadline", err)
	}
}

// Answers from elsewhere: a redirect would carry the token there, a flood would
// fill the memory.
func TestHostileServer(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("the redirect was followed, with %q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	tests := map[string]http.HandlerFunc{
		"redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) },
		"flood": func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte(`{"kind":"calendar#events","items":[`))
			chunk := []byte(strings.Repeat(`{"id":"abcde","summary":"`+strings.Repeat("x", 1000)+`"},`, 1000))
			for range 100 {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		},
		"same page for ever": func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte(`{"kind":"calendar#events","items":[],"nextPageToken":"again"}`))
		},
	}
	for name, h := range tests {
		t.Run(name, func(t *testing.T) {
			g := fake(t)
			srv := httptest.NewServer(h)
			defer srv.Close()
			o := options(t, g)
			o.Endpoint = srv.URL
			s := open(t, o).Source("primary", ReadOptions{})
			if c, err := s.Changes(context.Background(), ""); err == nil || len(c.Items) > 0 {
				t.Errorf("got %d items and %v", len(c.Items), err)
			}
			if s.Requests().Read > 2 {
				t.Errorf("%d requests", s.Requests().Read)
			}
		})
	}
}

// Without a sync token there is nothing to go on from, and it is said.
func TestNoSyncToken(t *testing.T) {
	g := fake(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(`{"kind":"calendar#events","items":[]}`))
	}))
	defer srv.Close()
	o := options(t, g)
	o.Endpoint = srv.URL
	c := changes(t, open(t, o).Source("primary", ReadOptions{}), "")
	if c.Next != "" || !c.Whole || len(c.Warnings) != 1 {
		t.Errorf("got %+v", c)
	}
}
