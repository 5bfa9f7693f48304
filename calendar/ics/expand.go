package ics

import (
	"slices"
	"sync"
)

// maxEmpty bounds how many periods in a row may give no date before the rule
// counts as one that never gives another, and totalBudget how many periods a
// whole text may take, beyond what each rule has for itself: rules can't make
// the reader wait.
const (
	maxEmpty    = 40_000
	totalBudget = 5_000_000
)

// maxTimes is how many times of one day a rule may name: a rule of days with more
// is left with the first ones.
const maxTimes = 1 << 12

// expansions are used again, with the room that they have.
var expansions = sync.Pool{New: func() any { return new(expansion) }}

// lastWall is the end of the world: 9999-12-31.
var lastWall = civilDays(9999, 12, 31) * day

// expansion walks through the dates of one rule in order. All times are on the
// wall clock of the event's zone.
type expansion struct {
	r      *rule
	start  int64 // DTSTART
	from   int64 // dates before it are not wanted
	to     int64 // nor after it
	budget *int
	days   []int64
	times  []int64 // seconds of the day
	set    []int64
	empty  int
	seen   int // dates counted for COUNT
}

// each gives the dates of the rule from start on, in order, without those before
// from; it stops at the rule's COUNT or UNTIL (a wall time here), behind to, when
// yield says false, or when the budget is used up. DTSTART counts as the first
// date whether or not it is in the rule.
func (r *rule) each(start, from, to int64, budget *int, yield func(int64) bool) {
	e := expansions.Get().(*expansion)
	defer expansions.Put(e)
	*e = expansion{r: r, start: start, from: max(from, start), to: min(to, lastWall), budget: budget, days: e.days[:0], times: e.times[:0], set: e.set[:0]}
	if e.from > e.to || e.from == start && !yield(start) {
		return
	}
	e.seen = 1
	e.walk(func(t int64) bool {
		if t <= start {
			return true
		}
		e.seen++
		if r.count > 0 && e.seen > r.count {
			return false
		}
		if t > e.to {
			return false
		}
		return t < e.from || yield(t)
	})
}

// jumps tells whether every period of the rule gives exactly one date, so that
// the n-th one can be computed.
func (r *rule) jumps() bool {
	return r.freq <= daily && r.weekdays == 0 && r.months == 0 && len(r.monthDay) == 0 && len(r.yearDay) == 0 &&
		len(r.hours) == 0 && len(r.minutes) == 0 && len(r.seconds) == 0 && len(r.setPos) == 0
}

// step is the length of a period that is always the same.
func (r *rule) step() int64 {
	return r.interval * [...]int64{1, 60, 3600, day, 7 * day}[r.freq]
}

// walk gives every date of the rule's periods in order, beginning not much before
// from where the dates before need not be counted.
func (e *expansion) walk(yield func(int64) bool) {
	e.setTimes()
	skip := e.r.count == 0 || e.r.jumps()
	switch e.r.freq {
	case yearly:
		e.walkYears(skip, yield)
	case monthly:
		e.walkMonths(skip, yield)
	case weekly, daily:
		e.walkDays(skip, yield)
	default:
		e.walkClock(skip, yield)
	}
}

// setTimes fills in the times of the day for rules of days and more.
func (e *expansion) setTimes() {
	sec := ((e.start % day) + day) % day
	for _, h := range orElse(e.r.hours, int(sec/3600)) {
		for _, m := range orElse(e.r.minutes, int(sec/60%60)) {
			for _, s := range orElse(e.r.seconds, int(sec%60)) {
				e.times = append(e.times, int64(h*3600+m*60+min(s, 59)))
			}
		}
		if len(e.times) > maxTimes {
			return
		}
	}
	slices.Sort(e.times)
	e.times = slices.Compact(e.times)
}

// spend takes one period from the budget, and tells whether there is more.
func (e *expansion) spend(cost int) bool {
	*e.budget -= cost
	return *e.budget > 0 && e.empty < maxEmpty
}

// period gives the dates of one period, of which e.days are the days.
func (e *expansion) period(yield func(int64) bool) bool {
	e.empty++
	if len(e.days) == 0 {
		return true
	}
	if len(e.r.setPos) == 0 {
		for _, d := range e.days {
			for _, t := range e.times {
				if *e.budget--; *e.budget <= 0 || !yield(d*day+t) {
					return false
				}
			}
		}
		e.empty = 0
		return true
	}
	e.set = e.set[:0]
	for _, d := range e.days {
		for _, t := range e.times {
			e.set = append(e.set, d*day+t)
		}
	}
	*e.budget -= len(e.set)
	return e.picked(yield)
}

// picked gives the dates of the set that BYSETPOS names.
func (e *expansion) picked(yield func(int64) bool) bool {
	var out []int64
	for _, p := range e.r.setPos {
		i := p - 1
		if p < 0 {
			i = len(e.set) + p
		}
		if i >= 0 && i < len(e.set) {
			out = append(out, e.set[i])
		}
	}
	slices.Sort(out)
	for _, t := range slices.Compact(out) {
		e.empty = 0
		if !yield(t) {
			return false
		}
	}
	return true
}

func (e *expansion) walkYears(skip bool, yield func(int64) bool) {
	y0, m0, d0 := civilDate(floorDiv(e.start, day))
	y := int64(y0)
	if skip {
		fy, _, _ := civilDate(floorDiv(e.from, day))
		y += max(0, (int64(fy)-y-1)/e.r.interval) * e.r.interval
	}
	for ; y <= 9999 && civilDays(int(y), 1, 1)*day <= e.to && e.spend(8); y += e.r.interval {
		e.yearDays(int(y), m0, d0)
		if !e.period(yield) {
			return
		}
	}
}

func (e *expansion) walkMonths(skip bool, yield func(int64) bool) {
	y0, m0, d0 := civilDate(floorDiv(e.start, day))
	n := int64(y0)*12 + int64(m0) - 1
	if skip {
		fy, fm, _ := civilDate(floorDiv(e.from, day))
		n += max(0, (int64(fy)*12+int64(fm)-1-n-1)/e.r.interval) * e.r.interval
	}
	for ; n < 10000*12 && e.spend(2); n += e.r.interval {
		y, m := int(n/12), int(n%12)+1
		if civilDays(y, m, 1)*day > e.to {
			return
		}
		e.days = e.days[:0]
		if e.r.months == 0 || e.r.months&(1<<m) != 0 {
			e.monthDays(y, m, d0)
		}
		if !e.period(yield) {
			return
		}
	}
}

// walkDays walks through weeks or days.
func (e *expansion) walkDays(skip bool, yield func(int64) bool) {
	first := floorDiv(e.start, day)
	wd := weekday(first)
	length := 1
	if e.r.freq == weekly {
		length = 7
		first -= int64((wd - e.r.wkst + 7) % 7)
	}
	step := e.r.step() / day
	if skip {
		n := max(0, (floorDiv(e.from, day)-first)/step-1)
		first += n * step
		e.seen = int(max(1, n))
	}
	for ; first*day <= e.to && e.spend(1); first += step {
		e.days = e.days[:0]
		for d := first; d < first+int64(length); d++ {
			if e.dayFits(d, wd) {
				e.days = append(e.days, d)
			}
		}
		if !e.period(yield) {
			return
		}
	}
}

// dayFits tells whether the day is one of a weekly or daily (or more frequent)
// rule. wd is DTSTART's weekday.
func (e *expansion) dayFits(d int64, wd int) bool {
	r := e.r
	switch {
	case r.weekdays != 0 && r.weekdays&(1<<weekday(d)) == 0:
		return false
	case r.weekdays == 0 && r.freq == weekly && weekday(d) != wd:
		return false
	}
	if r.months == 0 && len(r.monthDay) == 0 && len(r.yearDay) == 0 {
		return true
	}
	y, m, dd := civilDate(d)
	return (r.months == 0 || r.months&(1<<m) != 0) && fitsMonthDay(r.monthDay, y, m, dd) && r.fitsYearDay(y, d)
}

func fitsMonthDay(list []int, y, m, d int) bool {
	return len(list) == 0 || slices.Contains(list, d) || slices.Contains(list, d-daysIn(y, m)-1)
}

func (r *rule) fitsYearDay(y int, d int64) bool {
	if len(r.yearDay) == 0 {
		return true
	}
	first, next := civilDays(y, 1, 1), civilDays(y+1, 1, 1)
	return slices.Contains(r.yearDay, int(d-first)+1) || slices.Contains(r.yearDay, int(d-next))
}

// monthDays appends the days of a month that the rule's day parts name; day d0
// when there are none.
func (e *expansion) monthDays(y, m, d0 int) {
	r := e.r
	first := civilDays(y, m, 1)
	n := daysIn(y, m)
	if r.weekdays == 0 && len(r.nths) == 0 && len(r.monthDay) == 0 && len(r.yearDay) == 0 {
		if d0 <= n {
			e.days = append(e.days, first+int64(d0)-1)
		}
		return
	}
	for d := 1; d <= n; d++ {
		at := first + int64(d) - 1
		if fitsMonthDay(r.monthDay, y, m, d) && r.fitsYearDay(y, at) && r.fitsWeekday(at, d-1, n) {
			e.days = append(e.days, at)
		}
	}
}

// fitsWeekday tells whether BYDAY names the day, which is number i (from 0) of a
// month or year of n days.
func (r *rule) fitsWeekday(d int64, i, n int) bool {
	if r.weekdays == 0 && len(r.nths) == 0 {
		return true
	}
	wd := weekday(d)
	if r.weekdays&(1<<wd) != 0 {
		return true
	}
	for _, x := range r.nths {
		if x.weekday == wd && (x.n == i/7+1 || x.n == -((n-1-i)/7+1)) {
			return true
		}
	}
	return false
}

// yearDays fills in the days of a year that the rule names.
func (e *expansion) yearDays(y, m0, d0 int) {
	r := e.r
	e.days = e.days[:0]
	if len(r.weekNo) > 0 {
		e.weekDays(y)
		return
	}
	if len(r.yearDay) > 0 || r.months == 0 && (r.weekdays != 0 || len(r.nths) > 0) {
		e.daysOfYear(y)
		return
	}
	if r.months == 0 && len(r.monthDay) == 0 {
		e.monthDays(y, m0, d0)
		return
	}
	for m := 1; m <= 12; m++ {
		if r.months == 0 || r.months&(1<<m) != 0 {
			e.monthDays(y, m, d0)
		}
	}
}

// daysOfYear fills in the days of a whole year that the rule's parts name. The
// number of a weekday is its number in the year, unless there is a BYMONTH.
func (e *expansion) daysOfYear(y int) {
	r := e.r
	first := civilDays(y, 1, 1)
	n := int(civilDays(y+1, 1, 1) - first)
	for i := range n {
		d := first + int64(i)
		_, m, dd := civilDate(d)
		at, of := i, n
		if r.months != 0 {
			at, of = dd-1, daysIn(y, m)
		}
		if (r.months == 0 || r.months&(1<<m) != 0) && r.fitsYearDay(y, d) && fitsMonthDay(r.monthDay, y, m, dd) && r.fitsWeekday(d, at, of) {
			e.days = append(e.days, d)
		}
	}
}

// weekDays fills in the days of the weeks that BYWEEKNO names (ISO 8601, with the
// rule's WKST): those of BYDAY, else DTSTART's weekday.
func (e *expansion) weekDays(y int) {
	r := e.r
	first := firstWeek(y, r.wkst)
	n := int(firstWeek(y+1, r.wkst)-first) / 7
	days := r.weekdays
	if days == 0 {
		days = 1 << weekday(floorDiv(e.start, day))
	}
	for w := 1; w <= n; w++ {
		if !slices.Contains(r.weekNo, w) && !slices.Contains(r.weekNo, w-n-1) {
			continue
		}
		for i := range 7 {
			d := first + int64((w-1)*7+i)
			yy, m, dd := civilDate(d)
			if days&(1<<weekday(d)) != 0 && (r.months == 0 || r.months&(1<<m) != 0) &&
				fitsMonthDay(r.monthDay, yy, m, dd) && r.fitsYearDay(yy, d) {
				e.days = append(e.days, d)
			}
		}
	}
}

// firstWeek is the first day of the year's week 1: the first week with at least
// four days in the year.
func firstWeek(y, wkst int) int64 {
	jan1 := civilDays(y, 1, 1)
	back := (weekday(jan1) - wkst + 7) % 7
	if back <= 3 {
		return jan1 - int64(back)
	}
	return jan1 + int64(7-back)
}
