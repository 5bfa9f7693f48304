package sync

import (
	"context"
	"errors"
	"fmt"
	"strings"
	gosync "sync"

	"followup/calendar"
)

// reading is what one look at one source, or at the target, gave.
type reading struct {
	feed    Feed
	prev    SourceState
	changes calendar.Changes
	err     error
	asked   calendar.Cursor // the cursor that the answer is relative to
	lostAt  bool            // the server had forgotten the cursor: nothing is inferred from what is missing
	moved   bool            // the name points at another calendar than before
}

// good tells whether the source was read well.
func (r reading) good() bool { return r.err == nil }

// readers bounds how many sources are read at once.
const readers = 4

// readAll reads every feed and the target, at the same time.
func (r *run) readAll(ctx context.Context) (feeds []reading, target reading) {
	all := make([]reading, len(r.job.Feeds)+1)
	slots := make(chan struct{}, readers)
	var wg gosync.WaitGroup
	for i := range all {
		feed := Feed{Name: TargetName, Fingerprint: r.job.TargetFingerprint, Source: r.dest}
		if i < len(r.job.Feeds) {
			feed = r.job.Feeds[i]
		}
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			all[i] = r.read(ctx, feed, r.prev(feed), r.anew && i < len(r.job.Feeds))
		})
	}
	wg.Wait()
	return all[:len(all)-1], all[len(all)-1]
}

// prev is what is remembered of the feed. The map is only read here, by all.
func (r *run) prev(feed Feed) SourceState {
	s, ok := r.sources[feed.Name]
	if !ok {
		s = SourceState{Name: feed.Name, Fingerprint: feed.Fingerprint}
	}
	return s
}

// read looks at one source. anew asks for everything.
func (r *run) read(ctx context.Context, feed Feed, prev SourceState, anew bool) (out reading) {
	out = reading{feed: feed, prev: prev, asked: prev.Cursor}
	if m := r.notes.Moved[feed.Name]; m.From == prev.Cursor && m.To != "" {
		out.asked = m.To
	}
	defer func() {
		if p := recover(); p != nil {
			out.err = fmt.Errorf("reading %s failed: %v", feed.Name, p)
		}
	}()
	if prev.Fingerprint != feed.Fingerprint {
		out.moved = true
	}
	if anew || out.moved {
		out.asked = ""
	}
	out.changes, out.err = r.listing(ctx, feed.Source, out.asked)
	if out.asked != "" && errors.Is(out.err, calendar.ErrCursor) {
		out.asked, out.lostAt = "", true
		out.changes, out.err = r.listing(ctx, feed.Source, "")
	}
	if out.err == nil && out.changes.Unchanged && out.asked == "" {
		out.err = errors.New("the source says that nothing changed, but was asked for everything")
	}
	return out
}

func (r *run) listing(ctx context.Context, s Source, since calendar.Cursor) (c calendar.Changes, err error) {
	err = r.wait.do(ctx, func() error {
		c, err = s.Changes(ctx, since)
		return err
	})
	return c, err
}

// next is what is to be remembered of the source after the reading.
func (r reading) next() SourceState {
	s := r.prev
	if !r.good() {
		s.LastError = clip(r.err.Error(), 300)
		return s
	}
	s.LastError, s.Fingerprint = "", r.feed.Fingerprint
	switch {
	case r.changes.Unchanged:
		// The cursor stays, so that the state does: see Notes.Moved.
	case r.asked == "" && !r.changes.Whole:
		s.Cursor = "" // an incomplete listing: the next run asks for everything again
	case r.changes.Next != "":
		s.Cursor = r.changes.Next
	}
	return s
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "..."
}
