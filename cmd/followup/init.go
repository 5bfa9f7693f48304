package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"followup/calendar"
	"followup/config"
	"followup/planner"
	"followup/planner/draft"
	"followup/planner/interview"
)

// setup is what init was told and found out.
type setupAnswers struct {
	name, zone string
	emails     []string
	source     string // google, or a path or URL of a calendar, or caldav:URL
	clientFile string // of Google, as downloaded
	user       string
	command    string
	file       string // password file
	target     string // google, ics:PATH, caldav:URL or none
	tone       string
	schedule   string // cron, systemd, launchd, windows or none
	yes, force bool
	noBrowser  bool
}

const initLong = `Sets followup up: asks where your calendar is, tries it at once and shows what it
found, asks where the follow-ups should go, writes a commented configuration, shows
the first plan and offers the schedule. Every answer can be given as a flag; with
--yes nothing is asked and what no flag says is inferred.

--source   google; a path or link of an .ics; or caldav:ADDRESS
--target   google; ics:PATH; caldav:ADDRESS; caldav alone makes a calendar beside
           the source's; or none`

func initCmd(a *app) *cobra.Command {
	var s setupAnswers
	c := &cobra.Command{
		Use:     "init",
		Short:   "Set up: asks, tries, writes the configuration, shows the first plan",
		Long:    initLong,
		Example: "  followup init\n  followup init --yes --source https://calendar.example/basic.ics --target ics:followups.ics",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.init(cmd.Context(), &s) },
	}
	f := c.Flags()
	f.StringVar(&s.name, "name", "", "your `NAME`, under the drafts")
	f.StringSliceVar(&s.emails, "email", nil, "your mail `ADDRESSES`")
	f.StringVar(&s.zone, "timezone", "", "your time `ZONE`, such as Europe/Berlin")
	f.StringVar(&s.source, "source", "", "`WHERE` your interviews are")
	f.StringVar(&s.clientFile, "client-file", "", "the client `FILE` that you downloaded from Google")
	f.StringVar(&s.user, "username", "", "CalDAV login `NAME`")
	f.StringVar(&s.command, "password-command", "", "`COMMAND` that prints the CalDAV password")
	f.StringVar(&s.file, "password-file", "", "`FILE` that holds the CalDAV password")
	f.StringVar(&s.target, "target", "", "`WHERE` the follow-ups go")
	f.StringVar(&s.tone, "tone", "", "of the drafts: warm, formal or brief")
	f.StringVar(&s.schedule, "schedule", "", "run by itself: cron, systemd, launchd, windows or none")
	f.BoolVar(&s.yes, "yes", false, "ask nothing")
	f.BoolVar(&s.force, "force", false, "replace a configuration that is there")
	f.BoolVar(&s.noBrowser, "no-browser", false, "print the sign-in address instead of opening it")
	return c
}

// init runs the questions in order. Nothing is written before the calendar was
// read once, but for a password or sign-in that works.
func (a *app) init(ctx context.Context, s *setupAnswers) error {
	path := a.configPath()
	if _, err := os.Stat(path); err == nil && !s.force {
		return usageError("there is a configuration already: %s; change it there, or use --force to begin anew", tilde(path))
	}
	ask := a.asker()
	for _, step := range []func(context.Context, asker, *setupAnswers) error{
		a.askSource, a.askTarget, a.askTone,
	} {
		if err := step(ctx, ask, s); err != nil {
			return err
		}
	}
	if err := a.writeConfig(path, s); err != nil {
		return err
	}
	return a.firstPlan(ctx, ask, path, s)
}

// askSource finds out where the calendar is and reads it. What was typed and
// does not work is said, and asked for again.
func (a *app) askSource(ctx context.Context, ask asker, s *setupAnswers) error {
	if s.source != "" {
		return a.trySource(ctx, ask, s)
	}
	if s.yes {
		return usageError("with --yes, say where your calendar is: --source google, a path or link, or caldav:ADDRESS")
	}
	user := s.user
	for {
		err := a.askWhere(ctx, ask, s)
		if err == nil {
			err = a.trySource(ctx, ask, s)
		}
		if err == nil || ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, errNoAnswer) {
			return err
		}
		fmt.Fprintf(a.errOut, "\nThat did not work: %s.\n\n", clean(err.Error()))
		s.source, s.user = "", user
	}
}

func (a *app) askWhere(ctx context.Context, ask asker, s *setupAnswers) error {
	n, err := ask.choose(ctx, "Where are your interviews?", []string{
		"Google Calendar", "A link or a file (.ics): Outlook, Proton, iCloud's public link, an export",
		"CalDAV: iCloud, Fastmail, Nextcloud and others"}, 0)
	if err != nil {
		return err
	}
	switch n {
	case 0:
		s.source = "google"
	case 1:
		s.source, err = ask.text(ctx, "Paste the link, or type the file's path", "")
	default:
		var address string
		address, err = ask.text(ctx, askAddress, "")
		s.source = "caldav:" + address
	}
	return err
}

// trySource signs in where that is needed and reads the calendar.
func (a *app) trySource(ctx context.Context, ask asker, s *setupAnswers) error {
	if address, ok := strings.CutPrefix(s.source, "caldav:"); ok {
		_, account, err := a.openCaldav(ctx, ask, s, address)
		if err != nil {
			return err
		}
		chosen, err := chooseCalendar(ctx, ask, s, account.Calendars)
		if err != nil {
			return err
		}
		s.source = "caldav:" + chosen
	}
	if err := a.tryConfig(s); err != nil {
		return err
	}
	if s.source == "google" {
		if err := a.openGoogle(ctx, ask, s); err != nil {
			return err
		}
	}
	return a.tryAndAskMe(ctx, ask, s)
}

// tryAndAskMe reads the calendar, shows what it found, and lets the person
// correct what was inferred of them.
func (a *app) tryAndAskMe(ctx context.Context, ask asker, s *setupAnswers) error {
	o, err := a.readOptions()
	if err != nil {
		return err
	}
	events, r, err := a.all(ctx, nil, o)
	if err != nil {
		return err
	}
	if len(r.failed) > 0 {
		return r.failed[0].err
	}
	result := interview.Recognize(events, interview.Me{Emails: s.emails, Name: s.name}, nil)
	if err := a.showFound(len(events), result); err != nil {
		return err
	}
	return a.askMe(ctx, ask, s, result.Me, commonZone(events))
}

// commonZone is the zone that most events are in.
func commonZone(events []calendar.Event) string {
	count := map[string]int{}
	best := ""
	for _, e := range events {
		if _, err := time.LoadLocation(e.TimeZone); err == nil && e.TimeZone != "UTC" && e.TimeZone != "" && !e.AllDay {
			if count[e.TimeZone]++; count[e.TimeZone] > count[best] {
				best = e.TimeZone
			}
		}
	}
	if best == "" {
		best = time.Local.String()
	}
	if best == "Local" {
		best = ""
	}
	return best
}

func (a *app) showFound(events int, r interview.Result) error {
	names := []string{}
	for _, iv := range r.Interviews {
		if iv.Decision == interview.Yes && iv.Status == interview.Active {
			names = append(names, fmt.Sprintf("%s (%s)", iv.Event.Summary, iv.Event.Start.Format("2 Jan")))
		}
	}
	p := a.printer()
	switch len(names) {
	case 0:
		p.line(fmt.Sprintf("%s, none looks like an interview of yours. That may be right; followup interviews --all says why not, event by event.", plural(events, "event")))
	default:
		look := "look like interviews"
		if len(names) == 1 {
			look = "looks like an interview"
		}
		p.line(fmt.Sprintf("%s, %d %s: %s", plural(events, "event"), len(names), look, clean(strings.Join(names, "; "))))
	}
	return p.flush()
}

// askMe confirms name, addresses and zone.
func (a *app) askMe(ctx context.Context, ask asker, s *setupAnswers, me interview.Me, zone string) (err error) {
	if s.zone == "" {
		s.zone = zone
	}
	if len(s.emails) == 0 {
		s.emails = me.Emails
	}
	if s.name == "" {
		s.name = me.Name
	}
	if s.yes {
		return nil
	}
	if s.name, err = ask.text(ctx, "Your name, as under a mail", s.name); err != nil {
		return err
	}
	emails, err := ask.text(ctx, "Your mail addresses, with commas between", strings.Join(s.emails, ", "))
	if err != nil {
		return err
	}
	s.emails = splitList(emails)
	for {
		if s.zone, err = ask.text(ctx, "Your time zone", s.zone); err != nil {
			return err
		}
		if _, zoneErr := time.LoadLocation(s.zone); zoneErr == nil {
			return nil
		}
		fmt.Fprintf(a.out, "%q is no time zone; write it like Europe/Berlin or America/New_York.\n", s.zone)
	}
}

func splitList(s string) []string {
	var out []string
	for _, e := range strings.Split(s, ",") {
		if e = strings.ToLower(strings.TrimSpace(e)); e != "" {
			out = append(out, e)
		}
	}
	return out
}

// askTarget finds out where the follow-ups go. What was chosen and does not work
// is said, and asked for again.
func (a *app) askTarget(ctx context.Context, ask asker, s *setupAnswers) error {
	if s.target == "ics" || s.target == "caldav" {
		s.target += ":"
	}
	if s.target != "" || s.yes {
		if s.target == "" {
			s.target = s.targets()[0].value
		}
		return a.completeTarget(ctx, ask, s)
	}
	for {
		err := a.chooseTarget(ctx, ask, s)
		if err == nil || ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, errNoAnswer) {
			return err
		}
		fmt.Fprintf(a.errOut, "\nThat did not work: %s.\n\n", clean(err.Error()))
	}
}

func (a *app) chooseTarget(ctx context.Context, ask asker, s *setupAnswers) error {
	all := s.targets()
	texts := make([]string, len(all))
	for i, t := range all {
		texts[i] = t.text
	}
	n, err := ask.choose(ctx, "Where should the follow-ups go?", texts, 0)
	if err != nil {
		return err
	}
	s.target = all[n].value
	return a.completeTarget(ctx, ask, s)
}

// choice is one answer to a question, and what it stands for.
type choice struct{ value, text string }

// targets are the places for the follow-ups, the one of the interviews first.
func (s *setupAnswers) targets() []choice {
	google := choice{"google", "A calendar of their own at Google: the phone rings"}
	dav := choice{"caldav:", "A CalDAV calendar (iCloud, Fastmail, Nextcloud): the phone rings"}
	file := choice{"ics:", "An .ics file, to import or publish yourself"}
	none := choice{"none", "Nowhere yet: I only look at the plan, or use the feed of followup serve"}
	switch {
	case s.source == "google":
		return []choice{google, dav, file, none}
	case strings.HasPrefix(s.source, "caldav:"):
		return []choice{dav, google, file, none}
	}
	return []choice{file, dav, google, none}
}

// completeTarget asks for the path or address that a target needs, and tries it.
func (a *app) completeTarget(ctx context.Context, ask asker, s *setupAnswers) (err error) {
	if err := s.checkTarget(); err != nil {
		return err
	}
	kind, where, _ := strings.Cut(s.target, ":")
	switch {
	case kind == "google" && s.source != "google":
		return a.openGoogle(ctx, ask, s)
	case kind == "ics" && where == "":
		where = filepath.Join(filepath.Dir(a.configPath()), "followups.ics")
		if !s.yes {
			if where, err = ask.text(ctx, "The file's path", tilde(where)); err != nil {
				return err
			}
		}
	case kind == "caldav":
		if where, err = a.caldavTarget(ctx, ask, s, where); err != nil {
			return err
		}
	}
	if where != "" {
		s.target = kind + ":" + where
	}
	return nil
}

// checkTarget refuses a target that is none of the known ones.
func (s *setupAnswers) checkTarget() error {
	kind, _, _ := strings.Cut(s.target, ":")
	switch {
	case s.target == "google", s.target == "none", kind == "ics", kind == "caldav":
		return nil
	}
	return usageError("--target: unknown word %q%s", s.target, suggest(kind, []string{"google", "ics:PATH", "caldav", "none"}))
}

func (a *app) askTone(ctx context.Context, ask asker, s *setupAnswers) error {
	words := []string{string(draft.Warm), string(draft.Formal), string(draft.Brief)}
	if s.tone != "" {
		return oneOf("--tone", s.tone, words...)
	}
	s.tone = words[0]
	if s.yes {
		return nil
	}
	n, err := ask.choose(ctx, "How should the drafts sound?", words, 0)
	s.tone = words[n]
	return err
}

// tryConfig makes the configuration, as far as it is known, the one in use: for
// the first read. The files of a Google sign-in have their usual places already.
func (a *app) tryConfig(s *setupAnswers) error {
	c, err := config.Load(config.Options{File: os.DevNull, Beside: a.configPath()})
	if err != nil {
		return err
	}
	c.Sources = []config.Source{s.sourceConfig()}
	// One sign-in is asked for what both directions need.
	if s.source == "google" && (s.target == "" || s.target == "google") {
		c.Target = config.Target{Kind: "google", Calendar: calendarFrame().Name}
	}
	a.cfg, a.have = c, true
	return nil
}

func (s *setupAnswers) sourceConfig() config.Source {
	if s.source == "google" {
		return config.Source{Name: "google", Kind: "google", Calendar: "primary"}
	}
	if address, ok := strings.CutPrefix(s.source, "caldav:"); ok {
		return config.Source{Name: "caldav", Kind: "caldav", URL: address, Username: s.user,
			PasswordFile: absolute(s.file), PasswordCommand: splitCommand(s.command)}
	}
	where := s.source
	if !strings.Contains(where, "://") {
		where = absolute(where)
	}
	return config.Source{Name: "calendar", Kind: "ics", Location: where}
}

// absolute makes a path that was typed here mean the same from everywhere.
func absolute(path string) string {
	if rest, ok := config.UnderHome(path); ok {
		return filepath.Join(config.Home(), rest)
	}
	if abs, err := filepath.Abs(path); err == nil && path != "" {
		return abs
	}
	return path
}

// firstPlan shows what comes of it and offers the schedule.
func (a *app) firstPlan(ctx context.Context, ask asker, path string, s *setupAnswers) error {
	a.configFile, a.have = path, false
	policy, drafts, err := a.policy()
	if err != nil {
		return err
	}
	events, r, err := a.candidates(ctx, nil)
	if err != nil {
		return err
	}
	if err := r.err(); err != nil {
		return err
	}
	plan, err := planner.Make(planner.Input{Now: a.now, Events: events}, policy, drafts)
	if err != nil {
		return err
	}
	if err := a.printPlan(plan, creations(plan)); err != nil {
		return err
	}
	if a.format == "json" {
		return nil
	}
	if err := a.say("\nwritten: %s\nnext: followup sync writes the follow-ups; followup schedule install makes it run by itself", tilde(path)); err != nil {
		return err
	}
	return a.offerSchedule(ctx, ask, s)
}

func (a *app) offerSchedule(ctx context.Context, ask asker, s *setupAnswers) error {
	if s.schedule == "" && !s.yes {
		kind := defaultScheduler()
		yes, err := ask.confirm(ctx, "Run followup sync by itself, with "+schedulerNames[kind]+"?", false)
		if err != nil || !yes {
			return err
		}
		s.schedule = kind
	}
	if s.schedule == "" || s.schedule == "none" {
		return nil
	}
	if err := oneOf("--schedule", s.schedule, schedulers...); err != nil {
		return err
	}
	j, err := a.job(30)
	if err != nil {
		return err
	}
	return newScheduler(s.schedule, a).install(j)
}
