package ics

import (
	"bytes"
	"errors"
	"fmt"
	"time"
)

// stamp is a DATE or DATE-TIME value as written: what the clock on the wall
// shows, and whether that clock shows UTC.
type stamp struct {
	wall int64 // seconds from 1970-01-01T00:00:00 on that clock
	date bool  // DATE: wall is midnight
	utc  bool
}

const day = 24 * 60 * 60

var errNoTime = errors.New("no date or time")

// parseStamp reads 20260105T100000Z, and what people write instead: no seconds,
// a bare date, ISO 8601 with hyphens and colons, with an offset or a fraction.
// The shape of the value counts, not what VALUE says.
func parseStamp(b []byte) (stamp, error) {
	b = bytes.Trim(b, " \t\x00\"\\")
	var digits [14]byte
	n, i := 0, 0
	sep := false
	for ; i < len(b) && n < len(digits); i++ {
		c := b[i]
		switch {
		case '0' <= c && c <= '9':
			digits[n] = c - '0'
			n++
			continue
		case (c == 'T' || c == 't' || c == ' ') && n == 8 && !sep:
			sep = true
			continue
		case (c == '-' || c == '/') && (n == 4 || n == 6), c == ':' && n >= 10:
			continue
		}
		break
	}
	for n >= 12 && i < len(b) && (b[i] == '.' || '0' <= b[i] && b[i] <= '9') {
		i++
	}
	rest := b[i:]
	switch {
	case n == 0 && len(b) == 0:
		return stamp{}, errNoTime
	case n == 8 && (len(rest) == 0 || !sep && (rest[0] == 'Z' || rest[0] == 'z')), n == 8 && sep && len(rest) == 0:
		return civil(digits[:], true, nil)
	case (n == 10 || n == 12 || n == 14) && sep:
		return civil(digits[:], false, rest)
	}
	return stamp{}, fmt.Errorf("%q is no date or time", short(b))
}

// civil makes a stamp of 14 digits, of which the missing ones are 0, and a zone.
func civil(d []byte, date bool, zone []byte) (stamp, error) {
	two := func(i int) int { return int(d[i])*10 + int(d[i+1]) }
	y, m, dd := two(0)*100+two(2), two(4), two(6)
	if m < 1 || m > 12 || dd < 1 || dd > daysIn(y, m) {
		return stamp{}, fmt.Errorf("there is no day %04d-%02d-%02d", y, m, dd)
	}
	s := stamp{wall: civilDays(y, m, dd) * day, date: date}
	if date {
		return s, nil
	}
	hh, mm, ss := two(8), two(10), two(12)
	if hh > 24 || mm > 59 || ss > 60 || hh == 24 && mm+ss > 0 {
		return stamp{}, fmt.Errorf("there is no time %02d:%02d:%02d", hh, mm, ss)
	}
	s.wall += int64(hh*3600 + mm*60 + min(ss, 59))
	if len(zone) == 0 {
		return s, nil
	}
	switch zone[0] {
	case 'Z', 'z':
		s.utc = true
	case '+', '-':
		if off, ok := parseOffset(zone); ok {
			s.wall, s.utc = s.wall-int64(off), true
		}
	}
	return s, nil
}

// short is what of a value an error shows.
func short(b []byte) string {
	if len(b) > 40 {
		return string(b[:40]) + "..."
	}
	return string(b)
}

// parseOffset reads a UTC-OFFSET: +0100, -0800, +023017, +01:00.
func parseOffset(b []byte) (int, bool) {
	b = bytes.TrimSpace(b)
	sign := 1
	if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
		if b[0] == '-' {
			sign = -1
		}
		b = b[1:]
	}
	var d [6]int
	n := 0
	for _, c := range b {
		if '0' <= c && c <= '9' && n < 6 {
			d[n] = int(c - '0')
			n++
		} else if c != ':' {
			return 0, false
		}
	}
	if n != 4 && n != 6 {
		return 0, false
	}
	off := (d[0]*10+d[1])*3600 + (d[2]*10+d[3])*60 + d[4]*10 + d[5]
	if off > 26*3600 {
		return 0, false
	}
	return sign * off, true
}

// maxDuration bounds DURATION values: a longer one is a mistake.
const maxDuration = 366 * 24 * time.Hour

// parseDuration reads a DURATION (RFC 5545 section 3.3.6), with the time
// designators that makers put wrong: P15M is 15 minutes, P1DT one day, PT1H30 an
// hour and a half.
func parseDuration(b []byte) (time.Duration, error) {
	b = bytes.TrimSpace(b)
	orig := b
	neg := false
	if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
		neg = b[0] == '-'
		b = b[1:]
	}
	if len(b) == 0 || b[0] != 'P' && b[0] != 'p' {
		return 0, fmt.Errorf("%q is no duration", short(orig))
	}
	var sum time.Duration
	n, digits := int64(0), 0
	last := time.Hour
	for _, c := range b[1:] {
		unit := time.Duration(0)
		switch c {
		case 'T', 't', ' ':
			continue
		case 'W', 'w':
			unit = 7 * 24 * time.Hour
		case 'D', 'd':
			unit = 24 * time.Hour
		case 'H', 'h':
			unit = time.Hour
		case 'M', 'm':
			unit = time.Minute
		case 'S', 's':
			unit = time.Second
		default:
			if c < '0' || c > '9' {
				return 0, fmt.Errorf("%q is no duration", short(orig))
			}
			n, digits = min(n*10+int64(c-'0'), 1e9), digits+1
			continue
		}
		sum += bounded(n, unit)
		n, digits, last = 0, 0, unit
	}
	if digits > 0 && last == time.Hour {
		sum += bounded(n, time.Minute)
	}
	sum = min(sum, 100*maxDuration)
	if neg {
		sum = -sum
	}
	return sum, nil
}

func bounded(n int64, unit time.Duration) time.Duration {
	return time.Duration(min(n, int64(maxDuration/unit)+1)) * unit
}

// civilDays is the number of days from 1970-01-01 to the day.
func civilDays(y, m, d int) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	era := floorDiv(int64(y), 400)
	yoe := int64(y) - era*400
	doy := int64((153*(m-3)+2)/5 + d - 1)
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
}

// civilDate is the day that is n days from 1970-01-01.
func civilDate(n int64) (y, m, d int) {
	n += 719468
	era := floorDiv(n, 146097)
	doe := n - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = int(doy-(153*mp+2)/5) + 1
	m = int(mp) + 3
	y = int(yoe + era*400)
	if m > 12 {
		m -= 12
		y++
	}
	return y, m, d
}

// weekday is the day of the week of day n, Sunday = 0.
func weekday(n int64) int {
	return int(((n+4)%7 + 7) % 7)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func leap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

func daysIn(y, m int) int {
	if m == 2 {
		if leap(y) {
			return 29
		}
		return 28
	}
	if m == 4 || m == 6 || m == 9 || m == 11 {
		return 30
	}
	return 31
}

// instant is the moment at which the clock of a zone shows wall. A time that the
// clock skips is read with the offset before the gap, one that it shows twice is
// the first of the two: RFC 5545 section 3.3.5. time.Date promises neither.
func instant(wall int64, loc *time.Location) time.Time {
	if loc == time.UTC {
		return time.Unix(wall, 0).UTC()
	}
	const far = 39 * 3600 // the widest offset and a skipped day
	before, after := offsetAt(wall-far, loc), offsetAt(wall+far, loc)
	early := time.Unix(wall-before, 0).In(loc)
	if before == after || offsetAt(wall-before, loc) == before {
		return early
	}
	if offsetAt(wall-after, loc) == after {
		return time.Unix(wall-after, 0).In(loc)
	}
	return early
}

// offsetAt is the zone's offset in seconds east of UTC at a moment.
func offsetAt(unix int64, loc *time.Location) int64 {
	_, off := time.Unix(unix, 0).In(loc).Zone()
	return int64(off)
}

// wallOf is what the clock of t's zone shows at t.
func wallOf(t time.Time) int64 {
	_, off := t.Zone()
	return t.Unix() + int64(off)
}
