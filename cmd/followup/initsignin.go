package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"followup/calendar/caldav"
	"followup/calendar/webcal"
	"followup/config"
)

const askAddress = "The server's address, or your mail address with the provider"

// openGoogle signs in at Google. The client file that the person downloaded is
// kept beside the configuration once it has worked.
func (a *app) openGoogle(ctx context.Context, ask asker, s *setupAnswers) error {
	if s.source != "google" { // only the target is there
		if err := a.tryConfig(s); err != nil {
			return err
		}
		a.cfg.Sources, a.cfg.Target = nil, config.Target{Kind: "google", Calendar: calendarFrame().Name}
	}
	kept := a.cfg.Google.ClientFile
	if err := a.askClientFile(ctx, ask, s); err != nil {
		return err
	}
	if s.clientFile != "" {
		a.cfg.Google.ClientFile = absolute(s.clientFile)
	}
	if err := a.signInGoogle(ctx, "", s.noBrowser); err != nil || s.clientFile == "" {
		return err
	}
	a.cfg.Google.ClientFile = kept
	text, err := os.ReadFile(absolute(s.clientFile))
	if err != nil {
		return err
	}
	_, err = webcal.WriteFile(kept, text)
	return err
}

// askClientFile finds the client file that Google gave the person, when none is
// in its place yet.
func (a *app) askClientFile(ctx context.Context, ask asker, s *setupAnswers) (err error) {
	if s.clientFile != "" || exists(a.cfg.Google.ClientFile) {
		return nil
	}
	if s.yes {
		return usageError("Google wants a client file, which is not at %s: name the one that you downloaded with --client-file FILE; docs/google.md shows how to get it, step by step", tilde(a.cfg.Google.ClientFile))
	}
	fmt.Fprintln(a.errOut, "Google asks everybody to register a program once, which takes about ten minutes:\ndocs/google.md shows it step by step. It ends with a file to download.")
	s.clientFile, err = ask.text(ctx, "That file's path", tilde(downloadedClient()))
	if err == nil && s.clientFile == "" {
		err = errors.New("without its client file Google lets nobody sign in")
	}
	return err
}

// downloadedClient is the newest client file where browsers put what they
// download, "" when there is none.
func downloadedClient() string {
	// The pattern is well formed, so that Glob can't fail.
	found, _ := filepath.Glob(filepath.Join(config.Home(), "Downloads", "client_secret*.json"))
	newest, at := "", time.Time{}
	for _, f := range found {
		if info, err := os.Stat(f); err == nil && info.ModTime().After(at) {
			newest, at = f, info.ModTime()
		}
	}
	return newest
}

// openCaldav signs in at a CalDAV server.
func (a *app) openCaldav(ctx context.Context, ask asker, s *setupAnswers, address string) (*caldav.Client, caldav.Account, error) {
	if s.user == "" && !s.yes && !strings.Contains(address, "@") {
		var err error
		if s.user, err = ask.text(ctx, "Login name", ""); err != nil {
			return nil, caldav.Account{}, err
		}
	}
	l := caldavLogin{url: address, user: s.user, file: s.file, command: s.command}
	client, account, err := a.logIn(ctx, l.options(a))
	if err == nil {
		s.file = l.file
		if s.user == "" && !strings.Contains(address, "://") {
			s.user = address // the configuration will name a calendar instead
		}
	}
	return client, account, err
}

// chooseCalendar asks which of several calendars is meant.
func chooseCalendar(ctx context.Context, ask asker, s *setupAnswers, all []caldav.Calendar) (string, error) {
	if len(all) == 0 {
		return "", errors.New("the login works, but there is no calendar in it; make one with your provider first")
	}
	if len(all) == 1 || s.yes {
		return all[0].URL, nil
	}
	first := all[0].URL
	all = slices.SortedFunc(slices.Values(all), func(a, b caldav.Calendar) int { return strings.Compare(a.Name, b.Name) })
	options := make([]string, len(all))
	for i, c := range all {
		options[i] = c.Name + "  " + c.URL
	}
	n, err := ask.choose(ctx, "Which calendar holds your interviews?", options,
		slices.IndexFunc(all, func(c caldav.Calendar) bool { return c.URL == first }))
	return all[n].URL, err
}

// caldavTarget makes a calendar for the follow-ups, or finds the one that an
// earlier init made. An address that is a calendar's is that calendar's.
func (a *app) caldavTarget(ctx context.Context, ask asker, s *setupAnswers, address string) (_ string, err error) {
	beside := strings.TrimPrefix(s.source, "caldav:")
	if address == "" && beside != s.source {
		address = beside
	}
	if address == "" && s.yes {
		return "", usageError("--target caldav: say where, since the interviews are elsewhere: --target caldav:ADDRESS --username NAME")
	}
	if address == "" {
		if address, err = ask.text(ctx, askAddress, ""); err != nil {
			return "", err
		}
	}
	client, account, err := a.openCaldav(ctx, ask, s, address)
	if err != nil {
		return "", err
	}
	for _, c := range account.Calendars {
		if sameAddress(c.URL, address) && address != beside {
			return c.URL, nil
		}
	}
	name := calendarFrame().Name
	made, err := client.MakeCalendar(ctx, name)
	if err != nil {
		return "", fmt.Errorf("the calendar %q could not be made (%w); make it with your provider and give its address: --target caldav:ADDRESS", name, err)
	}
	return made.URL, nil
}

func sameAddress(a, b string) bool { return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/") }
