package webcal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"followup/calendar"
	"followup/calendar/ics"
)

// File keeps follow-ups in an .ics file that people and their programs may read
// and change as well. It satisfies sync.Target: every write carries the version
// that it is based on, changes one event and leaves every other byte alone.
//
// A file can't tell what somebody deleted from what never was. What is no whole
// calendar is never written to.
type File struct {
	Now func() time.Time // for DTSTAMP, CREATED and LAST-MODIFIED; nil: time.Now

	path     string
	calendar ics.Calendar

	mu       sync.Mutex // one write at a time
	requests calendar.Requests
}

// NewFile returns the target over a file, which need not exist yet. c is what a
// new file says of itself; its Events are ignored.
func NewFile(path string, c ics.Calendar) *File {
	c.Events = nil
	return &File{path: path, calendar: c}
}

// Requests returns how often the file was read and written since NewFile.
func (f *File) Requests() calendar.Requests {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.requests
}

// Changes lists the follow-ups in the file; Unchanged when nobody wrote to it
// since the cursor. A file that does not exist is an empty calendar.
func (f *File) Changes(ctx context.Context, since calendar.Cursor) (calendar.Changes, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	cur, err := parseCursor(since)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return calendar.Changes{}, f.fail(err)
	}
	next := f.stat()
	if cur.sameFile(next) {
		f.requests.Read++
		return calendar.Changes{Unchanged: true, Next: since}, nil
	}
	text, err := f.read()
	if err != nil {
		return calendar.Changes{}, err
	}
	sum := sha256.Sum256(text)
	next.Hash = hex.EncodeToString(sum[:16])
	if cur.Hash == next.Hash {
		return calendar.Changes{Unchanged: true, Next: next.cursor()}, nil
	}
	c, err := f.list(text)
	c.Next = next.cursor()
	return c, err
}

// Vanished tells whether there is no file at all, which is nobody's deletion of
// what stood in it.
func (f *File) Vanished() bool {
	_, err := os.Stat(f.path)
	return errors.Is(err, fs.ErrNotExist)
}

// stat is the beginning of a cursor, taken before the file is read: a write in
// between makes the next read see a change.
func (f *File) stat() cursor {
	info, err := os.Stat(f.path)
	if err != nil {
		return cursor{}
	}
	return cursor{Size: info.Size(), MTime: info.ModTime().UnixNano(), Racy: time.Since(info.ModTime()).Abs() < 2*time.Second}
}

// read returns the text of the file, nil when there is none.
func (f *File) read() ([]byte, error) {
	f.requests.Read++
	text, err := os.ReadFile(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, f.fail(err)
	case len(text) > DefaultMaxBytes:
		return nil, f.fail(errTooLarge)
	}
	return text, nil
}

// list reads the follow-ups in the text, and nothing else.
func (f *File) list(text []byte) (calendar.Changes, error) {
	c := calendar.Changes{Whole: true}
	if len(bytes.TrimSpace(text)) == 0 {
		return c, nil
	}
	doc, err := parseDocument(text)
	if err != nil {
		return calendar.Changes{}, f.fail(err)
	}
	report, err := ics.Read(bytes.NewReader(text), ics.Options{Source: f.path}, func(e calendar.Event) error {
		if i := doc.find(e.UID); e.Marker.Key != "" && i >= 0 {
			c.Items = append(c.Items, calendar.Item{Event: e, Ref: doc.ref(i)})
		}
		return nil
	})
	if err != nil {
		return calendar.Changes{}, f.fail(err)
	}
	c.Skipped, c.Warnings = report.Skipped, report.Warnings
	return c, nil
}

// ref is where a part is and which version of it.
func (d document) ref(i int) calendar.Ref {
	return calendar.Ref{ID: d.parts[i].uid, Version: d.parts[i].version()}
}

// Get returns the follow-up with the key.
func (f *File) Get(ctx context.Context, key string) (calendar.Item, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	text, err := f.read()
	if err != nil {
		return calendar.Item{}, err
	}
	return f.find(text, key)
}

func (f *File) find(text []byte, key string) (calendar.Item, error) {
	c, err := f.list(text)
	if err != nil {
		return calendar.Item{}, err
	}
	for _, it := range c.Items {
		if it.Event.UID == key {
			return it, nil
		}
	}
	for _, sk := range c.Skipped { // it is there, and somebody broke it: not to be written anew beside it
		if sk.UID == key {
			return calendar.Item{}, f.fail(fmt.Errorf("the follow-up %s in it can't be read (%s); mend or remove it", key, sk.Reason))
		}
	}
	return calendar.Item{}, fmt.Errorf("%s: %s: %w", f.path, key, calendar.ErrNotFound)
}

// Create adds the event; calendar.ErrExists when its UID stands in the file.
func (f *File) Create(ctx context.Context, e calendar.Event) (calendar.Ref, error) {
	e.Attendees, e.Organizer = nil, calendar.Person{}
	e.Created, e.Updated = f.now(), f.now()
	return f.change(ctx, e.UID, func(text []byte) ([]byte, error) {
		if len(bytes.TrimSpace(text)) == 0 {
			return f.fresh(e)
		}
		doc, err := parseDocument(text)
		if err != nil {
			return nil, err
		}
		if doc.find(e.UID) >= 0 {
			return nil, calendar.ErrExists
		}
		return doc.add(e)
	})
}

// fresh is a new file with the events.
func (f *File) fresh(events ...calendar.Event) ([]byte, error) {
	c := f.calendar
	c.Events = events
	var b bytes.Buffer
	err := ics.Write(&b, c)
	return b.Bytes(), err
}

// add puts the event at the end, and its time zone at the beginning unless the
// file defines it already.
func (d document) add(e calendar.Event) ([]byte, error) {
	var b bytes.Buffer
	if err := ics.WriteObject(&b, e); err != nil {
		return nil, err
	}
	own, err := parseDocument(b.Bytes())
	if err != nil {
		return nil, err
	}
	defined := map[string]bool{}
	for _, p := range d.parts {
		defined[p.zone] = true
	}
	for _, p := range own.parts {
		switch {
		case p.name == "VEVENT":
			d.parts = append(d.parts, p)
		case !defined[p.zone]:
			d.parts = append([]part{p}, d.parts...)
		}
	}
	return d.bytes(), nil
}

// Update writes the named fields of the event over the version at.
func (f *File) Update(ctx context.Context, e calendar.Event, fields []calendar.Field, at calendar.Ref) (calendar.Ref, error) {
	return f.change(ctx, e.UID, func(text []byte) ([]byte, error) {
		it, err := f.find(text, e.UID)
		if err != nil {
			return nil, err
		}
		if at.Version != "" && at.Version != it.Ref.Version {
			return nil, calendar.ErrConflict
		}
		e.Updated, e.Sequence = f.now(), it.Event.Sequence+1
		return ics.UpdateObject(text, e, fields)
	})
}

// Delete removes the event at the version; what is gone already is no error.
func (f *File) Delete(ctx context.Context, key string, at calendar.Ref) error {
	_, err := f.change(ctx, key, func(text []byte) ([]byte, error) {
		if len(bytes.TrimSpace(text)) == 0 {
			return text, nil
		}
		doc, err := parseDocument(text)
		if err != nil {
			return nil, err
		}
		i := doc.find(key)
		if i < 0 {
			return text, nil
		}
		if at.Version != "" && at.Version != doc.parts[i].version() {
			return nil, calendar.ErrConflict
		}
		doc.parts = append(doc.parts[:i:i], doc.parts[i+1:]...)
		if len(doc.parts) == 0 {
			return f.fresh() // one component there must be: RFC 5545 section 3.4
		}
		return doc.bytes(), nil
	})
	return err
}

// change reads the file, lets edit change its text and puts the new text in its
// place. It returns where the event with the key then is.
func (f *File) change(ctx context.Context, key string, edit func([]byte) ([]byte, error)) (calendar.Ref, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return calendar.Ref{}, f.fail(err)
	}
	old, err := f.read()
	if err != nil {
		return calendar.Ref{}, err
	}
	text, err := edit(old)
	if err != nil {
		return calendar.Ref{}, f.fail(err)
	}
	ref := calendar.Ref{ID: key}
	if doc, err := parseDocument(text); err == nil {
		if i := doc.find(key); i >= 0 {
			ref = doc.ref(i)
		}
	}
	if bytes.Equal(text, old) {
		return ref, nil
	}
	f.requests.Write++
	if _, err := WriteFile(f.path, text); err != nil {
		return calendar.Ref{}, err
	}
	return ref, nil
}

func (f *File) now() time.Time {
	if f.Now == nil {
		return time.Now()
	}
	return f.Now()
}

func (f *File) fail(err error) error {
	if errors.Is(err, calendar.ErrNotFound) {
		return err
	}
	return fmt.Errorf("%s: %w", f.path, err)
}
