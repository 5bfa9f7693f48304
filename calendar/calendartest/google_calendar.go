package calendartest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"followup/calendar"
)

// googleCalendar is one calendar that the user has in their list.
type googleCalendar struct {
	id, summary, description, zone string
	role                           string // the user's: owner, writer, reader
	made                           bool   // by the client, as app.created asks
	seq                            int    // of the last change
	events                         map[string]*googleEvent
	order                          []string // ids as they came
	reminders                      []any    // the calendar's default
}

// googleEvent is the whole life of one event, newest version last. An id is never
// freed: a deleted event stays as a cancelled one.
type googleEvent struct {
	id       string
	master   string // of an exception to a recurring event
	versions []googleVersion
}

type googleVersion struct {
	seq      int
	resource map[string]any
}

func (e *googleEvent) now() map[string]any { return e.versions[len(e.versions)-1].resource }

// last returns the version that stood at a change; none when it was not yet there.
func (e *googleEvent) last(seq int) googleVersion {
	for _, v := range slices.Backward(e.versions) {
		if v.seq <= seq {
			return v
		}
	}
	return googleVersion{}
}

func (e *googleEvent) at(seq int) map[string]any { return e.last(seq).resource }

// before returns the calendar's sequence as it was n changes ago.
func (c *googleCalendar) before(n int) int {
	if n <= 0 {
		return c.seq
	}
	var all []int
	for _, e := range c.events {
		for _, v := range e.versions {
			all = append(all, v.seq)
		}
	}
	slices.Sort(all)
	if n >= len(all) {
		return 0
	}
	return all[len(all)-1-n]
}

func cancelled(r map[string]any) bool { return r == nil || r["status"] == "cancelled" }

// AddCalendar adds a calendar with the user's role on it.
func (g *Google) AddCalendar(id, summary, role string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calendars[id] = &googleCalendar{
		id: id, summary: summary, role: role, zone: "Europe/Berlin", events: map[string]*googleEvent{},
		reminders: []any{map[string]any{"method": "popup", "minutes": 10}},
	}
}

// Made returns the ids of the calendars that the client made.
func (g *Google) Made() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var ids []string
	for id, c := range g.calendars {
		if c.made {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// RemoveCalendar deletes a calendar, as its owner may.
func (g *Google) RemoveCalendar(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.calendars, id)
}

// Events returns the events of a calendar that stand, by id.
func (g *Google) Events(calendarID string) map[string]map[string]any {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := map[string]map[string]any{}
	if c := g.calendars[calendarID]; c != nil {
		for id, e := range c.events {
			if !cancelled(e.now()) {
				out[id] = cloneJSON(e.now())
			}
		}
	}
	return out
}

// Expire makes every sync token so far expired: 410.
func (g *Google) Expire() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.epoch++
	clear(g.pages)
}

// Put adds or replaces an event as other people do, by any client: no rule of
// the API is checked. Without an id it gets one.
func (g *Google) Put(calendarID string, event map[string]any) (id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.calendars[calendarID]
	event = normal(event)
	id, _ = event["id"].(string)
	if id == "" {
		id = fmt.Sprintf("event%012d", g.seq+1)
		event["id"] = id
	}
	g.store(c, id, event)
	return id
}

// Edit changes an event as the user does.
func (g *Google) Edit(calendarID, id string, edit func(map[string]any)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.calendars[calendarID]
	r := cloneJSON(c.events[id].now())
	edit(r)
	g.store(c, id, normal(r))
}

// normal gives a resource the types that JSON has.
func normal(r map[string]any) map[string]any {
	data, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		panic(err)
	}
	return out
}

// Remove deletes an event as the user does; a recurring one with its exceptions.
func (g *Google) Remove(calendarID, id string) {
	cancel := func(r map[string]any) { r["status"] = "cancelled" }
	for _, x := range g.exceptions(calendarID, id) {
		g.Edit(calendarID, x, cancel)
	}
	g.Edit(calendarID, id, cancel)
}

// Restore takes a deleted event out of the trash, as the user does; false when
// there is none.
func (g *Google) Restore(calendarID, id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.calendars[calendarID]
	if c == nil || c.events[id] == nil || !cancelled(c.events[id].now()) {
		return false
	}
	r := cloneJSON(c.events[id].now())
	r["status"] = "confirmed"
	g.store(c, id, r)
	return true
}

func (g *Google) exceptions(calendarID, master string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var ids []string
	for id, e := range g.calendars[calendarID].events {
		if e.master == master && master != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// store adds a version. Google sets the times, the ETag and what is its own.
func (g *Google) store(c *googleCalendar, id string, r map[string]any) map[string]any {
	g.seq++
	c.seq = g.seq
	e := c.events[id]
	if e == nil {
		e = &googleEvent{id: id}
		c.events[id] = e
		c.order = append(c.order, id)
	}
	now := g.now().Format("2006-01-02T15:04:05.000Z")
	r["kind"], r["id"] = "calendar#event", id
	r["etag"] = fmt.Sprintf(`"%d"`, 3500000000000000+g.seq*2)
	if len(e.versions) == 0 || onlyReminders(e.now(), r) {
		setDefault(r, "updated", now)
	} else {
		r["updated"] = now
	}
	setDefault(r, "created", now)
	setDefault(r, "status", "confirmed")
	setDefault(r, "iCalUID", id+"@google.com")
	setDefault(r, "htmlLink", "https://www.google.com/calendar/event?eid="+id)
	setDefault(r, "eventType", "default")
	setDefault(r, "sequence", 0)
	setDefault(r, "creator", map[string]any{"email": g.User, "self": true})
	setDefault(r, "organizer", map[string]any{"email": c.id, "displayName": c.summary, "self": true})
	setDefault(r, "reminders", map[string]any{"useDefault": true})
	e.master, _ = r["recurringEventId"].(string)
	e.versions = append(e.versions, googleVersion{seq: g.seq, resource: cloneJSON(r)})
	return cloneJSON(r)
}

// onlyReminders tells whether nothing else changed: that leaves "updated" as it
// was.
func onlyReminders(old, now map[string]any) bool {
	a, b := maps.Clone(old), maps.Clone(now)
	for _, k := range []string{"reminders", "etag", "updated"} {
		delete(a, k)
		delete(b, k)
	}
	return fmt.Sprint(a) == fmt.Sprint(b)
}

func setDefault(r map[string]any, k string, v any) {
	if r[k] == nil {
		r[k] = v
	}
}

// PutEvent is Put for an event in the program's words: its UID becomes the
// iCalUID. It replaces the event with the same UID.
func (g *Google) PutEvent(calendarID string, e calendar.Event) (id string) {
	r := map[string]any{"iCalUID": e.UID, "summary": e.Summary, "description": e.Description, "location": e.Location}
	if e.Status != "" {
		r["status"] = string(e.Status)
	}
	r["start"], r["end"], r["sequence"] = googleTime(e, e.Start), googleTime(e, e.End), e.Sequence
	if e.Organizer.Email != "" {
		r["organizer"] = map[string]any{"email": e.Organizer.Email, "displayName": e.Organizer.Name}
	}
	var guests []any
	for _, p := range e.Attendees {
		status := string(p.PartStat)
		if p.PartStat == calendar.PartStatNeedsAction {
			status = "needsAction"
		}
		guests = append(guests, map[string]any{"email": p.Email, "displayName": p.Name, "responseStatus": status, "self": p.Email == g.User})
	}
	if guests != nil {
		r["attendees"] = guests
	}
	id = g.idOf(calendarID, e.UID)
	if id != "" {
		r["id"] = id
	}
	return g.Put(calendarID, r)
}

// RemoveEvent is Remove by UID.
func (g *Google) RemoveEvent(calendarID, uid string) { g.Remove(calendarID, g.idOf(calendarID, uid)) }

func (g *Google) idOf(calendarID, uid string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	for id, e := range g.calendars[calendarID].events {
		if e.now()["iCalUID"] == uid && e.master == "" {
			return id
		}
	}
	return ""
}

func googleTime(e calendar.Event, t time.Time) map[string]any {
	if e.AllDay {
		return map[string]any{"date": t.Format(time.DateOnly)}
	}
	out := map[string]any{"dateTime": t.Format(time.RFC3339)}
	if e.TimeZone != "" {
		out["timeZone"] = e.TimeZone
	}
	return out
}

func (c *googleCalendar) resource() map[string]any {
	return map[string]any{"kind": "calendar#calendar", "etag": fmt.Sprintf(`"%d"`, c.seq), "id": c.id, "summary": c.summary, "description": c.description, "timeZone": c.zone}
}

func (c *googleCalendar) entry() map[string]any {
	r := c.resource()
	r["kind"], r["accessRole"], r["selected"] = "calendar#calendarListEntry", c.role, true
	return r
}

func (g *Google) insertCalendar(c *googleCall) (any, *googleError) {
	g.seq++
	text := func(k string) string { s, _ := c.body[k].(string); return s }
	zone := text("timeZone")
	if zone == "" {
		zone = "UTC"
	}
	if _, err := time.LoadLocation(zone); err != nil {
		return nil, refuse(400, "invalid", "Invalid time zone")
	}
	cal := &googleCalendar{
		id: fmt.Sprintf("c_%026x@group.calendar.google.com", g.seq), summary: text("summary"), description: text("description"),
		zone: zone, role: "owner", made: true, seq: g.seq, events: map[string]*googleEvent{},
	}
	g.calendars[cal.id] = cal
	return cal.resource(), nil
}

func (g *Google) listCalendars() any {
	items := []any{}
	for _, id := range slices.Sorted(maps.Keys(g.calendars)) {
		items = append(items, g.calendars[id].entry())
	}
	return map[string]any{"kind": "calendar#calendarList", "etag": `"1"`, "nextSyncToken": "calendars", "items": items}
}

func private(r map[string]any) map[string]any {
	ext, _ := r["extendedProperties"].(map[string]any)
	p, _ := ext["private"].(map[string]any)
	return p
}

// limitProperties does to private properties what Google does: keys that are too
// long are dropped, values cut, without a word.
func limitProperties(r map[string]any) {
	p := private(r)
	for k, v := range p {
		s, _ := v.(string)
		switch {
		case len(k) > 44:
			delete(p, k)
		case len(s) > 1024:
			p[k] = s[:1024]
		}
	}
}

func hasPrivate(r map[string]any, constraint string) bool {
	k, v, _ := strings.Cut(constraint, "=")
	return private(r)[k] == v
}
