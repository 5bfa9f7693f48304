package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"followup/planner"
	"followup/sync"
)

// salvage takes over from a damaged file what no calendar can tell again: what
// the user said, and which follow-ups they deleted. It returns how that went, for
// the user to read.
func (s *Store) salvage(from string) string {
	db, err := sql.Open("sqlite", address(from, url.Values{"mode": {"ro"}}))
	if err != nil {
		return sayAgain
	}
	defer db.Close()
	ctx := context.Background()
	damaged := on(db, from)
	damaged.lenient = true
	var st sync.State
	readErr := errors.Join(damaged.loadMarks(ctx, &st), damaged.loadRecords(ctx, &st)) // as far as they can be read
	st.Records = slices.DeleteFunc(st.Records, func(r planner.Record) bool { return r.State != planner.Dismissed })
	for _, m := range st.Marks {
		if err := s.Mark(ctx, m); err != nil {
			return sayAgain
		}
	}
	if err := s.Save(ctx, sync.Outcome{Records: st.Records}); err != nil || readErr != nil || damaged.unread > 0 {
		return sayAgain
	}
	return fmt.Sprintf("what you said (%d marks) and deleted (%d follow-ups) was taken over", len(st.Marks), len(st.Records))
}

const sayAgain = "what you said with followup mark, and deleted, could not all be read: look at followup status and say it again where it is missing"
