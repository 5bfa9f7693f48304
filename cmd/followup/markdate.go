package main

import (
	"time"

	"followup/calendar"
	"followup/planner/interview"
)

// zone is the user's zone: the configured one, or the machine's.
func (a *app) zone() *time.Location {
	if loc, err := location(a.cfg); err == nil && loc != nil {
		return loc
	}
	return time.Local
}

// checkMarkDate makes a date in words ("Friday") the date that is meant today,
// and refuses what is no date.
func (a *app) checkMarkDate(m *calendar.Mark) error {
	switch m.Word {
	case calendar.MarkAnswered, calendar.MarkDecisionBy, calendar.MarkOffer:
	default:
		return nil
	}
	if m.Value == "" {
		return nil
	}
	dates, ok := interview.ParseDates(m.Value, a.now.In(a.zone()), "")
	if !ok {
		return usageError("%q is no date; write it as 2026-12-04", m.Value)
	}
	m.Value = dates.Until.Format(time.DateOnly)
	return nil
}
