package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"charm.land/huh/v2"
)

// asker puts questions to the person. On a terminal it is a form; elsewhere plain
// prompts, one line an answer, so that answers can be piped in.
type asker interface {
	// text asks for a line; an empty answer is def.
	text(ctx context.Context, question, def string) (string, error)
	// secret asks for a line that is not shown.
	secret(ctx context.Context, question string) (string, error)
	// choose asks for one of the options and returns its index; def is preselected.
	choose(ctx context.Context, question string, options []string, def int) (int, error)
	// confirm asks yes or no.
	confirm(ctx context.Context, question string, def bool) (bool, error)
}

// asker chooses how to ask.
func (a *app) asker() asker {
	if _, tty := terminal(a.out); tty && isTerminal(a.in) && os.Getenv("TERM") != "dumb" && os.Getenv("ACCESSIBLE") == "" {
		return form{a.in, a.out}
	}
	return &prompts{a.in, a.errOut}
}

// prompts asks line by line. It reads no byte too many: what follows an answer is
// for whoever asks next.
type prompts struct {
	in  io.Reader
	out io.Writer
}

// errNoAnswer is the end of the input in the middle of the questions.
var errNoAnswer = errors.New("the answers ended before the questions; give the rest as flags (--help lists them)")

func (p *prompts) line() (string, error) {
	var line []byte
	for b := make([]byte, 1); ; {
		n, err := p.in.Read(b)
		if n > 0 && b[0] == '\n' || err != nil && len(line) > 0 {
			return strings.TrimSpace(string(line)), nil
		}
		if errors.Is(err, io.EOF) {
			return "", errNoAnswer
		}
		if err != nil {
			return "", err
		}
		line = append(line, b[:n]...)
	}
}

func (p *prompts) text(_ context.Context, question, def string) (string, error) {
	fmt.Fprint(p.out, question)
	if def != "" {
		fmt.Fprintf(p.out, " [%s]", def)
	}
	fmt.Fprint(p.out, ": ")
	s, err := p.line()
	fmt.Fprintln(p.out)
	if s == "" {
		s = def
	}
	return s, err
}

func (p *prompts) secret(ctx context.Context, question string) (string, error) {
	return p.text(ctx, question, "")
}

func (p *prompts) choose(ctx context.Context, question string, options []string, def int) (int, error) {
	fmt.Fprintln(p.out, question)
	for i, o := range options {
		fmt.Fprintf(p.out, "  %d) %s\n", i+1, o)
	}
	for {
		s, err := p.text(ctx, "Number", strconv.Itoa(def+1))
		if err != nil {
			return 0, err
		}
		if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= len(options) {
			return n - 1, nil
		}
		fmt.Fprintf(p.out, "Please answer with a number from 1 to %d.\n", len(options))
	}
}

func (p *prompts) confirm(ctx context.Context, question string, def bool) (bool, error) {
	yes := map[bool]string{true: "yes", false: "no"}
	for {
		s, err := p.text(ctx, question, yes[def])
		if err != nil {
			return false, err
		}
		switch strings.ToLower(s) {
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
		fmt.Fprintln(p.out, "Please answer yes or no.")
	}
}

// form asks with full-width fields on a terminal.
type form struct {
	in  io.Reader
	out io.Writer
}

func (f form) run(ctx context.Context, field huh.Field) error {
	in := f.in
	// A form leaves a reader behind that takes the first keys of the next one; on a
	// terminal of its own it can't.
	if tty, err := os.Open("/dev/tty"); err == nil {
		defer tty.Close()
		in = tty
	}
	err := huh.NewForm(huh.NewGroup(field)).WithInput(in).WithOutput(f.out).RunWithContext(ctx)
	if errors.Is(err, huh.ErrUserAborted) {
		return context.Canceled
	}
	return err
}

func (f form) text(ctx context.Context, question, def string) (string, error) {
	s := def
	err := f.run(ctx, huh.NewInput().Title(question).Value(&s))
	s = strings.TrimSpace(s)
	if s == "" {
		s = def
	}
	return s, err
}

func (f form) secret(ctx context.Context, question string) (string, error) {
	var s string
	err := f.run(ctx, huh.NewInput().Title(question).EchoMode(huh.EchoModePassword).Value(&s))
	return strings.TrimSpace(s), err
}

func (f form) choose(ctx context.Context, question string, options []string, def int) (int, error) {
	n := def
	list := make([]huh.Option[int], len(options))
	for i, o := range options {
		list[i] = huh.NewOption(o, i)
	}
	err := f.run(ctx, huh.NewSelect[int]().Title(question).Options(list...).Value(&n))
	return n, err
}

func (f form) confirm(ctx context.Context, question string, def bool) (bool, error) {
	yes := def
	err := f.run(ctx, huh.NewConfirm().Title(question).Value(&yes))
	return yes, err
}
