package web

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"followup/calendar"
	"followup/planner"
	"followup/planner/draft"
	"followup/planner/interview"
)

// berlin is where the person of the tests lives.
func berlin(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// theNow is when the tests happen: a Thursday, half past nine in Berlin.
var theNow = time.Date(2026, 11, 26, 8, 30, 0, 0, time.UTC)

// fakeLedger is a Ledger of values that tests set.
type fakeLedger struct {
	mu       sync.Mutex
	view     *View
	err      error
	marked   []calendar.Mark
	restored []string
	synced   []string
	onMark   func(calendar.Mark) error
}

func (l *fakeLedger) View(context.Context) (*View, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.view, l.err
}

func (l *fakeLedger) set(v *View, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.view, l.err = v, err
}

func (l *fakeLedger) Mark(_ context.Context, m calendar.Mark) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.onMark != nil {
		if err := l.onMark(m); err != nil {
			return err
		}
	}
	l.marked = append(l.marked, m)
	next := *l.view
	next.Marks = append(append([]calendar.Mark(nil), l.view.Marks...), m)
	l.view = &next
	return nil
}

func (l *fakeLedger) Restore(_ context.Context, key string) error {
	if key == "gone" {
		return fmt.Errorf("restore: %w", calendar.ErrNotFound)
	}
	l.restored = append(l.restored, key)
	return nil
}

func (l *fakeLedger) Sync(_ context.Context, token string) error {
	if token == "fail" {
		return errors.New("feed https://cal.example/private-secret/basic.ics answered 503")
	}
	l.synced = append(l.synced, token)
	return nil
}

// key makes a follow-up's key of a few letters.
func key(s string) string { return (s + strings.Repeat("0", 32))[:32] }

// theView is three applications: one in the middle, one in silence, one rejected.
func theView(t testing.TB) *View {
	loc := berlin(t)
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, loc) }
	ana := interview.Person{Name: "Ana Ruiz", Email: "ana.ruiz@northwind.example"}
	ben := interview.Person{Name: "Ben Okafor", Email: "ben.okafor@northwind.example"}
	round := func(uid, process, company, role string, start time.Time, r interview.Round, people ...interview.Person) interview.Interview {
		return interview.Interview{
			Event:  calendar.Event{Source: "personal", UID: uid, Summary: "Interview: " + role + " at " + company, Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin", Status: calendar.StatusConfirmed},
			Status: interview.Active, Decision: interview.Yes, Confidence: .97, Process: process, Company: company, Role: role, Round: r, Interviewers: people,
			Evidence: []interview.Signal{{Signal: "title", Detail: "the title says interview", Weight: .6}}, Reason: "the title says interview and the organiser is from " + company, Identity: uid,
		}
	}
	follow := func(k, process, company, role, title, uid string, kind draft.Kind, start time.Time, state planner.State, to ...interview.Person) planner.FollowUp {
		return planner.FollowUp{
			Key: key(k), Kind: kind, Process: process, Company: company, Role: role, Interview: calendar.ID{UID: uid}, Source: "personal", To: to,
			Title: title, Start: start, End: start.Add(15 * time.Minute), Alarms: []time.Duration{0}, Subject: "Thank you for today", Language: "en", State: state,
			Body: "Dear Ana,\n\nThank you for the time you took. What you told me about the move to streaming stayed with me: I had not thought of late events.\n\nKind regards\nNina Adler",
			Text: "Dear Ana,\n\nThank you for the time you took.\n\nTo: ana.ruiz@northwind.example\nWhy: a day after the interview", Why: "a thank-you goes to each person 24 to 48 hours after the interview",
		}
	}
	rounds := []interview.Interview{
		round("n1@cal.example", "northwind", "Northwind", "Data Engineer", at(12, 10), interview.Screen, ana),
		round("n2@cal.example", "northwind", "Northwind", "Data Engineer", at(25, 14), interview.Panel, ana, ben),
		round("c1@cal.example", "contoso", "Contoso", "Platform Engineer", at(9, 11), interview.Technical),
		round("f1@cal.example", "fabrikam", "Fabrikam", "Analyst", at(3, 9), interview.Final),
	}
	rounds[3].Marks = []calendar.Mark{{Word: calendar.MarkRejected, At: at(11, 12)}}
	rounds[1].Event.Created = at(16, 12)
	review := round("m1@cal.example", "", "", "", at(27, 15), interview.Other)
	review.Event.Summary, review.Decision, review.Confidence, review.Reason = "Chat with Dana from Tailspin", interview.Review, .5, "a talk with somebody of another company, but nothing says interview"
	other := round("o1@cal.example", "", "", "", at(27, 8), interview.Other)
	other.Event.Summary, other.Decision, other.Reason = "Dentist <script>alert(1)</script>", interview.No, "a medical appointment"
	return &View{
		Plan: planner.Plan{
			Now: theNow,
			FollowUps: []planner.FollowUp{
				follow("a", "northwind", "Northwind", "Data Engineer", "Thank Ana Ruiz (Northwind, Data Engineer)", "n2@cal.example", draft.ThankYou, at(26, 9), planner.Written, ana),
				follow("b", "northwind", "Northwind", "Data Engineer", "Thank Ben Okafor (Northwind, Data Engineer)", "n2@cal.example", draft.ThankYou, at(26, 15), planner.Written, ben),
				follow("c", "contoso", "Contoso", "Platform Engineer", "Ask Contoso how it stands (Platform Engineer)", "c1@cal.example", draft.StatusCheck, at(27, 9), planner.Planned),
			},
			Skipped:    []planner.Skip{{Kind: draft.FeedbackRequest, Process: "fabrikam", Interview: calendar.ID{UID: "f1@cal.example"}, Why: "you did not say that it went well"}},
			Recognized: interview.Result{Interviews: append(rounds, review), Others: []interview.Interview{other}, Notes: []string{"You are nina@adler.example: that address is on nearly every event."}},
		},
		Records: []planner.Record{
			{FollowUp: follow("a", "northwind", "Northwind", "Data Engineer", "Thank Ana Ruiz (Northwind, Data Engineer)", "n2@cal.example", draft.ThankYou, at(26, 9), planner.Written, ana), State: planner.Written, Created: at(25, 16), Updated: at(25, 16)},
			{FollowUp: follow("b", "northwind", "Northwind", "Data Engineer", "Thank Ben Okafor (Northwind, Data Engineer)", "n2@cal.example", draft.ThankYou, at(26, 15), planner.Written, ben), State: planner.Written, Created: at(25, 16), Updated: at(25, 16)},
			{FollowUp: follow("d", "fabrikam", "Fabrikam", "Analyst", "Thank Eve Stone (Fabrikam, Analyst)", "f1@cal.example", draft.ThankYou, at(4, 9), planner.Done), State: planner.Done, Created: at(3, 10), Updated: at(4, 9), Sequence: 1},
			{FollowUp: follow("e", "fabrikam", "Fabrikam", "Analyst", "Ask Fabrikam how it stands (Analyst)", "f1@cal.example", draft.StatusCheck, at(10, 9), planner.Withdrawn), State: planner.Withdrawn, Created: at(3, 10), Updated: at(11, 13), Sequence: 2},
		},
		Sources: []Health{
			{Name: "personal", Kind: "google", LastGood: theNow.Add(-7 * time.Minute), LastTried: theNow.Add(-7 * time.Minute), Events: 240},
			{Name: "campus", Kind: "ics", LastGood: theNow.Add(-50 * time.Hour), LastTried: theNow.Add(-7 * time.Minute), Error: "campus (https://calendar.example/...): the server answered 503; its follow-ups were left alone; try again later with followup sync", Events: 12},
			{Name: "Interview follow-ups", Kind: "google", Target: true, LastGood: theNow.Add(-7 * time.Minute), Events: 4},
		},
		Run: Run{Ended: theNow.Add(-7 * time.Minute), Created: 2},
	}
}

const theSecret = "abcdefghijkmnpqrstuvwxyz234567"

// newTestServer returns the handler over the ledger, at theNow.
func newTestServer(t testing.TB, l Ledger, change func(*Options)) *server {
	t.Helper()
	o := Options{Ledger: l, Secret: func() string { return theSecret }, Now: func() time.Time { return theNow }, Location: berlin(t)}
	o.Calendar.Name = "Interview follow-ups"
	if change != nil {
		change(&o)
	}
	s, err := newServer(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
