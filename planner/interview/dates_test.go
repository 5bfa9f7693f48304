package interview

import (
	"testing"
	"time"
)

// The reference is Monday, 2 November 2026, in the afternoon.
func TestParseDates(t *testing.T) {
	for _, c := range []struct{ text, lang, from, until string }{
		{"2026-12-04", "", "2026-12-04", "2026-12-04"},
		{"by 2026-12-04", "en", "2026-11-02", "2026-12-04"},
		{"04.12.2026", "de", "2026-12-04", "2026-12-04"},
		{"4. Dezember", "de", "2026-12-04", "2026-12-04"},
		{"December 4", "en", "2026-12-04", "2026-12-04"},
		{"by Friday", "en", "2026-11-02", "2026-11-06"},
		{"by the end of next week", "en", "2026-11-02", "2026-11-13"},
		{"next week", "en", "2026-11-09", "2026-11-13"},
		{"early next week", "en", "2026-11-09", "2026-11-10"},
		{"in two weeks", "en", "2026-11-16", "2026-11-16"},
		{"within 5 business days", "en", "2026-11-02", "2026-11-09"},
		{"in 1-2 weeks", "en", "2026-11-09", "2026-11-16"},
		{"by end of month", "en", "2026-11-02", "2026-11-30"},
		{"tomorrow", "en", "2026-11-03", "2026-11-03"},
		{"Ende nächster Woche", "de", "2026-11-12", "2026-11-13"},
		{"bis Freitag", "de", "2026-11-02", "2026-11-06"},
		{"Anfang Dezember", "de", "2026-12-01", "2026-12-07"},
		{"innerhalb von zwei Wochen", "de", "2026-11-16", "2026-11-16"},
		{"d'ici vendredi", "fr", "2026-11-02", "2026-11-06"},
		{"la semaine prochaine", "fr", "2026-11-09", "2026-11-13"},
		{"antes del viernes", "es", "2026-11-02", "2026-11-06"},
		{"a finales de mes", "es", "2026-11-21", "2026-11-30"},
		{"até sexta-feira", "pt", "2026-11-02", "2026-11-06"},
		{"entro la fine della settimana", "it", "2026-11-02", "2026-11-06"},
		{"uiterlijk vrijdag", "nl", "2026-11-02", "2026-11-06"},
		{"do końca tygodnia", "pl", "2026-11-05", "2026-11-06"},
		{"inom två veckor", "sv", "2026-11-16", "2026-11-16"},
		{"senest fredag", "da", "2026-11-02", "2026-11-06"},
		{"kahden viikon kuluessa", "fi", "2026-11-16", "2026-11-16"},
		{"do konce týdne", "cs", "2026-11-02", "2026-11-06"},
		{"jövő hét végéig", "hu", "2026-11-12", "2026-11-13"},
		{"до пятницы", "ru", "2026-11-02", "2026-11-06"},
		{"来週中", "ja", "2026-11-02", "2026-11-13"},
		{"2週間以内", "ja", "2026-11-02", "2026-11-16"},
		{"12月4日まで", "ja", "2026-11-02", "2026-12-04"},
		{"다음 주 중", "ko", "2026-11-02", "2026-11-13"},
		{"下周五前", "zh", "2026-11-02", "2026-11-13"},
		{"خلال أسبوعين", "ar", "2026-11-16", "2026-11-16"},
	} {
		ref := time.Date(2026, 11, 2, 15, 0, 0, 0, berlin)
		d, ok := ParseDates(c.text, ref, c.lang)
		if !ok {
			t.Errorf("%q (%s): no date", c.text, c.lang)
			continue
		}
		if f, u := d.From.Format(time.DateOnly), d.Until.Format(time.DateOnly); u != c.until || f != c.from {
			t.Errorf("%q (%s): %s to %s, want %s to %s", c.text, c.lang, f, u, c.from, c.until)
		}
	}
}

func TestParseDatesRefuses(t *testing.T) {
	for _, s := range []string{"", "soon", "2026-02-30", "31.11.2026", "a decision", "our next steps"} {
		if d, ok := ParseDates(s, time.Date(2026, 11, 2, 15, 0, 0, 0, berlin), "en"); ok {
			t.Errorf("%q is %v", s, d)
		}
	}
}

func TestPromiseIsNotARequest(t *testing.T) {
	for _, s := range []string{
		"Please let us know by Friday whether the time works.",
		"Please send your documents by Friday.",
		"Applications close on Friday, 6 November.",
		"The office is closed next week.",
	} {
		e := event("x", "Interview with Nimbus", 3, 10)
		e.Description = s
		if iv := Recognize(eventsOf(e), nina, nil).Interviews[0]; !iv.HearBy.IsZero() {
			t.Errorf("%q is read as a promise: %v", s, iv.HearBy)
		}
	}
	e := event("x", "Interview with Nimbus", 3, 10)
	e.Description = "Please confirm by Thursday. We will get back to you by Friday of next week."
	if iv := Recognize(eventsOf(e), nina, nil).Interviews[0]; iv.HearBy.Until.Format(time.DateOnly) != "2026-11-13" {
		t.Errorf("promise beside a request: %v", iv.HearBy)
	}
}
