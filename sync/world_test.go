package sync

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/planner"
	"followup/planner/draft"
	"followup/planner/interview"
)

var berlin, newYork = zone("Europe/Berlin"), zone("America/New_York")

func zone(name string) *time.Location {
	l, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return l
}

// world is a user with one calendar that is read and one that is written to.
type world struct {
	t      *testing.T
	now    time.Time
	fuse   *calendartest.Fuse
	feed   *calendartest.Memory
	target *calendartest.Memory
	place  place // the target, or another calendar in its place
	store  Store
	job    *Job
}

var drafts = func() *draft.Set {
	set, _, err := draft.Load()
	if err != nil {
		panic(err)
	}
	return set
}()

func newWorld(t *testing.T) *world {
	w := &world{t: t, fuse: &calendartest.Fuse{}, now: time.Date(2026, 11, 23, 8, 0, 0, 0, berlin)}
	w.feed = &calendartest.Memory{Tokens: true, Tombstones: true}
	w.target = &calendartest.Memory{Tokens: true, Tombstones: true, Ours: true, Fuse: w.fuse}
	w.place = memoryPlace{w.target}
	w.store = &memStore{fuse: w.fuse}
	w.job = w.newJob()
	return w
}

func (w *world) newJob() *Job {
	policy := planner.DefaultPolicy()
	policy.Me = interview.Me{Name: "Nina Vogt", Emails: []string{"nina@vogt.example"}, Location: berlin}
	return &Job{
		Feeds:  []Feed{{Name: "personal", Fingerprint: "memory", Source: w.feed}},
		Target: w.place.Open(), TargetFingerprint: "memory",
		Store: w.store, Policy: policy, Drafts: drafts,
		Now:   func() time.Time { return w.now },
		Sleep: func(context.Context, time.Duration) error { return nil },
	}
}

// company makes an invitation to an interview with Ana Ruiz and a colleague.
func invitation(company string, start time.Time) calendar.Event {
	domain := strings.ToLower(company) + ".example"
	ana := calendar.Person{Name: "Ana Ruiz", Email: "ana.ruiz@" + domain, PartStat: calendar.PartStatAccepted}
	ben := calendar.Person{Name: "Ben Okafor", Email: "ben.okafor@" + domain, PartStat: calendar.PartStatAccepted}
	nina := calendar.Person{Name: "Nina Vogt", Email: "nina@vogt.example", PartStat: calendar.PartStatAccepted}
	return calendar.Event{
		UID: "panel@" + domain, Summary: "Interview with " + company + ": Data Engineer", Status: calendar.StatusConfirmed,
		Description: "Hello Nina, we look forward to the interview for the position of Data Engineer at " + company + ".",
		Start:       start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
		Organizer: ana, Attendees: []calendar.Person{ana, ben, nina}, Updated: start.AddDate(0, 0, -10),
	}
}

func day(d, h int) time.Time { return time.Date(2026, 11, d, h, 0, 0, 0, berlin) }

// run makes one run, which must not fail.
func (w *world) run() Run {
	w.t.Helper()
	run, err := w.try("")
	if err != nil {
		w.t.Fatalf("run: %v", err)
	}
	if run.Partial() {
		w.t.Fatalf("run was partial: %+v", run.Failed)
	}
	return run
}

func (w *world) try(token string) (Run, error) {
	run, err := w.job.Plan(context.Background())
	if err != nil {
		return run, err
	}
	return w.job.Apply(context.Background(), run, token)
}

func (w *world) after(d time.Duration) *world { w.now = w.now.Add(d); return w }

// titles are the titles of what stands in the target.
func (w *world) titles() []string {
	var out []string
	for _, e := range w.target.Events() {
		out = append(out, e.Summary)
	}
	slices.Sort(out)
	return out
}

func (w *world) ofKind(kind draft.Kind) []calendar.Event {
	var out []calendar.Event
	for _, e := range w.target.Events() {
		if e.Marker.Kind == string(kind) {
			out = append(out, e)
		}
	}
	return out
}

func (w *world) one(kind draft.Kind) calendar.Event {
	w.t.Helper()
	events := w.ofKind(kind)
	if len(events) == 0 {
		w.t.Fatalf("no %s stands; there are %q", kind, w.titles())
	}
	return events[0]
}

// quiet makes a run in which nothing may happen.
func (w *world) quiet() {
	w.t.Helper()
	before, writes := w.store.(*memStore).st.revision, w.target.Requests().Write
	reads := w.target.Requests().Read + w.feed.Requests().Read
	run := w.run()
	if len(run.Changes) > 0 {
		w.t.Errorf("nothing happened, but the run has changes: %+v", run.Changes)
	}
	if n := w.store.(*memStore).st.revision - before; n != 0 {
		w.t.Errorf("nothing happened, but the state was written %d times", n)
	}
	if n := w.target.Requests().Write - writes; n != 0 {
		w.t.Errorf("nothing happened, but %d writes were made", n)
	}
	if n := w.target.Requests().Read + w.feed.Requests().Read - reads; n > 2 {
		w.t.Errorf("nothing happened, but %d reads were made", n)
	}
}

// edit changes an event in the target, as a person does: the marker stays as it is.
func (w *world) edit(key string, edit func(*calendar.Event)) {
	w.t.Helper()
	if !w.place.Edit(key, edit) {
		w.t.Fatalf("%s does not stand", key)
	}
}

// remove deletes an event in the target, as a person does.
func (w *world) remove(key string) {
	w.t.Helper()
	if !w.place.Remove(key) {
		w.t.Fatalf("%s does not stand", key)
	}
}

// stands lists what stands in the target, by key.
func (w *world) stands() []calendar.Event { return w.place.Events() }
