package caldav

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"followup/calendar"
)

// request is one request to be made, as often as it takes.
type request struct {
	method string
	url    *url.URL
	header map[string]string
	body   []byte
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   []byte
	url    *url.URL // that answered, after redirects
}

const maxRedirects = 5

var errTooLarge = errors.New("the answer is larger than is read here")

// refusal is an error of our own that trying again does not mend.
type refusal struct{ err error }

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// read makes a request that changes nothing, again when the failure may pass.
func (k *conn) read(ctx context.Context, r request) (*reply, error) {
	for done := 1; ; done++ {
		rep, err := k.do(ctx, r)
		if !k.c.retry.again(ctx, done, rep, err) {
			return rep, err
		}
	}
}

// do makes a request once: it follows redirects within the site and answers one
// digest challenge. A status is no error, but for a refused login.
func (k *conn) do(ctx context.Context, r request) (*reply, error) {
	if k.c.auth.lockedOut() {
		return nil, &refusal{fmt.Errorf("%s refused the login a moment ago: %w; it is not tried again so soon", r.url.Hostname(), calendar.ErrAuth)}
	}
	u, challenged := r.url, false
	for hops := 0; ; {
		rep, err := k.once(ctx, r, u)
		if err != nil {
			return nil, err
		}
		switch {
		case rep.status == http.StatusUnauthorized:
			if challenged || !k.c.auth.learn(u, rep.header) {
				k.c.auth.refuse()
				return nil, &refusal{k.refusedLogin(u)}
			}
			challenged = true
		case redirects(rep):
			if hops++; hops > maxRedirects {
				return nil, &refusal{fmt.Errorf("%s redirects more than %d times", r.url.Hostname(), maxRedirects)}
			}
			if u, err = k.follow(u, rep); err != nil {
				return nil, &refusal{err}
			}
			challenged = false
		default:
			return rep, nil
		}
	}
}

func (k *conn) refusedLogin(u *url.URL) error {
	if k.c.auth.user == "" {
		return fmt.Errorf("%s wants a login: %w; set username and password_file, or run followup auth caldav", u.Hostname(), calendar.ErrAuth)
	}
	return fmt.Errorf("%s refused the user name or password: %w; hosted services mostly want an app password: make one there, then run followup auth caldav",
		u.Hostname(), calendar.ErrAuth)
}

func redirects(rep *reply) bool {
	switch rep.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return rep.header.Get("Location") != ""
	}
	return false
}

// follow resolves a redirect. The method and body stay as they are, as WebDAV
// clients need it; another site gets no request at all, since it would get the
// login or refuse us.
func (k *conn) follow(from *url.URL, rep *reply) (*url.URL, error) {
	to, err := from.Parse(rep.header.Get("Location"))
	if err != nil {
		return nil, fmt.Errorf("%s redirects to an address that can't be read", from.Hostname())
	}
	to.User, to.Fragment = nil, ""
	return to, k.c.trust(from, to)
}

// trust tells whether the login may go where a server points to.
func (c *Client) trust(from, to *url.URL) error {
	if sameSite(from, to) {
		return nil
	}
	return fmt.Errorf("%s points to %s, another site, which does not get the login; if you trust it, use that address in the config", from.Host, origin(to))
}

// once makes one exchange with one host.
func (k *conn) once(ctx context.Context, r request, u *url.URL) (*reply, error) {
	if err := secure(u); err != nil {
		return nil, &refusal{err}
	}
	ctx, cancel := context.WithTimeout(ctx, k.c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, r.method, u.String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, &refusal{fmt.Errorf("%s: the request can't be made", u.Hostname())}
	}
	req.Header.Set("User-Agent", k.c.agent)
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	if err := k.c.auth.sign(req); err != nil {
		return nil, &refusal{err}
	}
	k.count(r.method)
	res, err := k.c.http.Do(req)
	if err != nil {
		return nil, k.netError(u, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, k.c.maxBytes+1))
	if err != nil {
		return nil, k.netError(u, err)
	}
	if int64(len(body)) > k.c.maxBytes {
		return nil, fmt.Errorf("%s: %w (%d bytes)", u.Hostname(), errTooLarge, k.c.maxBytes)
	}
	return &reply{status: res.StatusCode, header: res.Header, body: body, url: u}, nil
}

func (k *conn) count(method string) {
	switch method {
	case http.MethodPut, http.MethodDelete, "MKCALENDAR", http.MethodPost, "PROPPATCH":
		k.writes.Add(1)
	default:
		k.reads.Add(1)
	}
}

// netError says what failed on the way, without the address's path and query,
// which some services use as a secret.
func (k *conn) netError(u *url.URL, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var cert *tls.CertificateVerificationError
	if errors.As(err, &cert) {
		return &refusal{fmt.Errorf("the certificate of %s can't be trusted: %w; if it is by an authority of your own, name that in SSL_CERT_FILE", u.Host, cert.Err)}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s did not answer within %s: %w", u.Host, k.c.timeout, err)
	}
	return &scrubbed{text: k.c.auth.scrub(fmt.Sprintf("%s can't be reached: %v", u.Host, err)), err: err}
}

// scrubbed is an error whose text has had the secrets taken out.
type scrubbed struct {
	text string
	err  error
}

func (s *scrubbed) Error() string { return s.text }
func (s *scrubbed) Unwrap() error { return s.err }

// StatusError is an answer that says no.
type StatusError struct {
	Method    string
	Host      string
	Code      int    // HTTP status
	Condition string // the precondition that failed (RFC 4918 section 16), without its namespace
	Message   string // what the server adds, cut short
	href      string // that a no-uid-conflict names
	is        error
}

// Error tells who said no to what, and what the server adds.
func (e *StatusError) Error() string {
	text := fmt.Sprintf("%s answered %d to %s", e.Host, e.Code, e.Method)
	if e.Condition != "" {
		text += " (" + e.Condition + ")"
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.is != nil && e.Code != http.StatusNotFound && e.Code != http.StatusGone {
		text += ": " + e.is.Error()
	}
	return text
}

// Unwrap returns the error of package calendar that the status means, or nil.
func (e *StatusError) Unwrap() error { return e.is }

// statusError makes the error of an answer.
func (k *conn) statusError(method string, rep *reply, is error) error {
	if rep.status == http.StatusTooManyRequests || rep.status == http.StatusServiceUnavailable && rep.header.Get("Retry-After") != "" {
		return limited(rep.url.Hostname(), rep)
	}
	e := &StatusError{Method: method, Host: rep.url.Hostname(), Code: rep.status, is: is}
	if d, ok := parseError(rep.body); ok {
		e.Condition, e.href = d.condition, d.href
		e.Message = tidy(k.c.auth.scrub(d.message))
	}
	return e
}

// tidy makes one short printable line of what a server says.
func tidy(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "..."
	}
	return s
}
