package web

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"followup/calendar"
)

// These tests look at the page in a real browser: Debian's chromium. Without it
// they fail, and say what to install.

// site is a server and a tab that looks at it.
type site struct {
	t      *testing.T
	ctx    context.Context
	base   string
	ledger *plannedLedger

	mu       sync.Mutex
	troubles []string // console errors, exceptions, refused loads
	bytes    int64    // received since the last visit
	requests []string
}

// openBrowser starts a browser for one test.
func openBrowser(t *testing.T) context.Context {
	t.Helper()
	path := os.Getenv("CHROMIUM")
	if path == "" {
		var err error
		if path, err = exec.LookPath("chromium"); err != nil {
			t.Fatal("the page is tested in a real browser, and chromium is not there: apt-get install chromium (or name one in CHROMIUM)")
		}
	}
	opts := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 900)}
	for _, flag := range []string{"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync", "hide-scrollbars"} {
		opts = append(opts, chromedp.Flag(flag, true))
	}
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// visitSite serves the planned ledger on a port of its own and opens a tab.
func visitSite(t *testing.T) *site {
	t.Helper()
	now := func() time.Time { return theNow }
	s := &site{t: t, ledger: newPlannedLedger(t, now, theCalendar(t))}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: newTestServer(t, s.ledger, nil).handler()}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	s.base = "http://" + l.Addr().String()
	s.ctx = openBrowser(t)
	if err := chromedp.Listen(s.ctx, s.hear); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		call(s, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted, Origin: s.base,
		})
	}
	return s
}

// hear keeps what the browser complains about and what it loads.
func (s *site) hear(ev any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		s.troubles = append(s.troubles, "exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if string(e.Type) == "error" || string(e.Type) == "warning" {
			s.troubles = append(s.troubles, fmt.Sprintf("console.%s", e.Type))
		}
	case *log.EventEntryAdded:
		if string(e.Entry.Level) == "error" || string(e.Entry.Level) == "warning" {
			s.troubles = append(s.troubles, "log: "+e.Entry.Text+" "+e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		s.requests = append(s.requests, e.Request.URL)
	case *network.EventLoadingFinished:
		s.bytes += int64(e.EncodedDataLength)
	}
}

// run does the actions, one after the other.
func (s *site) run(actions ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	if err := chromedp.Do(s.ctx, actions...); err != nil {
		s.t.Fatal(err)
	}
}

// get runs an action that answers something.
func get[T any](s *site, action chromedp.Action[T]) T {
	s.t.Helper()
	v, err := chromedp.Run(s.ctx, action)
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

// eval is what an expression gives in the page, once its promise is kept.
func eval[T any](s *site, expression string) T {
	s.t.Helper()
	return get(s, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// call sends one command of the DevTools protocol.
func call[P, R any](s *site, command cdp.Command[P, R], params P) {
	s.t.Helper()
	s.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	}))
}

func (s *site) visit(path string) {
	s.t.Helper()
	s.run(chromedp.Navigate(s.base+path), chromedp.WaitReady(chromedp.CSS("footer")))
}

// press clicks the button with this text within the element, and waits for the
// page that comes after.
func (s *site) press(within, text string) {
	s.t.Helper()
	xpath := fmt.Sprintf(`//%s//button[normalize-space()=%q]`, within, text)
	s.run(chromedp.ScrollIntoView(chromedp.Search(xpath)))
	if _, err := chromedp.RunResponse(s.ctx, chromedp.Click(chromedp.Search(xpath))); err != nil {
		s.t.Fatalf("pressing %q: %v", text, err)
	}
	s.run(chromedp.WaitReady(chromedp.CSS("footer")))
}

func (s *site) text(selector string) string {
	s.t.Helper()
	return get(s, chromedp.Text(chromedp.CSS(selector)))
}

func (s *site) has(selector, text string) {
	s.t.Helper()
	if got := s.text(selector); !strings.Contains(got, text) {
		s.t.Errorf("%s does not say %q:\n%s", selector, text, got)
	}
}

func (s *site) lacks(selector, text string) {
	s.t.Helper()
	if got := s.text(selector); strings.Contains(got, text) {
		s.t.Errorf("%s says %q:\n%s", selector, text, got)
	}
}

// quiet fails when the browser complained, or asked anybody else for anything.
func (s *site) quiet() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, trouble := range s.troubles {
		s.t.Errorf("the browser complained: %s", trouble)
	}
	for _, u := range s.requests {
		if !strings.HasPrefix(u, s.base+"/") && !strings.HasPrefix(u, "data:") { // the browser's own icons of fields
			s.t.Errorf("somebody else was asked: %s", u)
		}
	}
}

// A day with the page: see the plan, copy a draft, say that it was sent.
func TestBrowserPlanCopySent(t *testing.T) {
	s := visitSite(t)
	s.visit("/")
	s.has("h1", "1 follow-up is due")
	s.has("main", "Thank Ana Ruiz (Northwind, Data Engineer)")
	const card = `article.follow.due`
	draft := get(s, chromedp.TextContent(chromedp.CSS(card+` .body`)))
	s.run(chromedp.Click(chromedp.CSS(card+` button[data-copy]`)), chromedp.Sleep(200*time.Millisecond))
	copied := eval[string](s, `navigator.clipboard.readText()`)
	mail := get(s, chromedp.AttributeValue(chromedp.CSS(card+` a.button`), "href")).Value
	if copied != draft || !strings.Contains(draft, "Rita") {
		t.Errorf("copied %q, the draft is %q", copied, draft)
	}
	s.has(card, "Copied")
	if !strings.HasPrefix(mail, "mailto:rita.lang@contoso.example?") || !strings.Contains(mail, "subject=") || !strings.Contains(mail, "body=") {
		t.Errorf("the mail link is %q", mail)
	}
	s.press(`article[contains(@class,"due")]`, "I sent it")
	s.has(".said", "Marked as sent")
	s.has("h1", "2 follow-ups later today")
	s.visit("/applications/contoso/platform-engineer")
	s.has("main", "done")
	s.quiet()
}

// They said no: the request for feedback appears once the person says that it
// went well, and what was planned before is given up.
func TestBrowserRejectedAsksForFeedback(t *testing.T) {
	s := visitSite(t)
	s.visit("/applications/northwind/data-engineer")
	s.lacks("main", "Request for feedback")
	s.press(`article[.//h3]`, "Went well")
	s.press(`section[@aria-labelledby="news"]`, "They said no")
	s.has(".said", "Noted: rejected")
	s.has(".apphead", "Rejected")
	s.has("main", "Request for feedback")
	s.has("main", "Reply to a rejection")
	if len(s.ledger.marks) != 2 || s.ledger.marks[1].Ref != "northwind/data-engineer" {
		t.Errorf("marks: %+v", s.ledger.marks)
	}
	s.quiet()
}

// A wrong reading is put right with one press, and one that is no interview goes.
func TestBrowserCorrectsReading(t *testing.T) {
	s := visitSite(t)
	s.visit("/calendar")
	s.has("main", "Dentist")
	s.press(`section[@aria-labelledby="others"]//article[.//h3[contains(.,"Coffee with Jo")]]`, "It is an interview")
	s.has(".said", "counts as an interview")
	s.has(`section[aria-labelledby="taken"]`, "Coffee with Jo")
	s.press(`section[@aria-labelledby="maybe"]`, "It is none")
	s.lacks("main", "Maybe an interview")
	const taken = `section[@aria-labelledby="taken"]//article[.//h3[contains(.,"Panel interview")]]`
	s.run(chromedp.Click(chromedp.Search(`//`+taken+`//summary`)),
		chromedp.SetValue(chromedp.Search(`//`+taken+`//input[@name="company"]`), "Northwind Traders"))
	s.press(taken, "Save")
	s.has(`section[aria-labelledby="taken"]`, "Northwind Traders")
	s.quiet()
}

// Every page is complete without script: plain links and forms.
func TestBrowserWithoutScript(t *testing.T) {
	s := visitSite(t)
	call(s, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	s.visit("/")
	s.has("main", "Thank Ana Ruiz")
	s.press(`article[contains(@class,"due")]`, "I sent it")
	s.has(".said", "Marked as sent")
	call(s, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
	if eval[bool](s, `!!document.querySelector("[data-copy]:not([hidden])")`) {
		t.Error("a copy button that can't work is shown")
	}
	s.quiet()
}

// Every button says what it is to say, without script.
func TestBrowserEveryButton(t *testing.T) {
	s := visitSite(t)
	call(s, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	const application = "/applications/northwind/data-engineer"
	const news, interview, todo = `section[@aria-labelledby="news"]`, `section[@aria-labelledby="rounds"]`, `section[@aria-labelledby="todo"]//article[1]`
	for _, b := range []struct{ within, text, word string }{
		{news, "They answered", calendar.MarkAnswered}, {news, "They said no", calendar.MarkRejected},
		{news, "They made an offer", calendar.MarkOffer}, {news, "I accepted", calendar.MarkAccepted},
		{news, "I declined", calendar.MarkDeclined}, {news, "I withdrew", calendar.MarkWithdrawn},
		{interview, "Went well", calendar.MarkWentWell}, {interview, "Went badly", calendar.MarkWentBadly},
		{interview, "It was missed", calendar.MarkNoShow}, {interview, "Not an interview", calendar.MarkNotInterview},
		{todo, "I sent it", calendar.MarkSent}, {todo, "Skip", calendar.MarkSkip},
	} {
		s.ledger.forget()
		s.visit(application)
		if b.text == "Not an interview" {
			s.run(chromedp.Click(chromedp.Search(`//` + interview + `//details[summary[.="Put it right"]]/summary`)))
		}
		s.press(b.within, b.text)
		if m := s.ledger.said(); m.Word != b.word || m.Ref == "" {
			t.Errorf("%q said %+v", b.text, m)
		}
		s.has(".said", "") // the page that follows is one, and says what was done
	}
	s.quiet()
}

// A date that they named, a note for the thank-you, and the follow-up as a file.
func TestBrowserForms(t *testing.T) {
	s := visitSite(t)
	const application = "/applications/northwind/data-engineer"
	const news, interview = `section[@aria-labelledby="news"]`, `section[@aria-labelledby="rounds"]`
	for _, b := range []struct{ text, word string }{{"They answered, and named it", calendar.MarkAnswered}, {"They had promised it", calendar.MarkDecisionBy}} {
		s.visit(application)
		s.run(chromedp.Click(chromedp.Search(`//`+news+`//summary`)), chromedp.SetValue(chromedp.Search(`//`+news+`//input[@type="date"]`), "2026-12-04"))
		s.press(news, b.text)
		if m := s.ledger.said(); m.Word != b.word || m.Value != "2026-12-04" {
			t.Errorf("%q said %+v", b.text, m)
		}
	}
	s.visit(application)
	s.run(chromedp.Click(chromedp.Search(`//`+interview+`//summary[.="A note for the thank-you"]`)), chromedp.SetValue(chromedp.Search(`//`+interview+`//textarea`), "the talk about late events"))
	s.press(interview, "Keep the note")
	s.has("main", "the talk about late events")
	link := eval[string](s, `document.querySelector("a[download]").href`)
	resp, err := http.Get(link) // the page itself may fetch nothing
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	file := string(text)
	if !strings.HasPrefix(file, "BEGIN:VCALENDAR") || !strings.Contains(file, "BEGIN:VALARM") {
		t.Errorf("the file is %q", file)
	}
	s.quiet()
}

// Keys alone are enough: the first tab stop skips to the content, every control
// can be reached and shows that it is.
func TestBrowserKeyboard(t *testing.T) {
	s := visitSite(t)
	s.visit("/")
	s.run(chromedp.KeyEvent("\t"))
	first := eval[string](s, `document.activeElement.textContent`)
	invisible := eval[[]string](s, `(() => { const bad = []; for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), summary, textarea")) {
			if (!e.checkVisibility()) continue; e.focus({focusVisible: true});
			if (document.activeElement !== e || getComputedStyle(e).outlineStyle === "none") bad.push(e.outerHTML.slice(0, 80)); } return bad; })()`)
	if first != "Skip to the content" {
		t.Errorf("the first tab stop is %q", first)
	}
	if len(invisible) > 0 {
		t.Errorf("no focus, or none to be seen: %q", invisible)
	}
}

// views are the sizes and schemes that pages are looked at in.
var views = []struct {
	name   string
	width  int64
	scheme string
}{{"phone-light", 390, "light"}, {"phone-dark", 390, "dark"}, {"desk-light", 1280, "light"}, {"desk-dark", 1280, "dark"}}

func (s *site) look(width int64, scheme string) {
	s.t.Helper()
	call(s, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 844, DeviceScaleFactor: 2, Mobile: width < 500})
	call(s, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

var pagesToLookAt = map[string]string{
	"next": "/", "applications": "/applications", "application": "/applications/northwind/data-engineer",
	"calendar": "/calendar", "subscribe": "/subscribe", "sources": "/sources",
}

// Nothing sticks out sideways on a phone, buttons are large enough for a thumb, no
// page weighs more than 100 kB with everything that belongs to it.
//
// With FOLLOWUP_SHOTS set to a folder, pictures of every page are left there.
func TestBrowserSizes(t *testing.T) {
	s := visitSite(t)
	s.ledger.marks = nil
	shots := os.Getenv("FOLLOWUP_SHOTS")
	for i, v := range views {
		if i%3 != 0 && shots == "" {
			continue // a phone by day and a desk by night see everything
		}
		s.look(v.width, v.scheme)
		for name, path := range pagesToLookAt {
			s.mu.Lock()
			s.bytes = 0
			s.mu.Unlock()
			call(s, network.ClearBrowserCache, cdp.Empty{})
			s.visit(path)
			s.run(chromedp.Sleep(50 * time.Millisecond))
			s.mu.Lock()
			weight := s.bytes
			s.mu.Unlock()
			if weight > 100_000 || weight < 5_000 {
				t.Errorf("%s weighs %d bytes", path, weight)
			}
			over := eval[int](s, `document.documentElement.scrollWidth - innerWidth`)
			small := eval[[]string](s, `[...document.querySelectorAll("button, .button, nav a, main input:not([type=hidden])")].filter(e => e.checkVisibility() && (e.getBoundingClientRect().height < 40)).map(e => e.outerHTML.slice(0, 90))`)
			if over > 0 {
				t.Errorf("%s at %s sticks out by %d pixels", path, v.name, over)
			}
			if len(small) > 0 {
				t.Errorf("%s at %s has small targets: %q", path, v.name, small)
			}
			if shots != "" {
				png := get(s, chromedp.FullScreenshot(100))
				if err := os.WriteFile(filepath.Join(shots, name+"-"+v.name+".png"), png, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	s.quiet()
}

// axeCore is axe-core's script: FOLLOWUP_AXE names it.
func axeCore(t *testing.T) string {
	t.Helper()
	path := os.Getenv("FOLLOWUP_AXE")
	if path == "" {
		t.Skip("only with .ci/check-feed, which fetches axe-core")
	}
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// Accessibility by axe-core: no finding at all, in both colour schemes, with every
// detail unfolded.
func TestBrowserAccessible(t *testing.T) {
	axe := axeCore(t)
	s := visitSite(t)
	for i, v := range views {
		if i%3 != 0 {
			continue
		}
		s.look(v.width, v.scheme)
		for _, path := range pagesToLookAt {
			s.visit(path)
			s.run(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach(d => d.open = true)`), chromedp.Evaluate[chromedp.Void](axe))
			list := eval[[]string](s, `axe.run().then(r => r.violations.map(v => v.impact + " " + v.id + ": " + v.nodes.map(n => n.html + " " + n.any.map(a => a.message)).join(" | ")))`)
			for _, f := range list {
				t.Errorf("%s at %s: %s", path, v.name, f)
			}
		}
	}
}
