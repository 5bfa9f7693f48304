package web

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"followup/calendar"
	"followup/planner"
	"followup/planner/draft"
	"followup/planner/interview"
)

// plannedLedger is a Ledger over the real planner: what is said on the page shows
// in the next plan. Its follow-ups stand in no calendar but the feed.
type plannedLedger struct {
	t      testing.TB
	policy planner.Policy
	drafts *draft.Set
	events []calendar.Event
	now    func() time.Time

	mu    sync.Mutex
	view  *View
	marks []calendar.Mark
	runs  int
}

func newPlannedLedger(t testing.TB, now func() time.Time, events []calendar.Event) *plannedLedger {
	t.Helper()
	drafts, warnings, err := draft.Load()
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	policy := planner.DefaultPolicy()
	policy.Me = interview.Me{Name: "Nina Adler", Emails: []string{"nina@adler.example"}, Location: berlin(t)}
	l := &plannedLedger{t: t, policy: policy, drafts: drafts, events: events, now: now}
	if err := l.plan(); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *plannedLedger) plan() error {
	plan, err := planner.Make(planner.Input{Now: l.now(), Events: l.events, Marks: l.marks}, l.policy, l.drafts)
	if err != nil {
		return err
	}
	l.runs++
	l.view = &View{
		Plan: plan, Marks: slices.Clone(l.marks),
		Sources: []Health{{Name: "personal", Kind: "google", LastGood: l.now(), LastTried: l.now(), Events: len(l.events)}},
		Run:     Run{Ended: l.now()},
	}
	return nil
}

func (l *plannedLedger) View(context.Context) (*View, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.view, nil
}

func (l *plannedLedger) Mark(_ context.Context, m calendar.Mark) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.marks = append(l.marks, m)
	return l.plan()
}

func (l *plannedLedger) Restore(context.Context, string) error { return nil }

// forget takes back all that was said.
func (l *plannedLedger) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.marks = nil
	if err := l.plan(); err != nil {
		l.t.Fatal(err)
	}
}

// said is the newest mark.
func (l *plannedLedger) said() calendar.Mark {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.marks) == 0 {
		return calendar.Mark{}
	}
	return l.marks[len(l.marks)-1]
}

func (l *plannedLedger) Sync(context.Context, string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.plan()
}

// theCalendar is a synthetic one: a panel yesterday, a screen two weeks ago, a
// rejection to come, a talk that may be an interview, and life.
func theCalendar(t testing.TB) []calendar.Event {
	loc := berlin(t)
	nina := calendar.Person{Name: "Nina Adler", Email: "nina@adler.example", PartStat: calendar.PartStatAccepted}
	event := func(uid, title, text string, start time.Time, organizer calendar.Person, others ...calendar.Person) calendar.Event {
		e := calendar.Event{Source: "personal", UID: uid, Summary: title, Description: text, Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
			Status: calendar.StatusConfirmed, Organizer: organizer, Created: start.AddDate(0, 0, -5), Updated: start.AddDate(0, 0, -5)}
		if organizer.Email != "" {
			e.Attendees = append([]calendar.Person{nina}, others...)
		}
		return e
	}
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, loc) }
	ana := calendar.Person{Name: "Ana Ruiz", Email: "ana.ruiz@northwind.example", PartStat: calendar.PartStatAccepted}
	ben := calendar.Person{Name: "Ben Okafor", Email: "ben.okafor@northwind.example", PartStat: calendar.PartStatAccepted}
	rita := calendar.Person{Name: "Rita Lang", Email: "rita.lang@contoso.example", PartStat: calendar.PartStatAccepted}
	return []calendar.Event{
		event("panel@northwind.example", "Panel interview: Data Engineer at Northwind", "Hi Nina,\nyou will meet Ana Ruiz and Ben Okafor.\nBest, Ana", at(25, 9), ana, ana, ben),
		event("tech@contoso.example", "Technical interview - Platform Engineer - Contoso", "Looking forward to our interview for the Platform Engineer position.\nRita", at(12, 11), rita, rita),
		event("chat@tailspin.example", "Meeting with Dana Fox", "Let us talk about the opening.", at(27, 15), calendar.Person{Name: "Dana Fox", Email: "dana@tailspin.example"}, calendar.Person{Name: "Dana Fox", Email: "dana@tailspin.example"}),
		event("dentist@adler.example", "Dentist", "", at(27, 8), calendar.Person{}),
		event("coffee@adler.example", "Coffee with Jo, Fabrikam", "", at(24, 16), calendar.Person{}),
	}
}
