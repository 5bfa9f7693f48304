package sync

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/planner"
	"followup/planner/draft"
)

// The tests of this file are the promises of docs/guarantees.md, one by one, with
// the real planner.

func TestRunningTwiceIsTheSame(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(24, 10)))
	w.run()
	before := looks(w.target.Events())
	if len(before) < 2 {
		t.Fatalf("only %q stand", w.titles())
	}
	for range 3 {
		w.job.Full = true
		w.after(time.Minute).quiet()
	}
	if d := cmp.Diff(before, looks(w.target.Events())); d != "" {
		t.Error(d)
	}
}

func TestTwoRunsAtOnceMakeNoDuplicates(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(24, 10)))
	ctx := context.Background()
	a, errA := w.newJob().Plan(ctx)
	b, errB := w.newJob().Plan(ctx)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	for _, run := range []Run{a, b} {
		if _, err := run.run.job.Apply(ctx, run, ""); err != nil {
			t.Fatal(err)
		}
	}
	titles := w.titles()
	if len(slices.Compact(slices.Clone(titles))) != len(titles) {
		t.Errorf("duplicates: %q", titles)
	}
	w.run()
	w.quiet()
}

func TestLosingTheStateMakesNoDuplicates(t *testing.T) {
	for name, kind := range targetKinds {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			kind(w.target)
			w.feed.Put(invitation("Northwind", day(24, 10)))
			w.run()
			thanks := w.one(draft.ThankYou)
			w.target.Edit(thanks.UID, func(e *calendar.Event) { e.Summary = "my title" })
			before := looks(w.target.Events())
			w.loseState()
			w.run()
			if d := cmp.Diff(before, looks(w.target.Events())); d != "" {
				t.Errorf("after the loss:\n%s", d)
			}
			w.feed.Put(invitation("Northwind", day(25, 10)))
			w.after(time.Hour).run()
			got, _ := w.target.Find(thanks.UID)
			if got.Summary != "my title" {
				t.Errorf("the user's title became %q", got.Summary)
			}
			if !got.Start.Equal(thanks.Start.AddDate(0, 0, 1)) {
				t.Errorf("the interview moved a day, the thank-you from %v to %v", thanks.Start, got.Start)
			}
		})
	}
}

func (w *world) loseState() {
	w.store = &memStore{fuse: w.fuse}
	w.job = w.newJob()
}

func TestLostRepliesMakeNoDuplicates(t *testing.T) {
	for name, kind := range targetKinds {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			kind(w.target)
			w.feed.Put(invitation("Northwind", day(24, 10)))
			calm := newWorld(t)
			kind(calm.target)
			calm.feed.Put(invitation("Northwind", day(24, 10)))
			calm.run()
			w.target.Fault = func(c calendartest.Call) calendartest.Fault {
				if c.Op == calendartest.OpCreate || c.Op == calendartest.OpUpdate {
					return calendartest.Lost()
				}
				return calendartest.Fault{}
			}
			w.run()
			w.target.Fault = nil
			w.run()
			if d := cmp.Diff(looks(calm.target.Events()), looks(w.target.Events())); d != "" {
				t.Errorf("(-no reply lost +every reply lost):\n%s", d)
			}
			w.quiet()
		})
	}
}

func TestTheUsersFieldStaysAndTheOthersFollow(t *testing.T) {
	edits := map[calendar.Field]func(*calendar.Event){
		calendar.FieldTitle:    func(e *calendar.Event) { e.Summary = "Call Ben" },
		calendar.FieldText:     func(e *calendar.Event) { e.Description = "my own words" },
		calendar.FieldTime:     func(e *calendar.Event) { e.Start, e.End = e.Start.Add(5*time.Hour), e.End.Add(5*time.Hour) },
		calendar.FieldAlarms:   func(e *calendar.Event) { e.Alarms = nil },
		calendar.FieldLocation: func(e *calendar.Event) { e.Location = "desk" },
	}
	for kindName, kind := range targetKinds {
		for field, edit := range edits {
			t.Run(kindName+"/"+string(field), func(t *testing.T) {
				w := newWorld(t)
				kind(w.target)
				w.feed.Put(invitation("Northwind", day(24, 10)))
				w.run()
				was := w.one(draft.ThankYou)
				w.target.Edit(was.UID, edit)
				mine, _ := w.target.Find(was.UID)
				w.after(time.Minute).run()
				w.feed.Put(invitation("Northwind", day(25, 10)))
				w.after(time.Hour).run()
				got, _ := w.target.Find(was.UID)
				fields, before := calendar.FieldsOf(got), calendar.FieldsOf(was)
				if v := calendar.FieldsOf(mine)[field]; fields[field] != v {
					t.Errorf("the user's %s %q became %q", field, v, fields[field])
				}
				for _, f := range []calendar.Field{calendar.FieldTime, calendar.FieldText} {
					if f != field && fields[f] == before[f] {
						t.Errorf("%s did not follow the interview to its new day", f)
					}
				}
				w.quiet()
			})
		}
	}
}

func TestTickedOffIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(24, 10)))
	w.run()
	e := w.one(draft.ThankYou)
	w.target.Edit(e.UID, func(e *calendar.Event) { e.Summary = "✓ " + e.Summary })
	w.after(time.Minute).run()
	if st, _ := w.job.Status(context.Background()); !slices.ContainsFunc(st.Items, func(it Item) bool { return it.FollowUp.Key == e.UID && it.State == planner.Done }) {
		t.Error("status does not say that it is done")
	}
	ticked, _ := w.target.Find(e.UID)
	cancelled := invitation("Northwind", day(24, 10))
	cancelled.Status = calendar.StatusCancelled
	w.feed.Put(cancelled)
	w.after(time.Hour).run()
	if got, ok := w.target.Find(e.UID); !ok || !cmp.Equal(looks([]calendar.Event{got}), looks([]calendar.Event{ticked})) {
		t.Errorf("what was done changed: %+v", got)
	}
}

func TestDeletedNeverReturns(t *testing.T) {
	for name, kind := range targetKinds {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			kind(w.target)
			w.feed.Put(invitation("Northwind", day(24, 10)))
			w.run()
			e := w.one(draft.ThankYou)
			w.target.Remove(e.UID)
			back := func() bool { _, ok := w.target.Find(e.UID); return ok }
			w.after(time.Minute).run()
			w.feed.Put(invitation("Northwind", day(25, 10)))
			w.after(time.Hour).run()
			if w.target.Tombstones {
				w.loseState()
				w.run()
			}
			for range 3 {
				w.after(2 * time.Hour).run()
			}
			if back() || len(w.ofKind(draft.ThankYou)) > 0 {
				t.Fatal("it came back")
			}
			if _, err := w.job.Restore(context.Background(), e.UID); err != nil {
				t.Fatal(err)
			}
			w.after(time.Minute).run()
			if n := len(w.ofKind(draft.ThankYou)); n != 1 {
				t.Errorf("after restore %d stand", n)
			}
			w.quiet()
			if _, err := w.job.Restore(context.Background(), e.UID); err == nil {
				t.Error("what stands could be restored again")
			}
		})
	}
}

// TestAFailingFeedRemovesNothing holds every way in which a feed can seem to have
// lost its events.
func TestAFailingFeedRemovesNothing(t *testing.T) {
	faults := map[string]struct {
		fault   calendartest.Fault
		failing bool
	}{
		"an error":             {calendartest.Fault{Err: errors.New("answered 503")}, true},
		"sign-in needed":       {calendartest.Fault{Err: calendar.ErrAuth}, true},
		"an empty calendar":    {calendartest.Fault{Empty: true}, false},
		"a part":               {calendartest.Fault{Partial: true}, false},
		"unreadable events":    {calendartest.Fault{Skip: true}, false},
		"asked to come later":  {calendartest.Fault{Err: &calendar.RetryError{After: time.Hour, Err: errors.New("429")}}, true},
		"a lost reply":         {calendartest.Lost(), true},
		"an impossible answer": {calendartest.Fault{Err: calendar.ErrCursor}, true},
	}
	for name, tt := range faults {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.feed.Tokens = false
			w.feed.Put(invitation("Northwind", day(27, 10)), invitation("Contoso", day(27, 14)))
			w.run()
			before := looks(w.target.Events())
			for range 4 {
				w.feed.Fault = calendartest.Always(calendartest.OpChanges, tt.fault)
				run, err := w.after(2 * time.Hour).try("")
				if err != nil && !errors.Is(err, ErrGuard) {
					t.Fatal(err)
				}
				if run.Partial() != tt.failing {
					t.Errorf("partial %v, want %v", run.Partial(), tt.failing)
				}
				if d := cmp.Diff(before, looks(w.target.Events())); d != "" {
					t.Fatalf("something changed:\n%s", d)
				}
			}
			w.feed.Fault = nil
			w.after(time.Hour).run()
			w.quiet()
		})
	}
}

func TestOneFailingFeedLeavesTheOthersGoOn(t *testing.T) {
	w := newWorld(t)
	other := &calendartest.Memory{}
	w.job.Feeds = append(w.job.Feeds, Feed{Name: "campus", Fingerprint: "campus", Source: other})
	w.feed.Put(invitation("Northwind", day(27, 10)))
	w.run()
	before := len(w.target.Events())
	w.feed.Fault = calendartest.Always("", calendartest.Fault{Err: errors.New("answered 503")})
	other.Put(invitation("Contoso", day(27, 14)))
	run, err := w.after(time.Hour).try("")
	if err != nil || !run.Partial() {
		t.Fatalf("partial %v, error %v", run.Partial(), err)
	}
	if len(w.target.Events()) <= before || !slices.ContainsFunc(run.Warnings, func(s string) bool { return strings.Contains(s, "personal could not be read (answered 503)") }) {
		t.Errorf("stand: %q; warnings: %q", w.titles(), run.Warnings)
	}
}

func TestAnUnreadableTargetIsNotWrittenTo(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(27, 10)))
	w.target.Fault = calendartest.Always(calendartest.OpChanges, calendartest.Fault{Err: calendar.ErrAuth})
	run, err := w.try("")
	if err != nil || run.SignIn() == nil {
		t.Errorf("error %v, sign-in %v", err, run.SignIn())
	}
	if len(w.target.Events()) > 0 {
		t.Error("it was written to")
	}
	w.target.Fault = nil
	w.run()
	w.one(draft.ThankYou)
}

func TestAbsenceCountsOnlyTwiceAnHourApart(t *testing.T) {
	w := newWorld(t)
	w.feed.Tokens = false
	w.feed.Put(invitation("Northwind", day(27, 10)), invitation("Contoso", day(27, 14)))
	w.run()
	northwind := func() bool {
		return slices.ContainsFunc(w.titles(), func(s string) bool { return strings.Contains(s, "Northwind") })
	}
	w.feed.Remove("panel@northwind.example")
	for i, wait := range []time.Duration{time.Hour, 10 * time.Minute, 40 * time.Minute} {
		w.after(wait).run()
		if !northwind() {
			t.Fatalf("gone after run %d", i+1)
		}
	}
	w.after(20 * time.Minute).run()
	if northwind() {
		t.Errorf("still there after two good reads an hour apart: %q", w.titles())
	}
	if !slices.ContainsFunc(w.titles(), func(s string) bool { return strings.Contains(s, "Contoso") }) {
		t.Error("the other application's were taken along")
	}
	w.quiet()
}

func TestAbsenceIsForgottenOnceItIsBack(t *testing.T) {
	w := newWorld(t)
	w.feed.Tokens = false
	w.feed.Put(invitation("Northwind", day(27, 10)), invitation("Contoso", day(27, 14)))
	w.run()
	before := looks(w.target.Events())
	for range 4 {
		w.feed.Remove("panel@northwind.example")
		w.after(time.Hour).run()
		w.feed.Put(invitation("Northwind", day(27, 10)))
		w.after(time.Hour).run()
	}
	if d := cmp.Diff(before, looks(w.target.Events())); d != "" {
		t.Error(d)
	}
}

func TestAnInterviewThatTookPlaceKeepsItsFollowUps(t *testing.T) {
	for name, forget := range map[string]func(*world){
		"its feed forgets the past": func(w *world) { w.feed.Tokens = false; w.feed.Remove("panel@northwind.example") },
		"deleted afterwards":        func(w *world) { w.feed.Remove("panel@northwind.example") },
		"and the state is lost too": func(w *world) { w.feed.Remove("panel@northwind.example"); w.loseState() },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.feed.Put(invitation("Northwind", day(24, 10)), invitation("Contoso", day(27, 14)))
			w.run()
			before := looks(w.target.Events())
			w.now = day(24, 12)
			forget(w)
			for range 4 {
				w.after(90 * time.Minute).run()
			}
			if d := cmp.Diff(before, looks(w.target.Events())); d != "" {
				t.Errorf("something changed:\n%s", d)
			}
		})
	}
}

// TestForgottenCursorsRemoveNothing holds that an absence which shows after a
// forgotten cursor counts for nothing by itself.
func TestForgottenCursorsRemoveNothing(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(27, 10)), invitation("Contoso", day(27, 14)))
	w.run()
	w.feed.Remove("panel@northwind.example")
	w.feed.Expire()
	n := len(w.target.Events())
	for i := range 2 {
		w.after(2 * time.Hour).run()
		if len(w.target.Events()) != n {
			t.Fatalf("taken away in run %d, with %d good reads since", i+1, i)
		}
	}
	w.after(2 * time.Hour).run()
	if len(w.target.Events()) == n {
		t.Error("still there after two good reads since")
	}
}

// TestAFailingFeedAfterALostStateRemovesNothing holds that what is found in the
// target is not taken for unwanted while the feeds can't say.
func TestAFailingFeedAfterALostStateRemovesNothing(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(27, 10)))
	w.run()
	before := looks(w.target.Events())
	w.loseState()
	w.feed.Fault = calendartest.Always("", calendartest.Fault{Err: errors.New("answered 503")})
	for range 4 {
		if _, err := w.after(2 * time.Hour).try(""); err != nil {
			t.Fatal(err)
		}
	}
	w.feed.Fault = nil
	w.after(2 * time.Hour).run()
	if d := cmp.Diff(before, looks(w.target.Events())); d != "" {
		t.Error(d)
	}
}

func TestAnotherCalendarUnderTheSameNameRemovesNothing(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(27, 10)), invitation("Contoso", day(27, 14)))
	w.run()
	before := looks(w.target.Events())
	w.feed = &calendartest.Memory{}
	w.feed.Put(invitation("Fabrikam", day(27, 16)))
	w.job.Feeds[0] = Feed{Name: "personal", Fingerprint: "another account", Source: w.feed}
	tripped := false
	for range 4 {
		_, err := w.after(2 * time.Hour).try("")
		tripped = tripped || errors.Is(err, ErrGuard)
	}
	for _, l := range before {
		if _, ok := w.target.Find(l.Key); !ok {
			t.Errorf("%q was removed", l.Title)
		}
	}
	if !tripped {
		t.Error("nobody was asked")
	}
}

func TestARenamedSourceChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(27, 10)))
	w.run()
	before := looks(w.target.Events())
	w.job.Feeds[0].Name = "private"
	for range 3 {
		w.after(2 * time.Hour).run()
	}
	if d := cmp.Diff(before, looks(w.target.Events())); d != "" {
		t.Error(d)
	}
	w.quiet()
}

func TestGuardStopsMassRemovals(t *testing.T) {
	w := newWorld(t)
	companies := []string{"Northwind", "Contoso", "Fabrikam", "Tailspin"}
	for i, c := range companies {
		w.feed.Put(invitation(c, day(27, 9+2*i)))
	}
	w.run()
	n := len(w.target.Events())
	for i, c := range companies[:3] {
		e := invitation(c, day(27, 9+2*i))
		e.Status = calendar.StatusCancelled
		w.feed.Put(e)
	}
	run, err := w.after(time.Hour).try("")
	if !errors.Is(err, ErrGuard) || !run.Guard.Tripped || run.Guard.Token == "" || !strings.Contains(err.Error(), "--confirm "+run.Guard.Token) {
		t.Fatalf("guard %+v, error %v", run.Guard, err)
	}
	if _, err := w.try("wrong"); !errors.Is(err, ErrGuard) || len(w.target.Events()) != n {
		t.Fatalf("a wrong token: %v, %d of %d stand", err, len(w.target.Events()), n)
	}
	old := run.Guard.Token
	w.feed.Put(invitation("Contoso", day(30, 11)))
	if _, err := w.try(old); !errors.Is(err, ErrGuard) || len(w.target.Events()) != n {
		t.Fatalf("the token of another plan: %v, %d of %d stand", err, len(w.target.Events()), n)
	}
	run, _ = w.try("")
	if _, err := w.try(run.Guard.Token); err != nil {
		t.Fatal(err)
	}
	if got := w.titles(); slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "Northwind") || strings.Contains(s, "Fabrikam") }) {
		t.Errorf("after the confirmation %q stand", got)
	}
	w.quiet()
}

func TestGuardOnShare(t *testing.T) {
	w := newWorld(t)
	w.job.Guard = Guard{MaxRemovals: 100, MaxShare: 0.4}
	w.feed.Put(invitation("Northwind", day(27, 10)), invitation("Contoso", day(27, 14)), invitation("Fabrikam", day(30, 14)))
	w.run()
	for _, c := range []string{"Northwind", "Contoso"} {
		e := invitation(c, day(27, 10))
		e.Status = calendar.StatusCancelled
		w.feed.Put(e)
	}
	if _, err := w.after(time.Hour).try(""); !errors.Is(err, ErrGuard) {
		t.Errorf("two of three applications ended at once: %v", err)
	}
}

func TestOneApplicationMayEnd(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(27, 10)))
	w.run()
	e := invitation("Northwind", day(27, 10))
	e.Status = calendar.StatusCancelled
	w.feed.Put(e)
	w.after(time.Hour).run()
	if got := w.titles(); len(got) > 0 {
		t.Errorf("%q still stand", got)
	}
	w.quiet()
}

func TestGuardOnAnEmptiedFeed(t *testing.T) {
	w := newWorld(t)
	w.feed.Tokens = false
	w.feed.Put(invitation("Northwind", day(27, 10)))
	w.run()
	n := len(w.target.Events())
	w.feed.Remove("panel@northwind.example")
	w.after(2 * time.Hour).run()
	run, err := w.after(2 * time.Hour).try("")
	if !errors.Is(err, ErrGuard) || len(w.target.Events()) != n {
		t.Fatalf("the only event vanished from a listing: %v, %d of %d stand", err, len(w.target.Events()), n)
	}
	if _, err := w.try(run.Guard.Token); err != nil || len(w.target.Events()) != 0 {
		t.Errorf("after the confirmation: %v, %q stand", err, w.titles())
	}
	w.quiet()
}

func TestGuardOnAVanishedTarget(t *testing.T) {
	w := newWorld(t)
	w.target.Tombstones = false
	for i, c := range []string{"Northwind", "Contoso", "Fabrikam"} {
		w.feed.Put(invitation(c, day(27, 9+2*i)))
	}
	w.run()
	for _, e := range w.target.Events() {
		w.target.Remove(e.UID)
	}
	run, err := w.after(time.Hour).try("")
	if !errors.Is(err, ErrGuard) || !strings.Contains(run.Guard.Why, "vanished") {
		t.Fatalf("guard %+v, error %v", run.Guard, err)
	}
	st, _ := w.store.Load(context.Background())
	for _, r := range st.Records {
		if r.State == planner.Dismissed {
			t.Fatalf("%q was given up before anybody confirmed it", r.FollowUp.Title)
		}
	}
	if _, err := w.try(run.Guard.Token); err != nil || len(w.target.Events()) > 0 {
		t.Errorf("after the confirmation: %v, %q", err, w.titles())
	}
	w.quiet()
}

func TestGuardOnEverythingMovedAtOnce(t *testing.T) {
	w := newWorld(t)
	companies := []string{"Northwind", "Contoso", "Fabrikam"}
	for i, c := range companies {
		w.feed.Put(invitation(c, day(27, 9+i)))
	}
	w.run()
	for i, c := range companies {
		w.feed.Put(invitation(c, day(27, 12+i)))
	}
	if run, err := w.after(time.Hour).try(""); !errors.Is(err, ErrGuard) || !strings.Contains(run.Guard.Why, "time zone") {
		t.Errorf("guard %+v, error %v", run.Guard, err)
	}
}

func TestANewRuleIsNoMassChange(t *testing.T) {
	w := newWorld(t)
	for i, c := range []string{"Northwind", "Contoso", "Fabrikam"} {
		w.feed.Put(invitation(c, day(27, 9+i)))
	}
	w.run()
	for kind, rule := range w.job.Policy.Rules {
		rule.After.Clock += 2 * time.Hour
		w.job.Policy.Rules[kind] = rule
	}
	w.after(time.Hour).run()
}

func TestRescheduledIsMovedUnderTheSameKey(t *testing.T) {
	for name, change := range map[string]func(*world, calendar.Event){
		"same UID": func(w *world, e calendar.Event) { w.feed.Put(e) },
		"new UID": func(w *world, e calendar.Event) {
			w.feed.Remove(e.UID)
			e.UID = "reissued@northwind.example"
			w.feed.Put(e)
		},
		"new UID, the old one stays cancelled": func(w *world, e calendar.Event) {
			old := invitation("Northwind", day(24, 10))
			old.Status = calendar.StatusCancelled
			w.feed.Put(old)
			e.UID = "reissued@northwind.example"
			w.feed.Put(e)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.feed.Put(invitation("Northwind", day(24, 10)))
			w.run()
			before := w.one(draft.ThankYou)
			change(w, invitation("Northwind", day(25, 10)))
			run := w.after(time.Hour).run()
			after := w.one(draft.ThankYou)
			if after.UID != before.UID || !after.Start.Equal(before.Start.AddDate(0, 0, 1)) {
				t.Errorf("from %s %v to %s %v", before.UID, before.Start, after.UID, after.Start)
			}
			for _, c := range run.Changes {
				if c.Op != Update {
					t.Errorf("%s %q: %s", c.Op, c.Title, c.Why)
				}
			}
			w.quiet()
		})
	}
}

func TestCancelledIsWithdrawnButForWhatTheUserEdited(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(27, 10)), invitation("Contoso", day(27, 14)))
	w.run()
	mine := w.one(draft.StatusCheck)
	w.target.Edit(mine.UID, func(e *calendar.Event) { e.Description += "\nask for the relocation budget" })
	e := invitation("Northwind", day(27, 10))
	e.Status = calendar.StatusCancelled
	w.feed.Put(e)
	w.after(time.Hour).run()
	e = invitation("Contoso", day(27, 14))
	e.Status = calendar.StatusCancelled
	w.feed.Put(e)
	w.after(time.Hour).run()
	if _, ok := w.target.Find(mine.UID); !ok || len(w.target.Events()) != 1 {
		t.Errorf("%q stand, want the edited one alone", w.titles())
	}
	w.quiet()
}

func TestWithdrawnComesBackWhenItIsConfirmedAgain(t *testing.T) {
	for name, kind := range targetKinds {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			kind(w.target)
			w.feed.Put(invitation("Northwind", day(27, 10)))
			w.run()
			before := w.titles()
			e := invitation("Northwind", day(27, 10))
			e.Status = calendar.StatusCancelled
			w.feed.Put(e)
			w.after(time.Hour).run()
			w.feed.Put(invitation("Northwind", day(27, 10)))
			w.after(time.Hour).run()
			if d := cmp.Diff(before, w.titles()); d != "" {
				t.Error(d)
			}
			w.quiet()
		})
	}
}

func TestAMarkOnAnEventThatWasNotKept(t *testing.T) {
	w := newWorld(t)
	coffee := calendar.Event{UID: "coffee@example", Summary: "Coffee with Ana Ruiz", Start: day(27, 10), End: day(27, 11), TimeZone: "Europe/Berlin",
		Attendees: []calendar.Person{{Name: "Ana Ruiz", Email: "ana.ruiz@northwind.example"}, {Name: "Nina Vogt", Email: "nina@vogt.example"}}}
	w.feed.Put(coffee, invitation("Contoso", day(26, 10)))
	w.run()
	n := len(w.target.Events())
	if _, err := w.job.Mark(context.Background(), "coffee@example", calendar.Mark{Word: calendar.MarkInterview}); err != nil {
		t.Fatal(err)
	}
	w.after(time.Minute).run()
	if len(w.target.Events()) <= n {
		t.Errorf("marked as an interview, but %q stand", w.titles())
	}
}

func TestMarks(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(24, 10)), invitation("Contoso", day(27, 14)))
	w.run()
	w.now = day(25, 20)
	for ref, want := range map[string]error{"": ErrUnknownRef, "nobody": ErrUnknownRef, "Data Engineer": ErrAmbiguousRef} {
		if _, err := w.job.Mark(ctx, ref, calendar.Mark{Word: calendar.MarkRejected}); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", ref, err, want)
		}
	}
	if _, err := w.job.Mark(ctx, "northwind", calendar.Mark{Word: "refused"}); err == nil {
		t.Error("an unknown word was taken")
	}
	s, err := w.job.Mark(ctx, "northwind", calendar.Mark{Word: calendar.MarkRejected})
	if err != nil || s.Kind != "process" || !strings.Contains(s.Title, "Northwind") {
		t.Fatalf("%+v, %v", s, err)
	}
	w.run()
	w.one(draft.RejectionReply)
	if slices.ContainsFunc(w.ofKind(draft.StatusCheck), func(e calendar.Event) bool { return strings.Contains(e.Summary, "Northwind") }) {
		t.Error("the status check still stands after the rejection")
	}
	if got, err := w.job.Resolve(ctx, s.Ref); err != nil || got.Kind != "process" {
		t.Errorf("by key: %+v, %v", got, err)
	}
	if got, err := w.job.Resolve(ctx, "panel@contoso.example"); err != nil || got.Kind != "event" {
		t.Errorf("by UID: %+v, %v", got, err)
	}
	if got, err := w.job.Resolve(ctx, w.one(draft.RejectionReply).UID); err != nil || got.Kind != "followup" {
		t.Errorf("by key of a follow-up: %+v, %v", got, err)
	}
	st, err := w.job.Status(ctx)
	if err != nil || len(st.Marks) != 1 || st.Marks[0].Word != calendar.MarkRejected {
		t.Errorf("status shows %+v, %v", st.Marks, err)
	}
}

// TestOurOwnWordsAreNoMarks holds that the hint how to mark a follow-up is never
// read as the user's mark, and what they add is.
func TestOurOwnWordsAreNoMarks(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(24, 10)))
	w.run()
	w.now = day(25, 20)
	e := w.one(draft.StatusCheck)
	w.target.Edit(e.UID, func(e *calendar.Event) { e.Description += "\n#rejected" })
	w.run()
	w.one(draft.RejectionReply)
}

func TestPurgeRemovesEverythingWeWrote(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.target.Ours = true
	w.target.Put(calendar.Event{UID: "mine@example", Summary: "My own", Start: day(27, 10), End: day(27, 11)})
	w.feed.Put(invitation("Northwind", day(24, 10)), invitation("Contoso", day(27, 14)))
	w.run()
	e := w.one(draft.StatusCheck)
	w.target.Edit(e.UID, func(e *calendar.Event) { e.Summary = "mine" })
	w.loseState() // what is not remembered is removed too
	plan, err := w.job.PlanPurge(ctx)
	if err != nil || !plan.Guard.Tripped {
		t.Fatalf("%+v, %v", plan.Guard, err)
	}
	if _, err := w.job.ApplyPurge(ctx, plan, ""); !errors.Is(err, ErrGuard) {
		t.Fatalf("without the token: %v", err)
	}
	w.target.Fault = calendartest.Once(calendartest.OpDelete, calendartest.Fault{Err: errors.New("500")})
	if run, err := w.job.ApplyPurge(ctx, plan, plan.Guard.Token); err != nil || !run.Partial() {
		t.Fatalf("with a failing deletion: partial %v, %v", run.Partial(), err)
	}
	w.target.Fault = nil
	if plan, err = w.job.PlanPurge(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := w.job.ApplyPurge(ctx, plan, plan.Guard.Token); err != nil {
		t.Fatal(err)
	}
	if got := w.target.Events(); len(got) != 1 || got[0].UID != "mine@example" {
		t.Errorf("%+v stand, want the user's own alone", got)
	}
	if st, _ := w.store.Load(ctx); len(st.Records)+len(st.Events)+len(st.Sources) > 0 {
		t.Errorf("still remembered: %+v", st)
	}
}

func TestMovingToAnotherTarget(t *testing.T) {
	w := newWorld(t)
	w.job.Target, w.job.TargetFingerprint = nil, ""
	w.feed.Put(invitation("Northwind", day(24, 10)), invitation("Contoso", day(27, 14)))
	w.run()
	st, _ := w.job.Status(context.Background())
	if len(st.Items) < 4 {
		t.Fatalf("without a target %d follow-ups are remembered", len(st.Items))
	}
	w.job.Full = true
	for range 2 {
		if run := w.after(time.Minute).run(); !run.Quiet {
			t.Errorf("nothing happened, but: %+v", run.Changes)
		}
	}
	for i := range 2 {
		w.target = &calendartest.Memory{Tokens: true, Ours: true, Fuse: w.fuse}
		w.job.Target, w.job.TargetFingerprint = w.target, "calendar no. "+string(rune('1'+i))
		w.after(time.Minute).run()
		if len(w.target.Events()) != len(st.Items) {
			t.Errorf("calendar no. %d has %q", i+1, w.titles())
		}
		w.quiet()
	}
}

// TestNothingNewLeavesTheStateAlone holds that a run with nothing new does not even
// load the state, and that what is new, in a calendar or in the state, is not missed
// for that.
func TestNothingNewLeavesTheStateAlone(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(27, 10)))
	w.run()
	w.after(time.Minute).run()
	store := w.store.(*memStore)
	loads := func(why string, want int) Run {
		t.Helper()
		before := store.loads
		run := w.after(time.Minute).run()
		if n := store.loads - before; n != want {
			t.Errorf("%s: the state was loaded %d times, not %d", why, n, want)
		}
		return run
	}
	for range 3 {
		loads("nothing is new", 0)
	}
	w.feed.Put(invitation("Northwind", day(26, 14)))
	if run := loads("the interview moved", 1); len(run.Changes) == 0 {
		t.Error("it was missed")
	}
	loads("the run after one that wrote", 1)
	loads("nothing is new", 0)
	if err := w.store.Mark(context.Background(), calendar.Mark{Word: calendar.MarkSkip, Ref: w.one(draft.StatusCheck).Marker.Key, At: w.now}); err != nil {
		t.Fatal(err)
	}
	if run := loads("something was marked", 1); len(run.Changes) == 0 {
		t.Error("it was missed")
	}
	loads("the run after one that wrote", 1)
	w.now = w.now.Add(8 * time.Hour)
	loads("much later", 1)
	w.job.Policy.Me.Name = "Somebody Else"
	loads("the settings changed", 1)
}

func TestHistoryTellsEveryWrite(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(27, 10)))
	w.run()
	e := invitation("Northwind", day(27, 10))
	e.Status = calendar.StatusCancelled
	w.feed.Put(e)
	w.after(time.Hour).run()
	log, err := w.job.History(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if writes := w.target.Requests().Write; len(log) != writes {
		t.Errorf("%d lines for %d writes", len(log), writes)
	}
	for _, l := range log {
		if l.Why == "" || l.Result != "ok" || l.Title == "" || l.At.IsZero() {
			t.Errorf("a line that says too little: %+v", l)
		}
	}
	if log[0].Op != Delete || log[len(log)-1].Op != Create {
		t.Errorf("the newest line is %s, the oldest %s", log[0].Op, log[len(log)-1].Op)
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "state.db")
	unlock, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(path); !errors.Is(err, ErrLocked) {
		t.Errorf("the second lock: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	again, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

func TestServersThatAskForPatience(t *testing.T) {
	w := newWorld(t)
	var waited time.Duration
	w.job.Sleep = func(_ context.Context, d time.Duration) error { waited += d; return nil }
	w.feed.Put(invitation("Northwind", day(24, 10)))
	left := 2
	w.target.Fault = func(c calendartest.Call) calendartest.Fault {
		if c.Op == calendartest.OpCreate && left > 0 {
			left--
			return calendartest.Fault{Err: &calendar.RetryError{After: 20 * time.Second, Err: errors.New("429")}}
		}
		return calendartest.Fault{}
	}
	w.run()
	if waited < 40*time.Second {
		t.Errorf("waited %v, was asked for 40 s", waited)
	}
	w.feed.Put(invitation("Contoso", day(27, 14)))
	w.target.Fault = calendartest.Always(calendartest.OpCreate, calendartest.Fault{Err: &calendar.RetryError{After: time.Hour, Err: errors.New("429")}})
	calls := len(w.target.Calls())
	run, err := w.after(time.Minute).try("")
	if err != nil || !run.Partial() || !errors.Is(run.Failed[0].Err, calendar.ErrLimit) {
		t.Fatalf("%+v, %v", run.Failed, err)
	}
	if n := len(w.target.Calls()) - calls; n > 3 {
		t.Errorf("%d calls to a server that asked for an hour's rest", n)
	}
	w.target.Fault = nil
	w.after(2 * time.Hour).run()
	w.quiet()
}

// TestWhoTheUserIsIsRemembered holds that what was inferred from the whole
// calendar is not lost when only the interviews of it are kept.
func TestWhoTheUserIsIsRemembered(t *testing.T) {
	w := newWorld(t)
	w.job.Policy.Me.Emails, w.job.Policy.Me.Name = nil, ""
	nina := calendar.Person{Name: "Nina Vogt", Email: "nina@vogt.example", PartStat: calendar.PartStatAccepted}
	for i := range 12 {
		start := day(1+i, 18)
		w.feed.Put(calendar.Event{
			UID: "choir" + string(rune('a'+i)), Summary: "Choir", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
			Attendees: []calendar.Person{nina, {Name: "Singer", Email: "singer" + string(rune('a'+i)) + "@choir.example"}},
		})
	}
	w.feed.Put(invitation("Northwind", day(24, 10)))
	w.run()
	st, _ := w.store.Load(context.Background())
	if !slices.Equal(st.Memo.Me.Emails, []string{"nina@vogt.example"}) {
		t.Fatalf("inferred %+v", st.Memo.Me)
	}
	before := w.titles()
	w.feed.Put(invitation("Contoso", day(26, 10)))
	w.after(time.Hour).run()
	if st, _ := w.store.Load(context.Background()); !slices.Equal(st.Memo.Me.Emails, []string{"nina@vogt.example"}) || len(st.Events) > 6 {
		t.Errorf("remembered: %+v, and %d events", st.Memo.Me, len(st.Events))
	}
	for _, title := range before {
		if !slices.Contains(w.titles(), title) {
			t.Errorf("%q went away", title)
		}
	}
	for _, title := range w.titles() {
		if strings.Contains(title, "Nina") {
			t.Errorf("a follow-up to the user: %q", title)
		}
	}
}

func TestNothingIsWrittenIntoThePast(t *testing.T) {
	w := newWorld(t)
	w.job.Make = func(planner.Input, planner.Policy) (planner.Plan, error) {
		f := planner.FollowUp{Key: "0123456789abcdefghijklmnopqrstuv", Kind: draft.ThankYou, Title: "Thank Ana", Start: w.now.Add(-2 * time.Hour), End: w.now.Add(-time.Hour), State: planner.Planned}
		return planner.Plan{Now: w.now, FollowUps: []planner.FollowUp{f}}, nil
	}
	w.run()
	if got := w.titles(); len(got) > 0 {
		t.Errorf("%q were written, where they remind nobody", got)
	}
}

// TestARunTellsWhatWasNotDone holds that a change whose write failed, or that was
// put off, is not told as one that was made.
func TestARunTellsWhatWasNotDone(t *testing.T) {
	w := newWorld(t)
	w.feed.Put(invitation("Northwind", day(24, 10)), invitation("Contoso", day(27, 14)))
	w.target.Fault = calendartest.Once(calendartest.OpCreate, calendartest.Fault{Err: calendar.ErrLimit})
	run, err := w.try("")
	if err != nil || len(run.Failed) != 1 || len(run.Changes) < 3 {
		t.Fatalf("%+v, %v", run, err)
	}
	for i, c := range run.Changes {
		if (i == 0) != (c.NotDone == calendar.ErrLimit.Error()) || (i > 0) != (c.NotDone == "it waits for the next run") {
			t.Errorf("change %d was not done because %q", i, c.NotDone)
		}
	}
	for _, c := range w.after(time.Minute).run().Changes {
		if c.NotDone != "" {
			t.Errorf("%s was done, but is told not to be: %s", c.Key, c.NotDone)
		}
	}
}
