package webcal

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func hashOf(t *testing.T, text string) string {
	t.Helper()
	m := newMeaning()
	if _, err := io.WriteString(m, text); err != nil {
		t.Fatal(err)
	}
	return m.String()
}

const said = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//One//EN
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:a@cal.example
DTSTAMP:20261124T100000Z
DTSTART:20261201T100000Z
SUMMARY:Interview with Northwind for the Data Engineer position
X-MOZ-GENERATION:3
END:VEVENT
BEGIN:VEVENT
UID:b@cal.example
DTSTART:20261202T100000Z
SUMMARY:Lunch
END:VEVENT
END:VCALENDAR
`

func TestMeaning(t *testing.T) {
	lines := strings.SplitAfter(said, "\n")
	swapped := strings.Join(append(append(append([]string{}, lines[:11]...), lines[18:23]...), append(lines[11:18], lines[23:]...)...), "")
	tests := []struct {
		name, text string
		same       bool
	}{
		{"DTSTAMP is the moment of the download", strings.Replace(said, "20261124T100000Z", "20261124T110000Z", 1), true},
		{"another program wrote it", strings.Replace(said, "//One//", "//Two//", 1), true},
		{"CRLF", strings.ReplaceAll(said, "\n", "\r\n"), true},
		{"folded", strings.Replace(said, "Northwind for", "North\n wind for", 1), true},
		{"folded within the name", strings.Replace(said, "SUMMARY:Lunch", "summary:Lunch", 1), true},
		{"an X- property that nobody reads", strings.Replace(said, "GENERATION:3", "GENERATION:4", 1), true},
		{"LAST-MODIFIED came", strings.Replace(said, "UID:b", "LAST-MODIFIED:20261124T100000Z\nUID:b", 1), true},
		{"the order of lines", strings.Replace(said, "VERSION:2.0\nPRODID:-//One//EN\n", "PRODID:-//One//EN\nVERSION:2.0\n", 1), true},
		{"the order of events", swapped, true},
		{"rules of a zone that is known by name", strings.Replace(said, "19701025", "19961025", 1), true},
		{"rules of a zone of their own", strings.Replace(said, "TZID:Europe/Berlin", "TZID:Office", 1), false},
		{"title", strings.Replace(said, "Lunch", "Dinner", 1), false},
		{"time", strings.Replace(said, "20261202T10", "20261202T11", 1), false},
		{"sequence", strings.Replace(said, "UID:b", "SEQUENCE:1\nUID:b", 1), false},
		{"parameter", strings.Replace(said, "DTSTART:20261202", "DTSTART;X=1:20261202", 1), false},
		{"our own marker", strings.Replace(said, "UID:b", "X-FOLLOWUP-KEY:k\nUID:b", 1), false},
		{"one event less", strings.Join(append(append([]string{}, lines[:18]...), lines[23:]...), ""), false},
		{"an event twice", strings.Join(append(append([]string{}, lines[:23]...), lines[18:]...), ""), false},
		{"a line of one event in the other", strings.Replace(strings.Replace(said, "DTSTART:20261202T100000Z\n", "", 1), "UID:a", "DTSTART:20261202T100000Z\nUID:a", 1), false},
	}
	want := hashOf(t, said)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.text == said {
				t.Fatal("the case changes nothing")
			}
			if got := hashOf(t, tt.text); (got == want) != tt.same {
				t.Errorf("same = %v, want %v", got == want, tt.same)
			}
		})
	}
}

// The hash does not depend on the pieces in which the text comes, nor on where a
// line is folded.
func TestMeaningPieces(t *testing.T) {
	want := hashOf(t, said)
	m := newMeaning()
	if _, err := io.Copy(m, iotest.OneByteReader(strings.NewReader(said))); err != nil {
		t.Fatal(err)
	}
	if got := m.String(); got != want {
		t.Errorf("byte by byte: %s, want %s", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(said)
		for range rapid.IntRange(0, 5).Draw(t, "folds") {
			at := rapid.IntRange(1, len(text)-1).Draw(t, "at")
			line := text[:at]
			if i := bytes.LastIndexByte(line, '\n'); at-i < 12 || bytes.HasPrefix(line[i+1:], []byte("END")) || bytes.HasPrefix(line[i+1:], []byte("BEG")) || bytes.HasPrefix(line[i+1:], []byte("TZID")) || text[at] == '\n' {
				continue
			}
			text = fmt.Appendf(nil, "%s\r\n %s", text[:at], text[at:])
		}
		m := newMeaning()
		for len(text) > 0 {
			n := min(len(text), rapid.IntRange(1, 200).Draw(t, "n"))
			m.Write(text[:n])
			text = text[n:]
		}
		if got := m.String(); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}

func TestMeaningEndlessLine(t *testing.T) {
	m := newMeaning()
	piece := bytes.Repeat([]byte("x"), 1<<20)
	io.WriteString(m, "BEGIN:VCALENDAR\nSUMMARY:")
	for range 20 {
		m.Write(piece)
	}
	if cap(m.line) > 4<<20 {
		t.Errorf("%d bytes of a line without an end are kept", cap(m.line))
	}
	if m.String() == hashOf(t, "BEGIN:VCALENDAR\nSUMMARY:") {
		t.Error("the rest of a long line makes no difference")
	}
}

func FuzzMeaning(f *testing.F) {
	f.Add(said, 7)
	f.Add("BEGIN:\nEND\n BEGIN:VEVENT\r\r\n\n:;", 1)
	f.Fuzz(func(t *testing.T, text string, n int) {
		if n < 1 || len(text) > 32<<10 {
			t.Skip()
		}
		whole := hashOf(t, text)
		m := newMeaning()
		for rest := []byte(text); len(rest) > 0; {
			k := min(n, len(rest))
			m.Write(rest[:k])
			rest = rest[k:]
		}
		if got := m.String(); got != whole {
			t.Fatalf("in pieces of %d: %s, whole: %s", n, got, whole)
		}
	})
}

// BenchmarkMeaning is what the hash costs, beside the reading of the text.
func BenchmarkMeaning(b *testing.B) {
	event := said[strings.Index(said, "BEGIN:VEVENT"):strings.LastIndex(said, "END:VCALENDAR")]
	event = strings.ReplaceAll(event, "SUMMARY:Lunch\n", "SUMMARY:Lunch\nDESCRIPTION:"+strings.Repeat("a folded line of the usual length that people and programs write to\n ", 12)+"\n")
	text := []byte("BEGIN:VCALENDAR\n" + strings.Repeat(event, 2000) + "END:VCALENDAR\n")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		m := newMeaning()
		m.Write(text)
		_ = m.String()
	}
}
