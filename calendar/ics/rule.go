package ics

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// frequency is FREQ of a recurrence rule.
type frequency uint8

const (
	secondly frequency = iota
	minutely
	hourly
	daily
	weekly
	monthly
	yearly
)

var frequencies = []string{"SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"}

// nth is a BYDAY entry with a number: the n-th weekday of a month or year.
type nth struct{ n, weekday int }

// rule is a recurrence rule (RFC 5545 section 3.3.10).
type rule struct {
	freq     frequency
	interval int64
	count    int    // 0: no end by number
	until    *stamp // nil: no end by date
	weekdays uint8  // BYDAY without numbers: bit 0 is Sunday
	nths     []nth
	months   uint16 // BYMONTH: bit 1 is January
	monthDay []int
	yearDay  []int
	weekNo   []int
	hours    []int
	minutes  []int
	seconds  []int
	setPos   []int
	wkst     int // first day of the week, Sunday = 0
}

var weekdayNames = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// parseRule reads the value of an RRULE or EXRULE. A part that can't be read is
// an error: a rule that is half understood puts events on wrong days. Extensions
// are ignored.
func parseRule(s string) (*rule, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if !strings.Contains(s, "FREQ") {
		return parseOldRule(s)
	}
	r := &rule{interval: 1, wkst: 1}
	freq := ""
	for part := range strings.SplitSeq(s, ";") {
		key, val, ok := strings.Cut(part, "=")
		key, val = strings.TrimSpace(key), strings.TrimSpace(val)
		if !ok || val == "" {
			continue
		}
		if key == "FREQ" {
			freq = val
			continue
		}
		if err := r.set(key, val); err != nil {
			return nil, fmt.Errorf("rule part %s=%s: %w", key, short([]byte(val)), err)
		}
	}
	i := slices.Index(frequencies, freq)
	if i < 0 {
		return nil, fmt.Errorf("rule with FREQ=%s", short([]byte(freq)))
	}
	r.freq = frequency(i)
	r.normalise()
	return r, nil
}

// set reads one part of the rule.
func (r *rule) set(key, val string) (err error) {
	switch key {
	case "INTERVAL":
		n, e := strconv.ParseInt(val, 10, 64)
		r.interval, err = min(max(n, 1), 1<<31), rangeError(e)
	case "COUNT":
		r.count, err = atoi(val, 0, 1<<31)
		if err == nil && r.count == 0 {
			err = errors.New("it gives no date")
		}
	case "UNTIL":
		u, e := parseStamp([]byte(val))
		r.until, err = &u, e
	case "WKST":
		if i := slices.Index(weekdayNames, val); i >= 0 {
			r.wkst = i
		}
	case "BYDAY":
		err = r.setDays(val)
	case "BYMONTH":
		var list []int
		list, err = ints(val, 1, 12)
		for _, m := range list {
			r.months |= 1 << m
		}
	case "BYMONTHDAY":
		r.monthDay, err = signed(val, 31)
	case "BYYEARDAY":
		r.yearDay, err = signed(val, 366)
	case "BYWEEKNO":
		r.weekNo, err = signed(val, 53)
	case "BYHOUR":
		r.hours, err = ints(val, 0, 23)
	case "BYMINUTE":
		r.minutes, err = ints(val, 0, 59)
	case "BYSECOND":
		r.seconds, err = ints(val, 0, 60)
	case "BYSETPOS":
		r.setPos, err = signed(val, 366)
	case "RSCALE":
		if val != "GREGORIAN" {
			err = errors.New("only the Gregorian calendar is known")
		}
	case "BYEASTER":
		err = errors.New("it is not part of iCalendar")
	}
	return err
}

func (r *rule) setDays(val string) error {
	for one := range strings.SplitSeq(val, ",") {
		one = strings.ReplaceAll(one, " ", "")
		if one == "" {
			continue
		}
		if len(one) < 2 {
			return fmt.Errorf("%q is no weekday", one)
		}
		wd := slices.Index(weekdayNames, one[len(one)-2:])
		if wd < 0 {
			return fmt.Errorf("%q is no weekday", one)
		}
		num := strings.TrimPrefix(one[:len(one)-2], "+")
		if num == "" {
			r.weekdays |= 1 << wd
			continue
		}
		n, err := atoi(num, -53, 53)
		if err != nil {
			return err
		}
		if n != 0 {
			r.nths = append(r.nths, nth{n, wd})
		} else {
			r.weekdays |= 1 << wd
		}
	}
	return nil
}

// normalise sorts what is walked through in order, and reads numbered weekdays
// as plain ones where the number means nothing.
func (r *rule) normalise() {
	for _, l := range []*[]int{&r.hours, &r.minutes, &r.seconds} {
		slices.Sort(*l)
		*l = slices.Compact(*l)
	}
	if len(r.nths) > 0 && (r.freq < monthly || r.freq == yearly && len(r.weekNo) > 0) {
		for _, n := range r.nths {
			r.weekdays |= 1 << n.weekday
		}
		r.nths = nil
	}
	if r.freq != yearly {
		r.weekNo = nil
	}
}

func atoi(s string, lo, hi int) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(s, "+")))
	if err != nil || n < lo || n > hi {
		return 0, fmt.Errorf("%q is not a number from %d to %d", short([]byte(s)), lo, hi)
	}
	return n, nil
}

func rangeError(err error) error {
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return errors.New("no number")
	}
	return nil
}

func ints(val string, lo, hi int) ([]int, error) {
	var out []int
	for one := range strings.SplitSeq(val, ",") {
		if strings.TrimSpace(one) == "" {
			continue
		}
		n, err := atoi(strings.TrimSpace(one), lo, hi)
		if err != nil {
			return nil, err
		}
		if len(out) < 400 {
			out = append(out, n)
		}
	}
	return out, nil
}

// signed reads a list of numbers from -hi to hi without 0.
func signed(val string, hi int) ([]int, error) {
	list, err := ints(val, -hi, hi)
	return slices.DeleteFunc(list, func(n int) bool { return n == 0 }), err
}

// parseOldRule reads the rules of vCalendar 1.0: "W2 MO WE #10", "MP1 1+ FR
// 20001231T000000", "MD1 15 #0". Without an end the rule gives two dates.
func parseOldRule(s string) (*rule, error) {
	f := strings.Fields(s)
	if len(f) == 0 {
		return nil, errors.New("empty rule")
	}
	r := &rule{interval: 1, wkst: 1, count: 2}
	kind := strings.TrimRight(f[0], "0123456789")
	if n, err := strconv.Atoi(f[0][len(kind):]); err == nil && n > 0 {
		r.interval = int64(min(n, 1<<31))
	}
	freq, ok := map[string]frequency{"D": daily, "W": weekly, "MP": monthly, "MD": monthly, "YM": yearly, "YD": yearly, "M": minutely}[kind]
	if !ok {
		return nil, fmt.Errorf("rule %q has no FREQ", short([]byte(s)))
	}
	r.freq = freq
	numbers := []int{1}
	for i, w := range f[1:] {
		if err := r.oldWord(kind, w, &numbers, i == len(f)-2); err != nil {
			return nil, err
		}
	}
	r.normalise()
	return r, nil
}

// oldWord reads one word behind the frequency of a vCalendar 1.0 rule.
func (r *rule) oldWord(kind, w string, numbers *[]int, last bool) error {
	if n, ok := strings.CutPrefix(w, "#"); ok {
		c, err := atoi(n, 0, 1<<31)
		r.count = c
		return err
	}
	if last && len(w) >= 8 {
		u, err := parseStamp([]byte(w))
		r.until, r.count = &u, 0
		return err
	}
	if wd := slices.Index(weekdayNames, w); wd >= 0 {
		if kind != "MP" {
			r.weekdays |= 1 << wd
			return nil
		}
		for _, n := range *numbers {
			r.nths = append(r.nths, nth{n, wd})
		}
		return nil
	}
	num, neg := strings.CutSuffix(w, "-")
	num = strings.TrimSuffix(num, "+")
	if kind == "MD" && w == "LD" {
		num, neg = "1", true
	}
	n, err := atoi(num, 1, 366)
	if err != nil {
		if len(w) == 4 && kind != "MD" { // a time of day: it is the start's
			return nil
		}
		return fmt.Errorf("rule word %q: %w", short([]byte(w)), err)
	}
	if neg {
		n = -n
	}
	switch kind {
	case "MP":
		if len(r.nths) > 0 && len(*numbers) > 0 && (*numbers)[0] != n {
			*numbers = nil
		}
		*numbers = []int{n}
	case "MD":
		r.monthDay = append(r.monthDay, n)
	case "YM":
		r.months |= 1 << min(max(n, 1), 12)
	case "YD":
		r.yearDay = append(r.yearDay, n)
	}
	return nil
}
