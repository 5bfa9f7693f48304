package main

import "github.com/spf13/cobra"

// commands lists every command, in the order in which help shows them.
func commands(a *app) []*cobra.Command {
	return []*cobra.Command{
		planCmd(a), exportCmd(a), interviewsCmd(a), explainCmd(a), eventsCmd(a),
		syncCmd(a), serveCmd(a), markCmd(a), statusCmd(a), doctorCmd(a), restoreCmd(a), purgeCmd(a),
		initCmd(a), authCmd(a), draftsCmd(a), scheduleCmd(a), configCmd(a),
		manCmd(a), versionCmd(a),
	}
}
