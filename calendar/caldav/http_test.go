package caldav

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/calendar/ics"
	"github.com/icholy/digest"
)

func TestOpenRefusesWhatLeaks(t *testing.T) {
	tests := []struct{ name, url, want string }{
		{"plain http", "http://dav.example/nina/", "use https://"},
		{"plain http by the other scheme", "caldav://dav.example/nina/", "use https://"},
		{"a login in the URL", "https://nina:hunter2@dav.example/", "password_file"},
		{"nothing", "", "needs an address"},
		{"a path", "/nina/work", "no CalDAV address"},
		{"another scheme", "ftp://dav.example/", "https://"},
		{"rubbish", "https://dav.example/%zz", "no URL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(context.Background(), Options{URL: tt.url})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is in the error: %v", err)
			}
		})
	}
	for _, good := range []string{"http://127.0.0.1:5232/", "http://localhost/x/", "http://[::1]:80/", "https://dav.example", "caldavs://dav.example/", "nina@dav.example", "dav.example"} {
		if _, err := Open(context.Background(), Options{URL: good, Secret: Secret{Value: "x"}}); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}

func TestSecret(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "deep", "dav-password")
	if err := SaveSecret(path, "s3cr3t pass"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("stored with mode %v, want 0600 (%v)", info.Mode().Perm(), err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "deep", ".secret-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	tests := []struct {
		name   string
		secret Secret
		want   string
		bad    string
	}{
		{"value", Secret{Value: "v", File: "/nowhere"}, "v", ""},
		{"file", Secret{File: path}, "s3cr3t pass", ""},
		{"command", Secret{Command: []string{"printf", "from a command\nuser: nina\n"}}, "from a command", ""},
		{"no file", Secret{File: filepath.Join(dir, "missing")}, "", "followup auth caldav"},
		{"failing command", Secret{Command: []string{"sh", "-c", "echo hunter2; exit 3", "hunter2"}}, "", "the password command sh failed"},
		{"empty command output", Secret{Command: []string{"true"}}, "", "empty first line"},
		{"nothing set", Secret{}, "", "followup auth caldav"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.secret.Read(context.Background())
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if (err != nil) != (tt.bad != "") || err != nil && !strings.Contains(err.Error(), tt.bad) {
				t.Errorf("error %v, want %q", err, tt.bad)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the secret is in the error: %v", err)
			}
		})
	}
	if err := SaveSecret(path, "two\nlines"); err == nil {
		t.Error("a password of two lines was stored")
	}
}

// cloud is a server that answers for every host name, over TLS.
func cloud(t *testing.T, h http.Handler) http.RoundTripper {
	srv := httptest.NewTLSServer(h)
	t.Cleanup(srv.Close)
	tr := srv.Client().Transport.(*http.Transport).Clone()
	tr.TLSClientConfig.InsecureSkipVerify = true
	tr.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, srv.Listener.Addr().String())
	}
	return tr
}

func TestRedirectsKeepTheLoginHome(t *testing.T) {
	tests := []struct {
		name, to string
		follows  bool
	}{
		{"same host", "https://caldav.cloud.example/dav/", true},
		{"same site", "https://p42-caldav.cloud.example:443/dav/", true},
		{"another site", "https://evil.example/dav/", false},
		{"a site that ends alike", "https://caldav.notcloud.example/dav/", false},
		{"down to http", "http://caldav.cloud.example/dav/", false},
		{"a login in the address", "https://x:y@caldav.cloud.example/dav/", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t, quirks{})
			g := &gremlin{next: cloud(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/dav") {
					f.ServeHTTP(w, r)
					return
				}
				w.Header().Set("Location", tt.to)
				w.WriteHeader(http.StatusPermanentRedirect)
			}))}
			c := open(t, Options{URL: "https://caldav.cloud.example/start", Username: "nina", Secret: Secret{Value: "s3cr3t"}, Transport: g})
			_, err := c.Calendars(context.Background())
			if (err == nil) != tt.follows {
				t.Errorf("error %v, followed %v", err, tt.follows)
			}
			for _, host := range g.auth {
				if !strings.HasSuffix(strings.TrimSuffix(host, ":443"), "caldav.cloud.example") {
					t.Errorf("the login went to %s", host)
				}
			}
			if !tt.follows && (err == nil || !strings.Contains(err.Error(), "use")) {
				t.Errorf("the error gives no advice: %v", err)
			}
		})
	}
}

// On this machine a host name is no protection: other ports are other people's.
func TestRedirectToAnotherPortHere(t *testing.T) {
	thief := 0
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { thief++ }))
	defer other.Close()
	srv := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer srv.Close()
	c := open(t, Options{URL: srv.URL, Username: "nina", Secret: Secret{Value: "s3cr3t"}})
	if _, err := c.Source("", ics.Options{}).Changes(context.Background(), ""); err == nil || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("got %v", err)
	}
	if thief > 0 {
		t.Errorf("the other server got %d requests", thief)
	}
}

func TestRefusedLogin(t *testing.T) {
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, "wrong: %s", r.Header.Get("Authorization"))
	}))
	defer srv.Close()
	c := open(t, Options{URL: srv.URL, Username: "nina", Secret: Secret{Value: "s3cr3t"}})
	for range 5 {
		_, err := c.Source("", ics.Options{}).Changes(context.Background(), "")
		if !errors.Is(err, calendar.ErrAuth) {
			t.Fatalf("got %v, want calendar.ErrAuth", err)
		}
		if strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("the password is in the error: %v", err)
		}
	}
	if asked > 1 {
		t.Errorf("a refused login was tried %d times: accounts get locked", asked)
	}
}

// digestGuard asks for a digest login, with a nonce that lasts for a few uses.
func digestGuard(next http.Handler, user, pass string, uses int) http.Handler {
	nonce, left := 0, 0
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuse := func(stale bool) {
			nonce++
			left = uses
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Digest realm="dav", nonce="n%d", qop="auth", algorithm=MD5, stale=%v`, nonce, stale))
			w.WriteHeader(http.StatusUnauthorized)
		}
		cred, err := digest.ParseCredentials(r.Header.Get("Authorization"))
		if err != nil || cred.Username != user {
			refuse(false)
			return
		}
		ch := &digest.Challenge{Realm: "dav", Nonce: cred.Nonce, QOP: []string{"auth"}, Algorithm: "MD5"}
		want, err := digest.Digest(ch, digest.Options{Method: r.Method, URI: cred.URI, Count: cred.Nc, Username: user, Password: pass, Cnonce: cred.Cnonce})
		if err != nil || want.Response != cred.Response || cred.URI != r.URL.RequestURI() {
			refuse(false)
			return
		}
		if left--; cred.Nonce != fmt.Sprintf("n%d", nonce) || left < 0 {
			refuse(true)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func TestDigest(t *testing.T) {
	f := newFake(t, quirks{})
	srv := httptest.NewServer(digestGuard(f, "nina", "s3cr3t", 3))
	defer srv.Close()
	f.store("a.ics", objectText(plain(1)))
	c := open(t, Options{URL: srv.URL + fakeCal, Username: "nina", Secret: Secret{Value: "s3cr3t"}})
	s := c.Source("", ics.Options{})
	first := readAll(t, s, "")
	if len(first.Items) != 1 {
		t.Fatalf("read %+v", first)
	}
	for range 10 {
		readAll(t, s, first.Next)
	}
	if n := s.Requests().Read; n > 3+10+6 {
		t.Errorf("%d requests: the nonce is not used again", n)
	}
	wrong := open(t, Options{URL: srv.URL + fakeCal, Username: "nina", Secret: Secret{Value: "wrong"}})
	if _, err := wrong.Check(context.Background()); !errors.Is(err, calendar.ErrAuth) {
		t.Errorf("wrong password: %v", err)
	}
}

func TestRetries(t *testing.T) {
	tests := []struct {
		name   string
		header map[string]string
		codes  []int // of the first answers, then all is well
		tries  int
		want   error
		waits  time.Duration // at least, in all
	}{
		{"a moment's trouble", nil, []int{503, 502}, 3, nil, 0},
		{"too many requests", map[string]string{"Retry-After": "7"}, []int{429}, 2, nil, 7 * time.Second},
		{"by the hour", map[string]string{"Retry-After": "3600"}, []int{429}, 1, calendar.ErrLimit, 0},
		{"for good", nil, []int{503, 503, 503, 503, 503, 503}, 4, errAny, 0},
		{"an error of its own", nil, []int{500, 500, 500}, 2, errAny, 0},
		{"a bad request", nil, []int{400}, 1, errAny, 0},
		{"forbidden", nil, []int{403}, 1, calendar.ErrAuth, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, asked := newFake(t, quirks{}), 0
			f.q.extra = func(w http.ResponseWriter, r *http.Request) bool {
				if asked++; asked > len(tt.codes) {
					return false
				}
				for k, v := range tt.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(tt.codes[asked-1])
				return true
			}
			c := open(t, Options{URL: f.cal()})
			waited := time.Duration(0)
			c.retry.sleep = func(_ context.Context, d time.Duration) error { waited += d; return nil }
			_, _, err := c.own.propfind(context.Background(), mustURL(t, f.cal()), "0", lookProps)
			switch {
			case tt.want == nil && err != nil, tt.want == errAny && err == nil, tt.want != nil && tt.want != errAny && !errors.Is(err, tt.want):
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if asked != tt.tries && !(tt.want == nil && asked == tt.tries) {
				t.Errorf("asked %d times, want %d", asked, tt.tries)
			}
			if waited < tt.waits {
				t.Errorf("waited %s, want at least %s", waited, tt.waits)
			}
		})
	}
}

var errAny = errors.New("any error")

func TestRetriesHaveABudget(t *testing.T) {
	f := newFake(t, quirks{fail: func(*http.Request) int { return http.StatusServiceUnavailable }})
	c, asked := open(t, Options{URL: f.cal()}), 0
	f.q.extra = func(http.ResponseWriter, *http.Request) bool { asked++; return false }
	for range 50 {
		if _, err := c.Check(context.Background()); err == nil {
			t.Fatal("no error")
		}
	}
	if asked > 50*3+24 {
		t.Errorf("%d requests to a server that is down", asked)
	}
}

func TestBounds(t *testing.T) {
	t.Run("size", func(t *testing.T) {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusMultiStatus)
			io.Copy(w, io.LimitReader(zeros{}, 1<<22))
		}))
		defer srv.Close()
		c := open(t, Options{URL: srv.URL, MaxBytes: 1 << 20})
		if _, err := c.Source("", ics.Options{}).Changes(context.Background(), ""); !errors.Is(err, errTooLarge) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("time", func(t *testing.T) {
		stop := make(chan struct{})
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusMultiStatus)
			w.(http.Flusher).Flush()
			<-stop
		}))
		defer srv.Close()
		defer close(stop)
		c := open(t, Options{URL: srv.URL, Timeout: 50 * time.Millisecond})
		if _, err := c.Source("", ics.Options{}).Changes(context.Background(), ""); err == nil || !strings.Contains(err.Error(), "50ms") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("pages", func(t *testing.T) {
		f := newFake(t, quirks{})
		f.store("a.ics", objectText(plain(1)))
		s := open(t, Options{URL: f.cal()}).Source("", ics.Options{})
		first := readAll(t, s, "")
		f.q.extra = func(w http.ResponseWriter, r *http.Request) bool { // the same page for ever
			f.multistatus(w, `<d:response><d:href>`+fakeCal+`</d:href><d:status>HTTP/1.1 507 x</d:status></d:response><d:sync-token>`+f.token(1)+`</d:sync-token>`)
			return true
		}
		if _, err := s.Changes(context.Background(), first.Next); !errors.Is(err, calendar.ErrCursor) {
			t.Errorf("got %v", err)
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestALoginPageIsSaid(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!DOCTYPE html><html><body>Welcome to our wifi</body></html>")
	}))
	defer srv.Close()
	_, err := open(t, Options{URL: srv.URL}).Source("", ics.Options{}).Changes(context.Background(), "")
	if err == nil || !strings.Contains(err.Error(), "web page") {
		t.Errorf("got %v", err)
	}
}

// certificates makes an authority, and a server's and a client's certificate by it.
func certificates(t *testing.T) (pool *x509.CertPool, server tls.Certificate, certFile, keyFile string) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, &key.PublicKey, key)
	check(err)
	root, err := x509.ParseCertificate(der)
	check(err)
	pool = x509.NewCertPool()
	pool.AddCert(root)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "nina"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}}
	der, err = x509.CreateCertificate(rand.Reader, leaf, root, &key.PublicKey, key)
	check(err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	check(err)
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	check(os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	check(os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600))
	server, err = tls.LoadX509KeyPair(certFile, keyFile)
	check(err)
	return pool, server, certFile, keyFile
}

func TestClientCertificate(t *testing.T) {
	f := newFake(t, quirks{})
	pool, cert, certFile, keyFile := certificates(t)
	srv := httptest.NewUnstartedServer(f)
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
	srv.StartTLS()
	defer srv.Close()
	check := func(o Options) error {
		o.URL = srv.URL + fakeCal
		c := open(t, o)
		c.http.Transport.(*http.Transport).TLSClientConfig.RootCAs = pool
		_, err := c.Check(context.Background())
		return err
	}
	if err := check(Options{CertFile: certFile, KeyFile: keyFile}); err != nil {
		t.Errorf("with the certificate: %v", err)
	}
	unknown := open(t, Options{URL: srv.URL + fakeCal, CertFile: certFile, KeyFile: keyFile})
	if _, err := unknown.Check(context.Background()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a server whose authority is not known: %v", err)
	}
	if n := unknown.Requests().Read; n > 3 {
		t.Errorf("tried %d times: a certificate does not get better by trying", n)
	}
	if _, err := Open(context.Background(), Options{URL: srv.URL, CertFile: certFile}); err == nil {
		t.Error("a certificate without its key was taken")
	}
}
