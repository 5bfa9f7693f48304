package main

import (
	"bytes"
	"time"

	"github.com/spf13/cobra"

	"followup/calendar/ics"
	"followup/calendar/webcal"
	"followup/planner"
)

func exportCmd(a *app) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "export [SOURCE...] -o FILE",
		Short: "The follow-ups as an .ics file",
		Long: `The follow-ups as an iCalendar file that any calendar imports: each with the
finished draft, whom it goes to, a link that opens the mail, and an alarm. The file
is replaced in one step, and left untouched when nothing changed. - is standard output.`,
		Example: "  followup export calendar.ics -o followups.ics\n  followup export calendar.ics -o -",
		RunE: func(cmd *cobra.Command, args []string) error {
			if file == "" {
				return usageError("name the file to write: followup export calendar.ics -o followups.ics (- for standard output)")
			}
			plan, err := a.exportPlan(cmd.Context(), args)
			if err != nil {
				return err
			}
			return a.export(plan, file)
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "", "the `FILE` to write, - for standard output")
	return c
}

// export writes the plan's follow-ups.
func (a *app) export(plan planner.Plan, file string) error {
	var text bytes.Buffer
	if err := ics.Write(&text, exportCalendar(plan)); err != nil {
		return err
	}
	if file == "-" {
		_, err := a.out.Write(text.Bytes())
		return err
	}
	_, err := webcal.WriteFile(file, text.Bytes())
	return err
}

// exportCalendar is the plan as a calendar. Its bytes depend on the follow-ups
// alone: DTSTAMP is the end of the interview that a follow-up comes from as far
// as it is known, never the time of the run.
func exportCalendar(plan planner.Plan) ics.Calendar {
	c := calendarFrame()
	for _, f := range plan.FollowUps {
		if wanted(f) {
			e := f.Event()
			e.Updated = stampOf(plan, f)
			c.Events = append(c.Events, e)
		}
	}
	return c
}

// stampOf is the last change of the interview that f follows.
func stampOf(plan planner.Plan, f planner.FollowUp) time.Time {
	for _, iv := range plan.Recognized.Interviews {
		if iv.Event.ID() == f.Interview {
			if !iv.Event.Updated.IsZero() {
				return iv.Event.Updated
			}
			return iv.Event.Start
		}
	}
	return f.Start
}
