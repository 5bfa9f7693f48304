package ics

import (
	"bytes"
	"io"
)

// fill reads more text behind what the scanner still needs.
func (s *scanner) fill() error {
	if err := s.makeRoom(); err != nil {
		return err
	}
	if s.end-s.pos >= maxLine {
		return s.skipLine()
	}
	n, err := s.read(s.buf[s.end:])
	s.end += n
	return err
}

// read reads once into b and puts line ends right: a CR without its LF becomes
// an LF. A CR at the very end of what was read waits for the next byte.
func (s *scanner) read(b []byte) (int, error) {
	off := 0
	if s.carry {
		b[0], off, s.carry = '\r', 1, false
	}
	n := 0
	for tries := 0; ; tries++ {
		m, err := s.r.Read(b[off:])
		n += m
		s.total += int64(m)
		if s.maxBytes > 0 && s.total > s.maxBytes {
			return 0, errTooLarge
		}
		if err == io.EOF || tries > 100 {
			s.eof = true
		} else if err != nil {
			return 0, err
		}
		if m > 0 || s.eof {
			break
		}
	}
	n += off
	if n > 0 && b[n-1] == '\r' && !s.eof {
		n--
		s.carry = true
	}
	if chunk := b[:n]; !paired(chunk) {
		loneCR(chunk)
	}
	return n, nil
}

// paired tells whether every CR has its LF, for large chunks by their number
// alone: the same number of lone CRs and lone LFs in one chunk goes unnoticed,
// and then leaves a CR inside of a value.
func paired(chunk []byte) bool {
	cr := bytes.Count(chunk, []byte{'\r'})
	return cr == 0 || len(chunk) > chunkSize/4 && cr == bytes.Count(chunk, []byte{'\n'})
}

// loneCR turns every CR that no LF or CR follows into an LF.
func loneCR(b []byte) {
	for i := 0; i < len(b); {
		n := bytes.IndexByte(b[i:], '\r')
		if n < 0 {
			return
		}
		i += n + 1
		if i == len(b) || b[i] != '\n' && b[i] != '\r' {
			b[i-1] = '\n'
		} else if b[i] == '\n' {
			i++
		}
	}
}

// makeRoom moves what is still needed to the front of the buffer, or of the next
// one, and lets the buffer grow when that fills it.
func (s *scanner) makeRoom() error {
	need := s.pos
	if s.seg.kind != segIgnored && !s.dropping {
		need = s.segStart
	}
	if need > 0 {
		next := s.buf
		if s.spare != nil {
			next = s.spare(s.buf)
		}
		copy(next, s.buf[need:s.end])
		s.buf = next
		s.pos -= need
		s.end -= need
		s.segStart -= min(need, s.segStart)
	}
	if len(s.buf)-s.end >= chunkSize/2 {
		return nil
	}
	if s.pos >= maxLine {
		s.shrink()
	}
	if s.pos > maxSegment {
		s.dropping = true
		return s.makeRoom()
	}
	if len(s.buf)-s.end < chunkSize/2 {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	return nil
}

// shrink cuts overlong properties (attachments, mostly) out of the open segment.
func (s *scanner) shrink() {
	text := s.buf[:s.pos]
	w, length := 0, 0
	for at := 0; at < len(text); {
		n := bytes.IndexByte(text[at:], '\n') + 1
		if n == 0 {
			n = len(text) - at
		}
		if c := text[at]; c != ' ' && c != '\t' {
			length = 0
		}
		length += n
		if length <= maxProperty {
			w += copy(text[w:], text[at:at+n])
		} else if length-n <= maxProperty {
			s.cutLines++
		}
		at += n
	}
	copy(s.buf[w:], s.buf[s.pos:s.end])
	s.seg.hints.unsure = true
	s.end -= s.pos - w
	s.pos = w
}

// skipLine cuts the endless line at pos to keptLine bytes and reads on to its
// end.
func (s *scanner) skipLine() error {
	s.cutLines++
	s.end = s.pos + keptLine
	spare := s.buf[s.end:]
	for !s.eof {
		n, err := s.read(spare)
		if err != nil {
			return err
		}
		if i := bytes.IndexByte(spare[:n], '\n'); i >= 0 {
			s.end += copy(s.buf[s.end:], spare[i:n])
			return nil
		}
	}
	return nil
}
