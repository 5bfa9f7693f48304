package google

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// BenchmarkFirstListing is ten thousand events as Google sends them, in four
// pages, from a server that costs nothing.
func BenchmarkFirstListing(b *testing.B) {
	pages := make([][]byte, 4)
	for p := range pages {
		items := make([]map[string]any, 2500)
		for i := range items {
			n := p*2500 + i
			items[i] = timed(fmt.Sprintf("Event %d", n), now.Add(time.Duration(n)*7*time.Minute), map[string]any{
				"kind": "calendar#event", "id": fmt.Sprintf("event%020d", n), "iCalUID": fmt.Sprintf("event%020d@google.com", n), "etag": `"3500000000000000"`,
				"status": "confirmed", "htmlLink": "https://www.google.com/calendar/event?eid=ZXZlbnQwMDAwMDAwMDAwMDAwMDAwMDAwMCBuaW5hQHZvZ3QuZXhhbXBsZQ",
				"created": "2026-11-01T10:00:00.000Z", "updated": "2026-11-01T10:00:00.000Z", "description": "Agenda &amp; notes<br>for the week", "eventType": "default",
				"creator": map[string]any{"email": "nina@vogt.example", "self": true}, "organizer": map[string]any{"email": "nina@vogt.example", "self": true},
				"attendees": []any{map[string]any{"email": "nina@vogt.example", "self": true, "responseStatus": "accepted"}, map[string]any{"email": "ana@northwind.example", "responseStatus": "accepted"}},
				"reminders": map[string]any{"useDefault": true}, "sequence": 0,
			})
		}
		answer := map[string]any{"kind": "calendar#events", "items": items, "timeZone": "Europe/Berlin"}
		if p < 3 {
			answer["nextPageToken"] = fmt.Sprint(p + 1)
		} else {
			answer["nextSyncToken"] = "token"
		}
		pages[p], _ = json.Marshal(answer)
	}
	b.SetBytes(int64(len(pages[0]) * 4))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := 0
		fmt.Sscan(r.URL.Query().Get("pageToken"), &n)
		w.Write(pages[n])
	}))
	defer srv.Close()
	o := benchOptions(b, srv.URL)
	for b.Loop() {
		a, err := Open(context.Background(), o)
		if err != nil {
			b.Fatal(err)
		}
		c, err := a.Source("primary", ReadOptions{Window: window()}).Changes(context.Background(), "")
		if err != nil || len(c.Items) != 10000 {
			b.Fatal(len(c.Items), err)
		}
	}
}

// BenchmarkOpen is what an account costs at the start of every run.
func BenchmarkOpen(b *testing.B) {
	o := benchOptions(b, "http://127.0.0.1:1")
	for b.Loop() {
		if _, err := Open(context.Background(), o); err != nil {
			b.Fatal(err)
		}
	}
}
