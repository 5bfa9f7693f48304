package sync

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/calendar/ics"
	"followup/calendar/webcal"
)

// The crash matrix: for every k the process dies before and after its k-th step,
// a step being a call to the target or a write to the store, in each phase of a
// story. Then runs go on until nothing happens any more, and the calendar has to
// be what it is when nobody died.

// scene is one phase of the story: what happens before the run that dies, and
// what a person does to the calendar between the death and the next run.
type scene struct {
	name  string
	while time.Duration
	when  func(w *world)
	then  func(w *world)
}

var crashStory = []scene{
	{name: "first run", when: func(w *world) {
		w.feed.Put(invitation("Northwind", day(24, 10)), invitation("Contoso", day(25, 14)), invitation("Fabrikam", day(26, 9)))
	}},
	{name: "edits, a move, a deletion and a reschedule", while: time.Hour, when: func(w *world) {
		keys := w.standingKeys("Northwind")
		w.edit(keys[0], func(e *calendar.Event) { e.Summary = "my own title" })
		w.edit(w.standingKeys("Contoso")[0], func(e *calendar.Event) { e.Start, e.End = e.Start.Add(3*time.Hour), e.End.Add(3*time.Hour) })
		w.remove(w.standingKeys("Fabrikam")[0])
		w.feed.Put(invitation("Northwind", day(25, 10)), invitation("Contoso", day(26, 14)))
	}, then: func(w *world) {
		w.edit(w.standingKeys("Contoso")[1], func(e *calendar.Event) { e.Alarms = []time.Duration{-time.Hour} })
	}},
	{name: "a cancellation and a new application", while: time.Hour, when: func(w *world) {
		e := invitation("Fabrikam", day(26, 9))
		e.Status = calendar.StatusCancelled
		w.feed.Put(e, invitation("Tailspin", day(27, 11)))
	}, then: func(w *world) {
		w.edit(w.standingKeys("Northwind")[1], func(e *calendar.Event) { e.Description = "my own words" })
	}},
	{name: "un-cancelled, a new invitation under another UID, a deletion", while: time.Hour, when: func(w *world) {
		e := invitation("Tailspin", day(30, 11))
		e.UID = "reissued@tailspin.example"
		w.feed.Remove("panel@tailspin.example")
		w.feed.Put(e, invitation("Fabrikam", day(30, 9)))
	}, then: func(w *world) {
		w.remove(w.standingKeys("Contoso")[0])
	}},
	{name: "everything moves by an hour", while: time.Hour, when: func(w *world) {
		w.feed.Put(invitation("Northwind", day(25, 11)))
		e := invitation("Tailspin", day(30, 12))
		e.UID = "reissued@tailspin.example"
		w.feed.Put(e)
	}},
}

// standingKeys are the keys of what stands for the company, in the order of time
// and title as first written. They are taken from the store, so that what a
// person does to an event does not change them.
func (w *world) standingKeys(company string) []string {
	st, err := w.store.Load(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	var keys []string
	for _, r := range st.Records {
		if r.FollowUp.Company == company {
			keys = append(keys, remote(r))
		}
	}
	slices.Sort(keys)
	return keys
}

// settleDown runs until a run changes nothing.
func (w *world) settleDown() {
	w.t.Helper()
	w.fuse.Arm(0, false)
	for range 8 {
		w.job = w.newJob()
		run, err := w.try("")
		if err != nil {
			w.t.Fatalf("run after the death: %v", err)
		}
		if run.Quiet && !run.Partial() {
			return
		}
	}
	w.t.Fatal("does not come to rest")
}

// look is what a person sees of an event.
type look struct{ Key, Title, Text, Time, Alarms, Location string }

func looks(events []calendar.Event) []look {
	var out []look
	for _, e := range events {
		f := calendar.FieldsOf(e)
		out = append(out, look{e.Marker.Key, f[calendar.FieldTitle], f[calendar.FieldText], f[calendar.FieldTime], f[calendar.FieldAlarms], f[calendar.FieldLocation]})
	}
	return out
}

// tell plays the story; the process dies in the scene at the step. It returns
// how many steps the scene took, and what stands in the end.
func tell(t *testing.T, open func(*testing.T) *world, story []scene, at, step int, after bool) (steps int, end []look) {
	w := open(t)
	for i, s := range story {
		w.after(s.while)
		s.when(w)
		w.fuse.Arm(0, false)
		if i == at {
			w.fuse.Arm(step, after)
		}
		w.job = w.newJob()
		_, err := w.try("")
		if i == at {
			steps = w.fuse.Steps()
		}
		if err != nil && !w.fuse.Dead() {
			t.Fatalf("%s: %v", s.name, err)
		}
		w.fuse.Arm(0, false)
		if s.then != nil {
			s.then(w)
		}
		w.settleDown()
	}
	return steps, looks(w.stands())
}

var targetKinds = map[string]func(*calendartest.Memory){
	"sync tokens and tombstones": func(m *calendartest.Memory) { m.Tokens, m.Tombstones = true, true },
	"whole listings":             func(m *calendartest.Memory) { m.Tokens, m.Tombstones = false, false },
	"no ETags":                   func(m *calendartest.Memory) { m.Tokens, m.Tombstones, m.ETags = false, false, calendartest.NoETags },
	"weak ETags":                 func(m *calendartest.Memory) { m.Tokens, m.Tombstones, m.ETags = true, false, calendartest.WeakETags },
	"a server that rewrites texts": func(m *calendartest.Memory) {
		m.Rewrite = func(e *calendar.Event) { e.Description = strings.Join(strings.Fields(e.Description), " ") }
	},
}

// matrix plays the story once for every step of every scene, and twice: with a
// death before the step and after it. A stride leaves steps out, others in each scene.
func matrix(t *testing.T, open func(*testing.T) *world, story []scene, stride int) {
	_, want := tell(t, open, story, -1, 0, false)
	deaths := 0
	for at, s := range story {
		steps, _ := tell(t, open, story, at, 0, false)
		for k := 1 + at%stride; k <= steps; k += stride {
			for _, after := range []bool{false, true} {
				_, got := tell(t, open, story, at, k, after)
				deaths++
				if d := cmp.Diff(want, got); d != "" {
					t.Fatalf("died in %q at step %d of %d, after its effect: %v (-nobody died +died):\n%s", s.name, k, steps, after, d)
				}
			}
		}
	}
	t.Logf("the process died %d times", deaths)
}

func TestCrashMatrix(t *testing.T) {
	stride := 1
	if testing.Short() {
		stride = 5
	}
	for name, kind := range targetKinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			matrix(t, func(t *testing.T) *world { w := newWorld(t); kind(w.target); return w }, crashStory, stride)
		})
	}
}

// TestCrashMatrixOnAdapters plays the first half of the story against the real
// adapters: a file, Google's (a faithful fake of the server) and CalDAV (Radicale).
// With Google every request is a step. It dies at some of the steps, and at all of them with FOLLOWUP_LONG=1 (about 4 minutes).
func TestCrashMatrixOnAdapters(t *testing.T) {
	stride := 6
	if os.Getenv("FOLLOWUP_LONG") != "" {
		stride = 1
	}
	adapters := map[string]func(t *testing.T) func(t *testing.T, w *world) place{
		"ics file": func(*testing.T) func(*testing.T, *world) place {
			return func(t *testing.T, w *world) place {
				f := webcal.NewFile(filepath.Join(t.TempDir(), "followups.ics"), ics.Calendar{Name: "Follow-ups"})
				f.Now = func() time.Time { return w.now }
				return adapterPlace{t, f, w.fuse}
			}
		},
		"google": func(t *testing.T) func(*testing.T, *world) place {
			return func(t *testing.T, w *world) place {
				n := newNina(t, w.fuse, func() time.Time { return w.now })
				t.Cleanup(func() { n.obeyed(t) })
				return n.place()
			}
		},
		"caldav": func(t *testing.T) func(*testing.T, *world) place {
			base := startRadicale(t)
			n := 0
			return func(t *testing.T, w *world) place { n++; return adapterPlace{t, radicaleTarget(t, base, n), w.fuse} }
		},
	}
	for name, adapter := range adapters {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			make := adapter(t)
			matrix(t, func(t *testing.T) *world {
				w := newWorld(t)
				w.place = make(t, w)
				w.job = w.newJob()
				return w
			}, crashStory[:3], stride)
		})
	}
}
