package sync

import (
	"context"
	"slices"
	"time"

	"followup/calendar"
	"followup/planner"
)

// Status is what stands, as it is remembered. No calendar is read for it.
type Status struct {
	Now     time.Time
	Sources []SourceState   // the configured feeds and, when there is one, the target
	Items   []Item          // follow-ups, by start
	Marks   []calendar.Mark // said with followup mark or on the page, newest first
	Open    int             // writes that were begun and are not known to be done
}

// Item is one follow-up as it stands.
type Item struct {
	planner.Record
	Start, End time.Time // where it stands in the calendar now, which may not be where it was put
	Title      string    // as it stands
}

// Next returns the first follow-up that is still to be done; ok is false when
// there is none.
func (s Status) Next() (item Item, ok bool) {
	for _, it := range s.Items {
		if it.End.After(s.Now) && (it.State == planner.Written || it.State == planner.Edited || it.State == planner.Planned) {
			return it, true
		}
	}
	return Item{}, false
}

// Status tells what stands.
func (j *Job) Status(ctx context.Context) (Status, error) {
	r, now, err := j.start(ctx)
	if err != nil {
		return Status{}, err
	}
	out := Status{Now: now, Open: len(r.intents), Marks: slices.Clone(r.state.Marks)}
	slices.SortStableFunc(out.Marks, func(a, b calendar.Mark) int { return b.At.Compare(a.At) })
	for _, f := range j.Feeds {
		out.Sources = append(out.Sources, r.prev(f))
	}
	if j.Target != nil {
		s := r.prev(Feed{Name: TargetName, Fingerprint: j.TargetFingerprint})
		s.Name = j.targetName()
		out.Sources = append(out.Sources, s)
	}
	for _, key := range r.keys() {
		rec := r.records[key]
		it := Item{Record: rec, Start: rec.FollowUp.Start, End: rec.FollowUp.End, Title: rec.FollowUp.Title}
		if k, live := r.target(remote(rec)); live && standing(rec) {
			loc := it.Start.Location()
			it.Start, it.End, it.Title = k.Event.Start.In(loc), k.Event.End.In(loc), k.Event.Summary
		}
		out.Items = append(out.Items, it)
	}
	slices.SortStableFunc(out.Items, func(a, b Item) int { return a.Start.Compare(b.Start) })
	return out, nil
}

// History returns the newest lines of the audit log, newest first; all for limit 0.
func (j *Job) History(ctx context.Context, limit int) ([]Entry, error) {
	return j.Store.History(ctx, limit)
}
