package interview

import (
	"strings"

	"followup/calendar"
)

// stripped is an event's description without what tools add to it, and what those
// additions say themselves.
type stripped struct {
	body   text
	topics []text   // second titles: Zoom's Topic, Calendly's Event Name, Cal.com's What
	hosts  []string // names that a tool gives as the host or organizer
	links  []string // every URL, lower case
}

// strip takes conferencing blocks and booking footers out of the description.
// Their links are kept.
func strip(e *calendar.Event) stripped {
	full := newText(calendar.WithoutMarks(e.Description))
	s := stripped{links: findLinks(full.low)}
	for _, extra := range []string{e.Location, e.URL, e.Conference} {
		s.links = append(s.links, findLinks(fold(cut(extra, 2048)))...)
	}
	var kept strings.Builder
	skipping, wantTopic, wantWho := false, false, false
	for _, line := range full.lines() {
		low := strings.TrimSpace(line.low)
		switch {
		case meetFence(low):
			skipping = !skipping
			continue
		case strings.HasPrefix(low, "____________________"):
			skipping = !skipping
			continue
		case skipping:
			continue
		case wantTopic && low != "":
			s.topics, wantTopic = append(s.topics, line), false
			continue
		}
		if low == "" {
			wantWho = false
			kept.WriteByte('\n')
			continue
		}
		if s.toolLine(line, low, &wantTopic, &wantWho) {
			continue
		}
		kept.WriteString(line.raw)
		kept.WriteByte('\n')
	}
	s.body = newText(kept.String())
	for i, t := range s.topics {
		s.topics[i] = withoutPair(t)
	}
	return s
}

// withoutPair takes "between Anna Berg and Nina Okafor" off the end of a topic:
// Cal.com adds both people to the name of the meeting.
func withoutPair(t text) text {
	for from, to := range words(t.low) {
		if from > 0 && loadFacts()["between"][t.low[from:to]] {
			return t.sub(0, from)
		}
	}
	return t
}

func meetFence(low string) bool {
	return strings.HasPrefix(low, "-::~") || strings.HasPrefix(low, "~:~") || strings.HasPrefix(low, "──────")
}

// toolLine reads a line that a tool wrote and tells whether it was one.
func (s *stripped) toolLine(line text, low string, wantTopic, wantWho *bool) bool {
	for _, label := range listFacts()["topic-label"] {
		rest, ok := strings.CutPrefix(low, label)
		if !ok {
			continue
		}
		if rest == "" && len(label) > 6 {
			*wantTopic = true
			return true
		}
		if strings.HasPrefix(rest, ":") {
			if i := strings.IndexByte(line.low, ':'); strings.TrimSpace(rest[1:]) != "" {
				s.topics = append(s.topics, line.sub(i+1, len(line.low)))
			} else {
				*wantTopic = true
			}
			return true
		}
	}
	if i := strings.Index(line.low, " is inviting you to a scheduled zoom meeting"); i > 0 {
		s.hosts = append(s.hosts, strings.TrimSpace(line.slice(0, i)))
		return true
	}
	if label, ok := strings.CutSuffix(low, ":"); ok && loadFacts()["who-label"][label] {
		*wantWho = true
		return true
	}
	if *wantWho {
		if before, tail, ok := strings.Cut(line.low, " - "); ok && !strings.ContainsAny(tail, "@/") && len(tail) < 24 {
			if i := len(before); i > 0 {
				s.hosts = append(s.hosts, strings.TrimRight(strings.TrimSpace(line.slice(0, i)), "- "))
				return true
			}
		}
	}
	return boilerplate(low)
}

func boilerplate(low string) bool {
	low = strings.TrimLeft(low, "*-•>│| ")
	if strings.HasPrefix(low, "http") && !strings.ContainsAny(low, " \t") {
		return true
	}
	for _, p := range listFacts()["boilerplate"] {
		if strings.HasPrefix(low, p) {
			return true
		}
	}
	return false
}

// maxLinks bounds the URLs that are looked at in one text.
const maxLinks = 40

// findLinks lists the URLs of a folded text.
func findLinks(low string) []string {
	var out []string
	for len(out) < maxLinks {
		i := strings.Index(low, "http")
		if i < 0 {
			return out
		}
		low = low[i:]
		end := strings.IndexAny(low, " \n\t<>\"'()[]")
		if end < 0 {
			end = len(low)
		}
		if strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://") {
			out = append(out, strings.TrimRight(low[:end], ".,;:"))
		}
		low = low[max(end, 4):]
	}
	return out
}

// linkHost returns the host of a URL without its port.
func linkHost(link string) string {
	_, rest, _ := strings.Cut(link, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	host, _, _ := strings.Cut(rest, ":")
	return host
}
