package calendartest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// googleCall is one request on its way through the fake.
type googleCall struct {
	method   *apiMethod
	calendar string
	event    string
	query    url.Values
	ifMatch  string
	body     map[string]any
	grant    *googleGrant
	stale    int // how many changes ago a listing is of
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
		c.stale = fault.Stale
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
