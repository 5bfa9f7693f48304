package calendartest

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// googlePage is the rest of a listing, frozen when its first page was asked for.
type googlePage struct {
	query string
	rest  []any
	token *googleToken
	blank bool // an empty page has just been given
}

// googleToken is what a sync token stands for.
type googleToken struct {
	calendar   string
	seq, epoch int
	params     string // those that have to stay the same
	min, max   time.Time
	single     bool
}

// notWithToken are the parameters that the reference forbids beside a syncToken.
var notWithToken = []string{"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "timeMin", "timeMax", "updatedMin"}

func (g *Google) list(cal *googleCalendar, c *googleCall) (any, *googleError) {
	q := c.query
	if t := q.Get("pageToken"); t != "" {
		return g.nextPage(cal, c, t)
	}
	tok := &googleToken{calendar: cal.id, seq: cal.before(c.stale), epoch: g.epoch, params: stable(q), single: q.Get("singleEvents") == "true"}
	var err error
	for name, at := range map[string]*time.Time{"timeMin": &tok.min, "timeMax": &tok.max} {
		if s := q.Get(name); s != "" {
			if *at, err = time.Parse(time.RFC3339, s); err != nil {
				return nil, refuse(400, "badRequest", "Bad Request")
			}
		}
	}
	if !tok.min.IsZero() && !tok.max.IsZero() && !tok.min.Before(tok.max) {
		return nil, refuse(400, "timeRangeEmpty", "The specified time range is empty.")
	}
	var items []any
	if q.Get("syncToken") != "" {
		old, gerr := g.resume(cal, q)
		if gerr != nil {
			return nil, gerr
		}
		tok.min, tok.max, tok.seq = old.min, old.max, max(tok.seq, old.seq)
		items = g.since(cal, old, tok)
	} else {
		items = g.everything(cal, tok, q)
	}
	return g.page(cal, c, &googlePage{query: pageQuery(q), rest: items, token: tok})
}

// stable are the parameters that an incremental listing has to repeat.
func stable(q map[string][]string) string {
	return fmt.Sprint(q["singleEvents"], q["showDeleted"], q["eventTypes"], q["maxAttendees"], q["showHiddenInvitations"])
}

func pageQuery(q map[string][]string) string {
	return fmt.Sprint(stable(q), q["syncToken"], q["timeMin"], q["timeMax"], q["q"], q["maxResults"])
}

func (g *Google) resume(cal *googleCalendar, q map[string][]string) (*googleToken, *googleError) {
	for _, p := range notWithToken {
		if len(q[p]) > 0 {
			g.violate("syncToken together with %s", p)
			return nil, refuse(400, "badRequest", "syncToken can't be used with "+p)
		}
	}
	if slices.Equal(q["showDeleted"], []string{"false"}) {
		g.violate("syncToken with showDeleted=false")
		return nil, refuse(400, "badRequest", "showDeleted can't be false")
	}
	old := parseSyncToken(q["syncToken"][0])
	if old == nil || old.calendar != cal.id || old.epoch != g.epoch {
		return nil, &googleError{410, "fullSyncRequired", "syncToken", "Sync token is no longer valid, a full sync is required."}
	}
	if old.params != stable(q) {
		g.violate("other parameters with a syncToken than at first: %s, then %s", old.params, stable(q))
		return nil, refuse(400, "badRequest", "undefined behaviour")
	}
	return old, nil
}

// text writes the token. An unchanged calendar gives the same one again.
func (t *googleToken) text() string {
	plain := strings.Join([]string{t.calendar, strconv.Itoa(t.seq), strconv.Itoa(t.epoch), t.params, t.min.Format(time.RFC3339), t.max.Format(time.RFC3339), strconv.FormatBool(t.single)}, "\x1f")
	sum := sha256.Sum256([]byte(plain))
	return base64.URLEncoding.EncodeToString(append(sum[:8], plain...))
}

func parseSyncToken(s string) *googleToken {
	data, err := base64.URLEncoding.DecodeString(s)
	if err != nil || len(data) < 8 {
		return nil
	}
	f := strings.Split(string(data[8:]), "\x1f")
	if len(f) != 7 {
		return nil
	}
	t := &googleToken{calendar: f[0], params: f[3]}
	t.seq, _ = strconv.Atoi(f[1])
	t.epoch, _ = strconv.Atoi(f[2])
	t.min, _ = time.Parse(time.RFC3339, f[4])
	t.max, _ = time.Parse(time.RFC3339, f[5])
	t.single = f[6] == "true"
	return t
}

func (g *Google) nextPage(cal *googleCalendar, c *googleCall, token string) (any, *googleError) {
	p := g.pages[token]
	if p == nil || p.token.calendar != cal.id {
		if c.query.Get("syncToken") != "" {
			return nil, &googleError{410, "fullSyncRequired", "syncToken", "Sync token is no longer valid, a full sync is required."}
		}
		return nil, refuse(400, "invalid", "Invalid page token.")
	}
	if p.query != pageQuery(c.query) {
		g.violate("a page of another question: %s, first %s", pageQuery(c.query), p.query)
	}
	return g.page(cal, c, p)
}

// page gives out the next part. It may be short, or empty with a next page.
func (g *Google) page(cal *googleCalendar, c *googleCall, p *googlePage) (any, *googleError) {
	size := 250
	if n, err := strconv.Atoi(c.query.Get("maxResults")); err == nil {
		size = min(n, 2500)
	}
	if g.PageSize > 0 {
		size = min(size, g.PageSize)
	}
	next := *p
	take := min(size, len(p.rest))
	if g.EmptyPages && !p.blank && len(p.rest) > 0 {
		take, next.blank = 0, true
	} else {
		next.blank = false
	}
	out := map[string]any{
		"kind": "calendar#events", "etag": fmt.Sprintf(`"p%d"`, cal.seq), "summary": cal.summary, "timeZone": cal.zone,
		"accessRole": cal.role, "updated": g.now().Format(time.RFC3339), "items": p.rest[:take:take],
		"defaultReminders": append([]any{}, cal.reminders...),
	}
	next.rest = p.rest[take:]
	if len(next.rest) > 0 {
		token := fmt.Sprintf("page%d-%d", len(g.log), len(g.pages))
		g.pages[token] = &next
		out["nextPageToken"] = token
	} else if c.query.Get("orderBy") == "" && c.query.Get("q") == "" {
		out["nextSyncToken"] = p.token.text()
	}
	return out, nil
}

// everything is a full listing.
func (g *Google) everything(cal *googleCalendar, t *googleToken, q map[string][]string) []any {
	deleted := slices.Equal(q["showDeleted"], []string{"true"})
	items := []any{}
	for _, id := range cal.order {
		e := cal.events[id]
		for _, r := range g.seen(cal, e, t, t.seq) {
			exception := r["recurringEventId"] != nil
			if cancelled(r) && !deleted && !(exception && !t.single) {
				continue
			}
			if !g.matches(r, q) {
				continue
			}
			items = append(items, g.listed(cal, r))
		}
	}
	return items
}

func (g *Google) matches(r map[string]any, q map[string][]string) bool {
	for _, p := range q["privateExtendedProperty"] {
		if !hasPrivate(r, p) {
			return false
		}
	}
	if len(q["iCalUID"]) > 0 && r["iCalUID"] != q["iCalUID"][0] {
		return false
	}
	if len(q["eventTypes"]) > 0 {
		kind, _ := r["eventType"].(string)
		return slices.Contains(q["eventTypes"], kind)
	}
	return true
}

// seen is what one stored event looks like in a listing: itself, or its
// instances. An exception takes the place of the instance that it replaces.
func (g *Google) seen(cal *googleCalendar, e *googleEvent, t *googleToken, seq int) []map[string]any {
	r := e.at(seq)
	if r == nil {
		return nil
	}
	if r["recurrence"] == nil || !t.single {
		if cancelled(r) || inWindow(r, t, cal.location()) {
			return []map[string]any{r}
		}
		return nil
	}
	if cancelled(r) {
		return nil
	}
	var out []map[string]any
	for _, inst := range expand(r, t, cal.location()) {
		if x := cal.events[inst["id"].(string)]; x != nil && x.at(seq) != nil {
			continue
		}
		if inWindow(inst, t, cal.location()) {
			out = append(out, inst)
		}
	}
	return out
}

// since is an incremental listing: everything that changed, the deleted too.
func (g *Google) since(cal *googleCalendar, old, now *googleToken) []any {
	items := []any{}
	now.single = old.single
	for _, id := range cal.order {
		e := cal.events[id]
		if e.last(now.seq).seq <= old.seq {
			continue
		}
		here := map[string]bool{}
		for _, r := range g.seen(cal, e, now, now.seq) {
			here[r["id"].(string)] = true
			items = append(items, g.listed(cal, r))
		}
		for _, was := range g.seen(cal, e, now, old.seq) {
			if gone := was["id"].(string); !here[gone] && goneAt(cal, e, gone, now.seq) {
				stub := cloneJSON(was)
				stub["status"] = "cancelled"
				items = append(items, g.listed(cal, stub))
			}
		}
	}
	return items
}

// goneAt tells whether an instance is gone, and was not only moved out of the
// window or replaced by an exception, which is listed by itself.
func goneAt(cal *googleCalendar, e *googleEvent, id string, seq int) bool {
	x := cal.events[id]
	return x == nil || x == e && cancelled(e.at(seq))
}

func (g *Google) instances(cal *googleCalendar, c *googleCall) (any, *googleError) {
	e := cal.events[c.event]
	if e == nil {
		return nil, refuse(404, "notFound", "Not Found")
	}
	items := []any{}
	for _, r := range g.seen(cal, e, &googleToken{single: true}, cal.seq) {
		items = append(items, g.listed(cal, r))
	}
	return map[string]any{"kind": "calendar#events", "etag": `"1"`, "summary": cal.summary, "timeZone": cal.zone, "items": items}, nil
}

func (g *Google) get(cal *googleCalendar, c *googleCall) (any, *googleError) {
	e := cal.events[c.event]
	if e == nil {
		return nil, refuse(404, "notFound", "Not Found")
	}
	return g.listed(cal, e.now()), nil
}

// listed is how an event is shown. Of a deleted one nothing but the id need be
// there; of a cancelled instance, what it is an instance of.
func (g *Google) listed(cal *googleCalendar, r map[string]any) map[string]any {
	if !cancelled(r) || !g.Stubs {
		return g.shown(cal, cloneJSON(r))
	}
	stub := map[string]any{"kind": "calendar#event", "id": r["id"], "etag": r["etag"], "status": "cancelled"}
	for _, k := range []string{"recurringEventId", "originalStartTime"} {
		if r[k] != nil {
			stub[k] = r[k]
		}
	}
	return stub
}

// shown gives date-times the calendar's offset, whatever zone the event names.
func (g *Google) shown(cal *googleCalendar, r map[string]any) map[string]any {
	for _, k := range []string{"start", "end"} {
		t, _ := r[k].(map[string]any)
		if t["dateTime"] != nil {
			t = cloneJSON(t)
			t["dateTime"] = instant(t, cal.location()).In(cal.location()).Format(time.RFC3339)
			r[k] = t
		}
	}
	return r
}

func (c *googleCalendar) location() *time.Location {
	loc, err := time.LoadLocation(c.zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// instant reads a start or end.
func instant(t map[string]any, loc *time.Location) time.Time {
	if name, _ := t["timeZone"].(string); name != "" {
		if l, err := time.LoadLocation(name); err == nil {
			loc = l
		}
	}
	if s, _ := t["date"].(string); s != "" {
		d, _ := time.ParseInLocation(time.DateOnly, s, loc)
		return d
	}
	s, _ := t["dateTime"].(string)
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at.In(loc)
	}
	at, _ := time.ParseInLocation("2006-01-02T15:04:05", s, loc)
	return at
}

func span(r map[string]any, loc *time.Location) (start, end time.Time) {
	s, _ := r["start"].(map[string]any)
	e, _ := r["end"].(map[string]any)
	return instant(s, loc), instant(e, loc)
}

// inWindow: timeMin bounds the end, timeMax the start, both exclusive.
func inWindow(r map[string]any, t *googleToken, loc *time.Location) bool {
	start, end := span(r, loc)
	if start.IsZero() {
		return true
	}
	return (t.min.IsZero() || end.After(t.min)) && (t.max.IsZero() || start.Before(t.max))
}

// expand makes the instances of a recurring event, at most 730.
func expand(r map[string]any, t *googleToken, loc *time.Location) []map[string]any {
	start, end := span(r, loc)
	set := rrule.Set{}
	set.DTStart(start)
	for _, line := range r["recurrence"].([]any) {
		text, _ := line.(string)
		if rule, ok := strings.CutPrefix(text, "RRULE:"); ok {
			if rr, err := rrule.StrToRRule(rule); err == nil {
				rr.DTStart(start)
				set.RRule(rr)
			}
		}
		if ex, ok := strings.CutPrefix(text, "EXDATE:"); ok {
			if at, err := time.Parse("20060102T150405Z", ex); err == nil {
				set.ExDate(at)
			}
		}
	}
	var out []map[string]any
	next := set.Iterator()
	for range 730 {
		at, ok := next()
		if !ok || !t.max.IsZero() && at.After(t.max) {
			break
		}
		out = append(out, instanceOf(r, at, end.Sub(start)))
	}
	return out
}

func instanceOf(r map[string]any, at time.Time, length time.Duration) map[string]any {
	inst := cloneJSON(r)
	delete(inst, "recurrence")
	inst["recurringEventId"] = r["id"]
	start, _ := r["start"].(map[string]any)
	if start["date"] != nil {
		inst["id"] = fmt.Sprintf("%s_%s", r["id"], at.Format("20060102"))
		inst["originalStartTime"] = map[string]any{"date": at.Format(time.DateOnly)}
		inst["start"] = map[string]any{"date": at.Format(time.DateOnly)}
		inst["end"] = map[string]any{"date": at.Add(length).Format(time.DateOnly)}
		return inst
	}
	inst["id"] = fmt.Sprintf("%s_%s", r["id"], at.UTC().Format("20060102T150405Z"))
	original := map[string]any{"dateTime": at.UTC().Format(time.RFC3339)}
	if start["timeZone"] != nil {
		original["timeZone"] = start["timeZone"]
	}
	inst["originalStartTime"] = original
	for k, t := range map[string]time.Time{"start": at, "end": at.Add(length)} {
		m := map[string]any{"dateTime": t.Format(time.RFC3339)}
		if start["timeZone"] != nil {
			m["timeZone"] = start["timeZone"]
		}
		inst[k] = m
	}
	return inst
}

// Except changes or cancels one instance of a recurring event, as the user does.
func (g *Google) Except(calendarID, master string, original time.Time, edit func(map[string]any)) (id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.calendars[calendarID]
	r := c.events[master].now()
	start, end := span(r, c.location())
	inst := instanceOf(r, original.In(start.Location()), end.Sub(start))
	edit(inst)
	id = inst["id"].(string)
	g.store(c, id, normal(inst))
	return id
}
