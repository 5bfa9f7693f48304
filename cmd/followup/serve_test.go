package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestServe holds that the server which the command starts shows the plan, serves
// the feed, follows a mark made on the page, and ends when it is told to.
func TestServe(t *testing.T) {
	home := t.TempDir()
	calendar, err := os.ReadFile(filepath.Join(moduleRoot, "examples", "engineer.ics"))
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(home, "config.yaml")
	for name, text := range map[string]string{
		"cal.ics":     string(calendar),
		"config.yaml": "sources: [{name: mine, kind: ics, location: cal.ics}]\nserve: {every: 1h, metrics: true}\n",
	} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	logs, w := io.Pipe()
	ended := make(chan int, 1)
	state := filepath.Join(home, "state.db")
	go func() {
		ended <- run(ctx, []string{"serve", "--listen", "127.0.0.1:0", "--config", config, "--state", state, "--now", "2026-11-24T12:00:00-08:00"}, strings.NewReader(""), io.Discard, w)
		w.Close()
	}()
	base := address(t, logs)
	page := get(t, base+"/")
	if !strings.Contains(page, "Thank Priya Raman") {
		t.Error("the page does not show the plan")
	}
	secret, err := os.ReadFile(filepath.Join(home, "feed-secret"))
	if err != nil {
		t.Fatal(err)
	}
	feed := base + "/feed/" + strings.TrimSpace(string(secret)) + ".ics"
	if text := get(t, feed); !strings.Contains(text, "SUMMARY:Thank Priya Raman") {
		t.Error("the feed does not hold the follow-ups")
	}
	if text := get(t, base+"/metrics"); !strings.Contains(text, "followup_") {
		t.Error("the metrics are not there though the configuration asks for them")
	}
	// The command line works beside the server.
	if _, errOut, code := runFollowup(t, "mark", "Northwind", "rejected", "--config", config, "--state", state, "--now", "2026-11-24T12:00:00-08:00"); code != exitOK {
		t.Fatalf("mark ended with %d: %s", code, errOut)
	}
	resp, err := http.PostForm(base+"/sync", url.Values{})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if text := get(t, base+"/"); !strings.Contains(text, "Answer the rejection: Dana Reyes") {
		t.Error("the page does not follow the mark")
	}
	cancel()
	select {
	case code := <-ended:
		if code != exitOK {
			t.Errorf("it ended with %d", code)
		}
	case <-time.After(15 * time.Second):
		t.Fatal("it did not end")
	}
}

// address waits for the line that says where the page is.
func address(t *testing.T, logs io.Reader) string {
	t.Helper()
	lines := bufio.NewScanner(logs)
	for lines.Scan() {
		if m := regexp.MustCompile(`http://[0-9.:]+`).FindString(lines.Text()); m != "" {
			go func() { _, _ = io.Copy(io.Discard, logs) }() // the rest of what it says
			return m
		}
	}
	t.Fatal("it did not say where the page is")
	return ""
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET: %s, %v: %s", resp.Status, err, text)
	}
	return string(text)
}
