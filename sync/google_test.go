package sync

import (
	"context"
	"flag"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/calendar/google"
	"followup/planner"
)

// nina is an account at a fake of Google's server, which checks every request
// against the API's description, and the process that talks to it.
type nina struct {
	t    *testing.T
	g    *calendartest.Google
	dir  string
	wire *wire
	now  func() time.Time

	mu     gosync.Mutex
	faults map[string]func(calendartest.GoogleRequest) calendartest.GoogleFault // by the calendar's id, "" for others
}

// wire is the process's connection to the server. Each request is a step of the
// fuse: a dead process sends none, and sees no answer.
type wire struct {
	http.Transport
	fuse *calendartest.Fuse
}

func (w *wire) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	err = w.fuse.Do(func() error {
		resp, err = w.Transport.RoundTrip(r)
		return err
	})
	if err != nil && resp != nil {
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		resp = nil
	}
	return resp, err
}

func newNina(t *testing.T, fuse *calendartest.Fuse, now func() time.Time) *nina {
	t.Helper()
	g, err := calendartest.NewGoogle()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "followup")
	if err != nil {
		t.Fatal(err)
	}
	n := &nina{t: t, g: g, dir: dir, wire: &wire{fuse: fuse}, now: now}
	g.SetFault(n.fault)
	o := n.options()
	for path, data := range map[string][]byte{o.ClientFile: g.ClientFile(), o.TokenFile: g.Grant(time.Now().Add(time.Hour), google.ScopeReadOwned, google.ScopeWrite)} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// obeyed ends the server, and tells what was done against the documentation.
func (n *nina) obeyed(t interface{ Errorf(string, ...any) }) {
	n.wire.CloseIdleConnections()
	n.g.Close()
	os.RemoveAll(n.dir)
	for _, v := range n.g.Violations() {
		t.Errorf("against the documentation: %s", v)
	}
	if n.g.Mails() > 0 {
		t.Errorf("%d mails were sent", n.g.Mails())
	}
}

func (n *nina) options() google.Options {
	return google.Options{
		ClientFile: filepath.Join(n.dir, "client.json"), TokenFile: filepath.Join(n.dir, "token.json"),
		Endpoint: n.g.Endpoint(), AuthURL: n.g.URL + "/o/oauth2/v2/auth", TokenURL: n.g.URL + "/token",
		Transport: n.wire, Backoff: time.Microsecond, WriteRate: 1e6, Now: n.now,
	}
}

// open is how every process begins.
func (n *nina) open(wire http.RoundTripper) *google.Account {
	n.t.Helper()
	o := n.options()
	o.Transport = wire
	a, err := google.Open(context.Background(), o)
	if err != nil {
		n.t.Fatal(err)
	}
	return a
}

func (n *nina) place() *googlePlace { return &googlePlace{nina: n} }
func (n *nina) river() *googleRiver { return &googleRiver{nina: n} }

// signIn is a person who signs in again, by a browser that says yes.
func (n *nina) signIn() {
	n.t.Helper()
	_, err := google.Authorize(context.Background(), google.AuthOptions{
		Options: n.options(), Scopes: google.ScopesFor([]string{"primary"}, true), Out: io.Discard,
		Open: func(address string) error {
			resp, err := http.Get(address)
			if err == nil {
				err = resp.Body.Close()
			}
			return err
		},
	})
	if err != nil {
		n.t.Fatal(err)
	}
}

func (n *nina) fault(r calendartest.GoogleRequest) calendartest.GoogleFault {
	n.mu.Lock()
	defer n.mu.Unlock()
	id := r.Calendar
	if id == "primary" {
		id = n.g.User
	}
	if id != n.g.User {
		id = ""
	}
	if f := n.faults[id]; f != nil {
		return f(r)
	}
	return calendartest.GoogleFault{}
}

// setFault sets what goes wrong with requests for the calendar: the primary one,
// or the others for "".
func (n *nina) setFault(id string, f func(calendartest.GoogleRequest) calendartest.GoogleFault) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.faults == nil {
		n.faults = map[string]func(calendartest.GoogleRequest) calendartest.GoogleFault{}
	}
	n.faults[id] = f
}

// googleFaults are what Google's server and the way to it may do to a request.
var googleFaults = map[string]calendartest.GoogleFault{
	"403 rate":            {Status: 403, Reason: "rateLimitExceeded"},
	"403 user rate, new":  {Status: 403, Reason: "RATE_LIMIT_EXCEEDED", Newer: true},
	"403 quota":           {Status: 403, Reason: "quotaExceeded"},
	"403 forbidden":       {Status: 403, Reason: "forbidden"},
	"403 not yet":         {Status: 403, Reason: "requiredAccessLevel"},
	"429":                 {Status: 429, Reason: "rateLimitExceeded"},
	"429 come back later": {Status: 429, RetryAfter: "3600"},
	"401":                 {Status: 401, Reason: "authError"},
	"500":                 {Status: 500, Reason: "backendError"},
	"502":                 {Status: 502, Body: "<html>Bad Gateway</html>"},
	"503":                 {Status: 503},
	"a portal's page":     {Body: "<html>Welcome to the hotel</html>"},
	"refused":             {Drop: true},
	"reply lost":          {Lose: true},
	"reply cut":           {Cut: 40},
	"reply cut unseen":    {Cut: 40, Unframed: true},
	"stale":               {Stale: 1},
	"staler":              {Stale: 3},
	"changed meanwhile":   {Status: 412, Reason: "conditionNotMet"},
	"token forgotten":     {Status: 410, Reason: "fullSyncRequired"},
}

// trouble lets some of the next requests for the calendar fail, a few of them
// for longer than a call is retried.
func (n *nina) trouble(t *rapid.T, id string) {
	type spell struct {
		from, to int
		kind     string
	}
	var spells []spell
	for range rapid.IntRange(0, 4).Draw(t, "faults") {
		from := rapid.IntRange(1, 15).Draw(t, "request")
		long := rapid.SampledFrom([]int{1, 1, 1, 2, 8}).Draw(t, "for")
		spells = append(spells, spell{from, from + long, rapid.SampledFrom(sortedKeys(googleFaults)).Draw(t, "fault")})
	}
	count := 0
	n.setFault(id, func(r calendartest.GoogleRequest) calendartest.GoogleFault {
		count++
		for _, s := range spells {
			if count >= s.from && count < s.to && happens(s.kind, r) {
				return googleFaults[s.kind]
			}
		}
		return calendartest.GoogleFault{}
	})
}

// happens tells whether such a fault happens to such a request.
func happens(kind string, r calendartest.GoogleRequest) bool {
	switch kind {
	case "changed meanwhile":
		return r.IfMatch != ""
	case "token forgotten":
		return r.Query.Get("syncToken") != ""
	case "403 forbidden", "403 not yet":
		return r.ID != "calendar.events.list"
	}
	return true
}

// googlePlace is the calendar that followup makes for itself in the account.
type googlePlace struct{ *nina }

func (p *googlePlace) Open() Target    { return p.open(p.wire).Target(google.TargetOptions{}) }
func (p *googlePlace) Remembers() bool { return true }
func (p *googlePlace) Guards() bool    { return true }
func (p *googlePlace) Expire()         { p.g.Expire() }

func (p *googlePlace) Trouble(t *rapid.T) { p.trouble(t, "") }
func (p *googlePlace) Calm()              { p.setFault("", nil) }

// Events lists what stands in every calendar that was made.
func (p *googlePlace) Events() []calendar.Event {
	var out []calendar.Event
	for _, made := range p.g.Made() {
		events := p.g.Events(made)
		for _, id := range slices.Sorted(maps.Keys(events)) {
			out = append(out, seenAtGoogle(id, events[id]))
		}
	}
	return out
}

// home is the calendar that the event stands in, "" for none.
func (p *googlePlace) home(id string) string {
	for _, made := range p.g.Made() {
		if _, ok := p.g.Events(made)[id]; ok {
			return made
		}
	}
	return ""
}

func (p *googlePlace) Find(id string) (calendar.Event, bool) {
	made := p.home(id)
	if made == "" {
		return calendar.Event{}, false
	}
	return seenAtGoogle(id, p.g.Events(made)[id]), true
}

func (p *googlePlace) Foreign(e calendar.Event) bool {
	made := p.g.Made()
	if len(made) > 0 {
		p.g.Put(made[0], map[string]any{
			"id": e.UID, "summary": e.Summary, "start": map[string]any{"dateTime": e.Start.Format(time.RFC3339)}, "end": map[string]any{"dateTime": e.End.Format(time.RFC3339)},
		})
	}
	return len(made) > 0
}

func (p *googlePlace) Edit(id string, edit func(*calendar.Event)) bool {
	made := p.home(id)
	if made != "" {
		p.g.Edit(made, id, func(r map[string]any) {
			was := seenAtGoogle(id, r)
			e := was
			edit(&e)
			for _, f := range calendar.FieldsOf(was).Diff(calendar.FieldsOf(e)) {
				typeAtGoogle(r, f, e)
			}
		})
	}
	return made != ""
}

func (p *googlePlace) Remove(id string) bool {
	made := p.home(id)
	if made != "" {
		p.g.Remove(made, id)
	}
	return made != ""
}

// Undelete takes the event out of the trash.
func (p *googlePlace) Undelete(id string) bool {
	for _, made := range p.g.Made() {
		if p.g.Restore(made, id) {
			return true
		}
	}
	return false
}

// link is a link in a description.
var link = regexp.MustCompile(`<a href="([^"]*)">[^<]*</a>`)

var markup = strings.NewReplacer("<br>", "\n")

// seenAtGoogle is what a person sees of an event in Google's own calendar. It
// shares nothing with the adapter.
func seenAtGoogle(id string, r map[string]any) calendar.Event {
	text := func(m map[string]any, k string) string { s, _ := m[k].(string); return s }
	part := func(m map[string]any, k string) map[string]any { p, _ := m[k].(map[string]any); return p }
	at := func(k string) time.Time {
		t, err := time.Parse(time.RFC3339, text(part(r, k), "dateTime"))
		if err != nil {
			panic(err)
		}
		return t
	}
	e := calendar.Event{
		UID: id, Summary: text(r, "summary"), Location: text(r, "location"), Start: at("start"), End: at("end"),
		Description: html.UnescapeString(markup.Replace(link.ReplaceAllString(text(r, "description"), "$1"))),
	}
	alarms, _ := part(r, "reminders")["overrides"].([]any)
	for _, a := range alarms {
		e.Alarms = append(e.Alarms, -time.Duration(a.(map[string]any)["minutes"].(float64))*time.Minute)
	}
	if p := part(part(r, "extendedProperties"), "private"); text(p, "followup-key") == id {
		e.Marker = calendar.Marker{Key: id, Base: text(p, "followup-base"), Kind: text(p, "followup-kind")}
	}
	return e
}

// typeAtGoogle is a person who changes one field.
func typeAtGoogle(r map[string]any, f calendar.Field, e calendar.Event) {
	switch f {
	case calendar.FieldTitle:
		r["summary"] = e.Summary
	case calendar.FieldText:
		r["description"] = strings.ReplaceAll(html.EscapeString(e.Description), "\n", "<br>")
	case calendar.FieldLocation:
		r["location"] = e.Location
	case calendar.FieldTime:
		r["start"] = map[string]any{"dateTime": e.Start.Format(time.RFC3339), "timeZone": "Europe/Berlin"}
		r["end"] = map[string]any{"dateTime": e.End.Format(time.RFC3339), "timeZone": "Europe/Berlin"}
	case calendar.FieldAlarms:
		var list []any
		for _, a := range e.Alarms {
			list = append(list, map[string]any{"method": "popup", "minutes": int(-a / time.Minute)})
		}
		r["reminders"] = map[string]any{"useDefault": false, "overrides": list}
	default:
		panic(fmt.Sprint("nobody types ", f))
	}
}

// googleRiver is the user's primary calendar. Reading it is no step of the fuse:
// that it is read at the same time as the target would make steps a matter of luck.
type googleRiver struct{ *nina }

func (r *googleRiver) Open() Source {
	return r.open(&r.wire.Transport).Source("primary", google.ReadOptions{Name: "personal", Back: 90 * 24 * time.Hour, Ahead: 500 * 24 * time.Hour})
}

func (r *googleRiver) Put(e calendar.Event) { r.g.PutEvent(r.g.User, e) }
func (r *googleRiver) Remove(uid string)    { r.g.RemoveEvent(r.g.User, uid) }
func (r *googleRiver) Expire()              { r.g.Expire() }
func (r *googleRiver) Trouble(t *rapid.T)   { r.trouble(t, r.g.User) }
func (r *googleRiver) Calm()                { r.setFault(r.g.User, nil) }

// fewer bounds a random test that costs much, unless its length was asked for.
func fewer(t *testing.T, checks string) {
	f := flag.Lookup("rapid.checks")
	if was := f.Value.String(); was == shortRun {
		f.Value.Set(checks)
		t.Cleanup(func() { f.Value.Set(was) })
	}
}

// TestModelOnGoogle is TestModel with the adapter for Google, over a server that
// fails as Google's does; every request may be the last of the process. Often
// the calendar that is read is there, too.
func TestModelOnGoogle(t *testing.T) {
	fewer(t, "60")
	rapid.Check(t, func(rt *rapid.T) {
		m := emptyModel()
		n := newNina(t, m.fuse, func() time.Time { return m.now })
		defer n.obeyed(rt)
		n.g.Stubs, n.g.EmptyPages = rapid.Bool().Draw(rt, "stubs"), rapid.Bool().Draw(rt, "empty pages")
		n.g.PageSize = rapid.SampledFrom([]int{0, 1, 3}).Draw(rt, "page size")
		m.feeds = map[string]river{"work": n.river(), "home": memoryRiver{&calendartest.Memory{}}}
		if rapid.Bool().Draw(rt, "the feed is elsewhere") {
			m.feeds["work"] = memoryRiver{&calendartest.Memory{Tokens: true}}
		}
		m.aim(n.place())
		steps := m.steps()
		steps["own event"] = func(*rapid.T) { m.ownEvent() }
		steps["overlap"] = func(t *rapid.T) {
			if len(n.g.Made()) == 0 {
				t.Skip("two runs without a lock would make a calendar each")
			}
			m.overlap(t)
		}
		if rapid.IntRange(0, 2).Draw(rt, "the calendar may be deleted") == 0 {
			steps["calendar deleted"] = func(t *rapid.T) { m.calendarDeleted(t, n) }
		}
		rt.Repeat(steps)
		m.rest(rt)
	})
}

// calendarDeleted is the user who deletes the whole calendar. Nothing is written
// until they sign in again; then what is wanted is written anew.
func (m *model) calendarDeleted(t *rapid.T, n *nina) {
	made := n.g.Made()
	if len(made) == 0 {
		t.Skip("there is no calendar")
	}
	m.heal()
	for _, id := range made {
		n.g.RemoveCalendar(id)
	}
	m.foreign = false
	if rapid.Bool().Draw(t, "a run comes first") {
		if _, err := m.plan(); err != nil {
			t.Fatal(err)
		}
		if made := n.g.Made(); len(made) > 0 {
			t.Fatalf("the calendar was made anew behind the user's back: %v", made)
		}
	}
	n.signIn()
	m.tombstones = false // what was deleted is known to the state alone now
	for key := range m.written {
		delete(m.mine, key)
		m.unsure[key] = m.unsure[key] || m.deleted[key] && m.store.st.records[key].State != planner.Dismissed || m.store.st.records[key].State == planner.Done
	}
}

// TestStoriesOnGoogle is TestStories with the adapter for Google, which reads and writes.
func TestStoriesOnGoogle(t *testing.T) {
	fewer(t, "60")
	rapid.Check(t, func(rt *rapid.T) {
		s := newStories(t, rt)
		n := newNina(t, s.fuse, func() time.Time { return s.now })
		defer n.obeyed(rt)
		n.g.Now = func() time.Time { return s.now }
		n.g.Stubs, n.g.EmptyPages = rapid.Bool().Draw(rt, "stubs"), rapid.Bool().Draw(rt, "empty pages")
		s.aim(n.river(), n.place())
		s.tell()
	})
}
