package sync

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// ErrLocked says that another run is at work.
var ErrLocked = errors.New("another followup is running")

// Lock keeps other runs away from the state file until unlock is called or the
// process ends, however it ends. It does not wait: ErrLocked says that another
// run is at work.
func Lock(statePath string) (unlock func() error, err error) {
	if err := os.MkdirAll(filepath.Dir(statePath), 0o700); err != nil {
		return nil, err
	}
	l := flock.New(statePath+".lock", flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("the lock %s can't be taken: %w", l.Path(), err)
	}
	if !ok {
		return nil, fmt.Errorf("%w (it holds %s); try again when it is done", ErrLocked, l.Path())
	}
	return l.Unlock, nil
}
