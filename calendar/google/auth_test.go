package google

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"followup/calendar"
	"followup/calendar/calendartest"
)

// signIn returns options for a sign-in at the fake; nothing is signed in yet.
func signIn(t *testing.T, g *calendartest.Google) AuthOptions {
	o := options(t, g)
	if err := os.Remove(o.TokenFile); err != nil {
		t.Fatal(err)
	}
	return AuthOptions{Options: o, Scopes: bothScopes, Out: io.Discard, Open: browse, Wait: 5 * time.Second}
}

// browse is a browser: it follows the redirect back to the loopback address.
func browse(address string) error {
	resp, err := http.Get(address)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func TestAuthorize(t *testing.T) {
	g := fake(t)
	o := signIn(t, g)
	var seen *url.URL
	o.Open = func(address string) error {
		seen, _ = url.Parse(address)
		return browse(address)
	}
	got, err := Authorize(context.Background(), o)
	if err != nil || len(got.Missing) > 0 || len(got.Scopes) != 2 {
		t.Fatalf("granted %+v, %v", got, err)
	}
	q := seen.Query()
	for k, want := range map[string]string{"response_type": "code", "code_challenge_method": "S256", "access_type": "offline", "prompt": "consent", "scope": strings.Join(bothScopes, " ")} {
		if q.Get(k) != want {
			t.Errorf("%s is %q, want %q", k, q.Get(k), want)
		}
	}
	if !regexp.MustCompile(`^http://127\.0\.0\.1:\d+$`).MatchString(q.Get("redirect_uri")) {
		t.Errorf("redirect to %q", q.Get("redirect_uri"))
	}
	if info, err := os.Stat(o.TokenFile); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the sign-in is kept as %v, %v", info.Mode(), err)
	}
	mustCreate(t, open(t, o.Options).Target(TargetOptions{}), calendartest.FollowUp(1))

	again := seen
	if _, err := Authorize(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	if seen.Query().Get("state") == again.Query().Get("state") || seen.Query().Get("code_challenge") == again.Query().Get("code_challenge") {
		t.Error("state or challenge are the same at the second sign-in")
	}
	if kept, _ := open(t, o.Options).kept.id("Interview follow-ups"); len(g.Made()) != 1 || kept != g.Made()[0] {
		t.Error("signing in again forgot the calendar")
	}
}

// On a server the redirect address is pasted; the first lines are not it.
func TestAuthorizeWithoutBrowser(t *testing.T) {
	g := fake(t)
	o := signIn(t, g)
	o.NoBrowser = true
	o.Open = func(string) error { t.Error("a browser was opened"); return nil }
	in, paste := io.Pipe()
	out := &syncBuffer{}
	o.In, o.Out = in, out
	go func() {
		address := out.waitFor(regexp.MustCompile(`(?m)^http\S+/auth\S+$`))
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := client.Get(address)
		if err != nil {
			t.Error(err)
			return
		}
		resp.Body.Close()
		back := resp.Header.Get("Location")
		wrong, _ := url.Parse(back)
		q := wrong.Query()
		q.Set("state", "somebody-elses")
		wrong.RawQuery = q.Encode()
		fmt.Fprintf(paste, "\nhello\n%s\n  %s \n", wrong, back)
	}()
	if _, err := Authorize(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "not the address"); n != 2 {
		t.Errorf("%d lines were turned away, want 2:\n%s", n, out.String())
	}
	if !strings.Contains(out.String(), "ssh -L") {
		t.Errorf("no word about forwarding the port:\n%s", out.String())
	}
	open(t, o.Options)
}

// syncBuffer is written to by one goroutine and read by another.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (b *syncBuffer) waitFor(re *regexp.Regexp) string {
	for range 500 {
		if s := re.FindString(b.String()); s != "" {
			return s
		}
		time.Sleep(10 * time.Millisecond)
	}
	return ""
}

// Whoever comes to the loopback address without our state is turned away, and the
// person's answer still counts.
func TestLandingTurnsAway(t *testing.T) {
	g := fake(t)
	o := signIn(t, g)
	o.Open = func(address string) error {
		u, _ := url.Parse(address)
		back := u.Query().Get("redirect_uri")
		for _, q := range []string{"/?code=stolen&state=guess", "/?code=stolen", "/", "/?error=access_denied&state=guess", "/favicon.ico"} {
			resp, err := http.Get(back + q)
			if err != nil || resp.StatusCode < 400 {
				t.Errorf("%s: %v, %v", q, resp.StatusCode, err)
			}
			resp.Body.Close()
		}
		return browse(address)
	}
	if _, err := Authorize(context.Background(), o); err != nil {
		t.Fatal(err)
	}
}

func TestConsent(t *testing.T) {
	tests := []struct {
		name    string
		consent func([]string) ([]string, string)
		want    error
		says    string
		missing int
	}{
		{"refused", func([]string) ([]string, string) { return nil, "access_denied" }, calendar.ErrAuth, "did not allow", 0},
		{"refused by an admin", func([]string) ([]string, string) { return nil, "admin_policy_enforced" }, calendar.ErrAuth, "admin_policy_enforced", 0},
		{"only reading ticked", func(s []string) ([]string, string) { return s[:1], "" }, nil, "", 1},
		{"nothing ticked", func([]string) ([]string, string) {
			return []string{"https://www.googleapis.com/auth/calendar.freebusy"}, ""
		}, calendar.ErrAuth, "tick the boxes", 2},
		{"an empty list of scopes", func([]string) ([]string, string) { return []string{}, "" }, calendar.ErrAuth, "tick the boxes", 2},
		{"a wider scope", func([]string) ([]string, string) { return []string{scopePrefix + "calendar"}, "" }, nil, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := fake(t)
			g.Consent = tt.consent
			o := signIn(t, g)
			got, err := Authorize(context.Background(), o)
			if !errors.Is(err, tt.want) || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %v saying %q", err, tt.want, tt.says)
			}
			if len(got.Missing) != tt.missing {
				t.Errorf("missing %v", got.Missing)
			}
			if _, serr := os.Stat(o.TokenFile); (serr == nil) != (err == nil) {
				t.Errorf("sign-in kept: %v, error %v", serr == nil, err)
			}
		})
	}
}

// A scope that was not ticked is named when it is needed.
func TestMissingScopeIsNamed(t *testing.T) {
	g := fake(t)
	a := open(t, options(t, g, ScopeReadOwned))
	if c := changes(t, a.Source("primary", ReadOptions{}), ""); !c.Whole {
		t.Errorf("reading: %+v", c)
	}
	_, err := a.Target(TargetOptions{}).Create(context.Background(), calendartest.FollowUp(1))
	if !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), "calendar.app.created") {
		t.Errorf("writing: %v", err)
	}
	g.AddCalendar("team@group.calendar.google.com", "Team", "reader")
	_, err = a.Source("team@group.calendar.google.com", ReadOptions{}).Changes(context.Background(), "")
	if !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), "calendar.events.readonly") {
		t.Errorf("a shared calendar: %v", err)
	}
}

// The token endpoint may fail for a while, or refuse the code; nothing is kept
// then, and no secret is said.
func TestExchange(t *testing.T) {
	for name, tt := range map[string]struct {
		answers []int
		body    string
		want    error
		says    string
	}{
		"down for a while": {[]int{503, 500}, "<html>", nil, ""},
		"down":             {[]int{503, 503, 503, 503, 503}, "<html>code=4/secret", nil, "503"},
		"code refused":     {[]int{400}, `{"error":"invalid_grant","error_description":"4/secret"}`, calendar.ErrAuth, "again"},
		"client unknown":   {[]int{401}, `{"error":"invalid_client","error_description":"GOCSPX"}`, calendar.ErrAuth, "download the client file"},
		"something else":   {[]int{400}, `{"error":"invalid_scope"}`, calendar.ErrAuth, "invalid_scope"},
	} {
		t.Run(name, func(t *testing.T) {
			g := fake(t)
			o := signIn(t, g)
			o.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
				if r.URL.Path != "/token" || len(tt.answers) == 0 {
					return http.DefaultTransport.RoundTrip(r)
				}
				status := tt.answers[0]
				tt.answers = tt.answers[1:]
				return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(tt.body)), Request: r}, nil
			})
			_, err := Authorize(context.Background(), o)
			if tt.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || errors.Is(err, calendar.ErrAuth) != (tt.want != nil) || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "GOCSPX") {
				t.Errorf("got %v, want it to say %q", err, tt.says)
			}
			if _, err := os.Stat(o.TokenFile); !os.IsNotExist(err) {
				t.Error("something was kept")
			}
		})
	}
}

// BROWSER names the browser, with arguments, and others after a colon.
func TestOpenBrowser(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("BROWSER is not looked at")
	}
	dir := t.TempDir()
	script := filepath.Join(dir, "browser")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nprintf '%s ' \"$@\" > "+dir+"/new && mv "+dir+"/new "+dir+"/args\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BROWSER", script+" --new %s:other")
	if err := openBrowser("http://127.0.0.1/?a=1&b=2"); err != nil {
		t.Fatal(err)
	}
	var got []byte
	for range 500 {
		if got, _ = os.ReadFile(filepath.Join(dir, "args")); got != nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if string(got) != "--new http://127.0.0.1/?a=1&b=2 " {
		t.Errorf("called with %q", got)
	}
	t.Setenv("BROWSER", filepath.Join(dir, "none"))
	if err := openBrowser("x"); err == nil {
		t.Error("a browser that is not there was opened")
	}
}

func TestAuthorizeTimesOut(t *testing.T) {
	g := fake(t)
	o := signIn(t, g)
	o.Open = func(string) error { return errors.New("no browser") }
	o.Wait = 30 * time.Millisecond
	if _, err := Authorize(context.Background(), o); !errors.Is(err, calendar.ErrAuth) {
		t.Errorf("got %v", err)
	}
}

// An access token that ended is renewed by one request, and kept.
func TestRenewal(t *testing.T) {
	for name, spoil := range map[string]func(*calendartest.Google, Options){
		"expired by the clock": func(g *calendartest.Google, o Options) {
			write(t, o.TokenFile, g.Grant(time.Now().Add(-time.Minute), bothScopes...))
		},
		"about to expire": func(g *calendartest.Google, o Options) {
			write(t, o.TokenFile, g.Grant(time.Now().Add(5*time.Second), bothScopes...))
		},
		"refused by the server":  func(g *calendartest.Google, o Options) { g.ExpireAccess() },
		"file from another tool": func(g *calendartest.Google, o Options) { keepOnly(t, o.TokenFile, "refresh_token") },
	} {
		t.Run(name, func(t *testing.T) {
			g := fake(t)
			o := options(t, g)
			spoil(g, o)
			changes(t, open(t, o).Source("primary", ReadOptions{}), "")
			if n := g.Renewals(); n != 1 {
				t.Errorf("%d renewals, want 1", n)
			}
			changes(t, open(t, o).Source("primary", ReadOptions{}), "")
			if n := g.Renewals(); n != 1 {
				t.Errorf("the renewed token was not kept: %d renewals", n)
			}
			if info, _ := os.Stat(o.TokenFile); info.Mode().Perm() != 0o600 {
				t.Errorf("kept with mode %v", info.Mode())
			}
		})
	}
}

// The source and the target of one run, and runs of two processes, renew once
// between them.
func TestRenewalIsShared(t *testing.T) {
	g := fake(t)
	o := options(t, g)
	write(t, o.TokenFile, g.Grant(time.Now().Add(-time.Minute), bothScopes...))
	var wg sync.WaitGroup
	for range 8 {
		a := open(t, o)
		wg.Go(func() {
			if _, err := a.Source("primary", ReadOptions{}).Changes(context.Background(), ""); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := g.Renewals(); n != 1 {
		t.Errorf("%d renewals, want 1", n)
	}
}

func keepOnly(t *testing.T, path, key string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	out, _ := json.Marshal(map[string]any{key: m[key]})
	write(t, path, out)
}

// A dead sign-in says why as far as can be told, and leaves the file alone: a
// person may want to look at it.
func TestDeadGrant(t *testing.T) {
	tests := []struct {
		name        string
		age         time.Duration
		testing     bool
		says, never string
	}{
		{"revoked on the second day", 48 * time.Hour, false, "revoked", "Testing"},
		{"after seven days", 7*24*time.Hour + time.Hour, false, "Testing", "password"},
		{"after seven days, as Google announced", 7*24*time.Hour + time.Hour, true, "Testing", "password"},
		{"after a year", 365 * 24 * time.Hour, false, "six months", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := fake(t)
			g.Testing = tt.testing
			o := signIn(t, g)
			clock := now
			o.Now = func() time.Time { return clock }
			if _, err := Authorize(context.Background(), o); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(o.TokenFile)
			g.Revoke()
			clock = clock.Add(tt.age)
			s := open(t, o.Options).Source("primary", ReadOptions{})
			_, err := s.Changes(context.Background(), "")
			if !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "followup auth google") {
				t.Errorf("got %v, want it to say %q", err, tt.says)
			}
			if tt.never != "" && strings.Contains(err.Error(), tt.never) {
				t.Errorf("got %v, which blames %q", err, tt.never)
			}
			if after, _ := os.ReadFile(o.TokenFile); !bytes.Equal(before, after) {
				t.Error("the sign-in was changed")
			}
			if s.Requests().Read > 1 {
				t.Errorf("%d requests", s.Requests().Read)
			}
		})
	}
}

// A token endpoint that is down for a while is no reason to sign in again.
func TestTokenEndpointDown(t *testing.T) {
	g := fake(t)
	o := options(t, g)
	write(t, o.TokenFile, g.Grant(time.Now().Add(-time.Hour), bothScopes...))
	before, _ := os.ReadFile(o.TokenFile)
	fails := 2
	o.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/token" && fails > 0 {
			fails--
			return &http.Response{StatusCode: 503, Status: "503", Header: http.Header{}, Body: io.NopCloser(strings.NewReader("<html>secret=" + calendartest.GoogleClientSecret)), Request: r}, nil
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	changes(t, open(t, o).Source("primary", ReadOptions{}), "")
	fails = 1 << 30
	write(t, o.TokenFile, before)
	_, err := open(t, o).Source("primary", ReadOptions{}).Changes(context.Background(), "")
	if err == nil || errors.Is(err, calendar.ErrAuth) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v, want a passing failure that quotes nothing", err)
	}
	// And a write that could not even begin is not lost.
	var lost *calendar.LostError
	if _, err := open(t, o).Target(TargetOptions{}).Create(context.Background(), calendartest.FollowUp(1)); errors.As(err, &lost) {
		t.Errorf("got %v although nothing was sent", err)
	}
	if after, _ := os.ReadFile(o.TokenFile); !bytes.Equal(before, after) {
		t.Error("the sign-in was changed")
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A long-running process takes over a new sign-in instead of writing its old one
// over it.
func TestSignInWhileRunning(t *testing.T) {
	g := fake(t)
	o := options(t, g)
	s := open(t, o).Source("primary", ReadOptions{})
	changes(t, s, "")
	g.Revoke()
	if _, err := s.Changes(context.Background(), ""); !errors.Is(err, calendar.ErrAuth) {
		t.Errorf("revoked: %v", err)
	}
	fresh := g.Grant(time.Now().Add(time.Hour), bothScopes...)
	write(t, o.TokenFile, fresh)
	changes(t, s, "")
	if after, _ := os.ReadFile(o.TokenFile); !bytes.Equal(fresh, after) {
		t.Error("the new sign-in was written over")
	}
	// The new one's access token ends, too: it is renewed with the new grant.
	g.ExpireAccess()
	changes(t, s, "")
}

func TestNotSignedIn(t *testing.T) {
	g := fake(t)
	o := signIn(t, g).Options
	if _, err := Open(context.Background(), o); !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), "followup auth google") {
		t.Errorf("got %v", err)
	}
	for _, garbage := range []string{"", "{}", "not json: 1//secret", `{"access_token":""}`} {
		write(t, o.TokenFile, []byte(garbage))
		if _, err := Open(context.Background(), o); !errors.Is(err, calendar.ErrAuth) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", garbage, err)
		}
	}
}

func TestClientFile(t *testing.T) {
	tests := []struct{ name, content, says string }{
		{"missing", "", "docs/google.md"},
		{"not JSON", "GOCSPX-secret", "no JSON"},
		{"web client", `{"web":{"client_id":"x","client_secret":"GOCSPX-secret"}}`, "Desktop app"},
		{"something else", `{"client_id":"x"}`, "Desktop app"},
		{"service account without a user", `{"type":"service_account","client_email":"a@b.example","private_key":"secret"}`, "domain-wide delegation"},
		{"token address in the clear", `{"installed":{"client_id":"x","client_secret":"GOCSPX-secret","token_uri":"http://evil.example/token"}}`, "unencrypted"},
		{"sign-in address in the clear", `{"installed":{"client_id":"x","auth_uri":"http://evil.example/auth"}}`, "unencrypted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "client.json")
			if tt.content != "" {
				write(t, path, []byte(tt.content))
			}
			_, err := Open(context.Background(), Options{ClientFile: path, TokenFile: filepath.Join(t.TempDir(), "token.json")})
			if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "GOCSPX") {
				t.Errorf("got %v, want it to say %q", err, tt.says)
			}
		})
	}
	if _, err := Open(context.Background(), Options{}); err == nil || !strings.Contains(err.Error(), "google.client_file") {
		t.Errorf("got %v", err)
	}
}

func TestEndpoint(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", defaultEndpoint},
		{"http://127.0.0.1:8085/calendar/v3/", "http://127.0.0.1:8085/calendar/v3/"},
		{"http://127.0.0.1:8085/calendar/v3", "http://127.0.0.1:8085/calendar/v3/"},
		{"http://localhost:8085", "http://localhost:8085/calendar/v3/"},
		{"http://[::1]:8085/", "http://[::1]:8085/calendar/v3/"},
		{"https://proxy.example/prefix/calendar/v3", "https://proxy.example/prefix/calendar/v3/"},
		{"http://calendar.example/calendar/v3/", ""},
		{"http://127.0.0.1.evil.example/", ""},
		{"http://10.0.0.1/", ""},
		{"127.0.0.1:8085", ""},
		{"ftp://127.0.0.1/", ""},
		{"https://user:secret@calendar.example/", ""},
		{"https://calendar.example/?key=secret", ""},
	}
	for _, tt := range tests {
		got, err := Options{Endpoint: tt.in}.endpoint()
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%q: %q, %v; want %q", tt.in, got, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: a secret in %v", tt.in, err)
		}
	}
}

func TestScopes(t *testing.T) {
	tests := []struct {
		calendars []string
		write     bool
		want      []string
	}{
		{[]string{"primary"}, true, []string{ScopeReadOwned, ScopeWrite}},
		{[]string{"primary", "team@group.calendar.google.com"}, true, []string{ScopeReadAll, ScopeWrite}},
		{[]string{"primary"}, false, []string{ScopeReadOwned}},
		{nil, true, []string{ScopeWrite}},
	}
	for _, tt := range tests {
		if got := ScopesFor(tt.calendars, tt.write); fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%v, write %v: %v", tt.calendars, tt.write, got)
		}
	}
}

func TestStatusAndLogout(t *testing.T) {
	g := fake(t)
	g.Testing = true
	o := signIn(t, g)
	if _, err := Status(o.Options, bothScopes); !errors.Is(err, calendar.ErrAuth) {
		t.Errorf("before the sign-in: %v", err)
	}
	if _, err := Authorize(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	s, err := Status(o.Options, []string{ScopeReadAll, ScopeWrite})
	if err != nil || len(s.Missing) != 1 || !s.Issued.Equal(now) || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "seven days") {
		t.Errorf("status %+v, %v", s, err)
	}
	if err := Check(context.Background(), o.Options); err != nil {
		t.Errorf("check: %v", err)
	}
	held := open(t, o.Options)
	if err := Logout(context.Background(), o.Options); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(o.TokenFile); !os.IsNotExist(err) {
		t.Errorf("the sign-in is still there: %v", err)
	}
	if _, err := held.Source("primary", ReadOptions{}).Changes(context.Background(), ""); !errors.Is(err, calendar.ErrAuth) {
		t.Errorf("it was not revoked: %v", err)
	}
	if err := Logout(context.Background(), o.Options); !errors.Is(err, calendar.ErrAuth) {
		t.Errorf("a second time: %v", err)
	}
}

// A token endpoint at another place than Google's says nothing of where tokens are
// revoked: beside it, or at the root.
func TestLogoutElsewhere(t *testing.T) {
	g := fake(t)
	o := options(t, g)
	held := open(t, o)
	o.TokenURL = g.URL + "/oauth2/v4/token"
	if err := Logout(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	if _, err := held.Source("primary", ReadOptions{}).Changes(context.Background(), ""); !errors.Is(err, calendar.ErrAuth) {
		t.Errorf("it was not revoked: %v", err)
	}
}

// Whoever lost the client file can still sign out, here and at Google.
func TestLogoutWithoutTheClientFile(t *testing.T) {
	g := fake(t)
	o := options(t, g)
	held := open(t, o)
	if err := os.Remove(o.ClientFile); err != nil {
		t.Fatal(err)
	}
	o.TokenURL = g.URL + "/token"
	if err := Logout(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(o.TokenFile); !os.IsNotExist(err) {
		t.Errorf("the sign-in is still there: %v", err)
	}
	if _, err := held.Source("primary", ReadOptions{}).Changes(context.Background(), ""); !errors.Is(err, calendar.ErrAuth) {
		t.Errorf("it was not revoked: %v", err)
	}
}

func TestKeyring(t *testing.T) {
	keyring.MockInit()
	g := fake(t)
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	o := signIn(t, g)
	o.TokenFile = "keyring:work"
	if _, err := Authorize(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	mustCreate(t, open(t, o.Options).Target(TargetOptions{}), calendartest.FollowUp(1))
	if err := Logout(context.Background(), o.Options); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), o.Options); !errors.Is(err, calendar.ErrAuth) {
		t.Errorf("after the sign-out: %v", err)
	}
	keyring.MockInitWithError(errors.New(`exec: "dbus-launch": executable file not found in $PATH`))
	if _, err := Open(context.Background(), o.Options); err == nil || errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), "google.token_file") {
		t.Errorf("without a keyring: %v", err)
	}
}

func TestServiceAccount(t *testing.T) {
	g := fake(t)
	g.Delegated = []string{ScopeReadAll, ScopeWrite} // as docs/google.md says
	o := options(t, g)
	write(t, o.ClientFile, serviceKey(t, g.URL+"/token", g.User))
	os.Remove(o.TokenFile)
	s := open(t, o).Source("primary", ReadOptions{})
	g.PutEvent(g.User, calendartest.Interviews()[0])
	if c := changes(t, s, ""); len(c.Items) != 1 {
		t.Errorf("read %+v", c)
	}
	if got, err := Authorize(context.Background(), AuthOptions{Options: o, Scopes: bothScopes, Out: io.Discard}); err != nil || !strings.Contains(got.Place, g.User) {
		t.Errorf("auth: %+v, %v", got, err)
	}
	if got, err := Status(o, bothScopes); err != nil || got.Service != g.User || len(got.Missing) > 0 {
		t.Errorf("status: %+v, %v", got, err)
	}
	if err := Check(context.Background(), o); err != nil {
		t.Errorf("check: %v", err)
	}
	o.Subject = "ben@vogt.example" // what is configured beats what is in the key
	if got, err := Status(o, bothScopes); err != nil || got.Service != o.Subject {
		t.Errorf("status for another user: %+v, %v", got, err)
	}
	write(t, o.ClientFile, serviceKey(t, g.URL+"/token", ""))
	o.Subject = ""
	if _, err := Open(context.Background(), o); err == nil || !strings.Contains(err.Error(), "google.subject") {
		t.Errorf("for nobody: %v", err)
	}
}

// Writing the sign-in fails as a whole, never in the middle.
func TestTokenFileIsReplacedAtomically(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Log("the superuser may write anywhere: only the leftovers are looked at")
	}
	dir := t.TempDir()
	v := fileVault(filepath.Join(dir, "deep", "token.json"))
	for range 3 {
		if err := v.save(grant{AccessToken: "a", RefreshToken: "b"}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := os.ReadDir(filepath.Join(dir, "deep"))
	if err != nil || len(list) != 1 {
		t.Errorf("left behind: %v, %v", list, err)
	}
	if info, _ := os.Stat(filepath.Join(dir, "deep")); info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v", info.Mode())
	}
}

// No token, code or client secret is in any message, log line, cursor or status.
func TestNoSecretLeaks(t *testing.T) {
	g := fake(t)
	var log bytes.Buffer
	out := &syncBuffer{}
	o := signIn(t, g)
	o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.Out = out
	granted, err := Authorize(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	said := []string{fmt.Sprintf("%+v", granted)}
	say := func(v any, err error) { said = append(said, fmt.Sprintf("%+v %v %#v", v, err, err)) }
	ctx := context.Background()
	a := open(t, o.Options)
	tg := a.Target(TargetOptions{})
	say(tg.Create(ctx, calendartest.FollowUp(1)))
	say(tg.Changes(ctx, ""))
	for _, f := range []calendartest.GoogleFault{{Status: 401}, {Status: 403, Reason: "forbidden"}, {Status: 500}, {Drop: true}, {Cut: 5}, {Body: "<html>"}} {
		mend := failAll(g, f)
		say(a.Source("primary", ReadOptions{}).Changes(ctx, ""))
		say(tg.Create(ctx, calendartest.FollowUp(2)))
		mend()
	}
	say(Status(o.Options, bothScopes))
	g.Revoke()
	say(a.Source("primary", ReadOptions{}).Changes(ctx, ""))
	say(Authorize(ctx, AuthOptions{Options: o.Options, Out: out, Wait: time.Millisecond, Open: func(string) error { return nil }}))
	for _, path := range []string{o.TokenFile, o.ClientFile} { // damaged so that the decoder's own words would quote it
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, append([]byte("1"), data...))
		say(Status(o.Options, bothScopes))
		say(Open(ctx, o.Options))
	}
	said = append(said, log.String(), out.String())
	all := strings.Join(said, "\n")
	for _, secret := range g.Secrets() {
		if strings.Contains(all, secret) {
			t.Errorf("%q was told in:\n%s", secret, all)
		}
	}
	if len(g.Secrets()) < 4 {
		t.Errorf("only %d secrets were looked for", len(g.Secrets()))
	}
}
