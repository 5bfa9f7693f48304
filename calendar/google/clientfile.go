package google

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/oauth2"
	googleoauth "golang.org/x/oauth2/google"
	"golang.org/x/oauth2/jwt"
)

// clientFile is what Google's console hands out for download.
type clientFile struct {
	Installed *installedClient `json:"installed"`
	Web       *installedClient `json:"web"`
	Type      string           `json:"type"`    // "service_account"
	Subject   string           `json:"subject"` // not Google's: may be added to a service account's key
	raw       []byte
}

type installedClient struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	AuthURI      string `json:"auth_uri"`
	TokenURI     string `json:"token_uri"`
}

func readClientFile(path string) (clientFile, error) {
	var c clientFile
	if path == "" {
		return c, errors.New("no OAuth client: set google.client_file to the file downloaded from Google's console (docs/google.md says how to get one)")
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, fmt.Errorf("the OAuth client file %s is not there; docs/google.md says how to get one", path)
	}
	if err != nil {
		return c, fmt.Errorf("the OAuth client file can't be read: %w", err)
	}
	// The decoder's own words could quote the file, which holds a secret.
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("the OAuth client file %s is no JSON; download it again from Google's console", path)
	}
	c.raw = data
	return c, c.check(path)
}

func (c clientFile) check(path string) error {
	switch {
	case c.Type == "service_account":
		return nil
	case c.Installed == nil && c.Web != nil:
		return fmt.Errorf("%s is a client of type \"Web application\", which can't sign in from a terminal; make one of type \"Desktop app\"", path)
	case c.Installed == nil || c.Installed.ClientID == "":
		return fmt.Errorf("%s is no OAuth client file: it has no \"installed\" client; make a client of type \"Desktop app\" and download its JSON", path)
	}
	return nil
}

// oauth returns the configuration of the sign-in. An override beats the client
// file, which beats Google's addresses; each is checked.
func (c clientFile) oauth(o Options) (*oauth2.Config, error) {
	in := c.Installed
	auth := first(o.AuthURL, in.AuthURI, defaultAuthURL)
	token := first(o.TokenURL, in.TokenURI, defaultTokenURL)
	if _, err := checkURL("google.auth_url", auth); err != nil {
		return nil, err
	}
	if _, err := checkURL("google.token_url", token); err != nil {
		return nil, err
	}
	return &oauth2.Config{
		ClientID:     in.ClientID,
		ClientSecret: in.ClientSecret,
		// Google takes the client in the body only; probing for it would cost a
		// request and hide the real error.
		Endpoint: oauth2.Endpoint{AuthURL: auth, TokenURL: token, AuthStyle: oauth2.AuthStyleInParams},
	}, nil
}

// service returns the configuration of a service account that acts for a user.
func (c clientFile) service(o Options, scopes []string) (*jwt.Config, error) {
	conf, err := googleoauth.JWTConfigFromJSON(c.raw, scopes...)
	if err != nil {
		return nil, errors.New("the service account's key is not usable; download it again from Google's console")
	}
	conf.Subject = first(o.Subject, c.Subject)
	if conf.Subject == "" {
		return nil, errors.New("a service account needs the user that it acts for (domain-wide delegation): set google.subject to name@your-domain; alone it would make calendars that nobody can own")
	}
	if o.TokenURL != "" {
		conf.TokenURL = o.TokenURL
	}
	if _, err := checkURL("google.token_url", conf.TokenURL); err != nil {
		return nil, err
	}
	return conf, nil
}

func first(s ...string) string {
	for _, v := range s {
		if v != "" {
			return v
		}
	}
	return ""
}
