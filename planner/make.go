package planner

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

// Make plans: it recognises the interviews among the events, and answers which
// follow-ups they deserve, when, and why, and what was left out, and why.
//
// The same input gives the same plan. Times of follow-ups are in the user's zone,
// Policy.Me.Location, or, where that is not known, in the zone of the interview.
// An error is always one of the policy: see Policy.Check.
func Make(in Input, p Policy, d *draft.Set) (Plan, error) {
	res := interview.Recognize(in.Events, p.Me, in.Marks)
	return plan(in, res, p, parts{render: d.Render, mailTo: draft.MailTo, dates: interview.ParseDates})
}

// parts are what planning needs of its neighbours; tests replace them.
type parts struct {
	render func(draft.Data) draft.Text
	mailTo func(to, subject, body string) string
	dates  func(text string, ref time.Time, lang string) (interview.Dates, bool)
}

// planning is one plan in the making.
type planning struct {
	parts
	in     Input
	policy Policy
	base   schedule // its zone is replaced by each round's when the user's is unknown
	zone   *time.Location
	res    interview.Result

	processes []*process
	processOf map[calendar.ID]*process
	active    map[calendar.ID]bool // interviews that stand
	known     map[calendar.ID]bool // every recognised event, taken or not
	keys      map[string]*process  // follow-up keys of a first pass, for marks that name one
	written   map[wordOf]bool

	standings   []*standing // by key
	byKey       map[string]*standing
	byInterview map[reasonKey][]*standing
	used        map[string]bool
	reasons     map[reasonKey]string
	thanked     map[*process][]interview.Person
	texts       map[*process]int // thank-yous so far: each is another text

	edges []time.Time // at which something appears that no follow-up's own edge tells
	plan  Plan
}

// reasonKey is a kind of follow-up after an interview.
type reasonKey struct {
	interview calendar.ID
	kind      draft.Kind
}

// plan plans for interviews that were recognised already.
func plan(in Input, res interview.Result, policy Policy, with parts) (Plan, error) {
	if err := policy.Check(); err != nil {
		return Plan{}, err
	}
	first := newPlanning(in, res, policy, with, nil)
	first.run()
	if keys := first.named(); keys != nil {
		second := newPlanning(in, res, policy, with, keys)
		second.run()
		return second.plan, nil
	}
	return first.plan, nil
}

func newPlanning(in Input, res interview.Result, policy Policy, with parts, keys map[string]*process) *planning {
	holidays, _ := holidaysOf(policy.Holidays) // checked
	p := &planning{
		parts: with, in: in, policy: policy, res: res,
		base:      schedule{hours: policy.WorkingHours, holidays: holidays},
		zone:      cmp.Or(policy.Me.Location, res.Me.Location),
		processOf: map[calendar.ID]*process{},
		active:    map[calendar.ID]bool{}, known: map[calendar.ID]bool{},
		keys: map[string]*process{}, written: map[wordOf]bool{},
		byKey: map[string]*standing{}, byInterview: map[reasonKey][]*standing{}, used: map[string]bool{},
		reasons: map[reasonKey]string{}, thanked: map[*process][]interview.Person{}, texts: map[*process]int{},
	}
	for _, d := range policy.Weekend {
		p.base.weekend[d] = true
	}
	p.plan = Plan{Now: in.Now, Recognized: res}
	interviews := unique(res.Interviews)
	for i := range interviews {
		interviews[i].Event = inZone(interviews[i].Event, p.zone)
	}
	p.index(interviews)
	for key, pr := range keys {
		if i := slices.IndexFunc(p.processes, func(o *process) bool { return o.key == pr.key }); i >= 0 {
			p.keys[key] = p.processes[i]
		}
	}
	p.recall()
	p.listen(interviews)
	return p
}

// index sorts the interviews into processes, and makes them findable.
func (p *planning) index(interviews []interview.Interview) {
	p.processes = group(interviews)
	for _, pr := range p.processes {
		for id := range pr.ids {
			p.processOf[id] = pr
		}
		for _, r := range pr.rounds {
			for _, s := range r.slots {
				p.active[s.Event.ID()] = true
			}
		}
	}
	for _, list := range [][]interview.Interview{p.res.Interviews, p.res.Others} {
		for _, iv := range list {
			p.known[iv.Event.ID()] = true
		}
	}
}

// recall makes what stands from earlier runs findable.
func (p *planning) recall() {
	p.standings = recall(p.in.Past, ours(p.in.Events), p.in.Marks)
	for _, st := range p.standings {
		p.byKey[st.key] = st
		about := reasonKey{st.interview, st.kind}
		p.byInterview[about] = append(p.byInterview[about], st)
		if pr := p.processOfStanding(st); pr != nil {
			p.keys[st.key] = pr
		}
	}
}

// inZone returns the event as the user's wall shows it where the event itself has
// no place of its own: a day has no zone, and a time in UTC is an instant only.
func inZone(e calendar.Event, zone *time.Location) calendar.Event {
	switch {
	case zone == nil:
	case e.AllDay:
		e.Start, e.End = onWall(dayOf(e.Start), 0, zone), onWall(dayOf(e.End), 0, zone)
	case e.TimeZone == "UTC":
		e.Start, e.End = e.Start.In(zone), e.End.In(zone)
	}
	return e
}

// ours returns the events that followup wrote.
func ours(events []calendar.Event) []calendar.Event {
	var out []calendar.Event
	for _, e := range events {
		if e.Marker.Key != "" {
			out = append(out, e)
		}
	}
	return out
}

// run makes the plan.
func (p *planning) run() {
	for _, pr := range p.processes {
		for _, r := range pr.rounds {
			p.afterRound(pr, r)
		}
		if pr.last() != nil {
			p.checks(pr)
			p.afterNews(pr)
		}
	}
	p.withdrawals()
	p.leaveOut()
	p.sweep()
	p.finish()
}

// named returns the keys that marks name and that were not known before the
// plan was made; nil when there is none.
func (p *planning) named() map[string]*process {
	byKey := map[string]*process{}
	for _, f := range p.plan.FollowUps {
		if pr := p.processOf[f.Interview]; pr != nil {
			byKey[f.Key] = pr
		}
	}
	var out map[string]*process
	for _, m := range p.in.Marks {
		if pr := byKey[m.Ref]; pr != nil && p.keys[m.Ref] == nil {
			if out == nil {
				out = map[string]*process{}
			}
			out[m.Ref] = pr
		}
	}
	return out
}

// processOfStanding returns the process that a standing belongs to now; nil when
// its interview is not there any more.
func (p *planning) processOfStanding(st *standing) *process {
	if pr := p.processOf[st.interview]; pr != nil {
		return pr
	}
	if st.rec == nil && st.interview.UID != "" {
		for _, pr := range p.processes {
			for id := range pr.ids {
				if id.UID == st.interview.UID {
					return pr
				}
			}
		}
	}
	return nil
}

// leaveOut says once of each interview that nothing is planned for why: those in
// doubt, with how to have them planned for, and those that do not take place.
func (p *planning) leaveOut() {
	for _, iv := range unique(p.res.Interviews) {
		why, name := "", quote(iv.Event.Summary)
		switch {
		case iv.Decision == interview.Review:
			why = name + " may be an interview, but that is not certain (" + reasonOf(iv) +
				"); add #interview to the event, or run followup mark " + shellQuote(iv.Event.UID) + " interview, to have it planned for"
		case iv.Status == interview.Cancelled:
			why = name + " was cancelled"
		case iv.Status == interview.Declined:
			why = "you declined " + name
		case iv.Status == interview.Superseded:
			why = name + " was replaced by another invitation"
		default:
			continue
		}
		p.plan.Skipped = append(p.plan.Skipped, Skip{Process: iv.Process, Interview: iv.Event.ID(), Why: why})
	}
}

// finish sorts, and finds the first edge.
func (p *planning) finish() {
	slices.SortFunc(p.plan.FollowUps, func(a, b FollowUp) int {
		return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.Key, b.Key))
	})
	slices.SortStableFunc(p.plan.Skipped, func(a, b Skip) int {
		return cmp.Or(strings.Compare(a.Process, b.Process), strings.Compare(a.Interview.String(), b.Interview.String()),
			cmp.Compare(slices.Index(draft.Kinds, a.Kind), slices.Index(draft.Kinds, b.Kind)))
	})
	edges := p.edges
	for _, f := range p.plan.FollowUps {
		edges = append(edges, f.Edge)
	}
	for _, e := range edges {
		if e.After(p.in.Now) && (p.plan.Edge.IsZero() || e.Before(p.plan.Edge)) {
			p.plan.Edge = e
		}
	}
}

// edge says that time alone may change the plan at t.
func (p *planning) edge(t time.Time) { p.edges = append(p.edges, t) }

func (p *planning) warn(text string) {
	if !slices.Contains(p.plan.Warnings, text) {
		p.plan.Warnings = append(p.plan.Warnings, text)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
