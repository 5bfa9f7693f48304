package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"followup/calendar"
	"followup/calendar/ics"
	"followup/sync"
)

// reading is what came of reading every calendar that a command was given.
type reading struct {
	skipped  []calendar.Skipped
	warnings []string
	failed   []failure // the other calendars were read all the same
	count    int       // calendars
}

// failure is one calendar that could not be read.
type failure struct {
	source string
	err    error
}

// err is what the command ends with: partly done when some calendars were read,
// the error itself when none was.
func (r reading) err() error {
	switch {
	case len(r.failed) == 0:
		return nil
	case len(r.failed) == r.count && r.count == 1:
		return r.failed[0].err
	case len(r.failed) == r.count:
		return &exitError{exitFailed, nil}
	}
	return &exitError{exitPartial, nil}
}

// read reads the calendars that the arguments name, or those of the
// configuration when there are none, and hands every event to emit.
func (a *app) read(ctx context.Context, args []string, o ics.Options, emit func(calendar.Event) error) (reading, error) {
	inputs, err := a.inputs(ctx, args, o)
	if err != nil {
		return reading{}, err
	}
	r := reading{count: len(inputs)}
	p := a.progress()
	defer p.done()
	for _, in := range inputs {
		if err := in.read(ctx, &r, p.counting(in.name, emit)); err != nil {
			var emitted *emitError
			if errors.As(err, &emitted) {
				return r, emitted.err
			}
			r.failed = append(r.failed, failure{in.name, err})
		}
	}
	if len(r.failed) > 0 && r.count > 1 {
		for _, f := range r.failed {
			fmt.Fprintf(a.errOut, "followup: %v\n", f.err)
		}
	}
	for _, w := range r.warnings {
		a.warn("%s", w)
	}
	return r, nil
}

// input is one calendar to read.
type input struct {
	name string
	read func(ctx context.Context, r *reading, emit func(calendar.Event) error) error
}

// emitError is an error of the receiver, not of the calendar.
type emitError struct{ err error }

func (e *emitError) Error() string { return e.err.Error() }

// inputs finds out what to read.
func (a *app) inputs(ctx context.Context, args []string, o ics.Options) ([]input, error) {
	var out []input
	for _, arg := range args {
		out = append(out, a.location(argName(arg), arg, o, 0))
	}
	if len(args) > 0 {
		return out, nil
	}
	cfg, err := a.config()
	if err != nil {
		return nil, err
	}
	if len(cfg.Sources) == 0 {
		return nil, a.noSources(cfg, true)
	}
	open := a.calendars(cfg)
	for _, s := range cfg.Sources {
		if s.Kind == "ics" {
			out = append(out, a.location(s.Name, s.Location, o, s.MaxBytes))
			continue
		}
		o.Source = s.Name
		source, err := open.source(ctx, s, o, true)
		if err != nil {
			source = broken{err}
		}
		out = append(out, input{s.Name, sourceReader(s.Name, source)})
	}
	return out, nil
}

// location reads a path or standard input as a stream, and a URL as a source.
func (a *app) location(name, where string, o ics.Options, maxBytes int64) input {
	o.Source = name
	if strings.Contains(where, "://") {
		return input{name, sourceReader(name, a.webcal(name, where, o, maxBytes))}
	}
	o.MaxBytes = maxBytes
	return input{name, func(_ context.Context, r *reading, emit func(calendar.Event) error) error {
		file, err := a.open(where)
		if err != nil {
			return err
		}
		defer file.Close()
		return stream(name, file, o, r, emit)
	}}
}

// argName is what a SOURCE argument is called: itself, or the host of a URL, whose
// path may be a secret.
func argName(arg string) string {
	if u, err := url.Parse(arg); err == nil && u.Host != "" {
		return u.Host
	}
	return arg
}

// open opens a path, or standard input for "-".
func (a *app) open(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(a.in), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the calendar can't be read: %w", err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, fmt.Errorf("%s is a folder: name an .ics file in it", path)
	}
	return f, nil
}

// stream reads iCalendar text event by event, so that memory stays flat.
func stream(name string, text io.Reader, o ics.Options, r *reading, emit func(calendar.Event) error) error {
	report, err := ics.Read(text, o, func(e calendar.Event) error {
		if err := emit(e); err != nil {
			return &emitError{err}
		}
		return nil
	})
	r.skipped = append(r.skipped, report.Skipped...)
	for _, w := range report.Warnings {
		r.warnings = append(r.warnings, name+": "+w)
	}
	var emitted *emitError
	if err != nil && !errors.As(err, &emitted) {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return err
}

// sourceReader reads everything that a source has.
func sourceReader(name string, s sync.Source) func(context.Context, *reading, func(calendar.Event) error) error {
	return func(ctx context.Context, r *reading, emit func(calendar.Event) error) error {
		changes, err := s.Changes(ctx, "")
		if err != nil {
			return err
		}
		r.skipped = append(r.skipped, changes.Skipped...)
		for _, w := range changes.Warnings {
			r.warnings = append(r.warnings, name+": "+w)
		}
		for _, item := range changes.Items {
			if err := emit(item.Event); err != nil {
				return &emitError{err}
			}
		}
		return nil
	}
}

// all reads every event into memory.
func (a *app) all(ctx context.Context, args []string, o ics.Options) ([]calendar.Event, reading, error) {
	var events []calendar.Event
	r, err := a.read(ctx, args, o, func(e calendar.Event) error {
		events = append(events, e)
		return nil
	})
	return events, r, err
}
