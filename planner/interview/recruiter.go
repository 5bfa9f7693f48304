package interview

import (
	"strings"
)

// findRecruiter finds who arranges the interviews: by label, by signature, as an
// optional organizer.
func (r *reading) findRecruiter(named []Person) Person {
	lines := r.lines()
	for i, l := range lines {
		if v := labelValue(r.v, l, "label.recruiter", r.lang); v != "" {
			if p := r.peopleIn(v, "", ""); len(p) > 0 {
				return p[0]
			}
		}
		if p := r.signature(lines, i); p != (Person{}) {
			return p
		}
	}
	for _, g := range r.guests {
		p := g.person(r)
		if p.Name == "" || g.mailbox {
			continue
		}
		if _, tail, ok := strings.Cut(g.name, "("); ok && hasSection(r.v.scan(newText(tail)), "recruiter") {
			return p
		}
		if _, tail, ok := strings.Cut(g.name, " | "); ok && hasSection(r.v.scan(newText(tail)), "recruiter") {
			return p
		}
	}
	return Person{}
}

// signature reads "Anna Berg | Recruiter | Nimbus" and a name with the job on the
// next line.
func (r *reading) signature(lines []text, i int) Person {
	l := lines[i]
	if len(l.low) > 120 || !hasSection(r.v.scan(l), "recruiter") {
		return Person{}
	}
	for _, sep := range []string{"|", ",", " – ", " - ", "(", "·", "/"} {
		if before, after, ok := strings.Cut(l.raw, sep); ok {
			name := r.withoutLead(strings.Trim(before, " *-•–"))
			if k := r.knownPerson(name); k != (Person{}) && !hasSection(r.v.scan(newText(name)), "recruiter") {
				return k
			}
			if k := r.lastWordKnown(name); k != (Person{}) {
				return k
			}
			if len(strings.Fields(name)) >= 2 && r.personLike(name, "") && hasSection(r.v.scan(newText(after)), "recruiter") && !r.me.isName(name) {
				return Person{Name: name}
			}
		}
	}
	if i > 0 && len(strings.Fields(l.raw)) <= 8 && !hasSection(r.v.scan(lines[i-1]), "recruiter") {
		name := strings.Trim(lines[i-1].raw, " ,*-–")
		if k := r.knownPerson(name); k != (Person{}) {
			return k
		}
		if r.personLike(name, "") && len(strings.Fields(name)) <= 4 && !r.me.isName(name) {
			return Person{Name: name}
		}
	}
	return Person{}
}
