package sync

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followup/calendar/caldav"
	"followup/calendar/ics"
	"followup/calendar/webcal"
)

// TestALostFileIsWrittenAnew holds that removing the whole file is not deleting
// what stood in it; what the user deleted in it before stays deleted.
func TestALostFileIsWrittenAnew(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(t.TempDir(), "followups.ics")
	w.place = adapterPlace{t, webcal.NewFile(path, ics.Calendar{Name: "Follow-ups"}), w.fuse}
	w.job = w.newJob()
	w.feed.Put(invitation("Northwind", day(24, 10)), invitation("Contoso", day(26, 10)))
	w.run()
	w.remove(w.standingKeys("Contoso")[0])
	w.after(time.Minute).run()
	before := looks(w.stands())
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	w.after(time.Minute).run()
	if d := cmp.Diff(before, looks(w.stands())); d != "" {
		t.Errorf("(-before +after the file was removed):\n%s", d)
	}
	if run := w.after(time.Minute).run(); !run.Quiet {
		t.Errorf("then nothing happened, but: %+v", run.Changes)
	}
}

// startRadicale starts a CalDAV server that lets everybody in, on this machine only.
func startRadicale(t *testing.T) (base string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	dir := t.TempDir()
	config := fmt.Sprintf("[server]\nhosts = %s\n[auth]\ntype = none\n[storage]\nfilesystem_folder = %s/data\n[web]\ntype = none\n[logging]\nlevel = error\n", address, dir)
	if err := os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("radicale", "--config", filepath.Join(dir, "config"))
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v; install it with apt-get install radicale", err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	base = "http://" + address + "/"
	for range 100 {
		if res, err := http.Get(base); err == nil {
			res.Body.Close()
			return base
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("radicale does not answer")
	return ""
}

// radicaleTarget is the adapter for CalDAV over a new collection of the server.
func radicaleTarget(t *testing.T, base string, n int) Target {
	t.Helper()
	url := fmt.Sprintf("%snina/story%d/", base, n)
	body := `<?xml version="1.0"?><C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"/>`
	req, err := http.NewRequest("MKCALENDAR", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("nina", "x")
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusCreated {
		t.Fatal(res, err)
	}
	res.Body.Close()
	c, err := caldav.Open(context.Background(), caldav.Options{URL: url, Username: "nina", Secret: caldav.Secret{Value: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	return c.Target("", ics.Options{Source: "target"})
}
