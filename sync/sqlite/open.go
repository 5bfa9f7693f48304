// Package sqlite keeps what followup remembers in one SQLite file.
//
// The file is private to the user (0600). A damaged one is moved aside, and
// everything is rebuilt from the calendars; one that a newer followup wrote is
// refused.
package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	gosync "sync"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"followup/sync"
)

//go:embed schema.sql
var schema string

// upgrades lead a file of version i+1 to version i+2. The last one leads to
// what schema.sql says.
var upgrades = []string{}

// ErrNewer says that a newer followup wrote the file.
var ErrNewer = errors.New("the state file was written by a newer followup")

// Store is one state file. It is safe for concurrent use.
type Store struct {
	path    string
	notes   noted
	db      func() (*sql.DB, error) // opens the file when it is asked for the first time
	lenient bool                    // a row that can't be read is left out
	unread  int                     // such rows

	mu       gosync.Mutex
	opened   *sql.DB // nil until db was asked for
	warnings []string
	seen     fileStamp   // of the file as it was loaded; zero once anything was written since
	loaded   *sync.State // as Load gave it last; nil likewise
}

// Open opens the file and makes it, with its folder, when it is missing. As
// long as it is Unwritten, that waits until more than the notes is asked for. A
// damaged file is moved aside, and what can be read of the user's words in it is
// taken over: see Warnings. ErrNewer refuses one of a newer version.
func Open(path string) (*Store, error) {
	if err := private(path); err != nil {
		return nil, err
	}
	s := &Store{path: path, notes: readNotes(path)}
	s.db = gosync.OnceValues(s.wake)
	if s.Unwritten() {
		return s, nil
	}
	_, err := s.db()
	if err != nil {
		return nil, err
	}
	return s, nil
}

// wake opens the file.
func (s *Store) wake() (*sql.DB, error) {
	whole, err := openWhole(s.path)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened, s.warnings, s.seen, s.loaded = whole.opened, whole.warnings, whole.seen, whole.loaded
	return s.opened, nil
}

// openWhole opens the file and loads the state.
func openWhole(path string) (*Store, error) {
	s, err := open(path)
	if !damaged(err) {
		return s, explain(path, err)
	}
	aside, moveErr := moveAside(path)
	if moveErr != nil {
		return nil, fmt.Errorf("the state file %s is damaged (%v) and can't be moved aside: %w", path, err, moveErr)
	}
	if err := private(path); err != nil {
		return nil, err
	}
	s, again := open(path)
	if again != nil {
		return nil, again
	}
	s.warnings = append(s.warnings, fmt.Sprintf("the state file was damaged (%v); it was moved to %s and everything is rebuilt from the calendars; %s", err, aside, s.salvage(aside)))
	return s, nil
}

// Warnings tells, once, what was mended when the file was opened.
func (s *Store) Warnings() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.warnings
	s.warnings = nil
	return w
}

// Close closes the file.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opened == nil {
		return nil
	}
	return s.opened.Close()
}

func open(path string) (*Store, error) {
	seen := stampOf(path)
	q := url.Values{
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)"},
		"_txlock": {"immediate"},
	}
	db, err := sql.Open("sqlite", address(path, q))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	s := on(db, path)
	s.seen = seen
	err = s.prepare(context.Background())
	if err == nil {
		_, err = s.Load(context.Background()) // what SQLite can't see is damaged shows when it is read
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return s, nil
}

// on is a Store on an open file.
func on(db *sql.DB, path string) *Store {
	return &Store{path: path, notes: readNotes(path), opened: db, db: func() (*sql.DB, error) { return db, nil }}
}

// address is what SQLite opens the file by: a path may hold what a URL may not.
func address(path string, q url.Values) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// private makes the file, empty and 0600, or tightens the rights of one that others may read.
func private(path string) error {
	if err := makePrivate(path); err != nil {
		return fmt.Errorf("the state file %s can't be used: %w", path, err)
	}
	return nil
}

func makePrivate(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		return f.Close()
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("it is a folder")
	case info.Mode().Perm()&0o077 != 0:
		return os.Chmod(path, 0o600)
	}
	return nil
}

// prepare checks the file and leads it to the schema of today.
func (s *Store) prepare(ctx context.Context) error {
	var version int
	var check string
	if err := s.opened.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	newest := len(upgrades) + 1
	if version > newest {
		return fmt.Errorf("%w (its version is %d, this followup knows %d): update followup, or give another file with --state", ErrNewer, version, newest)
	}
	if err := s.opened.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&check); err != nil {
		return err
	}
	if check != "ok" {
		return &damageError{check}
	}
	if version == newest {
		return nil
	}
	return s.upgrade(ctx, version, newest)
}

func (s *Store) upgrade(ctx context.Context, from, to int) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		steps := []string{schema}
		if from > 0 {
			steps = upgrades[from-1:]
		}
		for _, step := range steps {
			if _, err := tx.ExecContext(ctx, step); err != nil {
				return fmt.Errorf("the state file can't be brought from version %d to %d: %w", from, to, err)
			}
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", to))
		return err
	})
}

// damageError is what quick_check found, or what a row holds that can't be read.
type damageError struct{ what string }

func (e *damageError) Error() string { return e.what }

func damaged(err error) bool {
	var d *damageError
	var e *sqlite.Error
	if errors.As(err, &d) {
		return true
	}
	if !errors.As(err, &e) {
		return false
	}
	code := e.Code() & 0xff
	return code == lib.SQLITE_CORRUPT || code == lib.SQLITE_NOTADB
}

// explain names the file in what SQLite says, and what it mostly comes from.
func explain(path string, err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	return fmt.Errorf("the state file %s can't be used (%w): see that it and its folder are yours to write to, and that the disk is not full", path, err)
}

// moveAside renames the file and its companions to the first free name.
func moveAside(path string) (string, error) {
	for n := 1; n < 1000; n++ {
		aside := fmt.Sprintf("%s.damaged-%d", path, n)
		if _, err := os.Lstat(aside); err == nil {
			continue
		}
		for _, suffix := range []string{"-wal", "-shm"} {
			if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
				return "", err
			}
		}
		return aside, os.Rename(path, aside)
	}
	return "", errors.New("too many damaged files lie there already")
}
