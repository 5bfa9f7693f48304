package webcal

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
)

// A feed's address is a password: whoever knows it reads the calendar. So an
// address is shown as scheme and host alone, in errors as in logs.

func redactURL(u *url.URL) string {
	out := u.Scheme + "://" + u.Host
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		out += "/..."
	}
	return out
}

var anyURL = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://[^\s"'<>]*`)

// redactText shortens every URL in the text to its scheme and host.
func redactText(text string) string {
	return anyURL.ReplaceAllStringFunc(text, func(s string) string {
		scheme, rest, _ := strings.Cut(s, "://")
		host, _, _ := strings.Cut(rest, "/")
		host, _, _ = strings.Cut(host, "?")
		if i := strings.LastIndexByte(host, '@'); i >= 0 {
			host = host[i+1:]
		}
		return scheme + "://" + host + "/..."
	})
}

// redacted is an error whose text tells no address. It unwraps to its cause, so
// that callers can still tell a passed deadline from a refused connection; the
// cause's own text is not to be printed.
type redacted struct {
	text  string
	cause error
}

func (e *redacted) Error() string { return e.text }
func (e *redacted) Unwrap() error { return e.cause }

// redact returns err with every address in its text shortened. A *url.Error,
// which repeats the whole address, gives way to what it wraps.
func redact(err error) error {
	for {
		var u *url.Error
		if !errors.As(err, &u) {
			break
		}
		err = u.Err
	}
	text := err.Error()
	if strings.Contains(text, "parse Location header") {
		text = "the server answered with a redirect that can't be read"
	}
	return &redacted{text: redactText(text), cause: err}
}
