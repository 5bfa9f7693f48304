package sync

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	gosync "sync"
	"time"

	"followup/calendar"
)

const (
	patience = 2 * time.Minute  // that one run waits in all for servers that ask to come back later
	longest  = 64 * time.Second // of one wait, unless the server names a longer one
)

// waiter waits for servers that ask to come back later, within one budget for
// the whole run.
type waiter struct {
	mu    gosync.Mutex
	left  time.Duration
	sleep func(context.Context, time.Duration) error
}

// take takes the wait from the budget, if it is still in it.
func (w *waiter) take(wait time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if wait > w.left {
		return false
	}
	w.left -= wait
	return true
}

// do calls f until it does not ask for patience any more. When the budget does
// not suffice it gives up with calendar.ErrLimit, so that the next run goes on.
func (w *waiter) do(ctx context.Context, f func() error) error {
	for try := 0; ; try++ {
		err := f()
		var later *calendar.RetryError
		if !errors.As(err, &later) {
			return err
		}
		wait := max(later.After, backoff(try))
		if !w.take(wait) {
			return fmt.Errorf("%w (%w)", calendar.ErrLimit, err)
		}
		if err := w.sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// backoff doubles from a second on, half of it chance, so that many machines do
// not come back at once.
func backoff(try int) time.Duration {
	d := min(time.Second<<min(try, 10), longest)
	return d/2 + rand.N(d/2)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
