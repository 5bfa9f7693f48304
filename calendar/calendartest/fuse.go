package calendartest

import (
	"errors"
	"sync"
)

// ErrDead is what every call of a process gets that was killed: see Fuse.
var ErrDead = errors.New("the process is dead")

// A Fuse kills a simulated process at one of its steps. A step is a call to a
// calendar or a write to the store. From then on no step has any effect, which
// is all that the world can see of a death.
type Fuse struct {
	mu    sync.Mutex
	steps int
	at    int
	after bool
	dead  bool
}

// Arm makes the process die at the n-th step from now, counted from 1: before
// its effect or after it, with the reply lost. Zero never kills. It also brings
// a dead process back, as the next run of cron does.
func (f *Fuse) Arm(n int, after bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.steps, f.at, f.after, f.dead = 0, n, after, false
}

// Steps returns how many steps were taken since Arm.
func (f *Fuse) Steps() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.steps
}

// Dead tells whether the process died.
func (f *Fuse) Dead() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dead
}

// Do takes one step.
func (f *Fuse) Do(effect func() error) error {
	if f == nil {
		return effect()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead {
		return ErrDead
	}
	f.steps++
	dies := f.steps == f.at
	if dies && !f.after {
		f.dead = true
		return ErrDead
	}
	err := effect()
	if dies {
		f.dead = true
		return ErrDead
	}
	return err
}
