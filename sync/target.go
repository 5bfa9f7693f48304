package sync

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"followup/calendar"
	"followup/planner"
)

// maxProbes bounds how many events one run looks for by their keys.
const maxProbes = 200

// local is the target of those who only look at the page or subscribe to the
// feed: the store is the calendar. It takes every write.
type local struct{}

func (local) Changes(context.Context, calendar.Cursor) (calendar.Changes, error) {
	return calendar.Changes{Whole: true}, nil
}

func (local) Get(context.Context, string) (calendar.Item, error) {
	return calendar.Item{}, calendar.ErrNotFound
}

func (local) Create(_ context.Context, e calendar.Event) (calendar.Ref, error) {
	return calendar.Ref{ID: e.Marker.Key}, nil
}

func (local) Update(_ context.Context, _ calendar.Event, _ []calendar.Field, at calendar.Ref) (calendar.Ref, error) {
	return at, nil
}

func (local) Delete(context.Context, string, calendar.Ref) error { return nil }

// observeTarget takes in what the target said, settles the writes that an
// earlier run began, and looks for what is missing.
func (r *run) observeTarget(ctx context.Context, rd reading) {
	if r.job.Target == nil {
		r.pretend()
		return
	}
	if rd.good() && rd.asked == "" && !rd.changes.Whole {
		rd.err = errors.New("the target listed only a part of what it holds")
		r.failed = append(r.failed, Failure{Source: r.job.targetName(), Err: rd.err})
		r.warn("%v; nothing was written; try again with followup sync", rd.err)
	}
	if !rd.good() {
		r.targetErr = rd.err
		r.setSource(rd.next())
		return
	}
	if rd.moved && r.known(TargetName) || r.vanished(rd) {
		r.leave()
	}
	r.takeListing(rd)
	r.settle(ctx)
	r.probe(ctx)
	r.lookAtAll()
}

// vanished tells whether the calendar itself is gone, and not what stood in it.
func (r *run) vanished(rd reading) bool {
	v, ok := r.job.Target.(Vanisher)
	return ok && rd.changes.Whole && len(rd.changes.Items) == 0 && v.Vanished()
}

func (r *run) known(source string) bool { _, ok := r.sources[source]; return ok }

// pretend lets every record's event stand as it was written: without a target
// nobody else can change it.
func (r *run) pretend() {
	if r.known(TargetName) && r.sources[TargetName].Fingerprint != "" {
		r.leave()
	}
	r.setSource(SourceState{Name: TargetName})
	delete(r.events, TargetName)
	for _, rec := range r.records {
		if !standing(rec) {
			continue
		}
		e := rec.FollowUp.Event()
		e.UID = remote(rec)
		e.Marker = calendar.Marker{Key: e.UID, Kind: string(rec.FollowUp.Kind), Base: stamp{fields: calendar.FieldsOf(e).Fingerprint(), sequence: rec.Sequence}.String()}
		e.Source = TargetName
		r.at(TargetName)[e.ID()] = Known{Event: e, Ref: calendar.Ref{ID: e.UID}}
	}
}

// leave forgets where events stood, because the target is another calendar now:
// what is still wanted is written there. What the user did or deleted stays so.
func (r *run) leave() {
	for _, k := range sorted(r.events[TargetName]) {
		r.forget(TargetName, k.Event.ID())
	}
	for _, key := range r.keys() {
		rec := r.records[key]
		if rec.State == planner.Written || rec.State == planner.Edited {
			rec.State, rec.Owned, rec.Remote, rec.Ref = planner.Planned, nil, nil, calendar.Ref{}
			r.save(rec)
		}
	}
	r.intents = map[string]Intent{}
}

func (r *run) keys() []string { return slices.Sorted(maps.Keys(r.records)) }

// takeListing takes in what stands in the target.
func (r *run) takeListing(rd reading) {
	next := rd.next()
	listed := map[calendar.ID]bool{}
	for _, it := range rd.changes.Items {
		if k, ok := ours(it); ok {
			listed[k.Event.ID()] = true
			r.takeRemote(k)
		}
	}
	for _, g := range rd.changes.Gone {
		for id, k := range r.at(TargetName) {
			if id.UID == g.ID.UID || g.Ref.ID != "" && k.Ref.ID == g.Ref.ID {
				r.forget(TargetName, id)
			}
		}
	}
	if rd.changes.Whole {
		next.Count = len(listed)
		for id := range r.at(TargetName) {
			if !listed[id] {
				r.forget(TargetName, id)
			}
		}
	}
	r.setSource(next)
}

// takeRemote remembers how an event of ours stands, unless a newer look at it is
// known already: listings may be stale.
func (r *run) takeRemote(k Known) {
	old, ok := r.target(k.Event.UID)
	if !ok || old.Ref != k.Ref || !sameJSON(old.Event, k.Event) {
		r.put(TargetName, k)
	}
}

// ours returns the item under its key; ok is false for other people's events and
// for copies that a person made of one of ours.
func ours(it calendar.Item) (Known, bool) {
	key, e := it.Event.Marker.Key, normal(it.Event)
	if key == "" || e.UID != key && !strings.HasPrefix(e.UID, key+"@") && !strings.Contains(it.Ref.ID, key) {
		return Known{}, false
	}
	e.Source, e.UID, e.RecurrenceID = TargetName, key, ""
	return Known{Event: e, Ref: it.Ref}, true
}

// get looks at one event by its key in the target.
func (r *run) get(ctx context.Context, key string) (k Known, err error) {
	var it calendar.Item
	err = r.wait.do(ctx, func() error {
		it, err = r.dest.Get(ctx, key)
		return err
	})
	if err != nil {
		return Known{}, err
	}
	it.Event.Marker.Key = key
	e := normal(it.Event)
	e.Source, e.UID, e.RecurrenceID = TargetName, key, ""
	return Known{Event: e, Ref: it.Ref}, nil
}

// look fetches the event and remembers what it found. An error that is missing
// proves that it does not stand.
func (r *run) look(ctx context.Context, key string) error {
	k, err := r.get(ctx, key)
	if err == nil {
		r.takeRemote(k)
	} else if missing(err) {
		r.forget(TargetName, calendar.ID{UID: key})
	}
	return err
}

// missing tells whether the error proves that the event does not stand.
func missing(err error) bool {
	return errors.Is(err, calendar.ErrNotFound) || errors.Is(err, calendar.ErrDeleted)
}

// settle finds out what became of the writes that an earlier run began.
func (r *run) settle(ctx context.Context) {
	for _, place := range slices.Sorted(maps.Keys(r.intents)) {
		in := r.intents[place]
		key := in.Key
		err := r.look(ctx, in.Remote)
		if err != nil && !missing(err) {
			r.blocked[key] = err
			continue
		}
		r.probed[in.Remote] = true
		rec, known := r.records[key]
		switch {
		case err == nil:
			r.begun[key] = in.Fields
		case in.Op == Delete && known && standing(rec):
			rec.State, rec.Updated = planner.Withdrawn, r.now
			r.save(rec)
			r.note(Delete, rec, "an earlier run withdrew it and was cut off before it could say so")
		case in.Op == Create && errors.Is(err, calendar.ErrDeleted):
			if known && rec.State == planner.Withdrawn && in.Remote == remote(rec) {
				break // the key is burnt by our own deletion, and nothing was written
			}
			if !known {
				rec.FollowUp = planner.FollowUp{Key: key, Title: in.Fields[calendar.FieldTitle]}
			}
			r.dismiss(rec, "you deleted it right after it was written")
		}
		delete(r.intents, place)
		r.settled = append(r.settled, key)
	}
	r.settled = slices.DeleteFunc(r.settled, func(key string) bool { return r.blocked[key] != nil })
}

// probe looks for what ought to stand and does not, and again at what ought not
// to stand and does: only that proves anything.
func (r *run) probe(ctx context.Context) {
	for _, key := range r.keys() {
		rec := r.records[key]
		k, live := r.target(remote(rec))
		if r.probed[remote(rec)] || r.blocked[key] != nil || standing(rec) == live && !(live && stale(rec, k)) || !standing(rec) && !live {
			continue
		}
		if rec.State == planner.Done && !live {
			continue // nothing is done about it any more, whether it stands or not
		}
		if len(r.probed) >= maxProbes {
			r.blocked[key] = errors.New("too many follow-ups are missing from the calendar to look for each in one run")
			continue
		}
		r.probed[remote(rec)] = true
		if err := r.look(ctx, remote(rec)); err != nil && !missing(err) {
			r.blocked[key] = err
		}
	}
}

// stale tells whether the event is of an older write than the record.
func stale(rec planner.Record, k Known) bool {
	s, ok := readStamp(k.Event.Marker)
	return ok && s.sequence < rec.Sequence
}

// lookAtAll brings every record up to what was seen.
func (r *run) lookAtAll() {
	byRemote := map[string]string{}
	for key, rec := range r.records {
		byRemote[remote(rec)] = key
	}
	for _, k := range sorted(r.events[TargetName]) {
		key, known := byRemote[k.Event.UID]
		if !known {
			r.rebuild(k)
			continue
		}
		if r.blocked[key] != nil {
			continue
		}
		r.save(r.lookAt(r.records[key], k))
	}
}

// lookAt returns the record after a look at its event. The same event that was
// withdrawn or dismissed was brought back by a person; one of a later write was
// written by us.
func (r *run) lookAt(rec planner.Record, k Known) planner.Record {
	s, ok := readStamp(k.Event.Marker)
	if !standing(rec) && rec.State != planner.Planned {
		if !ok || s.sequence == rec.Sequence {
			r.undeleted[rec.FollowUp.Key] = true
		} else {
			rec.Owned = nil // what was the user's in the event before
		}
	}
	return see(rec, k, r.begun[rec.FollowUp.Key])
}

// rebuild makes a record of an event of ours that none is remembered of: the
// state was lost, or another machine wrote it.
func (r *run) rebuild(k Known) {
	s, _ := readStamp(k.Event.Marker)
	key := s.key
	rec := rebuilt(k, r.begun[key])
	rec.FollowUp.Held = s.ends
	r.reissued(&rec.FollowUp)
	if old, ok := r.records[key]; ok {
		if old.Generation >= rec.Generation {
			return // a leftover of an earlier generation, or a stale listing
		}
		rec.FollowUp, rec.Created = old.FollowUp, old.Created
	}
	r.adopted[key] = true
	r.save(rec)
}

// dismiss remembers that the user deleted the follow-up: it never returns by itself.
func (r *run) dismiss(rec planner.Record, why string) {
	rec.State, rec.Updated = planner.Dismissed, r.now
	r.save(rec)
	r.note(Keep, rec, why)
}

// reissued corrects which interview a follow-up follows that was found in the
// calendar: its event names the invitation that it was made for, which may have
// been replaced by another since. The same end tells which one.
func (r *run) reissued(f *planner.FollowUp) {
	if _, ok := r.interviewOf(*f); ok || f.Held.IsZero() {
		return
	}
	for _, source := range sortedKeys(r.events) {
		for _, k := range sorted(r.events[source]) {
			if source != TargetName && k.Event.End.Equal(f.Held) && k.Event.Status != calendar.StatusCancelled {
				f.Interview, f.Source = k.Event.ID(), source
				return
			}
		}
	}
}

// gone tells whether the record's event is proven not to stand any more.
func (r *run) gone(rec planner.Record) bool {
	_, live := r.target(remote(rec))
	return standing(rec) && !live && r.probed[remote(rec)] && r.blocked[rec.FollowUp.Key] == nil
}
