package webcal

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/calendar/ics"
)

const secretPath = "/private-5f0c2a/basic.ics"

func feed(events ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n")
	for i, title := range events {
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:%d@cal.example\r\nDTSTAMP:20261124T100000Z\r\nDTSTART:202612%02dT100000Z\r\nDTEND:202612%02dT110000Z\r\nSUMMARY:%s\r\nEND:VEVENT\r\n", i, i+1, i+1, title)
	}
	return b.String() + "END:VCALENDAR\r\n"
}

// serve answers by h and returns a source that reads it.
func serve(t *testing.T, h http.HandlerFunc) *Source {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return New(Options{Name: "campus", Location: srv.URL + secretPath, Explicit: true, Timeout: 5 * time.Second})
}

func titles(c calendar.Changes) string {
	var out []string
	for _, it := range c.Items {
		out = append(out, it.Event.Summary)
	}
	return strings.Join(out, ",")
}

func TestFetchConditional(t *testing.T) {
	body, etag := feed("Interview"), `"v1"`
	var asked []string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("If-None-Match"))
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, body)
	})
	first := mustRead(t, s, "")
	if !first.Whole || titles(first) != "Interview" || first.Next == "" {
		t.Fatalf("first read: %+v", first)
	}
	if strings.Contains(string(first.Next), "private") {
		t.Errorf("the cursor tells the address: %s", first.Next)
	}
	second := mustRead(t, s, first.Next)
	if !second.Unchanged || second.Next != first.Next || len(second.Items) != 0 {
		t.Errorf("second read: %+v, want unchanged with the same cursor", second)
	}
	body, etag = feed("Interview", "Second round"), `"v2"`
	third := mustRead(t, s, second.Next)
	if !third.Whole || titles(third) != "Interview,Second round" {
		t.Errorf("third read: %+v", third)
	}
	if want := []string{"", `"v1"`, `"v1"`}; fmt.Sprint(asked) != fmt.Sprint(want) {
		t.Errorf("If-None-Match sent: %q, want %q", asked, want)
	}
	if got := s.Requests(); got != (calendar.Requests{Read: 3}) {
		t.Errorf("requests: %+v, want one a read", got)
	}
}

// Without validators the text itself tells: a new DTSTAMP is no change, a new
// title is one.
func TestFetchByMeaning(t *testing.T) {
	n, title := 0, "Interview"
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		io.WriteString(w, strings.ReplaceAll(feed(title), "T100000Z\r\nDTSTART", fmt.Sprintf("T10%02d00Z\r\nDTSTART", n)))
	})
	first := mustRead(t, s, "")
	if second := mustRead(t, s, first.Next); !second.Unchanged || len(second.Items) != 0 {
		t.Errorf("another DTSTAMP: %+v, want unchanged", second)
	}
	title = "Interview (moved)"
	if third := mustRead(t, s, first.Next); third.Unchanged || titles(third) != title {
		t.Errorf("another title: %+v", third)
	}
}

// A server without validators that sends the same bytes is known by them: the
// cursor stays as it is. That holds for a whole answer under the same charset alone.
func TestFetchSameBytes(t *testing.T) {
	text, kind, more := feed("Caf\u00e9"), "text/calendar; charset=utf-8", 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Length", fmt.Sprint(len(text)+more))
		io.WriteString(w, text)
	})
	first := mustRead(t, s, "")
	if second := mustRead(t, s, first.Next); !second.Unchanged || second.Next != first.Next {
		t.Errorf("the same bytes: %+v, want unchanged with the same cursor", second)
	}
	more = 10
	if c, err := s.Changes(context.Background(), first.Next); err == nil {
		t.Errorf("the same bytes and a missing rest: %+v, want an error", c)
	}
	more, kind = 0, "text/calendar; charset=iso-8859-1"
	if c := mustRead(t, s, first.Next); c.Next == first.Next {
		t.Error("another charset: the cursor stayed, want the text read anew")
	}
}

func mustRead(t *testing.T, s *Source, since calendar.Cursor) calendar.Changes {
	t.Helper()
	c, err := s.Changes(context.Background(), since)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Whatever is not a whole calendar is an error that names the cause and the next
// step, tells no secret, and says nothing about events.
func TestFetchRefused(t *testing.T) {
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(code)
			if code != http.StatusNoContent && code != http.StatusNotModified {
				io.WriteString(w, body)
			}
		}
	}
	good := feed("Interview", "Lunch")
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    string
		is      error
	}{
		{"206", status(206, good), "206", nil},
		{"204", status(204, ""), "204", nil},
		{"203", status(203, good), "203", nil},
		{"304 unasked", status(304, ""), "304", nil},
		{"401", status(401, "no"), "401", calendar.ErrAuth},
		{"403", status(403, "no"), "403", nil},
		{"404", status(404, "<html>"), "copy it anew", nil},
		{"410", status(410, ""), "410", nil},
		{"500", status(500, good), "500", nil},
		{"empty", status(200, ""), "nothing at all", nil},
		{"blank", status(200, " \r\n\r\n"), "nothing at all", nil},
		{"HTML", status(200, "\n<!DOCTYPE html><title>Sign in</title>"), "web page", nil},
		{"HTML that quotes a calendar", status(200, "<pre>"+good+"</pre>"), "web page", nil},
		{"JSON", status(200, `{"error":"quota"}`), "JSON", nil},
		{"text", status(200, "Service busy"), "BEGIN:VCALENDAR", nil},
		{"cut between events", status(200, good[:strings.LastIndex(good, "BEGIN:VEVENT")]), "END:VCALENDAR", nil},
		{"cut within an event", status(200, good[:len(good)-40]), "END:VCALENDAR", nil},
		{"cut within the last line", status(200, good[:len(good)-6]), "END:VCALENDAR", nil},
		{"shorter than announced", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(good)+10))
			io.WriteString(w, good[:60])
		}, "cut off", nil},
		{"unknown charset", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/calendar; charset=klingon")
			io.WriteString(w, good)
		}, "klingon", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, tt.handler)
			c, err := s.Changes(context.Background(), "")
			if err == nil {
				t.Fatalf("read as %+v, want an error", c)
			}
			if len(c.Items)+len(c.Gone) > 0 || c.Next != "" || c.Whole {
				t.Errorf("says something besides the error: %+v", c)
			}
			if !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "campus (http://127.0.0.1") {
				t.Errorf("%q, want it to begin with the source and to name %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "private-5f0c2a") {
				t.Errorf("%q tells the secret address", err)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%q is not %q", err, tt.is)
			}
		})
	}
}

// raw answers with bytes of its own, beyond what net/http would send.
func raw(t *testing.T, answer string) *Source {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			http.ReadRequest(bufio.NewReader(c))
			io.WriteString(c, answer)
			c.Close()
		}
	}()
	return New(Options{Name: "campus", Location: "http://" + l.Addr().String() + secretPath, Explicit: true, Timeout: 5 * time.Second})
}

// Go's client reports the end of a connection as the end of the text.
func TestFetchCloseDelimited(t *testing.T) {
	good := feed("Interview", "Lunch")
	for _, proto := range []string{"HTTP/1.0", "HTTP/1.1"} {
		head := proto + " 200 OK\r\nContent-Type: text/calendar\r\nConnection: close\r\n\r\n"
		if c := mustRead(t, raw(t, head+good), ""); titles(c) != "Interview,Lunch" {
			t.Errorf("%s, whole: %+v", proto, c)
		}
		for _, cut := range []int{len(good) / 2, strings.LastIndex(good, "BEGIN:VEVENT"), len(good) - 4} {
			if c, err := raw(t, head+good[:cut]).Changes(context.Background(), ""); err == nil {
				t.Errorf("%s, cut at %d: read as %+v, want an error", proto, cut, c)
			}
		}
	}
}

func TestFetchGzip(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, feed("Interview"))
	z.Close()
	send := func(declared bool, body []byte) *Source {
		return serve(t, func(w http.ResponseWriter, r *http.Request) {
			if declared {
				w.Header().Set("Content-Encoding", "gzip")
			}
			w.Write(body)
		})
	}
	for _, declared := range []bool{true, false} {
		if c := mustRead(t, send(declared, packed.Bytes()), ""); titles(c) != "Interview" {
			t.Errorf("declared=%v: %+v", declared, c)
		}
		if c, err := send(declared, packed.Bytes()[:packed.Len()-9]).Changes(context.Background(), ""); err == nil || !strings.Contains(err.Error(), "cut off") {
			t.Errorf("declared=%v, cut: %+v, %v", declared, c, err)
		}
	}
}

func TestFetchCharset(t *testing.T) {
	tests := map[string]struct{ header, body string }{
		"latin 1":                    {"text/calendar; charset=ISO-8859-1", feed("Vorstellungsgespr\xe4ch")},
		"windows-1252":               {"text/calendar;charset=windows-1252", feed("Vorstellungsgespr\xe4ch")},
		"utf-8":                      {"text/calendar; charset=utf-8", feed("Vorstellungsgespräch")},
		"none":                       {"text/calendar", feed("Vorstellungsgespräch")},
		"a mark beats a declaration": {"text/calendar; charset=iso-8859-1", "\ufeff" + feed("Vorstellungsgespräch")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", tt.header)
				io.WriteString(w, tt.body)
			})
			if got := titles(mustRead(t, s, "")); got != "Vorstellungsgespräch" {
				t.Errorf("title %q", got)
			}
		})
	}
}

func TestFetchLimits(t *testing.T) {
	endless := func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "BEGIN:VCALENDAR\r\n")
		piece := bytes.Repeat([]byte("X-FILL:0123456789\r\n"), 1000)
		for r.Context().Err() == nil {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	}
	srv := httptest.NewServer(http.HandlerFunc(endless))
	t.Cleanup(srv.Close)
	s := New(Options{Name: "campus", Location: srv.URL, Explicit: true, MaxBytes: 4 << 20})
	if _, err := s.Changes(context.Background(), ""); err == nil || !strings.Contains(err.Error(), "larger than 4 MiB") {
		t.Errorf("endless: %v", err)
	}
	stop := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "BEGIN:VCALENDAR\r\n")
		w.(http.Flusher).Flush()
		<-stop
	}))
	t.Cleanup(slow.Close)
	t.Cleanup(func() { close(stop) })
	s = New(Options{Name: "campus", Location: slow.URL, Explicit: true, Timeout: 200 * time.Millisecond})
	if _, err := s.Changes(context.Background(), ""); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "200ms") {
		t.Errorf("slow: %v", err)
	}
	exact := feed("Interview")
	s = serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, exact) })
	s.o.MaxBytes = int64(len(exact))
	if got := titles(mustRead(t, s, "")); got != "Interview" {
		t.Errorf("a calendar of exactly the limit: %q", got)
	}
}

func TestFetchRetryAfter(t *testing.T) {
	now, calls := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	s.o.Now = func() time.Time { return now }
	for range 2 {
		if _, err := s.Changes(context.Background(), ""); err == nil || !strings.Contains(err.Error(), "2m0s") {
			t.Errorf("%v, want it to say when to try again", err)
		}
	}
	if calls != 1 {
		t.Errorf("%d calls within the time that the server asked for, want 1", calls)
	}
	now = now.Add(3 * time.Minute)
	s.Changes(context.Background(), "")
	if calls != 2 {
		t.Errorf("%d calls after that time, want 2", calls)
	}
}

func TestRedirects(t *testing.T) {
	mux := http.NewServeMux()
	var seen http.Header
	mux.HandleFunc("/ok.ics", func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Clone()
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, feed("Interview"))
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	chain := func(n int) {
		for i := range n {
			next := fmt.Sprintf("/hop%d/%d", n, i+1)
			if i == n-1 {
				next = "/ok.ics"
			}
			mux.Handle(fmt.Sprintf("/hop%d/%d", n, i), http.RedirectHandler(next, http.StatusFound))
		}
	}
	chain(10)
	chain(11)
	mux.Handle("/metadata", http.RedirectHandler("http://169.254.169.254/latest/meta-data/", http.StatusFound))
	mux.Handle("/localhost", http.RedirectHandler(strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)+"/ok.ics", http.StatusFound))
	mux.Handle("/file", http.RedirectHandler("file:///etc/passwd", http.StatusFound))
	at := func(path string, explicit bool) *Source {
		return New(Options{Name: "campus", Location: strings.Replace(srv.URL, "://", "://nina:pw@", 1) + path, Explicit: explicit, Timeout: 5 * time.Second})
	}
	if c := mustRead(t, at("/hop10/0", true), ""); titles(c) != "Interview" {
		t.Errorf("ten redirects: %+v", c)
	}
	if seen.Get("Referer") != "" {
		t.Errorf("the address was told by Referer: %q", seen.Get("Referer"))
	}
	for path, want := range map[string]error{"/hop11/0": errRedirects, "/metadata": errPrivate, "/localhost": errPrivate, "/file": errScheme} {
		if _, err := at(path, true).Changes(context.Background(), ""); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
	if _, err := at("/ok.ics", false).Changes(context.Background(), ""); !errors.Is(err, errPrivate) {
		t.Errorf("loopback that nobody named: %v", err)
	}
}

func TestRedirectFromHTTPS(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, feed("Interview")) }))
	t.Cleanup(plain.Close)
	srv := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	t.Cleanup(srv.Close)
	s := New(Options{Name: "campus", Location: strings.Replace(srv.URL, "https://", "webcal://", 1), Explicit: true, Client: srv.Client(), Timeout: 5 * time.Second})
	if _, err := s.Changes(context.Background(), ""); !errors.Is(err, errDowngrade) {
		t.Errorf("https to http: %v, want %v", err, errDowngrade)
	}
}

// A sign-in and a validator belong to the place that they came from. When the
// feed moves, neither goes along, and the user is told.
func TestRedirectToAnotherHost(t *testing.T) {
	var seen []http.Header
	answer := func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Clone())
		w.Header().Set("ETag", `"same"`)
		if r.Header.Get("If-None-Match") == `"same"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, feed("from "+r.Host))
	}
	one, two := httptest.NewServer(http.HandlerFunc(answer)), httptest.NewServer(http.HandlerFunc(answer))
	t.Cleanup(one.Close)
	t.Cleanup(two.Close)
	to := one.URL
	var front http.Header
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		front = r.Header.Clone()
		http.Redirect(w, r, to+"/basic.ics", http.StatusFound)
	}))
	t.Cleanup(srv.Close)
	s := New(Options{Name: "campus", Location: strings.Replace(srv.URL, "://", "://nina:pw@", 1), Explicit: true, Timeout: 5 * time.Second})
	first := mustRead(t, s, "")
	if front.Get("Authorization") == "" {
		t.Error("the named host did not get the sign-in of the address")
	}
	if a := seen[0].Get("Authorization"); a != "" {
		t.Errorf("the other host got the sign-in: %q", a)
	}
	second := mustRead(t, s, first.Next)
	if !second.Unchanged || front.Get("If-None-Match") != "" || seen[1].Get("If-None-Match") != `"same"` {
		t.Errorf("the validator goes to the final address alone: %+v, front %q, final %q", second, front.Get("If-None-Match"), seen[1].Get("If-None-Match"))
	}
	to = two.URL
	third := mustRead(t, s, first.Next)
	if third.Unchanged || seen[2].Get("If-None-Match") != "" || len(third.Warnings) == 0 {
		t.Errorf("another final address: %+v, If-None-Match %q; want a full read and a warning", third, seen[2].Get("If-None-Match"))
	}
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	s := New(Options{Name: "campus", Location: "http://" + l.Addr().String() + secretPath, Explicit: true})
	_, err = s.Changes(context.Background(), "")
	if err == nil || strings.Contains(err.Error(), "private-5f0c2a") || !strings.Contains(err.Error(), "followup sync") {
		t.Errorf("nobody listens: %v", err)
	}
}

// An unchanged calendar is read again once the window has moved by a day: what
// lay beyond its end comes in by time alone.
func TestWindowMoves(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, feed("Interview"))
	})
	end := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	s.o.ICS = ics.Options{Window: calendar.Window{To: end}}
	first := mustRead(t, s, "")
	for _, tt := range []struct {
		to        time.Time
		unchanged bool
	}{{end, true}, {end.Add(time.Hour), true}, {end.AddDate(0, 0, 2), false}, {time.Time{}, false}} {
		s.o.ICS.Window.To = tt.to
		if c := mustRead(t, s, first.Next); c.Unchanged != tt.unchanged {
			t.Errorf("window to %v: unchanged=%v, want %v", tt.to, c.Unchanged, tt.unchanged)
		}
	}
}

func TestURLSource(t *testing.T) {
	calendartest.SourceSuite(t, func(t *testing.T) calendartest.SourceFixture {
		var events []calendar.Event
		var broken atomic.Bool
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			var b bytes.Buffer
			if err := ics.Write(&b, ics.Calendar{Name: "campus", Events: events}); err != nil {
				t.Error(err)
			}
			if broken.Load() {
				b.Truncate(b.Len() / 2) // and closed without a word
			}
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.Bytes()))
		})
		at := func(e calendar.Event) int {
			return slices.IndexFunc(events, func(x calendar.Event) bool { return x.ID() == e.ID() })
		}
		return calendartest.SourceFixture{
			Source: s,
			Put: func(e calendar.Event) {
				if i := at(e); i >= 0 {
					events[i] = e
					return
				}
				events = append(events, e)
			},
			Remove: func(e calendar.Event) { events = slices.Delete(events, at(e), at(e)+1) },
			Break:  func() func() { broken.Store(true); return func() { broken.Store(false) } },
			Count:  s.Requests,
			Drops:  func(field string) bool { return field == "organizer" || field == "attendees" },
		}
	})
}
