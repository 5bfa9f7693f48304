package sync

import (
	"slices"
	"strings"
	"unicode"

	"followup/calendar"
	"followup/planner"
	"followup/planner/draft"
)

// standing tells whether the record's event is believed to stand in the target.
func standing(r planner.Record) bool {
	return r.State == planner.Written || r.State == planner.Edited || r.State == planner.Done
}

// remote is the key of the record's event in the target.
func remote(r planner.Record) string { return remoteKey(r.FollowUp.Key, r.Generation) }

// looked is the version of a record whose event was looked at since it was
// written, by a server that gives no versions one can rely on.
const looked = "-"

// see returns the record as it is after a look at its event. What a person
// changed since we wrote it is theirs from then on. begun are the fields of a
// write that was begun and may have taken place; nil for none.
func see(r planner.Record, k Known, begun calendar.Fields) planner.Record {
	fields := calendar.FieldsOf(k.Event)
	changed := fields.Changed(k.Event.Marker.Base)
	if s, ok := readStamp(k.Event.Marker); ok && s.sequence != r.Sequence {
		r = rebase(r, fields, s, begun)
	}
	r.Remote = shown(r, fields, changed, k.Ref)
	r.Owned = union(r.Owned, slices.DeleteFunc(changed, func(f calendar.Field) bool {
		v, known := displayed(r, f)
		return known && fields[f] == v
	}))
	if !strong(r.Ref) {
		r.Ref = k.Ref
		if !strong(r.Ref) {
			r.Ref.Version = looked
		}
	}
	switch {
	case calendar.TitleDone(k.Event.Summary):
		r.State = planner.Done
	case len(r.Owned) > 0:
		r.State = planner.Edited
	default:
		r.State = planner.Written
	}
	return r
}

// rebase takes what we wrote from the event itself, because it is of another
// write than the record is: a reply was lost, the state was lost or rolled back,
// or another machine wrote it.
func rebase(r planner.Record, fields calendar.Fields, s stamp, begun calendar.Fields) planner.Record {
	base := calendar.Fields{}
	for _, known := range []calendar.Fields{begun, r.Base, fields} {
		unlike := known.Changed(s.fields)
		for f, v := range known {
			if !slices.Contains(unlike, f) {
				base[f] = v
			}
		}
	}
	r.Base, r.Remote, r.Sequence, r.Ref = base, nil, s.sequence, calendar.Ref{}
	for _, f := range s.reformatted(fields) {
		if _, known := base[f]; !known && !calendar.TitleDone(fields[calendar.FieldTitle]) {
			r.Remote = with(r.Remote, f, fields[f]) // the server's doing: nobody changed a word
		}
	}
	return r
}

// displayed is how the target shows the field as we wrote it, if that is known.
func displayed(r planner.Record, f calendar.Field) (string, bool) {
	if v, ok := r.Remote[f]; ok {
		return v, true
	}
	v, ok := r.Base[f]
	return v, ok
}

// shown is the record's Remote after a look: servers rewrite what is written to
// them. An event that still has the version our write gave it shows their doing,
// nobody else's. Where no version can be relied on, a change of form alone, with
// every letter and digit in its place, is taken for theirs at the first look.
func shown(r planner.Record, fields calendar.Fields, changed []calendar.Field, at calendar.Ref) calendar.Fields {
	out := r.Remote
	same := strong(r.Ref) && r.Ref.Version == at.Version
	first := !strong(r.Ref) && !calendar.TitleDone(fields[calendar.FieldTitle])
	for _, f := range changed {
		_, learnt := r.Remote[f]
		v, known := r.Base[f]
		if learnt || !known || slices.Contains(r.Owned, f) || fields[f] == v {
			continue
		}
		if same || first && letters(fields[f]) == letters(v) {
			out = with(out, f, fields[f])
		}
	}
	return out
}

// strong tells whether the version can be relied on: RFC 9110 section 8.8.3.2
// never lets a weak one match.
func strong(r calendar.Ref) bool {
	return r.Version != "" && !strings.HasPrefix(r.Version, "W/")
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// rebuilt makes a record of an event of ours that nothing is remembered of, but
// maybe that it was begun to be written.
func rebuilt(k Known, begun calendar.Fields) planner.Record {
	s, _ := readStamp(k.Event.Marker)
	e := k.Event
	r := planner.Record{
		FollowUp: planner.FollowUp{
			Key: s.key, Kind: draft.Kind(e.Marker.Kind), Interview: calendar.ID{UID: e.RelatedTo},
			Title: e.Summary, Start: e.Start, End: e.End, Text: e.Description, Alarms: e.Alarms,
			Why: "it was found in the calendar",
		},
		Generation: s.generation, Created: e.Created, Updated: e.Updated,
	}
	return see(r, k, begun)
}

// union returns a and what of b is not in it, in the order of AllFields.
func union(a, b []calendar.Field) []calendar.Field {
	var out []calendar.Field
	for _, f := range calendar.AllFields {
		if slices.Contains(a, f) || slices.Contains(b, f) {
			out = append(out, f)
		}
	}
	return out
}
