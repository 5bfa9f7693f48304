package google

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"followup/calendar"
	"followup/calendar/calendartest"
)

// now is the time at which the tests play; the window around it is wide enough
// for all events of the suites.
var now = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)

func window() calendar.Window {
	return calendar.Window{From: now.AddDate(0, 0, -45), To: now.AddDate(0, 0, 60)}
}

// fake starts a server whose every violation of the documentation fails the
// test.
func fake(t *testing.T) *calendartest.Google {
	t.Helper()
	g, err := calendartest.NewGoogle()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		g.Close()
		for _, v := range g.Violations() {
			t.Errorf("against the documentation: %s", v)
		}
		if n := g.Mails(); n > 0 {
			t.Errorf("%d mails were sent", n)
		}
	})
	return g
}

var bothScopes = []string{ScopeReadOwned, ScopeWrite}

// options signs in at the fake and returns what Open needs, with retries that
// don't wait.
func options(t *testing.T, g *calendartest.Google, scopes ...string) Options {
	t.Helper()
	dir := t.TempDir()
	o := Options{
		ClientFile: filepath.Join(dir, "client.json"), TokenFile: filepath.Join(dir, "token.json"), Endpoint: g.Endpoint(),
		Backoff: time.Millisecond, WriteRate: 1e6, Now: func() time.Time { return now },
	}
	write(t, o.ClientFile, g.ClientFile())
	if len(scopes) == 0 {
		scopes = bothScopes
	}
	write(t, o.TokenFile, g.Grant(time.Now().Add(time.Hour), scopes...))
	return o
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, o Options) *Account {
	t.Helper()
	a, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// failAll makes every request of the API fail until mended.
func failAll(g *calendartest.Google, f calendartest.GoogleFault) (mend func()) {
	g.SetFault(func(calendartest.GoogleRequest) calendartest.GoogleFault { return f })
	return func() { g.SetFault(nil) }
}

// eventWrite tells whether the request changes an event.
func eventWrite(r calendartest.GoogleRequest) bool {
	switch r.ID {
	case "calendar.events.insert", "calendar.events.patch", "calendar.events.delete":
		return true
	}
	return false
}

func TestSource(t *testing.T) {
	shapes := map[string]func(*calendartest.Google){
		"plain":       func(*calendartest.Google) {},
		"stubs":       func(g *calendartest.Google) { g.Stubs = true },
		"short pages": func(g *calendartest.Google) { g.PageSize, g.EmptyPages = 1, true },
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			calendartest.SourceSuite(t, func(t *testing.T) calendartest.SourceFixture {
				g := fake(t)
				shape(g)
				s := open(t, options(t, g)).Source("primary", ReadOptions{Name: "personal", Window: window()})
				f := calendartest.SourceFixture{
					Source: s,
					Put:    func(e calendar.Event) { g.PutEvent(g.User, e) },
					Remove: func(e calendar.Event) { g.RemoveEvent(g.User, e.UID) },
					Break:  func() func() { return failAll(g, calendartest.GoogleFault{Status: 500}) },
					Expire: g.Expire,
					Count:  s.Requests,
					Proves: true,
					// Google names the calendar's owner as the organizer of what has none.
					Drops: func(field string) bool { return field == "alarms" || field == "organizer" },
				}
				if g.PageSize > 0 {
					f.Count = nil // pages of one event
				}
				if g.Stubs {
					// A stub of an event that was never seen has no UID.
					f.Drops = func(field string) bool { return field == "alarms" || field == "organizer" || field == "status" }
				}
				return f
			})
		})
	}
}

func TestTarget(t *testing.T) {
	for name, shape := range map[string]func(*calendartest.Google){
		"plain":    func(*calendartest.Google) {},
		"stubs":    func(g *calendartest.Google) { g.Stubs = true },
		"undelete": func(g *calendartest.Google) { g.Undelete = true },
		"pages":    func(g *calendartest.Google) { g.PageSize, g.EmptyPages = 1, true },
	} {
		t.Run(name, func(t *testing.T) {
			calendartest.TargetSuite(t, func(t *testing.T) calendartest.TargetFixture {
				g := fake(t)
				shape(g)
				return targetFixture(t, g, open(t, options(t, g)).Target(TargetOptions{}))
			})
		})
	}
}

func targetFixture(t *testing.T, g *calendartest.Google, target *Target) calendartest.TargetFixture {
	own := func() string {
		made := g.Made()
		if len(made) != 1 {
			t.Fatalf("calendars made: %v, want one", made)
		}
		return made[0]
	}
	f := calendartest.TargetFixture{
		Target: target,
		Edit: func(key string, edit func(*calendar.Event)) {
			g.Edit(own(), key, func(r map[string]any) { editAsEvent(t, r, edit) })
		},
		Remove: func(key string) { g.Remove(own(), key) },
		Lose: func() {
			done := false
			g.SetFault(func(r calendartest.GoogleRequest) calendartest.GoogleFault {
				if done || !eventWrite(r) {
					return calendartest.GoogleFault{}
				}
				done = true
				return calendartest.GoogleFault{Lose: true}
			})
		},
		Expire:     g.Expire,
		Count:      target.Requests,
		Raw:        func(key string) string { return rawWithoutOrganizer(g.Events(own())[key]) },
		Tombstones: true,
	}
	f.Foreign = func(e calendar.Event) {
		if len(g.Made()) == 0 {
			if _, err := target.Create(context.Background(), calendartest.FollowUp(7)); err != nil {
				t.Fatal(err)
			}
			g.Remove(own(), calendartest.FollowUp(7).UID)
		}
		g.PutEvent(own(), e)
	}
	if g.PageSize > 0 {
		f.Count = nil
	}
	return f
}
