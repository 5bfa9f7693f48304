package caldav

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"followup/calendar"
	"followup/calendar/ics"
)

// decoded is what one object holds.
type decoded struct {
	items    []calendar.Item
	skipped  []calendar.Skipped
	warnings []string
}

// decode reads the events of an object. One that held events for us before is
// read without Keep: that it no longer looks like one of ours is news too.
func (p *pass) decode(o object, known bool) decoded {
	opt := p.o
	opt.Window.To = p.next.To
	if known || p.ours {
		opt.Keep = nil
	}
	if !p.ours {
		return p.text(o, opt)
	}
	opt.Window = calendar.Window{}
	if !known && !mentionsMarker(o.text) {
		return decoded{}
	}
	d := p.text(o, opt)
	d.items = ourItems(d.items, o, p.old.Objects[o.id])
	return d
}

// text reads an object's text. One that can't be read loses itself alone.
func (p *pass) text(o object, opt ics.Options) decoded {
	d, err := read(o, opt, p.col.name)
	if err != nil {
		d.skipped = append(d.skipped, calendar.Skipped{Source: opt.Source, UID: firstUID(o), Reason: o.path + ": " + err.Error()})
	}
	return d
}

func read(o object, opt ics.Options, name string) (decoded, error) {
	var d decoded
	if len(o.text) > maxObject {
		return d, fmt.Errorf("it has %d bytes, more than the %d that are read", len(o.text), maxObject)
	}
	report, err := ics.Read(strings.NewReader(o.text), opt, func(e calendar.Event) error {
		if e.Calendar == "" {
			e.Calendar = name
		}
		d.items = append(d.items, calendar.Item{Event: e, Ref: calendar.Ref{ID: o.id, Version: o.version}})
		return nil
	})
	for _, s := range report.Skipped {
		s.Reason = o.path + ": " + s.Reason
		d.skipped = append(d.skipped, s)
	}
	d.warnings = report.Warnings
	if err == nil && !report.Complete && len(d.skipped) == 0 {
		err = fmt.Errorf("its text is cut off")
	}
	return d, err
}

// mentionsMarker tells whether the text may hold an event of ours. A property's
// name is never folded.
func mentionsMarker(text string) bool {
	return strings.Contains(strings.ToUpper(text), "X-FOLLOWUP-KEY")
}

// ourItems picks the follow-ups out of what an object holds: those whose marker
// names the event itself or its place, so that a copy that somebody made of one
// is theirs, and those that were ours and lost the marker to a client that drops
// what it does not know. Of a follow-up that was made to recur, the first counts.
func ourItems(items []calendar.Item, o object, before []string) []calendar.Item {
	place := strings.TrimSuffix(path.Base(o.path), ".ics")
	var out []calendar.Item
	for _, it := range items {
		key := &it.Event.Marker.Key
		switch {
		case *key != "" && (*key == it.Event.UID || *key == place):
		case *key == "" && slices.Contains(before, it.Event.UID):
			*key = it.Event.UID
		default:
			continue
		}
		same := func(o calendar.Item) bool { return o.Event.Marker.Key == *key }
		if i := slices.IndexFunc(out, same); i < 0 {
			out = append(out, it)
		} else if it.Event.Start.Before(out[i].Event.Start) {
			out[i] = it
		}
	}
	for i := range out {
		out[i].Event.RecurrenceID, out[i].Event.Series = "", false
	}
	return out
}

// encode writes a follow-up as a calendar object resource. Nobody is on it: an
// organizer or attendee would make servers send invitations (RFC 6638).
func encode(e calendar.Event, now time.Time) (string, error) {
	if e.UID == "" || e.UID != e.Marker.Key {
		return "", fmt.Errorf("%q is no follow-up: its UID %q and key %q differ", e.Summary, e.UID, e.Marker.Key)
	}
	e.Organizer, e.Attendees, e.Method = calendar.Person{}, nil, ""
	e.Created, e.Updated = now, now
	var b strings.Builder
	err := ics.WriteObject(&b, e)
	return b.String(), err
}

// patch writes the named fields of e into the text that stands, with a higher
// SEQUENCE, which some servers insist on.
func patch(text string, stands, e calendar.Event, fields []calendar.Field, now time.Time) (string, error) {
	e.UID, e.RecurrenceID = stands.UID, stands.RecurrenceID
	e.Sequence, e.Updated = stands.Sequence+1, now
	b, err := ics.UpdateObject([]byte(text), e, fields)
	return string(b), err
}

// now is when something is written, to the second, which is all that iCalendar
// can hold.
func now() time.Time { return time.Now().UTC().Truncate(time.Second) }

// missing settles the events that an object held before and that were not read
// from it now: some lie outside of the window today, the others are gone, since
// the object was read and does not hold them.
func (p *pass) missing(o object, ids, before []string) ([]calendar.Item, []calendar.Gone) {
	var lost []string
	for _, id := range before {
		if !slices.Contains(ids, id) {
			lost = append(lost, id)
		}
	}
	if len(lost) == 0 {
		return nil, nil
	}
	var items []calendar.Item
	var gone []calendar.Gone
	elsewhere, capped := p.outside(o, lost)
	for _, id := range lost {
		uid, recurrence, _ := strings.Cut(id, "/")
		if recurrence != "" && p.past(recurrence) {
			continue
		}
		if i := slices.IndexFunc(elsewhere, func(it calendar.Item) bool { return it.Event.ID().String() == id }); i >= 0 {
			items = append(items, elsewhere[i])
			continue
		}
		if recurrence != "" && capped {
			continue
		}
		// Without a Ref: the object itself is still there.
		gone = append(gone, calendar.Gone{ID: calendar.ID{UID: uid, RecurrenceID: recurrence}})
	}
	return items, gone
}

// outside reads an object far beyond the window. capped tells that a series has
// more instances than are read, so that what is missing proves nothing.
func (p *pass) outside(o object, lost []string) (items []calendar.Item, capped bool) {
	const far = 2 * 365 * 24 * time.Hour
	opt := p.o
	opt.Keep = nil
	if !slices.ContainsFunc(lost, func(id string) bool { return strings.Contains(id, "/") }) {
		opt.Window = calendar.Window{}
	} else {
		if opt.Window.To = p.next.To; !opt.Window.To.IsZero() {
			opt.Window.To = opt.Window.To.Add(far)
		}
		if !opt.Window.From.IsZero() {
			opt.Window.From = opt.Window.From.Add(-far)
		}
	}
	d, err := read(o, opt, p.col.name)
	if p.ours {
		d.items = ourItems(d.items, o, p.old.Objects[o.id])
	}
	most := opt.MaxPerSeries
	if most == 0 {
		most = 500
	}
	return d.items, err != nil || len(d.skipped) > 0 || len(d.items) >= most
}

// past tells whether an instance lies before the window, which is no news.
func (p *pass) past(recurrence string) bool {
	t, err := time.Parse("20060102T150405Z", recurrence)
	if err != nil {
		if t, err = time.Parse("20060102", recurrence); err != nil {
			return false
		}
	}
	return t.Before(p.o.Window.From)
}

// uids lists the UIDs in an object's text, unfolded, in the order of the text.
func uids(text string) []string {
	text = strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "").Replace(text)
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		if name, _, _ = strings.Cut(name, ";"); ok && strings.EqualFold(name, "UID") {
			out = append(out, strings.TrimSpace(value))
		}
	}
	return out
}

func hasUID(text, uid string) bool { return slices.Contains(uids(text), uid) }

// firstUID is the UID in a text that can't be read, or else the object's name.
func firstUID(o object) string {
	if all := uids(o.text); len(all) > 0 {
		return all[0]
	}
	return strings.TrimSuffix(path.Base(o.path), ".ics")
}
