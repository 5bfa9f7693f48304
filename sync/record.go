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

// see returns the record as it is after a look at its event. What a person
// changed since we wrote it is theirs from then on.
func see(r planner.Record, k Known) planner.Record {
	fields := calendar.FieldsOf(k.Event)
	changed := fields.Changed(k.Event.Marker.Base)
	if s, ok := readStamp(k.Event.Marker); ok && s.sequence != r.Sequence {
		r = rebase(r, fields, changed, s)
	} else {
		r.Remote = shown(r, fields, changed, k.Ref)
		changed = slices.DeleteFunc(changed, func(f calendar.Field) bool { return fields[f] == displayed(r, f) })
	}
	r.Owned = union(r.Owned, changed)
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
// write than the record is: the state was lost or rolled back, or another
// machine wrote it.
func rebase(r planner.Record, fields calendar.Fields, changed []calendar.Field, s stamp) planner.Record {
	base := calendar.Fields{}
	for _, f := range calendar.AllFields {
		if !slices.Contains(changed, f) {
			base[f] = fields[f]
		}
	}
	unlike := r.Base.Changed(s.fields)
	for f, v := range r.Base {
		if _, ok := base[f]; !ok && !slices.Contains(unlike, f) {
			base[f] = v
		}
	}
	r.Base, r.Remote, r.Sequence = base, nil, s.sequence
	return r
}

// displayed is how the target shows the field as we wrote it.
func displayed(r planner.Record, f calendar.Field) string {
	if v, ok := r.Remote[f]; ok {
		return v
	}
	return r.Base[f]
}

// shown is the record's Remote after a look: servers rewrite what is written to
// them. An event that still has the version our write gave it shows their doing,
// nobody else's. Where the server gave no version, a change of form alone, with
// every letter and digit in its place, is taken for theirs.
func shown(r planner.Record, fields calendar.Fields, changed []calendar.Field, at calendar.Ref) calendar.Fields {
	out := r.Remote
	for _, f := range changed {
		_, learnt := r.Remote[f]
		if learnt || slices.Contains(r.Owned, f) || fields[f] == r.Base[f] {
			continue
		}
		same := strong(r.Ref) && r.Ref.Version == at.Version
		form := r.Ref.Version == "" && letters(fields[f]) == letters(r.Base[f]) && !calendar.TitleDone(fields[calendar.FieldTitle])
		if same || form {
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

// rebuilt makes a record of an event of ours that nothing is remembered of.
func rebuilt(k Known) planner.Record {
	s, ok := readStamp(k.Event.Marker)
	e := k.Event
	r := planner.Record{
		FollowUp: planner.FollowUp{
			Key: s.key, Kind: draft.Kind(e.Marker.Kind), Interview: calendar.ID{UID: e.RelatedTo},
			Title: e.Summary, Start: e.Start, End: e.End, Text: e.Description, Alarms: e.Alarms,
			Why: "it was found in the calendar",
		},
		Generation: s.generation, Created: e.Created, Updated: e.Updated,
	}
	if ok {
		r.Sequence = -1 // of no write: see takes everything from the event
	}
	r = see(r, k)
	r.Ref = k.Ref
	return r
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
