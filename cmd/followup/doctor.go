package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"followup/calendar/google"
	"followup/calendar/webcal"
	"followup/config"
	"followup/sync"
)

// finding is one thing that doctor looked at.
type finding struct {
	Check string `json:"check"`
	State string `json:"state"` // ok, warn or bad
	What  string `json:"what"`
	Do    string `json:"do,omitempty"` // what to do about it
}

const (
	fine = "ok"
	warn = "warn"
	bad  = "bad"
)

func doctorCmd(a *app) *cobra.Command {
	var bundle string
	c := &cobra.Command{
		Use:   "doctor",
		Short: "What is wrong, and how to mend it",
		Long: `Looks at the configuration, clock and zone, sign-ins, each calendar's last good
read, the state file, the target, the schedule and the feed, and says what to do
about each finding. Exit code 1 when something is wrong.

--bundle FILE writes the findings and the configuration, every secret removed, for
asking others for help.`,
		Example: "  followup doctor\n  followup doctor --format json\n  followup doctor --bundle followup-report.txt",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			all := a.examine(cmd.Context())
			if bundle != "" {
				if err := a.writeBundle(bundle, all); err != nil {
					return err
				}
			}
			return a.printFindings(all)
		},
	}
	c.Flags().StringVar(&bundle, "bundle", "", "also write a report without secrets to this `FILE`")
	return c
}

// examine looks at everything; one thing that is wrong doesn't end it.
func (a *app) examine(ctx context.Context) []finding {
	var all []finding
	cfg, err := a.config()
	if err != nil {
		return append(all, finding{"configuration", bad, err.Error(), "mend the file, then run followup config check"})
	}
	all = append(all, a.checkConfig(cfg), checkClock(time.Now()), a.checkZone(cfg))
	all = append(all, a.checkGoogle(ctx, cfg)...)
	all = append(all, a.checkCaldav(ctx, cfg)...)
	state, target := a.checkState(ctx, checkTarget(cfg))
	all = append(all, state...)
	all = append(all, target, a.checkSchedule())
	if cfg.Serve.PublicURL != "" {
		all = append(all, checkFeed(ctx, cfg.Serve.PublicURL))
	}
	return all
}

func (a *app) checkConfig(cfg config.Config) finding {
	f := finding{Check: "configuration", State: fine, What: orNone(cfg.File)}
	switch _, _, err := a.policy(); {
	case err != nil:
		f.State, f.What, f.Do = bad, err.Error(), "mend the file, then run followup config check"
	case len(cfg.Sources) == 0:
		f.State, f.Do = bad, "no calendar is configured: run followup init"
	case privateTo(cfg.File) != nil:
		f.State, f.What = warn, privateTo(cfg.File).Error()
		f.Do = "a private feed's link is as good as a password: chmod 600 " + tilde(cfg.File)
	}
	return f
}

// privateTo tells whether a file can be read by others. Windows has no such mode.
func privateTo(path string) error {
	info, err := os.Stat(path)
	if err != nil || os.PathSeparator == '\\' || info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return fmt.Errorf("%s can be read by others (mode %04o)", tilde(path), info.Mode().Perm())
}

// firstYear is before any right clock: the program is not older.
const firstYear = 2026

func checkClock(now time.Time) finding {
	if now.Year() < firstYear {
		return finding{"clock", bad, "this machine believes it is " + now.Format(time.DateOnly), "set its clock: every time would be wrong"}
	}
	return finding{Check: "clock", State: fine, What: now.Format("Mon 2 Jan 2006 15:04 MST")}
}

func (a *app) checkZone(cfg config.Config) finding {
	if cfg.Me.TimeZone != "" {
		return finding{Check: "zone", State: fine, What: cfg.Me.TimeZone}
	}
	return finding{"zone", warn, "me.timezone is not set: the zone is taken from the calendars", "set me.timezone, so that working hours are yours"}
}

// checkGoogle tries each Google account's sign-in.
func (a *app) checkGoogle(ctx context.Context, cfg config.Config) []finding {
	var all []finding
	for _, name := range accounts(cfg) {
		f := finding{Check: strings.TrimSpace("sign-in google " + name), State: fine}
		s, err := google.Status(a.googleOptions(cfg, name), googleScopes(cfg, name))
		if err == nil {
			err = google.Check(ctx, a.googleOptions(cfg, name))
		}
		switch {
		case err != nil:
			f.State, f.What, f.Do = bad, err.Error(), "run followup auth google"
		case len(s.Missing) > 0:
			f.State, f.What, f.Do = bad, missingText(s.Missing), "run followup auth google and tick every box"
		case len(s.Warnings) > 0:
			f.State, f.What, f.Do = warn, s.Warnings[0], "see docs/google.md"
		default:
			f.What = "works, since " + s.Issued.Local().Format(time.DateOnly)
		}
		all = append(all, f)
	}
	return all
}

// checkCaldav tries each CalDAV login.
func (a *app) checkCaldav(ctx context.Context, cfg config.Config) []finding {
	var all []finding
	for name, o := range a.caldavLogins(cfg) {
		f := finding{Check: "sign-in " + name, State: fine, What: "works"}
		if _, _, err := checkLogin(ctx, o); err != nil {
			f.State, f.What, f.Do = bad, err.Error(), "run followup auth caldav; docs/caldav.md says what is wrong most often"
		}
		all = append(all, f)
	}
	return all
}

// stale is how old a last good read may be before it is worth a word.
const stale = 26 * time.Hour

// checkState looks at what is remembered: the file, and each calendar's last good
// read. That of the target is told with it.
func (a *app) checkState(ctx context.Context, target finding) ([]finding, finding) {
	if !exists(a.state()) {
		return []finding{{"state", warn, "nothing is remembered yet: " + tilde(a.state()), "run followup sync"}}, target
	}
	s, err := a.openJob(ctx, false)
	if err != nil {
		return []finding{{"state", bad, err.Error(), stateAdvice(err)}}, target
	}
	defer s.close()
	st, err := s.Status(ctx)
	if err != nil {
		return []finding{{"state", bad, err.Error(), stateAdvice(err)}}, target
	}
	all := []finding{{Check: "state", State: fine, What: fmt.Sprintf("%s, %s", tilde(a.state()), plural(len(st.Items), "follow-up"))}}
	for _, src := range st.Sources {
		f := checkSource(src, st.Now)
		switch {
		case src.Name != targetName:
			all = append(all, f)
		case target.State == fine:
			f.What = target.What + ", " + f.What
			target = f
		}
	}
	return all, target
}

func stateAdvice(err error) string {
	if errors.Is(err, os.ErrPermission) {
		return "make the file yours to read and write"
	}
	return "if the file is damaged, move it away and run followup sync: everything is rebuilt from the calendars"
}

func checkSource(src sync.SourceState, now time.Time) finding {
	f := finding{Check: src.Name, State: fine}
	switch {
	case src.LastError != "":
		f.State, f.What, f.Do = bad, src.LastError, "mend that, then run followup sync"
	case src.LastGood.IsZero():
		f.State, f.What, f.Do = warn, "never read", "run followup sync"
	case now.Sub(src.LastGood) > stale:
		f.State, f.What, f.Do = warn, "last read "+ago(now.Sub(src.LastGood)), "run followup sync, and see that it runs by itself: followup schedule install"
	default:
		f.What = "read " + ago(now.Sub(src.LastGood))
	}
	return f
}

func checkTarget(cfg config.Config) finding {
	f := finding{Check: targetName, State: fine, What: targetText(cfg.Target)}
	switch folder := filepath.Dir(cfg.Target.Path); {
	case cfg.Target.Kind == "none":
		f.State, f.Do = warn, "follow-ups are only on the page and in the feed: set target for reminders on your phone"
	case cfg.Target.Kind == "ics" && !exists(folder):
		f.State, f.What, f.Do = bad, tilde(folder)+" is not there", "make that folder, or change target.path"
	}
	return f
}

// checkSchedule looks for our line in what this machine runs by itself.
func (a *app) checkSchedule() finding {
	f := finding{Check: "schedule", State: fine}
	for _, kind := range schedulers {
		if newScheduler(kind, a).installed() {
			f.What = kind + " runs followup sync"
			return f
		}
	}
	f.State, f.What, f.Do = warn, "nothing runs followup sync by itself", "followup schedule install, or keep followup serve running"
	return f
}

// checkFeed asks the public address whether it is us who answer.
func checkFeed(ctx context.Context, public string) finding {
	f := finding{Check: "feed", State: fine, What: public}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(public, "/")+"/healthz", nil)
	if err == nil {
		var resp *http.Response
		if resp, err = http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				err = fmt.Errorf("it answers %s", resp.Status)
			}
		}
	}
	if err != nil {
		f.State, f.What, f.Do = bad, fmt.Sprintf("%s: %v", public, err), "see that followup serve runs and that its proxy reaches it"
	}
	return f
}

func (a *app) printFindings(all []finding) error {
	wrong := false
	for _, f := range all {
		wrong = wrong || f.State == bad
	}
	if a.format == "json" {
		if err := a.printJSON(map[string]any{"findings": all, "ok": !wrong}); err != nil {
			return err
		}
	} else if err := a.findingsText(all); err != nil {
		return err
	}
	if wrong {
		return &exitError{exitFailed, nil}
	}
	return nil
}

func (a *app) findingsText(all []finding) error {
	p := a.printer()
	color := map[string]string{fine: green, warn: amber, bad: red}
	sign := map[string]string{fine: "ok", warn: "look", bad: "bad"}
	for _, f := range all {
		head := "  " + p.style(color[f.State], sign[f.State]) + strings.Repeat(" ", 6-len(sign[f.State]))
		p.wrapped(head, "        ", clean(f.Check+": "+f.What))
		if f.Do != "" {
			p.wrapped("        ", "        ", clean("→ "+f.Do))
		}
	}
	return p.flush()
}

// writeBundle writes what helps others to help: no secret is in it.
func (a *app) writeBundle(path string, all []finding) error {
	quiet := *a
	var b strings.Builder
	quiet.out, quiet.format, quiet.colorWhen = &b, "text", "never"
	v := buildVersion()
	fmt.Fprintf(&b, "followup %s %s %s %s/%s\n\n", v.Version, v.Commit, v.Go, v.OS, v.Arch)
	if err := quiet.findingsText(all); err != nil {
		return err
	}
	if cfg, err := a.config(); err == nil {
		fmt.Fprintln(&b)
		if err := quiet.configText(cfg, cfg.Values()); err != nil {
			return err
		}
	}
	_, err := webcal.WriteFile(path, []byte(b.String()))
	return err
}
