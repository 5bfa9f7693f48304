package caldav

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"followup/calendar"
)

// The bounds of Options that are zero.
const (
	DefaultTimeout  = 60 * time.Second
	DefaultMaxBytes = 64 << 20
)

// Options say where the calendars are and who asks.
type Options struct {
	// URL is the address of a calendar collection, of a server or anything on it,
	// a domain, or a mail address whose domain has CalDAV (RFC 6764). Source and
	// Target with an empty address use it.
	URL      string
	Username string // "" asks without a login; a mail address in URL stands in for it
	Secret   Secret // the password: an app password with most hosted services

	CertFile, KeyFile string // client certificate and its key, PEM; both or none

	Timeout   time.Duration     // of one request; 0 is DefaultTimeout
	MaxBytes  int64             // of one reply; 0 is DefaultMaxBytes
	UserAgent string            // "" is "followup"
	Transport http.RoundTripper // nil is the standard one
	Resolver  Resolver          // nil is the system's
}

// Resolver looks up the records of RFC 6764; net.Resolver is one.
type Resolver interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// Client is one account on one server. It may be used by several goroutines.
type Client struct {
	start    *url.URL // nil when only a domain is known
	domain   string   // to be looked up when start is nil
	auth     *auth
	http     *http.Client
	resolver Resolver
	timeout  time.Duration
	maxBytes int64
	agent    string
	retry    retry
	slow     time.Duration // of a batch, before everything is asked for at once
	own      *conn
}

// Open checks the options and reads the secret; it sends nothing. A plain http
// address is refused unless it is on this machine.
func Open(ctx context.Context, o Options) (*Client, error) {
	c := &Client{timeout: o.Timeout, maxBytes: o.MaxBytes, agent: o.UserAgent, resolver: o.Resolver, retry: newRetry(), slow: slowBatch}
	if c.timeout <= 0 {
		c.timeout = DefaultTimeout
	}
	if c.maxBytes <= 0 {
		c.maxBytes = DefaultMaxBytes
	}
	if c.agent == "" {
		c.agent = "followup"
	}
	if c.resolver == nil {
		c.resolver = net.DefaultResolver
	}
	if err := c.setAddress(o.URL, &o.Username); err != nil {
		return nil, err
	}
	password := ""
	if o.Username != "" {
		var err error
		if password, err = o.Secret.Read(ctx); err != nil {
			return nil, err
		}
	}
	c.auth = &auth{user: o.Username, password: password}
	transport, err := transportFor(o)
	if err != nil {
		return nil, err
	}
	c.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	c.own = c.conn()
	return c, nil
}

// setAddress takes apart what the user gave as an address.
func (c *Client) setAddress(address string, user *string) error {
	address = strings.TrimSpace(address)
	if address == "" {
		return fmt.Errorf("CalDAV needs an address: the URL of the calendar or of its server")
	}
	if !strings.Contains(address, "://") {
		name, domain, mail := strings.Cut(address, "@")
		if !mail {
			domain = name
		} else if *user == "" {
			*user = address
		}
		if domain == "" || strings.ContainsAny(domain, "/ @") {
			return fmt.Errorf("%q is no CalDAV address: give an https:// URL, a domain or a mail address", address)
		}
		c.domain = domain
		return nil
	}
	u, err := parseURL(address)
	if err != nil {
		return err
	}
	c.start = u
	return nil
}

// parseURL reads an address that the user gave, and refuses what would send or
// store a password in the open. Its errors never repeat one.
func parseURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the CalDAV address is no URL: check it for blanks and stray %% signs")
	}
	switch u.Scheme = strings.ToLower(u.Scheme); u.Scheme {
	case "caldavs":
		u.Scheme = "https"
	case "caldav":
		u.Scheme = "http"
	}
	if u.User != nil {
		return nil, fmt.Errorf("the CalDAV address of %s has a login in it: move it to username and password_file", u.Hostname())
	}
	if u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("%q is no CalDAV address: it must begin with https://", address)
	}
	if err := secure(u); err != nil {
		return nil, err
	}
	u.Fragment = ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// transportFor is the standard transport with the client certificate, if any.
func transportFor(o Options) (http.RoundTripper, error) {
	if o.Transport != nil {
		return o.Transport, nil
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	if o.CertFile == "" && o.KeyFile == "" {
		return t, nil
	}
	cert, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("the client certificate can't be used: %w", err)
	}
	t.TLSClientConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	return t, nil
}

// Requests tells how many requests the client made by itself, for discovery and
// checks; sources and targets count their own.
func (c *Client) Requests() calendar.Requests { return c.own.Requests() }

// conn is a client with a count of its own.
type conn struct {
	c             *Client
	reads, writes atomic.Int64
}

func (c *Client) conn() *conn { return &conn{c: c} }

// Requests tells how many requests were made, repeated and redirected ones too.
func (k *conn) Requests() calendar.Requests {
	return calendar.Requests{Read: int(k.reads.Load()), Write: int(k.writes.Load())}
}
