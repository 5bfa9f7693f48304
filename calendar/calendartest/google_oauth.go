package calendartest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The client that the fake knows.
const (
	GoogleClientID     = "1234567890-followup.apps.googleusercontent.example"
	GoogleClientSecret = "GOCSPX-a-secret-of-the-test-client"
)

// googleGrant is one consent of the user, with the refresh token it gave.
type googleGrant struct {
	scopes  []string
	refresh string
	revoked bool
	subject string // a service account's user
}

type googleCode struct {
	redirect, challenge string
	scopes              []string
	offline             bool
}

type googleAccess struct {
	grant   *googleGrant
	expires time.Time
}

// ClientFile returns the client file to sign in with at this server, as Google's
// console hands it out.
func (g *Google) ClientFile() []byte {
	data, _ := json.Marshal(map[string]any{"installed": map[string]any{
		"client_id": GoogleClientID, "client_secret": GoogleClientSecret,
		"auth_uri": g.URL + "/o/oauth2/v2/auth", "token_uri": g.URL + "/token",
		"redirect_uris": []string{"http://localhost"},
	}})
	return data
}

// Grant gives a consent to the scopes without a browser and returns a token file
// as x/oauth2 writes one. The access token is good until valid.
func (g *Google) Grant(valid time.Time, scopes ...string) []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	gr := &googleGrant{scopes: scopes, refresh: "1//refresh-" + rand.Text()}
	g.grants = append(g.grants, gr)
	data, _ := json.Marshal(map[string]any{
		"access_token": g.access(gr, valid), "token_type": "Bearer", "refresh_token": gr.refresh,
		"expiry": valid.Format(time.RFC3339), "scope": strings.Join(scopes, " "),
	})
	return data
}

func (g *Google) access(gr *googleGrant, expires time.Time) string {
	t := "ya29.access-" + rand.Text()
	g.tokens[t] = googleAccess{grant: gr, expires: expires}
	return t
}

// Revoke ends every consent, as a user does in the account's settings.
func (g *Google) Revoke() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, gr := range g.grants {
		gr.revoked = true
	}
	clear(g.tokens)
}

// ExpireAccess makes the access tokens given out so far useless; refresh tokens
// stay.
func (g *Google) ExpireAccess() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.tokens)
}

// Secrets returns every secret that was given out or taken: none may be found in
// a log, a message or a state file.
func (g *Google) Secrets() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append(slices.Clone(g.secrets), GoogleClientSecret)
}

func (g *Google) authorize(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	q := r.URL.Query()
	redirect, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != GoogleClientID || !loopbackRedirect(redirect) {
		g.violate("authorization for client %q and redirect %q", q.Get("client_id"), q.Get("redirect_uri"))
		http.Error(w, "Error 400: redirect_uri_mismatch", http.StatusBadRequest)
		return
	}
	scopes := strings.Fields(q.Get("scope"))
	g.mustHave(q, "response_type", "code")
	g.mustHave(q, "code_challenge_method", "S256")
	if len(q.Get("state")) < 16 || len(q.Get("code_challenge")) != 43 {
		g.violate("authorization without a state or challenge worth the name")
	}
	for _, s := range scopes {
		if _, ok := g.api.Auth.OAuth2.Scopes[s]; !ok {
			g.violate("no such scope: %s", s)
		}
	}
	answer := url.Values{"state": {q.Get("state")}}
	granted, refusal := scopes, ""
	if g.Consent != nil {
		granted, refusal = g.Consent(scopes)
	}
	if refusal != "" {
		answer.Set("error", refusal)
	} else {
		code := "4/code-" + rand.Text()
		g.secrets = append(g.secrets, code)
		g.codes[code] = googleCode{redirect: q.Get("redirect_uri"), challenge: q.Get("code_challenge"), scopes: granted, offline: q.Get("access_type") == "offline"}
		answer.Set("code", code)
		answer.Set("scope", strings.Join(granted, " "))
	}
	redirect.RawQuery = answer.Encode()
	http.Redirect(w, r, redirect.String(), http.StatusFound)
}

func (g *Google) mustHave(q url.Values, name, value string) {
	if q.Get(name) != value {
		g.violate("authorization with %s=%q, want %q", name, q.Get(name), value)
	}
}

func loopbackRedirect(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && ip != nil && ip.IsLoopback() && u.Port() != ""
}

func (g *Google) tokenEndpoint(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
		g.oauthError(w, "invalid_request", "POST a form")
		return
	}
	f := r.PostForm
	g.mu.Lock()
	defer g.mu.Unlock()
	g.renewals++
	if f.Get("grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		g.serviceToken(w, f)
		return
	}
	if _, _, basic := r.BasicAuth(); basic || f.Get("client_id") != GoogleClientID || f.Get("client_secret") != GoogleClientSecret {
		g.oauthError(w, "invalid_client", "Unauthorized")
		return
	}
	switch f.Get("grant_type") {
	case "authorization_code":
		g.codeToken(w, f)
	case "refresh_token":
		i := slices.IndexFunc(g.grants, func(gr *googleGrant) bool { return gr.refresh == f.Get("refresh_token") && !gr.revoked })
		if i < 0 || f.Get("refresh_token") == "" {
			g.oauthError(w, "invalid_grant", "Token has been expired or revoked.")
			return
		}
		g.giveToken(w, g.grants[i], false)
	default:
		g.oauthError(w, "unsupported_grant_type", "")
	}
}

func (g *Google) codeToken(w http.ResponseWriter, f url.Values) {
	c, ok := g.codes[f.Get("code")]
	delete(g.codes, f.Get("code"))
	sum := sha256.Sum256([]byte(f.Get("code_verifier")))
	if !ok || f.Get("redirect_uri") != c.redirect || base64.RawURLEncoding.EncodeToString(sum[:]) != c.challenge {
		g.oauthError(w, "invalid_grant", "Bad Request")
		return
	}
	gr := &googleGrant{scopes: c.scopes}
	if c.offline {
		gr.refresh = "1//refresh-" + rand.Text()
	}
	g.grants = append(g.grants, gr)
	g.giveToken(w, gr, true)
}

// serviceToken answers a service account: RFC 7523. The signature is not looked
// at; the claims are.
func (g *Google) serviceToken(w http.ResponseWriter, f url.Values) {
	parts := strings.Split(f.Get("assertion"), ".")
	var claims struct{ Iss, Sub, Scope, Aud string }
	if len(parts) == 3 {
		data, _ := base64.RawURLEncoding.DecodeString(parts[1])
		json.Unmarshal(data, &claims) //nolint:errcheck // empty claims are refused below
	}
	if claims.Iss == "" || claims.Sub == "" || claims.Aud != g.URL+"/token" {
		g.oauthError(w, "invalid_grant", "Invalid JWT")
		return
	}
	gr := &googleGrant{scopes: strings.Fields(claims.Scope), subject: claims.Sub}
	if g.Delegated != nil && slices.ContainsFunc(gr.scopes, func(s string) bool { return !slices.Contains(g.Delegated, s) }) {
		g.oauthError(w, "unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.")
		return
	}
	g.grants = append(g.grants, gr)
	g.giveToken(w, gr, false)
}

func (g *Google) giveToken(w http.ResponseWriter, gr *googleGrant, first bool) {
	life := g.AccessLife
	if life == 0 {
		life = time.Hour
	}
	answer := map[string]any{
		"access_token": g.access(gr, time.Now().Add(life)), "token_type": "Bearer",
		"expires_in": int(life.Seconds()) - 1, "scope": strings.Join(gr.scopes, " "),
	}
	if first && gr.refresh != "" {
		answer["refresh_token"] = gr.refresh
		g.secrets = append(g.secrets, gr.refresh)
		if g.Testing {
			answer["refresh_token_expires_in"] = 604799
		}
	}
	g.secrets = append(g.secrets, answer["access_token"].(string))
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	json.NewEncoder(w).Encode(answer)
}

func (g *Google) oauthError(w http.ResponseWriter, code, description string) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	status := http.StatusBadRequest
	if code == "invalid_client" {
		status = http.StatusUnauthorized
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": description})
}

func (g *Google) revokeEndpoint(w http.ResponseWriter, r *http.Request) {
	token := r.FormValue("token")
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, gr := range g.grants {
		if gr.refresh == token && token != "" && !gr.revoked {
			gr.revoked = true
			for t, a := range g.tokens {
				if a.grant == gr {
					delete(g.tokens, t)
				}
			}
			return
		}
	}
	g.oauthError(w, "invalid_token", "Token expired or revoked")
}
