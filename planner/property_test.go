package planner

import (
	"fmt"
	"testing"
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"

	"pgregory.net/rapid"
)

var someZones = []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland"}

// anyScript draws processes with rounds, loops, people, outcomes and a policy.
func anyScript(t *rapid.T, outer *testing.T) script {
	policy := DefaultPolicy()
	policy.WorkingHours, _ = ParseHours(rapid.SampledFrom([]string{"09:00-18:00", "07:30-16:00", "22:00-06:00", "00:00-24:00"}).Draw(t, "hours"))
	policy.Holidays = rapid.SampledFrom([]string{"", "us", "de-by", "jp"}).Draw(t, "holidays")
	if rapid.Bool().Draw(t, "own zone") {
		policy.Me.Location = zone(outer, rapid.SampledFrom(someZones).Draw(t, "zone"))
	}
	setRule(&policy, draft.Card, func(r *Rule) { r.Enabled = rapid.Bool().Draw(t, "card") })
	setRule(&policy, draft.StatusCheck, func(r *Rule) { r.Max = rapid.IntRange(0, 2).Draw(t, "max") })
	s := script{policy: &policy}
	base := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	s.now = base.Add(time.Duration(rapid.IntRange(0, 120*24*4).Draw(t, "now")) * 15 * time.Minute)
	people := []interview.Person{ana, ben, carla, rita}
	for i := range rapid.IntRange(0, 6).Draw(t, "interviews") {
		loc := zone(outer, rapid.SampledFrom(someZones).Draw(t, "event zone"))
		end := base.Add(time.Duration(rapid.IntRange(0, 100*24*2).Draw(t, "end")) * 30 * time.Minute).In(loc)
		iv := held(fmt.Sprint("u", i), end, rapid.SliceOfNDistinct(rapid.SampledFrom(people), 0, 4, rapid.ID).Draw(t, "people")...)
		iv.Process = fmt.Sprint("p", rapid.IntRange(0, 2).Draw(t, "process"))
		iv.Identity = fmt.Sprint("soft", rapid.IntRange(0, 1).Draw(t, "identity"))
		iv.Status = rapid.SampledFrom([]interview.Status{interview.Active, interview.Active, interview.Active, interview.Cancelled, interview.Declined}).Draw(t, "status")
		iv.Round = rapid.SampledFrom([]interview.Round{interview.Screen, interview.Onsite, interview.TakeHome, interview.OfferCall}).Draw(t, "round")
		if rapid.Bool().Draw(t, "recruiter") {
			iv.Recruiter = rita
		}
		if rapid.IntRange(0, 3).Draw(t, "loop") == 0 {
			iv.Loop = "day"
		}
		if rapid.IntRange(0, 2).Draw(t, "marked") == 0 {
			iv.Event.Description = "#" + rapid.SampledFrom([]string{"answered", "answered 2026-12-01", "rejected", "offer until 2026-12-01", "accepted", "withdrawn", "skip", "sent", "no-show", "went-well", "decision-by 2026-12-24"}).Draw(t, "mark")
			iv.Event.Updated = base.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "said")) * day)
		}
		s.interviews = append(s.interviews, iv)
	}
	return s
}

// TestEveryPlan draws situations and holds what is true of every plan: checkPlan,
// and that the same input gives the same plan.
func TestEveryPlan(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := anyScript(rt, t)
		p := s.plan(t)
		if q := s.plan(t); fmt.Sprint(p.FollowUps, p.Skipped, p.Warnings) != fmt.Sprint(q.FollowUps, q.Skipped, q.Warnings) {
			rt.Fatalf("the same input gave two plans:\n%s\n%s", list2(p), list2(q))
		}
		if t.Failed() {
			rt.Fatal(list2(p))
		}
	})
}

// TestOrderOfEventsMakesNoDifference shuffles the interviews.
func TestOrderOfEventsMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := anyScript(rt, t)
		p := s.plan(t)
		s.interviews = rapid.Permutation(s.interviews).Draw(rt, "order")
		if q := s.plan(t); !samePlan(p, q) {
			rt.Fatalf("another order, another plan:\n%s\n%s", list2(p), list2(q))
		}
	})
}

// TestAnotherProcessChangesNothing adds an interview somewhere else.
func TestAnotherProcessChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := anyScript(rt, t)
		p := s.plan(t)
		other := held("unrelated", s.now.Add(-time.Hour).In(time.UTC), ana)
		other.Process = "elsewhere"
		for _, f := range p.FollowUps {
			if f.Kind == draft.Withdrawal {
				rt.Skip("an accepted offer concerns every process")
			}
		}
		s.interviews = append(s.interviews, other)
		q := s.plan(t)
		for _, f := range p.FollowUps {
			if g := byKey(q, f.Key); g == nil || !g.Start.Equal(f.Start) || g.Text != f.Text || g.State != f.State {
				rt.Fatalf("an unrelated interview changed %s:\n%s", line(f), list2(q))
			}
		}
	})
}

// TestLife lives through a whole search, with a sync every few days: what was
// written keeps its key and place, what settled is not touched, nothing is asked
// three times, and planning twice changes nothing.
func TestLife(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := anyScript(rt, t)
		s.now = s.now.Add(-60 * day)
		for range 8 {
			p := s.plan(t)
			before := s.past
			s.past = written(p)
			q := s.plan(t)
			for _, f := range p.FollowUps {
				g := byKey(q, f.Key)
				if f.State == Withdrawn {
					if g != nil && g.State != Withdrawn {
						rt.Fatalf("withdrawn and back in the next run: %s\n%s", line(f), line(*g))
					}
					continue
				}
				if g == nil || !g.Start.Equal(f.Start) || g.Text != f.Text || g.Title != f.Title || g.State == Withdrawn {
					rt.Fatalf("written, and changed in the next run at %s:\n%s\n%s", s.now, line(f), list2(q))
				}
			}
			for _, r := range before {
				f := byKey(p, r.FollowUp.Key)
				if r.State == Written && f == nil {
					rt.Fatalf("forgotten: %s", line(r.FollowUp))
				}
				if r.State == Written && !r.FollowUp.Start.After(s.now) && r.FollowUp.Held.Before(r.FollowUp.Start) && f.State != Withdrawn && !f.Start.Equal(r.FollowUp.Start) {
					rt.Fatalf("over, and moved: %s\n%s", line(r.FollowUp), line(*f))
				}
			}
			s.past = merge(before, s.past)
			s.now = s.now.Add(time.Duration(rapid.IntRange(1, 20*24).Draw(rt, "later")) * time.Hour)
		}
		if t.Failed() {
			rt.Fatal("see above")
		}
	})
}

// merge keeps the records that a plan no longer speaks of.
func merge(before, after []Record) []Record {
	for _, r := range before {
		found := false
		for _, a := range after {
			found = found || a.FollowUp.Key == r.FollowUp.Key
		}
		if !found {
			after = append(after, r)
		}
	}
	return after
}

// TestEdgeHolds plans again just before the edge.
func TestEdgeHolds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := anyScript(rt, t)
		p := s.plan(t)
		s.past = written(p)
		p = s.plan(t)
		at := s.now.Add(time.Duration(rapid.IntRange(1, 200*24*60).Draw(rt, "later")) * time.Minute)
		if !p.Edge.IsZero() && !at.Before(p.Edge) {
			at = p.Edge.Add(-time.Nanosecond)
		}
		s.now = at
		if q := s.plan(t); !samePlan(p, q) {
			rt.Fatalf("the plan was to hold until %s, and at %s it is another:\n%s\n%s", p.Edge, at, list2(p), list2(q))
		}
	})
}

// TestKeysDoNotDependOnNow plans the same situation at two moments.
func TestKeysDoNotDependOnNow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := anyScript(rt, t)
		p := s.plan(t)
		s.now = s.now.Add(time.Duration(rapid.IntRange(0, 100*24).Draw(rt, "later")) * time.Hour)
		q := s.plan(t)
		for _, f := range p.FollowUps {
			for _, g := range q.FollowUps {
				same := f.Interview == g.Interview && f.Kind == g.Kind && f.Recipient == g.Recipient
				if same != (f.Key == g.Key) {
					rt.Fatalf("keys changed with the time:\n%s %s\n%s %s", f.Key, line(f), g.Key, line(g))
				}
			}
		}
	})
}

func BenchmarkPlan100Processes(b *testing.B) {
	s := script{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	for i := range 200 {
		iv := held(fmt.Sprint("u", i), s.now.Add(time.Duration(i-100)*7*time.Hour), ana, ben, carla)
		iv.Process = fmt.Sprint("p", i/2)
		s.interviews = append(s.interviews, iv)
	}
	in := Input{Now: s.now}
	res := interview.Result{Interviews: s.interviews}
	with := testParts(b)
	p, err := plan(in, res, DefaultPolicy(), with)
	if err != nil {
		b.Fatal(err)
	}
	in.Past = written(p)
	in.Marks = []calendar.Mark{{Word: "note", Value: "x", Ref: "p1"}}
	b.ReportMetric(float64(len(p.FollowUps)), "followups")
	for b.Loop() {
		if _, err := plan(in, res, DefaultPolicy(), with); err != nil {
			b.Fatal(err)
		}
	}
}
