package calendar

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWritePrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	path := filepath.Join(dir, "secret")
	for _, text := range []string{"one\n", "two\n"} {
		if err := WritePrivate(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != text {
			t.Errorf("wrote %q, read %q, %v", text, got, err)
		}
		modes := map[string]os.FileMode{path: 0o600, dir: 0o700}
		for name, want := range modes {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s has mode %v, want %v (%v)", name, info.Mode().Perm(), want, err)
			}
		}
		if err := os.Chmod(path, 0o644); err != nil { // as an editor leaves it
			t.Fatal(err)
		}
	}
	if err := WritePrivate(dir, []byte("x")); err == nil {
		t.Error("a folder was written over")
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("left %v, %v", files, err)
	}
	if files, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(files) != 1 {
		t.Errorf("a failure left %v, %v", files, err)
	}
}
