package interview

import (
	"bytes"
	"html"
	"strings"
	"sync"
	"unicode/utf8"

	"followup/calendar"
)

// Prefilter tells from the raw bytes of one VEVENT whether Recognize could take
// the event for an interview or ask about it. It is false only when it couldn't,
// unless a mark outside of the event's text names its UID: see PrefilterFor. It
// allocates nothing for events that it refuses, and may be called concurrently.
//
// Both sides look for the same stems in the same way: Recognize refuses what has
// none of them (see triggered), so that only folded lines, escapes and HTML could
// make a difference, and those are undone here.
func Prefilter(component []byte) bool {
	return loadStems().component(component, nil)
}

// PrefilterFor is Prefilter for a run with marks from outside of the events'
// texts: it also keeps events whose UID such a mark names. lines are where in the
// component its lines begin; nil when the caller doesn't know.
func PrefilterFor(marks []calendar.Mark) func(component []byte, lines []uint32) bool {
	var refs [][]byte
	for _, m := range marks {
		if m.Word == calendar.MarkInterview && m.Ref != "" {
			uid, _, _ := strings.Cut(m.Ref, "/")
			refs = append(refs, []byte(uid))
		}
	}
	return func(component []byte, lines []uint32) bool {
		if loadStems().component(component, lines) {
			return true
		}
		for _, uid := range refs {
			if bytes.Contains(component, uid) {
				return true
			}
		}
		return false
	}
}

// stems are the compiled lists of facts/stems.txt.
type stems struct {
	any, title, organizer *matcher
	short                 fewStems // for titles of events with guests
	note                  fewStems // for titles of events without guests
}

// fewStems are stems of any length to look for in short lines, in tables that
// leave the processor's cache to the matchers.
type fewStems struct {
	seen [1 << (pairBits - 6)]uint64 // bitmap of what the stems begin with
	by   map[uint16][]stem           // by their first two bytes, in lower case
}

// pairBits is the size of the bitmap: most pairs of letters begin no stem.
const pairBits = 13

func (s *fewStems) add(p stem) {
	if s.by == nil {
		s.by = map[uint16][]stem{}
	}
	k := pair(p.text[0], p.text[1])
	s.by[k] = append(s.by[k], p)
	h := pairHash(k)
	s.seen[h>>6] |= 1 << (h & 63)
}

func pair(a, b byte) uint16 { return uint16(lower[a]) | uint16(lower[b])<<8 }

func pairHash(k uint16) uint32 { return uint32(k) * 2654435761 >> (32 - pairBits) }

// find tells whether a line has one of the stems. hit is told the language of each
// until it returns false.
func (s *fewStems) find(line []byte, hit func(lang string) bool) bool {
	found := false
	for i := 0; i+1 < len(line); i++ {
		k := pair(line[i], line[i+1])
		if h := pairHash(k); s.seen[h>>6]>>(h&63)&1 == 0 {
			continue
		}
		for _, p := range s.by[k] {
			if !equalFold(line[i:], p.text) {
				continue
			}
			if found = true; hit == nil || !hit(p.lang) {
				return true
			}
		}
	}
	return found
}

var loadStems = sync.OnceValue(func() *stems {
	data, err := factFiles.ReadFile("facts/stems.txt")
	if err != nil {
		panic(err) // the files are embedded: a test loads them
	}
	lists := map[string][]stem{}
	s := &stems{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		f := strings.SplitN(line, " ", 3)
		if len(f) < 3 || strings.HasPrefix(line, "#") {
			continue
		}
		for p := range strings.SplitSeq(f[2], ",") {
			if p = strings.TrimPrefix(p, " "); strings.TrimSpace(p) == "" {
				continue
			}
			for _, v := range caseVariants(p) {
				switch st := (stem{v, f[0]}); {
				case f[1] == "note":
					s.note.add(st)
				case len(p) < minStem:
					s.short.add(st)
				default:
					lists[f[1]] = append(lists[f[1]], st)
				}
			}
		}
	}
	for relay := range loadFacts()["relay"] {
		lists["organizer"] = append(lists["organizer"], stem{relay, "en"})
	}
	s.any, s.title, s.organizer = newMatcher(lists["any"]), newMatcher(lists["title"]), newMatcher(lists["organizer"])
	return s
})

// component looks at the lines of a raw VEVENT that say what it is about. lines are
// where its lines begin, nil when that is not known.
func (s *stems) component(c []byte, lines []uint32) bool {
	w := sheets.Get().(*sheet)
	defer w.free()
	invited := w.gather(c, lines)
	if s.any.find(w.text, nil) {
		return true
	}
	titleStem, guests := false, invited
	for _, l := range w.logical {
		switch line := w.text[l.from:l.to]; l.kind {
		case 'O':
			guests = true
			if s.organizer.find(line, nil) {
				return true
			}
		case 'S':
			if !invited && s.note.find(line, nil) {
				return true
			}
			titleStem = titleStem || s.inTitle(line, nil)
		}
	}
	if markup(w.text) {
		for _, l := range w.logical {
			if line := w.text[l.from:l.to]; markup(line) && s.marked(line, l.kind, invited, &titleStem) {
				return true
			}
		}
	}
	return guests && (titleStem || w.hostInTitle())
}

// longTitle and longHost are how much of a title and of a host is compared.
const (
	longTitle = 96
	longHost  = 64
)

// hostInTitle tells whether the title has the beginning of the name in the
// organizer's domain: "Nimbus – Product" of anna@nimbus-labs.example.
func (w *sheet) hostInTitle() bool {
	var title, host []byte
	rough := false // the title is longer than what is compared, or has markup
	for _, l := range w.logical {
		switch line := w.text[l.from:l.to]; l.kind {
		case 'S':
			rough = rough || len(line) > longTitle || markup(line)
			title = line[:min(len(line), longTitle)]
		case 'O':
			if at := bytes.LastIndexByte(line, '@'); at >= 0 {
				host = line[at+1:]
				if n := bytes.IndexAny(host, "\";:>, "); n >= 0 {
					host = host[:n]
				}
				host = host[:min(len(host), longHost)]
			}
		}
	}
	return len(host) > 0 && (rough && nameable(host) || hostIn(host, title))
}

// hostStart is how many letters of a host's name a title has to have.
const hostStart = 5

// hostIn looks for the beginning of each part of a host but the last in a title.
func hostIn(host, title []byte) bool {
	for len(host) > 0 {
		n := bytes.IndexByte(host, '.')
		if n < 0 {
			return false
		}
		if part := host[:n]; n >= hostStart && !commonHost(part) && containsFold(title, part[:hostStart]) {
			return true
		}
		host = host[n+1:]
	}
	return false
}

// nameable tells whether a host has a part that a title may name.
func nameable(host []byte) bool {
	for len(host) > 0 {
		n := bytes.IndexByte(host, '.')
		if n < 0 {
			return false
		}
		if n >= hostStart && !commonHost(host[:n]) {
			return true
		}
		host = host[n+1:]
	}
	return false
}

// commonHost tells whether a part of a host is everybody's.
func commonHost(part []byte) bool {
	switch string(part) {
	case "gmail", "googlemail", "outlook", "hotmail", "yahoo", "icloud", "group", "calendar", "google", "resource":
		return true
	}
	return false
}

func containsFold(s, sub []byte) bool {
	for i := 0; i+len(sub) <= len(s); i++ {
		if lower[s[i]] == lower[sub[0]] && bytes.EqualFold(s[i:i+len(sub)], sub) {
			return true
		}
	}
	return false
}

// lineKind names the properties that matter by their first letter: SUMMARY,
// DESCRIPTION, LOCATION, ORGANIZER, X-ALT-DESC, ATTENDEE; 0 for every other.
func lineKind(line []byte) byte {
	if len(line) < 7 {
		return 0
	}
	switch line[0] | 0x20 {
	case 's':
		if line[1]|0x20 == 'u' && line[2]|0x20 == 'm' {
			return 'S'
		}
	case 'd':
		if line[1]|0x20 == 'e' && line[2]|0x20 == 's' {
			return 'D'
		}
	case 'l':
		if line[1]|0x20 == 'o' && line[2]|0x20 == 'c' {
			return 'L'
		}
	case 'o':
		if line[1]|0x20 == 'r' && line[2]|0x20 == 'g' {
			return 'O'
		}
	case 'a':
		if line[1]|0x20 == 't' && line[3]|0x20 == 'e' {
			return 'A'
		}
	case 'x':
		if line[1] == '-' && line[2]|0x20 == 'a' && line[3]|0x20 == 'l' {
			return 'D'
		}
	}
	return 0
}

// inTitle looks for the stems that count in titles of events with guests.
func (s *stems) inTitle(line []byte, hit func(lang string) bool) bool {
	return s.title.find(line, hit) || s.short.find(line, hit)
}

// markup tells whether HTML may keep a stem apart: a tag between two letters, an
// entity that may stand for one. Escapes can't: no stem has a sign that is escaped.
func markup(text []byte) bool {
	for rest := text; ; {
		n := bytes.IndexByte(rest, '&')
		if n < 0 {
			break
		}
		rest = rest[n+1:]
		if letterEntity(rest) {
			return true
		}
	}
	for i := 0; ; {
		n := bytes.IndexByte(text[i:], '<')
		if n < 0 {
			return false
		}
		if i += n; i > 0 && letterByte(text[i-1]) && gluesWords(text[i:]) {
			return true
		}
		i++
	}
}

// letterEntity tells whether what follows an ampersand is an entity other than
// those for blanks and signs.
func letterEntity(rest []byte) bool {
	end := bytes.IndexByte(rest[:min(len(rest), 12)], ';')
	if end <= 0 {
		return false
	}
	name := bytes.TrimSuffix(rest[:end], []byte(`\`))
	switch string(name) {
	case "amp", "lt", "gt", "nbsp", "quot", "apos", "#39", "#160", "ndash", "mdash", "bull", "hellip":
		return string(name) == "amp" && len(rest) > end+1 && letterByte(rest[end+1]) // escaped twice
	}
	return len(name) > 1
}

func letterByte(c byte) bool { return c >= utf8.RuneSelf || 'a' <= c|0x20 && c|0x20 <= 'z' }

// gluesWords tells whether a letter follows the tags at the beginning, none of
// which ends a line.
func gluesWords(s []byte) bool {
	for len(s) > 0 && s[0] == '<' {
		end := bytes.IndexByte(s, '>')
		if end < 0 {
			return false
		}
		name := bytes.ToLower(bytes.TrimLeft(s[1:min(end, 5)], "/"))
		for _, block := range []string{"br", "p", "div", "li", "ul", "ol", "tr", "td", "h1", "h2", "h3"} {
			if rest, ok := bytes.CutPrefix(name, []byte(block)); ok && (len(rest) == 0 || !letterByte(rest[0])) {
				return false
			}
		}
		s = s[end+1:]
	}
	return len(s) > 0 && letterByte(s[0])
}

// marked looks again at a line without its tags, entities and escapes.
func (s *stems) marked(line []byte, kind byte, invited bool, titleStem *bool) bool {
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '<':
			if n := bytes.IndexByte(line[i:], '>'); n > 0 && n < 400 {
				i += n
				continue
			}
			b.WriteByte('<')
		case '\\':
			if i+1 < len(line) {
				i++
				if line[i] == 'n' || line[i] == 'N' {
					b.WriteByte('\n')
				} else {
					b.WriteByte(line[i])
				}
			}
		default:
			b.WriteByte(line[i])
		}
	}
	plain := []byte(html.UnescapeString(b.String()))
	if kind == 'S' {
		if !invited && s.note.find(plain, nil) {
			return true
		}
		*titleStem = *titleStem || s.inTitle(plain, nil)
	}
	return s.any.find(plain, nil) || kind == 'O' && s.organizer.find(plain, nil)
}

// triggered tells whether an event has one of the stems without which nothing is
// an interview.
func triggered(e *calendar.Event) bool { return loadStems().event(e, nil) }

// event is what component is for raw bytes. hit is told the language of each stem
// until it returns false.
func (s *stems) event(e *calendar.Event, hit func(lang string) bool) bool {
	found := false
	look := func(m *matcher, t string) {
		if t != "" && (!found || hit != nil) {
			found = m.find([]byte(cut(t, maxText)), hit) || found
		}
	}
	look(s.any, e.Summary)
	look(s.any, e.Description)
	look(s.any, e.Location)
	for _, p := range []calendar.Person{e.Organizer, e.Creator} {
		look(s.any, p.Name)
		look(s.any, p.Email)
		look(s.organizer, p.Name)
		look(s.organizer, p.Email)
	}
	title := []byte(cut(e.Summary, maxText))
	if len(e.Attendees) == 0 && (!found || hit != nil) {
		found = s.note.find(title, hit) || found
	}
	if !found && (len(e.Attendees) > 0 || e.Organizer.Email != "") {
		_, host := splitAddress(e.Organizer.Email)
		found = s.inTitle(title, hit) || len(title) <= 80 && hostIn([]byte(host), title)
	}
	return found
}
