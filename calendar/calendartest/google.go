package calendartest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Google is a server that behaves as the Google Calendar API v3 and Google's
// OAuth do, as far as is documented, with one user. It checks every request, and
// every answer of its own, against the API's discovery document: see Violations.
//
// The exported settings are to be made before the first request.
type Google struct {
	URL string // without a slash at the end; Endpoint for the API's

	User       string                                               // mail address, and id of the primary calendar
	Consent    func(scopes []string) (granted []string, err string) // what the user ticks; nil: everything
	Delegated  []string                                             // scopes that an administrator allowed service accounts; nil: any
	Testing    bool                                                 // the app's publishing status: sign-ins say that they last seven days
	AccessLife time.Duration                                        // of access tokens; 0: an hour
	PageSize   int                                                  // most events on a page, below what is asked; 0: as asked
	EmptyPages bool                                                 // an empty page goes before each page
	Stubs      bool                                                 // deleted events come with their id alone, as they may
	Undelete   bool                                                 // a cancelled event may be confirmed again; else 403
	Now        func() time.Time                                     // nil: time.Now

	server *httptest.Server
	api    *discovery
	mu     sync.Mutex

	fault      func(GoogleRequest) GoogleFault
	calendars  map[string]*googleCalendar
	seq        int // counts changes in all calendars
	epoch      int // sync tokens of earlier epochs are expired
	pages      map[string]*googlePage
	grants     []*googleGrant
	tokens     map[string]googleAccess
	codes      map[string]googleCode
	secrets    []string
	renewals   int
	mails      int
	log        []GoogleRequest
	violations []string
}

// GoogleRequest is one request of the API as it came in.
type GoogleRequest struct {
	N        int    // counted from 1
	ID       string // of the method in the discovery document: calendar.events.list
	Calendar string
	Event    string
	Query    url.Values
	IfMatch  string
	Body     string
	Status   int // of the answer; 0 while unanswered and when it was lost
}

// GoogleFault is what goes wrong with one request. The zero value is nothing.
type GoogleFault struct {
	Status     int           // answered instead of doing it
	Reason     string        // in the answer's errors[]; "" for none
	Newer      bool          // the reason is in details[], as newer parts of Google answer
	RetryAfter string        // header of the answer
	Body       string        // answered with Status (0: 200) as it is, instead of doing it
	Drop       bool          // the connection ends before anything is done
	Lose       bool          // it is done, and the connection ends without an answer
	Cut        int           // only so many bytes of the answer are sent
	Unframed   bool          // with Cut: the connection's end is the answer's, so that nobody notices
	Delay      time.Duration // before the answer
	Stale      int           // a listing shows the calendar as it was so many changes ago
}

// NewGoogle starts a server with one user and an empty primary calendar.
func NewGoogle() (*Google, error) {
	api, err := loadDiscovery()
	if err != nil {
		return nil, err
	}
	g := &Google{
		User: "nina@vogt.example", api: api,
		calendars: map[string]*googleCalendar{}, pages: map[string]*googlePage{},
		tokens: map[string]googleAccess{}, codes: map[string]googleCode{},
	}
	g.server = httptest.NewServer(http.HandlerFunc(g.serve))
	g.URL = g.server.URL
	g.AddCalendar(g.User, g.User, "owner")
	return g, nil
}

// Endpoint is the base address of the API.
func (g *Google) Endpoint() string { return g.URL + g.api.BasePath }

// Close stops the server.
func (g *Google) Close() { g.server.CloseClientConnections(); g.server.Close() }

// Change changes the server's fields while it serves.
func (g *Google) Change(change func(*Google)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(g)
}

// SetFault sets what is asked before every API request from now on; nil never
// fails. It is called one request at a time and must not call the server.
func (g *Google) SetFault(fault func(GoogleRequest) GoogleFault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fault = fault
}

// Log returns the API requests so far. Requests for tokens are in Renewals.
func (g *Google) Log() []GoogleRequest {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.log)
}

// Renewals counts the requests to the token endpoint.
func (g *Google) Renewals() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.renewals
}

// Mails counts the mails that Google would have sent to guests.
func (g *Google) Mails() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.mails
}

// Violations lists what a client, or the fake itself, did against the
// documentation.
func (g *Google) Violations() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.violations)
}

func (g *Google) violate(format string, args ...any) {
	g.violations = append(g.violations, fmt.Sprintf(format, args...))
}

func (g *Google) now() time.Time {
	if g.Now != nil {
		return g.Now().UTC()
	}
	return time.Now().UTC()
}

func (g *Google) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, g.api.BasePath):
		g.serveAPI(w, r)
	case r.URL.Path == "/o/oauth2/v2/auth":
		g.authorize(w, r)
	case r.URL.Path == "/token":
		g.tokenEndpoint(w, r)
	case r.URL.Path == "/revoke":
		g.revokeEndpoint(w, r)
	default:
		http.NotFound(w, r)
	}
}
