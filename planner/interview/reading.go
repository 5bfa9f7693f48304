package interview

import (
	"slices"
	"strings"

	"followup/calendar"
)

// guest is a person on an event other than the user.
type guest struct {
	name, email string
	host        string
	kind        hostKind
	mailbox     bool // a function's mailbox
	organizer   bool
	creator     bool
	optional    bool
	declined    bool
}

// label is the name in the guest's business domain, "" without one.
func (g guest) label() string {
	if g.kind != hostBusiness {
		return ""
	}
	return domainLabel(g.host)
}

// person is the guest as a person to write to.
func (g guest) person(r *reading) Person {
	name := g.name
	if name == "" && !g.mailbox {
		local, _ := splitAddress(g.email)
		if n := nameOfAddress(local); strings.Contains(n, " ") {
			name = n
		}
	}
	if r.lang != "hu" && r.lang != "vi" && !ideographic(name) {
		name = givenFirst(name, g.email)
	}
	if g.kind == hostRelay || g.kind == hostScheduler || g.kind == hostProvider || g.mailbox {
		return Person{Name: name}
	}
	return Person{Name: name, Email: g.email}
}

// givenFirst turns a name that an address book wrote family name first: "Berg,
// Anna", and "Berg Anna" of anna.berg@nimbus.example.
func givenFirst(name, email string) string {
	if last, first, ok := strings.Cut(name, ", "); ok && first != "" && !strings.Contains(first, ",") && len(strings.Fields(first)) <= 2 && len(strings.Fields(last)) <= 2 {
		return first + " " + last
	}
	local, _ := splitAddress(email)
	if words := strings.Fields(name); len(words) == 2 && !strings.HasSuffix(email, ".hu") {
		first, last, ok := strings.Cut(local, ".")
		if ok && first == compact(words[1]) && last == compact(words[0]) && first != last {
			return words[1] + " " + words[0]
		}
	}
	return name
}

// The bounds of what is read of one event: nobody's invitation reaches them.
const (
	maxGuests = 40
	maxName   = 120 // bytes
	maxTitle  = 400 // bytes
	maxBody   = 8 << 10
)

// withoutTime cuts what Google's mails add to a title: "@ Wed Nov 11, 2026 10am
// (PST) (nina@mail.example)".
func withoutTime(title string) string {
	i := strings.LastIndex(title, " @ ")
	if i <= 0 {
		return title
	}
	rest := title[i+3:]
	if n := strings.IndexAny(rest, "0123456789"); n >= 0 && n <= 16 && strings.ContainsAny(rest, ":,") {
		return title[:i]
	}
	return title
}

// reading is everything that is read of one event before it is decided on.
type reading struct {
	e         *calendar.Event
	me        *self
	v         *vocabulary
	title     text
	titleHit  []hit
	topic     text // a second title in the body
	topicHit  []hit
	body      text
	bodyHit   []hit
	loc       text
	locHit    []hit
	hosts     []string
	links     []string
	lang      string
	home      string            // the user's language of preference, "" unknown
	agencies  map[string]string // domain labels that other events show to be agencies, and how those are written
	guests    []guest
	selfOn    bool   // the user is on the event
	selfHost  string // host of the address at which the user is on it
	selfOrg   bool   // the user is the organizer
	selfPart  calendar.PartStat
	colleag   int // guests of the user's own employer
	things    []string
	pieces    []piece
	looseRole bool // the role is a piece of the title of which nothing is known
	evidence  []Signal
	seen      seen
	again     bool // the second look found what it looks for
}

// seen is what was found in the texts of one event when it was first asked for:
// the texts and guests of a reading don't change.
type seen struct {
	lines     []text // of the body
	sentences []text
	brands    map[string]string // by label
	agencies  map[string]bool   // the labels behind which a word for an agency stands
	desks     map[string]bool   // the guests whose name is that of an organisation
}

// lines are the lines of the body. They are not to be changed.
func (r *reading) lines() []text {
	if r.seen.lines == nil {
		r.seen.lines = r.body.lines()
	}
	return r.seen.lines
}

// sentences are those of the body. They are not to be changed.
func (r *reading) sentences() []text {
	if r.seen.sentences == nil {
		r.seen.sentences = r.v.sentences(r.body)
	}
	return r.seen.sentences
}

// remember returns what m has for the key, or what find says.
func remember[V any](m *map[string]V, key string, find func(string) V) V {
	if v, ok := (*m)[key]; ok {
		return v
	}
	v := find(key)
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = v
	return v
}

// read gathers what an event says, with the user's language of preference for
// texts that don't show theirs.
func read(e *calendar.Event, me *self, v *vocabulary, fallback string) *reading {
	r := &reading{e: e, me: me, v: v, title: newText(withoutTime(cut(calendar.WithoutMarks(e.Summary), maxTitle))), loc: newText(cut(e.Location, maxTitle))}
	r.home = fallback
	s := strip(e)
	r.body, r.hosts, r.links = newText(cut(s.body.raw, maxBody)), s.hosts, s.links
	if len(s.topics) > 0 {
		r.topic = newText(cut(s.topics[0].raw, maxTitle))
	}
	r.titleHit = v.search(r.title)
	r.topicHit = v.search(r.topic)
	r.bodyHit = v.search(r.body)
	r.locHit = v.search(r.loc)
	r.gatherGuests()
	r.lang = v.detect(r.title.raw+"\n"+cut(r.body.raw, 2000), append(slices.Clone(r.titleHit), r.bodyHit...), fallback)
	return r
}

func (r *reading) gatherGuests() {
	if r.e.Organizer.Email != "" || r.e.Organizer.Name != "" {
		if r.me.is(r.e.Organizer) {
			r.selfOrg, r.selfOn = true, true
			_, r.selfHost = splitAddress(r.e.Organizer.Email)
		} else {
			r.addGuest(r.e.Organizer, true)
		}
	}
	for _, p := range r.e.Attendees {
		switch {
		case p.Thing() || strings.HasSuffix(p.Email, "@resource.calendar.google.com"):
			r.things = append(r.things, p.Name)
		case r.me.is(p):
			r.selfOn = true
			r.selfPart = p.PartStat
			if p.Email != "" {
				_, r.selfHost = splitAddress(p.Email)
			}
		default:
			r.addGuest(p, false)
		}
	}
	if c := r.e.Creator; c.Email != "" && !r.me.is(c) {
		r.addGuest(c, false)
		for i := range r.guests {
			if r.guests[i].email == c.Email {
				r.guests[i].creator = true
			}
		}
	}
	for _, g := range r.guests {
		if g.kind == hostBusiness && r.me.employers[registrable(g.host)] {
			r.colleag++
		}
	}
}

func (r *reading) addGuest(p calendar.Person, organizer bool) {
	if len(r.guests) >= maxGuests {
		return
	}
	p.Email = cut(p.Email, 254)
	local, host := splitAddress(p.Email)
	name := strings.TrimSpace(cut(p.Name, maxName))
	if strings.Contains(name, "@") && !strings.Contains(name, " ") {
		name = ""
	}
	for i := range r.guests {
		g := &r.guests[i]
		if p.Email != "" && g.email == p.Email {
			if g.name == "" {
				g.name = name
			}
			g.optional = g.optional || p.Optional()
			g.declined = g.declined || p.PartStat == calendar.PartStatDeclined
			return
		}
	}
	r.guests = append(r.guests, guest{name: name, email: p.Email, host: host, kind: kindOfHost(host), organizer: organizer,
		mailbox: p.Email != "" && roleMailbox(local), optional: p.Optional(), declined: p.PartStat == calendar.PartStatDeclined})
}

// organizer returns the guest who organizes the event, if it isn't the user.
func (r *reading) organizer() (guest, bool) {
	for _, g := range r.guests {
		if g.organizer {
			return g, true
		}
	}
	return guest{}, false
}

// outside tells whether the guest belongs to another company than the user's.
func (r *reading) outside(g guest) bool {
	return g.kind == hostBusiness && !r.me.employers[registrable(g.host)] && !(r.selfHost != "" && kindOfHost(r.selfHost) == hostBusiness && registrable(r.selfHost) == registrable(g.host))
}

// labels are the names in the domains of the outside guests, organizer first.
func (r *reading) labels() []string {
	var out []string
	for _, g := range r.guests {
		if r.outside(g) && !slices.Contains(out, g.label()) {
			out = append(out, g.label())
		}
	}
	return out
}

// sections tells which sections the hits belong to.
func hasSection(hits []hit, section string) bool {
	return slices.ContainsFunc(hits, func(h hit) bool { return h.section == section })
}
