package caldav

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is a real CalDAV server, started for the tests of the whole package.
type server struct {
	name string
	base string // of the server
	home string // calendar home of the user
	user string // "" when it asks for no login
	pass string
	dir  string // where it keeps its files
	cmd  *exec.Cmd
	log  *bytes.Buffer
	// mangles is what it makes of a text; nil nothing
	mangles func(string) string
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, s := range started {
		s.stop()
	}
	os.Exit(code)
}

var (
	started  []*server
	radicale = sync.OnceValues(startRadicale)
	xandikos = sync.OnceValues(startXandikos)
)

// servers are the real servers that everything is tried on.
var servers = []struct {
	name  string
	start func() (*server, error)
}{{"radicale", radicale}, {"xandikos", xandikos}}

// onServers runs a test on every real server, at the same time as others: most of
// the time goes by in the servers, each of which uses one processor.
func onServers(t *testing.T, test func(*testing.T, *server)) {
	t.Parallel()
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			test(t, running(t, s.start))
		})
	}
}

func running(t *testing.T, start func() (*server, error)) *server {
	t.Helper()
	s, err := start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("end of the log of %s:\n%s", s.name, s.log.String()[max(0, s.log.Len()-3000):])
		}
	})
	return s
}

func startRadicale() (*server, error) {
	dir, err := os.MkdirTemp("", "followup-radicale-")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	conf := fmt.Sprintf(`[server]
hosts = 127.0.0.1:%d
[auth]
type = htpasswd
htpasswd_filename = %s/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = %s/data
[web]
type = none
[logging]
level = warning
`, port, dir, dir)
	err = os.WriteFile(filepath.Join(dir, "config"), []byte(conf), 0o600)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "users"), []byte("nina:s3cr3t pass\n"), 0o600)
	}
	if err != nil {
		return nil, err
	}
	base := fmt.Sprintf("http://127.0.0.1:%d/", port)
	s := &server{name: "radicale", base: base, home: base + "nina/", user: "nina", pass: "s3cr3t pass", dir: dir}
	return s, s.run("radicale", "--config", filepath.Join(dir, "config"))
}

func startXandikos() (*server, error) {
	dir, err := os.MkdirTemp("", "followup-xandikos-")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	base := fmt.Sprintf("http://127.0.0.1:%d/", port)
	s := &server{name: "xandikos", base: base, home: base + "user/calendars/", dir: dir, mangles: xandikosTexts}
	return s, s.run("xandikos", "-d", dir, "--defaults", "-l", "127.0.0.1", "-p", fmt.Sprint(port))
}

// run starts the server and waits until it answers. A missing one is an error:
// what was not tried on a real server was not tried.
func (s *server) run(name string, args ...string) error {
	if _, err := exec.LookPath(name); err != nil {
		return fmt.Errorf("%s is missing, which these tests need: apt-get install %s", name, name)
	}
	s.log = &bytes.Buffer{}
	s.cmd = exec.Command(name, args...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	started = append(started, s)
	for range 1200 { // a busy machine takes its time
		if res, err := http.Get(s.base); err == nil {
			res.Body.Close()
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%s did not answer within a minute: %s", name, s.log)
}

func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	}
	os.RemoveAll(s.dir)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// options are the server's, at an address on it.
func (s *server) options(address string) Options {
	return Options{URL: address, Username: s.user, Secret: Secret{Value: s.pass}}
}

// calendar makes a fresh collection for a test and returns its address.
func (s *server) calendar(t *testing.T) string {
	t.Helper()
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(t.Name()))
	u := s.home + fmt.Sprintf("%s-%d/", name[max(0, len(name)-40):], time.Now().UnixNano())
	if status, _, body := s.send(t, "MKCALENDAR", u, nil, ""); status != http.StatusCreated {
		t.Fatalf("MKCALENDAR %s: %d %s", u, status, body)
	}
	return u
}

// send makes a plain request, as another client does.
func (s *server) send(t *testing.T, method, address string, header map[string]string, body string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if s.user != "" {
		req.SetBasicAuth(s.user, s.pass)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(text)
}

// put stores an object, as another client does.
func (s *server) put(t *testing.T, address, text string) {
	t.Helper()
	status, _, body := s.send(t, http.MethodPut, address, map[string]string{"Content-Type": "text/calendar; charset=utf-8"}, text)
	if status/100 != 2 || status == http.StatusMultiStatus {
		t.Fatalf("PUT %s: %d %s\n%s", address, status, body, text)
	}
}

// gremlin is a transport in which things go wrong on demand.
type gremlin struct {
	mu     sync.Mutex
	next   http.RoundTripper
	lose   int                                         // replies of writes to be lost after their effect
	broken bool                                        // every request fails
	edit   func(*http.Request) (*http.Response, error) // sees requests first; nil, nil goes on
	seen   []string                                    // METHOD path
	auth   []string                                    // hosts that were sent an Authorization
}

func (g *gremlin) RoundTrip(req *http.Request) (*http.Response, error) {
	g.mu.Lock()
	g.seen = append(g.seen, req.Method+" "+req.URL.Path)
	if req.Header.Get("Authorization") != "" {
		g.auth = append(g.auth, req.URL.Host)
	}
	edit, broken := g.edit, g.broken
	write := req.Method == http.MethodPut || req.Method == http.MethodDelete
	lose := write && g.lose > 0
	if lose {
		g.lose--
	}
	g.mu.Unlock()
	if broken {
		return nil, io.ErrUnexpectedEOF
	}
	if edit != nil {
		if res, err := edit(req); res != nil || err != nil {
			return res, err
		}
	}
	next := g.next
	if next == nil {
		next = http.DefaultTransport
	}
	res, err := next.RoundTrip(req)
	if err != nil || !lose {
		return res, err
	}
	io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return nil, io.ErrUnexpectedEOF
}

// open makes a client whose retries don't wait.
func open(t *testing.T, o Options) *Client {
	t.Helper()
	c, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	c.retry.sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return c
}

// expire makes the transport send sync tokens that no server knows, and lets no
// ctag be asked for that would make them needless.
func (g *gremlin) expire() {
	g.edit = func(req *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		body = bytes.ReplaceAll(body, []byte("<CS:getctag/>"), nil)
		if from, to := bytes.Index(body, []byte("<D:sync-token>")), bytes.Index(body, []byte("</D:sync-token>")); from >= 0 && to > from+14 {
			body = bytes.Join([][]byte{body[:from], []byte("<D:sync-token>http://unknown.example/token/1"), body[to:]}, nil)
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
		req.ContentLength = int64(len(body))
		return nil, nil
	}
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
