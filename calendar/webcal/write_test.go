package webcal

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/calendar/ics"
)

var ctx = context.Background()

// person changes the file as another program would: it reads all and writes all
// anew.
func person(t *testing.T, path string, edit func(events []calendar.Event) []calendar.Event) {
	t.Helper()
	var events []calendar.Event
	if text, err := os.ReadFile(path); err == nil {
		if _, err := ics.Read(bytes.NewReader(text), ics.Options{}, func(e calendar.Event) error {
			events = append(events, e)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := ics.Write(&b, ics.Calendar{Name: "by a person", Events: edit(events)}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFileTarget(t *testing.T) {
	calendartest.TargetSuite(t, func(t *testing.T) calendartest.TargetFixture {
		path := filepath.Join(t.TempDir(), "followups.ics")
		f := NewFile(path, ics.Calendar{Name: "Follow-ups"})
		return calendartest.TargetFixture{
			Target: f,
			Edit: func(key string, edit func(*calendar.Event)) {
				person(t, path, func(events []calendar.Event) []calendar.Event {
					for i := range events {
						if events[i].UID == key {
							edit(&events[i])
						}
					}
					return events
				})
			},
			Remove: func(key string) {
				person(t, path, func(events []calendar.Event) []calendar.Event {
					for i := range events {
						if events[i].UID == key {
							return append(events[:i:i], events[i+1:]...)
						}
					}
					return events
				})
			},
			Foreign: func(e calendar.Event) {
				person(t, path, func(events []calendar.Event) []calendar.Event { return append(events, e) })
			},
			Count: f.Requests,
			Raw: func(string) string {
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				return string(text)
			},
		}
	})
}

func TestFileSource(t *testing.T) {
	calendartest.SourceSuite(t, func(t *testing.T) calendartest.SourceFixture {
		path := filepath.Join(t.TempDir(), "calendar.ics")
		person(t, path, func([]calendar.Event) []calendar.Event { return nil })
		s := New(Options{Name: "home", Location: path})
		return calendartest.SourceFixture{
			Source: s,
			Put: func(e calendar.Event) {
				person(t, path, func(events []calendar.Event) []calendar.Event {
					for i := range events {
						if events[i].ID() == e.ID() {
							events[i] = e
							return events
						}
					}
					return append(events, e)
				})
			},
			Remove: func(e calendar.Event) {
				person(t, path, func(events []calendar.Event) []calendar.Event {
					for i := range events {
						if events[i].ID() == e.ID() {
							return append(events[:i:i], events[i+1:]...)
						}
					}
					return events
				})
			},
			Break: func() func() {
				if err := os.Rename(path, path+".away"); err != nil {
					t.Fatal(err)
				}
				return func() { os.Rename(path+".away", path) }
			},
			Count: s.Requests,
			Drops: func(field string) bool { return field == "organizer" || field == "attendees" }, // our writer invites nobody
		}
	})
}

// A write changes one event: what programs and people put around it stays, to the
// byte.
func TestFileLeavesTheRestAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "followups.ics")
	f := NewFile(path, ics.Calendar{Name: "Follow-ups"})
	for n := range 2 {
		if _, err := f.Create(ctx, calendartest.FollowUp(n)); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const own = "BEGIN:VTODO\r\nUID:todo@nina.example\r\nSUMMARY:Buy stamps\r\nX-ODD;a=\"b:c\":d\r\n e\r\nEND:VTODO\r\n"
	text = bytes.Replace(text, []byte("END:VCALENDAR"), []byte(own+"END:VCALENDAR"), 1)
	text = bytes.Replace(text, []byte("METHOD:PUBLISH\r\n"), []byte("METHOD:PUBLISH\r\nX-MINE:1\r\n"), 1)
	text = bytes.Replace(text, []byte("BEGIN:VALARM"), []byte("X-KEEP:yes\r\nBEGIN:VALARM"), 1)
	if err := errors.Join(os.WriteFile(path, text, 0o640), os.Chmod(path, 0o640)); err != nil {
		t.Fatal(err)
	}
	e := calendartest.FollowUp(0)
	it, err := f.Get(ctx, e.UID)
	if err != nil {
		t.Fatal(err)
	}
	e.Summary = "Another title"
	if _, err := f.Update(ctx, calendartest.Stamp(e), []calendar.Field{calendar.FieldTitle}, it.Ref); err != nil {
		t.Fatal(err)
	}
	if err := f.Delete(ctx, calendartest.FollowUp(1).UID, calendar.Ref{}); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{own, "X-MINE:1\r\n", "X-KEEP:yes\r\n", "SUMMARY:Another title", "SEQUENCE:1\r\n"} {
		if !strings.Contains(string(after), want) {
			t.Errorf("%q is not in the file any more:\n%s", want, after)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("permissions became %v, %v", info.Mode().Perm(), err)
	}
}

// What is no single whole calendar is not written to, and says so.
func TestFileRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"cut":       feed("Interview")[:120],
		"two":       feed("a") + feed("b"),
		"html":      "<html>",
		"tail":      feed("a") + "more",
		"no end":    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
		"late line": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nX-LATE:1\r\nEND:VCALENDAR\r\n",
	} {
		path := filepath.Join(t.TempDir(), "f.ics")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f := NewFile(path, ics.Calendar{})
		if _, err := f.Create(ctx, calendartest.FollowUp(0)); !errors.Is(err, errNotOurs) {
			t.Errorf("%s: Create gave %v", name, err)
		}
		if _, err := f.Changes(ctx, ""); err == nil {
			t.Errorf("%s: listed without an error", name)
		}
		if after, _ := os.ReadFile(path); string(after) != text {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.ics")
	write := func(text string) bool {
		t.Helper()
		changed, err := WriteFile(path, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return changed
	}
	if !write("one") {
		t.Error("a new file was not written")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a new file: %v, %v; want it to be the owner's alone", info.Mode(), err)
	}
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	if write("one") {
		t.Error("equal bytes were written again")
	}
	if info, _ := os.Stat(path); !info.ModTime().Equal(old) {
		t.Error("an equal file got another time")
	}
	link := filepath.Join(dir, "link.ics")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if _, err := WriteFile(link, []byte("two")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link became a file")
	}
	if got, _ := os.ReadFile(path); string(got) != "two" {
		t.Errorf("behind the link stands %q", got)
	}
	if _, err := WriteFile(filepath.Join(dir, "none", "a.ics"), nil); err == nil {
		t.Error("no error for a folder that is not there")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*.tmp")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func FuzzParseDocument(f *testing.F) {
	f.Add(feed("Interview"))
	f.Add("BEGIN:VCALENDAR\nBEGIN:X\nEND:X\nEND:VCALENDAR")
	f.Add("BEGIN:VCALENDAR\r\nX:1\r\nEND:VCALENDAR\r\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parseDocument([]byte(text))
		if err != nil {
			return
		}
		if got := d.bytes(); string(got) != strings.TrimPrefix(text, "\ufeff") {
			t.Fatalf("put together again it is %q", got)
		}
	})
}
