package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// What a script can't provoke: the other findings are in testdata/script/doctor.txtar,
// testdata/google/doctor.txtar and testdata/caldav/story.txtar.
func TestFindings(t *testing.T) {
	if f := checkClock(time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)); f.State != bad || !strings.Contains(f.Do, "clock") {
		t.Errorf("a clock that was never set: %+v", f)
	}
	if f := checkClock(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)); f.State != fine {
		t.Errorf("a clock that is right: %+v", f)
	}
	if do := stateAdvice(fmt.Errorf("open: %w", os.ErrPermission)); !strings.Contains(do, "yours to read") {
		t.Errorf("a state that may not be read: %q", do)
	}
	if do := stateAdvice(errors.New("not a database")); !strings.Contains(do, "move it away") {
		t.Errorf("a state that can't be read: %q", do)
	}
}

func TestFeedFinding(t *testing.T) {
	for code, want := range map[int]string{http.StatusOK: fine, http.StatusServiceUnavailable: bad, http.StatusNotFound: bad} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/healthz" {
				t.Errorf("it asked for %s", r.URL.Path)
			}
			w.WriteHeader(code)
		}))
		f := checkFeed(t.Context(), srv.URL+"/")
		srv.Close()
		if f.State != want {
			t.Errorf("an answer %d: %+v", code, f)
		}
	}
}
