package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"followup/calendar"
	"followup/planner"
	"followup/planner/interview"
)

func explainCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "explain TEXT-OR-UID [SOURCE...]",
		Short: "One event: why (not) an interview, which follow-ups, which rule made each",
		Long: `Why an event is taken for an interview or not, with the evidence and its weights;
what was read in it; which follow-ups come from it, and which rule made each or left
it out. The first argument is the event's UID, or a part of its title.`,
		Example: "  followup explain \"Northwind\" calendar.ics\n  followup explain 6n1screen0001@google.com --format json calendar.ics",
		Args:    usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, r, err := a.explain(cmd.Context(), args[0], args[1:])
			if err != nil {
				return err
			}
			if a.format == "json" {
				err = a.printJSON(map[string]any{"explanations": found.json()})
			} else {
				err = a.explainText(found)
			}
			if err != nil {
				return err
			}
			return r.err()
		},
	}
}

// explanation is one event with everything that came of it.
type explanation struct {
	iv        interview.Interview
	followUps []planner.FollowUp
	skipped   []planner.Skip
}

type explanations []explanation

// explain finds the events that ref names and what the planner makes of them.
// Every event is read, also those that can't matter: the question is why.
func (a *app) explain(ctx context.Context, ref string, args []string) (explanations, reading, error) {
	o, err := a.readOptions()
	if err != nil {
		return nil, reading{}, err
	}
	policy, drafts, err := a.policy()
	if err != nil {
		return nil, reading{}, err
	}
	marks, err := a.said(ctx, args)
	if err != nil {
		return nil, reading{}, err
	}
	events, r, err := a.all(ctx, args, o)
	if err != nil {
		return nil, r, err
	}
	plan, err := planner.Make(planner.Input{Now: a.now, Events: events, Marks: marks}, policy, drafts)
	if err != nil {
		return nil, r, err
	}
	var out explanations
	for _, iv := range slices.Concat(plan.Recognized.Interviews, plan.Recognized.Others) {
		if names(ref, iv.Event) {
			out = append(out, explanationOf(iv, plan))
		}
	}
	if len(out) == 0 && len(r.failed) == 0 {
		return nil, r, fmt.Errorf("no event has the UID %q or has it in its title; followup events lists them all", ref)
	}
	return out, r, nil
}

// names tells whether ref is the event's UID, its identity or a part of its title.
func names(ref string, e calendar.Event) bool {
	return ref == e.UID || ref == e.ID().String() ||
		strings.Contains(strings.ToLower(e.Summary), strings.ToLower(ref))
}

func explanationOf(iv interview.Interview, plan planner.Plan) explanation {
	x := explanation{iv: iv}
	for _, f := range plan.FollowUps {
		if f.Interview == iv.Event.ID() {
			x.followUps = append(x.followUps, f)
		}
	}
	for _, s := range plan.Skipped {
		if s.Interview == iv.Event.ID() {
			x.skipped = append(x.skipped, s)
		}
	}
	return x
}

func (all explanations) json() []map[string]any {
	out := []map[string]any{}
	for _, x := range all {
		p := toPlanJSON(planner.Plan{FollowUps: x.followUps, Skipped: x.skipped}, nil)
		out = append(out, map[string]any{
			"event": toInterviewJSON(x.iv), "followups": p.FollowUps, "skipped": p.Skipped,
		})
	}
	return out
}

func (a *app) explainText(all explanations) error {
	p := a.printer()
	for _, x := range all {
		iv := x.iv
		p.day(iv.Event.Start.Format("Mon 2 Jan 2006 15:04 MST") + "  " + clean(iv.Event.Summary))
		p.wrapped("  ", "  ", clean(verdict(iv)))
		for _, s := range iv.Evidence {
			p.wrapped(fmt.Sprintf("  %+6.2f  ", s.Weight), "          ", clean(s.Signal+": "+s.Detail))
		}
		if iv.Decision != interview.No {
			p.wrapped("  read: ", "        ", clean(strings.Join(interviewFacts(iv), " · ")))
		}
		for _, f := range x.followUps {
			p.entry(f.Start.Format("2 Jan 15:04"), f.Title, string(f.State))
			p.note(f.Why)
		}
		for _, s := range x.skipped {
			p.entry("not planned", strings.ReplaceAll(string(s.Kind), "_", " "), "")
			p.note(s.Why)
		}
		p.wrapped("  ", "  ", p.style(dim, "Wrong? Add "+correction(iv)+" to the event, or say it with followup mark."))
	}
	return p.flush()
}

// verdict is the decision in words.
func verdict(iv interview.Interview) string {
	switch iv.Decision {
	case interview.Yes:
		return fmt.Sprintf("Your interview (%.0f %%, %s): %s", iv.Confidence*100, iv.Status, iv.Reason)
	case interview.Review:
		return fmt.Sprintf("Perhaps your interview (%.0f %%): %s", iv.Confidence*100, iv.Reason)
	}
	return "Not your interview: " + iv.Reason
}

// correction names the hashtag that turns a wrong answer round.
func correction(iv interview.Interview) string {
	if iv.Decision == interview.Yes {
		return "#not-interview (or #company: X, #role: Y, #with: Name <email>)"
	}
	return "#interview"
}
