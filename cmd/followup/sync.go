package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"followup/planner"
	"followup/sync"
)

func syncCmd(a *app) *cobra.Command {
	var dry bool
	var token string
	c := &cobra.Command{
		Use:   "sync",
		Short: "One run: read the calendars, write the follow-ups (for cron)",
		Long: `Reads the configured calendars and brings the follow-ups in the target up to date.
It says nothing when nothing happened. What you changed in a follow-up stays as you
made it; one that you deleted does not come back.

A run that would remove too much at once stops, shows the plan and a token (exit
code 5); --confirm TOKEN runs exactly that plan and no other.`,
		Example: "  followup sync\n  followup sync --dry-run\n  followup sync --confirm 3f9a12c4",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.sync(cmd.Context(), dry, token)
		},
	}
	c.Flags().BoolVar(&dry, "dry-run", false, "show what would be done, write nothing")
	c.Flags().StringVar(&token, "confirm", "", "run the plan that this `TOKEN` names, although it removes much")
	return c
}

// sync runs once.
func (a *app) sync(ctx context.Context, dry bool, token string) (err error) {
	s, err := a.openJob(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	p := a.progress()
	s.Feeds = p.watch(s.Feeds)
	s.Full = a.format == "json" // its reader wants every reason, also when nothing is new
	run, err := s.Plan(ctx)
	p.done()
	if err != nil {
		return err
	}
	if !dry {
		if run, err = s.Apply(ctx, run, token); err == nil {
			run.Guard = sync.Verdict{} // it let the run pass, or the token confirmed it
		}
	}
	if err != nil && !errors.Is(err, sync.ErrGuard) {
		return err
	}
	if err := a.printRun(run, dry); err != nil {
		return err
	}
	return runError(run, err)
}

// runError is how a run ended, as an exit code.
func runError(run sync.Run, err error) error {
	switch {
	case errors.Is(err, sync.ErrGuard):
		return &exitError{exitGuard, err}
	case run.SignIn() != nil:
		return &exitError{exitSignIn, run.SignIn()}
	case run.Partial():
		return &exitError{exitPartial, nil}
	case run.Guard.Tripped:
		return &exitError{exitGuard, errors.New(run.Guard.Why)}
	}
	return err
}

// printRun prints what was done, or would be.
func (a *app) printRun(run sync.Run, dry bool) error {
	if a.format == "json" {
		return a.printJSON(toRunJSON(run))
	}
	for _, w := range slices.Concat(run.Plan.Warnings, run.Warnings) {
		a.warn("%s", w)
	}
	for _, f := range run.Failed {
		if f.Key != "" {
			fmt.Fprintf(a.errOut, "followup: %s of %s failed: %v\n", f.Op, f.Key, f.Err)
		}
	}
	if len(run.Changes) == 0 || a.quiet && !run.Guard.Tripped {
		return nil
	}
	p := a.printer()
	verb := map[sync.Op]string{sync.Create: "created", sync.Update: "updated", sync.Delete: "removed", sync.Keep: "kept", sync.Adopt: "found again"}
	if dry || run.Guard.Tripped {
		verb = map[sync.Op]string{sync.Create: "create", sync.Update: "update", sync.Delete: "remove", sync.Keep: "keep", sync.Adopt: "find again"}
	}
	for _, c := range run.Changes {
		if c.NotDone != "" {
			p.entry("not "+verb[c.Op], c.Title, "")
			p.note(c.NotDone)
			continue
		}
		p.entry(verb[c.Op], c.Title, "")
		p.note(c.Why)
	}
	return p.flush()
}

func toRunJSON(run sync.Run) planJSON {
	j := toPlanJSON(run.Plan, run.Changes)
	j.Warnings = append(j.Warnings, run.Warnings...)
	j.Guard = guardJSON{run.Guard.Tripped, run.Guard.Token, run.Guard.Why}
	j.Requests = run.Requests
	for _, f := range run.Failed {
		j.Failed = append(j.Failed, failedJSON{f.Source, f.Key, string(f.Op), f.Err.Error()})
	}
	return j
}

// planConfigured shows what sync would do now, and remembers nothing of it.
func (a *app) planConfigured(ctx context.Context) (err error) {
	run, err := a.planRun(ctx)
	if err != nil {
		return err
	}
	if a.format == "json" {
		err = a.printJSON(toRunJSON(run))
	} else {
		err = a.printPlan(run.Plan, run.Changes)
		for _, w := range run.Warnings {
			a.warn("%s", w)
		}
	}
	if err != nil {
		return err
	}
	return runError(run, nil)
}

// planRun plans as sync does, with everything that is remembered.
func (a *app) planRun(ctx context.Context) (run sync.Run, err error) {
	s, err := a.openJob(ctx, false)
	if err != nil {
		return sync.Run{}, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	s.Full = true
	return s.Plan(ctx)
}

// exportPlan is the plan to export: of the calendars that were named, or what the
// configured ones and everything remembered come to.
func (a *app) exportPlan(ctx context.Context, args []string) (planner.Plan, error) {
	if len(args) > 0 {
		plan, r, err := a.plan(ctx, args)
		if err == nil {
			err = r.err()
		}
		return plan, err
	}
	run, err := a.planRun(ctx)
	if err == nil {
		err = runError(run, nil)
	}
	return run.Plan, err
}
