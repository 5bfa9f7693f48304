package interview

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The ranks of what may be the position: the place where it is said counts, and
// whether a word for a job is in it. Of equal ones the first stays.
const (
	rankTitleFor    = 95 // "Interview for Data Engineer"
	rankTitleCue    = 90 // "about the Data Engineer role" in the title
	rankTitleJob    = 85 // a piece of the title with a word for a job
	rankLabel       = 80 // "Position: Data Engineer"
	rankBodyCue     = 75 // "the Data Engineer role" in the body
	rankPhrase      = 72 // other phrases with a slot for it
	rankLabelPlain  = 70 // a label, and nothing known behind it
	rankSought      = 66 // "we are looking for a Data Engineer"
	rankBodyJob     = 62 // behind "for", or alone on the first line
	rankTitleSmall  = 58 // in small letters in a title that has capitals
	rankPlain       = 55 // phrases around words that are no known job
	rankTitleOffice = 45 // "CTO": rather whom the user meets
	rankLeftover    = 40 // a piece of the title that is nothing else
)

// roleFinder collects what may be the position of one event.
type roleFinder struct {
	*reading
	company string
	best    string
	rank    int
	all     []string // all that have a word for a job, as the body says them
}

// findRole decides on the position: the best of what title, labels, phrases and
// the rest of the text name, with the words that the text adds to it.
func (r *reading) findRole(company string) string {
	r.looseRole = false
	f := &roleFinder{reading: r, company: company}
	f.titlePieces()
	f.labels()
	f.cues(r.title, r.titleHit, rankTitleCue)
	f.cues(r.topic, r.topicHit, rankTitleCue-4)
	f.cues(r.body, r.bodyHit, rankBodyCue)
	f.phrases()
	if f.rank < rankBodyJob {
		f.inText()
	}
	if f.best == "" {
		return r.leftoverRole(company)
	}
	r.looseRole = f.rank <= rankTitleOffice
	if f.titleHas(f.best) || f.rank <= rankTitleSmall {
		return f.fullest()
	}
	return f.best
}

// note takes a phrase for the position if none of a higher rank was found.
func (f *roleFinder) note(s string, rank int) {
	if s == "" || rank <= f.rank && !f.looksLikeRole(s) || f.me.isName(s) || f.nameBesideOffice(s) != "" {
		return
	}
	if rank < rankTitleJob && f.recruiterAhead(s) {
		return
	}
	if f.looksLikeRole(s) {
		f.all = append(f.all, s)
	}
	if rank > f.rank {
		f.best, f.rank = s, rank
	}
}

// recruiterAhead tells whether s begins with a word for a recruiter: who writes.
func (f *roleFinder) recruiterAhead(s string) bool {
	return slices.ContainsFunc(f.v.scan(newText(s)), func(h hit) bool { return h.section == "recruiter" && h.start == 0 && f.speaks(h) })
}

// fullest is the position with the words that another place adds to it.
func (f *roleFinder) fullest() string {
	for _, s := range f.all {
		if shortFor(f.best, s) || sameBehindComma(f.best, s) {
			return s
		}
		if fullerRole(f.best, s) && (startsUpper(s) || !startsUpper(f.best)) {
			return s
		}
	}
	return f.best
}

// shortFor tells whether short is written in capitals that begin the words of s:
// PM and Product Manager.
func shortFor(short, s string) bool {
	initials := ""
	for _, w := range strings.Fields(s) {
		if c := firstRune(w); unicode.IsUpper(c) {
			initials += string(c)
		}
	}
	return len(short) > 1 && len(short) < 5 && !strings.Contains(s, short) && strings.HasPrefix(initials, short)
}

func (r *reading) titleHas(s string) bool {
	return strings.Contains(fold(r.title.raw), fold(s))
}

// fullerRole tells whether full is the same position with a word or two more.
func fullerRole(role, full string) bool {
	a, b := fold(role), fold(full)
	if len(b) <= len(a) || len(strings.Fields(b)) > len(strings.Fields(a))+3 {
		return false
	}
	if ideographic(a) {
		return strings.Contains(compact(b), compact(a)) && utf8.RuneCountInString(b) <= utf8.RuneCountInString(a)+8
	}
	if len(strings.Fields(a)) == 1 && containsWord(b, a) {
		return true
	}
	return strings.HasPrefix(b, a+" ") || strings.HasPrefix(b, a+", ") || strings.HasSuffix(b, " "+a)
}

// titlePieces notes the pieces of the title that are positions.
func (f *roleFinder) titlePieces() {
	for _, p := range f.pieces {
		if p.kind != rolePiece {
			continue
		}
		s := f.tidyLabelled(p.text)
		switch job := f.looksLikeRole(s); {
		case s == "":
		case f.office(s) && p.hint != "for":
			f.note(s, rankTitleOffice)
		case p.hint == "for" && job:
			f.note(s, rankTitleFor)
		case f.lowercase(s) && !p.strong && job:
			f.note(s, rankTitleSmall)
		case job:
			f.note(s, rankTitleJob)
		case p.strong && !f.lowercase(s):
			f.note(s, rankPlain+1)
		}
	}
}

// office tells whether s is one of the offices of those who lead a company or a
// team, alone: in a title it is rather the one whom the user meets.
func (r *reading) office(s string) bool {
	t := newText(s)
	return slices.ContainsFunc(r.v.scan(t), func(h hit) bool {
		return (h.section == "office" || h.section == "hiring_manager" || h.section == "final") && h.start == 0 && h.end == len(t.low) || h.section == "exec" && h.end == len(t.low) && r.speaks(h)
	})
}

// labels notes what stands behind a label such as "Position:", at the beginning
// of a line or within one, and behind such a question of a booking tool.
func (f *roleFinder) labels() {
	for _, l := range f.body.lines() {
		if q, answer, ok := strings.Cut(l.raw, "?:"); ok && f.looksLikeRole(answer) && slices.ContainsFunc(f.v.scan(newText(q)), func(h hit) bool { return h.section == "label.role" && f.speaks(h) }) {
			f.note(f.tidyRole(answer, f.company), rankLabel)
		}
		if v := labelValue(f.v, l, "label.role", f.lang); v != "" {
			f.noteLabelled(v)
		}
	}
	for _, h := range f.bodyHit {
		if h.section != "label.role" || !f.speaks(h) || h.end >= len(f.body.low) {
			continue
		}
		rest := strings.TrimLeft(f.body.slice(h.end, min(len(f.body.low), h.end+maxSlot)), " ")
		value, ok := strings.CutPrefix(rest, ":")
		if !ok {
			continue
		}
		value, _, _ = strings.Cut(strings.TrimSpace(value), "\n")
		if s := f.headOf(newText(value), roleSlot, false).raw; f.looksLikeRole(s) {
			f.note(f.tidyRole(s, f.company), rankLabel-1)
		}
	}
}

func (f *roleFinder) noteLabelled(value string) {
	value, _, _ = strings.Cut(value, ". ")
	s := f.tidyLabelled(value)
	if f.looksLikeRole(s) {
		f.note(s, rankLabel)
	} else if s != "" {
		f.note(s, rankLabelPlain)
	}
}

// tidyLabelled is tidyRole for what stands alone behind a label, in which commas
// are part of it: "Engineer, Payments".
func (f *roleFinder) tidyLabelled(value string) string {
	if t := newText(value); f.listedRole(t) {
		return f.tidy(t, f.company)
	}
	return f.tidyRole(value, f.company)
}

// phrases notes what fills the slots of the phrases for it.
func (f *roleFinder) phrases() {
	for _, src := range []struct {
		t    text
		hits []hit
		job  int
	}{{f.title, f.titleHit, rankTitleCue - 2}, {f.topic, f.topicHit, rankTitleCue - 6}, {f.body, f.bodyHit, rankPhrase}} {
		for _, h := range src.hits {
			if h.section != "role" || !f.speaks(h) {
				continue
			}
			s := f.tidyRole(f.cutSlot(src.t, h, roleSlot), f.company)
			if s == "" || len(strings.Fields(s)) > 8 {
				continue
			}
			score := 1
			if h.lang == f.lang {
				score++
			}
			if h.post != "" || h.slotPre {
				score++
			}
			if startsUpper(s) {
				score++
			}
			if strings.Contains(h.pre, " ") && f.saysPosition(h.pre) || strings.HasSuffix(h.pre, "「") {
				score++
			}
			switch {
			case f.looksLikeRole(s):
				f.note(s, src.job-4+score)
			case score >= 4:
				f.note(s, rankPlain-4+score)
			}
		}
	}
}

// saysPosition tells whether a phrase has a word such as post or position.
func (r *reading) saysPosition(phrase string) bool {
	return slices.ContainsFunc(r.v.scan(text{raw: phrase, low: phrase}), func(h hit) bool { return h.section == "label.role" && r.speaks(h) })
}

// inText notes a job behind "for" or behind the word for interview in the body or
// the topic, or alone on the body's first line.
func (f *roleFinder) inText() {
	fits := func(t text) string {
		s := f.tidyRole(f.headOf(t, roleSlot, false).raw, f.company)
		if n := len(strings.Fields(s)); n == 0 || n > 6 || !startsUpper(s) || !f.looksLikeRole(s) || hasSection(f.v.scan(newText(s)), "recruiter") {
			return ""
		}
		return s
	}
	for _, src := range []struct {
		t    text
		hits []hit
	}{{f.topic, f.topicHit}, {f.body, f.bodyHit}} {
		for _, h := range src.hits {
			if (h.section != "for" && h.section != "interview" && h.section != "ambiguous") || !f.speaks(h) || h.end >= len(src.t.low) || src.t.low[h.end] != ' ' {
				continue
			}
			f.note(fits(src.t.sub(h.end+1, len(src.t.low))), rankBodyJob)
		}
	}
	for _, l := range f.body.lines() {
		if strings.TrimSpace(l.low) == "" {
			continue
		}
		if first := f.v.sentences(l); len(first) > 0 {
			l = first[0]
		}
		for _, part := range strings.FieldsFunc(l.raw, func(c rune) bool { return c == '|' || c == '•' || c == '–' }) {
			if n := len(strings.Fields(part)); n > 0 && n <= 5 && !strings.ContainsAny(part, ":,") {
				f.note(fits(newText(part)), rankBodyJob-1)
			}
		}
		break
	}
}

// oneWord tells whether s is nothing but a word of the vocabulary that is no job:
// "Follow-up", "opportunities".
func (r *reading) oneWord(s string) bool {
	t := newText(s)
	return slices.ContainsFunc(r.v.scan(t), func(h hit) bool {
		return h.start == 0 && h.end == len(t.low) && r.speaks(h) && (strings.HasPrefix(h.section, "not.") || strings.HasPrefix(h.section, "soft.") || h.section == "hiring" || h.section == "role.noise" || h.section == "talk")
	})
}

// leftoverRole takes a piece of the title that is nothing else for the role, when
// the company is known by another piece.
func (r *reading) leftoverRole(company string) string {
	hasCompany := false
	for _, p := range r.pieces {
		hasCompany = hasCompany || meets(compact(p.text), company) && company != "" || p.kind == companyPiece
	}
	if !hasCompany {
		return ""
	}
	for _, p := range r.pieces {
		if p.kind == unknownPiece && p.hint == "" && compact(p.text) != compact(company) && !r.oneWord(p.text) {
			s := r.tidyRole(p.text, company)
			if r.looseRole = s != "" && !r.looksLikeRole(s); r.looseRole && !r.maybeRole(s) {
				continue
			}
			if utf8.RuneCountInString(s) > 3 {
				return s
			}
		}
	}
	return ""
}

// maybeRole tells whether a piece of which no word is known can be a position: of
// several words, and neither a remark in brackets nor a place with its number.
func (r *reading) maybeRole(s string) bool {
	words := strings.Fields(s)
	last := words[len(words)-1]
	if at := strings.Index(r.title.raw, s); at > 0 && inBrackets(r.title.raw, at) {
		return false
	}
	return (len(words) > 1 || ideographic(s)) && utf8.RuneCountInString(last) > 1 && !strings.ContainsAny(s, "0123456789")
}
