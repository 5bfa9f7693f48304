package sqlite

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"followup/sync"
)

// notesPath is the file beside the state for what may be lost.
func (s *Store) notesPath() string { return s.path + ".notes" }

// Notes implements sync.Notebook. What can't be read is as good as lost.
func (s *Store) Notes() sync.Notes {
	var n sync.Notes
	b, err := os.ReadFile(s.notesPath())
	if err != nil || json.Unmarshal(b, &n) != nil {
		return sync.Notes{}
	}
	return n
}

// Note implements sync.Notebook.
func (s *Store) Note(n sync.Notes) error {
	defer s.changed()
	b, err := json.Marshal(n)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(s.path), ".notes-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), s.notesPath())
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

func (s *Store) forgetNotes() error {
	if err := os.Remove(s.notesPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
