package main

import (
	"context"
	"errors"
	"slices"
	gosync "sync"
	"time"

	"followup/calendar"
	"followup/planner/interview"
	"followup/sync"
	"followup/sync/web"
)

// serveLedger is what the page and the feed are served from: the last run's plan
// and what is remembered. The state is open only during a run, so that
// followup mark and cron can work beside the server.
type serveLedger struct {
	app *app

	run  gosync.Mutex // one run at a time
	mu   gosync.Mutex
	view *web.View
	err  error
}

// start makes the first view, so that the page is never empty by mistake.
func (l *serveLedger) start(ctx context.Context) error {
	err := l.Sync(ctx, "")
	if l.view == nil {
		return err
	}
	return nil
}

// loop runs every so often until the context ends.
func (l *serveLedger) loop(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			// The page and /healthz show what went wrong.
			if err := l.Sync(context.WithoutCancel(ctx), ""); err != nil {
				l.app.log.Warn("a run failed", "error", err)
			}
		}
	}
}

// View implements web.Ledger.
func (l *serveLedger) View(context.Context) (*web.View, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.view, l.err
}

// Mark implements web.Ledger: the mark, and the run that follows it.
func (l *serveLedger) Mark(ctx context.Context, m calendar.Mark) error {
	return l.do(ctx, "", func(s *session) error {
		_, err := s.Mark(ctx, m.Ref, m)
		return err
	})
}

// Restore implements web.Ledger.
func (l *serveLedger) Restore(ctx context.Context, key string) error {
	return l.do(ctx, "", func(s *session) error {
		_, err := s.Restore(ctx, key)
		return err
	})
}

// Sync implements web.Ledger.
func (l *serveLedger) Sync(ctx context.Context, token string) error {
	return l.do(ctx, token, func(*session) error { return nil })
}

// Others implements web.Reader: it reads the calendars and keeps nothing of them.
func (l *serveLedger) Others(ctx context.Context) ([]interview.Interview, error) {
	result, _, err := l.app.recognize(ctx, nil, true)
	return result.Others, err
}

// do opens the state, does first what was asked for, runs, and makes the view.
func (l *serveLedger) do(ctx context.Context, token string, first func(*session) error) (err error) {
	l.run.Lock()
	defer l.run.Unlock()
	s, err := l.open(ctx)
	if err != nil {
		l.failed(err)
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := first(s); err != nil {
		return err
	}
	s.Full = true // the page shows the whole plan, its reasons included
	run, err := s.Plan(ctx)
	if err != nil {
		l.failed(err)
		return err
	}
	run, err = s.Apply(ctx, run, token)
	if err != nil && !errors.Is(err, sync.ErrGuard) {
		l.failed(err)
		return err
	}
	if err == nil {
		run.Guard = sync.Verdict{} // it let the run pass, or the token confirmed it
	}
	return l.show(ctx, s, run)
}

// open waits a little for another run, of cron or of the command line, to end.
func (l *serveLedger) open(ctx context.Context) (s *session, err error) {
	for range 20 {
		if s, err = l.app.openJob(ctx, true); !errors.Is(err, sync.ErrLocked) {
			return s, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(250 * time.Millisecond):
		}
	}
	return nil, err
}

// failed remembers why there is no newer view; what was shown stays.
func (l *serveLedger) failed(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.view == nil {
		l.err = err
		return
	}
	v := *l.view
	v.Run = web.Run{Ended: l.app.clock(), Error: err.Error()}
	l.view = &v
}

// show makes the view of a run. Where nothing that is shown changed but the time
// of the run, the view is a new one all the same: the page says when it was.
func (l *serveLedger) show(ctx context.Context, s *session, run sync.Run) error {
	st, err := s.store.Load(ctx)
	if err != nil {
		return err
	}
	v := &web.View{Plan: run.Plan, Records: st.Records, Marks: slices.Clone(st.Marks), Run: runView(run, l.app.clock())}
	for _, src := range run.Sources {
		v.Sources = append(v.Sources, health(s, src))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.view, l.err = v, nil
	return nil
}

func runView(run sync.Run, ended time.Time) web.Run {
	v := web.Run{Ended: ended}
	for _, c := range run.Changes {
		switch c.Op {
		case sync.Create, sync.Adopt:
			v.Created++
		case sync.Update:
			v.Updated++
		case sync.Delete:
			v.Deleted++
		}
	}
	var errs []error
	for _, f := range run.Failed {
		errs = append(errs, f.Err)
	}
	if err := errors.Join(errs...); err != nil {
		v.Error = err.Error()
	}
	if run.Guard.Tripped {
		v.Guard, v.Stopped = run.Guard.Token, run.Guard.Why
		v.Created, v.Updated, v.Deleted = 0, 0, 0
	}
	return v
}

func health(s *session, src sync.SourceState) web.Health {
	h := web.Health{Name: src.Name, LastGood: src.LastGood, Error: src.LastError, Events: src.Count}
	for _, c := range s.cfg.Sources {
		if c.Name == src.Name {
			h.Kind = c.Kind
		}
	}
	if src.Name == targetName {
		h.Kind, h.Target = s.cfg.Target.Kind, true
	}
	return h
}
