package ics

import (
	"strings"

	"github.com/emersion/go-ical"

	"followup/calendar"
)

// person reads ORGANIZER or ATTENDEE.
func (d *decoder) person(p prop) calendar.Person {
	who := calendar.Person{}
	email := ""
	for key, value := range p.each {
		switch {
		case isWord(key, ical.ParamCommonName):
			who.Name = d.intern(trimmed(paramText(value)))
		case isWord(key, ical.ParamRole):
			who.Role = d.word(value)
		case isWord(key, ical.ParamParticipationStatus):
			who.PartStat = calendar.PartStat(d.word(value))
		case isWord(key, ical.ParamCalendarUserType):
			who.CUType = d.word(value)
		case isWord(key, "EMAIL"):
			email = address("mailto:" + paramText(value))
		}
	}
	if who.Email = d.intern(address(cleanText(p.value))); who.Email == "" {
		who.Email = email
	}
	if who.Email == "" && who.Name == "" {
		who.Name = trimmed(cleanText(p.value))
	}
	if strings.HasPrefix(strings.ToLower(who.Name), "mailto:") {
		who.Name = ""
	}
	return who
}

// word is a parameter's value in lower case.
func (d *decoder) word(b []byte) string {
	if w, ok := d.words[string(b)]; ok {
		return w
	}
	return remember(d.words, string(b), strings.ToLower(trimmed(paramText(b))))
}

// intern gives equal strings the same memory: the same people are on most events.
func (d *decoder) intern(s string) string {
	if old, ok := d.names[s]; ok {
		return old
	}
	return remember(d.names, s, s)
}

func remember(m map[string]string, key, s string) string {
	if len(key) < 100 && len(m) < 10_000 {
		m[key] = s
	}
	return s
}

// address is the mail address in a calendar user address, in lower case; "" when
// there is none.
func address(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if i := strings.Index(s, "mailto:"); i >= 0 {
		s = s[i+len("mailto:"):]
	} else if strings.ContainsAny(s, " :/<") {
		return ""
	}
	s = strings.Trim(s, " <>\"'\\")
	if i := strings.IndexAny(s, "? "); i >= 0 {
		s = s[:i]
	}
	if at := strings.IndexByte(s, '@'); at <= 0 || at == len(s)-1 {
		return ""
	}
	return s
}
