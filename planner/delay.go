package planner

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Delay is a length of time as people say it: hours and minutes by the clock,
// days by the calendar (the same time of day, whatever daylight saving does), or
// business days, on which weekends and public holidays do not count. The zero
// Delay is none.
type Delay struct {
	Clock    time.Duration // 24h, 90m
	Days     int           // 7d, 2w
	Business int           // 2bd
	// Workday asks for a business day although Business is 0: "0bd" is the same
	// day, or the next business day when it is none.
	Workday bool
}

// The longest delay that makes sense; it keeps date arithmetic far from overflow.
const (
	maxDelayDays  = 3660
	maxDelayClock = maxDelayDays * 24 * time.Hour
)

// ParseDelay reads a delay: a whole number with a unit (m, h, d, w, bd), as in
// "24h", "7d", "2w", "2bd", "0m", or hours with minutes, as in "1h30m".
func ParseDelay(text string) (Delay, error) {
	s := strings.ToLower(strings.TrimSpace(text))
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	number, unit := s[:digits], strings.TrimSpace(s[digits:])
	if number == "" {
		return Delay{}, delayError(text, "it must begin with a number")
	}
	n, err := strconv.Atoi(number)
	if err != nil || n > maxDelayDays*24*60 {
		return Delay{}, delayError(text, "it is too long; ten years is the most")
	}
	d, err := delayOf(n, unit, s, text)
	if err == nil && (d.Clock > maxDelayClock || d.Days > maxDelayDays || d.Business > maxDelayDays) {
		err = delayError(text, "it is too long; ten years is the most")
	}
	if err != nil {
		return Delay{}, err
	}
	return d, nil
}

func delayOf(n int, unit, s, text string) (Delay, error) {
	switch unit {
	case "bd":
		return Delay{Business: n, Workday: true}, nil
	case "d":
		return Delay{Days: n}, nil
	case "w":
		return Delay{Days: 7 * n}, nil
	case "m", "min":
		return Delay{Clock: time.Duration(n) * time.Minute}, nil
	case "":
		if n == 0 {
			return Delay{}, nil
		}
		return Delay{}, delayError(text, "the unit is missing")
	}
	clock, err := time.ParseDuration(s)
	if err != nil || clock%time.Minute != 0 {
		return Delay{}, delayError(text, "the unit is unknown")
	}
	return Delay{Clock: clock}, nil
}

func delayError(text, why string) error {
	return fmt.Errorf("%q is no delay: %s; write a number and a unit, such as 30m, 24h, 7d, 2w or 2bd (business days)", text, why)
}

// IsZero tells whether there is no delay at all.
func (d Delay) IsZero() bool { return d == Delay{} }

// String is the shortest text that ParseDelay reads as d.
func (d Delay) String() string {
	switch {
	case d.Workday:
		return strconv.Itoa(d.Business) + "bd"
	case d.Days != 0:
		return strconv.Itoa(d.Days) + "d"
	case d.Clock%time.Hour == 0 && d.Clock != 0:
		return strconv.Itoa(int(d.Clock/time.Hour)) + "h"
	case d.Clock > time.Hour:
		return fmt.Sprintf("%dh%dm", d.Clock/time.Hour, d.Clock%time.Hour/time.Minute)
	}
	return strconv.Itoa(int(d.Clock/time.Minute)) + "m"
}

// MarshalText writes the delay as String does.
func (d Delay) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the delay as ParseDelay does.
func (d *Delay) UnmarshalText(text []byte) error {
	parsed, err := ParseDelay(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// rough is about how long the delay is, for comparing delays of different units.
func (d Delay) rough() time.Duration {
	const day = 24 * time.Hour
	return d.Clock + time.Duration(d.Days)*day + time.Duration(d.Business)*day*7/5
}

func (d Delay) compare(o Delay) int { return cmp.Compare(d.rough(), o.rough()) }
