package interview

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// insideJob tells whether a round's word in a script without blanks is part of a
// job's: 技術 in 技術職.
func insideJob(h hit, hits []hit) bool {
	return h.section != "interview" && dense(firstRune(h.pre)) && slices.ContainsFunc(hits, func(o hit) bool {
		return o.section == "job" && o.start <= h.start && h.end <= o.end && o.end-o.start > h.end-h.start
	})
}

// takesJob tells whether a phrase such as "manager interview" begins with the last
// word of a job: "Product Manager interview".
func takesJob(t text, h hit, hits []hit) bool {
	if h.section == "interview" || h.start < 2 || h.end > len(t.low) || t.low[h.start-1] != ' ' || !strings.Contains(t.low[h.start:h.end], " ") {
		return false
	}
	job, led := false, false
	for _, o := range hits {
		job = job || o.section == "job" && (o.start == h.start && o.end < h.end || o.start < h.start && o.end > h.start && o.end < h.end)
		led = led || o.end == h.start-1 && o.section != "job"
	}
	if !job || led {
		return false
	}
	before := firstRune(t.slice(strings.LastIndexByte(t.low[:h.start-1], ' ')+1, h.start))
	return unicode.IsUpper(before)
}

// partOfRole keeps "Technical" in "Technical Writer": a round's word directly
// before the words of a job is part of the job, unless the title says interview
// in between.
func (r *reading) partOfRole(t text, h hit, hits []hit) bool {
	switch h.section {
	case "interview", "moved", "cancelled", "confirm":
		return false
	case "talk":
		if h.lang != "en" {
			return false
		}
	case "noise":
		if h.start < 2 || t.low[h.start-1] != ' ' || !unicode.IsLetter(rune(t.low[h.start-2])) && t.low[h.start-2] < utf8.RuneSelf {
			return false // "Remote QA", while "Veri Ekibi Lideri" is one job
		}
	}
	if strings.Contains(t.low[h.start:h.end], " ") {
		return false
	}
	if r.behindJob(t, h, hits) {
		return true
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

// behindJob tells whether a round's word follows the job that it belongs to, as
// adjectives do in Romance languages, "consultant tehnic", or begins a job of
// several words in a language that speaks so: "Gestor de Projetos".
func (r *reading) behindJob(t text, h hit, hits []hit) bool {
	if h.section != "technical" && h.section != "hiring_manager" || h.lang != r.lang || h.start > 0 && h.section == "hiring_manager" && hasLang(before(hits, h.start), h.lang, "with") {
		return false
	}
	for _, o := range hits {
		switch {
		case o.section == "job" && o.end == h.start-1 && t.low[o.end] == ' ' && !dense(firstRune(h.pre)):
			return !anchorAt(hits, h.end+1)
		case o.section == "job" && o.start == h.start && o.end > h.end:
			return true
		case o.section == "job" && o.start == h.start && o.end == h.end && r.headFirst(t.slice(h.end, len(t.low))):
			return true // "Teamleitung Entnahme"
		case o.section == "of" && o.lang == r.lang && o.start == h.end+1 && o.end < len(t.low) && h.section == "hiring_manager":
			return true
		}
	}
	return false
}

// before keeps the hits that end directly before i.
func before(hits []hit, i int) []hit {
	return slices.DeleteFunc(slices.Clone(hits), func(h hit) bool { return h.end != i-1 })
}

// headFirst tells whether what follows an office in a title specifies it, as it
// does in languages that write the head of a position first.
func (r *reading) headFirst(rest string) bool {
	word, blank := strings.CutPrefix(rest, " ")
	switch r.lang {
	case "de":
		return blank && startsUpper(word)
	case "he", "ar", "vi", "id":
		return blank && unicode.IsLetter(firstRune(word))
	}
	return false
}

// endingOfWord tells whether what stands at i is a feminine ending behind a word:
// the a of "Formador/a" and "Engenheiro(a)".
func endingOfWord(low string, i int) bool {
	if i < 2 || low[i-1] != '/' && low[i-1] != '(' {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(low[:i-1])
	return unicode.IsLetter(before)
}
