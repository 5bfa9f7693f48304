package draft

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
)

//go:embed templates
var embedded embed.FS

// common is the file of a language's shared blocks: greeting, closing, phrases.
const common = "common"

// maxFile is the most bytes that a template file may have.
const maxFile = 256 << 10

// Set is a loaded collection of templates. It is safe for concurrent use.
type Set struct {
	layers map[place][]layer
	files  []file
	broken []Problem
}

// place names the templates of one kind in one language.
type place struct {
	language string
	kind     string // a Kind, or common
}

// layer is one file's blocks on top of the layers below it.
type layer struct {
	file   string
	user   bool
	set    *template.Template
	blocks []string // defined by this file itself
}

// file is one template file as it was read.
type file struct {
	place
	path string
	user bool
	text string
}

// Load reads the embedded templates and then the overrides, later ones over
// earlier. An override is a file LANGUAGE/KIND.tmpl, such as de/thank_you.tmpl.
// It replaces the blocks that it defines; what it does not define stays as it
// was. A file that cannot be used is left out and told in the warnings; the error
// is for embedded templates alone, which a test keeps from happening.
func Load(overrides ...fs.FS) (*Set, []string, error) {
	s := &Set{layers: map[place][]layer{}}
	base, err := fs.Sub(embedded, "templates")
	if err != nil {
		return nil, nil, err
	}
	own, problems := readFiles(base, false)
	if len(problems) > 0 {
		return nil, nil, errors.New("embedded drafts: " + problems[0].String())
	}
	var theirs []file
	for _, o := range overrides {
		if o == nil {
			continue
		}
		files, problems := readFiles(o, true)
		theirs = append(theirs, files...)
		s.broken = append(s.broken, problems...)
	}
	for _, lang := range Languages {
		if err := s.build(lang, own, theirs); err != nil {
			return nil, nil, err
		}
	}
	var warnings []string
	for _, p := range s.broken {
		warnings = append(warnings, p.String()+"; the embedded text is used instead")
	}
	return s, warnings, nil
}

// build stacks the layers of one language: the embedded files by themselves,
// then with the user's common blocks, then with the user's file of each kind.
func (s *Set) build(lang string, own, theirs []file) error {
	at := func(files []file, kind string) []file {
		return slices.DeleteFunc(slices.Clone(files), func(f file) bool { return f.place != place{lang, kind} })
	}
	base := template.New("").Funcs(funcs)
	for _, f := range at(own, common) {
		l, err := stack(base, f)
		if err != nil {
			return err
		}
		base = l.set
		s.files = append(s.files, f)
	}
	changed := base
	for _, f := range at(theirs, common) {
		l, err := stack(changed, f)
		if s.refuse(f, err) {
			continue
		}
		changed = l.set
		s.files = append(s.files, f)
	}
	for _, kind := range Kinds {
		if err := s.buildKind(place{lang, string(kind)}, at(own, string(kind)), at(theirs, string(kind)), base, changed); err != nil {
			return err
		}
	}
	return nil
}

func (s *Set) buildKind(p place, own, theirs []file, base, changed *template.Template) error {
	bases := []*template.Template{base}
	if changed != base {
		bases = append(bases, changed)
	}
	top := changed
	for _, b := range bases {
		for _, f := range own {
			l, err := stack(b, f)
			if err != nil {
				return err
			}
			s.layers[p] = append(s.layers[p], l)
			top = l.set
		}
	}
	s.files = append(s.files, own...)
	for _, f := range theirs {
		l, err := stack(top, f)
		if s.refuse(f, err) {
			continue
		}
		s.layers[p] = append(s.layers[p], l)
		s.files = append(s.files, f)
		top = l.set
	}
	return nil
}

// refuse notes a file that cannot be used.
func (s *Set) refuse(f file, err error) bool {
	if err == nil {
		return false
	}
	s.broken = append(s.broken, Problem{File: f.path, Language: f.language, Kind: Kind(f.kind), What: err.Error(), Broken: true})
	return true
}

// readFiles reads every template of a file system. Files with another ending,
// and hidden ones, are not ours.
func readFiles(fsys fs.FS, user bool) (files []file, problems []Problem) {
	bad := func(p, what string) { problems = append(problems, Problem{File: p, What: what, Broken: true}) }
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			if p == "." && errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			bad(p, err.Error())
			return nil
		case d.IsDir() && p != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.IsDir() || path.Ext(p) != ".tmpl" || strings.HasPrefix(d.Name(), "."):
			return nil
		}
		f, err := readFile(fsys, p)
		if err != nil {
			bad(p, err.Error())
			return nil
		}
		f.user = user
		files = append(files, f)
		return nil
	})
	if err != nil {
		bad(".", err.Error())
	}
	return files, problems
}

func readFile(fsys fs.FS, p string) (file, error) {
	f := file{path: p}
	lang, name, ok := strings.Cut(strings.TrimSuffix(p, ".tmpl"), "/")
	if !ok || strings.Contains(name, "/") {
		return f, fmt.Errorf("a template stands in its language's folder, like en/%s", path.Base(p))
	}
	if !slices.Contains(Languages, lang) {
		return f, fmt.Errorf("%q is no language with drafts (%s)", lang, strings.Join(Languages, ", "))
	}
	if name != common && !slices.Contains(Kinds, Kind(name)) {
		return f, fmt.Errorf("%q is no kind of follow-up; the nearest is %q", name, nearest(name, kindNames()))
	}
	f.place = place{lang, name}
	info, err := fs.Stat(fsys, p)
	if err != nil {
		return f, err
	}
	if info.Size() > maxFile {
		return f, fmt.Errorf("the file is larger than %d kB", maxFile>>10)
	}
	text, err := fs.ReadFile(fsys, p)
	f.text = strings.TrimPrefix(strings.ReplaceAll(string(text), "\r\n", "\n"), "\ufeff")
	return f, err
}

func kindNames() []string {
	names := []string{common}
	for _, k := range Kinds {
		names = append(names, string(k))
	}
	return names
}

// subjectLine is the first line of a file without blocks.
var subjectLine = regexp.MustCompile(`\A\s*(?i:subject)[ \t]*:[ \t]*(.*)(?:\n|\z)`)

// stack parses the file on top of the sets below. Text outside of every block is
// the body for all tones; its first line may give the subject.
func stack(below *template.Template, f file) (layer, error) {
	l := layer{file: f.path, user: f.user}
	text := f.text
	if m := subjectLine.FindStringSubmatch(text); m != nil {
		text = "\n" + text[len(m[0]):] + `{{define "subject"}}` + m[1] + `{{end}}`
	}
	set, err := below.Clone()
	if err != nil {
		return l, err
	}
	alone, err := template.New("any").Funcs(funcs).Parse(text)
	if err != nil {
		return l, plainError(err)
	}
	for _, t := range alone.Templates() {
		if t.Tree == nil || parse.IsEmptyTree(t.Root) && t.Name() == "any" {
			continue
		}
		if err := unknownFields(t.Tree); err != nil {
			return l, err
		}
		if _, err := set.AddParseTree(t.Name(), t.Tree); err != nil {
			return l, plainError(err)
		}
		l.blocks = append(l.blocks, t.Name())
	}
	slices.Sort(l.blocks)
	l.set = set
	return l, nil
}

// plainError drops the engine's own prefix from an error.
func plainError(err error) error {
	return errors.New(strings.TrimPrefix(strings.TrimPrefix(err.Error(), "template: "), "any:"))
}
