package draft

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// personName is a display name taken apart as far as that is safe.
type personName struct {
	title  string // "Dr.", "Prof. Dr."; "" without
	given  string // the name to say after "Hi"; the whole name when that is unsafe
	family string // "" when there is only one name
	full   string // as one writes it out, with the title
}

// titles that are kept whether or not a full stop marks them.
var titles = map[string]bool{"dr": true, "dra": true, "prof": true, "profa": true, "professor": true}

// abbreviations that are titles only with their full stop: Phil is also a name.
var abbreviations = map[string]bool{
	"dott.": true, "dott.ssa": true, "dr.ssa": true, "avv.": true, "lic.": true, "arq.": true, "mag.": true,
	"ing.": true, "dipl.": true, "dipl.-ing.": true, "mgr.": true, "rev.": true, "hab.": true, "inż.": true,
	"med.": true, "rer.": true, "nat.": true, "phil.": true, "habil.": true, "pol.": true, "jur.": true,
}

// forms of address tell a gender or nothing: they are dropped, unless a single
// name is all that follows.
var forms = wordSet("mr mrs ms miss mx herr frau mme mlle madame monsieur mademoiselle sr sra srta señor señora señorita dña doña dª " +
	"senhor senhora sig sig.ra signor signora dhr mevr mevrouw pani fru")

// honours stand before the first name and are said with it.
var honours = wordSet("sir dame lord lady")

// particles of family names are written small, however the directory shouts.
var particles = wordSet("van der den de del della di da do dos das du la le von vom zu zum zur ter ten af av und y")

// offices are words of which mailboxes and teams are named: if all are, or the
// last says that it is a team, it is nobody's name.
var (
	offices = wordSet("hr rh team teams the recruiting recruitment recruiter recruiters talent acquisition people careers career jobs hiring " +
		"scheduling interview interviews office operations ops staffing human resources noreply no-reply personal personalabteilung " +
		"bewerbermanagement recrutement ressources humaines recursos humanos selección risorse umane rekrutacja kadry")
	groups = wordSet("team department abteilung équipe equipo equipe staff")
)

// familyFirst are names that romanised Chinese, Vietnamese and Korean put before
// the given one; of the ambiguous ones only a hyphened name after it tells.
var (
	familyFirst = wordSet("nguyen nguyễn tran trần pham phạm hoang hoàng huynh huỳnh vo võ dang đặng bui bùi do đỗ " +
		"wang zhang chen liu zhao huang zhou wu xu sun zhu gao lin he guo luo zheng liang xie tang song deng li yang ma hu")
	ambiguous = wordSet("kim lee park choi jung kang cho yoon jang lim han oh seo shin kwon hwang ahn")
	hyphened  = regexp.MustCompile(`^\pL\p{Ll}+-\p{Ll}+$`)
)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range words(s) {
		m[w] = true
	}
	return m
}

var credentials = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)[,\s]+(?:ph\.?\s?d|m\.?d|r\.?n|b\.?s\.?n|m\.?b\.?a|m\.?sc|b\.?sc|pmp|cpa|cfa|esq|phr|shrm-?(?:s?cp)|ll\.?m)\.?$`)
})

var suffixes = map[string]bool{"jr": true, "jr.": true, "sr.": true, "ii": true, "iii": true, "iv": true}

// honorifics that Japanese, Chinese and Korean directories put behind a name.
var honorifics = []string{"先生", "女士", "小姐", "さん", "さま", "様", "님"}

// splitName reads a display name: "Ruiz, Ana" and "RUIZ Ana" are turned round,
// titles kept, asides ("(she/her)", "| Northwind") and credentials dropped. An
// address or a name without a letter is no name.
func splitName(s string) personName {
	s = oneLine(s)
	s = asides.ReplaceAllString(s, " ")
	s, _, _ = strings.Cut(s, "|")
	s, _, _ = strings.Cut(s, " - ")
	s, _, _ = strings.Cut(s, " – ")
	s = field(s, maxName)
	if strings.Contains(s, "@") || !strings.ContainsFunc(s, unicode.IsLetter) {
		return personName{}
	}
	for t := credentials().ReplaceAllString(s, ""); t != s; t = credentials().ReplaceAllString(s, "") {
		s = t
	}
	if eastern(s) {
		return easternName(s)
	}
	s = turn(s)
	if office(strings.Fields(strings.ToLower(s))) {
		return personName{}
	}
	return westernName(strings.Fields(s))
}

// office tells whether the words name a mailbox or a team and no person.
func office(lower []string) bool {
	for _, w := range lower {
		if !offices[w] {
			return groups[lower[len(lower)-1]]
		}
	}
	return true
}

// turn makes "Ana Ruiz" of "Ruiz, Ana".
func turn(s string) string {
	family, given, ok := strings.Cut(s, ",")
	given = strings.TrimSpace(given)
	if !ok || given == "" || strings.Contains(given, ",") {
		return strings.TrimSpace(strings.ReplaceAll(s, ",", ""))
	}
	if suffixes[strings.ToLower(given)] {
		return family + " " + given
	}
	return given + " " + strings.TrimSpace(family)
}

func westernName(words []string) personName {
	var n personName
	var title []string
	for len(words) > 1 {
		lower := strings.ToLower(words[0])
		plain := strings.TrimRight(lower, ".")
		if forms[plain] {
			if len(words) == 2 { // Mr Smith, of whom nothing else is known
				n.full = strings.Join(append(title, words...), " ")
				n.given = n.full
				return n
			}
			words = words[1:]
			continue
		}
		if !titles[plain] && !abbreviations[lower] {
			break
		}
		title = append(title, words[0])
		words = words[1:]
	}
	words = recase(words)
	n.title = strings.Join(title, " ")
	n.full = strings.TrimSpace(n.title + " " + strings.Join(words, " "))
	if len(words) == 0 {
		return n
	}
	n.given = words[0]
	if len(words) > 1 {
		n.family = strings.Join(familyOf(words[1:]), " ")
	}
	switch first := strings.ToLower(n.given); {
	case initial(n.given), n.family != "" && familyFirst[first], len(words) == 2 && ambiguous[first] && hyphened.MatchString(words[1]):
		n.given = n.full
	case honours[first] && len(words) > 2:
		n.given += " " + words[1]
		n.family = strings.Join(familyOf(words[2:]), " ")
	}
	return n
}

// familyOf is the last name with its particles: "de la Cruz", not "Maria Cruz".
func familyOf(rest []string) []string {
	for i, w := range rest {
		if i == len(rest)-1 || unicode.IsLower([]rune(w)[0]) {
			return rest[i:]
		}
		if suffixes[strings.ToLower(rest[len(rest)-1])] && i == len(rest)-2 {
			return rest[i:]
		}
	}
	return rest
}

// recase mends shouted and whispered names and puts a shouted family name
// ("RUIZ Ana") behind the given one.
func recase(words []string) []string {
	shouted := func(w string) bool {
		return len([]rune(w)) > 2 && w == strings.ToUpper(w) && w != strings.ToLower(w) && !strings.Contains(w, ".")
	}
	loud, quiet := 0, 0
	for _, w := range words {
		if shouted(w) {
			loud++
		}
		if w == strings.ToLower(w) {
			quiet++
		}
	}
	if len(words) > 1 && loud > 0 && loud < len(words) && shouted(words[0]) && !shouted(words[len(words)-1]) {
		words = append(append([]string{}, words[loud:]...), words[:loud]...)
	}
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w
		if shouted(w) && len(words) > 1 || quiet == len(words) {
			out[i] = capital(w)
		}
		if i > 0 && loud > 0 && w == strings.ToUpper(w) && particles[strings.ToLower(w)] {
			out[i] = strings.ToLower(w)
		}
	}
	return out
}

// capital writes a name part with a capital: O'Brien, Jean-Luc, McKay.
func capital(w string) string {
	up := true
	r := []rune(strings.ToLower(w))
	for i := range r {
		if up {
			r[i] = unicode.ToUpper(r[i])
		}
		up = r[i] == '-' || r[i] == '\'' || r[i] == '’' || i == 1 && r[0] == 'M' && r[1] == 'c' && len(r) > 3
	}
	return string(r)
}

func initial(w string) bool {
	r := []rune(strings.TrimRight(w, "."))
	return len(r) == 1 && unicode.Is(unicode.Latin, r[0])
}

// eastern tells whether the name is written in Chinese, Japanese or Korean
// script, where the family name comes first and nobody is called by a half.
func eastern(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
	})
}

func easternName(s string) personName {
	for _, h := range honorifics {
		if rest, ok := strings.CutSuffix(s, h); ok && strings.TrimSpace(rest) != "" {
			s = strings.TrimSpace(rest)
		}
	}
	return personName{given: s, full: s}
}
