package google

import (
	"slices"
	"strings"
)

const scopePrefix = "https://www.googleapis.com/auth/"

// The scopes that followup may ask for:
// https://developers.google.com/workspace/calendar/api/auth
const (
	ScopeReadOwned = scopePrefix + "calendar.events.owned.readonly" // events of calendars that the user owns
	ScopeReadAll   = scopePrefix + "calendar.events.readonly"       // and of those shared with the user
	ScopeWrite     = scopePrefix + "calendar.app.created"           // calendars that followup makes, and no other
)

// serviceScopes are those of a service account: an administrator allows a fixed
// list, and others are refused, be they narrower.
var serviceScopes = []string{ScopeReadAll, ScopeWrite}

// ScopesFor returns the narrowest scopes with which the calendars can be read
// and, if write is set, a calendar of followup's own be kept. Whether a calendar
// other than the primary one is the user's own can't be told from its id, so
// that any of those asks for the right to read all.
func ScopesFor(calendars []string, write bool) []string {
	read := ScopeReadOwned
	for _, c := range calendars {
		if c != "" && c != "primary" {
			read = ScopeReadAll
		}
	}
	scopes := []string{}
	if len(calendars) > 0 {
		scopes = append(scopes, read)
	}
	if write {
		scopes = append(scopes, ScopeWrite)
	}
	return scopes
}

// wider lists the scopes that include another one, without the prefix.
var wider = map[string][]string{
	ScopeReadOwned: {"calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly", "calendar.events.owned"},
	ScopeReadAll:   {"calendar", "calendar.readonly", "calendar.events"},
	ScopeWrite:     {"calendar"},
}

// missingScopes returns those of want that granted does not cover.
func missingScopes(want, granted []string) []string {
	var missing []string
	for _, w := range want {
		if !covers(granted, w) {
			missing = append(missing, w)
		}
	}
	return missing
}

func covers(granted []string, want string) bool {
	if slices.Contains(granted, want) {
		return true
	}
	for _, w := range wider[want] {
		if slices.Contains(granted, scopePrefix+w) {
			return true
		}
	}
	return false
}

// canListCalendars tells whether calendarList.list is allowed: app.created alone
// does not allow it.
func canListCalendars(granted []string) bool {
	for _, s := range []string{"calendar", "calendar.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly"} {
		if slices.Contains(granted, scopePrefix+s) {
			return true
		}
	}
	return false
}

// scopeWords says in words what the scopes are for.
func scopeWords(scopes []string) string {
	words := map[string]string{
		ScopeReadOwned: "to see the events on calendars you own",
		ScopeReadAll:   "to see the events on all your calendars",
		ScopeWrite:     "to make a calendar of its own and change that one",
	}
	var out []string
	for _, s := range scopes {
		short := strings.TrimPrefix(s, scopePrefix)
		if w := words[s]; w != "" {
			short = w + " (" + short + ")"
		}
		out = append(out, short)
	}
	return strings.Join(out, ", ")
}
