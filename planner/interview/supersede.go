package interview

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"followup/calendar"
)

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

// titleWords are the words of the title in one order, without those that say a
// change, numbers and days: a reissued invitation may put them elsewhere.
func (c *corpus) titleWords(iv *Interview) string {
	t := newText(calendar.WithoutMarks(iv.Event.Summary))
	low := []byte(t.low)
	for _, h := range c.v.scan(t) {
		switch h.section {
		case "moved", "rescheduled", "cancelled", "declined", "weekday", "month", "at", "with", "for", "of", "article", "noise":
			fill(low, h.start, h.end, ' ')
		}
	}
	words := strings.FieldsFunc(string(low), func(r rune) bool { return !wordRune(r) })
	words = slices.DeleteFunc(words, func(w string) bool {
		return utf8.RuneCountInString(w) == 1 || strings.Trim(w, "0123456789") == "" || digit(w[0]) && len(w) < 5
	})
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " ")
}

// supersede finds invitations that a later one took the place of: same soft
// identity, another UID, days apart at most, and a word or a time of change that
// tells which is the newer. list is sorted by start.
func (c *corpus) supersede(list []*Interview) {
	groups := map[[2]string][]*Interview{}
	for _, iv := range list {
		if iv.Status == Active {
			k := [2]string{c.titleWords(iv), iv.Process}
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

// movedTo tells whether the title of a says that it was moved to the day of b,
// which is later: "entretien reporté au 19".
func (c *corpus) movedTo(a, b *Interview) bool {
	if !b.Event.Start.After(a.Event.Start) || !c.saysMoved(a) && !c.saysPostponed(a) {
		return false
	}
	day := b.Event.Start.Day()
	return day != a.Event.Start.Day() && slices.ContainsFunc(strings.FieldsFunc(fold(a.Event.Summary), func(r rune) bool { return r < '0' || r > '9' }), func(n string) bool {
		return strings.TrimLeft(n, "0") == fmt.Sprint(day)
	})
}

// newer tells whether a replaces b: by its words, then by when it was changed or
// made, then by its start.
func newer(a, b *Interview, c *corpus) bool {
	if x, y := c.movedTo(a, b), c.movedTo(b, a); x != y {
		return y
	}
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
