package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"followup/sync"
)

func restoreCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "restore KEY",
		Short:   "Bring back a follow-up that was deleted",
		Long:    "Lets a follow-up that you deleted, or that was withdrawn, be planned again. KEY is\nits key (followup status --history shows it) or a part of its title.",
		Example: "  followup restore k7imeo970pn3hl2tj83dbcepiaetgkb6\n  followup restore \"Thank Priya\"",
		Args:    usageArgs(cobra.ExactArgs(1)),
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return a.completeRefs(cmd.Context()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			s, err := a.openJob(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.close()) }()
			rec, err := s.Restore(cmd.Context(), args[0])
			if err != nil {
				return refError(err)
			}
			if a.format == "json" {
				return a.printJSON(map[string]any{"key": rec.FollowUp.Key, "title": rec.FollowUp.Title, "state": rec.State})
			}
			return a.say("%s: the next followup sync writes it again", clean(rec.FollowUp.Title))
		},
	}
}

func purgeCmd(a *app) *cobra.Command {
	var yes, dry bool
	c := &cobra.Command{
		Use:   "purge",
		Short: "Remove everything that followup ever wrote, and forget everything",
		Long: `Removes every event that followup ever wrote to the target, also those that you
changed, and empties the state file. On a terminal it shows what would go and asks
first; --yes doesn't ask.`,
		Example: "  followup purge --dry-run\n  followup purge --yes",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.purge(cmd.Context(), yes, dry) },
	}
	c.Flags().BoolVar(&yes, "yes", false, "don't ask")
	c.Flags().BoolVar(&dry, "dry-run", false, "show what would be removed, remove nothing")
	return c
}

func (a *app) purge(ctx context.Context, yes, dry bool) (err error) {
	s, err := a.openJob(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	run, err := s.PlanPurge(ctx)
	if err != nil {
		return err
	}
	ask := !yes && !dry && isTerminal(a.in)
	if dry || ask {
		if err := a.printRun(run, true); err != nil {
			return err
		}
	}
	if ask {
		yes, err = a.asker().confirm(ctx, fmt.Sprintf("Remove %s for good?", plural(len(run.Changes), "event")), false)
		if err != nil {
			return err
		}
	}
	if dry || ask && !yes {
		return nil
	}
	run, err = s.ApplyPurge(ctx, run, run.Guard.Token)
	if err != nil {
		return err
	}
	if err := removeCalendar(ctx, s.Target, run); err != nil {
		return err
	}
	run.Guard = sync.Verdict{} // it was confirmed
	if err := a.printRun(run, false); err != nil {
		return err
	}
	return runError(run, nil)
}

// removeCalendar takes away the calendar that followup made for its events, once
// it is empty. It is more than tidiness: Google never frees an id, so that in the
// old calendar everything that was purged counts as deleted by the user for ever.
func removeCalendar(ctx context.Context, target sync.Target, run sync.Run) error {
	made, ok := target.(interface {
		RemoveCalendar(context.Context) (bool, error)
	})
	if !ok || run.Partial() {
		return nil
	}
	_, err := made.RemoveCalendar(ctx)
	return err
}
