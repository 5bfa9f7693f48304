package planner

import (
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

func TestThankYouMoment(t *testing.T) {
	for _, c := range []struct{ why, zone, user, end, now, want string }{
		{"24 hours later, when that is in working hours", "Europe/Berlin", "", "2026-11-24 15:00", "2026-11-24 16:00", "2026-11-25 15:00 +0100"},
		{"the next morning of the window after an evening", "Europe/Berlin", "", "2026-11-24 19:30", "2026-11-24 20:00", "2026-11-26 09:00 +0100"},
		{"no room for a quarter of an hour before six", "Europe/Berlin", "", "2026-11-24 17:50", "2026-11-24 18:00", "2026-11-26 09:00 +0100"},
		{"the window beats the weekend", "Europe/Berlin", "", "2026-11-27 10:00", "2026-11-27 11:00", "2026-11-28 10:00 +0100"},
		{"a business day in the window beats its Sunday", "Europe/Berlin", "", "2026-11-28 12:00", "2026-11-28 13:00", "2026-11-30 09:00 +0100"},
		{"Thursday evening: Saturday is all that the window has", "Europe/Berlin", "", "2026-11-26 18:30", "2026-11-26 19:00", "2026-11-28 09:00 +0100"},
		{"in the user's hours, not the event's", "America/Los_Angeles", "Europe/Berlin", "2026-11-24 12:00", "2026-11-24 23:00", "2026-11-26 09:00 +0100"},
		{"24 hours by the clock in spring", "America/New_York", "", "2027-03-13 15:00", "2027-03-13 16:00", "2027-03-15 09:00 -0400"},
		{"24 hours by the clock in autumn", "Europe/Berlin", "", "2026-10-23 15:00", "2026-10-23 16:00", "2026-10-24 15:00 +0200"},
		{"over the year's end", "Europe/Berlin", "", "2026-12-31 11:00", "2026-12-31 12:00", "2027-01-01 11:00 +0100"},
		{"first seen inside the window, after its best moment", "Europe/Berlin", "", "2026-11-24 15:00", "2026-11-25 16:07", "2026-11-25 16:15 +0100"},
	} {
		loc := zone(t, c.zone)
		s := script{now: when(t, c.now, loc), interviews: []interview.Interview{held("a", when(t, c.end, loc), ana)}}
		if c.user != "" {
			p := DefaultPolicy()
			p.Me.Location = zone(t, c.user)
			s.policy = &p
			s.now = when(t, c.now, p.Me.Location)
		}
		f := only(t, s.plan(t), draft.ThankYou)
		if got := f.Start.Format(wall); got != c.want || f.State != Planned {
			t.Errorf("%s: %s, %s; want %s", c.why, got, f.State, c.want)
		}
		end := s.interviews[0].Event.End
		if f.Start.Before(end.Add(24*time.Hour)) || !f.Start.Before(end.Add(48*time.Hour)) {
			t.Errorf("%s: %s is not 24-48 hours after %s", c.why, f.Start, end)
		}
		if !f.Window.From.Equal(end.Add(24*time.Hour)) || !f.Window.Until.Equal(end.Add(48*time.Hour)) {
			t.Errorf("%s: window %v", c.why, f.Window)
		}
	}
}

func TestThankYouWhenWindowAndHoursDoNotMeet(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, c := range []struct{ after, until, weekends, end, want string }{
		{"24h", "25h", "", "2026-11-24 19:00", "2026-11-25 17:45 +0100"}, // nearer than the next morning
		{"24h", "25h", "", "2026-11-24 06:30", "2026-11-25 09:00 +0100"},
		{"4h", "5h", "", "2026-11-24 16:00", "2026-11-25 09:00 +0100"}, // two hours after is too eager
		{"24h", "48h", "no", "2026-11-27 10:00", "2026-11-30 09:00 +0100"},
	} {
		p := DefaultPolicy()
		setRule(&p, draft.ThankYou, func(r *Rule) {
			r.After, _ = ParseDelay(c.after)
			r.Until, _ = ParseDelay(c.until)
			r.Weekends = c.weekends == ""
		})
		end := when(t, c.end, berlin)
		f := only(t, script{now: end, policy: &p, interviews: []interview.Interview{held("a", end, ana)}}.plan(t), draft.ThankYou)
		if got := f.Start.Format(wall); got != c.want || f.State != Planned {
			t.Errorf("%s-%s after %s: %s (%s), want %s", c.after, c.until, c.end, got, f.State, c.want)
		}
		if f.Start.Before(f.Window.From) || !f.Start.Before(f.Window.Until) {
			t.Errorf("%s is outside of the window that is shown: %v", f.Start, f.Window)
		}
	}
}

func TestThankYouLateThenSkipped(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	iv := held("a", when(t, "2026-11-24 15:00", berlin), ana, ben)
	for _, c := range []struct{ now, want string }{
		{"2026-11-26 15:00", "2026-11-26 15:00 +0100"},
		{"2026-11-26 22:00", "2026-11-27 09:00 +0100"},
		{"2026-11-28 10:07", "2026-11-28 10:15 +0100"},
		{"2026-12-03 15:00", "2026-12-03 15:00 +0100"},
		{"2026-12-03 15:01", ""},
		{"2028-12-03 15:00", ""},
	} {
		p := script{now: when(t, c.now, berlin), interviews: []interview.Interview{iv}}.plan(t)
		list := of(p, draft.ThankYou)
		if c.want == "" {
			if len(list) != 0 || !skippedWith(p, draft.ThankYou, "its time was over") {
				t.Errorf("at %s: want it left out with a reason, got\n%s", c.now, list2(p))
			}
			continue
		}
		if len(list) == 2 && !list[1].Start.Equal(list[0].End) {
			t.Errorf("at %s: late ones on top of each other:\n%s", c.now, list2(p))
		}
		if len(list) != 2 || list[0].State != Late || list[0].Start.Format(wall) != c.want {
			t.Errorf("at %s: want late at %s, got\n%s", c.now, c.want, list2(p))
		}
	}
}

func TestLateThankYouStaysOnceWritten(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	s := script{now: when(t, "2026-11-28 10:07", berlin), interviews: []interview.Interview{held("a", when(t, "2026-11-24 15:00", berlin), ana)}}
	first := only(t, s.plan(t), draft.ThankYou)
	for _, now := range []string{"2026-11-28 10:22", "2026-11-29 12:00", "2026-12-24 12:00", "2028-01-01 00:00"} {
		s.past = written(s.plan(t))
		s.now = when(t, now, berlin)
		f := only(t, s.plan(t), draft.ThankYou)
		if f.Key != first.Key || !f.Start.Equal(first.Start) || f.Text != first.Text || f.State != Written {
			t.Errorf("at %s: %s; want it where it stands, %s", now, line(f), first.Start)
		}
	}
}

func TestPanelThanksEachOnce(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	end := when(t, "2026-11-24 12:00", berlin)
	one, two, three := held("a", end, ana, ben), held("b", end.Add(time.Hour), ben, carla), held("c", end.Add(2*time.Hour), interview.Person{Name: "ana ruiz"})
	for _, iv := range []*interview.Interview{&one, &two, &three} {
		iv.Loop, iv.Recruiter = "loop", rita
	}
	p := script{now: end, interviews: []interview.Interview{one, two, three}}.plan(t)
	list := of(p, draft.ThankYou)
	if len(list) != 3 {
		t.Fatalf("want Ana, Ben and Carla once each, got\n%s", list2(p))
	}
	bodies, keys := map[string]bool{}, map[string]bool{}
	for _, f := range list {
		bodies[f.Body], keys[f.Key] = true, true
		if !f.Window.From.Equal(end.Add(26 * time.Hour)) {
			t.Errorf("%s: the window opens %s, not 24 hours after the last slot", f.Title, f.Window.From)
		}
		if f.To[0] == rita {
			t.Errorf("the recruiter who only arranged is thanked: %s", f.Title)
		}
	}
	if len(bodies) != 3 || len(keys) != 3 {
		t.Errorf("%d texts and %d keys for three people", len(bodies), len(keys))
	}
	if list[0].Interview.UID != "c" {
		t.Errorf("Ana's follows %v, not the last slot that she is in", list[0].Interview)
	}
	if got := list[2].To; len(got) != 2 || got[0] != carla || got[1] != rita {
		t.Errorf("Carla's address is unknown: want her by way of Rita, got %v", got)
	}
	if !strings.Contains(list[2].Text, "mailto:rita.lang@northwind.example?") || !strings.Contains(list[2].Body, "Carla Weiss") {
		t.Errorf("Rita is not asked to pass it on:\n%s", list[2].Text)
	}
}

func TestThankYouRecipients(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	end := when(t, "2026-11-24 15:00", berlin)
	screen := held("a", end)
	screen.Round, screen.Recruiter = interview.Screen, rita
	noAddress := held("a", end, carla)
	team := held("a", end)
	viaRecruiter := team
	viaRecruiter.Recruiter = rita
	task := team
	task.Round = interview.TakeHome
	for name, c := range map[string]struct {
		iv      interview.Interview
		to      []interview.Person
		mailTo  string
		skipped string
	}{
		"the recruiter of a screen interviewed": {screen, []interview.Person{rita}, "mailto:rita.lang@northwind.example?", ""},
		"an address that nobody knows":          {noAddress, []interview.Person{carla}, "mailto:?", ""},
		"nobody known":                          {team, nil, "mailto:?", ""},
		"nobody but the recruiter known":        {viaRecruiter, []interview.Person{rita}, "mailto:rita.lang@northwind.example?", ""},
		"a task to do alone":                    {task, nil, "", "nobody to thank"},
	} {
		p := script{now: end, interviews: []interview.Interview{c.iv}}.plan(t)
		if c.skipped != "" {
			if len(of(p, draft.ThankYou)) != 0 || !skippedWith(p, draft.ThankYou, c.skipped) {
				t.Errorf("%s: %s", name, list2(p))
			}
			continue
		}
		f := only(t, p, draft.ThankYou)
		if len(f.To) != len(c.to) || len(f.To) > 0 && f.To[0] != c.to[0] {
			t.Errorf("%s: to %v, want %v", name, f.To, c.to)
		}
		if !strings.Contains(f.Text, c.mailTo) {
			t.Errorf("%s: no %q in\n%s", name, c.mailTo, f.Text)
		}
	}
}

func TestThankYouAgainInALaterRound(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	one, two := held("a", when(t, "2026-11-17 15:00", berlin), ana), held("b", when(t, "2026-11-24 15:00", berlin), ana)
	two.Identity = one.Identity // the same title and people
	p := script{now: when(t, "2026-11-16 12:00", berlin), interviews: []interview.Interview{one, two}}.plan(t)
	list := of(p, draft.ThankYou)
	if len(list) != 2 || list[0].Key == list[1].Key {
		t.Fatalf("want one for each round:\n%s", list2(p))
	}
	if list[0].Body == list[1].Body || !strings.Contains(list[1].Body, "again") && !strings.Contains(list[1].Body, "second time") && !strings.Contains(list[1].Body, "another") {
		t.Errorf("the second does not know of the first:\n%s", list[1].Body)
	}
}

// TestNobodyReadsTheSameThanksTwice holds that the thank-yous of an application
// differ in every paragraph, also over several rounds with the same people.
func TestNobodyReadsTheSameThanksTwice(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, lang := range draft.Languages {
		var interviews []interview.Interview
		for i, people := range [][]interview.Person{{ana}, {ben, ana}, {ana, ben, carla}} {
			iv := held(string(rune('a'+i)), when(t, "2026-11-17 15:00", berlin).AddDate(0, 0, i), people...)
			iv.Language = lang
			interviews = append(interviews, iv)
		}
		list := of(script{now: when(t, "2026-11-16 12:00", berlin), interviews: interviews}.plan(t), draft.ThankYou)
		if len(list) != 6 {
			t.Fatalf("%s: %d thank-yous", lang, len(list))
		}
		seen := map[string]string{}
		for _, f := range list {
			paragraphs := strings.Split(f.Body, "\n\n")
			for _, p := range paragraphs[1:] {
				if other := seen[p]; len([]rune(p)) > 45 && other != "" {
					t.Errorf("%s: %s and %s both hold %q", lang, f.Title, other, p)
				}
				seen[p] = f.Title
			}
		}
	}
}

func TestAllDayInterview(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	iv := held("a", when(t, "2026-11-24 00:00", berlin), ana)
	iv.Event.AllDay, iv.Event.Start = true, when(t, "2026-11-23 00:00", berlin)
	p := script{now: when(t, "2026-11-22 12:00", berlin), interviews: []interview.Interview{iv}}.plan(t)
	if got := only(t, p, draft.ThankYou).Start.Format(wall); got != "2026-11-25 09:00 +0100" {
		t.Errorf("thank-you %s", got)
	}
	if got := only(t, p, draft.StatusCheck).Start.Format(wall); got != "2026-11-30 09:00 +0100" {
		t.Errorf("status check %s, want a week after the day", got)
	}
}

// TestZonesOfTheEvent holds that a day without a zone is the user's day, and that
// an instant is told in the user's time.
func TestZonesOfTheEvent(t *testing.T) {
	la := zone(t, "America/Los_Angeles")
	policy := DefaultPolicy()
	policy.Me.Location = la
	allDay := held("a", when(t, "2026-11-24 00:00", time.UTC), ana)
	allDay.Event.AllDay, allDay.Event.Start = true, when(t, "2026-11-23 00:00", time.UTC)
	p := script{now: when(t, "2026-11-22 12:00", la), policy: &policy, interviews: []interview.Interview{allDay}}.plan(t)
	f := only(t, p, draft.ThankYou)
	if f.Window.From.Format(wall) != "2026-11-25 00:00 -0800" || f.Start.Format(wall) != "2026-11-25 09:00 -0800" || !strings.Contains(f.Why, "all day Mon 23 Nov") {
		t.Errorf("all day: %s, window from %s", line(f), f.Window.From)
	}
	instant := held("a", when(t, "2026-11-28 01:00", time.UTC), ana) // Friday 17:00 in Los Angeles
	p = script{now: when(t, "2026-11-27 18:00", la), policy: &policy, interviews: []interview.Interview{instant}}.plan(t)
	f = only(t, p, draft.StatusCheck)
	if f.Start.Format(wall) != "2026-12-04 17:00 -0800" || !strings.Contains(f.Why, "ended Fri 27 Nov 17:00") || !strings.Contains(f.Body, "November 27") {
		t.Errorf("an instant: %s\n%s", line(f), f.Body)
	}
	abroad := held("a", when(t, "2026-11-24 18:00", zone(t, "Europe/Berlin")), ana)
	p = script{now: when(t, "2026-11-24 10:00", la), policy: &policy, interviews: []interview.Interview{abroad}}.plan(t)
	if f = only(t, p, draft.ThankYou); !strings.Contains(f.Why, "ended Tue 24 Nov 09:00") {
		t.Errorf("told in the user's time: %s", f.Why)
	}
}

func TestNoteGoesIntoTheThankYou(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	iv := held("a", when(t, "2026-11-24 15:00", berlin), ana)
	iv.Event.Description = "Zoom.\n#note: I led the #offer migration to Iceberg"
	iv.Event.Updated = when(t, "2026-11-24 16:00", berlin)
	p := script{now: when(t, "2026-11-24 16:00", berlin), interviews: []interview.Interview{iv}}.plan(t)
	f := only(t, p, draft.ThankYou)
	if !strings.Contains(f.Body, "migration to Iceberg") {
		t.Errorf("no note in\n%s", f.Body)
	}
	if len(of(p, draft.OfferReply)) != 0 {
		t.Errorf("a word in a note was taken for a mark")
	}
}

func TestCardAndDebriefAreOptional(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	s := script{now: when(t, "2026-11-24 10:00", berlin), interviews: []interview.Interview{held("a", when(t, "2026-11-24 15:00", berlin), ana, ben)}}
	p := s.plan(t)
	if len(of(p, draft.Card))+len(of(p, draft.Debrief)) != 0 {
		t.Fatalf("nobody asked for them:\n%s", list2(p))
	}
	policy := DefaultPolicy()
	for _, k := range []draft.Kind{draft.Card, draft.Debrief} {
		setRule(&policy, k, func(r *Rule) { r.Enabled = true })
	}
	s.policy = &policy
	p = s.plan(t)
	if n := len(of(p, draft.Card)); n != 2 {
		t.Errorf("%d cards for two people", n)
	}
	if got := only(t, p, draft.Debrief).Start; !got.Equal(s.interviews[0].Event.End) {
		t.Errorf("the note to oneself is at %s, not right after", got)
	}
	if f := only(t, p, draft.Debrief); strings.Contains(f.Text, "mailto:") || f.Subject != "" {
		t.Errorf("a note to oneself is no mail:\n%s", f.Text)
	}
}

func TestNoShow(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	iv := held("a", when(t, "2026-11-24 15:00", berlin), ana)
	s := script{now: when(t, "2026-11-24 15:10", berlin), interviews: []interview.Interview{iv}}
	s.marks = []calendar.Mark{{Word: calendar.MarkNoShow, Ref: "a", At: when(t, "2026-11-24 14:40", berlin)}}
	p := s.plan(t)
	f := only(t, p, draft.NoShow)
	if got := f.Start.Format(wall); got != "2026-11-24 15:15 +0100" {
		t.Errorf("no-show at %s, want at once", got)
	}
	if len(of(p, draft.ThankYou))+len(of(p, draft.StatusCheck)) != 0 {
		t.Errorf("nobody came, and still:\n%s", list2(p))
	}
}

func TestNoShowSaidOfTheProcessIsTheRoundBefore(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	s := script{now: when(t, "2026-11-24 16:00", berlin), interviews: []interview.Interview{
		held("a", when(t, "2026-11-24 15:00", berlin), ana), held("b", when(t, "2026-12-01 15:00", berlin), ben),
	}}
	s.marks = []calendar.Mark{{Word: calendar.MarkNoShow, Ref: s.interviews[0].Process, At: when(t, "2026-11-24 15:30", berlin)}}
	p := s.plan(t)
	if f := only(t, p, draft.NoShow); f.Interview.UID != "a" || only(t, p, draft.ThankYou).Interview.UID != "b" {
		t.Error(list2(p))
	}
}

// skippedWith tells whether the kind was left out with the words in the reason.
func skippedWith(p Plan, kind draft.Kind, words string) bool {
	for _, s := range p.Skipped {
		if s.Kind == kind && strings.Contains(s.Why, words) {
			return true
		}
	}
	return false
}
