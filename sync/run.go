package sync

import (
	"errors"
	"fmt"
	"slices"

	"followup/calendar"
	"followup/planner"
)

// Run is one run: what was read and decided and, after Apply, what was done.
type Run struct {
	Plan     planner.Plan // without follow-ups where nothing is new and Job.Full is not set
	Changes  []Change
	Guard    Verdict
	Sources  []SourceState // of the feeds and, last, the target, as they are now
	Warnings []string
	Failed   []Failure
	Requests map[string]calendar.Requests // by the name of the feed or target
	Quiet    bool                         // nothing happened: nothing new was read and nothing is to be written
	run      *run
}

// Failure is a read or a write that failed.
type Failure struct {
	Source string // of a read
	Key    string // of a write
	Op     Op
	Err    error
}

// Partial tells whether a part of the run failed while the rest was done.
func (r Run) Partial() bool { return len(r.Failed) > 0 }

// SignIn returns the first failure that asks for a sign-in; nil when there is none.
func (r Run) SignIn() error {
	for _, f := range r.Failed {
		if errors.Is(f.Err, calendar.ErrAuth) {
			return f.Err
		}
	}
	return nil
}

// run is a Run while it is at work.
type run struct {
	*ledger
	job    *Job
	dest   Target
	wait   *waiter
	reader string // fingerprint of what decides on the events that are kept
	notes  Notes  // of the last run
	anew   bool   // every feed is asked for everything
	asleep bool   // of the state only the Glance is known

	plan      planner.Plan
	quick     bool // nothing can have changed, and the planner was not asked
	want      map[string]planner.FollowUp
	blocked   map[string]error           // keys of which it is not known how they stand
	probed    map[string]bool            // keys in the target that were looked for
	undeleted map[string]bool            // keys of records whose events a person brought back
	adopted   map[string]bool            // keys of records that were rebuilt from the calendar
	begun     map[string]calendar.Fields // by the follow-up's key: what a write was to leave, of which it is not known whether it took place
	allGood   bool                       // every feed was read well
	targetErr error

	steps      []step
	dismissals []planner.Record
	changes    []Change
	warnings   []string
	failed     []Failure
	notDone    map[string]string // by the follow-up's key: why its write was not made
	readings   []reading
	before     map[string]calendar.Requests
	wrote      int64 // writes to the store
	written    int   // writes to the target that were done
	replan     bool  // something happened after the plan was made
}

func (r *run) debug(msg string, args ...any) {
	if r.job.Log != nil {
		r.job.Log.Debug(msg, args...)
	}
}

func (r *run) warn(format string, args ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}

// report says what could not be read.
func (r *run) report() {
	r.allGood = true
	for _, rd := range r.readings {
		for _, w := range rd.changes.Warnings {
			r.warn("%s: %s", r.name(rd), w)
		}
		if rd.good() {
			c := rd.changes
			r.debug("read", "calendar", r.name(rd), "events", len(c.Items), "gone", len(c.Gone), "skipped", len(c.Skipped), "whole", c.Whole, "unchanged", c.Unchanged)
			continue
		}
		r.failed = append(r.failed, Failure{Source: r.name(rd), Err: rd.err})
		if rd.feed.Name == TargetName {
			r.warn("the target could not be read (%v); nothing was written; try again with followup sync", rd.err)
			continue
		}
		r.allGood = false
		r.warn("%s could not be read (%v); its follow-ups were left alone; try again with followup sync", rd.feed.Name, rd.err)
	}
}

func (r *run) name(rd reading) string {
	if rd.feed.Name == TargetName {
		return r.job.targetName()
	}
	return rd.feed.Name
}

// result is the Run for those outside.
func (r *run) result(v Verdict) Run {
	out := Run{
		Plan: r.plan, Changes: r.told(), Guard: v, Warnings: r.warnings, Failed: r.failed,
		Requests: r.requests(), Quiet: r.quick || len(r.steps) == 0 && !r.dirty() && len(r.dismissals) == 0, run: r,
	}
	for _, rd := range r.readings {
		s := r.prev(rd.feed)
		if rd.good() {
			s.LastGood = r.now
		}
		s.Name = r.name(rd)
		out.Sources = append(out.Sources, s)
	}
	out.Plan.FollowUps = slices.Clone(r.plan.FollowUps)
	for i, f := range out.Plan.FollowUps {
		if rec, ok := r.records[f.Key]; ok && f.State != planner.Late && (wanted(f) || rec.State == planner.Done) {
			if standing(rec) || rec.State == planner.Dismissed {
				out.Plan.FollowUps[i].State = rec.State
			}
		}
	}
	return out
}

// told are the changes with what became of them. What is kept or adopted is no
// write, and can't fail.
func (r *run) told() []Change {
	out := slices.Clone(r.changes)
	for i, c := range out {
		if c.Op != Keep && c.Op != Adopt {
			out[i].NotDone = r.notDone[c.Key]
		}
	}
	return out
}

// count takes down how many calls every calendar has answered so far.
func (r *run) count(into map[string]calendar.Requests) {
	for _, f := range r.job.Feeds {
		if c, ok := f.Source.(Counter); ok {
			into[f.Name] = c.Requests()
		}
	}
	if c, ok := r.dest.(Counter); ok {
		into[r.job.targetName()] = c.Requests()
	}
}

func (r *run) requests() map[string]calendar.Requests {
	now := map[string]calendar.Requests{}
	r.count(now)
	for name, n := range now {
		b := r.before[name]
		now[name] = calendar.Requests{Read: n.Read - b.Read, Write: n.Write - b.Write}
	}
	return now
}
