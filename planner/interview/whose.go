package interview

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// weighWhose weighs that the title of an event of the user's own, without guests,
// says whose interview it is: "Entretien de Julie", "Lisa's interview".
func (r *reading) weighWhose() {
	if len(r.guests) > 0 || !hasSection(r.titleHit, "interview") {
		return
	}
	if name := r.forSomebody(); name != "" {
		r.say("somebody else's", name, -5)
		return
	}
	for _, p := range r.pieces {
		if p.hint == "with" || p.hint == "at" || p.kind == selfPiece {
			continue
		}
		name, said := r.owner(p)
		words := strings.Fields(name)
		if len(words) == 0 || len(words) > 2 || !startsUpper(name) || r.me.isName(name) {
			continue
		}
		switch given := r.givenName(fold(words[0])); {
		case !given:
		case said:
			r.say("somebody else's", name, -5)
			return
		case len(words) == 1 && r.onlyName(p):
			r.say("somebody else's", name, -1.4)
			return
		}
	}
}

// forSomebody returns the given name behind a word for "for" in the middle of a
// title: "Entrevista na creche para a Inês".
func (r *reading) forSomebody() string {
	for _, h := range r.titleHit {
		if h.section != "for" || h.lang != r.lang || h.start == 0 || h.end >= len(r.title.low) || slices.ContainsFunc(r.titleHit, func(o hit) bool { return o.section == "people" && o.start < h.end && h.start < o.end }) {
			continue
		}
		name := r.withoutLead(strings.TrimSpace(r.title.slice(h.end, len(r.title.low))))
		words := strings.Fields(name)
		if len(words) == 0 || !startsUpper(words[0]) {
			continue
		}
		first := strings.Trim(words[0], ".,;:()")
		if r.v.names[fold(first)] && !r.me.isName(first) && (len(words) == 1 || !startsUpper(words[1])) {
			return first
		}
	}
	return ""
}

// owner takes the word that says whose something is off a piece, and tells
// whether there was one: "da Camila", "Lisa's", "for Lily".
func (r *reading) owner(p piece) (string, bool) {
	for _, tail := range []string{"'s", "’s"} {
		if s, ok := strings.CutSuffix(p.text, tail); ok {
			return s, true
		}
	}
	t := newText(p.text)
	for _, h := range r.v.scan(t) {
		if h.section == "of" && h.start == 0 && h.end < len(t.low) && t.low[h.end] == ' ' {
			return strings.TrimSpace(t.slice(h.end, len(t.low))), true
		}
	}
	return p.text, p.hint == "for"
}

// onlyName tells whether a piece is all that the title says beside its words for
// interview, and the text nothing of a job.
func (r *reading) onlyName(p piece) bool {
	for _, o := range r.pieces {
		if o != p && o.kind != noisePiece && o.kind != selfPiece {
			return false
		}
	}
	return !hasSection(r.bodyHit, "hiring") && !hasSection(r.bodyHit, "confirm") && !hasSection(r.bodyHit, "job")
}

// givenName tells whether a folded word is a given name, in languages that
// change the ends of names also in another case: "Лены" of Лена.
func (r *reading) givenName(word string) bool {
	if r.v.names[word] {
		return true
	}
	if s, ok := strings.CutSuffix(word, "s"); ok && (r.lang == "sv" || r.lang == "no" || r.lang == "da" || r.lang == "de") && r.v.names[s] {
		return true
	}
	if !r.inflects() || utf8.RuneCountInString(word) < 4 {
		return false
	}
	stem := word
	for range 3 {
		_, n := utf8.DecodeLastRuneInString(stem)
		if stem = stem[:len(stem)-n]; utf8.RuneCountInString(stem) < 3 {
			return false
		}
		if caseEnding[word[len(stem):]] && slices.ContainsFunc([]string{"", "a", "ia", "e", "o", "а", "я", "ій", "ий", "ей", "ь", "ς", "ας", "ης", "ος", "α", "η"}, func(end string) bool { return r.v.names[stem+end] }) {
			return true
		}
	}
	return false
}

// caseEnding are the ends that names get in the languages that inflect them.
var caseEnding = func() map[string]bool {
	m := map[string]bool{}
	for _, e := range strings.Fields("a e i y u o n t ou em om ovi owi ie ii im ym ego emu ej iem ia ie iu ka ki ce ne nie ze rze ei ii ului lui " +
		"in en an on un lle lta ssa sta ssa ista yla yle la le nin nun ya ye val vel nak nek hoz hez al el at et ot val " +
		"а е и і ї ы у ю я ой ей ом ем ою ею ами ові єю ию ии ию ям ь ου η ας ης ο ον α") {
		m[e] = true
	}
	return m
}()

// weighNote weighs that the user's own note says with few words that a talk is
// about a job and with whom: "Call with Nimbus recruiter", "Telefonat Bewerbung
// Nimbus".
func (r *reading) weighNote() {
	if len(r.guests) > 0 || hasSection(r.titleHit, "interview") {
		return
	}
	talk := slices.ContainsFunc(r.titleHit, func(h hit) bool {
		return (h.section == "talk" || h.section == "ambiguous") && r.speaks(h)
	})
	if !talk {
		return
	}
	for _, h := range r.titleHit {
		if (h.section == "hiring" || h.section == "recruiter") && r.speaks(h) && r.nameBeside(r.title, r.titleHit) {
			r.say("note", "a talk, "+quote(r.title, h)+" and a name", 1.1)
			return
		}
	}
	if len(r.body.low) > 300 || !r.nameBeside(r.title, r.titleHit) {
		return
	}
	for _, h := range r.bodyHit {
		if (h.section == "hiring" || h.section == "recruiter") && r.speaks(h) && !honorific(r.body, h) {
			r.say("note", "a talk, a name and "+quote(r.body, h)+" in the text", 1)
			return
		}
	}
}
