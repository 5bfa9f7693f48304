package web

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"testing"
	"time"

	"followup/planner"
)

// manyRecords is a feed of n follow-ups with drafts of the usual length.
func manyRecords(t testing.TB, n int) *View {
	base := theView(t).Records[0]
	v := &View{}
	for i := range n {
		r := base
		r.FollowUp.Key = key(fmt.Sprintf("m%dx", i))
		r.FollowUp.Title = fmt.Sprintf("Thank person no. %d (Northwind, Data Engineer)", i)
		r.FollowUp.Text = r.FollowUp.Body + fmt.Sprintf("\n\nTo: person%d@northwind.example\n", i)
		r.FollowUp.Start = r.FollowUp.Start.Add(time.Duration(i) * time.Hour)
		r.FollowUp.End = r.FollowUp.Start.Add(15 * time.Minute)
		v.Records = append(v.Records, r)
	}
	return v
}

// bare serves the same bytes as a feed in the fewest lines of net/http: what the
// feed's handler is measured against.
func bare(body []byte, etag string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Write(body)
	})
}

// TestLoadServer is no test: with FOLLOWUP_LOAD set to a file, it serves a feed of
// 1,000 events and the bare handler side by side, writes their addresses into the
// file, and ends when the file is removed. .ci/bench-feed drives it.
func TestLoadServer(t *testing.T) {
	file := os.Getenv("FOLLOWUP_LOAD")
	if file == "" {
		t.Skip("only for .ci/bench-feed")
	}
	s := newTestServer(t, &fakeLedger{view: manyRecords(t, 1000)}, nil)
	snap, err := s.feeds.get(s.o.Ledger.(*fakeLedger).view, selection{}, theNow)
	if err != nil {
		t.Fatal(err)
	}
	srv, err := NewServer(s.o)
	if err != nil {
		t.Fatal(err)
	}
	open := func(srv *http.Server) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go srv.Serve(l)
		t.Cleanup(func() { srv.Close() })
		return "http://" + l.Addr().String()
	}
	text := fmt.Sprintf("feed %s%s\nbare %s/\netag %s\nbytes %d\n", open(srv), feedPath, open(&http.Server{Handler: bare(snap.plain.body, snap.plain.etag)}), snap.plain.etag, len(snap.plain.body))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for {
		time.Sleep(100 * time.Millisecond)
		if _, err := os.Stat(file); err != nil {
			return
		}
	}
}

// BenchmarkFeed is what one answer costs without the network.
func BenchmarkFeed(b *testing.B) {
	s := newTestServer(b, &fakeLedger{view: manyRecords(b, 1000)}, nil)
	h := s.handler()
	etag := ask(h, "GET", feedPath).Header.Get("ETag")
	for name, tag := range map[string]string{"200": "", "304": etag} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", "http://127.0.0.1:8480"+feedPath, nil)
			if tag != "" {
				r.Header.Set("If-None-Match", tag)
			}
			w := &discard{h: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.h)
				h.ServeHTTP(w, r)
			}
		})
	}
}

type discard struct{ h http.Header }

func (d *discard) Header() http.Header         { return d.h }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

// Memory stays flat: a snapshot is made once for a state, and old ones go.
func TestFeedMemory(t *testing.T) {
	l := &fakeLedger{view: manyRecords(t, 300)}
	h := newTestServer(t, l, nil).handler()
	used := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	round := func(n int) {
		for i := range n {
			v := *l.view
			v.Records = append([]planner.Record(nil), v.Records...)
			v.Records[i%300].FollowUp.Title += "."
			v.Records[i%300].Sequence++
			v.Records[i%300].Updated = theNow.Add(-time.Hour)
			l.set(&v, nil)
			for range 20 {
				if r := ask(h, "GET", feedPath); r.StatusCode != 200 {
					t.Fatal(r.StatusCode)
				}
			}
		}
	}
	round(10)
	before := used()
	round(40)
	if after := used(); after > before+2<<20 {
		t.Errorf("after 40 more states and 800 answers the heap went from %d to %d kB", before>>10, after>>10)
	}
}

// Thousands of half-open requests keep nobody from the feed; .ci/bench-feed makes it
// ten thousand.
func TestSlowConnections(t *testing.T) {
	s := newTestServer(t, &fakeLedger{view: theView(t)}, nil)
	srv, err := NewServer(s.o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	n := 0
	for range slowConnections() {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break // the machine's own limit of open files
		}
		defer c.Close()
		if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", feedPath); err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n < 300 {
		t.Fatalf("only %d connections could be opened", n)
	}
	client := &http.Client{Timeout: 5 * time.Second}
	began := time.Now()
	for range 20 {
		r, err := client.Get("http://" + l.Addr().String() + feedPath)
		if err != nil {
			t.Fatalf("with %d slow connections: %v", n, err)
		}
		r.Body.Close()
	}
	t.Logf("%d slow connections; 20 answers in %v", n, time.Since(began))
}
