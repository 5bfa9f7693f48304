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
	Lost      map[string]string    `json:"lost,omitempty"`   // id to name: not in the account when somebody last signed in
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

// load reads the file; the maps of what it returns are never nil.
func (k *keptCalendars) load() (keptFile, error) {
	var f keptFile
	data, err := os.ReadFile(k.path)
	if err == nil && json.Unmarshal(data, &f) != nil {
		err = fmt.Errorf("%s is damaged: put followup's calendar id into target.calendar, or remove the file to have a new calendar made", k.path)
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil
	} else if err != nil {
		err = fmt.Errorf("which calendar is followup's own can't be read: %w", err)
	}
	if f.Calendars == nil {
		f.Calendars = map[string]string{}
	}
	if f.Making == nil {
		f.Making = map[string]time.Time{}
	}
	if f.Lost == nil {
		f.Lost = map[string]string{}
	}
	return f, err
}

// read returns what is kept now.
func (k *keptCalendars) read() (keptFile, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.load()
}

// id returns the id of the calendar of that name, "" when none was made.
func (k *keptCalendars) id(name string) (string, error) {
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

// forget drops a calendar that we deleted.
func (k *keptCalendars) forget(id string) error {
	return k.change(func(f *keptFile) {
		maps.DeleteFunc(f.Calendars, func(_, v string) bool { return v == id })
	})
}

// lose notes that a calendar is not in the account: a new one is made when it is
// needed, also where a cursor still names the old one.
func (k *keptCalendars) lose(name, id string) error {
	return k.change(func(f *keptFile) {
		delete(f.Calendars, name)
		f.Lost[id] = name
	})
}

// regain takes a lost calendar back, unless another took its place: its account
// was signed in to again.
func (k *keptCalendars) regain(id string) error {
	return k.change(func(f *keptFile) {
		if name := f.Lost[id]; f.Calendars[name] == "" {
			f.Calendars[name] = id
			delete(f.Lost, id)
		}
	})
}

func (k *keptCalendars) change(edit func(*keptFile)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	f, err := k.load()
	if err != nil {
		return err
	}
	edit(&f)
	if err := writeJSON(k.path, f); err != nil {
		return fmt.Errorf("which calendar is followup's own can't be kept: %w", err)
	}
	return nil
}
