package ics

import (
	_ "embed" // the tables below
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones work in a container without any
	"unicode"
)

// ianaList holds the names of the IANA time zone database, one a line.
//
//go:embed iana.txt
var ianaList string

// windowsList holds the Windows names with their IANA zone and display name.
//
//go:embed windows.txt
var windowsList string

// zoneTables are the ways from a name to an IANA name.
type zoneTables struct {
	exact   map[string]bool
	folded  map[string]string // lower case, blanks as underscores
	windows map[string]string // lower case
	display map[string]string // letters and digits only, lower case
	words   map[string]string // a word of a display name that only one zone has
}

var tables = sync.OnceValue(func() zoneTables {
	t := zoneTables{map[string]bool{}, map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}}
	for name := range strings.Lines(ianaList) {
		name = strings.TrimSpace(name)
		t.exact[name] = true
		t.folded[strings.ToLower(name)] = name
	}
	for row := range strings.Lines(windowsList) {
		f := strings.Split(strings.TrimRight(row, "\n"), "|")
		if len(f) != 3 || strings.HasPrefix(row, "#") {
			continue
		}
		t.windows[strings.ToLower(f[0])] = f[1]
		if key := letters(f[2]); key != "" {
			t.display[key] = f[1]
		}
		for _, w := range longWords(f[2]) {
			if old, ok := t.words[w]; ok && old != f[1] {
				t.words[w] = ""
				continue
			}
			t.words[w] = f[1]
		}
	}
	return t
})

// letters is what of a display name is compared.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func longWords(s string) []string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) })
	out := words[:0]
	for _, w := range words {
		if len(w) > 4 && w != "time" && w != "coordinated" && w != "universal" && w != "island" && w != "islands" {
			out = append(out, w)
		}
	}
	return out
}

// LoadZone finds the time zone that a name means: an IANA name, in letters of any
// case, behind a maker's prefix ("/mozilla.org/20070129_1/Europe/Berlin"), a
// Windows name ("W. Europe Standard Time"), or Outlook's display name ("(UTC+01:00)
// Amsterdam, Berlin, ..."). The zone's String is its IANA name. "" and "Local"
// are no zones.
func LoadZone(name string) (*time.Location, bool) {
	iana := ianaName(name)
	if iana == "" {
		return nil, false
	}
	return loadIANA(iana)
}

var loaded sync.Map // IANA name -> *time.Location

func loadIANA(name string) (*time.Location, bool) {
	if loc, ok := loaded.Load(name); ok {
		return loc.(*time.Location), true
	}
	switch name {
	case "UTC", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu":
		return time.UTC, true
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	loaded.Store(name, loc)
	return loc, true
}

// ianaName is the IANA name that a zone's name stands for, "" when unknown.
func ianaName(name string) string {
	t := tables()
	if t.exact[name] {
		return name
	}
	name = strings.Trim(strings.ReplaceAll(name, `\`, ""), " \t\"'")
	if iana := foldedIANA(name); iana != "" {
		return iana
	}
	if iana := suffixIANA(name); iana != "" {
		return iana
	}
	low := strings.ToLower(name)
	if iana := t.windows[low]; iana != "" {
		return iana
	}
	if iana := t.windows[strings.Replace(low, "daylight time", "standard time", 1)]; iana != "" {
		return iana
	}
	if key := letters(withoutOffset(name)); key != "" {
		return t.display[key]
	}
	return ""
}

// foldedIANA finds the name in letters of any case, with blanks for underscores.
func foldedIANA(name string) string {
	return tables().folded[strings.ReplaceAll(strings.ToLower(name), " ", "_")]
}

// suffixIANA finds the longest end of a path that is an IANA name.
func suffixIANA(name string) string {
	absolute := strings.HasPrefix(name, "/") || strings.Contains(name, "://")
	for rest := name; ; {
		_, after, ok := strings.Cut(rest, "/")
		if !ok {
			return ""
		}
		rest = after
		if strings.Contains(rest, "/") || absolute {
			if iana := foldedIANA(rest); iana != "" {
				return iana
			}
		}
	}
}

// withoutOffset cuts "(UTC+01:00) " off a display name.
func withoutOffset(name string) string {
	if strings.HasPrefix(name, "(") {
		if i := strings.IndexByte(name, ')'); i > 0 {
			up := strings.ToUpper(name[1:i])
			if strings.HasPrefix(up, "UTC") || strings.HasPrefix(up, "GMT") {
				return strings.TrimSpace(name[i+1:])
			}
		}
	}
	return name
}

// guessed are names that say which zone is meant though no standard knows them.
var guessed = map[string]string{
	"us-eastern": "America/New_York", "us-central": "America/Chicago", "us-mountain": "America/Denver", "us-pacific": "America/Los_Angeles",
	"eastern": "America/New_York", "central": "America/Chicago", "mountain": "America/Denver", "pacific": "America/Los_Angeles",
	"eastern time": "America/New_York", "central time": "America/Chicago", "mountain time": "America/Denver", "pacific time": "America/Los_Angeles",
	"edt": "America/New_York", "cst": "America/Chicago", "cdt": "America/Chicago", "mdt": "America/Denver",
	"pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "bst": "Europe/London", "cest": "Europe/Berlin", "mez": "Europe/Berlin",
	"mesz": "Europe/Berlin", "eest": "Europe/Bucharest", "jst": "Asia/Tokyo", "aest": "Australia/Sydney", "aedt": "Australia/Sydney",
	"mitteleuropäische zeit": "Europe/Berlin", "westeuropäische zeit": "Europe/London", "western/central europe": "Europe/Berlin",
	"heure d’europe centrale": "Europe/Paris", "hora central europea": "Europe/Madrid", "екатеринбург": "Asia/Yekaterinburg",
	"москва": "Europe/Moscow", "大阪、札幌、東京": "Asia/Tokyo", "北京，重庆，香港特别行政区，乌鲁木齐": "Asia/Shanghai", "z": "UTC",
}

// guessZone is the last resort for a name without a definition: well-known
// misspellings, an offset, the cities of a display name.
func guessZone(name string) (*time.Location, bool) {
	low := strings.ToLower(strings.Trim(name, " \t\"'"))
	if iana := guessed[low]; iana != "" {
		return loadIANA(iana)
	}
	if i := strings.IndexAny(low, "_-"); i > 0 && !strings.Contains(low, "/") { // Europe_Berlin
		if iana := foldedIANA(low[:i] + "/" + low[i+1:]); iana != "" {
			return loadIANA(iana)
		}
	}
	votes := map[string]int{}
	best := ""
	for _, w := range longWords(withoutOffset(low)) {
		if iana := tables().words[w]; iana != "" {
			votes[iana]++
			if best == "" || votes[iana] > votes[best] {
				best = iana
			}
		}
	}
	if best != "" {
		return loadIANA(best)
	}
	for _, p := range []string{"utc", "gmt"} {
		if rest, ok := strings.CutPrefix(strings.Trim(low, "()"), p); ok {
			return fixedZone(strings.TrimSpace(rest))
		}
	}
	return nil, false
}

// fixedZone reads "+1", "-0800", "+05:30".
func fixedZone(s string) (*time.Location, bool) {
	if len(s) < 2 || s[0] != '+' && s[0] != '-' {
		return nil, false
	}
	digits := strings.ReplaceAll(strings.ReplaceAll(s[1:], ":", ""), ".", "")
	if len(digits) <= 2 {
		digits = fmt.Sprintf("%02s00", digits)
	} else if len(digits) == 3 {
		digits = "0" + digits
	}
	off, ok := parseOffset([]byte(s[:1] + digits))
	if !ok {
		return nil, false
	}
	return time.FixedZone("UTC"+s[:1]+digits[:2]+":"+digits[2:], off), true
}

// zone is what a TZID came to.
type zone struct {
	loc     *time.Location
	name    string         // IANA name where known, else the TZID
	warning string         // said on every event that uses it
	rival   *time.Location // the text's own definition of an IANA name, to compare with
	open    bool           // only a definition further below could tell
}

// zones resolves the TZIDs of one text.
type zones struct {
	known    map[string]zone
	raw      map[string][]byte // VTIMEZONE texts by TZID, not compiled yet
	rawBytes int
	calendar string         // X-WR-TIMEZONE
	fallback *time.Location // Options.Location
	final    bool           // no definition is to come
}

func newZones(fallback *time.Location) *zones {
	return &zones{known: map[string]zone{}, raw: map[string][]byte{}, fallback: fallback}
}

// maxZoneBytes bounds the VTIMEZONE texts that are remembered.
const maxZoneBytes = 4 << 20

// define remembers a VTIMEZONE. It is compiled when an event needs it.
func (z *zones) define(text []byte) {
	tzid := timezoneID(text)
	if tzid == "" || z.rawBytes+len(text) > maxZoneBytes {
		return
	}
	z.rawBytes += len(text) - len(z.raw[tzid])
	z.raw[tzid] = append([]byte(nil), text...)
	delete(z.known, tzid)
}

// find resolves a TZID.
func (z *zones) find(tzid string) zone {
	if got, ok := z.known[tzid]; ok && !(got.open && z.final) {
		return got
	}
	got := z.resolve(tzid)
	if len(z.known) < 10_000 {
		z.known[tzid] = got
	}
	return got
}

func (z *zones) resolve(tzid string) zone {
	def, defined := z.definition(tzid)
	if loc, ok := LoadZone(tzid); ok {
		got := zone{loc: loc, name: loc.String()}
		if text, ok := z.raw[tzid]; ok && (!defined || faulty(text)) {
			got.warning = fmt.Sprintf("the file's own definition of %q is faulty; the zone %s was used", tzid, loc)
		} else if defined {
			got.rival = def
		} else if !tables().exact[tzid] {
			got.warning = fmt.Sprintf("time zone %q is not defined in the file; it was read as %s", tzid, loc)
		}
		return got
	}
	if defined {
		return zone{loc: def, name: tzid}
	}
	if loc, ok := guessZone(tzid); ok {
		return zone{loc: loc, name: loc.String(), open: !z.final,
			warning: fmt.Sprintf("time zone %q is not known; it was taken for %s", tzid, loc)}
	}
	loc, name := z.floating()
	return zone{loc: loc, name: name, open: !z.final,
		warning: fmt.Sprintf("time zone %q is not known; the time was read in %s", tzid, spoken(name))}
}

// definition compiles the text's own VTIMEZONE.
func (z *zones) definition(tzid string) (*time.Location, bool) {
	text, ok := z.raw[tzid]
	if !ok {
		return nil, false
	}
	loc, err := compileTimezone(tzid, text)
	return loc, err == nil
}

// spoken is a zone's name in a warning.
func spoken(name string) string {
	if name == "" {
		return "this computer's zone"
	}
	return name
}

// floating is the zone for times that have none.
func (z *zones) floating() (*time.Location, string) {
	if loc, ok := LoadZone(z.calendar); ok {
		return loc, loc.String()
	}
	if loc, ok := z.definition(z.calendar); ok {
		return loc, z.calendar
	}
	switch {
	case z.fallback == nil:
		return time.UTC, "UTC"
	case z.fallback == time.Local && z.fallback.String() == "Local":
		return z.fallback, "" // this computer's zone has no name that others know
	}
	return z.fallback, z.fallback.String()
}
