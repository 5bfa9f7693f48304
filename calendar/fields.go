package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Field is one part of a follow-up event that is owned by itself: by us as long
// as it is as we wrote it, by the user from the first change on.
type Field string

// The fields that followup writes and merges one by one.
const (
	FieldTitle    Field = "title"
	FieldText     Field = "text"
	FieldTime     Field = "time"
	FieldAlarms   Field = "alarms"
	FieldLocation Field = "location"
)

// AllFields lists every field, in the order in which they are shown.
var AllFields = []Field{FieldTitle, FieldText, FieldTime, FieldAlarms, FieldLocation}

// Fields are the values of a follow-up event's fields in one comparable form.
// It is what is stored as the base of a three-way merge.
type Fields map[Field]string

// FieldsOf returns the event's fields. Two events with equal Fields look the
// same to a person; what servers and programs rewrite (line ends, trailing blanks,
// punctuation in links, the order of alarms, the zone's name for the same instant)
// makes no difference.
func FieldsOf(e Event) Fields {
	return Fields{
		FieldTitle:    normalText(e.Summary),
		FieldText:     normalText(e.Description),
		FieldTime:     timeField(e),
		FieldAlarms:   alarmField(e.Alarms),
		FieldLocation: normalText(e.Location),
	}
}

// Diff lists the fields in which f and o differ, in the order of AllFields.
func (f Fields) Diff(o Fields) []Field {
	var out []Field
	for _, k := range AllFields {
		if f[k] != o[k] {
			out = append(out, k)
		}
	}
	return out
}

// Fingerprint is a short hash of each field, which goes with the event as
// Marker.Base, so that it is known which fields a person changed even when the
// state is lost. A field that is not in f is "-" and equal to nothing.
func (f Fields) Fingerprint() string {
	parts := make([]string, len(AllFields))
	for i, k := range AllFields {
		parts[i] = f.hash(k)
	}
	return strings.Join(parts, ".")
}

// Changed lists the fields in which f differs from those that the fingerprint
// was made of, in the order of AllFields: all of them when it can't be read. More
// parts may follow those of the fields.
func (f Fields) Changed(fingerprint string) []Field {
	parts := strings.Split(fingerprint, ".")
	if len(parts) < len(AllFields) {
		return slices.Clone(AllFields)
	}
	var out []Field
	for i, k := range AllFields {
		if parts[i] == "-" || parts[i] != f.hash(k) {
			out = append(out, k)
		}
	}
	return out
}

func (f Fields) hash(k Field) string {
	v, ok := f[k]
	if !ok {
		return "-"
	}
	h := sha256.Sum256([]byte(string(k) + "=" + v))
	return hex.EncodeToString(h[:5])
}

// rewritten is what programs make of a text that a person did not touch. Those
// that are built on python-icalendar (khal, Xandikos) decode some percent-encoded
// punctuation in it, as in our mailto links.
var rewritten = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ", "%2C", ",", "%3A", ":", "%3B", ";", "%5C", `\`)

func normalText(s string) string {
	s = rewritten.Replace(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n ")
}

func timeField(e Event) string {
	if e.AllDay {
		return e.Start.Format("20060102") + "/" + e.End.Format("20060102")
	}
	const utc = "20060102T150405Z"
	return e.Start.UTC().Format(utc) + "/" + e.End.UTC().Format(utc)
}

func alarmField(alarms []time.Duration) string {
	sorted := slices.Compact(slices.Sorted(slices.Values(alarms)))
	out := make([]string, len(sorted))
	for i, a := range sorted {
		out[i] = a.String()
	}
	return strings.Join(out, ",")
}
