package webcal

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile puts data into the file in one step: whoever reads it, and whoever
// finds it after a crash, sees the old text or the new one. A file that holds the
// data already is not touched, since its time is what web servers publish as
// Last-Modified. A new file is readable by its owner alone; an existing one keeps
// its permissions, and a symbolic link goes on pointing to where it does.
func WriteFile(path string, data []byte) (changed bool, err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	mode := fs.FileMode(0o600)
	switch old, err := os.ReadFile(path); {
	case err == nil && bytes.Equal(old, data):
		return false, nil
	case err == nil:
		if info, err := os.Stat(path); err == nil {
			mode = info.Mode().Perm()
		}
	case isFolder(path):
		return false, fmt.Errorf("%s is a folder: name a file in it; nothing was written", path)
	case !errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("%w; nothing was written", err)
	case !isFolder(filepath.Dir(path)):
		return false, fmt.Errorf("%s can't be written: there is no folder %s; make it first", path, filepath.Dir(path))
	}
	if err := replace(path, data, mode); err != nil {
		return false, fmt.Errorf("%s could not be written and is as it was: %w", path, err)
	}
	return true, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// replace writes a new file beside the old one, sees it safely on disk and gives
// it the old one's name.
func replace(path string, data []byte, mode fs.FileMode) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = f.Chmod(mode); err != nil {
		return err
	}
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes the new name durable. Not every file system can; the file is
// whole either way.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer d.Close()
	_ = d.Sync()
	return nil
}
