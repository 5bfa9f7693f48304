package webcal

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html/charset"
)

// unpack undoes gzip, which some servers send as a plain file and many people
// keep on disk. What the transport has undone already passes through.
func unpack(r *bufio.Reader) (io.Reader, error) {
	if magic, _ := r.Peek(3); !bytes.Equal(magic, []byte{0x1f, 0x8b, 8}) {
		return r, nil
	}
	return gzip.NewReader(r)
}

// decode turns a declared charset into UTF-8. Without one, and for the names that
// mean "plain text" to servers that never thought of it, the text is UTF-8 as
// RFC 5545 section 3.1.4 has it; a byte order mark beats the declaration.
func decode(r io.Reader, label string) (io.Reader, error) {
	br := bufio.NewReaderSize(r, 4096)
	mark, _ := br.Peek(3)
	switch {
	case bytes.Equal(mark, []byte("\xef\xbb\xbf")):
		return br, nil
	case bytes.HasPrefix(mark, []byte("\xff\xfe")):
		label = "utf-16le"
	case bytes.HasPrefix(mark, []byte("\xfe\xff")):
		label = "utf-16be"
	}
	switch strings.ToLower(strings.TrimSpace(label)) {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "binary":
		return br, nil
	}
	out, err := charset.NewReaderLabel(label, br)
	if err != nil {
		return nil, fmt.Errorf("the server says that it is written in %q, which is not known; ask for UTF-8", label)
	}
	return out, nil
}

// notCalendar says what a text is when its beginning shows that it is no
// calendar; "" when it may be one. A local file may have anything before its
// calendar, an answer over the network may not.
func notCalendar(head []byte, remote bool) string {
	text := strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")))
	const alone = "; its follow-ups were left alone; "
	where := "it is"
	if remote {
		where = "the server sent"
	}
	switch {
	case text == "":
		if remote {
			return "the server sent nothing at all" + alone + "try again later with followup sync"
		}
		return "it is empty; export the calendar again"
	case strings.HasPrefix(text, "begin:vcalendar"):
		return ""
	case strings.HasPrefix(text, "<"):
		return where + " a web page instead of a calendar, often a sign-in page" + alone + "copy the calendar's iCal address, not the page's"
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		return where + " JSON instead of iCalendar" + alone + "copy the calendar's iCal address"
	case remote:
		return "the server sent something that does not begin with BEGIN:VCALENDAR" + alone + "check the address in a browser"
	case bytes.IndexByte(head, 0) >= 0:
		return "it is no text; export the calendar as iCalendar (.ics)"
	}
	return ""
}

var errTooLarge = errors.New("too large")

// limited reads up to a limit and fails beyond it, where io.LimitReader would
// feign an end.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	if l.left < 0 {
		return n, errTooLarge
	}
	return n, err
}
