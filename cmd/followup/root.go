package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"followup/config"
)

const rootLong = `followup turns a job seeker's calendar into well-timed follow-ups: a thank-you to
each person a day after the interview, a status check a week later, and silence
once they answered - each an event with the finished draft in its description.
It never sends mail: you do, one tap from the draft.

Exit codes: 0 done, 1 failed, 2 bad usage or configuration, 3 partly done,
4 sign-in needed, 5 the guard stopped the run, 6 another run holds the lock.`

// newRoot builds the command tree.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "followup",
		Short:         "Turns a job seeker's calendar into well-timed follow-ups",
		Long:          rootLong,
		Example:       "  followup plan calendar.ics\n  followup export calendar.ics -o followups.ics",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          unknownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return a.setup()
		},
	}
	f := root.PersistentFlags()
	f.StringVar(&a.configFile, "config", "", "configuration `FILE` (default "+tilde(config.DefaultFile())+")")
	f.StringVar(&a.stateFile, "state", "", "state `FILE` (default "+tilde(config.DefaultState())+")")
	f.StringVar(&a.nowText, "now", "", "behave as if it were this `TIME` (RFC 3339)")
	f.StringVar(&a.format, "format", "text", "output: text or json")
	f.BoolVar(&a.quiet, "quiet", false, "no warnings, no progress")
	f.BoolVar(&a.verbose, "verbose", false, "say more on standard error")
	f.StringVar(&a.logFormat, "log-format", "text", "log lines: text or json")
	f.StringVar(&a.colorWhen, "color", "auto", "colour: auto, always or never")
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddCommand(commands(a)...)
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		refuseUnknownWords(c)
	}
	completeWords(root)
	return root
}

// refuseUnknownWords makes a command that only groups others name the nearest
// right word instead of printing its help.
func refuseUnknownWords(c *cobra.Command) {
	for _, sub := range c.Commands() {
		refuseUnknownWords(sub)
	}
	if c.HasSubCommands() && c.RunE == nil && c.Run == nil {
		c.Args = unknownCommand
		c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
}

// unknownCommand refuses words after a command that takes none.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return usageError("unknown command %q for %q%s", args[0], cmd.CommandPath(), suggest(args[0], names))
}

// usageArgs turns cobra's own argument errors into usage errors.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check(cmd, args) == nil {
			return nil
		}
		what := "something is missing"
		for n := len(args) - 1; n >= 0; n-- {
			if check(cmd, args[:n]) == nil {
				what = fmt.Sprintf("%q is too much", args[n])
			}
		}
		return usageError("%s; usage: %s", what, cmd.UseLine())
	}
}

var flagName = regexp.MustCompile(`unknown (?:shorthand )?flag: '?-*([^'\s]+)'?`)

// valueNames are the flags' types in words.
var valueNames = map[string]string{"int": "number", "float64": "number", "bool": "true or false", "duration": "length of time"}

// flagError names the nearest flag to one that there is not.
func flagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		f := invalid.GetFlag()
		return usageError("--%s: %q is no %s; see %s --help", f.Name, invalid.GetValue(), valueNames[f.Value.Type()], cmd.CommandPath())
	}
	m := flagName.FindStringSubmatch(err.Error())
	if m == nil {
		return usageError("%w; see %s --help", err, cmd.CommandPath())
	}
	var names []string
	add := func(f *pflag.Flag) { names = append(names, "--"+f.Name) }
	cmd.Flags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	slices.Sort(names)
	names = slices.Compact(names)
	return usageError("unknown flag --%s for %q%s", m[1], cmd.CommandPath(), suggest("--"+m[1], names))
}

// tilde shortens the home folder in what help shows, so that help is the same
// on every machine.
func tilde(path string) string {
	rest, err := filepath.Rel(config.Home(), path)
	if err != nil || config.Home() == "" || rest == ".." || strings.HasPrefix(rest, ".."+string(filepath.Separator)) {
		return path
	}
	return filepath.Join("~", rest)
}

// noSources is what a command says that has nothing to read. named tells that it
// takes calendars as arguments.
func (a *app) noSources(cfg config.Config, named bool) error {
	how := "set up yours with followup init"
	if named {
		how = "name one (followup plan calendar.ics), or " + how
	}
	where := "there is no configuration at " + tilde(config.DefaultFile())
	if cfg.File != "" {
		how, where = strings.Replace(how, "set up yours with followup init", "add one to its sources", 1), tilde(cfg.File)+" names none"
	}
	return usageError("there is no calendar to read: %s (%s)", how, where)
}
