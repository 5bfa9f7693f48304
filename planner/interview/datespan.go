package interview

import (
	"strings"
	"time"
)

// readSpan reads "in two weeks", "within 5 business days", "1-2 weeks".
func (d *dateReader) readSpan(today time.Time) (Dates, bool) {
	lo, hi := d.numbers[0], d.numbers[0]
	for _, n := range d.numbers[1:] {
		lo, hi = min(lo, n), max(hi, n)
	}
	if hi < 1 || hi > 120 {
		return Dates{}, false
	}
	add := func(n int) time.Time {
		switch d.unit {
		case "week":
			return today.AddDate(0, 0, 7*n)
		case "month":
			return today.AddDate(0, n, 0)
		case "workday":
			return addWorkdays(today, n)
		case "fortnight":
			return today.AddDate(0, 0, 14*n)
		case "hour":
			return midnight(d.ref.Add(time.Duration(n) * time.Hour))
		}
		return today.AddDate(0, 0, n)
	}
	d.by = d.by || d.next && hi > 0
	return d.until(add(hi), add(lo))
}

// addWorkdays adds days from Monday to Friday.
func addWorkdays(t time.Time, n int) time.Time {
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if w := t.Weekday(); w != time.Saturday && w != time.Sunday {
			n--
		}
	}
	return t
}

// readWeek reads "this week", "end of next week". A week's end is its last
// working day.
func (d *dateReader) readWeek(today time.Time) (Dates, bool) {
	first, last := 1, 5
	switch d.lang {
	case "he", "ar":
		first, last = 0, 4 // Sunday to Thursday
	}
	w := isoWeekday(today)
	if first == 0 && w == 7 {
		w = 0
	}
	shift := 0
	switch {
	case d.afterNext:
		shift = 14
	case d.next:
		shift = 7
	case w >= last:
		shift = 7 // "by the end of the week", said on a Friday
	}
	monday := today.AddDate(0, 0, first-w+shift)
	friday := monday.AddDate(0, 0, last-first)
	switch {
	case d.early:
		friday = monday.AddDate(0, 0, 1)
	case d.mid:
		monday, friday = monday.AddDate(0, 0, 1), monday.AddDate(0, 0, 2)
	case d.end || d.eow:
		monday = friday.AddDate(0, 0, -1)
	}
	if monday.Before(today) {
		monday = today
	}
	return d.until(friday, monday)
}

// unitBehind tells whether a unit follows directly, or another number than value
// or the word "to" that a unit follows in turn: "two to three weeks".
func (d *dateReader) unitBehind(at int, value string) bool {
	rest := strings.TrimLeft(d.low[at:], " ()-–~/")
	for _, o := range d.v.scan(newText(cut(rest, 40))) {
		switch {
		case o.start > 2:
		case o.section == "unit", o.section == "date" && o.value == "to", o.section == "number" && o.value != value:
			return true
		}
	}
	return rest != "" && digit(rest[0])
}

// numberCounts tells whether a word for a number stands before a unit: "a" in
// "a week", not in "a decision".
func (d *dateReader) numberCounts(h hit) bool {
	return d.unitBehind(h.end, h.value)
}
