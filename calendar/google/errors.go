package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"google.golang.org/api/googleapi"

	"followup/calendar"
)

// verdict is what one failed attempt means. Google tells by reason, not by
// status: a 403 is a quota, a missing scope or a calendar that can't be written
// to. https://developers.google.com/workspace/calendar/api/guides/errors
type verdict struct {
	status int
	reason string
	err    error // in words, for the user

	retry bool          // the same request may succeed later
	limit bool          // what is used up is a limit of Google's
	wait  time.Duration // as Retry-After asks, 0 without
	lost  bool          // the request may have been carried out
	away  bool          // there was no connection
	login bool          // the access token was refused
}

// failure is the end of a call: the last verdict, and whether any attempt before
// may have been carried out unseen.
type failure struct {
	verdict
	lost bool
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func judge(err error, now time.Time) verdict {
	var token *tokenError
	if errors.As(err, &token) {
		return verdict{err: token.err, retry: token.transient}
	}
	var v verdict
	var api *googleapi.Error
	switch {
	case errors.As(err, &api):
		v = judgeAnswer(api, now)
	case errors.Is(err, calendar.ErrAuth):
		return verdict{err: err}
	default:
		v = judgeTransport(err)
	}
	var once *onceError
	if v.lost && v.status != http.StatusServiceUnavailable && errors.As(err, &once) {
		v.retry = false
	}
	return v
}

// judgeTransport looks at a request without a usable answer. Only an error
// before the request was written proves that it was not carried out, and
// net/http does not tell those apart but for a refused connection.
func judgeTransport(err error) verdict {
	v := verdict{retry: true, lost: true}
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	var op interface{ Timeout() bool }
	switch {
	case errors.Is(err, errTooLarge):
		v.retry = false
		v.err = fmt.Errorf("the answer from Google is larger than %d MiB", maxBody>>20)
	case errors.Is(err, errRedirect):
		v.retry, v.lost = false, false
		v.err = errors.New("the calendar address answered with a redirect, which is not followed: it would carry the sign-in elsewhere; check google.endpoint")
	case errors.As(err, &syntax), errors.As(err, &typ), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, errNotEvents):
		v.err = errors.New("the answer from Google was cut off or is not its own")
	case errors.Is(err, context.Canceled):
		v.retry = false
		v.err = context.Canceled
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &op) && op.Timeout():
		v.err = fmt.Errorf("no answer from Google in time: %w", context.DeadlineExceeded)
	default:
		v.away = refused(err)
		v.lost = !v.away
		v.err = fmt.Errorf("no connection to Google Calendar: %w", bare(err))
	}
	return v
}

func judgeAnswer(api *googleapi.Error, now time.Time) verdict {
	v := verdict{status: api.Code, reason: reasonOf(api), wait: retryAfter(api.Header, now)}
	said := fmt.Sprintf("Google answered %d", api.Code)
	if v.reason != "" {
		said += " " + v.reason
	}
	if m := plain(api.Message, 160); m != "" {
		said += ": " + m
	}
	v.err = errors.New(said)
	switch {
	case api.Code == http.StatusUnauthorized:
		v.login = true
		v.err = fmt.Errorf("%w: Google does not accept the sign-in any more; run followup auth google", calendar.ErrAuth)
	case api.Code == http.StatusTooManyRequests:
		v.retry, v.limit = true, true
	case api.Code == http.StatusForbidden:
		judgeForbidden(&v)
	case api.Code == http.StatusRequestTimeout:
		v.retry, v.lost = true, true
	case api.Code >= 500:
		v.retry, v.lost = true, true
	}
	return v
}

func judgeForbidden(v *verdict) {
	switch v.reason {
	case "rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED":
		v.retry, v.limit = true, true
	case "quotaExceeded", "dailyLimitExceeded", "calendarLimitsExceeded":
		// Not the API's quota but the account's: it lasts for hours or longer.
		v.limit = true
		v.err = fmt.Errorf("%w: %w; nothing more is written in this run, the next one goes on", calendar.ErrLimit, v.err)
	case "insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientScopes":
		v.err = fmt.Errorf("%w: the sign-in at Google does not allow this (%s)", calendar.ErrAuth, v.reason)
	case "accessNotConfigured", "SERVICE_DISABLED":
		v.err = fmt.Errorf("the Google Calendar API is not switched on in the project of your client file; switch it on (docs/google.md, step 2) and try again")
	case "requiredAccessLevel":
		// Seen to pass by itself just after a calendar was made.
		v.err = fmt.Errorf("%w: %w", calendar.ErrReadOnly, v.err)
	case "forbidden", "forbiddenForNonOrganizer", "forbiddenForServiceAccounts", "calendarReadOnly":
		v.err = fmt.Errorf("%w: %w", calendar.ErrReadOnly, v.err)
	}
}

// reasonOf returns the machine-readable reason, from errors[] or from the newer
// envelope's details[].
func reasonOf(api *googleapi.Error) string {
	for _, e := range api.Errors {
		if e.Reason != "" {
			return plain(e.Reason, 60)
		}
	}
	for _, d := range api.Details {
		if m, ok := d.(map[string]any); ok {
			if r, ok := m["reason"].(string); ok && r != "" {
				return plain(r, 60)
			}
		}
	}
	return ""
}

// retryAfter reads RFC 9110 section 10.2.3: seconds or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	s := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseInt(s, 10, 32); err == nil && n > 0 {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil && t.After(now) {
		return t.Sub(now)
	}
	return 0
}

// refused tells whether the connection was never made, so that nothing can have
// been carried out.
func refused(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// bare drops the URL that net/http puts into its errors: it may name a calendar.
func bare(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		return ue.Err
	}
	return err
}

// plain makes a server's words fit for one line of a message.
func plain(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) && r != ' ' {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > limit {
		s = string(r[:limit]) + "…"
	}
	return strings.TrimSuffix(s, ".")
}

// onceError is the error of a call that must not be repeated when it may have been
// carried out, as after a 500: there is no id that would make a second one land on
// the first. 503 says that it was not.
type onceError struct{ err error }

func (e *onceError) Error() string { return e.err.Error() }
func (e *onceError) Unwrap() error { return e.err }

func onlyOnce(err error) error {
	if err == nil {
		return nil
	}
	return &onceError{err}
}
