package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"followup/config"
)

// app is what every command shares: the streams, the global flags and what
// follows from them.
type app struct {
	in          io.Reader
	out, errOut io.Writer

	configFile string
	stateFile  string
	nowText    string
	format     string
	quiet      bool
	verbose    bool
	logFormat  string
	colorWhen  string

	now   time.Time
	clock func() time.Time // moves on from now as real time does
	log   *slog.Logger
	cfg   config.Config
	have  bool // cfg was loaded
}

// setup checks the global flags. It runs before every command.
func (a *app) setup() error {
	if err := oneOf("--format", a.format, "text", "json"); err != nil {
		return err
	}
	if err := oneOf("--log-format", a.logFormat, "text", "json"); err != nil {
		return err
	}
	if err := oneOf("--color", a.colorWhen, "auto", "always", "never"); err != nil {
		return err
	}
	if err := a.setNow(); err != nil {
		return err
	}
	level := slog.LevelWarn
	if a.verbose {
		level = slog.LevelDebug
	}
	opts := &slog.HandlerOptions{Level: level}
	if a.logFormat == "json" {
		a.log = slog.New(slog.NewJSONHandler(a.errOut, opts))
	} else {
		a.log = slog.New(slog.NewTextHandler(a.errOut, opts))
	}
	return nil
}

func oneOf(flag, value string, words ...string) error {
	for _, w := range words {
		if value == w {
			return nil
		}
	}
	return usageError("%s: unknown word %q%s", flag, value, suggest(value, words))
}

// suggest is "; did you mean ...?" for the nearest word, or the list of words.
func suggest(word string, words []string) string {
	if n := config.Nearest(word, words); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return "; it takes " + strings.Join(words, ", ")
}

// setNow makes the run behave as if it were --now, or FOLLOWUP_NOW.
func (a *app) setNow() error {
	real := time.Now()
	a.now, a.clock = real, time.Now
	text, from := a.nowText, "--now"
	if text == "" {
		text, from = os.Getenv("FOLLOWUP_NOW"), "FOLLOWUP_NOW"
	}
	if text == "" {
		return nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return usageError("%s: %q is no time; write it as 2026-11-24T09:00:00+01:00", from, text)
	}
	a.now = t
	a.clock = func() time.Time { return t.Add(time.Since(real)) }
	return nil
}

// config loads the configuration once. needed says that a command can't do
// without: then a missing file is an error.
func (a *app) config() (config.Config, error) {
	if a.have {
		return a.cfg, nil
	}
	c, err := config.Load(config.Options{File: a.configFile})
	if err != nil {
		return c, usageError("%w", err)
	}
	a.cfg, a.have = c, true
	return c, nil
}

// state is the state file's path.
func (a *app) state() string {
	if a.stateFile != "" {
		return a.stateFile
	}
	if s := os.Getenv("FOLLOWUP_STATE"); s != "" {
		return s
	}
	return config.DefaultState()
}

// warn says something on standard error unless --quiet.
func (a *app) warn(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintf(a.errOut, "followup: "+format+"\n", args...)
	}
}

// isTerminal tells whether a person sits at the input.
func isTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminal tells whether w is a terminal and how wide it is.
func terminal(w io.Writer) (width int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 20 {
		width = 80
	}
	return width, true
}
