package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"golang.org/x/crypto/bcrypt"

	"followup/calendar/ics"
)

// Options say what is served, and to whom.
type Options struct {
	Ledger Ledger
	// Secret returns the feed's secret: see LoadSecret. It is asked every second
	// while there are requests, so that a renewed secret counts at once.
	Secret func() string
	// Issued is the file that remembers how each event was last given out; "" keeps
	// that in memory alone, and a restart forgets it.
	Issued string
	// Renew puts a new secret in the old one's place: see RotateSecret. nil: the
	// page has no button for it.
	Renew        func() error
	PasswordHash string         // bcrypt, of the page's password; "" for no login
	PublicURL    string         // where the server is reached from outside: https://followup.example; "" for nowhere
	Proxies      []netip.Prefix // of the TLS proxies in front, whose X-Forwarded-For and -Proto count
	Hosts        []string       // further names that the server may be asked by
	Metrics      bool           // serve /metrics
	Every        time.Duration  // between two runs; /healthz complains after three without one. 0: it never does
	Calendar     ics.Calendar   // name and description of the feed; Events is ignored
	Location     *time.Location // the zone that times are shown in; nil: each in its own
	Now          func() time.Time
	Log          *slog.Logger // nil: nothing is logged
}

type server struct {
	o        Options
	log      *slog.Logger
	public   *url.URL // nil when PublicURL is ""
	hosts    map[string]bool
	feeds    *feeds
	pages    *pages
	sessions *sessions
	gate     *gate
	secrets  *secrets
	count    counters
}

// Handler returns the whole server: page, feed, health and metrics.
//
// Everything but the feed, whose address is a password, and /healthz asks for
// the login when there is a PasswordHash. See CheckListen for when there must be
// one.
func Handler(o Options) (http.Handler, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	return s.handler(), nil
}

func newServer(o Options) (*server, error) {
	if o.Ledger == nil || o.Secret == nil {
		return nil, errors.New("web: a server needs a Ledger and a Secret")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &server{o: o, log: o.Log, hosts: map[string]bool{}, feeds: newFeeds(o.Calendar, loadIssues(o.Issued, o.Log)), sessions: newSessions(), gate: newGate(), secrets: &secrets{ask: o.Secret, life: secretLife}}
	if o.PublicURL != "" {
		u, err := url.Parse(o.PublicURL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" && u.Path != "/" {
			return nil, fmt.Errorf("serve.public_url is %q: give scheme and host alone, like https://followup.example", o.PublicURL)
		}
		s.public = u
		s.hosts[hostName(u.Host)] = true
	}
	for _, h := range o.Hosts {
		s.hosts[hostName(h)] = true
	}
	if o.PasswordHash != "" {
		if _, err := bcrypt.Cost([]byte(o.PasswordHash)); err != nil {
			return nil, errors.New("the page's password hash is none: make one with bcrypt (htpasswd -nbBC 12 \"\" PASSWORD, what follows the colon)")
		}
	}
	var err error
	if s.pages, err = loadPages(); err != nil {
		return nil, err
	}
	return s, nil
}

// handler puts the routes together. The order of the guards matters: who asks by
// a wrong name is told nothing; a form from another site is refused before its
// sign-in is looked at.
func (s *server) handler() http.Handler {
	page := http.NewServeMux()
	page.HandleFunc("GET /{$}", s.overview)
	page.HandleFunc("GET /applications", s.applications)
	page.HandleFunc("GET /applications/{key...}", s.application)
	page.HandleFunc("GET /calendar", s.events)
	page.HandleFunc("GET /subscribe", s.subscribe)
	page.HandleFunc("GET /sources", s.sources)
	page.HandleFunc("GET /followups/{file}", s.download)
	page.HandleFunc("POST /mark", s.mark)
	page.HandleFunc("POST /restore", s.restore)
	page.HandleFunc("POST /sync", s.syncNow)
	page.HandleFunc("POST /renew", s.renew)
	page.HandleFunc("POST /logout", s.logout)

	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", s.loginPage)
	mux.HandleFunc("POST /login", s.login)
	mux.HandleFunc("GET /assets/{name}", s.pages.asset)
	mux.HandleFunc("GET /robots.txt", robots)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.pages.path("icon.svg"), http.StatusFound)
	})
	if s.o.Metrics {
		mux.HandleFunc("GET /metrics", s.metrics)
	}
	mux.Handle("/", s.loggedIn(page))

	crossOrigin := http.NewCrossOriginProtection()
	if s.public != nil {
		// A proxy may hand on another Host than the browser asked for.
		_ = crossOrigin.AddTrustedOrigin(s.public.Scheme + "://" + s.public.Host)
	}
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		plainText(w, http.StatusForbidden, "This came from another site and was not done. Open followup's own page and try again.\n")
	}))
	guarded := s.knownHost(s.presentable(secured(crossOrigin.Handler(limitBody(mux)))))
	feed := s.knownHost(http.HandlerFunc(s.feed))

	// The feed goes around all that: it is asked most, by programs, and takes
	// neither forms nor cookies. Its path is never logged.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case len(r.URL.Path) >= 6 && r.URL.Path[:6] == "/feed/":
			s.count.feed.Add(1)
			feed.ServeHTTP(w, r)
		case r.URL.Path == "/healthz":
			s.healthz(w, r)
		default:
			s.count.page.Add(1)
			s.log.Debug("request", "method", r.Method, "path", r.URL.Path)
			guarded.ServeHTTP(w, r)
		}
	})
}

// NewServer returns an http.Server with the handler and with limits that a page
// and a feed of this size stay far within: slow and huge requests end early.
func NewServer(o Options) (*http.Server, error) {
	h, err := Handler(o)
	if err != nil {
		return nil, err
	}
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      2 * time.Minute, // a run that a person asked for is waited for
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	if o.Log != nil {
		srv.ErrorLog = slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug)
	}
	return srv, nil
}
