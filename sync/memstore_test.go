package sync

import (
	"context"
	"maps"
	"slices"
	"strings"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/planner"
)

// memStore is a Store in memory whose every write is a step of the Fuse.
type memStore struct {
	fuse  *calendartest.Fuse
	st    memState
	notes Notes
	loads int // calls of Load
}

type memState struct {
	revision int64
	memo     Memo
	sources  map[string]SourceState
	events   map[string]Known
	records  map[string]planner.Record
	marks    []calendar.Mark
	intents  map[string]Intent
	log      []Entry
}

func (s memState) clone() memState {
	s.sources, s.events, s.records, s.intents = maps.Clone(s.sources), maps.Clone(s.events), maps.Clone(s.records), maps.Clone(s.intents)
	s.marks, s.log = slices.Clone(s.marks), slices.Clone(s.log)
	return s
}

func values[V any](m map[string]V) []V {
	var out []V
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[k])
	}
	return out
}

func eventKey(source string, id calendar.ID) string { return source + "\x00" + id.String() }

func (m *memStore) Load(context.Context) (State, error) {
	if m.fuse.Dead() {
		return State{}, calendartest.ErrDead
	}
	m.loads++
	s := m.st.clone()
	return State{Revision: s.revision, Memo: s.memo, Sources: values(s.sources), Events: values(s.events), Records: values(s.records), Marks: s.marks, Intents: values(s.intents)}, nil
}

func (m *memStore) write(f func(*memState)) error {
	return m.fuse.Do(func() error {
		s := m.st.clone()
		if s.sources == nil {
			s.sources, s.events, s.records, s.intents = map[string]SourceState{}, map[string]Known{}, map[string]planner.Record{}, map[string]Intent{}
		}
		f(&s)
		s.revision++
		m.st = s
		return nil
	})
}

func (m *memStore) Observe(_ context.Context, o Observed) error {
	return m.write(func(s *memState) {
		for _, x := range o.Sources {
			s.sources[x.Source.Name] = x.Source
			for _, id := range x.Forget {
				delete(s.events, eventKey(x.Source.Name, id))
			}
			for _, k := range x.Put {
				s.events[eventKey(x.Source.Name, k.Event.ID())] = k
			}
		}
		for _, name := range o.Drop {
			delete(s.sources, name)
			maps.DeleteFunc(s.events, func(k string, _ Known) bool { return strings.HasPrefix(k, name+"\x00") })
		}
		if o.Memo != nil {
			s.memo = *o.Memo
		}
	})
}

func (m *memStore) Intend(_ context.Context, in []Intent) error {
	return m.write(func(s *memState) {
		for _, i := range in {
			s.intents[i.Remote] = i
		}
	})
}

func (m *memStore) Save(_ context.Context, o Outcome) error {
	return m.write(func(s *memState) {
		settle := slices.Clone(o.Settled)
		for _, r := range o.Records {
			s.records[r.FollowUp.Key] = r
			settle = append(settle, r.FollowUp.Key)
		}
		maps.DeleteFunc(s.intents, func(_ string, i Intent) bool { return slices.Contains(settle, i.Key) })
		s.log = append(s.log, o.Log...)
	})
}

func (m *memStore) Mark(_ context.Context, x calendar.Mark) error {
	return m.write(func(s *memState) { s.marks = append(s.marks, x) })
}

func (m *memStore) History(_ context.Context, limit int) ([]Entry, error) {
	out := slices.Clone(m.st.log)
	slices.Reverse(out)
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out, nil
}

func (m *memStore) Purge(context.Context) error {
	return m.write(func(s *memState) { *s = memState{} })
}

func (m *memStore) Close() error { return nil }
func (m *memStore) Notes() Notes { return m.notes }
func (m *memStore) Unwritten() bool {
	return m.notes.Glance != nil && m.notes.Glance.Revision == m.st.revision
}
func (m *memStore) Note(n Notes) error {
	return m.fuse.Do(func() error { m.notes = n; return nil })
}
