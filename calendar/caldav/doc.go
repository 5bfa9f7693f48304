// Package caldav reads and writes the events of one CalDAV collection: iCloud,
// Fastmail, Nextcloud, Radicale and every other server that speaks RFC 4791.
//
// Open takes an address and a login; it asks the network nothing. Calendars and
// Check look around on the server, Source reads one collection, Target writes
// follow-ups into one. What the package promises:
//
//   - A collection that did not change costs one request: a sync-collection
//     report (RFC 6578) with the token of the last read, or a PROPFIND of the
//     ctag where a server has no tokens.
//   - What was asked for and not returned is asked for again, one by one; a
//     listing that the server cut short is never called whole.
//   - Every write has a precondition (RFC 9110 section 13.1): If-None-Match: *
//     for a new object, If-Match for a known one. A write whose reply was lost is
//     settled by reading.
//   - An update changes the text that the server has. Properties that we do not
//     know and alarms that somebody added stay as they are.
//   - Passwords go over TLS or to this machine, to the host that was configured
//     and hosts of the same site, and into no error message.
//
// # What is used of other libraries
//
// Digest answers come from github.com/icholy/digest; which sites belong together
// from golang.org/x/net/publicsuffix. Of github.com/emersion/go-webdav nothing is
// used in the end. Its writing has no preconditions and reports errors after
// success; its reading loses all objects to one bad one and has neither ctag nor
// a typed sync token error; its discovery drops the host of a reference, which
// iCloud needs, and falls back on no well-known address. What is left would be the SRV lookup,
// which takes no resolver and so could not be tested.
package caldav
