package interview

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// clientBehindAt finds an agency's client behind "at" in the text: "you will meet
// Anna Berg at Nimbus Care".
func (r *reading) clientBehindAt(agency string) string {
	for _, h := range r.bodyHit {
		if h.section != "at" || !r.speaks(h) || h.end >= len(r.body.low) || r.body.low[h.end] != ' ' {
			continue
		}
		s := tidyCompany(strings.TrimSpace(r.headOf(r.body.sub(h.end+1, min(len(r.body.low), h.end+maxSlot)), companySlot, false).raw))
		words := strings.Fields(s)
		n := 0
		for n < len(words) && nameWord(words[n]) {
			n++
		}
		if s = strings.Join(words[:n], " "); n > 0 && companyLike(s) && !isAgency(s, agency) && !strings.ContainsAny(s, "0123456789") && !r.looksLikeName(s) && !r.oneWord(s) && !r.anyVocabulary(s) {
			return s
		}
	}
	return ""
}

// agencyBrand is how the event's texts write an agency, with or without the word
// of its trade that its domain ends in: talentus-rh is "Talentus".
func (r *reading) agencyBrand(label string) string {
	if b := r.brand(label); b != "" {
		return b
	}
	first, tail, ok := strings.Cut(label, "-")
	if !ok || utf8.RuneCountInString(first) < 4 {
		return ""
	}
	if t := fold(tail); !agencyName(t) && t != "agenzia" && t != "agency" && t != "agence" && t != "agentur" && t != "consultoria" && t != "partner" && t != "partners" {
		return ""
	}
	if b := r.brand(first); b != "" && startsUpper(b) {
		return b
	}
	return ""
}

// agencyLabel returns the domain label of an organizer that is a recruitment agency.
func (r *reading) agencyLabel() string {
	client := slices.ContainsFunc(slices.Concat(r.titleHit, r.bodyHit), func(h hit) bool { return h.section == "via" && r.speaks(h) })
	for _, g := range r.guests {
		if !r.outside(g) {
			continue
		}
		if agencyName(g.label()) || client && (g.organizer || g.creator) || g.organizer && agencyName(r.brand(g.label())) {
			return g.label()
		}
		if _, known := r.agencies[g.label()]; known || r.agencySays(g.label()) {
			return g.label()
		}
		if _, tail, ok := strings.Cut(g.name, "("); ok && agencyName(tail) && meets(compact(strings.Trim(tail, ")")), g.label()) {
			return g.label()
		}
	}
	return ""
}

// agencySays tells whether the texts go on with a word for a recruitment agency
// behind the name of a domain: "Aurich & Partner Personalberatung".
func (r *reading) agencySays(label string) bool {
	return remember(&r.seen.agencies, label, r.agencyBehind)
}

func (r *reading) agencyBehind(label string) bool {
	b := r.brand(label)
	if b == "" {
		return false
	}
	for _, t := range []text{r.title, r.body} {
		for rest := t.raw; len(rest) < maxBody; {
			_, after, ok := strings.Cut(rest, b)
			if !ok {
				break
			}
			rest = after
			line, _, _ := strings.Cut(after, "\n")
			low := fold(b + cut(line, 40))
			for _, w := range listFacts()["agency"] {
				if i := strings.Index(low, w); i >= 0 && i <= len(b)+24 && !strings.ContainsAny(low[:i], ",.;:|") {
					return true
				}
			}
		}
	}
	return false
}

func isAgency(s, agency string) bool {
	return agency != "" && meets(compact(stripLegal(s)), agency)
}

// agencyName tells whether a name or domain label sounds like a recruitment agency.
func agencyName(name string) bool {
	low := fold(name)
	for _, stem := range []string{"recruit", "staffing", "talent", "headhunt", "personalberatung", "personalbuero", "personalburo", "personalvermittlung", "personaldienst", "personalservice", "zeitarbeit", "rekry", "rekrut", "bemanning", "selezion", "uitzend", "recrutement", "reclutamiento", "detachering", "jobvermittlung", "manpower", "randstad", "adecco", "kelly services", "michael page", "robert half", "robert walters", "hays", "brunel", "gulp"} {
		if strings.Contains(low, stem) {
			return true
		}
	}
	words := strings.FieldsFunc(low, func(r rune) bool { return !wordRune(r) })
	for _, w := range words {
		if len(w) > 5 && (strings.HasSuffix(w, "rh") || strings.HasSuffix(w, "career")) {
			return true
		}
		switch w {
		case "career", "rh":
			return true
		case "search", "headhunters", "hunters", "hunting", "placement", "placements", "workforce", "resourcing", "hr", "personnel", "personal", "werving", "interim", "hire", "hiring", "careers", "jobs":
			return true
		}
	}
	return false
}

// titleAgency is the agency that the title of a note of the user's own names:
// "Nimbus (via Talentum)", "call with Talentum Recruitment". "" for none.
func (r *reading) titleAgency() string {
	for _, p := range r.pieces {
		if p.hint == "via" && (p.kind == companyPiece || p.kind == unknownPiece) && startsUpper(p.text) && len(strings.Fields(p.text)) <= 4 {
			return tidyCompany(p.text)
		}
	}
	if len(r.guests) > 0 {
		return ""
	}
	for _, p := range r.pieces {
		if (p.kind == companyPiece || p.kind == unknownPiece) && len(strings.Fields(p.text)) > 1 && startsUpper(p.text) && agencyName(p.text) && !r.looksLikeRole(p.text) {
			return tidyCompany(p.text)
		}
	}
	return ""
}
