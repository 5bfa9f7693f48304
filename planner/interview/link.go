package interview

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"followup/calendar"
)

// link finds what belongs together: processes, loops and reissued invitations.
func (c *corpus) link() {
	var list []*Interview
	for _, iv := range c.all {
		if iv.Decision != No {
			list = append(list, iv)
		}
	}
	slices.SortStableFunc(list, func(a, b *Interview) int {
		return cmp.Or(a.Event.Start.Compare(b.Event.Start), strings.Compare(a.Event.UID, b.Event.UID))
	})
	c.sameCompany(list, false)
	c.fromContext(list)
	c.nameProcesses(list, false)
	for _, iv := range list {
		for _, m := range refMarks(c.marks, iv) {
			if !slices.Contains(iv.Marks, m) {
				iv.Marks = append(iv.Marks, m)
			}
		}
	}
	spread(list)
	if correct(list) {
		c.nameProcesses(list, true)
	}
	c.recruiters(list)
	for _, iv := range list {
		iv.Identity = c.identity(iv)
	}
	c.supersede(list)
	c.loops(list)
}

// correct applies #company and #role to the whole process.
func correct(list []*Interview) bool {
	changed := false
	for _, iv := range list {
		for _, m := range iv.Marks {
			switch {
			case m.Value == "":
			case m.Word == calendar.MarkCompany && iv.Company != m.Value:
				iv.Company, changed = m.Value, true
			case m.Word == calendar.MarkRole && iv.Role != m.Value:
				iv.Role, changed = m.Value, true
			}
		}
	}
	return changed
}

// companyKey is the form in which a company's names meet.
func companyKey(name string) string {
	name = stripLegal(name)
	for _, form := range []string{"株式会社", "有限会社", "合同会社", "(株)", "주식회사", "PT ", "CV ", "ООО ", "ТОВ ", "АО ", "ЗАО ", "Công ty ", "شركة ", "חברת "} {
		if rest, ok := strings.CutPrefix(name, form); ok {
			name = rest
		}
		name = strings.TrimSuffix(name, form)
	}
	return compact(name)
}

// companyKey is companyKey of a name that many interviews of the run may have.
func (c *corpus) companyKey(name string) string {
	if name == "" {
		return ""
	}
	k, ok := c.companyKeys[name]
	if !ok {
		k = companyKey(name)
		c.companyKeys[name] = k
	}
	return k
}

// roleKey is the form in which a role's names meet.
func roleKey(role string) string {
	return strings.Join(strings.FieldsFunc(fold(role), func(r rune) bool { return !wordRune(r) }), "-")
}

// nameProcesses gives every interview the key of its application. Names of one
// company that differ by a suffix become one; an unknown role joins the only
// application at the company.
func (c *corpus) nameProcesses(list []*Interview, corrected bool) {
	c.sameCompany(list, corrected)
	c.dropLooseRoles(list)
	roles := map[string]*roleNames{}
	for _, iv := range list {
		k := c.processCompany(iv)
		if roles[k] == nil {
			roles[k] = &roleNames{map[string]string{}, map[string]string{}}
		}
		if iv.Role != "" && k != "" {
			iv.Role = roles[k].join(iv.Role)
		}
	}
	for _, iv := range list {
		k := c.processCompany(iv)
		if k == "" {
			iv.Process = "uid-" + shorten(fold(iv.Event.UID))
			continue
		}
		if iv.Role == "" && len(roles[k].byKey) == 1 {
			for _, role := range roles[k].byKey {
				iv.Role = role
			}
		}
		iv.Process = keyText(k)
		if iv.Role != "" {
			iv.Process += "/" + roleKey(iv.Role)
		}
	}
	c.joinAgencyCalls(list)
}

// dropLooseRoles takes pieces of titles of which no word is known for no roles
// after all: those of slots of one day at one company, "Values" and "Test
// strategy", and those beside a position that is certain.
func (c *corpus) dropLooseRoles(list []*Interview) {
	slots, firm := map[string]int{}, map[string]bool{}
	for _, iv := range list {
		if k := c.processCompany(iv); k != "" {
			slots[dayOf(k, iv)]++
			firm[k] = firm[k] || iv.Role != "" && !c.looseRole(iv)
		}
	}
	for _, iv := range list {
		if k := c.processCompany(iv); k != "" && c.looseRole(iv) && (firm[k] || slots[dayOf(k, iv)] > 1) {
			iv.Role = ""
		}
	}
}

func dayOf(company string, iv *Interview) string {
	return company + "/" + iv.Event.Start.Format(time.DateOnly)
}

func (c *corpus) looseRole(iv *Interview) bool {
	r := c.readings[iv]
	return r != nil && r.looseRole
}

// joinAgencyCalls puts a talk with an agency, in which no employer was named yet,
// into the one application that the agency arranged: its next round is the answer
// to that talk. With several, or none, it stands for itself.
func (c *corpus) joinAgencyCalls(list []*Interview) {
	arranged := map[string]map[string]bool{}
	for _, iv := range list {
		if k := c.companyKey(iv.Via); k != "" && iv.Company != "" {
			if arranged[k] == nil {
				arranged[k] = map[string]bool{}
			}
			arranged[k][iv.Process] = true
		}
	}
	for _, iv := range list {
		k := c.companyKey(iv.Via)
		if k == "" || iv.Company != "" || len(arranged[k]) != 1 {
			continue
		}
		for process := range arranged[k] {
			iv.Process = process
		}
	}
}

// roleNames are the roles at one company.
type roleNames struct {
	byKey  map[string]string // the name of each, by its key
	joined map[string]string // the name that a role as written has
}

// join returns the name of a role, which is that of another one when they differ
// only by words added to that.
func (n *roleNames) join(role string) string {
	if name, ok := n.joined[role]; ok {
		return name
	}
	k := roleKey(role)
	name, ok := n.byKey[k]
	if !ok {
		name = n.like(k, role)
	}
	if name == "" {
		name, n.byKey[k] = role, role
	}
	n.joined[role] = name
	return name
}

// sameBehindComma tells whether two roles that a comma specifies in one way are
// one by the short form of their heads: "RN, Cardiac" and "Registered Nurse, Cardiac".
func sameBehindComma(short, full string) bool {
	a, rest, ok := strings.Cut(short, ", ")
	b, other, both := strings.Cut(full, ", ")
	return ok && both && fold(rest) == fold(other) && shortFor(a, b)
}

func (n *roleNames) like(key, role string) string {
	plain := compact(role)
	for _, have := range sortedKeys(n.byKey) {
		if name := n.byKey[have]; strings.Contains("-"+have+"-", "-"+key+"-") || compact(name) == plain || shortFor(role, name) || sameBehindComma(role, name) {
			return name
		}
	}
	return ""
}

func (c *corpus) processCompany(iv *Interview) string {
	if k := c.companyKey(iv.Company); k != "" {
		return k
	}
	if k := c.companyKey(iv.Via); k != "" {
		return "via-" + k
	}
	return ""
}

func keyText(s string) string { return strings.ReplaceAll(s, " ", "-") }

func shorten(s string) string {
	s = compact(s)
	if len(s) > 40 {
		s = cut(s, 40)
	}
	return s
}

// sameCompany gives interviews of one domain the same company: names that begin
// alike, or with the domain's own, are one, in the form that most of them use.
func (c *corpus) sameCompany(list []*Interview, corrected bool) {
	groups := map[string][]*Interview{}
	for _, iv := range list {
		if d := c.domainOf(iv); d != "" && !(corrected && saidCompany(iv)) {
			groups[d] = append(groups[d], iv)
		}
	}
	for d, group := range groups {
		label := compact(domainLabel(d))
		named, keys := map[string]int{}, map[string]int{}
		for _, iv := range group {
			named[iv.Company]++
		}
		for name, n := range named {
			keys[c.companyKey(name)] += n
		}
		votes, meets := map[string]int{}, map[string]bool{}
		for name, n := range named {
			if meets[name] = c.ofDomain(name, label, keys); name != "" && meets[name] {
				votes[name] = n
			}
		}
		best := ""
		for name, n := range votes {
			if best == "" || n > votes[best] || n == votes[best] && c.betterName(name, best, label) {
				best = name
			}
		}
		if fold(best) == label {
			best = cmp.Or(c.written(group, best), best)
		}
		for _, iv := range group {
			if best != "" && (iv.Company == "" || c.guessed(iv) && iv.Via == "" || meets[iv.Company]) {
				iv.Company = best
			}
		}
	}
}

// guessed tells whether an interview's company is a part of the title of which
// nothing is known, which another interview of the domain knows better.
func (c *corpus) guessed(iv *Interview) bool {
	r := c.readings[iv]
	return r != nil && slices.ContainsFunc(r.pieces, func(p piece) bool {
		return p.kind == unknownPiece && compact(p.text) == compact(iv.Company)
	}) && slices.ContainsFunc(r.guests, func(g guest) bool { return g.organizer && r.outside(g) && !g.mailbox })
}

// written is the company that people write in the only other name of a group, when
// best is but the domain's label: the domain may be its name in Latin letters.
func (c *corpus) written(group []*Interview, best string) string {
	found := ""
	for _, iv := range group {
		switch {
		case iv.Company == "" || iv.Company == best || isASCII(iv.Company) || iv.Via != "":
		case found != "" && c.companyKey(found) != c.companyKey(iv.Company):
			return ""
		default:
			found = iv.Company
		}
	}
	return found
}

func saidCompany(iv *Interview) bool {
	return slices.ContainsFunc(iv.Marks, func(m calendar.Mark) bool { return m.Word == calendar.MarkCompany })
}

// ofDomain tells whether a name meets the domain's label, or begins like the name
// of another interview of the domain that does or that stands more than once.
func (c *corpus) ofDomain(name, label string, keys map[string]int) bool {
	k := c.companyKey(name)
	if meets(k, label) || keys[k] > 1 {
		return true
	}
	for o := range keys {
		if o != k && len(o) >= 4 && len(k) >= 4 && (strings.HasPrefix(k, o) || strings.HasPrefix(o, k)) {
			return true
		}
	}
	return false
}

// betterName prefers a name without an inflected end, then the longer one.
func (c *corpus) betterName(a, b, label string) bool {
	x, y := inflectedName(a, label), inflectedName(b, label)
	if x != y {
		return y
	}
	if p, q := fold(a) == label, fold(b) == label; p != q && umlauts(compact(a)) == umlauts(compact(b)) {
		return q // as people write it, not as the domain does
	}
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a < b
}

// inflectedName tells whether a one-word name is the label with a few letters more.
func inflectedName(name, label string) bool {
	k := compact(name)
	return !strings.Contains(name, " ") && len(k) > len(label) && len(k) <= len(label)+5 && strings.HasPrefix(k, label)
}

// domainOf is the registrable domain of an employer's people on the event.
func (c *corpus) domainOf(iv *Interview) string {
	r := c.readings[iv]
	if r == nil {
		return ""
	}
	for _, g := range r.guests {
		if r.outside(g) && !agencyName(g.label()) {
			return registrable(g.host)
		}
	}
	return ""
}

// recruiters tells the one who arranges several interviews of a process from
// those who hold them.
func (c *corpus) recruiters(list []*Interview) {
	organized := map[string]int{}
	key := func(process string, p Person) string { return process + "\x00" + cmp.Or(p.Email, compact(p.Name)) }
	for _, iv := range list {
		if iv.Recruiter != (Person{}) {
			organized[key(iv.Process, iv.Recruiter)]++
		}
	}
	for _, iv := range list {
		if iv.Recruiter != (Person{}) {
			continue
		}
		for _, p := range iv.Interviewers {
			if organized[key(iv.Process, p)] > 0 {
				iv.Recruiter = p
				if len(iv.Interviewers) == 1 && iv.Round == Other {
					iv.Round = Screen
				}
			}
		}
	}
}

// loops marks the slots of one day at one company, and tells the round of slots
// whose words don't.
func (c *corpus) loops(list []*Interview) {
	groups := map[string][]*Interview{}
	for _, iv := range list {
		if iv.Status == Active && iv.Process != "" && c.processCompany(iv) != "" {
			k := iv.Event.Start.Format("2006-01-02") + "/" + iv.Process
			groups[k] = append(groups[k], iv)
		}
	}
	for k, group := range groups {
		if len(group) < 2 {
			continue
		}
		for _, iv := range group {
			iv.Loop = k
			if iv.Round == Other {
				iv.Round = Onsite
			}
		}
	}
}
