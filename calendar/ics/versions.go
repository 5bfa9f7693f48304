package ics

import (
	"fmt"
	"hash/maphash"
)

// twice is why an event is skipped that was there already.
const twice = "it is in the file twice"

// version is what of an event decides which copy is the newest.
type version struct {
	sequence int
	updated  int64
}

// brief is a version in twelve bytes: there may be one for every event of a file.
type brief struct {
	updated  uint32
	what     uint32 // a hash of when and what the event is
	sequence uint16
}

func (r *reader) brief(c *component) brief {
	v := versionOf(c)
	what := maphash.String(r.seed, c.ev.Summary) ^ uint64(c.ev.Start.Unix())*0x9e3779b97f4a7c15
	return brief{uint32(min(max(v.updated, 0), 1<<32-1)), uint32(what >> 32), uint16(min(v.sequence, 1<<16-1))}
}

// compare is version.compare.
func (b brief) compare(c brief) int {
	return version{int(b.sequence), int64(b.updated)}.compare(version{int(c.sequence), int64(c.updated)})
}

// give emits a plain event at once, unless a newer copy of it was emitted.
func (r *reader) give(c *component) error {
	id := maphash.String(r.seed, c.ev.UID)
	v := r.brief(c)
	old, dup := r.newest[id]
	if dup {
		switch old.compare(v) {
		case 1:
			r.skipOlder(c, int(old.sequence))
			return nil
		case 0:
			if old.what == v.what {
				r.skipComponent(c, twice)
				return nil
			}
			c.warn("another event of this file has the same UID")
		default:
			c.warn("it replaces a copy that was given before")
		}
	}
	if len(r.newest) < 2_000_000 {
		r.newest[id] = v
	}
	r.report.Read++
	return r.emit(c.ev)
}

func versionOf(c *component) version {
	v := version{sequence: c.ev.Sequence}
	if !c.ev.Updated.IsZero() {
		v.updated = c.ev.Updated.Unix()
	}
	return v
}

// compare orders two versions of an event by SEQUENCE, then LAST-MODIFIED, where
// both have one.
func (v version) compare(w version) int {
	if v.sequence != w.sequence {
		return sign(v.sequence - w.sequence)
	}
	if v.updated != 0 && w.updated != 0 {
		return sign(int(v.updated - w.updated))
	}
	return 0
}

func sign(n int) int { return min(max(n, -1), 1) }

// newestOf leaves the newest of several copies of an event, and skips the others.
func (r *reader) newestOf(list []*component) []*component {
	best := make(map[string]*component, len(list))
	dups := false
	for _, c := range list {
		id := c.ev.UID + "\x00" + c.ev.RecurrenceID
		if b := best[id]; b == nil || versionOf(b).compare(versionOf(c)) < 0 {
			best[id] = c
			dups = dups || b != nil
		} else {
			dups = true
		}
	}
	if !dups {
		return list
	}
	out := list[:0]
	for _, c := range list {
		b := best[c.ev.UID+"\x00"+c.ev.RecurrenceID]
		if b != c && versionOf(b).compare(versionOf(c)) > 0 {
			r.skipOlder(c, b.ev.Sequence)
			continue
		}
		out = append(out, c)
	}
	return out
}

func (r *reader) skipOlder(c *component, newer int) {
	r.skipComponent(c, fmt.Sprintf("it is an older copy (SEQUENCE %d) of an event that is in the file with SEQUENCE %d", c.ev.Sequence, newer))
}

// newestOverrides leaves the newest change of each instance; of two equally new
// ones the later.
func (r *reader) newestOverrides(list []*component) []*component {
	list = r.newestOf(list)
	last := map[string]*component{}
	for _, c := range list {
		last[c.ev.RecurrenceID] = c
	}
	out := list[:0]
	for _, c := range list {
		if last[c.ev.RecurrenceID] != c {
			r.skipComponent(c, "another change of the same instance follows")
			continue
		}
		out = append(out, c)
	}
	return out
}

// distinct leaves one of several masters that say the same.
func (r *reader) distinct(list []*component) []*component {
	if len(list) < 2 {
		return list
	}
	type content struct {
		summary, rules string
		start, end     int64
	}
	seen := map[content]bool{}
	out := list[:0]
	for _, c := range list {
		is := content{c.ev.Summary, fmt.Sprintf("%+v %v %v", derefs(c.rules), c.rdates, c.exdates), c.ev.Start.Unix(), c.ev.End.Unix()}
		if seen[is] {
			r.skipComponent(c, twice)
			continue
		}
		seen[is] = true
		out = append(out, c)
	}
	return out
}

func derefs(rules []*rule) []rule {
	var out []rule
	for _, r := range rules {
		one := *r
		if r.until != nil { // a pointer prints as an address
			one.count, one.until = -int(r.until.wall), nil
		}
		out = append(out, one)
	}
	return out
}
