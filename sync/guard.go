package sync

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"followup/calendar"
	"followup/planner"
)

// ErrGuard says that the plan would change too much at once, and that nothing
// was written.
var ErrGuard = errors.New("the guard stopped the run")

// Guard bounds what one run may do without being asked.
type Guard struct {
	MaxRemovals int     // removals in one run; 0 means 5
	MaxShare    float64 // of what stands, from 0 to 1; 0 means one half
}

func (g Guard) removals() int {
	if g.MaxRemovals <= 0 {
		return 5
	}
	return g.MaxRemovals
}

func (g Guard) share() float64 {
	if g.MaxShare <= 0 {
		return 0.5
	}
	return g.MaxShare
}

// Verdict is what the guard says of a plan.
type Verdict struct {
	Tripped bool
	Token   string // confirms exactly this plan; "" when it did not trip
	Why     string
}

// judge looks at the whole plan before anything is done.
//
// One application that ends may take all of its follow-ups along, whatever their
// share is: that is everyday life, and for most people one application is all
// that stands.
func (r *run) judge() Verdict {
	standing := r.standing()
	var why []string
	removals, applications, suspects := r.removals()
	share := float64(removals) > r.job.Guard.share()*float64(standing)
	switch {
	case removals > r.job.Guard.removals():
		why = append(why, fmt.Sprintf("%d of %d follow-ups would be removed, more than guard.max_removals = %d", removals, standing, r.job.Guard.removals()))
	case share && applications > 1:
		why = append(why, fmt.Sprintf("%d of %d follow-ups would be removed, more than guard.max_share = %g", removals, standing, r.job.Guard.share()))
	}
	if suspects > 0 {
		why = append(why, fmt.Sprintf("%d would be removed because a calendar suddenly lost many of its events, or is another calendar now", suspects))
	}
	if n := len(r.dismissals); n > r.job.Guard.removals() && float64(n) > r.job.Guard.share()*float64(standing) {
		why = append(why, fmt.Sprintf("%d of %d follow-ups vanished from the calendar at once; if you did not delete them, check the calendar before they are given up for good", n, standing))
	}
	if moved, all := r.moves(); all && !r.policyChanged() {
		why = append(why, fmt.Sprintf("all %d follow-ups would be moved at once, as a wrong time zone would do", moved))
	}
	if len(why) == 0 {
		return Verdict{}
	}
	return Verdict{Tripped: true, Token: r.token(), Why: strings.Join(why, "; ")}
}

// standing counts the follow-ups that stand in the target and are still to come,
// and those that stood until now.
func (r *run) standing() int {
	n := len(r.dismissals)
	for _, rec := range r.records {
		if k, live := r.target(remote(rec)); live && standing(rec) && rec.State != planner.Done && k.Event.End.After(r.now) {
			n++
		}
	}
	return n
}

func (r *run) removals() (n, applications, suspects int) {
	processes := map[string]bool{}
	for _, s := range r.steps {
		if s.Op != Delete {
			continue
		}
		n++
		processes[s.record.FollowUp.Process] = true
		if s.suspect {
			suspects++
		}
	}
	return n, len(processes), suspects
}

// moves counts the updates that change the time; all tells whether they are
// everything that stands, of several applications.
func (r *run) moves() (n int, all bool) {
	processes := map[string]bool{}
	for _, s := range r.steps {
		if s.Op == Update && slices.Contains(s.Fields, calendar.FieldTime) {
			n++
			processes[s.record.FollowUp.Process] = true
		}
	}
	return n, n > r.job.Guard.removals() && len(processes) > 1 && n == r.standing()
}

// token names the exact plan: what is done to which follow-up, and with which
// outcome.
func (r *run) token() string {
	var lines []string
	for _, s := range r.steps {
		lines = append(lines, fmt.Sprintf("%s %s %v %s", s.Op, s.Key, s.Fields, s.desired.Fingerprint()))
	}
	for _, rec := range r.dismissals {
		lines = append(lines, "dismiss "+rec.FollowUp.Key)
	}
	slices.Sort(lines)
	h := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(h[:6])
}
