package sync

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"followup/calendar"
	"followup/planner"
)

const (
	maxRounds   = 3 // of reading again after a conflict
	maxFailures = 5 // in a row, after which the run stops writing
)

// writeAll makes the writes, one after the other, each between an intent that is
// remembered before it and an outcome that is remembered after it.
func (r *run) writeAll(ctx context.Context) error {
	if len(r.steps) == 0 {
		return nil
	}
	var intents []Intent
	for _, s := range r.steps {
		if s.Op != Delete {
			intents = append(intents, r.intent(s))
		}
	}
	if err := r.intend(ctx, intents...); err != nil {
		return err
	}
	failures := 0
	for i, s := range r.steps {
		err := r.write(ctx, s)
		r.debug("wrote", "op", s.Op, "key", s.Key, "fields", s.Fields, "error", err)
		if err == nil {
			failures = 0
			continue
		}
		r.fail(s, err)
		failures++
		if failures >= maxFailures || stops(err) {
			r.postpone(r.steps[i+1:])
			break
		}
	}
	return r.saveOutcome(ctx)
}

// intend remembers what is about to be written.
func (r *run) intend(ctx context.Context, in ...Intent) error {
	if len(in) == 0 {
		return nil
	}
	if err := r.job.Store.Intend(ctx, in); err != nil {
		return fmt.Errorf("%w: %w", errState, err)
	}
	r.wrote++
	return nil
}

// stops tells whether the error is one that every further write would meet.
func stops(err error) bool {
	return errors.Is(err, calendar.ErrLimit) || errors.Is(err, calendar.ErrAuth) || errors.Is(err, calendar.ErrReadOnly) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errState)
}

// errState wraps failures of the store.
var errState = errors.New("the state could not be saved")

// postpone takes back the intents of writes that were not begun.
func (r *run) postpone(steps []step) {
	for _, s := range steps {
		r.settled = append(r.settled, s.Key)
		r.notDone[s.Key] = "it waits for the next run"
	}
	if len(steps) > 0 {
		r.warn("%d more changes wait for the next run", len(steps))
	}
}

func (r *run) fail(s step, err error) {
	r.failed = append(r.failed, Failure{Key: s.Key, Op: s.Op, Err: err})
	r.notDone[s.Key] = err.Error()
	e := r.entry(s, err.Error())
	r.log = append(r.log, e)
}

func (r *run) intent(s step) Intent {
	return Intent{Key: s.Key, Remote: remote(s.record), Op: s.Op, Fields: s.desired, At: r.now}
}

func (r *run) entry(s step, result string) Entry {
	e := Entry{At: r.now, Op: s.Op, Key: s.Key, Title: s.Title, Why: s.Why, Result: result}
	for _, f := range s.Fields {
		if s.Op == Update {
			e.Fields = append(e.Fields, string(f))
		}
	}
	return e
}

// write makes one write and remembers what became of it. After a conflict or a
// lost reply it reads the event, decides anew and tries again.
func (r *run) write(ctx context.Context, s step) (err error) {
	next := &s
	for range maxRounds {
		if next.Op != Create && !strong(next.at) && r.job.Target != nil {
			// Without a version the server can't hold the write back: look right before it.
			if next, err = r.again(ctx, *next); err != nil || next == nil {
				break
			}
		}
		if err = r.call(ctx, *next); err == nil || !unsure(err) {
			break
		}
		var lookErr error
		if next, lookErr = r.again(ctx, *next); lookErr != nil {
			return lookErr
		}
		if next == nil {
			err = nil
			break
		}
	}
	if err != nil {
		return err
	}
	return r.saveOutcome(ctx)
}

// unsure tells whether the event has to be read before it is known what became
// of the write.
func unsure(err error) bool {
	var lost *calendar.LostError
	return errors.Is(err, calendar.ErrExists) || errors.Is(err, calendar.ErrConflict) || missing(err) || errors.As(err, &lost)
}

// again reads the step's event and decides anew; nil is nothing left to do.
func (r *run) again(ctx context.Context, s step) (*step, error) {
	key := remote(s.record)
	err := r.look(ctx, key)
	switch {
	case err == nil:
		r.begun[s.Key] = s.desired
		k, _ := r.target(key)
		if rec, known := r.records[s.Key]; known && remote(rec) == key {
			r.save(r.lookAt(rec, k))
		} else {
			r.rebuild(k)
		}
		next := r.decide(s.Key)
		if next != nil && (next.Op == Keep || next.Op == Adopt) {
			r.changes = append(r.changes, next.Change)
			next = nil
		}
		return next, nil
	case !missing(err):
		return nil, err
	case s.Op == Delete:
		r.withdrawn(s.record, s.Why)
		return nil, nil
	case s.Op == Create && errors.Is(err, calendar.ErrNotFound):
		return &s, nil
	case s.Op == Create && s.record.State == planner.Withdrawn:
		s.record.Generation++ // the old key is burnt by our own deletion
		s.record.State = ""
		return &s, r.intend(ctx, r.intent(s))
	}
	r.dismiss(s.record, "you deleted it")
	r.notDone[s.Key] = "you deleted it"
	return nil, nil
}

// call makes the call of the step and takes in its success.
func (r *run) call(ctx context.Context, s step) error {
	if s.Op == Delete {
		// Right before the call, not with all others: what is missing after a death
		// is taken for our doing when a deletion was intended, so as few as can be are.
		if err := r.intend(ctx, r.intent(s)); err != nil {
			return err
		}
		err := r.wait.do(ctx, func() error { return r.dest.Delete(ctx, remote(s.record), s.at) })
		if err == nil {
			r.forget(TargetName, calendar.ID{UID: remote(s.record)})
			r.withdrawn(s.record, s.Why)
			r.written++
		}
		return err
	}
	e, rec := r.event(s)
	var ref calendar.Ref
	err := r.wait.do(ctx, func() (err error) {
		if s.Op == Create {
			ref, err = r.dest.Create(ctx, e)
		} else {
			ref, err = r.dest.Update(ctx, e, s.Fields, s.at)
		}
		return err
	})
	if err != nil {
		return err
	}
	rec.Ref = ref
	r.save(rec)
	r.touched[s.Key] = true
	r.log = append(r.log, r.entry(s, "ok"))
	r.written++
	return nil
}

// event is what the step writes, and the record as it is once that is done.
func (r *run) event(s step) (calendar.Event, planner.Record) {
	rec := s.record
	if s.Op == Create {
		rec.Base, rec.Remote, rec.Owned, rec.Created = nil, nil, nil, r.now
	}
	rec.FollowUp, rec.Updated, rec.Strikes = s.follow, r.now, 0
	rec.Base, rec.Remote = maps.Clone(rec.Base), maps.Clone(rec.Remote)
	for _, f := range s.Fields {
		rec.Base = with(rec.Base, f, s.desired[f])
		delete(rec.Remote, f)
	}
	rec.State = planner.Written
	if len(rec.Owned) > 0 {
		rec.State = planner.Edited
	}
	st := stamp{generation: rec.Generation, key: s.Key, fields: rec.Base.Fingerprint(), letters: letterPrints(rec.Base)}
	if k, live := r.target(remote(rec)); live {
		old, _ := readStamp(k.Event.Marker)
		rec.Sequence = max(rec.Sequence, old.sequence)
		st.ends = old.ends
	}
	if !s.follow.Held.IsZero() {
		st.ends = s.follow.Held
	}
	rec.Sequence++
	st.sequence = rec.Sequence
	e := s.follow.Event()
	e.UID, e.Sequence = remote(rec), rec.Sequence
	e.Marker = calendar.Marker{Key: e.UID, Kind: string(s.follow.Kind), Base: st.String()}
	return e, rec
}

// saveOutcome remembers what became of follow-ups so far.
func (r *run) saveOutcome(ctx context.Context) error {
	o, ok := r.takeOutcome()
	if !ok {
		return nil
	}
	if err := r.job.Store.Save(ctx, o); err != nil {
		return fmt.Errorf("%w: %w", errState, err)
	}
	r.wrote++
	return nil
}

// saveObserved remembers what was read.
func (r *run) saveObserved(ctx context.Context) error {
	o, ok := r.takeObserved()
	if !ok {
		return nil
	}
	if err := r.job.Store.Observe(ctx, o); err != nil {
		return fmt.Errorf("%w: %w", errState, err)
	}
	r.wrote++
	return nil
}

// closeUp looks at the target once more after writing, so that the next run finds
// nothing new, and sees how the server shows what was written.
func (r *run) closeUp(ctx context.Context) error {
	if r.written == 0 || r.job.Target == nil {
		return nil
	}
	feed := Feed{Name: TargetName, Fingerprint: r.job.TargetFingerprint, Source: r.dest}
	rd := r.read(ctx, feed, r.prev(feed), false)
	if !rd.good() || rd.changes.Unchanged {
		return nil // the next run looks again
	}
	before := maps.Clone(r.records)
	r.takeListing(rd)
	r.lookAtAll()
	r.replan = r.acted(before)
	if err := r.saveObserved(ctx); err != nil {
		return err
	}
	return r.saveOutcome(ctx)
}

// acted tells whether a person did something to a follow-up since before: then
// the plan is out of date although it was just carried out.
func (r *run) acted(before map[string]planner.Record) bool {
	for key, rec := range r.records {
		old := before[key]
		if _, live := r.target(remote(rec)); standing(rec) && !live || rec.State != old.State || !slices.Equal(rec.Owned, old.Owned) {
			return true
		}
	}
	return false
}
