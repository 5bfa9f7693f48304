package planner

import (
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

func TestRejection(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, c := range []struct {
		why, marks, at, now   string
		reply, feedback, skip string
	}{
		{"a quick reply, and feedback three business days later", "#rejected #went-well", "2026-12-01 11:07", "2026-12-01 11:10", "Tue 2026-12-01 11:15", "Fri 2026-12-04 11:15", ""},
		{"the reply waits for Monday", "#rejected #went-well", "2026-11-28 11:00", "2026-11-28 12:00", "Mon 2026-11-30 11:00", "Wed 2026-12-02 11:00", ""},
		{"no feedback unless it went well", "#rejected", "2026-12-01 11:00", "2026-12-01 12:00", "Tue 2026-12-01 12:00", "", "only when you mark"},
		{"none when it went badly", "#rejected #went-badly", "2026-12-01 11:00", "2026-12-01 12:00", "Tue 2026-12-01 12:00", "", "went badly"},
		{"the feedback's window closes after ten days", "#rejected #went-well", "2026-12-01 11:00", "2026-12-11 11:30", "Fri 2026-12-11 11:30", "", "its time was over"},
		{"too late for both", "#rejected #went-well", "2026-12-01 11:00", "2026-12-20 11:30", "", "", "its time was over"},
		{"a moment that the calendar does not tell: from now on", "#rejected #went-well", "2026-10-01 11:00", "2026-12-01 11:00", "Tue 2026-12-01 11:00", "Fri 2026-12-04 11:00", ""},
	} {
		iv := held("a", when(t, "2026-11-24 15:00", berlin), ana)
		iv.Event.Description, iv.Event.Updated = c.marks, when(t, c.at, berlin)
		p := script{now: when(t, c.now, berlin), interviews: []interview.Interview{iv}}.plan(t)
		if len(of(p, draft.ThankYou)) != 0 {
			t.Errorf("%s: a thank-you that speaks of going on, after a no:\n%s", c.why, list2(p))
		}
		if starts(p, draft.RejectionReply) != c.reply || starts(p, draft.FeedbackRequest) != c.feedback {
			t.Errorf("%s: reply %q, feedback %q\n%s", c.why, starts(p, draft.RejectionReply), starts(p, draft.FeedbackRequest), list2(p))
		}
		if c.skip != "" && !skippedWith(p, draft.FeedbackRequest, c.skip) {
			t.Errorf("%s: no reason with %q\n%s", c.why, c.skip, list2(p))
		}
	}
}

func TestRejectedWithoutAnInterview(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	iv := held("a", when(t, "2026-12-24 15:00", berlin), ana)
	s := script{now: when(t, "2026-12-01 12:00", berlin), interviews: []interview.Interview{iv}}
	s.marks = []calendar.Mark{{Word: "rejected", Ref: iv.Process, At: s.now}}
	if p := s.plan(t); len(of(p, draft.RejectionReply)) != 0 || !skippedWith(p, draft.RejectionReply, "no interview yet") {
		t.Error(list2(p))
	}
	s.marks[0].At = time.Time{} // a moment that nobody knows: from the interview's day on
	if p := s.plan(t); len(of(p, draft.RejectionReply)) != 0 || !p.Edge.Equal(when(t, "2026-12-24 00:00", berlin)) {
		t.Errorf("edge %s\n%s", p.Edge, list2(p))
	}
	s.marks[0].At = s.now
	task := held("b", when(t, "2026-11-20 15:00", berlin))
	task.Round = interview.TakeHome
	s.interviews = []interview.Interview{task}
	s.marks = append(s.marks, calendar.Mark{Word: "went-well", Ref: iv.Process, At: s.now})
	if p := s.plan(t); len(of(p, draft.FeedbackRequest)) != 0 || !skippedWith(p, draft.FeedbackRequest, "nobody has spoken") {
		t.Error(list2(p))
	}
}

func TestOffer(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, c := range []struct{ value, at, want, text string }{
		{"", "2026-12-01 11:00", "Wed 2026-12-02 11:00", ""},
		{"", "2026-12-04 16:00", "Mon 2026-12-07 16:00", ""},
		{"until 2026-12-11", "2026-12-01 11:00", "Wed 2026-12-02 11:00, Wed 2026-12-09 10:00", "until Fri 11 Dec"},
		{"2026-12-11", "2026-12-01 11:00", "Wed 2026-12-02 11:00, Wed 2026-12-09 10:00", "until Fri 11 Dec"},
		{"until 2026-12-08", "2026-12-01 11:00", "Wed 2026-12-02 11:00, Fri 2026-12-04 10:00", "until Tue 8 Dec"}, // no weekend to decide on
		{"until 2026-12-04", "2026-12-01 11:00", "Wed 2026-12-02 11:00", "until Fri 4 Dec"},                       // two days before: that is the reply
		{"until 2026-12-04", "2026-12-04 10:00", "Fri 2026-12-04 10:00", "until Fri 4 Dec"},                       // before it is over
	} {
		iv := held("a", when(t, "2026-11-24 15:00", berlin), ana)
		s := script{now: when(t, c.at, berlin), interviews: []interview.Interview{iv}}
		s.marks = []calendar.Mark{{Word: "offer", Value: c.value, Ref: iv.Process, At: s.now}}
		p := s.plan(t)
		f := of(p, draft.OfferReply)[0]
		if got := starts(p, draft.OfferReply); got != c.want || !strings.Contains(f.Why, c.text) {
			t.Errorf("offer %q at %s: %s (%s), want %s", c.value, c.at, got, f.Why, c.want)
		}
		if len(of(p, draft.StatusCheck)) != 0 {
			t.Errorf("still asking:\n%s", list2(p))
		}
		// Once it stands it stays, whatever the calendar says of when it was marked.
		s.past = written(p)
		s.marks[0].At = s.now.AddDate(0, 0, 1)
		q := s.plan(t)
		if got := starts(q, draft.OfferReply); got != c.want {
			t.Errorf("a bumped mark moved the reply to %s", got)
		}
		if g := of(q, draft.OfferReply)[0]; g.Window != f.Window || g.Text != f.Text {
			t.Errorf("a bumped mark changed the reply")
		}
	}
}

// TestDayToDecide holds that the reminder before an offer ends says so, follows a
// deadline that is put off, and goes with the decision.
func TestDayToDecide(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	iv := held("a", when(t, "2026-11-24 15:00", berlin), ana)
	s := script{now: when(t, "2026-12-01 11:00", berlin), interviews: []interview.Interview{iv}}
	s.marks = []calendar.Mark{{Word: "offer", Value: "until 2026-12-11", Ref: iv.Process, At: s.now}}
	p := s.plan(t)
	f := of(p, draft.OfferReply)[1]
	if !strings.HasPrefix(f.Title, "Decide on the offer (Northwind, Data Engineer)") || f.To[0] != ana || f.Subject == "" ||
		!strings.Contains(f.Why, "a reminder to decide, 2 days before their offer") || !strings.Contains(f.Body, "Friday, December 11") {
		t.Errorf("%s\n%s\n%s", f.Title, f.Why, f.Text)
	}
	s.past = written(p)
	s.marks = append(s.marks, calendar.Mark{Word: "offer", Value: "until 2026-12-18", Ref: iv.Process, At: s.now.Add(time.Hour)})
	q := s.plan(t)
	if g := byKey(q, f.Key); g == nil || g.Start.Format("Mon 2006-01-02") != "Wed 2026-12-16" {
		t.Errorf("a deadline that was put off: %s", list2(q))
	}
	for _, word := range []string{"accepted", "declined", "rejected"} {
		s.marks = append(s.marks[:1:1], calendar.Mark{Word: word, Ref: iv.Process, At: s.now.Add(time.Hour)})
		q = s.plan(t)
		if g := byKey(q, f.Key); g == nil || g.State != Withdrawn || !g.Explicit {
			t.Errorf("%s: the reminder stays:\n%s", word, list2(q))
		}
	}
	s.marks = []calendar.Mark{{Word: "offer", Ref: iv.Process, At: s.now}}
	q = s.plan(t)
	if g := byKey(q, f.Key); g == nil || g.State != Withdrawn || strings.Contains(g.Why, "name this person") {
		t.Errorf("no deadline any more: %s", list2(q))
	}
	s.marks[0].Value, s.past = "until 2026-12-11", nil
	if s.now = when(t, "2026-12-10 12:00", berlin); len(of(s.plan(t), draft.OfferReply)) == 0 {
		t.Error("nothing on the last day but one")
	}
	if s.now = when(t, "2026-12-11 19:00", berlin); len(of(s.plan(t), draft.OfferReply)) > 1 {
		t.Errorf("a reminder to decide when the offer is over:\n%s", list2(s.plan(t)))
	}
}

func TestAcceptedOfferWithdrawsTheOthers(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	now := when(t, "2026-12-01 11:00", berlin)
	process := func(name, end, desc string) interview.Interview {
		iv := held(name, when(t, end, berlin), interview.Person{Name: "Kim " + name, Email: name + "@example.example"})
		iv.Process, iv.Company = name, strings.ToUpper(name)
		iv.Event.Description = desc
		iv.Event.Updated = when(t, "2026-11-29 11:00", berlin)
		return iv
	}
	s := script{now: now, interviews: []interview.Interview{
		process("taken", "2026-11-20 15:00", ""), process("open", "2026-11-24 15:00", ""), process("coming", "2026-12-10 15:00", ""),
		process("over", "2026-11-10 15:00", "#rejected"), process("old", "2026-08-10 15:00", ""),
	}}
	s.past = written(s.plan(t))
	s.marks = []calendar.Mark{{Word: "accepted", Ref: "taken", At: now}}
	p := s.plan(t)
	got := map[string]string{}
	for _, f := range of(p, draft.Withdrawal) {
		got[f.Process] = f.Start.Format("Mon 2006-01-02 15:04")
		if !strings.Contains(f.Why, "TAKEN") {
			t.Errorf("the reason does not tell: %s", f.Why)
		}
	}
	if len(got) != 2 || got["open"] != "Wed 2026-12-02 11:00" || got["coming"] != "Wed 2026-12-02 11:00" {
		t.Errorf("withdrawals %v\n%s", got, list2(p))
	}
	for _, f := range of(p, draft.StatusCheck) {
		if f.State == Planned || f.Start.After(now) && f.State == Written {
			t.Errorf("still asking: %s", line(f))
		}
	}
	// It was a mistake.
	s.past = written(p)
	s.marks = append(s.marks, calendar.Mark{Word: "declined", Ref: "taken", At: now.AddDate(0, 0, 1)})
	for _, f := range of(s.plan(t), draft.Withdrawal) {
		if f.State != Withdrawn || !f.Explicit {
			t.Errorf("no offer is accepted any more: %s", line(f))
		}
	}
}

func TestWithdrawn(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	iv := held("a", when(t, "2026-11-24 15:00", berlin), ana)
	s := script{now: when(t, "2026-11-25 10:00", berlin), interviews: []interview.Interview{iv}}
	s.marks = []calendar.Mark{{Word: "withdrawn", Ref: "a", At: s.now}}
	if got := starts(s.plan(t), draft.Withdrawal); got != "Thu 2026-11-26 10:00" {
		t.Error(got)
	}
}

func TestNewestMarkWins(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	iv := held("a", when(t, "2026-11-24 15:00", berlin), ana)
	now := when(t, "2026-12-01 11:00", berlin)
	for _, c := range []struct {
		words []string // one an hour
		want  draft.Kind
	}{
		{[]string{"rejected", "offer"}, draft.OfferReply},
		{[]string{"offer", "rejected"}, draft.RejectionReply},
		{[]string{"offer", "rejected", "withdrawn"}, draft.Withdrawal},
		{[]string{"rejected", "answered"}, ""},
		{[]string{"offer", "accepted"}, ""},
	} {
		s := script{now: now, interviews: []interview.Interview{iv}}
		for i, w := range c.words {
			s.marks = append(s.marks, calendar.Mark{Word: w, Ref: "a", At: now.AddDate(0, 0, -len(c.words)+i)})
		}
		p := s.plan(t)
		for _, k := range []draft.Kind{draft.OfferReply, draft.RejectionReply, draft.Withdrawal, draft.StatusCheck} {
			if n := len(of(p, k)); (k == c.want) != (n == 1) {
				t.Errorf("%v: %d %s", c.words, n, k)
			}
		}
	}
}

func TestRoundAfterARejectionBeginsAnew(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	one, two := held("a", when(t, "2026-09-01 15:00", berlin), ana), held("b", when(t, "2026-12-01 15:00", berlin), ana)
	two.Event.Created = when(t, "2026-11-20 10:00", berlin)
	s := script{now: when(t, "2026-11-24 12:00", berlin), interviews: []interview.Interview{one, two}}
	s.marks = []calendar.Mark{{Word: "rejected", Ref: "a", At: when(t, "2026-09-10 12:00", berlin)}}
	if got := starts(s.plan(t), draft.StatusCheck); got != "Tue 2026-12-08 15:00" {
		t.Errorf("check %q", got)
	}
	s.interviews[1].Event.Created = when(t, "2026-08-20 10:00", berlin)
	if got := starts(s.plan(t), draft.StatusCheck); got != "" {
		t.Errorf("the round was in the calendar already when they said no, and still: %q", got)
	}
}

func TestAnswerToAnEarlierRoundDoesNotUndoANo(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	one, two := held("a", when(t, "2026-11-17 15:00", berlin), ana), held("b", when(t, "2026-12-01 15:00", berlin), ben)
	s := script{now: when(t, "2026-11-24 12:00", berlin), interviews: []interview.Interview{one, two}}
	s.marks = []calendar.Mark{
		{Word: "rejected", Ref: "a", At: when(t, "2026-11-18 12:00", berlin)},
		{Word: "answered", Ref: "a", At: when(t, "2026-11-19 12:00", berlin)},
	}
	if got := starts(s.plan(t), draft.StatusCheck); got != "" {
		t.Errorf("they said no, and the second round is still followed by %s", got)
	}
}

func TestUnreadableDateIsSaid(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	iv := held("a", when(t, "2026-11-24 15:00", berlin), ana)
	iv.Event.Description = "#answered someday maybe"
	p := script{now: when(t, "2026-11-25 12:00", berlin), interviews: []interview.Interview{iv}}.plan(t)
	if len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "someday maybe") {
		t.Errorf("warnings %q", p.Warnings)
	}
	if starts(p, draft.StatusCheck) != "" {
		t.Error("an answer without a readable day is an answer: silence")
	}
}
