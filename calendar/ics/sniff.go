package ics

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// sniffer looks at the first bytes of a text, to read UTF-16 and to say what it
// is when it is no calendar.
type sniffer struct {
	r    io.Reader
	head []byte
}

// open returns the text in UTF-8 (or in whatever one-byte encoding it is in),
// without a byte order mark.
func (s *sniffer) open() (io.Reader, error) {
	br := bufio.NewReaderSize(s.r, 1024)
	head, err := br.Peek(512)
	s.head = bytes.Clone(head)
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		br.Discard(3)
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		br.Discard(2)
		return &utf16Reader{r: br}, nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		br.Discard(2)
		return &utf16Reader{r: br, big: true}, nil
	case bytes.HasPrefix(head, []byte("B\x00E\x00G\x00")):
		return &utf16Reader{r: br}, nil
	case bytes.HasPrefix(head, []byte("\x00B\x00E\x00G")):
		return &utf16Reader{r: br, big: true}, nil
	}
	if err == io.EOF || err == bufio.ErrBufferFull {
		err = nil
	}
	return br, err
}

// what says what a text without any component is.
func (s *sniffer) what(size int64) string {
	low := bytes.ToLower(bytes.TrimLeft(s.head, "\xef\xbb\xbf \t\r\n"))
	switch {
	case size == 0:
		return "it is empty"
	case len(low) == 0:
		return "it is blank"
	case bytes.HasPrefix(low, []byte("<!doctype html")), bytes.HasPrefix(low, []byte("<html")), bytes.Contains(low, []byte("<head")):
		return "it is a web page (HTML); the address may want a sign-in, or be that of a page about the calendar"
	case low[0] == '<':
		return "it is XML or HTML"
	case low[0] == '{':
		return "it is JSON"
	case bytes.IndexByte(s.head, 0) >= 0 || !utf8.Valid(s.head[:max(0, len(s.head)-3)]):
		return "it is binary data"
	}
	return fmt.Sprintf("no BEGIN:VCALENDAR in its %d bytes", size)
}

// utf16Reader turns UTF-16 into UTF-8.
type utf16Reader struct {
	r    io.Reader
	big  bool
	in   [4096]byte
	n    int // bytes in in
	high rune
	out  []byte
	eof  bool
}

// Read implements io.Reader.
func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		if u.eof {
			return 0, io.EOF
		}
		n, err := u.r.Read(u.in[u.n:])
		u.n += n
		if err == io.EOF {
			u.eof = true
		} else if err != nil {
			return 0, err
		}
		u.convert()
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

func (u *utf16Reader) convert() {
	u.out = u.out[:0]
	i := 0
	for ; i+1 < u.n; i += 2 {
		c := rune(u.in[i]) | rune(u.in[i+1])<<8
		if u.big {
			c = rune(u.in[i])<<8 | rune(u.in[i+1])
		}
		switch {
		case u.high != 0:
			r := utf16.DecodeRune(u.high, c)
			u.high = 0
			u.out = utf8.AppendRune(u.out, r)
		case utf16.IsSurrogate(c):
			u.high = c
		default:
			u.out = utf8.AppendRune(u.out, c)
		}
	}
	u.n = copy(u.in[:], u.in[i:u.n])
}
