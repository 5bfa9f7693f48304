package caldav

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// fake is a CalDAV server with one calendar, for the habits of servers that can't
// be started here. Its manners are switched on one by one.
type fake struct {
	*httptest.Server
	mu      sync.Mutex
	objects map[string]*fakeObject // by path
	log     []string               // paths in the order of their changes; the index + 1 is the revision
	trash   map[string]bool        // UIDs
	q       quirks
}

type fakeObject struct {
	text    string
	rev     int
	deleted bool
}

// quirks are what servers do differently.
type quirks struct {
	noETag, weakETag, bareETag bool // as listed and answered
	ignoreMatch                bool // If-Match is not looked at
	matchNever                 bool // If-Match fails for everything but *
	noPutETag                  bool // no ETag in the answer to a PUT
	noSync, noCTag, noToken    bool // no sync-collection; no getctag; sync-collection without the property
	page                       int  // results in one sync-collection page
	fewer                      int  // multiget leaves out so many
	noMultiget, noQuery        bool // answered 501
	queryLimit                 int  // calendar-query cuts here, with a 507
	stale                      []string
	second404                  bool // empty propstats with 404 around the good one
	shortStatus                bool // "HTTP/1.1 200"
	okInstead                  bool // 200 for 207
	lists                      bool // lists the collection itself in reports
	trashBin                   bool // Nextcloud before 27
	uidConflict                string
	rewrite                    func(string) string
	spell                      func(string) string // how hrefs are written in a multiget's answer
	control                    bool                // raw control characters in XML
	badXML                     string              // a path whose text breaks the document
	fail                       func(*http.Request) int
	home                       string // host of the home set
	extra                      func(http.ResponseWriter, *http.Request) bool
}

const (
	fakeHome = "/dav/calendars/nina/"
	fakeCal  = fakeHome + "work/"
	fakeUser = "/dav/principals/nina/"
)

func newFake(t *testing.T, q quirks) *fake {
	f := &fake{objects: map[string]*fakeObject{}, trash: map[string]bool{}, q: q}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) cal() string { return f.URL + fakeCal }

// store adds or replaces an object, as another client does.
func (f *fake) store(name, text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.set(fakeCal+name, text)
}

func (f *fake) drop(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, fakeCal+name)
	f.objects[fakeCal+name].deleted, f.objects[fakeCal+name].rev = true, len(f.log)
}

func (f *fake) text(name string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if o := f.objects[fakeCal+name]; o != nil && !o.deleted {
		return o.text
	}
	return ""
}

func (f *fake) set(path, text string) {
	if f.q.rewrite != nil {
		text = f.q.rewrite(text)
	}
	f.log = append(f.log, path)
	f.objects[path] = &fakeObject{text: text, rev: len(f.log)}
}

func (f *fake) etag(o *fakeObject) string {
	switch {
	case f.q.noETag:
		return ""
	case f.q.weakETag:
		return fmt.Sprintf(`W/"r%d"`, o.rev)
	case f.q.bareETag:
		return fmt.Sprintf("r%d", o.rev)
	}
	return fmt.Sprintf(`"r%d"`, o.rev)
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	if f.q.extra != nil && f.q.extra(w, r) {
		return
	}
	if f.q.fail != nil {
		if code := f.q.fail(r); code != 0 {
			w.WriteHeader(code)
			return
		}
	}
	switch r.Method {
	case "PROPFIND":
		f.propfind(w, r)
	case "REPORT":
		f.report(w, string(body))
	case http.MethodGet:
		f.get(w, r)
	case http.MethodPut:
		f.put(w, r, string(body))
	case http.MethodDelete:
		f.delete(w, r)
	case "MKCALENDAR":
		w.WriteHeader(http.StatusCreated)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (f *fake) multistatus(w http.ResponseWriter, inner string) {
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	if f.q.okInstead {
		w.WriteHeader(http.StatusOK)
	} else {
		w.WriteHeader(http.StatusMultiStatus)
	}
	if f.q.shortStatus {
		inner = strings.ReplaceAll(inner, "HTTP/1.1 200 OK", "HTTP/1.1 200")
	}
	fmt.Fprint(w, `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/">`+inner+`</d:multistatus>`)
}

func (f *fake) response(href, props string) string {
	none := ""
	if f.q.second404 {
		none = `<d:propstat><d:prop><d:getetag/><cs:getctag/><d:displayname/><d:sync-token/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>`
	}
	return `<d:response><d:href>` + escape(href) + `</d:href>` + none +
		`<d:propstat><d:prop>` + props + `</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>` + none + `</d:response>`
}

func (f *fake) propfind(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case fakeCal:
		inner := f.response(fakeCal, f.collectionProps())
		if r.Header.Get("Depth") == "1" {
			for _, p := range f.paths() {
				inner += f.response(href(p), f.etagProp(f.objects[p])+`<d:resourcetype/>`)
			}
		}
		f.multistatus(w, inner)
	case fakeHome:
		f.multistatus(w, f.response(fakeHome, `<d:resourcetype><d:collection/></d:resourcetype>`)+f.response(fakeCal, f.collectionProps())+
			f.response(fakeHome+"tasks/", `<d:resourcetype><d:collection/><c:calendar/></d:resourcetype><c:supported-calendar-component-set><c:comp name="VTODO"/></c:supported-calendar-component-set>`)+
			f.response(fakeHome+"inbox/", `<d:resourcetype><d:collection/><c:schedule-inbox/></d:resourcetype>`)+
			f.response(fakeHome+"shared/", `<d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:displayname>Shared</d:displayname><d:current-user-privilege-set><d:privilege><d:read/></d:privilege></d:current-user-privilege-set>`))
	case fakeUser:
		f.multistatus(w, f.response(fakeUser, `<c:calendar-home-set><d:href>`+f.q.home+fakeHome+`</d:href></c:calendar-home-set>`))
	case "/dav/":
		f.multistatus(w, f.response("/dav/", `<d:resourcetype><d:collection/></d:resourcetype><d:current-user-principal><d:href>`+fakeUser+`</d:href></d:current-user-principal>`))
	case "/.well-known/caldav":
		w.Header().Set("Location", "/dav/")
		w.WriteHeader(http.StatusMovedPermanently)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (f *fake) collectionProps() string {
	s := `<d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:displayname>Work</d:displayname><d:supported-report-set>`
	if !f.q.noSync {
		s += `<d:supported-report><d:report><d:sync-collection/></d:report></d:supported-report>`
	}
	s += `<d:supported-report><d:report><c:calendar-multiget/></d:report></d:supported-report></d:supported-report-set>`
	if !f.q.noCTag {
		s += fmt.Sprintf(`<cs:getctag>c%d</cs:getctag>`, len(f.log))
	}
	if !f.q.noToken {
		s += fmt.Sprintf(`<d:sync-token>%s</d:sync-token>`, f.token(len(f.log)))
	}
	return s
}

func (f *fake) token(rev int) string { return fmt.Sprintf("http://fake.example/sync/%d", rev) }

func (f *fake) etagProp(o *fakeObject) string {
	if e := f.etag(o); e != "" {
		return `<d:getetag>` + escape(e) + `</d:getetag>`
	}
	return ""
}

func href(path string) string { return (&url.URL{Path: path}).EscapedPath() }

func (f *fake) paths() []string {
	var out []string
	for p, o := range f.objects {
		if !o.deleted {
			out = append(out, p)
		}
	}
	sort.Strings(out)
	return out
}

func (f *fake) report(w http.ResponseWriter, body string) {
	var q struct {
		XMLName xml.Name
		Token   string   `xml:"sync-token"`
		Hrefs   []string `xml:"href"`
		Range   *struct {
			Start string `xml:"start,attr"`
			End   string `xml:"end,attr"`
		} `xml:"filter>comp-filter>comp-filter>time-range"`
		UID string `xml:"filter>comp-filter>comp-filter>prop-filter>text-match"`
	}
	if err := xml.Unmarshal([]byte(body), &q); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	switch {
	case q.XMLName.Local == "sync-collection" && !f.q.noSync:
		f.sync(w, q.Token)
	case q.XMLName.Local == "calendar-multiget" && !f.q.noMultiget:
		f.multiget(w, q.Hrefs)
	case q.XMLName.Local == "calendar-query" && !f.q.noQuery:
		start, end := "", ""
		if q.Range != nil {
			start, end = q.Range.Start, q.Range.End
		}
		f.query(w, q.UID, start, end, strings.Contains(body, "calendar-data"))
	default:
		w.WriteHeader(http.StatusNotImplemented)
	}
}

func (f *fake) sync(w http.ResponseWriter, token string) {
	since := 0
	if token != "" {
		n, err := strconv.Atoi(token[strings.LastIndexByte(token, '/')+1:])
		if err != nil || n > len(f.log) || token != f.token(n) {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `<d:error xmlns:d="DAV:"><d:valid-sync-token/></d:error>`)
			return
		}
		since = n
	}
	inner, upto, more, told := "", len(f.log), false, 0
	if f.q.lists {
		inner += f.response(fakeCal, "")
	}
	for i, p := range f.log[since:] {
		o := f.objects[p]
		if o.rev != since+i+1 || token == "" && o.deleted {
			continue
		}
		if f.q.page > 0 && told == f.q.page {
			upto, more = since+i, true
			break
		}
		told++
		if o.deleted {
			inner += `<d:response><d:href>` + href(p) + `</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>`
		} else {
			inner += f.response(href(p), f.etagProp(o))
		}
	}
	for _, p := range f.q.stale {
		if token == "" || upto > since {
			inner += f.response(p, `<d:getetag>"stale"</d:getetag>`)
		}
	}
	if more {
		inner += `<d:response><d:href>` + fakeCal + `</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status><d:error><d:number-of-matches-within-limits/></d:error></d:response>`
	}
	f.multistatus(w, inner+`<d:sync-token>`+f.token(upto)+`</d:sync-token>`)
}

func (f *fake) data(p string, o *fakeObject) string {
	text := escape(o.text)
	if f.q.control {
		text = strings.Replace(text, "SUMMARY:", "SUMMARY:\x0b", 1)
	}
	if p == f.q.badXML {
		text = "<oops>" + text
	}
	return `<c:calendar-data>` + text + `</c:calendar-data>`
}

func (f *fake) multiget(w http.ResponseWriter, hrefs []string) {
	inner := ""
	for i, h := range hrefs {
		if i < f.q.fewer {
			continue
		}
		p, _ := url.PathUnescape(h)
		if o := f.objects[p]; o != nil && !o.deleted {
			if f.q.spell != nil {
				h = f.q.spell(h)
			}
			inner += f.response(h, f.etagProp(o)+f.data(p, o))
		} else {
			inner += `<d:response><d:href>` + escape(h) + `</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>`
		}
	}
	f.multistatus(w, inner)
}

var (
	dtstart = regexp.MustCompile(`(?m)^DTSTART[^:]*:(\d{8}T\d{6})`)
	anyUID  = regexp.MustCompile(`(?m)^UID:(\S+)`)
)

func (f *fake) query(w http.ResponseWriter, uid, start, end string, data bool) {
	inner, n := "", 0
	for _, p := range f.paths() {
		o := f.objects[p]
		if m := dtstart.FindStringSubmatch(o.text); m != nil && uid == "" {
			if start != "" && m[1] < start || end != "" && m[1] > end {
				continue
			}
		}
		if uid != "" && !strings.Contains(strings.Join(anyUID.FindStringSubmatch(o.text), " "), uid) {
			continue
		}
		if n++; f.q.queryLimit > 0 && n > f.q.queryLimit {
			inner += `<d:response><d:href>` + fakeCal + `</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>`
			break
		}
		props := f.etagProp(o)
		if data {
			props += f.data(p, o)
		}
		inner += f.response(href(p), props)
	}
	f.multistatus(w, inner)
}

func (f *fake) get(w http.ResponseWriter, r *http.Request) {
	o := f.objects[r.URL.Path]
	if o == nil || o.deleted || slices.Contains(f.q.stale, r.URL.Path) {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if e := f.etag(o); e != "" {
		w.Header().Set("ETag", e)
	}
	w.Header().Set("Content-Type", "text/calendar")
	fmt.Fprint(w, o.text)
}

// guard tells whether the request's preconditions hold.
func (f *fake) guard(r *http.Request) bool {
	o := f.objects[r.URL.Path]
	there := o != nil && !o.deleted
	if r.Header.Get("If-None-Match") == "*" && there {
		return false
	}
	m := r.Header.Get("If-Match")
	switch {
	case m == "" || f.q.ignoreMatch && there:
		return true
	case m == "*":
		return there
	case f.q.matchNever || !there || f.q.noETag:
		return false
	}
	return m == fmt.Sprintf(`"r%d"`, o.rev) || f.q.bareETag && m == f.etag(o)
}

func (f *fake) put(w http.ResponseWriter, r *http.Request, text string) {
	if !f.guard(r) {
		w.WriteHeader(http.StatusPreconditionFailed)
		return
	}
	if m := anyUID.FindStringSubmatch(text); m != nil {
		if f.q.trashBin && f.trash[m[1]] {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:exception>Sabre\DAV\Exception\BadRequest</s:exception><s:message>Deleted calendar object with uid already exists in this calendar collection.</s:message></d:error>`)
			return
		}
		for p, o := range f.objects {
			if p != r.URL.Path && !o.deleted && f.q.uidConflict != "" && slices.Contains(uids(o.text), m[1]) {
				f.conflict(w, p)
				return
			}
		}
	}
	_, was := f.objects[r.URL.Path]
	f.set(r.URL.Path, text)
	if e := f.etag(f.objects[r.URL.Path]); e != "" && !f.q.noPutETag {
		w.Header().Set("ETag", e)
	}
	if was {
		w.WriteHeader(http.StatusNoContent)
	} else {
		w.WriteHeader(http.StatusCreated)
	}
}

// conflict says that the UID is in use, in one of the ways that servers have.
func (f *fake) conflict(w http.ResponseWriter, at string) {
	element := `<c:no-uid-conflict/>`
	switch f.q.uidConflict {
	case "nextcloud-400":
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:exception>Sabre\DAV\Exception\BadRequest</s:exception><s:message>Calendar object with uid already exists in this calendar collection.</s:message></d:error>`)
		return
	case "cyrus-403":
		w.WriteHeader(http.StatusForbidden)
		element = `<c:no-uid-conflict><d:href>` + at + `</d:href></c:no-uid-conflict>`
	case "xandikos-207":
		f.multistatus(w, `<d:response><d:href>http%3A//x/y</d:href><d:status>HTTP/1.1 412 Precondition Failed</d:status><d:error>`+element+`</d:error></d:response>`)
		return
	default:
		w.WriteHeader(http.StatusConflict)
	}
	fmt.Fprint(w, `<d:error xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">`+element+`</d:error>`)
}

func (f *fake) delete(w http.ResponseWriter, r *http.Request) {
	o := f.objects[r.URL.Path]
	switch {
	case o == nil || o.deleted:
		if f.q.trashBin && o != nil {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.WriteHeader(http.StatusNotFound)
		return
	case !f.guard(r):
		w.WriteHeader(http.StatusPreconditionFailed)
		return
	}
	for _, uid := range uids(o.text) {
		f.trash[uid] = true
	}
	f.log = append(f.log, r.URL.Path)
	o.deleted, o.rev = true, len(f.log)
	w.WriteHeader(http.StatusNoContent)
}
