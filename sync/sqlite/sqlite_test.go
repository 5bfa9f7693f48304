package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followup/calendar"
	"followup/planner"
	"followup/planner/draft"
	"followup/planner/interview"
	"followup/sync"
)

func berlin(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func mustOpen(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sample is a state with everything in it.
func sample(t *testing.T) (sync.Observed, sync.Outcome, sync.Intent, calendar.Mark) {
	loc := berlin(t)
	start := time.Date(2026, 11, 26, 10, 0, 0, 0, loc)
	odd := time.Date(2026, 11, 26, 10, 0, 0, 0, time.FixedZone("Customized Time Zone", 5400))
	event := func(uid string, start time.Time) calendar.Event {
		return calendar.Event{Source: "personal", UID: uid, Summary: "Interview, Köln", Start: start, End: start.Add(time.Hour), TimeZone: start.Location().String(),
			Status: calendar.StatusConfirmed, Attendees: []calendar.Person{{Name: "Ana Ruiz", Email: "ana.ruiz@northwind.example"}}, Alarms: []time.Duration{-time.Hour}}
	}
	observed := sync.Observed{
		Sources: []sync.Observation{{
			Source: sync.SourceState{Name: "personal", Fingerprint: "f", Cursor: "c1", LastError: "503", Count: 7, Suspect: true},
			Put: []sync.Known{
				{Event: event("a", start), Ref: calendar.Ref{ID: "/a.ics", Version: `"1"`}},
				{Event: event("b", odd), Absent: sync.Absence{Strikes: 1, Last: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC), Suspect: true}},
			},
		}},
		Memo: &sync.Memo{Me: interview.Me{Name: "Nina Vogt", Emails: []string{"nina@vogt.example"}, Languages: []string{"de"}}, Reader: "r1"},
	}
	f := planner.FollowUp{
		Key: "key1", Kind: draft.ThankYou, Title: "Thank Ana Ruiz", Text: "Dear Ana", Interview: calendar.ID{UID: "a"}, Source: "personal",
		Start: start.Add(24 * time.Hour), End: start.Add(25 * time.Hour), Window: planner.Span{From: start, Until: start.Add(48 * time.Hour)},
		Alarms: []time.Duration{0}, Held: start.Add(time.Hour), State: planner.Late,
	}
	outcome := sync.Outcome{
		Records: []planner.Record{{FollowUp: f, State: planner.Edited, Base: calendar.FieldsOf(f.Event()), Owned: []calendar.Field{calendar.FieldTime},
			Remote: calendar.Fields{calendar.FieldText: "x"}, Ref: calendar.Ref{ID: "key1", Version: `"2"`}, Generation: 2, Sequence: 5, Created: start.UTC(), Updated: start.UTC()}},
		Log: []sync.Entry{{At: start.UTC(), Op: sync.Create, Key: "key1", Title: "Thank Ana Ruiz", Why: "rule", Result: "ok"}},
	}
	intent := sync.Intent{Key: "key2", Remote: "key2x", Op: sync.Update, Fields: calendar.Fields{calendar.FieldTitle: "t"}, At: start.UTC()}
	mark := calendar.Mark{Word: "rejected", Ref: "process1", Note: "by mail", At: start.UTC()}
	return observed, outcome, intent, mark
}

func fill(t *testing.T, s *Store) {
	t.Helper()
	ctx := context.Background()
	observed, outcome, intent, mark := sample(t)
	for _, err := range []error{s.Observe(ctx, observed), s.Save(ctx, outcome), s.Intend(ctx, []sync.Intent{intent}), s.Mark(ctx, mark)} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestStateComesBackAsItWasSaved(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "deep", "state.db")
	s := mustOpen(t, path)
	fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, path)
	defer s.Close()
	st, err := s.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	observed, outcome, intent, mark := sample(t)
	sameZone := cmp.Comparer(func(a, b time.Time) bool {
		return a.Equal(b) && a.Format(time.RFC3339) == b.Format(time.RFC3339) && a.Location().String() == b.Location().String()
	})
	want := sync.State{
		Revision: st.Revision, Memo: *observed.Memo, Sources: []sync.SourceState{observed.Sources[0].Source},
		Events: observed.Sources[0].Put, Records: outcome.Records, Marks: []calendar.Mark{mark}, Intents: []sync.Intent{intent},
	}
	if d := cmp.Diff(want, st, sameZone); d != "" {
		t.Errorf("loaded otherwise than saved (-saved +loaded):\n%s", d)
	}
	if st.Revision < 4 {
		t.Errorf("revision %d after 4 writes", st.Revision)
	}
	log, err := s.History(ctx, 10)
	if err != nil || !cmp.Equal(outcome.Log, log) {
		t.Errorf("history %+v, %v", log, err)
	}
}

func TestSaveSettlesTheIntent(t *testing.T) {
	ctx := context.Background()
	s := mustOpen(t, filepath.Join(t.TempDir(), "state.db"))
	defer s.Close()
	fill(t, s)
	if err := s.Save(ctx, sync.Outcome{Settled: []string{"key2"}}); err != nil {
		t.Fatal(err)
	}
	if st, err := s.Load(ctx); err != nil || len(st.Intents) != 0 {
		t.Errorf("intents %+v, %v", st.Intents, err)
	}
}

func TestForgetAndDrop(t *testing.T) {
	ctx := context.Background()
	s := mustOpen(t, filepath.Join(t.TempDir(), "state.db"))
	defer s.Close()
	fill(t, s)
	src := sync.SourceState{Name: "personal"}
	if err := s.Observe(ctx, sync.Observed{Sources: []sync.Observation{{Source: src, Forget: []calendar.ID{{UID: "a"}}}}}); err != nil {
		t.Fatal(err)
	}
	st, err := s.Load(ctx)
	if err != nil || len(st.Events) != 1 || st.Events[0].Event.UID != "b" {
		t.Errorf("events %+v, %v", st.Events, err)
	}
	if err := s.Observe(ctx, sync.Observed{Drop: []string{"personal"}}); err != nil {
		t.Fatal(err)
	}
	if st, err := s.Load(ctx); err != nil || len(st.Events)+len(st.Sources) != 0 {
		t.Errorf("after the drop: %+v, %v", st, err)
	}
}

func TestLookingLeavesTheFileAsItIs(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "state.db")
	s := mustOpen(t, path)
	fill(t, s)
	s.Close()
	before, _ := os.ReadFile(path)
	info, _ := os.Stat(path)
	for range 3 {
		s := mustOpen(t, path)
		if _, err := s.Load(ctx); err != nil {
			t.Fatal(err)
		}
		if err := s.Note(sync.Notes{Planned: time.Now()}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	after, _ := os.ReadFile(path)
	infoAfter, _ := os.Stat(path)
	if !bytes.Equal(before, after) || !info.ModTime().Equal(infoAfter.ModTime()) {
		t.Error("opening, loading and closing changed the file")
	}
}

func TestFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s := mustOpen(t, path)
	defer s.Close()
	fill(t, s)
	if err := s.Note(sync.Notes{}); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(path + "*")
	if len(files) < 3 {
		t.Errorf("expected the file, its log and its notes, got %v", files)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has rights %v, %v", f, info.Mode(), err)
		}
	}
}

func TestNewerFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := mustOpen(t, path)
	if _, err := s.opened.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	before, _ := os.ReadFile(path)
	if _, err := Open(path); !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "update followup") {
		t.Errorf("got %v", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the newer file was touched")
	}
}

func TestDamagedFileIsMovedAside(t *testing.T) {
	damage := map[string]func(t *testing.T, path string){
		"text": func(t *testing.T, path string) {
			write(t, path, []byte("this is no database, but it is long enough to be one: "+strings.Repeat("x", 200)))
		},
		"torn page": func(t *testing.T, path string) {
			b, _ := os.ReadFile(path)
			copy(b[4096:], bytes.Repeat([]byte{0xA5}, 8192))
			write(t, path, b)
		},
		"half of it": func(t *testing.T, path string) { b, _ := os.ReadFile(path); write(t, path, b[:len(b)/2]) },
		"a row": func(t *testing.T, path string) {
			b, _ := os.ReadFile(path)
			write(t, path, bytes.ReplaceAll(b, []byte(`"Thank Ana Ruiz"`), []byte("\x01Thank Ana Ruiz\"")))
		},
		"header": func(t *testing.T, path string) {
			b, _ := os.ReadFile(path)
			copy(b[16:], "garbage!")
			write(t, path, b)
		},
	}
	for name, f := range damage {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.db")
			s := mustOpen(t, path)
			fill(t, s)
			s.Close()
			f(t, path)
			s = mustOpen(t, path)
			defer s.Close()
			if w := s.Warnings(); len(w) != 1 || !strings.Contains(w[0], "rebuilt") {
				t.Errorf("warnings %q", w)
			}
			if st, err := s.Load(context.Background()); err != nil || len(st.Records) != 0 {
				t.Errorf("after the damage: %+v, %v", st, err)
			}
			if _, err := os.Stat(path + ".damaged-1"); err != nil {
				t.Errorf("the damaged file was not kept: %v", err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the file in its place has rights %v, %v", info.Mode(), err)
			}
		})
	}
}

// What the user said and deleted is taken over from a damaged file, as far as the
// damage lets it be read; no calendar could tell it again.
func TestSalvage(t *testing.T) {
	ctx := context.Background()
	tests := []struct {
		damaged   string // the table whose first page is overwritten
		marks     int
		dismissed int
		want      string
	}{
		{"events", 1, 1, "what you said (1 marks) and deleted (1 follow-ups) was taken over"},
		{"marks", 0, 1, "say it again"},
		{"records", 1, 0, "say it again"},
	}
	for _, tt := range tests {
		t.Run(tt.damaged, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.db")
			s := mustOpen(t, path)
			fill(t, s)
			gone := planner.Record{FollowUp: planner.FollowUp{Key: "key3", Kind: draft.ThankYou}, State: planner.Dismissed}
			if err := s.Save(ctx, sync.Outcome{Records: []planner.Record{gone}}); err != nil {
				t.Fatal(err)
			}
			var page, size int64
			row := s.opened.QueryRow("SELECT rootpage, page_size FROM sqlite_master, pragma_page_size WHERE name = ?", tt.damaged)
			if err := row.Scan(&page, &size); err != nil {
				t.Fatal(err)
			}
			s.Close()
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			copy(b[(page-1)*size:], bytes.Repeat([]byte{0xA5}, int(size)))
			write(t, path, b)

			s = mustOpen(t, path)
			defer s.Close()
			st, err := s.Load(ctx)
			if err != nil || len(st.Marks) != tt.marks || len(st.Records) != tt.dismissed {
				t.Errorf("%d marks, %d records, %v; want %d, %d", len(st.Marks), len(st.Records), err, tt.marks, tt.dismissed)
			}
			for _, r := range st.Records {
				if r.State != planner.Dismissed {
					t.Errorf("a follow-up in state %s was taken over; the calendar tells it better", r.State)
				}
			}
			if w := s.Warnings(); len(w) != 1 || !strings.Contains(w[0], tt.want) {
				t.Errorf("warnings %q, want %q in it", w, tt.want)
			}
		})
	}
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEmptyFileIsNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	write(t, path, nil)
	s := mustOpen(t, path)
	defer s.Close()
	if len(s.Warnings()) != 0 {
		t.Errorf("warnings %q", s.Warnings())
	}
}

// TestUpgradesLeadToTheSchema holds that a file that was upgraded is the same as
// a new one. There is one version so far; the frozen files of older ones go into
// testdata/v1.sql and so on, and are found here by themselves.
func TestUpgradesLeadToTheSchema(t *testing.T) {
	fresh := mustOpen(t, filepath.Join(t.TempDir(), "new.db"))
	defer fresh.Close()
	frozen, err := filepath.Glob("testdata/v*.sql")
	if err != nil || len(frozen) != len(upgrades)+1 {
		t.Fatalf("%d frozen schemas for %d versions: each version of schema.sql is kept in testdata", len(frozen), len(upgrades)+1)
	}
	for i, file := range frozen {
		path := filepath.Join(t.TempDir(), "old.db")
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(string(text)); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("PRAGMA user_version = " + string(rune('1'+i))); err != nil {
			t.Fatal(err)
		}
		db.Close()
		s := mustOpen(t, path)
		if d := cmp.Diff(tables(t, fresh), tables(t, s)); d != "" {
			t.Errorf("%s upgraded differs from a new file (-new +upgraded):\n%s", file, d)
		}
		s.Close()
	}
}

func tables(t *testing.T, s *Store) []string {
	t.Helper()
	rows, err := s.opened.Query("SELECT name || ' ' || sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

func TestPurgeWipes(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "state.db")
	s := mustOpen(t, path)
	fill(t, s)
	if err := s.Note(sync.Notes{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Purge(ctx); err != nil {
		t.Fatal(err)
	}
	s.Close()
	b, _ := os.ReadFile(path)
	if bytes.Contains(b, []byte("Ana Ruiz")) || bytes.Contains(b, []byte("nina@vogt.example")) {
		t.Error("what was purged is still in the file")
	}
	if _, err := os.Stat(path + ".notes"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the notes are still there: %v", err)
	}
}
