package calendartest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Google is a server that behaves as the Google Calendar API v3 and Google's
// OAuth do, as far as is documented, with one user. It checks every request, and
// every answer of its own, against the API's discovery document: see Violations.
//
// The exported settings are to be made before the first request.
type Google struct {
	URL string // without a slash at the end; Endpoint for the API's

	User       string                                               // mail address, and id of the primary calendar
	Consent    func(scopes []string) (granted []string, err string) // what the user ticks; nil: everything
	Testing    bool                                                 // the app's publishing status: sign-ins say that they last seven days
	AccessLife time.Duration                                        // of access tokens; 0: an hour
	PageSize   int                                                  // most events on a page, below what is asked; 0: as asked
	EmptyPages bool                                                 // an empty page goes before each page
	Stubs      bool                                                 // deleted events come with their id alone, as they may
	Undelete   bool                                                 // a cancelled event may be confirmed again; else 403
	Now        func() time.Time                                     // nil: time.Now

	server *httptest.Server
	api    *discovery
	mu     sync.Mutex

	fault      func(GoogleRequest) GoogleFault
	calendars  map[string]*googleCalendar
	seq        int // counts changes in all calendars
	epoch      int // sync tokens of earlier epochs are expired
	pages      map[string]*googlePage
	grants     []*googleGrant
	tokens     map[string]googleAccess
	codes      map[string]googleCode
	secrets    []string
	renewals   int
	mails      int
	log        []GoogleRequest
	violations []string
}

// GoogleRequest is one request of the API as it came in.
type GoogleRequest struct {
	N        int    // counted from 1
	ID       string // of the method in the discovery document: calendar.events.list
	Calendar string
	Event    string
	Query    url.Values
	IfMatch  string
	Body     string
	Status   int // of the answer; 0 while unanswered and when it was lost
}

// GoogleFault is what goes wrong with one request. The zero value is nothing.
type GoogleFault struct {
	Status     int           // answered instead of doing it
	Reason     string        // in the answer's errors[]; "" for none
	Newer      bool          // the reason is in details[], as newer parts of Google answer
	RetryAfter string        // header of the answer
	Body       string        // answered with Status (0: 200) as it is, instead of doing it
	Drop       bool          // the connection ends before anything is done
	Lose       bool          // it is done, and the connection ends without an answer
	Cut        int           // only so many bytes of the answer are sent
	Unframed   bool          // with Cut: the connection's end is the answer's, so that nobody notices
	Delay      time.Duration // before the answer
}

// NewGoogle starts a server with one user and an empty primary calendar.
func NewGoogle() (*Google, error) {
	api, err := loadDiscovery()
	if err != nil {
		return nil, err
	}
	g := &Google{
		User: "nina@vogt.example", api: api,
		calendars: map[string]*googleCalendar{}, pages: map[string]*googlePage{},
		tokens: map[string]googleAccess{}, codes: map[string]googleCode{},
	}
	g.server = httptest.NewServer(http.HandlerFunc(g.serve))
	g.URL = g.server.URL
	g.AddCalendar(g.User, g.User, "owner")
	return g, nil
}

// Endpoint is the base address of the API.
func (g *Google) Endpoint() string { return g.URL + g.api.BasePath }

// Close stops the server.
func (g *Google) Close() { g.server.CloseClientConnections(); g.server.Close() }

// SetFault sets what is asked before every API request from now on; nil never
// fails. It is called one request at a time and must not call the server.
func (g *Google) SetFault(fault func(GoogleRequest) GoogleFault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fault = fault
}

// Log returns the API requests so far. Requests for tokens are in Renewals.
func (g *Google) Log() []GoogleRequest {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.log)
}

// Renewals counts the requests to the token endpoint.
func (g *Google) Renewals() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.renewals
}

// Mails counts the mails that Google would have sent to guests.
func (g *Google) Mails() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.mails
}

// Violations lists what a client, or the fake itself, did against the
// documentation.
func (g *Google) Violations() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.violations)
}

func (g *Google) violate(format string, args ...any) {
	g.violations = append(g.violations, fmt.Sprintf(format, args...))
}

func (g *Google) now() time.Time {
	if g.Now != nil {
		return g.Now().UTC()
	}
	return time.Now().UTC()
}

func (g *Google) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, g.api.BasePath):
		g.serveAPI(w, r)
	case r.URL.Path == "/o/oauth2/v2/auth":
		g.authorize(w, r)
	case r.URL.Path == "/token":
		g.tokenEndpoint(w, r)
	case r.URL.Path == "/revoke":
		g.revokeEndpoint(w, r)
	default:
		http.NotFound(w, r)
	}
}

// googleCall is one request on its way through the fake.
type googleCall struct {
	method   *apiMethod
	calendar string
	event    string
	query    url.Values
	ifMatch  string
	body     map[string]any
	grant    *googleGrant
}

// googleError is an answer that is an error.
type googleError struct {
	status           int
	reason, location string
	message          string
}

func (e *googleError) Error() string { return e.message }

func refuse(status int, reason, message string) *googleError {
	return &googleError{status: status, reason: reason, message: message}
}

func (g *Google) serveAPI(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 8<<20))
	g.mu.Lock()
	c, n, fault, err := g.accept(r, body)
	g.mu.Unlock()
	if fault.Delay > 0 {
		select {
		case <-time.After(fault.Delay):
		case <-r.Context().Done():
			return
		}
	}
	if fault.Drop {
		hangUp(w)
		return
	}
	var answer []byte
	status := http.StatusOK
	switch {
	case fault.Body != "":
		status, answer = max(fault.Status, 200), []byte(fault.Body)
		w.Header().Set("Content-Type", "text/html")
	case fault.Status != 0:
		status, answer = fault.Status, errorBody(refuse(fault.Status, fault.Reason, http.StatusText(fault.Status)), fault.Newer)
	case err != nil:
		status, answer = err.status, errorBody(err, false)
	default:
		status, answer = g.handle(c)
	}
	if fault.RetryAfter != "" {
		w.Header().Set("Retry-After", fault.RetryAfter)
	}
	if fault.Lose {
		hangUp(w)
		return
	}
	g.mu.Lock()
	g.log[n].Status = status
	g.mu.Unlock()
	respond(w, status, answer, fault)
}

// handle does what is asked and checks the answer against the schema.
func (g *Google) handle(c *googleCall) (int, []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	result, err := g.dispatch(c)
	if err != nil {
		return err.status, errorBody(err, false)
	}
	if result == nil {
		return http.StatusNoContent, nil
	}
	data, merr := json.Marshal(result)
	if merr != nil {
		panic(merr)
	}
	var plain any
	if json.Unmarshal(data, &plain) == nil {
		for _, bad := range g.api.check(c.method.Response, plain, c.method.Response.Ref, false) {
			g.violate("answer of %s: %s", c.method.ID, bad)
		}
	}
	return http.StatusOK, data
}

// accept reads the request, logs it and checks it.
func (g *Google) accept(r *http.Request, body []byte) (*googleCall, int, GoogleFault, *googleError) {
	m, args := g.api.find(r.Method, r.URL.EscapedPath())
	c := &googleCall{method: m, query: r.URL.Query(), ifMatch: r.Header.Get("If-Match")}
	entry := GoogleRequest{N: len(g.log) + 1, Query: c.query, IfMatch: c.ifMatch, Body: string(body)}
	if m != nil {
		c.calendar, _ = url.PathUnescape(args["calendarId"])
		c.event, _ = url.PathUnescape(args["eventId"])
		entry.ID, entry.Calendar, entry.Event = m.ID, c.calendar, c.event
	}
	g.log = append(g.log, entry)
	var fault GoogleFault
	if g.fault != nil {
		fault = g.fault(entry)
	}
	if m == nil {
		g.violate("no such method: %s %s", r.Method, r.URL.EscapedPath())
		return c, len(g.log) - 1, fault, refuse(404, "notFound", "Not Found")
	}
	if c.calendar == "primary" {
		c.calendar = g.User
	}
	err := g.admit(c, r, body)
	return c, len(g.log) - 1, fault, err
}

func (g *Google) admit(c *googleCall, r *http.Request, body []byte) *googleError {
	for _, bad := range g.api.checkQuery(c.method, c.query) {
		g.violate("%s: %s", c.method.ID, bad)
		return refuse(400, "badRequest", bad)
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	access, known := g.tokens[token]
	if !ok || !known || !time.Now().Before(access.expires) {
		return &googleError{401, "authError", "Authorization", "Invalid Credentials"}
	}
	g.secrets = append(g.secrets, token)
	c.grant = access.grant
	if err := g.allow(c); err != nil {
		return err
	}
	return g.readBody(c, body)
}

// allow looks at the scopes. app.created reaches only calendars that this client
// made, the "owned" ones only calendars that the user owns.
func (g *Google) allow(c *googleCall) *googleError {
	cal := g.calendars[c.calendar]
	for _, s := range c.grant.scopes {
		if !slices.Contains(c.method.Scopes, s) {
			continue
		}
		switch {
		case strings.HasSuffix(s, "calendar.app.created"):
			if cal == nil && c.calendar != "" || cal != nil && !cal.made {
				continue
			}
		case strings.Contains(s, "events.owned"):
			if cal != nil && cal.role != "owner" {
				continue
			}
		}
		return nil
	}
	if cal == nil && c.calendar != "" && slices.ContainsFunc(c.grant.scopes, func(s string) bool { return slices.Contains(c.method.Scopes, s) }) {
		return nil // what is not there is not there for anybody
	}
	return refuse(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
}

func (g *Google) readBody(c *googleCall, body []byte) *googleError {
	if c.method.Request.Ref == "" {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	if err := dec.Decode(&c.body); err != nil {
		return refuse(400, "parseError", "Parse Error")
	}
	patch := c.method.HTTPMethod == http.MethodPatch
	for _, bad := range g.api.check(c.method.Request, any(c.body), c.method.Request.Ref, patch) {
		g.violate("body of %s: %s", c.method.ID, bad)
		return refuse(400, "invalid", "Invalid value: "+bad)
	}
	for name, p := range g.api.Schemas[c.method.Request.Ref].Properties {
		if _, ok := c.body[name]; !ok && slices.Contains(p.Annotations.Required, c.method.ID) {
			return refuse(400, "required", "Missing "+name)
		}
	}
	return nil
}

func (g *Google) dispatch(c *googleCall) (any, *googleError) {
	if strings.HasPrefix(c.method.ID, "calendar.events.") {
		cal := g.calendars[c.calendar]
		if cal == nil {
			return nil, refuse(404, "notFound", "Not Found")
		}
		return g.dispatchEvents(cal, c)
	}
	switch c.method.ID {
	case "calendar.calendars.insert":
		return g.insertCalendar(c)
	case "calendar.calendars.get", "calendar.calendarList.get":
		cal := g.calendars[c.calendar]
		if cal == nil {
			return nil, refuse(404, "notFound", "Not Found")
		}
		if c.method.ID == "calendar.calendarList.get" {
			return cal.entry(), nil
		}
		return cal.resource(), nil
	case "calendar.calendars.delete":
		if g.calendars[c.calendar] == nil {
			return nil, refuse(404, "notFound", "Not Found")
		}
		delete(g.calendars, c.calendar)
		return nil, nil
	case "calendar.calendarList.list":
		return g.listCalendars(), nil
	}
	return nil, refuse(501, "notImplemented", "the fake does not do "+c.method.ID)
}

func (g *Google) dispatchEvents(cal *googleCalendar, c *googleCall) (any, *googleError) {
	switch c.method.ID {
	case "calendar.events.list":
		return g.list(cal, c)
	case "calendar.events.get":
		return g.get(cal, c)
	case "calendar.events.insert":
		return g.insert(cal, c)
	case "calendar.events.patch", "calendar.events.update":
		return g.change(cal, c)
	case "calendar.events.delete":
		return nil, g.remove(cal, c)
	case "calendar.events.instances":
		return g.instances(cal, c)
	}
	return nil, refuse(501, "notImplemented", "the fake does not do "+c.method.ID)
}

func errorBody(e *googleError, newer bool) []byte {
	inner := map[string]any{"code": e.status, "message": e.message}
	one := map[string]any{"domain": "global", "reason": e.reason, "message": e.message}
	if e.location != "" {
		one["location"], one["locationType"] = e.location, "parameter"
		if e.location == "If-Match" || e.location == "Authorization" {
			one["locationType"] = "header"
		}
	}
	switch {
	case newer:
		inner["status"] = "PERMISSION_DENIED"
		inner["details"] = []any{map[string]any{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": e.reason, "domain": "googleapis.com"}}
	case e.reason != "":
		inner["errors"] = []any{one}
	}
	data, _ := json.Marshal(map[string]any{"error": inner})
	return data
}

func respond(w http.ResponseWriter, status int, body []byte, f GoogleFault) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	}
	if f.Cut == 0 {
		w.WriteHeader(status)
		w.Write(body)
		return
	}
	conn, buf, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(buf, "HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nConnection: close\r\n", status)
	if !f.Unframed {
		fmt.Fprintf(buf, "Content-Length: %d\r\n", len(body))
	}
	buf.WriteString("\r\n")
	buf.Write(body[:min(f.Cut, len(body))])
	buf.Flush()
}

func hangUp(w http.ResponseWriter) {
	if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
		conn.Close()
	}
}

// cloneJSON copies a resource, so that nothing that was answered changes later.
func cloneJSON(v map[string]any) map[string]any {
	out := maps.Clone(v)
	for k, e := range out {
		switch e := e.(type) {
		case map[string]any:
			out[k] = cloneJSON(e)
		case []any:
			list := slices.Clone(e)
			for i, x := range list {
				if m, ok := x.(map[string]any); ok {
					list[i] = cloneJSON(m)
				}
			}
			out[k] = list
		}
	}
	return out
}
