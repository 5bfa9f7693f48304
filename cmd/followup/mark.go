package main

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"followup/calendar"
	"followup/sync"
)

func markCmd(a *app) *cobra.Command {
	var on, note string
	c := &cobra.Command{
		Use:   "mark REF WORD [VALUE]",
		Short: "Tell it what happened: sent, answered, rejected, offer and the rest",
		Long: `Tells followup what it can't see. REF is a follow-up's key, an event's UID, or a
text that matches one application. WORD is one of:

  ` + strings.Join(calendar.MarkWords, ", ") + `

The same words work as hashtags in the calendar: docs/marks.md. The next sync
changes the plan.`,
		Example: "  followup mark Northwind answered 2026-12-04\n  followup mark Fabrikant rejected --note \"they liked the plan\"\n  followup mark Northwind offer until 2026-12-10",
		Args:    usageArgs(cobra.MinimumNArgs(2)),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return a.completeRefs(cmd.Context()), cobra.ShellCompDirectiveNoFileComp
			}
			return markCompletions(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			m, err := a.markOf(args[1:], on, note)
			if err != nil {
				return err
			}
			s, err := a.openJob(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.close()) }()
			subject, err := s.Mark(cmd.Context(), args[0], m)
			if err != nil {
				return refError(err)
			}
			if a.format == "json" {
				return a.printJSON(map[string]any{"ref": subject.Ref, "kind": subject.Kind, "process": subject.Process, "title": subject.Title, "word": m.Word, "value": m.Value})
			}
			return a.say("%s: %s; the next followup sync follows it", clean(subject.Title), strings.TrimSpace(m.Word+" "+m.Value))
		},
	}
	c.Flags().StringVar(&on, "on", "", "the `DATE` on which it happened (2026-11-24)")
	c.Flags().StringVar(&note, "note", "", "a `TEXT` of your own")
	return c
}

// refError makes a REF that matches nothing, or too much, a usage error.
func refError(err error) error {
	if errors.Is(err, sync.ErrUnknownRef) || errors.Is(err, sync.ErrAmbiguousRef) {
		return usageError("%w", err)
	}
	return err
}

// markOf checks word and value.
func (a *app) markOf(args []string, on, note string) (calendar.Mark, error) {
	// As in the calendar, "#company: X" may be one word with its value.
	said := strings.TrimLeft(strings.Join(args, " "), "#")
	word, value := said, ""
	if n := strings.IndexAny(said, ": "); n >= 0 {
		word, value = said[:n], said[n+1:]
	}
	word = strings.ToLower(word)
	if !calendar.KnownMark(word) {
		return calendar.Mark{}, usageError("unknown word %q%s", word, suggest(word, calendar.MarkWords))
	}
	value = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(value), "until "))
	m := calendar.Mark{Word: word, Value: value, Note: note}
	switch {
	case m.Value != "" && !calendar.TakesValue(word):
		return m, usageError("%s takes no value: %q", word, m.Value)
	case m.Value == "" && needsValue(word):
		return m, usageError("%s needs a value: followup mark REF %s ...", word, word)
	}
	if on != "" {
		day, err := time.ParseInLocation(time.DateOnly, on, a.zone())
		if err != nil {
			return m, usageError("--on: %q is no date; write 2026-11-24", on)
		}
		m.At = day.Add(12 * time.Hour)
	}
	return m, a.checkMarkDate(&m)
}

// needsValue tells whether the word says nothing by itself.
func needsValue(word string) bool {
	switch word {
	case calendar.MarkDecisionBy, calendar.MarkCompany, calendar.MarkRole, calendar.MarkWith, calendar.MarkNote:
		return true
	}
	return false
}
