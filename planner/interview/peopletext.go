package interview

import (
	"slices"
	"strings"
)

// noted finds the people in the user's own short notes, where there is no
// invitation: "with Elspeth Grant", "Herr Dietl ruft an".
func (r *reading) noted(company string) []Person {
	if len(r.body.low) > 300 {
		return nil
	}
	var out []Person
	for _, s := range r.sentences() {
		if hasSection(r.v.scan(s), "not.own") {
			continue
		}
		out = union(out, r.fullNames(s, company))
		out = union(out, r.behindWith(s, company))
	}
	return out
}

// shortNote is the length in bytes up to which a note is about the one person
// whose given name it has.
const shortNote = 48

// firstNamed finds a given name alone in the title or the text of the user's own
// short note: "Ronja calls".
func (r *reading) firstNamed(company string) []Person {
	for _, t := range []text{r.title, r.body} {
		if len(t.low) > shortNote && t.raw == r.body.raw {
			continue
		}
		for _, w := range wordSpans(t.low) {
			name := t.slice(w[0], w[1])
			if r.v.names[t.low[w[0]:w[1]]] && startsUpper(name) && !ideographic(name) && !r.me.isName(name) && !strings.Contains(compact(company), compact(name)) {
				return []Person{{Name: name}}
			}
		}
	}
	return nil
}

// titledNames lists the names behind Mr, Dr and the like in a text.
func (r *reading) titledNames(t text, company string) []Person {
	var out []Person
	for _, h := range r.v.scan(t) {
		if h.section != "mr" || !r.speaks(h) || h.start > 0 && t.low[h.start-1] != ' ' && t.low[h.start-1] != '(' && t.low[h.start-1] != '/' {
			continue
		}
		rest := strings.TrimLeft(t.slice(h.end, len(t.low)), ".ªº")
		if !strings.HasPrefix(rest, " ") || rest == t.slice(h.end, len(t.low)) && len(h.pre) == 1 {
			continue // a letter is a title with its full stop only
		}
		words := strings.Fields(rest)
		n := 0
		for n < len(words) && n < 4 && nameWord(words[n]) && !strings.ContainsAny(words[n], "0123456789@:(/") && (n > 0 || !r.titled(words[n])) {
			n++
			if strings.ContainsAny(words[n-1], ",;).!?،؛") {
				break
			}
		}
		name := strings.TrimRight(strings.Join(words[:n], " "), ".,;)!?،؛")
		if n == 0 || r.me.isName(name) || r.companyAsName(name, company, "") || n == 1 && (!r.familyName(name) || r.isWord(name)) || n > 1 && !r.looksLikeName(name) && !r.personLike(name, company) {
			continue
		}
		if k := r.knownPerson(name); k != (Person{}) {
			out = union(out, []Person{k})
			continue
		}
		out = union(out, []Person{{Name: name}})
	}
	return out
}

// behindWith reads full names behind "with" and family names behind "Mr" in a
// sentence.
func (r *reading) behindWith(s text, company string) []Person {
	var out []Person
	for _, h := range r.v.scan(s) {
		if h.section != "with" && h.section != "mr" || !r.speaks(h) || h.end >= len(s.low) {
			continue
		}
		phrase, _, _ := strings.Cut(s.slice(h.end, len(s.low)), ",")
		words := strings.Fields(strings.TrimLeft(phrase, "."))
		for n := min(3, len(words)); n > 0; n-- {
			name := strings.Trim(strings.Join(words[:n], " "), ".,;:")
			if nameParticle[fold(words[n-1])] {
				continue
			}
			if n > 1 && (r.personLike(name, company) || h.section == "mr") && capitalised(words[:n]) || n == 1 && h.section == "mr" && r.familyName(name) {
				out = union(out, []Person{{Name: name}})
				break
			}
		}
	}
	return out
}

// mentioned finds full names in sentences that speak of the interview, for
// invitations whose wording no phrase of the vocabulary has a slot for; failing
// that, in any whole sentence.
func (r *reading) mentioned(company, via string, recruiter Person) []Person {
	var near, far []Person
	for _, s := range r.sentences() {
		hits := r.v.scan(s)
		if hasSection(hits, "recruiter") && !hasSection(hits, "label.people") {
			continue
		}
		cue := slices.ContainsFunc(hits, func(h hit) bool { return r.speaksOfPeople(s, h) })
		if !cue && len(strings.Fields(s.raw)) < 5 {
			continue // a signature
		}
		found := r.fullNames(s, company)
		if slices.ContainsFunc(hits, func(h hit) bool { return (h.section == "interview" || h.section == "ambiguous") && r.speaks(h) }) {
			found = union(found, r.behindWith(s, company))
		}
		for _, p := range found {
			switch {
			case samePerson(p, recruiter) || compact(p.Name) == compact(via):
			case cue:
				near = union(near, []Person{p})
			default:
				far = union(far, []Person{p})
			}
		}
	}
	if len(near) > 0 {
		return near
	}
	return far
}

// speaksOfPeople tells whether a hit makes its sentence one that may name whom
// the user meets.
func (r *reading) speaksOfPeople(s text, h hit) bool {
	switch h.section {
	case "people", "label.people", "confirm", "interview":
		return r.speaks(h)
	case "with":
		return r.speaks(h) && strings.TrimSpace(s.low[:h.start]) == ""
	}
	return false
}

// fullNames lists runs of two to four capitalised words that begin with a given
// name or follow a title such as Mr.
func (r *reading) fullNames(s text, company string) []Person {
	if ideographic(s.raw) {
		return nil
	}
	spans := wordSpans(s.low)
	var out []Person
	for i := 0; i < len(spans); i++ {
		isTitle := func(k int) bool { return hasSection(r.v.scan(s.sub(spans[k][0], spans[k][1])), "mr") }
		titled := isTitle(i)
		for titled && i+1 < len(spans) && isTitle(i+1) {
			i++
		}
		given := r.givenName(s.low[spans[i][0]:spans[i][1]]) || r.lang == "hu" && i+1 < len(spans) && r.v.names[s.low[spans[i+1][0]:spans[i+1][1]]]
		if !titled && !given || !startsUpper(s.slice(spans[i][0], spans[i][1])) {
			continue
		}
		j := i
		for j+1 < len(spans) && j-i < 4 && strings.Trim(s.low[spans[j][1]:spans[j+1][0]], " .") == "" &&
			(startsUpper(s.slice(spans[j+1][0], spans[j+1][1])) || nameParticle[s.low[spans[j+1][0]:spans[j+1][1]]]) && (j+1 == i+1 || !strings.Contains(s.low[spans[j][1]:spans[j+1][0]], ". ")) {
			j++
		}
		for j > i && nameParticle[s.low[spans[j][0]:spans[j][1]]] {
			j--
		}
		name := s.slice(spans[i][0], spans[j][1])
		if j == i || r.me.isName(name) || r.me.isName(s.slice(spans[i+1][0], spans[j][1])) {
			continue // the user, after a greeting as well: "Olá Mateus"
		}
		out = union(out, r.peopleIn(name, company, ""))
		if rest := s.slice(spans[j][1], len(s.low)); len(out) > 0 {
			out = union(out, r.listedBehind(rest, company))
		}
		i = j
	}
	return out
}

// listedBehind reads the full names that a list goes on with behind a name: ",
// Mei Sung and Ewelina Trzos".
func (r *reading) listedBehind(rest, company string) []Person {
	if !strings.HasPrefix(rest, ",") && !strings.HasPrefix(rest, " (") {
		t := newText(cut(rest, 12))
		if !slices.ContainsFunc(r.v.scan(t), func(h hit) bool { return h.section == "and" && h.start <= 1 && r.speaks(h) }) {
			return nil
		}
	}
	t := newText(cut(rest, maxSlot))
	if n := endOfFiller(t.low, peopleSlot); n >= 0 {
		t = t.sub(0, n)
	}
	return slices.DeleteFunc(r.peopleIn(t.raw, company, ""), func(p Person) bool { return !strings.Contains(p.Name, " ") })
}

// namedPeople reads the people that title, location and body name as the ones
// the user will speak with.
func (r *reading) namedPeople(company, via string) []Person {
	var out []Person
	add := func(s string) {
		for _, p := range r.peopleIn(s, company, via) {
			out = union(out, []Person{p})
		}
	}
	for _, p := range r.pieces {
		if p.kind == personPiece && p.strong && r.knownPerson(p.text) == (Person{}) {
			out = union(out, []Person{{Name: p.text}})
		} else if p.kind == personPiece {
			add(p.text)
		}
	}
	lines := r.lines()
	for i, l := range lines {
		if rest, ok := scheduleLine(l); ok {
			if n := len(out); true {
				out = union(out, r.slotPeople(rest, company, via))
				if len(out) == n && i+1 < len(lines) {
					if _, ok := scheduleLine(lines[i+1]); !ok {
						out = union(out, r.listedOn(lines[i+1], company, via))
					}
				}
			}
			continue
		}
		for _, s := range r.v.sentences(l) {
			if s.low != l.low {
				if v := labelValue(r.v, s, "label.people", r.lang); v != "" {
					add(v)
				}
			}
		}
		if v := labelValue(r.v, l, "label.people", r.lang); v != "" {
			if s := r.v.sentences(newText(v)); len(s) > 1 {
				v = s[0].raw
			}
			add(v)
		} else if r.bareLabel(l, "label.people") {
			for _, below := range lines[i+1:] {
				s := strings.Trim(below.raw, " *-•·–\t")
				if s == "" || len(r.peopleIn(s, company, via)) == 0 {
					break
				}
				add(s)
			}
		}
	}
	for _, src := range []struct {
		t    text
		hits []hit
	}{{r.title, r.titleHit}, {r.loc, r.locHit}, {r.body, r.bodyHit}} {
		for _, h := range src.hits {
			if h.section == "people" && r.speaks(h) {
				add(r.cutSlot(src.t, h, peopleSlot))
			}
		}
	}
	return union(out, r.besideCues(company))
}

// besideCues lists the people with a title in sentences that say whom the user
// will meet: of a list with titles a phrase may take the first only.
func (r *reading) besideCues(company string) []Person {
	var out []Person
	for _, s := range r.sentences() {
		hits := r.v.scan(s)
		if slices.ContainsFunc(hits, func(h hit) bool {
			return (h.section == "people" || h.section == "label.people") && r.speaks(h) && len(h.pre) > 4
		}) && !hasSection(hits, "promise") {
			out = union(out, r.titledNames(s, company))
		}
	}
	return out
}

// listedOn reads the names on the line below a time: "Ada Wexler, Staff Engineer",
// "Connor Blythe and June Park, Infrastructure".
func (r *reading) listedOn(line text, company, via string) []Person {
	s := strings.TrimSpace(strings.Trim(line.raw, " *-•·–"))
	head, _, _ := strings.Cut(s, ",")
	if len(strings.Fields(s)) > 12 {
		return nil
	}
	return r.peopleIn(head, company, via)
}

// bareLabel tells whether a line is a label alone: what it names stands below.
func (r *reading) bareLabel(line text, section string) bool {
	label := strings.Trim(line.low, " *-•·>–#_:")
	if label == "" || len(label) > 50 || !strings.HasSuffix(strings.TrimSpace(strings.Trim(line.low, "*_ ")), ":") {
		return false
	}
	for _, h := range r.v.scan(text{raw: label, low: label}) {
		if h.section == section && h.start == 0 && h.end == len(label) {
			return true
		}
	}
	return false
}

// peopleIn reads the names in "Anna Berg (Head of Data), Jonas Weber and Mia Koch".
func (r *reading) peopleIn(s, company, via string) []Person {
	s = dropBrackets(s)
	var out []Person
	for _, part := range splitList(s, r.v) {
		if before, _, ok := strings.Cut(part, " - "); ok {
			part = before
		}
		if before, _, ok := strings.Cut(part, " – "); ok {
			part = before
		}
		if before, _, ok := strings.Cut(part, ":"); ok {
			part = before
		}
		part, email := splitEmail(part)
		plain := r.withoutHome(r.withoutLead(strings.TrimSpace(part)))
		titled := plain != strings.TrimSpace(part) && r.titled(part)
		part = r.withoutJob(r.withoutOffice(plain))
		if r.me.isName(part) && part != "" || r.me.emails[email] && email != "" {
			continue
		}
		if k := r.knownPerson(part); k != (Person{}) && part != "" {
			if len(nameWords(k.Name)) < 2 && len(nameWords(part)) > len(nameWords(k.Name)) {
				k.Name = part
			}
			out = union(out, []Person{k})
		} else if (r.personLike(part, company) || titled && r.familyName(part)) && compact(part) != compact(via) {
			out = union(out, []Person{{Name: part, Email: email}})
		} else if email != "" {
			if local, host := splitAddress(email); !roleMailbox(local) && kindOfHost(host) == hostBusiness && strings.Contains(nameOfAddress(local), " ") {
				out = union(out, []Person{{Name: nameOfAddress(local), Email: email}})
			}
		}
	}
	return out
}
