package web

import (
	"slices"
	"time"

	"followup/calendar"
	"followup/planner/interview"
)

// answer is how long one company took after one round.
type answer struct {
	Application *application
	Round       interview.Interview
	Took        time.Duration
	How         string // in words: what the answer was
}

// answers collects how long companies took, shortest first. An answer is what the
// person said it was, or an invitation to the next round when the calendar tells
// the day on which it came.
func (m *model) answers() []answer {
	var out []answer
	for _, a := range m.applications {
		for i, r := range a.Rounds {
			if r.Status != interview.Active || r.Event.End.After(m.now) {
				continue
			}
			until := time.Time{}
			if i+1 < len(a.Rounds) {
				until = a.Rounds[i+1].Event.Start
			}
			if got, ok := a.answered(r, i, until); ok {
				out = append(out, got)
			}
		}
	}
	slices.SortStableFunc(out, func(x, y answer) int { return int(x.Took/time.Minute - y.Took/time.Minute) })
	return out
}

// answered finds the first answer to a round: until is the start of the next one,
// zero for none.
func (a *application) answered(r interview.Interview, i int, until time.Time) (answer, bool) {
	end := r.Event.End
	got := answer{Application: a, Round: r}
	for _, mk := range a.Marks {
		if !isAnswer(mk.Word) || mk.At.Before(end) || !until.IsZero() && mk.At.After(until) {
			continue
		}
		got.Took, got.How = mk.At.Sub(end), outcomes[mk.Word]
		break
	}
	if !until.IsZero() {
		next := a.Rounds[i+1]
		if next.Loop != "" && next.Loop == r.Loop {
			return answer{}, false // another talk of the same day
		}
		if sent := next.Event.Created; sent.After(end) && sent.Before(until) && (got.How == "" || sent.Sub(end) < got.Took) {
			got.Took, got.How = sent.Sub(end), "Invited to the next round"
		}
	}
	return got, got.How != ""
}

func isAnswer(word string) bool {
	return word == calendar.MarkAnswered || word == calendar.MarkRejected || word == calendar.MarkOffer
}

// median is the middle of the answers, zero for none.
func median(list []answer) time.Duration {
	if len(list) == 0 {
		return 0
	}
	mid := len(list) / 2
	if len(list)%2 == 1 {
		return list[mid].Took
	}
	return (list[mid-1].Took + list[mid].Took) / 2
}
