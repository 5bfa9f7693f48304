package planner

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"followup/calendar"
	"followup/planner/draft"
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
// interview, kind and recipient, else by its computed key. The standing is nil
// when none stands.
func (p *planning) find(w want) (key string, st *standing) {
	if st := p.standingFor(w); st != nil {
		return st.key, st.unlessWithdrawn()
	}
	for n := 0; ; n++ {
		identity := w.identity
		if n > 0 {
			identity += "#" + itoa(n)
		}
		key := Key(w.pr.key, identity, w.kind, w.recipient, 0)
		st := p.byKey[key]
		if !p.used[key] && (st == nil || !p.elsewhere(st, w)) {
			return key, st.unlessWithdrawn()
		}
	}
}

// standingFor returns what is remembered for the interview itself, whatever its
// title, people or process were called then. What was not withdrawn comes first.
func (p *planning) standingFor(w want) *standing {
	var best *standing
	for _, alias := range w.aliases() {
		for _, st := range p.standings {
			if st.used || !st.complete() || st.kind != w.kind || st.recipient != alias || !w.follows(st.interview) || p.used[st.key] {
				continue
			}
			if best == nil || best.state == Withdrawn {
				best = st
			}
		}
		if best != nil {
			return best
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
	for id := range p.active {
		if id == st.interview || (st.rec == nil && id.UID == st.interview.UID) {
			return true
		}
	}
	held := cmp.Or(st.held, st.start)
	return !w.process && !p.known[st.interview] && !held.After(p.in.Now)
}
