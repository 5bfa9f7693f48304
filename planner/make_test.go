package planner

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

// TestMake goes the whole way, from events as a calendar has them to a plan, with
// the words that a person writes into them.
func TestMake(t *testing.T) {
	set, _, err := draft.Load()
	if err != nil {
		t.Fatal(err)
	}
	berlin := zone(t, "Europe/Berlin")
	me := interview.Me{Name: "Nina Sander", Emails: []string{"nina@mail.example"}, Location: berlin}
	invitation := event("north", "Technical interview with Northwind - Data Engineer", "", when(t, "2026-11-24 14:00", berlin), time.Hour,
		guest("Rita Lang", "rita.lang@northwind.example"), guest("Nina Sander", "nina@mail.example"), guest("Ana Ruiz", "ana.ruiz@northwind.example"))
	later := event("north2", "Final interview with Northwind - Data Engineer", "", when(t, "2026-12-03 14:00", berlin), time.Hour,
		guest("Rita Lang", "rita.lang@northwind.example"), guest("Nina Sander", "nina@mail.example"), guest("Ben Okafor", "ben.okafor@northwind.example"))
	for _, c := range []struct {
		title, text string
		marks       []calendar.Mark
		more        []calendar.Event
		want        string
	}{
		{"", "", nil, nil, "thank_you, status_check"},
		{" #skip", "", nil, nil, ""},
		{"", "#sent", nil, nil, "thank_you done, status_check"},
		{"", "They called. #answered", nil, nil, "thank_you"},
		{"", "#answered 2026-12-04", nil, nil, "thank_you, status_check 2026-12-11"},
		{"", "#answered by December 4", nil, nil, "thank_you, status_check 2026-12-11"},
		{"", "#decision-by 2026-12-11", nil, nil, "thank_you, status_check 2026-12-15"},
		{"", "#rejected #went-well", nil, nil, "rejection_reply, feedback_request"},
		{"", "#offer until 2026-12-04", nil, nil, "thank_you, offer_reply, offer_reply"},
		{"", "#withdrawn", nil, nil, "withdrawal"},
		{"", "#no-show", nil, nil, "no_show"},
		{"", "#not-interview", nil, nil, ""},
		{"", "", []calendar.Mark{{Word: "answered", Ref: "Northwind"}}, nil, "thank_you"},
		{"", "", []calendar.Mark{{Word: "skip", Ref: "north"}}, nil, ""},
		{"", "", nil, []calendar.Event{later}, "thank_you, thank_you, status_check 2026-12-10"},
		{"", "#answered", nil, []calendar.Event{later}, "thank_you, thank_you, status_check 2026-12-10"},
		{"", "", []calendar.Mark{{Word: "rejected", Ref: "Northwind", At: when(t, "2026-11-27 10:00", berlin)}}, []calendar.Event{later}, "rejection_reply"},
		{"Cancelled: ", "", nil, nil, ""},
	} {
		e := invitation
		e.Description = c.text
		if strings.HasPrefix(c.title, " ") {
			e.Summary += c.title
		} else {
			e.Summary = c.title + e.Summary
		}
		in := Input{Now: when(t, "2026-11-24 16:00", berlin), Events: append([]calendar.Event{e}, c.more...), Marks: c.marks}
		if len(c.more) > 0 && len(c.marks) > 0 {
			in.Now = when(t, "2026-11-27 11:00", berlin)
		}
		policy := DefaultPolicy()
		policy.Me = me
		p, err := Make(in, policy, set)
		if err != nil {
			t.Fatal(err)
		}
		checkPlan(t, p, policy)
		var got []string
		for _, f := range p.FollowUps {
			s := string(f.Kind)
			if f.State != Planned {
				s += " " + string(f.State)
			}
			if f.Kind == draft.StatusCheck && strings.Contains(c.want, "2026") {
				s += " " + f.Start.Format(time.DateOnly)
			}
			got = append(got, s)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%q %q %v: %q, want %q\n%s", c.title, c.text, c.marks, got, c.want, list2(p))
		}
		if c.want == "" && len(p.Skipped) == 0 && !strings.Contains(c.text, "not-interview") {
			t.Errorf("%q %q: nothing planned, and no reason", c.title, c.text)
		}
	}
}

func TestMakeRefusesAWrongPolicy(t *testing.T) {
	p := DefaultPolicy()
	p.Holidays = "xx"
	if _, err := Make(Input{}, p, nil); err == nil || !strings.Contains(err.Error(), "plan.holidays") {
		t.Error(err)
	}
}

func TestMakeOfNothing(t *testing.T) {
	set, _, err := draft.Load()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Make(Input{Now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}, DefaultPolicy(), set)
	if err != nil || len(p.FollowUps)+len(p.Skipped)+len(p.Warnings) != 0 || !p.Edge.IsZero() {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestConfigTypesAsText(t *testing.T) {
	var got struct {
		After Delay
		Hours Hours
	}
	if err := json.Unmarshal([]byte(`{"After":"2bd","Hours":"09:00-17:30"}`), &got); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(got)
	if err != nil || string(text) != `{"After":"2bd","Hours":"09:00-17:30"}` {
		t.Errorf("%s, %v", text, err)
	}
	for _, bad := range []string{`{"After":"2 moons"}`, `{"Hours":"late"}`} {
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func TestWords(t *testing.T) {
	long := strings.Repeat("interview ", 20)
	for got, want := range map[string]string{
		quote(" two\nlines "):                            `"two lines"`,
		quote(""):                                        "an untitled event",
		fmt.Sprint(len([]rune(quote(long)))):             "62",
		shellQuote("a-b@c.example"):                      "a-b@c.example",
		shellQuote("it's 1"):                             `'it'\''s 1'`,
		shellQuote(""):                                   "''",
		reasonOf(interview.Interview{Confidence: 0.616}): "confidence 62 %",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
