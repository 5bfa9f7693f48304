package caldav

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/calendar/ics"
)

// newKhal is a person's own calendar programs on one collection.
func newKhal(t *testing.T, s *server, u string) *calendartest.Khal {
	storage := fmt.Sprintf("type = \"caldav\"\nurl = %q\n", u)
	if s.user != "" {
		storage += fmt.Sprintf("username = %q\npassword = %q\n", s.user, s.pass)
	}
	return calendartest.NewKhal(t, storage)
}

// What we write is read by vdirsyncer and khal; what a person does with khal is
// read by us, and wins.
func TestPeopleWithKhal(t *testing.T) {
	onServers(t, func(t *testing.T, s *server) {
		ctx, u := context.Background(), s.calendar(t)
		target := open(t, s.options(u)).Target("", ics.Options{Source: "target"})
		refs := map[string]calendar.Ref{}
		for n := range 3 {
			e := followUp(n)
			ref, err := target.Create(ctx, e)
			if err != nil {
				t.Fatal(err)
			}
			refs[e.UID] = ref
		}
		first := readAll(t, target, "")

		p := newKhal(t, s, u)
		p.Sync()
		list := p.Run("", "list", "--format", "{start-time} {title}", "2026-11-27", "1d")
		for n, at := range []string{"09:00", "10:00", "11:00"} {
			if want := at + " " + followUp(n).Summary; !strings.Contains(list, want) {
				t.Errorf("khal does not show %q:\n%s", want, list)
			}
		}
		if text := p.Run("", "list", "--format", "{description}", "2026-11-27", "1d"); !strings.Contains(text, "thank you for your time; I enjoyed our talk.") {
			t.Errorf("khal shows the text as %s", text)
		}

		p.Run("s\n✓ sent it\nq\n", "edit", "--show-past", "Engineer) 0")
		p.Run("D\ny\n", "edit", "--show-past", "Engineer) 1")
		p.Run("t\n2026-12-01 14:00 2026-12-01 14:30\nq\n", "edit", "--show-past", "Engineer) 2")
		p.Run("", "new", "2026-11-27", "12:00", "Lunch with Ana")
		p.Sync()

		c := readAll(t, target, first.Next)
		if len(c.Gone) != 1 || c.Gone[0].ID.UID != followUp(1).UID {
			t.Errorf("gone: %+v, want what was deleted", c.Gone)
		}
		if len(c.Items) != 2 {
			t.Fatalf("read %v, want the two that were changed", uidsOf(c))
		}
		for _, it := range c.Items {
			want := []calendar.Field{calendar.FieldTitle}
			if it.Event.UID == followUp(2).UID {
				want = []calendar.Field{calendar.FieldTime}
			}
			base := calendar.FieldsOf(followUp(0))
			if it.Event.UID == followUp(2).UID {
				base = calendar.FieldsOf(followUp(2))
			}
			if got := base.Diff(calendar.FieldsOf(it.Event)); len(got) != 1 || got[0] != want[0] {
				t.Errorf("%s: changed %v, want %v", it.Event.Summary, got, want)
			}
			stale := followUp(0)
			stale.UID = it.Event.UID
			if _, err := target.Update(ctx, calendartest.Stamp(stale), calendar.AllFields, refs[it.Event.UID]); !errors.Is(err, calendar.ErrConflict) {
				t.Errorf("an update that knows nothing of the edit: %v, want calendar.ErrConflict", err)
			}
		}

		e := followUp(2)
		e.Description = "another text"
		at, err := target.Get(ctx, e.UID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := target.Update(ctx, calendartest.Stamp(e), []calendar.Field{calendar.FieldText}, at.Ref); err != nil {
			t.Fatal(err)
		}
		p.Sync()
		if text := p.Run("", "list", "--format", "{start-time} {description}", "2026-12-01", "1d"); !strings.Contains(text, "14:00 another text") {
			t.Errorf("khal shows the moved one as %s", text)
		}
	})
}
