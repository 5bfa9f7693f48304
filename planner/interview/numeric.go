package interview

import (
	"strconv"
	"strings"
	"time"
)

// numeric reads dates and numbers in digits.
func (d *dateReader) numeric(used []bool) {
	s := d.low
	for i := 0; i < len(s); {
		if !digit(s[i]) {
			i++
			continue
		}
		j := i
		for j < len(s) && digit(s[j]) {
			j++
		}
		end := d.numericAt(s, i, j)
		for k := i; k < end && k < len(used); k++ {
			used[k] = true
		}
		i = max(end, j)
	}
}

// numericAt reads one date or number whose first digits are s[i:j].
func (d *dateReader) numericAt(s string, i, j int) int {
	first, _ := strconv.Atoi(s[i:min(j, i+5)])
	if end := d.spacedDate(s, i, j); end > 0 {
		return end
	}
	sep := byte(0)
	if j < len(s) {
		sep = s[j]
	}
	if (sep == '-' || sep == '.' || sep == '/') && j+1 < len(s) && digit(s[j+1]) {
		k := j + 1
		for k < len(s) && digit(s[k]) {
			k++
		}
		second, _ := strconv.Atoi(s[j+1 : min(k, j+5)])
		third, end := 0, k
		if k+1 < len(s) && s[k] == sep && digit(s[k+1]) {
			m := k + 1
			for m < len(s) && digit(s[m]) {
				m++
			}
			third, _ = strconv.Atoi(s[k+1 : min(m, k+6)])
			end = m
		} else if k < len(s) && s[k] == sep && sep == '.' {
			end = k + 1
		}
		if d.numericDate(sep, first, second, third) {
			return end
		}
		if sep == '-' && j-i <= 2 && k-j <= 3 {
			d.numbers = append(d.numbers, first, second) // 1-2 weeks
			return k
		}
		return k
	}
	rest := s[j:]
	switch {
	case strings.HasPrefix(rest, "月") || strings.HasPrefix(rest, "월"):
		if first >= 1 && first <= 12 && !strings.HasPrefix(rest, "月間") {
			d.month = first
			return j + 3
		}
	case strings.HasPrefix(rest, "年") || strings.HasPrefix(rest, "년"):
		d.year = first
		return j + 3
	case strings.HasPrefix(rest, "日") && !strings.HasPrefix(rest, "日以内") && !strings.HasPrefix(rest, "日間") && !strings.HasPrefix(rest, "日内"), strings.HasPrefix(rest, "号"):
		d.days = append(d.days, first)
		return j + 3
	case strings.HasPrefix(rest, "일") && !strings.HasPrefix(rest, "일 이내") && !strings.HasPrefix(rest, "일 안") && !strings.HasPrefix(rest, "일 후") && !strings.HasPrefix(rest, "일 내"):
		d.days = append(d.days, first)
		return j + 3
	}
	if j-i == 4 && first >= 2000 && first < 2100 {
		d.year = first
		return j
	}
	if strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "%") || strings.HasPrefix(rest, " am") || strings.HasPrefix(rest, " pm") || strings.HasPrefix(rest, " uhr") || strings.HasPrefix(rest, "h") && !strings.HasPrefix(rest, "h ") {
		return j
	}
	if j-i <= 2 {
		if d.unitBehind(j, "") {
			d.numbers = append(d.numbers, first)
		}
		d.days = append(d.days, first)
	}
	return j
}

// spacedDate reads a date with blanks behind its full stops, "26. 11. 2026",
// "2026. 11. 26.", and returns where it ends, 0 when there is none.
func (d *dateReader) spacedDate(s string, i, j int) int {
	var parts [3]int
	at := i
	for n := range parts {
		k := at
		for k < len(s) && digit(s[k]) {
			k++
		}
		if k == at || k-at > 4 {
			if n < 2 || s[at-2] != '.' {
				return 0
			}
			break
		}
		parts[n], _ = strconv.Atoi(s[at:k])
		at = k
		if n < 2 {
			if !strings.HasPrefix(s[k:], ". ") {
				if n == 1 && strings.HasPrefix(s[k:], ".") {
					at = k + 1
					break
				}
				return 0
			}
			at = k + 2
		}
	}
	if d.numericDate('.', parts[0], parts[1], parts[2]) {
		return at
	}
	return 0
}

// numericDate reads 2026-12-04, 04.12.2026, 12/04/2026 and 04/12.
func (d *dateReader) numericDate(sep byte, a, b, c int) bool {
	switch {
	case a > 1000 && c > 0:
		return d.addExact(a, b, c)
	case c > 1000, c >= 20 && c < 100 && c != 0:
		if c < 100 {
			c += 2000
		}
		if sep == '/' && d.monthFirst() && a <= 12 {
			return d.addExact(c, a, b)
		}
		if b > 12 {
			return d.addExact(c, a, b)
		}
		return d.addExact(c, b, a)
	case c != 0 || sep == '-':
		return false
	}
	if sep == '/' && (d.monthFirst() || b > 12 || d.yearFirst()) {
		a, b = b, a
	}
	if b < 1 || b > 12 || a < 1 || a > 31 {
		return false
	}
	if y := d.yearOf(b, a); y > 0 {
		return d.addExact(y, b, a)
	}
	return false
}

// monthFirst tells whether 12/04 is December: in American English. An offset of
// ref west of the Atlantic, or an American zone, tells it from British.
func (d *dateReader) monthFirst() bool {
	if d.lang != "en" && d.lang != "" {
		return false
	}
	_, off := d.ref.Zone()
	return off <= -4*3600 && off >= -10*3600
}

func (d *dateReader) yearFirst() bool { return d.lang == "ja" || d.lang == "zh" || d.lang == "ko" }

// yearOf is the year in which month and day come next after ref.
func (d *dateReader) yearOf(month, day int) int {
	if d.year != 0 {
		return d.year
	}
	y := d.ref.Year()
	t := time.Date(y, time.Month(month), day, 0, 0, 0, 0, d.ref.Location())
	if t.Before(midnight(d.ref).AddDate(0, 0, -31)) {
		y++
	}
	return y
}

// addExact adds a date that exists; an impossible one is refused, not rolled over.
func (d *dateReader) addExact(y, m, day int) bool {
	t := time.Date(y, time.Month(m), day, 0, 0, 0, 0, d.ref.Location())
	if m < 1 || m > 12 || t.Day() != day || t.Month() != time.Month(m) {
		return false
	}
	d.exact = append(d.exact, t)
	return true
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}
