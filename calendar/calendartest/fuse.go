package calendartest

import (
	"context"
	"errors"
	"sync"

	"followup/calendar"
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

// Fused is a target whose every call is a step of the fuse.
func Fused(t Target, f *Fuse) Target { return &fused{t, f} }

type fused struct {
	target Target
	fuse   *Fuse
}

// Vanished tells what the target tells: whether the calendar itself is not there.
func (x *fused) Vanished() bool {
	v, ok := x.target.(interface{ Vanished() bool })
	return ok && v.Vanished()
}

func (x *fused) Changes(ctx context.Context, since calendar.Cursor) (c calendar.Changes, err error) {
	err = x.fuse.Do(func() error { c, err = x.target.Changes(ctx, since); return err })
	return c, err
}

func (x *fused) Get(ctx context.Context, key string) (it calendar.Item, err error) {
	err = x.fuse.Do(func() error { it, err = x.target.Get(ctx, key); return err })
	return it, err
}

func (x *fused) Create(ctx context.Context, e calendar.Event) (ref calendar.Ref, err error) {
	err = x.fuse.Do(func() error { ref, err = x.target.Create(ctx, e); return err })
	return ref, err
}

func (x *fused) Update(ctx context.Context, e calendar.Event, fields []calendar.Field, at calendar.Ref) (ref calendar.Ref, err error) {
	err = x.fuse.Do(func() error { ref, err = x.target.Update(ctx, e, fields, at); return err })
	return ref, err
}

func (x *fused) Delete(ctx context.Context, key string, at calendar.Ref) error {
	return x.fuse.Do(func() error { return x.target.Delete(ctx, key, at) })
}
