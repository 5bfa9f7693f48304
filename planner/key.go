package planner

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

	"followup/planner/draft"
)

var keyEncoding = base32.HexEncoding.WithPadding(base32.NoPadding)

// Key names a follow-up for ever: the same on every machine, in every run, after
// a lost state file. anchor is the process, identity the interview's soft
// identity (interview.Interview.Identity), recipient what tells apart the
// follow-ups of one kind after one interview, and generation how often the user
// asked for it again after it was gone for good.
//
// It is base32hex in lower case (RFC 4648 section 7), 32 characters of 0-9 and
// a-v: a legal Google event id, a CalDAV file name and an iCalendar UID at once.
func Key(anchor, identity string, kind draft.Kind, recipient string, generation int) string {
	h := sha256.New()
	for _, part := range []string{anchor, identity, string(kind), recipient, fmt.Sprint(generation)} {
		fmt.Fprintf(h, "%d:%s\n", len(part), part)
	}
	return strings.ToLower(keyEncoding.EncodeToString(h.Sum(nil)[:20]))
}
