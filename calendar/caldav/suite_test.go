package caldav

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/calendar/ics"
)

// The two suites, on real servers and on a server with none of the comforts.

func TestSourceOnServers(t *testing.T) {
	onServers(t, func(t *testing.T, s *server) {
		calendartest.SourceSuite(t, func(t *testing.T) calendartest.SourceFixture {
			u, g := s.calendar(t), &gremlin{}
			o := s.options(u)
			o.Transport = g
			src := open(t, o).Source("", ics.Options{Source: "home"})
			return calendartest.SourceFixture{
				Source: src, Count: src.Requests, Proves: true,
				Put: func(e calendar.Event) { s.put(t, u+fileName(e), objectText(e)) },
				Remove: func(e calendar.Event) {
					if status, _, body := s.send(t, http.MethodDelete, u+fileName(e), nil, ""); status/100 != 2 {
						t.Fatalf("DELETE: %d %s", status, body)
					}
				},
				Break:  func() func() { g.broken = true; return func() { g.broken = false } },
				Expire: g.expire,
			}
		})
	})
}

func TestTargetOnServers(t *testing.T) {
	onServers(t, func(t *testing.T, s *server) {
		calendartest.TargetSuite(t, func(t *testing.T) calendartest.TargetFixture {
			u, g := s.calendar(t), &gremlin{}
			o := s.options(u)
			o.Transport = g
			target := open(t, o).Target("", ics.Options{Source: "target"})
			return calendartest.TargetFixture{
				Target: target, Mangles: s.mangles, Count: target.Requests, Expire: g.expire,
				Lose: func() { g.lose = 1 },
				Edit: func(key string, edit func(*calendar.Event)) {
					_, _, text := s.send(t, http.MethodGet, u+key+".ics", nil, "")
					s.put(t, u+key+".ics", edited(t, text, edit))
				},
				Remove:  func(key string) { s.send(t, http.MethodDelete, u+key+".ics", nil, "") },
				Foreign: func(e calendar.Event) { s.put(t, u+fileName(e), objectText(e)) },
				Raw: func(key string) string {
					_, _, text := s.send(t, http.MethodGet, u+key+".ics", nil, "")
					return text
				},
			}
		})
	})
}

// xandikosTexts is what Xandikos 0.2.8 makes of texts: the library it keeps
// events with unescapes twice.
func xandikosTexts(text string) string {
	return strings.NewReplacer(`\n`, "\n", "%2C", ",", "%3A", ":", "%3B", ";", "%5C", `\`).Replace(text)
}

// manners are the kinds of servers that the fake stands for in the suites.
var manners = map[string]quirks{
	"no ETags":            {noETag: true},
	"weak ETags":          {weakETag: true, matchNever: true},
	"unquoted ETags":      {bareETag: true},
	"ctag alone":          {noSync: true, noToken: true},
	"neither":             {noSync: true, noToken: true, noCTag: true},
	"neither, no ETags":   {noSync: true, noToken: true, noCTag: true, noETag: true},
	"pages":               {page: 1, lists: true},
	"no PUT ETag":         {noPutETag: true},
	"nothing but GET":     {noMultiget: true, noQuery: true},
	"multiget incomplete": {fewer: 1},
	"iCloud":              {second404: true, lists: true},
	"short status lines":  {shortStatus: true, okInstead: true},
	"Nextcloud":           {trashBin: true, uidConflict: "nextcloud-400"},
}

func TestSourceOnFakes(t *testing.T) {
	for name, q := range manners {
		t.Run(name, func(t *testing.T) {
			calendartest.SourceSuite(t, func(t *testing.T) calendartest.SourceFixture {
				f, g := newFake(t, q), &gremlin{}
				src := open(t, Options{URL: f.cal(), Transport: g}).Source("", ics.Options{Source: "home"})
				x := calendartest.SourceFixture{
					Source: src, Count: src.Requests, Proves: !q.noSync,
					Put:    func(e calendar.Event) { f.store(pathName(e), objectText(e)) },
					Remove: func(e calendar.Event) { f.drop(pathName(e)) },
					Break:  func() func() { g.broken = true; return func() { g.broken = false } },
				}
				if !q.noSync {
					x.Expire = g.expire
				}
				if q.noSync && q.noCTag && q.noETag {
					x.Count = nil // every object has to be looked at
				}
				return x
			})
		})
	}
}

func TestTargetOnFakes(t *testing.T) {
	for name, q := range manners {
		t.Run(name, func(t *testing.T) {
			calendartest.TargetSuite(t, func(t *testing.T) calendartest.TargetFixture {
				f, g := newFake(t, q), &gremlin{}
				target := open(t, Options{URL: f.cal(), Transport: g}).Target("", ics.Options{Source: "target"})
				x := calendartest.TargetFixture{
					Target: target, Count: target.Requests,
					Lose:    func() { g.lose = 1 },
					Edit:    func(key string, edit func(*calendar.Event)) { f.store(key+".ics", edited(t, f.text(key+".ics"), edit)) },
					Remove:  func(key string) { f.bin(key + ".ics") },
					Foreign: func(e calendar.Event) { f.store(pathName(e), objectText(e)) },
					Raw:     func(key string) string { return f.text(key + ".ics") },
				}
				if !q.noSync {
					x.Expire = g.expire
				}
				if q.noSync && q.noCTag && q.noETag {
					x.Count = nil
				}
				return x
			})
		})
	}
}

// bin deletes an object as a person does in the server's own web pages.
func (f *fake) bin(name string) {
	f.drop(name)
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, uid := range uids(f.objects[fakeCal+name].text) {
		f.trash[uid] = true
	}
}

func pathName(e calendar.Event) string { return e.UID + ".ics" }

func fileName(e calendar.Event) string { return url.PathEscape(e.UID) + ".ics" }

// edited changes an event as another client does that writes everything anew.
func edited(t *testing.T, text string, edit func(*calendar.Event)) string {
	t.Helper()
	var e calendar.Event
	_, err := ics.Read(strings.NewReader(text), ics.Options{}, func(got calendar.Event) error { e = got; return nil })
	if err != nil || e.UID == "" {
		t.Fatalf("the event to be edited can't be read: %v\n%s", err, text)
	}
	edit(&e)
	e.UID = e.Marker.Key
	out, err := encode(e, e.Updated)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// objectText is an event as other people's clients write it.
func objectText(e calendar.Event) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	text := strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)
	line("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example Corp.//Client 1.0//EN")
	if e.TimeZone == "Europe/Berlin" {
		line("BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD")
		line("BEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE")
	}
	line("BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20261120T080000Z\r\nSEQUENCE:%d", e.UID, e.Sequence)
	for name, at := range map[string]time.Time{"DTSTART": e.Start, "DTEND": e.End} {
		switch {
		case e.AllDay:
			line("%s;VALUE=DATE:%s", name, at.Format("20060102"))
		case e.TimeZone == "Europe/Berlin":
			line("%s;TZID=Europe/Berlin:%s", name, at.Format("20060102T150405"))
		default:
			line("%s:%s", name, at.UTC().Format("20060102T150405Z"))
		}
	}
	line("SUMMARY:%s\r\nDESCRIPTION:%s\r\nSTATUS:%s", text.Replace(e.Summary), text.Replace(e.Description), strings.ToUpper(string(e.Status)))
	if e.Location != "" {
		line("LOCATION:%s", text.Replace(e.Location))
	}
	if e.Organizer.Email != "" {
		line("ORGANIZER;CN=%s:mailto:%s", e.Organizer.Name, e.Organizer.Email)
	}
	for _, p := range e.Attendees {
		line("ATTENDEE;CN=%s;PARTSTAT=%s;ROLE=%s:mailto:%s", p.Name, strings.ToUpper(string(p.PartStat)), strings.ToUpper(p.Role), p.Email)
	}
	line("END:VEVENT\r\nEND:VCALENDAR")
	return b.String()
}

// plain is an event of somebody's day.
func plain(n int) calendar.Event {
	start := time.Date(2026, 11, 2+n%25, 8+n%9, 0, 0, 0, time.UTC)
	return calendar.Event{UID: fmt.Sprintf("foreign-%05d@example.example", n), Summary: fmt.Sprintf("Dentist %d", n),
		Start: start, End: start.Add(time.Hour), TimeZone: "UTC", Status: calendar.StatusConfirmed}
}

func readAll(t *testing.T, s calendartest.Source, since calendar.Cursor) calendar.Changes {
	t.Helper()
	c, err := s.Changes(context.Background(), since)
	if err != nil {
		t.Fatalf("Changes: %v", err)
	}
	return c
}
