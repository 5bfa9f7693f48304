package sync

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"followup/planner"
)

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

// nothingNew tells whether neither a calendar nor the state nor time can have
// changed the plan since it was last made.
func (r *run) nothingNew() bool {
	if _, ok := r.job.Store.(Notebook); !ok || r.job.Full || r.anew || !r.calm() {
		return false
	}
	for _, rd := range r.readings {
		unchanged := rd.changes.Unchanged || r.job.Target == nil && rd.feed.Name == TargetName
		if !rd.good() || !unchanged || rd.moved || rd.prev.Suspect {
			return false
		}
	}
	n := r.notes
	old := r.now.Sub(n.Planned)
	return n.Revision == r.state.Revision && n.Basis == r.basis() && old >= 0 && old < maxAge &&
		(n.Edge.IsZero() || r.now.Before(n.Edge))
}

// calm tells whether nothing in the state waits: no write of which it is not
// known whether it took place, and nothing that was missed once.
func (r *run) calm() bool {
	missed := func(k Known) bool { return k.Absent != (Absence{}) && !struckOut(k) }
	struck := func(rec planner.Record) bool {
		return standing(rec) && rec.Strikes > 0 && rec.Strikes < strikesNeeded
	}
	return len(r.intents) == 0 && !slices.ContainsFunc(r.state.Events, missed) && !slices.ContainsFunc(r.state.Records, struck)
}

// maxAge is how long a plan is trusted to be the same, whatever it says itself.
const maxAge = 6 * time.Hour

// takeNotes notes how the run went, for the next one. Of a run with nothing new,
// what it knew of the state is still true after it.
func (r *run) takeNotes() {
	r.takeReadings(func(n *Notes) {
		switch {
		case !r.quick:
			n.Revision, n.Basis, n.Planned, n.Edge, n.Glance = r.state.Revision+r.wrote, r.basis(), r.now, r.edge(), nil
		case !r.asleep:
			n.Glance = r.state.glance()
		}
	})
}

// takeReadTimes notes only which calendars were read well.
func (r *run) takeReadTimes() {
	r.takeReadings(func(n *Notes) { n.Planned, n.Glance = time.Time{}, nil })
}

func (r *run) takeReadings(more func(*Notes)) {
	book, ok := r.job.Store.(Notebook)
	if !ok {
		return
	}
	n := r.notes
	n.Read, n.Failed, n.Moved = copied(n.Read), copied(n.Failed), copied(n.Moved)
	for _, rd := range r.readings {
		delete(n.Failed, rd.feed.Name)
		if rd.good() {
			n.Read[rd.feed.Name] = r.now
		} else {
			n.Failed[rd.feed.Name] = rd.next().LastError
		}
		if next := rd.changes.Next; rd.changes.Unchanged && next != "" && next != rd.prev.Cursor {
			n.Moved[rd.feed.Name] = Moved{rd.prev.Cursor, next}
		}
	}
	more(&n)
	r.notes = n
	if err := book.Note(n); err != nil && r.job.Log != nil {
		r.job.Log.Warn("the notes of the run could not be kept; the next run takes a little longer", "error", err)
	}
}

// glance is what is noted of a state.
func (s State) glance() *Glance {
	g := &Glance{Revision: s.Revision, Reader: s.Memo.Reader, Sources: slices.Clone(s.Sources)}
	for i := range g.Sources {
		g.Sources[i].LastGood, g.Sources[i].LastError = time.Time{}, "" // the notes have them
	}
	return g
}

// copied is a copy that can be written to, also of nil.
func copied[V any](m map[string]V) map[string]V {
	out := make(map[string]V, len(m))
	maps.Copy(out, m)
	return out
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
	_, ok := r.job.Store.(Notebook)
	return ok && r.notes.Basis != r.basis()
}
