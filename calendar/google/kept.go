package google

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// keptCalendars remembers which calendars followup made, beside the sign-in and
// not in the state: with the narrow scope there is no listing in which a calendar
// could be found again, and a second one would hold every follow-up twice.
type keptCalendars struct {
	path string

	mu sync.Mutex
}

type keptFile struct {
	Calendars map[string]string    `json:"calendars"`        // name to id
	Making    map[string]time.Time `json:"making,omitempty"` // begun, and the answer not seen yet
}

func openKept(tokenFile string) *keptCalendars {
	if tokenFile == "" || strings.HasPrefix(tokenFile, keyringPrefix) {
		dir, err := os.UserConfigDir()
		if err != nil {
			dir = "."
		}
		return &keptCalendars{path: filepath.Join(dir, "followup", "google-calendars.json")}
	}
	return &keptCalendars{path: strings.TrimSuffix(tokenFile, ".json") + "-calendars.json"}
}

func (k *keptCalendars) read() (keptFile, error) {
	f := keptFile{Calendars: map[string]string{}, Making: map[string]time.Time{}}
	data, err := os.ReadFile(k.path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return f, fmt.Errorf("which calendar is followup's own can't be read: %w", err)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("%s is damaged: put followup's calendar id into target.calendar, or remove the file to have a new calendar made", k.path)
	}
	if f.Calendars == nil {
		f.Calendars = map[string]string{}
	}
	if f.Making == nil {
		f.Making = map[string]time.Time{}
	}
	return f, nil
}

// id returns the id of the calendar of that name, "" when none was made.
func (k *keptCalendars) id(name string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	f, err := k.read()
	return f.Calendars[name], err
}

// begin notes that a calendar is about to be made, and tells whether an earlier
// attempt was never settled. It fails, before anything is made, where the id
// could not be kept afterwards.
func (k *keptCalendars) begin(name string, now time.Time) (open bool, err error) {
	err = k.change(func(f *keptFile) {
		_, open = f.Making[name]
		f.Making[name] = now.UTC().Truncate(time.Second)
	})
	return open, err
}

// settle notes the outcome; an empty id means that none was made.
func (k *keptCalendars) settle(name, id string) error {
	return k.change(func(f *keptFile) {
		delete(f.Making, name)
		if id != "" {
			f.Calendars[name] = id
		}
	})
}

func (k *keptCalendars) forget(id string) error {
	return k.change(func(f *keptFile) {
		maps.DeleteFunc(f.Calendars, func(_, v string) bool { return v == id })
	})
}

func (k *keptCalendars) all() map[string]string {
	k.mu.Lock()
	defer k.mu.Unlock()
	f, _ := k.read() // a damaged file is reported where it matters
	return f.Calendars
}

func (k *keptCalendars) change(edit func(*keptFile)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	f, err := k.read()
	if err != nil {
		return err
	}
	edit(&f)
	if err := writeJSON(k.path, f); err != nil {
		return fmt.Errorf("which calendar is followup's own can't be kept: %w", err)
	}
	return nil
}
