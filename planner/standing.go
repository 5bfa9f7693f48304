package planner

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

// standing is a follow-up of an earlier run: remembered, or found in a calendar
// by its marker when nothing is remembered, or both.
type standing struct {
	key       string
	kind      draft.Kind
	interview calendar.ID
	recipient string
	rec       *Record // nil when only the event is known
	held      time.Time
	start     time.Time
	end       time.Time
	state     State // Written, Edited, Done, Withdrawn or Dismissed
	moved     bool  // the user gave it another time
	title     string
	marks     []calendar.Mark
	sentAt    time.Time // when the user said that it is done; zero when unknown
	used      bool
}

// settled tells whether nothing is ever changed about it again.
func (s *standing) settled() bool { return s.state == Done || s.state == Dismissed }

// recall lists what stands from earlier runs, by key.
func recall(past []Record, own []calendar.Event, marks []calendar.Mark) []*standing {
	byKey := map[string]*standing{}
	for i := range past {
		if s := ofRecord(&past[i]); s != nil && byKey[s.key] == nil {
			byKey[s.key] = s
		}
	}
	for _, e := range own {
		s := byKey[e.Marker.Key]
		if s == nil {
			s = ofEvent(e)
			byKey[s.key] = s
		}
		s.see(e)
	}
	for _, m := range marks {
		if s := byKey[m.Ref]; s != nil {
			s.hear(m)
		}
	}
	out := make([]*standing, 0, len(byKey))
	for _, s := range byKey {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *standing) int { return strings.Compare(a.key, b.key) })
	return out
}

func ofRecord(r *Record) *standing {
	f := r.FollowUp
	s := &standing{
		key: f.Key, kind: f.Kind, interview: f.Interview, recipient: f.Recipient, rec: r,
		held: f.Held, start: f.Start, end: f.End, state: r.State, title: f.Title,
	}
	if s.key == "" || s.kind == "" {
		return nil
	}
	if s.state != Written && s.state != Edited && s.state != Done && s.state != Dismissed {
		s.state = Withdrawn // not there, or not any more: it is planned again if it is wanted
	}
	s.moved = slices.Contains(r.Owned, calendar.FieldTime)
	return s
}

// ofEvent makes a standing of one of our events about which nothing is
// remembered. Its interview is known by UID alone.
func ofEvent(e calendar.Event) *standing {
	start, end := span(e)
	return &standing{
		key: e.Marker.Key, kind: draft.Kind(e.Marker.Kind), interview: calendar.ID{UID: e.RelatedTo},
		start: start, end: end, title: e.Summary, state: Written,
	}
}

// see adds what the event in the calendar says now.
func (s *standing) see(e calendar.Event) {
	start, end := span(e)
	if s.rec != nil && (s.moved || s.elsewhen(e)) {
		s.start, s.end, s.moved = start, end, true
	}
	if e.Status != calendar.StatusCancelled {
		s.read(e)
	}
}

// elsewhen tells whether the event is at another time than we wrote.
func (s *standing) elsewhen(e calendar.Event) bool {
	base, written := s.rec.Base[calendar.FieldTime]
	if shown, ok := s.rec.Remote[calendar.FieldTime]; ok {
		base = shown
	}
	return written && s.state != Withdrawn && s.state != Dismissed && calendar.FieldsOf(e)[calendar.FieldTime] != base
}

// read reads the marks in the follow-up's own text.
func (s *standing) read(e calendar.Event) {
	for _, m := range e.Marks() {
		if !slices.ContainsFunc(s.marks, func(o calendar.Mark) bool { return o.Word == m.Word && o.Value == m.Value }) {
			s.hear(m)
		}
	}
	if calendar.TitleDone(e.Summary) {
		s.done(e.Updated)
	}
}

func (s *standing) hear(m calendar.Mark) {
	s.marks = append(s.marks, m)
	if m.Word == calendar.MarkSent {
		s.done(m.At)
	}
}

func (s *standing) done(at time.Time) {
	if s.state == Written || s.state == Edited {
		s.state = Done
	}
	if at.After(s.sentAt) {
		s.sentAt = at
	}
}

// over tells whether its day is over where it stands, so that its text stays as
// it is for ever.
func (s *standing) over(now, start time.Time) bool {
	return s != nil && s.complete() && !s.end.After(now) && s.start.Equal(start)
}

// within tells whether it was placed for the same window; nothing else is known
// of one that was found in the calendar.
func (s *standing) within(w Span) bool {
	if s.rec == nil || !s.complete() {
		return true
	}
	was := s.rec.FollowUp.Window
	return was.From.Equal(w.From) && was.Until.Equal(w.Until)
}

// skip tells whether the user doesn't want it.
func (s *standing) skip() bool {
	return slices.ContainsFunc(s.marks, func(m calendar.Mark) bool { return m.Word == calendar.MarkSkip })
}

// find names the follow-up that is wanted: by what is remembered for the same
// interview, kind and recipient, else by its computed key, else by what is
// remembered of an interview that is gone and seems to be the same. The standing
// is nil when none stands.
func (p *planning) find(w want) (key string, st *standing) {
	if st := p.standingFor(w); st != nil {
		return st.key, st.unlessWithdrawn()
	}
	key = p.computed(w)
	if p.byKey[key] == nil {
		if st := cmp.Or(p.rebuilt(w), p.orphan(w)); st != nil {
			return st.key, st.unlessWithdrawn()
		}
	}
	return key, p.byKey[key].unlessWithdrawn()
}

// computed returns the key as it is hashed. Interviews that look the same are
// told apart by their order.
func (p *planning) computed(w want) string {
	for n := 0; ; n++ {
		identity := w.identity
		if n > 0 {
			identity += "#" + itoa(n)
		}
		key := Key(w.pr.key, identity, w.kind, w.recipient, 0)
		st := p.byKey[key]
		if !p.used[key] && (st == nil || !p.elsewhere(st, w)) {
			return key
		}
	}
}

// standingFor returns what is remembered for the interview itself, whatever its
// title, people or process were called then. What was not withdrawn comes first.
func (p *planning) standingFor(w want) *standing {
	ids := w.r.ids
	if w.process {
		ids = w.pr.ids
	}
	for _, alias := range w.aliases() {
		var best *standing
		for id := range ids {
			for _, st := range p.byInterview[reasonKey{id, w.kind}] {
				if p.free(st) && st.complete() && st.recipient == alias && st.before(best) {
					best = st
				}
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

// free tells whether the standing was not taken for another want.
func (p *planning) free(st *standing) bool { return !st.used && !p.used[st.key] }

// before orders standings for the same want: what was not withdrawn, then by key.
func (s *standing) before(o *standing) bool {
	if o == nil || (s.state == Withdrawn) != (o.state == Withdrawn) {
		return o == nil || o.state == Withdrawn
	}
	return s.key < o.key
}

// rebuilt returns what was made again from an event in the calendar, of which
// the recipient is known by the text alone.
func (p *planning) rebuilt(w want) *standing {
	var found []*standing
	for id := range w.r.ids {
		for _, st := range p.byInterview[reasonKey{calendar.ID{UID: id.UID}, w.kind}] {
			if p.free(st) && st.rec != nil && !st.complete() && !slices.Contains(found, st) {
				found = append(found, st)
			}
		}
	}
	slices.SortFunc(found, func(a, b *standing) int { return strings.Compare(a.key, b.key) })
	if w.person == (interview.Person{}) {
		if len(found) == 1 && w.recipient == "" {
			return found[0]
		}
		return nil
	}
	for _, st := range found {
		text := st.rec.FollowUp.Title + "\n" + st.rec.FollowUp.Text
		if p := w.person; p.Email != "" && strings.Contains(text, p.Email) || p.Name != "" && strings.Contains(text, p.Name) {
			return st
		}
	}
	return nil
}

// orphan returns what is remembered of the same process, kind and recipient for
// an interview that is gone before it took place: it came back under another UID
// and another title.
func (p *planning) orphan(w want) *standing {
	for _, alias := range w.aliases() {
		for _, st := range p.standings {
			if p.free(st) && st.complete() && st.kind == w.kind && st.recipient == alias && st.rec.FollowUp.Process == w.pr.key &&
				!p.known[st.interview] && st.held.After(p.in.Now) && (st.state == Written || st.state == Edited) {
				return st
			}
		}
	}
	return nil
}

// complete tells whether all that makes the key is remembered, which it is not
// when the record was made again from the event.
func (s *standing) complete() bool { return s.rec != nil && s.rec.FollowUp.Process != "" }

func (s *standing) unlessWithdrawn() *standing {
	if s != nil && s.state == Withdrawn {
		return nil
	}
	return s
}

// elsewhere tells whether a standing with the computed key belongs to another
// interview: one that stands by itself, or that took place and is forgotten by
// its feed. An interview that is gone before it took place came back under
// another UID.
func (p *planning) elsewhere(st *standing, w want) bool {
	if w.follows(st.interview) || st.interview.UID == "" {
		return false
	}
	if p.active[st.interview] {
		return true
	}
	for id := range p.active {
		if st.rec == nil && id.UID == st.interview.UID {
			return true
		}
	}
	held := cmp.Or(st.held, st.start)
	return !w.process && !p.known[st.interview] && !held.After(p.in.Now)
}
