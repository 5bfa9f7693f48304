package interview

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ParseDates reads a day or a span of days in words or numbers, relative to ref
// and in its zone: "2026-12-04", "by Friday", "Ende nächster Woche", "来週中". lang
// (BCP 47 primary tag, "" when unknown) decides between readings that languages
// share, such as 12/04. It reports false when the text names no day.
func ParseDates(text string, ref time.Time, lang string) (Dates, bool) {
	if lang == "" {
		return loadVocabulary().parseDates(text, ref, lang)
	}
	return loadVocabulary("en", lang).parseDates(text, ref, lang)
}

func (v *vocabulary) parseDates(text string, ref time.Time, lang string) (Dates, bool) {
	t := newText(cut(text, 400))
	d := dateReader{v: v, low: t.low, ref: ref, lang: lang}
	d.scan(v.scan(t))
	return d.read()
}

// dateReader collects what a phrase says about a day, then combines it: the order
// of the words differs between languages and hardly matters.
type dateReader struct {
	v    *vocabulary
	low  string
	ref  time.Time
	lang string

	weekday   int // 1 Monday to 7; 0 none
	weekday2  int
	month     int
	days      []int // numbers that may be days of a month
	exact     []time.Time
	numbers   []int
	unit      string
	unitAt    int
	rel       int // days from ref
	hasRel    bool
	next      bool
	this      bool
	afterNext bool
	end       bool
	early     bool
	mid       bool
	by        bool
	in        bool
	eow, eom  bool
	weekOf    bool // "the week of the 7th"
	weekFrom  bool // "a week from Tuesday"
	holiday   time.Time
	year      int
}

// nearCalendar tells whether a word such as "next" stands by one that it can
// belong to: in "next steps by Friday" it doesn't.
func nearCalendar(h hit, hits []hit) bool {
	for _, o := range hits {
		switch o.section {
		case "unit", "weekday", "month":
		case "date":
			if o.value != "next" && o.value != "this" || o.entry == h.entry || h.value == o.value {
				continue
			}
		default:
			continue
		}
		if o.start >= h.end && o.start-h.end <= 9 || h.start >= o.end && h.start-o.end <= 9 || o.start <= h.start && h.end <= o.end || h.start <= o.start && o.end <= h.end {
			return true
		}
	}
	return false
}

// hasWeekWord tells whether the word for a unit is one for "next week" as well,
// as the Turkish haftaya.
func hasWeekWord(h hit, hits []hit) bool {
	return slices.ContainsFunc(hits, func(o hit) bool {
		return o.section == "date" && o.start == h.start && o.end >= h.end && len(o.value) > 6 && o.lang == h.lang
	})
}

func (d *dateReader) scan(hits []hit) {
	used := make([]bool, len(d.low)+1)
	d.numeric(used)
	covered := 0
	for _, h := range hits {
		if h.start < covered && h.section != "number" && (h.section != "weekday" || !dense(firstRune(h.pre)) || h.end <= covered) {
			continue
		}
		if d.lang != "" && h.lang != d.lang && h.lang != "en" && !dense(firstRune(h.pre)) {
			continue
		}
		if h.lang == "en" && d.lang != "" && d.lang != "en" && (len(h.pre) < 4 || strings.HasPrefix(h.value, "week")) {
			continue
		}
		if used[h.start] || h.section == "unit" && (hasWeekWord(h, hits) || d.weekNumbered(h, hits)) {
			continue
		}
		switch h.value {
		case "next", "this", "afternext", "early", "mid", "end":
			if h.section == "date" && !nearCalendar(h, hits) && !digit(d.low[max(0, h.start-1)]) {
				continue
			}
		}
		if d.take(h) {
			covered = max(covered, h.end)
		}
	}
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// take notes one word; it tells whether it was one of the calendar's.
func (d *dateReader) take(h hit) bool {
	n, _ := strconv.Atoi(h.value)
	switch h.section {
	case "weekday":
		if h.end-h.start <= 2 && !dense(firstRune(h.pre)) && !d.by && !d.datedBehind(h.end) {
			return false // the short form of Frau
		}
		if d.weekday == 0 {
			d.weekday = n
		} else if d.weekday2 == 0 {
			d.weekday2 = n
		}
	case "month":
		if d.month == 0 {
			d.month = n
		}
	case "number":
		if d.numberCounts(h) {
			d.numbers = append(d.numbers, n)
		}
	case "unit":
		if d.unit == "" || h.value == "workday" {
			d.unit, d.unitAt = h.value, h.start
		}
	case "day":
		d.rel, d.hasRel = n, true
	case "date":
		if h.value == "weekno" {
			return d.weekNumber(h.end)
		}
		return d.flag(h)
	default:
		return false
	}
	return true
}

// datedBehind tells whether digits follow an abbreviated weekday: "Fr 4.12."
func (d *dateReader) datedBehind(at int) bool {
	rest := strings.TrimLeft(d.low[at:], "., ")
	return rest != "" && digit(rest[0])
}

// weekNumbered tells whether the word for a unit is one for a numbered week.
func (d *dateReader) weekNumbered(h hit, hits []hit) bool {
	return h.value == "week" && d.datedBehind(h.end) && slices.ContainsFunc(hits, func(o hit) bool {
		return o.value == "weekno" && o.start == h.start && o.lang == h.lang
	})
}

// weekNumber reads the number of a week of the year (ISO 8601) behind its word.
func (d *dateReader) weekNumber(at int) bool {
	rest := strings.TrimLeft(d.low[at:], " .")
	n := 0
	for n < len(rest) && digit(rest[n]) {
		n++
	}
	week, err := strconv.Atoi(rest[:n])
	if err != nil || n > 2 || week < 1 || week > 53 {
		return false
	}
	today := midnight(d.ref)
	monday := today.AddDate(0, 0, 1-isoWeekday(today))
	for range 53 {
		if _, w := monday.ISOWeek(); w == week {
			d.exact = append(d.exact, monday, monday.AddDate(0, 0, 4))
			return true
		}
		monday = monday.AddDate(0, 0, 7)
	}
	return false
}

func (d *dateReader) flag(h hit) bool {
	switch h.value {
	case "next":
		d.next = true
	case "this":
		d.this = true
	case "afternext":
		d.afterNext = true
	case "end":
		d.end = true
	case "early":
		d.early = true
	case "mid":
		d.mid = true
	case "by":
		d.by = true
	case "in":
		d.in = true
	case "eow":
		d.eow = true
	case "eom":
		d.eom = true
	case "weekof":
		d.weekOf = true
	case "weekfrom":
		d.weekFrom = true
	case "christmas":
		d.holiday = time.Date(d.ref.Year(), 12, 24, 0, 0, 0, 0, d.ref.Location())
	case "newyear":
		d.holiday = time.Date(d.ref.Year(), 12, 31, 0, 0, 0, 0, d.ref.Location())
	case "oneweek":
		d.numbers, d.unit = append(d.numbers, 1), "week"
	case "twoweeks":
		d.numbers, d.unit = append(d.numbers, 2), "week"
	case "afternextweek":
		d.afterNext, d.unit = true, "week"
	case "nextweek":
		d.next, d.unit = true, "week"
	case "thisweek":
		d.this, d.unit = true, "week"
	case "nextmonth":
		d.next, d.unit = true, "month"
	case "thismonth":
		d.this, d.unit = true, "month"
	default:
		return false
	}
	return true
}

// read combines what was collected.
func (d *dateReader) read() (Dates, bool) {
	today := midnight(d.ref)
	switch {
	case len(d.exact) > 0:
		return d.until(d.exact[len(d.exact)-1], d.exact[0])
	case d.month > 0:
		return d.readMonth()
	case d.weekday > 0 && (d.unit != "week" || len(d.numbers) == 0 || d.weekFrom):
		return d.readWeekday(today)
	case d.unit != "" && len(d.numbers) > 0:
		return d.readSpan(today)
	case d.eow, d.unit == "week" && (d.next || d.this || d.end || d.afterNext || d.early || d.mid):
		return d.readWeek(today)
	case d.eom, d.unit == "month" && (d.next || d.this || d.end || d.early || d.mid):
		return d.readMonthUnit(today)
	case d.hasRel:
		t := today.AddDate(0, 0, d.rel)
		return d.until(t, t)
	case d.unit == "fortnight":
		return d.until(today.AddDate(0, 0, 14), today.AddDate(0, 0, 14))
	case d.unit == "workday" && d.next:
		t := addWorkdays(today, 1)
		return Dates{t, t}, true
	case (d.unit == "day" || d.unit == "workday") && len(d.numbers) == 0 && d.next:
		return Dates{today.AddDate(0, 0, 1), addWorkdays(today, 5)}, true // "in the coming days"
	case d.unit == "week" && d.in:
		return d.until(today.AddDate(0, 0, 7), today.AddDate(0, 0, 7))
	case len(d.days) > 0 && (d.by || d.weekOf) && d.days[0] >= 1 && d.days[0] <= 31 && d.dayMarked():
		return d.readDay(today)
	case !d.holiday.IsZero() && d.by && d.holiday.After(today):
		return d.until(d.holiday, d.holiday)
	}
	return Dates{}, false
}

// dayMarked tells whether a bare number is written as a day: 4th, den 4., 4日.
func (d *dateReader) dayMarked() bool {
	day := strconv.Itoa(d.days[0])
	for _, s := range []string{"日", "号", "號", "일", "th", "st", "nd", "rd", "-го", "-ого", "-е"} {
		if strings.Contains(d.low, day+s) {
			return true
		}
	}
	for _, s := range []string{"le ", "el ", "il ", "dia ", "del ", "den ", "zum ", "do ", "до ", "the "} {
		if strings.Contains(d.low+" ", s+day+" ") || strings.Contains(d.low+" ", s+day+".") {
			return true
		}
	}
	return false
}

func (d *dateReader) readDay(today time.Time) (Dates, bool) {
	t := time.Date(today.Year(), today.Month(), d.days[0], 0, 0, 0, 0, today.Location())
	if t.Day() != d.days[0] {
		return Dates{}, false
	}
	if t.Before(today) {
		t = time.Date(today.Year(), today.Month()+1, d.days[0], 0, 0, 0, 0, today.Location())
	}
	return d.until(t, t)
}

// until makes the span: from today when the answer comes by then, else the day itself.
func (d *dateReader) until(last, first time.Time) (Dates, bool) {
	today := midnight(d.ref)
	if d.weekOf {
		last = last.AddDate(0, 0, max(0, 5-isoWeekday(last)))
	}
	if d.by && first.After(today) {
		first = today
	}
	if last.Before(first) {
		first, last = last, first
	}
	return Dates{From: first, Until: last}, true
}

func (d *dateReader) readMonth() (Dates, bool) {
	day := 0
	for _, n := range d.days {
		if n >= 1 && n <= 31 {
			day = n
		}
	}
	loc := d.ref.Location()
	if day > 0 {
		y := d.yearOf(d.month, day)
		t := time.Date(y, time.Month(d.month), day, 0, 0, 0, 0, loc)
		if t.Day() != day {
			return Dates{}, false
		}
		first := t
		if len(d.days) > 1 && d.days[0] < day && d.days[0] >= 1 {
			first = t.AddDate(0, 0, d.days[0]-day)
		}
		return d.until(t, first)
	}
	y := d.yearOf(d.month, 28)
	return d.partOfMonth(time.Date(y, time.Month(d.month), 1, 0, 0, 0, 0, loc))
}

// partOfMonth is the beginning, the middle, the end or all of a month.
func (d *dateReader) partOfMonth(first time.Time) (Dates, bool) {
	last := first.AddDate(0, 1, -1)
	switch {
	case d.early:
		return d.until(first.AddDate(0, 0, 6), first)
	case d.mid:
		return d.until(first.AddDate(0, 0, 14), first.AddDate(0, 0, 10))
	case d.end:
		return d.until(last, first.AddDate(0, 0, 20))
	}
	return d.until(last, first)
}

func (d *dateReader) readMonthUnit(today time.Time) (Dates, bool) {
	first := today.AddDate(0, 0, 1-today.Day())
	if d.next {
		first = first.AddDate(0, 1, 0)
	}
	if d.eom {
		d.end = true
	}
	out, ok := d.partOfMonth(first)
	if out.From.Before(today) {
		out.From = today
	}
	return out, ok
}

// readWeekday reads "by Friday", "next Tuesday", "Friday of next week".
func (d *dateReader) readWeekday(today time.Time) (Dates, bool) {
	w := isoWeekday(today)
	ahead := (d.weekday - w + 7) % 7
	if ahead == 0 {
		ahead = 7
	}
	switch {
	case d.unit == "week" && d.afterNext:
		ahead = d.weekday - w + 14
	case d.unit == "week" && d.next, d.next && !d.upcoming():
		ahead = d.weekday - w + 7
	}
	if d.weekFrom && len(d.numbers) > 0 {
		ahead += 7 * d.numbers[0]
	}
	t := today.AddDate(0, 0, ahead)
	if d.weekday2 > 0 {
		second := t.AddDate(0, 0, (d.weekday2-d.weekday+7)%7)
		return d.until(second, t)
	}
	return d.until(t, t)
}

// upcoming tells whether "next Friday" is the coming one in the language, and not
// the one of next week.
func (d *dateReader) upcoming() bool {
	switch d.lang {
	case "fr", "es", "pt", "it", "ro", "el", "ja", "ko", "tr", "ar", "he", "vi", "hi":
		return true
	}
	return false
}

func isoWeekday(t time.Time) int {
	if w := int(t.Weekday()); w > 0 {
		return w
	}
	return 7
}
