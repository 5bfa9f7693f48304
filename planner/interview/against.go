package interview

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
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
		if p.kind != noisePiece && slices.ContainsFunc(strings.Fields(p.text), startsUpper) {
			return
		}
	}
	r.say("nameless", "the title names nobody", -1.3)
}

// nounWith tells whether a German title goes on with "mit" and a small letter.
func (r *reading) nounWith() bool {
	return slices.ContainsFunc(r.pieces, func(p piece) bool { return p.hint == "with" && !startsUpper(p.text) })
}

// weighAgainst weighs look-alikes and the interviewer's side.
func (r *reading) weighAgainst() {
	r.lookAlike()
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
				r.say("interviewer's side", fmt.Sprintf("%q", h.pre), -3.5)
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
	case ok && org.kind == hostBusiness && r.me.employers[registrable(org.host)]:
		r.say("own employer", "held by "+org.email, -4)
	case ok && org.kind == hostProvider && r.me.employers[registrableOfCalendar(org.email)]:
		r.say("own employer", "on a calendar of "+org.email, -4)
	case r.colleag > 0 && (!ok || r.selfOrg):
		r.say("own employer", "with colleagues of yours", -3)
	case r.selfOrg && r.me.employers[registrable(r.selfHost)] && len(r.guests) > 0:
		r.say("own employer", "you invite at work", -3)
	case r.selfOrg && len(r.guests) > 0 && !hasSection(r.bodyHit, "confirm"):
		r.say("you invite", "you hold it and have guests", -1.2)
	case r.colleag > 0:
		r.say("own employer", "with colleagues of yours", -2)
	}
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
			if !r.speaks(h) && len(h.pre) < 6 || src.main && inPrefix(h, src.hits) {
				continue
			}
			strict, isNot := strings.CutPrefix(h.section, "not.")
			soft, isSoft := strings.CutPrefix(h.section, "soft.")
			switch {
			case isNot && src.main && !r.inPiece(src.t, h):
				note(r.lookAlikeWeight(strict, src.t, src.hits, h), strict, quote(src.t, h))
			case isSoft && src.main && !r.inPiece(src.t, h):
				note(max(-1.8, r.lookAlikeWeight("other", src.t, src.hits, h)), soft, quote(src.t, h))
			case isNot && !src.main && strings.Contains(h.pre, " ") && bodyClass(strict):
				note(-1.8, strict, quote(src.t, h))
			}
		}
	}
	if from, ok := r.newsroom(); ok {
		note(-4, "media", from)
	}
	if worst < 0 {
		r.say("look-alike: "+class, detail, worst)
	}
}

// inPrefix tells whether a word belongs to one such as "WG:" before a title.
func inPrefix(h hit, hits []hit) bool {
	return slices.ContainsFunc(hits, func(o hit) bool {
		return (o.section == "moved" || o.section == "cancelled") && strings.HasSuffix(o.pre, ":") && o.start <= h.start && h.end <= o.end
	})
}

// lookAlikeWeight weighs a look-alike's word in a title. Those that say what is
// done with an interview decide; those that only name a place or a trade may be
// the employer's name when the title says job interview besides.
func (r *reading) lookAlikeWeight(class string, t text, hits []hit, h hit) float64 {
	switch class {
	case "side":
		return -8
	case "visa", "school", "medical", "home", "media", "sales", "fair", "other":
	case "prep", "own", "hold":
		if org, ok := r.organizer(); ok && class == "own" && r.outside(org) {
			return -0.5 // somebody else's invitation is no note to oneself
		}
		if r.properName(t, h) && !strings.Contains(h.pre, " ") {
			return -0.5
		}
		return -5
	default:
		return -5
	}
	job := false
	for _, o := range hits {
		if o.section != "interview" {
			continue
		}
		if o.start < h.end && h.start < o.end {
			return -5 // one word or phrase with it: "Visainterview"
		}
		job = job || !loadFacts()["generic-interview"][o.pre]
	}
	if job || r.properName(t, h) {
		return -0.5
	}
	return -5
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
		if o.section == "job" && o.start <= h.start && h.end <= o.end && r.speaks(o) && h.end-h.start >= len(h.pre)+3 {
			return true // "Controller" is a job and no "control"
		}
	}
	for _, p := range r.pieces {
		if corporate(p.text) && strings.Contains(fold(p.text), w) {
			return true
		}
		if (p.kind == rolePiece || p.kind == companyPiece) && (p.strong || p.kind == companyPiece && r.knownCompany(p.text) || len(strings.Fields(p.text)) > len(strings.Fields(w))) {
			if low := fold(p.text); len(low) > len(w) && strings.Contains(low, w) && (p.kind == rolePiece && len(strings.Fields(w)) == 1 && r.looksLikeRole(p.text) || r.knownCompany(p.text)) {
				return true
			}
		}
	}
	return false
}
