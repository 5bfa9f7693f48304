package google

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	api "google.golang.org/api/calendar/v3"
	"google.golang.org/api/option"
)

// Account is one signed-in Google account. It is safe for concurrent use.
type Account struct {
	o       Options
	tokens  *tokens
	service *api.Service
	kept    *keptCalendars
	weary   atomic.Bool // a call used up its patience, and none has succeeded since
}

// Open reads the client file and the sign-in. It makes no request.
//
// calendar.ErrAuth tells that there is no sign-in yet.
func Open(ctx context.Context, o Options) (*Account, error) {
	o = o.withDefaults()
	endpoint, err := o.endpoint()
	if err != nil {
		return nil, err
	}
	t, err := openTokens(o)
	if err != nil {
		return nil, err
	}
	// Not WithTokenSource: that renews in the background, and a process started by
	// cron may end in the middle of it.
	svc, err := api.NewService(ctx,
		option.WithHTTPClient(newClient(o.Transport, t)),
		option.WithEndpoint(endpoint))
	if err != nil {
		return nil, err
	}
	svc.UserAgent = o.UserAgent + " (gzip)"
	return &Account{o: o, tokens: t, service: svc, kept: openKept(o.TokenFile)}, nil
}

func openTokens(o Options) (*tokens, error) {
	c, err := readClientFile(o.ClientFile)
	if err != nil {
		return nil, err
	}
	t := &tokens{o: o, client: tokenClient(o)}
	if c.Type == "service_account" {
		t.jwt, err = c.service(o, serviceScopes)
		return t, err
	}
	if t.conf, err = c.oauth(o); err != nil {
		return nil, err
	}
	if t.vault, err = openVault(o.TokenFile); err != nil {
		return nil, err
	}
	t.cur, err = t.vault.load()
	return t, err
}

// tokenClient talks to the token endpoint, where a redirect is as unwanted.
func tokenClient(o Options) *http.Client {
	return &http.Client{
		Transport:     limited{o.Transport},
		Timeout:       min(o.Timeout, 30*time.Second),
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirect },
	}
}
