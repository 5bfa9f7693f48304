package interview

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

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

// withoutJob takes an office off the front of a name: "Practice Manager Paul
// Tench", "Vakıf Başkanı Ayten Koru".
func (r *reading) withoutJob(s string) string {
	for {
		words := strings.Fields(s)
		if len(words) < 3 || ideographic(s) {
			return s
		}
		t := newText(s)
		end := 0
		for _, h := range r.v.scan(t) {
			switch h.section {
			case "job", "hiring_manager", "recruiter", "hiring":
				if r.speaks(h) && h.start <= end+1 && h.end > end && h.end < len(t.low) && t.low[h.end] == ' ' && len(strings.Fields(t.low[h.end:])) >= 2 {
					end = h.end
				}
			}
		}
		if end == 0 {
			return r.fromGiven(s)
		}
		s = strings.TrimSpace(t.slice(end, len(t.low)))
	}
}

// fromGiven takes what stands before the given name off a name that begins with an
// office: "VP Quality Marguerite Osei".
func (r *reading) fromGiven(s string) string {
	words := strings.Fields(s)
	if len(words) < 3 || r.lang == "hu" || r.lang == "vi" || r.v.names[fold(words[0])] || nameParticle[fold(words[0])] {
		return s
	}
	for k := 1; k+1 < len(words) && k < 4; k++ {
		if before := strings.Join(words[:k], " "); r.v.names[fold(words[k])] && (abbreviation(words[0]) || r.isWord(words[0]) || r.looksLikeRole(before)) {
			return strings.Join(words[k:], " ")
		}
	}
	return s
}

// withoutHome takes what a person is of or from off the end of a name: "Pietro
// di Ceramiche Lodi", "Jéssica do RH".
func (r *reading) withoutHome(s string) string {
	t := newText(s)
	for _, h := range r.v.scan(t) {
		if h.section != "of" && h.section != "at" || h.lang != r.lang || h.start < 3 || h.end >= len(t.low) || t.low[h.start-1] != ' ' || t.low[h.end] != ' ' {
			continue
		}
		before, after := strings.TrimSpace(t.slice(0, h.start)), strings.TrimSpace(t.slice(h.end, len(t.low)))
		if !startsUpper(before) || len(strings.Fields(before)) > 3 {
			continue
		}
		if r.deskWord(after) || r.oneWord(after) || r.organisation(after) || r.knownCompany(after) || corporate(after) {
			return before
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

// lastWordKnown finds a guest by the last word of "LG Tanja", a greeting's end.
func (r *reading) lastWordKnown(s string) Person {
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 3 {
		return Person{}
	}
	return r.knownPerson(words[len(words)-1])
}

// knownPerson returns the guest or host whom s names in full or by first name.
func (r *reading) knownPerson(s string) Person {
	words := nameWords(r.withoutLead(stripHonorific(s, r.v)))
	if len(words) == 0 {
		return Person{}
	}
	var found Person
	for _, g := range r.guests {
		p := g.person(r)
		if p.Name == "" || g.mailbox || r.deskGuest(g) {
			continue
		}
		if namesMeet(words, nameWords(p.Name)) || compact(p.Name) == compact(s) || r.inflects() && inflectedMeet(words, nameWords(p.Name)) {
			if found.Email == "" || p.Email != "" {
				found = p
			}
		}
	}
	return found
}

// deskGuest tells whether a guest's name is that of an organisation.
func (r *reading) deskGuest(g guest) bool {
	if g.name == "" {
		return false
	}
	return remember(&r.seen.desks, g.name+"\x00"+g.email, func(string) bool { return r.organisationGuest(g) })
}

func (r *reading) organisationGuest(g guest) bool {
	return r.organisation(g.name) || g.label() != "" && (compact(g.name) == compact(g.label()) || r.findParts(newText(g.name), g.label()) != "") || g.kind == hostRelay && r.deskCompany(g.name) != "" && !r.looksLikeName(g.name)
}

// namesMeet tells whether the words of one name are all in the other one.
func namesMeet(a, b []string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 {
		return false
	}
	for _, w := range a {
		if !slices.Contains(b, w) {
			return false
		}
	}
	return true
}

// inflects tells whether the event's language changes the ends of names.
func (r *reading) inflects() bool {
	switch r.lang {
	case "pl", "cs", "ru", "uk", "el", "hu", "fi", "tr", "ro", "sk", "hr":
		return true
	}
	return false
}

// inflectedMeet tells whether the words of one name are those of another but for
// their ends: "z Anną Wroną" and Anna Wrona.
func inflectedMeet(a, b []string) bool {
	if len(a) > len(b) {
		return false
	}
	for _, w := range a {
		if !slices.ContainsFunc(b, func(o string) bool { return sameStem(w, o) }) {
			return false
		}
	}
	return len(a) > 0
}

func sameStem(a, b string) bool {
	x, y := []rune(a), []rune(b)
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n >= 3 && n >= min(len(x), len(y))-2 && n >= max(len(x), len(y))-4
}

// looksLikeName tells whether s is a person's name by its form and first name.
func (r *reading) looksLikeName(s string) bool {
	if strings.ContainsAny(s, "0123456789@&/+|") {
		return false
	}
	words := strings.Fields(s)
	if len(words) == 0 || len(words) > 5 {
		return false
	}
	if ideographic(s) {
		return r.v.ideographicName(s) && r.v.surnamed(s)
	}
	folded := nameWords(s)
	if len(folded) == 0 || len(words) > 1 && legalForm(words[len(words)-1]) {
		return false
	}
	if r.v.surnames[folded[0]] && len(words) > 1 && len(words) < 5 && capitalised(words) {
		return true // Vietnamese names begin with the family's
	}
	honorific := hasSection(r.v.scan(newText(words[0])), "mr")
	if honorific && len(words) > 1 {
		return true
	}
	return len(words) > 1 && (r.v.names[folded[0]] || len(folded) == 2 && r.v.names[folded[1]] && !r.v.names[folded[0]] && r.lang == "hu") && capitalised(words) || len(words) == 1 && r.v.names[folded[0]]
}

// capitalised tells whether every word but particles starts with a capital, as
// far as its script has any.
func capitalised(words []string) bool {
	for _, w := range words {
		c, _ := utf8.DecodeRuneInString(w)
		if unicode.IsLower(c) && !nameParticle[fold(w)] {
			return false
		}
	}
	return true
}
