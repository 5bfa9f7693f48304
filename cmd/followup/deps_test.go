package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers is the table of docs/architecture.md: what each package may import of
// ours, with the reason that a failure teaches. Dependencies point down only.
var layers = map[string]struct {
	may    []string
	reason string
}{
	"calendar":              {nil, "calendar holds the words that all others speak; it knows nobody"},
	"config":                {nil, "config is plain values; cmd turns them into the parts' own options"},
	"calendar/ics":          {[]string{"calendar"}, "text to Event and back: no network, no files, no planner"},
	"calendar/webcal":       {[]string{"calendar", "calendar/ics"}, "adapters never import each other, nor anything above them"},
	"calendar/caldav":       {[]string{"calendar", "calendar/ics"}, "adapters never import each other, nor anything above them"},
	"calendar/google":       {[]string{"calendar"}, "adapters never import each other, nor anything above them"},
	"calendar/calendartest": {[]string{"calendar", "calendar/ics"}, "fakes know what an adapter knows"},
	"planner/interview":     {[]string{"calendar"}, "recognition sees events alone"},
	"planner/draft":         {[]string{"calendar", "planner/interview"}, "texts see what recognition found"},
	"planner":               {[]string{"calendar", "planner/interview", "planner/draft"}, "the planner is pure: it knows no store, no adapter, no configuration"},
	"sync":                  {[]string{"calendar", "planner", "planner/interview", "planner/draft"}, "one run knows calendars by their interfaces only"},
	"sync/sqlite":           {[]string{"calendar", "planner", "planner/interview", "planner/draft", "sync"}, "the store keeps what sync hands it"},
	"sync/web":              {[]string{"calendar", "calendar/ics", "planner", "planner/interview", "planner/draft", "sync"}, "the page shows what is remembered; it reads no calendar itself"},
}

// TestLayers holds the table of allowed imports.
func TestLayers(t *testing.T) {
	for pkg, imports := range ourImports(t, false) {
		layer, known := layers[pkg]
		if !known {
			if !strings.HasPrefix(pkg, "cmd/") {
				t.Errorf("package %s is not in the table of layers: add it with its reason, or put the code where it belongs", pkg)
			}
			continue
		}
		for _, imp := range imports {
			ours, ok := strings.CutPrefix(imp, "followup/")
			if ok && !slices.Contains(layer.may, ours) {
				t.Errorf("%s imports %s: %s", pkg, ours, layer.reason)
			}
		}
	}
}

// TestPlannerPure keeps clock, network, files and chance out of the planner, by
// direct import: fmt itself imports os, so a check of all dependencies can't work.
func TestPlannerPure(t *testing.T) {
	impure := []string{"os", "os/exec", "net", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "io/ioutil", "syscall", "path/filepath", "log", "log/slog"}
	for pkg, imports := range ourImports(t, false) {
		if pkg != "planner" && !strings.HasPrefix(pkg, "planner/") {
			continue
		}
		for _, imp := range imports {
			if slices.Contains(impure, imp) {
				t.Errorf("%s imports %s: the same input must give the same plan, so the planner has no I/O and no chance", pkg, imp)
			}
		}
	}
	for file, calls := range clockCalls(t) {
		t.Errorf("%s calls %s: the planner's clock is Input.Now", file, calls)
	}
}

const moduleRoot = "../.."

// ourImports lists what each package of the module imports, tests aside unless asked for.
func ourImports(t *testing.T, tests bool) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	eachGoFile(t, moduleRoot, tests, func(path string) {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		pkg := packageOf(t, path)
		for _, imp := range f.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			out[pkg] = append(out[pkg], name)
		}
	})
	if len(out["planner"]) == 0 || len(out["sync"]) == 0 {
		t.Fatal("planner and sync were not found: this test looks at nothing")
	}
	return out
}

func packageOf(t *testing.T, path string) string {
	t.Helper()
	rel, err := filepath.Rel(moduleRoot, filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}

func eachGoFile(t *testing.T, root string, tests bool, do func(path string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "testdata" || strings.HasPrefix(name, ".") && path != root) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(name, ".go") && (tests || !strings.HasSuffix(name, "_test.go")) {
			do(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
