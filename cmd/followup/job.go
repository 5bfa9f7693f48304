package main

import (
	"context"
	"errors"
	"os"
	"strings"
	gosync "sync"

	"followup/calendar"
	"followup/config"
	"followup/planner/draft"
	"followup/planner/interview"
	"followup/sync"
	"followup/sync/sqlite"
)

// session is an open job: its calendars, and the state file.
type session struct {
	*sync.Job
	cfg   config.Config
	store *sqlite.Store
	close func() error
}

// openJob opens the state and every configured calendar. With lock set, no other
// run can be at work until close.
func (a *app) openJob(ctx context.Context, lock bool) (*session, error) {
	cfg, err := a.config()
	if err != nil {
		return nil, err
	}
	if len(cfg.Sources) == 0 {
		return nil, a.noSources(cfg, !lock)
	}
	policy, err := policyOf(cfg)
	if err != nil {
		return nil, usageError("%s: %w", orNone(cfg.File), err)
	}
	unlock := func() error { return nil }
	if lock {
		if unlock, err = sync.Lock(a.state()); err != nil {
			if errors.Is(err, sync.ErrLocked) {
				err = &exitError{exitLocked, err}
			}
			return nil, err
		}
	}
	store, err := sqlite.Open(a.state())
	if err != nil {
		return nil, errors.Join(err, unlock())
	}
	a.tell(store)
	s := &session{cfg: cfg, store: store, close: func() error {
		a.tell(store)
		return errors.Join(store.Close(), unlock())
	}}
	s.Job = &sync.Job{
		Store: store, Policy: policy, Now: a.clock, Log: a.log, TargetName: targetName,
		Guard:      sync.Guard{MaxRemovals: cfg.Guard.MaxRemovals, MaxShare: cfg.Guard.MaxShare},
		Basis:      a.basis(cfg),
		LoadDrafts: func() (*draft.Set, error) { return a.drafts(cfg.Drafts.Folder) },
	}
	return s, a.connect(ctx, s)
}

// tell says what was mended when the state was opened, which may be later than
// the job.
func (a *app) tell(store *sqlite.Store) {
	for _, w := range store.Warnings() {
		a.warn("%s", w)
	}
}

// connect opens the calendars of the job. What the user marked is asked for once
// there are events that it may be about.
func (a *app) connect(ctx context.Context, s *session) (err error) {
	keep := gosync.OnceValue(func() func([]byte, []uint32) bool {
		state, _ := s.store.Load(ctx) // the run, which loads it too, says why it can't
		return interview.PrefilterFor(state.Marks)
	})
	open := a.calendars(s.cfg)
	s.Feeds = open.feeds(ctx, func(event []byte, lines []uint32) bool { return keep()(event, lines) })
	s.Target, s.TargetFingerprint, err = open.target(ctx)
	if err != nil {
		return errors.Join(err, s.close())
	}
	return nil
}

// said are the marks that the user made, for a look at the configured calendars.
// Of calendars that are named as arguments nothing was said, nor before a first run.
func (a *app) said(ctx context.Context, args []string) (marks []calendar.Mark, err error) {
	if _, err := os.Stat(a.state()); len(args) > 0 || err != nil {
		return nil, nil
	}
	store, err := sqlite.Open(a.state())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	state, err := store.Load(ctx)
	return state.Marks, err
}

// basis is what a plan depends on besides events, time and policy: the program
// and the user's own texts.
func (a *app) basis(cfg config.Config) string {
	v := buildVersion()
	parts := []string{v.Version, v.Commit, cfg.Plan.LookBack, cfg.Plan.LookAhead}
	if cfg.Drafts.Folder != "" {
		parts = append(parts, folderPrint(cfg.Drafts.Folder))
	}
	return shortHash(strings.Join(parts, "\x00"))
}

// folderPrint tells whether anything in a folder of texts changed.
func folderPrint(folder string) string {
	var b strings.Builder
	_ = walkFiles(folder, func(path string, info os.FileInfo) {
		b.WriteString(path + info.ModTime().String() + "\n")
	})
	return b.String()
}
