package caldav

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/icholy/digest"
	"golang.org/x/net/publicsuffix"

	"followup/calendar"
)

// Secret is a password or the place where it is kept. The first of Value, File
// and Command that is set counts.
type Secret struct {
	Value   string
	File    string   // its first line is the password
	Command []string // the first line of its output is the password; run without a shell
}

// maxSecret bounds what a file or command may give: a password is no novel.
const maxSecret = 64 << 10

// Read returns the password. Its errors never contain one.
func (s Secret) Read(ctx context.Context) (string, error) {
	switch {
	case s.Value != "":
		return s.Value, nil
	case s.File != "":
		f, err := os.Open(s.File)
		if err != nil {
			return "", fmt.Errorf("the CalDAV password can't be read: %w; store it with followup auth caldav", err)
		}
		defer f.Close()
		text, err := io.ReadAll(io.LimitReader(f, maxSecret))
		if err != nil {
			return "", fmt.Errorf("the CalDAV password can't be read: %w", err)
		}
		return firstLine(text, "the password file "+s.File)
	case len(s.Command) > 0:
		return s.run(ctx)
	}
	return "", fmt.Errorf("no CalDAV password is set: give password_file or password_command, or run followup auth caldav")
}

// run asks the password command. It has two minutes, for people who have to
// unlock something first, and the terminal to ask on.
func (s Secret) run(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.Command[0], s.Command[1:]...)
	cmd.WaitDelay = time.Second
	cmd.Stdin, cmd.Stderr = os.Stdin, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		// Arguments and output may hold the secret: the command's name has to do.
		return "", fmt.Errorf("the password command %s failed: %w", filepath.Base(s.Command[0]), err)
	}
	return firstLine(out, "the password command "+filepath.Base(s.Command[0]))
}

func firstLine(text []byte, from string) (string, error) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	line = bytes.TrimRight(line, "\r")
	if len(line) == 0 {
		return "", fmt.Errorf("%s gave an empty first line where the password should be", from)
	}
	return string(line), nil
}

// SaveSecret stores a password in a file that only its owner can read (0600),
// whole or not at all, in a folder that is made when it is missing (0700).
func SaveSecret(path, password string) error {
	if password == "" || strings.ContainsAny(password, "\r\n") {
		return errors.New("a password of one line is needed")
	}
	if err := calendar.WritePrivate(path, []byte(password+"\n")); err != nil {
		return fmt.Errorf("the password can't be stored: %w", err)
	}
	return nil
}

// auth signs requests: Basic (RFC 7617) until a host asks for Digest (RFC 7616).
type auth struct {
	user, password string

	mu         sync.Mutex
	challenges map[string]*challenge // by origin
	refused    time.Time             // when the login was last refused
}

type challenge struct {
	c *digest.Challenge
	n int
}

// sign adds the login to a request. The body is needed for the rare auth-int.
func (a *auth) sign(req *http.Request) error {
	if a.user == "" {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	ch := a.challenges[origin(req.URL)]
	if ch == nil {
		req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(a.user+":"+a.password)))
		return nil
	}
	ch.n++
	cred, err := digest.Digest(ch.c, digest.Options{
		Method: req.Method, URI: req.URL.RequestURI(), GetBody: req.GetBody, Count: ch.n,
		Username: a.user, Password: a.password,
	})
	if err != nil {
		return fmt.Errorf("%s asks for a kind of digest login that is not known here: %w", req.URL.Hostname(), err)
	}
	req.Header.Set("Authorization", cred.String())
	return nil
}

// learn takes a digest challenge from a refusal and tells whether it is worth
// another try: the first from this origin, or one that says that only the nonce
// was stale. A host that offers Basic too has refused the password itself.
func (a *auth) learn(u *url.URL, h http.Header) bool {
	c, err := digest.FindChallenge(h)
	if a.user == "" || err != nil || !digest.CanDigest(c) {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	known := a.challenges[origin(u)] != nil
	if known && !c.Stale || !known && offersBasic(h) {
		return false
	}
	if a.challenges == nil {
		a.challenges = map[string]*challenge{}
	}
	a.challenges[origin(u)] = &challenge{c: c}
	return true
}

func offersBasic(h http.Header) bool {
	for _, v := range h.Values("WWW-Authenticate") {
		if scheme, _, _ := strings.Cut(strings.TrimSpace(v), " "); strings.EqualFold(scheme, "basic") {
			return true
		}
	}
	return false
}

// lockOut is how long a refused login is not tried again, so that one run with
// twenty writes does not lock the account.
const lockOut = time.Minute

func (a *auth) refuse() {
	a.mu.Lock()
	a.refused = time.Now()
	a.mu.Unlock()
}

func (a *auth) lockedOut() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.refused.IsZero() && time.Since(a.refused) < lockOut
}

// scrub takes the password, as it is and as it is sent, out of a text.
func (a *auth) scrub(text string) string {
	if a.password == "" {
		return text
	}
	basic := base64.StdEncoding.EncodeToString([]byte(a.user + ":" + a.password))
	return strings.NewReplacer(basic, "***", a.password, "***", url.QueryEscape(a.password), "***", url.PathEscape(a.password), "***").Replace(text)
}

// secure refuses addresses over which a login could be overheard.
func secure(u *url.URL) error {
	if u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()) {
		return nil
	}
	return fmt.Errorf("%s://%s is not encrypted: the login would be sent in the open; use https://", u.Scheme, u.Host)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// origin is scheme, host and port (RFC 6454).
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// sameSite tells whether the login for one address may be sent to another: the
// same origin, or over TLS a host under the same registrable domain, as iCloud's
// caldav.icloud.com sends people to p42-caldav.icloud.com. Addresses by number
// have no domain and must be the same.
func sameSite(from, to *url.URL) bool {
	if origin(from) == origin(to) {
		return true
	}
	if from.Scheme != "https" || to.Scheme != "https" {
		return false
	}
	a, b := strings.ToLower(from.Hostname()), strings.ToLower(to.Hostname())
	if a == b {
		return true
	}
	if net.ParseIP(a) != nil || net.ParseIP(b) != nil {
		return false
	}
	siteA, errA := publicsuffix.EffectiveTLDPlusOne(a)
	siteB, errB := publicsuffix.EffectiveTLDPlusOne(b)
	return errA == nil && errB == nil && siteA == siteB
}
