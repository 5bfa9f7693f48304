package planner

import (
	"sort"
	"time"

	"github.com/rickar/cal/v2"
)

// schedule knows when the user works: the zone, the hours, the weekend and the
// public holidays. Days are midnight UTC of their date, which every zone has and
// daylight saving leaves alone.
type schedule struct {
	loc      *time.Location
	hours    Hours
	weekend  [7]bool
	holidays []*cal.Holiday
}

// horizon bounds the search for a working moment.
const horizon = 400

// dayOf returns the date on the wall at t, in t's own zone.
func dayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// clockOf returns the time of day on the wall at t.
func clockOf(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
}

// onWall returns the instant at which the wall in loc shows clock on the day. Where
// the clock is put forward over it, it is the first instant after the gap.
func onWall(date time.Time, clock time.Duration, loc *time.Location) time.Time {
	if clock >= day {
		date, clock = date.AddDate(0, 0, 1), clock-day
	}
	y, m, d := date.Date()
	h, min, s := int(clock/time.Hour), int(clock%time.Hour/time.Minute), int(clock%time.Minute/time.Second)
	t := time.Date(y, m, d, h, min, s, 0, loc)
	wanted := date.Add(clock)
	shows := func(at time.Time) time.Time { return dayOf(at).Add(clockOf(at)) }
	if shows(t).Equal(wanted) {
		return t
	}
	// Time.ZoneBounds would name the gap's end, but makes up bounds in some zones.
	from, span := t.Add(-2*day), int(4*day/time.Second)
	return from.Add(time.Duration(sort.Search(span, func(n int) bool {
		return !shows(from.Add(time.Duration(n) * time.Second)).Before(wanted)
	})) * time.Second)
}

// business tells whether people work on the date.
func (s schedule) business(date time.Time) bool {
	if s.weekend[date.Weekday()] {
		return false
	}
	c := cal.Calendar{Holidays: s.holidays}
	_, observed, _ := c.IsHoliday(date)
	return !observed
}

// nextBusiness returns the date, or the first business day after it.
func (s schedule) nextBusiness(date time.Time) time.Time {
	for range horizon {
		if s.business(date) {
			break
		}
		date = date.AddDate(0, 0, 1)
	}
	return date
}

// add returns t put off by the delay, in t's own zone: days keep the time of day
// on the wall.
func (s schedule) add(t time.Time, d Delay) time.Time {
	t = t.Add(d.Clock)
	if d.Days == 0 && !d.Workday {
		return t
	}
	date := dayOf(t).AddDate(0, 0, d.Days)
	for range d.Business {
		date = s.nextBusiness(date.AddDate(0, 0, 1))
	}
	if d.Workday {
		date = s.nextBusiness(date)
	}
	return onWall(date, clockOf(t), t.Location())
}

// workday tells the working hours that begin on the date.
func (s schedule) workday(date time.Time) (from, until time.Time) {
	from = onWall(date, s.hours.From, s.loc)
	return from, onWall(date, s.hours.From+s.hours.length(), s.loc)
}

// next returns the first working moment at or after t that leaves room for the
// length before the working hours end; on a business day only when asked.
func (s schedule) next(t time.Time, length time.Duration, business bool) time.Time {
	date := dayOf(t.In(s.loc)).AddDate(0, 0, -1)
	for range horizon {
		from, until := s.workday(date)
		moment := from
		if moment.Before(t) {
			moment = t.In(s.loc)
		}
		room := !moment.Add(length).After(until) || moment.Equal(from)
		if room && moment.Before(until) && (!business || s.business(date)) {
			return moment
		}
		date = date.AddDate(0, 0, 1)
	}
	return t.In(s.loc)
}

// before returns the last working moment before t that leaves room for the
// length, not before the earliest.
func (s schedule) before(t, earliest time.Time, length time.Duration) (time.Time, bool) {
	date := dayOf(t.In(s.loc))
	for range 3 {
		from, until := s.workday(date)
		moment := until.Add(-length)
		if !moment.Before(t) {
			moment = t.In(s.loc)
		}
		if !moment.Before(from) && moment.Add(length).Compare(until) <= 0 && !moment.After(t) {
			return moment, !moment.Before(earliest)
		}
		date = date.AddDate(0, 0, -1)
	}
	return time.Time{}, false
}

// onBusiness returns a working moment on a business day at or after t: on the
// day itself, or at the same time of day on the next business day.
func (s schedule) onBusiness(t time.Time, length time.Duration) time.Time {
	local := t.In(s.loc)
	if date := dayOf(local); !s.business(date) {
		local = onWall(s.nextBusiness(date), clockOf(local), s.loc)
	}
	return s.next(local, length, true)
}

// morning returns a good moment on the date, or on the next business day: an
// hour into the working hours, two on the first day after a weekend, when
// everybody's mail has piled up.
func (s schedule) morning(date time.Time, length time.Duration) time.Time {
	date = s.nextBusiness(date)
	wait := time.Hour
	if !s.business(date.AddDate(0, 0, -1)) {
		wait = 2 * time.Hour
	}
	wait = min(wait, s.hours.length()/4)
	return s.next(onWall(date, s.hours.From+wait.Truncate(15*time.Minute), s.loc), length, true)
}

// within returns the best moment of a window: its first working moment on a
// business day, else its first working moment on any day, if weekends may be
// used. Where working hours and window do not meet it is the working moment that
// is nearest to the window, though not before the earliest. fits tells whether
// it lies inside both.
func (s schedule) within(w Span, earliest time.Time, length time.Duration, weekends bool) (moment time.Time, fits bool) {
	if t := s.next(w.From, length, true); t.Before(w.Until) || !weekends {
		return t, t.Before(w.Until)
	}
	after := s.next(w.From, length, false)
	if after.Before(w.Until) {
		return after, true
	}
	before, ok := s.before(w.From, earliest, length)
	if ok && w.From.Sub(before) < after.Sub(w.Until) {
		return before, false
	}
	return after, false
}

// quarter rounds t up to the next quarter of an hour on the wall.
func quarter(t time.Time) time.Time {
	const q = 15 * time.Minute
	over := clockOf(t)%q + time.Duration(t.Nanosecond())
	if over == 0 {
		return t
	}
	return t.Add(q - over)
}
