package sync

import (
	"time"

	"followup/calendar"
	"followup/planner"
	"followup/planner/draft"
)

// spec is what the user may rely on, without a word of how it is done. It knows
// what the organisers said and what the user did, and tells from that alone what
// has to stand in the calendar once the runs have come to rest.
type spec struct {
	tombstones bool // the calendar can tell what was deleted from what never was
	interviews map[string]*invite
	rejected   map[string]bool            // by process: the user said so
	mine       map[string]calendar.Fields // by key: fields the user changed, and to what
	deleted    map[string]bool            // by key: the user deleted it
	unsure     map[string]bool            // by key: whether it comes back can't be known any more
}

// invite is an interview as its organiser means it.
type invite struct {
	uid       string
	start     time.Time
	cancelled bool
	removed   bool
}

// wanted tells whether the follow-up has to stand, and with which fields, were
// it not for what the user did to it.
func (s *spec) wanted(process string, kind draft.Kind) (calendar.Fields, bool) {
	iv := s.interviews[process]
	f, ok := modelFollowUp(process, kind, iv.uid, iv.start)
	reply := kind == draft.RejectionReply
	return calendar.FieldsOf(f.Event()), ok && !iv.cancelled && !iv.removed && reply == (s.rejected[process] && reply) && !(kind == draft.StatusCheck && s.rejected[process])
}

// stands returns what has to stand under the key: its fields, whether it must
// stand, and whether it may.
func (s *spec) stands(process string, kind draft.Kind, was bool) (fields calendar.Fields, must, may bool) {
	key := modelKey(process, kind)
	fields, wanted := s.wanted(process, kind)
	for f, v := range s.mine[key] {
		fields[f] = v
	}
	switch {
	case s.deleted[key]:
		return fields, false, s.unsure[key]
	case s.unsure[key]:
		return fields, false, true
	case wanted:
		return fields, true, true
	case len(s.mine[key]) > 0 && was:
		return nil, true, true // edited: it stays, as it was last
	}
	return fields, false, false
}

// loseState is what losing the state file costs: what is not there can't be told
// from what never was, but by a calendar that knows what was deleted, and for
// that who deleted it is lost.
func (s *spec) loseState(standing func(key string) bool, written map[string]bool) {
	for key := range written {
		if standing(key) {
			continue
		}
		// What was deleted may come back, or a stale listing may tell that it was.
		s.unsure[key] = !s.tombstones && (s.deleted[key] || s.unsure[key])
		s.deleted[key] = s.tombstones
		delete(s.mine, key)
	}
}

// rollBack is what an old copy of the state file costs: what is not there now may
// have been there then. What a person deleted stays so where the calendar knows.
func (s *spec) rollBack(standing func(key string) bool, written map[string]bool) {
	for key := range written {
		if !standing(key) && !(s.tombstones && s.deleted[key]) {
			s.unsure[key] = true
			delete(s.mine, key)
		}
	}
}

var modelKinds = []draft.Kind{draft.ThankYou, draft.StatusCheck, draft.RejectionReply}

func modelKey(process string, kind draft.Kind) string {
	return planner.Key(process, "", kind, "", 0)
}
