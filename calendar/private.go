package calendar

import (
	"errors"
	"os"
	"path/filepath"
)

// WritePrivate puts a text that nobody else may read, such as a sign-in, into the
// file in one step: a crash leaves the old text or the new one. Only the owner can
// read the file (0600), whoever could read the old one; its folder is made where
// it is missing (0700). Adapters that keep secrets share it.
func WritePrivate(path string, text []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*.tmp") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails, as it should, once renamed
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
