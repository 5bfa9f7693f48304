package draft

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"unicode/utf8"

	"followup/planner/interview"
)

// Render writes the draft. It never fails: a user's template that cannot be
// rendered is told in Text.Warnings, and the embedded one is used.
func (s *Set) Render(d Data) Text {
	l, code, known := speech(d.Language)
	v, warnings := newView(d, l, code)
	t := Text{Language: code, Warnings: warnings}
	if d.Language != "" && !known {
		t.Warnings = append(t.Warnings, fmt.Sprintf("no drafts in %q; this one is in English", field(d.Language, 20)))
	}
	layers := s.language(code).layers[v.Kind]
	if len(layers) == 0 {
		t.Warnings = append(t.Warnings, fmt.Sprintf("%q is no kind of follow-up", field(v.Kind, 40)))
		return t
	}
	r := rendering{view: v, language: l, layers: layers}
	t.Subject = shorten(joined(r.one("subject")), maxSubject)
	t.Body = r.text(d)
	t.Short = r.short(d, t)
	reader := s.reader(d, &r)
	t.Title = shorten(joined(r.toUser(reader, "title")), maxTitle)
	t.Hint = joined(r.toUser(reader, "hint"))
	t.Warnings = append(t.Warnings, r.warnings...)
	if reader != &r {
		t.Warnings = append(t.Warnings, reader.warnings...)
	}
	return t
}

// reader is the rendering for the user's own eyes: r, or one in their language.
func (s *Set) reader(d Data, r *rendering) *rendering {
	l, code, ok := speech(d.Reader)
	if !ok || code == r.view.Language {
		return r
	}
	v, _ := newView(d, l, code)
	return &rendering{view: v, language: l, layers: s.language(code).layers[v.Kind]}
}

// toUser renders a block in the reader's language, unless the user has written
// one of their own for the language of the draft.
func (r *rendering) toUser(reader *rendering, block string) string {
	for _, l := range r.layers {
		if l.user && slices.Contains(l.blocks, block) {
			return r.one(block)
		}
	}
	return reader.one(block)
}

// rendering is one draft in the making.
type rendering struct {
	view     view
	language language
	layers   []layer
	warnings []string
}

// one renders a single block of the topmost layer that has it and can; "" when
// none has.
func (r *rendering) one(block string) string {
	for _, l := range slices.Backward(r.layers) {
		if slices.Contains(l.blocks, block) {
			if text, ok := r.try(l, block); ok {
				return text
			}
		}
	}
	return ""
}

// body renders the text itself. It looks for blocks of the data's form first
// (forward, recruiter, second), in the topmost layer that has any of the tone or
// for any tone; then for blocks without a form.
func (r *rendering) body() string {
	for _, name := range r.view.forms() {
		for _, l := range slices.Backward(r.layers) {
			for _, tone := range []string{r.view.Tone, "any"} {
				if text, ok := r.variant(l, tone+name); ok {
					return text
				}
			}
		}
	}
	return ""
}

// text renders the body of data that is the draft's, or differs from it in form.
func (r *rendering) text(d Data) string {
	was := r.view
	defer func() { r.view = was }()
	r.view, _ = newView(d, r.language, was.Language)
	if d.Kind == ThankYou && d.Forward {
		r.view.Letter = r.text(letter(d, r.view.Names))
	}
	return r.body()
}

// letter is the thank-you that the recruiter is asked to pass on: the very one
// that the person would be sent.
func letter(d Data, names []string) Data {
	d.Forward, d.Recruiter, d.To = false, false, interview.Person{}
	if len(names) == 1 {
		d.To.Name = names[0]
	}
	return d
}

// short renders the body of the brief tone where the mailto: link cannot hold
// the draft's own and can hold that.
func (r *rendering) short(d Data, t Text) string {
	if t.Subject == "" || Fits(d.To.Email, t.Subject, t.Body) {
		return ""
	}
	d.Tone = Brief
	if body := r.text(d); Fits(d.To.Email, t.Subject, body) {
		return body
	}
	return ""
}

// forms are the suffixes of the blocks that suit, the best first.
func (v view) forms() []string {
	switch {
	case v.Kind == string(ThankYou) && v.Forward:
		return []string{".forward", ""}
	case v.Kind == string(ThankYou) && v.Recruiter:
		return []string{".recruiter", ""}
	case v.Kind == string(StatusCheck) && v.Attempt > 1:
		return []string{".second", ""}
	case v.Kind == string(OfferReply) && v.Attempt > 1:
		return []string{".decide", ""}
	}
	return []string{""}
}

// variant renders the layer's block, or the one of its numbered variants whose
// turn it is. When more texts are wanted than there are variants, the embedded
// ones are combined: see mixed.
func (r *rendering) variant(l layer, block string) (string, bool) {
	n := l.variants(block)
	if n == 0 {
		if !slices.Contains(l.blocks, block) {
			return "", false
		}
		return r.try(l, block)
	}
	v := r.view.Variant
	defer func(was int) { r.view.Variant = was }(r.view.Variant)
	nth := func(i, wording int) (string, bool) {
		r.view.Variant = wording
		return r.try(l, block+"."+strconv.Itoa(i%n+1))
	}
	if v < n || l.user {
		return nth(v, v)
	}
	return mixed(n, v, nth)
}

// shifts tell, for each paragraph of a combined text after the greeting, how many
// variants further it is taken from: by even numbers for the two in the middle of
// thank-yous, which stand in one order in every other variant.
var shifts = []int{0, 2, 4, 5}

// mixed combines the paragraphs of several variants, and the sentences that are
// picked by number in other places: a loop of more people than variants gets texts
// of which any two share a paragraph at most.
func mixed(n, v int, nth func(i, wording int) (string, bool)) (string, bool) {
	const paragraph = "\n\n"
	first, ok := nth(v, v)
	out := strings.Split(first, paragraph)
	for k := 1; ok && k < len(out)-1; k++ {
		shift := 0
		switch {
		case n > 3 && k <= len(shifts):
			shift = shifts[k-1]
		case n <= 3 && k == 1:
			shift = 1 // few variants: only the opening is another's
		}
		var text string
		i := v + v/n*shift
		text, ok = nth(i, i+v/n)
		if parts := strings.Split(text, paragraph); len(parts) == len(out) {
			out[k] = parts[k]
		}
	}
	return strings.Join(out, paragraph), ok
}

// variants counts block.1, block.2...
func (l layer) variants(block string) int {
	n := 0
	for slices.Contains(l.blocks, block+"."+strconv.Itoa(n+1)) {
		n++
	}
	return n
}

// try executes one block. A failure of a user's template is a warning.
func (r *rendering) try(l layer, block string) (string, bool) {
	text, err := execute(l.set, block, r.view)
	if err != nil {
		w := fmt.Sprintf("%s: %v%s", l.file, err, insteadWords)
		if !slices.Contains(r.warnings, w) {
			r.warnings = append(r.warnings, w)
		}
		return "", false
	}
	return text, true
}

// execute runs a block within bounds and returns its text, tidied.
func execute(set *template.Template, block string, v view) (text string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("block %q: %v", block, p)
		}
	}()
	var out limited
	if err := set.ExecuteTemplate(&out, block, v); err != nil {
		return "", plainError(err)
	}
	text = harmless(tidy(out.String()))
	if strings.Contains(text, "<no value>") {
		return "", fmt.Errorf("block %q asks for a value that does not exist", block)
	}
	if text == "" && !optional[block] {
		return "", fmt.Errorf("block %q is empty", block)
	}
	return text, nil
}

// optional are the blocks that may say nothing.
var optional = map[string]bool{"hint": true, "subject": true}

// limited is a builder that holds no more than maxText bytes.
type limited struct{ strings.Builder }

const maxText = 64 << 10

var errLong = errors.New("the text is longer than 64 kB")

func (b *limited) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxText {
		return 0, errLong
	}
	return b.Builder.Write(p)
}

// tidy removes what absent values leave behind: double blanks, blank lines in a
// row, and the second full stop after "Northwind Inc.".
func tidy(s string) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		line = oneStop(stray.ReplaceAllString(strings.TrimSpace(squeezeBlanks(line)), "$1$2"))
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, line)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// stray is a blank before a full stop or comma that ends a word: not the one
// before ".NET".
var stray = regexp.MustCompile(` ([.,])(\s|$)`)

// squeezeBlanks makes one of several plain blanks; no-break spaces stay.
func squeezeBlanks(s string) string {
	for strings.Contains(s, "  ") {
		s = strings.ReplaceAll(s, "  ", " ")
	}
	return s
}

// joined makes one line of a tidy text; no-break spaces stay.
func joined(s string) string { return squeezeBlanks(strings.ReplaceAll(s, "\n", " ")) }

// oneStop makes one full stop of exactly two, and drops one after an ellipsis.
func oneStop(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		dots := len(s[i:]) - len(strings.TrimLeft(s[i:], "."))
		switch {
		case dots == 2:
			b.WriteByte('.')
			i += 2
		case dots > 0:
			b.WriteString(s[i : i+dots])
			i += dots
		case r == '…':
			b.WriteString(s[i : i+n])
			i += n + min(1, len(s[i+n:])-len(strings.TrimLeft(s[i+n:], ".")))
		default:
			b.WriteString(s[i : i+n])
			i += n
		}
	}
	return b.String()
}
