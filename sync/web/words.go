package web

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"followup/planner/interview"
)

func escapeQuery(s string) string { return url.QueryEscape(s) }

// days says a duration as people say it of waiting.
func days(d time.Duration) string {
	switch n := int(d.Hours() / 24); {
	case d < time.Hour:
		return "less than an hour"
	case d < 24*time.Hour:
		return plural(int(d.Hours()), "hour")
	case n < 21:
		return plural(n, "day")
	default:
		return plural(n/7, "week")
	}
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// relative says when something is, seen from now: by calendar days in their zone.
func relative(t, now time.Time) string {
	n := dayNumber(t) - dayNumber(now.In(t.Location()))
	switch {
	case n == 0 && t.Before(now):
		return "earlier today"
	case n == 0:
		return "today"
	case n == 1:
		return "tomorrow"
	case n == -1:
		return "yesterday"
	case n > 1 && n < 14:
		return fmt.Sprintf("in %d days", n)
	case n >= 14:
		return fmt.Sprintf("in %d weeks", n/7)
	case n > -14:
		return fmt.Sprintf("%d days ago", -n)
	default:
		return fmt.Sprintf("%d weeks ago", -n/7)
	}
}

func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ago says how long ago something was, for health.
func ago(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	d := now.Sub(t)
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return plural(int(d.Minutes()), "minute") + " ago"
	}
	return days(d) + " ago"
}

// when says day and time: "Thu 26 Nov, 10:00", with the year when it is another.
func when(t, now time.Time) string {
	layout := "Mon 2 Jan, 15:04"
	if t.Year() != now.In(t.Location()).Year() {
		layout = "Mon 2 Jan 2006, 15:04"
	}
	return t.Format(layout)
}

// people names persons: "Ana Ruiz, Ben Okafor and Chen Wei".
func people(list []interview.Person) string {
	var names []string
	for _, p := range list {
		if p.Name != "" {
			names = append(names, p.Name)
		} else if p.Email != "" {
			names = append(names, p.Email)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// roundNames is what each kind of conversation is called.
var roundNames = map[interview.Round]string{
	interview.Screen:        "Phone screen",
	interview.HiringManager: "Hiring manager",
	interview.Technical:     "Technical interview",
	interview.TakeHome:      "Take-home task",
	interview.Panel:         "Panel",
	interview.Onsite:        "On site",
	interview.Final:         "Final round",
	interview.OfferCall:     "Offer call",
	interview.Other:         "Interview",
}

// roundName names a round.
func roundName(r interview.Round) string {
	if n := roundNames[r]; n != "" {
		return n
	}
	return "Interview"
}
