//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// TestWizard drives followup init in a terminal, key by key, as a person does.
func TestWizard(t *testing.T) {
	home := t.TempDir()
	calendar, err := filepath.Abs(filepath.Join(moduleRoot, "examples", "nurse.ics"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(buildProgram(t), "init")
	cmd.Env = []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home + "/.config", "XDG_STATE_HOME=" + home + "/.state", "TERM=xterm-256color", "TZ=UTC", "FOLLOWUP_NOW=2026-11-24T20:00:00-05:00", "PATH=" + home}
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	screen := &terminalScreen{}
	go screen.read(tty)
	const down, enter = "\x1b[B", "\r"
	for _, step := range []struct{ wait, keys string }{
		{"Where are your interviews?", down + enter},
		{"Paste the link", calendar + enter},
		{"Your name", " A." + enter},
		{"Your mail addresses", enter},
		{"Your time zone", enter},
		{"Where should the follow-ups go?", enter},
		{"The file's path", enter},
		{"How should the drafts sound?", down + enter},
		{"Run followup sync by itself", enter},
	} {
		screen.await(t, step.wait)
		time.Sleep(700 * time.Millisecond) // the form takes keys once it is drawn
		if _, err := tty.WriteString(step.keys); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("init: %v\n%s", err, screen.text())
	}
	config, err := os.ReadFile(filepath.Join(home, ".config", "followup", "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`name: "Gwen Albright A."`, "gwen.albright@gmail.example", `timezone: "America/New_York"`, `tone: "formal"`, "kind: ics"} {
		if !strings.Contains(string(config), want) {
			t.Errorf("the configuration has no %s:\n%s", want, config)
		}
	}
	if !strings.Contains(screen.text(), "look like interviews") {
		t.Errorf("it did not show what it found:\n%s", screen.text())
	}
}

// terminalScreen collects what a program writes to its terminal.
type terminalScreen struct {
	mu  gosync.Mutex
	all bytes.Buffer
}

func (s *terminalScreen) read(tty *os.File) {
	b := make([]byte, 4096)
	for {
		n, err := tty.Read(b)
		s.mu.Lock()
		s.all.Write(b[:n])
		s.mu.Unlock()
		if err != nil {
			return
		}
		// A form asks the terminal for its colour and where the cursor is; a person's
		// terminal answers.
		if bytes.Contains(b[:n], []byte("\x1b]11;?")) {
			_, _ = tty.WriteString("\x1b]11;rgb:0000/0000/0000\x07")
		}
		if bytes.Contains(b[:n], []byte("\x1b[6n")) {
			_, _ = tty.WriteString("\x1b[1;1R")
		}
	}
}

func (s *terminalScreen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.String()
}

func (s *terminalScreen) await(t *testing.T, text string) {
	t.Helper()
	for range 300 {
		if strings.Contains(s.text(), text) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("it did not ask %q; the screen:\n%s", text, s.text())
}
