package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"followup/calendar"
	"followup/sync"
)

// A state is Unwritten only as long as nobody can have written to it since it was
// glanced at.
func TestUnwritten(t *testing.T) {
	mark := func(t *testing.T, path string) {
		other := mustOpen(t, path)
		defer other.Close()
		if err := other.Mark(context.Background(), calendar.Mark{Word: "offer", Ref: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name string
		then func(t *testing.T, path string)
		want bool
	}{
		{"nothing happened", func(*testing.T, string) {}, true},
		{"only looked at", func(t *testing.T, path string) {
			other := mustOpen(t, path)
			defer other.Close()
			if _, err := other.History(context.Background(), 1); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"somebody wrote", mark, false},
		{"somebody wrote, and that is long past too", func(t *testing.T, path string) { mark(t, path); age(t, path, time.Minute) }, false},
		{"somebody has written, and not yet into the file", func(t *testing.T, path string) {
			other := mustOpen(t, path)
			t.Cleanup(func() { other.Close() })
			if err := other.Mark(context.Background(), calendar.Mark{Word: "offer", Ref: "x"}); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"an older copy was put back", func(t *testing.T, path string) { age(t, path, 2*time.Hour) }, false},
		{"the notes are damaged", func(t *testing.T, path string) { write(t, path+".notes", []byte(`{"glance":{"Revision":1}`)) }, false},
		{"the notes are lost", func(t *testing.T, path string) {
			if err := os.Remove(path + ".notes"); err != nil {
				t.Fatal(err)
			}
		}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := glanced(t)
			tt.then(t, path)
			s := mustOpen(t, path)
			defer s.Close()
			if got := s.Unwritten(); got != tt.want {
				t.Errorf("Unwritten is %v", got)
			}
			if asleep := s.opened == nil; asleep != tt.want {
				t.Errorf("the file was left alone: %v", asleep)
			}
			st, err := s.Load(context.Background())
			if err != nil || len(st.Records) == 0 {
				t.Errorf("then it loads %+v, %v", st, err)
			}
		})
	}
}

// Right after a write, another one could leave the file with the same time.
func TestNotUnwrittenRightAfterAWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := mustOpen(t, path)
	fill(t, s)
	s.Close()
	age(t, path, 0)
	glance(t, path)
	age(t, path, 0)
	s = mustOpen(t, path)
	defer s.Close()
	if s.Unwritten() {
		t.Error("the file was written to a moment ago")
	}
}

// A file that was damaged behind the notes' back is mended when it is opened after all.
func TestDamageFoundLate(t *testing.T) {
	path := glanced(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, make([]byte, info.Size()))
	if err := os.Chtimes(path, time.Time{}, info.ModTime()); err != nil {
		t.Fatal(err)
	}
	s := mustOpen(t, path)
	defer s.Close()
	if w := s.Warnings(); len(w) != 0 {
		t.Errorf("before anything was asked for: %q", w)
	}
	if _, err := s.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	if w := s.Warnings(); len(w) != 1 {
		t.Errorf("then: %q", w)
	}
}

// glanced is a filled state file of an hour ago, with a Glance in its notes.
func glanced(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.db")
	s := mustOpen(t, path)
	fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	age(t, path, time.Hour)
	glance(t, path)
	return path
}

// glance notes one, as a run with nothing new does.
func glance(t *testing.T, path string) {
	t.Helper()
	s := mustOpen(t, path)
	defer s.Close()
	st, err := s.Load(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Note(sync.Notes{Glance: &sync.Glance{Revision: st.Revision}}); err != nil {
		t.Fatal(err)
	}
}

// age makes the file that much older.
func age(t *testing.T, path string, by time.Duration) {
	t.Helper()
	at := time.Now().Add(-by).Truncate(time.Second) // as on a file system that knows no fractions
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}
