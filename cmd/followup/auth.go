package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/muesli/cancelreader"
	"github.com/spf13/cobra"

	"followup/calendar"
	"followup/calendar/caldav"
	"followup/calendar/google"
	"followup/config"
)

func authCmd(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:     "auth",
		Short:   "Sign in to Google or a CalDAV server",
		Example: "  followup auth google\n  followup auth caldav --url https://dav.example/ --username nina\n  followup auth status",
	}
	c.AddCommand(authGoogle(a), authCaldav(a), authStatus(a), authLogout(a))
	return c
}

func authGoogle(a *app) *cobra.Command {
	var noBrowser bool
	var account string
	c := &cobra.Command{
		Use:   "google",
		Short: "Sign in to Google Calendar",
		Long: `Opens the browser for signing in, and keeps the sign-in in a file that only you can
read. On a machine without a browser, --no-browser prints the address: open it
anywhere, and paste the address that the browser ends at.

It asks for the least there is: reading events, and keeping the one calendar that
followup makes. docs/google.md shows how to get the client file, step by step.`,
		Example: "  followup auth google\n  followup auth google --no-browser",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.signInGoogle(cmd.Context(), account, noBrowser)
		},
	}
	c.Flags().BoolVar(&noBrowser, "no-browser", false, "print the address instead of opening it")
	c.Flags().StringVar(&account, "account", "", "`NAME` of the account, when there are several")
	return c
}

// signInGoogle runs the sign-in and says what was allowed.
func (a *app) signInGoogle(ctx context.Context, account string, noBrowser bool) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	in := a.in
	if f, ok := in.(*os.File); ok {
		// Whoever waits for a pasted address must not take what is typed afterwards.
		if r, err := cancelreader.NewReader(f); err == nil {
			defer r.Close()
			defer r.Cancel()
			in = r
		}
	}
	granted, err := google.Authorize(ctx, google.AuthOptions{
		Options: a.googleOptions(cfg, account), Scopes: googleScopes(cfg, account),
		NoBrowser: noBrowser, Out: a.errOut, In: in,
	})
	if err != nil {
		return err
	}
	if len(granted.Missing) > 0 {
		return &exitError{exitSignIn, fmt.Errorf("signed in, but %s: run followup auth google again and tick every box", missingText(granted.Missing))}
	}
	return a.say("signed in; kept in %s", tilde(granted.Place))
}

// googleScopes are what the configuration needs of one account. With nothing
// configured yet it is what init sets up: reading the primary calendar, and
// keeping our own.
func googleScopes(cfg config.Config, account string) []string {
	var read []string
	for _, s := range cfg.Sources {
		if s.Kind == "google" && s.Account == account {
			read = append(read, s.Calendar)
		}
	}
	write := cfg.Target.Kind == "google" && cfg.Target.Account == account
	if len(read) == 0 && !write {
		read, write = []string{"primary"}, true
	}
	return google.ScopesFor(read, write)
}

func authCaldav(a *app) *cobra.Command {
	var l caldavLogin
	c := &cobra.Command{
		Use:   "caldav",
		Short: "Test a CalDAV login, list its calendars, keep the password",
		Long: `Tests the login, lists the calendars with the address of each for the configuration,
and keeps the password in a file that only you can read. Most providers want an app password: docs/caldav.md names them.

--url takes a server's address, a calendar's, or a mail address. Without it the
configured CalDAV calendars are tested. A password that is not there yet, or is
refused, is asked for, or read from standard input.`,
		Example: "  followup auth caldav --url https://dav.example/ --username nina\n  followup auth caldav --url nina@mail.example --password-command \"pass show dav\"\n  followup auth caldav",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.signInCaldav(cmd.Context(), l) },
	}
	f := c.Flags()
	f.StringVar(&l.url, "url", "", "`ADDRESS` of the server or calendar, or a mail address")
	f.StringVar(&l.user, "username", "", "login `NAME`")
	f.StringVar(&l.file, "password-file", "", "`FILE` to keep the password in (default dav-password beside the configuration)")
	f.StringVar(&l.command, "password-command", "", "`COMMAND` that prints the password")
	f.StringVar(&l.create, "create", "", "make a calendar of this `NAME` for the follow-ups")
	return c
}

// caldavLogin is what auth caldav was told.
type caldavLogin struct{ url, user, file, command, create string }

func (a *app) signInCaldav(ctx context.Context, l caldavLogin) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	if l.url == "" {
		return a.testCaldav(ctx, cfg)
	}
	client, account, err := a.logIn(ctx, l.options(a))
	if err != nil {
		return err
	}
	if l.create != "" {
		made, err := client.MakeCalendar(ctx, l.create)
		if err != nil {
			return err
		}
		account.Calendars = append(account.Calendars, made)
	}
	return a.printCalendars(l, account.Calendars)
}

// options are the login as package caldav wants it. Its password is kept beside the
// configuration when nothing else is said.
func (l *caldavLogin) options(a *app) caldav.Options {
	if l.file == "" && l.command == "" {
		l.file = filepath.Join(filepath.Dir(a.configPath()), "dav-password")
	}
	return a.caldavOptions(l.url, l.user, l.file, splitCommand(l.command), "", "")
}

// logIn tries a CalDAV login. A password that is not there yet, or is refused, is
// asked for, and kept in its file once it works.
func (a *app) logIn(ctx context.Context, o caldav.Options) (*caldav.Client, caldav.Account, error) {
	file := o.Secret.File
	// An address that will be refused is refused before anything is asked.
	if _, err := caldav.Open(ctx, caldav.Options{URL: o.URL, Username: o.Username, Secret: caldav.Secret{Value: "x"}}); err != nil {
		return nil, caldav.Account{}, err
	}
	var refused error
	if file == "" || exists(file) {
		client, account, err := checkLogin(ctx, o)
		if file == "" || !errors.Is(err, calendar.ErrAuth) {
			return client, account, err
		}
		refused = err
	}
	for range 3 {
		if refused != nil {
			fmt.Fprintf(a.errOut, "%s.\n", clean(refused.Error()))
		}
		password, err := a.asker().secret(ctx, "Password (an app password with most providers)")
		switch {
		case errors.Is(err, errNoAnswer) && refused != nil:
			return nil, caldav.Account{}, refused
		case err == nil && password == "":
			err = usageError("no password was given")
		}
		if err != nil {
			return nil, caldav.Account{}, err
		}
		o.Secret = caldav.Secret{Value: password}
		client, account, err := checkLogin(ctx, o)
		if err == nil {
			err = caldav.SaveSecret(file, password)
		}
		if !errors.Is(err, calendar.ErrAuth) {
			return client, account, err
		}
		refused = err
	}
	return nil, caldav.Account{}, refused
}

func checkLogin(ctx context.Context, o caldav.Options) (*caldav.Client, caldav.Account, error) {
	client, err := caldav.Open(ctx, o)
	if err != nil {
		return nil, caldav.Account{}, err
	}
	account, err := client.Check(ctx)
	return client, account, err
}

// configPath is where the configuration is or would be.
func (a *app) configPath() string {
	if a.configFile != "" {
		return a.configFile
	}
	return config.DefaultFile()
}

// printCalendars lists the calendars with what goes into the configuration.
func (a *app) printCalendars(l caldavLogin, all []caldav.Calendar) error {
	if a.format == "json" {
		return a.printJSON(map[string]any{"calendars": list(all), "password_file": l.file})
	}
	if err := a.say("the login works; %s:", plural(len(all), "calendar")); err != nil {
		return err
	}
	for _, c := range all {
		note := ""
		if c.ReadOnly {
			note = "  (read-only)"
		}
		if err := a.say("  %-28s %s%s", clean(c.Name), c.URL, note); err != nil {
			return err
		}
	}
	if l.command != "" {
		return nil
	}
	return a.say("the password is kept in %s", tilde(l.file))
}

// testCaldav tries every configured CalDAV login.
func (a *app) testCaldav(ctx context.Context, cfg config.Config) error {
	var errs []error
	tried := 0
	for name, o := range a.caldavLogins(cfg) {
		tried++
		if _, _, err := a.logIn(ctx, o); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		} else {
			errs = append(errs, a.say("%s: the login works", name))
		}
	}
	if tried == 0 {
		return usageError("there is no CalDAV calendar in the configuration; give --url and --username")
	}
	return errors.Join(errs...)
}

// caldavLogins are the configured CalDAV logins, by the name of what they are for.
func (a *app) caldavLogins(cfg config.Config) iter.Seq2[string, caldav.Options] {
	return func(yield func(string, caldav.Options) bool) {
		for _, s := range cfg.Sources {
			if s.Kind == "caldav" && !yield(s.Name, a.caldavOptions(s.URL, s.Username, s.PasswordFile, s.PasswordCommand, s.ClientCert, s.ClientKey)) {
				return
			}
		}
		if t := cfg.Target; t.Kind == "caldav" {
			yield(targetName, a.caldavOptions(t.URL, t.Username, t.PasswordFile, t.PasswordCommand, t.ClientCert, t.ClientKey))
		}
	}
}

// missingText says which permissions are not there.
func missingText(scopes []string) string {
	short := make([]string, len(scopes))
	for i, s := range scopes {
		short[i] = path.Base(s)
	}
	return "the permission " + strings.Join(short, " and ") + " is missing"
}

// accounts lists the Google accounts that the configuration uses.
func accounts(cfg config.Config) []string {
	var out []string
	for _, s := range cfg.Sources {
		if s.Kind == "google" {
			out = append(out, s.Account)
		}
	}
	if cfg.Target.Kind == "google" {
		out = append(out, cfg.Target.Account)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func authStatus(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "Which sign-ins there are, what they allow, whether they still work",
		Example: "  followup auth status\n  followup auth status --format json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			all := accounts(cfg)
			if len(all) == 0 {
				if a.format == "json" {
					return a.printJSON(map[string]any{"google": []any{}})
				}
				return a.say("no Google account is configured")
			}
			return a.authStatus(cmd.Context(), cfg, all)
		},
	}
}

// signInJSON is one account in the output of auth status.
type signInJSON struct {
	Account string `json:"account"`
	google.SignIn
	Error string `json:"error,omitempty"`
}

func (a *app) authStatus(ctx context.Context, cfg config.Config, all []string) error {
	var out []signInJSON
	var worst error
	for _, name := range all {
		s, err := a.signIn(ctx, cfg, name)
		j := signInJSON{Account: name, SignIn: s}
		if err != nil {
			j.Error, worst = err.Error(), err
		}
		out = append(out, j)
	}
	if a.format == "json" {
		if err := a.printJSON(map[string]any{"google": out}); err != nil {
			return err
		}
		if worst != nil {
			return &exitError{exitSignIn, nil}
		}
		return nil
	}
	for _, s := range out {
		if err := a.signInText(s); err != nil {
			return err
		}
	}
	return worst
}

// signIn looks at one sign-in, and asks Google whether it still works. Without an
// answer it is as it was.
func (a *app) signIn(ctx context.Context, cfg config.Config, name string) (google.SignIn, error) {
	o := a.googleOptions(cfg, name)
	s, err := google.Status(o, googleScopes(cfg, name))
	switch {
	case err != nil:
		return s, err
	case len(s.Missing) > 0:
		return s, &exitError{exitSignIn, fmt.Errorf("%s; run followup auth google and tick every box", missingText(s.Missing))}
	}
	err = google.Check(ctx, o)
	if err != nil && !errors.Is(err, calendar.ErrAuth) {
		s.Warnings = append(s.Warnings, fmt.Sprintf("whether the sign-in still works could not be found out: %v", err))
		err = nil
	}
	return s, err
}

func (a *app) signInText(s signInJSON) error {
	name := "google"
	if s.Account != "" {
		name += " " + s.Account
	}
	if s.Error != "" {
		return a.say("%s: no sign-in that works", name)
	}
	if s.Service != "" {
		return a.say("%s: the service account in %s works for %s", name, tilde(s.Place), s.Service)
	}
	if err := a.say("%s: signed in since %s, kept in %s", name, s.Issued.Local().Format(time.DateOnly), tilde(s.Place)); err != nil {
		return err
	}
	for _, w := range s.Warnings {
		a.warn("%s", w)
	}
	return nil
}

func authLogout(a *app) *cobra.Command {
	var account string
	c := &cobra.Command{
		Use:     "logout",
		Short:   "Take the Google sign-in back, here and at Google",
		Example: "  followup auth logout",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			if err := google.Logout(cmd.Context(), a.googleOptions(cfg, account)); err != nil {
				return err
			}
			return a.say("signed out; what followup wrote stands (followup purge removes it, signed in)")
		},
	}
	c.Flags().StringVar(&account, "account", "", "`NAME` of the account, when there are several")
	return c
}
