package sync

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"followup/calendar"
	"followup/calendar/calendartest"
)

// place is a calendar that follow-ups are written to, as the tests see it: from
// behind, where the user is.
type place interface {
	Open() Target // as a new process does
	Events() []calendar.Event
	Edit(key string, edit func(*calendar.Event)) bool
	Remove(key string) bool
}

// wild is a place whose server fails, and with which more can be done.
type wild interface {
	place
	Undelete(key string) bool
	Foreign(calendar.Event) bool // the user puts in an event of their own; false while there is no calendar
	Find(id string) (calendar.Event, bool)
	Expire()          // the server forgets its cursors
	Remembers() bool  // the server tells what was deleted from what never was
	Guards() bool     // its versions hold back a write over what changed meanwhile
	Trouble(*rapid.T) // some of the next requests fail
	Calm()
}

// river is a calendar that is read in the model.
type river interface {
	Open() Source
	Put(calendar.Event)
	Remove(uid string)
	Expire()
	Trouble(*rapid.T)
	Calm()
}

// memoryPlace is a calendar in memory, to be written to.
type memoryPlace struct{ *calendartest.Memory }

func (p memoryPlace) Open() Target    { return p.Memory }
func (p memoryPlace) Remembers() bool { return p.Tombstones }
func (p memoryPlace) Guards() bool    { return p.ETags == calendartest.StrongETags }
func (p memoryPlace) Calm()           { p.Fault = nil }

func (p memoryPlace) Foreign(e calendar.Event) bool { p.Put(e); return true }

func (p memoryPlace) Trouble(t *rapid.T) {
	faults := map[int]calendartest.Fault{}
	for range rapid.IntRange(0, 4).Draw(t, "faults") {
		faults[rapid.IntRange(1, 10).Draw(t, "call")] = drawFault(t)
	}
	first := len(p.Calls())
	p.Fault = func(c calendartest.Call) calendartest.Fault { return faults[c.N-first] }
}

func drawFault(t *rapid.T) calendartest.Fault {
	lost := &calendar.LostError{Err: errModel}
	return rapid.SampledFrom([]calendartest.Fault{
		{Err: errModel}, {Err: errModel, After: true}, {Err: lost}, {Err: lost, After: true}, {Err: calendar.ErrLimit},
		{Err: &calendar.RetryError{Err: errModel, After: time.Second}}, {Err: calendar.ErrConflict}, {Stale: 1}, {Stale: 3}, {Partial: true},
	}).Draw(t, "fault")
}

// memoryRiver is a calendar in memory, to be read.
type memoryRiver struct{ *calendartest.Memory }

func (r memoryRiver) Open() Source         { return r.Memory }
func (r memoryRiver) Put(e calendar.Event) { r.Memory.Put(e) }
func (r memoryRiver) Remove(uid string)    { r.Memory.Remove(uid) }
func (r memoryRiver) Calm()                { r.Fault = nil }

func (r memoryRiver) Trouble(t *rapid.T) {
	f := rapid.SampledFrom([]calendartest.Fault{
		{}, {}, {Err: errModel}, {Err: calendar.ErrAuth}, {Empty: true}, {Partial: true}, {Skip: true}, {Err: &calendar.RetryError{Err: errModel}},
	}).Draw(t, "feed fault")
	r.Fault = calendartest.Always(calendartest.OpChanges, f)
}

// adapterPlace is a calendar that is reached by an adapter alone. What the user
// does goes through it, too.
type adapterPlace struct {
	t      *testing.T
	target Target
	fuse   *calendartest.Fuse
}

func (p adapterPlace) Open() Target { return calendartest.Fused(p.target, p.fuse) }

// Edit leaves the marker as it is, as a person does.
func (p adapterPlace) Edit(key string, edit func(*calendar.Event)) bool {
	p.t.Helper()
	it, err := p.target.Get(context.Background(), key)
	if err != nil {
		p.t.Fatal(err)
	}
	e := it.Event
	edit(&e)
	if _, err := p.target.Update(context.Background(), e, calendar.FieldsOf(it.Event).Diff(calendar.FieldsOf(e)), it.Ref); err != nil {
		p.t.Fatal(err)
	}
	return true
}

func (p adapterPlace) Remove(key string) bool {
	p.t.Helper()
	it, err := p.target.Get(context.Background(), key)
	if err == nil {
		err = p.target.Delete(context.Background(), key, it.Ref)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return true
}

func (p adapterPlace) Events() []calendar.Event {
	p.t.Helper()
	c, err := p.target.Changes(context.Background(), "")
	if err != nil {
		p.t.Fatal(err)
	}
	var out []calendar.Event
	for _, it := range c.Items {
		out = append(out, it.Event)
	}
	slices.SortFunc(out, func(a, b calendar.Event) int { return strings.Compare(a.Marker.Key, b.Marker.Key) })
	return out
}
