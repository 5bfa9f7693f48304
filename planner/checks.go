package planner

import (
	"strings"
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

// checks plans the status checks of a process, and the let-go after them: after
// the last round only, at most two without an answer, one after an answer that
// named a new day.
func (p *planning) checks(pr *process) {
	r := pr.last()
	for _, o := range pr.rounds[:len(pr.rounds)-1] {
		why := "a later round, " + heldWords(r, o.end.In(p.schedule(r).loc)) + ", stands on the calendar: they have answered"
		p.drop(pr, o, draft.StatusCheck, nil, why)
		p.because(o, draft.LetGo, why)
	}
	if why := p.silence(pr, r); why != "" {
		p.drop(pr, r, draft.StatusCheck, nil, why)
		p.because(r, draft.LetGo, why)
		return
	}
	rule := p.policy.Rules[draft.StatusCheck]
	if s, ok := p.answered(pr, r); ok {
		p.afterAnswer(pr, r, rule, s)
		return
	}
	due, why := p.firstCheck(pr, r, rule)
	p.askTwice(pr, r, rule, due, why)
}

// silence tells why nobody is asked how things stand; "" when asking is right.
func (p *planning) silence(pr *process, r *round) string {
	if _, ok := pr.onRound(r, calendar.MarkSkip, true); ok {
		return "you marked " + source(r) + " to be skipped"
	}
	if _, ok := pr.onRound(r, calendar.MarkNoShow, false); ok {
		return "nobody came to " + source(r) + ": the message about that asks for a new date"
	}
	if a := p.acceptedElsewhere(pr); a != nil {
		return "you accepted an offer from " + a.title()
	}
	news, ok := pr.news()
	if !ok {
		if r.last.Round == interview.OfferCall {
			return source(r) + " is about an offer: that is an answer"
		}
		return ""
	}
	switch news.Word {
	case calendar.MarkRejected:
		return "they said no, as you marked"
	case calendar.MarkOffer:
		return "they made an offer, as you marked"
	case calendar.MarkAccepted:
		return "you accepted their offer"
	case calendar.MarkDeclined:
		return "you declined their offer"
	case calendar.MarkWithdrawn:
		return "you withdrew your application"
	}
	if s, ok := p.answered(pr, r); ok && s.until.IsZero() {
		return "they answered, as you marked, and named no new day: silence"
	}
	return ""
}

// answer is an answer of theirs with the new day that it named, if it did.
type answer struct {
	said
	until time.Time // midnight UTC of the day
}

// answered returns the newest answer about the round.
func (p *planning) answered(pr *process, r *round) (answer, bool) {
	s, ok := pr.newestOf(r, calendar.MarkAnswered)
	if !ok {
		return answer{}, false
	}
	a := answer{said: s}
	if until, ok := p.day(s, r); ok {
		a.until = until
	} else if by, ok := pr.newestOf(r, calendar.MarkDecisionBy); ok && by.At.After(s.At) {
		if until, ok := p.day(by, r); ok {
			a.until = until
		}
	}
	return a, true
}

// firstCheck returns when to ask first: a week after, or when the promised day
// and some grace are over, if that is later.
func (p *planning) firstCheck(pr *process, r *round, rule Rule) (due time.Time, why draft.Reason) {
	s := p.schedule(r)
	due = s.onBusiness(s.add(anchor(r, p.policy.WorkingHours), rule.After), rule.Length)
	why = reason(draft.RuleCheck, r, due)
	why.After = wait(rule.After)
	until, marked := p.promised(pr, r)
	if until.IsZero() {
		return due, why
	}
	why.Day, why.Marked = until, marked
	if later := s.afterDay(until, rule.PromiseGrace, rule.Length); later.After(due) {
		due = later
		why.Rule, why.After, why.Near = draft.RulePromised, wait(rule.PromiseGrace), due
	} else {
		why.Rule = draft.RuleLater
	}
	return due, why
}

// promised returns the day by which an answer was promised: what the user marked,
// else what the invitations say.
func (p *planning) promised(pr *process, r *round) (until time.Time, marked bool) {
	if s, ok := pr.newestOf(r, calendar.MarkDecisionBy); ok {
		if until, ok := p.day(s, r); ok {
			return until, true
		}
	}
	for _, s := range r.slots {
		if d := s.HearBy.Until; !d.IsZero() && dayOf(d).After(until) {
			until = dayOf(d)
		}
	}
	return until, false
}

// afterDay is the morning that comes the delay after the day.
func (s schedule) afterDay(date time.Time, d Delay, length time.Duration) time.Time {
	noon := onWall(date, 12*time.Hour, s.loc)
	return s.morning(dayOf(s.add(noon, d)), length)
}

// anchor is the moment from which days are counted after the round: its end; of
// an all-day event the working day's beginning on its last day.
func anchor(r *round, h Hours) time.Time {
	if e := r.last.Event; e.AllDay {
		return onWall(lastDay(e), h.From, r.end.Location())
	}
	return r.end
}

// lastDay is the last date of an event.
func lastDay(e calendar.Event) time.Time {
	start, end := span(e)
	if e.AllDay && end.After(start) {
		return dayOf(end).AddDate(0, 0, -1)
	}
	return dayOf(end)
}

// askTwice plans the checks without an answer: the second once the first is due
// or sent, and the let-go once the last is.
func (p *planning) askTwice(pr *process, r *round, rule Rule, due time.Time, why draft.Reason) {
	s := p.schedule(r)
	last := due
	if !rule.Enabled || rule.Max == 0 {
		p.off(r, draft.StatusCheck)
		p.letGoFrom(pr, r, due)
		return
	}
	for n := 1; n <= rule.Max; n++ {
		recipient := ""
		if n > 1 {
			recipient = itoa(n)
			due = s.onBusiness(s.add(last.In(s.loc), rule.AgainAfter), rule.Length)
			why = reason(draft.RuleSecond, r, due)
			why.After = wait(rule.AgainAfter)
		}
		f := p.check(pr, r, rule, recipient, n, due, why)
		if f == nil {
			p.afterNone(pr, r, rule, n, due)
			return
		}
		if f.State == Dismissed {
			p.drop(pr, r, draft.LetGo, nil, "you deleted the status check before it")
			return
		}
		last = p.over(pr, f)
		if last.IsZero() {
			p.pending(pr, r, rule, n, f.Start)
			return
		}
	}
	p.letGo(pr, r, last)
}

// pending says what comes after a check that is not due yet.
func (p *planning) pending(pr *process, r *round, rule Rule, n int, due time.Time) {
	if n < rule.Max {
		s := p.schedule(r)
		next := s.onBusiness(s.add(due, rule.AgainAfter), rule.Length)
		p.drop(pr, r, draft.StatusCheck, nil, "a second status check comes "+moment(next, due)+", and only if the first, due "+moment(due, due)+", stays without an answer")
	}
	p.because(r, draft.LetGo, "the last status check is not due yet")
}

// over returns from when the check has been asked: when it was sent, or due. It
// is the zero time for a check that is still to come.
func (p *planning) over(pr *process, f *FollowUp) time.Time {
	if f.State == Done {
		if st := p.byKey[f.Key]; st != nil && st.sentAt.After(f.Held) {
			return st.sentAt
		}
		for _, m := range p.in.Marks {
			if m.Ref == f.Key && m.Word == calendar.MarkSent && m.At.After(f.Held) {
				return m.At
			}
		}
		for _, s := range pr.said {
			if s.Word == calendar.MarkSent && s.event == (calendar.ID{}) && !f.Start.After(s.At) {
				return s.At
			}
		}
		return f.Start
	}
	if !f.Start.After(p.in.Now) {
		return f.Start
	}
	return time.Time{}
}

// check plans one status check.
func (p *planning) check(pr *process, r *round, rule Rule, recipient string, attempt int, due time.Time, why draft.Reason) *FollowUp {
	s := p.schedule(r)
	to, recruiter := pr.contact(r)
	until, _ := p.promised(pr, r)
	if !until.IsZero() {
		until = onWall(until, 0, r.start.Location())
	}
	return p.want(want{
		kind: draft.StatusCheck, pr: pr, r: r, slot: r.last, identity: r.identity, recipient: recipient, to: one(to),
		data:   draft.Data{To: to, Recruiter: recruiter, Names: names(r.people()), Attempt: attempt, HearBy: until},
		window: Span{From: due, Until: due.Add(lateCheck)}, due: due, last: due.Add(lateCheck),
		again: func(now time.Time) time.Time { return s.onBusiness(now, rule.Length) },
		why:   why,
	})
}

// afterAnswer plans the one check after an answer that named a new day.
func (p *planning) afterAnswer(pr *process, r *round, rule Rule, a answer) {
	due := p.schedule(r).afterDay(a.until, rule.AnsweredGrace, rule.Length)
	p.because(r, draft.StatusCheck, "they answered and named a new day: the next check waits for it")
	why := reason(draft.RuleAnswered, r, due)
	why.Day, why.After = a.until, wait(rule.AnsweredGrace)
	f := p.check(pr, r, rule, p.answerRecipient(r, a), p.attempt(r), due, why)
	if f == nil || f.State == Dismissed {
		return
	}
	if last := p.over(pr, f); !last.IsZero() {
		p.letGo(pr, r, last)
	} else {
		p.because(r, draft.LetGo, "the last status check is not due yet")
	}
}

// attempt is 2 when they were asked already before they answered.
func (p *planning) attempt(r *round) int {
	for _, st := range p.standings {
		if st.kind == draft.StatusCheck && r.ids[st.interview] && (st.state == Done || st.recipient == "" && !st.start.After(p.in.Now)) {
			return 2
		}
	}
	return 1
}

// answerRecipient names the check after an answer: the second after the first
// was asked and they answered again with a later day, and so on. A day that is
// corrected in between moves the same check.
func (p *planning) answerRecipient(r *round, a answer) string {
	const name = "answered"
	asked := 0
	for _, st := range p.standings {
		if st.kind == draft.StatusCheck && r.ids[st.interview] && strings.HasPrefix(st.recipient, name) &&
			!st.start.After(a.At) && dayOf(st.start).Before(a.until) && st.state != Withdrawn {
			asked++
		}
	}
	if asked == 0 {
		return name
	}
	return name + " " + itoa(asked+1)
}

// letGo plans the reminder to stop waiting, after the last check.
func (p *planning) letGo(pr *process, r *round, last time.Time) {
	s := p.schedule(r)
	rule := p.policy.Rules[draft.LetGo]
	due := s.onBusiness(s.add(last.In(s.loc), rule.After), rule.Length)
	to, _ := pr.contact(r)
	why := reason(draft.RuleLetGo, r, due)
	why.After = wait(rule.After)
	p.want(want{
		kind: draft.LetGo, pr: pr, r: r, slot: r.last, identity: r.identity,
		data:   draft.Data{To: to, Names: names(r.people())},
		window: Span{From: due, Until: due.Add(lateLetGo)}, due: due, last: due.Add(lateLetGo),
		again: func(now time.Time) time.Time { return s.onBusiness(now, rule.Length) },
		why:   why,
	})
}

// letGoFrom plans the let-go where no status checks are wanted: once the moment
// is over at which the first would have been due.
func (p *planning) letGoFrom(pr *process, r *round, due time.Time) {
	if due.After(p.in.Now) {
		p.edge(due)
		p.because(r, draft.LetGo, "it is not time yet")
		return
	}
	p.letGo(pr, r, due)
}

// afterNone plans the let-go where a check was left out: when it is too late to
// ask any more but not yet to let go. Nobody needs a list of what was never asked
// years ago, and nothing after a check that the user did not want.
func (p *planning) afterNone(pr *process, r *round, rule Rule, n int, due time.Time) {
	if !due.Add(lateCheck).Before(p.in.Now) {
		p.because(r, draft.LetGo, "you did not want the status check before it")
		return
	}
	s := p.schedule(r)
	for ; n < rule.Max; n++ {
		due = s.onBusiness(s.add(due, rule.AgainAfter), rule.Length)
	}
	if s.add(due, p.policy.Rules[draft.LetGo].After).Before(p.in.Now) {
		p.because(r, draft.LetGo, "it is long over")
		return
	}
	p.letGo(pr, r, due)
}
