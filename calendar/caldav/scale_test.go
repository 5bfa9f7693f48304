package caldav

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/calendar/ics"
)

// many is how much stands in the crowded calendar; -short takes a tenth.
func many() (ours, foreign int) {
	if testing.Short() {
		return 100, 500
	}
	return 1000, 5000
}

// crowd fills a collection with follow-ups and other people's events, behind the
// server's back: by PUT it would take minutes.
func (s *server) crowd(t *testing.T, u string) {
	t.Helper()
	files := map[string]string{}
	ours, foreign := many()
	for n := range ours {
		e := followUp(n)
		files[e.UID+".ics"] = textOf(t, e)
	}
	for n := range foreign {
		files[fmt.Sprintf("foreign-%05d.ics", n)] = objectText(plain(n))
	}
	if s.name == "radicale" {
		dir := filepath.Join(s.dir, "data", "collection-root", "nina", filepath.Base(strings.TrimSuffix(u, "/")))
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	var stream bytes.Buffer
	fmt.Fprint(&stream, "commit refs/heads/master\ncommitter nina <nina@vogt.example> 1795500000 +0000\ndata 6\nevents\nfrom refs/heads/master^0\n")
	for name, text := range files {
		fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", name, len(text), text)
	}
	repo := filepath.Join(s.dir, "user", "calendars", filepath.Base(strings.TrimSuffix(u, "/")))
	for _, args := range [][]string{{"fast-import", "--quiet"}, {"reset", "--quiet", "--hard"}} {
		cmd := exec.Command("git", append([]string{"-C", repo, "-c", "safe.directory=*"}, args...)...)
		cmd.Stdin = &stream
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

func TestManyEvents(t *testing.T) {
	onServers(t, func(t *testing.T, s *server) {
		ctx, u := context.Background(), s.calendar(t)
		s.put(t, u+"first.ics", objectText(plain(99999)))
		s.crowd(t, u)
		ours, foreign := many()
		c := open(t, s.options(u))
		target := c.Target("", ics.Options{Source: "target"})
		started := time.Now()
		all := readAll(t, target, "")
		if len(all.Items) != ours || !all.Whole || len(all.Skipped) > 0 {
			t.Fatalf("read %d of %d follow-ups, whole %v, skipped %d", len(all.Items), ours, all.Whole, len(all.Skipped))
		}
		t.Logf("first read of the target: %s, %+v", time.Since(started).Round(time.Millisecond), target.Requests())
		source := c.Source("", ics.Options{Source: "home", Window: calendar.Window{From: calendartest.At("2026-11-01 00:00"), To: calendartest.At("2027-01-20 00:00")}})
		started = time.Now()
		events := readAll(t, source, "")
		if len(events.Items) != ours+foreign+1 || !events.Whole {
			t.Errorf("the source read %d events of %d", len(events.Items), ours+foreign+1)
		}
		t.Logf("first read of the source: %s, %+v, cursor %d kB", time.Since(started).Round(time.Millisecond), source.Requests(), len(events.Next)/1000)

		before := target.Requests()
		started = time.Now()
		if again := readAll(t, target, all.Next); !again.Unchanged || again.Next != all.Next {
			t.Errorf("nothing changed, but read %d", len(again.Items))
		}
		after := target.Requests()
		if after.Read-before.Read != 1 || after.Write != before.Write {
			t.Errorf("a reading without news took %+v after %+v", after, before)
		}
		t.Logf("nothing changed: %s", time.Since(started).Round(time.Millisecond))

		e := followUp(7)
		at, err := target.Get(ctx, e.UID)
		if err != nil {
			t.Fatal(err)
		}
		e.Summary = "changed"
		if _, err := target.Update(ctx, calendartest.Stamp(e), []calendar.Field{calendar.FieldTitle}, at.Ref); err != nil {
			t.Fatal(err)
		}
		if status, _, body := s.send(t, http.MethodDelete, u+followUp(8).UID+".ics", nil, ""); status/100 != 2 {
			t.Fatalf("DELETE: %d %s", status, body)
		}
		if _, err := target.Create(ctx, followUp(ours)); err != nil {
			t.Fatal(err)
		}
		before = target.Requests()
		news := readAll(t, target, all.Next)
		if len(news.Items) != 2 || len(news.Gone) != 1 || news.Gone[0].ID.UID != followUp(8).UID {
			t.Errorf("read %v, gone %+v", uidsOf(news), news.Gone)
		}
		// The ctag (Radicale), the report, the objects, and a look for the removed one's UID.
		if n := target.Requests().Read - before.Read; n > 4 {
			t.Errorf("%d requests for three changes", n)
		}
	})
}
