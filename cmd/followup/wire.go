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
	"followup/planner/interview"
	"followup/sync"
)

// targetName is what the target calls itself to the person.
const targetName = "target"

// feed opens one configured source.
func (a *app) feed(ctx context.Context, cfg config.Config, s config.Source) (sync.Feed, error) {
	o, err := a.feedOptions(s.Name)
	if err != nil {
		return sync.Feed{}, err
	}
	feed := sync.Feed{Name: s.Name}
	switch s.Kind {
	case "google":
		account, err := google.Open(ctx, a.googleOptions(cfg, s.Account))
		if err != nil {
			return feed, err
		}
		feed.Source = account.Source(s.Calendar, google.ReadOptions{
			Name: s.Name, Window: o.Window, Back: a.now.Sub(o.Recurring.From), Ahead: o.Recurring.To.Sub(a.now),
		})
		feed.Fingerprint = "google " + s.Account + " " + s.Calendar
	case "caldav":
		client, err := caldav.Open(ctx, a.caldavOptions(s.URL, s.Username, s.PasswordFile, s.PasswordCommand, s.ClientCert, s.ClientKey))
		if err != nil {
			return feed, err
		}
		feed.Source = client.Source("", o)
		feed.Fingerprint = "caldav " + s.Username + " " + withoutSecrets(s.URL)
	default:
		feed.Source = a.webcal(s.Name, s.Location, o, s.MaxBytes)
		feed.Fingerprint = "ics " + withoutSecrets(s.Location)
	}
	return feed, nil
}

// feedOptions bound what a source reads: recurring events from look_back before
// now to look_ahead after, and of single events those that can matter.
func (a *app) feedOptions(name string) (ics.Options, error) {
	o, err := a.readOptions()
	o.Source = name
	o.Keep = a.keep
	if o.Keep == nil {
		o.Keep = interview.Prefilter
	}
	return o, err
}

// feeds opens every configured source. One that can't be opened fails when it is
// read, so that the others go on.
func (a *app) feeds(ctx context.Context, cfg config.Config) []sync.Feed {
	var out []sync.Feed
	for _, s := range cfg.Sources {
		feed, err := a.feed(ctx, cfg, s)
		if err != nil {
			feed = sync.Feed{Name: s.Name, Fingerprint: feed.Fingerprint, Source: broken{err}}
		}
		out = append(out, feed)
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
func (a *app) target(ctx context.Context, cfg config.Config) (sync.Target, string, error) {
	t := cfg.Target
	switch t.Kind {
	case "google":
		account, err := google.Open(ctx, a.googleOptions(cfg, t.Account))
		if err != nil {
			return nil, "", err
		}
		return account.Target(google.TargetOptions{Calendar: t.Calendar, TimeZone: cfg.Me.TimeZone}),
			"google " + t.Account + " " + t.Calendar, nil
	case "caldav":
		client, err := caldav.Open(ctx, a.caldavOptions(t.URL, t.Username, t.PasswordFile, t.PasswordCommand, t.ClientCert, t.ClientKey))
		if err != nil {
			return nil, "", err
		}
		return client.Target("", ics.Options{Source: targetName}), "caldav " + t.Username + " " + withoutSecrets(t.URL), nil
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
