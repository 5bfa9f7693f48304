package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"followup/planner"
	"followup/sync"
)

func statusCmd(a *app) *cobra.Command {
	var history bool
	var limit int
	c := &cobra.Command{
		Use:   "status",
		Short: "What stands, what is next, when each calendar was last read",
		Long: `What is next and what is overdue, each application on one line, and when each
calendar was last read well. It reads no calendar. --history is the log of every
write, with its reason.`,
		Example: "  followup status\n  followup status --history\n  followup status --format json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			s, err := a.openJob(cmd.Context(), false)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.close()) }()
			if history {
				entries, err := s.History(cmd.Context(), limit)
				if err != nil {
					return err
				}
				return a.printHistory(entries)
			}
			st, err := s.Status(cmd.Context())
			if err != nil {
				return err
			}
			return a.printStatus(st)
		},
	}
	c.Flags().BoolVar(&history, "history", false, "the log of every write")
	c.Flags().IntVar(&limit, "limit", 50, "at most `N` lines of the log, 0 for all")
	return c
}

func (a *app) printHistory(entries []sync.Entry) error {
	if a.format == "json" {
		return a.printJSON(map[string]any{"history": list(entries)})
	}
	p := a.printer()
	for _, e := range entries {
		what := string(e.Op) + " " + e.Title
		if len(e.Fields) > 0 {
			what += " (" + strings.Join(e.Fields, ", ") + ")"
		}
		remark := ""
		if e.Result != "ok" {
			remark = e.Result
		}
		p.entry(e.At.In(a.zone()).Format("2 Jan 15:04"), what, remark)
		p.note(e.Why + " [" + e.Key + "]")
	}
	if len(entries) == 0 {
		p.line("Nothing was written yet.")
	}
	return p.flush()
}

// sourceJSON is one calendar in the output of status.
type sourceJSON struct {
	Name     string `json:"name"`
	LastGood string `json:"last_good"`
	Error    string `json:"error"`
	Events   int    `json:"events"`
}

func (a *app) printStatus(s sync.Status) error {
	if a.format == "json" {
		return a.printJSON(statusJSON(s))
	}
	p := a.printer()
	if len(s.Items) == 0 {
		p.line("Nothing is planned yet: followup sync makes the plan.")
	}
	p.dueNow(s)
	p.processes(s)
	p.day("Calendars")
	for _, src := range s.Sources {
		state := "never read"
		if !src.LastGood.IsZero() {
			state = "read " + ago(s.Now.Sub(src.LastGood))
		}
		if src.LastError != "" {
			state += "; " + src.LastError
		}
		p.entry(src.Name, state, "")
	}
	if len(s.Marks) > 0 {
		p.day("You said")
		for _, m := range s.Marks {
			p.entry(p.at(m.At).Format("2 Jan 15:04"), strings.TrimSpace(m.Word+" "+m.Value+" "+m.Note), m.Ref)
		}
	}
	if s.Open > 0 {
		p.line(p.style(amber, fmt.Sprintf("%s begun and not known to be done; the next followup sync settles that", plural(s.Open, "write"))))
	}
	return p.flush()
}

func statusJSON(s sync.Status) map[string]any {
	followups, sources := []followUpJSON{}, []sourceJSON{}
	for _, it := range s.Items {
		f := it.FollowUp
		f.State, f.Title, f.Start, f.End = it.State, it.Title, it.Start, it.End
		followups = append(followups, toFollowUpJSON(f))
	}
	for _, src := range s.Sources {
		sources = append(sources, sourceJSON{src.Name, stamp(src.LastGood, false), src.LastError, src.Count})
	}
	out := map[string]any{
		"now": s.Now.Format(time.RFC3339), "followups": followups, "sources": sources,
		"marks": statusMarks(s), "open": s.Open,
	}
	if next, ok := s.Next(); ok {
		out["next"] = next.FollowUp.Key
	}
	return out
}

func statusMarks(s sync.Status) []map[string]string {
	out := []map[string]string{}
	for _, m := range s.Marks {
		out = append(out, map[string]string{"ref": m.Ref, "word": m.Word, "value": m.Value, "note": m.Note, "at": stamp(m.At, false)})
	}
	return out
}

// overdueFor is how long something that was not done is worth a reminder: after
// that, sending it would be worse than not.
const overdueFor = 7 * 24 * time.Hour

// dueNow prints what is overdue and what comes next.
func (p *printer) dueNow(s sync.Status) {
	var overdue, next []sync.Item
	for _, it := range s.Items {
		switch {
		case it.State != planner.Written && it.State != planner.Edited && it.State != planner.Planned:
		case s.Now.Sub(it.End) > overdueFor:
		case it.End.Before(s.Now):
			overdue = append(overdue, it)
		case len(next) < 5:
			next = append(next, it)
		}
	}
	for _, part := range []struct {
		title string
		items []sync.Item
	}{{"Overdue", overdue}, {"Next", next}} {
		if len(part.items) == 0 {
			continue
		}
		p.day(part.title)
		for _, it := range part.items {
			p.entry(p.at(it.Start).Format("2 Jan 15:04"), it.Title, "")
		}
	}
}

// processes prints each application on one line with its line of time.
func (p *printer) processes(s sync.Status) {
	lines := map[string][]sync.Item{}
	for _, it := range s.Items {
		lines[it.FollowUp.Process] = append(lines[it.FollowUp.Process], it)
	}
	keys := make([]string, 0, len(lines))
	for k := range lines {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return lines[a][0].Start.Compare(lines[b][0].Start) })
	if len(keys) == 0 {
		return
	}
	p.day("Applications")
	for _, k := range keys {
		f := lines[k][0].FollowUp
		name := strings.Trim(f.Company+", "+f.Role, ", ")
		if name == "" {
			name = k
		}
		p.entry(drawLine(lines[k], s.Now), name, "")
	}
	p.line(p.style(dim, "■ interview, ○ to come, ◐ due, ● done, × given up, │ now"))
}

const lineWidth = 24

// sign is one sign on a line of time.
type sign struct {
	at   time.Time
	sign rune
}

// drawLine is an application's line of time: its interviews, its follow-ups and
// now, in their order and each as near to its place as the others let it.
func drawLine(items []sync.Item, now time.Time) string {
	signs := []sign{{now, '│'}}
	for _, it := range items {
		if h := it.FollowUp.Held; !h.IsZero() && !slices.ContainsFunc(signs, func(s sign) bool { return s.sign == '■' && s.at.Equal(h) }) {
			signs = append(signs, sign{h, '■'})
		}
		signs = append(signs, sign{it.Start, stateSymbol(it, now)})
	}
	slices.SortStableFunc(signs, func(a, b sign) int { return a.at.Compare(b.at) })
	line := []rune(strings.Repeat("─", max(lineWidth, len(signs))))
	from, whole := signs[0].at, signs[len(signs)-1].at.Sub(signs[0].at)
	last := -1
	for i, s := range signs {
		place := int(float64(len(line)-1) * float64(s.at.Sub(from)) / float64(max(1, whole)))
		last = min(max(place, last+1), len(line)-len(signs)+i)
		line[last] = s.sign
	}
	return string(line)
}

func stateSymbol(it sync.Item, now time.Time) rune {
	switch it.State {
	case planner.Done:
		return '●'
	case planner.Withdrawn, planner.Dismissed, planner.Skipped:
		return '×'
	}
	if it.End.Before(now) {
		return '◐'
	}
	return '○'
}

// ago is a length of time in words, roughly.
func ago(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return "just now"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}

// completeRefs are what mark and restore can name: applications by company, and keys.
func (a *app) completeRefs(ctx context.Context) []string {
	if a.setup() != nil {
		return nil
	}
	quiet := *a
	quiet.quiet = true
	s, err := quiet.openJob(ctx, false)
	if err != nil {
		return nil
	}
	defer s.close()
	st, err := s.Status(ctx)
	if err != nil {
		return nil
	}
	var out []string
	for _, it := range st.Items {
		if it.FollowUp.Company != "" {
			out = append(out, it.FollowUp.Company)
		}
		out = append(out, it.FollowUp.Key+"\t"+it.Title)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
