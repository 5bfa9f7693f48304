package calendartest

import (
	"context"
	"errors"
	"testing"

	"followup/calendar"
)

func TestMemoryIsASource(t *testing.T) {
	for _, tokens := range []bool{false, true} {
		SourceSuite(t, func(t *testing.T) SourceFixture {
			m := &Memory{Tokens: tokens}
			return SourceFixture{
				Source: m, Proves: tokens, Expire: m.Expire, Count: m.Requests,
				Put:    func(e calendar.Event) { m.Put(e) },
				Remove: func(e calendar.Event) { m.Remove(e.UID) },
				Break: func() func() {
					m.Fault = Always(OpChanges, Fault{Err: errors.New("503")})
					return func() { m.Fault = nil }
				},
			}
		})
	}
}

func TestMemoryIsATarget(t *testing.T) {
	for name, kind := range map[string]*Memory{
		"google-like": {Tokens: true, Tombstones: true},
		"caldav-like": {},
		"no etags":    {ETags: NoETags},
		"weak etags":  {ETags: WeakETags, Tokens: true},
	} {
		t.Run(name, func(t *testing.T) {
			TargetSuite(t, func(t *testing.T) TargetFixture {
				m := &Memory{Tokens: kind.Tokens, Tombstones: kind.Tombstones, ETags: kind.ETags, Ours: true}
				return TargetFixture{
					Target: m, Tombstones: m.Tombstones, Unguarded: m.ETags != StrongETags,
					Edit:    func(key string, edit func(*calendar.Event)) { m.Edit(key, edit) },
					Remove:  func(key string) { m.Remove(key) },
					Foreign: func(e calendar.Event) { m.Put(e) },
					Lose:    func() { m.Fault = loseNextWrite() },
					Expire:  m.Expire, Count: m.Requests,
				}
			})
		})
	}
}

func loseNextWrite() func(Call) Fault {
	done := false
	return func(c Call) Fault {
		if done || c.Op == OpGet || c.Op == OpChanges {
			return Fault{}
		}
		done = true
		return Lost()
	}
}

func TestFuseStopsTheWorld(t *testing.T) {
	ctx := context.Background()
	for _, after := range []bool{false, true} {
		fuse := &Fuse{}
		m := &Memory{Fuse: fuse}
		fuse.Arm(2, after)
		if _, err := m.Create(ctx, FollowUp(0)); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Create(ctx, FollowUp(1)); !errors.Is(err, ErrDead) {
			t.Errorf("step 2 gave %v", err)
		}
		if _, err := m.Create(ctx, FollowUp(2)); !errors.Is(err, ErrDead) {
			t.Errorf("a dead process could write: %v", err)
		}
		if got, want := len(m.Events()), map[bool]int{false: 1, true: 2}[after]; got != want {
			t.Errorf("dying %v the effect left %d events, want %d", after, got, want)
		}
	}
}
