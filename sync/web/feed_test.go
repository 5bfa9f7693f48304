package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"followup/calendar"
	"followup/calendar/ics"
	"followup/planner"
)

const feedPath = "/feed/" + theSecret + ".ics"

// ask sends one request to the handler, as a client on this computer.
func ask(h http.Handler, method, path string, header ...string) *http.Response {
	r := httptest.NewRequest(method, "http://127.0.0.1:8480"+path, nil)
	r.RemoteAddr = "127.0.0.1:40000"
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func testLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func bodyOf(t testing.TB, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func eventsOf(t testing.TB, text string) map[string]calendar.Event {
	t.Helper()
	out := map[string]calendar.Event{}
	report, err := ics.Read(strings.NewReader(text), ics.Options{}, func(e calendar.Event) error {
		out[e.UID] = e
		return nil
	})
	if err != nil || !report.Complete || len(report.Skipped) > 0 || len(report.Warnings) > 0 {
		t.Fatalf("the feed does not read clean: %v, %+v\n%s", err, report, text)
	}
	return out
}

// checkGrammar holds a text to what RFC 5545 asks of a writer and to what clients
// stumble over.
func checkGrammar(t testing.TB, text string) {
	t.Helper()
	if !utf8.ValidString(text) || strings.HasPrefix(text, "\ufeff") {
		t.Error("not UTF-8, or with a byte order mark")
	}
	if !strings.HasSuffix(text, "END:VCALENDAR\r\n") {
		t.Errorf("ends with %q", text[max(0, len(text)-20):])
	}
	var stack []string
	props := map[string]map[string]int{}
	logical := ""
	end := func() {
		name := logical[:strings.IndexAny(logical+":", ":;")]
		value := logical[strings.IndexByte(logical+":", ':')+1:]
		switch name {
		case "BEGIN":
			stack = append(stack, value)
			props[value] = map[string]int{}
		case "END":
			if len(stack) == 0 || stack[len(stack)-1] != value {
				t.Fatalf("END:%s within %v", value, stack)
			}
			stack = stack[:len(stack)-1]
			checkComponent(t, value, props[value])
		default:
			if len(stack) == 0 {
				t.Fatalf("a line outside of everything: %q", logical)
			}
			props[stack[len(stack)-1]][name]++
		}
	}
	for i, line := range strings.SplitAfter(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		line = strings.TrimSuffix(line, "\r\n")
		if len(line) > 75 || line == "" || !utf8.ValidString(line) {
			t.Errorf("line %d has %d octets, or splits a character: %q", i+1, len(line), line)
		}
		if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			t.Errorf("line %d has a control character: %q", i+1, line)
		}
		if rest, folded := strings.CutPrefix(line, " "); folded {
			logical += rest
			continue
		}
		if logical != "" {
			end()
		}
		logical = line
	}
	end()
	if len(stack) > 0 {
		t.Errorf("left open: %v", stack)
	}
}

// checkComponent holds a component to the properties that it must and must not
// have: RFC 5545 sections 3.6, 3.6.1, 3.6.6 and the rules of our feed.
func checkComponent(t testing.TB, name string, has map[string]int) {
	t.Helper()
	once := map[string][]string{
		"VCALENDAR": {"VERSION", "PRODID", "CALSCALE", "METHOD", "NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"},
		"VEVENT":    {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "LAST-MODIFIED", "STATUS", "TRANSP"},
		"VALARM":    {"ACTION", "TRIGGER", "DESCRIPTION"},
		"VTIMEZONE": {"TZID"},
	}[name]
	for _, p := range once {
		if has[p] != 1 {
			t.Errorf("%s has %d times %s, want it once", name, has[p], p)
		}
	}
	for _, p := range []string{"ATTENDEE", "ORGANIZER", "REQUEST-STATUS"} {
		if has[p] > 0 {
			t.Errorf("%s has %s: nobody is to be invited", name, p)
		}
	}
}

func TestFeedGrammar(t *testing.T) {
	views := map[string]*View{"usual": theView(t), "nothing": {}}
	h := theView(t)
	evil := "a\"><script>\r\nATTENDEE:mailto:x@y.example\r\nEND:VEVENT\x00\x07 " + strings.Repeat("日本語👩‍💻", 60)
	for i := range h.Records {
		f := &h.Records[i].FollowUp
		f.Title, f.Text, f.Interview.UID = evil, evil+"\n\n"+evil, "x\r\nATTENDEE:y"
	}
	views["hostile"] = h
	for name, v := range views {
		t.Run(name, func(t *testing.T) {
			r := ask(newTestServer(t, &fakeLedger{view: v}, nil).handler(), "GET", feedPath)
			text := bodyOf(t, r)
			if r.StatusCode != 200 || r.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
				t.Fatalf("status %d, type %q", r.StatusCode, r.Header.Get("Content-Type"))
			}
			checkGrammar(t, text)
			eventsOf(t, text)
		})
	}
}

// What stands where: the wanted are confirmed, the done are ticked and silent, the
// withdrawn are cancelled for thirty days, and what the person changed is theirs.
func TestFeedStates(t *testing.T) {
	v := theView(t)
	v.Records[1].Owned = []calendar.Field{calendar.FieldTitle, calendar.FieldTime, calendar.FieldAlarms}
	v.Records[1].Remote = calendar.Fields{calendar.FieldTitle: "Call Ben instead", calendar.FieldTime: "20261128T090000Z/20261128T093000Z", calendar.FieldAlarms: "-30m0s,0s"}
	v.Records[1].State = planner.Edited
	now := theNow
	s := newTestServer(t, &fakeLedger{view: v}, func(o *Options) { o.Now = func() time.Time { return now } })
	first := ask(s.handler(), "GET", feedPath)
	text := bodyOf(t, first)
	got := eventsOf(t, text)
	a, b, c, d, e := got[key("a")], got[key("b")], got[key("c")], got[key("d")], got[key("e")]
	if a.Status != calendar.StatusConfirmed || len(a.Alarms) != 1 || !a.Transparent || a.RelatedTo != "n2@cal.example" || !a.Updated.Equal(v.Records[0].Updated) {
		t.Errorf("a wanted one: %+v", a)
	}
	if b.Summary != "Call Ben instead" || !b.Start.Equal(time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)) || len(b.Alarms) != 2 {
		t.Errorf("one that the person changed: %+v", b)
	}
	if c.UID == "" || !c.Updated.Equal(now.Truncate(time.Second)) {
		t.Errorf("one that no record tells of: %+v", c)
	}
	if !strings.HasPrefix(d.Summary, "✓ ") || len(d.Alarms) != 0 || d.Sequence != 3 {
		t.Errorf("a done one: %+v", d)
	}
	if e.Status != calendar.StatusCancelled || e.Sequence != 5 {
		t.Errorf("a withdrawn one: %+v", e)
	}
	now = time.Date(2026, 12, 11, 12, 0, 1, 0, time.UTC) // 30 days after the withdrawal, 13:00 in Berlin
	later := ask(s.handler(), "GET", feedPath)
	got = eventsOf(t, bodyOf(t, later))
	if _, ok := got[key("e")]; ok || len(got) != 4 {
		t.Errorf("after 30 days %d stand: %v", len(got), got)
	}
	if was, is := stamp(t, first), stamp(t, later); !is.After(was) {
		t.Errorf("Last-Modified went from %v to %v; it must tell of the removal", was, is)
	}
}

func stamp(t testing.TB, r *http.Response) time.Time {
	t.Helper()
	at, err := http.ParseTime(r.Header.Get("Last-Modified"))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestFeedIsStable(t *testing.T) {
	now := theNow
	l := &fakeLedger{view: theView(t)}
	s := newTestServer(t, l, func(o *Options) { o.Now = func() time.Time { return now } })
	one := ask(s.handler(), "GET", feedPath)
	now = now.Add(26 * time.Hour)
	same := *l.view // another View that says the same, as after a run that changed nothing
	l.set(&same, nil)
	two := ask(s.handler(), "GET", feedPath)
	if bodyOf(t, one) != bodyOf(t, two) {
		t.Error("the bytes changed although nothing did")
	}
	for _, h := range []string{"ETag", "Last-Modified"} {
		if one.Header.Get(h) != two.Header.Get(h) {
			t.Errorf("%s went from %s to %s although nothing changed", h, one.Header.Get(h), two.Header.Get(h))
		}
	}
	// Another process, with the same records, says the same of them.
	saved := theView(t)
	saved.Plan.FollowUps = nil
	x := ask(newTestServer(t, &fakeLedger{view: saved}, nil).handler(), "GET", feedPath)
	y := ask(newTestServer(t, &fakeLedger{view: saved}, func(o *Options) { o.Now = func() time.Time { return now } }).handler(), "GET", feedPath)
	if x.Header.Get("ETag") != y.Header.Get("ETag") || x.Header.Get("Last-Modified") != y.Header.Get("Last-Modified") {
		t.Error("a restarted server gives another feed of the same records")
	}
}

// The table of RFC 9110 section 13.2.2.
func TestFeedConditional(t *testing.T) {
	s := newTestServer(t, &fakeLedger{view: theView(t)}, nil)
	h := s.handler()
	plain, packed := ask(h, "GET", feedPath), ask(h, "GET", feedPath, "Accept-Encoding", "gzip")
	etag, gtag := plain.Header.Get("ETag"), packed.Header.Get("ETag")
	if etag == gtag || !strings.HasPrefix(etag, `"`) || !strings.HasPrefix(gtag, `"`) {
		t.Fatalf("entity tags %s and %s: want two strong ones", etag, gtag)
	}
	at := stamp(t, plain)
	date := func(d time.Duration) string { return at.Add(d).Format(http.TimeFormat) }
	tests := []struct {
		name   string
		header []string
		want   int
	}{
		{"nothing", nil, 200},
		{"same tag", []string{"If-None-Match", etag}, 304},
		{"weak form of it", []string{"If-None-Match", "W/" + etag}, 304},
		{"in a list", []string{"If-None-Match", `"a", W/"b",` + etag}, 304},
		{"in a second line", []string{"If-None-Match", `"a"`, "If-None-Match", etag}, 304},
		{"anything", []string{"If-None-Match", "*"}, 304},
		{"another tag", []string{"If-None-Match", `"other"`}, 200},
		{"a tag with a comma in it", []string{"If-None-Match", `"a,b", ` + etag}, 304},
		{"without quotes", []string{"If-None-Match", strings.Trim(etag, `"`)}, 200},
		{"the other coding's tag", []string{"If-None-Match", gtag}, 200},
		{"the other coding's tag with that coding", []string{"If-None-Match", gtag, "Accept-Encoding", "gzip"}, 304},
		{"not modified since", []string{"If-Modified-Since", date(0)}, 304},
		{"a later date", []string{"If-Modified-Since", date(time.Hour)}, 304},
		{"an earlier date", []string{"If-Modified-Since", date(-time.Second)}, 200},
		{"no date", []string{"If-Modified-Since", "yesterday"}, 200},
		{"another tag beats the date", []string{"If-None-Match", `"other"`, "If-Modified-Since", date(time.Hour)}, 200},
		{"the tag beats an earlier date", []string{"If-None-Match", etag, "If-Modified-Since", date(-time.Hour)}, 304},
		{"If-Match", []string{"If-Match", etag}, 200},
		{"If-Match, any", []string{"If-Match", "*"}, 200},
		{"If-Match is strong", []string{"If-Match", "W/" + etag}, 412},
		{"If-Match, another", []string{"If-Match", `"other"`}, 412},
		{"If-Match comes first", []string{"If-Match", `"other"`, "If-None-Match", etag}, 412},
		{"unmodified since", []string{"If-Unmodified-Since", date(0)}, 200},
		{"modified since", []string{"If-Unmodified-Since", date(-time.Second)}, 412},
		{"If-Match beats the date", []string{"If-Match", etag, "If-Unmodified-Since", date(-time.Second)}, 200},
		{"a range is not given", []string{"Range", "bytes=0-9"}, 200},
	}
	for _, tt := range tests {
		for _, method := range []string{"GET", "HEAD"} {
			r := ask(h, method, feedPath, tt.header...)
			body := bodyOf(t, r)
			if r.StatusCode != tt.want {
				t.Errorf("%s %s: %d, want %d", method, tt.name, r.StatusCode, tt.want)
			}
			if (method == "HEAD" || tt.want != 200) && body != "" {
				t.Errorf("%s %s: a body of %d bytes", method, tt.name, len(body))
			}
			if r.StatusCode == 304 && (r.Header.Get("ETag") == "" || r.Header.Get("Cache-Control") == "" || r.Header.Get("Vary") == "" || r.Header.Get("Content-Length") != "") {
				t.Errorf("%s %s: the 304 has the headers %v", method, tt.name, r.Header)
			}
		}
	}
}

func TestFeedHeaders(t *testing.T) {
	h := newTestServer(t, &fakeLedger{view: theView(t)}, nil).handler()
	get, head := ask(h, "GET", feedPath), ask(h, "HEAD", feedPath)
	for _, want := range []struct{ name, value string }{
		{"Content-Type", "text/calendar; charset=utf-8"}, {"Content-Disposition", `inline; filename="followups.ics"`},
		{"Cache-Control", "private, max-age=300"}, {"Vary", "Accept-Encoding"}, {"Content-Length", fmt.Sprint(len(bodyOf(t, get)))},
		{"X-Content-Type-Options", "nosniff"},
	} {
		if got := get.Header.Get(want.name); got != want.value {
			t.Errorf("%s is %q, want %q", want.name, got, want.value)
		}
	}
	for name := range get.Header {
		if get.Header.Get(name) != head.Header.Get(name) {
			t.Errorf("HEAD says %s: %q, GET %q", name, head.Header.Get(name), get.Header.Get(name))
		}
	}
	for accept, packed := range map[string]bool{
		"": false, "gzip": true, "gzip, deflate, br": true, "identity": false, "gzip;q=0": false, "*": true, "*;q=0": false,
		"gzip;q=0.5, identity;q=1": false, "br;q=1, gzip;q=0.2": true, "X-GZIP": true, "gzip;q=x": false,
	} {
		r := ask(h, "GET", feedPath, "Accept-Encoding", accept)
		if got := r.Header.Get("Content-Encoding") == "gzip"; got != packed {
			t.Errorf("Accept-Encoding %q: packed %v, want %v", accept, got, packed)
			continue
		}
		if packed {
			z, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(z)
			if err != nil || string(text) != bodyOf(t, ask(h, "GET", feedPath)) {
				t.Errorf("Accept-Encoding %q: unpacked it is another text: %v", accept, err)
			}
		}
	}
}

func TestFeedMethods(t *testing.T) {
	h := newTestServer(t, &fakeLedger{view: theView(t)}, nil).handler()
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "REPORT", "MKCALENDAR", "TRACE"} {
		r := ask(h, method, feedPath)
		if r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d, Allow %q", method, r.StatusCode, r.Header.Get("Allow"))
		}
	}
}

func TestFeedSelection(t *testing.T) {
	h := newTestServer(t, &fakeLedger{view: theView(t)}, nil).handler()
	base := "/feed/" + theSecret
	for path, want := range map[string][]string{
		base + ".ics":                     {"a", "b", "c", "d", "e"},
		base + "/thank_you.ics":           {"a", "b", "d"},
		base + "/status_check.ics":        {"c", "e"},
		base + "/let_go.ics":              {},
		base + "/process/northwind.ics":   {"a", "b"},
		base + "/process/unknown.ics":     nil,
		base + "/process/.ics":            nil,
		base + "/nonsense.ics":            nil,
		base:                              nil,
		base + "/.ics":                    nil,
		"/feed/.ics":                      nil,
		"/feed/":                          nil,
		"/feed/" + theSecret[1:] + ".ics": nil,
		"/feed/x" + theSecret + ".ics":    nil,
	} {
		r := ask(h, "GET", path)
		text := bodyOf(t, r)
		if want == nil {
			if r.StatusCode != http.StatusNotFound || strings.Contains(text, "VCALENDAR") {
				t.Errorf("%s: %d, want 404", path, r.StatusCode)
			}
			continue
		}
		checkGrammar(t, text)
		var got []string
		for uid := range eventsOf(t, text) {
			got = append(got, uid[:1])
		}
		slices.Sort(got)
		if r.StatusCode != 200 || !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("%s: %d with %v, want %v", path, r.StatusCode, got, want)
		}
	}
}

func TestFeedSecretIsRenewed(t *testing.T) {
	secret := theSecret
	s := newTestServer(t, &fakeLedger{view: theView(t)}, func(o *Options) { o.Secret = func() string { return secret } })
	s.secrets.life = 0
	h := s.handler()
	if r := ask(h, "GET", feedPath); r.StatusCode != 200 {
		t.Fatalf("the old address: %d", r.StatusCode)
	}
	secret = NewSecret()
	if r := ask(h, "GET", feedPath); r.StatusCode != 404 {
		t.Errorf("the old address after the renewal: %d, want 404", r.StatusCode)
	}
	if r := ask(h, "GET", "/feed/"+secret+".ics"); r.StatusCode != 200 {
		t.Errorf("the new address: %d", r.StatusCode)
	}
	secret = ""
	if r := ask(h, "GET", "/feed/.ics"); r.StatusCode != 404 {
		t.Errorf("no secret, no address: %d, want 404", r.StatusCode)
	}
}

// Whatever fails inside, nobody gets less than the whole: the last good bytes, or
// 503 with a time to come back.
func TestFeedFailure(t *testing.T) {
	l := &fakeLedger{err: errors.New("the state can't be read")}
	h := newTestServer(t, l, nil).handler()
	r := ask(h, "GET", feedPath)
	if text := bodyOf(t, r); r.StatusCode != 503 || r.Header.Get("Retry-After") == "" || strings.Contains(text, "state") {
		t.Errorf("never anything: %d, Retry-After %q, %q", r.StatusCode, r.Header.Get("Retry-After"), text)
	}
	l.set(theView(t), nil)
	good := bodyOf(t, ask(h, "GET", feedPath))
	l.set(nil, errors.New("the state can't be read"))
	if r := ask(h, "GET", feedPath); r.StatusCode != 200 || bodyOf(t, r) != good {
		t.Errorf("after a good one: %d, want the last good bytes", r.StatusCode)
	}
	bad := theView(t)
	bad.Records[0].FollowUp.Start = time.Time{} // can't be written
	l.set(bad, nil)
	if r := ask(h, "GET", feedPath); r.StatusCode != 200 || bodyOf(t, r) != good {
		t.Errorf("a follow-up that can't be written: %d, want the last good bytes", r.StatusCode)
	}
	if r := ask(h, "GET", "/feed/"+theSecret+"/thank_you.ics"); r.StatusCode != 503 {
		t.Errorf("another feed that was never good: %d, want 503", r.StatusCode)
	}
}

func TestFeedLogsNoSecret(t *testing.T) {
	var log bytes.Buffer
	h := newTestServer(t, &fakeLedger{err: errors.New("x")}, func(o *Options) { o.Log = testLog(&log) }).handler()
	ask(h, "GET", feedPath)
	ask(h, "PUT", feedPath)
	ask(h, "GET", "/")
	ask(h, "GET", "/subscribe")
	if strings.Contains(log.String(), theSecret) || log.Len() == 0 {
		t.Errorf("the log: %s", log.String())
	}
}

func TestRobots(t *testing.T) {
	h := newTestServer(t, &fakeLedger{view: theView(t)}, nil).handler()
	if r := ask(h, "GET", "/robots.txt"); r.StatusCode != 200 || !strings.Contains(bodyOf(t, r), "Allow: /feed/") {
		t.Errorf("robots.txt: %d", r.StatusCode)
	}
}

func TestSecretFile(t *testing.T) {
	path := t.TempDir() + "/sub/feed-secret"
	one, err := LoadSecret(path)
	if err != nil || len(one) < minSecret {
		t.Fatalf("%q, %v", one, err)
	}
	if two, err := LoadSecret(path); err != nil || two != one {
		t.Errorf("read again: %q, %v, want %q", two, err, one)
	}
	three, err := RotateSecret(path)
	if err != nil || three == one {
		t.Errorf("renewed: %q, %v", three, err)
	}
	if four, _ := LoadSecret(path); four != three {
		t.Errorf("after the renewal: %q, want %q", four, three)
	}
}

// A client that asks by date alone sees every change, also two within a second;
// and equal bytes keep their date whatever happens in the records.
func TestFeedLastModified(t *testing.T) {
	v := theView(t)
	v.Plan.FollowUps = nil
	l := &fakeLedger{view: v}
	h := newTestServer(t, l, nil).handler()
	first := ask(h, "GET", feedPath)
	next := *v
	next.Records = slices.Clone(v.Records)
	next.Records[0].FollowUp.Title = "Another title" // in the second of the last change
	l.set(&next, nil)
	if r := ask(h, "GET", feedPath, "If-Modified-Since", first.Header.Get("Last-Modified")); r.StatusCode != 200 || !stamp(t, r).After(stamp(t, first)) {
		t.Errorf("a change within the same second: %d, Last-Modified %s after %s", r.StatusCode, r.Header.Get("Last-Modified"), first.Header.Get("Last-Modified"))
	}
	second := ask(h, "GET", feedPath)
	more := next
	more.Records = append(slices.Clone(next.Records), planner.Record{State: planner.Skipped, Updated: theNow.Add(-time.Minute)})
	l.set(&more, nil)
	if r := ask(h, "GET", feedPath); r.Header.Get("ETag") != second.Header.Get("ETag") || !stamp(t, r).Equal(stamp(t, second)) {
		t.Errorf("equal bytes got another date: %s after %s", r.Header.Get("Last-Modified"), second.Header.Get("Last-Modified"))
	}
}

// A change made by hand in the calendar is no write of ours and raises no record's
// SEQUENCE. Programs see it all the same: also when the server was restarted since,
// or was down while it happened.
func TestHandEditOverRestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "feed-issued.json")
	sequence := func(v *View) (int, string) {
		t.Helper()
		h := newTestServer(t, &fakeLedger{view: v}, func(o *Options) { o.Issued = file }).handler()
		text := bodyOf(t, ask(h, "GET", feedPath))
		return eventsOf(t, text)[key("a")].Sequence, text
	}
	first, _ := sequence(theView(t))
	edited := func(title string) *View {
		v := theView(t)
		v.Records[0].State, v.Records[0].Owned = planner.Edited, []calendar.Field{calendar.FieldTitle}
		v.Records[0].Remote = calendar.Fields{calendar.FieldTitle: title}
		return v
	}
	second, before := sequence(edited("Thank Ana, and the talk"))
	again, after := sequence(edited("Thank Ana, and the talk"))
	third, _ := sequence(edited("Thank Ana"))
	if second <= first || again != second || third <= second {
		t.Errorf("SEQUENCE went %d, %d, %d, %d over restarts", first, second, again, third)
	}
	if before != after {
		t.Errorf("a restart changed the bytes:\n%s\n%s", before, after)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 && os.PathSeparator == '/' {
		t.Errorf("the file: %v, %v", info, err)
	}
	if err := os.WriteFile(file, []byte("{broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, _ := sequence(theView(t)); n != first {
		t.Errorf("with a broken file SEQUENCE is %d", n)
	}
}
