package planner

import (
	"slices"
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

// openFor is how long after its last interview an application counts as open.
const openFor = 60 * day

// afterNews plans what answers the newest thing that was said of the process: a
// rejection, an offer, the user's own withdrawal.
func (p *planning) afterNews(pr *process) {
	r := pr.last()
	news, ok := pr.news()
	if _, skip := pr.onRound(r, calendar.MarkSkip, true); skip {
		ok = false
	}
	kinds := map[draft.Kind]bool{}
	if ok {
		switch news.Word {
		case calendar.MarkRejected:
			kinds[draft.RejectionReply], kinds[draft.FeedbackRequest] = true, true
			p.rejected(pr, r, news)
		case calendar.MarkOffer:
			kinds[draft.OfferReply] = true
			p.offered(pr, r, news)
		case calendar.MarkWithdrawn:
			kinds[draft.Withdrawal] = true
			p.withdraw(pr, r, news, draft.RuleWithdrew, pr)
		}
	}
	for _, k := range []draft.Kind{draft.RejectionReply, draft.FeedbackRequest, draft.OfferReply} {
		if !kinds[k] {
			p.becauseAll(pr, k, "what you marked last is another outcome")
		}
	}
}

func (p *planning) becauseAll(pr *process, kind draft.Kind, why string) {
	for id := range pr.ids {
		if _, told := p.reasons[reasonKey{id, kind}]; !told {
			p.reasons[reasonKey{id, kind}] = why
		}
	}
}

// reply is a want about the whole process, counted from the moment of the news.
// Where that moment can't be known it is counted from now, and stays where it
// stands from then on.
func (p *planning) reply(pr *process, r *round, news said, kind draft.Kind) want {
	s := p.schedule(r)
	rule := p.policy.Rules[kind]
	at := news.when(pr)
	if at.IsZero() {
		at = p.in.Now
	}
	from := at.In(s.loc)
	due := s.onBusiness(quarter(s.add(from, rule.After)), rule.Length)
	to, recruiter := pr.contact(r)
	w := want{
		kind: kind, pr: pr, r: r, slot: r.last, process: true, to: one(to), fixed: true,
		data:   draft.Data{To: to, Recruiter: recruiter, Names: names(r.people())},
		window: Span{From: from, Until: due.Add(max(rule.Length, day))}, due: due, last: due.Add(lateNews),
		again: func(now time.Time) time.Time { return s.onBusiness(now, rule.Length) },
	}
	w.why = reason(draft.RuleRejected, r, r.end.In(s.loc))
	if news.Word == calendar.MarkOffer {
		w.why.Rule = draft.RuleOffer
	}
	w.why.Kind, w.why.After, w.why.About = kind, wait(rule.After), pr.title()
	return w
}

// rejected plans the quick thanks for letting one know, and when it went well the
// request for feedback a few days later.
func (p *planning) rejected(pr *process, r *round, news said) {
	if !p.met(pr, news) {
		why := "there was no interview yet with " + pr.title() + " when they said no"
		p.drop(pr, r, draft.RejectionReply, nil, why)
		p.drop(pr, r, draft.FeedbackRequest, nil, why)
		return
	}
	p.want(p.reply(pr, r, news, draft.RejectionReply))
	rule := p.policy.Rules[draft.FeedbackRequest]
	if why := p.unasked(pr, rule); why != "" {
		p.drop(pr, r, draft.FeedbackRequest, nil, why)
		p.becauseAll(pr, draft.FeedbackRequest, why)
		return
	}
	w := p.reply(pr, r, news, draft.FeedbackRequest)
	if s := p.schedule(r); !rule.Until.IsZero() {
		w.window = Span{From: w.due, Until: s.add(w.window.From, rule.Until)}
		if !w.due.Before(w.window.Until) {
			w.window.Until = w.due.Add(max(rule.Length, time.Minute))
		}
		w.last = w.window.Until.Add(-time.Nanosecond)
		next := w.again
		w.again = func(now time.Time) time.Time { return earlier(next(now), w.window.Until, now) }
	}
	p.want(w)
}

// earlier keeps a moment inside a window that ends before the next working one.
func earlier(t, until, now time.Time) time.Time {
	if t.Before(until) {
		return t
	}
	return now
}

// met tells whether a conversation had begun before the news; where the moment of
// the news is not known, by now.
func (p *planning) met(pr *process, news said) bool {
	at := news.when(pr)
	unknown := at.IsZero()
	if unknown {
		at = p.in.Now
	}
	for _, r := range pr.rounds {
		if r.begunBy(at) {
			return true
		}
		if unknown {
			p.edge(onWall(dayOf(r.start), 0, r.start.Location()))
		}
	}
	return false
}

// unasked tells why nobody is asked for feedback; "" when it is right to ask.
func (p *planning) unasked(pr *process, rule Rule) string {
	well, said := "", false
	for _, s := range pr.said {
		if s.Word == calendar.MarkWentWell || s.Word == calendar.MarkWentBadly {
			well, said = s.Word, true
		}
	}
	human := slices.ContainsFunc(pr.rounds, func(r *round) bool {
		return r.last.Round != interview.TakeHome || len(r.people()) > 0
	})
	switch {
	case !human:
		return "nobody has spoken with you yet, so there is nobody to ask for feedback"
	case said && well == calendar.MarkWentBadly:
		return "you marked that it went badly, so no feedback is asked for"
	case rule.OnlyIfWell && !said:
		return "feedback is asked for only when you mark that it went well"
	}
	return ""
}

// offered plans the answer to an offer.
func (p *planning) offered(pr *process, r *round, news said) {
	w := p.reply(pr, r, news, draft.OfferReply)
	if until, ok := p.day(news, r); ok {
		s := p.schedule(r)
		end := onWall(until, s.hours.From+s.hours.length(), s.loc)
		w.data.Deadline = onWall(until, 0, s.loc)
		w.why.Day = until
		if end.After(w.window.From) {
			w.window.Until = end
			w.due = s.hurry(w.due, w.window, p.policy.Rules[draft.OfferReply].Length)
		}
	}
	ack := p.want(w)
	if w.data.Deadline.IsZero() {
		p.because(r, draft.OfferReply, "no day is known any more until which the offer stands")
		return
	}
	p.decide(w, ack)
}

// beforeDeadline is how long before an offer ends the user is reminded to decide,
// at the least.
const beforeDeadline = 2 // days

// decide plans the day to decide on an offer: a business day, two days or more
// before it ends, unless the acknowledgement comes as late as that.
func (p *planning) decide(w want, ack *FollowUp) {
	s := p.schedule(w.r)
	rule := p.policy.Rules[draft.OfferReply]
	days := beforeDeadline
	end := dayOf(w.data.Deadline)
	for !s.business(end.AddDate(0, 0, -days)) {
		days++
	}
	date := end.AddDate(0, 0, -days)
	before := w.due
	if ack != nil {
		before = ack.Start
	}
	if !dayOf(before.In(s.loc)).Before(date) {
		p.because(w.r, draft.OfferReply, "the offer ends too soon for a day of its own to decide")
		return
	}
	w.recipient, w.fixed = "decide", false
	w.due = s.morning(date, rule.Length)
	w.window.From, w.last = w.due, w.window.Until
	w.data.Attempt = 2
	w.why.Rule, w.why.After = draft.RuleDecide, draft.Wait{N: days, Unit: "day"}
	p.want(w)
}

// hurry brings a moment that comes after the window's end forward to the first
// business moment in the window, or the first working moment if it has no other.
func (s schedule) hurry(due time.Time, w Span, length time.Duration) time.Time {
	for _, business := range []bool{true, false} {
		if due.Before(w.Until) {
			break
		}
		if t := s.next(quarter(w.From), length, business); t.Before(w.Until) {
			due = t
		}
	}
	return due
}

// withdraw plans the note that takes an application back, by a rule about this or
// another application.
func (p *planning) withdraw(pr *process, r *round, news said, rule draft.Rule, about *process) {
	w := p.reply(pr, r, news, draft.Withdrawal)
	w.why.Rule, w.why.About = rule, about.title()
	p.want(w)
}

// withdrawals plans, once an offer was accepted, the note to everybody else who
// still waits.
func (p *planning) withdrawals() {
	for _, pr := range p.processes {
		if pr.last() == nil {
			continue
		}
		if _, skip := pr.onRound(pr.last(), calendar.MarkSkip, true); skip {
			continue
		}
		if a := p.acceptedElsewhere(pr); a != nil {
			news, _ := a.news()
			if at := news.when(a); at.IsZero() {
				news.At = time.Time{}
			}
			p.withdraw(pr, pr.last(), news, draft.RuleElsewhere, a)
			continue
		}
		p.becauseAll(pr, draft.Withdrawal, "no offer stands accepted any more")
	}
}

// acceptedElsewhere returns the process whose offer was accepted while this one
// is open; nil when there is none.
func (p *planning) acceptedElsewhere(pr *process) *process {
	if news, ok := pr.news(); ok && news.Word != calendar.MarkAnswered && news.Word != calendar.MarkOffer {
		return nil
	}
	for _, a := range p.processes {
		news, ok := a.news()
		if a == pr || !ok || news.Word != calendar.MarkAccepted || a.last() == nil {
			continue
		}
		at := news.when(a)
		if at.IsZero() {
			at = a.last().end
		}
		r := pr.last()
		if r != nil && r.end.Add(openFor).After(at) && !(enteredAfter(r, at)) {
			return a
		}
	}
	return nil
}
