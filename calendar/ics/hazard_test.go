package ics

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"followup/calendar"
)

// repeated is a reader of head, n times body, and tail, without holding them.
func repeated(head, body string, n int, tail string) io.Reader {
	return io.MultiReader(strings.NewReader(head), &repeater{body: body, n: n}, strings.NewReader(tail))
}

type repeater struct {
	body string
	n    int
	at   int
}

// Read implements io.Reader.
func (r *repeater) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && r.n > 0 {
		m := copy(p[n:], r.body[r.at:])
		n += m
		if r.at += m; r.at == len(r.body) {
			r.at = 0
			r.n--
		}
	}
	return n, nil
}

// numbered is a calendar of n components, each with its number.
type numbered struct {
	format string
	n, at  int
	buf    []byte
}

// Read implements io.Reader.
func (r *numbered) Read(p []byte) (int, error) {
	if len(r.buf) == 0 {
		switch {
		case r.at == 0:
			r.buf = append(r.buf, openCal...)
		case r.at <= r.n:
			r.buf = fmt.Appendf(r.buf[:0], r.format, r.at)
		case r.at == r.n+1:
			r.buf = append(r.buf[:0], closeCal...)
		default:
			return 0, io.EOF
		}
		r.at++
	}
	n := copy(p, r.buf)
	r.buf = r.buf[n:]
	return n, nil
}

const (
	openCal  = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
	closeCal = "END:VCALENDAR\r\n"
	event1   = "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260101T100000Z\r\nSUMMARY:One\r\n"
	event2   = "BEGIN:VEVENT\r\nUID:2\r\nDTSTART:20260102T100000Z\r\nSUMMARY:Two\r\nEND:VEVENT\r\n"
)

// TestHazards holds input made to hurt against its bounds: memory that stays
// flat, and a result that says what happened. Time is what the test's timeout
// and the benchmark BenchmarkHazards see.
func TestHazards(t *testing.T) {
	for _, h := range hazards() {
		t.Run(h.name, func(t *testing.T) {
			n := 0
			w := &watcher{r: h.input()}
			before := liveHeap()
			report, err := Read(w, h.options, func(calendar.Event) error {
				if n++; n%50_000 == 0 {
					w.look()
				}
				return nil
			})
			w.look()
			if grown := int64(w.peak) - int64(before); grown > 32<<20 {
				t.Errorf("%d MiB were held at once", grown>>20)
			}
			if got := report.Read + report.Dropped + len(report.Skipped) + report.MoreSkipped; got != report.There {
				t.Errorf("%d VEVENTs there, %d accounted for", report.There, got)
			}
			if h.wantErr != nil && !errors.Is(err, h.wantErr) || h.wantErr == nil && err != nil {
				t.Errorf("error %v, want %v", err, h.wantErr)
			}
			if h.wantEvents >= 0 && n != h.wantEvents {
				t.Errorf("%d events, want %d; report %+v", n, h.wantEvents, shorten(report))
			}
			if h.check != nil {
				h.check(t, report)
			}
		})
	}
}

func shorten(r Report) Report {
	r.Skipped = r.Skipped[:min(len(r.Skipped), 3)]
	return r
}

// watcher looks now and then, while the text is read, at how much memory is held.
type watcher struct {
	r    io.Reader
	n    int
	peak uint64
}

// Read implements io.Reader.
func (w *watcher) Read(p []byte) (int, error) {
	if w.n++; w.n%256 == 0 && w.n < 1<<14 || w.n%(1<<14) == 0 {
		w.look()
	}
	return w.r.Read(p)
}

func (w *watcher) look() { w.peak = max(w.peak, liveHeap()) }

// liveHeap is what is still in use after a collection: unlike the size of the
// process it does not depend on how busy the machine is.
func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

type hazard struct {
	name       string
	input      func() io.Reader
	options    Options
	wantErr    error
	wantEvents int // -1: any number
	check      func(testing.TB, Report)
}

func hazards() []hazard {
	mega := strings.Repeat("x", 1<<20)
	rules := func(rule string, n int) func() io.Reader {
		return func() io.Reader {
			var b strings.Builder
			b.WriteString(openCal)
			for i := range n {
				fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:%d\r\nDTSTART:19970101T100000\r\nRRULE:%s\r\nEND:VEVENT\r\n", i, rule)
			}
			b.WriteString(closeCal)
			return strings.NewReader(b.String())
		}
	}
	plain := func(s string) func() io.Reader { return func() io.Reader { return strings.NewReader(s) } }
	window := Options{Window: calendar.Window{From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}}
	whole := func(t testing.TB, r Report) {
		if !r.Complete {
			t.Error("not complete")
		}
	}
	cut := func(t testing.TB, r Report) {
		if r.Complete || len(r.Warnings) == 0 {
			t.Errorf("a cut text is not said to be cut: %+v", shorten(r))
		}
	}
	return []hazard{
		{name: "empty", input: plain(""), wantErr: ErrNotCalendar},
		{name: "blank", input: plain("\r\n \r\n"), wantErr: ErrNotCalendar},
		{name: "html", input: plain("<!DOCTYPE html><html><head><title>Sign in</title></head></html>"), wantErr: ErrNotCalendar},
		{name: "binary", input: func() io.Reader { return repeated("\x7fELF\x00\x01", "\x00\xff\xfe\x80\n\r\x01", 3_000_000, "") }, wantErr: ErrNotCalendar},
		{name: "endless line", input: func() io.Reader { return repeated("", "aaaaaaaaaaaaaaaa", 12_500_000, "") }, wantErr: ErrNotCalendar},
		{name: "endless line in an event", input: func() io.Reader {
			return repeated(openCal+event1+"DESCRIPTION:", "aaaaaaaaaaaaaaaa", 12_500_000, "\r\nEND:VEVENT\r\n"+event2+closeCal)
		}, wantEvents: 2, check: whole},
		{name: "endless folded line", input: func() io.Reader {
			return repeated(openCal+event1+"ATTACH;ENCODING=BASE64:", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n ", 2_800_000, "\r\nEND:VEVENT\r\n"+event2+closeCal)
		}, wantEvents: 2, check: whole},
		{name: "endless event", input: func() io.Reader {
			return repeated(openCal+event1, "X-JUNK:"+strings.Repeat("j", 60)+"\r\n", 2_900_000, "END:VEVENT\r\n"+event2+closeCal)
		}, wantEvents: 1, check: whole},
		{name: "endless calendar properties", input: func() io.Reader {
			return repeated(openCal, "X-JUNK:"+strings.Repeat("j", 60)+"\r\n", 2_900_000, event2+closeCal)
		}, wantEvents: 1, check: whole},
		{name: "megabyte lines", input: plain(openCal + event1 + strings.Repeat("DESCRIPTION:"+mega+"\r\n", 8) + "END:VEVENT\r\n" + event2 + closeCal), wantEvents: 2},
		{name: "hundred thousand parameters", input: plain(openCal + event1 + "ATTENDEE" + strings.Repeat(`;X-P="a;b:c"`, 100_000) + ":mailto:a@b.example\r\nEND:VEVENT\r\n" + closeCal), wantEvents: 1},
		{name: "quotes without end", input: plain(openCal + event1 + "ATTENDEE" + strings.Repeat(`;X-P="`, 150_001) + ":mailto:a@b.example\r\nEND:VEVENT\r\n" + closeCal), wantEvents: 1},
		{name: "thousand attendees with megabytes", input: plain(openCal + event1 + strings.Repeat("ATTENDEE;CN="+strings.Repeat("n", 1000)+":mailto:a@b.example\r\n", 3000) + "END:VEVENT\r\n" + closeCal), wantEvents: 1},
		{name: "million nested components", input: func() io.Reader { return repeated(openCal, "BEGIN:X-NEST\r\n", 1_000_000, event2) }, wantEvents: 1, check: cut},
		{name: "million nested events", input: func() io.Reader { return repeated(openCal, "BEGIN:VEVENT\r\n", 1_000_000, closeCal) }, wantEvents: 0},
		{name: "million nested calendars", input: func() io.Reader { return repeated("", "BEGIN:VCALENDAR\r\n", 1_000_000, event2) }, wantEvents: 1, check: cut},
		{name: "million alarms", input: func() io.Reader {
			return repeated(openCal+event1, "BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n", 80_000, "END:VEVENT\r\n"+closeCal)
		}, wantEvents: 1, check: whole},
		{name: "million ends", input: func() io.Reader { return repeated(openCal, "END:VALARM\r\nEND:FOO\r\n", 1_000_000, event2+closeCal) }, wantEvents: 1},
		{name: "million zones", input: func() io.Reader {
			return repeated(openCal, "BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n", 500_000, event2+closeCal)
		}, wantEvents: 1, check: whole},
		{name: "tags without end", input: plain(openCal + event1 + "X-A:1\r\nDESCRIPTION:<b>" + strings.Repeat("<a <style><!--", 60_000) + "\r\nEND:VEVENT\r\n" + closeCal), wantEvents: 1},
		{name: "cut in an event", input: plain(openCal + event2 + event1), wantEvents: 1, check: cut},
		{name: "cut between events", input: plain(openCal + event2), wantEvents: 1, check: cut},
		{name: "secondly for ever", input: rules("FREQ=SECONDLY", 1000), options: window, wantEvents: 500_000},
		{name: "secondly, no window", input: rules("FREQ=SECONDLY", 1000), wantEvents: 500_000},
		{name: "secondly with a huge count", input: rules("FREQ=SECONDLY;COUNT=2000000000", 1000), options: window, wantEvents: 500_000},
		{name: "hourly that never comes", input: rules("FREQ=HOURLY;INTERVAL=24;BYHOUR=3", 1000), options: window, wantEvents: 0},
		{name: "secondly that never comes", input: rules("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", 1000), wantEvents: 1000},
		{name: "daily that never comes", input: rules("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31", 1000), wantEvents: 1000},
		{name: "yearly that never comes", input: rules("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;BYDAY=5MO", 1000), wantEvents: 1000},
		{name: "minutely with a count and a filter", input: rules("FREQ=MINUTELY;COUNT=1000000;BYMINUTE=7;BYSECOND=1,2,3", 1000), options: window, wantEvents: -1},
		{name: "everything expanded", input: rules("FREQ=YEARLY;BYHOUR="+numbers(0, 23)+";BYMINUTE="+numbers(0, 59)+";BYSECOND="+numbers(0, 59)+";BYSETPOS=-1", 300), options: window, wantEvents: -1},
		{name: "hundred thousand exdates", input: plain(openCal + event1 + "RRULE:FREQ=DAILY\r\n" + strings.Repeat("EXDATE:20260105T100000Z,20260106T100000Z\r\n", 50_000) + "END:VEVENT\r\n" + closeCal), wantEvents: 500},
		{name: "two hundred megabytes of bad events", input: func() io.Reader {
			return repeated(openCal, "BEGIN:VEVENT\r\nSUMMARY:no start\r\nX-PAD:"+strings.Repeat("p", 100)+"\r\nEND:VEVENT\r\n", 1_300_000, closeCal)
		}, wantEvents: 0, check: func(t testing.TB, r Report) {
			if len(r.Skipped) != maxSkipped || r.MoreSkipped != 1_300_000-maxSkipped {
				t.Errorf("%d and %d more skipped", len(r.Skipped), r.MoreSkipped)
			}
		}},
		{name: "hundreds of thousands of series", input: func() io.Reader {
			return &numbered{format: "BEGIN:VEVENT\r\nUID:%d\r\nDTSTART:20200101T100000Z\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:x\r\nEND:VEVENT\r\n", n: 300_000}
		}, options: window, wantEvents: 300_000},
		{name: "hundreds of thousands of changes", input: func() io.Reader {
			return &numbered{format: "BEGIN:VEVENT\r\nUID:x\r\nRECURRENCE-ID:20200101T100000Z\r\nSEQUENCE:%d\r\nDTSTART:20260201T100000Z\r\nEND:VEVENT\r\n", n: 300_000}
		}, options: window, wantEvents: -1},
		{name: "larger than allowed", input: func() io.Reader { return repeated(openCal, event2, 10_000, closeCal) }, options: Options{MaxBytes: 100_000}, wantErr: ErrTooLarge, wantEvents: -1},
	}
}

func numbers(from, to int) string {
	var out []string
	for i := from; i <= to; i++ {
		out = append(out, fmt.Sprint(i))
	}
	return strings.Join(out, ",")
}

func BenchmarkHazards(b *testing.B) {
	for _, h := range hazards() {
		b.Run(strings.ReplaceAll(h.name, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				_, _ = Read(h.input(), h.options, func(calendar.Event) error { return nil })
			}
		})
	}
}
