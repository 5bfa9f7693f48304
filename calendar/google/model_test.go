package google

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"followup/calendar/calendartest"
)

// model is what a person may expect of the follow-ups, whatever happens: what
// they deleted stays deleted, what they changed stays as they left it, nothing is
// there twice and nobody gets a mail.
type model struct {
	*world
	r       *rand.Rand
	deleted map[string]bool
	titles  map[string]string // as the person left them
	starts  map[string]string
	story   []string
}

// TestModel plays random stories against the model.
func TestModel(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := newWorld(t)
			m := &model{world: w, r: rand.New(rand.NewPCG(seed, 1)), deleted: map[string]bool{}, titles: map[string]string{}, starts: map[string]string{}}
			w.g.Stubs, w.g.EmptyPages = seed%2 == 0, seed%3 == 0
			m.invite(m.company(), 24, 10)
			for range 25 {
				m.act()
				m.check()
			}
		})
	}
}

func (m *model) company() string { return []string{"Northwind", "Contoso", "Fabrikam"}[m.r.IntN(3)] }

func (m *model) say(format string, args ...any) {
	m.story = append(m.story, fmt.Sprintf(format, args...))
}

// any returns the key of one follow-up that stands, "" for none.
func (m *model) any() string {
	var keys []string
	for k := range m.stands() {
		_, key, _ := strings.Cut(k, " ")
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return ""
	}
	slices.Sort(keys)
	return keys[m.r.IntN(len(keys))]
}

// act lets something happen, and then a run that may go wrong, or none.
func (m *model) act() {
	key := m.any()
	switch x := m.r.IntN(12); {
	case x < 4:
		company, day, hour := m.company(), 24+m.r.IntN(6), 9+m.r.IntN(7)
		m.say("%s invites for the %d at %d", company, day, hour)
		m.invite(company, day, hour)
	case x < 5:
		company := m.company()
		if uid := "panel@" + strings.ToLower(company) + ".example"; m.invited(uid) {
			m.say("%s cancels", company)
			m.g.RemoveEvent(m.g.User, uid)
		}
	case x < 7 && key != "":
		m.titles[key] = fmt.Sprint("my own title ", len(m.story))
		m.say("the person renames %s", key)
		m.edit(key, func(r map[string]any) { r["summary"] = m.titles[key] })
	case x < 8 && key != "":
		start := at(30, 9+m.r.IntN(8))
		m.starts[key] = start.Format(time.RFC3339)
		m.say("the person moves %s", key)
		m.edit(key, func(r map[string]any) {
			r["start"] = map[string]any{"dateTime": m.starts[key], "timeZone": "Europe/Berlin"}
			r["end"] = map[string]any{"dateTime": start.Add(time.Hour).Format(time.RFC3339), "timeZone": "Europe/Berlin"}
		})
	case x < 9 && key != "":
		m.deleted[key] = true
		m.say("the person deletes %s", key)
		m.remove(key)
	case x < 10:
		m.say("sync tokens expire")
		m.g.Expire()
	case x < 11:
		m.say("the state is lost")
		for _, suffix := range []string{"", "-wal", "-shm", ".notes"} {
			os.Remove(m.state + suffix)
		}
	default:
		m.say("two hours go by")
		m.clock = m.clock.Add(2 * time.Hour)
	}
	if m.r.IntN(3) == 0 {
		m.troubled()
	}
}

func (m *model) invited(uid string) bool {
	for _, r := range m.g.Events(m.g.User) {
		if r["iCalUID"] == uid {
			return true
		}
	}
	return false
}

// troubled is a run in which every third request fails in some way.
func (m *model) troubled() {
	m.say("a run with trouble")
	m.g.SetFault(func(r calendartest.GoogleRequest) calendartest.GoogleFault {
		faults := []calendartest.GoogleFault{{Status: 500}, {Status: 429, RetryAfter: "0"}, {Status: 403, Reason: "quotaExceeded"}, {Lose: true}, {Drop: true}, {Cut: 12, Unframed: true}, {Body: "<html>"}}
		if r.ID == "calendar.calendars.insert" || m.r.IntN(3) > 0 {
			return calendartest.GoogleFault{}
		}
		return faults[m.r.IntN(len(faults))]
	})
	m.try() //nolint:errcheck // what failed is for the next run
	m.g.SetFault(nil)
}

// check makes runs until nothing happens, and looks at what stands.
func (m *model) check() {
	m.t.Helper()
	m.settle()
	if len(m.g.Made()) > 1 {
		m.fail("calendars %v", m.g.Made())
	}
	for _, id := range m.g.Made() {
		for key, r := range m.g.Events(id) {
			if m.deleted[key] {
				m.fail("%s was deleted and stands again", key)
			}
			if want := m.titles[key]; want != "" && r["summary"] != want {
				m.fail("%s was renamed to %q and is %q", key, want, r["summary"])
			}
			if want := m.starts[key]; want != "" && r["start"].(map[string]any)["dateTime"] != want {
				m.fail("%s was moved to %s and is at %v", key, want, r["start"])
			}
		}
	}
	for key := range m.titles {
		if len(m.g.Made()) == 1 && m.g.Events(m.g.Made()[0])[key] == nil && !m.deleted[key] {
			m.fail("%s was renamed by the person and is gone", key)
		}
	}
}

func (m *model) fail(format string, args ...any) {
	m.t.Helper()
	m.t.Fatalf("%s\nafter: %s", fmt.Sprintf(format, args...), strings.Join(m.story, "\n       "))
}
