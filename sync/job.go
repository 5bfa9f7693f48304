package sync

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"followup/calendar"
	"followup/planner"
	"followup/planner/draft"
	"followup/planner/interview"
)

// Job is everything that one run needs. Plan reads and decides; Apply does it.
type Job struct {
	Feeds             []Feed
	Target            Target // nil: nothing is written, the store is the calendar
	TargetName        string // in the counts of requests; "" is "target"
	TargetFingerprint string // of what the target points at, as Feed.Fingerprint
	Store             Store
	Policy            planner.Policy
	Guard             Guard
	Now               func() time.Time // nil: time.Now
	Log               *slog.Logger     // nil: no log
	Basis             string           // fingerprint of what else a plan depends on: the program's version, the user's own templates
	Full              bool             // ask the planner even when nothing can have changed

	// Drafts are the texts. Where they are nil, LoadDrafts is asked for them once
	// the planner needs them, which a run with nothing new does not.
	Drafts     *draft.Set
	LoadDrafts func() (*draft.Set, error)

	// Tests may replace these; nil is the real thing.
	Make      func(planner.Input, planner.Policy) (planner.Plan, error)
	Recognize func([]calendar.Event, interview.Me, []calendar.Mark) interview.Result
	Sleep     func(context.Context, time.Duration) error
}

func (j *Job) now() time.Time {
	if j.Now == nil {
		return time.Now()
	}
	return j.Now()
}

func (j *Job) recognize() func([]calendar.Event, interview.Me, []calendar.Mark) interview.Result {
	if j.Recognize == nil {
		return interview.Recognize
	}
	return j.Recognize
}

func (j *Job) make(in planner.Input, p planner.Policy) (planner.Plan, error) {
	if j.Make != nil {
		return j.Make(in, p)
	}
	if j.Drafts == nil && j.LoadDrafts != nil {
		set, err := j.LoadDrafts()
		if err != nil {
			return planner.Plan{}, err
		}
		j.Drafts = set
	}
	return planner.Make(in, p, j.Drafts)
}

func (j *Job) targetName() string {
	if j.TargetName == "" {
		return "target"
	}
	return j.TargetName
}

// start loads the state.
func (j *Job) start(ctx context.Context) (*run, time.Time, error) {
	r, now := j.begin()
	return r, now, r.load(ctx)
}

// begin is a run that knows nothing of the state yet.
func (j *Job) begin() (*run, time.Time) {
	now := j.now()
	r := &run{
		ledger: newLedger(State{}, now.UTC().Truncate(time.Second)), job: j, dest: j.Target,
		want: map[string]planner.FollowUp{}, blocked: map[string]error{}, notDone: map[string]string{}, probed: map[string]bool{},
		adopted: map[string]bool{}, undeleted: map[string]bool{}, begun: map[string]calendar.Fields{}, reader: j.readerPrint(), before: map[string]calendar.Requests{},
		wait: &waiter{left: patience, sleep: sleep},
	}
	if j.Sleep != nil {
		r.wait.sleep = j.Sleep
	}
	if r.dest == nil {
		r.dest = local{}
	}
	if book, ok := j.Store.(Notebook); ok {
		r.notes = book.Notes()
	}
	return r, now
}

// load loads the state.
func (r *run) load(ctx context.Context) error {
	state, err := r.job.Store.Load(ctx)
	if err != nil {
		return err
	}
	r.know(state)
	r.asleep = false
	return nil
}

// know makes the state the one that the run starts from.
func (r *run) know(state State) {
	r.ledger = newLedger(state, r.now)
	r.anew = state.Memo.Reader != r.reader
}

// glance makes do with what the notes tell of the state, where that is enough as
// long as nothing is new.
func (r *run) glance() bool {
	book, ok := r.job.Store.(Notebook)
	if !ok || r.job.Full || r.notes.Glance == nil || !book.Unwritten() {
		return false
	}
	g := r.notes.Glance
	r.know(State{Revision: g.Revision, Memo: Memo{Reader: g.Reader}, Sources: g.Sources})
	r.asleep = !r.anew
	return r.asleep
}

// Plan reads every calendar and decides what is to be done. It writes nothing,
// neither to a calendar nor to the store. A feed that fails is a Failure of the
// Run; its follow-ups are left alone and the others go on.
func (j *Job) Plan(ctx context.Context) (Run, error) {
	r, now := j.begin()
	r.count(r.before)
	feeds, target, err := r.survey(ctx)
	if err != nil {
		return Run{}, err
	}
	r.report()
	if r.quick {
		r.plan = planner.Plan{Now: now}
		return r.result(Verdict{}), nil
	}
	r.observeFeeds(feeds)
	r.observeTarget(ctx, target)
	if r.plan, err = r.ask(now); err != nil {
		return Run{}, err
	}
	verdict := Verdict{}
	if r.targetErr == nil {
		r.reconcile()
		verdict = r.judge()
	}
	return r.result(verdict), nil
}

// survey reads every feed and the target, and finds out whether anything is new.
// It loads the state unless the notes tell that nothing is.
func (r *run) survey(ctx context.Context) (feeds []reading, target reading, err error) {
	look := func() error {
		feeds, target = r.readAll(ctx)
		r.readings = append(feeds, target)
		r.quick = r.nothingNew()
		return ctx.Err()
	}
	glanced := r.glance()
	if glanced {
		if err := look(); err != nil || r.quick {
			return feeds, target, err
		}
	}
	revision := r.state.Revision
	if err := r.load(ctx); err != nil {
		return nil, reading{}, err
	}
	if !glanced || revision != r.state.Revision {
		err := look()
		return feeds, target, err
	}
	for i := range r.readings {
		r.readings[i].prev = r.prev(r.readings[i].feed)
	}
	return r.readings[:len(feeds)], r.readings[len(feeds)], nil
}

// ask asks the planner.
func (r *run) ask(now time.Time) (planner.Plan, error) {
	in := planner.Input{Now: now, Marks: r.state.Marks}
	for _, source := range sortedKeys(r.events) {
		for _, k := range sorted(r.events[source]) {
			switch {
			case source == TargetName:
				in.Events = append(in.Events, r.own(k))
			case !struckOut(k) || !k.Event.End.After(r.now):
				in.Events = append(in.Events, k.Event)
			}
		}
	}
	for _, key := range r.keys() {
		in.Past = append(in.Past, r.records[key])
	}
	policy := r.job.Policy
	policy.Me = r.me()
	plan, err := r.job.make(in, policy)
	if err != nil {
		return plan, fmt.Errorf("planning failed: %w", err)
	}
	return plan, nil
}

// own is an event of ours as the planner is to see it: under the follow-up's
// key, and with what the user wrote into its text alone, so that our own words
// are never read as theirs.
func (r *run) own(k Known) calendar.Event {
	e := k.Event
	s, _ := readStamp(e.Marker)
	e.UID, e.Marker.Key = s.key, s.key
	e.Description = added(e.Description, r.records[s.key].Base[calendar.FieldText])
	return e
}

// Apply does what the run planned, and remembers what it read. A plan that trips
// the guard is only done when token is the one that it shows: else ErrGuard, and
// nothing is written. Failures of single writes are in the Run.
func (j *Job) Apply(ctx context.Context, planned Run, token string) (Run, error) {
	r := planned.run
	if r == nil {
		return planned, errors.New("only a Run that Plan made can be applied")
	}
	if r.quick {
		r.takeNotes()
		return planned, nil
	}
	if r.dirty() || len(r.steps) > 0 {
		r.takeReadTimes() // until this run is through, no other may rely on what the last one noted
	}
	if err := r.saveObserved(ctx); err != nil {
		return planned, err
	}
	if err := r.saveOutcome(ctx); err != nil {
		return planned, err
	}
	if err := planned.checkToken(token); err != nil {
		return planned, err
	}
	if r.targetErr == nil {
		if planned.Guard.Tripped {
			r.believe()
		}
		for _, rec := range r.dismissals {
			r.dismiss(rec, "you deleted it from the calendar")
		}
		r.dismissals = nil
		if err := r.finish(ctx); err != nil {
			return r.result(planned.Guard), err
		}
	}
	if len(r.failed) == 0 && !r.replan {
		r.takeNotes()
	} else {
		r.takeReadTimes()
	}
	out := r.result(planned.Guard)
	out.Quiet = planned.Quiet
	return out, nil
}

// finish saves what was decided without a write, writes, and looks once more.
func (r *run) finish(ctx context.Context) error {
	if err := r.saveObserved(ctx); err != nil {
		return err
	}
	if err := r.saveOutcome(ctx); err != nil {
		return err
	}
	if err := r.writeAll(ctx); err != nil {
		return err
	}
	return r.closeUp(ctx)
}

func (r Run) checkToken(token string) error {
	switch {
	case r.Guard.Tripped && token == "":
		return fmt.Errorf("%w: %s; nothing was written; if that is what you want, run followup sync --confirm %s", ErrGuard, r.Guard.Why, r.Guard.Token)
	case r.Guard.Tripped && token != r.Guard.Token:
		return fmt.Errorf("%w: the plan is not the one that %s confirms (%s); nothing was written; look at it again and run followup sync --confirm %s", ErrGuard, token, r.Guard.Why, r.Guard.Token)
	case token != "" && token != r.run.token():
		return fmt.Errorf("%w: the plan is not the one that %s confirms; nothing was written; look at it with followup plan", ErrGuard, token)
	}
	return nil
}

// believe takes every listing that was not believed for true, because a person
// confirmed what follows from it.
func (r *run) believe() {
	for _, rd := range r.readings {
		if s := r.sources[rd.feed.Name]; s.Suspect {
			s.Suspect, s.Count = false, 0
			if rd.changes.Whole {
				s.Count = len(rd.changes.Items) + len(rd.changes.Skipped)
			}
			r.setSource(s)
		}
	}
}
