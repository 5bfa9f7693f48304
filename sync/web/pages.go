package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"followup/calendar"
	"followup/planner"
	"followup/planner/draft"
	"followup/planner/interview"
)

//go:embed templates assets
var files embed.FS

// pages are the templates and the few files that go with them.
type pages struct {
	templates map[string]*template.Template
	assets    map[string]asset // by name without the hash
	byPath    map[string]asset // by name as asked for: style.0123abcd.css
}

type asset struct {
	path, kind string
	body       []byte
}

var assetKinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// loadPages parses every page with the layout around it. An asset's name holds a
// hash of what is in it, so that browsers may keep it for ever.
func loadPages() (*pages, error) {
	p := &pages{templates: map[string]*template.Template{}, assets: map[string]asset{}, byPath: map[string]asset{}}
	names, err := fs.Glob(files, "assets/*")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		body, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(body)
		ext := path.Ext(name)
		base := strings.TrimSuffix(path.Base(name), ext)
		hashed := base + "." + hex.EncodeToString(sum[:5]) + ext
		a := asset{path: "/assets/" + hashed, kind: assetKinds[ext], body: body}
		p.assets[base+ext], p.byPath[hashed] = a, a
	}
	names, err = fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		base := strings.TrimSuffix(path.Base(name), ".html")
		if base == "layout" || base == "parts" {
			continue
		}
		t, err := template.New(base).Funcs(p.funcs()).ParseFS(files, "templates/layout.html", "templates/parts.html", name)
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		p.templates[base] = t
	}
	return p, nil
}

// path is where an asset is asked for.
func (p *pages) path(name string) string { return p.assets[name].path }

func (p *pages) asset(w http.ResponseWriter, r *http.Request) {
	a, ok := p.byPath[r.PathValue("name")]
	if !ok {
		plainText(w, http.StatusNotFound, "There is no such file.\n")
		return
	}
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Write(a.body)
}

func (p *pages) funcs() template.FuncMap {
	return template.FuncMap{
		"asset":   p.path,
		"days":    days,
		"people":  people,
		"round":   roundName,
		"plural":  plural,
		"kind":    func(k draft.Kind) string { return kindNames[k] },
		"state":   func(s planner.State) string { return stateNames[s] },
		"mailto":  mailTo,
		"initial": initial,
		"percent": func(f float64) string { return fmt.Sprintf("%.0f %%", 100*f) },
		"outcome": func(word string) string { return outcomes[word] },
		"machine": func(t time.Time) string { return t.Format(time.RFC3339) },
		"id":      func(id calendar.ID) string { return id.String() },
		"dict":    dict,
	}
}

// mailTo is the link that opens the finished mail in the person's own program: the
// one in the event's description, else, where that was edited away, a new one.
func mailTo(f planner.FollowUp) template.URL {
	lines := strings.Split(f.Text, "\n")
	for _, line := range slices.Backward(lines) {
		if strings.HasPrefix(line, "mailto:") {
			return template.URL(line) // draft.MailTo wrote it
		}
	}
	to := ""
	if len(f.To) > 0 {
		to = f.To[0].Email
	}
	return template.URL(draft.MailTo(to, f.Subject, f.Body)) // it escapes everything by RFC 6068
}

// initial is the letter on a company's badge.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "?"
}

// dict makes a map of a template's arguments, for parts that take several.
func dict(pairs ...any) (map[string]any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

// frame is what every page has besides its own data.
type frame struct {
	Page   string // the template's name
	Title  string
	Login  bool // there is a login, so there is a way out
	Said   string
	Error  string
	Path   string // of this page, to come back to
	Seen   string // when the page was made: see marks that were said twice
	Data   any
	now    time.Time
	zone   *time.Location
	Notice []notice
}

// notice is something to know on every page.
type notice struct{ Class, Text, Link, LinkText, Token string }

// When says a time in the person's zone or, when that is not known, in its own:
// the planner puts follow-ups into the right one.
func (f frame) When(t time.Time) string { return when(f.local(t), f.now) }

func (f frame) local(t time.Time) time.Time {
	if f.zone == nil {
		return t
	}
	return t.In(f.zone)
}

// Rel says how far away a time is.
func (f frame) Rel(t time.Time) string { return relative(f.local(t), f.now) }

// Ago says how long ago a time was.
func (f frame) Ago(t time.Time) string { return ago(t, f.now) }

// Day says a day.
func (f frame) Day(t time.Time) string { return f.local(t).Format("Mon 2 Jan") }

// EventDay says when an event is: the days of an all-day event are nobody's zone.
func (f frame) EventDay(e calendar.Event) string {
	if e.AllDay {
		return e.Start.Format("Mon 2 Jan") + ", all day"
	}
	return f.When(e.Start)
}

// Promise says by when an answer was promised.
func (f frame) Promise(d interview.Dates) string { return d.Until.Format("Mon 2 Jan") }

var titles = map[string]string{
	"overview": "What is next", "applications": "Applications", "application": "Application", "events": "Your calendar",
	"subscribe": "Subscribe", "sources": "Sources", "login": "Sign in", "problem": "Something is wrong",
}

// returnPath is where an action on this page leads back to: the page as it was
// asked for, without what an earlier action said.
func returnPath(r *http.Request) string {
	q := r.URL.Query()
	q.Del("said")
	u := url.URL{Path: r.URL.Path, RawQuery: q.Encode()}
	return u.RequestURI()
}

// render writes a page. It is made whole before the first byte is sent: a page
// that fails in the middle is a failure, not half a page.
func (s *server) render(w http.ResponseWriter, r *http.Request, code int, name string, data any) {
	f := frame{
		Page: name, Title: titles[name], Data: data, Path: returnPath(r),
		Login: s.o.PasswordHash != "" && name != "login", Said: said[r.URL.Query().Get("said")],
		now: s.o.Now(), zone: s.o.Location,
	}
	f.Seen = f.now.UTC().Format(time.RFC3339Nano)
	if t, ok := data.(interface{ title() string }); ok {
		f.Title = t.title()
	}
	if t, ok := data.(interface{ notices() []notice }); ok {
		f.Notice = t.notices()
	}
	var b bytes.Buffer
	if err := s.pages.templates[name].ExecuteTemplate(&b, "layout", f); err != nil {
		s.log.Error("a page could not be made", "page", name, "error", err)
		plainText(w, http.StatusInternalServerError, "The page could not be made. followup's log says why.\n")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	w.Write(b.Bytes())
}
