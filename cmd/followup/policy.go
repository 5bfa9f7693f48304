package main

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"time"

	"followup/calendar"
	"followup/calendar/ics"
	"followup/config"
	"followup/planner"
	"followup/planner/draft"
	"followup/planner/interview"
)

// policy turns the configuration into what the planner wants, and opens the
// texts. Without a configuration file it is the defaults.
func (a *app) policy() (planner.Policy, *draft.Set, error) {
	cfg, err := a.config()
	if err != nil {
		return planner.Policy{}, nil, err
	}
	p, err := policyOf(cfg)
	if err != nil {
		return p, nil, usageError("%s: %w", orNone(cfg.File), err)
	}
	drafts, err := a.drafts(cfg.Drafts.Folder)
	return p, drafts, err
}

// drafts opens the embedded texts with the user's own over them. A broken one of
// theirs is a warning, and the embedded one is used.
func (a *app) drafts(folder string) (*draft.Set, error) {
	var overrides []fs.FS
	if folder != "" {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			a.warn("drafts.folder: %s is no folder; the built-in texts are used", folder)
		} else {
			overrides = append(overrides, os.DirFS(folder))
		}
	}
	set, warnings, err := draft.Load(overrides...)
	for _, w := range warnings {
		a.warn("%s", w)
	}
	return set, err
}

// languageTag is auto, or what begins like a tag of BCP 47 that names a language.
var languageTag = regexp.MustCompile(`^(auto|[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*)?$`)

// policyOf checks what only the planner can: lengths of time, hours, holidays.
func policyOf(cfg config.Config) (planner.Policy, error) {
	p := planner.DefaultPolicy()
	loc, err := location(cfg)
	if err != nil {
		return p, err
	}
	p.Me = interview.Me{
		Name: cfg.Me.Name, Emails: cfg.Me.Emails, Employers: cfg.Me.Employers,
		Location: loc, Languages: cfg.Me.Languages,
	}
	p.Signature = cfg.Me.Signature
	p.Tone, p.Language = draft.Tone(cfg.Drafts.Tone), cfg.Drafts.Language
	if !languageTag.MatchString(p.Language) {
		return p, fmt.Errorf("drafts.language: %q is no language; write auto, or a code such as en, de or pt-BR", p.Language)
	}
	p.Holidays = cfg.Plan.Holidays
	if p.WorkingHours, err = planner.ParseHours(cfg.Plan.WorkingHours); err != nil {
		return p, fmt.Errorf("plan.working_hours: %w", err)
	}
	if _, err := clockTime("serve.every", cfg.Serve.Every); err != nil {
		return p, err
	}
	for key, text := range map[string]string{"plan.look_back": cfg.Plan.LookBack, "plan.look_ahead": cfg.Plan.LookAhead} {
		if _, err := daysOf(key, text); err != nil {
			return p, err
		}
	}
	p.Weekend = p.Weekend[:0:0]
	for _, d := range cfg.Plan.Weekend {
		day, err := planner.ParseWeekday(d)
		if err != nil {
			return p, fmt.Errorf("plan.weekend: %w", err)
		}
		p.Weekend = append(p.Weekend, day)
	}
	for name, f := range cfg.FollowUps {
		kind := draft.Kind(name)
		if !slices.Contains(draft.Kinds, kind) {
			continue
		}
		if p.Rules[kind], err = ruleOf(f); err != nil {
			return p, fmt.Errorf("followups.%s.%w", name, err)
		}
	}
	return p, p.Check()
}

// ruleOf reads the lengths of time of one kind.
func ruleOf(f config.FollowUp) (planner.Rule, error) {
	r := planner.Rule{Enabled: f.Enabled, Weekends: f.Weekends, Max: f.Max, OnlyIfWell: f.OnlyIfWell}
	for _, d := range []struct {
		key  string
		text string
		to   *planner.Delay
	}{
		{"after", f.After, &r.After}, {"until", f.Until, &r.Until},
		{"promise_grace", f.PromiseGrace, &r.PromiseGrace},
		{"again_after", f.AgainAfter, &r.AgainAfter},
		{"answered_grace", f.AnsweredGrace, &r.AnsweredGrace},
	} {
		if d.text == "" {
			continue
		}
		v, err := planner.ParseDelay(d.text)
		if err != nil {
			return r, fmt.Errorf("%s: %w", d.key, err)
		}
		*d.to = v
	}
	var err error
	if r.Length, err = clockTime("length", f.Length); err != nil {
		return r, err
	}
	for _, text := range f.Alarms {
		alarm, err := clockTime("alarms", text)
		if err != nil {
			return r, err
		}
		r.Alarms = append(r.Alarms, alarm)
	}
	return r, nil
}

// clockTime reads a length of time that can't be in business days.
func clockTime(key, text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := planner.ParseDelay(text)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", key, err)
	}
	if d.Business > 0 || d.Workday {
		return 0, fmt.Errorf("%s: %q is in business days; write minutes, hours or days", key, text)
	}
	return d.Clock + time.Duration(d.Days)*24*time.Hour, nil
}

// location is the user's zone: the configured one, or the machine's.
func location(cfg config.Config) (*time.Location, error) {
	if cfg.Me.TimeZone == "" {
		return nil, nil
	}
	return time.LoadLocation(cfg.Me.TimeZone)
}

// seriesADay is how many instances of one recurring event on one day are looked
// at: a calendar may say that an interview recurs every second.
const seriesADay = 2

// readOptions are the reader's options as the configuration has them.
func (a *app) readOptions() (ics.Options, error) {
	cfg, err := a.config()
	if err != nil {
		return ics.Options{}, err
	}
	loc, err := location(cfg)
	if err != nil {
		return ics.Options{}, err
	}
	if loc == nil {
		loc = time.Local
	}
	back, err := daysOf("plan.look_back", cfg.Plan.LookBack)
	if err != nil {
		return ics.Options{}, err
	}
	ahead, err := daysOf("plan.look_ahead", cfg.Plan.LookAhead)
	if err != nil {
		return ics.Options{}, err
	}
	return ics.Options{
		Location:  loc,
		Recurring: calendar.Window{From: a.now.Add(-back), To: a.now.Add(ahead)},
		MaxPerDay: seriesADay,
	}, nil
}

// daysOf reads a look_back or look_ahead.
func daysOf(key, text string) (time.Duration, error) {
	d, err := clockTime(key, text)
	if err == nil && d <= 0 {
		err = fmt.Errorf("%s: %q is not longer than nothing", key, text)
	}
	if err != nil {
		return 0, usageError("%w", err)
	}
	return d, nil
}
