package sync

import (
	"slices"

	"followup/calendar"
	"followup/planner"
)

// step is one write that is to be made.
type step struct {
	Change
	record  planner.Record   // as it is before
	follow  planner.FollowUp // as wanted; for Delete as last wanted
	desired calendar.Fields  // of follow
	at      calendar.Ref     // the version to write over
	suspect bool             // rests on a listing that a person has to confirm
}

// wanted tells whether the follow-up is to stand in the target.
func wanted(f planner.FollowUp) bool {
	switch f.State {
	case planner.Planned, planner.Late, planner.Written, planner.Edited, "":
		return true
	}
	return false
}

// reconcile decides what is to be done about every follow-up: the table of
// DESIGN. Steps are writes; what needs no write is saved in the ledger.
func (r *run) reconcile() {
	for _, f := range r.plan.FollowUps {
		r.want[f.Key] = f
	}
	for _, f := range r.plan.FollowUps {
		r.add(r.decide(f.Key))
	}
	for _, key := range r.keys() {
		if _, ok := r.want[key]; !ok {
			r.add(r.decide(key))
		}
	}
}

func (r *run) add(s *step) {
	if s == nil {
		return
	}
	if s.Op == Keep || s.Op == Adopt {
		r.changes = append(r.changes, s.Change)
		return
	}
	r.steps = append(r.steps, *s)
	r.changes = append(r.changes, s.Change)
}

// decide says what is to be done about one follow-up; nil is nothing.
func (r *run) decide(key string) *step {
	if r.blocked[key] != nil {
		return nil
	}
	f, planned := r.want[key]
	rec, known := r.records[key]
	k, live := r.target(remote(rec))
	live = live && known && standing(rec)
	switch {
	case planned && wanted(f) && !live:
		return r.decideMissing(f, rec, known)
	case planned && wanted(f):
		return r.decideUpdate(f, rec, k)
	case !known:
		return nil
	case planned && f.State == planner.Done:
		r.done(f, rec, live)
		return nil
	case planned && f.State != planner.Withdrawn:
		return nil
	case live:
		return r.decideWithdrawal(f, planned, rec, k)
	case r.gone(rec):
		r.dismiss(rec, "you deleted it from the calendar")
	}
	return nil
}

// done remembers that the user did it. It is left alone from then on.
func (r *run) done(f planner.FollowUp, rec planner.Record, live bool) {
	if !standing(rec) && !live || rec.State == planner.Done {
		return
	}
	rec.State, rec.Updated = planner.Done, r.now
	r.save(rec)
	r.note(Keep, rec, "done: "+f.Why)
}

func (r *run) withdrawn(rec planner.Record, why string) {
	rec.State, rec.Updated = planner.Withdrawn, r.now
	r.save(rec)
	r.note(Delete, rec, why)
}

// decideMissing: wanted, and nothing stands.
func (r *run) decideMissing(f planner.FollowUp, rec planner.Record, known bool) *step {
	switch {
	case !known:
		rec = planner.Record{}
	case r.gone(rec):
		r.dismissals = append(r.dismissals, rec)
		return nil
	case rec.State == planner.Dismissed || standing(rec):
		return nil
	}
	if !f.End.After(r.now) {
		return nil // it would stand in the past, where it reminds nobody
	}
	rec.FollowUp = f
	e := f.Event()
	return &step{
		Change: Change{Op: Create, Key: f.Key, Title: f.Title, Fields: calendar.AllFields, Why: f.Why},
		record: rec, follow: f, desired: calendar.FieldsOf(e),
	}
}

// decideUpdate: wanted, and it stands. The user's fields stay, the others follow.
func (r *run) decideUpdate(f planner.FollowUp, rec planner.Record, k Known) *step {
	desired, shows := calendar.FieldsOf(f.Event()), calendar.FieldsOf(k.Event)
	if rec.State == planner.Done || over(k, r) && !f.End.After(r.now) {
		return nil
	}
	var write, adopt []calendar.Field
	for _, x := range desired.Diff(rec.Base) {
		switch {
		case slices.Contains(rec.Owned, x):
		case r.job.Target != nil && shownAs(rec, x, desired[x], shows[x]):
			adopt = append(adopt, x)
		default:
			write = append(write, x)
		}
	}
	for _, x := range adopt {
		rec.Base = with(rec.Base, x, desired[x])
	}
	rec.Strikes, rec.Kept = 0, false
	if len(write) == 0 {
		rec.FollowUp = f
		r.save(rec)
		if !r.adopted[f.Key] {
			return nil
		}
		r.note(Adopt, rec, "it stood in the calendar and was not remembered")
		return &step{Change: Change{Op: Adopt, Key: f.Key, Title: f.Title, Why: "it stands in the calendar already"}}
	}
	return &step{
		Change: Change{Op: Update, Key: f.Key, Title: f.Title, Fields: write, Why: f.Why},
		record: rec, follow: f, desired: desired, at: k.Ref,
	}
}

// shownAs tells whether the field shows what is wanted of it: to the letter, or
// as a server reformats what is not remembered any more.
func shownAs(rec planner.Record, x calendar.Field, want, shows string) bool {
	_, remembered := rec.Base[x]
	_, reformatted := rec.Remote[x]
	return want == shows || !remembered && reformatted && letters(want) == letters(shows)
}

// over tells whether the event's time has passed.
func over(k Known, r *run) bool { return !k.Event.End.After(r.now) }

func with(f calendar.Fields, k calendar.Field, v string) calendar.Fields {
	out := calendar.Fields{}
	for x, y := range f {
		out[x] = y
	}
	out[k] = v
	return out
}

// decideWithdrawal: it stands and is not wanted any more. What the user edited or
// did stays, what is past stays, and what only went missing waits for proof.
func (r *run) decideWithdrawal(f planner.FollowUp, planned bool, rec planner.Record, k Known) *step {
	why := "no rule asks for it any more"
	if planned && f.Why != "" {
		why = f.Why
	}
	if r.undeleted[rec.FollowUp.Key] {
		rec.Owned, rec.State = calendar.AllFields, planner.Edited
		r.save(rec)
	}
	if rec.State == planner.Done || over(k, r) {
		return nil
	}
	suspect := false
	if !planned || !f.Explicit {
		var proven bool
		if proven, suspect = r.absent(rec, k); !proven {
			return nil
		}
	}
	if len(rec.Owned) > 0 {
		return r.keep(rec, k, suspect, why)
	}
	return &step{
		Change: Change{Op: Delete, Key: rec.FollowUp.Key, Title: k.Event.Summary, Why: why},
		record: rec, follow: rec.FollowUp, at: k.Ref, suspect: suspect,
	}
}

// keep tells once that what the user changed stays though nothing asks for it.
func (r *run) keep(rec planner.Record, k Known, suspect bool, why string) *step {
	if rec.Kept || suspect {
		return nil
	}
	rec.Kept = true
	r.save(rec)
	why = "you changed it, so it stays, although: " + why
	r.note(Keep, rec, why)
	return &step{Change: Change{Op: Keep, Key: rec.FollowUp.Key, Title: k.Event.Summary, Why: why}}
}

// absent tells whether it is proven that nothing asks for the record's follow-up
// any more, though nobody said so: its interview struck out, or the planner left
// it out in several good runs. An interview that took place keeps its follow-ups.
func (r *run) absent(rec planner.Record, k Known) (proven, suspect bool) {
	iv, ok := r.interviewOf(rec.FollowUp)
	if ok && struckOut(iv) && iv.Event.End.After(r.now) {
		return true, iv.Absent.Suspect
	}
	if ok && iv.Absent != (Absence{}) {
		return false, false // its strikes are being counted
	}
	if !ok {
		s, _ := readStamp(k.Event.Marker)
		if !s.ends.After(r.now) {
			return false, false
		}
	}
	if !r.allGood {
		return false, false
	}
	return r.strikeRecord(rec), false
}

// strikeRecord counts one good run in which the planner left the follow-up out.
func (r *run) strikeRecord(rec planner.Record) bool {
	since := r.now.Sub(rec.Struck)
	switch {
	case rec.Strikes >= strikesNeeded:
		return true
	case rec.Strikes == 0, since < 0:
		rec.Strikes, rec.Struck = max(rec.Strikes, 1), r.now
	case since >= strikeApart:
		rec.Strikes, rec.Struck = rec.Strikes+1, r.now
	default:
		return false
	}
	r.save(rec)
	return rec.Strikes >= strikesNeeded
}
