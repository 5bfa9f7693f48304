package planner

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"followup/planner/interview"
)

// person is somebody spoken with in a round.
type person struct {
	interview.Person
	slot interview.Interview // the last one in which the person takes part
}

// people lists everybody spoken with in the round, each once, in the order in
// which they appear.
func (r *round) people() []person {
	var out []person
	for _, s := range r.slots {
		for _, p := range interviewersOf(s) {
			i := slices.IndexFunc(out, func(o person) bool { return samePerson(o.Person, p) })
			if i < 0 {
				out = append(out, person{Person: p, slot: s})
				continue
			}
			out[i].slot = s
			out[i].Email = cmp.Or(out[i].Email, p.Email)
			out[i].Name = cmp.Or(out[i].Name, p.Name)
		}
	}
	return out
}

// interviewersOf returns the interviewers; in a screen that names nobody else the
// recruiter is the one.
func interviewersOf(iv interview.Interview) []interview.Person {
	if len(iv.Interviewers) == 0 && iv.Round == interview.Screen && iv.Recruiter != (interview.Person{}) {
		return []interview.Person{iv.Recruiter}
	}
	return iv.Interviewers
}

// recruiter returns who arranges the process: of this round, else of the latest
// round that tells.
func (pr *process) recruiter(r *round) interview.Person {
	for _, s := range r.slots {
		if s.Recruiter != (interview.Person{}) {
			return s.Recruiter
		}
	}
	for _, o := range slices.Backward(pr.rounds) {
		for _, s := range o.slots {
			if s.Recruiter != (interview.Person{}) {
				return s.Recruiter
			}
		}
	}
	return interview.Person{}
}

// contact returns whom to ask how things stand: the recruiter, else somebody
// spoken with, those with an address first.
func (pr *process) contact(r *round) (to interview.Person, recruiter bool) {
	people := r.people()
	if rec := pr.recruiter(r); rec != (interview.Person{}) {
		met := slices.ContainsFunc(people, func(p person) bool { return samePerson(p.Person, rec) })
		if rec.Email != "" || !slices.ContainsFunc(people, func(p person) bool { return p.Email != "" }) {
			return rec, !met
		}
	}
	for _, p := range people {
		if p.Email != "" {
			return p.Person, false
		}
	}
	if len(people) > 0 {
		return people[0].Person, false
	}
	return interview.Person{}, false
}

// samePerson compares by address, and by name where an address is missing.
func samePerson(a, b interview.Person) bool {
	if a.Email != "" && b.Email != "" {
		return strings.EqualFold(a.Email, b.Email)
	}
	return fold(a.Name) != "" && fold(a.Name) == fold(b.Name)
}

// aliases are the recipients that the person may have been known by, the best
// first.
func aliases(p interview.Person) []string {
	var out []string
	if p.Email != "" {
		out = append(out, strings.ToLower(p.Email))
	}
	if n := fold(p.Name); n != "" {
		out = append(out, n)
	}
	return append(out, "")
}

// fold makes names comparable: lower case, letters and digits only, single blanks.
func fold(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	return strings.Join(words, " ")
}

func names(people []person) []string {
	var out []string
	for _, p := range people {
		if p.Name != "" {
			out = append(out, p.Name)
		}
	}
	return out
}
