package interview

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pieceKind is what a piece of a title is taken for.
type pieceKind int

const (
	unknownPiece pieceKind = iota
	selfPiece
	personPiece
	companyPiece
	rolePiece
	noisePiece
)

// piece is what stands between the separators and the words of a title that say
// "interview": a company, a role, a person.
type piece struct {
	text   string
	hint   string // with, at, for: the preposition before it, or after it
	kind   pieceKind
	strong bool // a preposition or a known name decided
}

// anchorSection tells whether the words of a section are cut out of a title.
func anchorSection(s string) bool {
	switch s {
	case "interview", "ambiguous", "talk", "screen", "hiring_manager", "technical", "take_home", "panel", "onsite", "final",
		"offer_call", "ordinal", "moved", "cancelled", "confirm", "noise":
		return true
	}
	return false
}

// cutTitle splits a title into pieces.
func (r *reading) cutTitle(t text, hits []hit) []piece {
	marks := make([]byte, len(t.low)) // 0 text, 1 separator or anchor; else index+2 of hint
	for _, h := range hits {
		if anchorSection(h.section) && (h.section == "interview" || r.speaks(h)) && !r.partOfRole(t, h, hits) {
			fill(marks, h.start, h.end, 1)
		}
	}
	markSeparators(t.low, marks)
	r.markPrepositions(t, hits, marks)
	return r.collect(t, marks)
}

const (
	markCut      = 1
	markWith     = 2 // with, at, for before the piece
	markAt       = 3
	markFor      = 4
	markWithPost = 5 // and behind it
	markAtPost   = 6
	markForPost  = 7
)

var hintNames = [...]string{markWith: "with", markAt: "at", markFor: "for", markWithPost: "with", markAtPost: "at", markForPost: "for"}

func fill(b []byte, from, to int, v byte) {
	for i := from; i < to; i++ {
		b[i] = v
	}
}

// partOfRole keeps "Technical" in "Technical Writer": a round's word directly
// before the words of a job is part of the job, unless the title says interview
// in between.
func (r *reading) partOfRole(t text, h hit, hits []hit) bool {
	switch h.section {
	case "interview", "moved", "cancelled", "confirm", "noise":
		return false
	}
	if strings.Contains(t.low[h.start:h.end], " ") {
		return false
	}
	rest := t.low[h.end:]
	if !strings.HasPrefix(rest, " ") {
		return false
	}
	for _, o := range hits {
		if (o.section == "ambiguous" || o.section == "interview") && o.lang != "en" && o.start == h.start && o.end == h.end {
			return false // a noun for the talk: "Fachgespräch Produktmanager"
		}
	}
	for _, o := range hits {
		if o.section == "job" && o.start == h.end+1 {
			end := wordEnd(t.low, o.end)
			// "Technical Engineer interview" stays ambiguous: a job it is
			return !anchorAt(hits, end+1) || h.section == "technical" || h.section == "talk"
		}
	}
	return false
}

func anchorAt(hits []hit, at int) bool {
	return slices.ContainsFunc(hits, func(h hit) bool { return h.start == at && h.section == "interview" })
}

func wordEnd(s string, i int) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !wordRune(r) {
			break
		}
		i += n
	}
	return i
}

// markSeparators marks what parts a title: dashes with blanks around them,
// colons, brackets, bars, commas, angle brackets.
func markSeparators(low string, marks []byte) {
	for i := 0; i < len(low); {
		c, n := utf8.DecodeRuneInString(low[i:])
		spaced := i > 0 && low[i-1] == ' ' && i+n < len(low) && low[i+n] == ' '
		sep := false
		switch c {
		case '|', '(', ')', '[', ']', '{', '}', '<', '>', ':', ';', '•', '·', '"', '→', '↔', '⇄', '⟷', '【', '】', '「', '」', '『', '』', '〈', '〉', '《', '》', '、', '。', '~', '!', '?', '\n', '=', '★', '✨', '*':
			sep = true
			if c == ':' && i > 0 && i+1 < len(low) && digit(low[i-1]) && digit(low[i+1]) {
				sep = false
			}
		case '–':
			sep = true
		case '-', '/', '_', '×', '+':
			sep = c == '-' && i > 0 && i+n < len(low) && besideIdeograph(low, i) || spaced || i+n < len(low) && low[i+n] == ' ' && c == '-' || i == 0 || i+n == len(low) || c == '×' || c == '/' && i+n < len(low) && slashCut(low, i)
		case ',':
			sep = true
		case 'x':
			sep = spaced
		default:
			sep = unicode.Is(unicode.So, c) // emoji
		}
		if sep {
			fill(marks, i, i+n, markCut)
		}
		i += n
	}
}

// slashCut tells whether a slash parts two things in a dense script.
func slashCut(low string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(low[:i])
	after, _ := utf8.DecodeRuneInString(low[i+1:])
	return dense(before) && dense(after)
}

// markPrepositions marks "with", "at" and "for" in the languages that the title
// may be in.
func (r *reading) markPrepositions(t text, hits []hit, marks []byte) {
	langs := r.titleLangs(hits)
	for _, h := range hits {
		kind := byte(0)
		switch h.section {
		case "with":
			kind = markWith
		case "at":
			kind = markAt
		case "for":
			kind = markFor
		case "with.post":
			kind = markWithPost
		case "at.post":
			kind = markAtPost
		case "for.post":
			kind = markForPost
		default:
			continue
		}
		if !langs[h.lang] || marks[h.start] != 0 {
			continue
		}
		if kind == markFor && !strings.Contains(h.pre, " ") && !r.opensPiece(t.low, marks, h.start) && !r.partsJob(t, marks, h) {
			continue // "Head of Sales for DACH"
		}
		fill(marks, h.start, h.end, kind)
	}
}

// partsJob tells whether a job stands behind the preposition and none before it.
func (r *reading) partsJob(t text, marks []byte, h hit) bool {
	from, to := h.start, h.end
	for from > 0 && marks[from-1] == 0 {
		from--
	}
	for to < len(marks) && marks[to] == 0 {
		to++
	}
	return r.looksLikeRole(t.slice(h.end, to)) && !r.looksLikeRole(t.slice(from, h.start))
}

// titleLangs are the languages whose small words may stand in a title: the
// event's own, and those of its interview words when only they have them.
func (r *reading) titleLangs(hits []hit) map[string]bool {
	langs := map[string]bool{r.lang: true}
	for _, h := range hits {
		if (h.section == "interview" || h.section == "ambiguous") && h.lang != "en" {
			langs[h.lang] = langs[h.lang] || r.lang == "" || r.lang == "en"
		}
	}
	if r.lang == "" || hasLang(hits, "en", "interview") {
		langs["en"] = true
	}
	return langs
}

func hasLang(hits []hit, lang, section string) bool {
	return slices.ContainsFunc(hits, func(h hit) bool { return h.lang == lang && h.section == section })
}

// opensPiece tells whether nothing but blanks stands between i and the last cut.
func (r *reading) opensPiece(low string, marks []byte, i int) bool {
	for i--; i >= 0; i-- {
		if marks[i] != 0 {
			return true
		}
		if low[i] != ' ' {
			return false
		}
	}
	return true
}

func (r *reading) collect(t text, marks []byte) []piece {
	var out []piece
	hint := ""
	for i := 0; i < len(t.low); {
		if marks[i] != 0 {
			if m := marks[i]; m >= markWithPost {
				if n := len(out); n > 0 && out[n-1].hint == "" {
					out[n-1].hint = hintNames[m]
				}
				hint = ""
			} else if m >= markWith {
				hint = hintNames[m]
			} else if strings.IndexByte(" ", t.low[i]) < 0 {
				hint = keepHint(hint, t.low[i])
			}
			i++
			continue
		}
		j := i
		for j < len(t.low) && marks[j] == 0 {
			j++
		}
		if s := trimPiece(t.slice(i, j)); s != "" {
			out = append(out, piece{text: s, hint: hint})
			hint = ""
		}
		i = j
	}
	return out
}

// keepHint drops a preposition when a separator follows it at once: it belonged
// to words that were cut.
func keepHint(hint string, c byte) string {
	if c == '"' || c == '(' || c == ':' {
		return hint
	}
	return ""
}

func trimPiece(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("-–.,;:/&+_'\"#…·", r)
	})
	if strings.ContainsFunc(s, wordRune) {
		return s
	}
	return ""
}

// classify decides what each piece is, from what the event's people and domains say.
func (r *reading) classify(pieces []piece) []piece {
	pieces = r.splitNames(pieces)
	for i := range pieces {
		p := &pieces[i]
		p.kind, p.strong = r.kindOf(*p)
	}
	return pieces
}

func (r *reading) kindOf(p piece) (pieceKind, bool) {
	switch {
	case noise(p.text):
		return noisePiece, true
	case r.me.isName(p.text):
		return selfPiece, true
	case r.knownCompany(p.text):
		return companyPiece, true
	case r.knownPerson(p.text) != (Person{}):
		return personPiece, true
	case corporate(p.text):
		return companyPiece, true
	case p.hint == "with" && r.looksLikeRole(p.text) && !r.looksLikeName(p.text):
		return noisePiece, true // "with the head of sales"
	case p.hint == "at" && r.lowercase(p.text):
		return noisePiece, true // "on the phone", "in the office"
	case p.hint == "at" && startsUpper(p.text) && !dense(firstRune(p.text)):
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

// lowercase tells whether no word of s begins with a capital although the title
// writes others with one: then s is no name.
func (r *reading) lowercase(s string) bool {
	upper := func(s string) bool {
		return slices.ContainsFunc(strings.Fields(s), func(w string) bool { return unicode.IsUpper(firstRune(w)) })
	}
	return unicode.IsLower(firstRune(s)) && !upper(s) && upper(r.title.raw) && !r.knownCompany(s)
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
			if known(parts[0]) || known(parts[1]) {
				out = append(out, piece{text: parts[0], hint: p.hint}, piece{text: parts[1], hint: p.hint})
				continue
			}
		}
		out = append(out, r.splitTail(p)...)
	}
	return out
}

// splitTail parts "Data Engineer Nimbus" and "Nimbus Data Engineer" where one end
// is the company of a guest's domain.
func (r *reading) splitTail(p piece) []piece {
	words := strings.Fields(p.text)
	if len(words) < 2 || r.exactCompany(p.text) {
		return []piece{p}
	}
	for n := 1; n < len(words); n++ {
		a, b := strings.Join(words[:n], " "), strings.Join(words[n:], " ")
		if r.exactCompany(b) && r.looksLikeRole(a) || r.exactCompany(a) && r.looksLikeRole(b) {
			return []piece{{text: a, hint: p.hint}, {text: b}}
		}
	}
	if ideographic(p.text) && !r.v.surnamed(p.text) || ideographic(p.text) && corporate(words[0]) {
		if out := r.splitBlanks(words, p.hint); out != nil {
			return out
		}
	}
	if r.knownCompany(p.text) {
		return []piece{p}
	}
	for n := len(words) - 1; n > 0; n-- {
		if s := strings.Join(words[:n], " "); r.exactCompany(s) {
			return []piece{{text: s, hint: p.hint}, {text: strings.Join(words[n:], " ")}}
		}
		if s := strings.Join(words[len(words)-n:], " "); r.exactCompany(s) {
			return []piece{{text: strings.Join(words[:len(words)-n], " "), hint: p.hint}, {text: s}}
		}
	}
	return []piece{p}
}

// splitBlanks parts "ノーザン データエンジニア" where what stands behind a blank is a
// job and what stands before it isn't, or the other way round.
func (r *reading) splitBlanks(words []string, hint string) []piece {
	for n := 1; n < len(words); n++ {
		a, b := strings.Join(words[:n], " "), strings.Join(words[n:], " ")
		if r.looksLikeRole(a) != r.looksLikeRole(b) {
			if r.looksLikeRole(b) && r.looksLikeRole(words[n-1]) {
				continue
			}
			return []piece{{text: a, hint: hint}, {text: b}}
		}
	}
	return nil
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
	switch low {
	case "m w d", "m/w/d", "w/m/d", "f/m/d", "m/f/d", "m/f/x", "f/m/x", "h/f", "f/h", "m/v", "v/m", "k/m", "m/k", "d/f/m", "gn", "all genders", "f/m", "m/f", "online", "remote", "zoom", "teams", "google meet", "ms teams", "microsoft teams", "skype", "whatsapp", "video", "phone", "telephone", "hybrid", "webex", "facetime", "via zoom", "via teams", "on zoom", "on teams", "virtual", "tbc", "new", "meet", "オンライン", "web", "リモート", "온라인", "비대면", "화상", "线上", "視訊", "視訊面試", "线下", "онлайн", "en ligne", "en línea", "in linea", "verkossa", "onsite", "id", "ref", "est", "cet", "am", "pm":
		return true
	}
	return false
}

// knownCompany tells whether s is the name in an outside guest's domain, or
// begins with it.
func (r *reading) knownCompany(s string) bool {
	c := compact(stripLegal(s))
	if utf8.RuneCountInString(c) < 2 {
		return false
	}
	for _, g := range r.guests {
		if g.mailbox && compact(g.name) == c {
			return true
		}
	}
	for _, l := range r.companyLabels() {
		if meets(c, l) {
			return true
		}
	}
	return false
}

func (r *reading) exactCompany(s string) bool {
	c := compact(stripLegal(s))
	return c != "" && slices.ContainsFunc(r.companyLabels(), func(l string) bool { return compact(l) == c })
}

// companyLabels are the names in the domains of outside guests and the tenants
// of recruiting systems.
func (r *reading) companyLabels() []string {
	out := r.labels()
	for _, l := range r.links {
		if n := tenantOfLink(l); n != "" {
			out = append(out, n)
		}
	}
	if g, ok := r.organizer(); ok {
		if n := r.relayCompany(g); n != "" {
			out = append(out, n)
		}
	}
	return out
}

// meets tells whether a name and a domain label are the same company's: equal
// but for what is added to one of them, as in leandatainc and LeanData.
func meets(c, label string) bool {
	l := compact(label)
	if c == l || umlauts(c) == umlauts(l) {
		return true
	}
	if len(l) >= 4 && strings.HasPrefix(c, l) || len(c) >= 4 && strings.HasPrefix(l, c) {
		return true
	}
	return len(c) >= 5 && strings.HasSuffix(l, c) || len(l) >= 5 && strings.HasSuffix(c, l)
}

// umlauts folds the ways in which domains write ä, ö, ü, å and ø, so that
// mueller meets Müller.
func umlauts(s string) string { return umlautForms.Replace(s) }

var umlautForms = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "aa", "a")

// stripLegal takes legal forms off the end of a company's name.
func stripLegal(s string) string {
	words := strings.Fields(s)
	for len(words) > 1 && (legalForm(words[len(words)-1]) || words[len(words)-1] == "&" || strings.EqualFold(words[len(words)-1], "Co.")) {
		words = words[:len(words)-1]
	}
	return strings.TrimRight(strings.Join(words, " "), ",")
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
		if p.Name == "" || g.mailbox {
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

// looksLikeRole tells whether s holds the words of a job.
func (r *reading) looksLikeRole(s string) bool {
	t := newText(s)
	return slices.ContainsFunc(r.v.scan(t), func(h hit) bool { return h.section == "job" && r.speaks(h) })
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

// splitList splits "Anna Berg, Jonas Weber and Mia Koch".
func splitList(s string, v *vocabulary) []string {
	t := newText(s)
	marks := make([]byte, len(t.low))
	for i := 0; i < len(t.low); {
		c, n := utf8.DecodeRuneInString(t.low[i:])
		switch c {
		case ',', '&', ';', '+', '、', '，', '/', '\n', '،':
			fill(marks, i, i+n, 1)
		}
		i += n
	}
	for _, h := range v.scan(t) {
		if h.section == "and" {
			fill(marks, h.start, h.end, 1)
		}
	}
	markJoinedAnd(t.low, marks, v)
	var out []string
	for i := 0; i < len(t.low); {
		if marks[i] != 0 {
			i++
			continue
		}
		j := i
		for j < len(t.low) && marks[j] == 0 {
			j++
		}
		if p := strings.Trim(strings.TrimSpace(t.slice(i, j)), ".:-–"); p != "" {
			out = append(out, strings.TrimSpace(p))
		}
		i = j
	}
	return out
}

// markJoinedAnd marks the Arabic and Hebrew "and", which is written together with
// the word behind it, unless that word is a name as it stands.
func markJoinedAnd(low string, marks []byte, v *vocabulary) {
	for _, w := range wordSpans(low) {
		word := low[w[0]:w[1]]
		if w[0] == 0 || v.names[word] {
			continue
		}
		for _, and := range []string{"و", "ו"} {
			if strings.HasPrefix(word, and) && utf8.RuneCountInString(word) > 3 {
				fill(marks, w[0], w[0]+len(and), 1)
			}
		}
	}
}
