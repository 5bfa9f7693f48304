package ics

import (
	"archive/zip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The text of a VTIMEZONE does not depend on whether the system has zones of its
// own or Go's own, shorter copy is used, as on Windows and in containers.
func TestTimezoneDataAlike(t *testing.T) {
	const system = "/usr/share/zoneinfo"
	for _, name := range []string{"Europe/Berlin", "America/Los_Angeles", "Australia/Sydney", "Africa/Casablanca", "Asia/Tokyo", "America/Sao_Paulo", "Europe/Dublin", "Asia/Gaza", "Pacific/Apia"} {
		ours, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones := []*time.Location{ours}
		if data, err := os.ReadFile(filepath.Join(system, name)); err == nil {
			if loc, err := time.LoadLocationFromTZData(name, data); err == nil {
				zones = append(zones, loc)
			}
		}
		if short, err := time.LoadLocationFromTZData(name, embedded(t, name)); err == nil {
			zones = append(zones, short)
		}
		var want []change
		for i, loc := range zones {
			got := changes(loc, 2025, 2029)
			for j := 1; j < len(got); j++ {
				if !got[j].at.After(got[j-1].at) || got[j].from == got[j].to && got[j].name == got[j-1].name {
					t.Errorf("%s: a change that is none, or goes back: %+v after %+v", name, got[j], got[j-1])
				}
			}
			for j := range got {
				got[j].at = got[j].at.UTC()
			}
			if i == 0 {
				want = got
			} else if !slices.Equal(got, want) {
				t.Errorf("%s: with other data the changes are\n%+v, want\n%+v", name, got, want)
			}
		}
		if len(zones) < 2 {
			t.Errorf("%s: there was only one copy of the zone to compare", name)
		}
	}
}

// embedded returns the zone's data in Go's own copy, from the toolchain's zip.
func embedded(t *testing.T, name string) []byte {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("there is no go command to ask for the toolchain's folder")
	}
	r, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib/time/zoneinfo.zip"))
	if err != nil {
		t.Skip("the toolchain has no zoneinfo.zip to compare with")
	}
	defer r.Close()
	f, err := r.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
