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
// used; it was looked at again in v0.6.0, function by function:
//
//   - PutCalendarObject and RemoveAll take no precondition, and the former fails
//     after success where an ETag is weak or without quotes (strconv.Unquote).
//   - QueryCalendar and MultiGetCalendar give no object where one can't be
//     decoded; MultiGetCalendar is silent on objects that the server left out.
//   - There is no ctag and no sync-collection; a status is an error of an
//     internal type, so that 404, 401 and 507 can't be told apart.
//   - FindCurrentUserPrincipal and FindCalendarHomeSet return Href.Path: iCloud
//     answers https://p42-caldav.icloud.com/..., and the host is lost. Neither they
//     nor FindCalendars tell where a redirect ended. FindCalendars does not ask for
//     current-user-privilege-set, without which a read-only calendar can't be told.
//   - DiscoverContextURL looks up _caldavss._tcp (it is given "caldavs" and adds an
//     "s"), reads no TXT record and takes no resolver.
//
// With them in front, discovery would need the requests and the parser of dav.go
// all the same, for redirects, hosts and privileges.
package caldav
