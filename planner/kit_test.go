package planner

import (
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

// The people and places of the tests.
var (
	ana   = interview.Person{Name: "Ana Ruiz", Email: "ana.ruiz@northwind.example"}
	ben   = interview.Person{Name: "Ben Okafor", Email: "ben.okafor@northwind.example"}
	carla = interview.Person{Name: "Carla Weiss"}
	rita  = interview.Person{Name: "Rita Lang", Email: "rita.lang@northwind.example"}
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// when reads "2026-11-24 15:00" in the zone.
func when(t testing.TB, text string, loc *time.Location) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// held is an interview of an hour that ends at the time.
func held(uid string, end time.Time, people ...interview.Person) interview.Interview {
	return interview.Interview{
		Event: calendar.Event{
			Source: "test", UID: uid, Summary: "Onsite - Northwind", Start: end.Add(-time.Hour), End: end,
			TimeZone: end.Location().String(), Status: calendar.StatusConfirmed,
		},
		Status: interview.Active, Decision: interview.Yes, Confidence: 0.97, Process: "northwind|data engineer",
		Company: "Northwind", Role: "Data Engineer", Round: interview.Onsite, Interviewers: people,
		Language: "en", Identity: "soft:" + uid,
	}
}

// script is one situation to plan for.
type script struct {
	now        time.Time
	interviews []interview.Interview
	others     []interview.Interview
	events     []calendar.Event
	marks      []calendar.Mark
	past       []Record
	policy     *Policy
}

func (s script) plan(t testing.TB) Plan {
	t.Helper()
	policy := DefaultPolicy()
	if s.policy != nil {
		policy = *s.policy
	}
	in := Input{Now: s.now, Events: s.events, Marks: s.marks, Past: s.past}
	got, err := plan(in, interview.Result{Interviews: s.interviews, Others: s.others}, policy, testParts(t))
	if err != nil {
		t.Fatal(err)
	}
	checkPlan(t, got, policy)
	return got
}

var testDrafts *draft.Set

func testParts(t testing.TB) parts {
	t.Helper()
	if testDrafts == nil {
		set, warnings, err := draft.Load()
		if err != nil || len(warnings) > 0 {
			t.Fatal(err, warnings)
		}
		testDrafts = set
	}
	return parts{render: testDrafts.Render, mailTo: draft.MailTo, dates: isoDates}
}

// isoDates reads dates as 2026-12-04 only: how people write them is tested with
// the reader of package interview.
func isoDates(text string, ref time.Time, _ string) (interview.Dates, bool) {
	d, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(text), ref.Location())
	return interview.Dates{From: d, Until: d}, err == nil
}

// checkPlan holds what is true of every plan.
func checkPlan(t testing.TB, p Plan, policy Policy) {
	t.Helper()
	keys := map[string]bool{}
	checks := map[string]int{}
	for _, f := range p.FollowUps {
		if keys[f.Key] {
			t.Errorf("two follow-ups have the key %s", f.Key)
		}
		keys[f.Key] = true
		if f.Why == "" || f.State == "" {
			t.Errorf("%s %q: no reason or no state", f.Kind, f.Title)
		}
		if m := calendar.ParseMarks(f.Title + "\n" + f.Text); len(m) > 0 {
			t.Errorf("our own text of %q holds the marks %v:\n%s", f.Title, m, f.Text)
		}
		if !f.Edge.IsZero() && !f.Edge.After(p.Now) {
			t.Errorf("%q: the edge %s is not after now %s", f.Title, f.Edge, p.Now)
		}
		if f.Kind == draft.StatusCheck && f.State != Withdrawn {
			checks[f.Interview.UID]++
			if checks[f.Interview.UID] > 3 { // two without an answer, and one after it
				t.Errorf("a third status check: %s", line(f))
			}
		}
		if f.State == Planned || f.State == Late {
			checkMoment(t, f, p, policy)
		}
	}
	for i := 1; i < len(p.FollowUps); i++ {
		if p.FollowUps[i].Start.Before(p.FollowUps[i-1].Start) {
			t.Errorf("follow-ups are not sorted by start")
		}
	}
	for _, s := range p.Skipped {
		if s.Why == "" {
			t.Errorf("skipped %s without a reason", s.Kind)
		}
	}
}

// checkMoment holds that what is newly planned lies in working hours, on a
// business day unless the thank-you's window leaves none, and not in the past.
func checkMoment(t testing.TB, f FollowUp, p Plan, policy Policy) {
	t.Helper()
	s := schedule{loc: f.Start.Location(), hours: policy.WorkingHours}
	s.holidays, _ = holidaysOf(policy.Holidays)
	for _, d := range policy.Weekend {
		s.weekend[d] = true
	}
	if f.Start.Before(p.Now) {
		t.Errorf("planned in the past: %s", line(f))
	}
	if f.Kind == draft.Debrief {
		return
	}
	if got := s.next(f.Start, policy.Rules[f.Kind].Length, false); !got.Equal(f.Start) {
		t.Errorf("outside of working hours %s: %s", policy.WorkingHours, line(f))
	}
	urgent := f.Kind == draft.OfferReply && f.Window.Until.Before(s.next(f.Window.From, 0, true))
	if !policy.Rules[f.Kind].Weekends && !urgent && !s.next(f.Start, policy.Rules[f.Kind].Length, true).Equal(f.Start) {
		t.Errorf("on no business day: %s", line(f))
	}
}

// of returns the follow-ups of the kind.
func of(p Plan, kind draft.Kind) []FollowUp {
	var out []FollowUp
	for _, f := range p.FollowUps {
		if f.Kind == kind {
			out = append(out, f)
		}
	}
	return out
}

// only returns the single follow-up of the kind.
func only(t testing.TB, p Plan, kind draft.Kind) FollowUp {
	t.Helper()
	list := of(p, kind)
	if len(list) != 1 {
		t.Fatalf("want one %s, got %d:\n%s", kind, len(list), list2(p))
	}
	return list[0]
}

func list2(p Plan) string {
	var b strings.Builder
	for _, f := range p.FollowUps {
		b.WriteString(line(f) + "\n")
	}
	for _, s := range p.Skipped {
		b.WriteString("- " + string(s.Kind) + ": " + s.Why + "\n")
	}
	return b.String()
}

// line is a follow-up in one line.
func line(f FollowUp) string {
	return strings.Join([]string{f.Start.Format("Mon 2006-01-02 15:04"), string(f.Kind), string(f.State), f.Title, "|", f.Why}, " ")
}

// written are the records of a plan that was carried out.
func written(p Plan) []Record {
	var out []Record
	for _, f := range p.FollowUps {
		state := f.State
		switch state {
		case Planned, Late:
			state = Written
		}
		f.State = state
		out = append(out, Record{FollowUp: f, State: state, Base: calendar.FieldsOf(f.Event()), Created: p.Now, Updated: p.Now})
	}
	return out
}

func setRule(p *Policy, kind draft.Kind, change func(*Rule)) {
	r := p.Rules[kind]
	change(&r)
	p.Rules[kind] = r
}
