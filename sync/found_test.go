package sync

import (
	"context"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/planner"
	"followup/planner/draft"
)

// Every bug that the crash matrix and the model found stays here as a case.

// shortRun is how many random schedules a test plays when nothing is said.
const shortRun = "300"

// TestMain makes the random tests the same every time, unless they are asked for
// another seed or length.
func TestMain(m *testing.M) {
	flag.Parse()
	for name, was := range map[string][2]string{"rapid.seed": {"0", "20261124"}, "rapid.checks": {"100", shortRun}} {
		if f := flag.Lookup(name); f != nil && f.Value.String() == was[0] {
			f.Value.Set(was[1])
		}
	}
	os.Exit(m.Run())
}

func cancelled(company string, start time.Time) calendar.Event {
	e := invitation(company, start)
	e.Status = calendar.StatusCancelled
	return e
}

// The short way of a run with nothing new kept the strikes of a record from being counted.
func TestFoundStrikesOfARebuiltRecord(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(27, 10)), invitation("Contoso", day(27, 14)))
	w.run()
	w.loseState()
	w.feed.Remove("panel@northwind.example")
	for range 4 {
		w.after(61 * time.Minute).run()
	}
	for _, title := range w.titles() {
		if strings.Contains(title, "Northwind") {
			t.Errorf("%q is left over", title)
		}
	}
}

// A server's way of writing a text was taken for the user's edit once the state was lost.
func TestFoundRewrittenTextsAfterALostState(t *testing.T) {
	w := newWorld(t)
	targetKinds["a server that rewrites texts"](w.target)
	w.feed.Put(invitation("Northwind", day(27, 10)))
	w.run()
	w.loseState()
	w.run()
	w.feed.Put(cancelled("Northwind", day(27, 10)))
	w.after(time.Hour).run()
	if got := w.titles(); len(got) > 0 {
		t.Errorf("%q are left over", got)
	}
}

// Deletions that were only meant to follow were taken for done when a run died,
// so that what a person deleted meanwhile came back.
func TestFoundDeletedWhileARunMeantTo(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(27, 10)), invitation("Contoso", day(27, 14)))
	w.run()
	w.feed.Put(cancelled("Northwind", day(27, 10)))
	deletions := 0
	w.target.Fault = func(c calendartest.Call) calendartest.Fault {
		if c.Op == calendartest.OpDelete {
			deletions++
		}
		return calendartest.Fault{}
	}
	w.after(time.Hour)
	for k := 1; deletions == 0; k++ {
		w.fuse.Arm(k, true)
		w.job = w.newJob()
		w.try("")
	}
	w.fuse.Arm(0, false)
	w.target.Fault = nil
	gone := ""
	for _, e := range w.target.Events() {
		if strings.Contains(e.Summary, "Northwind") {
			w.target.Remove(e.UID)
			gone = e.Summary
		}
	}
	if gone == "" {
		t.Fatal("the run did not die between two deletions")
	}
	w.job = w.newJob()
	w.run()
	w.feed.Put(invitation("Northwind", day(27, 10)))
	w.after(time.Hour).run()
	for _, title := range w.titles() {
		if title == gone {
			t.Errorf("%q came back", title)
		}
	}
}

// A stale listing showed the deleted event again and undid what the user asked for.
func TestFoundStaleListingAfterRestore(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(27, 10)))
	w.run()
	key := w.one(draft.ThankYou).UID
	w.target.Remove(key)
	w.after(time.Minute).run()
	if _, err := w.job.Restore(context.Background(), key); err != nil {
		t.Fatal(err)
	}
	w.target.Expire()
	stale := 0
	w.target.Fault = func(c calendartest.Call) calendartest.Fault {
		stale++
		return calendartest.Fault{Stale: map[bool]int{true: 1}[c.Op == calendartest.OpChanges && stale > 1]}
	}
	w.after(time.Minute).try("")
	w.target.Fault = nil
	w.after(time.Minute).run()
	w.after(time.Minute).run()
	w.one(draft.ThankYou)
}

// A listing that says itself that it is not whole was written by, with nothing
// remembered.
func TestFoundPartialListingAfterALostState(t *testing.T) {
	for name, kind := range targetKinds {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			kind(w.target)
			w.feed.Put(invitation("Northwind", day(27, 10)))
			w.run()
			w.feed.Put(cancelled("Northwind", day(27, 10)))
			w.after(time.Hour).run()
			w.feed.Put(invitation("Northwind", day(27, 10)))
			w.after(time.Hour).run()
			before, writes := len(w.target.Events()), w.target.Requests().Write
			w.loseState()
			w.target.Fault = calendartest.Always(calendartest.OpChanges, calendartest.Fault{Partial: true})
			run, err := w.try("")
			if err != nil || !run.Partial() || w.target.Requests().Write != writes {
				t.Errorf("error %v, partial %v, %d writes", err, run.Partial(), w.target.Requests().Write-writes)
			}
			w.target.Fault = nil
			w.run()
			if n := len(w.target.Events()); n != before {
				t.Errorf("%d stand, %d did", n, before)
			}
		})
	}
}

// What a run had written again before it died was taken for something that the
// user had brought back, and stayed when it was cancelled.
func TestFoundWrittenAgainBeforeDeath(t *testing.T) {
	for name, kind := range targetKinds {
		for k := 1; k <= 12; k++ {
			w := newWorld(t)
			kind(w.target)
			w.feed.Put(invitation("Northwind", day(27, 10)))
			w.run()
			w.feed.Put(cancelled("Northwind", day(27, 10)))
			w.after(time.Hour).run()
			w.feed.Put(invitation("Northwind", day(27, 10)))
			w.fuse.Arm(k, true)
			w.after(time.Hour).job = w.newJob()
			w.try("")
			w.fuse.Arm(0, false)
			w.job = w.newJob()
			w.feed.Put(cancelled("Northwind", day(27, 10)))
			w.after(time.Hour).run()
			if got := w.titles(); len(got) > 0 {
				t.Fatalf("%s: died at step %d, and %q are left over", name, k, got)
			}
		}
	}
}

// A reply that was lost made a rewriting server's text the user's own.
func TestFoundRewrittenTextAfterALostReply(t *testing.T) {
	w := newWorld(t)
	targetKinds["a server that rewrites texts"](w.target)
	w.target.Fault = calendartest.Always(calendartest.OpCreate, calendartest.Lost())
	w.feed.Put(invitation("Northwind", day(24, 10)))
	w.run()
	w.target.Fault = nil
	st, err := w.store.Load(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range st.Records {
		if len(r.Owned) > 0 || r.State != planner.Written {
			t.Errorf("%q is %s, and the user's are %v", r.FollowUp.Title, r.State, r.Owned)
		}
	}
}

// What the user did while a run was writing was seen at its end, and then the
// short way of the next runs took the plan for up to date.
func TestFoundUntickedDuringARun(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(24, 10)))
	w.run()
	key := w.one(draft.ThankYou).UID
	w.target.Edit(key, func(e *calendar.Event) { e.Summary = "✓ " + e.Summary })
	w.feed.Put(invitation("Northwind", day(25, 10)))
	plan, err := w.after(time.Minute).job.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	w.target.Edit(key, func(e *calendar.Event) { e.Summary = "not done after all" })
	if _, err := w.job.Apply(context.Background(), plan, ""); err != nil {
		t.Fatal(err)
	}
	was, _ := w.target.Find(key)
	w.after(time.Minute).run()
	if got, _ := w.target.Find(key); !got.Start.Equal(was.Start.AddDate(0, 0, 1)) {
		t.Errorf("the interview moved a day, the thank-you from %v to %v", was.Start, got.Start)
	}
}

// When the reply to writing it again was lost, what the user had changed in the
// event before it was withdrawn counted as changed in the new one.
func TestFoundEditsOfAnEarlierEvent(t *testing.T) {
	for name, kind := range targetKinds {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			kind(w.target)
			w.feed.Put(invitation("Northwind", day(27, 10)))
			w.run()
			key := w.one(draft.ThankYou).UID
			w.target.Edit(key, func(e *calendar.Event) { e.Summary = "mine" })
			w.after(time.Minute).run()
			w.target.Remove(key)
			w.after(time.Minute).run()
			if _, err := w.job.Restore(context.Background(), key); err != nil {
				t.Fatal(err)
			}
			w.target.Fault = calendartest.Always(calendartest.OpCreate, calendartest.Lost())
			w.after(time.Minute).run()
			w.target.Fault = nil
			w.one(draft.ThankYou)
			w.feed.Put(cancelled("Northwind", day(27, 10)))
			w.after(time.Hour).run()
			if got := w.titles(); len(got) > 0 {
				t.Errorf("%q are left over", got)
			}
		})
	}
}

// After a reissued invitation and a lost state, the event that stood was taken
// for another interview's, and a second one was written.
func TestFoundReissuedBeforeALostState(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(24, 10)))
	w.run()
	e := invitation("Northwind", day(24, 10))
	w.feed.Remove(e.UID)
	e.UID = "reissued@northwind.example"
	w.feed.Put(e)
	w.after(time.Hour).run()
	before := w.titles()
	w.now = day(26, 15)
	w.run()
	w.loseState()
	for range 3 {
		w.after(time.Hour).run()
	}
	if d := cmp.Diff(before, w.titles()); d != "" {
		t.Error(d)
	}
}

// What the user changed stayed though nothing asked for it any more, and every
// run said so again: from cron, a mail every quarter of an hour.
func TestFoundKeptSaidAgain(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(27, 10)))
	w.run()
	key := w.one(draft.ThankYou).Marker.Key
	w.edit(key, func(e *calendar.Event) { e.Summary = "Write to Ana" })
	w.run()
	kept := func(run Run) (out []string) {
		for _, c := range run.Changes {
			if c.Op == Keep {
				out = append(out, c.Why)
			}
		}
		return out
	}
	w.feed.Put(cancelled("Northwind", day(27, 10)))
	if got := kept(w.after(time.Hour).run()); len(got) != 1 || !strings.Contains(got[0], "you changed it, so it stays") {
		t.Errorf("after the cancellation: kept %q, want one with its reason", got)
	}
	for range 3 {
		w.job.Full = true
		if got := kept(w.after(time.Hour).run()); len(got) > 0 {
			t.Errorf("said again: %q", got)
		}
	}
	w.feed.Put(invitation("Northwind", day(27, 10)))
	w.after(time.Hour).run()
	w.feed.Put(cancelled("Northwind", day(27, 10)))
	if got := kept(w.after(time.Hour).run()); len(got) != 1 {
		t.Errorf("cancelled once more: kept %q, want it said once more", got)
	}
}

// A follow-up that was ticked off and then deleted was looked for in every run in
// which anything was new.
func TestFoundDoneAndDeleted(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(24, 10)))
	w.run()
	key := w.one(draft.ThankYou).Marker.Key
	w.edit(key, func(e *calendar.Event) { e.Summary = "✓ " + e.Summary })
	w.after(time.Minute).run()
	w.remove(key)
	w.after(time.Minute).run()
	reads := w.target.Requests().Read
	w.feed.Put(calendar.Event{UID: "dentist", Summary: "Dentist", Start: day(28, 9), End: day(28, 10)})
	w.after(time.Minute).run()
	if n := w.target.Requests().Read - reads; n != 1 {
		t.Errorf("nothing happened to the follow-ups, and %d reads of the target were made", n)
	}
	if rec := w.store.(*memStore).st.records[key]; rec.State != planner.Done {
		t.Errorf("it is %s, was done", rec.State)
	}
}

// What was asked for again and deleted again had one more burnt key than a lost
// state knew of: asking for it a second time did nothing.
func TestFoundRestoredAfterALostState(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(24, 10)))
	w.run()
	key := w.one(draft.ThankYou).Marker.Key
	for range 2 {
		w.remove(w.one(draft.ThankYou).Marker.Key)
		w.after(time.Minute).run()
		w.restore(key)
		w.after(time.Minute).run()
	}
	remaining := len(w.ofKind(draft.ThankYou))
	w.remove(w.one(draft.ThankYou).Marker.Key)
	w.loseState()
	w.after(time.Minute).run()
	w.restore(key)
	w.after(time.Minute).run()
	if n := len(w.ofKind(draft.ThankYou)); n != remaining {
		t.Errorf("%d thank-you notes stand, %d did before", n, remaining)
	}
}

func (w *world) restore(key string) {
	w.t.Helper()
	w.job = w.newJob()
	if _, err := w.job.Restore(context.Background(), key); err != nil {
		w.t.Fatal(err)
	}
}
