package interview

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"followup/calendar"
)

// The sum of the weights from which an event is an interview, and from which it
// is worth asking.
const (
	yesFrom    = 0.8
	reviewFrom = 0.3
)

// confidence turns a sum of weights into a number between 0 and 1; yesFrom gives 0.75.
func confidence(sum float64) float64 {
	return math.Round(1000/(1+math.Exp(-1.4*sum))) / 1000
}

func (r *reading) say(signal, detail string, weight float64) {
	r.evidence = append(r.evidence, Signal{signal, detail, weight})
}

func (r *reading) sum() float64 {
	s := 0.0
	for _, e := range r.evidence {
		s += e.Weight
	}
	return s
}

// weigh gathers the evidence for and against.
func (r *reading) weigh() {
	r.say("prior", "most events are no interviews", -1.5)
	r.weighTitle()
	r.weighBody()
	r.weighSender()
	r.weighShape()
	r.weighAgainst()
}

// words quotes what was found.
func quote(t text, h hit) string { return fmt.Sprintf("%q", t.slice(h.start, h.end)) }

func (r *reading) weighTitle() {
	best, detail := 0.0, ""
	for _, src := range []struct {
		t    text
		hits []hit
	}{{r.title, r.titleHit}, {r.topic, r.topicHit}} {
		for _, h := range src.hits {
			w := 0.0
			switch h.section {
			case "interview":
				w = 3
			case "ambiguous":
				w = 1.6
				if !r.speaks(h) {
					w = 0.8
				}
			case "talk":
				if r.speaks(h) {
					w = 0.5
				}
			}
			if w > best {
				best, detail = w, quote(src.t, h)
			}
		}
	}
	if best > 0 {
		r.say("title", detail, best)
	}
	said := ""
	for _, src := range []struct {
		t    text
		hits []hit
	}{{r.title, r.titleHit}, {r.topic, r.topicHit}} {
		for _, h := range src.hits {
			switch {
			case h.section != "hiring" && h.section != "recruiter" || !r.speaks(h) || honorific(src.t, h) || said != "" && strings.HasPrefix(h.pre, said):
			case said == "":
				r.say("title says hiring", quote(src.t, h), 0.8)
				said = h.pre
			case said != "":
				r.say("title says hiring", quote(src.t, h), 0.4)
			}
		}
	}
	for _, p := range r.pieces {
		if p.kind == rolePiece && (p.strong || best >= 1.6 || hasSection(r.titleHit, "hiring") || (r.booked() || hasSection(r.bodyHit, "hiring")) && best > 0) && r.looksLikeRole(p.text) {
			r.say("title names a job", p.text, 1.05)
			break
		}
	}
	for _, p := range r.pieces {
		if p.kind == companyPiece && r.knownCompany(p.text) {
			r.say("title names the sender's company", p.text, 0.7)
			break
		}
	}
	for _, h := range r.locHit {
		if h.section == "interview" {
			r.say("place", quote(r.loc, h), 1)
			break
		}
	}
}

// honorific tells whether the word for a personnel department is short for Mr:
// "Hr. Berg".
func honorific(t text, h hit) bool {
	return h.pre == "hr" && h.end < len(t.low) && (t.low[h.end] == '.' || strings.HasPrefix(t.slice(h.start, h.end), "Hr"))
}

// booked tells whether a booking tool gives the topic of the talk.
func (r *reading) booked() bool { return len(r.topicHit) > 0 && len(r.guests) > 0 }

func (r *reading) weighBody() {
	distinct := map[string]bool{}
	confirms := 0.0
	for _, h := range r.bodyHit {
		if h.section != "confirm" || !r.speaks(h) || distinct[h.pre] {
			continue
		}
		distinct[h.pre] = true
		w := 1.5
		if confirms > 0 {
			w = 0.7
		}
		if confirms < 2.9 {
			r.say("words to a candidate", quote(r.body, h), w)
			confirms += w
		}
	}
	r.weighHiring()
	for _, h := range r.bodyHit {
		if h.section == "interview" {
			w := 1.2
			if h.start == 0 && len(r.guests) == 0 && !loadFacts()["generic-interview"][h.pre] {
				w = 2.6 // a note on what an abbreviated title means
			}
			r.say("text speaks of an interview", quote(r.body, h), w)
			break
		}
	}
	for _, l := range r.links {
		if host := linkHost(l); loadFacts().has("pad", host) {
			r.say("link", "a coding pad: "+host, 1.5)
			break
		}
	}
	for _, l := range r.links {
		if host := linkHost(l); host != "" && (recruitingHost(host) && kindOfHost(host) == hostBusiness || kindOfHost(host) == hostRelay && tenantOfLink(l) != "") {
			r.say("link", "a recruiting page: "+host, 1)
			break
		}
	}
}

func (r *reading) weighHiring() {
	n, most := 0.0, 1.6
	if r.aside() {
		most = 0.8
	}
	seen := map[string]bool{}
	for _, h := range r.bodyHit {
		if (h.section == "hiring" || h.section == "recruiter") && r.speaks(h) && !seen[h.pre] && n < most {
			seen[h.pre] = true
			r.say("text speaks of hiring", quote(r.body, h), 0.8)
			n += 0.8
		}
	}
}

// aside tells whether what the body says of hiring may be one item of a meeting
// on something else: the title says nothing of a talk, a job or the user, the
// body nothing of an interview, and the sender is no recruiter.
func (r *reading) aside() bool {
	for _, h := range slices.Concat(r.titleHit, r.topicHit) {
		if (h.section == "interview" || h.section == "ambiguous" || h.section == "talk" || h.section == "hiring") && r.speaks(h) {
			return false
		}
	}
	for _, p := range r.pieces {
		if p.kind == selfPiece || p.kind == rolePiece || p.kind == companyPiece || p.kind == personPiece {
			return false
		}
	}
	for _, g := range r.guests {
		if w, _ := r.weighGuest(g); w > 0.7 {
			return false
		}
	}
	return !hasSection(r.bodyHit, "confirm") && !hasSection(r.bodyHit, "interview")
}

func (r *reading) weighSender() {
	best, detail := 0.0, ""
	for _, g := range r.guests {
		w, d := r.weighGuest(g)
		if w > best {
			best, detail = w, d
		}
	}
	if best > 0 {
		r.say("sender", detail, best)
	}
	for _, t := range r.things {
		if hasSection(r.v.scan(newText(t)), "interview") {
			r.say("room", t, 1.5)
			break
		}
	}
	if r.selfOn && !r.selfOrg && r.selfHost != "" {
		if kindOfHost(r.selfHost) == hostBusiness && r.me.employers[registrable(r.selfHost)] {
			r.say("invited at work", r.selfHost, -0.6)
		}
	}
}

// weighGuest weighs who sent the invitation or is on it.
func (r *reading) weighGuest(g guest) (float64, string) {
	local, _ := splitAddress(g.email)
	sender := g.organizer || g.creator
	deskName := hasSection(r.v.scan(newText(g.name)), "recruiter") || hasSection(r.v.scan(newText(g.name)), "interview")
	switch {
	case sender && g.kind == hostRelay:
		return 2, "a recruiting system: " + g.host
	case sender && g.kind == hostProvider && (deskName || hasSection(r.v.scan(newText(g.name)), "hiring")):
		return 2, "a calendar named " + g.name
	case sender && r.outside(g) && (recruitingMailbox(local) || recruitingHost(g.host)):
		return 1.6, "a recruiting desk: " + g.email
	case deskName && (r.outside(g) || g.kind == hostNone):
		return 1.4, "a recruiter: " + g.name
	case r.outside(g) && sender && agencyName(g.label()):
		return 1.2, "a recruitment agency: " + g.host
	case r.outside(g) && sender:
		return 0.7, "somebody outside: " + g.email
	case r.outside(g):
		return 0.5, "a guest from outside: " + g.email
	}
	return 0, ""
}

// weighShape weighs "Nina <> Nimbus": the user's name together with a company's.
func (r *reading) weighShape() {
	own, other := false, false
	for _, p := range r.pieces {
		own = own || p.kind == selfPiece
		other = other || p.kind == companyPiece && r.knownCompany(p.text)
	}
	if own && other {
		r.say("shape", "your name and a company's in the title", 0.7)
	} else if own && len(r.guests) > 0 {
		r.say("shape", "your name in the title", 0.3)
	}
	r.weighNameless()
	r.weighNote()
	if d := r.e.End.Sub(r.e.Start); d > 0 && (d.Hours() > 10 || d.Minutes() < 10) {
		r.say("length", d.String(), -1)
	}
	if r.e.Series {
		r.say("recurring", "interviews don't recur", -3)
	}
	if n := len(r.e.Attendees); n > 9 {
		r.say("guests", fmt.Sprintf("%d guests", n), -1.5)
	}
}

// newsroom tells whether a newsroom sends the invitation, or the body speaks of
// one, and nothing in it speaks of a job.
func (r *reading) newsroom() (string, bool) {
	if slices.ContainsFunc(slices.Concat(r.titleHit, r.bodyHit), func(h hit) bool {
		return (h.section == "hiring" || h.section == "recruiter" || h.section == "confirm") && r.speaks(h)
	}) {
		return "", false
	}
	for _, g := range r.guests {
		local, _ := splitAddress(g.email)
		if !g.organizer && !g.creator {
			continue
		}
		for _, w := range append(nameWords(g.name), fold(local)) {
			if loadFacts()["press-mailbox"][w] {
				return g.name + " " + g.email, true
			}
		}
	}
	for _, h := range r.bodyHit {
		if h.section == "not.media" && r.speaks(h) && len(h.pre) >= 7 && h.end-h.start <= len(h.pre)+3 {
			return quote(r.body, h), true
		}
	}
	return "", false
}

// decisive returns the reason why the event can't be an interview to follow up,
// whatever its words say; "" when there is none.
func (r *reading) decisive() string {
	switch {
	case r.e.Marker.Key != "":
		return "an event of followup's own"
	case r.e.AllDay:
		return "an all-day event"
	case r.e.EventType != "" && r.e.EventType != "default" && r.e.EventType != "fromGmail":
		return "an event of the kind " + r.e.EventType
	}
	return ""
}

// status reads what became of the event.
func (r *reading) status() Status {
	switch {
	case r.e.Status == calendar.StatusCancelled || r.e.Method == "CANCEL" || r.cancelledTitle():
		return Cancelled
	case r.selfPart == calendar.PartStatDeclined || r.declinedTitle():
		return Declined
	}
	return Active
}

// cancelledTitle tells whether the title begins or ends with a word for cancelled.
func (r *reading) cancelledTitle() bool { return r.titleEdge("cancelled") }

func (r *reading) declinedTitle() bool { return r.titleEdge("declined") }

func (r *reading) titleEdge(section string) bool {
	for _, h := range r.titleHit {
		if h.section == section && (strings.Trim(r.title.low[:h.start], " [(*-–:【「『") == "" || strings.Trim(r.title.low[h.end:], " ])*-–:!】」』") == "") {
			return true
		}
	}
	return false
}
