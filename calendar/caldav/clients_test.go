package caldav

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/calendar/ics"
)

// pim is a person's own calendar programs, vdirsyncer and khal, on one collection.
type pim struct {
	t   *testing.T
	dir string
}

func newPIM(t *testing.T, s *server, u string) pim {
	for _, name := range []string{"vdirsyncer", "khal"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("%s is missing, which these tests need: apt-get install %s", name, name)
		}
	}
	p := pim{t, t.TempDir()}
	login := ""
	if s.user != "" {
		login = fmt.Sprintf("username = %q\npassword = %q\n", s.user, s.pass)
	}
	p.write("vdirsyncer", fmt.Sprintf(`[general]
status_path = "%[1]s/status/"
[pair home]
a = "local"
b = "remote"
collections = null
conflict_resolution = "a wins"
[storage local]
type = "filesystem"
path = "%[1]s/events"
fileext = ".ics"
[storage remote]
type = "caldav"
url = "%[2]s"
%[3]s`, p.dir, u, login))
	p.write("khal", fmt.Sprintf(`[calendars]
[[home]]
path = %[1]s/events
[locale]
timeformat = %%H:%%M
dateformat = %%Y-%%m-%%d
longdateformat = %%Y-%%m-%%d
datetimeformat = %%Y-%%m-%%d %%H:%%M
longdatetimeformat = %%Y-%%m-%%d %%H:%%M
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
[sqlite]
path = %[1]s/khal.db
[default]
default_calendar = home
`, p.dir))
	if err := os.Mkdir(filepath.Join(p.dir, "events"), 0o700); err != nil {
		t.Fatal(err)
	}
	p.run("", "vdirsyncer", "-c", filepath.Join(p.dir, "vdirsyncer"), "discover")
	return p
}

func (p pim) write(name, text string) {
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p pim) run(input, name string, args ...string) string {
	p.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Stdin = strings.NewReader(input)
	cmd.Env = append(os.Environ(), "HOME="+p.dir, "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func (p pim) sync() {
	p.t.Helper()
	p.run("", "vdirsyncer", "-c", filepath.Join(p.dir, "vdirsyncer"), "sync")
}

func (p pim) khal(input string, args ...string) string {
	p.t.Helper()
	return p.run(input, "khal", append([]string{"-c", filepath.Join(p.dir, "khal")}, args...)...)
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

		p := newPIM(t, s, u)
		p.sync()
		list := p.khal("", "list", "--format", "{start-time} {title}", "2026-11-27", "1d")
		for n, at := range []string{"09:00", "10:00", "11:00"} {
			if want := at + " " + followUp(n).Summary; !strings.Contains(list, want) {
				t.Errorf("khal does not show %q:\n%s", want, list)
			}
		}
		if text := p.khal("", "list", "--format", "{description}", "2026-11-27", "1d"); !strings.Contains(text, "thank you for your time; I enjoyed our talk.") {
			t.Errorf("khal shows the text as %s", text)
		}

		p.khal("s\n✓ sent it\nq\n", "edit", "--show-past", "Engineer) 0")
		p.khal("D\ny\n", "edit", "--show-past", "Engineer) 1")
		p.khal("t\n2026-12-01 14:00 2026-12-01 14:30\nq\n", "edit", "--show-past", "Engineer) 2")
		p.khal("", "new", "2026-11-27", "12:00", "Lunch with Ana")
		p.sync()

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
		p.sync()
		if text := p.khal("", "list", "--format", "{start-time} {description}", "2026-12-01", "1d"); !strings.Contains(text, "14:00 another text") {
			t.Errorf("khal shows the moved one as %s", text)
		}
	})
}
