package ics

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
)

// A synthetic feed for measurements, written by
//
//	go test ./calendar/ics -run TestWriteFeed -feed /tmp/feed.ics -feed-events 100000
//
// The same seed gives the same bytes.
var (
	feedFile   = flag.String("feed", "", "write a synthetic feed to this file")
	feedEvents = flag.Int("feed-events", 100_000, "number of events in it")
	feedSeed   = flag.Uint64("feed-seed", 1, "its seed")
)

func TestWriteFeed(t *testing.T) {
	var buf bytes.Buffer
	writeFeed(&buf, 7, 200)
	var again bytes.Buffer
	writeFeed(&again, 7, 200)
	if !bytes.Equal(buf.Bytes(), again.Bytes()) {
		t.Error("the same seed gives another feed")
	}
	_, report := readAll(buf.Bytes(), Options{})
	if report.Read != 200 || len(report.Skipped) > 0 || !report.Complete {
		t.Errorf("report: %+v", report)
	}
	if size := buf.Len() / 200; size < 1600 || size > 1900 {
		t.Errorf("%d bytes an event", size)
	}
	if *feedFile == "" {
		return
	}
	f, err := os.Create(*feedFile)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	writeFeed(w, *feedSeed, *feedEvents)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

var (
	feedTitles = []string{"Weekly team sync", "Dentist", "Lunch with Sam", "Project review", "1:1 with Kim", "Planning", "Yoga class", "Parent evening",
		"Design sync", "Budget meeting", "Doctor's appointment", "Flight to Lisbon", "Football practice", "Release retrospective", "Choir"}
	feedInterviews = []string{"Interview: Data Engineer at Acme", "Acme <> Nina: onsite interview", "Technical interview - Globex", "Phone screen with Initech",
		"Vorstellungsgespräch bei Umbrella", "Entretien d'embauche - Hooli"}
	feedPlaces = []string{"", "", "Room 4.12 (12 seats)", "12 Example Street\\, Springfield", "https://meet.example/abc-defg-hij"}
	feedWords  = strings.Fields(`the agenda please find notes below action items from last time we discuss quarterly goals and open points about
		budget plans customer feedback bring your laptop thanks everyone see document for details lunch after that we walk over to the lake`)
	feedPeople = []string{"ada", "bela", "chris", "dana", "eve", "finn", "gita", "hugo", "ines", "jon", "kim", "lou"}
)

// writeFeed writes a feed as Google Calendar does: about 1.75 kB an event, one in
// 200 an interview, one in 40 recurring.
func writeFeed(w io.Writer, seed uint64, n int) {
	r := rand.New(rand.NewPCG(seed, 42))
	f := &feedWriter{w: w}
	f.lines("BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
		"X-WR-CALNAME:nina@mail.example", "X-WR-TIMEZONE:Europe/Berlin", "BEGIN:VTIMEZONE", "TZID:Europe/Berlin", "X-LIC-LOCATION:Europe/Berlin",
		"BEGIN:DAYLIGHT", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "TZNAME:CEST", "DTSTART:19700329T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
		"END:DAYLIGHT", "BEGIN:STANDARD", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "TZNAME:CET", "DTSTART:19701025T030000",
		"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD", "END:VTIMEZONE")
	base := time.Date(2019, 1, 1, 8, 0, 0, 0, time.UTC)
	for i := range n {
		start := base.Add(time.Duration(r.IntN(8*365*24*4)) * 15 * time.Minute)
		f.event(r, i, start)
	}
	f.lines("END:VCALENDAR")
}

type feedWriter struct {
	w   io.Writer
	buf []byte
}

func (f *feedWriter) lines(lines ...string) {
	for _, l := range lines {
		io.WriteString(f.w, l+"\r\n")
	}
}

// folded writes one content line in Google's way.
func (f *feedWriter) folded(line string) {
	e := &encoder{out: f.buf[:0]}
	name, value, _ := strings.Cut(line, ":")
	e.property(name, value)
	f.buf = e.out
	f.w.Write(e.out)
}

func (f *feedWriter) event(r *rand.Rand, i int, start time.Time) {
	title := feedTitles[r.IntN(len(feedTitles))]
	if i%200 == 17 {
		title = feedInterviews[r.IntN(len(feedInterviews))]
	}
	const z = "20060102T150405Z"
	f.lines("BEGIN:VEVENT")
	if i%40 == 5 {
		f.lines("DTSTART;TZID=Europe/Berlin:"+start.Format("20060102T150405"), "DTEND;TZID=Europe/Berlin:"+start.Add(time.Hour).Format("20060102T150405"))
		f.lines("RRULE:FREQ=WEEKLY;WKST=MO;UNTIL=" + start.AddDate(1, 0, 0).Format(z) + ";BYDAY=" + weekdayNames[start.Weekday()])
	} else {
		f.lines("DTSTART:"+start.Format(z), "DTEND:"+start.Add(45*time.Minute).Format(z))
	}
	made := start.AddDate(0, 0, -20)
	f.lines("DTSTAMP:20261101T120000Z", "ORGANIZER;CN="+feedPeople[i%12]+"@acme.example:mailto:"+feedPeople[i%12]+"@acme.example")
	f.lines(fmt.Sprintf("UID:%016x%08x@google.com", r.Uint64(), i))
	for j := range 4 {
		p := feedPeople[(i+j)%12]
		f.folded("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=" + p + " Example;X-NUM-GUESTS=0:mailto:" + p + "@acme.example")
	}
	f.folded("X-GOOGLE-CONFERENCE:https://meet.example/abc-defg-hij")
	f.lines("CREATED:"+made.Format(z), "LAST-MODIFIED:"+made.Add(time.Hour).Format(z))
	var text strings.Builder
	for text.Len() < 650 {
		text.WriteString(feedWords[r.IntN(len(feedWords))])
		if r.IntN(14) == 0 {
			text.WriteString("\\n")
		} else {
			text.WriteByte(' ')
		}
	}
	text.WriteString("-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-")
	f.folded("DESCRIPTION:" + text.String())
	if p := feedPlaces[r.IntN(len(feedPlaces))]; p != "" {
		f.folded("LOCATION:" + p)
	}
	f.lines("SEQUENCE:"+fmt.Sprint(r.IntN(3)), "STATUS:CONFIRMED")
	f.folded("SUMMARY:" + title)
	f.lines("TRANSP:OPAQUE", "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:This is an event reminder", "TRIGGER:-P0DT0H10M0S", "END:VALARM", "END:VEVENT")
}
