package caldav

import (
	"slices"
	"strings"
	"testing"

	"followup/calendar"
	"followup/calendar/ics"
)

// A hostile server can't crash the reader, make it loop, or make it tell of more
// than there is.
func FuzzMultistatus(f *testing.F) {
	for _, seed := range []string{
		`<d:multistatus xmlns:d="DAV:"><d:response><d:href>/a.ics</d:href><d:propstat><d:prop><d:getetag>"1"</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response><d:sync-token>t</d:sync-token></d:multistatus>`,
		`<multistatus xmlns="DAV:"><response><href>/a</href><href>/b</href><status>HTTP/1.1 404</status></response></multistatus>`,
		`<multistatus><response><propstat><prop><supported-report-set><x><y/></x></supported-report-set></prop></propstat></response></multistatus>`,
		`<?xml version="1.0" encoding="iso-8859-1"?><multistatus/>`,
		`<error xmlns="DAV:"><no-uid-conflict xmlns="urn:ietf:params:xml:ns:caldav"><href xmlns="DAV:">/x.ics</href></no-uid-conflict></error>`,
		"<multistatus>\x00\x01</multistatus>", `<!DOCTYPE html><html>`, ``,
		`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><multistatus><sync-token>&b;</sync-token></multistatus>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		parseError(body)
		m, err := parseMultistatus(body)
		if err != nil {
			return
		}
		for _, r := range m.resources() {
			if !strings.Contains(string(body), "href") || r.status < 0 {
				t.Errorf("%+v out of %q", r, body)
			}
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add("", "https://dav.example/")
	f.Add(`{"v":1,"asked":"https://dav.example/","url":"https://dav.example/x/","objects":{"a.ics":[],"/y":["b"]}}`, "https://dav.example/")
	f.Add(`{"v":1,"asked":"","objects":null,"pending":{"":-1}}`, "")
	f.Fuzz(func(t *testing.T, text, asked string) {
		c, err := decodeCursor(calendar.Cursor(text), asked)
		if err != nil {
			return
		}
		once, err := c.encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeCursor(once, asked)
		if err != nil {
			t.Fatalf("%s: %v", once, err)
		}
		if twice, err := again.encode(); err != nil || twice != once {
			t.Errorf("%s became %s (%v)", once, twice, err)
		}
	})
}

func FuzzUIDs(f *testing.F) {
	f.Add("BEGIN:VEVENT\r\nUID:a\r\n b\r\nEND:VEVENT")
	f.Add("uid;X=y:  z \nUID:\n\tq")
	f.Fuzz(func(t *testing.T, text string) {
		for _, uid := range uids(text) {
			if strings.ContainsAny(uid, "\n") {
				t.Errorf("%q out of %q", uid, text)
			}
		}
	})
}

// An update of any text either says that it can't be done, or leaves every line
// that is not ours to change.
func FuzzPatch(f *testing.F) {
	e := followUp(1)
	e.Organizer = calendar.Person{}
	text, err := encode(e, now())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(strings.ReplaceAll(text, "\r\n", "\n"))
	f.Add(strings.Replace(text, "END:VEVENT", "X-OTHER;A=\"b\":c\r\n d\r\nBEGIN:VALARM\r\nTRIGGER:-PT1H\r\nEND:VALARM\r\nEND:VEVENT", 1))
	f.Fuzz(func(t *testing.T, text string) {
		var stands []calendar.Event
		_, err := ics.Read(strings.NewReader(text), ics.Options{}, func(e calendar.Event) error { stands = append(stands, e); return nil })
		if err != nil || len(stands) != 1 {
			return
		}
		out, err := patch(text, stands[0], e, []calendar.Field{calendar.FieldTitle}, now())
		if err != nil {
			return
		}
		others := func(s string) []string {
			var kept []string
			for line := range strings.Lines(s) {
				if line = strings.TrimRight(line, "\r\n"); strings.HasPrefix(line, "X-OTHER") {
					kept = append(kept, line)
				}
			}
			return kept
		}
		if strings.ContainsRune(strings.ReplaceAll(text, "\r\n", ""), '\r') {
			return
		}
		if !slices.Equal(others(text), others(out)) {
			t.Errorf("%q became %q", text, out)
		}
	})
}
