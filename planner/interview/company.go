package interview

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// relayCompany reads the employer in a sender that stands for it: a recruiting
// system's display name or tenant, a role mailbox's display name, a group
// calendar's domain prefix.
func (r *reading) relayCompany(g guest) string {
	switch {
	case g.kind == hostProvider:
		if domain, _, ok := strings.Cut(g.email, "_"); ok && strings.Contains(domain, ".") {
			return domainLabel(domain)
		}
		return r.deskCompany(g.name)
	case g.kind == hostRelay:
		if n := r.deskCompany(g.name); n != "" {
			return n
		}
		local, host := splitAddress(g.email)
		if sub, ok := strings.CutSuffix(host, "."+registrable(host)); ok && tenantLike(sub) {
			return sub
		}
		if !roleMailbox(local) && !strings.ContainsAny(local, "._") && nameWords(g.name) == nil {
			return local
		}
	case g.kind == hostBusiness && g.mailbox:
		return r.deskCompany(g.name)
	}
	return ""
}

func tenantLike(sub string) bool {
	switch sub {
	case "us", "eu", "mail", "hire", "ats", "seen", "talent", "app", "www", "notifications", "no-reply", "email", "jobs", "candidates", "apply", "boards", "recruiting", "news", "uk", "api", "messages", "my", "hello", "reply", "inbound", "e", "m", "go":
		return false
	}
	return !strings.Contains(sub, ".")
}

// deskTails end the names of recruiting desks in scripts without blanks.
var deskTails = []string{"HR", "招聘团队", "招聘组", "招聘", "校招社招", "社招", "校招", "人力资源部", "人力资源", "人力資源", "人資部", "人資", "人才", "人事部", "人事課", "人事", "採用担当", "採用チーム", "採用", "採用事務局", "채용팀", "인사팀", "채용"}

// deskCompany takes the desk off "Nimbus Hiring Team" and "Nimbus @ icims". It is
// "" for a person's name.
func (r *reading) deskCompany(name string) string {
	name, _, _ = strings.Cut(name, " @ ")
	name, _, _ = strings.Cut(name, " | ")
	words := strings.FieldsFunc(name, func(c rune) bool { return unicode.IsSpace(c) || c == '(' || c == ')' || c == '"' })
	cutAny := false
	for len(words) > 0 && loadFacts()["desk"][fold(words[len(words)-1])] {
		words, cutAny = words[:len(words)-1], true
	}
	for len(words) > 0 && loadFacts()["desk"][fold(words[0])] {
		words, cutAny = words[1:], true
	}
	s := trimPiece(strings.Join(words, " "))
	for _, tail := range deskTails {
		if before, ok := strings.CutSuffix(s, tail); ok && before != "" && ideographic(before) {
			s, cutAny = strings.TrimSpace(before), true
		}
	}
	if s == "" || strings.Contains(s, "@") || r.me.isName(s) {
		return ""
	}
	if r.anyVocabulary(s) {
		return ""
	}
	if r.looksLikeName(s) && (!cutAny || strings.Contains(s, " ")) {
		return ""
	}
	if k := kindOfHost(strings.ToLower(s) + ".com"); k == hostRelay || k == hostScheduler {
		return ""
	}
	return s
}

// tenantOfLink reads the employer in a careers page's or job board's URL.
func tenantOfLink(link string) string {
	host := linkHost(link)
	if host == "" {
		return ""
	}
	switch kindOfHost(host) {
	case hostBusiness:
		if recruitingHost(host) {
			return domainLabel(host)
		}
	case hostRelay:
		sub, ok := strings.CutSuffix(host, "."+registrable(host))
		if !ok {
			return ""
		}
		first, _, _ := strings.Cut(sub, ".")
		if (first == "boards" || first == "job-boards" || first == "jobs" || first == "apply") && !strings.Contains(host, "linkedin") {
			_, path, _ := strings.Cut(link, host+"/")
			path, _, _ = strings.Cut(path, "/")
			path, _, _ = strings.Cut(path, "?")
			if len(path) >= 2 && len(path) <= 40 && !strings.ContainsAny(path, "&=") {
				return path
			}
			return ""
		}
		if tenantLike(sub) && tenantHosted(host) {
			return sub
		}
	}
	return ""
}

// tenantHosted tells whether a recruiting system gives each employer a subdomain.
func tenantHosted(host string) bool {
	switch registrable(host) {
	case "recruitee.com", "teamtailor.com", "bamboohr.com", "breezy.hr", "applytojob.com", "personio.de", "personio.com", "jobs.personio.de", "gupy.io", "factorialhr.com", "homerun.co", "jobylon.com", "huntflow.ru", "traffit.com", "softgarden.io":
		return true
	}
	return false
}

// findCompany decides on the employer and the agency.
func (r *reading) findCompany() (company, via string) {
	agency := r.agencyLabel()
	if agency == "" {
		if via = r.titleAgency(); via != "" {
			company = r.namedCompany(compact(via))
			return r.trimEdges(r.plainCompany(company)), via
		}
	}
	company = r.namedCompany(agency)
	if company == "" {
		company = r.senderCompany(agency)
	}
	company = r.trimEdges(r.plainCompany(company))
	if agency != "" {
		via = cmp.Or(r.agencyBrand(agency), r.agencies[agency], pretty(agency))
		if company != "" && meets(compact(stripLegal(company)), agency) {
			company = ""
		}
		if company == "" {
			company = r.clientBehindAt(agency)
		}
	}
	return company, via
}

// trimEdges takes words of recruiting off the ends of a company's name that is
// nobody's brand as it stands: "Bewerbung Nimbus", "Nimbus HR", "your Nimbus".
func (r *reading) trimEdges(s string) string {
	for range 3 {
		if s == "" || r.exactCompany(s) {
			return s
		}
		t, cutOff := newText(s), false
		for _, h := range r.v.scan(t) {
			switch h.section {
			case "hiring", "recruiter", "talk", "noise", "moved", "screen", "confirm", "label.company":
			default:
				continue
			}
			if !r.speaks(h) || h.slot || h.section == "label.company" && ideographic(s) {
				continue
			}
			rest := ""
			switch {
			case h.start == 0 && h.end < len(t.low) && (t.low[h.end] == ' ' || dense(firstRune(t.low[h.end:]))):
				rest = trimPiece(t.slice(h.end, len(t.low)))
			case h.end == len(t.low) && h.start > 0 && (t.low[h.start-1] == ' ' || ideographic(s)):
				rest = trimPiece(t.slice(0, h.start))
			}
			if rest != "" && startsUpper(rest) && utf8.RuneCountInString(rest) > 1 {
				s, cutOff = rest, true
				break
			}
		}
		if !cutOff {
			return s
		}
	}
	return s
}

// plainCompany takes an article or "the company" off the front of a name.
func (r *reading) plainCompany(s string) string {
	for range 2 {
		t := newText(s)
		for _, h := range r.v.scan(t) {
			if h.start == 0 && h.end < len(t.low) && (h.section == "article" || h.section == "at" || h.section == "label.company" || h.section == "via" && !h.slot) && r.speaks(h) && t.low[h.end] == ' ' && (h.section != "article" || h.lang == r.lang && !startsUpper(t.raw)) {
				if rest := strings.TrimSpace(t.slice(h.end, len(t.low))); startsUpper(rest) {
					s = rest
					break
				}
			}
		}
	}
	return s
}

// namedCompany finds the employer that title or body name.
func (r *reading) namedCompany(agency string) string {
	pieces := r.pieces
	for _, p := range pieces {
		if p.kind == companyPiece && r.knownCompany(p.text) && !isAgency(p.text, agency) {
			return r.asBrand(p.text)
		}
	}
	for _, p := range pieces {
		if p.kind == companyPiece && !isAgency(p.text, agency) {
			return tidyCompany(p.text)
		}
	}
	for _, l := range r.companyLabels() {
		if l != agency {
			if b := r.brand(l); b != "" && !loneWord(b) {
				return b
			}
		}
	}
	body := r.bodyCompany(agency)
	loose := slices.ContainsFunc(pieces, func(p piece) bool {
		return p.kind == unknownPiece && !p.topic && capitalised(strings.Fields(p.text)) && !r.oneWord(p.text)
	})
	for _, p := range pieces {
		if p.topic || loose && !nameWord(p.text[strings.LastIndexByte(p.text, ' ')+1:]) {
			continue // "Teste prático" beside "Casa Nimbus"
		}
		if s, _ := r.owner(p); s != p.text && r.givenName(fold(s)) {
			continue // "da Bruna"
		}
		if p.kind == unknownPiece && !r.oneWord(p.text) && !isAgency(p.text, agency) && companyLike(p.text) && !r.lowercase(p.text) && (body == "" || hasSection(r.titleHit, "interview") && startsUpper(p.text)) {
			return tidyCompany(p.text)
		}
	}
	return body
}

// anyVocabulary tells whether s has words that speak of interviews or people.
func (r *reading) anyVocabulary(s string) bool {
	return slices.ContainsFunc(r.v.scan(newText(s)), func(h hit) bool {
		return anchorSection(h.section) || h.section == "hiring" || h.section == "mr" || h.section == "at" || h.section == "with"
	})
}

// tidyCompany cuts what follows a company's name in a phrase.
func tidyCompany(s string) string {
	s = strings.TrimSpace(s)
	for _, tail := range []string{"'s", "’s"} {
		s = strings.TrimSuffix(s, tail)
	}
	s = strings.Trim(s, " .,;:!?-–\"'()")
	words := strings.Fields(s)
	for len(words) > 1 && len(words) <= 4 && unicode.IsLower(firstRune(words[0])) && utf8.RuneCountInString(words[0]) > 3 && capitalised(words[1:]) && !loadFacts()["organisation"][fold(words[0])] {
		words = words[1:] // "loja Casa Nimbus"
	}
	s = strings.Join(words, " ")
	for i, w := range words {
		// what follows a legal form in a phrase isn't the name: "Nimbus SpA per"
		if i > 0 && i+1 < len(words) && legalForm(w) && unicode.IsUpper(firstRune(w)) && unicode.IsLower(firstRune(words[i+1])) {
			return strings.Join(words[:i+1], " ")
		}
	}
	return s
}

func companyLike(s string) bool {
	n := len(strings.Fields(s))
	return n >= 1 && n <= 5 && utf8.RuneCountInString(s) <= 50
}

// bodyCompany reads the employer in labels and phrases of the body.
func (r *reading) bodyCompany(agency string) string {
	for _, l := range r.lines() {
		if v := labelValue(r.v, l, "label.company", r.lang); v != "" && companyLike(v) {
			return tidyCompany(v)
		}
	}
	best, votes := "", map[string]int{}
	for _, h := range r.bodyHit {
		if h.section != "company" || !r.speaks(h) {
			continue
		}
		s := tidyCompany(r.cutSlot(r.body, h, companySlot))
		if s == "" || !companyLike(s) || isAgency(s, agency) || r.me.isName(s) || r.knownPerson(s) != (Person{}) || !startsUpper(s) || r.looksLikeRole(s) || r.looksLikeName(s) && strings.Contains(s, " ") {
			continue
		}
		votes[s]++
		if best == "" || votes[s] > votes[best] {
			best = s
		}
	}
	return best
}

func startsUpper(s string) bool {
	c, _ := utf8.DecodeRuneInString(s)
	return !unicode.IsLower(c)
}

// senderCompany falls back on who sent the invitation.
func (r *reading) senderCompany(agency string) string {
	for _, g := range r.guests {
		if g.organizer || g.creator {
			if n := r.relayCompany(g); n != "" && !isAgency(n, agency) {
				if b := r.brand(n); b != "" {
					return b
				}
				if g.kind == hostRelay || g.mailbox && g.kind == hostBusiness {
					if n == strings.ToLower(n) {
						return pretty(n)
					}
					return n
				}
				return pretty(n)
			}
		}
	}
	for _, l := range r.labels() {
		if l != agency {
			if b := r.brand(l); b != "" && !loneWord(b) {
				return b
			}
			return pretty(l)
		}
	}
	for _, l := range r.links {
		if n := tenantOfLink(l); n != "" && n != agency {
			if b := r.brand(n); b != "" {
				return b
			}
			return pretty(n)
		}
	}
	return ""
}
