package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

func TestCheckListen(t *testing.T) {
	login, proxy := Options{PasswordHash: "x"}, Options{PasswordHash: "x", Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}}
	tests := []struct {
		addr string
		o    Options
		tls  bool
		want string
	}{
		{"127.0.0.1:8480", Options{}, false, ""},
		{"[::1]:8480", Options{}, false, ""},
		{"localhost:8480", Options{}, false, ""},
		{"127.0.0.2:1", Options{}, false, ""},
		{":8480", Options{}, false, "a login (serve.password_hash) and a certificate"},
		{"0.0.0.0:8480", login, false, "it needs a certificate"},
		{"192.168.1.5:8480", Options{}, true, "it needs a login"},
		{"0.0.0.0:8480", login, true, ""},
		{"0.0.0.0:8480", proxy, false, ""},
		{"8480", Options{}, false, "host and port"},
	}
	for _, tt := range tests {
		err := CheckListen(tt.addr, tt.o, tt.tls)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s (tls %v): %v, want %q", tt.addr, tt.tls, err, tt.want)
		}
	}
}

// request builds a request as it arrives.
func request(method, target, remote string, form url.Values, header ...string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.RemoteAddr = remote + ":40000"
	if strings.Contains(remote, ":") {
		r.RemoteAddr = "[" + remote + "]:40000"
	}
	if !strings.HasPrefix(target, "https:") {
		r.TLS = nil
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

func do(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// Who may see what: by the name that was asked for, where from, and how.
func TestWhoIsServed(t *testing.T) {
	hash := hashFor(t, "correct horse")
	open := newTestServer(t, &fakeLedger{view: theView(t)}, nil).handler()
	public := newTestServer(t, &fakeLedger{view: theView(t)}, func(o *Options) { o.PublicURL = "https://followup.example" }).handler()
	proxied := newTestServer(t, &fakeLedger{view: theView(t)}, func(o *Options) {
		o.PublicURL, o.PasswordHash, o.Proxies = "https://followup.example", hash, []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}
	}).handler()
	https := []string{"X-Forwarded-Proto", "https", "X-Forwarded-For", "203.0.113.7"}
	tests := []struct {
		name   string
		h      http.Handler
		target string
		remote string
		header []string
		want   int
	}{
		{"the page on this computer", open, "http://127.0.0.1:8480/", "127.0.0.1", nil, 200},
		{"by localhost", open, "http://localhost:8480/", "::1", nil, 200},
		{"by IPv6", open, "http://[::1]:8480/", "::1", nil, 200},
		{"a rebound name", open, "http://evil.example/", "127.0.0.1", nil, 421},
		{"a rebound name, the feed", open, "http://evil.example" + feedPath, "127.0.0.1", nil, 421},
		{"a name that only begins like ours", open, "http://localhost.evil.example/", "127.0.0.1", nil, 421},
		{"from the network without a login", open, "http://192.168.1.5:8480/", "192.168.1.9", nil, 403},
		{"the feed by the public name", public, "http://followup.example" + feedPath, "127.0.0.1", nil, 200},
		{"the page by the public name without a login", public, "http://followup.example/", "127.0.0.1", nil, 403},
		{"in the clear past the proxy", proxied, "http://followup.example/", "203.0.113.7", nil, 403},
		{"feigning the proxy's headers", proxied, "http://followup.example/", "203.0.113.7", https, 403},
		{"through the proxy, not signed in", proxied, "http://followup.example/", "10.0.0.1", https, 303},
		{"through the proxy in the clear", proxied, "http://followup.example/", "10.0.0.1", []string{"X-Forwarded-Proto", "http"}, 403},
		{"over https, not signed in", proxied, "https://followup.example/", "203.0.113.7", nil, 303},
		{"the login page", proxied, "https://followup.example/login", "203.0.113.7", nil, 200},
		{"the feed needs no login", proxied, "https://followup.example" + feedPath, "203.0.113.7", nil, 200},
		{"a mark needs one", proxied, "https://followup.example/subscribe", "203.0.113.7", nil, 303},
		{"health needs none", proxied, "https://followup.example/healthz", "203.0.113.7", nil, 200},
	}
	for _, tt := range tests {
		r := do(tt.h, request("GET", tt.target, tt.remote, nil, tt.header...))
		if r.StatusCode != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, r.StatusCode, tt.want)
		}
	}
}

func hashFor(t *testing.T, password string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return string(hash)
}

func TestLogin(t *testing.T) {
	now := theNow
	s := newTestServer(t, &fakeLedger{view: theView(t)}, func(o *Options) {
		o.PasswordHash, o.PublicURL, o.Now = hashFor(t, "correct horse"), "https://followup.example", func() time.Time { return now }
	})
	h := s.handler()
	const base = "https://followup.example"
	try := func(password, remote string) *http.Response {
		return do(h, request("POST", base+"/login", remote, url.Values{"password": {password}, "to": {"/applications"}}, "Sec-Fetch-Site", "same-origin"))
	}
	if r := try("wrong", "203.0.113.7"); r.StatusCode != 403 || len(r.Cookies()) > 0 {
		t.Errorf("a wrong password: %d, cookies %v", r.StatusCode, r.Cookies())
	}
	r := try("correct horse", "203.0.113.7")
	if r.StatusCode != 303 || r.Header.Get("Location") != "/applications" || len(r.Cookies()) != 1 {
		t.Fatalf("the password: %d to %q with %v", r.StatusCode, r.Header.Get("Location"), r.Cookies())
	}
	c := r.Cookies()[0]
	if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || !strings.HasPrefix(c.Name, "__Host-") {
		t.Errorf("the cookie is too open: %+v", c)
	}
	cookie := c.Name + "=" + c.Value
	if r := do(h, request("GET", base+"/", "203.0.113.7", nil, "Cookie", cookie)); r.StatusCode != 200 {
		t.Errorf("signed in: %d", r.StatusCode)
	}
	if r := do(h, request("GET", base+"/", "203.0.113.7", nil, "Cookie", c.Name+"="+c.Value[1:]+"A")); r.StatusCode != 303 {
		t.Errorf("a made-up session: %d", r.StatusCode)
	}
	if r := do(h, request("POST", base+"/mark", "203.0.113.7", url.Values{"ref": {"x"}, "word": {"sent"}})); r.StatusCode != 401 {
		t.Errorf("a mark without a session: %d, want 401", r.StatusCode)
	}
	// Guessing: five tries at once, then one in twelve seconds, for each network.
	codes := map[int]int{}
	for range 20 {
		codes[try("wrong", "203.0.113.9").StatusCode]++
	}
	if codes[403] != 5 || codes[429] != 15 {
		t.Errorf("20 tries at once: %v, want 5 answered", codes)
	}
	if r := try("correct horse", "203.0.113.9"); r.StatusCode != 429 {
		t.Errorf("the right one among too many: %d, want 429", r.StatusCode)
	}
	if r := try("correct horse", "198.51.100.1"); r.StatusCode != 303 {
		t.Errorf("from elsewhere meanwhile: %d, want 303", r.StatusCode)
	}
	now = now.Add(13 * time.Second)
	if r := try("correct horse", "203.0.113.9"); r.StatusCode != 303 {
		t.Errorf("after a while: %d", r.StatusCode)
	}
	do(h, request("POST", base+"/logout", "203.0.113.7", url.Values{}, "Cookie", cookie))
	if r := do(h, request("GET", base+"/", "203.0.113.7", nil, "Cookie", cookie)); r.StatusCode != 303 {
		t.Errorf("after signing out: %d, want to be asked to sign in", r.StatusCode)
	}
	id := s.sessions.start(now)
	now = now.Add(sessionIdle + time.Minute)
	if s.sessions.valid(id, now) {
		t.Error("a session outlives a week of idleness")
	}
}

func TestLoginGoesNowhereElse(t *testing.T) {
	for to, want := range map[string]string{"/applications?x=1": "/applications?x=1", "": "/", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "/a\r\nX: y": "/"} {
		if got := ownPath(to); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}

// A form on another site is refused, whatever it carries.
func TestCrossOrigin(t *testing.T) {
	l := &fakeLedger{view: theView(t)}
	h := newTestServer(t, l, nil).handler()
	form := url.Values{"ref": {key("a")}, "word": {"sent"}}
	for _, header := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}, {"Origin", "http://127.0.0.1:9999"},
	} {
		if r := do(h, request("POST", "http://127.0.0.1:8480/mark", "127.0.0.1", form, header...)); r.StatusCode != 403 {
			t.Errorf("%v: %d, want 403", header, r.StatusCode)
		}
	}
	for _, header := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Origin", "http://127.0.0.1:8480"}, {}} {
		if r := do(h, request("POST", "http://127.0.0.1:8480/mark", "127.0.0.1", form, header...)); r.StatusCode != 303 {
			t.Errorf("%v: %d, want 303", header, r.StatusCode)
		}
	}
	if len(l.marked) != 3 {
		t.Errorf("%d marks were made, want 3", len(l.marked))
	}
	for _, path := range []string{"/mark", "/restore", "/sync", "/logout"} {
		if r := ask(h, "GET", path); r.StatusCode != 405 && r.StatusCode != 404 {
			t.Errorf("GET %s: %d; it must not do anything", path, r.StatusCode)
		}
	}
}

func TestPageHeaders(t *testing.T) {
	h := newTestServer(t, &fakeLedger{view: theView(t)}, nil).handler()
	r := ask(h, "GET", "/")
	csp := r.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the policy %q lacks %s", csp, want)
		}
	}
	if strings.Contains(csp, "unsafe") {
		t.Errorf("the policy %q allows inline code", csp)
	}
	for name, want := range map[string]string{"Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store"} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestBodyLimit(t *testing.T) {
	h := newTestServer(t, &fakeLedger{view: theView(t)}, nil).handler()
	r := do(h, request("POST", "http://127.0.0.1:8480/mark", "127.0.0.1", url.Values{"ref": {"x"}, "word": {"note"}, "value": {strings.Repeat("x", 100<<10)}}))
	if r.StatusCode != 400 {
		t.Errorf("a form of 100 kB: %d, want 400", r.StatusCode)
	}
}

func TestClientBehindProxies(t *testing.T) {
	s := newTestServer(t, &fakeLedger{}, func(o *Options) {
		o.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}
	})
	for _, tt := range []struct{ remote, forwarded, want string }{
		{"203.0.113.7", "1.2.3.4", "203.0.113.7"}, // not a proxy of ours: its words don't count
		{"10.0.0.1", "203.0.113.7", "203.0.113.7"},
		{"10.0.0.1", "6.6.6.6, 203.0.113.7", "203.0.113.7"},            // the left is what the client says
		{"10.0.0.1", "203.0.113.7, 10.0.0.2", "203.0.113.7"},           // two proxies
		{"10.0.0.1", "", "10.0.0.1"}, {"10.0.0.1", "junk", "10.0.0.1"}, // nothing to go by
	} {
		if got := s.client(request("GET", "http://x/", tt.remote, nil, "X-Forwarded-For", tt.forwarded)).String(); got != tt.want {
			t.Errorf("from %s, forwarded for %q: %s, want %s", tt.remote, tt.forwarded, got, tt.want)
		}
	}
}
