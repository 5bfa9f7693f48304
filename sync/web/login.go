package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/time/rate"
)

const (
	sessionIdle = 7 * 24 * time.Hour  // a session ends when it is not used for so long,
	sessionMax  = 30 * 24 * time.Hour // and in any case after this
	maxSessions = 1000
)

// sessions are the browsers that are signed in. They are kept in memory as hashes:
// a restart signs everybody out, and nobody can take a session from a dump.
type sessions struct {
	mu   sync.Mutex
	open map[[32]byte]session
}

type session struct{ begun, used time.Time }

func newSessions() *sessions { return &sessions{open: map[[32]byte]session{}} }

func (s *sessions) start(now time.Time) string {
	b := make([]byte, 20)
	rand.Read(b)
	id := base64.RawURLEncoding.EncodeToString(b)
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, v := range s.open {
		if v.over(now) || len(s.open) >= maxSessions {
			delete(s.open, k)
		}
	}
	s.open[sha256.Sum256([]byte(id))] = session{now, now}
	return id
}

func (s *sessions) valid(id string, now time.Time) bool {
	key := sha256.Sum256([]byte(id))
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.open[key]
	if !ok || v.over(now) {
		delete(s.open, key)
		return false
	}
	v.used = now
	s.open[key] = v
	return true
}

func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, sha256.Sum256([]byte(id)))
}

func (s session) over(now time.Time) bool {
	return now.Sub(s.used) > sessionIdle || now.Sub(s.begun) > sessionMax
}

// gate slows down guessing: five tries at once from one network, then one in
// twelve seconds; and for everybody together no more than a person could make.
type gate struct {
	mu     sync.Mutex
	all    *rate.Limiter
	by     map[netip.Prefix]*rate.Limiter
	checks chan struct{} // bcrypt is slow on purpose: not more than two at once
}

const maxGates = 10_000

func newGate() *gate {
	return &gate{all: rate.NewLimiter(2, 30), by: map[netip.Prefix]*rate.Limiter{}, checks: make(chan struct{}, 2)}
}

func (g *gate) allow(ip netip.Addr, now time.Time) bool {
	bits := 32
	if ip.Is6() {
		bits = 64 // one household
	}
	p, _ := ip.Prefix(bits)
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.by[p]
	if l == nil {
		if len(g.by) >= maxGates {
			clear(g.by)
		}
		l = rate.NewLimiter(rate.Every(12*time.Second), 5)
		g.by[p] = l
	}
	return l.AllowN(now, 1) && g.all.AllowN(now, 1)
}

// checkPassword compares with the hash, slowly.
func (s *server) checkPassword(given string) bool {
	if len(given) > 72 { // bcrypt's own limit
		return false
	}
	s.gate.checks <- struct{}{}
	defer func() { <-s.gate.checks }()
	return bcrypt.CompareHashAndPassword([]byte(s.o.PasswordHash), []byte(given)) == nil
}

// loggedIn lets through who is signed in, and everybody when there is no login.
func (s *server) loggedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.o.PasswordHash == "" || s.sessions.valid(s.sessionID(r), s.o.Now()) {
			next.ServeHTTP(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			plainText(w, http.StatusUnauthorized, "You are not signed in any more, so nothing was done. Sign in at /login and try again.\n")
			return
		}
		to := "/login"
		if back := r.URL.RequestURI(); back != "/" {
			to += "?to=" + escapeQuery(back)
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
	})
}

// cookieName binds the cookie to this host and to https where there is https:
// RFC 6265bis section 4.1.3.2.
func (s *server) cookieName(r *http.Request) string {
	if s.encrypted(r) {
		return "__Host-followup"
	}
	return "followup"
}

func (s *server) sessionID(r *http.Request) string {
	c, err := r.Cookie(s.cookieName(r))
	if err != nil {
		return ""
	}
	return c.Value
}

func (s *server) setCookie(w http.ResponseWriter, r *http.Request, id string, age int) {
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(r), Value: id, Path: "/", MaxAge: age, HttpOnly: true,
		Secure: s.encrypted(r), SameSite: http.SameSiteLaxMode})
}

func (s *server) loginPage(w http.ResponseWriter, r *http.Request) {
	if s.o.PasswordHash == "" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	s.render(w, r, http.StatusOK, "login", loginData{To: ownPath(r.URL.Query().Get("to"))})
}

type loginData struct{ To, Error string }

func (s *server) login(w http.ResponseWriter, r *http.Request) {
	if s.o.PasswordHash == "" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	data := loginData{To: ownPath(r.PostFormValue("to"))}
	if !s.gate.allow(s.client(r), s.o.Now()) {
		w.Header().Set("Retry-After", "12")
		data.Error = "Too many tries. Wait a quarter of a minute, then try again."
		s.render(w, r, http.StatusTooManyRequests, "login", data)
		return
	}
	if !s.checkPassword(r.PostFormValue("password")) {
		s.log.Warn("a sign-in with a wrong password", "from", s.client(r).String())
		data.Error = "That is not the password. Try again; it is the one whose hash is in serve.password_hash."
		s.render(w, r, http.StatusForbidden, "login", data)
		return
	}
	s.setCookie(w, r, s.sessions.start(s.o.Now()), int(sessionMax/time.Second))
	http.Redirect(w, r, data.To, http.StatusSeeOther)
}

func (s *server) logout(w http.ResponseWriter, r *http.Request) {
	s.sessions.end(s.sessionID(r))
	s.setCookie(w, r, "", -1)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// ownPath keeps redirects on this site: a path of ours, else the first page.
func ownPath(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}
