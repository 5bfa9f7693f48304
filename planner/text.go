package planner

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"followup/calendar"
	"followup/planner/draft"
	"followup/planner/interview"
)

// write has the draft written and puts the event's text together. Nothing in it
// depends on the present moment.
func (p *planning) write(f *FollowUp, w want) {
	d := w.data
	d.Kind, d.Tone = w.kind, cmp.Or(p.policy.Tone, draft.Warm)
	d.Language = p.language(w.slot)
	d.Reader = p.reader(d.Language)
	if d.ToUser() {
		d.Language = d.Reader
	}
	d.Me = cmp.Or(p.policy.Me.Name, p.res.Me.Name)
	d.Signature = p.policy.Signature
	d.Company, d.Role, d.Via = w.pr.company, w.pr.role, w.pr.via
	d.Round, d.Interview, d.Now = w.slot.Round, w.slot.Event.Start, f.Start
	t := p.render(d)
	for _, warning := range t.Warnings {
		p.warn(warning)
	}
	frame := draft.FrameIn(d.Reader)
	f.Title = plain(t.Title)
	if f.Title == "" || calendar.TitleDone(f.Title) { // a title of the user's own template must not tick itself off
		f.Title = plain(frame.Say("title", cmp.Or(t.Title, w.pr.title())))
	}
	f.Subject, f.Body, f.Language = t.Subject, t.Body, cmp.Or(t.Language, d.Language)
	f.Text = plain(p.text(f, w, t, frame))
}

// language returns the language of the draft: the configured one, or the
// invitation's.
func (p *planning) language(iv interview.Interview) string {
	if l := p.policy.Language; l != "" && l != "auto" {
		return l
	}
	if iv.Language != "" {
		return iv.Language
	}
	if mine := p.mine(); len(mine) > 0 {
		return mine[0]
	}
	return draft.DefaultLanguage
}

// reader returns the language in which the user is spoken to around a draft: the
// first of their own that there are texts in, else that of the draft.
func (p *planning) reader(language string) string {
	for _, l := range p.mine() {
		if draft.Speaks(l) {
			return l
		}
	}
	return language
}

// mine are the user's languages, preferred first.
func (p *planning) mine() []string {
	if len(p.policy.Me.Languages) > 0 {
		return p.policy.Me.Languages
	}
	return p.res.Me.Languages
}

const rule = "────────────────────"

// text is the event's description: short lines and blank lines only, no angle
// brackets, so that it reads the same in plain text and where a calendar takes it
// for HTML.
func (p *planning) text(f *FollowUp, w want, t draft.Text, frame draft.Frame) string {
	var parts []string
	mail := t.Subject != ""
	head := toLine(frame, f.To, w.data)
	if mail {
		head = strings.TrimPrefix(head+"\n"+frame.Say("subject", t.Subject), "\n")
	}
	parts = append(parts, head, strings.TrimSpace(t.Body), rule)
	if mail && p.mailTo != nil {
		parts = append(parts, p.link(w.data.To.Email, t, frame))
	}
	if t.Hint != "" {
		parts = append(parts, t.Hint)
	}
	parts = append(parts, frame.Say("why", upper(frame.Why(w.why))), howTo(frame, w.kind))
	parts = deleteEmpty(parts)
	return strings.Join(parts, "\n\n")
}

// link is the mailto: link, which opens a shorter mail where it cannot hold the
// whole one, and says so.
func (p *planning) link(to string, t draft.Text, frame draft.Frame) string {
	open, body := "open", t.Body
	if !draft.Fits(to, t.Subject, body) {
		open, body = "open short", cmp.Or(t.Short, body)
	}
	return frame.Say(open, "") + "\n" + p.mailTo(to, t.Subject, body)
}

func deleteEmpty(parts []string) []string {
	out := parts[:0]
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// toLine tells who it goes to.
func toLine(frame draft.Frame, to []interview.Person, d draft.Data) string {
	switch {
	case len(to) == 0:
		return ""
	case len(to) > 1:
		return frame.Say("to", contactWords(to[0])) + "\n" + frame.Say("via", contactWords(to[1]))
	case d.Forward:
		return frame.Say("via", contactWords(to[0]))
	case to[0].Email == "":
		return frame.Say("to unknown", contactWords(to[0]))
	}
	return frame.Say("to", contactWords(to[0]))
}

func contactWords(p interview.Person) string {
	name, email := short(p.Name, maxName), squeeze(p.Email)
	switch {
	case name == "":
		return email
	case email == "":
		return name
	}
	return name + ", " + email
}

// howTo tells how to mark the follow-up. It must not hold a hashtag itself, or
// the event would mark itself.
func howTo(frame draft.Frame, k draft.Kind) string {
	lines := frame.Say("done", "")
	switch k {
	case draft.ThankYou, draft.StatusCheck, draft.LetGo:
		lines += "\n" + frame.Say("news", "")
	case draft.OfferReply:
		lines += "\n" + frame.Say("decided", "")
	}
	return lines
}

// joiner is a word joiner: a person does not see it, and to calendar.ParseMarks
// and to HTML it is no letter.
const joiner = '\u2060'

// plain takes the meaning from hashtags and HTML tags in quoted titles, names and
// notes: our own text must not mark the follow-up, and an invitation must not
// make a calendar that takes descriptions for HTML show or fetch anything.
func plain(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	marked := len(calendar.ParseMarks(text)) > 0
	var b strings.Builder
	for text != "" {
		r, n := utf8.DecodeRuneInString(text)
		b.WriteString(text[:n])
		text = text[n:]
		next, _ := utf8.DecodeRuneInString(text)
		if r == '#' && marked && unicode.IsLetter(next) || r == '<' && opensTag(next) {
			b.WriteRune(joiner)
		}
	}
	return b.String()
}

// opensTag tells whether a tag, a comment or the like begins with < and the rune:
// HTML section 13.2.5.6.
func opensTag(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '/' || r == '!' || r == '?'
}

func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
