package ics

import (
	"slices"
	"time"

	"followup/calendar"
)

// series is what a text says about one recurring event: the masters, and the
// instances that were changed.
type series struct {
	masters   []*component
	overrides []*component
}

// promote makes masters of changed instances that have a rule of their own while
// there is no master: some programs write a RECURRENCE-ID into every event.
func (s *series) promote() {
	if len(s.masters) > 0 {
		return
	}
	rest := s.overrides[:0]
	for _, c := range s.overrides {
		if len(c.rules) == 0 {
			rest = append(rest, c)
			continue
		}
		c.override, c.ev.RecurrenceID = false, ""
		s.masters = append(s.masters, c)
	}
	s.overrides = rest
}

// expander gives the instances of series.
type expander struct {
	d      *decoder
	window calendar.Window
	limit  int
	perDay int // 0: no bound
	budget int
	emit   func(calendar.Event) error
}

// key identifies an instance: its original start as an instant, or its day when
// the date is all that is known.
type instanceKey struct {
	at  int64
	day bool
}

// instances emits the instances of one master that are in the window and not
// replaced, then nothing else: overrides are emitted by the caller. It tells how
// many dates the recurrence has at all, as far as it looked.
func (x *expander) instances(m *component, overrides []*component) (emitted, seen int, err error) {
	skip := x.excluded(m, overrides)
	future := futureChanges(overrides)
	dates, capped := x.dates(m, skip, len(future) > 0)
	if capped && x.limit > 1 {
		m.warn("it recurs more than %d times in the period that was asked for; the rest was left out", x.limit)
	}
	length := m.ev.End.Sub(m.ev.Start)
	wallLength := wallOf(m.ev.End) - wallOf(m.ev.Start)
	var today, sameDay int64
	for _, d := range dates {
		seen++
		if date := floorDiv(d.wall, day); date != today {
			today, sameDay = date, 0
		}
		if sameDay++; x.perDay > 0 && sameDay > int64(x.perDay) {
			continue
		}
		ev := m.ev
		ev.Series = true
		ev.Start = d.at
		ev.End = x.endOf(m, d, length, wallLength)
		ev.RecurrenceID = m.instanceID(d.at)
		if change := lastBefore(future, d.at); change != nil {
			ev = changed(m, change, d, ev)
		}
		if !x.window.Contains(ev.Start, ev.End) {
			continue
		}
		emitted++
		if err := x.emit(ev); err != nil {
			return emitted, seen, err
		}
		if emitted >= x.limit {
			break
		}
	}
	return emitted, seen, nil
}

// occurrence is one date of a recurrence set.
type occurrence struct {
	at     time.Time
	wall   int64
	length time.Duration // of an RDATE that is a PERIOD
	period bool
}

func (x *expander) endOf(m *component, d occurrence, length time.Duration, wallLength int64) time.Time {
	switch {
	case d.period && d.length >= 0:
		return d.at.Add(d.length)
	case m.ev.AllDay || wallLength >= day && wallLength%day == 0:
		return instant(d.wall+wallLength, m.startZ.loc)
	}
	return d.at.Add(length)
}

// instanceID is the RECURRENCE-ID of the instance that begins at a moment.
func (c *component) instanceID(at time.Time) string {
	if c.start.date {
		return at.Format("20060102")
	}
	return at.UTC().Format(utcForm)
}

// excluded gives the instants that EXDATE takes away or that an override
// replaces, and the days that a bare date takes away.
func (x *expander) excluded(m *component, overrides []*component) map[instanceKey]bool {
	skip := make(map[instanceKey]bool, len(m.exdates)+len(overrides))
	add := func(v dateValue, c *component) {
		if v.stamp.date || m.start.date {
			wall := v.stamp.wall
			if !v.stamp.date && !m.start.date {
				wall = wallOf(x.d.instantOf(v, c).In(m.startZ.loc))
			}
			skip[instanceKey{floorDiv(wall, day), true}] = true
			return
		}
		skip[instanceKey{at: x.d.instantOf(v, c).Unix()}] = true
	}
	for _, v := range m.exdates {
		add(v, m)
	}
	for _, o := range overrides {
		v := o.recurID
		if v.tzid == "" && !v.stamp.utc {
			add(v, m)
		} else {
			add(v, o)
		}
	}
	return skip
}

// span is the part of the wall clock's time in which dates are looked for. Where
// a change moves later instances about, it begins a week early.
func (x *expander) span(m *component, moved bool) (from, to int64) {
	from, to = -lastWall, lastWall
	loc := m.startZ.loc
	if !x.window.From.IsZero() {
		first := x.window.From.Add(-m.ev.End.Sub(m.ev.Start)).Unix()
		before, after := offsetAt(first-day, loc), offsetAt(first+day, loc)
		from = first + min(before, after)
		if moved || m.start.date {
			from -= 7 * day
		}
	}
	if !x.window.To.IsZero() {
		to = x.window.To.Unix() + 2*day
		if moved {
			to += 7 * day
		}
	}
	return from, to
}

// dates gives the recurrence set in order: DTSTART, rules and RDATEs without
// EXDATEs, EXRULEs and overridden instances. It stops soon after x.limit dates
// in the window.
func (x *expander) dates(m *component, skip map[instanceKey]bool, moved bool) ([]occurrence, bool) {
	first, to := x.span(m, moved)
	from := max(first, m.start.wall)
	without := x.exRuleDates(m, from, to)
	var out []occurrence
	capped := false
	limit := x.limit + 8
	add := func(o occurrence) bool {
		if skip[instanceKey{at: o.at.Unix()}] || skip[instanceKey{floorDiv(o.wall, day), true}] || without[o.wall] {
			return true
		}
		out = append(out, o)
		return true
	}
	for _, v := range m.rdates {
		at := x.d.instantOf(v, m).In(m.startZ.loc)
		wall := wallOf(at)
		if v.stamp.date && !m.start.date { // a bare date: at the usual time of day
			wall = v.stamp.wall + ((m.start.wall%day)+day)%day
			at = instant(wall, m.startZ.loc)
		} else if m.start.date {
			wall = floorDiv(v.stamp.wall, day) * day
			at = instant(wall, time.UTC)
		}
		if wall >= first && wall <= to {
			add(occurrence{at: at, wall: wall, length: v.length, period: v.period})
		}
	}
	rdates := len(out)
	if len(m.rules) == 0 && from <= m.start.wall {
		add(occurrence{at: m.ev.Start, wall: m.start.wall})
	}
	for _, r := range m.rules {
		if x.until(r, m, lastWall) < m.start.wall {
			m.warn("its recurrence ends before it begins, so that it takes place once")
			add(occurrence{at: m.ev.Start, wall: m.start.wall})
			continue
		}
		have := len(out)
		r.each(m.start.wall, from, x.until(r, m, to), &x.budget, func(wall int64) bool {
			at := instant(wall, m.startZ.loc)
			if moved || !x.tooEarly(at, m) {
				add(occurrence{at: at, wall: wall})
			}
			capped = len(out)-have > limit
			return !capped
		})
	}
	if x.budget <= 0 {
		m.warn("the recurrence rules of this file take too long; some dates were left out")
	}
	if len(m.rules) > 1 || rdates > 0 {
		slices.SortStableFunc(out, func(a, b occurrence) int { return a.at.Compare(b.at) })
	}
	return slices.CompactFunc(out, func(a, b occurrence) bool { return a.at.Equal(b.at) }), capped
}

// tooEarly tells whether an instance is over before the window.
func (x *expander) tooEarly(at time.Time, m *component) bool {
	return !x.window.From.IsZero() && at.Add(m.ev.End.Sub(m.ev.Start)).Before(x.window.From)
}

// until is the wall time of the rule's end, or to when that is earlier. A local
// UNTIL is local, and a date means the whole day.
func (x *expander) until(r *rule, m *component, to int64) int64 {
	if r.until == nil {
		return to
	}
	u := r.until.wall
	switch {
	case r.until.date:
		u += day - 1
	case r.until.utc && m.start.date:
		// a date series that ends at a UTC time: compare dates
	case r.until.utc && !m.ev.Floating:
		u = wallOf(time.Unix(u, 0).In(m.startZ.loc))
	}
	return min(u, to)
}

// exRuleDates gives the dates that EXRULE takes away.
func (x *expander) exRuleDates(m *component, from, to int64) map[int64]bool {
	if len(m.exRules) == 0 {
		return nil
	}
	out := map[int64]bool{}
	for _, r := range m.exRules {
		n := 0
		r.each(m.start.wall, from, x.until(r, m, to), &x.budget, func(wall int64) bool {
			out[wall] = true
			n++
			return n < maxDates
		})
	}
	return out
}

// maxFuture is how many changes of all later instances one event may have.
const maxFuture = 100

// futureChanges are the overrides with RANGE=THISANDFUTURE, in order.
func futureChanges(overrides []*component) []*component {
	var out []*component
	for _, o := range overrides {
		if o.future && len(out) < maxFuture {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b *component) int { return a.recurAt().Compare(b.recurAt()) })
	return out
}

// recurAt is the moment of RECURRENCE-ID.
func (c *component) recurAt() time.Time {
	for _, layout := range []string{utcForm, "20060102"} {
		if t, err := time.Parse(layout, c.ev.RecurrenceID); err == nil {
			return t
		}
	}
	return c.ev.Start
}

func lastBefore(changes []*component, at time.Time) *component {
	var last *component
	for _, c := range changes {
		if c.recurAt().After(at) {
			break
		}
		last = c
	}
	return last
}

// changed is an instance after a THISANDFUTURE change: with the change's content,
// length and distance from the original start.
func changed(m, change *component, d occurrence, was calendar.Event) calendar.Event {
	ev := change.ev
	ev.Series = true
	ev.RecurrenceID = was.RecurrenceID
	base := change.recurAt()
	if m.start.date != change.start.date {
		return was
	}
	shift := wallOf(change.ev.Start) - wallOf(base.In(change.ev.Start.Location()))
	if m.start.date {
		shift = change.ev.Start.Unix() - base.Unix()
	}
	loc := change.startZ.loc
	ev.Start = instant(wallOf(d.at.In(loc))+shift, loc)
	ev.End = ev.Start.Add(change.ev.End.Sub(change.ev.Start))
	return ev
}
