package ics

import (
	"bufio"
	"bytes"
	"io"
	"testing"

	"github.com/emersion/go-ical"

	"followup/calendar"
)

// feedText is a synthetic feed of n events.
func feedText(n int) []byte {
	var buf bytes.Buffer
	writeFeed(&buf, 1, n)
	return buf.Bytes()
}

// keepInterviews stands for a prefilter: a few words, anywhere.
func keepInterviews(c []byte, _ []uint32) bool {
	return bytes.Contains(c, []byte("nterview")) || bytes.Contains(c, []byte("screen with")) || bytes.Contains(c, []byte("gespr"))
}

func benchRead(b *testing.B, text []byte, o Options) {
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		if _, err := Read(bytes.NewReader(text), o, func(calendar.Event) error { n++; return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// The benchmarks below run over the same text: compare their MB/s. For whole
// processes see .ci/bench-read.

func BenchmarkReadNothing(b *testing.B) { // the scanner alone
	benchRead(b, feedText(10_000), Options{Keep: func([]byte, []uint32) bool { return false }})
}

func BenchmarkReadInterviews(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(sizeName(n), func(b *testing.B) { benchRead(b, feedText(n), Options{Keep: keepInterviews}) })
	}
}

func BenchmarkReadAll(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(sizeName(n), func(b *testing.B) { benchRead(b, feedText(n), Options{Recurring: corpusWindow}) })
	}
}

func BenchmarkGoIcal(b *testing.B) {
	text := feedText(10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		dec := ical.NewDecoder(bytes.NewReader(text))
		for {
			cal, err := dec.Decode()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			for _, ev := range cal.Events() {
				if _, err := ev.DateTimeStart(nil); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}

func BenchmarkLineScanner(b *testing.B) {
	text := feedText(10_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		sc := bufio.NewScanner(bytes.NewReader(text))
		n := 0
		for sc.Scan() {
			if bytes.HasPrefix(sc.Bytes(), []byte("BEGIN:VEVENT")) {
				n++
			}
		}
		if n != 10_000 {
			b.Fatal(n)
		}
	}
}

func sizeName(n int) string {
	return map[int]string{1_000: "1k", 10_000: "10k", 100_000: "100k"}[n]
}
