package interview

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"followup/calendar"
)

// secondLook reads events again that stand close to an accepted interview: a
// call with somebody of a company that the user interviews at, or a note of the
// user's own that names it.
func (c *corpus) secondLook() {
	hosts, names, parts := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, iv := range c.all {
		r := c.readings[iv]
		if r == nil || iv.Decision != Yes {
			continue
		}
		for _, g := range r.guests {
			if h := r.senderKey(g); h != "" {
				hosts[h] = true
			}
		}
		for _, n := range shortNames(iv.Company) {
			names[n], names[umlauts(n)] = true, true
		}
		for _, n := range r.wordsOf(iv) {
			parts[n] = true
		}
	}
	c.shareAgencies()
	each(len(c.all), func(i int, memo *phraseMemo) {
		iv := c.all[i]
		r := c.readings[iv]
		if r == nil || iv.Decision == Yes || iv.Reason == "you said #not-interview" {
			return
		}
		r.v = r.v.with(memo)
		if i := slices.IndexFunc(r.guests, func(g guest) bool { return hosts[r.senderKey(g)] }); i >= 0 {
			r.say("same company", "interviews with "+r.senderKey(r.guests[i])+" stand on the calendar", 1.8)
		} else if name := cmp.Or(r.talkWith(names), r.offerFrom(parts)); name != "" {
			r.say("same company", "interviews with "+name+" stand on the calendar", 1.8)
		}
		if c.decide(iv, r); iv.Decision != No {
			c.extract(iv, r)
		}
	})
}

// shareAgencies reads again the interviews that somebody arranged whom another
// event shows to be an agency's.
func (c *corpus) shareAgencies() {
	agencies := map[string]string{}
	for _, iv := range c.all {
		if r := c.readings[iv]; r != nil && iv.Decision != No {
			if l := r.agencyLabel(); l != "" {
				if b := r.agencyBrand(l); agencies[l] == "" || b != "" && b < agencies[l] {
					agencies[l] = b
				}
			}
		}
	}
	if len(agencies) == 0 {
		return
	}
	for _, iv := range c.all {
		r := c.readings[iv]
		if r == nil {
			continue
		}
		r.agencies = agencies
		if iv.Decision != No {
			if l := r.agencyLabel(); l != "" && (iv.Via == "" || iv.Via == pretty(l) && agencies[l] != "") {
				c.extract(iv, r)
			}
		}
	}
}

// senderKey is the domain of a guest from outside, or the address of the calendar
// that sends invitations for a company; "" for others.
func (r *reading) senderKey(g guest) string {
	switch {
	case r.outside(g):
		return registrable(g.host)
	case g.kind == hostProvider && g.organizer:
		return g.email
	}
	return ""
}

// talkWith returns which of the companies the title of a note of the user's own
// names besides a word for a talk; "" for none.
func (r *reading) talkWith(companies map[string]bool) string {
	if len(r.guests) > 0 || !slices.ContainsFunc(r.titleHit, func(h hit) bool {
		return (h.section == "talk" || h.section == "ambiguous" || h.section == "interview" || h.section == "offer_call") && r.speaks(h)
	}) {
		return ""
	}
	return r.named(companies)
}

// named returns the words of the title that are one of the compact names.
func (r *reading) named(names map[string]bool) string {
	words := wordSpans(r.title.low)
	for i := range words {
		joined := ""
		for j := i; j < len(words) && j < i+4; j++ {
			if j > i && strings.Trim(r.title.low[words[j-1][1]:words[j][0]], " -&'.") != "" {
				break
			}
			joined += r.title.low[words[j][0]:words[j][1]]
			if b := r.title.slice(words[i][0], words[j][1]); (names[joined] || names[umlauts(joined)]) && startsUpper(b) {
				return b
			}
		}
		if word := r.title.low[words[i][0]:words[i][1]]; dense(firstRune(word)) {
			if n := denseName(word, names); n != "" {
				return n
			}
		}
	}
	return ""
}

// denseName returns the longest of the names that a word without blanks has in it.
func denseName(word string, names map[string]bool) string {
	runes := []rune(word)
	for n := min(len(runes), 16); n > 2; n-- {
		for i := 0; i+n <= len(runes); i++ {
			if s := string(runes[i : i+n]); names[s] {
				return s
			}
		}
	}
	return ""
}

// wordsOf are the words of the company and of the people of an interview by which
// a note on an offer may call them.
func (r *reading) wordsOf(iv *Interview) []string {
	var out []string
	names := []string{iv.Company, iv.Recruiter.Name}
	for _, p := range iv.Interviewers {
		names = append(names, p.Name)
	}
	for _, name := range names {
		for _, w := range nameWords(name) {
			if utf8.RuneCountInString(w) > 4 && !loadFacts()["organisation"][w] && !r.oneWord(w) && !r.looksLikeRole(w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// offerFrom returns the word of a company or person of another interview that the
// title of a note of the user's own on an offer has; "" for none.
func (r *reading) offerFrom(words map[string]bool) string {
	if len(r.guests) > 0 || !slices.ContainsFunc(r.titleHit, func(h hit) bool { return h.section == "offer_call" && r.speaks(h) }) {
		return ""
	}
	for _, span := range wordSpans(r.title.low) {
		if w := r.title.slice(span[0], span[1]); words[r.title.low[span[0]:span[1]]] && startsUpper(w) {
			return w
		}
	}
	return ""
}

// shortNames are the compact names by which notes call a company: without its
// legal form, and its first word when that is long enough to be a name.
func shortNames(company string) []string {
	name := stripLegal(company)
	for _, form := range []string{"株式会社", "有限会社", "合同会社", "股份有限公司", "有限公司", "주식회사", "(株)", "（株）", "㈜"} {
		name = strings.ReplaceAll(name, form, " ")
	}
	var out []string
	words := strings.Fields(name)
	for n, s := range map[int]string{len(words): name, 1: strings.Join(words[:min(1, len(words))], "")} {
		c := compact(s)
		long := 4
		if dense(firstRune(c)) {
			long = 3
		} else if n < len(words) {
			long = 7
		}
		if utf8.RuneCountInString(c) >= long {
			out = append(out, c)
		}
	}
	return out
}

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

func (n *roleNames) like(key, role string) string {
	plain := compact(role)
	for _, have := range sortedKeys(n.byKey) {
		if name := n.byKey[have]; strings.Contains("-"+have+"-", "-"+key+"-") || compact(name) == plain {
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

// identity survives a reissue under a new UID.
func (c *corpus) identity(iv *Interview) string {
	r := c.readings[iv]
	var names []string
	for _, p := range iv.Interviewers {
		names = append(names, cmp.Or(compact(p.Name), p.Email))
	}
	slices.Sort(names)
	sender := ""
	if r != nil {
		if g, ok := r.organizer(); ok {
			sender = registrable(g.host)
		}
	}
	return strings.Join([]string{sender, c.plainTitle(iv), c.companyKey(iv.Company), strings.Join(names, "+")}, "|")
}

// plainTitle is the title without "Re:", "Updated:", "Rescheduled:" and the like.
func (c *corpus) plainTitle(iv *Interview) string {
	t := newText(calendar.WithoutMarks(iv.Event.Summary))
	for range 4 {
		cutAny := false
		for _, h := range c.v.scan(t) {
			if (h.section == "moved" || h.section == "cancelled" || h.section == "declined") && strings.Trim(t.low[:h.start], " [(*-–:#!【】「」『』") == "" && h.end < len(t.low) {
				t, cutAny = t.sub(h.end, len(t.low)), true
				break
			}
			if h.section == "rescheduled" && h.start > 0 && h.end < len(t.low) {
				t, cutAny = newText(t.slice(0, h.start)+" "+t.slice(h.end, len(t.low))), true
				break
			}
			if (h.section == "moved" || h.section == "cancelled") && strings.Trim(t.low[h.end:], " ])*-–:!.【】「」『』") == "" && h.start > 0 {
				t, cutAny = t.sub(0, h.start), true
				break
			}
		}
		if !cutAny {
			break
		}
	}
	return compact(t.raw)
}

// supersede finds invitations that a later one took the place of: same soft
// identity, another UID, days apart at most, and a word or a time of change that
// tells which is the newer. list is sorted by start.
func (c *corpus) supersede(list []*Interview) {
	groups := map[[2]string][]*Interview{}
	for _, iv := range list {
		if iv.Status == Active {
			k := [2]string{c.plainTitle(iv), iv.Process}
			groups[k] = append(groups[k], iv)
		}
	}
	for k, group := range groups {
		gone := 0 // the invitations that were replaced are moved to the front
		for i, old := range group {
			if c.replaced(group[gone:], i-gone, k[0]) {
				copy(group[gone+1:i+1], group[gone:i])
				group[gone] = old
				gone++
			}
		}
	}
}

// reissueDays is how far apart two times of one interview may be.
const reissueDays = 21

// replaced tells whether another of the group took the place of the one at i, and
// if so marks it. The group has one title and process.
func (c *corpus) replaced(group []*Interview, i int, title string) bool {
	old := group[i]
	near := old.Event.Start.AddDate(0, 0, -reissueDays-1)
	first := sort.Search(i, func(j int) bool { return group[j].Event.Start.After(near) })
	for j, cand := range group[first:] {
		if cand.Event.Start.Sub(old.Event.Start).Hours() > 24*reissueDays {
			return false
		}
		if first+j != i && c.reissued(old, cand, title) && newer(cand, old, c) {
			old.Status, old.SupersededBy = Superseded, cand.Event.ID()
			old.Reason = fmt.Sprintf("a newer invitation took its place: %s", cand.Event.Summary)
			return true
		}
	}
	return false
}

// reissued tells whether two events of one title and process are one interview
// invited twice.
func (c *corpus) reissued(a, b *Interview, title string) bool {
	if a.Event.UID == b.Event.UID && (a.Event.Source != b.Event.Source || a.Event.RecurrenceID == b.Event.RecurrenceID) {
		return false
	}
	gap := a.Event.Start.Sub(b.Event.Start).Abs()
	if gap.Hours() > 24*reissueDays {
		return false
	}
	moved := c.saysMoved(a) || c.saysMoved(b)
	people := a.Identity == b.Identity || samePeople(a.Interviewers, b.Interviewers)
	if sameDay(a, b) && !moved && gap >= a.Event.End.Sub(a.Event.Start) {
		return false // slots of a loop
	}
	return moved && (people || len(a.Interviewers) == 0 || len(b.Interviewers) == 0) || people && sameDuration(a, b) && (a.Ordinal == b.Ordinal) && gap.Hours() <= 24*14 && utf8.RuneCountInString(title) > 3 && a.Round == b.Round
}

func sameDuration(a, b *Interview) bool {
	return a.Event.End.Sub(a.Event.Start) == b.Event.End.Sub(b.Event.Start)
}

func samePeople(a, b []Person) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	for _, p := range a {
		if !slices.ContainsFunc(b, func(q Person) bool { return samePerson(p, q) }) {
			return false
		}
	}
	return true
}

// saysMoved tells whether title or body say that the invitation is a new time.
func (c *corpus) saysMoved(iv *Interview) bool {
	r := c.readings[iv]
	if r == nil {
		return false
	}
	for _, h := range r.titleHit {
		if h.section == "moved" && h.value == "new" || h.section == "rescheduled" {
			return true
		}
	}
	return slices.ContainsFunc(r.bodyHit, func(h hit) bool { return h.section == "rescheduled" && r.speaks(h) })
}

// saysPostponed tells whether the title says postponed, which the time says that
// no longer holds when a later one stands beside it: "RINVIATO colloquio Nimbus".
func (c *corpus) saysPostponed(iv *Interview) bool {
	r := c.readings[iv]
	return r != nil && slices.ContainsFunc(r.titleHit, func(h hit) bool { return h.section == "rescheduled" && h.value == "old" })
}

// newer tells whether a replaces b: by its words, then by when it was changed or
// made, then by its start.
func newer(a, b *Interview, c *corpus) bool {
	if x, y := c.saysPostponed(a), c.saysPostponed(b); x && b.Event.Start.After(a.Event.Start) || y && a.Event.Start.After(b.Event.Start) {
		return y
	}
	if x, y := c.saysMoved(a), c.saysMoved(b); x != y {
		return x
	}
	for _, d := range []int{a.Event.Created.Compare(b.Event.Created), a.Event.Updated.Compare(b.Event.Updated), a.Event.Sequence - b.Event.Sequence, a.Event.Start.Compare(b.Event.Start)} {
		if d != 0 {
			return d > 0
		}
	}
	return a.Event.UID > b.Event.UID
}

func sameDay(a, b *Interview) bool {
	const day = "2006-01-02"
	return a.Event.Start.Format(day) == b.Event.Start.In(a.Event.Start.Location()).Format(day)
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
