package web

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"followup/calendar"
	"followup/planner"
	"followup/planner/interview"
)

// timeline is the drawing of one application: time runs from left to right; the
// rounds stand on the line, the follow-ups below, silence is dashed. Positions
// are percentages, so that it fits every width with marks and letters of one size.
type timeline struct {
	Points  []point
	Spans   []stretch
	Ticks   []tick
	Now     string // position; "" when it is outside
	NowLate bool   // it is so far to the right that its name stands to the left
	Title   string // what is drawn, in words, for those who don't see it
	now     time.Time
}

// point is one mark on the line.
type point struct {
	X     string // percent
	Class string // round, follow, outcome, promise; and done, open, cancelled...
	Shape string // circle, diamond, flag, cross
	Label string // what it is, with its day: the tooltip and the list below
	at    time.Time
}

type stretch struct{ X1, X2, Class string }

type tick struct {
	X, Label string
	Late     bool // so far to the right that its name stands to the left
}

const leftEdge, rightEdge = 2.5, 97.5

// timeline draws the application.
func (a *application) timeline(now time.Time) timeline {
	points := a.points(now)
	l := timeline{now: now}
	if len(points) == 0 {
		return l
	}
	from, to := points[0].at, points[len(points)-1].at
	if now.After(to) && !ended(a.Outcome) {
		to = now
	}
	if to.Sub(from) < 7*24*time.Hour {
		to = from.Add(7 * 24 * time.Hour)
	}
	at := func(t time.Time) string {
		share := float64(t.Sub(from)) / float64(to.Sub(from))
		return percent(leftEdge + (rightEdge-leftEdge)*min(1, max(0, share)))
	}
	for i := range points {
		points[i].X = at(points[i].at)
	}
	l.Points = points
	heard, waiting := a.lastHeard(now)
	if waiting && heard.Before(now) {
		l.Spans = append(l.Spans, stretch{at(from), at(heard), "past"}, stretch{at(heard), at(now), "silence"})
	} else {
		l.Spans = append(l.Spans, stretch{at(from), at(earlier(now, to)), "past"})
	}
	if to.After(now) {
		l.Spans = append(l.Spans, stretch{at(now), at(to), "future"})
	}
	if !now.Before(from) && !now.After(to) {
		l.Now = at(now)
		l.NowLate = 2*now.Sub(from) > to.Sub(from)
	}
	l.Ticks = ticks(from, to, at)
	l.Title = a.inWords(points)
	return l
}

// points collects what is drawn, by time.
func (a *application) points(now time.Time) []point {
	var out []point
	for _, r := range a.Rounds {
		class := "round"
		switch {
		case r.Status != interview.Active:
			class += " cancelled"
		case r.Event.End.After(now):
			class += " open"
		}
		label := fmt.Sprintf("%s, %s", roundName(r.Round), when(r.Event.Start, now))
		if r.Status != interview.Active {
			label += " (" + string(r.Status) + ")"
		}
		out = append(out, point{Class: class, Shape: "circle", Label: label, at: r.Event.Start})
	}
	for _, f := range a.FollowUps {
		class := "follow"
		switch {
		case f.State == planner.Done:
			class += " done"
		case f.Open:
			class += " open"
		default:
			continue // what is not wanted any more is in the list, not in the picture
		}
		out = append(out, point{Class: class, Shape: "diamond", Label: fmt.Sprintf("%s, %s (%s)", f.Title, when(f.Start, now), stateNames[f.State]), at: f.Start})
	}
	if !a.HearBy.IsZero() {
		out = append(out, point{Class: "promise", Shape: "flag", Label: "An answer was promised by " + a.HearBy.Until.Format("Mon 2 Jan"), at: a.HearBy.Until})
	}
	for _, mk := range a.Marks {
		if name, ok := outcomes[mk.Word]; ok && !mk.At.IsZero() {
			out = append(out, point{Class: "outcome " + outcomeClass(mk.Word), Shape: "square", Label: name + ", " + mk.At.Format("Mon 2 Jan"), at: mk.At})
		}
	}
	slices.SortStableFunc(out, func(x, y point) int { return x.at.Compare(y.at) })
	return out
}

func outcomeClass(word string) string {
	switch word {
	case calendar.MarkOffer, calendar.MarkAccepted:
		return "good"
	case calendar.MarkAnswered:
		return "heard"
	}
	return "over"
}

// inWords tells the drawing: the same things in the same order.
func (a *application) inWords(points []point) string {
	labels := make([]string, len(points))
	for i, p := range points {
		labels[i] = p.Label
	}
	return a.Name() + ": " + strings.Join(labels, "; ") + ". " + a.Standing() + "."
}

// ticks marks weeks while there are few, else months.
func ticks(from, to time.Time, at func(time.Time) string) []tick {
	var out []tick
	y, m, d := from.Date()
	weeks := to.Sub(from) <= 5*7*24*time.Hour
	t := time.Date(y, m, 1, 0, 0, 0, 0, from.Location())
	if weeks {
		t = time.Date(y, m, d-(int(from.Weekday())+6)%7, 0, 0, 0, 0, from.Location())
	}
	step := int(math.Ceil(to.Sub(from).Hours() / 24 / 30 / 8)) // at most eight months are named
	for len(out) < 12 && !t.After(to) {
		if !t.Before(from) {
			label := t.Format("2 Jan")
			if !weeks {
				label = t.Format("Jan")
			}
			out = append(out, tick{at(t), label, 10*t.Sub(from) > 9*to.Sub(from)})
		}
		if weeks {
			t = t.AddDate(0, 0, 7)
		} else {
			t = t.AddDate(0, max(1, step), 0)
		}
	}
	return out
}

func percent(f float64) string { return fmt.Sprintf("%.2f%%", f) }

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
