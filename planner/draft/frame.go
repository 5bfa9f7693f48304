package draft

import (
	"cmp"
	"strings"
	"sync"
	"text/template"
	"time"
)

// Frame is the words around a draft in the event's description. They speak to
// the user, in the user's language, while the draft speaks to its recipient. They
// are the blocks of each language's frame.tmpl.
type Frame struct {
	set      *template.Template
	language language
}

// FrameIn returns the frame of the language that the tag (BCP 47) names, or of
// English.
func FrameIn(tag string) Frame {
	l, code, _ := speech(tag)
	return Frame{set: frames[code](), language: l}
}

// Speaks tells whether there are texts in the language of the tag (BCP 47).
func Speaks(tag string) bool {
	_, _, ok := speech(tag)
	return ok
}

// frames are the embedded frames, each parsed when it is first used.
var frames = func() map[string]func() *template.Template {
	m := map[string]func() *template.Template{}
	for _, lang := range Languages {
		m[lang] = sync.OnceValue(func() *template.Template {
			return template.Must(template.New(lang).Funcs(funcs).ParseFS(embedded, "templates/"+lang+"/"+frameFile))
		})
	}
	return m
}()

// frameFile is the file of a language's frame.
const frameFile = "frame.tmpl"

// Say returns a block of the frame: "to", "to unknown", "via" and "subject" with
// what they name, "title" with a title; "open", "open short", "done", "news" and
// "decided" with nothing.
func (f Frame) Say(block, value string) string { return f.say(block, value) }

// Why tells why a follow-up stands where it does: a clause without a full stop.
func (f Frame) Why(r Reason) string {
	v := reasonView{
		Reason: r,
		Event:  squeeze(r.Event),
		Held:   f.moment(r.Held, r.Near, r.AllDay),
		Day:    f.moment(r.Day, r.Held, true),
	}
	return f.say("because "+string(r.Rule), v)
}

func (f Frame) say(block string, value any) string {
	var b strings.Builder
	if err := f.set.ExecuteTemplate(&b, block, value); err != nil {
		panic(err) // the embedded frames are tested block by block
	}
	return b.String()
}

// moment writes a day, and the time of day unless the whole day is meant; the
// year only where it is not that of near.
func (f Frame) moment(t, near time.Time, wholeDay bool) string {
	if t.IsZero() {
		return ""
	}
	if !near.IsZero() && !wholeDay {
		near = near.In(t.Location())
	}
	l := f.language
	l.year = cmp.Or(l.dayYear, l.year)
	text := l.write(l.day, t, near)
	if wholeDay {
		return text
	}
	return strings.NewReplacer("{day}", text, "{H}", t.Format("15"), "{m}", t.Format("04")).Replace(l.moment)
}

// Rule names a rule of planning: a "because" block of the frames.
type Rule string

// The rules of planning.
const (
	RuleWindow    Rule = "window"    // a window after the interview
	RuleCheck     Rule = "check"     // a wait after the interview
	RulePromised  Rule = "promised"  // a wait after the promised day
	RuleLater     Rule = "later"     // like RuleCheck, which is later than RulePromised
	RuleSecond    Rule = "second"    // a wait after the first check
	RuleAnswered  Rule = "answered"  // a wait after the day that their answer named
	RuleLetGo     Rule = "let go"    // a wait after the last check
	RuleDebrief   Rule = "debrief"   // right after the interview
	RuleNoShow    Rule = "no show"   // nobody came
	RuleRejected  Rule = "rejected"  // a wait after their no
	RuleOffer     Rule = "offer"     // a wait after their offer
	RuleDecide    Rule = "decide"    // some days before their offer ends
	RuleWithdrew  Rule = "withdrew"  // a wait after the user withdrew
	RuleElsewhere Rule = "elsewhere" // a wait after the user accepted another offer
)

// Rules lists every rule.
var Rules = []Rule{
	RuleWindow, RuleCheck, RulePromised, RuleLater, RuleSecond, RuleAnswered, RuleLetGo, RuleDebrief, RuleNoShow,
	RuleRejected, RuleOffer, RuleDecide, RuleWithdrew, RuleElsewhere,
}

// Reason is why a follow-up stands where it does, before it is put into words.
type Reason struct {
	Rule   Rule
	Kind   Kind
	Event  string    // title of the interview's event
	AllDay bool      // it takes whole days
	Held   time.Time // its end, or last day; of RuleNoShow its start
	Near   time.Time // a time whose year goes without saying
	After  Wait
	Until  Wait      // end of RuleWindow's window; zero for none
	Day    time.Time // the day that was promised, named or ends the offer
	Marked bool      // the user told the promised day
	About  string    // the application, as people call it: "Northwind, Data Engineer"
}

// Wait is a length of time as rules give it. The zero value is none.
type Wait struct {
	N    int
	Unit string // "minute", "hour", "day" or "business day"
}

// reasonView is what a "because" block sees.
type reasonView struct {
	Reason
	Event, Held, Day string
}
