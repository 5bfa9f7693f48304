package planner

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

var update = flag.Bool("update", false, "write the golden files anew")

// story is a calendar with what happened in it, and why its plan is right.
type story struct {
	name, why string
	now       time.Time
	me        interview.Me
	holidays  string
	events    []calendar.Event
	marks     []calendar.Mark
}

func event(uid, title, description string, start time.Time, length time.Duration, organizer calendar.Person, attendees ...calendar.Person) calendar.Event {
	return calendar.Event{
		Source: "test", UID: uid, Summary: title, Description: description, Start: start, End: start.Add(length),
		TimeZone: start.Location().String(), Status: calendar.StatusConfirmed, Organizer: organizer, Attendees: attendees,
		Created: start.AddDate(0, 0, -7), Updated: start.AddDate(0, 0, -7),
	}
}

func guest(name, email string) calendar.Person {
	return calendar.Person{Name: name, Email: email, Role: "req-participant", PartStat: calendar.PartStatAccepted, CUType: "individual"}
}

func stories(t *testing.T) []story {
	chicago, newYork, berlin := zone(t, "America/Chicago"), zone(t, "America/New_York"), zone(t, "Europe/Berlin")
	nina := guest("Nina Sander", "nina@mail.example")
	lena := guest("Lena Vogt", "lena@mail.example")
	return []story{
		{
			name: "panel",
			why: `A screen on Tuesday and a panel day the week after, over Thanksgiving.
The recruiter of the screen interviewed, so she is thanked for it, and is not thanked for the panel that she only arranged.
The panel ends Monday 15:00, so each of the three is thanked on Tuesday from 15:00, one after the other, with different texts.
The screen needs no status check: the panel is the answer. The panel's comes a week after it, to the recruiter.`,
			now: when(t, "2026-11-20 08:00", newYork), me: interview.Me{Name: "Nina Sander", Emails: []string{"nina@mail.example"}, Location: newYork}, holidays: "us",
			events: []calendar.Event{
				event("screen", "Phone screen with Northwind - Data Engineer", "Rita from Northwind will call you.", when(t, "2026-11-24 10:00", newYork), 30*time.Minute,
					guest("Rita Lang", "rita.lang@northwind.example"), nina),
				event("panel1", "Northwind onsite interview: Data Engineer", "", when(t, "2026-11-30 13:00", newYork), time.Hour,
					guest("Rita Lang", "rita.lang@northwind.example"), nina, guest("Ana Ruiz", "ana.ruiz@northwind.example"), guest("Ben Okafor", "ben.okafor@northwind.example")),
				event("panel2", "Northwind onsite interview: Data Engineer", "", when(t, "2026-11-30 14:00", newYork), time.Hour,
					guest("Rita Lang", "rita.lang@northwind.example"), nina, guest("Mei Tan", "mei.tan@northwind.example")),
				event("dentist", "Dentist", "", when(t, "2026-11-25 09:00", newYork), time.Hour, calendar.Person{}),
			},
		},
		{
			name: "promise",
			why: `A hospital interview on Friday afternoon, with a decision promised by Friday, December 11.
24-48 hours after are on the weekend, which the thank-you's window beats: Saturday at 14:30.
The status check waits for the promised day and two business days: Tuesday, December 15, in the morning.`,
			now: when(t, "2026-11-27 16:00", chicago), me: interview.Me{Name: "Nina Sander", Emails: []string{"nina@mail.example"}, Location: chicago}, holidays: "us",
			events: []calendar.Event{
				event("ward", "Interview for Registered Nurse at Lakeside Hospital", "You will be speaking with Dana Whitlow, Nurse Manager.\nWe expect to decide by December 11, 2026.", when(t, "2026-11-27 13:30", chicago), time.Hour,
					guest("Priya Nair", "priya.nair@lakeside.example"), nina),
			},
		},
		{
			name: "agency",
			why: `An interview in Germany by way of an agency, a week before Christmas.
Whoever has no address is thanked by way of the agency's recruiter, who is also the one to ask for news.
A week later is Christmas Eve, which is a business day; the second check skips the holidays and New Year.`,
			now: when(t, "2026-12-17 12:00", berlin), me: interview.Me{Name: "Lena Vogt", Emails: []string{"lena@mail.example"}, Location: berlin}, holidays: "de",
			events: []calendar.Event{
				event("kunde", "Interview at Nordlicht GmbH - Junior Controller", "Dear Ms Vogt,\nyou will be speaking with Karin Holm, Head of Controlling.\nKind regards\nTobias Brandt | Recruiter | Weitblick Staffing", when(t, "2026-12-17 10:00", berlin), time.Hour,
					guest("Tobias Brandt", "t.brandt@weitblick-staffing.example"), lena),
			},
		},
		{
			name: "outcomes",
			why: `Three applications come to an end. Northwind said no after it went well: a reply at once, which is the thank-you too, and a request for feedback three business days later.
Fabrikam made an offer until December 11: an answer on the next business day. Contoso answered and named December 4: silence until five business days after.
Contoso's thank-you is late, but planned at once; after an offer, Fabrikam's would look odd.`,
			now: when(t, "2026-12-01 09:30", berlin), me: interview.Me{Name: "Nina Sander", Emails: []string{"nina@mail.example"}, Location: berlin},
			events: []calendar.Event{
				event("north", "Technical interview with Northwind - Data Engineer", "", when(t, "2026-11-23 14:00", berlin), time.Hour,
					guest("Rita Lang", "rita.lang@northwind.example"), nina, guest("Ana Ruiz", "ana.ruiz@northwind.example")),
				event("fabri", "Final interview with Fabrikam - Data Engineer", "", when(t, "2026-11-24 14:00", berlin), time.Hour,
					guest("Omar Haddad", "omar.haddad@fabrikam.example"), nina, guest("Sofia Lind", "sofia.lind@fabrikam.example")),
				event("conto", "Interview with Contoso - Platform Engineer", "", when(t, "2026-11-25 16:00", berlin), time.Hour,
					guest("Jo Meyer", "jo.meyer@contoso.example"), nina, guest("Ivo Petrov", "ivo.petrov@contoso.example")),
			},
			marks: []calendar.Mark{
				{Word: "rejected", Ref: "north", At: when(t, "2026-11-30 17:20", berlin)},
				{Word: "went-well", Ref: "north", At: when(t, "2026-11-30 17:21", berlin)},
				{Word: "offer", Value: "until 2026-12-11", Ref: "fabri", At: when(t, "2026-12-01 09:10", berlin)},
				{Word: "answered", Value: "2026-12-04", Ref: "conto", At: when(t, "2026-11-30 10:00", berlin)},
			},
		},
	}
}

func TestGoldenPlans(t *testing.T) {
	for _, s := range stories(t) {
		policy := DefaultPolicy()
		policy.Me, policy.Holidays = s.me, s.holidays
		in := Input{Now: s.now, Events: s.events, Marks: s.marks}
		res := interview.Recognize(in.Events, policy.Me, in.Marks)
		p, err := plan(in, res, policy, parts{render: echo, mailTo: draft.MailTo, dates: interview.ParseDates})
		if err != nil {
			t.Fatal(err)
		}
		checkPlan(t, p, policy)
		got := tell(s, p)
		file := filepath.Join("testdata", s.name+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is not as in %s; if that is right, run go test -update and look at the difference:\n%s", s.name, file, got)
		}
	}
}

// tell writes the plan for a reader.
func tell(s story, p Plan) string {
	var b strings.Builder
	for l := range strings.Lines(s.why) {
		fmt.Fprintf(&b, "# %s\n", strings.TrimSuffix(l, "\n"))
	}
	fmt.Fprintf(&b, "\nnow %s, edge %s\n", p.Now.Format("Mon 2006-01-02 15:04 MST"), p.Edge.In(p.Now.Location()).Format("Mon 2006-01-02 15:04 MST"))
	for _, f := range p.FollowUps {
		fmt.Fprintf(&b, "\n%s-%s %s, %s, %s\n", f.Start.Format("Mon 2006-01-02 15:04"), f.End.Format("15:04 MST"), f.Kind, f.State, f.Language)
		for _, to := range f.To {
			fmt.Fprintf(&b, "  to %s\n", contactWords(to))
		}
		fmt.Fprintf(&b, "  why %s\n", f.Why)
		for l := range strings.Lines(f.Body) {
			fmt.Fprintf(&b, "  | %s\n", strings.TrimSuffix(l, "\n"))
		}
	}
	b.WriteString("\nleft out\n")
	for _, k := range p.Skipped {
		fmt.Fprintf(&b, "  %s of %s: %s\n", k.Kind, k.Interview, k.Why)
	}
	if len(p.FollowUps) > 0 {
		fmt.Fprintf(&b, "\nthe text of the last\n\n%s\n", p.FollowUps[len(p.FollowUps)-1].Text)
	}
	return b.String()
}

// echo writes what a draft is told, so that these plans do not change with the
// texts.
func echo(d draft.Data) draft.Text {
	t := draft.Text{Title: fmt.Sprintf("%s to %s", d.Kind, d.To.Name), Language: d.Language}
	if d.Kind != draft.LetGo {
		t.Subject = d.Role + " at " + d.Company
	}
	date := func(at time.Time) string {
		if at.IsZero() {
			return "-"
		}
		return at.Format("2 Jan 15:04 MST")
	}
	t.Body = fmt.Sprintf("to %q of %q via %q, names %q, round %s on %s\nvariant %d, attempt %d, again %v, forward %v, recruiter %v\nhear by %s, deadline %s, notes %q, now %s, me %q",
		d.To.Name, d.Company, d.Via, d.Names, d.Round, date(d.Interview), d.Variant, d.Attempt, d.Again, d.Forward, d.Recruiter,
		date(d.HearBy), date(d.Deadline), d.Notes, date(d.Now), d.Me)
	return t
}
