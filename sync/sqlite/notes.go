package sqlite

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"followup/sync"
)

// noted is the file beside the state: what is noted, and of which state file.
type noted struct {
	sync.Notes
	File fileStamp `json:"file"`
}

// notesPath is the file beside the state for what may be lost.
func notesPath(path string) string { return path + ".notes" }

// readNotes reads the notes. What can't be read is as good as lost.
func readNotes(path string) (n noted) {
	b, err := os.ReadFile(notesPath(path))
	if err != nil || json.Unmarshal(b, &n) != nil {
		return noted{}
	}
	return n
}

// Notes implements sync.Notebook.
func (s *Store) Notes() sync.Notes {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.notes.Notes
}

// Unwritten implements sync.Notebook.
func (s *Store) Unwritten() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.notes.Glance != nil && s.notes.File != fileStamp{} && s.notes.File == stampOf(s.path)
}

// Note implements sync.Notebook.
func (s *Store) Note(n sync.Notes) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := noted{Notes: n}
	switch {
	case n.Glance == nil:
	case s.opened == nil:
		now.File = s.notes.File
	default:
		now.File = s.seen
	}
	b, err := json.Marshal(now)
	if err != nil {
		return err
	}
	if err := s.writeNotes(b); err != nil {
		return err
	}
	s.notes, s.loaded = now, nil // what was loaded names the times of the older notes
	return nil
}

func (s *Store) writeNotes(b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(s.path), ".notes-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), notesPath(s.path))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

func (s *Store) forgetNotes() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = noted{}
	if err := os.Remove(notesPath(s.path)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// fileStamp tells a state file from the same file after a write. The zero value
// tells nothing.
type fileStamp struct {
	Size    int64 `json:"size"`
	Written int64 `json:"written"` // nanoseconds since 1970
}

// settling is how long after a write another one may leave the same time on the
// file: the clock of most file systems ticks every few milliseconds, and those that
// know no fractions of a second, or few, count in steps of up to two seconds.
func settling(written time.Time) time.Duration {
	if written.Nanosecond()%int(10*time.Millisecond) == 0 {
		return 3 * time.Second
	}
	return 100 * time.Millisecond
}

// stampOf looks at a state file. It is zero where a write may go unseen: a short
// time after one, and while SQLite's write-ahead log holds some.
func stampOf(path string) fileStamp {
	info, err := os.Stat(path)
	if err != nil || time.Since(info.ModTime()) < settling(info.ModTime()) {
		return fileStamp{}
	}
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 || err != nil && !errors.Is(err, os.ErrNotExist) {
		return fileStamp{}
	}
	return fileStamp{info.Size(), info.ModTime().UnixNano()}
}
