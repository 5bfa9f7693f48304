package sync

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"followup/calendar"
	"followup/planner"
)

// ledger is the state as it is in the middle of a run, with what is to be
// remembered of it. It makes no I/O.
type ledger struct {
	state   State
	now     time.Time
	sources map[string]SourceState
	events  map[string]map[calendar.ID]Known // by source
	records map[string]planner.Record
	intents map[string]Intent // by the key in the target

	observed map[string]*Observation
	drop     []string
	memo     *Memo
	touched  map[string]bool // keys of records to be saved
	settled  []string
	log      []Entry
}

func newLedger(st State, now time.Time) *ledger {
	l := &ledger{
		state: st, now: now,
		sources: map[string]SourceState{}, events: map[string]map[calendar.ID]Known{},
		records: map[string]planner.Record{}, intents: map[string]Intent{},
		observed: map[string]*Observation{}, touched: map[string]bool{},
	}
	for _, s := range st.Sources {
		l.sources[s.Name] = s
	}
	for _, k := range st.Events {
		l.at(k.Event.Source)[k.Event.ID()] = k
	}
	for _, r := range st.Records {
		l.records[r.FollowUp.Key] = r
	}
	for _, i := range st.Intents {
		l.intents[i.Remote] = i
	}
	return l
}

// at returns the known events of one source.
func (l *ledger) at(source string) map[calendar.ID]Known {
	if l.events[source] == nil {
		l.events[source] = map[calendar.ID]Known{}
	}
	return l.events[source]
}

// target returns the event of ours under the target's key.
func (l *ledger) target(key string) (Known, bool) {
	k, ok := l.events[TargetName][calendar.ID{UID: key}]
	return k, ok
}

func (l *ledger) observe(source string) *Observation {
	if l.observed[source] == nil {
		s := l.sources[source]
		s.Name = source
		l.observed[source] = &Observation{Source: s}
	}
	return l.observed[source]
}

// setSource remembers how far the source was read, if that is news. That a read
// failed is noted, not remembered: it leaves the state as it is.
func (l *ledger) setSource(s SourceState) {
	old := l.sources[s.Name]
	l.sources[s.Name] = s
	if old.LastError = s.LastError; old != s {
		l.observe(s.Name).Source = s
	}
}

// put remembers an event.
func (l *ledger) put(source string, k Known) {
	k.Event.Source = source
	id := k.Event.ID()
	l.at(source)[id] = k
	o := l.observe(source)
	o.Forget = slices.DeleteFunc(o.Forget, func(x calendar.ID) bool { return x == id })
	o.Put = slices.DeleteFunc(o.Put, func(x Known) bool { return x.Event.ID() == id })
	o.Put = append(o.Put, k)
}

// forget remembers an event no longer.
func (l *ledger) forget(source string, id calendar.ID) {
	if _, ok := l.at(source)[id]; !ok {
		return
	}
	delete(l.at(source), id)
	o := l.observe(source)
	o.Put = slices.DeleteFunc(o.Put, func(x Known) bool { return x.Event.ID() == id })
	o.Forget = append(o.Forget, id)
}

// save remembers the record, if it says anything new.
func (l *ledger) save(r planner.Record) {
	key := r.FollowUp.Key
	old, ok := l.records[key]
	l.records[key] = r
	if !ok || !sameRecord(old, r) {
		l.touched[key] = true
	}
}

// sameRecord tells whether saving b over a would change anything that matters.
// What the planner says anew at every run (why, until when) does not.
func sameRecord(a, b planner.Record) bool {
	a.FollowUp.State, a.FollowUp.Why, a.FollowUp.Edge = b.FollowUp.State, b.FollowUp.Why, b.FollowUp.Edge
	return sameJSON(a, b)
}

func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// note adds a line to the audit log.
func (l *ledger) note(op Op, r planner.Record, why string) {
	l.log = append(l.log, Entry{At: l.now, Op: op, Key: r.FollowUp.Key, Title: r.FollowUp.Title, Why: why, Result: "ok"})
}

// takeObserved returns what is to be remembered of the reads, and nothing the
// next time; ok is false when that is nothing at all.
func (l *ledger) takeObserved() (o Observed, ok bool) {
	for _, name := range slices.Sorted(maps.Keys(l.observed)) {
		o.Sources = append(o.Sources, *l.observed[name])
	}
	o.Drop, o.Memo = l.drop, l.memo
	l.observed, l.drop, l.memo = map[string]*Observation{}, nil, nil
	return o, len(o.Sources) > 0 || len(o.Drop) > 0 || o.Memo != nil
}

// takeOutcome returns what is to be saved of records, and nothing the next time.
func (l *ledger) takeOutcome() (o Outcome, ok bool) {
	for _, key := range slices.Sorted(maps.Keys(l.touched)) {
		o.Records = append(o.Records, l.records[key])
	}
	o.Settled, o.Log = l.settled, l.log
	l.touched, l.settled, l.log = map[string]bool{}, nil, nil
	return o, len(o.Records) > 0 || len(o.Settled) > 0 || len(o.Log) > 0
}

// dirty tells whether there is anything to be remembered.
func (l *ledger) dirty() bool {
	return len(l.observed) > 0 || len(l.drop) > 0 || l.memo != nil || len(l.touched) > 0 || len(l.settled) > 0 || len(l.log) > 0
}
