package calendartest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"followup/calendar"
)

// Target is sync.Target.
type Target interface {
	Source
	Get(ctx context.Context, key string) (calendar.Item, error)
	Create(ctx context.Context, e calendar.Event) (calendar.Ref, error)
	Update(ctx context.Context, e calendar.Event, fields []calendar.Field, at calendar.Ref) (calendar.Ref, error)
	Delete(ctx context.Context, key string, at calendar.Ref) error
}

// TargetFixture is a target over an empty calendar, with the means to do what a
// person does to that calendar. What is nil is not tested.
type TargetFixture struct {
	Target     Target
	Edit       func(key string, edit func(*calendar.Event)) // a person changes the event
	Remove     func(key string)                             // a person deletes it
	Foreign    func(e calendar.Event)                       // a person adds an event of their own
	Lose       func()                                       // the reply to the next write is lost after its effect
	Expire     func()                                       // makes every cursor unknown
	Count      func() calendar.Requests                     // requests made so far
	Raw        func(key string) string                      // the stored event as text, to look for what must not be there
	Tombstones bool                                         // tells what a person deleted from what never was
	Unguarded  bool                                         // has no versions: writes take no precondition
	Mangles    func(text string) string                     // what a faulty server makes of a description
}

// TargetSuite tests what every Target promises. open returns a fresh fixture.
func TargetSuite(t *testing.T, open func(t *testing.T) TargetFixture) {
	tests := []struct {
		name string
		run  func(*testing.T, TargetFixture)
	}{
		{"what is created reads the same", targetCreate},
		{"hard texts survive", targetHardTexts},
		{"creating twice is one event", targetCreateTwice},
		{"an update writes the named fields alone", targetUpdate},
		{"each field can be updated", targetEachField},
		{"an update of an old version is refused", targetConflict},
		{"a deletion is done once and for all", targetDelete},
		{"a deletion of an old version is refused", targetDeleteConflict},
		{"what never was is not found", targetMissing},
		{"what a person deleted is told", targetRemoved},
		{"a lost reply is told", targetLost},
		{"a person's edit and removal are listed", targetListing},
		{"nothing changed costs one read", targetUnchanged},
		{"other people's events stay out of it", targetForeign},
		{"nobody is invited", targetNobody},
		{"an unknown cursor is said", targetExpired},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, open(t)) })
	}
}

// FollowUp returns a follow-up event as the program writes it. Different n have
// different keys.
func FollowUp(n int) calendar.Event {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	start := time.Date(2026, 11, 27, 9+n%8, 0, 0, 0, berlin)
	e := calendar.Event{
		Summary: fmt.Sprintf("Thank Ana Ruiz (Northwind, Data Engineer) %d", n),
		Description: "Dear Ana,\n\nthank you for your time; I enjoyed our talk.\n\nKind regards,\nNina\n\n" +
			"mailto:ana.ruiz@northwind.example?subject=Thank%20you%3A%20Data%20Engineer&body=Dear%20Ana%2C%0D%0A%0D%0Athank%20you%20for%20your%20time%3B%20I%20enjoyed%20our%20talk.",
		Start:       start,
		End:         start.Add(15 * time.Minute),
		TimeZone:    "Europe/Berlin",
		Status:      calendar.StatusConfirmed,
		Categories:  []string{"followup", "thank_you"},
		Alarms:      []time.Duration{0, -30 * time.Minute},
		Transparent: true,
		Private:     true,
		RelatedTo:   "panel-1@northwind.example",
	}
	e.UID = fmt.Sprintf("0123456789abcdefghijklmnopq%05d", n)
	return Stamp(e)
}

// Stamp sets the event's marker to what is written with it.
func Stamp(e calendar.Event) calendar.Event {
	e.Marker = calendar.Marker{Key: e.UID, Kind: "thank_you", Base: calendar.FieldsOf(e).Fingerprint()}
	return e
}

func create(t *testing.T, f TargetFixture, e calendar.Event) calendar.Ref {
	t.Helper()
	ref, err := f.Target.Create(context.Background(), e)
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	return ref
}

func get(t *testing.T, f TargetFixture, key string) calendar.Item {
	t.Helper()
	it, err := f.Target.Get(context.Background(), key)
	if err != nil {
		t.Fatalf("Get(%s): %v", key, err)
	}
	return it
}

// same fails unless the event reads as it was written.
func same(t *testing.T, got, want calendar.Event) {
	t.Helper()
	g, w := calendar.FieldsOf(got), calendar.FieldsOf(want)
	for _, d := range g.Diff(w) {
		t.Errorf("%s is %q, want %q", d, g[d], w[d])
	}
	if got.Marker != want.Marker {
		t.Errorf("marker %+v, want %+v", got.Marker, want.Marker)
	}
}

func targetCreate(t *testing.T, f TargetFixture) {
	for n := range 3 {
		create(t, f, FollowUp(n))
	}
	quiet := FollowUp(3)
	quiet.Alarms = nil
	create(t, f, Stamp(quiet))
	c := read(t, f.Target, "")
	if !c.Whole || len(c.Items) != 4 {
		t.Fatalf("listed %d, whole %v; want all 4", len(c.Items), c.Whole)
	}
	for _, it := range c.Items {
		i := slices.IndexFunc([]int{0, 1, 2, 3}, func(n int) bool { return FollowUp(n).UID == it.Event.Marker.Key })
		if i < 0 {
			t.Fatalf("listed with marker %+v", it.Event.Marker)
		}
		want := FollowUp(i)
		if i == 3 {
			want = Stamp(quiet)
		}
		same(t, it.Event, want)
		same(t, get(t, f, want.UID).Event, want)
		if got := get(t, f, want.UID).Event; got.Start.Location().String() != "Europe/Berlin" {
			t.Errorf("zone became %v", got.Start.Location())
		}
	}
}

func targetHardTexts(t *testing.T, f TargetFixture) {
	texts := []string{
		"commas, semicolons; colons: backslashes \\ and \\n as letters",
		"quotes \"here\" 'there', tags <b>bold</b> & &amp; entities",
		"line one\n\n  indented line\nEND:VEVENT\nBEGIN:VEVENT\nUID:evil\nATTENDEE:mailto:x@y.example",
		"Grüße, 日本語, emoji 👩‍💻, combining e\u0301, right-to-left שלום",
		strings.Repeat("a long line without any break in it ", 60),
		strings.TrimSpace(strings.Repeat("A paragraph of the draft, of the usual length.\n", 90)),
		"mailto:ana.ruiz@northwind.example?subject=Thank%20you&body=Dear%20Ana%2C",
	}
	for n, text := range texts {
		e := FollowUp(n)
		e.Description = text
		e.Summary = strings.ReplaceAll(text[:min(len(text), 40)], "\n", " ")
		e = Stamp(e)
		create(t, f, e)
		if f.Mangles != nil {
			e.Description = f.Mangles(text)
		}
		same(t, get(t, f, e.UID).Event, e)
	}
	if c := read(t, f.Target, ""); len(c.Items) != len(texts) {
		t.Errorf("%d events stand, %d were written", len(c.Items), len(texts))
	}
}

func targetCreateTwice(t *testing.T, f TargetFixture) {
	create(t, f, FollowUp(1))
	other := FollowUp(1)
	other.Summary = "something else"
	if _, err := f.Target.Create(context.Background(), Stamp(other)); !errors.Is(err, calendar.ErrExists) {
		t.Errorf("the second Create gave %v, want calendar.ErrExists", err)
	}
	c := read(t, f.Target, "")
	if len(c.Items) != 1 {
		t.Fatalf("%d events stand, want 1", len(c.Items))
	}
	same(t, c.Items[0].Event, FollowUp(1))
}

func targetUpdate(t *testing.T, f TargetFixture) {
	e := FollowUp(1)
	create(t, f, e)
	f.Edit(e.UID, func(e *calendar.Event) { e.Summary = "Call Ana instead"; e.Alarms = []time.Duration{-time.Hour} })
	at := get(t, f, e.UID)
	moved := e
	moved.Start, moved.End = e.Start.Add(48*time.Hour), e.End.Add(48*time.Hour)
	moved.Summary, moved.Description = "must not be written", "must not be written either"
	moved.Marker.Base = "a.b.c.d.e"
	ref, err := f.Target.Update(context.Background(), moved, []calendar.Field{calendar.FieldTime}, at.Ref)
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
	want := e
	want.Summary, want.Alarms = "Call Ana instead", []time.Duration{-time.Hour}
	want.Start, want.End = moved.Start, moved.End
	want.Marker = moved.Marker
	got := get(t, f, e.UID)
	same(t, got.Event, want)
	if ref.ID != got.Ref.ID {
		t.Errorf("Update says it is at %q, Get at %q", ref.ID, got.Ref.ID)
	}
}

func targetEachField(t *testing.T, f TargetFixture) {
	e := FollowUp(1)
	create(t, f, e)
	next := e
	next.Summary, next.Description, next.Location = "Another title, with a comma", "Another\ntext", "Köln; Hauptstraße"
	next.Start, next.End = e.Start.AddDate(0, 5, 0), e.End.AddDate(0, 5, 0) // across the change of the clocks
	next.Alarms = nil
	for _, field := range calendar.AllFields {
		at := get(t, f, e.UID)
		e = Stamp(Overlay(at.Event, next, []calendar.Field{field}))
		if _, err := f.Target.Update(context.Background(), e, []calendar.Field{field}, at.Ref); err != nil {
			t.Fatalf("Update of %s: %v", field, err)
		}
		same(t, get(t, f, e.UID).Event, e)
	}
	next.Location, next.Alarms = "", []time.Duration{-2 * time.Hour, 0}
	e = Stamp(Overlay(e, next, calendar.AllFields))
	if _, err := f.Target.Update(context.Background(), e, calendar.AllFields, get(t, f, e.UID).Ref); err != nil {
		t.Fatalf("Update of all: %v", err)
	}
	same(t, get(t, f, e.UID).Event, e)
}

func targetConflict(t *testing.T, f TargetFixture) {
	if f.Unguarded {
		t.Skip("no versions")
	}
	e := FollowUp(1)
	create(t, f, e)
	old := get(t, f, e.UID)
	f.Edit(e.UID, func(e *calendar.Event) { e.Summary = "the person's own title" })
	e.Summary = "ours"
	if _, err := f.Target.Update(context.Background(), Stamp(e), []calendar.Field{calendar.FieldTitle}, old.Ref); !errors.Is(err, calendar.ErrConflict) {
		t.Errorf("got %v, want calendar.ErrConflict", err)
	}
	if got := get(t, f, e.UID).Event.Summary; got != "the person's own title" {
		t.Errorf("the person's title was overwritten with %q", got)
	}
}

func targetDelete(t *testing.T, f TargetFixture) {
	e := FollowUp(1)
	create(t, f, e)
	create(t, f, FollowUp(2))
	at := get(t, f, e.UID)
	for i := range 2 {
		if err := f.Target.Delete(context.Background(), e.UID, at.Ref); err != nil {
			t.Errorf("Delete no. %d: %v", i+1, err)
		}
	}
	if c := read(t, f.Target, ""); len(c.Items) != 1 || c.Items[0].Event.Marker.Key != FollowUp(2).UID {
		t.Errorf("what stands: %+v; want the other follow-up alone", c.Items)
	}
}

func targetDeleteConflict(t *testing.T, f TargetFixture) {
	if f.Unguarded {
		t.Skip("no versions")
	}
	e := FollowUp(1)
	create(t, f, e)
	old := get(t, f, e.UID)
	f.Edit(e.UID, func(e *calendar.Event) { e.Description = "my own notes" })
	if err := f.Target.Delete(context.Background(), e.UID, old.Ref); !errors.Is(err, calendar.ErrConflict) {
		t.Errorf("got %v, want calendar.ErrConflict", err)
	}
	if got := get(t, f, e.UID).Event.Description; got != "my own notes" {
		t.Errorf("text is %q", got)
	}
}

func targetMissing(t *testing.T, f TargetFixture) {
	ctx, e := context.Background(), FollowUp(9)
	if _, err := f.Target.Get(ctx, e.UID); !errors.Is(err, calendar.ErrNotFound) {
		t.Errorf("Get: %v, want calendar.ErrNotFound", err)
	}
	if _, err := f.Target.Update(ctx, e, calendar.AllFields, calendar.Ref{ID: e.UID, Version: `"1"`}); !missing(err) {
		t.Errorf("Update: %v, want calendar.ErrNotFound", err)
	}
	if err := f.Target.Delete(ctx, e.UID, calendar.Ref{ID: e.UID}); err != nil {
		t.Errorf("Delete: %v; what is gone already is no error", err)
	}
	if c := read(t, f.Target, ""); len(c.Items) > 0 {
		t.Errorf("something was written: %+v", c.Items)
	}
}

func missing(err error) bool {
	return errors.Is(err, calendar.ErrNotFound) || errors.Is(err, calendar.ErrDeleted)
}

func targetRemoved(t *testing.T, f TargetFixture) {
	ctx, e := context.Background(), FollowUp(1)
	create(t, f, e)
	at := get(t, f, e.UID)
	f.Remove(e.UID)
	want := calendar.ErrNotFound
	if f.Tombstones {
		want = calendar.ErrDeleted
		if _, err := f.Target.Create(ctx, e); !errors.Is(err, want) {
			t.Errorf("Create: %v, want calendar.ErrDeleted: it must not come back", err)
		}
	}
	if _, err := f.Target.Get(ctx, e.UID); !errors.Is(err, want) {
		t.Errorf("Get: %v, want %v", err, want)
	}
	if _, err := f.Target.Update(ctx, e, calendar.AllFields, at.Ref); !missing(err) {
		t.Errorf("Update: %v, want %v: it must not come back", err, want)
	}
	if err := f.Target.Delete(ctx, e.UID, at.Ref); err != nil {
		t.Errorf("Delete: %v; what is gone already is no error", err)
	}
	if c := read(t, f.Target, ""); len(c.Items) > 0 {
		t.Errorf("it came back: %+v", c.Items)
	}
}

func targetLost(t *testing.T, f TargetFixture) {
	if f.Lose == nil {
		t.Skip("replies of this target can't be lost")
	}
	ctx, e := context.Background(), FollowUp(1)
	lost := func(op string, err error) {
		t.Helper()
		var l *calendar.LostError
		if err != nil && !errors.As(err, &l) {
			t.Errorf("%s: %v, want calendar.LostError, or success once the adapter looked", op, err)
		}
	}
	f.Lose()
	_, err := f.Target.Create(ctx, e)
	lost("Create", err)
	at := get(t, f, e.UID)
	same(t, at.Event, e)
	e.Summary = "another title"
	e = Stamp(e)
	f.Lose()
	_, err = f.Target.Update(ctx, e, []calendar.Field{calendar.FieldTitle}, at.Ref)
	lost("Update", err)
	at = get(t, f, e.UID)
	same(t, at.Event, e)
	f.Lose()
	lost("Delete", f.Target.Delete(ctx, e.UID, at.Ref))
	if _, err := f.Target.Get(ctx, e.UID); !missing(err) {
		t.Errorf("after the deletion Get gives %v", err)
	}
}

func targetListing(t *testing.T, f TargetFixture) {
	for n := range 3 {
		create(t, f, FollowUp(n))
	}
	first := read(t, f.Target, "")
	f.Edit(FollowUp(0).UID, func(e *calendar.Event) { e.Summary = "✓ " + e.Summary })
	f.Remove(FollowUp(1).UID)
	c := read(t, f.Target, first.Next)
	i := slices.IndexFunc(c.Items, func(it calendar.Item) bool { return it.Event.Marker.Key == FollowUp(0).UID })
	if i < 0 || !strings.HasPrefix(c.Items[i].Event.Summary, "✓") {
		t.Fatalf("the edit was not listed: %+v", c.Items)
	}
	if got := calendar.FieldsOf(c.Items[i].Event).Changed(c.Items[i].Event.Marker.Base); !slices.Equal(got, []calendar.Field{calendar.FieldTitle}) {
		t.Errorf("changed by the person: %v, want the title alone", got)
	}
	if slices.ContainsFunc(c.Items, func(it calendar.Item) bool { return it.Event.Marker.Key == FollowUp(1).UID }) {
		t.Error("the removed one is listed")
	}
	key := FollowUp(1).UID
	gone := slices.ContainsFunc(c.Gone, func(g calendar.Gone) bool { return g.ID.UID == key || strings.Contains(g.Ref.ID, key) })
	if !c.Whole && !gone {
		t.Errorf("the removal is neither proved nor does a whole listing lack it: %+v", c.Gone)
	}
}

func targetUnchanged(t *testing.T, f TargetFixture) {
	create(t, f, FollowUp(0))
	first := read(t, f.Target, "")
	var before calendar.Requests
	if f.Count != nil {
		before = f.Count()
	}
	c := read(t, f.Target, first.Next)
	if !c.Unchanged && (c.Whole || len(c.Items)+len(c.Gone) > 0) {
		t.Errorf("nothing changed, but read %+v", c)
	}
	if f.Count == nil {
		return
	}
	if got := f.Count(); got.Read-before.Read > 1 || got.Write != before.Write {
		t.Errorf("took %d reads and %d writes", got.Read-before.Read, got.Write-before.Write)
	}
}

func targetForeign(t *testing.T, f TargetFixture) {
	if f.Foreign == nil {
		t.Skip("nobody else writes to this target")
	}
	f.Foreign(Interviews()[0])
	create(t, f, FollowUp(0))
	for _, it := range read(t, f.Target, "").Items {
		if it.Event.Marker.Key != FollowUp(0).UID {
			t.Errorf("listed as ours: %+v", it.Event)
		}
	}
}

func targetNobody(t *testing.T, f TargetFixture) {
	e := FollowUp(0)
	e.Attendees = Interviews()[0].Attendees
	e.Organizer = Interviews()[0].Organizer
	create(t, f, e)
	got := get(t, f, e.UID).Event
	if len(got.Attendees) > 0 || got.Organizer.Email == e.Organizer.Email {
		t.Errorf("written with organizer %+v and attendees %+v: mails would be sent", got.Organizer, got.Attendees)
	}
	if f.Raw == nil {
		return
	}
	raw := strings.ToUpper(f.Raw(e.UID))
	for _, word := range []string{"ATTENDEE", "ORGANIZER:", "ORGANIZER;", "METHOD:REQUEST"} {
		if strings.Contains(raw, word) {
			t.Errorf("%s is in the stored event", word)
		}
	}
}

func targetExpired(t *testing.T, f TargetFixture) {
	if f.Expire == nil {
		t.Skip("cursors of this target never become unknown")
	}
	create(t, f, FollowUp(0))
	first := read(t, f.Target, "")
	f.Expire()
	if _, err := f.Target.Changes(context.Background(), first.Next); !errors.Is(err, calendar.ErrCursor) {
		t.Errorf("got %v, want calendar.ErrCursor", err)
	}
	if c := read(t, f.Target, ""); !c.Whole || len(c.Items) != 1 {
		t.Errorf("reading everything again gave %+v", c)
	}
}
