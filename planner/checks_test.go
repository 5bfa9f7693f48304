package planner

import (
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

// starts lists the moments of the kind's follow-ups that are wanted.
func starts(p Plan, kind draft.Kind) string {
	var out []string
	for _, f := range of(p, kind) {
		if f.State != Withdrawn {
			out = append(out, f.Start.Format("Mon 2006-01-02 15:04"))
		}
	}
	return strings.Join(out, ", ")
}

func TestStatusCheckMoment(t *testing.T) {
	for _, c := range []struct{ why, zone, country, end, want string }{
		{"a week later at the same time of day", "Europe/Berlin", "", "2026-11-24 15:00", "Tue 2026-12-01 15:00"},
		{"in the morning of the next business day after an evening", "Europe/Berlin", "", "2026-11-24 19:00", "Wed 2026-12-02 09:00"},
		{"after an interview on a Saturday: Monday", "Europe/Berlin", "", "2026-11-21 11:00", "Mon 2026-11-30 11:00"},
		{"Thanksgiving does not count", "America/New_York", "us", "2026-11-19 11:00", "Fri 2026-11-27 11:00"},
		{"over the end of the year", "Europe/Berlin", "de", "2026-12-25 11:00", "Mon 2027-01-04 11:00"},
		{"over the change to summer time", "America/New_York", "", "2027-03-09 15:00", "Tue 2027-03-16 15:00"},
		{"over the change to winter time", "Europe/Berlin", "", "2026-10-22 15:00", "Thu 2026-10-29 15:00"},
	} {
		loc := zone(t, c.zone)
		p := DefaultPolicy()
		p.Holidays = c.country
		end := when(t, c.end, loc)
		got := script{now: end, policy: &p, interviews: []interview.Interview{held("a", end, ana)}}.plan(t)
		if s := starts(got, draft.StatusCheck); s != c.want {
			t.Errorf("%s: %s, want %s", c.why, s, c.want)
		}
	}
}

func TestStatusCheckAfterPromise(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	end := when(t, "2026-11-24 15:00", berlin)
	for _, c := range []struct{ promised, want string }{
		{"2026-12-04", "Tue 2026-12-08 10:00"}, // a Friday, and two business days
		{"2026-12-06", "Tue 2026-12-08 10:00"}, // a Sunday
		{"2026-11-26", "Tue 2026-12-01 15:00"}, // sooner than a week: the week counts
		{"2026-12-31", "Mon 2027-01-04 11:00"}, // first thing on Monday would be too early
	} {
		iv := held("a", end, ana)
		d := when(t, c.promised+" 00:00", berlin)
		iv.HearBy = interview.Dates{From: d, Until: d}
		p := script{now: end, interviews: []interview.Interview{iv}}.plan(t)
		if s := starts(p, draft.StatusCheck); s != c.want {
			t.Errorf("promised by %s: %s, want %s", c.promised, s, c.want)
		}
		iv.HearBy = interview.Dates{}
		iv.Event.Description = "#decision-by " + c.promised
		p = script{now: end, interviews: []interview.Interview{iv}}.plan(t)
		if s := starts(p, draft.StatusCheck); s != c.want {
			t.Errorf("marked as promised by %s: %s, want %s", c.promised, s, c.want)
		}
	}
}

func TestStatusCheckContact(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	end := when(t, "2026-11-24 15:00", berlin)
	with := held("a", end, ana, ben)
	with.Recruiter = rita
	earlier := held("z", end.AddDate(0, 0, -5), rita)
	earlier.Recruiter = rita
	for name, c := range map[string]struct {
		list []interview.Interview
		want interview.Person
	}{
		"the recruiter":                     {[]interview.Interview{with}, rita},
		"the recruiter of an earlier round": {[]interview.Interview{earlier, held("a", end, ana)}, rita},
		"an interviewer with an address":    {[]interview.Interview{held("a", end, carla, ben)}, ben},
		"an interviewer without":            {[]interview.Interview{held("a", end, carla)}, carla},
		"nobody":                            {[]interview.Interview{held("a", end)}, interview.Person{}},
	} {
		f := only(t, script{now: end, interviews: c.list}.plan(t), draft.StatusCheck)
		if len(f.To) != 1 && c.want != (interview.Person{}) || len(f.To) == 1 && f.To[0] != c.want {
			t.Errorf("%s: asks %v", name, f.To)
		}
		if !strings.Contains(f.Body, "Data Engineer") || len(c.list) == 1 && len(c.list[0].Interviewers) > 0 && c.want != c.list[0].Interviewers[0] && !strings.Contains(f.Body, c.list[0].Interviewers[0].Name) {
			t.Errorf("%s: role or interviewer is missing in\n%s", name, f.Body)
		}
	}
}

// TestPolitenessIsCapped goes through a process in which nobody ever answers, day
// by day, as a sync would.
func TestPolitenessIsCapped(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	s := script{interviews: []interview.Interview{held("a", when(t, "2026-11-24 15:00", berlin), ana)}}
	for now := when(t, "2026-11-23 12:00", berlin); now.Year() < 2028; now = now.AddDate(0, 0, 1) {
		s.now = now
		p := s.plan(t)
		s.past = written(p)
	}
	p := s.plan(t)
	if got, want := starts(p, draft.StatusCheck), "Tue 2026-12-01 15:00, Thu 2026-12-10 15:00"; got != want {
		t.Errorf("checks %s, want %s", got, want)
	}
	if got, want := starts(p, draft.LetGo), "Thu 2026-12-31 15:00"; got != want {
		t.Errorf("let go %s, want %s", got, want)
	}
	if n := len(p.FollowUps); n != 4 {
		t.Errorf("%d follow-ups in all:\n%s", n, list2(p))
	}
}

func TestSecondCheckCountsFromTheFirstBeingSent(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	s := script{now: when(t, "2026-11-24 16:00", berlin), interviews: []interview.Interview{held("a", when(t, "2026-11-24 15:00", berlin), ana)}}
	s.past = written(s.plan(t))
	first := only(t, s.plan(t), draft.StatusCheck)
	s.now = when(t, "2026-12-03 12:00", berlin)
	for _, ref := range []string{first.Key, s.interviews[0].Process} {
		s.marks = []calendar.Mark{{Word: calendar.MarkSent, Ref: ref, At: when(t, "2026-12-03 11:00", berlin)}}
		p := s.plan(t)
		if got, want := starts(p, draft.StatusCheck), "Tue 2026-12-01 15:00, Mon 2026-12-14 11:00"; got != want {
			t.Errorf("checks %s, want %s\n%s", got, want, list2(p))
		}
		for _, f := range of(p, draft.StatusCheck) {
			if f.Key == first.Key && (f.State != Done || f.Text != first.Text) {
				t.Errorf("the first is %s", line(f))
			}
		}
	}
}

func TestSecondCheckCountsFromTheWordInTheText(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	s := script{now: when(t, "2026-11-24 16:00", berlin), interviews: []interview.Interview{held("a", when(t, "2026-11-24 15:00", berlin), ana)}}
	p := s.plan(t)
	s.past, s.events = written(p), inCalendar(p)
	last := len(s.events) - 1
	s.events[last].Summary, s.events[last].Updated = "✓ "+s.events[last].Summary, when(t, "2026-11-30 10:00", berlin)
	s.now = when(t, "2026-11-30 11:00", berlin)
	if got, want := starts(s.plan(t), draft.StatusCheck), "Tue 2026-12-01 15:00, Wed 2026-12-09 10:00"; got != want {
		t.Errorf("checks %s, want %s", got, want)
	}
}

func TestNothingAfterACheckThatTheUserDeleted(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	s := script{now: when(t, "2026-11-24 16:00", berlin), interviews: []interview.Interview{held("a", when(t, "2026-11-24 15:00", berlin), ana)}}
	s.past = written(s.plan(t))
	for i := range s.past {
		if s.past[i].FollowUp.Kind == draft.StatusCheck {
			s.past[i].State = Dismissed
		}
	}
	for range 90 {
		s.now = s.now.AddDate(0, 0, 1)
		if p := s.plan(t); len(of(p, draft.StatusCheck)) != 1 || len(of(p, draft.LetGo)) != 0 {
			t.Fatalf("at %s:\n%s", s.now, list2(p))
		}
	}
}

func TestTooLateToAsk(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	iv := held("a", when(t, "2026-11-24 15:00", berlin), ana)
	for _, c := range []struct{ now, checks, letGo string }{
		{"2026-12-05 12:00", "Mon 2026-12-07 12:00", ""},
		{"2026-12-20 12:00", "", "Thu 2026-12-31 15:00"},
		{"2027-01-10 12:00", "", ""},
	} {
		p := script{now: when(t, c.now, berlin), interviews: []interview.Interview{iv}}.plan(t)
		if starts(p, draft.StatusCheck) != c.checks || starts(p, draft.LetGo) != c.letGo {
			t.Errorf("first seen %s:\n%s", c.now, list2(p))
		}
	}
}

func TestTwoYearsOfHistoryDoNotFlood(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	s := script{now: when(t, "2026-11-24 12:00", berlin)}
	for i := range 200 {
		iv := held("old"+itoa(i), s.now.AddDate(0, 0, -60-3*i), ana, ben)
		iv.Process = "p" + itoa(i)
		s.interviews = append(s.interviews, iv)
	}
	if p := s.plan(t); len(p.FollowUps) != 0 || len(p.Skipped) < 200 {
		t.Errorf("%d follow-ups, %d reasons:\n%s", len(p.FollowUps), len(p.Skipped), list2(p))
	}
}

func TestLaterRoundAnswers(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	one, two := held("a", when(t, "2026-11-17 15:00", berlin), ana), held("b", when(t, "2026-12-08 11:00", berlin), ben)
	s := script{now: when(t, "2026-11-18 10:00", berlin), interviews: []interview.Interview{one}}
	s.past = written(s.plan(t))
	first := only(t, s.plan(t), draft.StatusCheck)
	s.interviews = append(s.interviews, two)
	p := s.plan(t)
	if got, want := starts(p, draft.StatusCheck), "Tue 2026-12-15 11:00"; got != want {
		t.Errorf("counted anew: %s, want %s", got, want)
	}
	for _, f := range p.FollowUps {
		if f.Key == first.Key && (f.State != Withdrawn || !f.Explicit || !strings.Contains(f.Why, "later round")) {
			t.Errorf("the first round's check: %s, explicit %v", line(f), f.Explicit)
		}
	}
	// The later round is called off: the first check is wanted again.
	s.past = written(p)
	s.interviews[1].Status = interview.Cancelled
	p = s.plan(t)
	f := only(t, script{now: s.now, interviews: s.interviews[:1]}.plan(t), draft.StatusCheck)
	if f.Key != first.Key || starts(p, draft.StatusCheck) != "Tue 2026-11-24 15:00" {
		t.Errorf("after the later round was cancelled:\n%s", list2(p))
	}
	for _, f := range p.FollowUps {
		if f.Interview.UID == "b" && (f.State != Withdrawn || !f.Explicit) {
			t.Errorf("of a cancelled interview: %s", line(f))
		}
	}
}

func TestAnswered(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	iv := held("a", when(t, "2026-11-24 15:00", berlin), ana)
	s := script{now: when(t, "2026-11-25 10:00", berlin), interviews: []interview.Interview{iv}}
	s.past = written(s.plan(t))
	check := only(t, s.plan(t), draft.StatusCheck).Key

	say := func(word, value, at string) {
		s.marks = append(s.marks, calendar.Mark{Word: word, Value: value, Ref: iv.Process, At: when(t, at, berlin)})
	}
	say("answered", "", "2026-11-26 10:00")
	s.now = when(t, "2026-11-26 11:00", berlin)
	p := s.plan(t)
	if f := byKey(p, check); f == nil || f.State != Withdrawn || !f.Explicit || starts(p, draft.StatusCheck) != "" {
		t.Fatalf("answered: want silence, got\n%s", list2(p))
	}
	say("answered", "2026-12-04", "2026-11-27 10:00")
	p = s.plan(t)
	if got := starts(p, draft.StatusCheck); got != "Fri 2026-12-11 10:00" {
		t.Fatalf("answered with a new day: %s, want five business days after it\n%s", got, list2(p))
	}
	// It moves with a corrected day, under its key.
	s.past = written(p)
	key := of(p, draft.StatusCheck)[len(of(p, draft.StatusCheck))-1].Key
	say("answered", "2026-12-08", "2026-11-28 10:00")
	p = s.plan(t)
	if got := starts(p, draft.StatusCheck); got != "Tue 2026-12-15 10:00" || byKey(p, key) == nil || byKey(p, key).State == Withdrawn {
		t.Fatalf("a corrected day: %s\n%s", got, list2(p))
	}
	// One, and then let go: never a second.
	for now := s.now; now.Before(when(t, "2027-06-01 12:00", berlin)); now = now.AddDate(0, 0, 1) {
		s.now = now
		p = s.plan(t)
		s.past = written(p)
	}
	if got := starts(p, draft.StatusCheck); got != "Tue 2026-12-15 10:00" {
		t.Errorf("in the end: %s", got)
	}
	if got := starts(p, draft.LetGo); got != "Tue 2027-01-05 10:00" {
		t.Errorf("let go: %s", got)
	}
}

func TestAnsweredSpeaksOfTheRoundBefore(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	one, two := held("a", when(t, "2026-11-17 15:00", berlin), ana), held("b", when(t, "2026-12-01 15:00", berlin), ben)
	one.Event.Description, one.Event.Updated = "#answered", when(t, "2026-11-19 15:00", berlin)
	p := script{now: when(t, "2026-11-24 12:00", berlin), interviews: []interview.Interview{one, two}}.plan(t)
	if got := starts(p, draft.StatusCheck); got != "Tue 2026-12-08 15:00" {
		t.Errorf("the check after the second round: %q\n%s", got, list2(p))
	}
}

func TestSilenceAfterAnOutcome(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, word := range []string{"rejected", "offer", "accepted", "declined", "withdrawn", "skip"} {
		iv := held("a", when(t, "2026-11-24 15:00", berlin), ana)
		s := script{now: when(t, "2026-11-25 10:00", berlin), interviews: []interview.Interview{iv}}
		s.past = written(s.plan(t))
		iv.Event.Summary += " #" + word
		iv.Event.Updated = when(t, "2026-11-25 10:30", berlin)
		s.interviews[0] = iv
		s.now = when(t, "2026-11-25 11:00", berlin)
		p := s.plan(t)
		for _, f := range p.FollowUps {
			if f.Kind == draft.StatusCheck && (f.State != Withdrawn || !f.Explicit) {
				t.Errorf("#%s: %s", word, line(f))
			}
		}
	}
}

func TestOnlyTheLastCheckOfAnOfferCall(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	iv := held("a", when(t, "2026-11-24 15:00", berlin), ana)
	iv.Round = interview.OfferCall
	p := script{now: iv.Event.End, interviews: []interview.Interview{iv}}.plan(t)
	if len(of(p, draft.StatusCheck)) != 0 || !skippedWith(p, draft.StatusCheck, "about an offer") {
		t.Error(list2(p))
	}
}

func TestChecksSwitchedOff(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	iv := held("a", when(t, "2026-11-24 15:00", berlin), ana)
	policy := DefaultPolicy()
	setRule(&policy, draft.StatusCheck, func(r *Rule) { r.Max = 1 })
	s := script{now: when(t, "2026-12-02 12:00", berlin), policy: &policy, interviews: []interview.Interview{iv}}
	if p := s.plan(t); starts(p, draft.StatusCheck) != "Wed 2026-12-02 12:00" {
		t.Errorf("max 1:\n%s", list2(p))
	}
	setRule(&policy, draft.StatusCheck, func(r *Rule) { r.Enabled = false })
	s.now = when(t, "2026-11-25 12:00", berlin)
	p := s.plan(t)
	if starts(p, draft.StatusCheck) != "" || starts(p, draft.LetGo) != "" || !p.Edge.Equal(when(t, "2026-11-25 15:00", berlin)) {
		t.Errorf("switched off: edge %s\n%s", p.Edge, list2(p))
	}
	s.now = when(t, "2026-12-02 12:00", berlin)
	if p := s.plan(t); starts(p, draft.LetGo) != "Tue 2026-12-22 15:00" {
		t.Errorf("let go without checks:\n%s", list2(p))
	}
}

func byKey(p Plan, key string) *FollowUp {
	for i, f := range p.FollowUps {
		if f.Key == key {
			return &p.FollowUps[i]
		}
	}
	return nil
}

func TestEdgeTellsWhenTimeChangesThePlan(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	s := script{now: when(t, "2026-11-24 16:00", berlin), interviews: []interview.Interview{held("a", when(t, "2026-11-24 15:00", berlin), ana)}}
	for range 60 {
		p := s.plan(t)
		s.past = written(p)
		p = s.plan(t)
		if p.Edge.IsZero() {
			break
		}
		before := s
		before.now = p.Edge.Add(-time.Nanosecond)
		q := before.plan(t)
		q.Now, q.Recognized = p.Now, p.Recognized
		if !samePlan(p, q) {
			t.Fatalf("the plan of %s says that it holds until %s, and does not:\n%s\n%s", p.Now, p.Edge, list2(p), list2(q))
		}
		s.now = p.Edge
	}
	if got := starts(s.plan(t), draft.LetGo); got != "Thu 2026-12-31 15:00" {
		t.Errorf("by edges alone the let-go is %s", got)
	}
}

func samePlan(a, b Plan) bool {
	if len(a.FollowUps) != len(b.FollowUps) {
		return false
	}
	for i, f := range a.FollowUps {
		g := b.FollowUps[i]
		if f.Key != g.Key || !f.Start.Equal(g.Start) || f.State != g.State || f.Text != g.Text || f.Title != g.Title {
			return false
		}
	}
	return true
}
