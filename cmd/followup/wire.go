package main

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"followup/calendar"
	"followup/calendar/caldav"
	"followup/calendar/google"
	"followup/calendar/ics"
	"followup/calendar/webcal"
	"followup/config"
	"followup/sync"
)

// targetName is what the target calls itself to the person.
const targetName = "target"

// calendars opens what a configuration names. A source and the target in the same
// Google account share its sign-in: it is renewed once for both.
type calendars struct {
	app    *app
	cfg    config.Config
	google map[string]*google.Account
}

func (a *app) calendars(cfg config.Config) *calendars {
	return &calendars{app: a, cfg: cfg, google: map[string]*google.Account{}}
}

// account opens a Google account, once.
func (c *calendars) account(ctx context.Context, name string) (*google.Account, error) {
	if account := c.google[name]; account != nil {
		return account, nil
	}
	account, err := google.Open(ctx, c.app.googleOptions(c.cfg, name))
	switch {
	case err == nil:
		c.google[name] = account
	case name != "":
		err = fmt.Errorf("account %s (--account %s): %w", name, name, err)
	}
	return account, err
}

// source opens one configured source. everything is for commands that show a
// calendar, and not for following one.
func (c *calendars) source(ctx context.Context, s config.Source, o ics.Options, everything bool) (sync.Source, error) {
	switch a := c.app; s.Kind {
	case "google":
		account, err := c.account(ctx, s.Account)
		if err != nil {
			return nil, err
		}
		return account.Source(s.Calendar, google.ReadOptions{
			Name: s.Name, Window: o.Window, Back: a.now.Sub(o.Recurring.From), Ahead: o.Recurring.To.Sub(a.now),
			Everything: everything, MaxPerSeries: o.MaxPerSeries,
		}), nil
	case "caldav":
		client, err := caldav.Open(ctx, a.caldavOptions(s.URL, s.Username, s.PasswordFile, s.PasswordCommand, s.ClientCert, s.ClientKey))
		if err != nil {
			return nil, err
		}
		return client.Source("", o), nil
	default:
		return a.webcal(s.Name, s.Location, o, s.MaxBytes), nil
	}
}

// fingerprintOf tells what a source points at from what it pointed at before.
func fingerprintOf(s config.Source) string {
	switch s.Kind {
	case "google":
		return "google " + s.Account + " " + s.Calendar
	case "caldav":
		return "caldav " + s.Username + " " + withoutSecrets(s.URL)
	}
	return "ics " + withoutSecrets(s.Location)
}

// feeds opens every configured source, to be read with those events alone that
// keep lets pass, and recurring ones from look_back before now to look_ahead
// after. A source that can't be opened fails when it is read, so that the others
// go on.
func (c *calendars) feeds(ctx context.Context, keep func([]byte, []uint32) bool) []sync.Feed {
	var out []sync.Feed
	for _, s := range c.cfg.Sources {
		o, err := c.app.readOptions()
		var source sync.Source
		if err == nil {
			o.Source, o.Keep = s.Name, keep
			source, err = c.source(ctx, s, o, false)
		}
		if err != nil {
			source = broken{err}
		}
		out = append(out, sync.Feed{Name: s.Name, Fingerprint: fingerprintOf(s), Source: source})
	}
	return out
}

// broken is a source that could not be opened.
type broken struct{ err error }

func (b broken) Changes(context.Context, calendar.Cursor) (calendar.Changes, error) {
	return calendar.Changes{}, b.err
}

// target opens the configured target; nil when there is none. The fingerprint
// tells one target from another.
func (c *calendars) target(ctx context.Context) (sync.Target, string, error) {
	switch a, t := c.app, c.cfg.Target; t.Kind {
	case "google":
		account, err := c.account(ctx, t.Account)
		if err != nil {
			return nil, "", err
		}
		return account.Target(google.TargetOptions{Calendar: t.Calendar, TimeZone: c.cfg.Me.TimeZone}),
			"google " + t.Account + " " + t.Calendar, nil
	case "caldav":
		client, err := caldav.Open(ctx, a.caldavOptions(t.URL, t.Username, t.PasswordFile, t.PasswordCommand, t.ClientCert, t.ClientKey))
		if err != nil {
			return nil, "", err
		}
		o, err := a.readOptions() // other programs may write times without a zone
		if err != nil {
			return nil, "", err
		}
		return client.Target("", ics.Options{Source: targetName, Location: o.Location}), "caldav " + t.Username + " " + withoutSecrets(t.URL), nil
	case "ics":
		return webcal.NewFile(t.Path, calendarFrame()), "ics " + t.Path, nil
	}
	return nil, "none", nil
}

// calendarFrame is how our own calendar calls itself in files and feeds.
func calendarFrame() ics.Calendar {
	return ics.Calendar{
		Name:        "Interview follow-ups",
		Description: "Follow-ups to your interviews, each with a finished draft",
	}
}

// webcal opens a published calendar. The person named it: it may be on this
// machine or in the house.
func (a *app) webcal(name, where string, o ics.Options, maxBytes int64) *webcal.Source {
	return webcal.New(webcal.Options{
		Name: name, Location: where, Explicit: true, Stdin: a.in, ICS: o, MaxBytes: maxBytes, Now: a.clock,
	})
}

// googleOptions are the settings of one Google account. Each account has its own
// sign-in beside the first one's.
func (a *app) googleOptions(cfg config.Config, account string) google.Options {
	token := cfg.Google.TokenFile
	if account != "" {
		if strings.HasPrefix(token, "keyring:") {
			token += "-" + account
		} else {
			ext := filepath.Ext(token)
			token = strings.TrimSuffix(token, ext) + "-" + account + ext
		}
	}
	return google.Options{
		ClientFile: cfg.Google.ClientFile, TokenFile: token, Subject: cfg.Google.Subject,
		Endpoint: cfg.Google.Endpoint, AuthURL: cfg.Google.AuthURL, TokenURL: cfg.Google.TokenURL,
		UserAgent: userAgent(), Log: a.log, Now: a.clock,
	}
}

func (a *app) caldavOptions(address, user, file string, command []string, cert, key string) caldav.Options {
	return caldav.Options{
		URL: address, Username: user, Secret: caldav.Secret{File: file, Command: command},
		CertFile: cert, KeyFile: key, UserAgent: userAgent(),
	}
}

func userAgent() string { return "followup/" + buildVersion().Version }

// withoutSecrets is a URL without what may be secret in it but still telling one
// from another: a hash stands for user, path and query.
func withoutSecrets(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return s
	}
	return fmt.Sprintf("%s://%s#%s", u.Scheme, u.Host, shortHash(s))
}
