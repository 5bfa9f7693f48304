package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/calendar/calendartest"
)

func target(t *testing.T, g *calendartest.Google) *Target {
	return open(t, options(t, g)).Target(TargetOptions{})
}

func mustCreate(t *testing.T, tg *Target, e calendar.Event) calendar.Ref {
	t.Helper()
	ref, err := tg.Create(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// bodies returns what was sent with one method, decoded.
func bodies(t *testing.T, g *calendartest.Google, id string) []map[string]any {
	t.Helper()
	var out []map[string]any
	for _, r := range g.Log() {
		if r.ID != id {
			continue
		}
		var m map[string]any
		if err := json.Unmarshal([]byte(r.Body), &m); err != nil {
			t.Fatalf("body of %s: %v", id, err)
		}
		out = append(out, m)
	}
	return out
}

func count(g *calendartest.Google, id string) int {
	n := 0
	for _, r := range g.Log() {
		if r.ID == id {
			n++
		}
	}
	return n
}

// The JSON of an insert, to the letter: what the library leaves out must be
// there, and what notifies anybody must not.
func TestInsertBody(t *testing.T) {
	g := fake(t)
	tg := target(t, g)
	e := calendartest.FollowUp(1)
	e.Description = "Fish & <chips>\nmailto:ana@northwind.example?subject=Thanks&body=Dear%20Ana"
	e.Alarms = []time.Duration{0, -90 * time.Minute}
	e.URL = "https://www.google.com/calendar/event?eid=abc"
	e = calendartest.Stamp(e)
	mustCreate(t, tg, e)
	got := bodies(t, g, "calendar.events.insert")[0]
	want := map[string]any{
		"id": e.UID, "summary": e.Summary, "location": "",
		"description":  "Fish &amp; &lt;chips&gt;\n<a href=\"mailto:ana@northwind.example?subject=Thanks&amp;body=Dear%20Ana\">mailto:ana@northwind.example</a>",
		"start":        map[string]any{"dateTime": "2026-11-27T10:00:00+01:00", "timeZone": "Europe/Berlin"},
		"end":          map[string]any{"dateTime": "2026-11-27T10:15:00+01:00", "timeZone": "Europe/Berlin"},
		"status":       "confirmed",
		"transparency": "transparent", "visibility": "private",
		"source":             map[string]any{"title": "followup", "url": e.URL},
		"reminders":          map[string]any{"useDefault": false, "overrides": []any{map[string]any{"method": "popup", "minutes": 0.0}, map[string]any{"method": "popup", "minutes": 90.0}}},
		"extendedProperties": map[string]any{"private": map[string]any{propKey: e.UID, propBase: e.Marker.Base, propKind: "thank_you", propRelated: e.RelatedTo}},
	}
	a, _ := json.MarshalIndent(got, "", " ")
	b, _ := json.MarshalIndent(want, "", " ")
	if string(a) != string(b) {
		t.Errorf("sent\n%s\nwant\n%s", a, b)
	}
	for _, r := range g.Log() {
		if strings.HasPrefix(r.ID, "calendar.events.") && r.Query.Get("sendUpdates") != "none" {
			t.Errorf("%s without sendUpdates=none", r.ID)
		}
	}
}

// A patch has the named fields and the marker, clears what is to be cleared, and
// goes with the version that was seen.
func TestPatchBody(t *testing.T) {
	g := fake(t)
	tg := target(t, g)
	e := calendartest.FollowUp(1)
	ref := mustCreate(t, tg, e)
	marker := fmt.Sprintf(`"extendedProperties":{"private":{%q:%q,%q:%q,%q:%q,%q:%q}}`, propBase, e.Marker.Base, propKey, e.UID, propKind, "thank_you", propRelated, e.RelatedTo)
	day := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	steps := []struct {
		name   string
		edit   func(*calendar.Event)
		fields []calendar.Field
		want   string
	}{
		{"clear a text", func(e *calendar.Event) { e.Description = "" }, []calendar.Field{calendar.FieldText}, `{"description":"",` + marker + `}`},
		{"no alarms", func(e *calendar.Event) { e.Alarms = nil }, []calendar.Field{calendar.FieldAlarms}, `{` + marker + `,"reminders":{"overrides":[],"useDefault":false}}`},
		{"to all-day", func(e *calendar.Event) { e.AllDay, e.Start, e.End = true, day, day.AddDate(0, 0, 1) }, []calendar.Field{calendar.FieldTime},
			`{"end":{"date":"2026-12-02","dateTime":null,"timeZone":null},` + marker + `,"start":{"date":"2026-12-01","dateTime":null,"timeZone":null}}`},
		{"to timed", func(e *calendar.Event) { e.AllDay, e.Start, e.End = false, at(30, 9), at(30, 10) }, []calendar.Field{calendar.FieldTime},
			`{"end":{"date":null,"dateTime":"2026-11-30T10:00:00+01:00","timeZone":"Europe/Berlin"},` + marker + `,"start":{"date":null,"dateTime":"2026-11-30T09:00:00+01:00","timeZone":"Europe/Berlin"}}`},
		{"the marker alone", func(*calendar.Event) {}, nil, `{` + marker + `}`},
	}
	for _, s := range steps {
		s.edit(&e)
		next, err := tg.Update(context.Background(), e, s.fields, ref)
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		log := g.Log()
		last := log[len(log)-1]
		if canon(t, last.Body) != canon(t, s.want) {
			t.Errorf("%s: sent\n%s\nwant\n%s", s.name, canon(t, last.Body), canon(t, s.want))
		}
		if last.IfMatch != ref.Version || ref.Version == "" || last.Query.Get("sendUpdates") != "none" {
			t.Errorf("%s: If-Match %q, want %q; %v", s.name, last.IfMatch, ref.Version, last.Query)
		}
		ref = next
	}
}

func canon(t *testing.T, s string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("%v: %s", err, s)
	}
	out, _ := json.Marshal(v)
	return string(out)
}

// Google keeps five reminders of at most four weeks, none after the start.
func TestReminderLimits(t *testing.T) {
	r := toReminders([]time.Duration{time.Hour, -1 * time.Minute, -2 * time.Minute, -2 * time.Minute, -3 * time.Minute, -100 * 24 * time.Hour, -5 * time.Minute, -6 * time.Minute})
	var got []int64
	for _, o := range r.Overrides {
		got = append(got, o.Minutes)
	}
	if fmt.Sprint(got) != "[0 1 2 3 5]" {
		t.Errorf("reminders %v", got)
	}
}

// A reminder by mail that the user added stays when the pop-ups are changed.
func TestMailRemindersStay(t *testing.T) {
	g := fake(t)
	tg := target(t, g)
	e := calendartest.FollowUp(1)
	mustCreate(t, tg, e)
	g.Edit(g.Made()[0], e.UID, func(r map[string]any) {
		rem := r["reminders"].(map[string]any)
		rem["overrides"] = append(rem["overrides"].([]any), map[string]any{"method": "email", "minutes": 30})
	})
	it, err := tg.Get(context.Background(), e.UID)
	if err != nil {
		t.Fatal(err)
	}
	e.Alarms = []time.Duration{-5 * time.Minute}
	if _, err := tg.Update(context.Background(), e, []calendar.Field{calendar.FieldAlarms}, it.Ref); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(g.Events(g.Made()[0])[e.UID]["reminders"].(map[string]any)["overrides"])
	if got != "[map[method:popup minutes:5] map[method:email minutes:30]]" {
		t.Errorf("reminders are %s", got)
	}
}

// Each write under each fault: what the event then is, and what the caller is
// told. The reply may be lost after the effect, or before it.
func TestWritesUnderFaults(t *testing.T) {
	once := map[string]calendartest.GoogleFault{
		"lost":                      {Lose: true},
		"dropped":                   {Drop: true},
		"500":                       {Status: 500},
		"503 with a page":           {Status: 503, Body: "<html>"},
		"429":                       {Status: 429, RetryAfter: "0"},
		"403 rateLimitExceeded":     {Status: 403, Reason: "rateLimitExceeded"},
		"403 userRateLimitExceeded": {Status: 403, Reason: "userRateLimitExceeded"},
		"403 in the newer envelope": {Status: 403, Reason: "RATE_LIMIT_EXCEEDED", Newer: true},
		"401":                       {Status: 401, Reason: "authError"},
		"cut":                       {Cut: 20},
		"cut unframed":              {Cut: 20, Unframed: true},
		"an empty answer":           {Body: "{}"},
	}
	for name, fault := range once {
		t.Run(name, func(t *testing.T) { testWritesUnder(t, fault) })
	}
}

func testWritesUnder(t *testing.T, fault calendartest.GoogleFault) {
	g := fake(t)
	tg := target(t, g)
	ctx := context.Background()
	mustCreate(t, tg, calendartest.FollowUp(0)) // so that the calendar is there
	own := g.Made()[0]
	strike := func() {
		done := false
		g.SetFault(func(r calendartest.GoogleRequest) calendartest.GoogleFault {
			if done || !eventWrite(r) {
				return calendartest.GoogleFault{}
			}
			done = true
			return fault
		})
	}
	e := calendartest.FollowUp(1)
	strike()
	ref, err := tg.Create(ctx, e)
	if err != nil || g.Events(own)[e.UID]["etag"] != ref.Version {
		t.Fatalf("Create: %v; version %s, stands %v", err, ref.Version, g.Events(own)[e.UID]["etag"])
	}
	e.Summary = "changed"
	e = calendartest.Stamp(e)
	strike()
	ref, err = tg.Update(ctx, e, []calendar.Field{calendar.FieldTitle}, ref)
	if err != nil || g.Events(own)[e.UID]["summary"] != "changed" || g.Events(own)[e.UID]["etag"] != ref.Version {
		t.Fatalf("Update: %v; stands %v", err, g.Events(own)[e.UID])
	}
	if fault.Body != "{}" { // a deletion has no answer that could be empty
		strike()
	}
	if err := tg.Delete(ctx, e.UID, ref); err != nil || g.Events(own)[e.UID] != nil {
		t.Fatalf("Delete: %v; stands %v", err, g.Events(own)[e.UID])
	}
	if n := len(g.Events(own)); n != 1 {
		t.Errorf("%d events stand, want the first alone", n)
	}
}

// When the reply is lost for good, that is what is said.
func TestLostForGood(t *testing.T) {
	g := fake(t)
	tg := target(t, g)
	mustCreate(t, tg, calendartest.FollowUp(0))
	g.SetFault(func(r calendartest.GoogleRequest) calendartest.GoogleFault {
		return calendartest.GoogleFault{Lose: eventWrite(r), Drop: !eventWrite(r)}
	})
	var lost *calendar.LostError
	if _, err := tg.Create(context.Background(), calendartest.FollowUp(1)); !errors.As(err, &lost) && g.Events(g.Made()[0])[calendartest.FollowUp(1).UID] != nil {
		t.Errorf("got %v; the event is there and nobody knows", err)
	}
	g.SetFault(func(calendartest.GoogleRequest) calendartest.GoogleFault {
		return calendartest.GoogleFault{Status: 500}
	})
	if _, err := tg.Create(context.Background(), calendartest.FollowUp(2)); !errors.As(err, &lost) {
		t.Errorf("got %v, want calendar.LostError", err)
	}
}

// What is refused for good is tried once, and told apart by its reason.
func TestRefusals(t *testing.T) {
	tests := []struct {
		fault calendartest.GoogleFault
		want  error
		says  string
	}{
		{calendartest.GoogleFault{Status: 403, Reason: "quotaExceeded"}, calendar.ErrLimit, "next one goes on"},
		{calendartest.GoogleFault{Status: 403, Reason: "insufficientPermissions"}, calendar.ErrAuth, "calendar.app.created"},
		{calendartest.GoogleFault{Status: 403, Reason: "forbidden"}, calendar.ErrReadOnly, "403"},
		{calendartest.GoogleFault{Status: 403, Reason: "requiredAccessLevel"}, calendar.ErrReadOnly, "403"},
		{calendartest.GoogleFault{Status: 429, RetryAfter: "7200"}, calendar.ErrLimit, "429"},
		{calendartest.GoogleFault{Status: 400, Reason: "invalid"}, nil, "400 invalid"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.fault.Status, tt.fault.Reason), func(t *testing.T) {
			g := fake(t)
			o := options(t, g)
			mustCreate(t, open(t, o).Target(TargetOptions{}), calendartest.FollowUp(0))
			tg := open(t, o).Target(TargetOptions{})
			before := count(g, "calendar.events.insert")
			g.SetFault(func(calendartest.GoogleRequest) calendartest.GoogleFault { return tt.fault })
			_, err := tg.Create(context.Background(), calendartest.FollowUp(1))
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %v saying %q", err, tt.want, tt.says)
			}
			if n := count(g, "calendar.events.insert") - before; n != 1 {
				t.Errorf("%d inserts for what can't pass", n)
			}
		})
	}
}

// The versions that a caller may hold of an event that is gone: none, an old one,
// and that of the cancelled copy, which Google will not change.
func TestGoneWithAnyVersion(t *testing.T) {
	g := fake(t)
	tg := target(t, g)
	ctx := context.Background()
	e := calendartest.FollowUp(1)
	old := mustCreate(t, tg, e)
	g.Remove(g.Made()[0], e.UID)
	cancelled := ""
	for _, gone := range changes(t, tg, "").Gone {
		cancelled = gone.Ref.Version
	}
	for name, version := range map[string]string{"none": "", "old": old.Version, "of the cancelled copy": cancelled} {
		at := calendar.Ref{ID: e.UID, Version: version}
		if _, err := tg.Update(ctx, e, []calendar.Field{calendar.FieldTitle}, at); !errors.Is(err, calendar.ErrDeleted) {
			t.Errorf("%s: Update gives %v, want calendar.ErrDeleted", name, err)
		}
		if err := tg.Delete(ctx, e.UID, at); err != nil {
			t.Errorf("%s: Delete gives %v", name, err)
		}
	}
	never := calendartest.FollowUp(2)
	if err := tg.Delete(ctx, never.UID, calendar.Ref{}); err != nil {
		t.Errorf("Delete of what never was: %v", err)
	}
	if _, err := tg.Update(ctx, never, []calendar.Field{calendar.FieldTitle}, calendar.Ref{Version: `"1"`}); !errors.Is(err, calendar.ErrNotFound) {
		t.Errorf("Update of what never was: %v", err)
	}
}

// A copy that the user made of a follow-up carries our properties, and is the
// user's all the same.
func TestUsersCopyIsTheirs(t *testing.T) {
	g := fake(t)
	tg := target(t, g)
	e := calendartest.FollowUp(1)
	mustCreate(t, tg, e)
	copied := g.Events(g.Made()[0])[e.UID]
	copied["id"], copied["iCalUID"] = "copyofthefollowup", "copyofthefollowup@google.com"
	g.Put(g.Made()[0], copied)
	c := changes(t, tg, "")
	if len(c.Items) != 1 || c.Items[0].Ref.ID != e.UID {
		t.Errorf("ours: %+v", c.Items)
	}
}

// Google has been seen to drop properties without a word.
func TestMarkerIsChecked(t *testing.T) {
	g := fake(t)
	tg := target(t, g)
	mustCreate(t, tg, calendartest.FollowUp(0))
	e := calendartest.FollowUp(1)
	g.SetFault(func(r calendartest.GoogleRequest) calendartest.GoogleFault {
		if r.ID == "calendar.events.insert" {
			return calendartest.GoogleFault{Body: fmt.Sprintf(`{"kind":"calendar#event","id":%q,"etag":"\"1\""}`, e.UID)}
		}
		return calendartest.GoogleFault{}
	})
	if _, err := tg.Create(context.Background(), e); err == nil || !strings.Contains(err.Error(), "mark") {
		t.Errorf("got %v", err)
	}
}

func TestKeysThatAreNoIDs(t *testing.T) {
	g := fake(t)
	tg := target(t, g)
	for _, key := range []string{"", "abcd", "with-dash", "UPPER", "wxyz0", strings.Repeat("a", 1025)} {
		e := calendartest.FollowUp(1)
		e.UID = key
		if _, err := tg.Create(context.Background(), e); err == nil {
			t.Errorf("%q was taken for an id", key)
		}
	}
	if len(g.Log()) > 0 {
		t.Error("requests were made for them")
	}
}

// The calendar is made once, when there is something to write, and found again:
// by what was kept, by the cursor, by its mark where a listing is allowed.
func TestCalendarIsMadeOnce(t *testing.T) {
	g := fake(t)
	o := options(t, g)
	tg := open(t, o).Target(TargetOptions{Calendar: "Interview follow-ups"})
	if c := changes(t, tg, ""); !c.Whole || len(g.Log()) > 0 {
		t.Errorf("before anything was written: %+v, %d requests", c, len(g.Log()))
	}
	mustCreate(t, tg, calendartest.FollowUp(1))
	cursor := changes(t, tg, "").Next
	if len(g.Made()) != 1 {
		t.Fatalf("made %v", g.Made())
	}
	body := bodies(t, g, "calendar.calendars.insert")[0]
	if body["summary"] != "Interview follow-ups" || body["timeZone"] != "Europe/Berlin" || !strings.Contains(body["description"].(string), ownMark) {
		t.Errorf("made as %v", body)
	}

	t.Run("another process", func(t *testing.T) {
		if c := changes(t, open(t, o).Target(TargetOptions{}), ""); len(c.Items) != 1 {
			t.Errorf("found %+v", c)
		}
	})
	t.Run("what was kept is lost, the cursor is there", func(t *testing.T) {
		lose(t, o)
		if c := changes(t, open(t, o).Target(TargetOptions{}), cursor); !c.Unchanged {
			t.Errorf("found %+v", c)
		}
		mustCreate(t, open(t, o).Target(TargetOptions{}), calendartest.FollowUp(2))
	})
	t.Run("everything is lost, calendars may be listed", func(t *testing.T) {
		o := options(t, g, append(bothScopes, scopePrefix+"calendar.calendarlist.readonly")...)
		mustCreate(t, open(t, o).Target(TargetOptions{}), calendartest.FollowUp(3))
	})
	t.Run("given by its id", func(t *testing.T) {
		o := options(t, g)
		mustCreate(t, open(t, o).Target(TargetOptions{Calendar: g.Made()[0]}), calendartest.FollowUp(4))
	})
	if len(g.Made()) != 1 || len(g.Events(g.Made()[0])) != 4 {
		t.Errorf("calendars %v with %d events", g.Made(), len(g.Events(g.Made()[0])))
	}
}

func lose(t *testing.T, o Options) {
	t.Helper()
	if err := os.Remove(openKept(o.TokenFile).path); err != nil {
		t.Fatal(err)
	}
}

// loseCalendar makes a calendar whose answer is lost.
func loseCalendar(t *testing.T, g *calendartest.Google, o Options) {
	t.Helper()
	g.SetFault(func(r calendartest.GoogleRequest) calendartest.GoogleFault {
		return calendartest.GoogleFault{Lose: r.ID == "calendar.calendars.insert"}
	})
	defer g.SetFault(nil)
	var lost *calendar.LostError
	if _, err := open(t, o).Target(TargetOptions{}).Create(context.Background(), calendartest.FollowUp(1)); !errors.As(err, &lost) {
		t.Errorf("got %v, want calendar.LostError", err)
	}
	if n := count(g, "calendar.calendars.insert"); n != 1 {
		t.Errorf("asked for %d calendars", n)
	}
}

// A calendar whose answer was lost is found again where calendars may be listed.
func TestLostCalendarFound(t *testing.T) {
	g := fake(t)
	o := options(t, g, append(bothScopes, scopePrefix+"calendar.calendarlist.readonly")...)
	loseCalendar(t, g, o)
	mustCreate(t, open(t, o).Target(TargetOptions{}), calendartest.FollowUp(1))
	if len(g.Made()) != 1 {
		t.Errorf("made %v", g.Made())
	}
}

// A 500 may mean that the calendar was made, too: it is looked for.
func TestCalendarAfterInternalError(t *testing.T) {
	g := fake(t)
	o := options(t, g, append(bothScopes, scopePrefix+"calendar.calendarlist.readonly")...)
	g.SetFault(func(r calendartest.GoogleRequest) calendartest.GoogleFault {
		if r.ID == "calendar.calendars.insert" {
			return calendartest.GoogleFault{Status: 500, Reason: "backendError"}
		}
		return calendartest.GoogleFault{}
	})
	var lost *calendar.LostError
	if _, err := open(t, o).Target(TargetOptions{}).Create(context.Background(), calendartest.FollowUp(1)); !errors.As(err, &lost) {
		t.Errorf("got %v, want calendar.LostError", err)
	}
	g.SetFault(nil)
	mustCreate(t, open(t, o).Target(TargetOptions{}), calendartest.FollowUp(1))
	if n, lists := count(g, "calendar.calendars.insert"), count(g, "calendar.calendarList.list"); n != 2 || lists == 0 {
		t.Errorf("asked for %d calendars, and %d times for their list", n, lists)
	}
}

// Where calendars may not be listed, which is asked once, a second one is made,
// and the run says what may be left.
func TestLostCalendar(t *testing.T) {
	g := fake(t)
	o := options(t, g)
	loseCalendar(t, g, o)
	tg := open(t, o).Target(TargetOptions{})
	mustCreate(t, tg, calendartest.FollowUp(1))
	if c := changes(t, tg, ""); len(c.Warnings) != 1 || len(c.Items) != 1 {
		t.Errorf("%d warnings, %d events", len(c.Warnings), len(c.Items))
	}
	mustCreate(t, open(t, o).Target(TargetOptions{}), calendartest.FollowUp(2))
	if n, lists := count(g, "calendar.calendars.insert"), count(g, "calendar.calendarList.list"); n != 2 || lists != 1 {
		t.Errorf("asked for %d calendars in all, and %d times for their list", n, lists)
	}
}

// An error that Google answers with is no lost answer: making the calendar is
// tried again.
func TestCalendarAfterErrors(t *testing.T) {
	g := fake(t)
	g.SetFault(func(r calendartest.GoogleRequest) calendartest.GoogleFault {
		switch r.N {
		case 1:
			return calendartest.GoogleFault{Status: 503}
		case 2:
			return calendartest.GoogleFault{Status: 403, Reason: "rateLimitExceeded"}
		case 4, 5: // the first writes to a calendar just made
			return calendartest.GoogleFault{Status: 403, Reason: "requiredAccessLevel"}
		}
		return calendartest.GoogleFault{}
	})
	mustCreate(t, target(t, g), calendartest.FollowUp(1))
	if len(g.Made()) != 1 {
		t.Errorf("made %v", g.Made())
	}
}

// A calendar that the user deleted is not made anew behind their back; signing in
// again settles it.
func TestDeletedCalendar(t *testing.T) {
	g := fake(t)
	o := options(t, g)
	first := open(t, o).Target(TargetOptions{})
	mustCreate(t, first, calendartest.FollowUp(1))
	cursor := changes(t, first, "").Next
	g.RemoveCalendar(g.Made()[0])
	tg := open(t, o).Target(TargetOptions{})
	if c, err := tg.Changes(context.Background(), ""); !errors.Is(err, calendar.ErrNoCalendar) || !strings.Contains(err.Error(), "followup auth google") {
		t.Errorf("listing a deleted calendar: %+v, %v", c, err)
	}
	if _, err := tg.Create(context.Background(), calendartest.FollowUp(2)); err == nil || len(g.Made()) > 0 {
		t.Errorf("got %v; made %v", err, g.Made())
	}
	findCalendars(context.Background(), o)
	tg = open(t, o).Target(TargetOptions{})
	if _, err := tg.Changes(context.Background(), cursor); !errors.Is(err, calendar.ErrCursor) {
		t.Errorf("the cursor of a deleted calendar: %v, want ErrCursor", err)
	}
	if c := changes(t, tg, ""); !c.Whole || len(c.Items) > 0 || !tg.Vanished() {
		t.Errorf("listed %+v; vanished: %v", c, tg.Vanished())
	}
	mustCreate(t, tg, calendartest.FollowUp(2))
	if len(g.Made()) != 1 || tg.Vanished() {
		t.Errorf("made %v; vanished: %v", g.Made(), tg.Vanished())
	}
}

// Whoever signs in to another account and then to the first one again finds the
// calendar there that was theirs.
func TestCalendarOfAnotherAccount(t *testing.T) {
	g := fake(t)
	o := options(t, g)
	mustCreate(t, open(t, o).Target(TargetOptions{}), calendartest.FollowUp(1))
	other := fake(t)
	elsewhere := o
	elsewhere.Endpoint = other.Endpoint()

	write(t, o.TokenFile, other.Grant(time.Now().Add(time.Hour), bothScopes...))
	findCalendars(context.Background(), elsewhere)
	mustCreate(t, open(t, elsewhere).Target(TargetOptions{}), calendartest.FollowUp(1))
	write(t, o.TokenFile, g.Grant(time.Now().Add(time.Hour), bothScopes...))
	findCalendars(context.Background(), o)
	mustCreate(t, open(t, o).Target(TargetOptions{}), calendartest.FollowUp(2))
	if len(g.Made()) != 1 || len(g.Events(g.Made()[0])) != 2 || len(other.Made()) != 1 {
		t.Errorf("made %v and elsewhere %v", g.Made(), other.Made())
	}
}

func TestDamagedKept(t *testing.T) {
	g := fake(t)
	o := options(t, g)
	write(t, openKept(o.TokenFile).path, []byte("{"))
	if _, err := open(t, o).Target(TargetOptions{}).Create(context.Background(), calendartest.FollowUp(1)); err == nil || !strings.Contains(err.Error(), "target.calendar") {
		t.Errorf("got %v", err)
	}
	if len(g.Made()) > 0 {
		t.Error("a calendar was made although one may be there")
	}
}

func TestRemoveCalendar(t *testing.T) {
	g := fake(t)
	tg := target(t, g)
	ctx := context.Background()
	if done, err := tg.RemoveCalendar(ctx); done || err != nil || len(g.Log()) > 0 {
		t.Errorf("without a calendar: %v, %v", done, err)
	}
	ref := mustCreate(t, tg, calendartest.FollowUp(1))
	if done, err := tg.RemoveCalendar(ctx); done || err != nil || len(g.Made()) != 1 {
		t.Errorf("with an event in it: %v, %v", done, err)
	}
	if err := tg.Delete(ctx, ref.ID, ref); err != nil {
		t.Fatal(err)
	}
	if done, err := tg.RemoveCalendar(ctx); !done || err != nil || len(g.Made()) != 0 {
		t.Errorf("empty: %v, %v", done, err)
	}
}

// Thirty of a hundred requests fail, some of them after they were done: what
// stands in the end is what was wanted, once.
func TestChaos(t *testing.T) {
	g := fake(t)
	o := options(t, g)
	n := 0
	g.SetFault(func(calendartest.GoogleRequest) calendartest.GoogleFault {
		n = (n*1103515245 + 12345) & 0x7fffffff // fixed, so that a failure can be seen again
		switch (n >> 8) % 100 {
		case 0, 1, 2, 3, 4, 5:
			return calendartest.GoogleFault{Status: 403, Reason: "rateLimitExceeded"}
		case 6, 7, 8, 9, 10, 11:
			return calendartest.GoogleFault{Status: 429, RetryAfter: "0"}
		case 12, 13, 14, 15, 16, 17:
			return calendartest.GoogleFault{Status: 500}
		case 18, 19, 20:
			return calendartest.GoogleFault{Drop: true}
		case 21, 22, 23, 24, 25, 26:
			return calendartest.GoogleFault{Lose: true}
		case 27, 28, 29:
			return calendartest.GoogleFault{Cut: 10, Unframed: true}
		}
		return calendartest.GoogleFault{}
	})
	ctx := context.Background()
	const events = 60
	for i := range events {
		// What fails is done again by the next run, as another process.
		until(t, func() error { return settle(ctx, open(t, o).Target(TargetOptions{}), i) })
	}
	g.SetFault(nil)
	stand := 0
	for _, id := range g.Made() {
		for key, r := range g.Events(id) {
			stand++
			if !strings.HasSuffix(r["summary"].(string), "(changed)") {
				t.Errorf("%s is %q", key, r["summary"])
			}
		}
	}
	if stand != events/2 {
		t.Errorf("%d events stand in %d calendars, want %d", stand, len(g.Made()), events/2)
	}
}

// settle brings one follow-up to where it should be: changed, and every second
// one deleted.
func settle(ctx context.Context, tg *Target, i int) error {
	e := calendartest.FollowUp(i)
	it, err := tg.Get(ctx, e.UID)
	if errors.Is(err, calendar.ErrNotFound) {
		if _, err := tg.Create(ctx, e); err != nil && !errors.Is(err, calendar.ErrExists) {
			return err
		}
		it, err = tg.Get(ctx, e.UID)
	}
	if errors.Is(err, calendar.ErrDeleted) && i%2 == 1 {
		return nil
	}
	if err != nil {
		return err
	}
	e.Summary += " (changed)"
	e = calendartest.Stamp(e)
	ref := it.Ref
	if len(calendar.FieldsOf(it.Event).Diff(calendar.FieldsOf(e))) > 0 {
		if ref, err = tg.Update(ctx, e, []calendar.Field{calendar.FieldTitle}, it.Ref); err != nil {
			return err
		}
	}
	if i%2 == 1 {
		return tg.Delete(ctx, e.UID, ref)
	}
	return nil
}

func until(t *testing.T, step func() error) {
	t.Helper()
	var err error
	for range 20 {
		if err = step(); err == nil {
			return
		}
	}
	t.Fatalf("does not come to rest: %v", err)
}
