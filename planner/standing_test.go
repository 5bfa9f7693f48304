package planner

import (
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

// inCalendar are the follow-ups of a plan as the events that stand in the target.
func inCalendar(p Plan) []calendar.Event {
	var out []calendar.Event
	for _, f := range p.FollowUps {
		if f.State != Withdrawn {
			e := f.Event()
			e.Source = "target"
			out = append(out, e)
		}
	}
	return out
}

func testScript(t *testing.T) script {
	berlin := zone(t, "Europe/Berlin")
	iv := held("a", when(t, "2026-11-24 15:00", berlin), ana, ben)
	return script{now: when(t, "2026-11-24 12:00", berlin), interviews: []interview.Interview{iv}}
}

func TestRescheduledIsMovedUnderItsKeys(t *testing.T) {
	for _, how := range []string{"same UID", "same UID, other title and people", "new UID, the old one superseded", "new UID, the old one superseded, nothing remembered", "new UID, the old one gone", "new UID, nothing remembered", "new UID, title and people order, the old one gone"} {
		s := testScript(t)
		before := s.plan(t)
		s.past = written(before)
		old := s.interviews[0]
		iv := old
		iv.Event.Start, iv.Event.End = iv.Event.Start.AddDate(0, 0, 2), iv.Event.End.AddDate(0, 0, 2)
		s.interviews = []interview.Interview{iv}
		switch how {
		case "same UID, other title and people":
			s.interviews[0].Event.Summary, s.interviews[0].Identity, s.interviews[0].Process = "Interview", "soft:other", "northwind|data"
		case "new UID, the old one superseded", "new UID, the old one superseded, nothing remembered":
			s.interviews[0].Event.UID, s.interviews[0].Identity = "b", "soft:b"
			old.Status, old.SupersededBy = interview.Superseded, calendar.ID{UID: "b"}
			s.interviews = append(s.interviews, old)
			if strings.Contains(how, "nothing remembered") {
				s.past = nil
			}
		case "new UID, the old one gone":
			s.interviews[0].Event.UID = "b"
		case "new UID, title and people order, the old one gone":
			s.interviews[0].Event.UID, s.interviews[0].Event.Summary, s.interviews[0].Identity = "b", "Rescheduled", "soft:b"
			s.interviews[0].Interviewers = []interview.Person{ben, ana}
		case "new UID, nothing remembered":
			s.interviews[0].Event.UID = "b"
			s.past = nil
		}
		after := s.plan(t)
		if len(after.FollowUps) != len(before.FollowUps) {
			t.Errorf("%s:\n%s", how, list2(after))
			continue
		}
		for i, f := range before.FollowUps {
			g := byKey(after, f.Key)
			if g == nil || !g.Start.After(f.Start.AddDate(0, 0, 1)) || g.State == Withdrawn {
				t.Errorf("%s: %s is not moved:\n%s", how, before.FollowUps[i].Title, list2(after))
			}
		}
	}
}

func TestPutOffAfterTheFollowUpsDay(t *testing.T) {
	s := testScript(t)
	s.past = written(s.plan(t))
	s.now = s.now.AddDate(0, 0, 2) // the thank-yous' day is over
	iv := &s.interviews[0]
	iv.Event.Start, iv.Event.End = iv.Event.Start.AddDate(0, 0, 7), iv.Event.End.AddDate(0, 0, 7)
	p := s.plan(t)
	if got := starts(p, draft.ThankYou); got != "Wed 2026-12-02 15:00, Wed 2026-12-02 15:15" {
		t.Errorf("the interview was put off: thank-yous %s", got)
	}
	if why := of(p, draft.ThankYou)[0].Why; !strings.Contains(why, "moved from Wed 25 Nov 15:00 to Wed 2 Dec 15:00") {
		t.Errorf("the reason does not tell: %s", why)
	}
}

func TestGoneInterviews(t *testing.T) {
	for _, c := range []struct {
		status   interview.Status
		mark     string
		why      string
		explicit bool
	}{
		{interview.Cancelled, "", "was cancelled", true},
		{interview.Declined, "", "you declined", true},
		{interview.Superseded, "", "replaced", true},
		{interview.Active, "not-interview", "you marked", true},
		{interview.Active, "skip", "to be skipped", true},
		{"", "", "missing from the calendars", false},
	} {
		s := testScript(t)
		s.past = written(s.plan(t))
		iv := s.interviews[0]
		iv.Status = c.status
		switch {
		case c.status == "":
			s.interviews = nil
		case c.mark == "not-interview":
			iv.Decision, iv.Marks = interview.No, []calendar.Mark{{Word: c.mark, Ref: "a"}}
			s.interviews, s.others = nil, []interview.Interview{iv}
		case c.mark == "skip":
			iv.Event.Summary += " #skip"
			s.interviews[0] = iv
		default:
			s.interviews[0] = iv
		}
		p := s.plan(t)
		if len(p.FollowUps) != 3 {
			t.Errorf("%s %s:\n%s", c.status, c.mark, list2(p))
		}
		for _, f := range p.FollowUps {
			if f.State != Withdrawn || f.Explicit != c.explicit || !strings.Contains(f.Why, c.why) {
				t.Errorf("%s %s: explicit %v, %s", c.status, c.mark, f.Explicit, line(f))
			}
		}
		// And with nothing remembered nothing is planned.
		s.past = nil
		if p := s.plan(t); len(p.FollowUps) != 0 {
			t.Errorf("%s %s, nothing remembered:\n%s", c.status, c.mark, list2(p))
		}
	}
}

func TestWhatTookPlaceKeepsItsFollowUps(t *testing.T) {
	s := testScript(t)
	s.past = written(s.plan(t))
	want := s.plan(t)
	s.interviews = nil
	s.now = s.now.Add(4 * time.Hour) // it is over
	p := s.plan(t)
	if !samePlan(p, want) {
		t.Errorf("the feed forgot the interview:\n%s", list2(p))
	}
}

func TestTheUserWins(t *testing.T) {
	s := testScript(t)
	first := s.plan(t)
	key := of(first, draft.ThankYou)[0].Key
	moved := first.FollowUps[0].Start.Add(27 * time.Hour)
	for name, c := range map[string]struct {
		edit  func(*Record, *calendar.Event)
		mark  string
		state State
		start time.Time
	}{
		"ticked off in the title": {func(_ *Record, e *calendar.Event) { e.Summary = "✓ " + e.Summary }, "", Done, first.FollowUps[0].Start},
		"sent, in the text":       {func(_ *Record, e *calendar.Event) { e.Description += "\n#sent" }, "", Done, first.FollowUps[0].Start},
		"sent, by command":        {nil, "sent", Done, first.FollowUps[0].Start},
		"skip, by command":        {nil, "skip", Withdrawn, first.FollowUps[0].Start},
		"skip, in the text":       {func(_ *Record, e *calendar.Event) { e.Description += "\n#skip" }, "", Withdrawn, first.FollowUps[0].Start},
		"done, as remembered":     {func(r *Record, _ *calendar.Event) { r.State = Done }, "", Done, first.FollowUps[0].Start},
		"deleted, as remembered":  {func(r *Record, _ *calendar.Event) { r.State = Dismissed }, "", Dismissed, first.FollowUps[0].Start},
		"text edited": {func(r *Record, e *calendar.Event) {
			e.Description = "mine"
			r.State, r.Owned = Edited, []calendar.Field{calendar.FieldText}
		}, "", Edited, first.FollowUps[0].Start},
		"moved": {func(r *Record, e *calendar.Event) {
			e.Start, e.End = moved, moved.Add(time.Hour)
			r.State, r.Owned = Edited, []calendar.Field{calendar.FieldTime}
		}, "", Edited, moved},
		"moved, not noticed yet": {func(_ *Record, e *calendar.Event) { e.Start, e.End = moved, moved.Add(time.Hour) }, "", Written, moved},
	} {
		s := testScript(t)
		s.past, s.events = written(first), inCalendar(first)
		if c.edit != nil {
			c.edit(&s.past[0], &s.events[0])
		}
		if c.mark != "" {
			s.marks = []calendar.Mark{{Word: c.mark, Ref: key, At: s.now}}
		}
		p := s.plan(t)
		f := byKey(p, key)
		if f == nil || f.State != c.state || !f.Start.Equal(c.start) {
			t.Errorf("%s: want %s at %s, got\n%s", name, c.state, c.start, list2(p))
		}
		if len(p.FollowUps) != 3 {
			t.Errorf("%s touched others:\n%s", name, list2(p))
		}
		if c.state == Done || c.state == Dismissed {
			s.interviews[0].Event.Start = s.interviews[0].Event.Start.AddDate(0, 0, 3)
			s.interviews[0].Event.End = s.interviews[0].Event.End.AddDate(0, 0, 3)
			s.interviews[0].Interviewers = append(s.interviews[0].Interviewers, carla)
			if g := byKey(s.plan(t), key); g == nil || !g.Start.Equal(f.Start) || g.Text != f.Text || g.State != f.State {
				t.Errorf("%s, and the interview moved: the settled one was touched", name)
			}
		}
	}
}

func TestWordsOnAFollowUpSpeakOfTheProcess(t *testing.T) {
	for _, remembered := range []bool{true, false} {
		s := testScript(t)
		first := s.plan(t)
		s.events = inCalendar(first)
		if remembered {
			s.past = written(first)
		}
		s.events[0].Description += "\n\n#rejected #went-well"
		s.now = s.now.AddDate(0, 0, 1)
		s.events[0].Updated = s.now
		p := s.plan(t)
		if len(of(p, draft.RejectionReply)) != 1 || len(of(p, draft.FeedbackRequest)) != 1 {
			t.Errorf("remembered %v:\n%s", remembered, list2(p))
		}
	}
}

func TestMarkByKeyWithNothingRemembered(t *testing.T) {
	s := testScript(t)
	first := s.plan(t)
	s.marks = []calendar.Mark{{Word: "answered", Ref: only(t, first, draft.StatusCheck).Key, At: s.now.AddDate(0, 0, 1)}, {Word: "sent", Ref: of(first, draft.ThankYou)[1].Key}}
	s.now = s.now.AddDate(0, 0, 2)
	p := s.plan(t)
	if len(of(p, draft.StatusCheck)) != 0 || of(p, draft.ThankYou)[1].State != Done && of(p, draft.ThankYou)[0].State != Done {
		t.Error(list2(p))
	}
}

func TestSentOnTheInterviewMeansTheThanks(t *testing.T) {
	s := testScript(t)
	s.interviews[0].Event.Description = "#sent"
	p := s.plan(t)
	for _, f := range of(p, draft.ThankYou) {
		if f.State != Done {
			t.Error(line(f))
		}
	}
	if len(of(p, draft.StatusCheck)) != 1 {
		t.Error(list2(p))
	}
}

func TestSentSaidOfTheProcessMeansWhatWasDue(t *testing.T) {
	s := testScript(t)
	later := held("later", s.interviews[0].Event.End.AddDate(0, 0, -14), ana)
	later.Event.Start, later.Event.End = later.Event.Start.AddDate(0, 0, 28), later.Event.End.AddDate(0, 0, 28)
	for _, c := range []struct {
		at, want string
	}{
		{"2026-11-24 18:00", "thank_you thank_you"}, // early, but they were sent
		{"2026-11-20 18:00", ""},                    // before the interview
		{"2026-12-01 16:00", "thank_you thank_you status_check"},
	} {
		s := testScript(t)
		s.past = written(s.plan(t))
		s.marks = []calendar.Mark{{Word: "sent", Ref: s.interviews[0].Process, At: when(t, c.at, s.now.Location())}}
		s.now = when(t, "2026-12-01 17:00", s.now.Location())
		var got []string
		for _, f := range s.plan(t).FollowUps {
			if f.State == Done {
				got = append(got, string(f.Kind))
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("sent, said %s: done are %v, want %s", c.at, got, c.want)
		}
	}
	s.interviews = append(s.interviews, later)
	s.marks = []calendar.Mark{{Word: "sent", Ref: later.Process, At: s.now.AddDate(0, 0, 2)}}
	for _, f := range of(s.plan(t), draft.ThankYou) {
		if (f.State == Done) != (f.Interview.UID == "a") {
			t.Error(line(f))
		}
	}
}

func TestStateLostAndFoundInTheCalendar(t *testing.T) {
	s := testScript(t)
	s.now = s.now.AddDate(0, 0, 4)
	first := s.plan(t) // late thank-yous, at a moment that depends on now
	s.events = inCalendar(first)
	s.now = s.now.AddDate(0, 0, 1)
	p := s.plan(t)
	if len(p.FollowUps) != len(first.FollowUps) {
		t.Fatalf("got\n%s", list2(p))
	}
	for i, f := range first.FollowUps {
		if g := p.FollowUps[i]; g.Key != f.Key || !g.Start.Equal(f.Start) || g.Text != f.Text {
			t.Errorf("%s\nbecame %s", line(f), line(g))
		}
	}
}

func TestPersonWithANewAddressKeepsTheKey(t *testing.T) {
	s := testScript(t)
	s.interviews[0].Interviewers = []interview.Person{carla}
	s.past = written(s.plan(t))
	key := only(t, s.plan(t), draft.ThankYou).Key
	s.interviews[0].Interviewers = []interview.Person{{Name: "Carla Weiss", Email: "carla@northwind.example"}}
	if f := only(t, s.plan(t), draft.ThankYou); f.Key != key || !strings.Contains(f.Text, "mailto:carla@northwind.example?") {
		t.Errorf("%s: key %s, want %s", line(f), f.Key, key)
	}
}

func TestPersonTakenOffTheInvitation(t *testing.T) {
	s := testScript(t)
	s.past = written(s.plan(t))
	gone := of(s.plan(t), draft.ThankYou)[1]
	s.interviews[0].Interviewers = []interview.Person{ana}
	if f := byKey(s.plan(t), gone.Key); f == nil || f.State != Withdrawn || !f.Explicit {
		t.Errorf("before the interview: %v", f)
	}
	s.now = s.interviews[0].Event.End.Add(time.Hour)
	if f := byKey(s.plan(t), gone.Key); f == nil || f.State != Written {
		t.Errorf("after it took place: %v", f)
	}
}

func TestReviewIsSkippedOnce(t *testing.T) {
	s := testScript(t)
	s.interviews[0].Decision, s.interviews[0].Reason = interview.Review, "a call with somebody from outside"
	p := s.plan(t)
	if len(p.FollowUps) != 0 || len(p.Skipped) != 1 || !strings.Contains(p.Skipped[0].Why, "#interview") || !strings.Contains(p.Skipped[0].Why, "from outside") {
		t.Errorf("got\n%s", list2(p))
	}
}

func TestSameEventInTwoSources(t *testing.T) {
	s := testScript(t)
	want := s.plan(t)
	copied := s.interviews[0]
	copied.Event.Source = "other"
	s.interviews = append(s.interviews, copied)
	if p := s.plan(t); !samePlan(p, want) {
		t.Errorf("the second copy made\n%s", list2(p))
	}
	s.interviews[1].Status, s.interviews[1].Event.Sequence = interview.Cancelled, 2
	if p := s.plan(t); len(p.FollowUps) != 0 {
		t.Errorf("the newer copy is cancelled:\n%s", list2(p))
	}
}

func TestKindSwitchedOffTakesAwayWhatStands(t *testing.T) {
	s := testScript(t)
	s.past = written(s.plan(t))
	p := DefaultPolicy()
	for _, k := range draft.Kinds {
		setRule(&p, k, func(r *Rule) { r.Enabled = false })
	}
	s.policy = &p
	for _, f := range s.plan(t).FollowUps {
		if f.State != Withdrawn || !f.Explicit || !strings.Contains(f.Why, "switched off") {
			t.Error(line(f))
		}
	}
}

// remade are records as they are made again from the calendar's events, when the
// state is lost.
func remade(p Plan) []Record {
	var out []Record
	for _, f := range p.FollowUps {
		e := f.Event()
		out = append(out, Record{
			FollowUp: FollowUp{Key: f.Key, Kind: f.Kind, Interview: calendar.ID{UID: e.RelatedTo}, Title: e.Summary, Start: e.Start, End: e.End, Text: e.Description},
			State:    Written, Base: calendar.FieldsOf(e),
		})
	}
	return out
}

func TestRecordsMadeAgainFromTheCalendar(t *testing.T) {
	s := testScript(t)
	first := s.plan(t)
	s.past = remade(first)
	if p := s.plan(t); !sameKeys(p, first) || p.FollowUps[0].State != Written {
		t.Errorf("got\n%s", list2(p))
	}
	// Also when the interview goes by other names meanwhile, under which nothing
	// that is hashed is the same.
	s.interviews[0].Identity, s.interviews[0].Process = "soft:other", "northwind|data"
	p := s.plan(t)
	if !sameKeys(p, first) {
		t.Errorf("under another name:\n%s", list2(p))
	}
	for _, f := range p.FollowUps {
		if g := byKey(first, f.Key); g == nil || f.Title != g.Title {
			t.Errorf("%s was taken for another", f.Title)
		}
	}
}

func sameKeys(a, b Plan) bool {
	if len(a.FollowUps) != len(b.FollowUps) {
		return false
	}
	for _, f := range a.FollowUps {
		if byKey(b, f.Key) == nil {
			return false
		}
	}
	return true
}

func TestAskedForAgain(t *testing.T) {
	for _, state := range []State{Withdrawn, Planned} { // as restore leaves it
		s := testScript(t)
		first := s.plan(t)
		s.past = written(first)
		s.past[0].State = state
		p := s.plan(t)
		if f := byKey(p, s.past[0].FollowUp.Key); f == nil || f.State != Planned || !f.Start.Equal(first.FollowUps[0].Start) {
			t.Errorf("%s: got\n%s", state, list2(p))
		}
	}
}

func TestInterviewWithoutAProcess(t *testing.T) {
	s := testScript(t)
	s.interviews[0].Process, s.interviews[0].Company, s.interviews[0].Role = "", "", ""
	if p := s.plan(t); len(p.FollowUps) != 3 {
		t.Errorf("got\n%s", list2(p))
	}
}

func TestMarkedByDayAlone(t *testing.T) {
	s := testScript(t)
	s.now = s.interviews[0].Event.End.Add(time.Hour)
	midnight := time.Date(2026, 11, 24, 0, 0, 0, 0, s.now.Location())
	s.marks = []calendar.Mark{{Word: "answered", Ref: s.interviews[0].Process, At: midnight}}
	if p := s.plan(t); len(of(p, draft.StatusCheck)) != 0 {
		t.Errorf("answered on the day of the interview:\n%s", list2(p))
	}
	s.marks = []calendar.Mark{{Word: "rejected", Ref: s.interviews[0].Process, At: midnight}}
	if p := s.plan(t); len(of(p, draft.RejectionReply)) != 1 {
		t.Errorf("rejected on the day of the interview:\n%s", list2(p))
	}
}

func TestEarlierRoundThatLooksTheSameGetsItsOwnKeys(t *testing.T) {
	s := testScript(t)
	first := s.plan(t)
	s.past = written(first)
	earlier := held("earlier", s.interviews[0].Event.End.AddDate(0, 0, -1), ana)
	earlier.Identity = s.interviews[0].Identity
	s.interviews = append(s.interviews, earlier)
	for _, remembered := range [][]Record{s.past, remade(first)} {
		s.past = remembered
		p := s.plan(t)
		for _, f := range first.FollowUps {
			if g := byKey(p, f.Key); g == nil || g.Interview.UID != "a" || !g.Start.Equal(f.Start) {
				t.Errorf("%s lost its key to the other round:\n%s", f.Title, list2(p))
			}
		}
		if n := len(of(p, draft.ThankYou)); n != 3 {
			t.Errorf("%d thank-yous:\n%s", n, list2(p))
		}
	}
}

func TestTextStaysOnceItsDayIsOver(t *testing.T) {
	s := testScript(t)
	first := s.plan(t)
	s.past = written(first)
	policy := DefaultPolicy()
	policy.Tone = draft.Brief
	s.policy = &policy
	if p := s.plan(t); p.FollowUps[0].Text == first.FollowUps[0].Text {
		t.Error("the tone made no difference to what is to come")
	}
	s.now = s.now.AddDate(0, 0, 2)
	p := s.plan(t)
	if p.FollowUps[0].Text != first.FollowUps[0].Text || p.FollowUps[0].Body != first.FollowUps[0].Body {
		t.Error("what was over was written anew")
	}
	if last := len(p.FollowUps) - 1; p.FollowUps[last].Text == first.FollowUps[last].Text {
		t.Error("the tone made no difference to the status check")
	}
}
