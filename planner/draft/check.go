package draft

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/agnivade/levenshtein"

	"followup/calendar"
)

// Problem is something that is wrong, or not right, with a template file.
type Problem struct {
	File     string `json:"file"` // path within its folder: en/thank_you.tmpl
	Language string `json:"language"`
	Kind     Kind   `json:"kind"`   // "common" for a language's shared blocks
	Tone     Tone   `json:"tone"`   // "" when it is not of one tone
	What     string `json:"what"`   // in words
	Broken   bool   `json:"broken"` // the file cannot be used; the embedded one is used instead
}

// String is the problem in one line, without a full stop.
func (p Problem) String() string {
	if p.Tone != "" {
		return fmt.Sprintf("%s (%s): %s", p.File, p.Tone, p.What)
	}
	return p.File + ": " + p.What
}

// unknownFields looks for variables that no draft has.
func unknownFields(t *parse.Tree) error {
	var err error
	walk(t.Root, func(names []string) {
		if err == nil && len(names) > 0 && !slices.Contains(Variables, names[0]) {
			err = fmt.Errorf("block %q uses the unknown variable .%s; the nearest is .%s", t.Name, names[0], nearest(names[0], Variables))
		}
	})
	return err
}

// walk calls see with the names of every field that is read from the data.
func walk(n parse.Node, see func([]string)) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, c := range n.Nodes {
				walk(c, see)
			}
		}
	case *parse.ActionNode:
		walk(n.Pipe, see)
	case *parse.TemplateNode:
		walk(n.Pipe, see)
	case *parse.IfNode:
		walkBranch(&n.BranchNode, see)
	case *parse.WithNode:
		walkBranch(&n.BranchNode, see)
	case *parse.RangeNode:
		walkBranch(&n.BranchNode, see)
	case *parse.PipeNode:
		if n != nil {
			for _, c := range n.Cmds {
				walk(c, see)
			}
		}
	case *parse.CommandNode:
		for _, a := range n.Args {
			walk(a, see)
		}
	case *parse.FieldNode:
		see(n.Ident)
	case *parse.VariableNode:
		if n.Ident[0] == "$" {
			see(n.Ident[1:])
		}
	case *parse.ChainNode:
		walk(n.Node, see)
	}
}

func walkBranch(n *parse.BranchNode, see func([]string)) {
	walk(n.Pipe, see)
	walk(n.List, see)
	walk(n.ElseList, see)
}

// nearest is the word that is most like the wanted one.
func nearest(word string, among []string) string {
	best, least := "", -1
	for _, w := range among {
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(w)); least < 0 || d < least {
			best, least = w, d
		}
	}
	return best
}

// Check renders every template against samples, from full data to none, and
// tells what is wrong: files that cannot be used, unknown variables, blanks left
// to fill in, phrases to avoid, texts too long or too short, marks. Embedded
// templates have no problems; a test holds that.
func (s *Set) Check() []Problem {
	problems := slices.Clone(s.broken)
	for _, lang := range Languages {
		for _, kind := range Kinds {
			problems = append(problems, s.checkPlace(lang, kind)...)
		}
	}
	return problems
}

func (s *Set) checkPlace(lang string, kind Kind) []Problem {
	var problems []Problem
	f, ok := s.find(lang, string(kind))
	if !ok {
		return []Problem{{File: File(lang, kind), Language: lang, Kind: kind, What: "there is no template", Broken: true}}
	}
	say := func(t Tone, what string, broken bool) {
		p := Problem{File: f.path, Language: lang, Kind: kind, Tone: t, What: what, Broken: broken}
		if !slices.ContainsFunc(problems, func(o Problem) bool { return o == p || o.Tone == t && bothOfLength(o.What, what) }) {
			problems = append(problems, p)
		}
	}
	if m := calendar.ParseMarks(f.text); len(m) > 0 {
		say("", fmt.Sprintf("#%s would be read as a mark; write it without the number sign", m[0].Word), false)
	}
	if f.user {
		for _, what := range s.unused(f) {
			say("", what, false)
		}
	}
	for _, t := range Tones {
		for _, d := range samples(kind, t, lang) {
			text := s.Render(d)
			for _, w := range text.Warnings {
				say(t, strings.TrimPrefix(w, f.path+": "), true)
			}
			for _, what := range faults(d, text) {
				say(t, what, false)
			}
		}
		if what := s.alike(lang, kind, t); what != "" {
			say(t, what, false)
		}
	}
	return ofEveryTone(problems)
}

// bodyBlock is the name of a block with a text.
var bodyBlock = regexp.MustCompile(`^(?:warm|formal|brief|any)(?:\.(?:forward|recruiter|second|decide))?(?:\.[1-9]\d*)?$`)

// unused tells which blocks of a user's file no draft asks for, most likely
// because their names are mistyped.
func (s *Set) unused(f file) []string {
	layers := s.language(f.language).layers[f.kind]
	top := layers[len(layers)-1]
	if len(top.blocks) == 0 {
		return []string{"the file holds no text, so that the embedded one is used"}
	}
	var out []string
	for _, b := range top.blocks {
		below := layers[0].set.Lookup(b) != nil
		if !below && !bodyBlock.MatchString(b) && !strings.Contains(f.text, `template "`+b+`"`) {
			known := append(slices.Clone(layers[0].blocks), "warm", "formal", "brief", "any")
			out = append(out, fmt.Sprintf("no draft uses the block %q; the nearest is %q", b, nearest(b, known)))
		}
	}
	return out
}

// bothOfLength tells whether two problems are about the length of a tone's text:
// one sample is enough.
func bothOfLength(a, b string) bool {
	return strings.HasSuffix(a, lengthIsRight) && strings.HasSuffix(b, lengthIsRight)
}

const lengthIsRight = " are right"

// ofEveryTone tells once what is wrong with a text in every tone.
func ofEveryTone(problems []Problem) []Problem {
	var out []Problem
	for _, p := range problems {
		tones := 0
		for _, o := range problems {
			if o.What == p.What && o.Tone != "" {
				tones++
			}
		}
		if tones == len(Tones) {
			p.Tone = ""
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// faults are the problems of one rendered draft.
func faults(d Data, t Text) []string {
	bad := lint(t.Language, t.Body)
	for _, what := range lint(t.Language, t.Subject) {
		bad = append(bad, "subject: "+what)
	}
	for _, what := range lint(t.Language, t.Title) {
		bad = append(bad, "title: "+what)
	}
	if calendar.TitleDone(t.Title) {
		bad = append(bad, "title: it begins like that of a follow-up that is done")
	}
	l := limits(t.Language, d)
	if len(d.Notes) > 0 {
		l.from -= l.from / 5 // a short note takes the place of two sentences
	}
	extra := 0
	for _, n := range append(slices.Clone(d.Notes), d.Signature) {
		extra += length(t.Language, n)
	}
	unit := "words"
	if languages[t.Language].solid {
		unit = "characters"
	}
	if n := length(t.Language, t.Body); n < l.from || n-extra > l.to {
		bad = append(bad, fmt.Sprintf("%d %s; %d to %d"+lengthIsRight, n, unit, l.from, l.to))
	}
	return bad
}

// alike tells when two people of one loop would get the same thank-you.
func (s *Set) alike(lang string, kind Kind, t Tone) string {
	if kind != ThankYou {
		return ""
	}
	d := Sample(kind, t, lang)
	first := s.Render(d).Body
	for v := 1; v < 4; v++ {
		d.Variant = v
		if s.Render(d).Body == first {
			return fmt.Sprintf("person %d of a loop gets the same text as the first; add numbered blocks, such as warm.1, warm.2 and so on", v+1)
		}
	}
	return ""
}
