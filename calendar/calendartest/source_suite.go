package calendartest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"followup/calendar"
)

// Source is sync.Source.
type Source interface {
	Changes(ctx context.Context, since calendar.Cursor) (calendar.Changes, error)
}

// SourceFixture is a source over an empty calendar, with the means to do what
// other people do to that calendar. What is nil is not tested.
type SourceFixture struct {
	Source Source
	Put    func(e calendar.Event)   // adds or replaces the event with its ID
	Remove func(e calendar.Event)   // deletes it
	Break  func() (mend func())     // makes reads fail until mended
	Expire func()                   // makes every cursor unknown: the next read must give ErrCursor
	Count  func() calendar.Requests // requests made so far
	Proves bool                     // tells a removal as Gone when read with a cursor
	Drops  func(field string) bool  // fields that the calendar can't hold: organizer, attendees, marker, status, url, alarms
}

// SourceSuite tests what every Source promises. open returns a fresh fixture.
func SourceSuite(t *testing.T, open func(t *testing.T) SourceFixture) {
	tests := []struct {
		name string
		run  func(*testing.T, SourceFixture)
	}{
		{"an empty calendar is read whole", sourceEmpty},
		{"the first read is whole and true", sourceFirst},
		{"nothing changed is said with one request", sourceUnchanged},
		{"a change is seen", sourceChange},
		{"a removal is seen", sourceRemoval},
		{"a cursor can be read from twice", sourceTwice},
		{"an unknown cursor is said", sourceExpired},
		{"a failure gives nothing", sourceFailure},
		{"a cancelled context ends the read", sourceContext},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, open(t)) })
	}
}

// Interviews returns events as invitations look: timed in a zone, in UTC,
// all-day and cancelled.
func Interviews() []calendar.Event {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	day := func(d, h, m int, loc *time.Location) time.Time { return time.Date(2026, 11, d, h, m, 0, 0, loc) }
	ana := calendar.Person{Name: "Ana Ruiz", Email: "ana.ruiz@northwind.example", PartStat: calendar.PartStatAccepted, Role: "req-participant"}
	nina := calendar.Person{Name: "Nina Vogt", Email: "nina@vogt.example", PartStat: calendar.PartStatNeedsAction, Role: "req-participant"}
	return []calendar.Event{
		{UID: "panel-1@northwind.example", Summary: "Interview: Data Engineer, panel", Description: "Hello Nina,\nlooking forward; see you soon: 10, 11 & 12 <ok>\\o/", Location: "Hauptstraße 5, Köln", Start: day(26, 10, 0, berlin), End: day(26, 11, 30, berlin), TimeZone: "Europe/Berlin", Status: calendar.StatusConfirmed, Organizer: calendar.Person{Name: "Ana Ruiz", Email: "ana.ruiz@northwind.example"}, Attendees: []calendar.Person{ana, nina}},
		{UID: "screen-2@contoso.example", Summary: "Phone screen 📞 日本語", Start: day(27, 15, 0, time.UTC), End: day(27, 15, 30, time.UTC), TimeZone: "UTC", Status: calendar.StatusTentative},
		{UID: "onsite-3@fabrikam.example", Summary: "Onsite day", Start: day(30, 0, 0, time.UTC), End: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), AllDay: true, Status: calendar.StatusConfirmed},
		{UID: "gone-4@tailspin.example", Summary: "Interview (cancelled)", Start: day(28, 9, 0, time.UTC), End: day(28, 10, 0, time.UTC), TimeZone: "UTC", Status: calendar.StatusCancelled},
	}
}

func read(t *testing.T, s Source, since calendar.Cursor) calendar.Changes {
	t.Helper()
	c, err := s.Changes(context.Background(), since)
	if err != nil {
		t.Fatalf("Changes(%q): %v", since, err)
	}
	for _, it := range c.Items {
		if it.Ref.ID == "" {
			t.Errorf("%s has no Ref.ID: where is it?", it.Event.ID())
		}
	}
	return c
}

func find(c calendar.Changes, uid string) (calendar.Item, bool) {
	i := slices.IndexFunc(c.Items, func(it calendar.Item) bool { return it.Event.UID == uid })
	if i < 0 {
		return calendar.Item{}, false
	}
	return c.Items[i], true
}

func sourceEmpty(t *testing.T, f SourceFixture) {
	c := read(t, f.Source, "")
	if !c.Whole || c.Unchanged || len(c.Items) > 0 || len(c.Gone) > 0 {
		t.Errorf("an empty calendar read as %+v, want a whole listing without items", c)
	}
}

func sourceFirst(t *testing.T, f SourceFixture) {
	want := Interviews()
	for _, e := range want {
		f.Put(e)
	}
	c := read(t, f.Source, "")
	if !c.Whole || c.Unchanged {
		t.Errorf("whole %v, unchanged %v; the empty cursor asks for everything", c.Whole, c.Unchanged)
	}
	if c.Next == "" {
		t.Error("no cursor to go on from")
	}
	for _, w := range want {
		got, ok := find(c, w.UID)
		if !ok {
			if w.Status == calendar.StatusCancelled && f.gone(c, w) {
				continue
			}
			t.Errorf("%s was not read", w.UID)
			continue
		}
		f.compare(t, got.Event, w)
	}
	if len(c.Items) > len(want) {
		t.Errorf("%d events read, there are %d", len(c.Items), len(want))
	}
}

// gone tells whether the event is left out for a reason: a calendar of Google's
// kind has no cancelled event but as a deleted one.
func (f SourceFixture) gone(c calendar.Changes, e calendar.Event) bool {
	return f.drops("status") || slices.ContainsFunc(c.Gone, func(g calendar.Gone) bool { return g.ID.UID == e.UID })
}

func (f SourceFixture) drops(field string) bool { return f.Drops != nil && f.Drops(field) }

func (f SourceFixture) compare(t *testing.T, got, want calendar.Event) {
	t.Helper()
	g, w := calendar.FieldsOf(got), calendar.FieldsOf(want)
	for _, d := range g.Diff(w) {
		if d == calendar.FieldAlarms && f.drops("alarms") {
			continue
		}
		t.Errorf("%s: %s is %q, want %q", want.UID, d, g[d], w[d])
	}
	if got.AllDay != want.AllDay || got.RecurrenceID != "" || got.Marker.Key != want.Marker.Key {
		t.Errorf("%s: all-day %v, recurrence id %q, marker %q", want.UID, got.AllDay, got.RecurrenceID, got.Marker.Key)
	}
	if !f.drops("status") && got.Status != want.Status {
		t.Errorf("%s: status %q, want %q", want.UID, got.Status, want.Status)
	}
	if !want.AllDay && got.Start.Location().String() != want.Start.Location().String() {
		t.Errorf("%s: in zone %v, want %v", want.UID, got.Start.Location(), want.Start.Location())
	}
	if !f.drops("organizer") && got.Organizer.Email != want.Organizer.Email {
		t.Errorf("%s: organizer %+v, want %+v", want.UID, got.Organizer, want.Organizer)
	}
	if f.drops("attendees") {
		return
	}
	for _, p := range want.Attendees {
		if !slices.ContainsFunc(got.Attendees, func(q calendar.Person) bool {
			return q.Email == p.Email && q.Name == p.Name && q.PartStat == p.PartStat
		}) {
			t.Errorf("%s: attendee %+v is not in %+v", want.UID, p, got.Attendees)
		}
	}
}

func sourceUnchanged(t *testing.T, f SourceFixture) {
	f.Put(Interviews()[0])
	first := read(t, f.Source, "")
	var before calendar.Requests
	if f.Count != nil {
		before = f.Count()
	}
	c := read(t, f.Source, first.Next)
	if !c.Unchanged && (c.Whole || len(c.Items) > 0 || len(c.Gone) > 0) {
		t.Errorf("nothing changed, but read %d items, whole %v", len(c.Items), c.Whole)
	}
	if c.Unchanged && len(c.Items) > 0 {
		t.Error("unchanged, and items all the same")
	}
	if c.Next == "" {
		t.Error("the cursor was lost")
	}
	if f.Count != nil {
		if got := f.Count(); got.Read-before.Read > 1 || got.Write > 0 {
			t.Errorf("took %d reads and %d writes, want one read", got.Read-before.Read, got.Write)
		}
	}
}

func sourceChange(t *testing.T, f SourceFixture) {
	events := Interviews()
	f.Put(events[0])
	f.Put(events[1])
	first := read(t, f.Source, "")
	moved := events[0]
	moved.Start, moved.End, moved.Sequence = moved.Start.Add(24*time.Hour), moved.End.Add(24*time.Hour), moved.Sequence+1
	f.Put(moved)
	c := read(t, f.Source, first.Next)
	got, ok := find(c, moved.UID)
	if c.Unchanged || !ok {
		t.Fatalf("the moved event was not seen: %+v", c)
	}
	f.compare(t, got.Event, moved)
	if was, _ := find(first, moved.UID); was.Ref.ID != got.Ref.ID {
		t.Errorf("the event's place went from %q to %q", was.Ref.ID, got.Ref.ID)
	}
	if was, _ := find(first, moved.UID); was.Ref.Version != "" && was.Ref.Version == got.Ref.Version {
		t.Error("the event changed and its version did not")
	}
	if _, ok := find(c, events[1].UID); c.Whole && !ok {
		t.Error("the listing is said to be whole and lacks the other event")
	}
}

func sourceRemoval(t *testing.T, f SourceFixture) {
	events := Interviews()
	f.Put(events[0])
	f.Put(events[1])
	first := read(t, f.Source, "")
	was, _ := find(first, events[0].UID)
	f.Remove(events[0])
	c := read(t, f.Source, first.Next)
	if c.Unchanged {
		t.Fatal("the removal was not seen")
	}
	if it, ok := find(c, events[0].UID); ok && it.Event.Status != calendar.StatusCancelled {
		t.Error("the removed event is still listed")
	}
	proved := slices.ContainsFunc(c.Gone, func(g calendar.Gone) bool {
		return g.Ref.ID == was.Ref.ID || g.ID == events[0].ID()
	})
	if f.Proves && !proved {
		t.Errorf("the removal was not proved: %+v", c.Gone)
	}
	if !c.Whole && !proved {
		t.Error("neither whole nor proved: nothing can be made of it")
	}
	if slices.ContainsFunc(c.Gone, func(g calendar.Gone) bool { return g.ID == events[1].ID() }) {
		t.Error("the other event is said to be gone")
	}
}

func sourceTwice(t *testing.T, f SourceFixture) {
	events := Interviews()
	f.Put(events[0])
	first := read(t, f.Source, "")
	f.Put(events[1])
	a, b := read(t, f.Source, first.Next), read(t, f.Source, first.Next)
	_, inA := find(a, events[1].UID)
	_, inB := find(b, events[1].UID)
	if !inA || !inB {
		t.Errorf("the new event was seen at the first read: %v, again from the same cursor: %v; a process may die between reading and remembering", inA, inB)
	}
}

func sourceExpired(t *testing.T, f SourceFixture) {
	if f.Expire == nil {
		t.Skip("cursors of this source never become unknown")
	}
	f.Put(Interviews()[0])
	first := read(t, f.Source, "")
	f.Expire()
	if c, err := f.Source.Changes(context.Background(), first.Next); !errors.Is(err, calendar.ErrCursor) {
		t.Errorf("got %+v and %v, want calendar.ErrCursor", c, err)
	}
	if c := read(t, f.Source, ""); !c.Whole || len(c.Items) != 1 {
		t.Errorf("reading everything again gave %+v", c)
	}
}

func sourceFailure(t *testing.T, f SourceFixture) {
	if f.Break == nil {
		t.Skip("this source can't fail")
	}
	f.Put(Interviews()[0])
	first := read(t, f.Source, "")
	f.Put(Interviews()[1])
	mend := f.Break()
	for _, since := range []calendar.Cursor{"", first.Next} {
		c, err := f.Source.Changes(context.Background(), since)
		if err == nil {
			t.Errorf("from cursor %q: no error; got %+v", since, c)
		}
		if len(c.Items)+len(c.Gone) > 0 || c.Whole || c.Unchanged || c.Next != "" {
			t.Errorf("from cursor %q: a failed read tells %+v", since, c)
		}
	}
	mend()
	if c := read(t, f.Source, first.Next); len(c.Items) == 0 {
		t.Error("once mended, the change is not seen")
	}
}

func sourceContext(t *testing.T, f SourceFixture) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := f.Source.Changes(ctx, ""); err == nil {
		t.Error("a cancelled context gave no error")
	}
}
