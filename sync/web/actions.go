package web

import (
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"followup/calendar"
)

// said is what the page confirms after an action; the address carries the key
// alone, so that nobody can put words into the page's mouth by a link.
var said = map[string]string{
	calendar.MarkSent:         "Marked as sent.",
	calendar.MarkSkip:         "Skipped. You can bring it back where it was.",
	calendar.MarkAnswered:     "Noted: they answered.",
	calendar.MarkDecisionBy:   "Noted: the day by which they want to answer.",
	calendar.MarkRejected:     "Noted: rejected. There will be other doors.",
	calendar.MarkOffer:        "Noted: an offer. Congratulations!",
	calendar.MarkAccepted:     "Noted: accepted. Congratulations!",
	calendar.MarkDeclined:     "Noted: you declined.",
	calendar.MarkWithdrawn:    "Noted: you withdrew.",
	calendar.MarkWentWell:     "Noted: it went well.",
	calendar.MarkWentBadly:    "Noted: it did not go well.",
	calendar.MarkNoShow:       "Noted: the interview was missed.",
	calendar.MarkInterview:    "It counts as an interview from now on.",
	calendar.MarkNotInterview: "It no longer counts as an interview.",
	calendar.MarkCompany:      "The company was put right.",
	calendar.MarkRole:         "The position was put right.",
	calendar.MarkWith:         "The person was added.",
	calendar.MarkNote:         "The note was kept; it goes into the thank-you.",
	"renewed":                 "The feed has a new address. The old one ended.",
	"restored":                "It is back.",
	"synced":                  "Done: everything was read again.",
}

// longestValue bounds what a mark says.
const longestValue = 4000

// mark takes one word about one thing: ref, word and value, as the buttons send
// them. A form that also has company, role or with says those along with it.
//
// It is idempotent: what was said already since the page was made (seen) is not
// said again, so a second press or a reload changes nothing.
func (s *server) mark(w http.ResponseWriter, r *http.Request) {
	marks, err := s.marksOf(r)
	if err != nil {
		s.render(w, r, http.StatusBadRequest, "problem", problem{"That was not understood", err.Error()})
		return
	}
	view, err := s.o.Ledger.View(r.Context())
	if err != nil {
		s.failed(w, r, err)
		return
	}
	seen, _ := time.Parse(time.RFC3339Nano, r.PostFormValue("seen"))
	for _, m := range marks {
		if saidSince(view.Marks, m, seen) {
			continue
		}
		if err := s.o.Ledger.Mark(r.Context(), m); err != nil {
			s.failed(w, r, err)
			return
		}
	}
	s.count.marks.Add(int64(len(marks)))
	s.back(w, r, marks[0].Word)
}

// complaint is what is wrong with a form, as a sentence for the page.
type complaint string

func (c complaint) Error() string { return string(c) }

// marksOf reads the form.
func (s *server) marksOf(r *http.Request) ([]calendar.Mark, error) {
	if err := r.ParseForm(); err != nil {
		return nil, complaint("The form could not be read; it may be too long.")
	}
	ref := strings.TrimSpace(r.PostForm.Get("ref"))
	if ref == "" {
		return nil, complaint("It is not said what this is about.")
	}
	var out []calendar.Mark
	add := func(word, value string) error {
		value = oneLine(value)
		switch {
		case !calendar.KnownMark(word):
			return complaint("That word is not known.")
		case len(value) > longestValue:
			return complaint("That is too long; shorten it to a few sentences.")
		case needsValue(word) && value == "":
			return complaint("Something has to be written into the field.")
		}
		out = append(out, calendar.Mark{Word: word, Value: value, Ref: ref, At: s.o.Now().Truncate(time.Second)})
		return nil
	}
	if word := r.PostForm.Get("word"); word != "" {
		if err := add(word, r.PostForm.Get("value")); err != nil {
			return nil, err
		}
	}
	for _, word := range []string{calendar.MarkCompany, calendar.MarkRole, calendar.MarkWith, calendar.MarkNote} {
		value := oneLine(r.PostForm.Get(word))
		if value == "" || value == oneLine(r.PostForm.Get("was-"+word)) {
			continue
		}
		if err := add(word, value); err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, complaint("Nothing was changed in the form.")
	}
	return out, nil
}

func needsValue(word string) bool {
	switch word {
	case calendar.MarkDecisionBy, calendar.MarkCompany, calendar.MarkRole, calendar.MarkWith, calendar.MarkNote:
		return true
	}
	return false
}

// oneLine makes a value what a mark's value is: one line of text.
func oneLine(v string) string {
	if !utf8.ValidString(v) {
		return ""
	}
	return strings.Join(strings.FieldsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f || r == ' ' }), " ")
}

// saidSince tells whether the same was said of the same thing since the page was
// made.
func saidSince(marks []calendar.Mark, m calendar.Mark, seen time.Time) bool {
	if seen.IsZero() {
		return false
	}
	for _, old := range marks {
		if old.Word == m.Word && old.Value == m.Value && old.Ref == m.Ref && !old.At.Before(seen.Truncate(time.Second)) {
			return true
		}
	}
	return false
}

func (s *server) restore(w http.ResponseWriter, r *http.Request) {
	key := r.PostFormValue("key")
	if key == "" {
		s.render(w, r, http.StatusBadRequest, "problem", problem{"That was not understood", "It is not said which follow-up."})
		return
	}
	if err := s.o.Ledger.Restore(r.Context(), key); err != nil {
		s.failed(w, r, err)
		return
	}
	s.back(w, r, "restored")
}

func (s *server) syncNow(w http.ResponseWriter, r *http.Request) {
	if err := s.o.Ledger.Sync(r.Context(), r.PostFormValue("token")); err != nil {
		s.failed(w, r, err)
		return
	}
	s.back(w, r, "synced")
}

func (s *server) renew(w http.ResponseWriter, r *http.Request) {
	if s.o.Renew == nil {
		s.notFound(w, r, "The address can't be renewed here.")
		return
	}
	if err := s.o.Renew(); err != nil {
		s.failed(w, r, err)
		return
	}
	s.secrets.forget()
	http.Redirect(w, r, "/subscribe?said=renewed", http.StatusSeeOther)
}

// failed says that an action was not done. The cause is in the log and not on the
// page: it may name an address that is a password.
func (s *server) failed(w http.ResponseWriter, r *http.Request, err error) {
	s.log.Error("an action failed", "path", r.URL.Path, "error", err)
	text := "followup's log says why. Try again; if it fails again, run followup doctor."
	switch {
	case errors.Is(err, calendar.ErrNotFound):
		s.notFound(w, r, "What this was about is no longer there: the calendar may have changed meanwhile.")
		return
	case errors.Is(err, calendar.ErrAuth):
		text = "A calendar asks for a new sign-in. Run followup doctor; it says which and how."
	}
	s.render(w, r, http.StatusInternalServerError, "problem", problem{"That could not be done", text})
}

// back goes to the page that the form was on (303: the reload of a POST is a GET).
func (s *server) back(w http.ResponseWriter, r *http.Request, what string) {
	to := ownPath(r.PostFormValue("back"))
	if what == calendar.MarkNotInterview && strings.HasPrefix(to, "/applications/") {
		to = "/calendar" // the application may be gone with it
	}
	sep := "?"
	if strings.Contains(to, "?") {
		sep = "&"
	}
	http.Redirect(w, r, to+sep+"said="+escapeQuery(what), http.StatusSeeOther)
}
