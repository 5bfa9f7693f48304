package planner

import (
	"strings"
	"time"
	"unicode"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

// The most characters of other people's words that a text of ours quotes.
const (
	maxTitle = 60  // of an event's title
	maxName  = 100 // of a person's, a company's or a position's name
)

// quote puts a title between quotation marks, cut to a readable length.
func quote(title string) string {
	if t := shortTitle(title); t != "" {
		return `"` + t + `"`
	}
	return "an untitled event"
}

func shortTitle(title string) string { return short(title, maxTitle) }

// short is a text in one line of at most limit characters.
func short(s string, limit int) string {
	s = squeeze(s)
	if r := []rune(s); len(r) > limit {
		s = string(r[:limit-1]) + "…"
	}
	return s
}

// squeeze makes one line of a text, without the characters that are not seen but
// change how the rest is read: controls and overrides of the writing direction.
func squeeze(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// shellQuote makes a word that a shell takes as one.
func shellQuote(s string) string {
	if s != "" && strings.IndexFunc(s, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@._-", r)
	}) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// source names the event that a follow-up comes from.
func source(r *round) string { return quote(calendar.WithoutMarks(r.last.Event.Summary)) }

// heldWords names the event and when it ended, in the zone of near; the year only
// where it is not the year of near.
func heldWords(r *round, near time.Time) string {
	if e := r.last.Event; e.AllDay {
		return source(r) + " (all day " + dateWords(lastDay(e), near) + ")"
	}
	return source(r) + " (ended " + moment(r.end.In(near.Location()), near) + ")"
}

// moment tells a time; the year only where it is not the year of near.
func moment(t, near time.Time) string {
	if t.Year() == near.In(t.Location()).Year() {
		return t.Format("Mon 2 Jan 15:04")
	}
	return t.Format("Mon 2 Jan 2006 15:04")
}

// dateWords tells a date; the year only where it is not the year of near.
func dateWords(date, near time.Time) string {
	if date.Year() == near.Year() {
		return date.Format("Mon 2 Jan")
	}
	return date.Format("Mon 2 Jan 2006")
}

// reason is why something follows the round by the rule; the year is told only
// where it is not that of near.
func reason(rule draft.Rule, r *round, near time.Time) draft.Reason {
	w := draft.Reason{Rule: rule, Event: shortTitle(calendar.WithoutMarks(r.last.Event.Summary)), AllDay: r.last.Event.AllDay, Held: r.end.In(near.Location()), Near: near}
	if w.AllDay {
		w.Held = lastDay(r.last.Event)
	}
	return w
}

// wait is the delay for a reason.
func wait(d Delay) draft.Wait {
	switch {
	case d.Workday:
		return draft.Wait{N: d.Business, Unit: "business day"}
	case d.Days != 0:
		return draft.Wait{N: d.Days, Unit: "day"}
	case d.Clock%time.Hour == 0:
		return draft.Wait{N: int(d.Clock / time.Hour), Unit: "hour"}
	}
	return draft.Wait{N: int(d.Clock / time.Minute), Unit: "minute"}
}

// inEnglish is a reason for logs and programs.
func inEnglish(r draft.Reason) string { return draft.FrameIn(draft.DefaultLanguage).Why(r) }

// reasonOf is why an event is in doubt.
func reasonOf(iv interview.Interview) string {
	if iv.Reason != "" {
		return strings.TrimSuffix(iv.Reason, ".")
	}
	return "confidence " + itoa(int(iv.Confidence*100+0.5)) + " %"
}
