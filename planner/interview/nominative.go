package interview

import (
	"slices"
	"strings"
	"sync"
)

// ending is a rule of facts/endings.txt.
type ending struct{ whose, form, base string }

// grammar is how one language changes the ends of names.
type grammar struct {
	endings []ending        // the longest first
	men     map[string]bool // whose names end like women's
}

var grammars = sync.OnceValue(func() map[string]*grammar {
	data, err := factFiles.ReadFile("facts/endings.txt")
	if err != nil {
		panic(err) // the file is embedded: a test loads it
	}
	all := map[string]*grammar{}
	var g *grammar
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0][0] == '#':
		case words[0][0] == '[':
			g = &grammar{men: map[string]bool{}}
			all[strings.Trim(words[0], "[]")] = g
		case words[0] == "man":
			for _, w := range words[1:] {
				g.men[w] = true
			}
		default:
			g.endings = append(g.endings, ending{words[0], words[1], strings.Trim(words[2], "-")})
		}
	}
	for _, g := range all {
		slices.SortStableFunc(g.endings, func(a, b ending) int { return len(b.form) - len(a.form) })
	}
	return all
})

// bases are the base forms that a word can be of, the likeliest first.
func (g *grammar) bases(word string, whose ...string) (out []ending) {
	for _, e := range g.endings {
		stem, ok := strings.CutSuffix(word, e.form)
		if ok && slices.Contains(whose, e.whose) && stem != "" {
			out = append(out, ending{e.whose, word, stem + e.base})
		}
	}
	return out
}

// nominative is the base form of a name that a text has as it stands behind
// "with": "s Pavlem Sýkorou" is Pavel Sýkora. A name is left as it is unless its
// given name is one that the vocabulary knows in another form only.
func (r *reading) nominative(name string) string {
	g := grammars()[r.lang]
	if g == nil {
		return name
	}
	words := strings.Fields(name)
	if len(words) > 3 {
		return name
	}
	if len(words) == 2 && r.lang == "fi" && r.v.names[fold(words[0])] { // only the last word changes
		if b := g.bases(words[1], "sm"); len(b) > 0 && !germanicSon(words[1]) {
			return words[0] + " " + b[0].base
		}
		return name
	}
	for i, w := range words {
		if r.v.names[fold(w)] && !strings.HasSuffix(w, "ą") {
			continue
		}
		for _, b := range g.bases(w, "gm", "gf") {
			if !r.v.names[fold(b.base)] {
				continue
			}
			family := "s" + b.whose[1:]
			if g.men[strings.ToLower(b.base)] {
				family = "sm"
			}
			words[i] = b.base
			for k := range words {
				if f := g.bases(words[k], family); k != i && len(f) > 0 {
					words[k] = f[0].base
				}
			}
			return strings.Join(words, " ")
		}
	}
	return name
}

// germanicSon tells whether a family name ends like Nielsen and Andersen, which
// no Finnish name in the genitive does.
func germanicSon(name string) bool {
	return slices.ContainsFunc([]string{"lsen", "rsen", "nsen", "tsen", "dsen"}, func(end string) bool { return strings.HasSuffix(name, end) })
}
