package interview

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// weighNameless weighs that the title of an event of the user's own names
// somebody by a common noun only, "Entretien avec le proviseur", or nothing by a
// name at all: job interviews are with somebody.
func (r *reading) weighNameless() {
	if len(r.guests) > 0 || len(r.pieces) == 0 || r.lang == "de" && !r.nounWith() {
		return
	}
	for _, p := range r.pieces {
		if r.knownCompany(p.text) || p.kind == selfPiece || p.kind == personPiece || p.kind == rolePiece && r.looksLikeRole(p.text) && p.hint != "with" {
			return
		}
		if p.kind != noisePiece && slices.ContainsFunc(strings.Fields(p.text), nameWord) {
			return
		}
	}
	r.say("nameless", "the title names nobody", -1.3)
}

// nameWord tells whether a word is written as names are: Nimbus, eMag.
func nameWord(s string) bool {
	return startsUpper(s) || strings.ContainsFunc(s, unicode.IsUpper)
}

// nounWith tells whether a German title goes on with "mit" and a small letter.
func (r *reading) nounWith() bool {
	return slices.ContainsFunc(r.pieces, func(p piece) bool { return p.hint == "with" && !startsUpper(p.text) })
}

// weighAgainst weighs look-alikes and the interviewer's side.
func (r *reading) weighAgainst() {
	r.lookAlike()
	r.weighWhose()
	for _, l := range r.links {
		for _, kit := range listFacts()["kit"] {
			if strings.Contains(l, kit) {
				r.say("interviewer's side", "a page for interviewers: "+kit, -8)
				return
			}
		}
	}
	for _, src := range [][]hit{r.titleHit, r.bodyHit} {
		for _, h := range src {
			if h.section == "side" && r.speaks(h) {
				w := -3.5
				if r.candidateSide() {
					w = -1
				} else if r.selfHost != "" && r.me.employers[registrable(r.selfHost)] {
					w = -6 // asked at work
				}
				r.say("interviewer's side", fmt.Sprintf("%q", h.pre), w)
				return
			}
		}
	}
	r.weighInside()
}

// weighInside weighs that the user's own employer holds the event.
func (r *reading) weighInside() {
	org, ok := r.organizer()
	switch {
	case ok && r.internal(org):
		r.say("own employer", "its personnel department writes to a candidate", -1)
	case ok && org.kind == hostBusiness && r.me.employers[registrable(org.host)]:
		r.say("own employer", "held by "+org.email, -4)
	case ok && org.kind == hostProvider && r.me.employers[registrableOfCalendar(org.email)]:
		r.say("own employer", "on a calendar of "+org.email, -4)
	case r.selfOrg && r.me.employers[registrable(r.selfHost)] && len(r.guests) > 0:
		r.say("own employer", "you invite at work", -8)
	case r.colleag > 0 && (!ok || r.selfOrg):
		r.say("own employer", "with colleagues of yours", -3)
	case r.selfOrg && len(r.guests) > 0 && !hasSection(r.bodyHit, "confirm"):
		r.say("you invite", "you hold it and have guests", -1.2)
	case r.colleag > 0:
		r.say("own employer", "with colleagues of yours", -2)
	}
}

// internal tells whether the user's employer invites the user as a candidate for
// another position there.
func (r *reading) internal(org guest) bool {
	local, _ := splitAddress(org.email)
	return recruitingMailbox(local) && r.me.employers[registrable(org.host)] && slices.ContainsFunc(r.bodyHit, func(h hit) bool {
		return h.section == "confirm" && r.speaks(h)
	}) && slices.ContainsFunc(append(nameWords(r.title.raw), nameWords(cut(r.body.raw, 600))...), func(w string) bool { return strings.HasPrefix(w, "intern") || strings.HasPrefix(w, "внутр") })
}

func registrableOfCalendar(email string) string {
	domain, _, _ := strings.Cut(email, "_")
	return registrable(domain)
}

// lookAlike weighs the words of things that are called interviews too.
func (r *reading) lookAlike() {
	worst, detail, class := 0.0, "", ""
	note := func(w float64, c, d string) {
		if w < worst {
			worst, class, detail = w, c, d
		}
	}
	for _, src := range []struct {
		t    text
		hits []hit
		main bool
	}{{r.title, r.titleHit, true}, {r.topic, r.topicHit, true}, {r.body, r.bodyHit, false}} {
		for _, h := range src.hits {
			if !r.speaks(h) && (len(h.pre) < 6 || r.lang != "en" || r.home != h.lang && r.home != "") || src.main && inPrefix(h, src.hits) {
				continue
			}
			strict, isNot := strings.CutPrefix(h.section, "not.")
			soft, isSoft := strings.CutPrefix(h.section, "soft.")
			switch {
			case isNot && src.main && (strict == "media" && !r.jobSaid() || !r.inPiece(src.t, h)):
				note(r.lookAlikeWeight(strict, src.t, src.hits, h), strict, quote(src.t, h))
			case isSoft && src.main && !r.inPiece(src.t, h):
				note(max(-1.8, r.lookAlikeWeight("other", src.t, src.hits, h)), soft, quote(src.t, h))
			case isNot && !src.main && strings.Contains(h.pre, " ") && bodyClass(strict):
				note(-1.8, strict, quote(src.t, h))
			}
		}
	}
	if topic := r.topicSaid(); topic != "" {
		note(-3, "research or media", topic)
	}
	if from, ok := r.newsroom(); ok {
		note(-4, "media", from)
	}
	if worst < 0 {
		r.say("look-alike: "+class, detail, worst)
	}
}

// topicSaid returns the words behind "about" in the title of an interview that
// nothing in the event takes for one about a job: the press and researchers
// name their topic. "" when there are none.
func (r *reading) topicSaid() string {
	if !hasSection(r.titleHit, "interview") || r.jobSaid() {
		return ""
	}
	for _, h := range r.titleHit {
		if h.section == "about" && r.speaks(h) && h.start > 0 && h.end+1 < len(r.title.low) {
			return quote(r.title, hit{start: h.start, end: len(r.title.low)})
		}
	}
	return ""
}

// jobSaid tells whether anything in the event speaks of a job.
func (r *reading) jobSaid() bool {
	for _, hits := range [][]hit{r.titleHit, r.topicHit, r.bodyHit} {
		for _, h := range hits {
			if (h.section == "hiring" || h.section == "recruiter" || h.section == "confirm" || h.section == "job") && r.speaks(h) {
				return true
			}
		}
	}
	return false
}

// inPrefix tells whether a word belongs to one such as "WG:" before a title.
func inPrefix(h hit, hits []hit) bool {
	return slices.ContainsFunc(hits, func(o hit) bool {
		return (o.section == "moved" || o.section == "cancelled") && strings.HasSuffix(o.pre, ":") && o.start <= h.start && h.end <= o.end
	})
}

// lookAlikeWeight weighs a look-alike's word in a title. Those that say what is
// done with an interview, or whose it is, decide; those that only name a place or
// a trade may be the employer's name when the title says job interview or names
// a job besides.
func (r *reading) lookAlikeWeight(class string, t text, hits []hit, h hit) float64 {
	switch class {
	case "side":
		if r.candidateSide() {
			return -1
		}
		return -8
	case "visa", "school", "medical", "home", "media", "sales", "fair", "other":
	case "prep", "own", "hold", "family":
		if org, ok := r.organizer(); ok && (class == "own" || class == "family") && r.outside(org) {
			return -0.5 // somebody else's invitation is no note to oneself
		}
		if r.properName(t, h) && !strings.Contains(h.pre, " ") {
			return -0.5
		}
		return -5
	default:
		if class == "performance" && slices.ContainsFunc(hits, func(o hit) bool {
			return o.section == "offer_call" && r.speaks(o) && (o.end <= h.start || h.end <= o.start)
		}) {
			return -0.5 // talk of the salary that goes with an offer
		}
		return -6.5
	}
	job, post := false, false
	for _, o := range hits {
		if o.section == "label.role" && r.speaks(o) && (o.end <= h.start || h.end <= o.start) {
			job, post = true, true // "poste de surveillant"
		}
		if o.section == "hiring" && r.speaks(o) && slices.ContainsFunc(hits, func(i hit) bool { return i.section == "interview" && i.end+1 == o.start }) {
			job = true // "interviu angajare"
		}
		if o.section != "interview" {
			continue
		}
		if o.start < h.end && h.start < o.end {
			return -5 // one word or phrase with it: "Visainterview"
		}
		job = job || !loadFacts()["generic-interview"][o.pre] && (class == "media" || !loadFacts()["selecting-interview"][o.pre])
	}
	switch {
	case class == "fair" && !job:
		return -5
	case r.courted():
		return -0.8
	case !post && r.asLabel(t, h), class == "media" && len(r.guests) > 0 && !r.jobSaid():
		return -5
	case job, r.properName(t, h) && !strings.Contains(h.pre, " "), r.employs(t, hits, h):
		return -0.5
	}
	return -5
}

// consulted tells whether a look-alike's word is itself the name of a job, of
// somebody whom people go to see: "notaire", "assistente sociale".
func (r *reading) consulted(t text, h hit) bool {
	return slices.ContainsFunc(r.v.scan(t), func(o hit) bool {
		return o.section == "job" && r.speaks(o) && o.start < h.end && h.start < o.end
	})
}

// inBrand tells whether a word is part of the name of a company that takes part.
func (r *reading) inBrand(w string) bool {
	c := umlauts(compact(w))
	return slices.ContainsFunc(r.companyLabels(), func(l string) bool { return strings.Contains(umlauts(compact(l)), c) })
}

// candidateSide tells whether a recruiting desk outside of the user's employer
// writes to the user's private address: it means the user by "the candidate".
func (r *reading) candidateSide() bool {
	org, ok := r.organizer()
	if !ok || !r.selfOn || r.selfOrg || r.colleag > 0 || r.selfHost == "" || r.me.employers[registrable(r.selfHost)] || len(r.me.employers) == 0 {
		return false
	}
	w, _ := r.weighGuest(org)
	return w >= 1.2 || r.outside(org) && hasSection(r.bodyHit, "confirm")
}

// courted tells whether somebody from outside writes to a candidate: the place or
// trade that a word names is then the employer's or the user's own.
func (r *reading) courted() bool {
	org, ok := r.organizer()
	if !ok || !r.outside(org) && org.kind != hostRelay {
		return false
	}
	if hasSection(r.bodyHit, "confirm") || hasSection(r.bodyHit, "recruiter") || hasSection(r.topicHit, "recruiter") {
		return true
	}
	if w, _ := r.weighGuest(org); w >= 1.2 {
		return true
	}
	return !org.mailbox && slices.ContainsFunc(r.bodyHit, func(h hit) bool { return h.section == "label.role" && r.speaks(h) })
}

// asLabel tells whether a word stands as a label before the rest of a title, or
// in brackets behind it: "Theatre: The Interview", "Interview (film)".
func (r *reading) asLabel(t text, h hit) bool {
	before, after := strings.TrimRight(t.low[:h.start], " "), strings.TrimLeft(t.low[h.end:], " ")
	if before == "" {
		return strings.HasPrefix(after, ":") || strings.HasPrefix(after, "«") || strings.HasPrefix(after, "„") || strings.HasPrefix(after, "\"") || strings.HasPrefix(after, "「") || strings.HasPrefix(after, "《")
	}
	return strings.HasSuffix(before, "(") && strings.HasPrefix(after, ")")
}

// employs tells whether the title names a job besides the word h and the word may
// so name the employer: the job stands in another piece, "hospital (nurse)", or
// the title has a name as well, "Oakfield School teacher".
func (r *reading) employs(t text, hits []hit, h hit) bool {
	job, apart := false, false
	for _, o := range hits {
		if o.section != "job" || !r.speaks(o) || !r.besides(hits, h, o) {
			continue
		}
		job = true
		if o.start < h.end && h.start < o.end {
			continue
		}
		between := t.low[min(o.end, h.end):max(o.start, h.start)]
		apart = apart || strings.ContainsAny(between, ",:;()[]|/") || strings.Contains(between, " - ") || strings.Contains(between, "–") ||
			slices.ContainsFunc(hits, func(a hit) bool {
				return (a.section == "for" || a.section == "at" || a.section == "interview") && r.speaks(a) && a.start >= min(o.end, h.end) && a.end <= max(o.start, h.start)
			})
	}
	return job && (apart || r.nameBeside(t, hits))
}

// besides tells whether a job's name o says something else than the look-alike's
// words in the title: it is none of them, or is one and there is another,
// "primary school teacher".
func (r *reading) besides(hits []hit, h, o hit) bool {
	meet := func(a, b hit) bool { return a.start < b.end && b.start < a.end }
	other := !meet(h, o)
	for _, p := range hits {
		if !strings.HasPrefix(p.section, "not.") || !r.speaks(p) {
			continue
		}
		if p.start <= o.start && o.end <= p.end && p.end-p.start > o.end-o.start {
			return false // "fellowship" is no fellow
		}
		other = other || !meet(p, o)
	}
	return other
}

// nameBeside tells whether a title has a word that may be a company's name: with
// a capital in scripts that have them, no word of the vocabulary, nobody's given
// name.
func (r *reading) nameBeside(t text, hits []hit) bool {
	known := make([]bool, len(t.low))
	for _, h := range hits {
		if !h.slot && r.speaks(h) {
			for i := h.start; i < h.end; i++ {
				known[i] = true
			}
		}
	}
	for _, span := range wordSpans(t.low) {
		i, j := span[0], span[1]
		for i < j && known[i] {
			i++
		}
		for j > i && known[j-1] {
			j--
		}
		word := t.low[i:j]
		n := utf8.RuneCountInString(word)
		if c := firstRune(word); n >= 2 && dense(c) && (n > 2 || i == span[0] && j == span[1] || ideographic(word)) && !r.v.names[word] {
			return true
		} else if i == span[0] && n > 1 && !dense(c) && startsUpper(t.slice(i, j)) && !r.givenName(word) && !r.me.isName(word) {
			return true
		}
	}
	return false
}

// properName tells whether the word is part of a name: written with a capital
// beside another word with one, in a language that keeps capitals for names.
func (r *reading) properName(t text, h hit) bool {
	if c := firstRune(h.pre); !unicode.IsLower(c) && unicode.IsLetter(c) && !dense(c) {
		// a script without capitals: the rest of a name stands beside the word
		return slices.ContainsFunc(r.pieces, func(p piece) bool {
			return (p.hint == "with" || p.hint == "at") && len(strings.Fields(p.text)) > 1 && strings.Contains(fold(p.text), t.low[h.start:h.end])
		})
	}
	if r.lang == "de" || !startsUpper(t.slice(h.start, h.end)) || dense(firstRune(h.pre)) || h.start == 0 {
		return false
	}
	for _, p := range r.pieces {
		words := strings.Fields(p.text)
		if len(words) >= 2 && len(words) <= 5 && capitalised(words) && strings.Contains(fold(p.text), t.low[h.start:h.end]) {
			return true
		}
	}
	return false
}

// bodyClass tells whether words of the class count in a body too.
func bodyClass(class string) bool {
	switch class {
	case "research", "exit", "mock", "media", "visa", "school", "medical", "debrief", "performance", "sales":
		return true
	}
	return false
}

// inPiece tells whether a word stands in the name of the company or the role.
func (r *reading) inPiece(t text, h hit) bool {
	w := t.low[h.start:h.end]
	for _, o := range r.v.scan(t) {
		if o.section == "job" && o.start <= h.start && h.end <= o.end && r.speaks(o) && h.end-h.start >= len(h.pre)+3 && len(h.pre) < 8 {
			return true // "Controller" is a job and no "control"
		}
	}
	for _, p := range r.pieces {
		if corporate(p.text) && strings.Contains(fold(p.text), w) {
			return true
		}
		low := fold(p.text)
		if len(low) <= len(w) || !strings.Contains(low, w) {
			continue
		}
		switch p.kind {
		case rolePiece:
			if len(strings.Fields(w)) == 1 && r.looksLikeRole(p.text) && (p.strong || len(strings.Fields(p.text)) > 1) && !r.consulted(t, h) {
				return true
			}
		case companyPiece:
			if r.knownCompany(p.text) && r.inBrand(w) {
				return true
			}
		}
	}
	return false
}
