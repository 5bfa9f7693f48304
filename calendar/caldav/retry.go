package caldav

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"followup/calendar"
)

// retry says how often and after how long a request is made again.
type retry struct {
	tries  int           // of one request
	base   time.Duration // wait after the first failure, doubled after each
	most   time.Duration // longest wait, of ours and of a Retry-After
	budget *budget       // of all requests of one client together
	sleep  func(context.Context, time.Duration) error
}

func newRetry() retry {
	return retry{tries: 4, base: 500 * time.Millisecond, most: 30 * time.Second, budget: &budget{}, sleep: sleep}
}

// budget bounds how often a client tries again, whatever it does: a server that
// is down gets budgetSize extra requests in budgetTime, and no more.
type budget struct {
	mu    sync.Mutex
	spent int
	since time.Time
}

const (
	budgetSize = 24
	budgetTime = 10 * time.Minute
)

func (b *budget) take(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.since) > budgetTime {
		b.spent, b.since = 0, now
	}
	b.spent++
	return b.spent <= budgetSize
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

// again waits before the next try and tells whether there is to be one. done is
// the number of tries made, rep the last answer or nil when there was none.
func (r retry) again(ctx context.Context, done int, rep *reply, err error) bool {
	if !passing(rep, err) || done >= r.tries || ctx.Err() != nil {
		return false
	}
	// A plain 500 is mostly the server's answer to this very request.
	if rep != nil && rep.status == http.StatusInternalServerError && done >= 2 {
		return false
	}
	wait := min(r.base<<(done-1), r.most)
	wait = wait/2 + rand.N(wait/2+1)
	if rep != nil {
		if asked, ok := retryAfter(rep.header, time.Now()); ok {
			if asked > r.most {
				return false
			}
			wait = max(wait, asked)
		}
	}
	if !r.budget.take(time.Now()) {
		return false
	}
	return r.sleep(ctx, wait) == nil
}

// passing tells whether a failure may pass by itself.
func passing(rep *reply, err error) bool {
	if err != nil {
		var refused *refusal
		return !errors.As(err, &refused) && !errors.Is(err, errTooLarge)
	}
	switch rep.status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusLocked,
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// retryAfter reads the header in both of its forms: RFC 9110 section 10.2.3.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	v := h.Get("Retry-After")
	if n, err := strconv.Atoi(v); err == nil && n >= 0 {
		return time.Duration(min(n, 1<<20)) * time.Second, true
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(t.Sub(now), 0), true
	}
	return 0, false
}

// limited is the error of a server that wants to be left alone.
func limited(host string, rep *reply) error {
	wait := ""
	if d, ok := retryAfter(rep.header, time.Now()); ok {
		wait = fmt.Sprintf(" and asks to wait %s", d.Round(time.Second))
	}
	return fmt.Errorf("%s answered %d%s: %w; the next run goes on", host, rep.status, wait, calendar.ErrLimit)
}
