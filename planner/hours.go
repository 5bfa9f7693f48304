package planner

import (
	"fmt"
	"strings"
	"time"
)

// Hours are the working hours of a day, as times of day after midnight by the
// clock on the wall. When Until is not after From they end on the next day, as a
// night shift does.
type Hours struct{ From, Until time.Duration }

const day = 24 * time.Hour

// ParseHours reads working hours: "09:00-18:00", "9-17", "22:00-06:00".
func ParseHours(text string) (Hours, error) {
	from, until, ok := strings.Cut(strings.ReplaceAll(text, "–", "-"), "-")
	f, errFrom := parseClock(from)
	u, errUntil := parseClock(until)
	if !ok || errFrom != nil || errUntil != nil {
		return Hours{}, fmt.Errorf(`%q are no working hours: write them as "09:00-18:00"`, text)
	}
	if f == u || f == day {
		return Hours{}, fmt.Errorf(`%q are no working hours: they end when they begin; the whole day is "00:00-24:00"`, text)
	}
	return Hours{From: f, Until: u}, nil
}

func parseClock(text string) (time.Duration, error) {
	s := strings.TrimSpace(text)
	if s == "24" || s == "24:00" {
		return day, nil
	}
	layout := "15:04"
	if !strings.Contains(s, ":") {
		layout = "15"
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		return 0, err
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// String is what ParseHours reads as h.
func (h Hours) String() string { return clockText(h.From) + "-" + clockText(h.Until) }

// MarshalText writes the hours as String does.
func (h Hours) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads the hours as ParseHours does.
func (h *Hours) UnmarshalText(text []byte) error {
	parsed, err := ParseHours(string(text))
	if err != nil {
		return err
	}
	*h = parsed
	return nil
}

// length is how long the working hours of a day are.
func (h Hours) length() time.Duration {
	if h.Until <= h.From {
		return h.Until + day - h.From
	}
	return h.Until - h.From
}

func clockText(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", d/time.Hour, d%time.Hour/time.Minute)
}

// ParseWeekday reads a day of the week: "sat", "Saturday".
func ParseWeekday(text string) (time.Weekday, error) {
	s := strings.ToLower(strings.TrimSpace(text))
	for d := time.Sunday; d <= time.Saturday; d++ {
		name := strings.ToLower(d.String())
		if len(s) >= 3 && strings.HasPrefix(name, s) {
			return d, nil
		}
	}
	return 0, fmt.Errorf("%q is no day of the week: write mon, tue, wed, thu, fri, sat or sun", text)
}
