//go:build unix

package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"followup/calendar"
	"followup/calendar/ics"
)

// kills is how often the program is killed. Where a kill falls is chance; the
// engine's own tests go through every point in turn.
const kills = 200

// TestKill kills the real program at random moments of a sync, against a file and
// a state file, while the calendar changes. In the end the follow-ups are those of
// a run that nobody killed: none twice, none lost.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("200 runs of the program")
	}
	program := buildProgram(t)
	killed, calm := newKillWorld(t, program), newKillWorld(t, program)
	died := 0
	longest := 50 * time.Millisecond // of an undisturbed run, on this machine
	for i := range kills {
		killed.change(t, i)
		calm.change(t, i)
		if killed.syncAndKill(t, rand.N(longest*5/4)) {
			died++
		}
		if i%10 == 9 {
			killed.sync(t)
			began := time.Now()
			calm.sync(t)
			longest = min(time.Since(began), time.Second)
			killed.compare(t, calm, i)
		}
	}
	if died < kills/10 {
		t.Errorf("only %d of %d runs were killed at work: this test tests little", died, kills)
	}
	t.Logf("%d of %d runs were killed at work", died, kills)
}

func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "followup")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// killWorld is one calendar file, one state and one target file.
type killWorld struct{ dir, program string }

func newKillWorld(t *testing.T, program string) *killWorld {
	t.Helper()
	w := &killWorld{t.TempDir(), program}
	config := "me: {emails: [nina@vogt.example], timezone: Europe/Berlin}\n" +
		"sources: [{name: mine, kind: ics, location: cal.ics}]\n" +
		"target: {kind: ics, path: followups.ics}\n"
	w.write(t, "config.yaml", []byte(config))
	return w
}

func (w *killWorld) write(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// change writes the calendar as it is in round i: interviews come, move and are
// cancelled, the same in every world.
func (w *killWorld) change(t *testing.T, i int) {
	t.Helper()
	var c ics.Calendar
	base := time.Date(2026, time.November, 25, 9, 0, 0, 0, time.UTC)
	for n := range 4 {
		e := calendar.Event{
			UID: fmt.Sprintf("interview-%d@example", n), Sequence: i,
			Summary:     fmt.Sprintf("Interview with Company%c - Data Engineer", 'A'+n),
			Description: "Your interview for the Data Engineer position. You will be meeting with Ana Ruiz and Ben Okafor.",
			Start:       base.AddDate(0, 0, n).Add(time.Duration(i%7) * time.Hour),
			TimeZone:    "UTC", Status: calendar.StatusConfirmed,
			Organizer: calendar.Person{Name: "Dana Reyes", Email: fmt.Sprintf("dana@company%c.example", 'a'+n)},
			Attendees: []calendar.Person{{Email: "nina@vogt.example"}},
			Updated:   base.Add(time.Duration(i) * time.Minute),
		}
		e.End = e.Start.Add(time.Hour)
		if (i/5+n)%6 == 0 {
			e.Status = calendar.StatusCancelled
		}
		c.Events = append(c.Events, e)
	}
	var text bytes.Buffer
	if err := ics.Write(&text, c); err != nil {
		t.Fatal(err)
	}
	w.write(t, "cal.ics", text.Bytes())
}

func (w *killWorld) command() *exec.Cmd {
	cmd := exec.Command(w.program, "sync", "--config", filepath.Join(w.dir, "config.yaml"), "--state", filepath.Join(w.dir, "state.db"), "--now", "2026-11-24T09:00:00+01:00")
	cmd.Env = []string{"HOME=" + w.dir}
	return cmd
}

// syncAndKill tells whether the run was still at work when it was killed.
func (w *killWorld) syncAndKill(t *testing.T, after time.Duration) bool {
	t.Helper()
	cmd := w.command()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	_ = cmd.Process.Signal(syscall.SIGKILL) // it may have ended
	err := cmd.Wait()
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	return err != nil && ok && status.Signaled()
}

// sync runs until the end. A plan that the guard stops is confirmed: after many
// killed runs much may have piled up.
func (w *killWorld) sync(t *testing.T) {
	t.Helper()
	for range 3 {
		cmd := w.command()
		var errOut bytes.Buffer
		cmd.Stderr = &errOut
		err := cmd.Run()
		if err == nil {
			return
		}
		_, token, found := strings.Cut(errOut.String(), "--confirm ")
		if !found {
			t.Fatalf("sync: %v\n%s", err, &errOut)
		}
		confirm := w.command()
		confirm.Args = append(confirm.Args, "--confirm", strings.TrimSpace(token))
		if out, err := confirm.CombinedOutput(); err != nil {
			t.Fatalf("sync --confirm: %v\n%s", err, out)
		}
	}
}

// followUps are the follow-ups in the target by their key.
func (w *killWorld) followUps(t *testing.T) map[string]calendar.Event {
	t.Helper()
	f, err := os.Open(filepath.Join(w.dir, "followups.ics"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]calendar.Event{}
	report, err := ics.Read(f, ics.Options{}, func(e calendar.Event) error {
		if _, twice := out[e.UID]; twice {
			t.Errorf("%s stands twice", e.UID)
		}
		if e.Status != calendar.StatusCancelled {
			out[e.UID] = e
		}
		return nil
	})
	if err != nil || len(report.Skipped) > 0 {
		t.Fatalf("the target is not as it was written: %v, %v", err, report.Skipped)
	}
	return out
}

func (w *killWorld) compare(t *testing.T, calm *killWorld, round int) {
	t.Helper()
	got, want := w.byTitle(t), calm.byTitle(t)
	for k, e := range want {
		g, ok := got[k]
		if !ok {
			t.Fatalf("round %d: %q is lost", round, k)
		}
		if diff := calendar.FieldsOf(g).Diff(calendar.FieldsOf(e)); len(diff) > 0 {
			t.Errorf("round %d: %q differs in %v", round, k, diff)
		}
	}
	for k := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("round %d: %q is too many", round, k)
		}
	}
}

// byTitle tells follow-ups apart by what a person sees: which generation of a key
// an interview that was cancelled and confirmed again has reached depends on the
// runs that saw it.
func (w *killWorld) byTitle(t *testing.T) map[string]calendar.Event {
	t.Helper()
	out := map[string]calendar.Event{}
	for _, e := range w.followUps(t) {
		if _, twice := out[e.Summary]; twice {
			t.Errorf("%q stands twice", e.Summary)
		}
		out[e.Summary] = e
	}
	return out
}
