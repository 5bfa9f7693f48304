package planner

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"followup/planner/draft"
	"followup/planner/interview"
)

// Policy is what the user wants: everything of the configuration that a plan
// depends on.
type Policy struct {
	Me        interview.Me
	Signature string // under the drafts; "" for Me.Name

	WorkingHours Hours // of the user's zone, Me.Location
	Weekend      []time.Weekday
	Holidays     string // whose public holidays are no business days: a country code, see Countries; "" for none

	Rules map[draft.Kind]Rule // a kind that is missing is not enabled

	Tone     draft.Tone
	Language string // of the drafts; "auto" or "" for the invitation's
}

// Rule is one kind's own settings. Fields that a kind has no use for mean
// nothing to it.
type Rule struct {
	Enabled bool
	// After is when it is due, counted from what the kind follows: the end of
	// the interview (thank_you, status_check, card, debrief, no_show), the day
	// of the news (rejection_reply, feedback_request, offer_reply, withdrawal),
	// or the last status check (let_go).
	After    Delay
	Until    Delay           // end of the window, counted as After is: thank_you, card, feedback_request
	Weekends bool            // may land on a day that is no business day when its window leaves no other
	Alarms   []time.Duration // how long before the start to remind; 0 at the start
	Length   time.Duration

	PromiseGrace  Delay // status_check: after the day by which an answer was promised
	AgainAfter    Delay // status_check: from the first to the second
	AnsweredGrace Delay // status_check: after the new day that an answer named
	Max           int   // status_check: how many without an answer, 0 to 2

	OnlyIfWell bool // feedback_request: only after #went-well
}

// maxChecks caps politeness: nobody is asked a third time.
const maxChecks = 2

// DefaultPolicy returns the defaults of the configuration.
func DefaultPolicy() Policy {
	hours := func(n int) Delay { return Delay{Clock: time.Duration(n) * time.Hour} }
	days := func(n int) Delay { return Delay{Days: n} }
	business := func(n int) Delay { return Delay{Business: n, Workday: true} }
	rule := func(after Delay) Rule {
		return Rule{Enabled: true, After: after, Alarms: []time.Duration{0}, Length: 15 * time.Minute}
	}
	thanks := rule(hours(24))
	thanks.Until, thanks.Weekends = hours(48), true
	status := rule(days(7))
	status.PromiseGrace, status.AgainAfter, status.AnsweredGrace, status.Max = business(2), business(7), business(5), 2
	feedback := rule(business(3))
	feedback.Until, feedback.OnlyIfWell = days(10), true
	card := thanks
	card.Enabled, card.Weekends = false, false
	debrief := rule(Delay{})
	debrief.Enabled = false
	return Policy{
		WorkingHours: Hours{From: 9 * time.Hour, Until: 18 * time.Hour},
		Weekend:      []time.Weekday{time.Saturday, time.Sunday},
		Tone:         draft.Warm,
		Language:     "auto",
		Rules: map[draft.Kind]Rule{
			draft.ThankYou:        thanks,
			draft.StatusCheck:     status,
			draft.RejectionReply:  rule(business(0)),
			draft.FeedbackRequest: feedback,
			draft.OfferReply:      rule(business(1)),
			draft.Withdrawal:      rule(business(1)),
			draft.NoShow:          rule(Delay{}),
			draft.LetGo:           rule(days(21)),
			draft.Card:            card,
			draft.Debrief:         debrief,
		},
	}
}

// Check tells what in the policy can't be planned with. Make checks by itself.
func (p Policy) Check() error {
	var errs []error
	if _, err := holidaysOf(p.Holidays); err != nil {
		errs = append(errs, err)
	}
	if h := p.WorkingHours; h.From < 0 || h.From >= day || h.Until < 0 || h.Until > day || h.From == h.Until {
		errs = append(errs, fmt.Errorf("working hours %s are not within a day", h))
	}
	if w := slices.Compact(slices.Sorted(slices.Values(p.Weekend))); len(w) >= 7 {
		errs = append(errs, errors.New("the weekend takes the whole week: leave at least one working day"))
	}
	for _, k := range draft.Kinds {
		errs = append(errs, p.Rules[k].check(k))
	}
	return errors.Join(errs...)
}

func (r Rule) check(k draft.Kind) error {
	switch {
	case !r.Enabled:
		return nil
	case r.Length < 0 || r.Length > day:
		return fmt.Errorf("%s.length is %s: a follow-up takes between 0 minutes and a day", k, r.Length)
	case !r.Until.IsZero() && r.Until.compare(r.After) < 0:
		return fmt.Errorf("%s.until (%s) is before %s.after (%s)", k, r.Until, k, r.After)
	case k == draft.StatusCheck && (r.Max < 0 || r.Max > maxChecks):
		return fmt.Errorf("status_check.max is %d: at most %d are ever planned, so that nobody seems impatient", r.Max, maxChecks)
	}
	return nil
}
