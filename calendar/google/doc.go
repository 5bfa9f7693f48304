// Package google is one Google account as a source and a target of events, over
// the Calendar API v3 (https://developers.google.com/workspace/calendar/api/v3/reference).
//
// [Authorize] signs a person in, once, as an installed application: OAuth 2.0
// with a loopback redirect (RFC 8252), PKCE (RFC 7636) and the narrowest scopes
// that do. [Open] then gives the [Account], whose [Source] reads one calendar
// and whose [Target] holds the follow-ups in a calendar of followup's own.
//
// # Reading
//
// A calendar is listed with singleEvents=true: Google expands recurring events,
// applies their exceptions and says which instances are cancelled, so that no
// second opinion on recurrence is needed, and a run in which nothing changed is
// one request. The first listing is bounded in time (an open-ended series has no
// end); what lies beyond is listed again, whole, once the window has moved that
// far. All pages are buffered: a page that fails is a listing that failed.
//
// # Writing
//
// A follow-up's key is its event id, so that the same follow-up can't be there
// twice; private extended properties say which follow-up it is and what was last
// written. Every change and deletion carries If-Match. The client library
// neither retries nor knows a timeout: both are here, in call.go.
package google
