package planner

import (
	"slices"
	"time"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

// How long after its window a follow-up is still worth beginning with.
const (
	lateThanks = 7 * day
	lateNoShow = 7 * day
	lateNews   = 14 * day
	lateCheck  = 14 * day
	lateLetGo  = 7 * day
	lateNote   = day // debrief
)

// afterRound plans what follows a round by itself: thank-yous, and the card and
// the note to oneself for those who want them; a no-show has its own.
func (p *planning) afterRound(pr *process, r *round) {
	people := r.people()
	if s, ok := pr.onRound(r, calendar.MarkNoShow, false); ok {
		why := "nobody came to " + source(r)
		p.drop(pr, r, draft.ThankYou, persons(people), why+", so there is nobody to thank")
		p.because(r, draft.Card, why)
		p.because(r, draft.Debrief, why)
		p.noShow(pr, r, s)
		return
	}
	p.thanks(pr, r, people)
	p.debrief(pr, r)
	p.thanked[pr] = append(p.thanked[pr], persons(people)...)
	p.texts[pr] += max(1, len(people))
}

// thanks plans a thank-you, and a card if wanted, to each person spoken with.
func (p *planning) thanks(pr *process, r *round, people []person) {
	if why := p.thankless(pr, r, people); why != "" {
		p.drop(pr, r, draft.ThankYou, persons(people), why)
		p.because(r, draft.Card, why)
		return
	}
	for _, kind := range []draft.Kind{draft.ThankYou, draft.Card} {
		rule := p.policy.Rules[kind]
		if !rule.Enabled {
			if kind == draft.ThankYou {
				p.plan.Skipped = append(p.plan.Skipped, Skip{Kind: kind, Process: pr.key, Interview: r.last.Event.ID(), To: persons(people), Why: string(kind) + " is switched off in the configuration"})
			}
			p.off(r, kind)
			continue
		}
		p.thankEach(pr, r, people, kind, rule)
	}
}

// thankless tells why nobody is thanked after the round; "" when somebody is.
func (p *planning) thankless(pr *process, r *round, people []person) string {
	if _, ok := pr.onRound(r, calendar.MarkSkip, true); ok {
		return "you marked " + source(r) + " to be skipped"
	}
	if len(people) == 0 && r.last.Round == interview.TakeHome {
		return source(r) + " is a task to do alone: there is nobody to thank"
	}
	news, _ := pr.news()
	switch news.Word {
	case calendar.MarkRejected:
		return "they said no, as you marked: the reply to that says thank you"
	case calendar.MarkWithdrawn:
		return "you withdrew your application: the message about that says thank you"
	case calendar.MarkDeclined:
		return "you declined their offer: it is over"
	}
	return ""
}

func (p *planning) thankEach(pr *process, r *round, people []person, kind draft.Kind, rule Rule) {
	s := p.schedule(r)
	from, until := s.add(r.end, rule.After), s.add(r.end, rule.Until)
	if rule.Until.IsZero() || !until.After(from) {
		until = from.Add(day)
	}
	window := Span{From: from.In(s.loc), Until: until.In(s.loc)}
	due, fits := s.within(window, r.end.Add(2*time.Hour), rule.Length, rule.Weekends)
	if !fits {
		window = stretch(window, due, rule.Length)
	}
	soon := p.in.Now
	for i, w := range p.recipients(pr, r, people) {
		w.kind, w.pr, w.r, w.window, w.due = kind, pr, r, window, due
		w.data.Variant = p.texts[pr] + i
		w.why = reason(draft.RuleWindow, r, due)
		w.why.Kind, w.why.After, w.why.Until = kind, wait(rule.After), wait(rule.Until)
		w.last = window.Until.Add(lateThanks)
		if news, _ := pr.news(); news.Word == calendar.MarkOffer || news.Word == calendar.MarkAccepted {
			w.last = window.Until // what comes late now would look odd after their offer
		}
		w.again = func(now time.Time) time.Time {
			if soon.Before(now) {
				soon = now
			}
			t := p.soon(s, soon, window, rule)
			soon = t.Add(rule.Length)
			return t
		}
		if sent, ok := pr.onRound(r, calendar.MarkSent, true); ok && kind == draft.ThankYou {
			if sent.event == w.slot.Event.ID() || sent.event == (calendar.ID{}) && (sent.At.IsZero() || r.begunBy(sent.At)) {
				w.done = &sent
			}
		}
		p.want(w)
		due = p.after(s, due, window, rule)
	}
}

// soon is the next moment for a thank-you whose best one is over: inside what is
// left of the window, or at once.
func (p *planning) soon(s schedule, now time.Time, window Span, rule Rule) time.Time {
	left := Span{From: now, Until: window.Until}
	if now.Before(window.Until) {
		if t, fits := s.within(left, now, rule.Length, rule.Weekends); fits {
			return t
		}
	}
	return s.next(now, rule.Length, !rule.Weekends)
}

// after is the place for the next person's follow-up: right behind, where that
// is still inside the window.
func (p *planning) after(s schedule, due time.Time, window Span, rule Rule) time.Time {
	next := s.next(due.Add(rule.Length), rule.Length, false)
	sameKind := s.business(dayOf(next)) || !s.business(dayOf(due))
	if next.Before(window.Until) && sameKind && next.Sub(due) < 2*rule.Length+time.Minute {
		return next
	}
	return due
}

// stretch widens the window to the moment that was taken although it does not lie
// inside.
func stretch(w Span, t time.Time, length time.Duration) Span {
	if t.Before(w.From) {
		w.From = t
	}
	if end := t.Add(max(length, time.Minute)); end.After(w.Until) {
		w.Until = end
	}
	return w
}

// recipients lists who is written to after the round: each person by themselves,
// by way of the recruiter where the address is unknown; the team where nobody is
// known.
func (p *planning) recipients(pr *process, r *round, people []person) []want {
	recruiter := pr.recruiter(r)
	all := names(people)
	if len(people) == 0 {
		w := want{slot: r.last, identity: r.identity, recipient: "team"}
		w.data = draft.Data{Notes: pr.notes(r, r.last)}
		if recruiter != (interview.Person{}) {
			w.to = []interview.Person{recruiter}
			w.data.To, w.data.Forward, w.data.Recruiter = recruiter, true, true
		}
		return []want{w}
	}
	var out []want
	for _, q := range people {
		w := want{slot: q.slot, identity: q.slot.Identity, recipient: aliases(q.Person)[0], person: q.Person, to: []interview.Person{q.Person}}
		w.data = draft.Data{To: q.Person, Names: all, Notes: pr.notes(r, q.slot)}
		w.data.Again = slices.ContainsFunc(p.thanked[pr], func(o interview.Person) bool { return samePerson(o, q.Person) })
		if q.Email == "" && recruiter.Email != "" && !samePerson(recruiter, q.Person) {
			w.to = append(w.to, recruiter)
			w.data.To, w.data.Names = recruiter, []string{q.Name}
			w.data.Forward, w.data.Recruiter = true, true
		}
		out = append(out, w)
	}
	return out
}

// debrief plans a short note to oneself right after the interview.
func (p *planning) debrief(pr *process, r *round) {
	rule := p.policy.Rules[draft.Debrief]
	s := p.schedule(r)
	due := s.add(r.end, rule.After).In(s.loc)
	p.want(want{
		kind: draft.Debrief, pr: pr, r: r, slot: r.last, identity: r.identity,
		data:   draft.Data{Names: names(r.people())},
		window: Span{From: due, Until: due.Add(day)}, due: due, last: due.Add(lateNote),
		again: func(now time.Time) time.Time { return now },
		why:   reason(draft.RuleDebrief, r, due),
	})
}

// noShow plans the message to somebody who did not come: the same day, or when
// the user says so.
func (p *planning) noShow(pr *process, r *round, s said) {
	sch := p.schedule(r)
	rule := p.policy.Rules[draft.NoShow]
	from := r.start
	if s.At.After(from) {
		from = s.At.In(r.start.Location())
	}
	due := sch.onBusiness(quarter(sch.add(from, rule.After)), rule.Length)
	to, recruiter := pr.contact(r)
	why := reason(draft.RuleNoShow, r, r.start.In(sch.loc))
	why.Held, why.AllDay = r.start.In(sch.loc), false
	p.want(want{
		kind: draft.NoShow, pr: pr, r: r, slot: r.last, identity: r.identity, to: one(to), fixed: true,
		data:   draft.Data{To: to, Recruiter: recruiter, Names: names(r.people())},
		window: Span{From: from.In(sch.loc), Until: due.Add(max(rule.Length, day))}, due: due, last: due.Add(lateNoShow),
		again: func(now time.Time) time.Time { return sch.onBusiness(now, rule.Length) },
		why:   why,
	})
}

func persons(people []person) []interview.Person {
	out := make([]interview.Person, len(people))
	for i, p := range people {
		out[i] = p.Person
	}
	return out
}

// one is a list of the person, empty when nobody is known.
func one(p interview.Person) []interview.Person {
	if p == (interview.Person{}) {
		return nil
	}
	return []interview.Person{p}
}
