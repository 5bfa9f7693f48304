package webcal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// document is the text of an .ics file cut into its components, each as the
// bytes that stand in the file: what is not changed is written back untouched.
type document struct {
	head  []byte // BEGIN:VCALENDAR and the calendar's properties
	parts []part
	tail  []byte // END:VCALENDAR and whatever follows
}

// part is one component directly within the calendar.
type part struct {
	name string // VEVENT, VTIMEZONE...
	uid  string // of a VEVENT
	zone string // TZID of a VTIMEZONE
	raw  []byte
}

// version is the part's ETag: it changes with every byte.
func (p part) version() string {
	sum := sha256.Sum256(p.raw)
	return hex.EncodeToString(sum[:16])
}

var errNotOurs = errors.New("the file is no single, complete calendar, so nothing is written into it; move it away and a new one is made")

// parseDocument cuts up the text. It fails on everything but one whole calendar,
// since a file that can't be understood can't be changed without loss.
func parseDocument(text []byte) (document, error) {
	var d document
	depth := 0
	closed := false
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	for line := range bytes.Lines(text) {
		name, value := beginEnd(line)
		switch {
		case closed:
			if len(bytes.TrimSpace(line)) > 0 {
				return document{}, errNotOurs
			}
			d.tail = append(d.tail, line...)
			continue
		case name == "BEGIN":
			depth++
			if depth == 1 && value != "VCALENDAR" {
				return document{}, errNotOurs
			}
			if depth == 2 {
				d.parts = append(d.parts, part{name: value})
			}
		case name == "END" && depth == 1:
			closed = true
			d.tail = append(d.tail, line...)
			continue
		}
		if depth < 2 {
			if len(d.parts) > 0 || depth == 0 && len(bytes.TrimSpace(line)) > 0 {
				return document{}, errNotOurs // properties behind components: RFC 5545 section 3.4 has none
			}
			d.head = append(d.head, line...)
			continue
		}
		p := &d.parts[len(d.parts)-1]
		p.raw = append(p.raw, line...)
		if name == "END" {
			depth--
		}
	}
	if !closed {
		return document{}, errNotOurs
	}
	for i := range d.parts {
		d.parts[i].identify()
	}
	return d, nil
}

// identify reads the part's UID or TZID.
func (p *part) identify() {
	text := string(p.raw)
	text = strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "").Replace(text)
	depth := 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		name, rest := split([]byte(line))
		switch {
		case is(name, "BEGIN"):
			depth++
		case is(name, "END"):
			depth--
		case depth == 1 && p.name == "VEVENT" && is(name, "UID"):
			_, p.uid, _ = strings.Cut(string(rest), ":")
			p.uid = strings.TrimSpace(p.uid)
		case depth == 1 && p.name == "VTIMEZONE" && is(name, "TZID"):
			_, p.zone, _ = strings.Cut(string(rest), ":")
			p.zone = strings.TrimSpace(p.zone)
		}
	}
}

// beginEnd tells whether the line opens or closes a component, and which.
func beginEnd(line []byte) (name, value string) {
	n, rest := split(bytes.TrimRight(line, "\r\n"))
	if !is(n, "BEGIN") && !is(n, "END") || len(rest) == 0 {
		return "", ""
	}
	return strings.ToUpper(string(n)), strings.ToUpper(strings.TrimSpace(string(rest[1:])))
}

// bytes puts the text together again, zones first.
func (d document) bytes() []byte {
	out := append([]byte(nil), d.head...)
	for _, p := range d.parts {
		out = append(out, p.raw...)
	}
	return append(out, d.tail...)
}

// find returns the index of the VEVENT with the UID, -1 for none.
func (d document) find(uid string) int {
	for i, p := range d.parts {
		if p.name == "VEVENT" && p.uid == uid {
			return i
		}
	}
	return -1
}
