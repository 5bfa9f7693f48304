package google

import (
	"encoding/json"
	"strings"
	"testing"

	api "google.golang.org/api/calendar/v3"

	"followup/calendar"
)

// editAsEvent changes a resource through the program's words, as a person does
// with a calendar app: the description comes back as the HTML that an app writes.
func editAsEvent(t *testing.T, r map[string]any, edit func(*calendar.Event)) {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var e api.Event
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	var l listing
	ev, err := l.event(&e)
	if err != nil {
		t.Fatal(err)
	}
	was := calendar.FieldsOf(ev)
	edit(&ev)
	changed := was.Diff(calendar.FieldsOf(ev))
	out, err := json.Marshal(toEvent(ev, changed))
	if err != nil {
		t.Fatal(err)
	}
	var patch map[string]any
	if err := json.Unmarshal(out, &patch); err != nil {
		t.Fatal(err)
	}
	delete(patch, "extendedProperties")
	if d, ok := patch["description"].(string); ok {
		patch["description"] = strings.ReplaceAll(d, "\n", "<br>")
	}
	for k, v := range patch {
		m, ok := v.(map[string]any)
		for n, x := range m {
			if x == nil {
				delete(m, n)
			}
		}
		if ok {
			v = m
		}
		r[k] = v
	}
}

// rawWithoutOrganizer is the stored event without what Google itself puts there:
// it names the calendar as the organizer of every event.
func rawWithoutOrganizer(r map[string]any) string {
	delete(r, "organizer")
	delete(r, "creator")
	data, _ := json.MarshalIndent(r, "", " ")
	return string(data)
}
