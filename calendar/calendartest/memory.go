// Package calendartest holds what tests of calendars share: an in-memory
// calendar that fails on demand, and the suites that every Source and every
// Target must pass.
package calendartest

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"followup/calendar"
)

// ETags is how a server versions its events.
type ETags int

// The manners of servers with versions.
const (
	StrongETags ETags = iota // a version for each change
	NoETags                  // no versions at all, and no preconditions
	WeakETags                // a new version at every look, even when nothing changed
)

// Op names a call to a calendar.
type Op string

// The calls that a Memory can be made to fail in.
const (
	OpChanges Op = "changes"
	OpGet     Op = "get"
	OpCreate  Op = "create"
	OpUpdate  Op = "update"
	OpDelete  Op = "delete"
)

// Call is one call that was made.
type Call struct {
	N   int // counted from 1
	Op  Op
	Key string
}

// Fault is what goes wrong in one call. The zero Fault is none.
type Fault struct {
	Err     error // returned instead of the reply
	After   bool  // Err comes after the effect: the reply is lost
	Stale   int   // a listing shows the calendar as it was so many changes ago
	Empty   bool  // a listing that is whole, valid and without events
	Partial bool  // a listing without its second half, which says that it is not whole
	Cut     bool  // a listing without its second half, which claims to be whole
	Skip    bool  // every event is there but can't be read
}

// Memory is a calendar in memory. It is a Source and a Target, and what a
// person does to the calendar behind the program's back is done with Put, Edit,
// Remove and Undelete.
type Memory struct {
	Tokens     bool                  // knows sync tokens; else every change means a whole listing
	ETags      ETags                 // how it versions events
	Tombstones bool                  // tells what was deleted (Google) from what never was (CalDAV)
	Restless   bool                  // gives another cursor at every look, though nothing changed
	Ours       bool                  // lists only events with our marker, as a Target does
	Rewrite    func(*calendar.Event) // what the server does to what is written; nil nothing
	Fault      func(Call) Fault      // asked before every call; nil never fails
	Fuse       *Fuse                 // kills the process that calls; nil never

	mu      sync.Mutex
	entries map[string]*entry
	clock   int // counts changes
	epoch   int // counts expiries of tokens
	looks   int
	calls   []Call
}

// entry is the whole life of one event, oldest version first.
type entry struct{ versions []version }

type version struct {
	clock   int
	event   calendar.Event
	deleted bool
}

func (e *entry) last() version { return e.versions[len(e.versions)-1] }

// at returns the version that stood at the clock's time.
func (e *entry) at(clock int) (version, bool) {
	for _, v := range slices.Backward(e.versions) {
		if v.clock <= clock {
			return v, true
		}
	}
	return version{}, false
}

// id is the place of an event: our key, or the UID and instance.
func id(e calendar.Event) string { return e.ID().String() }

// Put adds or replaces an event, as an organiser does.
func (m *Memory) Put(events ...calendar.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range events {
		m.record(id(e), e, false)
	}
}

// Edit changes an event that stands, as a person does; false when there is none.
func (m *Memory) Edit(key string, edit func(*calendar.Event)) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.live(key)
	if !ok {
		return false
	}
	e := clone(v.event)
	edit(&e)
	m.record(key, e, false)
	return true
}

// Remove deletes an event, as a person does; false when there is none.
func (m *Memory) Remove(key string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.live(key)
	if ok {
		m.record(key, v.event, true)
	}
	return ok
}

// Undelete brings a deleted event back from the trash; false when there is none.
func (m *Memory) Undelete(key string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[key]
	if !ok || !e.last().deleted {
		return false
	}
	m.record(key, e.last().event, false)
	return true
}

// Expire makes every cursor given out so far unknown.
func (m *Memory) Expire() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.epoch++
}

// Wipe forgets every event without a trace, as a new empty calendar.
func (m *Memory) Wipe() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries, m.clock = nil, m.clock+1
	m.epoch++
}

// Events returns what stands, by id.
func (m *Memory) Events() []calendar.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []calendar.Event
	for _, key := range m.keys() {
		if v := m.entries[key].last(); !v.deleted {
			out = append(out, clone(v.event))
		}
	}
	return out
}

// Find returns the event that stands under the id.
func (m *Memory) Find(key string) (calendar.Event, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.live(key)
	return clone(v.event), ok
}

// Calls returns every call made so far.
func (m *Memory) Calls() []Call {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.calls)
}

// Requests counts the calls made so far.
func (m *Memory) Requests() calendar.Requests {
	var r calendar.Requests
	for _, c := range m.Calls() {
		if c.Op == OpChanges || c.Op == OpGet {
			r.Read++
		} else {
			r.Write++
		}
	}
	return r
}

func (m *Memory) live(key string) (version, bool) {
	e, ok := m.entries[key]
	if !ok || e.last().deleted {
		return version{}, false
	}
	return e.last(), true
}

func (m *Memory) record(key string, e calendar.Event, deleted bool) version {
	if m.entries == nil {
		m.entries = map[string]*entry{}
	}
	if m.entries[key] == nil {
		m.entries[key] = &entry{}
	}
	m.clock++
	v := version{clock: m.clock, event: clone(e), deleted: deleted}
	m.entries[key].versions = append(m.entries[key].versions, v)
	return v
}

func (m *Memory) keys() []string {
	keys := make([]string, 0, len(m.entries))
	for k := range m.entries {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func (m *Memory) ref(key string, v version) calendar.Ref {
	switch m.ETags {
	case NoETags:
		return calendar.Ref{ID: key}
	case WeakETags:
		m.looks++
		return calendar.Ref{ID: key, Version: fmt.Sprintf(`W/"%d-%d"`, v.clock, m.looks)}
	}
	return calendar.Ref{ID: key, Version: fmt.Sprintf(`"%d"`, v.clock)}
}

// matches tells whether the precondition holds. A weak version never compares
// equal (RFC 9110 section 8.8.3.2), so that a server with weak ones takes no
// precondition.
func (m *Memory) matches(v version, at calendar.Ref) bool {
	if m.ETags != StrongETags || at.Version == "" {
		return true
	}
	return at.Version == m.ref("", v).Version
}

// call takes one step of the calling process, with its fault.
func (m *Memory) call(ctx context.Context, op Op, key string, effect func(Fault) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return m.Fuse.Do(func() error {
		m.mu.Lock()
		defer m.mu.Unlock()
		c := Call{N: len(m.calls) + 1, Op: op, Key: key}
		m.calls = append(m.calls, c)
		var f Fault
		if m.Fault != nil {
			f = m.Fault(c)
		}
		if f.Err != nil && !f.After {
			return f.Err
		}
		if err := effect(f); err != nil {
			return err
		}
		return f.Err
	})
}

// Changes implements Source and Target.
func (m *Memory) Changes(ctx context.Context, since calendar.Cursor) (calendar.Changes, error) {
	var out calendar.Changes
	err := m.call(ctx, OpChanges, "", func(f Fault) (err error) {
		out, err = m.list(since, f)
		return err
	})
	if err != nil {
		return calendar.Changes{}, err
	}
	return out, nil
}

func (m *Memory) list(since calendar.Cursor, f Fault) (calendar.Changes, error) {
	now := max(0, m.clock-f.Stale)
	next := calendar.Cursor(fmt.Sprintf("%d.%d", m.epoch, now))
	if m.Restless {
		m.looks++
		next += calendar.Cursor(fmt.Sprintf("%s%d", restless, m.looks))
	}
	from := -1
	if since != "" {
		since, _, _ := strings.Cut(string(since), restless)
		epoch, clock, _ := strings.Cut(since, ".")
		clock, isSpoilt := strings.CutSuffix(clock, spoilt)
		n, err := strconv.Atoi(clock)
		if err != nil || epoch != strconv.Itoa(m.epoch) || isSpoilt && m.Tokens {
			return calendar.Changes{}, fmt.Errorf("%w: %s", calendar.ErrCursor, since)
		}
		if isSpoilt {
			n = -1
		}
		if n == now && f == (Fault{}) {
			return calendar.Changes{Next: next, Unchanged: true}, nil
		}
		if m.Tokens {
			from = n
		}
	}
	out := calendar.Changes{Next: next, Whole: from < 0}
	for _, key := range m.keys() {
		v, ok := m.entries[key].at(now)
		if !ok || v.clock <= from || m.Ours && v.event.Marker.Key == "" {
			continue
		}
		if !v.deleted {
			out.Items = append(out.Items, calendar.Item{Event: clone(v.event), Ref: m.ref(key, v)})
		} else if from >= 0 {
			out.Gone = append(out.Gone, calendar.Gone{Ref: calendar.Ref{ID: key}, ID: v.event.ID()})
		}
	}
	return f.listing(out, since), nil
}

// spoilt ends the cursor of a listing that was not what the calendar holds: a
// server's ETag or token is never that of the true listing then.
const spoilt = "-spoilt"

// restless stands before what is new in the cursor of a restless server.
const restless = "~"

// listing spoils a listing.
func (f Fault) listing(c calendar.Changes, since calendar.Cursor) calendar.Changes {
	if f.Empty || f.Cut || f.Skip {
		c.Next += spoilt
	}
	switch {
	case f.Empty:
		c.Items, c.Gone = nil, nil
	case f.Partial:
		c.Items, c.Whole, c.Next = c.Items[:len(c.Items)/2], false, since
	case f.Cut:
		c.Items = c.Items[:len(c.Items)/2]
	case f.Skip:
		for _, it := range c.Items {
			c.Skipped = append(c.Skipped, calendar.Skipped{UID: it.Event.UID, Reason: "made unreadable"})
		}
		c.Items = nil
	}
	return c
}

// Get implements Target.
func (m *Memory) Get(ctx context.Context, key string) (calendar.Item, error) {
	var out calendar.Item
	err := m.call(ctx, OpGet, key, func(Fault) error {
		if err := m.gone(key); err != nil {
			return err
		}
		v := m.entries[key].last()
		out = calendar.Item{Event: clone(v.event), Ref: m.ref(key, v)}
		return nil
	})
	return out, err
}

// gone tells why nothing stands under the key; nil when something does.
func (m *Memory) gone(key string) error {
	e, ok := m.entries[key]
	switch {
	case ok && !e.last().deleted:
		return nil
	case ok && m.Tombstones:
		return calendar.ErrDeleted
	}
	return calendar.ErrNotFound
}

// Create implements Target.
func (m *Memory) Create(ctx context.Context, e calendar.Event) (calendar.Ref, error) {
	var out calendar.Ref
	key := e.Marker.Key
	err := m.call(ctx, OpCreate, key, func(Fault) error {
		switch err := m.gone(key); err {
		case nil:
			return calendar.ErrExists
		case calendar.ErrDeleted:
			return err
		}
		out = m.ref(key, m.write(key, e))
		return nil
	})
	return out, err
}

// Update implements Target.
func (m *Memory) Update(ctx context.Context, e calendar.Event, fields []calendar.Field, at calendar.Ref) (calendar.Ref, error) {
	var out calendar.Ref
	key := e.Marker.Key
	err := m.call(ctx, OpUpdate, key, func(Fault) error {
		if err := m.gone(key); err != nil {
			return err
		}
		v := m.entries[key].last()
		if !m.matches(v, at) {
			return calendar.ErrConflict
		}
		out = m.ref(key, m.write(key, Overlay(v.event, e, fields)))
		return nil
	})
	return out, err
}

// Delete implements Target.
func (m *Memory) Delete(ctx context.Context, key string, at calendar.Ref) error {
	return m.call(ctx, OpDelete, key, func(Fault) error {
		if m.gone(key) != nil {
			return nil
		}
		v := m.entries[key].last()
		if !m.matches(v, at) {
			return calendar.ErrConflict
		}
		m.record(key, v.event, true)
		return nil
	})
}

func (m *Memory) write(key string, e calendar.Event) version {
	e = clone(e)
	e.Attendees, e.Organizer = nil, calendar.Person{}
	if m.Rewrite != nil {
		m.Rewrite(&e)
	}
	return m.record(key, e, false)
}

// Overlay returns the event that stands with the named fields of e over it, and
// e's marker: what Update means.
func Overlay(stands, e calendar.Event, fields []calendar.Field) calendar.Event {
	out := clone(stands)
	for _, f := range fields {
		switch f {
		case calendar.FieldTitle:
			out.Summary = e.Summary
		case calendar.FieldText:
			out.Description = e.Description
		case calendar.FieldTime:
			out.Start, out.End, out.AllDay, out.TimeZone = e.Start, e.End, e.AllDay, e.TimeZone
		case calendar.FieldAlarms:
			out.Alarms = slices.Clone(e.Alarms)
		case calendar.FieldLocation:
			out.Location = e.Location
		}
	}
	out.Marker = e.Marker
	return out
}

func clone(e calendar.Event) calendar.Event {
	e.Attendees = slices.Clone(e.Attendees)
	e.Categories = slices.Clone(e.Categories)
	e.Alarms = slices.Clone(e.Alarms)
	e.Warnings = slices.Clone(e.Warnings)
	return e
}

// Always returns a Fault function that spoils every call of the operation, and
// every call for the empty operation.
func Always(op Op, f Fault) func(Call) Fault {
	return func(c Call) Fault {
		if op == "" || c.Op == op {
			return f
		}
		return Fault{}
	}
}

// Once returns a Fault function that spoils the next call of the operation alone.
func Once(op Op, f Fault) func(Call) Fault {
	var done bool
	return func(c Call) Fault {
		if done || op != "" && c.Op != op {
			return Fault{}
		}
		done = true
		return f
	}
}

// Lost is the fault of a write that took place and whose reply was lost.
func Lost() Fault {
	return Fault{Err: &calendar.LostError{Err: fmt.Errorf("unexpected EOF")}, After: true}
}

// At is shorthand for a time in UTC, for tests.
func At(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}
