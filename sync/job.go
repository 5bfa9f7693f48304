package sync

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
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

// Run is one run: what was read and decided and, after Apply, what was done.
type Run struct {
	Plan     planner.Plan
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
	moved  map[string]Moved
	anew   bool // every feed is asked for everything

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
	readings   []reading
	before     map[string]calendar.Requests
	wrote      int64 // writes to the store
	written    int   // writes to the target that were done
	replan     bool  // something happened after the plan was made
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

func (r *run) debug(msg string, args ...any) {
	if r.job.Log != nil {
		r.job.Log.Debug(msg, args...)
	}
}

func (r *run) warn(format string, args ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}

// start loads the state.
func (j *Job) start(ctx context.Context) (*run, time.Time, error) {
	now := j.now()
	state, err := j.Store.Load(ctx)
	if err != nil {
		return nil, now, err
	}
	r := &run{
		ledger: newLedger(state, now.UTC().Truncate(time.Second)), job: j, dest: j.Target,
		want: map[string]planner.FollowUp{}, blocked: map[string]error{}, probed: map[string]bool{},
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
		r.moved = book.Notes().Moved
	}
	r.anew = state.Memo.Reader != r.reader
	return r, now, nil
}

// readerPrint is the fingerprint of what decides on the events that are kept:
// when it changes, every feed has to be read anew.
func (j *Job) readerPrint() string {
	me := j.Policy.Me
	return digest(me.Name, me.Emails, me.Employers, j.Basis)
}

// policyPrint is the fingerprint of everything but events and time that a plan depends on.
func (j *Job) policyPrint() string {
	zone := ""
	if j.Policy.Me.Location != nil {
		zone = j.Policy.Me.Location.String()
	}
	return digest(j.Policy, zone, j.Basis)
}

func digest(values ...any) string {
	b, err := json.Marshal(values)
	if err != nil {
		b = []byte(fmt.Sprint(values...))
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:8])
}

// basis is everything but the state and the time that a plan depends on.
func (r *run) basis() string {
	names := []string{r.job.TargetFingerprint}
	for _, f := range r.job.Feeds {
		names = append(names, f.Name, f.Fingerprint)
	}
	return digest(names, r.job.policyPrint())
}

// Plan reads every calendar and decides what is to be done. It writes nothing,
// neither to a calendar nor to the store. A feed that fails is a Failure of the
// Run; its follow-ups are left alone and the others go on.
func (j *Job) Plan(ctx context.Context) (Run, error) {
	r, now, err := j.start(ctx)
	if err != nil {
		return Run{}, err
	}
	r.count(r.before)
	feeds, target := r.readAll(ctx)
	if err := ctx.Err(); err != nil {
		return Run{}, err
	}
	r.readings = append(feeds, target)
	r.report()
	if r.nothingNew() {
		r.quick, r.plan = true, r.remembrance(now)
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

// nothingNew tells whether neither a calendar nor the state nor time can have
// changed the plan since it was last made.
func (r *run) nothingNew() bool {
	book, ok := r.job.Store.(Notebook)
	if !ok || r.job.Full || r.anew || len(r.intents) > 0 {
		return false
	}
	for _, rd := range r.readings {
		unchanged := rd.changes.Unchanged || r.job.Target == nil && rd.feed.Name == TargetName
		if !rd.good() || !unchanged || rd.moved || rd.prev.LastError != "" || rd.prev.Suspect {
			return false
		}
	}
	for _, k := range r.state.Events {
		if k.Absent != (Absence{}) && !struckOut(k) {
			return false
		}
	}
	for _, rec := range r.state.Records {
		if standing(rec) && rec.Strikes > 0 && rec.Strikes < strikesNeeded {
			return false
		}
	}
	n := book.Notes()
	old := r.now.Sub(n.Planned)
	return n.Revision == r.state.Revision && n.Basis == r.basis() && old >= 0 && old < maxAge &&
		(n.Edge.IsZero() || r.now.Before(n.Edge))
}

// maxAge is how long a plan is trusted to be the same, whatever it says itself.
const maxAge = 6 * time.Hour

// remembrance is the plan as the records tell it.
func (r *run) remembrance(now time.Time) planner.Plan {
	p := planner.Plan{Now: now}
	for _, key := range r.keys() {
		if f := r.records[key].FollowUp; f.Kind != "" {
			f.State = r.records[key].State
			p.FollowUps = append(p.FollowUps, f)
		}
	}
	slices.SortStableFunc(p.FollowUps, func(a, b planner.FollowUp) int { return a.Start.Compare(b.Start) })
	return p
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

// result is the Run for those outside.
func (r *run) result(v Verdict) Run {
	out := Run{
		Plan: r.plan, Changes: r.changes, Guard: v, Warnings: r.warnings, Failed: r.failed,
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

// takeNotes notes how the run went, for the next one.
func (r *run) takeNotes() {
	r.takeReadings(func(n *Notes) {
		if r.quick {
			return
		}
		n.Revision, n.Basis, n.Planned, n.Edge = r.state.Revision+r.wrote, r.basis(), r.now, r.edge()
	})
}

// takeReadTimes notes only which calendars were read well.
func (r *run) takeReadTimes() { r.takeReadings(func(n *Notes) { n.Planned = time.Time{} }) }

func (r *run) takeReadings(more func(*Notes)) {
	book, ok := r.job.Store.(Notebook)
	if !ok {
		return
	}
	n := book.Notes()
	if n.Read == nil {
		n.Read = map[string]time.Time{}
	}
	if n.Moved == nil {
		n.Moved = map[string]Moved{}
	}
	for _, rd := range r.readings {
		if rd.good() {
			n.Read[rd.feed.Name] = r.now
		}
		if next := rd.changes.Next; rd.changes.Unchanged && next != "" && next != rd.prev.Cursor {
			n.Moved[rd.feed.Name] = Moved{rd.prev.Cursor, next}
		}
	}
	more(&n)
	if err := book.Note(n); err != nil && r.job.Log != nil {
		r.job.Log.Warn("the notes of the run could not be kept; the next run takes a little longer", "error", err)
	}
}

// edge is the first instant at which time alone may change the plan.
func (r *run) edge() time.Time {
	first := r.plan.Edge
	for _, f := range r.plan.FollowUps {
		for _, t := range []time.Time{f.Edge, f.End} {
			if t.After(r.now) && (first.IsZero() || t.Before(first)) {
				first = t
			}
		}
	}
	for _, source := range sortedKeys(r.events) {
		for _, k := range r.events[source] {
			if t := k.Event.End; t.After(r.now) && (first.IsZero() || t.Before(first)) {
				first = t
			}
		}
	}
	return first
}

// policyChanged tells whether the user changed the rules since the last plan.
func (r *run) policyChanged() bool {
	book, ok := r.job.Store.(Notebook)
	return ok && book.Notes().Basis != r.basis()
}
