package interview

import (
	"bytes"
	"sync"
)

// sheet has the lines of one event that matter, unfolded.
type sheet struct {
	text    []byte
	logical []logicalLine
	lines   []uint32
}

// logicalLine is a line in the text of a sheet.
type logicalLine struct {
	kind     byte // see lineKind
	from, to int
}

var sheets = sync.Pool{New: func() any { return &sheet{text: make([]byte, 0, 4096)} }}

// maxSheet is the size up to which a sheet is used again.
const maxSheet = 256 << 10

func (w *sheet) free() {
	if cap(w.text)+4*cap(w.lines) <= maxSheet {
		sheets.Put(w)
	}
}

// findLines notes where the lines of c begin.
func (w *sheet) findLines(c []byte) {
	w.lines = append(w.lines[:0], 0)
	for at := 0; ; {
		n := bytes.IndexByte(c[at:], '\n')
		if at += n + 1; n < 0 || at == len(c) {
			return
		}
		w.lines = append(w.lines, uint32(at))
	}
}

// shortLine is the length under which a line may end inside a property's name.
const shortLine = 16

// gather unfolds the lines of c that matter. It tells whether there are guests.
func (w *sheet) gather(c []byte, lines []uint32) (guests bool) {
	if lines == nil {
		w.findLines(c)
		lines = w.lines
	}
	w.text, w.logical = w.text[:0], w.logical[:0]
	for i := 0; i < len(lines); {
		first := i
		for i++; i < len(lines) && isFold(c[lines[i]:]); {
			i++
		}
		line := physical(c, lines, first)
		kind := lineKind(line)
		from := len(w.text)
		if inName := i > first+1 && len(line) < shortLine; inName || kind != 0 && kind != 'A' {
			w.text = append(w.text, line...)
			for k := first + 1; k < i; k++ {
				w.text = append(w.text, physical(c, lines, k)[1:]...)
			}
			if kind == 0 {
				kind = lineKind(w.text[from:])
			}
		}
		switch kind {
		case 'A':
			guests = true
			fallthrough
		case 0:
			w.text = w.text[:from]
		default:
			w.logical = append(w.logical, logicalLine{kind, from, len(w.text)})
			w.text = append(w.text, '\n')
		}
	}
	return guests
}

// isFold tells whether the text goes on with the line before it.
func isFold(rest []byte) bool { return len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') }

// physical is a line without its end.
func physical(c []byte, lines []uint32, i int) []byte {
	end := len(c)
	if i+1 < len(lines) {
		end = int(lines[i+1])
	}
	line := c[lines[i]:end]
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line
}
