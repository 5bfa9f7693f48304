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
		for _, t := range tags(strings.TrimRight(line, "\r\n")) {
			if t.word != "" {
				marks = append(marks, Mark{Word: t.word, Value: t.value})
			}
		}
	}
	return marks
}

// WithoutMarks is the text without the marks in it and their values, and without
// other hashtags at the ends of lines: what is left is what the text is about.
// Where nothing is left, a date that a mark may have was none: the rest of the
// line is the text.
func WithoutMarks(text string) string {
	if !strings.Contains(text, "#") {
		return text
	}
	if rest := cutTags(text, func(t tag) int { return t.end }); strings.TrimSpace(rest) != "" {
		return rest
	}
	return cutTags(text, func(t tag) int {
		switch t.word {
		case MarkAnswered, MarkDecisionBy, MarkOffer:
			return t.name
		}
		return t.end
	})
}

// cutTags takes the hashtags out of the text, each up to its end.
func cutTags(text string, end func(tag) int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		words := strings.TrimRight(line, "\r\n")
		for _, t := range slices.Backward(tags(words)) {
			if rest := words[min(end(t), len(words)):]; t.word != "" || strings.TrimSpace(rest) == "" {
				words = strings.TrimRightFunc(words[:t.start], unicode.IsSpace) + rest
			}
		}
		b.WriteString(strings.TrimSpace(words))
		if line[len(line)-1] == '\n' {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// tag is one hashtag of a line.
type tag struct {
	word             string // the mark that it is, "" for none
	value            string
	start, name, end int // its "#", the end of its name and that of its value
}

// tags reads the hashtags of one line.
func tags(line string) []tag {
	var out []tag
	for at := 0; nextTagStart(line, &at); {
		t := tag{start: at}
		rest := line[at+1:]
		n := strings.IndexFunc(rest, func(r rune) bool { return r != '-' && r != '_' && !unicode.IsLetter(r) })
		if n < 0 {
			n = len(rest)
		}
		name := strings.Trim(strings.ReplaceAll(strings.ToLower(rest[:n]), "_", "-"), "-")
		t.word = markAlias[name]
		at += 1 + n
		t.name, t.end = at, at
		if TakesValue(t.word) {
			t.end = len(line)
			if t.word != MarkNote {
				nextTagStart(line, &at)
				t.end = at
			}
			t.value = strings.TrimSpace(strings.TrimLeft(line[t.name:t.end], ": \t"))
			at = t.end
		}
		out = append(out, t)
	}
	return out
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
