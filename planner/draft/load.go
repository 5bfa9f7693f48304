package draft

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"text/template"
	"text/template/parse"
	"unicode/utf8"
)

//go:embed templates
var embedded embed.FS

// common is the file of a language's shared blocks: greeting, closing, phrases.
const common = "common"

// maxFile is the most bytes that a template file may have.
const maxFile = 256 << 10

// Set is a loaded collection of templates. It is safe for concurrent use.
type Set struct {
	languages map[string]func() built // each is parsed when it is first used
	broken    []Problem
}

// built are one language's templates.
type built struct {
	layers map[string][]layer // by kind, from the embedded file to the user's last
	files  []file             // in use, lower layers first
	broken []Problem
	err    error // of an embedded template, which a test keeps from happening
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
// was. A file that cannot be used is left out and told in the warnings, and so is
// one that can be read but not be rendered with samples; the error is for embedded
// templates alone, which a test keeps from happening.
func Load(overrides ...fs.FS) (*Set, []string, error) {
	s := &Set{languages: map[string]func() built{}}
	theirs := map[string][]file{}
	for _, o := range overrides {
		if o == nil {
			continue
		}
		files, problems := readFiles(o)
		for _, f := range files {
			f.user = true
			theirs[f.language] = append(theirs[f.language], f)
		}
		s.broken = append(s.broken, problems...)
	}
	for _, lang := range Languages {
		s.languages[lang] = sync.OnceValue(func() built { return build(lang, theirs[lang]) })
		if len(theirs[lang]) == 0 {
			continue
		}
		b := s.languages[lang]()
		if b.err != nil {
			return nil, nil, b.err
		}
		s.broken = append(s.broken, b.broken...)
	}
	var warnings []string
	for _, p := range s.broken {
		warnings = append(warnings, p.String()+insteadWords)
	}
	for _, lang := range Languages {
		if len(theirs[lang]) > 0 {
			warnings = append(warnings, s.failing(lang)...)
		}
	}
	return s, warnings, nil
}

// insteadWords end a warning of a template that cannot be used.
const insteadWords = "; the embedded text is used instead"

// failing tells which of the user's texts in the language can be read and yet not
// be rendered, tried with samples: a sync says so before it meets the case.
func (s *Set) failing(lang string) []string {
	var warnings []string
	for _, kind := range Kinds {
		for _, t := range Tones {
			for _, d := range samples(kind, t, lang) {
				for _, w := range s.Render(d).Warnings {
					if strings.HasSuffix(w, insteadWords) && !slices.Contains(warnings, w) {
						warnings = append(warnings, w)
					}
				}
			}
		}
	}
	return warnings
}

// language returns a language's templates; of one without templates, nothing.
func (s *Set) language(lang string) built {
	if b, ok := s.languages[lang]; ok {
		return b()
	}
	return built{}
}

// build stacks the layers of one language: the embedded files by themselves,
// then with the user's common blocks, then with the user's file of each kind.
func build(lang string, theirs []file) built {
	b := built{layers: map[string][]layer{}}
	own := map[string]file{}
	for _, kind := range kindNames() {
		f, err := readFile(embedded, "templates/", File(lang, Kind(kind)))
		if err != nil {
			return built{err: err}
		}
		own[kind] = f
	}
	b.files = append(b.files, own[common])
	l, err := stack(template.New("").Funcs(funcs), own[common])
	if err != nil {
		return built{err: err}
	}
	base, changed := l.set, l.set
	for _, f := range theirs {
		if f.kind != common {
			continue
		}
		if l, err := stack(changed, f); !b.refuse(f, err) {
			changed = l.set
			b.files = append(b.files, f)
		}
	}
	for _, kind := range Kinds {
		if err := b.stackKind(own[string(kind)], theirs, base, changed); err != nil {
			return built{err: err}
		}
	}
	return b
}

// stackKind stacks the layers of one kind.
func (b *built) stackKind(own file, theirs []file, base, changed *template.Template) error {
	top, err := stack(base, own)
	if err != nil {
		return err
	}
	b.files = append(b.files, own)
	layers := []layer{top}
	if changed != base {
		if top, err = stack(changed, own); err != nil {
			return err
		}
		layers = append(layers, top)
	}
	for _, f := range theirs {
		if f.kind != own.kind {
			continue
		}
		if l, err := stack(top.set, f); !b.refuse(f, err) {
			layers = append(layers, l)
			b.files = append(b.files, f)
			top = l
		}
	}
	b.layers[own.kind] = layers
	return nil
}

// refuse notes a file that cannot be used.
func (b *built) refuse(f file, err error) bool {
	if err == nil {
		return false
	}
	b.broken = append(b.broken, Problem{File: f.path, Language: f.language, Kind: Kind(f.kind), What: err.Error(), Broken: true})
	return true
}

// readFiles reads every template of a file system. Hidden files are not ours, and
// neither are those with another ending, unless they bear a template's name: then
// somebody expects them to be used.
func readFiles(fsys fs.FS) (files []file, problems []Problem) {
	bad := func(p, what string) { problems = append(problems, Problem{File: p, What: what, Broken: true}) }
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			if p == "." && errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			bad(p, err.Error())
			return nil
		case p == ".":
			return nil
		case strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case path.Ext(p) != ".tmpl":
			if !d.IsDir() && misnamed(p) {
				bad(p, fmt.Sprintf("a template is called %s", File(path.Dir(p), Kind(stem(p)))))
			}
			return nil
		case d.IsDir():
			bad(p, "it is a folder; a template is a file")
			return fs.SkipDir
		}
		f, err := readFile(fsys, "", p)
		if err != nil {
			bad(p, err.Error())
			return nil
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		bad(".", err.Error())
	}
	return files, problems
}

// misnamed tells whether the file has a template's name and place but not its
// ending: thank_you.txt, Thank_You.TMPL. What editors leave behind is no mistake.
func misnamed(p string) bool {
	ending := slices.Contains([]string{"", ".tmpl", ".tpl", ".txt", ".md"}, strings.ToLower(path.Ext(p)))
	return ending && slices.Contains(Languages, path.Dir(p)) && slices.Contains(kindNames(), stem(p))
}

// stem is a file's name in small letters, without its folder and its endings.
func stem(p string) string {
	name, _, _ := strings.Cut(strings.ToLower(path.Base(p)), ".")
	return name
}

// readFile reads the template at p below the prefix; p tells what it is for.
func readFile(fsys fs.FS, prefix, p string) (file, error) {
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
	info, err := fs.Stat(fsys, prefix+p)
	if err != nil {
		return f, err
	}
	if !info.Mode().IsRegular() { // reading a pipe could wait for ever
		return f, errors.New("it is no ordinary file")
	}
	if info.Size() > maxFile {
		return f, fmt.Errorf("the file is larger than %d kB", maxFile>>10)
	}
	text, err := fs.ReadFile(fsys, prefix+p)
	if err == nil && (!utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0) {
		return f, errors.New("it is not in UTF-8; save it with that encoding")
	}
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

// plainError says an error of the engine's in words of ours.
func plainError(err error) error {
	text := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "template: "), "any:")
	text = executing.ReplaceAllString(text, `line $1, block "$2", at $3: `)
	text = lineFirst.ReplaceAllString(text, "line $1: ")
	return errors.New(lineWithin.ReplaceAllString(text, "in line $1"))
}

var (
	executing  = regexp.MustCompile(`^(\d+):\d+: executing "([^"]*)" at <(.*?)>: (?:error calling \w+: )?`)
	lineFirst  = regexp.MustCompile(`^(\d+): `)
	lineWithin = regexp.MustCompile(`at any:(\d+)`)
)
