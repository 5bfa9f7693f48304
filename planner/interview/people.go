package interview

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// findPeople decides who the user spoke with and who arranges it.
func (r *reading) findPeople(company, via string, round Round) (interviewers []Person, recruiter Person) {
	named := r.namedPeople(company, via)
	recruiter = r.findRecruiter(named)
	isRecruiter := func(p Person) bool { return samePerson(p, recruiter) }
	var onEvent []Person
	var chief Person
	for _, g := range r.guests {
		p := g.person(r)
		if p.Name == "" && p.Email == "" || g.mailbox || g.declined || g.kind == hostRelay || g.kind == hostScheduler || g.kind == hostProvider {
			continue
		}
		if r.companyAsName(p.Name, company, via) {
			continue
		}
		if via != "" && company != "" && !g.organizer && !g.creator && r.outside(g) && meets(compact(via), g.label()) {
			continue // a second person of the agency
		}
		if g.organizer || g.creator {
			chief = p
			if recruiter == (Person{}) && g.optional {
				recruiter = p
			}
			continue
		}
		onEvent = append(onEvent, p)
	}
	interviewers = union(named, onEvent)
	if slots := r.scheduled(company, via); !slices.ContainsFunc(slots, isRecruiter) {
		interviewers = slices.DeleteFunc(interviewers, isRecruiter)
	}
	if len(r.guests) == 0 {
		interviewers = union(interviewers, r.noted(company))
	}
	if len(interviewers) == 0 {
		interviewers = r.mentioned(company, via, recruiter)
	}
	if len(interviewers) == 0 && slices.ContainsFunc(named, isRecruiter) {
		interviewers = []Person{recruiter}
	}
	switch {
	case chief == (Person{}) || isRecruiter(chief):
	case len(interviewers) == 0:
		interviewers = []Person{chief}
	case recruiter == (Person{}) && !slices.ContainsFunc(interviewers, func(p Person) bool { return samePerson(p, chief) }):
		recruiter = chief
	}
	if len(interviewers) == 0 && recruiter != (Person{}) && !r.agencySends(via) {
		interviewers = []Person{recruiter}
	}
	if len(interviewers) == 0 && recruiter != (Person{}) && !hasSection(r.titleHit, "interview") {
		interviewers = []Person{recruiter} // a call with the agency itself
	}
	if len(interviewers) == 0 && round == Screen && recruiter != (Person{}) {
		interviewers = []Person{recruiter}
	}
	if len(interviewers) == 0 {
		for _, h := range r.hosts {
			if !r.me.isName(h) && r.personLike(h, company) {
				interviewers = []Person{{Name: h}}
				break
			}
		}
	}
	for i, p := range interviewers {
		interviewers[i].Name = r.v.tidyName(p.Name)
	}
	recruiter.Name = r.v.tidyName(recruiter.Name)
	return interviewers, recruiter
}

// scheduled are the people with a time of their own in the text.
func (r *reading) scheduled(company, via string) []Person {
	var out []Person
	for _, l := range r.body.lines() {
		if rest, ok := scheduleLine(l); ok {
			out = union(out, r.slotPeople(rest, company, via))
		}
	}
	return out
}

// noted finds the people in the user's own short notes, where there is no
// invitation: "with Elspeth Grant", "Herr Dietl ruft an".
func (r *reading) noted(company string) []Person {
	if len(r.body.low) > 300 {
		return nil
	}
	var out []Person
	for _, s := range r.v.sentences(r.body) {
		if hasSection(r.v.scan(s), "not.own") {
			continue
		}
		out = union(out, r.fullNames(s, company))
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
	}
	return out
}

// mentioned finds full names in sentences that speak of the interview, for
// invitations whose wording no phrase of the vocabulary has a slot for; failing
// that, in any whole sentence.
func (r *reading) mentioned(company, via string, recruiter Person) []Person {
	var near, far []Person
	for _, s := range r.v.sentences(r.body) {
		hits := r.v.scan(s)
		if hasSection(hits, "recruiter") && !hasSection(hits, "label.people") {
			continue
		}
		cue := slices.ContainsFunc(hits, func(h hit) bool { return r.speaksOfPeople(s, h) })
		if !cue && len(strings.Fields(s.raw)) < 5 {
			continue // a signature
		}
		for _, p := range r.fullNames(s, company) {
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
		if !titled && !r.v.names[s.low[spans[i][0]:spans[i][1]]] || !startsUpper(s.slice(spans[i][0], spans[i][1])) {
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
		if j == i || r.me.isName(name) {
			continue
		}
		for _, p := range r.peopleIn(name, company, "") {
			out = union(out, []Person{p})
		}
		i = j
	}
	return out
}

// agencySends tells whether an agency's recruiter arranges an interview with
// somebody else.
func (r *reading) agencySends(via string) bool { return via != "" }

func (r *reading) companyAsName(name, company, via string) bool {
	c := compact(name)
	return c != "" && (c == compact(company) || c == compact(via)) || r.deskCompany(name) != "" && !r.looksLikeName(name) && endsInDesk(name)
}

func endsInDesk(name string) bool {
	words := strings.Fields(name)
	return len(words) > 0 && deskWords[fold(words[len(words)-1])]
}

// samePerson compares by address when both have one, else by name.
func samePerson(a, b Person) bool {
	if a.Email != "" && b.Email != "" {
		return a.Email == b.Email
	}
	if a.Name == "" || b.Name == "" {
		return false
	}
	return namesMeet(nameWords(a.Name), nameWords(b.Name)) || compact(a.Name) == compact(b.Name)
}

// union joins two lists of people; what one list knows more of a person is kept.
func union(a, b []Person) []Person {
	var out []Person
	for _, p := range slices.Concat(a, b) {
		i := slices.IndexFunc(out, func(o Person) bool { return samePerson(o, p) })
		if i < 0 {
			out = append(out, p)
			continue
		}
		if out[i].Email == "" {
			out[i].Email = p.Email
		}
		if len(nameWords(p.Name)) > len(nameWords(out[i].Name)) {
			out[i].Name = p.Name
		}
	}
	return out
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
		if p.kind == personPiece {
			add(p.text)
		}
	}
	lines := r.body.lines()
	for i, l := range lines {
		if rest, ok := scheduleLine(l); ok {
			if n := len(out); true {
				out = union(out, r.slotPeople(rest, company, via))
				if len(out) == n && i+1 < len(lines) {
					if next := strings.TrimSpace(strings.Trim(lines[i+1].raw, " *-•·")); r.personLike(next, company) {
						out = union(out, r.peopleIn(next, company, via))
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
	return out
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
		plain := r.withoutLead(strings.TrimSpace(part))
		titled := plain != strings.TrimSpace(part) && r.titled(part)
		part = r.withoutOffice(plain)
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

// titled tells whether s begins with Mr, Frau, Mme or the like.
func (r *reading) titled(s string) bool {
	return slices.ContainsFunc(r.v.scan(newText(s)), func(h hit) bool { return h.section == "mr" && h.start == 0 && (r.speaks(h)) })
}

// familyName tells whether s is one capitalised word that is nothing else.
func (r *reading) familyName(s string) bool {
	return len(strings.Fields(s)) == 1 && startsUpper(s) && utf8.RuneCountInString(s) > 2 && !strings.ContainsAny(s, "0123456789@:/")
}

// withoutOffice takes an office off the front of an East Asian name: 開発部長 小川 直樹.
func (r *reading) withoutOffice(s string) string {
	if !ideographic(s) {
		return s
	}
	if r.v.surnamed(s) {
		return s
	}
	t := newText(s)
	hits := r.v.scan(t)
	for i := len(hits) - 1; i >= 0; i-- {
		if h := hits[i]; (h.section == "job" || h.section == "honorific") && h.end < len(t.low) {
			if rest := strings.TrimSpace(t.slice(h.end, len(t.low))); r.v.ideographicName(rest) && r.v.surnamed(rest) {
				return rest
			}
		}
	}
	before, rest, ok := strings.Cut(s, " ")
	if ok && rest != "" && (stripHonorific(before, r.v) != before || hasSection(r.v.scan(newText(before)), "job") || hasSection(r.v.scan(newText(before)), "honorific")) && !r.v.surnamed(before) {
		return strings.TrimSpace(rest)
	}
	return s
}

// withoutLead takes words like "with", "our", "Herr" off the front of a name.
func (r *reading) withoutLead(s string) string {
	for range 3 {
		t := newText(s)
		changed := false
		for _, h := range r.v.scan(t) {
			if h.start != 0 || h.end >= len(t.low) {
				continue
			}
			switch h.section {
			case "with", "article", "mr":
				if (t.low[h.end] == ' ' || t.low[h.end] == '.') && r.speaks(h) {
					s, changed = strings.TrimLeft(t.slice(h.end, len(t.low)), ". "), true
				}
			}
			if changed {
				break
			}
		}
		if !changed {
			break
		}
	}
	return s
}

func splitEmail(s string) (name, email string) {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>()[],;", r) }) {
		if strings.Contains(w, "@") {
			email = strings.ToLower(strings.TrimPrefix(strings.TrimRight(w, ".,:"), "mailto:"))
			s = strings.ReplaceAll(s, w, " ")
		}
	}
	return strings.Trim(strings.Join(strings.Fields(s), " "), "<>()[] "), email
}

func dropBrackets(s string) string {
	var b strings.Builder
	depth := 0
	for _, c := range s {
		switch c {
		case '(', '[', '（', '【':
			depth++
			b.WriteByte(' ')
		case ')', ']', '）', '】':
			depth = max(0, depth-1)
		default:
			if depth == 0 {
				b.WriteRune(c)
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// notName are the sections whose words don't occur in names.
func notName(section string) bool {
	switch section {
	case "interview", "ambiguous", "talk", "hiring", "job", "ordinal", "recruiter", "technical", "onsite", "hiring_manager", "screen",
		"panel", "final", "take_home", "offer_call", "confirm", "weekday", "unit", "role.noise", "label.role", "label.company", "label.people", "slot.end", "notname", "stop", "article", "not.hold":
		return true
	}
	return strings.HasPrefix(section, "not.") || strings.HasPrefix(section, "soft.")
}

// personLike tells whether s has the form of a full name and isn't something else.
func (r *reading) personLike(s, company string) bool {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s, "0123456789@&/+|<>:;!?#=_") || utf8.RuneCountInString(s) > 50 {
		return false
	}
	if compact(s) == compact(company) || slices.ContainsFunc(r.companyLabels(), func(l string) bool { return compact(l) == compact(s) }) {
		return false
	}
	if ideographic(s) {
		return r.v.ideographicName(s)
	}
	words := strings.Fields(s)
	if c := compact(stripLegal(company)); c != "" && strings.HasPrefix(compact(s), c) || len(words) > 1 && legalForm(words[len(words)-1]) {
		return false
	}
	if len(words) == 1 {
		return r.v.names[strings.Join(nameWords(s), "")] && startsUpper(s)
	}
	if len(words) > 5 || !capitalised(words) {
		return false
	}
	if r.looksLikeName(s) {
		return true
	}
	for _, h := range r.v.scan(newText(s)) {
		if notName(h.section) && (h.section != "stop" && h.section != "slot.end" && h.section != "article" || r.speaks(h) && len(h.pre) > 2) && (h.lang == r.lang || h.lang == "en" || len(h.pre) > 4) {
			return false
		}
	}
	return len(words) <= 4
}

// ideographicName tells whether s may be a Chinese, Japanese or Korean name.
func (v *vocabulary) ideographicName(s string) bool {
	s = stripHonorific(s, v)
	n := 0
	for _, r := range s {
		if r == ' ' || r == '・' {
			continue
		}
		if !unicode.IsLetter(r) || r < 0x2e80 && !(r >= 0x1100 && r < 0x1200) {
			return false
		}
		n++
	}
	if n < 2 || n > 8 {
		return false
	}
	hangul := false
	kana := false
	for _, r := range s {
		hangul = hangul || unicode.Is(unicode.Hangul, r)
		kana = kana || unicode.Is(unicode.Katakana, r) || unicode.Is(unicode.Hiragana, r)
	}
	if n > 4 && !kana && !strings.Contains(s, " ") || hangul && n > 4 {
		return false
	}
	for _, h := range v.scan(newText(s)) {
		if notName(h.section) && utf8.RuneCountInString(h.pre) > 1 && h.section != "stop" {
			return false
		}
	}
	return true
}

// surnamed tells whether s begins with a known family name, has a blank between
// two short parts, or ends in an honorific.
func (v *vocabulary) surnamed(s string) bool {
	plain := stripHonorific(s, v)
	if a, b, ok := strings.Cut(plain, " "); ok {
		return utf8.RuneCountInString(a) <= 4 && utf8.RuneCountInString(b) <= 4
	}
	runes := []rune(plain)
	hangul := unicode.Is(unicode.Hangul, runes[0])
	for n := min(3, len(runes)-1); n > 0; n-- {
		if v.surnames[string(runes[:n])] {
			given := len(runes) - n
			return given <= 2 && (!hangul || given == 2 || plain != s) && (n > 1 || len(runes) <= 3)
		}
	}
	return plain != s && v.surnames[plain]
}

// stripHonorific takes 様, さん, 님, 先生 and the like off the end of a name.
func stripHonorific(s string, v *vocabulary) string {
	for range 2 {
		t := newText(s)
		changed := false
		for _, h := range v.scan(t) {
			if h.section == "honorific" && h.end == len(t.low) && h.start > 0 {
				s, changed = strings.TrimSpace(t.slice(0, h.start)), true
				break
			}
		}
		if !changed {
			break
		}
	}
	return s
}

// tidyName drops honorifics and what follows a bar, a bracket or a comma in a name.
func (v *vocabulary) tidyName(name string) string {
	for _, sep := range []string{" | ", " (", " - ", " – ", " @ ", " / "} {
		if before, _, ok := strings.Cut(name, sep); ok && before != "" {
			name = before
		}
	}
	if last, first, ok := strings.Cut(name, ", "); ok && !strings.Contains(first, ",") && len(strings.Fields(first)) <= 2 && len(strings.Fields(last)) <= 2 {
		name = first + " " + last // Outlook's "Berg, Anna"
	}
	name = stripHonorific(name, v)
	words := strings.Fields(name)
	for len(words) > 1 && hasSection(v.scan(newText(strings.TrimRight(words[0], "."))), "mr") && !v.names[fold(words[0])] {
		words = words[1:]
	}
	return strings.Trim(strings.Join(words, " "), ",;")
}

// scheduleLine reads "1:00pm-2:00pm, Anna Berg": a line that begins with a span
// of time, or a time alone. It returns what follows.
func scheduleLine(line text) (rest text, ok bool) {
	low := line.low
	i := skipAny(low, 0, " *-•·>–▪◦📅🕐⏰")
	j, ok := clock(low, i)
	if !ok {
		return text{}, false
	}
	k := skipAny(low, j, " ")
	if n := dashAt(low, k); n > 0 {
		if m, ok := clock(low, skipAny(low, k+n, " ")); ok {
			j = m
		}
	}
	j = skipZone(low, j)
	rest = line.sub(j, len(low))
	if !strings.ContainsFunc(rest.low, wordRune) {
		return rest, true
	}
	return rest, true
}

func skipAny(s string, i int, set string) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !strings.ContainsRune(set, r) {
			break
		}
		i += n
	}
	return i
}

func dashAt(s string, i int) int {
	for _, d := range []string{"-", "–", "~", "〜", "to ", "bis ", "until ", "à ", "a ", "do ", "till ", "al ", "tot ", "og ", "до "} {
		if strings.HasPrefix(s[i:], d) {
			return len(d)
		}
	}
	return 0
}

// clock reads 13:00, 1.30, 1pm, 13h, 13h30, 13 Uhr, 午後1時, 13時30分 at i.
func clock(s string, i int) (end int, ok bool) {
	for _, p := range []string{"kl. ", "kl ", "klo ", "ore ", "ora ", "at ", "о ", "в ", "g. ", "godz. ", "um ", "saat ", "午後", "午前", "上午", "下午", "오전 ", "오후 ", "jam ", "pukul "} {
		if strings.HasPrefix(s[i:], p) {
			i += len(p)
		}
	}
	n := i
	for n < len(s) && digit(s[n]) && n-i < 2 {
		n++
	}
	if n == i {
		return i, false
	}
	bare := true
	if n+2 < len(s) && (s[n] == ':' || s[n] == '.' || s[n] == 'h') && digit(s[n+1]) && digit(s[n+2]) {
		n += 3
		bare = false
		if n+2 < len(s) && s[n] == ':' && digit(s[n+1]) {
			n += 3
		}
	}
	for _, tail := range []string{" a.m.", " p.m.", " am", " pm", "am", "pm", " uhr", "uhr", "h", " h", "時", "点", "시", " uur", " ч"} {
		if strings.HasPrefix(s[n:], tail) {
			n += len(tail)
			bare = false
			break
		}
	}
	if n+2 < len(s) && digit(s[n]) && (strings.HasPrefix(s[n+1:], "分") || digit(s[n+1])) {
		for n < len(s) && digit(s[n]) {
			n++
		}
		for _, tail := range []string{"分", "분"} {
			if strings.HasPrefix(s[n:], tail) {
				n += len(tail)
			}
		}
	}
	return n, !bare && (n >= len(s) || !digit(s[n]))
}

// skipZone skips a zone's name behind a time.
func skipZone(s string, i int) int {
	j := skipAny(s, i, " (")
	for _, z := range []string{"cest", "cet", "pst", "pdt", "est", "edt", "cst", "cdt", "mst", "mdt", "gmt", "utc", "bst", "ist", "jst", "kst", "pt", "et", "ct", "mt", "uhr", "msk", "eet", "eest", "wet", "wib", "brt", "sgt", "hkt", "aest", "aedt"} {
		if strings.HasPrefix(s[j:], z) && (j+len(z) >= len(s) || !wordByte(s[j+len(z)])) {
			return skipAny(s, j+len(z), " )")
		}
	}
	return i
}

// slotPeople reads the names in what stands behind the time of a schedule line.
func (r *reading) slotPeople(t text, company, via string) []Person {
	marks := make([]byte, len(t.low))
	markSeparators(t.low, marks)
	for _, h := range r.v.scan(t) {
		if (h.section == "with" || h.section == "and") && r.speaks(h) {
			fill(marks, h.start, h.end, 1)
		}
	}
	for i := range len(marks) {
		if c := t.low[i]; c == '/' || c == '&' || c == '+' {
			marks[i] = 1
		}
	}
	var out []Person
	for i := 0; i < len(t.low); {
		if marks[i] != 0 {
			i++
			continue
		}
		j := i
		for j < len(t.low) && marks[j] == 0 {
			j++
		}
		if s := trimPiece(t.slice(i, j)); s != "" {
			out = union(out, r.peopleIn(s, company, via))
		}
		i = j
	}
	return out
}

// findRecruiter finds who arranges the interviews: by label, by signature, as an
// optional organizer.
func (r *reading) findRecruiter(named []Person) Person {
	lines := r.body.lines()
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

// lastWordKnown finds a guest by the last word of "LG Tanja", a greeting's end.
func (r *reading) lastWordKnown(s string) Person {
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 3 {
		return Person{}
	}
	return r.knownPerson(words[len(words)-1])
}
