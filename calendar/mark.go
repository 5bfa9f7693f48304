package calendar

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Mark is one thing that the user said about an interview, a follow-up or a
// whole process: by a hashtag in an event's text, with followup mark, or on the
// page. All three become Marks.
type Mark struct {
	Word  string    `json:"word"`  // one of MarkWords
	Value string    `json:"value"` // as written: a date, a name, a text; "" when the word takes none
	At    time.Time `json:"at"`    // when it was said, or when the event was last changed; zero when unknown
	Note  string    `json:"note,omitempty"`
	Ref   string    `json:"ref,omitempty"` // what it is said of: an event's UID (with /recurrence id), a process or a follow-up key; "" for the event it was read from
}

// The words a Mark can have.
const (
	MarkAnswered     = "answered"
	MarkDecisionBy   = "decision-by"
	MarkRejected     = "rejected"
	MarkOffer        = "offer"
	MarkAccepted     = "accepted"
	MarkDeclined     = "declined"
	MarkWithdrawn    = "withdrawn"
	MarkWentWell     = "went-well"
	MarkWentBadly    = "went-badly"
	MarkSent         = "sent"
	MarkSkip         = "skip"
	MarkNoShow       = "no-show"
	MarkInterview    = "interview"
	MarkNotInterview = "not-interview"
	MarkCompany      = "company"
	MarkRole         = "role"
	MarkWith         = "with"
	MarkNote         = "note"
)

// MarkRestored takes back a skip of the same follow-up. Restoring says it; it is no
// word of people's, and not in MarkWords.
const MarkRestored = "restored"

// MarkWords lists every word, in the order in which help shows them.
var MarkWords = []string{
	MarkSent, MarkSkip, MarkAnswered, MarkDecisionBy, MarkRejected, MarkOffer, MarkAccepted,
	MarkDeclined, MarkWithdrawn, MarkWentWell, MarkWentBadly, MarkNoShow, MarkInterview,
	MarkNotInterview, MarkCompany, MarkRole, MarkWith, MarkNote,
}

// TakesValue tells whether the word is followed by a value: a date for answered,
// decision-by and offer, a text for company, role, with and note.
func TakesValue(word string) bool {
	switch word {
	case MarkAnswered, MarkDecisionBy, MarkOffer, MarkCompany, MarkRole, MarkWith, MarkNote:
		return true
	}
	return false
}

// Marks reads the hashtags in the event's title and description, in the order in
// which they stand. Words are case-insensitive; a value runs to the next hashtag
// or to the line's end, a note always to the line's end. A "#" inside a word or
// a URL is no hashtag. At is the event's last change.
func (e Event) Marks() []Mark {
	marks := ParseMarks(e.Summary)
	marks = append(marks, ParseMarks(e.Description)...)
	for i := range marks {
		marks[i].At = e.Updated
	}
	return marks
}

// ParseMarks reads the hashtags in a text: see Event.Marks.
func ParseMarks(text string) []Mark {
	var marks []Mark
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		for at := 0; ; {
			word, from, ok := nextTag(line, &at)
			if !ok {
				break
			}
			m := Mark{Word: word}
			if TakesValue(word) {
				rest := line[from:]
				if word != MarkNote {
					if end := at; nextTagStart(line, &end) {
						rest = line[from:end]
					}
				} else {
					at = len(line)
				}
				m.Value = strings.TrimSpace(strings.TrimLeft(rest, ": \t"))
			}
			marks = append(marks, m)
		}
	}
	return marks
}

// nextTag finds the first known hashtag at or after *at and moves *at behind it.
func nextTag(line string, at *int) (word string, from int, ok bool) {
	for nextTagStart(line, at) {
		rest := line[*at+1:]
		n := strings.IndexFunc(rest, func(r rune) bool { return r != '-' && r != '_' && !unicode.IsLetter(r) })
		if n < 0 {
			n = len(rest)
		}
		tag := strings.Trim(strings.ReplaceAll(strings.ToLower(rest[:n]), "_", "-"), "-")
		*at += 1 + n
		if w, known := markAlias[tag]; known {
			return w, *at, true
		}
	}
	return "", 0, false
}

// nextTagStart moves *at to the next "#" that begins a hashtag.
func nextTagStart(line string, at *int) bool {
	for i := *at; i < len(line); i++ {
		if line[i] != '#' {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(line[:i])
		after, _ := utf8.DecodeRuneInString(line[i+1:])
		free := i == 0 || unicode.IsSpace(before) || strings.ContainsRune("([{,;.!?>*–—-", before)
		if free && unicode.IsLetter(after) {
			*at = i
			return true
		}
	}
	*at = len(line)
	return false
}

// markAlias maps what people write to the word it means.
var markAlias = func() map[string]string {
	m := map[string]string{
		"wentwell": MarkWentWell, "wentbadly": MarkWentBadly, "noshow": MarkNoShow,
		"decisionby": MarkDecisionBy, "notinterview": MarkNotInterview, "notaninterview": MarkNotInterview,
		"nofollowup": MarkSkip, "no-followup": MarkSkip,
	}
	for _, w := range MarkWords {
		m[w] = w
	}
	return m
}()

// KnownMark tells whether the word is one of MarkWords.
func KnownMark(word string) bool { return slices.Contains(MarkWords, word) }

// TitleDone tells whether the title says that the follow-up is done: it begins
// with ✓, ✔, ☑, ✅, [x] or the word "done".
func TitleDone(title string) bool {
	t := strings.ToLower(strings.TrimLeftFunc(title, unicode.IsSpace))
	for _, p := range []string{"✓", "✔", "☑", "✅", "[x]"} {
		if strings.HasPrefix(t, p) {
			return true
		}
	}
	rest, ok := strings.CutPrefix(t, "done")
	next, _ := utf8.DecodeRuneInString(rest)
	return ok && (rest == "" || !unicode.IsLetter(next))
}
