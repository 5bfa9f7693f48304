package sync

import (
	gosync "sync"
	"time"

	"followup/calendar"
)

var zones gosync.Map // name -> *time.Location, nil for unknown ones

// Zone returns the location with the IANA name if it shows the same time as at
// does, else one of that name with at's offset. It is what becomes of a zone that
// is stored by its name, so that an event plans the same before and after.
func Zone(name string, at time.Time) *time.Location {
	_, offset := at.Zone()
	if loc := loadZone(name); loc != nil {
		if _, o := at.In(loc).Zone(); o == offset {
			return loc
		}
	}
	return time.FixedZone(name, offset)
}

func loadZone(name string) *time.Location {
	if v, ok := zones.Load(name); ok {
		return v.(*time.Location)
	}
	var loc *time.Location
	if name != "" && name != "Local" {
		if l, err := time.LoadLocation(name); err == nil {
			loc = l
		}
	}
	zones.Store(name, loc)
	return loc
}

// normal returns the event as it is after being stored and loaded.
func normal(e calendar.Event) calendar.Event {
	e.Start = inZone(e.Start, e.TimeZone)
	e.End = inZone(e.End, e.TimeZone)
	e.Created, e.Updated = e.Created.UTC().Truncate(time.Second), e.Updated.UTC().Truncate(time.Second)
	e.Warnings = nil
	return e
}

// inZone puts the time into the zone of its own location's name, or else of the
// event's.
func inZone(t time.Time, name string) time.Time {
	if n := t.Location().String(); n != "" && n != "Local" {
		name = n
	}
	return t.Truncate(time.Second).In(Zone(name, t))
}
