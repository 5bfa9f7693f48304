package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"followup/calendar"
	"followup/calendar/ics"
)

func eventsCmd(a *app) *cobra.Command {
	var from, to string
	var perSeries int
	c := &cobra.Command{
		Use:   "events [SOURCE...]",
		Short: "Every event as followup reads it, recurring ones expanded",
		Long: `Every event as followup reads it, recurring ones expanded, and every event that
could not be read, with the reason. SOURCE is a path, - for standard input, or an
http(s) or webcal URL; without one, the configured calendars are read.

Without --from and --to: everything that does not recur, and what recurs from
plan.look_back before now to plan.look_ahead after.`,
		Example: "  followup events calendar.ics\n  followup events --from 2026-11-01 --to 2026-12-01 calendar.ics\n  curl -s https://calendar.example/basic.ics | followup events --format json -",
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := a.readOptions()
			if err != nil {
				return err
			}
			o.MaxPerDay = 0
			if o.MaxPerSeries = perSeries; perSeries < 1 {
				return usageError("--max-per-series: %d is less than 1", perSeries)
			}
			if o.Window.From, err = a.timeFlag("--from", from, o.Location); err != nil {
				return err
			}
			if o.Window.To, err = a.timeFlag("--to", to, o.Location); err != nil {
				return err
			}
			if a.format == "json" {
				return a.eventsJSON(cmd.Context(), args, o)
			}
			return a.eventsText(cmd.Context(), args, o)
		},
	}
	c.Flags().StringVar(&from, "from", "", "from this `TIME` on (RFC 3339 or 2026-11-24)")
	c.Flags().StringVar(&to, "to", "", "up to this `TIME`, a day inclusive")
	c.Flags().IntVar(&perSeries, "max-per-series", 500, "at most `N` instances of a recurring event")
	return c
}

// timeFlag reads a time or a day. A day of --to ends at its midnight.
func (a *app) timeFlag(flag, text string, loc *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	if loc == nil {
		loc = time.UTC
	}
	day, err := time.ParseInLocation(time.DateOnly, text, loc)
	if err != nil {
		return day, usageError("%s: %q is no time; write 2026-11-24 or 2026-11-24T09:00:00+01:00", flag, text)
	}
	if flag == "--to" {
		day = day.AddDate(0, 0, 1)
	}
	return day, nil
}

// eventJSON is one event in the output of events: see docs/json.md.
type eventJSON struct {
	Source       string   `json:"source"`
	UID          string   `json:"uid"`
	RecurrenceID string   `json:"recurrence_id"`
	Summary      string   `json:"summary"`
	Start        string   `json:"start"`
	End          string   `json:"end"`
	AllDay       bool     `json:"all_day"`
	TimeZone     string   `json:"timezone"`
	Floating     bool     `json:"floating"`
	Status       string   `json:"status"`
	Warnings     []string `json:"warnings"`
}

func toEventJSON(e calendar.Event) eventJSON {
	return eventJSON{
		Source: e.Source, UID: e.UID, RecurrenceID: e.RecurrenceID, Summary: e.Summary,
		Start: stamp(e.Start, e.AllDay), End: stamp(e.End, e.AllDay),
		AllDay: e.AllDay, TimeZone: e.TimeZone, Floating: e.Floating, Status: string(e.Status),
		Warnings: list(e.Warnings),
	}
}

// stamp is an instant in RFC 3339, or a date.
func stamp(t time.Time, allDay bool) string {
	switch {
	case t.IsZero():
		return ""
	case allDay:
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// list makes an empty list of none, so that JSON says [] and not null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// eventsJSON writes the document as the events come, so that memory stays flat.
func (a *app) eventsJSON(ctx context.Context, args []string, o ics.Options) error {
	w := bufio.NewWriterSize(a.out, 64<<10)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	io.WriteString(w, `{"events":[`)
	first := true
	r, err := a.read(ctx, args, o, func(e calendar.Event) error {
		if !first {
			w.WriteByte(',')
		}
		first = false
		return enc.Encode(toEventJSON(e))
	})
	if err != nil {
		return err
	}
	io.WriteString(w, `],"skipped":`)
	if err := enc.Encode(list(r.skipped)); err != nil {
		return err
	}
	io.WriteString(w, "}\n")
	if err := w.Flush(); err != nil {
		return err
	}
	return r.err()
}

// eventsText prints the events by day.
func (a *app) eventsText(ctx context.Context, args []string, o ics.Options) error {
	events, r, err := a.all(ctx, args, o)
	if err != nil {
		return err
	}
	slices.SortStableFunc(events, func(x, y calendar.Event) int { return x.Start.Compare(y.Start) })
	p := a.printer()
	day := ""
	for _, e := range events {
		if d := e.Start.Format("Mon 2 Jan 2006"); d != day {
			p.day(d)
			day = d
		}
		when := e.Start.Format("15:04") + "-" + e.End.Format("15:04")
		if e.AllDay {
			when = "all day"
		}
		title := e.Summary
		if e.Status == calendar.StatusCancelled {
			title += " (cancelled)"
		}
		p.entry(when, title, e.TimeZone)
		for _, w := range e.Warnings {
			p.note(w)
		}
	}
	p.skipped(r.skipped)
	p.line(fmt.Sprintf("%s, %s", plural(len(events), "event"), plural(len(r.skipped), "event")+" skipped"))
	if err := p.flush(); err != nil {
		return err
	}
	return r.err()
}
