package web

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"followup/calendar"
)

// minSecret is the least length of a secret in characters: 26 of base32 hold 128 bits.
const minSecret = 26

var secretEncoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// secretLife is how long a secret is used before it is asked for again: it usually
// lies in a file, which is not read a thousand times a second.
const secretLife = time.Second

// secrets remembers the secret for a moment.
type secrets struct {
	ask  func() string
	life time.Duration

	mu     sync.Mutex
	secret string
	until  time.Time
}

func (s *secrets) get() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); !now.Before(s.until) {
		s.secret, s.until = s.ask(), now.Add(s.life)
	}
	return s.secret
}

// forget makes the next get ask.
func (s *secrets) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = time.Time{}
}

// NewSecret returns a new secret for the feed's address: 160 random bits in
// letters and digits that are not mistaken for each other.
func NewSecret() string {
	b := make([]byte, 20)
	rand.Read(b) // never fails: crypto/rand
	return secretEncoding.EncodeToString(b)
}

// LoadSecret reads the feed's secret from a file and makes a new one when there
// is none. The file is readable by its owner alone.
func LoadSecret(path string) (string, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return RotateSecret(path)
	}
	if err != nil {
		return "", fmt.Errorf("the feed's secret can't be read: %w", err)
	}
	secret := strings.TrimSpace(string(b))
	if len(secret) < minSecret || strings.ContainsAny(secret, "/?#% .") {
		return "", fmt.Errorf("%s holds no secret of a feed: remove the file and a new one is made", path)
	}
	return secret, nil
}

// RotateSecret puts a new secret into the file: the feed's old address is
// answered with 404 from then on.
func RotateSecret(path string) (string, error) {
	secret := NewSecret()
	if err := calendar.WritePrivate(path, []byte(secret+"\n")); err != nil {
		return "", fmt.Errorf("the feed's secret can't be kept: %w", err)
	}
	return secret, nil
}
