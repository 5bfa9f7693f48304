package webcal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The rules on where a request may go. A calendar's address may lead anywhere by
// its name or by a redirect, to the router's page or to a cloud's metadata
// service as well. So the address is checked at the last moment, when the name
// was looked up and the connection is about to be made, and on every redirect
// again. Only the host that the user named may be at home.

const maxRedirects = 10

var (
	errPrivate   = errors.New("that address is inside this computer or its network, where a calendar from outside may not lead; if it is your own server, put its address into the config")
	errDowngrade = errors.New("the server leads from https to http, where others could read and change the calendar; ask for its https address")
	errRedirects = fmt.Errorf("the server leads on and on: more than %d redirects", maxRedirects)
	errScheme    = errors.New("the server leads to something that is no web address")
)

// guard decides which hosts a source may reach.
type guard struct {
	home string // the host that the user named and that may be private; "" for none

	mu      sync.Mutex
	proxies map[string]bool // host:port of the user's own proxies
}

// newClient returns a client that follows the rules.
func newClient(o Options, u *url.URL) *http.Client {
	g := &guard{proxies: map[string]bool{}}
	if o.Explicit {
		g.home = strings.ToLower(u.Hostname())
	}
	client := &http.Client{CheckRedirect: g.redirect}
	base := http.DefaultTransport
	if o.Client != nil && o.Client.Transport != nil {
		base = o.Client.Transport
	}
	t, ok := base.(*http.Transport)
	if !ok {
		client.Transport = base // a test's own; it dials nothing that we know of
		return client
	}
	t = t.Clone()
	t.DialContext = g.dial
	t.DialTLSContext = nil
	t.ForceAttemptHTTP2 = true
	t.MaxResponseHeaderBytes = 64 << 10
	t.ResponseHeaderTimeout = o.Timeout
	if t.Proxy != nil {
		t.Proxy = g.proxy(t.Proxy)
	}
	client.Transport = t
	return client
}

// proxy notes the proxies that the environment names: they are the user's own
// and may be private. What lies behind a proxy is the proxy's to guard, but for
// addresses that can be seen in the URL.
func (g *guard) proxy(next func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		p, err := next(r)
		if p == nil || err != nil {
			return p, err
		}
		if err := g.literal(r.URL.Hostname()); err != nil {
			return nil, err
		}
		port := p.Port()
		if port == "" {
			port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[p.Scheme]
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.proxies[net.JoinHostPort(p.Hostname(), port)] = true
		return p, nil
	}
}

// dial connects to a host, with the address checked after it was looked up.
func (g *guard) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	g.mu.Lock()
	own := g.proxies[addr]
	g.mu.Unlock()
	d := net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}
	if !own {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		d.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
			return g.check(host, address)
		}
	}
	return d.DialContext(ctx, network, addr)
}

// check tells whether a connection to address may be made in the name of host.
func (g *guard) check(host, address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return errPrivate
	}
	ip := ap.Addr().WithZone("").Unmap()
	if public(ip) {
		return nil
	}
	if g.home == "" || !strings.EqualFold(strings.TrimSuffix(host, "."), strings.TrimSuffix(g.home, ".")) {
		return errPrivate
	}
	// The user's own server, by its name: at home, but no name is meant to lead
	// to a metadata service. Whoever wants that writes the number.
	if _, err := netip.ParseAddr(host); err != nil && !athome(ip) {
		return errPrivate
	}
	return nil
}

// literal checks a host that is written as a number, or that is this computer by name.
func (g *guard) literal(host string) error {
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return nil
	}
	return g.check(host, netip.AddrPortFrom(ip, 0).String())
}

// redirect is the client's CheckRedirect: it bounds the chain, refuses to leave
// https, and takes along nothing that belongs to the host that is left.
func (g *guard) redirect(r *http.Request, via []*http.Request) error {
	last := via[len(via)-1]
	switch {
	case len(via) > maxRedirects:
		return errRedirects
	case r.URL.Scheme != "http" && r.URL.Scheme != "https":
		return errScheme
	case last.URL.Scheme == "https" && r.URL.Scheme != "https":
		return errDowngrade
	}
	r.Header.Del("Referer") // it would tell the secret address to the next host
	if !strings.EqualFold(r.URL.Host, last.URL.Host) {
		r.Header.Del("Authorization")
		r.Header.Del("Cookie")
	}
	if c, ok := r.Context().Value(conditionKey{}).(cursor); ok {
		c.condition(r)
	}
	return nil
}

// blocked are ranges that are not public besides those which netip knows, and the
// metadata services of clouds that hide in public ranges.
var blocked = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // RFC 6598
	netip.MustParsePrefix("168.63.129.16/32"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), // RFC 2544
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b:1::/48"), // RFC 8215
	netip.MustParsePrefix("fec0::/10"),
}

var (
	nat64   = netip.MustParsePrefix("64:ff9b::/96")
	sixTo4  = netip.MustParsePrefix("2002::/16")
	carrier = netip.MustParsePrefix("100.64.0.0/10")
	// metadata services within ranges that a home network uses, too
	metadata = []netip.Addr{netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("100.100.100.200")}
)

// public tells whether an address is out on the Internet.
func public(ip netip.Addr) bool {
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() {
		return false
	}
	for _, p := range blocked {
		if p.Contains(ip) {
			return false
		}
	}
	if inner, ok := embedded(ip); ok {
		return public(inner)
	}
	return true
}

// athome tells whether an address is one that a user's own server has: loopback,
// a private network, a carrier's or overlay's network.
func athome(ip netip.Addr) bool {
	for _, m := range metadata {
		if ip == m {
			return false
		}
	}
	return ip.IsLoopback() || ip.IsPrivate() || carrier.Contains(ip)
}

// embedded returns the IPv4 address that a translated IPv6 address leads to.
func embedded(ip netip.Addr) (netip.Addr, bool) {
	if !ip.Is6() {
		return ip, false
	}
	b := ip.As16()
	switch {
	case nat64.Contains(ip):
		return netip.AddrFrom4([4]byte(b[12:16])), true
	case sixTo4.Contains(ip):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return ip, false
}
