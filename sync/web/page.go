package web

import (
	"bytes"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"followup/calendar"
	"followup/calendar/ics"
	"followup/planner/draft"
	"followup/planner/interview"
)

// shownNext is how many follow-ups the first page shows with their drafts; the
// others are with their application.
const shownNext = 8

// based is the data that every page but the login has.
type based struct {
	m      *model
	Health []Health
	Run    Run
}

// notices are what a person should know before anything else.
func (b based) notices() []notice {
	var out []notice
	if b.Run.Guard != "" {
		out = append(out, notice{Class: "bad", Text: "The last run was stopped before it changed too much at once. " + b.Run.Stopped, Token: b.Run.Guard})
	}
	for _, h := range b.Health {
		if h.Error != "" {
			out = append(out, notice{Class: "bad", Text: h.Error, Link: "/sources", LinkText: "About " + h.Name})
		}
	}
	if b.Run.Error != "" && len(out) == 0 {
		out = append(out, notice{Class: "bad", Text: b.Run.Error, Link: "/sources", LinkText: "Sources"})
	}
	return out
}

// look gets the model for a page; it answers by itself when there is none.
func (s *server) look(w http.ResponseWriter, r *http.Request) (based, bool) {
	v, err := s.o.Ledger.View(r.Context())
	if err != nil {
		s.log.Error("nothing to show", "error", err)
		w.Header().Set("Retry-After", retryAfterFault)
		s.render(w, r, http.StatusServiceUnavailable, "problem", problem{"There is nothing to show yet", "The first run has not ended, or what was remembered can't be read. Try again in a moment; followup's log says more."})
		return based{}, false
	}
	b := based{m: newModel(v, s.o.Now()), Run: v.Run}
	for _, h := range v.Sources {
		if h.Kind != "none" { // no target, nothing to be well or ill
			b.Health = append(b.Health, h)
		}
	}
	return b, true
}

type problem struct{ Head, Text string }

func (p problem) title() string { return p.Head }

func (s *server) notFound(w http.ResponseWriter, r *http.Request, text string) {
	s.render(w, r, http.StatusNotFound, "problem", problem{"Not found", text})
}

type overviewData struct {
	based
	Due, Next    []followUp
	Today        int // of Next
	More         int
	Applications []*application
	Review       []interview.Interview
	Answers      []answer
	Median       string
}

func (s *server) overview(w http.ResponseWriter, r *http.Request) {
	b, ok := s.look(w, r)
	if !ok {
		return
	}
	d := overviewData{based: b, Applications: b.m.applications, Review: b.m.review(), Answers: b.m.answers()}
	for _, f := range b.m.next {
		if !f.Due && dayNumber(f.Start) == dayNumber(s.o.Now().In(f.Start.Location())) {
			d.Today++
		}
		switch {
		case len(d.Due)+len(d.Next) >= shownNext:
			d.More++
		case f.Due:
			d.Due = append(d.Due, f)
		default:
			d.Next = append(d.Next, f)
		}
	}
	if len(d.Answers) > 0 {
		d.Median = days(median(d.Answers))
	}
	s.render(w, r, http.StatusOK, "overview", d)
}

// review are the events that may be interviews, to be decided by the person.
func (m *model) review() []interview.Interview {
	var out []interview.Interview
	for _, i := range m.view.Plan.Recognized.Interviews {
		if i.Decision == interview.Review {
			out = append(out, i)
		}
	}
	return out
}

type applicationsData struct {
	based
	Applications []*application
	Answers      []answer
	Median       string
}

func (s *server) applications(w http.ResponseWriter, r *http.Request) {
	b, ok := s.look(w, r)
	if !ok {
		return
	}
	d := applicationsData{based: b, Applications: b.m.applications, Answers: b.m.answers()}
	if len(d.Answers) > 0 {
		d.Median = days(median(d.Answers))
	}
	s.render(w, r, http.StatusOK, "applications", d)
}

type applicationData struct {
	based
	*application
	Feed string
}

func (d applicationData) title() string { return d.Name() }

func (s *server) application(w http.ResponseWriter, r *http.Request) {
	b, ok := s.look(w, r)
	if !ok {
		return
	}
	a := b.m.byKey[r.PathValue("key")]
	if a == nil {
		s.notFound(w, r, "There is no such application, or its events are gone from your calendar.")
		return
	}
	s.render(w, r, http.StatusOK, "application", applicationData{b, a, s.feedURL(r, (&url.URL{Path: "/process/" + a.Key}).EscapedPath())})
}

type eventsData struct {
	based
	Query  string
	Taken  []interview.Interview
	Review []interview.Interview
	Others []interview.Interview
	More   int
	Notes  []string
	Ask    bool // the others were not read yet, and can be
	All    bool // they were read
}

// shownOthers bounds the list of what was not taken; the search finds the rest.
const shownOthers = 40

// events shows how every event was read, to be put right.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	b, ok := s.look(w, r)
	if !ok {
		return
	}
	rec := b.m.view.Plan.Recognized
	d := eventsData{based: b, Query: strings.TrimSpace(r.URL.Query().Get("q")), Notes: rec.Notes}
	others := slices.Clone(rec.Others)
	if reader, ok := s.o.Ledger.(Reader); ok {
		d.All = r.URL.Query().Has("all")
		d.Ask = !d.All
		if d.All {
			var err error
			if others, err = reader.Others(r.Context()); err != nil {
				s.failed(w, r, err)
				return
			}
		}
	}
	for _, i := range rec.Interviews {
		if !contains(i, d.Query) {
			continue
		}
		if i.Decision == interview.Review {
			d.Review = append(d.Review, i)
		} else {
			d.Taken = append(d.Taken, i)
		}
	}
	now := s.o.Now()
	slices.SortStableFunc(others, func(x, y interview.Interview) int {
		return int(now.Sub(x.Event.Start).Abs()/1e9 - now.Sub(y.Event.Start).Abs()/1e9) // the nearest first
	})
	for _, i := range others {
		switch {
		case i.Event.Marker.Key != "" || !contains(i, d.Query):
		case len(d.Others) < shownOthers:
			d.Others = append(d.Others, i)
		default:
			d.More++
		}
	}
	s.render(w, r, http.StatusOK, "events", d)
}

func contains(i interview.Interview, query string) bool {
	if query == "" {
		return true
	}
	text := strings.ToLower(i.Event.Summary + " " + i.Company + " " + i.Role + " " + i.Event.Organizer.Name + " " + i.Event.Organizer.Email)
	return strings.Contains(text, strings.ToLower(query))
}

type sourcesData struct {
	based
	Warnings []string
}

func (s *server) sources(w http.ResponseWriter, r *http.Request) {
	b, ok := s.look(w, r)
	if !ok {
		return
	}
	s.render(w, r, http.StatusOK, "sources", sourcesData{b, b.m.view.Plan.Warnings})
}

type subscribeData struct {
	HTTPS  string
	Webcal template.URL // made here of our own parts
	Reach  bool         // the address can be reached from outside
	QR     template.HTML
	Kinds  []kindFeed
	Renew  bool
}

type kindFeed struct{ Name, HTTPS string }

func (s *server) subscribe(w http.ResponseWriter, r *http.Request) {
	if len(s.secrets.get()) < minSecret {
		s.notFound(w, r, "There is no feed: it has no secret address.")
		return
	}
	d := subscribeData{HTTPS: s.feedURL(r, ""), Renew: s.o.Renew != nil}
	_, place, _ := strings.Cut(d.HTTPS, "://")
	webcal := "webcal://" + place
	d.Webcal = template.URL(webcal)
	host, _, _ := strings.Cut(place, "/")
	if d.Reach = !isLoopback(hostName(host)); d.Reach { // a phone's own 127.0.0.1 is the phone
		var err error
		if d.QR, err = qrCode(webcal); err != nil {
			s.log.Error("no QR code", "error", err)
		}
	}
	for _, k := range draft.Kinds {
		d.Kinds = append(d.Kinds, kindFeed{kindNames[k], s.feedURL(r, "/"+string(k))})
	}
	s.render(w, r, http.StatusOK, "subscribe", d)
}

// feedURL is the address of a feed as it is reached from outside, or as this
// request came.
func (s *server) feedURL(r *http.Request, sub string) string {
	base := "http://" + r.Host
	if s.encrypted(r) {
		base = "https://" + r.Host
	}
	if s.public != nil {
		base = s.public.Scheme + "://" + s.public.Host
	}
	return base + "/feed/" + s.secrets.get() + sub + ".ics"
}

// download answers /followups/KEY.ics: one follow-up as a file.
func (s *server) download(w http.ResponseWriter, r *http.Request) {
	b, ok := s.look(w, r)
	if !ok {
		return
	}
	key, isFile := strings.CutSuffix(r.PathValue("file"), ".ics")
	f, known := b.m.followUps[key]
	if !known || !isFile {
		s.notFound(w, r, "There is no such follow-up.")
		return
	}
	e := f.Event()
	e.Created, e.Updated = s.o.Now(), s.o.Now()
	for _, rec := range b.m.view.Records {
		if rec.FollowUp.Key == key {
			e = published(rec)
		}
	}
	var out bytes.Buffer
	if err := ics.Write(&out, ics.Calendar{Name: f.Title, Events: []calendar.Event{e}}); err != nil {
		s.log.Error("a follow-up could not be written", "key", key, "error", err)
		plainText(w, http.StatusInternalServerError, "The file could not be made. followup's log says why.\n")
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="followup.ics"`)
	w.Write(out.Bytes())
}
