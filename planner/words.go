package planner

import (
	"strings"
	"time"
	"unicode"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

const maxTitle = 60

// quote puts a title between quotation marks, cut to a readable length.
func quote(title string) string {
	t := squeeze(title)
	if r := []rune(t); len(r) > maxTitle {
		t = string(r[:maxTitle-1]) + "…"
	}
	if t == "" {
		return "an untitled event"
	}
	return `"` + t + `"`
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
func source(r *round) string { return quote(r.last.Event.Summary) }

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

// windowWords tells the window that a rule opens.
func windowWords(rule Rule) string {
	a, u := rule.After, rule.Until
	switch {
	case u.IsZero():
		return rule.After.Words()
	case a.Days == 0 && !a.Workday && u.Days == 0 && !u.Workday && a.Clock%time.Hour == 0 && u.Clock%time.Hour == 0:
		return itoa(int(a.Clock/time.Hour)) + "-" + plural(int(u.Clock/time.Hour), "hour")
	}
	return a.Words() + " to " + u.Words()
}

var kindNames = map[draft.Kind]string{
	draft.ThankYou: "thank-you", draft.StatusCheck: "status check", draft.RejectionReply: "reply to the rejection",
	draft.FeedbackRequest: "request for feedback", draft.OfferReply: "reply to the offer", draft.Withdrawal: "withdrawal",
	draft.NoShow: "message about the no-show", draft.LetGo: "let go", draft.Card: "handwritten card", draft.Debrief: "note to yourself",
}

func kindWords(k draft.Kind) string { return kindNames[k] }

// newsWords tells what was said. It does not tell when: calendars change that
// moment by themselves, and the text must not change with it.
func newsWords(news said, pr *process) string {
	what := map[string]string{
		calendar.MarkRejected: "they said no", calendar.MarkOffer: "their offer",
		calendar.MarkWithdrawn: "you withdrew", calendar.MarkAccepted: "you accepted",
	}[news.Word]
	return what + " (" + pr.title() + "), as you marked"
}

// lastWords names the interview that news are about.
func lastWords(r *round, loc *time.Location) string {
	return "; the last interview was " + heldWords(r, r.end.In(loc))
}

// reasonOf is why an event is in doubt.
func reasonOf(iv interview.Interview) string {
	if iv.Reason != "" {
		return strings.TrimSuffix(iv.Reason, ".")
	}
	return "confidence " + itoa(int(iv.Confidence*100+0.5)) + " %"
}
