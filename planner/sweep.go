package planner

import (
	"cmp"
	"time"

	"followup/calendar"
	"followup/planner/interview"
)

// sweep looks at what stands from earlier runs and was not asked for this time:
// it is taken away only with a reason that is known, and kept when it is over.
func (p *planning) sweep() {
	for _, st := range p.standings {
		if st.used || p.used[st.key] || st.state == Withdrawn {
			continue
		}
		switch {
		case st.settled():
			if st.rec != nil {
				p.add(settled(st))
			}
		default:
			p.unwanted(st)
		}
	}
}

func (p *planning) unwanted(st *standing) {
	if why, gone := p.gone(st); gone {
		p.add(withdrawn(st, why, true))
		return
	}
	over := !st.end.After(p.in.Now)
	if why, ok := p.reasons[reasonKey{st.interview, st.kind}]; ok {
		if over {
			p.add(kept(st, "its day is over; "+why))
		} else {
			p.add(withdrawn(st, why, true))
		}
		return
	}
	if st.rec == nil {
		return // whoever wrote it knows more about it than we do
	}
	held := cmp.Or(st.held, st.start)
	switch {
	case !held.After(p.in.Now):
		p.add(kept(st, "the interview took place; its event is not in the calendars any more, or names this person no more"))
	case p.active[st.interview]:
		p.add(withdrawn(st, "the interview's event does not name this person any more", true))
	default:
		f := withdrawn(st, "the interview's event is missing from the calendars", false)
		f.Edge = held
		p.add(f)
	}
}

// gone tells whether, and why, the interview is proven not to take place.
func (p *planning) gone(st *standing) (string, bool) {
	for _, list := range [][]interview.Interview{p.res.Interviews, p.res.Others} {
		for _, iv := range list {
			if iv.Event.ID() != st.interview && (st.rec != nil || iv.Event.UID != st.interview.UID) {
				continue
			}
			name := quote(iv.Event.Summary)
			switch {
			case p.active[iv.Event.ID()]:
			case iv.Status == interview.Cancelled || iv.Event.Status == calendar.StatusCancelled:
				return name + " was cancelled", true
			case iv.Status == interview.Declined:
				return "you declined " + name, true
			case iv.Status == interview.Superseded:
				return name + " was replaced by another invitation", true
			case saysNo(iv):
				return "you marked " + name + " as no interview", true
			}
		}
	}
	return "", false
}

func saysNo(iv interview.Interview) bool {
	for _, m := range append(iv.Event.Marks(), iv.Marks...) {
		if m.Word == calendar.MarkNotInterview {
			return iv.Decision == interview.No
		}
	}
	return false
}

// withdrawn is what stands, not wanted any more.
func withdrawn(st *standing, why string, explicit bool) FollowUp {
	f := asItStands(st)
	f.State, f.Why, f.Explicit = Withdrawn, why, explicit
	return f
}

// kept is what stands and stays as it is.
func kept(st *standing, why string) FollowUp {
	f := asItStands(st)
	f.State, f.Why = st.state, why
	return f
}

func asItStands(st *standing) FollowUp {
	if st.rec != nil {
		f := st.rec.FollowUp
		f.Start, f.End, f.Explicit = st.start, st.end, false
		f.Edge = time.Time{}
		return f
	}
	return FollowUp{Key: st.key, Kind: st.kind, Interview: st.interview, Title: st.title, Start: st.start, End: st.end}
}
