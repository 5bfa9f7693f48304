package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"

	"followup/calendar"
	"followup/sync"
)

// Load implements sync.Store. What was loaded before is given again until this
// Store writes.
func (s *Store) Load(ctx context.Context) (sync.State, error) {
	if _, err := s.db(); err != nil {
		return sync.State{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loaded != nil {
		return *s.loaded, nil
	}
	st, err := s.load(ctx)
	if err != nil {
		return sync.State{}, err
	}
	s.loaded = &st
	return st, nil
}

func (s *Store) load(ctx context.Context) (sync.State, error) {
	var st sync.State
	for _, load := range []func(context.Context, *sync.State) error{
		s.loadMemo, s.loadSources, s.loadEvents, s.loadRecords, s.loadMarks, s.loadIntents,
	} {
		if err := load(ctx, &st); err != nil {
			return sync.State{}, err
		}
	}
	return st, nil
}

func (s *Store) loadMemo(ctx context.Context, st *sync.State) error {
	return s.each(ctx, func(rows *sql.Rows) (err error) {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return err
		}
		switch name {
		case "revision":
			st.Revision, err = strconv.ParseInt(value, 10, 64)
		case "me":
			st.Memo.Me, err = decodeMe(value)
		case "reader":
			st.Memo.Reader = value
		}
		return err
	}, "SELECT name, value FROM memo")
}

func (s *Store) loadSources(ctx context.Context, st *sync.State) error {
	notes := s.notes
	return s.each(ctx, func(rows *sql.Rows) error {
		var src sync.SourceState
		if err := rows.Scan(&src.Name, &src.Fingerprint, &src.Cursor, &src.LastError, &src.Count, &src.Suspect); err != nil {
			return err
		}
		good, read := notes.Read[src.Name]
		why, failed := notes.Failed[src.Name]
		if src.LastGood = good; read || failed {
			src.LastError = why // the notes are newer than the row
		}
		st.Sources = append(st.Sources, src)
		return nil
	}, "SELECT name, fingerprint, cursor, last_error, count, suspect FROM sources ORDER BY name")
}

func (s *Store) loadEvents(ctx context.Context, st *sync.State) error {
	return s.each(ctx, func(rows *sql.Rows) (err error) {
		var k sync.Known
		var source, body string
		var since int64
		if err := rows.Scan(&source, &k.Ref.ID, &k.Ref.Version, &k.Absent.Strikes, &since, &k.Absent.Suspect, &body); err != nil {
			return err
		}
		k.Absent.Last = fromUnix(since)
		k.Event, err = decodeEvent(body)
		k.Event.Source = source
		st.Events = append(st.Events, k)
		return err
	}, "SELECT source, ref_id, version, strikes, absent_since, suspect, body FROM events ORDER BY source, uid, recurrence_id")
}

func (s *Store) loadRecords(ctx context.Context, st *sync.State) error {
	return s.each(ctx, func(rows *sql.Rows) error {
		var body string
		if err := rows.Scan(&body); err != nil {
			return err
		}
		r, err := decodeRecord(body)
		st.Records = append(st.Records, r)
		return err
	}, "SELECT body FROM records ORDER BY key")
}

func (s *Store) loadMarks(ctx context.Context, st *sync.State) error {
	return s.each(ctx, func(rows *sql.Rows) (err error) {
		var m calendar.Mark
		var at string
		if err := rows.Scan(&m.Word, &m.Value, &m.Note, &m.Ref, &at); err != nil {
			return err
		}
		m.At, err = parseStamp(at)
		st.Marks = append(st.Marks, m)
		return err
	}, "SELECT word, value, note, ref, at FROM marks ORDER BY id")
}

func (s *Store) loadIntents(ctx context.Context, st *sync.State) error {
	return s.each(ctx, func(rows *sql.Rows) (err error) {
		var i sync.Intent
		var fields, at string
		if err := rows.Scan(&i.Remote, &i.Key, &i.Op, &fields, &at); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(fields), &i.Fields); err != nil {
			return err
		}
		i.At, err = parseStamp(at)
		st.Intents = append(st.Intents, i)
		return err
	}, "SELECT remote, key, op, fields, at FROM intents ORDER BY remote")
}
