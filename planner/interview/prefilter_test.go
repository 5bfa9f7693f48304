package interview

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"followup/calendar"
	"followup/calendar/ics"
)

// everyday is an event as Google's feed has them, with a conference's boilerplate
// and guests, about 1.75 kB.
const everyday = "BEGIN:VEVENT\r\nDTSTART:20261103T100000Z\r\nDTEND:20261103T110000Z\r\nDTSTAMP:20261101T120000Z\r\n" +
	"ORGANIZER;CN=Bea Quinn:mailto:bea.quinn@orchardsys.example\r\nUID:4k2j5h6g7f8d9s0a1q2w3e4r5t@google.com\r\n" +
	"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Sam Wh\r\n itfield;X-NUM-GUESTS=0:mailto:sam.whitfield@orchardsys.example\r\n" +
	"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;CN=Ra\r\n j Mehta;X-NUM-GUESTS=0:mailto:raj.mehta@orchardsys.example\r\n" +
	"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED;CN=Lou Ma\r\n rsh;X-NUM-GUESTS=0:mailto:lou.marsh@orchardsys.example\r\n" +
	"X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij\r\nCREATED:20260901T120000Z\r\n" +
	"DESCRIPTION:Weekly planning of the storage team: open pull requests\\, capaci\r\n ty for the next sprint and the release on Thursday. Notes are in the sha\r\n red document.\\n\\n-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~\r\n" +
	" :~:~:~:~:~:~:~::~:~::-\\nJoin with Google Meet: https://meet.google.com/abc-\r\n defg-hij\\nOr dial: (US) +1 555-010-0199 PIN: 123456789#\\nMore phone numbers: \r\n" +
	" https://tel.meet/abc-defg-hij?pin=1234567890123&hs=7\\n\\nLearn more about Me\r\n et at: https://support.google.com/a/users/answer/9282720\\n\\nPlease do not ed\r\n it this section.\\n-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:\r\n ~:~:~:~:~:~:~:~::~:~::-\r\n" +
	"LAST-MODIFIED:20261101T120000Z\r\nLOCATION:Building 4\\, Lisbon (12)\r\nSEQUENCE:2\r\nSTATUS:CONFIRMED\r\nSUMMARY:Storage team weekly\r\nTRANSP:OPAQUE\r\n" +
	"BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:This is an event reminder\r\nTRIGGER:-P0DT0H10M0S\r\nEND:VALARM\r\nEND:VEVENT\r\n"

func TestPrefilterRefusesBoilerplate(t *testing.T) {
	if Prefilter([]byte(everyday)) {
		t.Error("an everyday meeting with a conference's boilerplate passes")
	}
}

func TestPrefilterUndoesFoldsEscapesAndMarkup(t *testing.T) {
	for name, c := range map[string]string{
		"plain":           "BEGIN:VEVENT\r\nSUMMARY:Interview with Nimbus\r\nEND:VEVENT\r\n",
		"capitals":        "BEGIN:VEVENT\r\nSUMMARY:INTERVIEW\r\nEND:VEVENT\r\n",
		"lower-case name": "BEGIN:VEVENT\nsummary:interview\nEND:VEVENT\n",
		"fold":            "BEGIN:VEVENT\r\nSUMMARY:Inter\r\n view\r\nEND:VEVENT\r\n",
		"fold by tab":     "BEGIN:VEVENT\nSUMMARY;LANGUAGE=de:Vorstellungs\n\tgespräch\nEND:VEVENT\n",
		"many folds":      "BEGIN:VEVENT\r\nDESCRIPTION:I\r\n n\r\n t\r\n e\r\n r\r\n v\r\n i\r\n e\r\n w\r\nEND:VEVENT\r\n",
		"fold in a rune":  "BEGIN:VEVENT\r\nSUMMARY:\xe9\x9d\r\n \xa2\xe6\x8e\xa5\r\nEND:VEVENT\r\n",
		"newline escape":  "BEGIN:VEVENT\r\nDESCRIPTION:Hi\\nInterview\\nBye\r\nEND:VEVENT\r\n",
		"tags":            "BEGIN:VEVENT\r\nDESCRIPTION:<p>Your inter<b>view</b></p>\r\nEND:VEVENT\r\n",
		"entities":        "BEGIN:VEVENT\r\nDESCRIPTION:<p>Mein Vorstellungsgespr&auml\\;ch</p>\r\nEND:VEVENT\r\n",
		"entity digits":   "BEGIN:VEVENT\r\nDESCRIPTION:<p>&#73\\;nterview</p>\r\nEND:VEVENT\r\n",
		"alternative":     "BEGIN:VEVENT\r\nX-ALT-DESC;FMTTYPE=text/html:<p>Interview</p>\r\nEND:VEVENT\r\n",
		"place":           "BEGIN:VEVENT\r\nLOCATION:Interviews 4\r\nEND:VEVENT\r\n",
		"organizer":       "BEGIN:VEVENT\r\nORGANIZER;CN=Nimbus:mailto:no-reply@ashbyhq.com\r\nSUMMARY:Final\r\nEND:VEVENT\r\n",
		"title stem":      "BEGIN:VEVENT\r\nSUMMARY:Nina <> Nimbus\r\nORGANIZER:mailto:a@nimbus.example\r\nEND:VEVENT\r\n",
		"Turkish":         "BEGIN:VEVENT\r\nSUMMARY:İŞ GÖRÜŞMESİ\r\nEND:VEVENT\r\n",
		"Cyrillic":        "BEGIN:VEVENT\r\nSUMMARY:СОБЕСЕДОВАНИЕ\r\nEND:VEVENT\r\n",
	} {
		if !Prefilter([]byte(c)) {
			t.Errorf("%s: refused", name)
		}
	}
}

func TestPrefilterForKeepsMarkedUIDs(t *testing.T) {
	keep := PrefilterFor([]calendar.Mark{{Word: calendar.MarkInterview, Ref: "4k2j5h6g7f8d9s0a1q2w3e4r5t@google.com"}})
	if !keep([]byte(everyday), nil) {
		t.Error("an event that the user marked is refused")
	}
}

// TestStemsCoverTheVocabulary holds that nothing in the vocabulary that can make
// a title an interview is out of the prefilter's reach.
func TestStemsCoverTheVocabulary(t *testing.T) {
	data, err := vocabFiles.ReadDir("vocab")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range data {
		if !strings.HasSuffix(f.Name(), ".txt") {
			continue
		}
		text, _ := vocabFiles.ReadFile("vocab/" + f.Name())
		section := ""
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "[") {
				section = line
				continue
			}
			if section != "[interview]" && section != "[ambiguous]" || line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			for _, p := range strings.Split(line, ",") {
				variants, err := expand(strings.TrimSpace(p))
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range variants {
					v = strings.ReplaceAll(v, "*", "")
					e := calendar.Event{Summary: v, Attendees: []calendar.Person{{Email: "a@b.example"}}}
					if !triggered(&e) {
						t.Errorf("%s %s: no stem for %q", f.Name(), section, v)
					}
				}
			}
		}
	}
}

// TestPrefilterIsSound writes every labelled event as iCalendar, folded at random
// places, and holds that what Recognize accepts is kept.
func TestPrefilterIsSound(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, folder := range []string{"people", "held"} {
		for _, c := range loadPeople(t, folder) {
			var events []calendar.Event
			for _, l := range c.events {
				events = append(events, l.event)
			}
			kept := map[string]bool{}
			for _, e := range events {
				var b bytes.Buffer
				if err := ics.Write(&b, ics.Calendar{Events: []calendar.Event{e}}); err != nil {
					t.Fatal(err)
				}
				raw := append(refold(b.Bytes(), rng), guestLines(e)...)
				kept[e.UID] = kept[e.UID] || Prefilter(raw)
			}
			for _, iv := range Recognize(events, Me{}, nil).Interviews {
				if !kept[iv.Event.UID] {
					t.Errorf("%s: Prefilter refuses %q, which Recognize takes for %s", c.name, iv.Event.Summary, iv.Decision)
				}
			}
		}
	}
}

// guestLines are the lines that ics.Write leaves out of our own events.
func guestLines(e calendar.Event) []byte {
	var b bytes.Buffer
	if e.Organizer.Email != "" {
		fmt.Fprintf(&b, "ORGANIZER;CN=\"%s\":mailto:%s\r\n", e.Organizer.Name, e.Organizer.Email)
	}
	for _, a := range e.Attendees {
		fmt.Fprintf(&b, "ATTENDEE;CN=\"%s\":mailto:%s\r\n", a.Name, a.Email)
	}
	return b.Bytes()
}

// refold unfolds a file and folds it again wherever it likes.
func refold(data []byte, rng *rand.Rand) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(bytes.ReplaceAll(data, []byte("\r\n "), nil)) {
		line = bytes.TrimRight(line, "\r\n")
		for len(line) > 1 && rng.IntN(3) > 0 {
			n := 1 + rng.IntN(len(line)-1)
			out.Write(line[:n])
			out.WriteString("\r\n ")
			line = line[n:]
		}
		out.Write(line)
		out.WriteString("\r\n")
	}
	return out.Bytes()
}

// TestPrefilterOnForeignFiles runs both over third-party files, when they are there.
func TestPrefilterOnForeignFiles(t *testing.T) {
	root := os.Getenv("FOLLOWUP_ICS_CORPUS")
	if root == "" {
		root = "../../../shared/ics-corpus"
	}
	var files []string
	_ = filepath.WalkDir(filepath.Join(root, "files"), func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, p)
		}
		return nil
	})
	if len(files) == 0 {
		t.Skip("no third-party files at " + root)
	}
	refused, checked := 0, 0
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		all := readAll(data, nil)
		kept := map[calendar.ID]bool{}
		for _, e := range readAll(data, PrefilterFor(nil)) {
			kept[e.ID()] = true
		}
		for _, iv := range Recognize(all, Me{}, nil).Interviews {
			checked++
			if !kept[iv.Event.ID()] {
				t.Errorf("%s: Prefilter refuses %q, which Recognize takes for %s", filepath.Base(f), iv.Event.Summary, iv.Decision)
			}
		}
		refused += len(all) - len(kept)
	}
	t.Logf("%d files, %d events refused, %d accepted by Recognize", len(files), refused, checked)
}

func readAll(data []byte, keep func([]byte, []uint32) bool) []calendar.Event {
	var out []calendar.Event
	_, _ = ics.Read(bytes.NewReader(data), ics.Options{Keep: keep, MaxPerSeries: 20}, func(e calendar.Event) error {
		out = append(out, e)
		return nil
	})
	return out
}

func FuzzPrefilter(f *testing.F) {
	f.Add("Interview with Nimbus", "Hi <b>Nina</b>")
	f.Add("Nina <> Nimbus", "regarding the role &amp; more")
	f.Add("最終面接", "\\n")
	f.Fuzz(func(t *testing.T, title, text string) {
		e := calendar.Event{UID: "x", Summary: title, Description: text}
		var b bytes.Buffer
		if err := ics.Write(&b, ics.Calendar{Events: []calendar.Event{e}}); err != nil {
			return
		}
		for _, got := range readAll(b.Bytes(), nil) {
			if triggered(&got) && !Prefilter(b.Bytes()) {
				t.Errorf("Prefilter refuses %q / %q", title, text)
			}
		}
	})
}

func BenchmarkPrefilter(b *testing.B) {
	c := []byte(everyday)
	b.SetBytes(int64(len(c)))
	b.ReportAllocs()
	for b.Loop() {
		Prefilter(c)
	}
}
