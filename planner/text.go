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
	d.Kind, d.Tone, d.Language = w.kind, cmp.Or(p.policy.Tone, draft.Warm), p.language(w.slot)
	d.Me = cmp.Or(p.policy.Me.Name, p.res.Me.Name)
	d.Signature = p.policy.Signature
	d.Company, d.Role, d.Via = w.pr.company, w.pr.role, w.pr.via
	d.Round, d.Interview, d.Now = w.slot.Round, w.slot.Event.Start, f.Start
	t := p.render(d)
	for _, warning := range t.Warnings {
		p.warn(warning)
	}
	f.Title = plain(cmp.Or(t.Title, kindWords(w.kind)+": "+w.pr.title()))
	if calendar.TitleDone(f.Title) {
		f.Title = "Follow-up: " + f.Title // a title of the user's own template must not tick itself off
	}
	f.Subject, f.Body, f.Language = t.Subject, t.Body, cmp.Or(t.Language, d.Language)
	f.Text = plain(p.text(f, w, t))
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
	for _, list := range [][]string{p.policy.Me.Languages, p.res.Me.Languages} {
		if len(list) > 0 {
			return list[0]
		}
	}
	return "en"
}

const rule = "────────────────────"

// text is the event's description: short lines and blank lines only, no angle
// brackets, so that it reads the same in plain text and where a calendar takes it
// for HTML.
func (p *planning) text(f *FollowUp, w want, t draft.Text) string {
	var parts []string
	mail := t.Subject != ""
	head := toLine(f.To, w.data)
	if mail {
		head = strings.TrimPrefix(head+"\nSubject: "+squeeze(t.Subject), "\n")
	}
	parts = append(parts, head, strings.TrimSpace(t.Body), rule)
	if mail && p.mailTo != nil {
		parts = append(parts, "Open it as a finished mail:\n"+p.mailTo(w.data.To.Email, t.Subject, t.Body))
	}
	if t.Hint != "" {
		parts = append(parts, t.Hint)
	}
	parts = append(parts, "Why: "+upper(w.why)+".", howTo(w.kind))
	parts = deleteEmpty(parts)
	return strings.Join(parts, "\n\n")
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
func toLine(to []interview.Person, d draft.Data) string {
	if len(to) == 0 {
		return ""
	}
	line := "To: " + contactWords(to[0])
	if len(to) > 1 {
		return line + "\nBy way of: " + contactWords(to[1])
	}
	if d.Forward {
		return "By way of: " + contactWords(to[0])
	}
	if to[0].Email == "" {
		line += " (address unknown)"
	}
	return line
}

func contactWords(p interview.Person) string {
	name, email := squeeze(p.Name), squeeze(p.Email)
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
func howTo(k draft.Kind) string {
	lines := []string{
		"Done? Put ✓ before this event's title.",
		"Later? Move the event. Not at all? Delete it.",
	}
	switch k {
	case draft.ThankYou, draft.StatusCheck, draft.LetGo:
		lines = append(lines,
			"News? Write one of these words, with # right before it, into this text or into the interview's event:",
			"answered (and the new date if they named one), rejected, offer, withdrawn.")
	case draft.OfferReply:
		lines = append(lines, "Decided? Write the word accepted or declined, with # right before it, into this text.")
	}
	return strings.Join(lines, "\n")
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
