package planner

import (
	"cmp"
	"slices"
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

// want is a follow-up that a rule asks for, before it is known what stands
// already, whether it is too late, and what the user said of it.
type want struct {
	kind      draft.Kind
	pr        *process
	r         *round
	slot      interview.Interview // the event that it follows
	process   bool                // one for the whole process, not one for the round
	identity  string              // of the interview, for the key; "" for the process
	recipient string              // for the key
	person    interview.Person    // whose recipient it is, if it is a person
	to        []interview.Person
	data      draft.Data
	window    Span
	due       time.Time                     // the right moment, when all is on time
	again     func(now time.Time) time.Time // the next moment that will do when due is over
	last      time.Time                     // from here on it is too late to begin with it
	fixed     bool                          // once it stands its time does not follow due any more
	done      *said                         // the user said so on the interview
	why       draft.Reason                  // source event and rule
}

// follows tells whether the want is about the interview.
func (w want) follows(id calendar.ID) bool {
	if w.process {
		return w.pr.ids[id]
	}
	return w.r.ids[id]
}

// aliases are the recipients under which it may stand already.
func (w want) aliases() []string {
	if w.person != (interview.Person{}) {
		return aliases(w.person)
	}
	return []string{w.recipient}
}

// schedule returns the user's working time for what follows the round: in the
// user's zone, or in the event's when that is unknown.
func (p *planning) schedule(r *round) schedule {
	s := p.base
	s.loc = cmp.Or(p.zone, r.start.Location())
	return s
}

// want plans what a rule asks for. It returns nil when it is not wanted after
// all: too late, or the user doesn't want it.
func (p *planning) want(w want) *FollowUp {
	rule := p.policy.Rules[w.kind]
	if !rule.Enabled {
		p.off(w.r, w.kind)
		return nil
	}
	key, st := p.find(w)
	p.used[key] = true
	if st != nil {
		st.used = true
		if st.settled() && st.rec != nil {
			return p.add(settled(st))
		}
	}
	if st != nil && st.complete() && w.fixed {
		w.window = st.rec.FollowUp.Window
	}
	done, skip := p.saidOf(key, st, w)
	if skip {
		p.giveUp(w, st, "you marked it to be skipped")
		return nil
	}
	start, late, tooLate := p.moment(w, st)
	if tooLate {
		p.giveUp(w, st, inEnglish(w.why)+"; its time was over when it was first seen, so it is left out")
		return nil
	}
	done = done || w.pr.sentBy(start)
	f := FollowUp{
		Key: key, Recipient: w.recipient, Kind: w.kind,
		Process: w.pr.key, Company: w.pr.company, Role: w.pr.role,
		Interview: w.slot.Event.ID(), Source: w.slot.Event.Source, Held: w.r.end,
		To: w.to, Start: start, End: start.Add(rule.Length), Window: w.window,
		Alarms: alarms(rule.Alarms), State: Planned, Why: inEnglish(w.why),
	}
	if st.over(p.in.Now, start) {
		was := st.rec.FollowUp
		f.Title, f.Subject, f.Body, f.Text, f.Language = was.Title, was.Subject, was.Body, was.Text, was.Language
	} else {
		p.write(&f, w)
	}
	p.state(&f, w, st, late, done)
	return p.add(f)
}

// state tells where the follow-up stands, and when time alone may change that.
func (p *planning) state(f *FollowUp, w want, st *standing, late, done bool) {
	switch {
	case done:
		f.State = Done
		f.Why += "; you said that it is done"
	case st != nil:
		f.State = st.state
		switch {
		case st.moved:
			f.End = st.end
			f.Why += "; stands " + moment(f.Start, p.in.Now) + ", where you moved it"
		case !f.Start.Equal(st.start):
			f.Why += "; moved from " + moment(st.start.In(f.Start.Location()), f.Start) + " to " + moment(f.Start, p.in.Now) + " in your working hours"
		default:
			f.Why += "; stands " + moment(f.Start, p.in.Now)
		}
	case late:
		f.State = Late
		f.Why += "; late: the right time was over " + moment(w.window.Until.In(f.Start.Location()), f.Start) +
			", so it comes at the next working moment, " + moment(f.Start, f.Start)
	default:
		f.Why += "; placed " + moment(f.Start, w.slot.Event.Start) + " in your working hours"
	}
	if f.State != Done && (st == nil || f.Start.After(p.in.Now)) {
		f.Edge = f.Start
		if !f.Edge.After(p.in.Now) {
			f.Edge = p.in.Now.Add(time.Second)
		}
	}
}

// moment decides when the follow-up takes place. A moment in the future depends
// on the interview alone; one that is over stays where it stands, and where none
// stands the next that will do is taken, until it is too late.
func (p *planning) moment(w want, st *standing) (start time.Time, late, tooLate bool) {
	now := p.in.Now
	loc := w.due.Location()
	if st != nil {
		over := !st.start.After(now)
		held := w.r.end.After(st.start) // the interview was put off: it is not over at all
		switch {
		case st.moved, w.fixed, over && !held:
			return st.start.In(loc), false, false
		case w.due.Before(now) && (st.start.Before(w.window.Until) || st.within(w.window)):
			return st.start.In(loc), false, false
		}
	}
	if !w.due.Before(now) {
		return w.due, false, false
	}
	if now.After(w.last) {
		return time.Time{}, false, true
	}
	t := w.again(quarter(now.In(loc)))
	return t, !t.Before(w.window.Until), false
}

// saidOf tells what the user said of this one follow-up.
func (p *planning) saidOf(key string, st *standing, w want) (done, skip bool) {
	done = w.done != nil || st != nil && st.state == Done
	skip = st != nil && st.skip()
	var skipped, restored time.Time
	for _, m := range p.in.Marks {
		switch {
		case m.Ref != key:
		case m.Word == calendar.MarkSent:
			done = true
		case m.Word == calendar.MarkSkip:
			skip = true
			if m.At.After(skipped) {
				skipped = m.At
			}
		case m.Word == calendar.MarkRestored:
			if m.At.After(restored) {
				restored = m.At
			}
		}
	}
	if !restored.IsZero() && !restored.Before(skipped) {
		skip = false
	}
	return done, skip && !done
}

// settled repeats what is done or dismissed as it was.
func settled(st *standing) FollowUp {
	f := st.rec.FollowUp
	f.State, f.Explicit, f.Edge = st.state, false, time.Time{}
	f.Start, f.End = st.start, st.end
	if st.state == Done {
		f.Why = "you sent it or ticked it off"
	} else {
		f.Why = "you deleted it; followup restore " + f.Key + " brings it back"
	}
	return f
}

// add takes the follow-up into the plan.
func (p *planning) add(f FollowUp) *FollowUp {
	p.plan.FollowUps = append(p.plan.FollowUps, f)
	return &f
}

// giveUp leaves out a follow-up that a rule asked for; what stands of it is
// taken away.
func (p *planning) giveUp(w want, st *standing, why string) {
	if st != nil && st.state != Withdrawn {
		p.add(withdrawn(st, why, true))
		return
	}
	p.plan.Skipped = append(p.plan.Skipped, Skip{Kind: w.kind, Process: w.pr.key, Interview: w.slot.Event.ID(), To: w.to, Why: why})
}

// drop says why nothing of the kind is wanted after the round.
func (p *planning) drop(pr *process, r *round, kind draft.Kind, to []interview.Person, why string) {
	p.because(r, kind, why)
	if p.policy.Rules[kind].Enabled {
		p.plan.Skipped = append(p.plan.Skipped, Skip{Kind: kind, Process: pr.key, Interview: r.last.Event.ID(), To: to, Why: why})
	}
}

// off remembers that the kind is switched off, which is a reason to take away
// what stands of it, and else not worth a word.
func (p *planning) off(r *round, kind draft.Kind) {
	p.because(r, kind, string(kind)+" is switched off in the configuration")
}

func (p *planning) because(r *round, kind draft.Kind, why string) {
	for id := range r.ids {
		p.reasons[reasonKey{id, kind}] = why
	}
}

// alarms turns "how long before the start" into iCalendar's offsets.
func alarms(before []time.Duration) []time.Duration {
	out := make([]time.Duration, len(before))
	for i, b := range before {
		out[i] = -b
	}
	slices.Sort(out)
	return slices.Compact(out)
}
