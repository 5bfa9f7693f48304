package google

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Google's own addresses, used where Options has no override.
const (
	defaultEndpoint = "https://www.googleapis.com/calendar/v3/"
	defaultAuthURL  = "https://accounts.google.com/o/oauth2/v2/auth"
	defaultTokenURL = "https://oauth2.googleapis.com/token"
)

// Options say which account, and how patiently to talk to it.
type Options struct {
	ClientFile string // the OAuth client of type "Desktop app", or a service account's key, as downloaded
	TokenFile  string // where the sign-in is kept (0600); "keyring:NAME" keeps it in the system's keyring
	Subject    string // the user that a service account acts for (domain-wide delegation)

	// Overrides of Google's addresses; https, or http on a loopback address. With
	// any of them empty the client file's own, then Google's, are used.
	Endpoint, AuthURL, TokenURL string

	UserAgent   string
	Log         *slog.Logger      // nil: silent
	Transport   http.RoundTripper // nil: one of our own
	Timeout     time.Duration     // of one request; 0: 60 s
	RetryBudget time.Duration     // how long one call may be retried; 0: 2 min
	Backoff     time.Duration     // before the first retry, doubled for each further; 0: 500 ms
	WriteRate   float64           // writes a second in one calendar; 0: 10
	Now         func() time.Time  // nil: time.Now
}

func (o Options) withDefaults() Options {
	if o.UserAgent == "" {
		o.UserAgent = "followup"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	if o.Timeout <= 0 {
		o.Timeout = time.Minute
	}
	if o.RetryBudget <= 0 {
		o.RetryBudget = 2 * time.Minute
	}
	if o.Backoff <= 0 {
		o.Backoff = 500 * time.Millisecond
	}
	if o.WriteRate <= 0 {
		o.WriteRate = 10
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// endpoint returns the API's base URL with the trailing slash that the client
// library needs (without it the last path segment is silently dropped).
func (o Options) endpoint() (string, error) {
	if o.Endpoint == "" {
		return defaultEndpoint, nil
	}
	u, err := checkURL("google.endpoint", o.Endpoint)
	if err != nil {
		return "", err
	}
	switch {
	case u.Path == "" || u.Path == "/":
		u.Path = "/calendar/v3/"
	case !strings.HasSuffix(u.Path, "/"):
		u.Path += "/"
	}
	return u.String(), nil
}

// checkURL refuses an address to which a token would travel in the clear.
func checkURL(what, s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%s: %q is no address; write it like https://calendar.example/calendar/v3/", what, redactURL(s))
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s: %q must be a plain address, without a user, query or fragment", what, redactURL(s))
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && loopback(u.Hostname()):
	default:
		return nil, fmt.Errorf("%s: %q would send your sign-in unencrypted; use https (http only for 127.0.0.1, ::1 or localhost)", what, redactURL(s))
	}
	return u, nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// redactURL drops what may be secret in an address: user, query and fragment.
func redactURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "the given text"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// sleep waits for d or until the context ends.
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
