package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"followup/calendar"
	"followup/planner"
)

// stories is the model test with the real planner in it: it can't be told from a
// page of specification what has to stand, but whatever the planner wants has to
// stand at rest, nothing else that is not the user's, and everything of the
// user's.
type stories struct {
	*world
	wild
	river   river
	rt      *rapid.T
	events  map[string]calendar.Event // invitations by company
	mine    map[string]calendar.Fields
	deleted map[string]bool // follow-up keys
	n       int
}

var storyCompanies = []string{"Northwind", "Contoso", "Fabrikam"}

func newStories(t *testing.T, rt *rapid.T) *stories {
	s := &stories{world: newWorld(t), rt: rt, events: map[string]calendar.Event{}, mine: map[string]calendar.Fields{}, deleted: map[string]bool{}}
	s.feed.Tokens = rapid.Bool().Draw(rt, "feed has tokens")
	return s
}

// aim sets the calendars that are read and written to.
func (s *stories) aim(feed river, target wild) { s.river, s.wild, s.place = feed, target, target }

// play makes a run, which a crash may cut off.
func (s *stories) play() (Run, error) {
	job := s.newJob()
	job.Guard = Guard{MaxRemovals: 100, MaxShare: 1}
	job.Full = true
	job.Feeds[0].Source = s.river.Open()
	run, err := job.Plan(context.Background())
	if err == nil {
		run, err = job.Apply(context.Background(), run, run.Guard.Token)
	}
	if err != nil && !s.fuse.Dead() {
		s.rt.Fatalf("run: %v", err)
	}
	s.check()
	return run, err
}

func (s *stories) check() {
	live := map[string]calendar.Event{}
	for _, e := range s.Events() {
		st, _ := readStamp(e.Marker)
		if other, twice := live[st.key]; twice {
			s.rt.Fatalf("duplicate: %q and %q", other.Summary, e.Summary)
		}
		live[st.key] = e
		if s.deleted[st.key] {
			s.rt.Fatalf("revived: %q", e.Summary)
		}
	}
	for key, fields := range s.mine {
		e, ok := live[key]
		if !ok {
			s.rt.Fatalf("what the user edited is gone: %v", fields)
		}
		for f, v := range fields {
			if got := calendar.FieldsOf(e)[f]; strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(v), " ") {
				s.rt.Fatalf("lost edit: %s of %q is %q, was %q", f, e.Summary, got, v)
			}
		}
	}
}

// rest runs until nothing happens, and compares with what the planner wants.
func (s *stories) rest(*rapid.T) {
	s.fuse.Arm(0, false)
	var run Run
	for i := 0; ; i++ {
		if i > 12 {
			s.rt.Fatalf("does not come to rest: %+v", run.Changes)
		}
		run, _ = s.play()
		if run.Partial() {
			s.rt.Fatalf("partial: %+v", run.Failed)
		}
		if run.Quiet && i > 3 {
			for name, n := range run.Requests {
				if n.Read > 1 || n.Write > 0 {
					s.rt.Fatalf("nothing happened, and %s was asked %+v", name, n)
				}
			}
			break
		}
		s.after(61 * time.Minute)
	}
	live := map[string]calendar.Event{}
	titles := map[string]bool{}
	for _, e := range s.Events() {
		st, _ := readStamp(e.Marker)
		live[st.key] = e
		if len(s.mine[st.key]) > 0 || !e.End.After(s.now) {
			continue
		}
		if titles[e.Summary] {
			s.rt.Fatalf("%q stands twice", e.Summary)
		}
		titles[e.Summary] = true
	}
	for _, f := range run.Plan.FollowUps {
		e, ok := live[f.Key]
		switch {
		case f.State == planner.Dismissed, !wanted(f), !f.End.After(s.now):
			continue
		case !ok && s.deleted[f.Key]:
			continue
		case !ok:
			s.rt.Fatalf("missing: %q of %v (%s)", f.Title, f.Start, f.State)
		}
		d := calendar.FieldsOf(e).Diff(calendar.FieldsOf(f.Event()))
		for _, x := range d {
			if _, mine := s.mine[f.Key][x]; !mine && !(x == calendar.FieldText && s.rewrites()) {
				s.rt.Fatalf("out of date: %s of %q (%s): %q, wanted %q", x, f.Title, f.State, calendar.FieldsOf(e)[x], calendar.FieldsOf(f.Event())[x])
			}
		}
	}
}

// rewrites tells whether the target's server makes something else of texts.
func (s *stories) rewrites() bool {
	m, ok := s.wild.(memoryPlace)
	return ok && m.Rewrite != nil
}

func (s *stories) company() string { return rapid.SampledFrom(storyCompanies).Draw(s.rt, "company") }

func (s *stories) invite(*rapid.T) {
	c := s.company()
	start := s.now.Truncate(time.Hour).Add(time.Duration(rapid.IntRange(1, 300).Draw(s.rt, "in hours")) * time.Hour).In(berlin)
	e := invitation(c, start)
	if old, ok := s.events[c]; ok {
		e.UID = old.UID
	}
	s.n++
	e.Sequence, e.Updated = s.n, s.now
	s.events[c] = e
	s.river.Put(e)
}

func (s *stories) reissue(*rapid.T) {
	c := s.company()
	if e, ok := s.events[c]; ok && e.Status != calendar.StatusCancelled && e.Start.After(s.now) {
		s.river.Remove(e.UID)
		s.n++
		e.UID, e.Updated = fmt.Sprintf("again-%d@%s.example", s.n, c), s.now
		s.events[c] = e
		s.river.Put(e)
	}
}

func (s *stories) cancel(*rapid.T) {
	c := s.company()
	if e, ok := s.events[c]; ok && e.Start.After(s.now) {
		s.n++
		e.Status, e.Sequence, e.Updated = calendar.StatusCancelled, s.n, s.now
		s.events[c] = e
		s.river.Put(e)
	}
}

func (s *stories) pick() (calendar.Event, string, bool) {
	events := s.Events()
	if len(events) == 0 {
		return calendar.Event{}, "", false
	}
	e := events[rapid.IntRange(0, len(events)-1).Draw(s.rt, "which")]
	st, _ := readStamp(e.Marker)
	return e, st.key, true
}

func (s *stories) editOne(*rapid.T) {
	e, key, ok := s.pick()
	if !ok {
		return
	}
	field := rapid.SampledFrom([]calendar.Field{calendar.FieldTitle, calendar.FieldText, calendar.FieldTime, calendar.FieldAlarms}).Draw(s.rt, "field")
	s.n++
	s.Edit(e.Marker.Key, func(e *calendar.Event) {
		switch field {
		case calendar.FieldTitle:
			e.Summary = fmt.Sprintf("mine %d", s.n)
		case calendar.FieldText:
			e.Description += fmt.Sprintf("\nremember the %d things", s.n)
		case calendar.FieldTime:
			e.Start, e.End = e.Start.Add(26*time.Hour), e.End.Add(26*time.Hour)
		case calendar.FieldAlarms:
			e.Alarms = []time.Duration{-time.Duration(s.n) * time.Minute}
		}
		s.mine[key] = with(s.mine[key], field, calendar.FieldsOf(*e)[field])
	})
}

func (s *stories) deleteOne(*rapid.T) {
	e, key, ok := s.pick()
	if _, known := s.store.(*memStore).st.records[key]; !ok || !known && !s.Remembers() || len(s.store.(*memStore).st.intents) > 0 {
		return
	}
	s.Remove(e.Marker.Key)
	delete(s.mine, key)
	s.deleted[key] = true
}

func (s *stories) mark(*rapid.T) {
	c := s.company()
	word := rapid.SampledFrom([]string{calendar.MarkRejected, calendar.MarkAnswered, calendar.MarkWentWell, calendar.MarkOffer}).Draw(s.rt, "word")
	s.fuse.Arm(0, false)
	if _, err := s.newJob().Mark(context.Background(), c, calendar.Mark{Word: word}); err != nil && !errors.Is(err, ErrUnknownRef) && !errors.Is(err, ErrAmbiguousRef) {
		s.rt.Fatal(err)
	}
}

func (s *stories) crash(*rapid.T) {
	s.fuse.Arm(rapid.IntRange(1, 20).Draw(s.rt, "step"), rapid.Bool().Draw(s.rt, "after"))
	s.play()
	s.fuse.Arm(0, false)
}

func (s *stories) faulty(t *rapid.T) {
	s.Trouble(t)
	s.river.Trouble(t)
	s.play()
	s.Calm()
	s.river.Calm()
}

// lose loses the state while nothing is under way. When the invitation is sent
// again, the interview put off and the state lost, all before one run, nobody
// can tell any more that it is the same interview.
func (s *stories) lose(t *rapid.T) {
	if !s.Remembers() && len(s.deleted) > 0 {
		return // a deleted one may come back then
	}
	s.rest(t)
	marks := slices.Clone(s.store.(*memStore).st.marks)
	s.store = &memStore{fuse: s.fuse}
	s.store.(*memStore).st.marks = marks
	s.play()
}

// tell plays a random story.
func (s *stories) tell() {
	s.rt.Repeat(map[string]func(*rapid.T){
		"invite": s.invite, "invite 2": s.invite, "reissue": s.reissue, "cancel": s.cancel, "edit": s.editOne, "delete": s.deleteOne,
		"mark": s.mark, "crash": s.crash, "faulty": s.faulty, "lose the state": s.lose, "rest": s.rest,
		"run":  func(*rapid.T) { s.play() },
		"time": func(t *rapid.T) { s.after(time.Duration(rapid.IntRange(0, 60).Draw(t, "hours")) * time.Hour) },
		"":     func(*rapid.T) { s.check() },
	})
	s.rest(s.rt)
}

func TestStories(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newStories(t, rt)
		targetKinds[rapid.SampledFrom(sortedKeys(targetKinds)).Draw(rt, "target")](s.target)
		s.aim(memoryRiver{s.feed}, memoryPlace{s.target})
		s.tell()
	})
}
