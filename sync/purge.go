package sync

import (
	"context"
	"errors"
	"fmt"

	"followup/calendar"
	"followup/planner"
)

// PlanPurge plans to remove everything that was ever written to the target, also
// by other machines and what the user edited: every event with our marker, and
// every one that is remembered. It always trips the guard: Apply needs the token.
func (j *Job) PlanPurge(ctx context.Context) (Run, error) {
	r, now, err := j.start(ctx)
	if err != nil {
		return Run{}, err
	}
	if j.Target == nil {
		return r.result(Verdict{}), nil
	}
	r.count(r.before)
	rd := r.read(ctx, Feed{Name: TargetName, Fingerprint: j.TargetFingerprint, Source: r.dest}, r.prev(Feed{Name: TargetName}), true)
	r.readings = []reading{rd}
	if errors.Is(rd.err, calendar.ErrNoCalendar) {
		r.warn("nothing is left to remove: %v", rd.err)
		return r.result(Verdict{}), nil
	}
	if !rd.good() {
		return Run{}, fmt.Errorf("the target could not be read, so that nothing was removed: %w", rd.err)
	}
	if !rd.changes.Whole {
		return Run{}, errors.New("the target did not list everything, so that nothing was removed; try again")
	}
	r.plan.Now = now
	r.takeListing(rd)
	for _, k := range sorted(r.events[TargetName]) {
		r.purge(k)
	}
	if len(r.steps) == 0 {
		return r.result(Verdict{}), nil
	}
	return r.result(Verdict{Tripped: true, Token: r.token(), Why: fmt.Sprintf("all %d events that followup wrote would be removed, with what you changed in them", len(r.steps))}), nil
}

func (r *run) purge(k Known) {
	rec := rebuilt(k, nil)
	if old, ok := r.records[rec.FollowUp.Key]; ok && old.Generation == rec.Generation {
		rec = old
	}
	why := "followup purge removes everything that it wrote"
	if rec.State == planner.Edited {
		why += ", also what you changed"
	}
	r.add(&step{
		Change: Change{Op: Delete, Key: rec.FollowUp.Key, Title: k.Event.Summary, Why: why},
		record: rec, follow: rec.FollowUp, at: k.Ref,
	})
}

// ApplyPurge removes what PlanPurge found, and then forgets everything. When an
// event could not be removed, it is in Run.Failed and nothing is forgotten.
func (j *Job) ApplyPurge(ctx context.Context, planned Run, token string) (Run, error) {
	r := planned.run
	if r == nil {
		return planned, errors.New("only a Run that PlanPurge made can be applied")
	}
	if planned.Guard.Tripped && token != planned.Guard.Token {
		return planned, fmt.Errorf("%w: %s; nothing was removed; if that is what you want, run followup purge --confirm %s", ErrGuard, planned.Guard.Why, planned.Guard.Token)
	}
	for i, s := range r.steps {
		if err := r.remove(ctx, s); err != nil {
			r.fail(s, err)
			if stops(err) {
				for _, rest := range r.steps[i+1:] {
					r.notDone[rest.Key] = "it waits for another followup purge"
				}
				break
			}
		}
	}
	out := r.result(planned.Guard)
	if len(r.failed) > 0 {
		return out, nil
	}
	return out, j.Store.Purge(ctx)
}

// remove deletes the event in whatever version it is.
func (r *run) remove(ctx context.Context, s step) error {
	var err error
	for range maxRounds {
		err = r.wait.do(ctx, func() error { return r.dest.Delete(ctx, remote(s.record), s.at) })
		var lost *calendar.LostError
		if err == nil || missing(err) {
			r.written++
			return nil
		}
		if !errors.Is(err, calendar.ErrConflict) && !errors.As(err, &lost) {
			return err
		}
		k, getErr := r.get(ctx, remote(s.record))
		if missing(getErr) {
			return nil
		}
		if getErr != nil {
			return getErr
		}
		s.at = k.Ref
	}
	return err
}
