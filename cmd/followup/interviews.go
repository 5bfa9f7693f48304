package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"followup/calendar"
	"followup/planner/interview"
)

func interviewsCmd(a *app) *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:   "interviews [SOURCE...]",
		Short: "What is recognised, with confidence and evidence",
		Long: `The events that followup takes for your own job interviews, with what it read in
them. --all adds what it does not take for one, and why. A wrong answer is mended
by a hashtag in the event (#not-interview, #interview, #company: X, #role: Y,
#with: Name <email>) or with followup mark.`,
		Example: "  followup interviews calendar.ics\n  followup interviews --all --format json calendar.ics",
		RunE: func(cmd *cobra.Command, args []string) error {
			result, r, err := a.recognize(cmd.Context(), args, all)
			if err != nil {
				return err
			}
			if a.format == "json" {
				err = a.printJSON(toInterviewsJSON(result, all))
			} else {
				err = a.interviewsText(result, all)
			}
			if err != nil {
				return err
			}
			return r.err()
		},
	}
	c.Flags().BoolVar(&all, "all", false, "also what is not taken for an interview, and why")
	return c
}

// recognize reads the calendars and takes what is an interview. all reads every
// event, so that what is none can be told too.
func (a *app) recognize(ctx context.Context, args []string, all bool) (interview.Result, reading, error) {
	policy, _, err := a.policy()
	if err != nil {
		return interview.Result{}, reading{}, err
	}
	o, err := a.readOptions()
	if err != nil {
		return interview.Result{}, reading{}, err
	}
	marks, err := a.said(ctx, args)
	if err != nil {
		return interview.Result{}, reading{}, err
	}
	if all {
		o.MaxPerDay = 0
	} else {
		o.Keep = interview.PrefilterFor(marks)
	}
	events, r, err := a.all(ctx, args, o)
	if err != nil {
		return interview.Result{}, r, err
	}
	return interview.Recognize(events, policy.Me, marks), r, nil
}

// interviewJSON is one interview in the output of interviews: see docs/json.md.
type interviewJSON struct {
	Source       string             `json:"source"`
	UID          string             `json:"uid"`
	RecurrenceID string             `json:"recurrence_id"`
	Summary      string             `json:"summary"`
	Start        string             `json:"start"`
	End          string             `json:"end"`
	Status       string             `json:"status"`
	Decision     string             `json:"decision"`
	Confidence   float64            `json:"confidence"`
	Evidence     []interview.Signal `json:"evidence"`
	Process      string             `json:"process"`
	Company      string             `json:"company"`
	Via          string             `json:"via"`
	Role         string             `json:"role"`
	Round        string             `json:"round"`
	Interviewers []interview.Person `json:"interviewers"`
	Recruiter    interview.Person   `json:"recruiter"`
	HearBy       string             `json:"hear_by"`
	Loop         string             `json:"loop"`
	SupersededBy string             `json:"superseded_by"`
	Language     string             `json:"language"`
	Marks        []markJSON         `json:"marks"`
	Reason       string             `json:"reason"`
}

type markJSON struct {
	Word  string `json:"word"`
	Value string `json:"value"`
	At    string `json:"at"`
}

type interviewsJSON struct {
	Interviews []interviewJSON `json:"interviews"`
	Others     []interviewJSON `json:"others,omitempty"`
	Notes      []string        `json:"notes"`
}

func toInterviewsJSON(r interview.Result, all bool) interviewsJSON {
	out := interviewsJSON{Interviews: []interviewJSON{}, Notes: list(r.Notes)}
	for _, iv := range r.Interviews {
		out.Interviews = append(out.Interviews, toInterviewJSON(iv))
	}
	if all {
		for _, iv := range r.Others {
			out.Others = append(out.Others, toInterviewJSON(iv))
		}
	}
	return out
}

func toInterviewJSON(iv interview.Interview) interviewJSON {
	e := iv.Event
	out := interviewJSON{
		Source: e.Source, UID: e.UID, RecurrenceID: e.RecurrenceID, Summary: e.Summary,
		Start: stamp(e.Start, e.AllDay), End: stamp(e.End, e.AllDay),
		Status: string(iv.Status), Decision: string(iv.Decision),
		Confidence: float64(int(iv.Confidence*1000+0.5)) / 1000,
		Evidence:   list(iv.Evidence), Process: iv.Process, Company: iv.Company, Via: iv.Via,
		Role: iv.Role, Round: string(iv.Round), Interviewers: list(iv.Interviewers),
		Recruiter: iv.Recruiter, Loop: iv.Loop, Language: iv.Language,
		Marks: toMarksJSON(iv.Marks), Reason: iv.Reason,
	}
	if !iv.HearBy.IsZero() {
		out.HearBy = stamp(iv.HearBy.Until, true)
	}
	if iv.SupersededBy != (calendar.ID{}) {
		out.SupersededBy = iv.SupersededBy.String()
	}
	return out
}

func toMarksJSON(marks []calendar.Mark) []markJSON {
	out := []markJSON{}
	for _, m := range marks {
		out = append(out, markJSON{m.Word, m.Value, stamp(m.At, false)})
	}
	return out
}

func (a *app) interviewsText(r interview.Result, all bool) error {
	p := a.printer()
	p.zone = r.Me.Location
	for _, n := range r.Notes {
		p.line(p.style(dim, n))
	}
	p.interviews(r.Interviews)
	if len(r.Interviews) == 0 {
		p.line("No interview was recognised. followup interviews --all says why not, event by event.")
	}
	if all {
		p.day("Not taken for interviews")
		for _, iv := range r.Others {
			p.entry(p.at(iv.Event.Start).Format("2 Jan 15:04"), iv.Event.Summary, "")
			p.note(iv.Reason)
		}
	}
	return p.flush()
}

// interviews prints interviews by day.
func (p *printer) interviews(all []interview.Interview) {
	day := ""
	for _, iv := range all {
		start, end := p.at(iv.Event.Start), p.at(iv.Event.End)
		if d := start.Format("Mon 2 Jan 2006"); d != day {
			p.day(d)
			day = d
		}
		p.entry(start.Format("15:04")+"-"+end.Format("15:04"), iv.Event.Summary, interviewRemark(iv))
		p.note(strings.Join(interviewFacts(iv), " · "))
	}
}

// interviewRemark says how sure the answer is, and what became of the interview.
func interviewRemark(iv interview.Interview) string {
	s := fmt.Sprintf("%.0f %%", iv.Confidence*100)
	if iv.Decision == interview.Review {
		s += ", not sure: add #interview to the event, or #not-interview"
	}
	if iv.Status != interview.Active {
		s += ", " + string(iv.Status)
	}
	return s
}

// interviewFacts lists what was read in the invitation.
func interviewFacts(iv interview.Interview) []string {
	var facts []string
	add := func(label, s string) {
		if s != "" {
			facts = append(facts, label+s)
		}
	}
	add("", iv.Company)
	add("via ", iv.Via)
	add("", iv.Role)
	if iv.Round != interview.Other {
		add("", strings.ReplaceAll(string(iv.Round), "_", " "))
	}
	add("with ", joinNames(iv.Interviewers))
	if n := personName(iv.Recruiter); n != "" {
		add("arranged by ", n)
	}
	if !iv.HearBy.IsZero() {
		add("an answer promised by ", iv.HearBy.Until.Format("Mon 2 Jan"))
	}
	return facts
}

func personName(p interview.Person) string {
	if p.Name != "" {
		return p.Name
	}
	return p.Email
}

func joinNames(people []interview.Person) string {
	var names []string
	for _, p := range people {
		names = append(names, personName(p))
	}
	return strings.Join(names, ", ")
}
