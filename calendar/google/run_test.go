package google

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/planner"
	"followup/planner/draft"
	"followup/planner/interview"
	"followup/sync"
	"followup/sync/sqlite"
)

// The tests here make whole runs against the fake server: the calendar that is
// read, the one that is written to and the state are what they are for a user.

// world is a user with a Google account.
type world struct {
	t     *testing.T
	g     *calendartest.Google
	o     Options
	state string
	clock time.Time
	death *death
}

// death ends the process at one of its requests to the API, before it is done or
// after it with the reply lost. From then on nothing has any effect. (That it may
// die at any write to its state is tested with package sync.)
type death struct {
	mu    gosync.Mutex
	step  int
	at    int
	after bool
	dead  bool
	kill  context.CancelFunc
}

var errDead = errors.New("the process is dead")

func (d *death) arm(at int, after bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.step, d.at, d.after, d.dead = 0, at, after, false
}

func (d *death) begin(kill context.CancelFunc) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kill = kill
}

func (d *death) steps() (n int, dead bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.step, d.dead
}

func (d *death) request(calendartest.GoogleRequest) calendartest.GoogleFault {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.step++
	switch {
	case d.dead:
		return calendartest.GoogleFault{Drop: true}
	case d.step != d.at:
		return calendartest.GoogleFault{}
	}
	d.dead = true
	defer d.kill()
	return calendartest.GoogleFault{Drop: !d.after, Lose: d.after}
}

// mortal is a state file of a process that may be dead.
type mortal struct {
	*sqlite.Store
	d *death
}

func (m mortal) do(write func() error) error {
	if _, dead := m.d.steps(); dead {
		return errDead
	}
	return write()
}

func (m mortal) Observe(ctx context.Context, o sync.Observed) error {
	return m.do(func() error { return m.Store.Observe(ctx, o) })
}
func (m mortal) Intend(ctx context.Context, in []sync.Intent) error {
	return m.do(func() error { return m.Store.Intend(ctx, in) })
}
func (m mortal) Save(ctx context.Context, o sync.Outcome) error {
	return m.do(func() error { return m.Store.Save(ctx, o) })
}
func (m mortal) Note(n sync.Notes) error { return m.do(func() error { return m.Store.Note(n) }) }

func newWorld(t *testing.T) *world {
	g := fake(t)
	return &world{t: t, g: g, o: options(t, g), state: filepath.Join(t.TempDir(), "state.db"), clock: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), death: &death{}}
}

var drafts = func() *draft.Set {
	set, _, err := draft.Load()
	if err != nil {
		panic(err)
	}
	return set
}()

// try makes one run as a process of its own.
func (w *world) try() (run sync.Run, err error) {
	w.t.Helper()
	err = w.process(func(ctx context.Context, job *sync.Job) (err error) {
		if run, err = job.Plan(ctx); err != nil {
			return err
		}
		run, err = job.Apply(ctx, run, "")
		return err
	})
	return run, err
}

func (w *world) process(do func(context.Context, *sync.Job) error) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w.death.begin(cancel)
	o := w.o
	o.Now = func() time.Time { return w.clock }
	a, err := Open(ctx, o)
	if err != nil {
		return err
	}
	store, err := sqlite.Open(w.state)
	if err != nil {
		return err
	}
	defer store.Close()
	policy := planner.DefaultPolicy()
	policy.Me = interview.Me{Name: "Nina Vogt", Emails: []string{w.g.User}, Location: now.Location()}
	window := calendar.Window{From: w.clock.AddDate(0, 0, -45), To: w.clock.AddDate(0, 0, 60)}
	job := &sync.Job{
		Feeds:  []sync.Feed{{Name: "personal", Fingerprint: "google primary", Source: a.Source("primary", ReadOptions{Name: "personal", Window: window})}},
		Target: a.Target(TargetOptions{}), TargetFingerprint: "google follow-ups",
		Store: mortal{store, w.death}, Policy: policy, Drafts: drafts, Now: o.Now,
		Sleep: func(context.Context, time.Duration) error { return nil },
	}
	return do(ctx, job)
}

// run makes a run that must succeed.
func (w *world) run() sync.Run {
	w.t.Helper()
	run, err := w.try()
	if err != nil || run.Partial() {
		w.t.Fatalf("run: %v, failed %+v", err, run.Failed)
	}
	return run
}

// settle runs until nothing happens any more.
func (w *world) settle() {
	w.t.Helper()
	w.death.arm(0, false)
	for range 8 {
		run, err := w.try()
		if err != nil {
			w.t.Fatalf("run after the death: %v", err)
		}
		if run.Quiet && !run.Partial() {
			return
		}
	}
	w.t.Fatal("does not come to rest")
}

// stands is what stands in the follow-ups' calendars, as a person sees it, by
// calendar and id.
func (w *world) stands() map[string]string {
	out := map[string]string{}
	for i, id := range w.g.Made() {
		for key, r := range w.g.Events(id) {
			out[fmt.Sprint(i, " ", key)] = fmt.Sprint(r["summary"], "|", r["start"], "|", r["end"], "|", r["reminders"], "|", fromHTML(r["description"].(string)))
		}
	}
	return out
}

// keys are the ids of what stands whose title has the words, in order.
func (w *world) keys(words string) []string {
	w.t.Helper()
	var keys []string
	for _, id := range w.g.Made() {
		for key, r := range w.g.Events(id) {
			if strings.Contains(r["summary"].(string)+r["description"].(string), words) {
				keys = append(keys, key)
			}
		}
	}
	if len(keys) == 0 {
		w.t.Fatalf("nothing stands with %q: %v", words, w.stands())
	}
	return slices.Sorted(slices.Values(keys))
}

// home is the calendar that an event stands in.
func (w *world) home(key string) string {
	w.t.Helper()
	for _, id := range w.g.Made() {
		if w.g.Events(id)[key] != nil {
			return id
		}
	}
	w.t.Fatalf("%s does not stand", key)
	return ""
}

func (w *world) edit(key string, edit func(map[string]any)) { w.g.Edit(w.home(key), key, edit) }

func (w *world) remove(key string) { w.g.Remove(w.home(key), key) }

func (w *world) invite(company string, day, hour int, more ...string) {
	domain := strings.ToLower(company) + ".example"
	person := func(name, mail string) calendar.Person {
		return calendar.Person{Name: name, Email: mail, PartStat: calendar.PartStatAccepted}
	}
	ana := person("Ana Ruiz", "ana.ruiz@"+domain)
	guests := []calendar.Person{ana, person("Ben Okafor", "ben.okafor@"+domain), person("Nina Vogt", w.g.User)}
	for _, name := range more {
		guests = append(guests, person(name, strings.ReplaceAll(strings.ToLower(name), " ", ".")+"@"+domain))
	}
	w.g.PutEvent(w.g.User, calendar.Event{
		UID: "panel@" + domain, Summary: "Interview with " + company + ": Data Engineer", Status: calendar.StatusConfirmed,
		Description: "Hello Nina, we look forward to the interview for the position of Data Engineer at " + company + ".",
		Start:       at(day, hour), End: at(day, hour+1), TimeZone: "Europe/Berlin",
		Organizer: ana, Attendees: guests,
	})
}

func (w *world) requests() (read, write int) {
	for _, r := range w.g.Log() {
		switch r.ID {
		case "calendar.events.list", "calendar.events.get":
			read++
		default:
			write++
		}
	}
	return read, write
}

// The story of one application, with every request counted.
func TestStory(t *testing.T) {
	w := newWorld(t)
	step := func(name string, reads, writes int) {
		t.Helper()
		r0, w0 := w.requests()
		w.run()
		r1, w1 := w.requests()
		if r1-r0 != reads || w1-w0 != writes {
			t.Errorf("%s: %d reads and %d writes, want %d and %d", name, r1-r0, w1-w0, reads, writes)
		}
	}
	w.invite("Northwind", 24, 10, "Carla Weiss")
	r0, _ := w.requests()
	w.run()
	if r1, _ := w.requests(); r1-r0 > 2 {
		t.Errorf("the first run read %d times", r1-r0)
	}
	first := w.stands()
	if len(first) < 3 || len(w.g.Made()) != 1 {
		t.Fatalf("after the first run %d events stand in %v", len(first), w.g.Made())
	}
	own := w.g.Made()[0]
	step("nothing changed", 2, 0) // one a calendar
	step("nothing changed, again", 2, 0)
	size, _ := os.ReadFile(w.state)
	step("nothing changed, a third time", 2, 0)
	if again, _ := os.ReadFile(w.state); string(size) != string(again) {
		t.Error("the state was written although nothing changed")
	}

	t.Log("the interview moves by a day: the follow-ups move along, under the same ids")
	w.invite("Northwind", 25, 10, "Carla Weiss")
	w.run()
	moved := w.stands()
	if !slices.Equal(slices.Sorted(maps.Keys(first)), slices.Sorted(maps.Keys(moved))) {
		t.Errorf("ids were %v, are %v", slices.Sorted(maps.Keys(first)), slices.Sorted(maps.Keys(moved)))
	}
	for k := range first {
		if first[k] == moved[k] {
			t.Errorf("%s did not move: %s", k, moved[k])
		}
	}

	t.Log("the user renames one, moves one and deletes one")
	keys := w.keys("Northwind")
	w.edit(keys[0], func(r map[string]any) { r["summary"] = "my own title" })
	w.edit(keys[1], func(r map[string]any) {
		r["start"], r["end"] = map[string]any{"dateTime": at(29, 9).Format(time.RFC3339), "timeZone": "Europe/Berlin"}, map[string]any{"dateTime": at(29, 10).Format(time.RFC3339), "timeZone": "Europe/Berlin"}
	})
	w.g.Remove(own, keys[2])
	w.run()
	w.invite("Northwind", 26, 10, "Carla Weiss")
	w.run()
	got := w.g.Events(own)
	if got[keys[0]]["summary"] != "my own title" || got[keys[2]] != nil {
		t.Errorf("the user's title is %v, the deleted one %v", got[keys[0]]["summary"], got[keys[2]])
	}
	if s := got[keys[1]]["start"].(map[string]any)["dateTime"]; s != at(29, 9).Format(time.RFC3339) {
		t.Errorf("the one that the user moved is at %v", s)
	}

	t.Log("the state is lost: nothing twice, nothing revived, nothing overwritten")
	before := w.stands()
	for _, suffix := range []string{"", "-wal", "-shm", ".notes"} {
		os.Remove(w.state + suffix)
	}
	w.run()
	w.run()
	if d := cmp.Diff(before, w.stands()); d != "" {
		t.Errorf("after the state was lost (-before +after):\n%s", d)
	}

	t.Log("the access token ends: one renewal, and the run goes on")
	v := fileVault(w.o.TokenFile)
	g, err := v.load()
	if err != nil {
		t.Fatal(err)
	}
	g.Expiry = time.Now().Add(-time.Minute)
	if err := v.save(g); err != nil {
		t.Fatal(err)
	}
	n := w.g.Renewals()
	step("with a token that ended", 2, 0)
	if w.g.Renewals() != n+1 {
		t.Errorf("%d renewals", w.g.Renewals()-n)
	}

	t.Log("the sign-in is revoked: nothing is touched")
	grant, _ := os.ReadFile(w.o.TokenFile)
	w.g.Revoke()
	run, err := w.try()
	if serr := run.SignIn(); err == nil && serr == nil {
		t.Errorf("no word of the sign-in: %+v", run.Failed)
	}
	if d := cmp.Diff(before, w.stands()); d != "" {
		t.Errorf("something changed: %s", d)
	}
	if after, _ := os.ReadFile(w.o.TokenFile); string(after) != string(grant) {
		t.Error("the sign-in was changed")
	}
	write(t, w.o.TokenFile, w.g.Grant(time.Now().Add(time.Hour), bothScopes...))
	w.run()

	t.Log("the interview is cancelled: what the user touched stays, the rest goes")
	w.g.RemoveEvent(w.g.User, "panel@northwind.example")
	w.run()
	if got := w.g.Events(own); got[keys[0]] == nil || got[keys[1]] == nil || len(got) != 2 {
		t.Errorf("stand %v; want what the user changed", w.stands())
	}
	if w.g.Mails() != 0 {
		t.Errorf("%d mails", w.g.Mails())
	}
}

// After a purge the same follow-ups can be written again, which in the old
// calendar they could not: Google never frees an id.
func TestPurge(t *testing.T) {
	w := newWorld(t)
	w.invite("Northwind", 24, 10)
	w.run()
	want := merge(w.stands())
	err := w.process(func(ctx context.Context, job *sync.Job) error {
		run, err := job.PlanPurge(ctx)
		if err != nil {
			return err
		}
		if run, err = job.ApplyPurge(ctx, run, run.Guard.Token); err != nil || run.Partial() {
			return fmt.Errorf("%w %+v", err, run.Failed)
		}
		_, err = job.Target.(*Target).RemoveCalendar(ctx)
		return err
	})
	if err != nil || len(w.g.Made()) > 0 {
		t.Fatalf("purge: %v; left are %v", err, w.g.Made())
	}
	w.run()
	if d := cmp.Diff(want, merge(w.stands())); d != "" {
		t.Errorf("after a purge (-before +after):\n%s", d)
	}
}

// Every sync token is forgotten: everything is read again, and nothing is done.
func TestExpiredTokens(t *testing.T) {
	w := newWorld(t)
	w.invite("Northwind", 24, 10)
	w.invite("Contoso", 25, 14)
	w.settle()
	before := w.stands()
	w.g.Expire()
	_, writes := w.requests()
	w.run()
	if _, after := w.requests(); after != writes {
		t.Errorf("%d writes", after-writes)
	}
	if d := cmp.Diff(before, w.stands()); d != "" {
		t.Error(d)
	}
}

// scenes are the crash matrix's story.
var scenes = []func(w *world){
	func(w *world) { w.invite("Northwind", 24, 10); w.invite("Contoso", 25, 14) },
	func(w *world) {
		w.edit(w.keys("Northwind")[0], func(r map[string]any) { r["summary"] = "my own title" })
		w.remove(w.keys("Contoso")[0])
		w.invite("Northwind", 25, 11)
		w.invite("Contoso", 26, 9)
	},
	func(w *world) {
		w.g.RemoveEvent(w.g.User, "panel@contoso.example")
		w.invite("Tailspin", 27, 11)
	},
}

// tell plays the story; in one scene the process dies at a step.
func tell(t *testing.T, scene, step int, after bool) (steps int, end map[string]string) {
	w := newWorld(t)
	w.g.SetFault(w.death.request)
	for i, s := range scenes {
		s(w)
		w.death.arm(0, false)
		if i == scene {
			w.death.arm(step, after)
		}
		_, err := w.try()
		n, dead := w.death.steps()
		if i == scene {
			steps = n
		}
		if err != nil && !dead {
			t.Fatalf("scene %d: %v", i, err)
		}
		w.settle()
		w.clock = w.clock.Add(time.Hour)
	}
	return steps, w.stands()
}

// The process dies at every request, before and after its effect. The runs that follow end where they would have ended anyway.
func TestCrashMatrix(t *testing.T) {
	_, want := tell(t, -1, 0, false)
	deaths := 0
	for scene := range scenes {
		steps, _ := tell(t, scene, 0, false)
		for step := 1; step <= steps; step++ {
			for _, after := range []bool{false, true} {
				_, got := tell(t, scene, step, after)
				deaths++
				if d := cmp.Diff(merge(want), merge(got)); d != "" {
					t.Fatalf("scene %d, step %d of %d, after its effect %v (-nobody died +died):\n%s", scene, step, steps, after, d)
				}
			}
		}
	}
	t.Logf("the process died %d times", deaths)
}

// merge drops which calendar an event stands in: when the answer to making it was
// lost, an empty one may be left. An event that stands twice is seen by its count.
func merge(stands map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range stands {
		_, key, _ := strings.Cut(k, " ")
		out[key] += v
	}
	return out
}

// Thirty of a hundred requests fail for a while, of which some were carried out.
func TestRunsUnderChaos(t *testing.T) {
	quiet := newWorld(t)
	for _, s := range scenes {
		s(quiet)
		quiet.settle()
		quiet.clock = quiet.clock.Add(time.Hour)
	}
	want := merge(quiet.stands())
	for seed := range 12 {
		w := newWorld(t)
		n := seed*7919 + 1
		for _, s := range scenes {
			s(w)
			w.g.SetFault(func(r calendartest.GoogleRequest) calendartest.GoogleFault {
				n = (n*1103515245 + 12345) & 0x7fffffff
				switch x := (n >> 8) % 100; {
				case x < 8:
					return calendartest.GoogleFault{Status: 403, Reason: "rateLimitExceeded"}
				case x < 16:
					return calendartest.GoogleFault{Status: 429, RetryAfter: "0"}
				case x < 22:
					return calendartest.GoogleFault{Status: 500}
				case x < 26:
					return calendartest.GoogleFault{Lose: r.ID != "calendar.calendars.insert"}
				case x < 28:
					return calendartest.GoogleFault{Drop: r.ID != "calendar.calendars.insert"}
				case x < 30:
					return calendartest.GoogleFault{Cut: 15, Unframed: true}
				}
				return calendartest.GoogleFault{}
			})
			for range 3 {
				w.try() //nolint:errcheck // what failed is for the next run
			}
			w.g.SetFault(nil)
			w.settle()
			w.clock = w.clock.Add(time.Hour)
		}
		if d := cmp.Diff(want, merge(w.stands())); d != "" {
			t.Fatalf("seed %d (-quiet +chaos):\n%s", seed, d)
		}
	}
}
