package calendar

import (
	"slices"
	"testing"
	"time"
)

func TestFingerprintTellsWhichFieldChanged(t *testing.T) {
	at := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	e := Event{Summary: "Thank Ana", Description: "Dear Ana\nmailto:ana@northwind.example?body=Dear%20Ana%2C%20hello%3A", Start: at, End: at.Add(time.Hour), Alarms: []time.Duration{0}}
	base := FieldsOf(e).Fingerprint()
	tests := []struct {
		name string
		edit func(*Event)
		want []Field
	}{
		{"nothing", func(*Event) {}, nil},
		{"title", func(e *Event) { e.Summary = "✓ Thank Ana" }, []Field{FieldTitle}},
		{"text and time", func(e *Event) { e.Description = "x"; e.Start = e.Start.Add(1); e.End = e.End.Add(time.Hour) }, []Field{FieldText, FieldTime}},
		{"alarms", func(e *Event) { e.Alarms = nil }, []Field{FieldAlarms}},
		{"place", func(e *Event) { e.Location = "desk" }, []Field{FieldLocation}},
		{"line ends, links and zone only", func(e *Event) {
			e.Description = "Dear Ana \r\nmailto:ana@northwind.example?body=Dear%20Ana,%20hello:\r\n"
			e.Start = e.Start.In(time.FixedZone("x", 3600))
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := e
			tt.edit(&c)
			if got := FieldsOf(c).Changed(base); !slices.Equal(got, tt.want) {
				t.Errorf("changed %v, want %v", got, tt.want)
			}
		})
	}
	if got := FieldsOf(e).Changed("not a fingerprint"); len(got) != len(AllFields) {
		t.Errorf("an unreadable fingerprint must count as all changed, got %v", got)
	}
	unknown := FieldsOf(e)
	delete(unknown, FieldTitle)
	if got := FieldsOf(e).Changed(unknown.Fingerprint()); !slices.Equal(got, []Field{FieldTitle}) {
		t.Errorf("a field left out of the base must count as changed, got %v", got)
	}
}
