package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"followup/calendar"
	"followup/planner"
	"followup/planner/interview"
)

var allPages = []string{"/", "/applications", "/applications/northwind", "/applications/fabrikam", "/calendar", "/calendar?q=dana", "/subscribe", "/sources", "/nonsense"}

// Every page is whole, small, and says what it is to say; what comes from
// calendars stays text.
func TestPages(t *testing.T) {
	h := newTestServer(t, &fakeLedger{view: theView(t)}, nil).handler()
	want := map[string][]string{
		"/":                        {"1 follow-up is due", "Thank Ana Ruiz", "Thank you for today", "mailto:ana.ruiz@northwind.example", "I sent it", "Is this an interview?", "Chat with Dana", "Waiting for 16 days", "/followups/" + key("a") + ".ics", "the server answered 503"},
		"/applications":            {"Northwind", "Contoso", "Fabrikam", "How long they took", "8 days", "Invited to the next round"},
		"/applications/northwind":  {"Panel", "with Ana Ruiz and Ben Okafor", "They said no", "Went well", "/feed/" + theSecret + "/process/northwind.ics"},
		"/applications/fabrikam":   {"Rejected", "you did not say that it went well", "done", "no longer needed", "Bring back"},
		"/calendar":                {"Dentist &lt;script&gt;", "a medical appointment", "It is an interview", "Not an interview", "nina@adler.example"},
		"/calendar?q=dana":         {"Chat with Dana"},
		"/subscribe":               {"webcal://127.0.0.1:8480/feed/" + theSecret, "works on this computer alone", "Google Calendar", "/thank_you.ics"},
		"/sources":                 {"personal", "read well 7 minutes ago, 240 events", "2 written"},
		"/applications/not-there":  {"Not found"},
		"/followups/not-there.ics": {"Not found"},
	}
	for path, texts := range want {
		r := ask(h, "GET", path)
		body := bodyOf(t, r)
		for _, text := range texts {
			if !strings.Contains(body, text) {
				t.Errorf("%s does not say %q", path, text)
			}
		}
		if len(body) > 60<<10 {
			t.Errorf("%s weighs %d bytes", path, len(body))
		}
		if strings.Contains(body, "<script>alert") || strings.Contains(body, "ZgotmplZ") {
			t.Errorf("%s lets a calendar's text be more than text", path)
		}
	}
}

// A phone gets the address by its camera, where the phone can reach it.
func TestSubscribeFromOutside(t *testing.T) {
	h := newTestServer(t, &fakeLedger{view: theView(t)}, func(o *Options) { o.PublicURL = "https://followup.example" }).handler()
	body := bodyOf(t, ask(h, "GET", "/subscribe"))
	if !strings.Contains(body, "QR code") || !strings.Contains(body, "webcal://followup.example/feed/"+theSecret) || strings.Contains(body, "on this computer alone") {
		t.Errorf("the public address is not offered to phones: %s", body)
	}
}

// Nothing in a page asks anybody else for anything, nothing is inline, and every
// field and picture has a name.
func TestPagesAreOwn(t *testing.T) {
	h := newTestServer(t, &fakeLedger{view: theView(t)}, nil).handler()
	for _, path := range allPages {
		doc, err := html.Parse(strings.NewReader(bodyOf(t, ask(h, "GET", path))))
		if err != nil {
			t.Fatal(err)
		}
		ids, labels, named := map[string]int{}, map[string]bool{}, []string{}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			attr := map[string]string{}
			for _, a := range n.Attr {
				attr[a.Key] = a.Val
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					t.Errorf("%s: <%s %s> is inline", path, n.Data, a.Key)
				}
			}
			if src := attr["src"]; src != "" && !strings.HasPrefix(src, "/assets/") {
				t.Errorf("%s asks for %s", path, src)
			}
			if n.Data == "link" && !strings.HasPrefix(attr["href"], "/assets/") {
				t.Errorf("%s links to %s", path, attr["href"])
			}
			if n.Data == "script" && n.FirstChild != nil || n.Data == "style" {
				t.Errorf("%s has inline code", path)
			}
			if n.Data == "form" && attr["method"] == "post" && !strings.HasPrefix(attr["action"], "/") {
				t.Errorf("%s posts to %q", path, attr["action"])
			}
			if id := attr["id"]; id != "" {
				ids[id]++
			}
			if n.Data == "label" {
				labels[attr["for"]] = true
			}
			if (n.Data == "input" || n.Data == "textarea") && attr["type"] != "hidden" && attr["aria-label"] == "" {
				named = append(named, attr["id"])
			}
			if n.Data == "svg" && attr["role"] == "img" && attr["aria-label"] == "" {
				t.Errorf("%s has a picture without a name", path)
			}
		}
		for _, id := range named {
			if !labels[id] {
				t.Errorf("%s: the field %q has no label", path, id)
			}
		}
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s: the id %q is there %d times", path, id, n)
			}
		}
	}
}

// readingLedger can tell what was not taken.
type readingLedger struct {
	*fakeLedger
	reads int
	err   error
}

func (l *readingLedger) Others(context.Context) ([]interview.Interview, error) {
	l.reads++
	return []interview.Interview{{Event: calendar.Event{UID: "lunch@adler.example", Summary: "Lunch with Jo", Start: theNow}, Decision: interview.No, Reason: "too little speaks for an interview"}}, l.err
}

// What was not taken is read when a person asks for it, and can be put right there.
func TestOthersAreReadOnRequest(t *testing.T) {
	v := theView(t)
	v.Plan.Recognized.Others = nil
	l := &readingLedger{fakeLedger: &fakeLedger{view: v}}
	h := newTestServer(t, l, nil).handler()
	body := bodyOf(t, ask(h, "GET", "/calendar"))
	if l.reads != 0 || !strings.Contains(body, "Show what was not taken") {
		t.Errorf("the calendars were read %d times before anybody asked, or can't be asked for", l.reads)
	}
	body = bodyOf(t, ask(h, "GET", "/calendar?all=1&said=sent"))
	for _, want := range []string{"Lunch with Jo", "too little speaks for an interview", `value="lunch@adler.example"`, `name="back" value="/calendar?all=1"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	l.err = errors.New("https://cal.example/private-secret")
	if r := ask(h, "GET", "/calendar?all=1"); r.StatusCode != 500 || strings.Contains(bodyOf(t, r), "private-secret") {
		t.Errorf("a failed read: %d", r.StatusCode)
	}
}

func TestAssets(t *testing.T) {
	s := newTestServer(t, &fakeLedger{view: theView(t)}, nil)
	total := 0
	for _, name := range []string{"style.css", "page.js", "icon.svg"} {
		r := ask(s.handler(), "GET", s.pages.path(name))
		body := bodyOf(t, r)
		total += len(body)
		if r.StatusCode != 200 || !strings.Contains(r.Header.Get("Cache-Control"), "immutable") || r.Header.Get("Content-Type") == "" {
			t.Errorf("%s: %d %v", name, r.StatusCode, r.Header)
		}
	}
	if total > 30<<10 {
		t.Errorf("style and script weigh %d bytes", total)
	}
	if r := ask(s.handler(), "GET", "/assets/style.css"); r.StatusCode != 404 {
		t.Errorf("a name without its hash: %d", r.StatusCode)
	}
}

func TestDownload(t *testing.T) {
	h := newTestServer(t, &fakeLedger{view: theView(t)}, nil).handler()
	for _, k := range []string{"a", "c"} {
		r := ask(h, "GET", "/followups/"+key(k)+".ics")
		text := bodyOf(t, r)
		checkGrammar(t, text)
		if events := eventsOf(t, text); len(events) != 1 || events[key(k)].UID == "" || !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %v, %q", k, events, r.Header.Get("Content-Disposition"))
		}
	}
}

func post(h http.Handler, path string, form url.Values) *http.Response {
	return do(h, request("POST", "http://127.0.0.1:8480"+path, "127.0.0.1", form, "Sec-Fetch-Site", "same-origin"))
}

func TestMarks(t *testing.T) {
	tests := []struct {
		name string
		form url.Values
		want []calendar.Mark
		code int
	}{
		{"sent", url.Values{"ref": {"k"}, "word": {"sent"}}, []calendar.Mark{{Word: "sent", Ref: "k"}}, 303},
		{"answered with a day", url.Values{"ref": {"p"}, "word": {"answered"}, "value": {"2026-12-04"}}, []calendar.Mark{{Word: "answered", Value: "2026-12-04", Ref: "p"}}, 303},
		{"put right", url.Values{"ref": {"u"}, "company": {"Northwind GmbH"}, "was-company": {"Northwind"}, "role": {"Analyst"}, "was-role": {"Analyst"}, "with": {"Ana Ruiz <ana@northwind.example>"}},
			[]calendar.Mark{{Word: "company", Value: "Northwind GmbH", Ref: "u"}, {Word: "with", Value: "Ana Ruiz <ana@northwind.example>", Ref: "u"}}, 303},
		{"an interview, and whose", url.Values{"ref": {"u"}, "word": {"interview"}, "company": {"Tailspin"}}, []calendar.Mark{{Word: "interview", Ref: "u"}, {Word: "company", Value: "Tailspin", Ref: "u"}}, 303},
		{"a note over lines", url.Values{"ref": {"u"}, "note": {"They use Kafka.\r\n#sent\r\n"}}, []calendar.Mark{{Word: "note", Value: "They use Kafka. #sent", Ref: "u"}}, 303},
		{"no word", url.Values{"ref": {"u"}}, nil, 400},
		{"nothing changed", url.Values{"ref": {"u"}, "company": {"A"}, "was-company": {"A"}}, nil, 400},
		{"an unknown word", url.Values{"ref": {"u"}, "word": {"drop-table"}}, nil, 400},
		{"no ref", url.Values{"word": {"sent"}}, nil, 400},
		{"no day", url.Values{"ref": {"u"}, "word": {"decision-by"}}, nil, 400},
		{"too long", url.Values{"ref": {"u"}, "note": {strings.Repeat("x", 5000)}}, nil, 400},
	}
	for _, tt := range tests {
		l := &fakeLedger{view: theView(t)}
		h := newTestServer(t, l, nil).handler()
		tt.form.Set("back", "/applications/northwind")
		r := post(h, "/mark", tt.form)
		if r.StatusCode != tt.code {
			t.Errorf("%s: %d, want %d", tt.name, r.StatusCode, tt.code)
			continue
		}
		if tt.code == 303 && !strings.HasPrefix(r.Header.Get("Location"), "/applications/northwind?said=") {
			t.Errorf("%s: leads to %q", tt.name, r.Header.Get("Location"))
		}
		if len(l.marked) != len(tt.want) {
			t.Errorf("%s: marked %+v, want %+v", tt.name, l.marked, tt.want)
			continue
		}
		for i, m := range l.marked {
			w := tt.want[i]
			w.At = theNow
			if m != w {
				t.Errorf("%s: marked %+v, want %+v", tt.name, m, w)
			}
		}
	}
}

// A second press, or a reload of the form, says nothing twice; a press on a page
// that was made later does.
func TestMarksAreIdempotent(t *testing.T) {
	now := theNow
	l := &fakeLedger{view: theView(t)}
	h := newTestServer(t, l, func(o *Options) { o.Now = func() time.Time { return now } }).handler()
	form := url.Values{"ref": {"p"}, "word": {"answered"}, "seen": {now.Format(time.RFC3339Nano)}}
	for range 3 {
		now = now.Add(5 * time.Second)
		if r := post(h, "/mark", form); r.StatusCode != 303 {
			t.Fatalf("%d", r.StatusCode)
		}
	}
	if len(l.marked) != 1 {
		t.Errorf("pressed three times: %d marks, want 1", len(l.marked))
	}
	now = now.Add(time.Hour)
	form.Set("seen", now.Format(time.RFC3339Nano))
	post(h, "/mark", form)
	if len(l.marked) != 2 {
		t.Errorf("said again an hour later: %d marks, want 2", len(l.marked))
	}
}

func TestActions(t *testing.T) {
	var log bytes.Buffer
	l := &fakeLedger{view: theView(t)}
	h := newTestServer(t, l, func(o *Options) { o.Log = testLog(&log) }).handler()
	if r := post(h, "/renew", url.Values{}); r.StatusCode != 404 {
		t.Errorf("a renewal that nobody offers: %d, want 404", r.StatusCode)
	}
	renewed := 0
	offers := newTestServer(t, l, func(o *Options) { o.Renew = func() error { renewed++; return nil } }).handler()
	if r := post(offers, "/renew", url.Values{}); r.StatusCode != 303 || renewed != 1 {
		t.Errorf("a renewal: %d, done %d times", r.StatusCode, renewed)
	}
	if r := post(h, "/restore", url.Values{"key": {"k"}}); r.StatusCode != 303 || len(l.restored) != 1 {
		t.Errorf("restore: %d, %v", r.StatusCode, l.restored)
	}
	if r := post(h, "/restore", url.Values{"key": {"gone"}}); r.StatusCode != 404 {
		t.Errorf("restore of nothing: %d, want 404", r.StatusCode)
	}
	if r := post(h, "/sync", url.Values{"token": {"tok"}}); r.StatusCode != 303 || len(l.synced) != 1 || l.synced[0] != "tok" {
		t.Errorf("sync: %d, %v", r.StatusCode, l.synced)
	}
	r := post(h, "/sync", url.Values{"token": {"fail"}})
	if body := bodyOf(t, r); r.StatusCode != 500 || strings.Contains(body, "private-secret") {
		t.Errorf("a failed run: %d, %s", r.StatusCode, body)
	}
	l.onMark = func(calendar.Mark) error { return calendar.ErrAuth }
	r = post(h, "/mark", url.Values{"ref": {"x"}, "word": {"sent"}})
	if body := bodyOf(t, r); r.StatusCode != 500 || !strings.Contains(body, "followup doctor") {
		t.Errorf("a sign-in that is needed: %d, %s", r.StatusCode, body)
	}
}

func TestSaidCannotBeForged(t *testing.T) {
	h := newTestServer(t, &fakeLedger{view: theView(t)}, nil).handler()
	if body := bodyOf(t, ask(h, "GET", "/?said=Call+this+number")); strings.Contains(body, "Call this number") {
		t.Error("a link can put words into the page's mouth")
	}
	if body := bodyOf(t, ask(h, "GET", "/?said=sent")); !strings.Contains(body, "Marked as sent.") {
		t.Error("what was done is not confirmed")
	}
}

func TestGuardIsShown(t *testing.T) {
	v := theView(t)
	v.Run.Guard, v.Run.Stopped = "tok-1", "It would have removed 7 of 9 follow-ups."
	body := bodyOf(t, ask(newTestServer(t, &fakeLedger{view: v}, nil).handler(), "GET", "/"))
	if !strings.Contains(body, "7 of 9") || !strings.Contains(body, `value="tok-1"`) {
		t.Error("what the guard stopped is not shown, or can't be confirmed")
	}
}

func TestNothingToShow(t *testing.T) {
	h := newTestServer(t, &fakeLedger{err: errors.New("https://cal.example/private")}, nil).handler()
	r := ask(h, "GET", "/")
	if body := bodyOf(t, r); r.StatusCode != 503 || r.Header.Get("Retry-After") == "" || strings.Contains(body, "private") {
		t.Errorf("%d, %s", r.StatusCode, body)
	}
	empty := newTestServer(t, &fakeLedger{view: &View{}}, nil).handler()
	for _, path := range []string{"/", "/applications", "/calendar", "/subscribe", "/sources"} {
		if r := ask(empty, "GET", path); r.StatusCode != 200 {
			t.Errorf("%s of a new user: %d", path, r.StatusCode)
		}
	}
}

func TestHealthz(t *testing.T) {
	l := &fakeLedger{view: theView(t)}
	h := newTestServer(t, l, func(o *Options) { o.Every = 15 * time.Minute }).handler()
	if r := ask(h, "GET", "/healthz"); r.StatusCode != 200 || bodyOf(t, r) != "ok\n" {
		t.Errorf("well: %d", r.StatusCode)
	}
	old := theView(t)
	old.Run.Ended = theNow.Add(-time.Hour)
	l.set(old, nil)
	if r := ask(h, "GET", "/healthz"); r.StatusCode != 503 {
		t.Errorf("no run for an hour: %d, want 503", r.StatusCode)
	}
	l.set(nil, errors.New("x"))
	if r := ask(h, "GET", "/healthz"); r.StatusCode != 503 {
		t.Errorf("nothing to show: %d, want 503", r.StatusCode)
	}
}

func TestMetrics(t *testing.T) {
	l := &fakeLedger{view: theView(t)}
	if r := ask(newTestServer(t, l, nil).handler(), "GET", "/metrics"); r.StatusCode != 404 {
		t.Errorf("metrics are on by default: %d", r.StatusCode)
	}
	h := newTestServer(t, l, func(o *Options) { o.Metrics = true }).handler()
	ask(h, "GET", feedPath)
	body := bodyOf(t, ask(h, "GET", "/metrics"))
	for _, want := range []string{
		`followup_requests_total{what="feed"} 1`, `followup_source_failed{source="campus"} 1`, `followup_followups{state="written"} 2`,
		"# TYPE followup_run_failed gauge", "followup_run_ended_timestamp_seconds 1795681380",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("metrics lack %q:\n%s", want, body)
		}
	}
	for line := range strings.Lines(body) { // the format: name, labels, one number
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") && len(strings.Fields(line)) < 2 {
			t.Errorf("no sample: %q", line)
		}
	}
	if strings.Contains(body, "Northwind") || strings.Contains(body, "ana.ruiz") {
		t.Error("metrics name companies or people")
	}
	locked := newTestServer(t, l, func(o *Options) { o.Metrics, o.PasswordHash = true, hashFor(t, "pw") }).handler()
	if r := ask(locked, "GET", "/metrics"); r.StatusCode != 401 {
		t.Errorf("metrics behind a login: %d, want 401", r.StatusCode)
	}
	if r := ask(locked, "GET", "/metrics", "Authorization", "Basic eDpwdw=="); r.StatusCode != 200 {
		t.Errorf("with the password: %d", r.StatusCode)
	}
}

func TestAnswers(t *testing.T) {
	m := newModel(theView(t), theNow)
	got := map[string]string{}
	for _, a := range m.answers() {
		got[a.Application.Company] = days(a.Took) + ": " + a.How
	}
	want := map[string]string{"Fabrikam": "8 days: Rejected", "Northwind": "4 days: Invited to the next round"}
	if len(got) != len(want) || got["Fabrikam"] != want["Fabrikam"] || got["Northwind"] != want["Northwind"] {
		t.Errorf("answers %v, want %v", got, want)
	}
	if mid := days(median(m.answers())); mid != "6 days" {
		t.Errorf("half within %s, want 6 days", mid)
	}
}

func TestStanding(t *testing.T) {
	base := theNow.Add(-10 * 24 * time.Hour)
	round := func(at time.Time) interview.Interview {
		return interview.Interview{Event: calendar.Event{UID: "u", Start: at.Add(-time.Hour), End: at}, Status: interview.Active, Decision: interview.Yes, Process: "p", Company: "C"}
	}
	tests := []struct {
		name  string
		round interview.Interview
		marks []calendar.Mark
		want  string
	}{
		{"silence", round(base), nil, "Waiting for 10 days"},
		{"a fresh interview", round(theNow.Add(-3 * time.Hour)), nil, "Interview just held"},
		{"ahead", round(theNow.Add(48 * time.Hour)), nil, "Interview ahead"},
		{"rejected", round(base), []calendar.Mark{{Word: "rejected", Ref: "p", At: base.Add(time.Hour)}}, "Rejected"},
		{"answered, then silent", round(base), []calendar.Mark{{Word: "answered", Ref: "p", At: base.Add(48 * time.Hour)}}, "Waiting for 8 days"},
		{"the newest word counts", round(base), []calendar.Mark{{Word: "rejected", Ref: "p", At: base.Add(time.Hour)}, {Word: "offer", Ref: "u", At: base.Add(2 * time.Hour)}}, "Offer"},
	}
	for _, tt := range tests {
		v := &View{Plan: planner.Plan{Recognized: interview.Result{Interviews: []interview.Interview{tt.round}}}, Marks: tt.marks}
		if got := newModel(v, theNow).byKey["p"].Standing(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What the first line says.
func TestHeadline(t *testing.T) {
	for _, tt := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 11, 26, 15, 0, 0, 0, time.UTC), "2 follow-ups are due"},
		{theNow, "1 follow-up is due"},
		{time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC), "2 follow-ups later today"},
		{time.Date(2026, 11, 25, 17, 0, 0, 0, time.UTC), "All done for now"},
	} {
		h := newTestServer(t, &fakeLedger{view: theView(t)}, func(o *Options) { o.Now = func() time.Time { return tt.at } }).handler()
		if body := bodyOf(t, ask(h, "GET", "/")); !strings.Contains(body, "<h1>"+tt.want+"</h1>") {
			t.Errorf("at %v: not %q", tt.at, tt.want)
		}
	}
}

func TestWords(t *testing.T) {
	loc := berlin(t)
	at := func(month time.Month, d, h int) time.Time { return time.Date(2026, month, d, h, 0, 0, 0, loc) }
	for _, tt := range []struct {
		t    time.Time
		want string
	}{
		{at(11, 26, 12), "today"}, {at(11, 26, 9), "earlier today"}, {at(11, 27, 0), "tomorrow"}, {at(11, 25, 23), "yesterday"},
		{at(12, 1, 9), "in 5 days"}, {at(12, 20, 9), "in 3 weeks"}, {at(11, 20, 9), "6 days ago"}, {at(10, 20, 9), "5 weeks ago"},
	} {
		if got := relative(tt.t, theNow); got != tt.want {
			t.Errorf("%v is %q, want %q", tt.t, got, tt.want)
		}
	}
	for d, want := range map[time.Duration]string{time.Minute: "less than an hour", time.Hour: "1 hour", 25 * time.Hour: "1 day", 20 * 24 * time.Hour: "20 days", 30 * 24 * time.Hour: "4 weeks"} {
		if got := days(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
