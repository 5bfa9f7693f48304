package ics

import "slices"

// walkClock walks through hours, minutes or seconds.
func (e *expansion) walkClock(skip bool, yield func(int64) bool) {
	step := e.r.step()
	t := e.start
	if skip {
		n := max(0, (e.from-t)/step)
		t += n * step
		e.seen = int(max(1, n))
	}
	align := func(x int64) int64 { return e.start + (max(0, x-e.start)+step-1)/step*step }
	for t <= e.to && e.spend(1) {
		e.empty++
		if !e.dayFits(floorDiv(t, day), 0) {
			t = align(max(t+step, (floorDiv(t, day)+1)*day))
			continue
		}
		sec := t - floorDiv(t, day)*day
		if len(e.r.hours) > 0 && !slices.Contains(e.r.hours, int(sec/3600)) {
			t = align(max(t+step, (floorDiv(t, 3600)+1)*3600))
			continue
		}
		if e.r.freq < hourly && len(e.r.minutes) > 0 && !slices.Contains(e.r.minutes, int(sec/60%60)) {
			t = align(max(t+step, (floorDiv(t, 60)+1)*60))
			continue
		}
		if e.r.freq < minutely && len(e.r.seconds) > 0 && !slices.Contains(e.r.seconds, int(sec%60)) {
			t += step
			continue
		}
		if !e.clockPeriod(t, yield) {
			return
		}
		t += step
	}
}

// clockPeriod gives the dates of one hour, minute or second.
func (e *expansion) clockPeriod(t int64, yield func(int64) bool) bool {
	r := e.r
	e.set = e.set[:0]
	switch {
	case r.freq == hourly && (len(r.minutes) > 0 || len(r.seconds) > 0):
		hour := floorDiv(t, 3600) * 3600
		for _, m := range orElse(r.minutes, int((t-hour)/60)) {
			for _, s := range orElse(r.seconds, int((t-hour)%60)) {
				e.set = append(e.set, hour+int64(m*60+min(s, 59)))
			}
		}
	case r.freq == minutely && len(r.seconds) > 0:
		minute := floorDiv(t, 60) * 60
		for _, s := range r.seconds {
			e.set = append(e.set, minute+int64(min(s, 59)))
		}
	default:
		e.set = append(e.set, t)
	}
	*e.budget -= len(e.set)
	if len(r.setPos) > 0 {
		return e.picked(yield)
	}
	for _, x := range e.set {
		e.empty = 0
		if !yield(x) {
			return false
		}
	}
	return true
}

func orElse(list []int, dflt int) []int {
	if len(list) == 0 {
		return []int{dflt}
	}
	return list
}
