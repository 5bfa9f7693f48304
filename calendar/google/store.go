package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/zalando/go-keyring"
	"golang.org/x/oauth2"

	"followup/calendar"
)

// grant is what is kept of a sign-in: an OAuth token, flat as x/oauth2 writes
// it, and what it takes to explain why it stopped working.
type grant struct {
	AccessToken  string    `json:"access_token"`
	TokenType    string    `json:"token_type,omitempty"`
	RefreshToken string    `json:"refresh_token,omitempty"`
	Expiry       time.Time `json:"expiry,omitzero"`
	Scope        string    `json:"scope,omitempty"`          // as granted, separated by blanks; "" when not known
	Issued       time.Time `json:"issued,omitzero"`          // when the person consented
	RefreshEnds  time.Time `json:"refresh_expires,omitzero"` // when Google said that the refresh token ends
	ClientID     string    `json:"client_id,omitempty"`      // of the client that it was given to
}

func (g grant) token() *oauth2.Token {
	return &oauth2.Token{AccessToken: g.AccessToken, TokenType: g.TokenType, RefreshToken: g.RefreshToken, Expiry: g.Expiry}
}

func (g grant) scopes() []string { return strings.Fields(g.Scope) }

// with returns the grant with a renewed token.
func (g grant) with(t *oauth2.Token) grant {
	g.AccessToken, g.TokenType, g.Expiry = t.AccessToken, t.TokenType, t.Expiry
	if t.RefreshToken != "" {
		g.RefreshToken = t.RefreshToken
	}
	if s, ok := t.Extra("scope").(string); ok && s != "" {
		g.Scope = s
	}
	return g
}

// A vault keeps one grant.
type vault interface {
	load() (grant, error) // calendar.ErrAuth when there is none
	save(grant) error
	remove() error
	lock() (unlock func()) // against other processes that renew at the same time
	String() string
}

const keyringPrefix = "keyring:"

func openVault(place string) (vault, error) {
	if name, ok := strings.CutPrefix(place, keyringPrefix); ok {
		return keyringVault(first(name, "google")), nil
	}
	if place == "" {
		return nil, errors.New("no place for the sign-in: set google.token_file")
	}
	return fileVault(place), nil
}

func decodeGrant(data []byte, place string) (grant, error) {
	var g grant
	// The decoder's own words could quote the token.
	if json.Unmarshal(data, &g) != nil || g.AccessToken == "" && g.RefreshToken == "" {
		return g, fmt.Errorf("%w: %s holds no usable sign-in; run followup auth google", calendar.ErrAuth, place)
	}
	return g, nil
}

// fileVault is a file with mode 0600, replaced atomically.
type fileVault string

func (f fileVault) String() string { return string(f) }

func (f fileVault) load() (grant, error) {
	data, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return grant{}, fmt.Errorf("%w: not signed in at Google yet; run followup auth google", calendar.ErrAuth)
	}
	if err != nil {
		return grant{}, fmt.Errorf("the sign-in can't be read: %w", err)
	}
	return decodeGrant(data, string(f))
}

func (f fileVault) save(g grant) error { return writeJSON(string(f), g) }

func (f fileVault) remove() error {
	if err := os.Remove(string(f)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the sign-in can't be removed: %w", err)
	}
	return nil
}

// lockWait is how long another process may take to renew.
const lockWait = 30 * time.Second

// lock keeps two processes, or two accounts of one, from renewing at once. A
// folder in which no lock can be made is no reason not to renew.
func (f fileVault) lock() func() {
	l := flock.New(filepath.Join(filepath.Dir(string(f)), "."+filepath.Base(string(f))+".lock"), flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(context.Background(), lockWait)
	defer cancel()
	if ok, err := l.TryLockContext(ctx, 10*time.Millisecond); err != nil || !ok {
		return func() {}
	}
	return func() { l.Unlock() } //nolint:errcheck // the process's end unlocks it, too
}

// writeJSON replaces the file as one step, readable by its owner alone.
func writeJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return calendar.WritePrivate(path, append(data, '\n'))
}

// keyringVault is an entry of the system's keyring. Whatever goes wrong there
// (no session bus under cron, a locked keychain) means that there is no keyring.
type keyringVault string

const keyringService = "followup"

func (k keyringVault) String() string { return "the system's keyring" }

func (k keyringVault) load() (grant, error) {
	s, err := keyring.Get(keyringService, string(k))
	if errors.Is(err, keyring.ErrNotFound) {
		return grant{}, fmt.Errorf("%w: no sign-in at Google in the keyring; run followup auth google", calendar.ErrAuth)
	}
	if err != nil {
		return grant{}, noKeyring(err)
	}
	return decodeGrant([]byte(s), k.String())
}

// save reads back what it wrote: a locked keychain has been seen to accept a
// secret and keep nothing.
func (k keyringVault) save(g grant) error {
	data, err := json.Marshal(g)
	if err != nil {
		return err
	}
	if err := keyring.Set(keyringService, string(k), string(data)); err != nil {
		return noKeyring(err)
	}
	if back, err := keyring.Get(keyringService, string(k)); err != nil || back != string(data) {
		return noKeyring(errors.New("it did not keep what was written"))
	}
	return nil
}

func (k keyringVault) remove() error {
	err := keyring.Delete(keyringService, string(k))
	if err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return noKeyring(err)
	}
	return nil
}

// lock: there is nothing to lock. Two that renew at once get a token each.
func (k keyringVault) lock() func() { return func() {} }

func noKeyring(err error) error {
	return fmt.Errorf("the system's keyring can't be used here (%w); set google.token_file to a file's path instead", err)
}
