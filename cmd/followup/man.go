package main

import (
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manDate is the date in the manual pages: fixed, so that a release builds the
// same bytes again.
var manDate = time.Date(2026, time.November, 24, 0, 0, 0, 0, time.UTC)

func manCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "man DIRECTORY",
		Short:   "Write the manual pages",
		Example: "  followup man /usr/local/share/man/man1",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			return doc.GenManTree(root, &doc.GenManHeader{Title: "FOLLOWUP", Section: "1", Date: &manDate, Source: "followup", Manual: "followup"}, args[0])
		},
	}
}
