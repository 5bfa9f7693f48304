package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"followup/calendar"
	"followup/sync"
)

// logKeep is how many lines of the audit log are kept at least.
const logKeep = 10_000

var (
	_ sync.Store    = (*Store)(nil)
	_ sync.Notebook = (*Store)(nil)
)

// write runs one transaction and counts the state's revision up.
func (s *Store) write(ctx context.Context, f func(*sql.Tx) error) error {
	db, err := s.db()
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("the state file %s can't be written: %w", s.path, err)
	}
	defer tx.Rollback()
	defer s.changed()
	if err := f(tx); err != nil {
		return explain(s.path, err)
	}
	const count = `INSERT INTO memo (name, value) VALUES ('revision', '1')
		ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1`
	if _, err := tx.ExecContext(ctx, count); err != nil {
		return fmt.Errorf("the state file %s can't be written: %w", s.path, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("the state file %s can't be written: %w", s.path, err)
	}
	return nil
}

// changed has the state loaded anew the next time.
func (s *Store) changed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loaded, s.seen = nil, fileStamp{}
}

// batch runs statements one after the other and keeps the first error.
type batch struct {
	ctx context.Context
	tx  *sql.Tx
	err error
}

func (b *batch) exec(query string, args ...any) {
	if b.err == nil {
		_, b.err = b.tx.ExecContext(b.ctx, query, args...)
	}
}

// text is an encoded value, or the batch's error.
func (b *batch) text(s string, err error) string {
	if b.err == nil {
		b.err = err
	}
	return s
}

// Observe implements sync.Store.
func (s *Store) Observe(ctx context.Context, o sync.Observed) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		b := &batch{ctx: ctx, tx: tx}
		for _, obs := range o.Sources {
			b.observe(obs)
		}
		for _, name := range o.Drop {
			b.exec("DELETE FROM events WHERE source = ?", name)
			b.exec("DELETE FROM sources WHERE name = ?", name)
		}
		if o.Memo != nil {
			b.memo("me", b.text(encodeMe(o.Memo.Me)))
			b.memo("reader", o.Memo.Reader)
		}
		return b.err
	})
}

func (b *batch) memo(name, value string) {
	b.exec("INSERT OR REPLACE INTO memo (name, value) VALUES (?, ?)", name, value)
}

func (b *batch) observe(o sync.Observation) {
	src := o.Source
	b.exec(`INSERT OR REPLACE INTO sources (name, fingerprint, cursor, last_error, count, suspect)
		VALUES (?, ?, ?, ?, ?, ?)`, src.Name, src.Fingerprint, string(src.Cursor), src.LastError, src.Count, src.Suspect)
	for _, id := range o.Forget {
		b.exec("DELETE FROM events WHERE source = ? AND uid = ? AND recurrence_id = ?", src.Name, id.UID, id.RecurrenceID)
	}
	for _, k := range o.Put {
		b.exec(`INSERT OR REPLACE INTO events (source, uid, recurrence_id, ref_id, version, strikes, absent_since, suspect, body)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, src.Name, k.Event.UID, k.Event.RecurrenceID, k.Ref.ID, k.Ref.Version,
			k.Absent.Strikes, unix(k.Absent.Last), k.Absent.Suspect, b.text(encodeEvent(k.Event)))
	}
}

// Intend implements sync.Store.
func (s *Store) Intend(ctx context.Context, in []sync.Intent) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		b := &batch{ctx: ctx, tx: tx}
		for _, i := range in {
			b.exec("INSERT OR REPLACE INTO intents (remote, key, op, fields, at) VALUES (?, ?, ?, ?, ?)",
				i.Remote, i.Key, string(i.Op), b.text(encode(i.Fields)), stamp(i.At))
		}
		return b.err
	})
}

// Save implements sync.Store.
func (s *Store) Save(ctx context.Context, o sync.Outcome) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		b := &batch{ctx: ctx, tx: tx}
		for _, r := range o.Records {
			b.exec("INSERT OR REPLACE INTO records (key, state, body) VALUES (?, ?, ?)", r.FollowUp.Key, string(r.State), b.text(encodeRecord(r)))
			b.exec("DELETE FROM intents WHERE key = ?", r.FollowUp.Key)
		}
		for _, key := range o.Settled {
			b.exec("DELETE FROM intents WHERE key = ?", key)
		}
		for _, e := range o.Log {
			b.exec("INSERT INTO log (body) VALUES (?)", b.text(encode(e)))
		}
		if len(o.Log) > 0 {
			b.exec("DELETE FROM log WHERE id <= (SELECT max(id) FROM log) - ?", logKeep)
		}
		return b.err
	})
}

// Mark implements sync.Store.
func (s *Store) Mark(ctx context.Context, m calendar.Mark) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO marks (word, value, note, ref, at) VALUES (?, ?, ?, ?, ?)",
			m.Word, m.Value, m.Note, m.Ref, stamp(m.At))
		return err
	})
}

// History implements sync.Store.
func (s *Store) History(ctx context.Context, limit int) ([]sync.Entry, error) {
	if limit <= 0 {
		limit = -1
	}
	var out []sync.Entry
	err := s.each(ctx, func(rows *sql.Rows) error {
		var body string
		var e sync.Entry
		if err := rows.Scan(&body); err != nil {
			return err
		}
		if json.Unmarshal([]byte(body), &e) != nil {
			e = sync.Entry{Result: "this line of the log is damaged"}
		}
		out = append(out, e)
		return nil
	}, "SELECT body FROM log ORDER BY id DESC LIMIT ?", limit)
	return out, err
}

// Purge implements sync.Store.
func (s *Store) Purge(ctx context.Context) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		b := &batch{ctx: ctx, tx: tx}
		for _, table := range []string{"sources", "events", "records", "marks", "intents", "log", "memo"} {
			b.exec("DELETE FROM " + table)
		}
		return b.err
	})
	if err != nil {
		return err
	}
	// What was deleted still lies in free pages and in the write-ahead log.
	for _, q := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := s.opened.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("everything is forgotten, but not wiped from the file: %w", err)
		}
	}
	return s.forgetNotes()
}

// each runs a query and hands over every row. A row that can't be read is damage
// that SQLite does not see.
func (s *Store) each(ctx context.Context, f func(*sql.Rows) error, query string, args ...any) error {
	db, err := s.db()
	if err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("the state file %s can't be read: %w", s.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			s.unread++
			if !s.lenient {
				return fmt.Errorf("the state file %s can't be read: %w", s.path, &damageError{err.Error()})
			}
		}
	}
	return rows.Err()
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func parseStamp(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339Nano, s)
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func fromUnix(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}
