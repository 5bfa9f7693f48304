package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"followup/calendar"
	"followup/planner"
	"followup/planner/draft"
	"followup/planner/interview"
	"followup/sync"
)

func planCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "plan [SOURCE...]",
		Short: "What sync would do, and why; changes nothing",
		Long: `The follow-ups that your interviews deserve, when, and why. It changes nothing.
SOURCE is a path, - for standard input, or an http(s) or webcal URL: then every
follow-up is new. Without one, the configured calendars are read and the plan is
what followup sync would do now.`,
		Example: "  followup plan calendar.ics\n  followup plan --format json calendar.ics\n  followup plan",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.planConfigured(cmd.Context())
			}
			plan, r, err := a.plan(cmd.Context(), args)
			if err != nil {
				return err
			}
			if err := a.printPlan(plan, creations(plan)); err != nil {
				return err
			}
			return r.err()
		},
	}
}

// plan reads the calendars and asks the planner, with no memory of earlier runs.
func (a *app) plan(ctx context.Context, args []string) (planner.Plan, reading, error) {
	policy, drafts, err := a.policy()
	if err != nil {
		return planner.Plan{}, reading{}, err
	}
	events, r, err := a.candidates(ctx, args)
	if err != nil {
		return planner.Plan{}, r, err
	}
	plan, err := planner.Make(planner.Input{Now: a.now, Events: events}, policy, drafts)
	return plan, r, err
}

// candidates reads the events that can matter to recognition.
func (a *app) candidates(ctx context.Context, args []string) ([]calendar.Event, reading, error) {
	o, err := a.readOptions()
	if err != nil {
		return nil, reading{}, err
	}
	o.Keep = interview.PrefilterFor(nil)
	events, r, err := a.all(ctx, args, o)
	if err == nil && len(r.failed) == r.count {
		err = r.err()
	}
	return events, r, err
}

// creations are the changes of a plan that starts from nothing.
func creations(p planner.Plan) []sync.Change {
	var out []sync.Change
	for _, f := range p.FollowUps {
		if wanted(f) {
			out = append(out, sync.Change{Op: sync.Create, Key: f.Key, Title: f.Title, Why: f.Why})
		}
	}
	return out
}

// wanted tells whether the follow-up is to stand in the calendar.
func wanted(f planner.FollowUp) bool {
	return slices.Contains([]planner.State{planner.Planned, planner.Late, planner.Written, planner.Edited}, f.State)
}

func (a *app) printPlan(p planner.Plan, changes []sync.Change) error {
	if a.format == "json" {
		return a.printJSON(toPlanJSON(p, changes))
	}
	out := a.printer()
	out.plan(p, changes)
	return out.flush()
}

// plan prints the follow-ups by day, and what was left out.
func (p *printer) plan(plan planner.Plan, changes []sync.Change) {
	ops := map[string]sync.Op{}
	for _, c := range changes {
		ops[c.Key] = c.Op
	}
	p.zone = plan.Recognized.Me.Location
	standing, processes := 0, map[string]bool{}
	for _, f := range plan.FollowUps {
		if wanted(f) {
			standing++
			processes[f.Process] = true
		}
	}
	p.line(fmt.Sprintf("%s for %s, as of %s", plural(standing, "follow-up"), plural(len(processes), "application"),
		p.at(plan.Now).Format("Mon 2 Jan 2006 15:04 MST")))
	for _, n := range plan.Recognized.Notes {
		p.wrapped("", "", p.style(dim, n))
	}
	day := ""
	for _, f := range plan.FollowUps {
		if d := f.Start.Format("Mon 2 Jan 2006"); d != day {
			p.day(d)
			day = d
		}
		p.followUp(f, ops[f.Key])
	}
	p.notPlanned(plan)
	for _, w := range plan.Warnings {
		p.line(p.style(amber, "Note: ") + clean(w))
	}
}

// followUp prints one follow-up with its reason and its recipient.
func (p *printer) followUp(f planner.FollowUp, op sync.Op) {
	p.entry(f.Start.Format("15:04"), p.style(kindColor(f.Kind), f.Title), stateRemark(f, op))
	if to := joinNames(f.To); to != "" && f.Subject != "" {
		p.note("to " + recipients(f.To) + ": " + f.Subject)
	}
	p.note(f.Why)
}

func recipients(people []interview.Person) string {
	var out []string
	for _, p := range people {
		switch {
		case p.Name != "" && p.Email != "":
			out = append(out, p.Name+" <"+p.Email+">")
		default:
			out = append(out, personName(p))
		}
	}
	return strings.Join(out, ", ")
}

func kindColor(k draft.Kind) string {
	switch k {
	case draft.ThankYou, draft.OfferReply, draft.Card:
		return green
	case draft.LetGo, draft.Debrief:
		return dim
	}
	return bold
}

// stateRemark says what is to be done, or how the follow-up stands.
func stateRemark(f planner.FollowUp, op sync.Op) string {
	switch {
	case f.State == planner.Late:
		return "late, but send it"
	case f.State == planner.Planned && (op == sync.Create || op == ""):
		return ""
	case op == sync.Update || op == sync.Delete || op == sync.Adopt:
		return string(op)
	}
	return string(f.State)
}

func (p *printer) notPlanned(plan planner.Plan) {
	if len(plan.Skipped) == 0 {
		return
	}
	names := map[string]string{}
	for _, iv := range plan.Recognized.Interviews {
		names[iv.Process] = strings.Trim(iv.Company+", "+iv.Role, ", ")
	}
	p.day("Not planned")
	for _, s := range plan.Skipped {
		what := strings.ReplaceAll(string(s.Kind), "_", " ")
		if what != "" && len(s.To) > 0 {
			what += " to " + joinNames(s.To)
		}
		if n := names[s.Process]; what != "" && n != "" {
			what += " (" + n + ")"
		}
		if what != "" {
			what += ": "
		}
		p.wrapped("  ", "    ", p.style(dim, clean(what+s.Why)))
	}
}
