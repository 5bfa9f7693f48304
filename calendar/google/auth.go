package google

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"followup/calendar"
)

// AuthOptions say how a person signs in.
type AuthOptions struct {
	Options
	Scopes    []string           // see ScopesFor
	NoBrowser bool               // for a machine without one: only print the address, accept the pasted answer
	Out       io.Writer          // where the address and the steps are printed
	In        io.Reader          // where a pasted redirect address is read from; nil: nowhere
	Open      func(string) error // opens the browser; nil: the system's
	Wait      time.Duration      // for the person; 0: 5 min
}

// Granted is what the person allowed.
type Granted struct {
	Scopes  []string // "" when Google did not say: then as asked
	Missing []string // asked for and not allowed: followup can do less
	Place   string   // where the sign-in is kept
}

// Authorize signs a person in: it prints an address, waits for the browser to
// come back to a loopback address (RFC 8252 section 7.3) or for the pasted
// redirect address, exchanges the code and keeps the sign-in.
//
// It fails with calendar.ErrAuth when the person or Google refused.
func Authorize(ctx context.Context, o AuthOptions) (Granted, error) {
	o.Options = o.withDefaults()
	if o.Wait <= 0 {
		o.Wait = 5 * time.Minute
	}
	c, err := readClientFile(o.ClientFile)
	if err != nil {
		return Granted{}, err
	}
	if c.Type == "service_account" {
		return authorizeService(c, o)
	}
	conf, err := c.oauth(o.Options)
	if err != nil {
		return Granted{}, err
	}
	v, err := openVault(o.TokenFile)
	if err != nil {
		return Granted{}, err
	}
	conf.Scopes = o.Scopes
	ctx, cancel := context.WithTimeout(ctx, o.Wait)
	defer cancel()
	tok, err := consent(ctx, conf, o)
	if err != nil {
		return Granted{}, err
	}
	return keepGrant(ctx, v, conf, tok, o)
}

// authorizeService tries the service account's key: there is nobody to ask.
func authorizeService(c clientFile, o AuthOptions) (Granted, error) {
	conf, err := c.service(o.Options, serviceScopes)
	if err != nil {
		return Granted{}, err
	}
	t := &tokens{o: o.Options, client: tokenClient(o.Options), jwt: conf}
	if _, err := t.Token(); err != nil {
		return Granted{}, err
	}
	return Granted{Scopes: serviceScopes, Place: o.ClientFile + " (service account for " + conf.Subject + ")"}, nil
}

// consent gets a token by way of the person's browser.
func consent(ctx context.Context, conf *oauth2.Config, o AuthOptions) (*oauth2.Token, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("no port to wait for the browser on: %w", err)
	}
	defer l.Close()
	conf.RedirectURL = "http://" + l.Addr().String()
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	address := conf.AuthCodeURL(state, oauth2.AccessTypeOffline,
		oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("prompt", "consent"))

	answers := make(chan answer, 2)
	srv := &http.Server{Handler: landing(state, answers), ReadHeaderTimeout: 10 * time.Second}
	go srv.Serve(l) //nolint:errcheck // ends with the listener
	defer finish(srv)
	if opened := invite(address, l.Addr(), o); !opened && o.In != nil {
		go readPasted(o, state, answers)
	}
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: nobody came back from the browser; run followup auth google again", calendar.ErrAuth)
	case a := <-answers:
		if a.err != nil {
			return nil, a.err
		}
		return exchange(ctx, conf, a.code, verifier, o)
	}
}

// finish lets the browser have its page before the server ends.
func finish(srv *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if srv.Shutdown(ctx) != nil {
		srv.Close()
	}
}

// invite prints the address, and opens the browser where there is one. Only
// without one is the terminal's input ours to read.
func invite(address string, at net.Addr, o AuthOptions) (opened bool) {
	port := at.(*net.TCPAddr).Port
	fmt.Fprintf(o.Out, "Open this address in your browser and allow followup what it asks for:\n\n%s\n\n", address)
	if o.NoBrowser {
		fmt.Fprintf(o.Out, "If the browser runs on another machine it will end at an address beginning with\nhttp://127.0.0.1:%d that it can't open: copy that address and paste it here,\nor forward the port first: ssh -L %d:127.0.0.1:%d HOST\n\n", port, port, port)
		return false
	}
	open := o.Open
	if open == nil {
		open = openBrowser
	}
	if err := open(address); err != nil {
		fmt.Fprintln(o.Out, "No browser could be opened here. Open the address yourself; if it ends at an address\nthat can't be opened, copy that one and paste it here.")
		return false
	}
	return true
}

// answer is what came back from the browser.
type answer struct {
	code string
	err  error
}

// parseAnswer reads the query of a redirect: RFC 6749 section 4.1.2. An answer
// with another state is not ours; ok is false.
func parseAnswer(q url.Values, state string) (answer, bool) {
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(state)) != 1 {
		return answer{}, false
	}
	switch e := q.Get("error"); {
	case e == "access_denied":
		return answer{err: fmt.Errorf("%w: you did not allow it; followup can't read the calendar without", calendar.ErrAuth)}, true
	case e != "":
		return answer{err: fmt.Errorf("%w: Google refused the sign-in: %s", calendar.ErrAuth, plain(e, 60))}, true
	case q.Get("code") == "":
		return answer{}, false
	}
	return answer{code: q.Get("code")}, true
}

// landing is the page that the browser comes back to. Whoever calls it without
// our state is turned away, and the wait goes on.
func landing(state string, answers chan<- answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		if r.URL.Path != "/" || r.Method != http.MethodGet {
			http.NotFound(w, r)
			return
		}
		a, ok := parseAnswer(r.URL.Query(), state)
		switch {
		case !ok:
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, "This is not the answer that followup waits for.\n")
			return
		case a.err != nil:
			io.WriteString(w, "followup was not allowed in. You can close this page.\n")
		default:
			io.WriteString(w, "followup is signed in. You can close this page.\n")
		}
		select {
		case answers <- a:
		default: // answered already
		}
	})
}

// readPasted takes the redirect address from the terminal, until one fits.
func readPasted(o AuthOptions, state string, answers chan<- answer) {
	lines := bufio.NewScanner(o.In)
	lines.Buffer(nil, 16<<10)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		u, err := url.Parse(line)
		if err == nil {
			if a, ok := parseAnswer(u.Query(), state); ok {
				answers <- a
				return
			}
		}
		fmt.Fprintln(o.Out, "That is not the address that this sign-in ended at; copy the whole address from the browser.")
	}
}

// exchange trades the code for a token: RFC 6749 section 4.1.3, RFC 7636.
func exchange(ctx context.Context, conf *oauth2.Config, code, verifier string, o AuthOptions) (*oauth2.Token, error) {
	t := &tokens{o: o.Options}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, tokenClient(o.Options))
	for attempt := 0; ; attempt++ {
		tok, err := conf.Exchange(ctx, code, oauth2.VerifierOption(verifier))
		if err == nil {
			return tok, nil
		}
		if refusedGrant(err) {
			return nil, fmt.Errorf("%w: Google did not accept the code; it is good for one use and a few minutes: run followup auth google again", calendar.ErrAuth)
		}
		err = t.explain(err)
		var te *tokenError
		if attempt >= 3 || !errors.As(err, &te) || !te.transient {
			return nil, err
		}
		if err := sleep(ctx, backoff(o.Backoff, attempt, 0)); err != nil {
			return nil, err
		}
	}
}

// keepGrant checks what was allowed and keeps it.
func keepGrant(ctx context.Context, v vault, conf *oauth2.Config, tok *oauth2.Token, o AuthOptions) (Granted, error) {
	g := grant{Issued: o.Now().UTC().Truncate(time.Second), ClientID: conf.ClientID, Scope: strings.Join(o.Scopes, " ")}.with(tok)
	if n, ok := tok.Extra("refresh_token_expires_in").(float64); ok && n > 0 {
		g.RefreshEnds = g.Issued.Add(time.Duration(n) * time.Second)
	}
	if s, ok := tok.Extra("scope").(string); ok {
		g.Scope = s // said, so it counts, even when it is nothing: RFC 6749 section 5.1
	}
	out := Granted{Scopes: g.scopes(), Missing: missingScopes(o.Scopes, g.scopes()), Place: v.String()}
	if len(out.Missing) == len(o.Scopes) && len(o.Scopes) > 0 {
		return out, fmt.Errorf("%w: nothing of what followup needs was allowed: %s; run followup auth google again and tick the boxes", calendar.ErrAuth, scopeWords(out.Missing))
	}
	if g.RefreshToken == "" {
		return out, fmt.Errorf("%w: Google gave no lasting sign-in; remove followup at https://myaccount.google.com/connections and run followup auth google again", calendar.ErrAuth)
	}
	if err := v.save(g); err != nil {
		return out, fmt.Errorf("the sign-in can't be kept: %w", err)
	}
	findCalendars(ctx, o.Options)
	return out, nil
}

// findCalendars looks which calendars of ours are in the account that was signed
// in to. One that is not was deleted, or is in another account: a new one is made
// in its place, when there is something to write.
func findCalendars(ctx context.Context, o Options) {
	a, err := Open(ctx, o)
	if err != nil {
		return
	}
	kept, err := a.kept.read()
	if err != nil {
		return // the next run says so
	}
	c := caller{a: a}
	for name, id := range kept.Calendars {
		if there, known := c.calendarThere(ctx, id); known && !there {
			err = errors.Join(err, a.kept.lose(name, id))
		}
	}
	for id := range kept.Lost {
		if there, _ := c.calendarThere(ctx, id); there {
			err = errors.Join(err, a.kept.regain(id))
		}
	}
	if err != nil {
		o.Log.Warn("which calendar is followup's own could not be noted", "error", err)
	}
}

// calendarThere tells whether the account has the calendar; known is false when
// that could not be found out.
func (c *caller) calendarThere(ctx context.Context, id string) (there, known bool) {
	err := c.read(ctx, func(ctx context.Context) error {
		_, err := c.a.service.Calendars.Get(id).Context(ctx).Do()
		return err
	})
	var f *failure
	if errors.As(err, &f) && (f.status == http.StatusNotFound || f.status == http.StatusGone) {
		return false, true
	}
	return err == nil, err == nil
}
