package webcal

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"strconv"
	"time"

	"followup/calendar"
)

// conditionKey carries the cursor to the redirect rule.
type conditionKey struct{}

// condition makes the request conditional when it goes to the URL that the
// cursor's validators belong to, and unconditional when it does not.
func (c cursor) condition(r *http.Request) {
	r.Header.Del("If-None-Match")
	r.Header.Del("If-Modified-Since")
	if c.Final == "" || c.Final != urlHash(r.URL) {
		return
	}
	if c.ETag != "" {
		r.Header.Set("If-None-Match", c.ETag)
	}
	if c.Modified != "" {
		r.Header.Set("If-Modified-Since", c.Modified)
	}
}

func (c cursor) conditional() bool { return c.Final != "" && (c.ETag != "" || c.Modified != "") }

// fetch asks for the URL. Of all the answers only 200 and the 304 that was asked
// for count: 204 and 206 are no calendars.
func (s *Source) fetch(ctx context.Context, cur cursor) (input, error) {
	if wait := s.notBefore.Sub(s.o.Now()); wait > 0 {
		return input{}, s.fail("the server asked not to be called for another %v; its follow-ups were left alone", wait.Round(time.Second))
	}
	ctx = context.WithValue(ctx, conditionKey{}, cur)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url.String(), nil)
	if err != nil {
		return input{}, s.fail("%w", redact(err))
	}
	r.Header.Set("Accept", "text/calendar, text/plain;q=0.5, */*;q=0.1")
	r.Header.Set("User-Agent", "followup (calendar reader)")
	cur.condition(r)
	resp, err := s.client.Do(r)
	if err != nil {
		return input{}, s.unreachable(err)
	}
	if resp.StatusCode == http.StatusOK {
		return s.answer(resp, cur), nil
	}
	resp.Body.Close()
	if resp.StatusCode == http.StatusNotModified && cur.conditional() && cur.Final == urlHash(resp.Request.URL) {
		return input{unchanged: true}, nil
	}
	return input{}, s.refused(resp)
}

// answer is a 200: what is in it decides whether it is a calendar.
func (s *Source) answer(resp *http.Response, cur cursor) input {
	in := input{body: resp.Body, remote: true}
	if _, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err == nil {
		in.charset = params["charset"]
	}
	final := resp.Request.URL
	in.next = cursor{
		Final:    urlHash(final),
		ETag:     validator(resp.Header.Get("ETag")),
		Modified: validator(resp.Header.Get("Last-Modified")),
	}
	if cur.Final != "" && cur.Final != in.next.Final {
		in.warnings = append(in.warnings, fmt.Sprintf("%s is now answered from another address (%s); check that it is still your calendar", s.title(), redactURL(final)))
	}
	return in
}

// refused says what another status means and what to do about it.
func (s *Source) refused(resp *http.Response) error {
	code := resp.StatusCode
	const alone = "its follow-ups were left alone"
	switch {
	case code == http.StatusUnauthorized, code == http.StatusProxyAuthRequired:
		return s.fail("%w: the server answered %d; put the right user and password into its address (https://user:password@...) or copy the secret address anew", calendar.ErrAuth, code)
	case code == http.StatusForbidden:
		return s.fail("the server answered 403 (forbidden); %s; check that the calendar is still shared and copy its address anew", alone)
	case code == http.StatusNotFound, code == http.StatusGone:
		return s.fail("the server answered %d (no such calendar); %s; its address was probably reset: copy it anew from the calendar's settings", code, alone)
	case code == http.StatusNoContent, code == http.StatusPartialContent, code == http.StatusResetContent:
		return s.fail("the server answered %d, which is no whole calendar; %s; try again later with followup sync", code, alone)
	case code == http.StatusNotModified:
		return s.fail("the server answered 304 (not modified) to a question that it was not asked; %s; try again later with followup sync", alone)
	case code == http.StatusTooManyRequests, code >= 500:
		again := "later"
		if wait := retryAfter(resp.Header.Get("Retry-After"), s.o.Now()); wait > 0 {
			s.notBefore = s.o.Now().Add(wait)
			again = fmt.Sprintf("in %v", wait.Round(time.Second))
		}
		return s.fail("the server answered %d; %s; try again %s with followup sync", code, alone, again)
	}
	return s.fail("the server answered %d, which is not understood; %s; check the address in a browser", code, alone)
}

// retryAfter reads RFC 9110 section 10.2.3, at most a day.
func retryAfter(v string, now time.Time) time.Duration {
	var d time.Duration
	if n, err := strconv.Atoi(v); err == nil {
		d = time.Duration(min(n, 86400)) * time.Second
	} else if t, err := http.ParseTime(v); err == nil {
		d = t.Sub(now)
	}
	return max(0, min(d, 24*time.Hour))
}

// unreachable says why there was no answer.
func (s *Source) unreachable(err error) error {
	for _, rule := range []error{errPrivate, errDowngrade, errRedirects, errScheme} {
		if errors.Is(err, rule) {
			return s.fail("%w", rule)
		}
	}
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return s.fail("there is no host %s; check the address and the network", dns.Name)
	}
	return s.fail("no answer: %w; its follow-ups were left alone; check the network and try again with followup sync", redact(err))
}
