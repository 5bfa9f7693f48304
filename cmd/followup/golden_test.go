package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// runFollowup runs the program in an empty home and returns what it printed.
func runFollowup(t *testing.T, args ...string) (out, errOut string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(""), &o, &e)
	return o.String(), e.String(), code
}

// golden compares text with a file of testdata, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s\nlook at it, and if it is right: go test ./cmd/followup -update", file, got)
	}
}

// TestExamples holds the plan of every example, byte for byte. Each comment says
// why a career adviser would sign it.
func TestExamples(t *testing.T) {
	noConfig := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(noConfig, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ example, now string }{
		// The panel loop ended on Monday at 14:00: four thank-yous, one a person and
		// none the same, a day later in working hours; the recruiter, who only
		// arranged it, is asked for news on Tuesday, two business days after the
		// promised Friday. The first round's check is left out, for the loop is its
		// answer. Fabrikant said no: a reply today and, as it went well, a request
		// for feedback a few days later. The two at the end of the list are not sure
		// or not hers: they wait for #interview.
		{"engineer", "2026-11-24T12:00:00-08:00"},
		// Nobody on the panels gave an address: each note goes by the recruiter, who
		// is asked to pass it on. Lakeshore's interview of Thursday is late but still
		// in time; its check waits for the two weeks they promised. The performance
		// review, the mammogram and the shifts are no interviews. The phone screen is
		// still to come.
		{"nurse", "2026-11-24T20:00:00-05:00"},
		// The agency arranged it: the two interviewers are thanked through the
		// adviser, in German, and the adviser is who is asked for news, after the end
		// of the promised week. The cancelled interview gives nothing, the staff
		// appraisal and the practice interview are none.
		{"graduate", "2026-11-24T09:00:00+01:00"},
	} {
		file := filepath.Join(moduleRoot, "examples", c.example+".ics")
		args := []string{"plan", file, "--now", c.now, "--config", noConfig}
		out, errOut, code := runFollowup(t, args...)
		if code != exitOK || errOut != "" {
			t.Fatalf("%s: exit code %d, %s", c.example, code, errOut)
		}
		golden(t, "plan-"+c.example+".txt", out)
		again, _, _ := runFollowup(t, args...)
		if again != out {
			t.Errorf("%s: the same calendar gave another plan", c.example)
		}
		export, _, code := runFollowup(t, "export", file, "--now", c.now, "--config", noConfig, "-o", "-")
		if code != exitOK {
			t.Fatalf("%s: export ended with %d", c.example, code)
		}
		golden(t, "export-"+c.example+".ics", export)
	}
}
