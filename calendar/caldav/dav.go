package caldav

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html/charset"

	"followup/calendar"
)

// multistatus is RFC 4918 section 13. Names are matched without their namespace,
// which some servers get wrong.
type multistatus struct {
	XMLName   xml.Name   `xml:"multistatus"`
	Responses []response `xml:"response"`
	SyncToken string     `xml:"sync-token"`
}

type response struct {
	Hrefs     []string   `xml:"href"`
	Status    string     `xml:"status"`
	Propstats []propstat `xml:"propstat"`
	Error     errorNames `xml:"error"`
}

type propstat struct {
	Prop   prop   `xml:"prop"`
	Status string `xml:"status"`
}

// prop has every property that is asked for anywhere.
type prop struct {
	ETag       string     `xml:"getetag"`
	CTag       string     `xml:"getctag"`
	SyncToken  string     `xml:"sync-token"`
	Name       string     `xml:"displayname"`
	Data       string     `xml:"calendar-data"`
	Types      names      `xml:"resourcetype"`
	Reports    names      `xml:"supported-report-set"`
	Privileges names      `xml:"current-user-privilege-set"`
	Components []compName `xml:"supported-calendar-component-set>comp"`
	Principal  string     `xml:"current-user-principal>href"`
	Home       []string   `xml:"calendar-home-set>href"`
}

type compName struct {
	Name string `xml:"name,attr"`
}

// names is the set of the local names of all elements inside another.
type names map[string]bool

// UnmarshalXML collects the names.
func (n *names) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	if *n == nil {
		*n = names{}
	}
	for depth := 0; ; {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			(*n)[t.Name.Local] = true
		case xml.EndElement:
			if depth--; depth < 0 {
				return nil
			}
		}
	}
}

// errorNames is a DAV:error inside a response: its first element's name.
type errorNames struct {
	Any []struct {
		XMLName xml.Name
	} `xml:",any"`
}

func (e errorNames) first() string {
	if len(e.Any) == 0 {
		return ""
	}
	return e.Any[0].XMLName.Local
}

// found is what the server says of one resource.
type found struct {
	href   string
	status int // of the response as a whole: 200, 404, 507...
	cond   string
	prop   prop
}

// resources takes a multistatus apart, one entry a resource. Only properties
// with a good status count: iCloud sends a second, empty set with 404.
func (m *multistatus) resources() []found {
	var out []found
	for _, r := range m.Responses {
		status, p, good := statusCode(r.Status), prop{}, r.Status != "" || len(r.Propstats) == 0
		for _, ps := range r.Propstats {
			if code := statusCode(ps.Status); code/100 == 2 && !good {
				p, good, status = ps.Prop, true, code
			} else if !good {
				status = code
			}
		}
		// A resource whose every asked-for property is missing is there all the same.
		if r.Status == "" && !good && status == 404 {
			status = 200
		}
		for _, h := range r.Hrefs {
			out = append(out, found{href: strings.TrimSpace(h), status: status, cond: r.Error.first(), prop: p})
		}
	}
	return out
}

// statusCode reads "HTTP/1.1 200 OK", with or without a reason. A missing status
// is a good one.
func statusCode(s string) int {
	f := strings.Fields(s)
	if len(f) == 0 {
		return 200
	}
	for _, word := range f[:min(2, len(f))] {
		if n, err := strconv.Atoi(word); err == nil {
			return n
		}
	}
	return 0
}

var errNonsense = errors.New("the answer is no CalDAV")

// parseMultistatus reads the body of a 207. A cut-off one is an error.
func parseMultistatus(body []byte) (*multistatus, error) {
	var m multistatus
	if err := decodeXML(body, &m); err != nil {
		if looksLikeHTML(body) {
			return nil, errors.New("a web page came instead of CalDAV: is it a login page, or the wrong address?")
		}
		return nil, fmt.Errorf("%w: %w", errNonsense, err)
	}
	m.SyncToken = strings.TrimSpace(m.SyncToken)
	return &m, nil
}

func looksLikeHTML(body []byte) bool {
	head := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 512)]))
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.Contains(head, []byte("<html"))
}

// decodeXML decodes a document. Bytes that XML does not allow, which some servers
// copy from their events, are made blanks rather than lose the whole document.
func decodeXML(body []byte, v any) error {
	for _, b := range body {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' {
			body = bytes.Map(xmlRune, body)
			break
		}
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) { return charset.NewReaderLabel(label, in) }
	return d.Decode(v)
}

func xmlRune(r rune) rune {
	if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
		return ' '
	}
	return r
}

// davError is the body of a refusal: RFC 4918 section 16.
type davError struct{ condition, message, href string }

// parseError reads a DAV:error and sabre's message in it.
func parseError(body []byte) (davError, bool) {
	var e struct {
		XMLName xml.Name `xml:"error"`
		Any     []struct {
			XMLName xml.Name
			Text    string `xml:",chardata"`
			Href    string `xml:"href"`
		} `xml:",any"`
	}
	if len(body) > 1<<20 || decodeXML(body, &e) != nil {
		return davError{}, false
	}
	var d davError
	for _, el := range e.Any {
		switch el.XMLName.Local {
		case "message", "responsedescription":
			d.message = el.Text
		case "exception", "sabredav-version", "file", "line", "code", "stacktrace":
		default:
			if d.condition == "" {
				d.condition, d.href = el.XMLName.Local, strings.TrimSpace(el.Href)
			}
		}
	}
	return d, true
}

// The bodies of requests. They are written by hand: encoding/xml cannot write
// prefixes, which some servers insist on.
const (
	xmlHead    = `<?xml version="1.0" encoding="utf-8"?>` + "\n"
	xmlSpaces  = ` xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"`
	xmlSpaces3 = xmlSpaces + ` xmlns:CS="http://calendarserver.org/ns/"`
)

func propfindBody(props string) []byte {
	return []byte(xmlHead + `<D:propfind` + xmlSpaces3 + `><D:prop>` + props + `</D:prop></D:propfind>`)
}

func syncBody(token string) []byte {
	return []byte(xmlHead + `<D:sync-collection` + xmlSpaces + `><D:sync-token>` + escape(token) +
		`</D:sync-token><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>`)
}

func queryBody(props, filter string) []byte {
	return []byte(xmlHead + `<C:calendar-query` + xmlSpaces + `><D:prop>` + props + `</D:prop><C:filter>` +
		`<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">` + filter + `</C:comp-filter></C:comp-filter>` +
		`</C:filter></C:calendar-query>`)
}

// timeRange is the filter of RFC 4791 section 9.9; none for the zero window.
func timeRange(w calendar.Window) string {
	const utc = "20060102T150405Z"
	bounds := ""
	if !w.From.IsZero() {
		bounds += ` start="` + w.From.UTC().Format(utc) + `"`
	}
	if !w.To.IsZero() {
		bounds += ` end="` + w.To.UTC().Format(utc) + `"`
	}
	if bounds == "" {
		return ""
	}
	return `<C:time-range` + bounds + `/>`
}

func uidFilter(uid string) string {
	return `<C:prop-filter name="UID"><C:text-match collation="i;octet">` + escape(uid) + `</C:text-match></C:prop-filter>`
}

func multigetBody(hrefs []string) []byte {
	var b strings.Builder
	b.WriteString(xmlHead + `<C:calendar-multiget` + xmlSpaces + `><D:prop><D:getetag/><C:calendar-data/></D:prop>`)
	for _, h := range hrefs {
		b.WriteString(`<D:href>` + escape(h) + `</D:href>`)
	}
	b.WriteString(`</C:calendar-multiget>`)
	return []byte(b.String())
}

func mkcalendarBody(name string) []byte {
	return []byte(xmlHead + `<C:mkcalendar` + xmlSpaces + `><D:set><D:prop><D:displayname>` + escape(name) +
		`</D:displayname><C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>` +
		`</D:prop></D:set></C:mkcalendar>`)
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}
