package interview

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// classify decides what each piece is, from what the event's people and domains say.
func (r *reading) classify(pieces []piece) []piece {
	pieces = r.splitNames(pieces)
	for i := range pieces {
		p := &pieces[i]
		p.kind, p.strong = r.kindOf(*p)
	}
	r.companyBehindFor(pieces)
	r.companyAmongRoles(pieces)
	r.personBeside(pieces)
	r.officesOfPeople(pieces)
	return r.joinListed(pieces)
}

func (r *reading) kindOf(p piece) (pieceKind, bool) {
	switch {
	case p.hint != "with" && r.deskJob(p.text):
		return rolePiece, false
	case noise(p.text), r.deskWord(p.text), r.officeWord(p.text), p.hint == "via" && r.oneWord(p.text):
		return noisePiece, true
	case r.me.isName(p.text):
		return selfPiece, true
	case r.knownCompany(p.text):
		return companyPiece, true
	case r.knownPerson(p.text) != (Person{}):
		return personPiece, true
	case corporate(p.text), r.organisation(p.text), tradeName(p.text):
		return companyPiece, true
	case p.hint != "at" && r.behindMr(p.text):
		return personPiece, true
	case ideographic(p.text) && stripHonorific(p.text, r.v) != p.text && !r.looksLikeRole(p.text):
		return personPiece, false
	case p.hint == "with" && r.looksLikeRole(p.text) && !r.looksLikeName(p.text):
		return noisePiece, true // "with the head of sales"
	case p.hint == "at" && r.lowercase(p.text):
		return noisePiece, true // "on the phone", "in the office"
	case (p.hint == "at" || p.hint == "via" || p.hint == "calls") && r.looksLikeName(p.text):
		return personPiece, true // "call from Dana"
	case (p.hint == "at" || p.hint == "via") && startsUpper(p.text) && !dense(firstRune(p.text)):
		return companyPiece, true
	case p.hint == "for" || r.looksLikeRole(p.text):
		return rolePiece, p.hint == "for"
	case p.hint == "at":
		return companyPiece, true
	case r.looksLikeName(p.text):
		return personPiece, false
	case p.hint == "with":
		return companyPiece, false
	}
	return unknownPiece, false
}

// organisation tells whether a phrase has a word that names of organisations
// have, "Hospital", "Fondazione", beside another word of a name.
func (r *reading) organisation(s string) bool {
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 6 {
		return false
	}
	for i, w := range words {
		if !loadFacts()["organisation"][fold(strings.Trim(w, ".,"))] || !nameWord(w) {
			continue
		}
		for j, o := range words {
			if j != i && nameWord(o) && utf8.RuneCountInString(o) > 2 && !r.looksLikeRole(o) && !r.oneWord(o) && !loadFacts()["organisation"][fold(o)] {
				return !r.roleEnds(s)
			}
		}
	}
	return false
}

// roleEnds tells whether a phrase begins or ends with the words of a job.
func (r *reading) roleEnds(s string) bool {
	t := newText(s)
	return slices.ContainsFunc(r.v.scan(t), func(h hit) bool {
		return h.section == "job" && r.speaks(h) && (h.start == 0 || h.end == len(t.low))
	})
}

// officeWord tells whether a piece in a script without blanks is an office or a
// place in a building and no name: 役員, 本社8F, 前.
func (r *reading) officeWord(s string) bool {
	if !ideographic(s) || strings.Contains(s, " ") || r.exactCompany(s) {
		return false
	}
	if utf8.RuneCountInString(s) == 1 || strings.HasSuffix(s, "F") || strings.HasSuffix(s, "階") || strings.HasSuffix(s, "楼") || strings.HasSuffix(s, "층") {
		return true
	}
	t := newText(s)
	return slices.ContainsFunc(r.v.scan(t), func(h hit) bool {
		return (h.section == "honorific" || h.section == "mr" || h.section == "hiring_manager" || h.section == "final") && h.start == 0 && h.end == len(t.low)
	})
}

// behindMr tells whether a name of one or two words stands behind Mr, Mme or the
// like in the title.
func (r *reading) behindMr(s string) bool {
	if len(strings.Fields(s)) > 2 || !startsUpper(s) || dense(firstRune(s)) {
		return false
	}
	i := strings.Index(r.title.raw, s)
	if i <= 0 || len(r.title.raw) != len(r.title.low) && !strings.Contains(r.title.raw, s) {
		return false
	}
	before := strings.Fields(fold(r.title.raw[:i]))
	if len(before) == 0 {
		return false
	}
	last := newText(strings.Trim(before[len(before)-1], "."))
	return slices.ContainsFunc(r.v.scan(last), func(h hit) bool {
		return h.section == "mr" && r.speaks(h) && h.start == 0 && h.end == len(last.low)
	})
}

// splitNames parts "Nina & Nimbus" and "Nina and Nimbus" where one side is the
// user's name or a guest's.
func (r *reading) splitNames(pieces []piece) []piece {
	var out []piece
	for _, p := range pieces {
		parts := splitList(p.text, r.v)
		if len(parts) == 2 && !r.exactCompany(p.text) && !corporate(p.text) {
			known := func(s string) bool {
				return r.me.isName(s) || r.knownPerson(s) != (Person{}) || r.looksLikeName(s)
			}
			office := p.hint == "with" && startsUpper(parts[0]) && (r.lowercase(parts[1]) || r.looksLikeRole(parts[1]))
			if known(parts[0]) || known(parts[1]) || office {
				out = append(out, piece{text: parts[0], hint: p.hint, inner: p.inner}, piece{text: parts[1], hint: p.hint, inner: p.inner})
				continue
			}
		}
		out = append(out, r.splitTail(p, len(pieces) == 1)...)
	}
	return out
}

// splitTail parts "Data Engineer Nimbus" and "Nimbus Data Engineer" where one end
// is the company of a guest's domain.
func (r *reading) splitTail(p piece, alone bool) []piece {
	words := strings.Fields(p.text)
	if len(words) == 1 && ideographic(p.text) {
		for _, l := range r.companyLabels() {
			if rest, ok := strings.CutPrefix(p.text, l); ok && ideographic(l) && rest != "" && r.roleEnds(rest) {
				return []piece{{text: l, hint: p.hint}, {text: rest}}
			}
		}
	}
	if len(words) < 2 || r.exactCompany(p.text) || tradeName(p.text) {
		return []piece{p}
	}
	for n := 1; n < len(words); n++ {
		a, b := strings.Join(words[:n], " "), strings.Join(words[n:], " ")
		if r.exactCompany(b) && r.looksLikeRole(a) || r.exactCompany(a) && r.looksLikeRole(b) {
			return []piece{{text: a, hint: p.hint, inner: p.inner}, {text: b, inner: p.inner}}
		}
	}
	if ideographic(p.text) && !(len(words) == 2 && r.v.surnamed(p.text) && !r.roleEnds(words[0]) && !r.roleEnds(words[1])) {
		if out := r.splitDense(words, p.hint, alone); out != nil {
			return out
		}
	}
	if r.knownCompany(p.text) {
		return []piece{p}
	}
	for n := len(words) - 1; n > 0; n-- {
		if s := strings.Join(words[:n], " "); r.exactCompany(s) {
			if rest := strings.Join(words[n:], " "); len(words) <= 4 && capitalised(words) && !r.looksLikeRole(rest) && !r.anyVocabulary(rest) && !r.oneWord(rest) && !r.looksLikeName(rest) && r.knownPerson(rest) == (Person{}) && !ideographic(rest) && !r.me.isName(rest) {
				return []piece{p} // "Nimbus Construções" at nimbus.example
			}
			return []piece{{text: s, hint: p.hint}, {text: strings.Join(words[n:], " ")}}
		}
		if s := strings.Join(words[len(words)-n:], " "); r.exactCompany(s) {
			return []piece{{text: strings.Join(words[:len(words)-n], " "), hint: p.hint}, {text: s}}
		}
	}
	return []piece{p}
}

// splitDense parts "ノーザン データエンジニア" and "Nimbus 개발자 김민수 님" at the
// blanks between what is a job, a person, a word of recruiting and anything else.
// Korean writes blanks inside of names and jobs as well: there, what stands before
// a job belongs to it unless it must be the company, alone in the title.
func (r *reading) splitDense(words []string, hint string, alone bool) []piece {
	var out []piece
	var last byte
	korean := strings.ContainsFunc(strings.Join(words, ""), func(c rune) bool { return unicode.Is(unicode.Hangul, c) })
	for _, w := range words {
		k := r.denseKind(w)
		joined := k == last && (k != 'o' || korean || !ideographic(w)) || korean && k == 'j' && last == 'o' && !alone
		if n := len(out); n > 0 && joined {
			out[n-1].text += " " + w
		} else {
			out = append(out, piece{text: w, hint: hint})
		}
		last = k
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// denseKind tells a job (j), a name (n), a word of recruiting (d) and other words (o).
func (r *reading) denseKind(w string) byte {
	switch {
	case r.roleEnds(w):
		return 'j'
	case ideographic(w) && (stripHonorific(w, r.v) != w || r.v.ideographicName(w) && r.v.surnamed(w) && utf8.RuneCountInString(w) <= 4 && !corporate(w)):
		return 'n'
	case !ideographic(w) && r.v.names[fold(w)]:
		return 'n'
	case r.oneWord(w) || r.deskWord(w):
		return 'd'
	}
	return 'o'
}

// corporate tells whether a word holds the legal form of a company of East Asia or
// ends like the name of a partnership.
func corporate(s string) bool {
	low := fold(s)
	for _, tail := range []string{" & partner", " & partners", " & co", " & sons", " & associes", " & söhne", " und partner", " & sohne", " i wspolnicy", " & co."} {
		if strings.HasSuffix(low, tail) {
			return true
		}
	}
	for _, f := range []string{"株式会社", "有限会社", "合同会社", "(株)", "주식회사", "公司", "集团", "集團"} {
		if strings.Contains(s, f) {
			return true
		}
	}
	return false
}

// noise tells whether a piece says nothing: a number, a duration, a date, one letter.
func noise(s string) bool {
	letters := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
			if dense(r) {
				letters++
			}
		}
	}
	low := fold(s)
	if letters < 2 {
		return true
	}
	fields := strings.Fields(low)
	if len(fields) == 2 && strings.Trim(fields[1], "0123456789/.") == "" && utf8.RuneCountInString(fields[0]) <= 8 {
		return true // "steg 2", "part 1/3"
	}
	if len(fields) <= 3 && strings.ContainsAny(low, "0123456789") {
		for _, f := range fields {
			f = strings.Trim(f, "0123456789.:'-+")
			switch f {
			case "", "min", "mins", "minute", "minutes", "minuten", "h", "hr", "hrs", "hour", "hours", "am", "pm", "uhr", "cet", "cest", "pst", "pdt", "est", "edt", "gmt", "utc", "bst", "minutos", "minuti", "分", "分钟", "분":
			default:
				return false
			}
		}
		return true
	}
	if s == "PM" {
		return false // a manager
	}
	switch low {
	case "m w d", "m/w/d", "w/m/d", "f/m/d", "m/f/d", "m/f/x", "f/m/x", "h/f", "f/h", "m/v", "v/m", "k/m", "m/k", "d/f/m", "gn", "all genders", "f/m", "m/f", "online", "remote", "zoom", "teams", "google meet", "ms teams", "microsoft teams", "skype", "whatsapp", "video", "phone", "telephone", "hybrid", "webex", "facetime", "via zoom", "via teams", "on zoom", "on teams", "virtual", "tbc", "new", "meet", "オンライン", "web", "リモート", "온라인", "비대면", "화상", "线上", "視訊", "視訊面試", "线下", "онлайн", "en ligne", "en línea", "in linea", "verkossa", "onsite", "id", "ref", "est", "cet", "am", "pm":
		return true
	}
	return false
}

// looksLikeRole tells whether s holds the words of a job.
func (r *reading) looksLikeRole(s string) bool {
	t := newText(s)
	return slices.ContainsFunc(r.v.scan(t), func(h hit) bool { return h.section == "job" && r.speaks(h) })
}

// personBeside takes "Sol Abrams" in "Chat with Sol Abrams (Quillstone)" for a
// person: of two names of which nothing is known, the one behind "with" is a
// person's by its form, and the other is the company. A single word is taken for
// one only when it is a given name or the other name is the company's for sure.
func (r *reading) personBeside(pieces []piece) {
	for i := range pieces {
		p := &pieces[i]
		words := strings.Fields(p.text)
		if p.kind != companyPiece && (p.kind != unknownPiece || p.hint != "calls") || p.strong || p.hint != "with" && p.hint != "calls" || len(words) > 2 || !capitalised(words) || ideographic(p.text) || strings.ContainsAny(p.text, "&0123456789.") || legalForm(words[len(words)-1]) {
			continue
		}
		for j := range pieces {
			o := pieces[j]
			named := o.kind == unknownPiece && startsUpper(o.text) && !r.oneWord(o.text)
			if j != i && (o.kind == companyPiece && o.strong || named && (len(words) == 2 || r.givenName(fold(p.text)) || j < i || p.hint == "calls" || o.inner && !hasSection(r.titleHit, "interview"))) {
				p.kind, p.strong = personPiece, true
				if o.kind == unknownPiece {
					pieces[j].kind = companyPiece
				}
				break
			}
		}
	}
}

// companyBehindFor takes "Nimbus" in "Data Engineer for Nimbus" for the company:
// the job is said by another piece, or somebody else's agency is.
func (r *reading) companyBehindFor(pieces []piece) {
	for i := range pieces {
		p := &pieces[i]
		if p.kind != rolePiece || p.hint != "for" || r.looksLikeRole(p.text) || !capitalised(strings.Fields(p.text)) || r.givenName(fold(p.text)) {
			continue
		}
		for j, o := range pieces {
			if j != i && (o.kind == rolePiece && r.looksLikeRole(o.text) || o.kind == companyPiece && o.hint == "with") {
				p.kind, p.strong = companyPiece, true
				break
			}
		}
	}
}

// companyAmongRoles takes a piece that has a name besides a word for a job for
// the company when another piece is a job alone: "Editorial Nimbus (editora)".
func (r *reading) companyAmongRoles(pieces []piece) {
	plain := slices.ContainsFunc(pieces, func(p piece) bool { return p.kind == rolePiece && !r.nameIn(p.text) })
	if !plain || slices.ContainsFunc(pieces, func(p piece) bool { return p.kind == companyPiece && p.strong }) {
		return
	}
	for i := range pieces {
		if p := &pieces[i]; p.kind == rolePiece && !p.strong && r.nameIn(p.text) {
			p.kind = companyPiece
		}
	}
}

// nameIn tells whether a phrase has a word with a capital that no vocabulary
// knows, behind the first word.
func (r *reading) nameIn(s string) bool {
	if r.lang == "de" || r.lang == "en" {
		return false // titles and nouns are written with capitals
	}
	t := newText(s)
	return r.nameBeside(t, r.v.scan(t))
}

// deskWord tells whether s is nothing but a word for hiring or recruiters: "Talent".
func (r *reading) deskWord(s string) bool {
	t := newText(s)
	return slices.ContainsFunc(r.v.scan(t), func(h hit) bool {
		return (h.section == "recruiter" || h.section == "hiring") && h.start == 0 && h.end == len(t.low) && r.speaks(h)
	}) && !r.knownCompany(s)
}
