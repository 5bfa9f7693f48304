package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestCaldavStory tells the story of a CalDAV account on a real Radicale server,
// from the login to purge: testdata/caldav.
func TestCaldavStory(t *testing.T) {
	if _, err := exec.LookPath("radicale"); err != nil {
		t.Fatal("radicale is missing, which this test needs: apt-get install radicale")
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "caldav"),
		RequireExplicitExec: true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"dav": davCommand},
		Setup:               setupDav,
	})
}

func setupDav(env *testscript.Env) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	d := &davServer{dir: filepath.Join(env.WorkDir, "radicale"), port: port}
	env.Values[davKey] = d
	env.Defer(d.stop)
	for k, v := range map[string]string{
		"HOME": env.WorkDir, "XDG_CONFIG_HOME": filepath.Join(env.WorkDir, ".config"),
		"XDG_STATE_HOME": filepath.Join(env.WorkDir, ".state"), "TZ": "UTC",
		"DAV": fmt.Sprintf("http://127.0.0.1:%d", port),
	} {
		env.Setenv(k, v)
	}
	return nil
}

// davKey finds a script's server.
const davKey = "dav"

// davServer is one script's Radicale.
type davServer struct {
	dir  string
	port int
	cmd  *exec.Cmd
}

const davUser, davPassword = "nina", "s3cr3t pass"

func (d *davServer) start() error {
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"users": davUser + ":" + davPassword + "\n",
		"conf": fmt.Sprintf("[server]\nhosts = 127.0.0.1:%d\n[auth]\ntype = htpasswd\nhtpasswd_filename = %s/users\n"+
			"htpasswd_encryption = plain\ndelay = 0\n[storage]\nfilesystem_folder = %s/data\n[web]\ntype = none\n[logging]\nlevel = warning\n", d.port, d.dir, d.dir),
	} {
		if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	d.cmd = exec.Command("radicale", "--config", filepath.Join(d.dir, "conf"))
	return d.cmd.Start()
}

func (d *davServer) stop() {
	if d.cmd != nil {
		_ = d.cmd.Process.Kill() // it may have ended by itself
		_ = d.cmd.Wait()         // "signal: killed" is what was asked for
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// davCommand is what a script can do with its server, as another client:
//
//	dav start
//	dav make COLLECTION
//	dav put COLLECTION/NAME FILE
//	dav remove TITLE             the user deletes a follow-up
//	dav edit TITLE OLD NEW       ... or changes it
//	dav count N                  so many objects of ours stand
//	dav has TITLE
//	dav ring                     every object of ours has an alarm
func davCommand(ts *testscript.TestScript, neg bool, args []string) {
	server := ts.Value(davKey).(*davServer)
	d := davClient{ts, ts.Getenv("DAV"), filepath.Join(server.dir, "data", "collection-root", davUser)}
	switch args[0] {
	case "start":
		ts.Check(server.start())
		d.await()
	case "make":
		d.request("MKCALENDAR", "/nina/"+args[1]+"/", nil)
	case "put":
		d.request(http.MethodPut, "/nina/"+args[1], []byte(ts.ReadFile(args[2])))
	case "remove":
		d.request(http.MethodDelete, d.find(args[1]), nil)
	case "edit":
		path := d.find(args[1])
		text := d.request(http.MethodGet, path, nil)
		d.request(http.MethodPut, path, bytes.ReplaceAll(text, []byte(args[2]), []byte(args[3])))
	case "count":
		if n := fmt.Sprint(len(d.ours())); n != args[1] {
			ts.Fatalf("%s follow-ups stand, not %s", n, args[1])
		}
	case "has":
		if found := d.lookup(args[1]) != ""; found == neg {
			ts.Fatalf("a follow-up with %q in its title: %v", args[1], found)
		}
	case "ring":
		for path, text := range d.ours() {
			if !strings.Contains(text, "BEGIN:VALARM") {
				ts.Fatalf("%s has no alarm: %s", path, text)
			}
		}
	default:
		ts.Fatalf("dav: unknown %q", args[0])
	}
}

// davClient is another client of the script's server.
type davClient struct {
	ts   *testscript.TestScript
	base string
	data string // where the server keeps the user's collections
}

func (d davClient) await() {
	for range 200 {
		if resp, err := http.Get(d.base); err == nil {
			resp.Body.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	d.ts.Fatalf("the server did not answer within 10 s")
}

func (d davClient) request(method, path string, body []byte) []byte {
	req, err := http.NewRequest(method, d.base+path, bytes.NewReader(body))
	d.ts.Check(err)
	req.SetBasicAuth(davUser, davPassword)
	resp, err := http.DefaultClient.Do(req)
	d.ts.Check(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	d.ts.Check(err)
	if resp.StatusCode >= 300 {
		d.ts.Fatalf("%s %s: %s %s", method, path, resp.Status, text)
	}
	return text
}

// ours are the objects with our marker, by their path on the server.
func (d davClient) ours() map[string]string {
	out := map[string]string{}
	files, err := filepath.Glob(filepath.Join(d.data, "*", "*.ics"))
	d.ts.Check(err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		d.ts.Check(err)
		if strings.Contains(string(text), "X-FOLLOWUP-KEY") {
			out["/nina/"+filepath.Base(filepath.Dir(f))+"/"+filepath.Base(f)] = string(text)
		}
	}
	return out
}

func (d davClient) lookup(title string) string {
	for path, text := range d.ours() {
		if strings.Contains(text, "SUMMARY:"+title) {
			return path
		}
	}
	return ""
}

func (d davClient) find(title string) string {
	path := d.lookup(title)
	if path == "" {
		d.ts.Fatalf("no follow-up begins with %q", title)
	}
	return path
}
