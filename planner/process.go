package planner

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"followup/calendar"
	"followup/planner/interview"
)

// process is one application: its rounds, and what the user said of it.
type process struct {
	key                string
	company, role, via string
	rounds             []*round // that stand, by end
	ids                map[calendar.ID]bool
	said               []said // newest last
}

// round is one conversation, or the slots of one day at one company.
type round struct {
	slots      []interview.Interview // that stand, by start; never empty
	ids        map[calendar.ID]bool  // of the slots and of the invitations that they replaced
	start, end time.Time             // in the event's own zone
	identity   string                // soft identity of the first slot
	last       interview.Interview   // the slot that ends last
}

// group sorts the interviews into processes, by key.
func group(interviews []interview.Interview) []*process {
	roots := rootsOf(interviews)
	byKey := map[string]*process{}
	rounds := map[string]*round{}
	for _, iv := range interviews {
		if iv.Decision != interview.Yes {
			continue
		}
		if iv.Process == "" {
			iv.Process = "event " + iv.Event.ID().String() // an application of its own
		}
		pr := byKey[iv.Process]
		if pr == nil {
			pr = &process{key: iv.Process, ids: map[calendar.ID]bool{}}
			byKey[iv.Process] = pr
		}
		pr.ids[iv.Event.ID()] = true
		if iv.Status != interview.Active {
			continue
		}
		name := iv.Process + "\x00" + iv.Loop
		if iv.Loop == "" {
			name += "\x00" + iv.Event.ID().String()
		}
		r := rounds[name]
		if r == nil {
			r = &round{ids: map[calendar.ID]bool{}}
			rounds[name] = r
			pr.rounds = append(pr.rounds, r)
		}
		r.add(iv, roots)
	}
	out := make([]*process, 0, len(byKey))
	for _, pr := range byKey {
		pr.complete()
		out = append(out, pr)
	}
	slices.SortFunc(out, func(a, b *process) int { return strings.Compare(a.key, b.key) })
	return out
}

// add puts a slot into the round, with the invitations that it replaced.
func (r *round) add(iv interview.Interview, replaced map[calendar.ID][]interview.Interview) {
	old := replaced[iv.Event.ID()]
	if len(old) > 0 && old[0].Identity != "" {
		iv.Identity = old[0].Identity
	}
	if iv.Identity == "" {
		iv.Identity = iv.Event.UID
	}
	r.slots = append(r.slots, iv)
	r.ids[iv.Event.ID()] = true
	for _, o := range old {
		r.ids[o.Event.ID()] = true
	}
}

// rootsOf lists for each interview those that it superseded, the oldest first.
func rootsOf(interviews []interview.Interview) map[calendar.ID][]interview.Interview {
	by := map[calendar.ID]interview.Interview{}
	for _, iv := range interviews {
		by[iv.Event.ID()] = iv
	}
	replaced := map[calendar.ID][]interview.Interview{}
	for _, iv := range interviews {
		next, seen := iv, 0
		for next.Status == interview.Superseded && seen <= len(interviews) {
			n, ok := by[next.SupersededBy]
			if !ok || n.Event.ID() == next.Event.ID() {
				break
			}
			next, seen = n, seen+1
		}
		if id := next.Event.ID(); id != iv.Event.ID() && next.Status != interview.Superseded {
			replaced[id] = append(replaced[id], iv)
		}
	}
	for _, old := range replaced {
		slices.SortStableFunc(old, func(a, b interview.Interview) int {
			return cmp.Or(a.Event.Created.Compare(b.Event.Created), a.Event.Start.Compare(b.Event.Start), strings.Compare(a.Event.UID, b.Event.UID))
		})
	}
	return replaced
}

// complete sorts what was collected and fills in what the rounds tell together.
func (pr *process) complete() {
	for _, r := range pr.rounds {
		slices.SortStableFunc(r.slots, bySlot)
		for i, s := range r.slots {
			start, end := span(s.Event)
			if i == 0 || start.Before(r.start) {
				r.start = start
			}
			if i == 0 || end.After(r.end) {
				r.end, r.last = end, s
			}
		}
		r.identity = r.slots[0].Identity
	}
	slices.SortStableFunc(pr.rounds, func(a, b *round) int {
		return cmp.Or(a.end.Compare(b.end), a.start.Compare(b.start), bySlot(a.last, b.last))
	})
	for _, r := range pr.rounds {
		for id := range r.ids {
			pr.ids[id] = true
		}
		for _, s := range r.slots {
			pr.company = cmp.Or(s.Company, pr.company)
			pr.role = cmp.Or(s.Role, pr.role)
			pr.via = cmp.Or(s.Via, pr.via)
		}
	}
}

func bySlot(a, b interview.Interview) int {
	return cmp.Or(a.Event.Start.Compare(b.Event.Start), strings.Compare(a.Event.UID, b.Event.UID), strings.Compare(a.Event.RecurrenceID, b.Event.RecurrenceID))
}

// span returns when an event takes place; an event without an end ends when it
// begins.
func span(e calendar.Event) (start, end time.Time) {
	start, end = e.Start, e.End
	if end.Before(start) {
		end = start
	}
	return start, end
}

// begunBy tells whether the round had begun by the day of t: what is said of a day
// is often dated at its midnight.
func (r *round) begunBy(t time.Time) bool {
	return !dayOf(r.start).After(dayOf(t.In(r.start.Location())))
}

// last returns the round that ends last, nil when none stands.
func (pr *process) last() *round {
	if len(pr.rounds) == 0 {
		return nil
	}
	return pr.rounds[len(pr.rounds)-1]
}

// title is what a person calls the process.
func (pr *process) title() string {
	company, role := short(pr.company, maxName), short(pr.role, maxName)
	switch {
	case company != "" && role != "":
		return company + ", " + role
	case company != "" || role != "":
		return company + role
	case pr.last() != nil:
		return short(calendar.WithoutMarks(pr.last().last.Event.Summary), maxName)
	}
	return pr.key
}

// unique keeps of an event that several sources tell the newest copy.
func unique(interviews []interview.Interview) []interview.Interview {
	best := map[calendar.ID]int{}
	var out []interview.Interview
	for _, iv := range interviews {
		id := iv.Event.ID()
		if i, seen := best[id]; !seen {
			best[id] = len(out)
			out = append(out, iv)
		} else if newer(iv.Event, out[i].Event) {
			out[i] = iv
		}
	}
	slices.SortStableFunc(out, bySlot)
	return out
}

func newer(a, b calendar.Event) bool {
	return cmp.Or(cmp.Compare(a.Sequence, b.Sequence), a.Updated.Compare(b.Updated), strings.Compare(b.Source, a.Source)) > 0
}
