package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// CheckListen tells whether the server may listen at the address. Loopback is
// always fine. Anywhere else it must ask for a login, and what it sends must be
// encrypted on the way: by its own certificate (tls) or by a proxy that is named.
func CheckListen(addr string, o Options, tls bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("serve.listen is %q: give host and port, like 127.0.0.1:8480", addr)
	}
	if isLoopback(host) {
		return nil
	}
	var missing []string
	if o.PasswordHash == "" {
		missing = append(missing, "a login (serve.password_hash)")
	}
	if !tls && len(o.Proxies) == 0 {
		missing = append(missing, "a certificate (serve.tls_cert and serve.tls_key) or the address of the TLS proxy in front (serve.proxies)")
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("%s can be reached from other computers, and the page holds private mail: it needs %s; or listen on 127.0.0.1", addr, strings.Join(missing, " and "))
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// knownHost refuses requests by a name that is not ours. A page on the Internet
// can point its own name at 127.0.0.1 (DNS rebinding) and would then read this
// one as its own; but it can't make the browser send another Host. An address in
// figures can't be rebound, so it is let through.
func (s *server) knownHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := hostName(r.Host)
		if _, err := netip.ParseAddr(host); err == nil || isLoopback(host) || s.hosts[host] {
			next.ServeHTTP(w, r)
			return
		}
		plainText(w, http.StatusMisdirectedRequest, "This server does not go by that name. Name it in serve.public_url, or ask by its address.\n")
	})
}

// presentable refuses to show the page, which has no login or would go over the
// wire in the clear, to anybody but this computer.
func (s *server) presentable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.o.PasswordHash == "" && !isLoopback(hostName(r.Host)):
			plainText(w, http.StatusForbidden, "By this address only the feed is served: the page has no login. Set serve.password_hash, or open it on the computer that it runs on.\n")
		case !s.encrypted(r) && !isLoopback(remoteIP(r).String()):
			plainText(w, http.StatusForbidden, "The page is shown over https alone. Ask by the https address.\n")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// hostName is a Host header without the port, in lower case.
func hostName(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// secured sets the headers that keep a page to itself: no script but ours, no
// request to anybody else, no frame around it, no address told to other sites.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "+
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		next.ServeHTTP(w, r)
	})
}

// maxBody is the most that a form may hold; a note is the longest thing in one.
const maxBody = 64 << 10

func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// client is who asks: the address that the request came from, or what a named
// proxy says about it.
func (s *server) client(r *http.Request) netip.Addr {
	ip := remoteIP(r)
	if !s.isProxy(ip) {
		return ip
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		if ip = hop.Unmap(); !s.isProxy(ip) {
			break
		}
	}
	return ip
}

// remoteIP is where the connection comes from; the zero Addr when that is no
// network address.
func remoteIP(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

func (s *server) isProxy(ip netip.Addr) bool {
	for _, p := range s.o.Proxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// encrypted tells whether the browser's side of the connection is.
func (s *server) encrypted(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	return s.isProxy(remoteIP(r)) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

func robots(w http.ResponseWriter, r *http.Request) {
	// Google fetches a subscribed calendar only if robots.txt lets it.
	plainText(w, http.StatusOK, "User-agent: *\nAllow: /feed/\nDisallow: /\n")
}
