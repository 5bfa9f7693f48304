package sync

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/planner"
	"followup/planner/draft"
	"followup/planner/interview"
)

// The model test plays random schedules of what organisers, the user, servers,
// networks, disks and clocks do, and holds the engine to the spec: at every
// moment no duplicate, no lost edit and nothing revived, and at rest exactly what
// has to stand.
//
// A long run, 100,000 steps: go test ./sync -run 'TestModel$' -rapid.seed=1 -rapid.checks=2000 -rapid.steps=50
// One that failed, again: the same with -rapid.checks=1 and the seed that rapid names.

// modelFollowUp is the whole planner of the model.
func modelFollowUp(process string, kind draft.Kind, uid string, start time.Time) (planner.FollowUp, bool) {
	days := map[draft.Kind]int{draft.ThankYou: 1, draft.StatusCheck: 8, draft.RejectionReply: 2}[kind]
	at := start.AddDate(0, 0, days) // by the clock on the wall, whether or not it changes in between
	return planner.FollowUp{
		Key: modelKey(process, kind), Kind: kind, Process: process, Company: process, Interview: calendar.ID{UID: uid},
		Title: string(kind) + " for " + process, Text: fmt.Sprintf("Dear Ana,\n\nafter our talk on %s...\n", start.Format(time.RFC1123)),
		Start: at, End: at.Add(15 * time.Minute), Alarms: []time.Duration{0}, Held: start.Add(time.Hour), State: planner.Planned, Why: "rule",
	}, !start.IsZero()
}

func modelMake(in planner.Input, _ planner.Policy) (planner.Plan, error) {
	best := map[string]calendar.Event{}
	for _, e := range in.Events {
		process, ok := strings.CutPrefix(e.Summary, "Interview ")
		if old, seen := best[process]; ok && e.Marker.Key == "" && (!seen || e.Sequence > old.Sequence) {
			best[process] = e
		}
	}
	rejected := map[string]bool{}
	for _, m := range in.Marks {
		rejected[m.Ref] = m.Word == calendar.MarkRejected
	}
	past := map[string]planner.Record{}
	for _, r := range in.Past {
		past[r.FollowUp.Key] = r
	}
	var p planner.Plan
	for _, process := range sortedKeys(best) {
		e := best[process]
		for _, kind := range modelKinds {
			f, _ := modelFollowUp(process, kind, e.UID, e.Start)
			f.Source = e.Source
			r, known := past[f.Key]
			not := e.Status == calendar.StatusCancelled || (kind == draft.RejectionReply) != (rejected[process] && kind != draft.ThankYou) && kind != draft.ThankYou
			switch {
			case known && (r.State == planner.Done || r.State == planner.Dismissed):
				f.State = r.State
			case not && !known:
				continue
			case not:
				f.State, f.Explicit, f.Why = planner.Withdrawn, true, "not wanted any more"
			}
			delete(past, f.Key)
			p.FollowUps = append(p.FollowUps, f)
		}
	}
	for _, key := range sortedKeys(past) {
		f := past[key].FollowUp
		f.State, f.Explicit = planner.Withdrawn, false
		p.FollowUps = append(p.FollowUps, f)
	}
	return p, nil
}

func modelRecognize(events []calendar.Event, me interview.Me, _ []calendar.Mark) interview.Result {
	var out interview.Result
	for _, e := range events {
		if strings.HasPrefix(e.Summary, "Interview ") {
			out.Interviews = append(out.Interviews, interview.Interview{Event: e, Decision: interview.Yes})
		}
	}
	out.Me = me
	return out
}

// model is the world of the model test.
type model struct {
	spec
	now      time.Time
	feeds    map[string]river
	target   wild
	fuse     *calendartest.Fuse
	store    *memStore
	saved    memState
	written  map[string]bool // keys that ever stood
	last     map[string]bool // keys that stood at the last look
	restored map[string]bool // keys that the user asked for again since the state was last copied
	sequence int
	foreign  bool // the target holds an event of the user's own
	squeezes bool // the target's server folds white space in texts
}

// modelSeasons are when interviews begin to be held: in summer, and shortly before
// the clocks change in Berlin and in New York, which is not on the same day.
var modelSeasons = []time.Time{
	time.Date(2027, 6, 1, 9, 0, 0, 0, berlin),
	time.Date(2027, 3, 12, 9, 0, 0, 0, berlin),
	time.Date(2027, 10, 29, 9, 0, 0, 0, berlin),
}

var modelProcesses = []string{"A", "B", "C", "D"}

func newModel(t *rapid.T) *model {
	m := emptyModel()
	m.feeds = map[string]river{"work": memoryRiver{&calendartest.Memory{Tokens: rapid.Bool().Draw(t, "feed has tokens")}}, "home": memoryRiver{&calendartest.Memory{}}}
	target := &calendartest.Memory{Ours: true, Fuse: m.fuse}
	switch rapid.SampledFrom([]string{"google", "caldav", "no etags", "weak etags", "rewriting", "in its own zone"}).Draw(t, "target") {
	case "google":
		target.Tokens, target.Tombstones = true, true
	case "no etags":
		target.ETags = calendartest.NoETags
	case "weak etags":
		target.ETags, target.Tokens = calendartest.WeakETags, true
	case "rewriting":
		target.Tokens = true
		m.squeezes = true
		target.Rewrite = func(e *calendar.Event) { e.Description = strings.Join(strings.Fields(e.Description), " ") }
	case "in its own zone":
		target.Tokens = true
		target.Rewrite = func(e *calendar.Event) {
			e.TimeZone = newYork.String()
			e.Start, e.End = e.Start.In(newYork), e.End.In(newYork)
		}
	}
	m.aim(memoryPlace{target})
	return m
}

func emptyModel() *model {
	m := &model{
		now: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), fuse: &calendartest.Fuse{},
		written: map[string]bool{}, last: map[string]bool{}, restored: map[string]bool{},
	}
	m.store = &memStore{fuse: m.fuse}
	return m
}

// aim sets the calendar that is written to.
func (m *model) aim(target wild) {
	m.target = target
	m.spec = spec{
		tombstones: target.Remembers(), interviews: map[string]*invite{}, rejected: map[string]bool{},
		mine: map[string]calendar.Fields{}, deleted: map[string]bool{}, unsure: map[string]bool{},
	}
	m.ownEvent()
}

// ownEvent is the user who puts an event of their own into the target.
func (m *model) ownEvent() { m.foreign = m.foreign || m.target.Foreign(foreign()) }

func foreign() calendar.Event {
	return calendar.Event{UID: "dentist", Summary: "Dentist", Start: calendartest.At("2027-06-20 10:00"), End: calendartest.At("2027-06-20 11:00")}
}

func (m *model) feedOf(process string) string {
	if process == "D" {
		return "home"
	}
	return "work"
}

func (m *model) job() *Job {
	j := &Job{
		Target: m.target.Open(), TargetFingerprint: "t", Store: m.store, Make: modelMake, Recognize: modelRecognize,
		Now: func() time.Time { return m.now }, Sleep: func(context.Context, time.Duration) error { return nil },
		Policy: planner.Policy{Me: interview.Me{Emails: []string{"nina@vogt.example"}}},
	}
	for _, name := range sortedKeys(m.feeds) {
		j.Feeds = append(j.Feeds, Feed{Name: name, Fingerprint: name, Source: m.feeds[name].Open()})
	}
	return j
}

// put tells the feed how the interview is.
func (m *model) put(process string) {
	iv := m.interviews[process]
	m.sequence++
	e := calendar.Event{UID: iv.uid, Summary: "Interview " + process, Start: iv.start, End: iv.start.Add(time.Hour), TimeZone: "Europe/Berlin", Sequence: m.sequence, Status: calendar.StatusConfirmed}
	if iv.cancelled {
		e.Status = calendar.StatusCancelled
	}
	m.feeds[m.feedOf(process)].Put(e)
}

// standing is what stands of ours, by the follow-up's key, whatever its generation.
func (m *model) standing() map[string][]calendar.Event {
	out := map[string][]calendar.Event{}
	for _, e := range m.target.Events() {
		if s, _ := readStamp(e.Marker); e.Marker.Key != "" {
			out[s.key] = append(out[s.key], e)
		}
	}
	return out
}

// live returns what stands under the follow-up's key.
func (m *model) live(key string) []calendar.Event { return m.standing()[key] }

func (m *model) stood(key string) bool { return len(m.live(key)) > 0 }

// check holds what is never to happen, not even for a moment.
func (m *model) check(t *rapid.T) {
	standing := m.standing()
	for _, key := range sortedKeys(m.keys()) {
		live := standing[key]
		if len(live) > 1 {
			t.Fatalf("duplicate: %d events stand for %s", len(live), key)
		}
		if len(live) == 1 {
			m.written[key] = true
			if m.deleted[key] && !m.unsure[key] {
				t.Fatalf("revived: %q was deleted by the user", live[0].Summary)
			}
			fields := calendar.FieldsOf(live[0])
			for f, v := range m.mine[key] {
				if fields[f] != v {
					t.Fatalf("lost edit: %s of %s is %q, the user wrote %q", f, key, fields[f], v)
				}
			}
		} else if len(m.mine[key]) > 0 && !m.deleted[key] && !m.unsure[key] {
			t.Fatalf("lost edit: %s was edited by the user and is gone", key)
		}
		m.last[key] = len(live) == 1
	}
	if e, ok := m.target.Find("dentist"); m.foreign && (!ok || e.Summary != "Dentist" || e.Marker.Key != "") {
		t.Fatal("an event of the user's own was touched")
	}
}

// keys maps every key to its process and kind.
func (m *model) keys() map[string][2]string {
	out := map[string][2]string{}
	for _, p := range modelProcesses {
		for _, k := range modelKinds {
			out[modelKey(p, k)] = [2]string{p, string(k)}
		}
	}
	return out
}

// run makes one run, whatever comes of it.
func (m *model) run(t *rapid.T, token string) (Run, error) {
	run, err := m.plan()
	if err == nil {
		run, err = run.run.job.Apply(context.Background(), run, token)
	}
	if err != nil && !errors.Is(err, ErrGuard) && !m.fuse.Dead() && !errors.Is(err, errModel) {
		t.Fatalf("run failed: %v", err)
	}
	m.check(t)
	return run, err
}

func (m *model) plan() (Run, error) { return m.job().Plan(context.Background()) }

var errModel = errors.New("a fault of the model")

// rest lets the runs come to rest, and compares what stands with the spec.
func (m *model) rest(t *rapid.T) {
	m.heal()
	for i := 0; ; i++ {
		if i > 15 {
			t.Fatal("does not come to rest")
		}
		m.now = m.now.Add(61 * time.Minute)
		run, err := m.run(t, "")
		if errors.Is(err, ErrGuard) {
			run, err = m.run(t, run.Guard.Token)
		}
		if err != nil {
			t.Fatalf("a healthy run failed: %v", err)
		}
		if run.Partial() {
			t.Fatalf("a healthy run was partial: %+v", run.Failed)
		}
		if i >= 3 && run.Quiet {
			if len(run.Changes) > 0 {
				t.Fatalf("nothing happened, and the run says so at length: %+v", run.Changes)
			}
			for name, n := range run.Requests {
				if n.Read > 1 || n.Write > 0 {
					t.Fatalf("nothing happened, and %s was asked %+v", name, n)
				}
			}
			break
		}
	}
	m.atRest(t)
}

func (m *model) heal() {
	m.fuse.Arm(0, false)
	m.target.Calm()
	for _, f := range m.feeds {
		f.Calm()
	}
}

func (m *model) atRest(t *rapid.T) {
	standing := m.standing()
	for _, key := range sortedKeys(m.keys()) {
		pk := m.keys()[key]
		process, kind := pk[0], draft.Kind(pk[1])
		if m.interviews[process] == nil {
			continue
		}
		want, must, may := m.stands(process, kind, m.last[key])
		live := standing[key]
		switch {
		case must && len(live) == 0:
			t.Fatalf("missing: %s for %s has to stand", kind, process)
		case !must && !may && len(live) > 0:
			t.Fatalf("left over: %q stands", live[0].Summary)
		case len(live) == 0 || want == nil || calendar.TitleDone(live[0].Summary) || m.unsure[key]:
			continue
		}
		got := calendar.FieldsOf(live[0])
		if m.squeezes && m.mine[key][calendar.FieldText] == "" {
			want[calendar.FieldText] = strings.Join(strings.Fields(want[calendar.FieldText]), " ")
		}
		if m.squeezes && len(m.mine[key]) > 0 {
			// Who changed the text can't be told when a run died before it saw how the
			// server shows it, and the user changed something else: it counts as theirs.
			want[calendar.FieldText] = got[calendar.FieldText]
		}
		if d := got.Diff(want); len(d) > 0 {
			t.Fatalf("out of date: %v of %s for %s is %q, should be %q", d, kind, process, got[d[0]], want[d[0]])
		}
	}
}

// steps are everything that can happen.
func (m *model) steps() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"invite":    m.invite,
		"invite 2":  m.invite,
		"invite 3":  m.invite,
		"reissue":   m.reissue,
		"cancel":    m.cancel,
		"remove":    m.remove,
		"reject":    m.reject,
		"edit":      m.edit,
		"edit 2":    m.edit,
		"delete":    m.userDelete,
		"undelete":  m.undelete,
		"restore":   m.restore,
		"run":       func(t *rapid.T) { m.tick(t); m.run(t, "") },
		"run 2":     func(t *rapid.T) { m.tick(t); m.run(t, "") },
		"rest":      m.rest,
		"fault":     m.faultyRun,
		"fault 2":   m.faultyRun,
		"crash":     m.crash,
		"crash 2":   m.crash,
		"overlap":   m.overlap,
		"meanwhile": m.meanwhile,
		"clock":     m.clock,
		"state":     m.loseOrRollBack,
		"expire":    func(*rapid.T) { m.target.Expire(); m.feeds["work"].Expire() },
		"":          m.check,
	}
}

func (m *model) tick(t *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes")) * time.Minute)
}

func (m *model) process(t *rapid.T) string {
	return rapid.SampledFrom(modelProcesses).Draw(t, "process")
}

// invite makes, moves or confirms again an interview.
func (m *model) invite(t *rapid.T) {
	p := m.process(t)
	start := rapid.SampledFrom(modelSeasons).Draw(t, "season").Add(time.Duration(rapid.IntRange(0, 500).Draw(t, "hours")) * time.Hour)
	iv := m.interviews[p]
	if iv == nil {
		iv = &invite{uid: p + "@example"}
		m.interviews[p] = iv
	}
	iv.start, iv.cancelled, iv.removed = start, false, false
	m.put(p)
}

// reissue sends the invitation again under another UID.
func (m *model) reissue(t *rapid.T) {
	p := m.invited(t, func(p string) bool { return !m.interviews[p].removed && !m.interviews[p].cancelled })
	iv := m.interviews[p]
	m.feeds[m.feedOf(p)].Remove(iv.uid)
	m.sequence++
	iv.uid = fmt.Sprintf("%s-%d@example", p, m.sequence)
	m.put(p)
}

func (m *model) cancel(t *rapid.T) {
	p := m.invited(t, func(p string) bool { return !m.interviews[p].removed })
	m.interviews[p].cancelled = true
	m.put(p)
}

func (m *model) remove(t *rapid.T) {
	p := m.invited(t, func(p string) bool { return !m.interviews[p].removed })
	m.interviews[p].removed = true
	m.feeds[m.feedOf(p)].Remove(m.interviews[p].uid)
}

func (m *model) reject(t *rapid.T) {
	p := m.invited(t, func(p string) bool { return !m.rejected[p] })
	m.rejected[p] = true
	m.heal()
	if err := m.store.Mark(context.Background(), calendar.Mark{Word: calendar.MarkRejected, Ref: p}); err != nil {
		t.Fatal(err)
	}
}

// invited draws a process of which there was an interview. There may be none: then
// something else has to happen.
func (m *model) invited(t *rapid.T, ok func(process string) bool) string {
	return drawn(t, "process", slices.DeleteFunc(sortedKeys(m.interviews), func(p string) bool { return !ok(p) }))
}

// pick draws a key; something else has to happen when there is none.
func (m *model) pick(t *rapid.T, ok func(key string) bool) string {
	return drawn(t, "key", slices.DeleteFunc(sortedKeys(m.keys()), func(key string) bool { return !ok(key) }))
}

func drawn(t *rapid.T, what string, from []string) string {
	if len(from) == 0 {
		t.Skip("there is no " + what)
	}
	return rapid.SampledFrom(from).Draw(t, what)
}

func (m *model) edit(t *rapid.T) {
	key := m.pick(t, m.stood)
	field := rapid.SampledFrom(calendar.AllFields).Draw(t, "field")
	n := rapid.IntRange(1, 50).Draw(t, "n")
	id := m.live(key)[0].Marker.Key
	var value string
	m.target.Edit(id, func(e *calendar.Event) {
		switch field {
		case calendar.FieldTitle:
			e.Summary = fmt.Sprintf("%s %d", []string{"mine", "✓ done", "Call"}[n%3], n)
		case calendar.FieldText:
			e.Description = fmt.Sprintf("my own words %d", n)
		case calendar.FieldTime:
			e.Start, e.End = e.Start.Add(time.Duration(n)*time.Hour), e.End.Add(time.Duration(n)*time.Hour)
		case calendar.FieldAlarms:
			e.Alarms = []time.Duration{-time.Duration(n) * time.Minute}
		case calendar.FieldLocation:
			e.Location = fmt.Sprintf("desk %d", n)
		}
		value = calendar.FieldsOf(*e)[field]
	})
	m.mine[key] = with(m.mine[key], field, value)
}

func (m *model) userDelete(t *rapid.T) {
	key := m.pick(t, m.stood)
	delete(m.unsure, key)
	m.deleteOne(key)
}

// deleteOne is the user who deletes the follow-up, with what they had changed in it.
func (m *model) deleteOne(key string) {
	m.target.Remove(m.live(key)[0].Marker.Key)
	m.deleted[key] = true
	delete(m.mine, key)
	m.forgotten(key)
}

// forgotten says that a deletion can't be known for one: the run that wrote the
// event died before it could remember so, and the calendar does not tell what was
// deleted from what never was. Or it had been taken away, and no run saw that the
// user had brought it back before.
func (m *model) forgotten(key string) {
	r, ok := m.store.st.records[key]
	if !m.tombstones && (!ok || !standing(r)) || ok && r.State == planner.Withdrawn {
		m.unsure[key] = true
	}
	for _, in := range m.store.st.intents {
		if in.Key == key && in.Op == Delete {
			m.unsure[key] = true // a run died while it deleted the same
		}
	}
}

// undelete takes the event that was deleted last out of the trash.
func (m *model) undelete(t *rapid.T) {
	key := m.pick(t, func(key string) bool { return m.deleted[key] && !m.stood(key) })
	for g := 20; g >= 0; g-- {
		if m.target.Undelete(remoteKey(key, g)) {
			// Nobody can tell any more what was the user's in it before.
			m.deleted[key], m.unsure[key] = false, true
			delete(m.mine, key)
			return
		}
	}
}

func (m *model) restore(t *rapid.T) {
	key := m.pick(t, func(key string) bool {
		return m.deleted[key] && !m.unsure[key] && !m.stood(key) && m.store.st.records[key].State == planner.Dismissed
	})
	m.heal()
	if _, err := m.job().Restore(context.Background(), key); err != nil {
		t.Fatal(err)
	}
	m.deleted[key], m.restored[key] = false, true
	delete(m.mine, key)
}

func (m *model) clock(t *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.IntRange(-48, 72).Draw(t, "hours")) * time.Hour)
}

func (m *model) loseOrRollBack(t *rapid.T) {
	switch how := rapid.SampledFrom([]string{"keep a copy", "keep a copy", "lose", "damage", "roll back"}).Draw(t, "state"); how {
	case "keep a copy":
		m.saved = m.store.st.clone()
		clear(m.restored)
	case "lose", "damage":
		was := m.store.st
		m.store.st = memState{}
		deleted := maps.Clone(m.deleted)
		m.loseState(m.stood, m.written)
		for key := range m.restored {
			m.unsure[key] = m.unsure[key] || !m.stood(key) // a stale listing may tell that it stood
		}
		m.remark(t, was.marks)
		if how == "damage" {
			m.salvage(t, was, deleted)
		}
		m.saved = m.store.st.clone()
		clear(m.restored)
	case "roll back":
		rejected := m.store.st.marks
		m.store.st = m.saved.clone()
		m.store.st.marks = rejected
		m.rollBack(m.stood, m.written)
		for key := range m.restored {
			m.unsure[key] = true // the old copy knows what was the user's in it before they deleted it
			delete(m.mine, key)
		}
	}
}

// remark says again what the user said, as the planner of the model reads no
// marks in texts.
func (m *model) remark(t *rapid.T, marks []calendar.Mark) {
	m.heal()
	for _, x := range marks {
		if err := m.store.Mark(context.Background(), x); err != nil {
			t.Fatal(err)
		}
	}
}

// salvage takes over what was dismissed from a damaged state.
func (m *model) salvage(t *rapid.T, was memState, deleted map[string]bool) {
	var o Outcome
	for _, key := range sortedKeys(was.records) {
		if r := was.records[key]; r.State == planner.Dismissed && !m.stood(key) {
			o.Records = append(o.Records, r)
			m.deleted[key] = m.deleted[key] || deleted[key]
			m.unsure[key] = !deleted[key]
		}
	}
	if err := m.store.Save(context.Background(), o); err != nil {
		t.Fatal(err)
	}
}

// faultyRun makes a run in which calls fail.
func (m *model) faultyRun(t *rapid.T) {
	m.tick(t)
	m.heal()
	m.feeds[rapid.SampledFrom([]string{"work", "home"}).Draw(t, "feed")].Trouble(t)
	m.target.Trouble(t)
	m.run(t, "")
	m.heal()
}

// crash kills the process at one of its steps.
func (m *model) crash(t *rapid.T) {
	m.tick(t)
	m.heal()
	m.fuse.Arm(rapid.IntRange(1, 25).Draw(t, "step"), rapid.Bool().Draw(t, "after"))
	m.run(t, "")
	m.fuse.Arm(0, false)
}

// overlap makes two runs at once, as no lock held them apart: of two machines, or
// where the file system has no locks. Which of them makes its next call or write
// is drawn anew each time.
func (m *model) overlap(t *rapid.T) {
	m.tick(t)
	m.heal()
	before := sortedKeys(m.standing())
	runs := []*overlapping{m.start(), m.start()}
	for {
		var waiting []int
		for i, o := range runs {
			if !o.ended {
				waiting = append(waiting, i)
			}
		}
		if len(waiting) == 0 {
			break
		}
		runs[rapid.SampledFrom(waiting).Draw(t, "whose turn")].step()
		m.check(t)
		// Without ETags a change between the last look and the write can't be noticed.
		if m.target.Guards() && len(m.standing()) > 0 && rapid.IntRange(0, 9).Draw(t, "the user acts too") == 0 {
			m.edit(t)
		}
	}
	for _, o := range runs {
		if o.err != nil && !errors.Is(o.err, ErrGuard) {
			t.Fatal(o.err)
		}
	}
	for _, key := range before {
		if !m.stood(key) {
			m.unsure[key] = true // one run took it away, which to the other may look like the user's doing
		}
	}
}

// overlapping is a run that goes on by one call or write at a time.
type overlapping struct {
	turn  chan struct{} // lets it go on
	stood chan bool     // it stands before its next step; closed at its end
	ended bool
	err   error
}

func (m *model) start() *overlapping {
	o := &overlapping{turn: make(chan struct{}), stood: make(chan bool)}
	job := m.job()
	job.Target, job.Store = gatedTarget{job.Target, o.wait}, gatedStore{m.store, o.wait}
	go func() {
		defer close(o.stood)
		run, err := job.Plan(context.Background())
		if err == nil {
			_, err = job.Apply(context.Background(), run, "")
		}
		o.err = err
	}()
	<-o.stood
	return o
}

// wait is where the run waits for its turn.
func (o *overlapping) wait() {
	o.stood <- true
	<-o.turn
}

// step lets the run go on until its next call or write, or its end.
func (o *overlapping) step() {
	o.turn <- struct{}{}
	_, more := <-o.stood
	o.ended = !more
}

// gatedTarget and gatedStore wait before every call.
type gatedTarget struct {
	Target
	wait func()
}

func (g gatedTarget) Vanished() bool {
	v, ok := g.Target.(Vanisher)
	return ok && v.Vanished()
}

func (g gatedTarget) Changes(ctx context.Context, since calendar.Cursor) (calendar.Changes, error) {
	g.wait()
	return g.Target.Changes(ctx, since)
}

func (g gatedTarget) Get(ctx context.Context, key string) (calendar.Item, error) {
	g.wait()
	return g.Target.Get(ctx, key)
}

func (g gatedTarget) Create(ctx context.Context, e calendar.Event) (calendar.Ref, error) {
	g.wait()
	return g.Target.Create(ctx, e)
}

func (g gatedTarget) Update(ctx context.Context, e calendar.Event, fields []calendar.Field, at calendar.Ref) (calendar.Ref, error) {
	g.wait()
	return g.Target.Update(ctx, e, fields, at)
}

func (g gatedTarget) Delete(ctx context.Context, key string, at calendar.Ref) error {
	g.wait()
	return g.Target.Delete(ctx, key, at)
}

type gatedStore struct {
	*memStore
	wait func()
}

func (g gatedStore) Load(ctx context.Context) (State, error) {
	g.wait()
	return g.memStore.Load(ctx)
}

func (g gatedStore) Observe(ctx context.Context, o Observed) error {
	g.wait()
	return g.memStore.Observe(ctx, o)
}

func (g gatedStore) Intend(ctx context.Context, in []Intent) error {
	g.wait()
	return g.memStore.Intend(ctx, in)
}

func (g gatedStore) Save(ctx context.Context, o Outcome) error {
	g.wait()
	return g.memStore.Save(ctx, o)
}

func (g gatedStore) Note(n Notes) error {
	g.wait()
	return g.memStore.Note(n)
}

// meanwhile lets the user act between a run's reading and its writing.
func (m *model) meanwhile(t *rapid.T) {
	m.tick(t)
	m.heal()
	run, err := m.plan()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.standing()) > 0 && rapid.Bool().Draw(t, "delete") {
		key := m.pick(t, m.stood)
		m.deleteOne(key)
		if slices.ContainsFunc(run.Changes, func(c Change) bool { return c.Key == key && c.Op == Delete }) {
			m.unsure[key] = true // both deleted it; who was first can't be known
		}
	} else if len(m.standing()) > 0 {
		m.edit(t)
	}
	if _, err := run.run.job.Apply(context.Background(), run, ""); err != nil && !errors.Is(err, ErrGuard) {
		t.Fatal(err)
	}
	m.check(t)
}

func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(t)
		t.Repeat(m.steps())
		m.rest(t)
	})
}
