package interview

import (
	"slices"
	"strconv"
)

// roundOrder lists the rounds by what decides when a title has words of several.
var roundOrder = []Round{OfferCall, TakeHome, Final, Panel, Onsite, HiringManager, Technical, Screen}

// findRound reads the round and its ordinal: in the title, then in the topic that
// a booking tool gives, then in the body, and else from whom the user meets.
func (r *reading) findRound(interviewers []Person, recruiter Person, via string) (Round, int) {
	ordinal := 0
	round := Other
	for _, hits := range [][]hit{r.titleHit, r.topicHit, r.bodyRounds()} {
		if ordinal == 0 {
			ordinal = r.ordinalIn(hits)
		}
		if round == Other {
			round = r.roundIn(hits)
		}
	}
	if round == Other {
		round = r.roundByWhom(interviewers, recruiter, via)
	}
	return round, ordinal
}

func (r *reading) hasPad() bool {
	return slices.ContainsFunc(r.links, func(l string) bool { return loadFacts().has("pad", linkHost(l)) })
}

// callWithSender tells whether the event is a call or chat with the one who
// arranged it, which is how a first talk with a recruiter looks.
func (r *reading) callWithSender(interviewers []Person) bool {
	org, ok := r.organizer()
	if !ok || len(interviewers) != 1 || !samePerson(interviewers[0], org.person(r)) || hasSection(r.titleHit, "interview") {
		return false
	}
	return slices.ContainsFunc(r.titleHit, func(h hit) bool { return h.section == "talk" && r.speaks(h) })
}

// bodyRounds are the hits of the body that speak of the round: those directly
// before or behind a word for interview.
func (r *reading) bodyRounds() []hit {
	var out []hit
	for _, h := range r.bodyHit {
		if !isRound(h.section) && h.section != "ordinal" || !r.speaks(h) {
			continue
		}
		for _, o := range r.bodyHit {
			if o.section == "interview" || o.section == "ambiguous" || o.section == "talk" {
				if o.start >= h.start && o.start <= h.end+1 || o.end >= h.start-1 && o.end <= h.end {
					out = append(out, h)
					break
				}
			}
		}
	}
	return out
}

func isRound(section string) bool {
	for _, r := range roundOrder {
		if string(r) == section {
			return true
		}
	}
	return false
}

func (r *reading) roundIn(hits []hit) Round {
	for _, round := range roundOrder {
		if round == OfferCall && hasSection(hits, string(Final)) {
			continue // "the last talk before an offer"
		}
		for _, h := range hits {
			if h.section == string(round) && (r.speaks(h) || len(h.pre) > 6) && !r.insideRole(h, hits) && !takesJob(r.textOf(hits), h, hits) {
				return round
			}
		}
	}
	return Other
}

// textOf is the text in which hits were found.
func (r *reading) textOf(hits []hit) text {
	switch {
	case len(hits) == 0:
	case len(r.titleHit) > 0 && &hits[0] == &r.titleHit[0]:
		return r.title
	case len(r.topicHit) > 0 && &hits[0] == &r.topicHit[0]:
		return r.topic
	}
	return text{}
}

// insideRole tells whether a round's word is part of a job's name.
func (r *reading) insideRole(h hit, hits []hit) bool {
	t := r.textOf(hits)
	if t.low == "" {
		return false
	}
	for _, p := range r.pieces {
		if p.kind == rolePiece || p.kind == companyPiece {
			if low := fold(p.text); len(low) > h.end-h.start && containsWord(low, t.low[h.start:h.end]) {
				return true
			}
		}
	}
	return false
}

func containsWord(s, w string) bool {
	for from, to := range words(s) {
		if s[from:to] == w {
			return true
		}
	}
	return false
}

func (r *reading) ordinalIn(hits []hit) int {
	for _, h := range hits {
		if h.section == "ordinal" && r.speaks(h) {
			if n, err := strconv.Atoi(h.value); err == nil {
				return n
			}
		}
	}
	return 0
}

// scheduleSlots counts the lines of the body that begin with a time and go on.
func (r *reading) scheduleSlots() int {
	n := 0
	for _, l := range r.lines() {
		if _, ok := scheduleLine(l); ok {
			n++
		}
	}
	return n
}
