// Package ics reads and writes iCalendar text (RFC 5545, 7986, 6868): a tolerant
// streaming reader for everybody's files, and a strict writer for ours.
//
// # Reading
//
// Read goes over the text once, in two stages. A scanner walks the physical
// lines without copying them, finds the components and notes the few lines that
// decide whether an event can matter: its time, whether it recurs. Only what
// passes Options.Window and Options.Keep is decoded. One bad component loses one
// component: it is named in Report.Skipped with the reason. Every VEVENT of the
// text is emitted, dropped (by Window or Keep) or skipped.
//
// What recurs, and what needs a time zone that the text defines further below,
// waits until the text ends; so does a bounded number of plain events, so that
// the newer of two copies of an event is the one that is emitted.
//
// The decoder is our own and does not build go-ical's Component: its property
// map costs more than all the rest of the decoding. The names are go-ical's, and
// a differential test holds both to the same values.
//
// # Time zones
//
// A zone's name is looked up in this order: IANA, IANA in other letters, with a
// maker's prefix stripped, Windows names (CLDR), Outlook's display names, the
// VTIMEZONE in the text (compiled into a time.Location), well-known misspellings,
// the calendar's X-WR-TIMEZONE, Options.Location. The last three come with a
// warning on the event.
package ics
