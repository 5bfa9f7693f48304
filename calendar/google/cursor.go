package google

import (
	"encoding/json"
	"strings"
	"time"

	"followup/calendar"
)

// place is what a cursor holds: Google's sync token, and what it takes to know
// that the token still answers the question that is asked.
type place struct {
	Version  int       `json:"v"`
	Query    string    `json:"q"`           // the calendar and the parameters of the listing
	Token    string    `json:"t"`           // nextSyncToken
	Read     time.Time `json:"r"`           // when it was got
	Until    time.Time `json:"u,omitzero"`  // what starts later was not listed
	Calendar string    `json:"c,omitempty"` // of a target: the id of the calendar that was made
}

const placeVersion = 1

func (p place) cursor() calendar.Cursor {
	p.Version = placeVersion
	data, err := json.Marshal(p)
	if err != nil {
		return ""
	}
	return calendar.Cursor(data)
}

// parsePlace reports false for a cursor that is not ours.
func parsePlace(c calendar.Cursor) (place, bool) {
	var p place
	err := json.Unmarshal([]byte(c), &p)
	return p, err == nil && p.Version == placeVersion && p.Token != ""
}

// instanceOf splits the id of an instance, "<event>_20261123T150000Z", for stubs
// that say nothing else; ok is false for the id of a single event.
func instanceOf(id string) (event, recurrence string, ok bool) {
	i := strings.LastIndexByte(id, '_')
	if i <= 0 {
		return "", "", false
	}
	for _, layout := range []string{"20060102T150405Z", "20060102"} {
		if _, err := time.Parse(layout, id[i+1:]); err == nil {
			return id[:i], id[i+1:], true
		}
	}
	return "", "", false
}
