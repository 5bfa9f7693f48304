package web

import (
	"slices"
	"strings"
	"time"

	"followup/calendar"
	"followup/planner"
	"followup/planner/draft"
)

// keptCancelled is how long a follow-up that was taken away is still told of:
// clients that poll once a day, and Google once in a while, must see it.
const keptCancelled = 30 * 24 * time.Hour

// entry is one event of the feed before it is filtered.
type entry struct {
	event   calendar.Event
	kind    draft.Kind
	process string
}

// entries turns the records into what a subscriber sees. The second result is
// when the feed last changed, removals and the end of their time included; the
// third is when it will change by time alone, zero for never.
//
// SEQUENCE rises with every state that a record goes through: twice the record's
// own (and its generation, which a restored one has more of) for one that stands,
// and one more once it is done or taken away. Google ignores changes that do not
// raise it; ICSx5 needs LAST-MODIFIED to grow.
func entries(records []planner.Record, now time.Time) (out []entry, modified, edge time.Time) {
	for _, r := range records {
		at := r.Updated
		gone := r.State == planner.Withdrawn || r.State == planner.Dismissed
		if end := at.Add(keptCancelled); gone && !end.After(now) {
			at = end
		} else if gone && (edge.IsZero() || end.Before(edge)) {
			edge = end
		}
		if at.After(modified) {
			modified = at
		}
		if r.State == planner.Skipped || r.State == "" || gone && at != r.Updated {
			continue
		}
		out = append(out, entry{event: published(r), kind: r.FollowUp.Kind, process: r.FollowUp.Process})
	}
	slices.SortFunc(out, func(a, b entry) int {
		if c := a.event.Start.Compare(b.event.Start); c != 0 {
			return c
		}
		return strings.Compare(a.event.UID, b.event.UID)
	})
	return out, modified, edge
}

// published is a record as an event of the feed: as last wanted, with what the
// person changed in the calendar.
func published(r planner.Record) calendar.Event {
	e := r.FollowUp.Event()
	overlay(&e, r)
	e.Created, e.Updated = r.Created, r.Updated
	e.Sequence = 2 * (max(0, r.Sequence) + r.Generation)
	switch r.State {
	case planner.Withdrawn, planner.Dismissed:
		e.Status = calendar.StatusCancelled
		e.Sequence++
		e.Alarms = nil
	case planner.Done:
		e.Sequence++
		e.Alarms = nil // nobody wants to be reminded of what is done
		if !calendar.TitleDone(e.Summary) {
			e.Summary = "✓ " + e.Summary
		}
	}
	return e
}

// overlay puts the person's own fields over ours.
func overlay(e *calendar.Event, r planner.Record) {
	for _, f := range r.Owned {
		v, ok := r.Remote[f]
		if !ok {
			continue
		}
		switch f {
		case calendar.FieldTitle:
			e.Summary = v
		case calendar.FieldText:
			e.Description = v
		case calendar.FieldLocation:
			e.Location = v
		case calendar.FieldTime:
			overlayTime(e, v)
		case calendar.FieldAlarms:
			e.Alarms = alarms(v)
		}
	}
}

// overlayTime reads calendar.Fields' form of a time: start/end, in UTC or as dates.
func overlayTime(e *calendar.Event, v string) {
	from, to, _ := strings.Cut(v, "/")
	for _, layout := range []string{"20060102T150405Z", "20060102"} {
		start, err1 := time.Parse(layout, from)
		end, err2 := time.Parse(layout, to)
		if err1 != nil || err2 != nil {
			continue
		}
		e.AllDay = layout == "20060102"
		if !e.AllDay {
			start, end = start.In(e.Start.Location()), end.In(e.Start.Location())
		}
		e.Start, e.End = start, end
		return
	}
}

func alarms(v string) []time.Duration {
	var out []time.Duration
	for s := range strings.SplitSeq(v, ",") {
		if d, err := time.ParseDuration(s); err == nil {
			out = append(out, d)
		}
	}
	return out
}
