package google

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"followup/calendar"
)

const (
	maxBody     = 64 << 20 // of one answer; a page of 2,500 events has a few MiB
	maxAttempts = 6        // about 15 s at a server that is down
	maxLimited  = 7        // about 30 s: quotas are counted by the minute
	maxDials    = 3        // without a connection: a laptop that is offline is told so soon
	maxHangs    = 2        // without an answer in time
	maxBackoff  = 32 * time.Second
)

var (
	errTooLarge  = errors.New("answer too large")
	errRedirect  = errors.New("redirect refused")
	errNotEvents = errors.New("not an answer of the Calendar API")
)

// caller makes the calls of one source or target: counts them, retries them and
// says what became of them.
type caller struct {
	a *Account

	mu    sync.Mutex
	count calendar.Requests
}

// Requests tells how many calls of the API were made, retries among them.
// Requests for access tokens don't count.
func (c *caller) Requests() calendar.Requests {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count
}

func (c *caller) read(ctx context.Context, call func(context.Context) error) error {
	return c.do(ctx, calendar.Requests{Read: 1}, call)
}

func (c *caller) write(ctx context.Context, call func(context.Context) error) error {
	return c.do(ctx, calendar.Requests{Write: 1}, call)
}

// do makes the call until it succeeds, fails for good or has used up its budget.
// The client library makes exactly one attempt and waits for ever.
func (c *caller) do(ctx context.Context, one calendar.Requests, call func(context.Context) error) error {
	began := time.Now()
	lost, renewed := false, false
	for attempt := 0; ; attempt++ {
		access, err := c.attempt(ctx, one, call)
		if err == nil {
			c.a.weary.Store(false)
			return nil
		}
		v := judge(err, time.Now()) // the real clock: Retry-After may be a date
		lost = lost || v.lost
		wait := backoff(c.a.o.Backoff, attempt, v.wait)
		switch {
		case ctx.Err() != nil:
			return stopped(ctx, v, lost)
		case v.login && !renewed:
			renewed = true
			c.a.tokens.spent(access)
			continue
		case !v.retry:
			return &failure{verdict: v, lost: lost}
		case attempt+1 >= c.attempts(v) || time.Since(began)+wait > c.a.o.RetryBudget:
			c.a.weary.Store(true)
			return &failure{verdict: exhausted(v), lost: lost}
		}
		c.a.o.Log.Debug("google calendar: trying again", "after", wait.Round(time.Millisecond), "because", v.err)
		if err := sleep(ctx, wait); err != nil {
			return stopped(ctx, v, lost)
		}
	}
}

// attempts is how often a call is made at most. After one that was in vain the
// next ones are made twice, until one succeeds: patience is for the server, not
// for each event.
func (c *caller) attempts(v verdict) int {
	switch {
	case c.a.weary.Load():
		return 2
	case v.away:
		return maxDials
	case errors.Is(v.err, context.DeadlineExceeded):
		return maxHangs
	case v.limit:
		return maxLimited
	}
	return maxAttempts
}

func stopped(ctx context.Context, v verdict, lost bool) error {
	v.err = fmt.Errorf("stopped: %w", context.Cause(ctx))
	return &failure{verdict: v, lost: lost}
}

// attempt makes one request. The access token is seen to first, by itself: when
// it can't be had, the request was certainly not made.
func (c *caller) attempt(ctx context.Context, one calendar.Requests, call func(context.Context) error) (access string, err error) {
	if err := ctx.Err(); err != nil {
		return "", &tokenError{err: err}
	}
	tok, err := c.a.tokens.Token()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, c.a.o.Timeout)
	defer cancel()
	c.mu.Lock()
	c.count.Add(one)
	c.mu.Unlock()
	return tok.AccessToken, call(ctx)
}

// exhausted says what to do once there is no budget left. To a caller that was
// asked to come back later this is the end of the run, not another wait.
func exhausted(v verdict) verdict {
	switch {
	case v.wait > 0:
		v.err = fmt.Errorf("%w: %w; it asks to wait %s", calendar.ErrLimit, v.err, v.wait)
	case v.limit:
		v.err = fmt.Errorf("%w: %w; the next run goes on", calendar.ErrLimit, v.err)
	default:
		v.err = fmt.Errorf("%w; tried several times, try again later with followup sync", v.err)
	}
	return v
}

// backoff doubles with each attempt and is spread at random, so that many
// clients don't come back at once. What the server asks for is the least.
func backoff(base time.Duration, attempt int, asked time.Duration) time.Duration {
	d := min(base<<min(attempt, 10), maxBackoff)
	d = d/2 + rand.N(d/2+1)
	if asked > 0 {
		return asked + rand.N(base/4+1)
	}
	return d
}

// newClient returns an HTTP client for the API: signed in, with a limit on size,
// and deaf to redirects, which would carry the token to another host. Time is
// limited by the context of each attempt.
func newClient(base http.RoundTripper, src oauth2.TokenSource) *http.Client {
	return &http.Client{
		Transport:     &oauth2.Transport{Source: src, Base: limited{base}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirect },
	}
}

// newTransport keeps connections and bounds every phase of a request.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   2,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   15 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
	}
}

// limited bounds the size of answers.
type limited struct{ base http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.base.RoundTrip(r)
	if err == nil {
		resp.Body = &limitedBody{ReadCloser: resp.Body, left: maxBody}
	}
	return resp, err
}

type limitedBody struct {
	io.ReadCloser
	left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
