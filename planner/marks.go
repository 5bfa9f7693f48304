package planner

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"followup/calendar"
	"followup/planner/interview"
)

// said is a mark together with the event in whose text it stands, if it does.
type said struct {
	calendar.Mark
	event calendar.ID // the zero ID: said of the whole process
}

// wordOf is a mark that stands in the text of one of the process's events.
type wordOf struct {
	pr          *process
	word, value string
}

// rank orders news of the same moment: what ends a process counts more.
var rank = map[string]int{
	calendar.MarkAnswered: 1, calendar.MarkOffer: 2, calendar.MarkRejected: 3,
	calendar.MarkDeclined: 4, calendar.MarkWithdrawn: 5, calendar.MarkAccepted: 6,
}

// listen collects what the user said of each process: in the texts of its
// interviews and follow-ups, and by command.
func (p *planning) listen(interviews []interview.Interview) {
	heard := map[*process]map[said]bool{}
	tell := func(pr *process, s said) {
		s.Ref, s.Note = "", strings.TrimSpace(s.Note)
		if heard[pr] == nil {
			heard[pr] = map[said]bool{}
		}
		if !heard[pr][s] {
			heard[pr][s] = true
			pr.said = append(pr.said, s)
		}
	}
	for _, iv := range interviews {
		for _, m := range iv.Event.Marks() {
			p.written[wordOf{p.processOf[iv.Event.ID()], m.Word, m.Value}] = true
		}
	}
	for _, iv := range interviews {
		if pr := p.processOf[iv.Event.ID()]; pr != nil {
			p.listenTo(iv, pr, tell)
		}
	}
	for _, st := range p.standings {
		if pr := p.processOfStanding(st); pr != nil {
			for _, m := range st.marks {
				if !ofFollowUp(m.Word) {
					tell(pr, said{Mark: m})
				}
			}
		}
	}
	for _, m := range p.in.Marks {
		p.place(m, tell)
	}
	for _, pr := range p.processes {
		slices.SortStableFunc(pr.said, func(a, b said) int {
			return cmp.Or(a.At.Compare(b.At), cmp.Compare(rank[a.Word], rank[b.Word]))
		})
	}
}

// listenTo hears an interview's own marks, and those that recognition attached
// to it because they were said of it or of its process.
func (p *planning) listenTo(iv interview.Interview, pr *process, tell func(*process, said)) {
	id := iv.Event.ID()
	for _, m := range iv.Event.Marks() {
		tell(pr, said{Mark: m, event: id})
	}
	for _, m := range iv.Marks {
		switch {
		case m.Ref == "" && p.written[wordOf{pr, m.Word, m.Value}], p.keys[m.Ref] != nil:
		case m.Ref == iv.Event.UID || m.Ref == id.String():
			tell(pr, said{Mark: m, event: id})
		case !p.refersToSibling(m, pr):
			tell(pr, said{Mark: m}) // by the process's key, or by words that match it
		}
	}
}

// refersToSibling tells whether the mark names one event of the process, where it
// is heard by itself.
func (p *planning) refersToSibling(m calendar.Mark, pr *process) bool {
	for id := range pr.ids {
		if m.Ref == id.UID || m.Ref == id.String() {
			return true
		}
	}
	return false
}

// place hears a mark that was said by command.
func (p *planning) place(m calendar.Mark, tell func(*process, said)) {
	for _, pr := range p.processes {
		if m.Ref == pr.key {
			tell(pr, said{Mark: m})
		}
		for id := range pr.ids {
			if m.Ref == id.UID || m.Ref == id.String() {
				tell(pr, said{Mark: m, event: id})
			}
		}
	}
	if pr := p.keys[m.Ref]; pr != nil && !ofFollowUp(m.Word) {
		tell(pr, said{Mark: m})
	}
}

// ofFollowUp tells whether the word speaks of the one follow-up that bears it,
// and not of the process.
func ofFollowUp(word string) bool {
	return word == calendar.MarkSent || word == calendar.MarkSkip || word == calendar.MarkNote
}

// about tells whether the mark speaks of the round: it stands on one of its
// events, or was said of the process after the round began.
func (s said) about(r *round) bool {
	switch {
	case r.ids[s.event]:
		return true
	case s.event == (calendar.ID{}) && s.At.IsZero():
		return true
	}
	return r.begunBy(s.At)
}

// news returns the newest thing that was said of how the process stands; ok is
// false when nothing was. What ended a process holds until a round is entered
// after it; what was answered is about the round before.
func (pr *process) news() (newest said, ok bool) {
	r := pr.last()
	for _, s := range slices.Backward(pr.said) {
		switch {
		case rank[s.Word] == 0:
		case s.Word == calendar.MarkAnswered && r != nil && !s.about(r):
		case r != nil && !r.ids[s.event] && !s.At.IsZero() && enteredAfter(r, s.At):
		default:
			return s, true
		}
	}
	return said{}, false
}

// enteredAfter tells whether the whole round came into the calendar after t.
func enteredAfter(r *round, t time.Time) bool {
	return !slices.ContainsFunc(r.slots, func(s interview.Interview) bool {
		return s.Event.Created.IsZero() || !s.Event.Created.After(t)
	})
}

// when returns the moment of the news, or the zero time when it can't be known:
// a hashtag's moment is its event's last change, which may be before the
// interview when the calendar does not keep it.
func (s said) when(pr *process) time.Time {
	for _, r := range pr.rounds {
		if r.ids[s.event] && s.At.Before(r.end) {
			return time.Time{}
		}
	}
	return s.At
}

// newestOf returns the newest mark of one of the words that holds for the round.
func (pr *process) newestOf(r *round, words ...string) (said, bool) {
	for _, s := range slices.Backward(pr.said) {
		if slices.Contains(words, s.Word) && s.about(r) {
			return s, true
		}
	}
	return said{}, false
}

// onRound tells whether the word was said of this round in particular. Said of
// the whole process it holds for every round when all is true, and else for the
// last round that was over by then.
func (pr *process) onRound(r *round, word string, all bool) (said, bool) {
	for _, s := range slices.Backward(pr.said) {
		if s.Word != word {
			continue
		}
		if r.ids[s.event] || s.event == (calendar.ID{}) && (all || pr.lastBy(s.At) == r) {
			return s, true
		}
	}
	return said{}, false
}

// sentBy tells whether the user said of the whole process that what was due is
// sent, when the follow-up at start was.
func (pr *process) sentBy(start time.Time) bool {
	return slices.ContainsFunc(pr.said, func(s said) bool {
		return s.Word == calendar.MarkSent && s.event == (calendar.ID{}) && !start.After(s.At)
	})
}

// lastBy returns the last round that had begun by t; the last of all when t is
// unknown or none had.
func (pr *process) lastBy(t time.Time) *round {
	if !t.IsZero() {
		for _, r := range slices.Backward(pr.rounds) {
			if r.begunBy(t) {
				return r
			}
		}
	}
	return pr.last()
}

// notes returns what the user wants woven into the texts about the slot.
func (pr *process) notes(r *round, slot interview.Interview) []string {
	var out []string
	for _, s := range pr.said {
		mine := s.event == slot.Event.ID() || s.event == (calendar.ID{}) && pr.lastBy(s.At) == r
		text := strings.TrimSpace(s.Value)
		if s.Word == calendar.MarkNote && mine && text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// day reads the date in a mark's value; ok is false when there is none. A date
// said in words counts from when it was said.
func (p *planning) day(s said, r *round) (last time.Time, ok bool) {
	ref := s.At
	if ref.Before(r.start) {
		ref = r.end
	}
	value := strings.TrimSpace(s.Value)
	if s.Word == calendar.MarkOffer {
		value = strings.TrimSpace(strings.TrimPrefix(value, "until"))
	}
	if value == "" {
		return time.Time{}, false
	}
	ref = ref.In(r.end.Location())
	d, ok := p.dates(value, ref, r.last.Language)
	if !ok {
		d, ok = p.dates("by "+value, ref, r.last.Language)
	}
	if !ok {
		p.warn("the date in " + quote(s.Word+" "+value) + " (" + r.last.Event.Summary + ") was not understood; write it as 2026-12-04")
		return time.Time{}, false
	}
	return dayOf(d.Until), true
}
