// Command followup turns a job seeker's calendar into well-timed follow-ups.
//
// One file holds one command; wire.go is the one place that knows every part.
//
// Output follows three rules. Standard output is the answer and nothing else.
// Standard error is everything else: warnings, progress on a terminal, and the
// one line that says why a run failed and what to do next. The exit code says
// how it went: see the exit constants.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program: it returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	a := &app{in: in, out: out, errOut: errOut}
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	return a.finish(err)
}
