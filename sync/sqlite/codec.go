package sqlite

import (
	"encoding/json"
	"time"

	"followup/calendar"
	"followup/planner"
	"followup/planner/interview"
	"followup/sync"
)

// JSON keeps the offset of a time and forgets its zone, so that zones go along
// by name.

type eventJSON struct {
	calendar.Event
	StartZone, EndZone string
}

func encodeEvent(e calendar.Event) (string, error) {
	return encode(eventJSON{e, e.Start.Location().String(), e.End.Location().String()})
}

func decodeEvent(text string) (calendar.Event, error) {
	var j eventJSON
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return calendar.Event{}, err
	}
	e := j.Event
	e.Start, e.End = in(j.StartZone, e.Start), in(j.EndZone, e.End)
	e.Created, e.Updated = e.Created.UTC(), e.Updated.UTC()
	return e, nil
}

type recordJSON struct {
	planner.Record
	Zone string
}

func encodeRecord(r planner.Record) (string, error) {
	return encode(recordJSON{r, r.FollowUp.Start.Location().String()})
}

func decodeRecord(text string) (planner.Record, error) {
	var j recordJSON
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return planner.Record{}, err
	}
	f := &j.FollowUp
	for _, t := range []*time.Time{&f.Start, &f.End, &f.Window.From, &f.Window.Until, &f.Edge, &f.Held} {
		*t = in(j.Zone, *t)
	}
	return j.Record, nil
}

type meJSON struct {
	Name      string   `json:"name,omitempty"`
	Emails    []string `json:"emails,omitempty"`
	Employers []string `json:"employers,omitempty"`
	Zone      string   `json:"zone,omitempty"`
	Languages []string `json:"languages,omitempty"`
}

func encodeMe(me interview.Me) (string, error) {
	j := meJSON{Name: me.Name, Emails: me.Emails, Employers: me.Employers, Languages: me.Languages}
	if me.Location != nil {
		j.Zone = me.Location.String()
	}
	return encode(j)
}

func decodeMe(text string) (interview.Me, error) {
	var j meJSON
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return interview.Me{}, err
	}
	me := interview.Me{Name: j.Name, Emails: j.Emails, Employers: j.Employers, Languages: j.Languages}
	if loc, err := time.LoadLocation(j.Zone); err == nil && j.Zone != "" {
		me.Location = loc
	}
	return me, nil
}

func in(zone string, t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.In(sync.Zone(zone, t))
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
