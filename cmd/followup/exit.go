package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"followup/calendar"
)

// The exit codes, which scripts rely on.
const (
	exitOK      = 0 // done, also: nothing to do
	exitFailed  = 1
	exitUsage   = 2 // bad usage or configuration
	exitPartial = 3 // a source or a write failed, the rest was done
	exitSignIn  = 4
	exitGuard   = 5 // the guard stopped the run
	exitLocked  = 6 // another run holds the lock
)

// exitError is an error with the code that the program ends with.
type exitError struct {
	code int
	err  error // nil: everything was said already
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usageError is an error in what the person typed or configured.
func usageError(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// finish reports the error, if any, and returns the exit code.
func (a *app) finish(err error) int {
	if err == nil {
		return exitOK
	}
	code := exitFailed
	var e *exitError
	switch {
	case errors.As(err, &e):
		code = e.code
		if e.err == nil {
			return code
		}
	case errors.Is(err, calendar.ErrAuth):
		code = exitSignIn
	case errors.Is(err, context.Canceled):
		err = errors.New("interrupted; what was done stands, and the next run goes on from there")
	}
	fmt.Fprintln(a.errOut, "followup: "+strings.TrimSpace(err.Error()))
	return code
}
