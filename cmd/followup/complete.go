package main

import (
	"github.com/spf13/cobra"

	"followup/calendar"
)

// completeWords gives the shell the values of the global flags.
func completeWords(root *cobra.Command) {
	for flag, words := range map[string][]string{
		"format":     {"text", "json"},
		"log-format": {"text", "json"},
		"color":      {"auto", "always", "never"},
	} {
		// It fails only for a flag that there is not, which the tests would show.
		_ = root.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
}

// markCompletions are the words of a mark.
func markCompletions() []string { return calendar.MarkWords }
