package sync_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/planner"
	"followup/planner/draft"
	"followup/planner/interview"
	"followup/sync"
	"followup/sync/sqlite"
)

// The tests of this file are with the real state file.

func fixture(t *testing.T, path string, feed, target *calendartest.Memory, now *time.Time) (*sync.Job, func()) {
	t.Helper()
	store, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	set, _, err := draft.Load()
	if err != nil {
		t.Fatal(err)
	}
	policy := planner.DefaultPolicy()
	policy.Me = interview.Me{Name: "Nina Vogt", Emails: []string{"nina@vogt.example"}}
	return &sync.Job{
		Feeds:  []sync.Feed{{Name: "personal", Fingerprint: "memory", Source: feed}},
		Target: target, TargetFingerprint: "memory", Store: store, Policy: policy, Drafts: set,
		Now: func() time.Time { return *now },
	}, func() { store.Close() }
}

func once(t *testing.T, path string, feed, target *calendartest.Memory, now *time.Time) sync.Run {
	t.Helper()
	job, done := fixture(t, path, feed, target, now)
	defer done()
	run, err := job.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if run, err = job.Apply(context.Background(), run, ""); err != nil {
		t.Fatal(err)
	}
	return run
}

func interviewAt(company string, start time.Time) calendar.Event {
	return calendar.Event{
		UID: company + "@calendar.example", Summary: "Interview with " + company + ": Data Engineer", Status: calendar.StatusConfirmed,
		Description: "We look forward to the interview for the position of Data Engineer at " + company + ".",
		Start:       start, End: start.Add(time.Hour), TimeZone: start.Location().String(),
		Organizer: calendar.Person{Name: "Ana Ruiz", Email: "ana.ruiz@" + company + ".example"},
		Attendees: []calendar.Person{{Name: "Ana Ruiz", Email: "ana.ruiz@" + company + ".example"}, {Name: "Nina Vogt", Email: "nina@vogt.example"}},
	}
}

func TestADentistsVisitIsNotStored(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	feed, target := &calendartest.Memory{}, &calendartest.Memory{Ours: true}
	feed.Put(interviewAt("northwind", now.Add(48*time.Hour)), calendar.Event{
		UID: "dentist@calendar.example", Summary: "Dentist Dr. Okonkwo", Description: "root canal", Location: "Zahngasse 3",
		Start: now.Add(72 * time.Hour), End: now.Add(73 * time.Hour), TimeZone: "UTC",
		Attendees: []calendar.Person{{Name: "Dr. Okonkwo", Email: "praxis@okonkwo.example"}},
	})
	for range 3 {
		once(t, path, feed, target, &now)
		now = now.Add(time.Hour)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	found := false
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"Dentist", "Okonkwo", "root canal", "okonkwo.example", "dentist@", "Zahngasse"} {
			if bytes.Contains(b, []byte(word)) {
				t.Errorf("%q is in %s", word, f)
			}
		}
		found = found || bytes.Contains(b, []byte("northwind"))
	}
	if !found {
		t.Error("the interview is in no file either: the test looks in the wrong place")
	}
}

// TestNothingChangedWritesNothing holds the budget of a run with nothing new: one
// read of each calendar, no write, and the state file as it was, byte for byte.
func TestNothingChangedWritesNothing(t *testing.T) {
	for name, target := range map[string]*calendartest.Memory{
		"sync tokens": {Ours: true, Tokens: true, Tombstones: true}, "whole listings": {Ours: true}, "no ETags": {Ours: true, ETags: calendartest.NoETags},
		"another cursor at every look": {Ours: true, Tokens: true, Restless: true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.db")
			now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
			feed := &calendartest.Memory{Tokens: target.Tokens, Restless: target.Restless}
			feed.Put(interviewAt("northwind", now.Add(30*time.Hour)), interviewAt("contoso", now.Add(50*time.Hour)))
			once(t, path, feed, target, &now)
			hourAgo := time.Now().Add(-time.Hour) // of a file written to just now, its time tells nothing
			if err := os.Chtimes(path, hourAgo, hourAgo); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			for i, wait := range []time.Duration{0, time.Minute, 15 * time.Minute, 3 * time.Hour, 7 * time.Hour} {
				now = now.Add(wait)
				run := once(t, path, feed, target, &now)
				want := map[string]calendar.Requests{"personal": {Read: 1}, "target": {Read: 1}}
				if !run.Quiet || len(run.Requests) != 2 || run.Requests["personal"] != want["personal"] || run.Requests["target"] != want["target"] {
					t.Errorf("run %d: quiet %v, requests %v", i+2, run.Quiet, run.Requests)
				}
				after, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				infoAfter, err := os.Stat(path)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(before, after) || !info.ModTime().Equal(infoAfter.ModTime()) {
					t.Errorf("run %d changed the state file", i+2)
				}
			}
		})
	}
}

// TestFewChangesFewRequests holds that k changes take at most k writes and two reads.
func TestFewChangesFewRequests(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	feed, target := &calendartest.Memory{Tokens: true}, &calendartest.Memory{Ours: true, Tokens: true}
	companies := []string{"northwind", "contoso", "fabrikam", "tailspin", "wingtip", "adatum"}
	for i, c := range companies {
		feed.Put(interviewAt(c, now.Add(time.Duration(30+24*i)*time.Hour)))
		run := once(t, path, feed, target, &now)
		budget(t, run, len(run.Changes))
	}
	feed.Put(interviewAt("contoso", now.Add(90*time.Hour)))
	run := once(t, path, feed, target, &now)
	if n := len(run.Changes); n == 0 || n > 3 {
		t.Errorf("one interview moved, %d changes", n)
	}
	budget(t, run, len(run.Changes))
}

func budget(t *testing.T, run sync.Run, changes int) {
	t.Helper()
	if got := run.Requests["target"]; got.Write > changes || got.Read > 2 {
		t.Errorf("%d changes took %+v of the target", changes, got)
	}
	if got := run.Requests["personal"]; got.Read > 1 || got.Write > 0 {
		t.Errorf("%d changes took %+v of the feed", changes, got)
	}
}

// TestADamagedStateIsRebuilt holds that the state file may be lost or damaged at
// any time without a duplicate.
func TestADamagedStateIsRebuilt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	feed, target := &calendartest.Memory{}, &calendartest.Memory{Ours: true}
	feed.Put(interviewAt("northwind", now.Add(48*time.Hour)))
	once(t, path, feed, target, &now)
	want := target.Events()
	for name, harm := range map[string]func() error{
		"removed":     func() error { return os.Remove(path) },
		"overwritten": func() error { return os.WriteFile(path, bytes.Repeat([]byte("no database "), 1000), 0o600) },
		"emptied":     func() error { return os.Truncate(path, 0) },
		"cut":         func() error { return os.Truncate(path, 6000) },
	} {
		if err := harm(); err != nil {
			t.Fatal(name, err)
		}
		once(t, path, feed, target, &now)
		got := target.Events()
		if len(got) != len(want) {
			t.Fatalf("%s: %d events stand, %d did", name, len(got), len(want))
		}
		for i := range got {
			if calendar.FieldsOf(got[i]).Fingerprint() != calendar.FieldsOf(want[i]).Fingerprint() {
				t.Errorf("%s: %q changed", name, want[i].Summary)
			}
		}
	}
}
