package google

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// SignIn is what is known of a sign-in without asking Google. It holds no secret.
type SignIn struct {
	Place    string    `json:"place"`             // where it is kept
	Service  string    `json:"service,omitempty"` // the user that a service account acts for; "" for a person
	Scopes   []string  `json:"scopes"`            // granted, nil when not known
	Missing  []string  `json:"missing"`           // of those that are needed
	Issued   time.Time `json:"issued,omitzero"`   // when the person consented
	Ends     time.Time `json:"ends,omitzero"`     // when Google said that it ends, as for an app in "Testing"
	Expiry   time.Time `json:"expiry,omitzero"`   // of the access token, which is renewed by itself
	Warnings []string  `json:"warnings,omitempty"`
}

// Status reads the sign-in: calendar.ErrAuth when there is none.
func Status(o Options, need []string) (SignIn, error) {
	o = o.withDefaults()
	c, err := readClientFile(o.ClientFile)
	if err != nil {
		return SignIn{}, err
	}
	if c.Type == "service_account" {
		conf, err := c.service(o, serviceScopes)
		if err != nil {
			return SignIn{}, err
		}
		return SignIn{Place: o.ClientFile, Service: conf.Subject, Scopes: serviceScopes}, nil
	}
	v, err := openVault(o.TokenFile)
	if err != nil {
		return SignIn{}, err
	}
	g, err := v.load()
	if err != nil {
		return SignIn{}, err
	}
	s := SignIn{Place: v.String(), Scopes: g.scopes(), Issued: g.Issued, Ends: g.RefreshEnds, Expiry: g.Expiry}
	if len(s.Scopes) > 0 {
		s.Missing = missingScopes(need, s.Scopes)
	}
	s.Warnings = warnings(g, c, o.Now())
	return s, nil
}

func warnings(g grant, c clientFile, now time.Time) []string {
	var w []string
	if g.ClientID != "" && c.Installed != nil && g.ClientID != c.Installed.ClientID {
		w = append(w, "the sign-in belongs to another client file; run followup auth google")
	}
	if !g.RefreshEnds.IsZero() && g.RefreshEnds.Sub(g.Issued) < 8*24*time.Hour {
		if left := g.RefreshEnds.Sub(now); left > 0 {
			w = append(w, fmt.Sprintf("the sign-in ends on %s: the app is in \"Testing\", where one lasts seven days; publish it (docs/google.md) and run followup auth google", g.RefreshEnds.Local().Format("Mon 2 Jan 15:04")))
		}
	}
	if g.RefreshToken == "" {
		w = append(w, "the sign-in can't renew itself; run followup auth google")
	}
	return w
}

// Check asks Google for a new access token, and so tells whether the sign-in
// still works.
func Check(ctx context.Context, o Options) error {
	a, err := Open(ctx, o)
	if err != nil {
		return err
	}
	a.tokens.spent(a.tokens.access())
	_, err = a.tokens.Token()
	return err
}

// Logout revokes the sign-in at Google and removes it here. It is removed also
// when Google can't be reached; the error then says that it was not revoked. It
// takes no client file: a token is revoked by whoever holds it.
func Logout(ctx context.Context, o Options) error {
	o = o.withDefaults()
	c, err := readClientFile(o.ClientFile)
	if err == nil && c.Type == "service_account" {
		return errors.New("a service account has no sign-in to end; take its delegation away in the admin console, and remove the key file")
	}
	if err != nil {
		c = clientFile{Installed: &installedClient{}}
	}
	conf, err := c.oauth(o)
	if err != nil {
		return err
	}
	v, err := openVault(o.TokenFile)
	if err != nil {
		return err
	}
	g, err := v.load()
	if err != nil {
		return err
	}
	rerr := revoke(ctx, o, conf, g)
	if err := v.remove(); err != nil {
		return err
	}
	if rerr != nil {
		return fmt.Errorf("the sign-in was removed here but not revoked at Google (%w); remove followup at https://myaccount.google.com/connections", rerr)
	}
	return nil
}

// revoke ends the grant: RFC 7009, at the token endpoint's sibling as Google has
// it (https://oauth2.googleapis.com/revoke), or where nothing is there, at the
// root. A token that is not known any more is as good as revoked.
func revoke(ctx context.Context, o Options, conf *oauth2.Config, g grant) error {
	u, err := url.Parse(conf.Endpoint.TokenURL)
	if err != nil {
		return err
	}
	status := 0
	for _, at := range slices.Compact([]string{path.Join("/", path.Dir(u.Path), "revoke"), "/revoke"}) {
		u.Path = at
		if status, err = postToken(ctx, o, u.String(), first(g.RefreshToken, g.AccessToken)); err != nil {
			return err
		}
		if status != http.StatusNotFound {
			break
		}
	}
	if status >= 300 && status != http.StatusBadRequest {
		return fmt.Errorf("the answer was %d", status)
	}
	return nil
}

// postToken sends a token to be revoked, and returns the status of the answer.
func postToken(ctx context.Context, o Options, address, token string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(url.Values{"token": {token}}.Encode()))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := tokenClient(o).Do(req)
	if err != nil {
		return 0, bare(err)
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
	return resp.StatusCode, nil
}
