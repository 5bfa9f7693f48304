package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"

	"followup/calendar"
)

// tokens gives out access tokens, renews them and keeps what it renewed. It is an
// oauth2.TokenSource. Renewal is synchronous: a process started by cron must not
// end in the middle of it.
type tokens struct {
	o      Options
	vault  vault
	client *http.Client // for the token endpoint: with a timeout, without a sign-in
	conf   *oauth2.Config
	jwt    *jwt.Config // instead of conf, for a service account

	mu   sync.Mutex
	cur  grant
	dead string // the refresh token that Google refused for good
}

// Token returns a token that is good for at least ten more seconds.
func (t *tokens) Token() (*oauth2.Token, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if tok := t.cur.token(); tok.Valid() {
		return tok, nil
	}
	if err := t.renew(); err != nil {
		return nil, err
	}
	return t.cur.token(), nil
}

// spent makes the next Token renew, if access is still the current one: the
// server no longer takes it.
func (t *tokens) spent(access string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cur.AccessToken == access {
		t.cur.AccessToken = ""
	}
}

func (t *tokens) access() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cur.AccessToken
}

// scopes returns the granted scopes as far as they are known.
func (t *tokens) scopes() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cur.scopes()
}

func (t *tokens) renew() error {
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, t.client)
	if t.jwt != nil {
		tok, err := t.jwt.TokenSource(ctx).Token()
		if err != nil {
			return t.explain(err)
		}
		t.cur = t.cur.with(tok)
		return nil
	}
	defer t.vault.lock()()
	if t.adopt() {
		return nil
	}
	if t.cur.RefreshToken == "" {
		return fmt.Errorf("%w: the sign-in at Google ended and holds nothing to renew it with; run followup auth google", calendar.ErrAuth)
	}
	if t.cur.RefreshToken == t.dead {
		return &tokenError{err: t.deadGrant()}
	}
	tok, err := t.conf.TokenSource(ctx, &oauth2.Token{RefreshToken: t.cur.RefreshToken}).Token()
	if err != nil {
		if refusedGrant(err) {
			t.dead = t.cur.RefreshToken
		}
		return t.explain(err)
	}
	t.cur = t.cur.with(tok)
	if err := t.vault.save(t.cur); err != nil {
		t.o.Log.Warn("the renewed sign-in could not be saved; it will be renewed again next time", "place", t.vault.String(), "error", err)
	}
	return nil
}

// adopt takes over what another process put into the vault meanwhile, which may
// be a new sign-in: writing over it would undo it.
func (t *tokens) adopt() bool {
	g, err := t.vault.load()
	if err != nil || g.AccessToken == t.cur.AccessToken && g.RefreshToken == t.cur.RefreshToken {
		return false
	}
	changed := g.RefreshToken != t.cur.RefreshToken
	fresh := g.token().Valid() && (changed || g.Expiry.After(t.cur.Expiry))
	if changed || fresh {
		t.cur = g
	}
	return fresh
}

// refusedGrant tells whether the grant itself is not accepted: RFC 6749 section 5.2.
func refusedGrant(err error) bool {
	var re *oauth2.RetrieveError
	return errors.As(err, &re) && re.ErrorCode == "invalid_grant"
}

// tokenError says why no access token could be had. No API request was made.
type tokenError struct {
	err       error
	transient bool
}

func (e *tokenError) Error() string { return e.err.Error() }
func (e *tokenError) Unwrap() error { return e.err }

// explain turns an answer of the token endpoint into words. It quotes no body:
// one may echo what was sent.
func (t *tokens) explain(err error) error {
	var re *oauth2.RetrieveError
	if !errors.As(err, &re) {
		return &tokenError{transient: true, err: fmt.Errorf("the token endpoint of Google can't be reached: %w", bare(err))}
	}
	status := 0
	if re.Response != nil {
		status = re.Response.StatusCode
	}
	switch {
	case refusedGrant(err):
		return &tokenError{err: t.deadGrant()}
	case re.ErrorCode == "invalid_client" || re.ErrorCode == "unauthorized_client":
		return &tokenError{err: fmt.Errorf("%w: Google does not know the OAuth client any more (%s); download the client file again and run followup auth google", calendar.ErrAuth, re.ErrorCode)}
	case status == http.StatusTooManyRequests || status >= 500:
		return &tokenError{transient: true, err: fmt.Errorf("the token endpoint of Google answered %d", status)}
	}
	return &tokenError{err: fmt.Errorf("%w: the token endpoint of Google answered %d %s; run followup auth google", calendar.ErrAuth, status, plain(re.ErrorCode, 60))}
}

const week = 7 * 24 * time.Hour

// deadGrant names the likely cause of invalid_grant. An app whose consent screen
// is left in "Testing" gets sign-ins that last seven days.
func (t *tokens) deadGrant() error {
	if t.jwt != nil {
		return fmt.Errorf("%w: Google refuses the service account for this user (invalid_grant); check its domain-wide delegation and its scopes in the admin console", calendar.ErrAuth)
	}
	const publish = "publish it (docs/google.md, \"Out of Testing\"), then run followup auth google"
	age := t.o.Now().Sub(t.cur.Issued)
	ended := !t.cur.RefreshEnds.IsZero() && !t.o.Now().Before(t.cur.RefreshEnds.Add(-time.Hour))
	switch {
	case ended, !t.cur.Issued.IsZero() && age > week-12*time.Hour && age < week+48*time.Hour:
		return fmt.Errorf("%w: the sign-in at Google ended seven days after it was made, as it does for an app left in \"Testing\": %s", calendar.ErrAuth, publish)
	case !t.cur.Issued.IsZero() && age < week:
		return fmt.Errorf("%w: Google revoked the sign-in (invalid_grant): access was removed, or the password changed; run followup auth google", calendar.ErrAuth)
	}
	return fmt.Errorf("%w: Google no longer accepts the sign-in (invalid_grant): it was revoked, unused for six months, or the app was left in \"Testing\", where a sign-in lasts seven days: %s", calendar.ErrAuth, publish)
}
