package sync

import (
	"maps"
	"slices"
	"time"

	"followup/calendar"
	"followup/planner"
	"followup/planner/interview"
)

const (
	strikesNeeded = 2         // good and complete reads in which an event was missing before it counts as gone
	strikeApart   = time.Hour // between two of them
	smallFeed     = 8         // a feed with fewer events may shrink as it likes, but for to nothing
	tooOld        = 400 * 24 * time.Hour
)

// observeFeeds takes in what the feeds said.
func (r *run) observeFeeds(readings []reading) {
	fresh := map[string][]Known{} // by feed: new or changed
	any := false
	for _, rd := range readings {
		if rd.good() && !rd.changes.Unchanged {
			fresh[rd.feed.Name] = r.items(rd)
			any = true
		}
	}
	var keep map[string]map[calendar.ID]bool
	if any {
		keep = r.recognize(readings, fresh)
	}
	for _, rd := range readings {
		r.observeFeed(rd, fresh[rd.feed.Name], keep[rd.feed.Name])
	}
	r.observeOrphans(readings)
}

// items are the events that the reading told of, without our own.
func (r *run) items(rd reading) []Known {
	var out []Known
	for _, it := range rd.changes.Items {
		if it.Event.Marker.Key != "" && r.job.Target != nil {
			continue // it is read from the target
		}
		e := normal(it.Event)
		e.Source = rd.feed.Name
		out = append(out, Known{Event: e, Ref: it.Ref})
	}
	return out
}

// recognize tells which events concern interviews, and learns from whole
// listings who the user is.
func (r *run) recognize(readings []reading, fresh map[string][]Known) map[string]map[calendar.ID]bool {
	events := r.remembered()
	seen := map[string]map[calendar.ID]bool{}
	for feed, items := range fresh {
		seen[feed] = map[calendar.ID]bool{}
		for _, k := range items {
			seen[feed][k.Event.ID()] = true
		}
	}
	events = slices.DeleteFunc(events, func(e calendar.Event) bool { return seen[e.Source][e.ID()] })
	for _, feed := range slices.Sorted(maps.Keys(fresh)) {
		for _, k := range fresh[feed] {
			events = append(events, k.Event)
		}
	}
	result := r.job.recognize()(events, r.me(), r.state.Marks)
	r.learn(result.Me, readings)
	keep := map[string]map[calendar.ID]bool{}
	for _, iv := range result.Interviews {
		if keep[iv.Event.Source] == nil {
			keep[iv.Event.Source] = map[calendar.ID]bool{}
		}
		keep[iv.Event.Source][iv.Event.ID()] = true
	}
	return keep
}

// remembered are the interviews of all feeds.
func (r *run) remembered() []calendar.Event {
	var out []calendar.Event
	for _, source := range slices.Sorted(maps.Keys(r.events)) {
		if source == TargetName {
			continue
		}
		for _, k := range sorted(r.events[source]) {
			out = append(out, k.Event)
		}
	}
	return out
}

func sorted(events map[calendar.ID]Known) []Known {
	return slices.SortedFunc(maps.Values(events), func(a, b Known) int {
		if a.Event.ID() == b.Event.ID() {
			return 0
		}
		if a.Event.ID().String() < b.Event.ID().String() {
			return -1
		}
		return 1
	})
}

// me is the user as configured, completed by what was inferred earlier.
func (r *run) me() interview.Me {
	me, learnt := r.job.Policy.Me, r.state.Memo.Me
	if r.memo != nil {
		learnt = r.memo.Me
	}
	if me.Name == "" {
		me.Name = learnt.Name
	}
	if len(me.Emails) == 0 {
		me.Emails = learnt.Emails
	}
	if len(me.Languages) == 0 {
		me.Languages = learnt.Languages
	}
	if len(me.Employers) == 0 {
		me.Employers = learnt.Employers
	}
	return me
}

// learn remembers who the user is: from the first look, and again whenever every
// feed was read whole. From interviews alone it could not be inferred.
func (r *run) learn(me interview.Me, readings []reading) {
	whole := !slices.ContainsFunc(readings, func(rd reading) bool { return !rd.good() || !rd.changes.Whole })
	memo := Memo{Me: r.state.Memo.Me, Reader: r.reader}
	if whole || len(memo.Me.Emails) == 0 {
		me.Location = nil
		memo.Me = me
	}
	if !sameJSON(memo, r.state.Memo) {
		r.memo = &memo
	}
}

// observeFeed takes in what one feed said.
func (r *run) observeFeed(rd reading, fresh []Known, keep map[calendar.ID]bool) {
	next := rd.next()
	if !rd.good() {
		r.setSource(next)
		return
	}
	if rd.changes.Unchanged {
		r.strikeAgain(rd, nil)
		r.setSource(next)
		return
	}
	listed := map[calendar.ID]bool{}
	for _, k := range fresh {
		listed[k.Event.ID()] = true
		r.observeEvent(rd.feed.Name, k, keep[k.Event.ID()])
	}
	r.observeGone(rd)
	if !rd.changes.Whole {
		if rd.asked != "" {
			r.strikeAgain(rd, listed)
		}
		r.setSource(next)
		return
	}
	r.setSource(r.observeAbsence(rd, next, listed))
}

// observeEvent keeps an event that concerns interviews, and drops one that no
// longer does, unless a follow-up stands on it.
func (r *run) observeEvent(source string, k Known, interview bool) {
	old, known := r.at(source)[k.Event.ID()]
	keep := interview && k.Event.End.After(r.now.Add(-tooOld))
	switch {
	case !keep && known && r.stoodOn(k.Event.ID()), keep:
		if !known || !sameKnown(old, k) {
			r.put(source, k)
		}
	case known:
		r.forget(source, k.Event.ID())
	}
}

// stoodOn tells whether a follow-up stands for the event.
func (r *run) stoodOn(id calendar.ID) bool {
	for _, rec := range r.records {
		if rec.FollowUp.Interview == id && standing(rec) {
			return true
		}
	}
	return false
}

// sameKnown tells whether b says nothing new over a. When an event was last
// touched matters only for the marks in it.
func sameKnown(a, b Known) bool {
	if len(a.Event.Marks()) == 0 {
		a.Event.Updated = b.Event.Updated
	}
	a.Event.Created, a.Event.Sequence, a.Ref.Version = b.Event.Created, b.Event.Sequence, b.Ref.Version
	return a.Absent == b.Absent && sameJSON(a.Event, b.Event)
}

// observeGone takes in what the source proves to be no more. What took place
// already did take place.
func (r *run) observeGone(rd reading) {
	for _, g := range rd.changes.Gone {
		for id, k := range r.at(rd.feed.Name) {
			if id != g.ID && (g.Ref.ID == "" || k.Ref.ID != g.Ref.ID) {
				continue
			}
			if k.Event.End.After(r.now) && k.Event.Status != calendar.StatusCancelled {
				k.Event.Status = calendar.StatusCancelled
				k.Absent = Absence{}
				r.put(rd.feed.Name, k)
			}
		}
	}
}

// observeAbsence counts what is missing from a whole listing.
func (r *run) observeAbsence(rd reading, next SourceState, listed map[calendar.ID]bool) SourceState {
	skipped := map[string]bool{}
	for _, s := range rd.changes.Skipped {
		skipped[s.UID] = true
	}
	total := len(rd.changes.Items) + len(rd.changes.Skipped)
	shrunk := shrank(rd.prev.Count, total, r.job.Guard)
	if shrunk {
		r.warn("%s lists %d events where there were %d; its follow-ups were left alone; look whether the calendar is empty or the address wrong", rd.feed.Name, total, rd.prev.Count)
	}
	missed := false
	for id, k := range r.at(rd.feed.Name) {
		if listed[id] || skipped[id.UID] || !k.Event.End.After(r.now) || k.Event.Status == calendar.StatusCancelled {
			continue
		}
		missed = true
		r.strike(rd, k, shrunk || rd.moved || rd.prev.Suspect)
	}
	next.Suspect = missed && (shrunk || rd.prev.Suspect)
	if !next.Suspect {
		next.Count = total
	}
	return next
}

// shrank tells whether a listing lost more events than can be believed.
func shrank(before, now int, g Guard) bool {
	if before > 0 && now == 0 {
		return true
	}
	return before >= smallFeed && float64(before-now) > g.share()*float64(before)
}

// strikeAgain counts what was missing from the last whole listing and was not
// told of since, in another good read. back are those that were.
func (r *run) strikeAgain(rd reading, back map[calendar.ID]bool) {
	for id, k := range r.at(rd.feed.Name) {
		if k.Absent != (Absence{}) && !back[id] {
			r.strike(rd, k, k.Absent.Suspect)
		}
	}
}

// strike counts one read in which the event was missing.
func (r *run) strike(rd reading, k Known, suspect bool) {
	before := k.Absent
	k.Absent.Suspect = before.Suspect || suspect
	since := r.now.Sub(before.Last)
	switch {
	case before.Last.IsZero():
		k.Absent.Last = r.now
		if !rd.lostAt && !rd.moved {
			k.Absent.Strikes = 1
		}
	case before.Strikes >= strikesNeeded:
	case since >= strikeApart:
		k.Absent.Strikes, k.Absent.Last = before.Strikes+1, r.now
	case since < 0: // the clock was put back
		k.Absent.Last = r.now
	}
	k.Absent.Last = k.Absent.Last.UTC().Truncate(time.Second)
	if k.Absent != before {
		r.put(rd.feed.Name, k)
	}
}

// struckOut tells whether the event counts as gone.
func struckOut(k Known) bool { return k.Absent.Strikes >= strikesNeeded }

// observeOrphans deals with events of sources that are no longer configured.
// What stands under another source too was only renamed; the rest counts as
// missing from a listing that a person has to confirm.
func (r *run) observeOrphans(readings []reading) {
	configured, allGood := map[string]bool{TargetName: true}, true
	for _, rd := range readings {
		configured[rd.feed.Name] = true
		allGood = allGood && rd.good()
	}
	for _, source := range slices.Sorted(maps.Keys(r.events)) {
		if configured[source] || !allGood {
			continue
		}
		for _, k := range sorted(r.events[source]) {
			switch {
			case r.elsewhere(configured, k.Event.ID()):
				r.forget(source, k.Event.ID())
			case k.Event.End.After(r.now):
				r.strike(reading{feed: Feed{Name: source}, moved: true}, k, true)
			}
		}
		if len(r.events[source]) == 0 {
			delete(r.events, source)
			delete(r.observed, source)
			r.drop = append(r.drop, source)
		}
	}
}

func (r *run) elsewhere(configured map[string]bool, id calendar.ID) bool {
	for source := range configured {
		if _, ok := r.events[source][id]; ok && source != TargetName {
			return true
		}
	}
	return false
}

// interviewOf returns the event that the follow-up follows, wherever it is.
func (r *run) interviewOf(f planner.FollowUp) (Known, bool) {
	if k, ok := r.events[f.Source][f.Interview]; ok {
		return k, true
	}
	for _, source := range slices.Sorted(maps.Keys(r.events)) {
		if k, ok := r.events[source][f.Interview]; ok && source != TargetName {
			return k, true
		}
	}
	return Known{}, false
}
