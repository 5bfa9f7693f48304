package webcal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"followup/calendar"
)

func TestParseLocation(t *testing.T) {
	tests := []struct{ in, url, path, bad string }{
		{in: "calendar.ics", path: "calendar.ics"},
		{in: "/home/nina/a b.ics", path: "/home/nina/a b.ics"},
		{in: "./odd://name.ics", path: "./odd://name.ics"},
		{in: "-", path: "-"},
		{in: "file:///home/nina/a%20b.ics", path: "/home/nina/a b.ics"},
		{in: "webcal://cal.example/x.ics", url: "https://cal.example/x.ics"},
		{in: "WEBCALS://cal.example/x.ics#y", url: "https://cal.example/x.ics"},
		{in: "http://cal.example:8080/x.ics?k=v", url: "http://cal.example:8080/x.ics?k=v"},
		{in: "", bad: "without a location"},
		{in: "ftp://cal.example/x.ics", bad: "ftp"},
		{in: "https:///x.ics", bad: "no host"},
		{in: "https://cal.example/secret%zz", bad: "can't be read"},
	}
	for _, tt := range tests {
		u, path, err := parseLocation(tt.in)
		if tt.bad != "" {
			if err == nil || !strings.Contains(err.Error(), tt.bad) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q: %v, want an error with %q and without the address", tt.in, err, tt.bad)
			}
			continue
		}
		got := ""
		if u != nil {
			got, path = u.String(), ""
		}
		if err != nil || got != tt.url || path != tt.path {
			t.Errorf("%q: url %q, path %q, %v", tt.in, got, path, err)
		}
	}
}

func TestReadPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.ics")
	write := func(text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-time.Hour)
	s := New(Options{Name: "home", Location: path})
	write(feed("Interview"), old)
	first := mustRead(t, s, "")
	if !first.Whole || titles(first) != "Interview" {
		t.Fatalf("first read: %+v", first)
	}
	if c := mustRead(t, s, first.Next); !c.Unchanged || c.Next != first.Next {
		t.Errorf("untouched: %+v", c)
	}
	write(feed("Interview"), old.Add(time.Minute))
	touched := mustRead(t, s, first.Next)
	if !touched.Unchanged {
		t.Errorf("touched, with the same text: %+v", touched)
	}
	write(feed("Interwiev"), old.Add(2*time.Minute))
	if c := mustRead(t, s, touched.Next); c.Unchanged || titles(c) != "Interwiev" {
		t.Errorf("another text of the same size: %+v", c)
	}
	// Two writes within the file system's smallest step leave the same time.
	now := time.Now()
	write(feed("one"), now)
	racy := mustRead(t, s, "")
	write(feed("two"), now)
	if c := mustRead(t, s, racy.Next); c.Unchanged || titles(c) != "two" {
		t.Errorf("a second write at the same time was missed: %+v", c)
	}
}

// A file of the user's own that ends too early is read as far as it goes, says so,
// and proves no absence.
func TestReadCutPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cut.ics")
	text := feed("Interview", "Lunch")
	if err := os.WriteFile(path, []byte(text[:strings.LastIndex(text, "END:VCALENDAR")]), 0o600); err != nil {
		t.Fatal(err)
	}
	c := mustRead(t, New(Options{Location: path}), "")
	if c.Whole || c.Next != "" || titles(c) != "Interview,Lunch" || len(c.Warnings) == 0 || !strings.Contains(c.Warnings[len(c.Warnings)-1], "END:VCALENDAR") {
		t.Errorf("%+v", c)
	}
}

func TestReadStdin(t *testing.T) {
	s := New(Options{Location: "-", Stdin: strings.NewReader(feed("Interview"))})
	if c := mustRead(t, s, ""); !c.Whole || titles(c) != "Interview" {
		t.Errorf("%+v", c)
	}
}

func TestReadPathRefused(t *testing.T) {
	dir := t.TempDir()
	for name, tt := range map[string]struct{ text, want string }{
		"empty":  {"", "empty"},
		"html":   {"<html></html>", "web page"},
		"binary": {"\x00\x01\x02", "no text"},
		"prose":  {"Dear diary", "not a calendar"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if c, err := New(Options{Location: path}).Changes(context.Background(), ""); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %+v, %v; want %q", name, c, err, tt.want)
		}
	}
	if _, err := New(Options{Location: dir}).Changes(context.Background(), ""); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := New(Options{Location: filepath.Join(dir, "none.ics")}).Changes(context.Background(), ""); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestForeignCursor(t *testing.T) {
	s := New(Options{Location: "-", Stdin: strings.NewReader(feed("Interview"))})
	for _, c := range []calendar.Cursor{"sync-token-17", `{"v":99}`, "{"} {
		if _, err := s.Changes(context.Background(), c); !errors.Is(err, calendar.ErrCursor) {
			t.Errorf("cursor %q: %v, want %v", c, err, calendar.ErrCursor)
		}
	}
}
