package calendartest

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"
)

var googleID = regexp.MustCompile(`^[a-v0-9]{5,}$`)

func (g *Google) insert(cal *googleCalendar, c *googleCall) (any, *googleError) {
	if cal.role != "owner" && cal.role != "writer" {
		return nil, refuse(403, "requiredAccessLevel", "You need to have writer access to this calendar.")
	}
	r := cloneJSON(c.body)
	id, _ := r["id"].(string)
	if id != "" && r["iCalUID"] != nil {
		g.violate("insert with both id and iCalUID")
	}
	if id == "" {
		id = fmt.Sprintf("generated%08d", g.seq+1)
	}
	if !googleID.MatchString(id) || len(id) > 1024 {
		return nil, refuse(400, "invalid", "Invalid resource id value.")
	}
	if cal.events[id] != nil {
		return nil, refuse(409, "duplicate", "The requested identifier already exists.")
	}
	if err := g.checkEvent(cal, r); err != nil {
		return nil, err
	}
	g.countMails(r, c)
	return g.shown(cal, g.store(cal, id, r)), nil
}

// standing returns an event that can be changed, as the precondition asks.
func (g *Google) standing(cal *googleCalendar, c *googleCall) (*googleEvent, *googleError) {
	e := cal.events[c.event]
	if e == nil {
		return nil, refuse(404, "notFound", "Not Found")
	}
	if c.ifMatch != "" && c.ifMatch != "*" && c.ifMatch != e.now()["etag"] {
		return nil, &googleError{412, "conditionNotMet", "If-Match", "Precondition Failed"}
	}
	return e, nil
}

func (g *Google) change(cal *googleCalendar, c *googleCall) (any, *googleError) {
	e, err := g.standing(cal, c)
	if err != nil {
		return nil, err
	}
	if cancelled(e.now()) && !g.Undelete {
		return nil, refuse(403, "forbidden", "Forbidden")
	}
	var r map[string]any
	if c.method.HTTPMethod == "PATCH" {
		r = merge(cloneJSON(e.now()), c.body)
	} else {
		r = cloneJSON(c.body)
		for _, k := range []string{"created", "iCalUID", "creator", "organizer", "eventType", "recurringEventId", "originalStartTime"} {
			if v := e.now()[k]; v != nil {
				r[k] = v
			}
		}
	}
	if old := e.now()["eventType"]; r["eventType"] != nil && r["eventType"] != old {
		return nil, refuse(400, "eventTypeCannotBeChanged", "Event type cannot be changed.")
	}
	if err := g.checkEvent(cal, r); err != nil {
		return nil, err
	}
	g.countMails(r, c)
	return g.shown(cal, g.store(cal, c.event, r)), nil
}

// merge patches as RFC 7396: a null deletes, an object is merged, everything else
// replaced.
func merge(old, patch map[string]any) map[string]any {
	for k, v := range patch {
		switch v := v.(type) {
		case nil:
			delete(old, k)
		case map[string]any:
			inner, _ := old[k].(map[string]any)
			if inner == nil {
				inner = map[string]any{}
			}
			old[k] = merge(inner, v)
		default:
			old[k] = v
		}
	}
	return old
}

func (g *Google) remove(cal *googleCalendar, c *googleCall) *googleError {
	e := cal.events[c.event]
	if e == nil {
		return refuse(404, "notFound", "Not Found")
	}
	if cancelled(e.now()) {
		return refuse(410, "deleted", "Resource has been deleted")
	}
	if _, err := g.standing(cal, c); err != nil {
		return err
	}
	r := cloneJSON(e.now())
	r["status"] = "cancelled"
	g.countMails(r, c)
	g.store(cal, c.event, r)
	return nil
}

func (g *Google) countMails(r map[string]any, c *googleCall) {
	if guests, _ := r["attendees"].([]any); len(guests) > 0 && c.query.Get("sendUpdates") != "none" {
		g.mails += len(guests)
	}
}

// checkEvent refuses what Google refuses.
func (g *Google) checkEvent(cal *googleCalendar, r map[string]any) *googleError {
	for _, k := range []string{"start", "end"} {
		if err := checkTime(r, k); err != nil {
			return err
		}
	}
	if err := checkOrder(r); err != nil {
		return err
	}
	if err := checkReminders(r); err != nil {
		return err
	}
	if s, _ := r["description"].(string); len(utf16.Encode([]rune(s))) > 8192 {
		return refuse(400, "invalid", "Description is too long.")
	}
	if src, ok := r["source"].(map[string]any); ok {
		if u, _ := src["url"].(string); !strings.HasPrefix(u, "http://") && !strings.HasPrefix(u, "https://") {
			return refuse(400, "invalid", "Invalid source url.")
		}
	}
	switch r["eventType"] {
	case nil, "default":
	case "fromGmail":
		return refuse(400, "invalid", "Events of this type can't be created.")
	default:
		if cal.id != g.User {
			return refuse(400, "eventTypeRestriction", "Only on the primary calendar.")
		}
	}
	limitProperties(r)
	return nil
}

func checkTime(r map[string]any, k string) *googleError {
	t, _ := r[k].(map[string]any)
	date, dateTime, zone := t["date"], t["dateTime"], t["timeZone"]
	switch {
	case date == nil && dateTime == nil:
		return refuse(400, "required", "Missing "+k+" time.")
	case date != nil && dateTime != nil:
		return refuse(400, "invalid", "Invalid "+k+" time.")
	}
	if s, ok := zone.(string); ok {
		if _, err := time.LoadLocation(s); err != nil || s == "Local" {
			return refuse(400, "invalid", "Invalid time zone definition for "+k+" time.")
		}
	}
	if s, ok := dateTime.(string); ok && zone == nil {
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			return refuse(400, "required", "Missing time zone definition for "+k+" time.")
		}
	}
	if r["recurrence"] != nil && dateTime != nil && zone == nil {
		return refuse(400, "required", "Missing time zone definition for "+k+" time.")
	}
	return nil
}

func checkOrder(r map[string]any) *googleError {
	s, _ := r["start"].(map[string]any)
	e, _ := r["end"].(map[string]any)
	if (s["date"] == nil) != (e["date"] == nil) {
		return refuse(400, "invalid", "Start and end times must either both be date or both be dateTime.")
	}
	if instant(e, time.UTC).Before(instant(s, time.UTC)) {
		return refuse(400, "timeRangeEmpty", "The specified time range is empty.")
	}
	return nil
}

func checkReminders(r map[string]any) *googleError {
	rem, ok := r["reminders"].(map[string]any)
	if !ok {
		return nil
	}
	list, has := rem["overrides"].([]any)
	use, said := rem["useDefault"].(bool)
	if has && (!said || use) {
		return refuse(400, "cannotUseDefaultRemindersAndSpecifyOverride", "Cannot specify both default reminders and overrides at the same time.")
	}
	if len(list) > 5 {
		return refuse(400, "invalid", "Too many reminder overrides.")
	}
	for _, o := range list {
		m, _ := o.(map[string]any)
		minutes, ok := m["minutes"].(float64)
		if !ok {
			return refuse(400, "required", "Missing override reminder minutes.")
		}
		if minutes < 0 || minutes > 40320 || m["method"] != "popup" && m["method"] != "email" {
			return refuse(400, "invalid", "Invalid reminder override.")
		}
	}
	return nil
}
