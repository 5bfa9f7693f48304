package draft

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"followup/planner/interview"
)

// Template is one template file that is in use.
type Template struct {
	Language string `json:"language"`
	Kind     Kind   `json:"kind"`   // "common" for the language's shared blocks
	Origin   string `json:"origin"` // "embedded" or "user"
	File     string `json:"file"`   // path within its folder: de/thank_you.tmpl
}

// The origins of a template.
const (
	Embedded = "embedded"
	User     = "user"
)

// List lists the templates, by language and kind. Where the user has a file for
// a kind, it is listed in place of the embedded one, whose blocks still stand in
// for those that the file leaves out.
func (s *Set) List() []Template {
	var out []Template
	for _, lang := range Languages {
		for _, kind := range kindNames() {
			if f, ok := s.find(lang, kind); ok {
				out = append(out, Template{Language: lang, Kind: Kind(kind), Origin: f.origin(), File: f.path})
			}
		}
	}
	return out
}

// Source returns the text of the template in use for a language and kind (or
// "common"): what an editor should open.
func (s *Set) Source(lang string, kind Kind) (text, origin string, err error) {
	f, ok := s.find(lang, string(kind))
	if !ok {
		return "", "", missing(lang, kind)
	}
	return f.text, f.origin(), nil
}

// File is the path of a template within a folder of drafts.
func File(lang string, kind Kind) string { return lang + "/" + string(kind) + ".tmpl" }

func missing(lang string, kind Kind) error {
	if !slices.Contains(Languages, lang) {
		return fmt.Errorf("%q is no language with drafts (%s)", lang, strings.Join(Languages, ", "))
	}
	return fmt.Errorf("%q is no kind of follow-up; the nearest is %q", kind, nearest(string(kind), kindNames()))
}

// find returns the topmost file of a place.
func (s *Set) find(lang, kind string) (file, bool) {
	for _, f := range slices.Backward(s.language(lang).files) {
		if f.place == (place{lang, kind}) {
			return f, true
		}
	}
	return file{}, false
}

func (f file) origin() string {
	if f.user {
		return User
	}
	return Embedded
}

// Sample is made-up data to show a draft with.
func Sample(kind Kind, tone Tone, lang string) Data {
	day := time.Date(2026, time.November, 23, 14, 0, 0, 0, time.UTC)
	d := Data{
		Kind: kind, Tone: tone, Language: lang,
		To:    interview.Person{Name: "Ana Ruiz", Email: "ana.ruiz@northwind.example"},
		Names: []string{"Ana Ruiz", "Ben Okafor"}, Me: "Nina Kern",
		Company: "Northwind", Role: "Data Engineer", Round: interview.Panel,
		Interview: day, Attempt: 1, Now: day.AddDate(0, 0, 1),
	}
	switch kind {
	case StatusCheck, LetGo:
		d.Now = day.AddDate(0, 0, 8)
	case OfferReply:
		d.Deadline = day.AddDate(0, 0, 11)
	}
	return d
}
