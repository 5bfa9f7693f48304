package calendartest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Khal is a person's own calendar programs, vdirsyncer and khal, on one remote
// calendar. Their zone is Europe/Berlin.
type Khal struct {
	t   testing.TB
	dir string
}

// NewKhal sets the programs up in a folder of their own. storage is the remote
// storage in the words of vdirsyncer's configuration, such as
//
//	type = "http"
//	url = "http://127.0.0.1:8480/feed.ics"
func NewKhal(t testing.TB, storage string) *Khal {
	t.Helper()
	k := &Khal{t, t.TempDir()}
	k.write("vdirsyncer", fmt.Sprintf(`[general]
status_path = "%[1]s/status/"
[pair home]
a = "local"
b = "remote"
collections = null
conflict_resolution = "a wins"
[storage local]
type = "filesystem"
path = "%[1]s/events"
fileext = ".ics"
[storage remote]
%[2]s
`, k.dir, storage))
	k.write("khal", fmt.Sprintf(`[calendars]
[[home]]
path = %[1]s/events
[locale]
timeformat = %%H:%%M
dateformat = %%Y-%%m-%%d
longdateformat = %%Y-%%m-%%d
datetimeformat = %%Y-%%m-%%d %%H:%%M
longdatetimeformat = %%Y-%%m-%%d %%H:%%M
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
[sqlite]
path = %[1]s/khal.db
[default]
default_calendar = home
`, k.dir))
	if err := os.Mkdir(filepath.Join(k.dir, "events"), 0o700); err != nil {
		t.Fatal(err)
	}
	k.vdirsyncer("discover")
	return k
}

func (k *Khal) write(name, text string) {
	k.t.Helper()
	if err := os.WriteFile(filepath.Join(k.dir, name), []byte(text), 0o600); err != nil {
		k.t.Fatal(err)
	}
}

// Sync brings both sides together.
func (k *Khal) Sync() {
	k.t.Helper()
	k.vdirsyncer("sync")
}

func (k *Khal) vdirsyncer(args ...string) {
	k.t.Helper()
	Command(k.t, k.dir, "y\n", "vdirsyncer", append([]string{"-c", "vdirsyncer"}, args...)...)
}

// Run runs khal, with what a person would type, and returns what it prints.
func (k *Khal) Run(input string, args ...string) string {
	k.t.Helper()
	return Command(k.t, k.dir, input, "khal", append([]string{"-c", "khal"}, args...)...)
}

// Command runs a program of Debian's in the folder, with that as its home, and
// returns what it prints. A program that is missing fails the test.
func Command(t testing.TB, dir, input, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is missing, which this test needs: apt-get install %s", name, name)
	}
	c := exec.Command(name, args...)
	c.Dir, c.Stdin = dir, strings.NewReader(input)
	c.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir, "XDG_DATA_HOME="+dir, "LC_ALL=C.UTF-8", "TZ=Europe/Berlin", "PYTHONWARNINGS=ignore")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}
