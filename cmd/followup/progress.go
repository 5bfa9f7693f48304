package main

import (
	"context"
	"fmt"
	"io"
	gosync "sync"
	"time"

	"followup/calendar"
	"followup/sync"
)

// progress says on a terminal what long work is at; elsewhere, in cron above all,
// it says nothing. It shows itself only once the work takes a moment.
type progress struct {
	w     io.Writer // nil: silent
	began time.Time
	mu    gosync.Mutex
	last  time.Time
	shown bool
}

// The pace of progress: quick work shows none, and a line is not redrawn for every event.
const (
	progressAfter = 700 * time.Millisecond
	progressEvery = 100 * time.Millisecond
)

func (a *app) progress() *progress {
	p := &progress{began: time.Now()}
	if _, tty := terminal(a.errOut); tty && !a.quiet {
		p.w = a.errOut
	}
	return p
}

// say replaces the line. It may be called as often as one likes.
func (p *progress) say(format string, args ...any) {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.began) < progressAfter || now.Sub(p.last) < progressEvery {
		return
	}
	p.last, p.shown = now, true
	fmt.Fprintf(p.w, "\r\x1b[K"+format, args...)
}

// done takes the line away.
func (p *progress) done() {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

// counting tells how many events of a calendar were read.
func (p *progress) counting(name string, emit func(calendar.Event) error) func(calendar.Event) error {
	if p.w == nil {
		return emit
	}
	n := 0
	return func(e calendar.Event) error {
		if n++; n%256 == 0 {
			p.say("reading %s: %d events", clean(name), n)
		}
		return emit(e)
	}
}

// watched is a source that says when it is being read.
type watched struct {
	sync.Source
	name string
	p    *progress
}

// Changes implements sync.Source.
func (w watched) Changes(ctx context.Context, since calendar.Cursor) (calendar.Changes, error) {
	stop := make(chan struct{})
	var over gosync.WaitGroup
	over.Go(func() {
		tick := time.NewTicker(progressEvery)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				w.p.say("reading %s …", clean(w.name))
			}
		}
	})
	defer over.Wait()
	defer close(stop)
	return w.Source.Changes(ctx, since)
}

// Requests implements sync.Counter for a source that counts.
func (w watched) Requests() calendar.Requests {
	if c, ok := w.Source.(sync.Counter); ok {
		return c.Requests()
	}
	return calendar.Requests{}
}

// watch makes the feeds say when they are being read, on a terminal.
func (p *progress) watch(feeds []sync.Feed) []sync.Feed {
	if p.w == nil {
		return feeds
	}
	for i, f := range feeds {
		feeds[i].Source = watched{f.Source, f.Name, p}
	}
	return feeds
}
