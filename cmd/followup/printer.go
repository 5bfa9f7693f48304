package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"followup/calendar"
)

// printer writes text that a person enjoys reading: by day, in columns, wrapped
// to the terminal's width, in colour where that is wanted.
type printer struct {
	w     *bufio.Writer
	width int
	color bool
	zone  *time.Location // that times are shown in; nil: each in its own
}

// at is the time as the person's clock shows it.
func (p *printer) at(t time.Time) time.Time {
	if p.zone == nil {
		return t
	}
	return t.In(p.zone)
}

// The styles, as ANSI SGR codes.
const (
	bold  = "1"
	dim   = "2"
	green = "32"
	amber = "33"
	red   = "31"
	cyan  = "36"
)

// defaultWidth is for output that is no terminal: the same on every machine.
const defaultWidth = 100

func (a *app) printer() *printer {
	width, tty := terminal(a.out)
	if !tty {
		width = defaultWidth
	}
	color := a.colorWhen == "always" || a.colorWhen == "auto" && tty && os.Getenv("NO_COLOR") == ""
	return &printer{w: bufio.NewWriter(a.out), width: min(width, 120), color: color}
}

func (p *printer) flush() error { return p.w.Flush() }

func (p *printer) style(code, s string) string {
	if !p.color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// line writes one line, wrapped.
func (p *printer) line(s string) { p.wrapped("", "", s) }

// day begins a new day.
func (p *printer) day(d string) { fmt.Fprintf(p.w, "\n%s\n", p.style(bold, d)) }

const timeColumn = 13 // "  15:04-15:45  "

// entry writes a row: when, what, and a remark in dim.
func (p *printer) entry(when, what, remark string) {
	head := "  " + p.style(cyan, when) + strings.Repeat(" ", max(1, timeColumn-runewidth.StringWidth(when)))
	pad := strings.Repeat(" ", timeColumn+2)
	if remark != "" {
		if used := timeColumn + 4 + runewidth.StringWidth(what+remark); used <= p.width {
			fmt.Fprintf(p.w, "%s%s  %s\n", head, clean(what), p.style(dim, remark))
			return
		}
	}
	p.wrapped(head, pad, clean(what))
	if remark != "" {
		p.note(remark)
	}
}

// note writes a remark below an entry.
func (p *printer) note(s string) {
	pad := strings.Repeat(" ", timeColumn+2)
	for _, l := range wrap(clean(s), p.width-len(pad)) {
		fmt.Fprintf(p.w, "%s%s\n", pad, p.style(dim, l))
	}
}

// wrapped writes text after head, its further lines after pad.
func (p *printer) wrapped(head, pad, text string) {
	for i, l := range wrap(text, p.width-runewidth.StringWidth(pad)) {
		if i > 0 {
			head = pad
		}
		fmt.Fprintf(p.w, "%s%s\n", head, l)
	}
}

// skipped lists what could not be read.
func (p *printer) skipped(all []calendar.Skipped) {
	if len(all) == 0 {
		return
	}
	p.day("Not read")
	for _, s := range all {
		where := s.Source
		if s.Line > 0 {
			where = fmt.Sprintf("%s:%d", s.Source, s.Line)
		}
		p.wrapped("  ", "    ", clean(where+": "+s.Reason))
	}
	fmt.Fprintln(p.w)
}

// wrap breaks text at blanks into lines of at most width columns.
func wrap(text string, width int) []string {
	width = max(width, 20)
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		n := runewidth.StringWidth(word)
		if used > 0 && used+1+n > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// clean drops what a calendar's text could do to a terminal: control characters
// and the marks that turn the direction of writing.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return -1
		case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f:
			return -1
		}
		return r
	}, s)
}

// plural is the count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
