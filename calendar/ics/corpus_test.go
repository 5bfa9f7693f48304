package ics

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"followup/calendar"
)

// corpusDir is where third-party calendar files with right answers lie: see the
// README there. They are no part of this repository.
func corpusDir(t testing.TB) string {
	if dir := os.Getenv("FOLLOWUP_ICS_CORPUS"); dir != "" {
		return dir
	}
	up := filepath.Join("..", "..")
	for range 2 { // next to the repository, or one folder further up
		up = filepath.Join(up, "..")
		dir := filepath.Join(up, "shared", "ics-corpus")
		if _, err := os.Stat(filepath.Join(dir, "oracle.jsonl")); err == nil {
			return dir
		}
	}
	t.Skip("no corpus of third-party files here; set FOLLOWUP_ICS_CORPUS to its folder")
	return ""
}

type oracleFile struct {
	File    string        `json:"file"`
	VEvents int           `json:"vevents"`
	Nested  bool          `json:"nested_or_fragment"`
	Events  []oracleEvent `json:"events"`
}

type oracleEvent struct {
	UID          *string  `json:"uid"`
	RecurrenceID string   `json:"recurrence_id"`
	Summary      string   `json:"summary"`
	Start        string   `json:"start"`
	Starts       []string `json:"starts"`
	Overridden   []string `json:"overridden"`
	AllDay       bool     `json:"all_day"`
	Floating     bool     `json:"floating"`
	Recurring    bool     `json:"recurring"`
	Flags        []string `json:"flags"`
	AgreedBy     []string `json:"agreed_by"`
	Contested    any      `json:"contested"`
	Unresolved   bool     `json:"tz_unresolved"`
	NoStart      bool     `json:"no_start"`
}

func (e oracleEvent) gold() bool {
	return len(e.AgreedBy) == 3 && len(e.Flags) == 0 && e.Contested == nil && !e.Unresolved
}

var corpusWindow = calendar.Window{
	From: time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC),
	To:   time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
}

// ourStart is an event's start as the oracle writes it.
func ourStart(e calendar.Event, floating bool) string {
	switch {
	case e.AllDay:
		return e.Start.Format("2006-01-02")
	case floating && e.Floating:
		return e.Start.Format("2006-01-02T15:04:05")
	}
	return e.Start.UTC().Format("2006-01-02T15:04:05Z")
}

// tally counts what is right, by maker.
type tally struct{ gold, right int }

func TestCorpus(t *testing.T) {
	dir := corpusDir(t)
	makers := map[string]*tally{}
	total := &tally{}
	contested, warned := 0, 0
	for _, f := range readOracle(t, dir) {
		text, err := os.ReadFile(filepath.Join(dir, f.File))
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		got, report := readAll(text, Options{MaxPerSeries: 250, Recurring: corpusWindow})
		if took := time.Since(begin); took > time.Second {
			t.Errorf("%s: took %v", f.File, took)
		}
		if n := report.Read + report.Dropped + len(report.Skipped); n != report.There {
			t.Errorf("%s: %d VEVENTs there, but read %d, dropped %d, skipped %d", f.File, report.There, report.Read, report.Dropped, len(report.Skipped))
		}
		if report.There != f.VEvents && !f.Nested {
			t.Logf("%s: %d VEVENTs seen, %d by text count", f.File, report.There, f.VEvents)
		}
		m := makers[maker(text)]
		if m == nil {
			m = &tally{}
			makers[maker(text)] = m
		}
		for _, e := range f.Events {
			if e.Contested != nil || e.Unresolved {
				contested++
				if hasWarning(got, e) {
					warned++
				} else {
					t.Logf("%s: no warning on %s", f.File, show(e))
				}
			}
			if !e.gold() {
				continue
			}
			m.gold++
			total.gold++
			why := judge(got, f.Events, e)
			if why == "" {
				m.right++
				total.right++
			} else {
				t.Logf("%s: %s: %s", f.File, show(e), why)
			}
		}
	}
	for _, name := range slices.Sorted(mapKeys(makers)) {
		t.Logf("%-28s %5d of %5d", name, makers[name].right, makers[name].gold)
	}
	t.Logf("gold: %d of %d right; contested or unresolved with a warning: %d of %d", total.right, total.gold, warned, contested)
	if total.right*1000 < total.gold*999 {
		t.Errorf("only %d of %d gold events are right", total.right, total.gold)
	}
}

func mapKeys(m map[string]*tally) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func show(e oracleEvent) string {
	uid := "-"
	if e.UID != nil {
		uid = *e.UID
	}
	return fmt.Sprintf("%s %s %q start %s (%d starts)", uid, e.RecurrenceID, e.Summary, e.Start, len(e.Starts))
}

func same(g calendar.Event, e oracleEvent) bool {
	if e.UID == nil {
		return strings.HasSuffix(g.UID, "@no-uid")
	}
	return strings.TrimSpace(*e.UID) == g.UID
}

func hasWarning(got []calendar.Event, e oracleEvent) bool {
	found := false
	for _, g := range got {
		if same(g, e) {
			if len(g.Warnings) > 0 {
				return true
			}
			found = true
		}
	}
	return !found
}

// judge tells what is wrong with our reading of a gold event; "" when nothing is.
func judge(got []calendar.Event, all []oracleEvent, e oracleEvent) string {
	have := map[string]bool{}
	ids := map[string]bool{}
	for _, g := range got {
		if !same(g, e) {
			continue
		}
		s := ourStart(g, e.Floating)
		have[s] = true
		ids[s+"|"+recurrence(g)] = true
	}
	if !e.Recurring {
		if !have[e.Start] {
			return fmt.Sprintf("have %v", clip(have))
		}
		if e.RecurrenceID != "" && !e.Floating && !ids[e.Start+"|"+normalID(e.RecurrenceID)] {
			return fmt.Sprintf("wrong recurrence id: %v", clip(ids))
		}
		return ""
	}
	if e.Starts == nil { // the three did not agree on the expansion, or gave up
		return ""
	}
	allowed := map[string]bool{}
	last, capped := "", false
	for _, o := range all {
		if (o.UID == nil) != (e.UID == nil) || o.UID != nil && *o.UID != *e.UID {
			continue
		}
		for _, s := range o.Starts {
			allowed[s] = true
		}
		allowed[o.Start] = true
		capped = capped || len(o.Starts) >= 150 // the oracle stops at 200, less what EXDATE takes away
	}
	for _, s := range e.Starts {
		if !have[s] {
			return fmt.Sprintf("lacks %s of %v; has %v", s, e.Starts, clip(have))
		}
		last = max(last, s)
	}
	for s := range have {
		if !allowed[s] && s >= "2015" && s < "2030" && (!capped || s <= last && len(e.Starts) >= 150) {
			return fmt.Sprintf("has %s, which is not in %v", s, e.Starts)
		}
	}
	return ""
}

func clip(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out[:min(len(out), 5)]
}

func recurrence(e calendar.Event) string { return e.RecurrenceID }

func normalID(s string) string {
	return strings.NewReplacer("-", "", ":", "").Replace(s)
}

func readOracle(t testing.TB, dir string) []oracleFile {
	f, err := os.Open(filepath.Join(dir, "oracle.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []oracleFile
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 64<<20)
	for sc.Scan() {
		var o oracleFile
		if err := json.Unmarshal(sc.Bytes(), &o); err != nil {
			t.Fatal(err)
		}
		out = append(out, o)
	}
	return out
}

// maker is who wrote the file, by PRODID.
func maker(text []byte) string {
	prodid := ""
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "PRODID:"); ok {
			prodid = strings.ToLower(rest)
			break
		}
	}
	for _, m := range [][2]string{
		{"google", "Google"}, {"apple", "Apple"}, {"microsoft", "Microsoft"}, {"mozilla", "Mozilla"}, {"nextcloud", "Nextcloud/SabreDAV"},
		{"sabre", "Nextcloud/SabreDAV"}, {"k desktop", "KDE"}, {"libkcal", "KDE"}, {"kde", "KDE"}, {"lotus", "Notes"}, {"hcl", "Notes"}, {"domino", "Notes"},
		{"mulberry", "Mulberry"},
	} {
		if strings.Contains(prodid, m[0]) {
			return m[1]
		}
	}
	if prodid == "" {
		return "no PRODID"
	}
	return "others"
}

func readAll(text []byte, o Options) ([]calendar.Event, Report) {
	var out []calendar.Event
	report, _ := Read(strings.NewReader(string(text)), o, func(e calendar.Event) error {
		out = append(out, e)
		return nil
	})
	return out, report
}
