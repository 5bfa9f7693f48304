package google

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	api "google.golang.org/api/calendar/v3"

	"followup/calendar"
)

// The private extended properties of our events: keys under 44 and values under
// 1,024 characters, beyond which Google drops and truncates them silently.
const (
	propKey     = "followup-key"
	propBase    = "followup-base"
	propKind    = "followup-kind"
	propRelated = "followup-related"
	maxProp     = 1024
)

// listing is what the answer says about the calendar itself.
type listing struct {
	name     string         // the calendar's own
	zone     *time.Location // the calendar's own
	defaults []*api.EventReminder
	source   string // name of the source
	zones    map[string]*time.Location
}

// load returns a zone by its name. The library reads it from disk each time.
func (l *listing) load(name string) (*time.Location, error) {
	if loc := l.zones[name]; loc != nil {
		return loc, nil
	}
	loc, err := loadZone(name)
	if err == nil && l.zones != nil {
		l.zones[name] = loc
	}
	return loc, err
}

func (l *listing) learn(p *api.Events) {
	l.name, l.defaults = p.Summary, p.DefaultReminders
	if loc, err := l.load(p.TimeZone); err == nil {
		l.zone = loc
	}
}

// zoneName is the IANA name of the calendar's own zone, "" while it is unknown.
func (l *listing) zoneName() string {
	if l.zone == nil {
		return ""
	}
	return l.zone.String()
}

// event converts one live event. Any part may be missing: events seen through
// somebody else's sharing come with hardly more than times.
func (l *listing) event(e *api.Event) (calendar.Event, error) {
	out := calendar.Event{
		Source:       l.source,
		UID:          uidOf(e),
		Series:       e.RecurringEventId != "" || len(e.Recurrence) > 0,
		Sequence:     int(e.Sequence),
		Summary:      e.Summary,
		Description:  fromHTML(e.Description),
		Location:     e.Location,
		URL:          e.HtmlLink,
		Conference:   conferenceOf(e),
		Status:       statusOf(e.Status),
		Calendar:     l.name,
		EventType:    e.EventType,
		Created:      parseInstant(e.Created),
		Updated:      parseInstant(e.Updated),
		Alarms:       l.alarms(e.Reminders),
		CalendarZone: l.zoneName(),
		Transparent:  e.Transparency == "transparent",
		Private:      e.Visibility == "private" || e.Visibility == "confidential",
	}
	people(&out, e)
	if e.AttendeesOmitted {
		out.Warnings = append(out.Warnings, "Google does not show all guests of this event")
	}
	marker(&out, e)
	if e.RecurringEventId != "" {
		out.RecurrenceID = recurrenceID(e.OriginalStartTime)
	}
	return out, l.times(&out, e)
}

func people(out *calendar.Event, e *api.Event) {
	if o := e.Organizer; o != nil {
		out.Organizer = calendar.Person{Name: strings.TrimSpace(o.DisplayName), Email: mail(o.Email), Self: o.Self}
	}
	if c := e.Creator; c != nil {
		out.Creator = calendar.Person{Name: strings.TrimSpace(c.DisplayName), Email: mail(c.Email), Self: c.Self}
	}
	for _, a := range e.Attendees {
		if a == nil {
			continue
		}
		p := calendar.Person{
			Name: strings.TrimSpace(a.DisplayName), Email: mail(a.Email), Self: a.Self,
			Role: "req-participant", CUType: "individual", PartStat: partStat(a.ResponseStatus),
		}
		if a.Optional {
			p.Role = "opt-participant"
		}
		if a.Resource {
			p.CUType = "resource"
		}
		out.Attendees = append(out.Attendees, p)
	}
}

func mail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func partStat(s string) calendar.PartStat {
	if s == "needsAction" {
		return calendar.PartStatNeedsAction
	}
	return calendar.PartStat(strings.ToLower(s))
}

func statusOf(s string) calendar.Status {
	switch s {
	case "tentative":
		return calendar.StatusTentative
	case "cancelled":
		return calendar.StatusCancelled
	}
	return calendar.StatusConfirmed
}

// conferenceOf returns the link to join: the video entry point, else the older
// field.
func conferenceOf(e *api.Event) string {
	if e.ConferenceData != nil {
		for _, p := range e.ConferenceData.EntryPoints {
			if p != nil && p.EntryPointType == "video" && p.Uri != "" {
				return p.Uri
			}
		}
	}
	return e.HangoutLink
}

// marker reads what we left on an event of ours. A copy that the user made
// carries it too, but not the id: that one is the user's own event.
func marker(out *calendar.Event, e *api.Event) {
	if e.ExtendedProperties == nil || e.ExtendedProperties.Private[propKey] == "" {
		return
	}
	p := e.ExtendedProperties.Private
	if p[propKey] != e.Id {
		return
	}
	out.UID = e.Id
	out.Marker = calendar.Marker{Key: p[propKey], Base: p[propBase], Kind: p[propKind]}
	out.RelatedTo = p[propRelated]
}

func (l *listing) alarms(r *api.EventReminders) []time.Duration {
	if r == nil {
		return nil
	}
	list := r.Overrides
	if r.UseDefault {
		list = l.defaults
	}
	var out []time.Duration
	for _, o := range list {
		if o != nil {
			out = append(out, -time.Duration(o.Minutes)*time.Minute)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (l *listing) times(out *calendar.Event, e *api.Event) error {
	start, err := l.moment(e.Start)
	if err != nil {
		return fmt.Errorf("its start %w", err)
	}
	end, err := l.moment(e.End)
	switch {
	case err != nil && (e.End == nil || e.EndTimeUnspecified):
		end = start
		out.Warnings = append(out.Warnings, "the event has no end")
	case err != nil:
		return fmt.Errorf("its end %w", err)
	}
	out.Start, out.End, out.AllDay, out.TimeZone = start.at, end.at, start.day, start.zone
	return nil
}

type moment struct {
	at   time.Time
	zone string
	day  bool
}

// moment reads a date or a date-time. A date-time comes with the offset of the
// calendar while timeZone names the zone of the event: the instant counts, seen
// in the event's zone.
func (l *listing) moment(t *api.EventDateTime) (moment, error) {
	if t == nil || t.Date == "" && t.DateTime == "" {
		return moment{}, fmt.Errorf("is missing")
	}
	if t.DateTime == "" {
		d, err := time.Parse(time.DateOnly, t.Date)
		if err != nil {
			return moment{}, fmt.Errorf("is no date: %q", plain(t.Date, 40))
		}
		return moment{at: d, day: true}, nil
	}
	zone := l.zone
	name := t.TimeZone
	if loc, err := l.load(t.TimeZone); err == nil {
		zone = loc
	}
	at, err := time.Parse(time.RFC3339, t.DateTime)
	if err != nil && zone != nil {
		at, err = time.ParseInLocation("2006-01-02T15:04:05", t.DateTime, zone)
	}
	if err != nil {
		return moment{}, fmt.Errorf("is no time: %q", plain(t.DateTime, 40))
	}
	if zone != nil {
		at = at.In(zone)
		name = zone.String()
	}
	return moment{at: at, zone: first(name, "UTC")}, nil
}

func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("no zone")
	}
	return time.LoadLocation(name)
}

func parseInstant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// uidOf returns the iCalendar UID. Google's own events have their id there with
// "@google.com"; a stub may have neither.
func uidOf(e *api.Event) string {
	return first(e.ICalUID, defaultUID(first(e.RecurringEventId, e.Id)))
}

func defaultUID(id string) string {
	if id == "" {
		return ""
	}
	return id + "@google.com"
}

// recurrenceID writes the instance's original start. It may come in UTC while
// the start is in a zone, so that instants are what is compared.
func recurrenceID(t *api.EventDateTime) string {
	if t == nil {
		return ""
	}
	if at, err := time.Parse(time.RFC3339, t.DateTime); err == nil {
		return at.UTC().Format("20060102T150405Z")
	}
	if loc, err := loadZone(t.TimeZone); err == nil {
		if at, err := time.ParseInLocation("2006-01-02T15:04:05", t.DateTime, loc); err == nil {
			return at.UTC().Format("20060102T150405Z")
		}
	}
	return strings.ReplaceAll(t.Date, "-", "")
}

// toEvent writes the named fields of one of our events, and the marker. Every
// field that may hold its zero value is forced into the JSON: the library leaves
// it out otherwise, and a patch would then not clear it.
func toEvent(e calendar.Event, fields []calendar.Field) *api.Event {
	out := &api.Event{ExtendedProperties: &api.EventExtendedProperties{Private: properties(e)}}
	for _, f := range fields {
		switch f {
		case calendar.FieldTitle:
			out.Summary = e.Summary
			out.ForceSendFields = append(out.ForceSendFields, "Summary")
		case calendar.FieldText:
			out.Description = toHTML(e.Description)
			out.ForceSendFields = append(out.ForceSendFields, "Description")
		case calendar.FieldLocation:
			out.Location = e.Location
			out.ForceSendFields = append(out.ForceSendFields, "Location")
		case calendar.FieldTime:
			out.Start, out.End = toMoment(e, e.Start), toMoment(e, e.End)
		case calendar.FieldAlarms:
			out.Reminders = toReminders(e.Alarms)
		}
	}
	return out
}

// newEvent is the whole of a new event: no attendees, not blocking time, seen by
// nobody else.
func newEvent(e calendar.Event) *api.Event {
	out := toEvent(e, calendar.AllFields)
	out.Id = e.UID
	out.Status = "confirmed"
	out.Transparency = "opaque"
	if e.Transparent {
		out.Transparency = "transparent"
	}
	if e.Private {
		out.Visibility = "private"
	}
	if u, err := url.Parse(e.URL); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		out.Source = &api.EventSource{Title: "followup", Url: e.URL}
	}
	clearNull(out.Start)
	clearNull(out.End)
	return out
}

// clearNull drops the explicit nulls that only a patch needs.
func clearNull(t *api.EventDateTime) { t.NullFields = nil }

func properties(e calendar.Event) map[string]string {
	p := map[string]string{propKey: first(e.Marker.Key, e.UID), propBase: e.Marker.Base, propKind: e.Marker.Kind}
	if e.RelatedTo != "" && len(e.RelatedTo) <= maxProp {
		p[propRelated] = e.RelatedTo
	}
	for k, v := range p {
		if v == "" {
			delete(p, k)
		}
	}
	return p
}

// toMoment writes a date or a date-time and nulls the other, so that a patch can
// turn one into the other.
func toMoment(e calendar.Event, t time.Time) *api.EventDateTime {
	if e.AllDay {
		return &api.EventDateTime{Date: t.Format(time.DateOnly), NullFields: []string{"DateTime", "TimeZone"}}
	}
	zone := first(e.TimeZone, t.Location().String())
	if _, err := loadZone(zone); err != nil {
		zone = t.Location().String()
	}
	if _, err := loadZone(zone); err != nil {
		zone = "UTC"
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	return &api.EventDateTime{DateTime: t.In(loc).Format(time.RFC3339), TimeZone: zone, NullFields: []string{"Date"}}
}

// Google's limits on reminders.
const (
	maxReminders = 5
	maxMinutes   = 40320
)

// toReminders writes pop-ups, so that the phone rings. useDefault:false and
// minutes:0 must be in the JSON: without the first Google answers 400, without
// the second too.
func toReminders(alarms []time.Duration) *api.EventReminders {
	var minutes []int64
	for _, a := range alarms {
		m := int64((-a).Round(time.Minute) / time.Minute)
		minutes = append(minutes, min(max(m, 0), maxMinutes))
	}
	slices.Sort(minutes)
	minutes = slices.Compact(minutes)
	r := &api.EventReminders{
		Overrides:       []*api.EventReminder{},
		ForceSendFields: []string{"UseDefault", "Overrides"},
	}
	for _, m := range minutes[:min(len(minutes), maxReminders)] {
		r.Overrides = append(r.Overrides, &api.EventReminder{Method: "popup", Minutes: m, ForceSendFields: []string{"Minutes"}})
	}
	return r
}
