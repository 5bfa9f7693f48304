package interview

import (
	"embed"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/net/publicsuffix"
)

// The facts on vendors and mail hosts, documented in the files themselves.
//
//go:embed facts/*.txt
var factFiles embed.FS

// facts are lists of words by section.
type facts map[string]map[string]bool

var loadFacts = sync.OnceValue(func() facts {
	f := facts{}
	for _, name := range []string{"facts/domains.txt", "facts/words.txt"} {
		data, err := factFiles.ReadFile(name)
		if err != nil {
			panic(err) // the files are embedded: a test loads them
		}
		f.add(string(data))
	}
	return f
})

// listFacts are the sections that are gone through word by word, sorted, so that
// of two words that fit the answer names the same one every time.
var listFacts = sync.OnceValue(func() map[string][]string {
	lists := map[string][]string{}
	for _, section := range []string{"agency", "kit", "me-too", "topic-label", "boilerplate"} {
		lists[section] = sortedKeys(loadFacts()[section])
	}
	return lists
})

func (f facts) add(data string) {
	section := ""
	for line := range strings.Lines(data) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			section = strings.Trim(line, "[]")
			if f[section] == nil {
				f[section] = map[string]bool{}
			}
		default:
			f[section][line] = true
		}
	}
}

// has tells whether the list holds host or a domain above it.
func (f facts) has(list, host string) bool {
	for host != "" {
		if f[list][host] {
			return true
		}
		_, rest, ok := strings.Cut(host, ".")
		if !ok {
			return false
		}
		host = rest
	}
	return false
}

// splitAddress returns the parts of a mail address in lower case.
func splitAddress(email string) (local, host string) {
	i := strings.LastIndexByte(email, '@')
	if i < 0 {
		return "", ""
	}
	return strings.ToLower(email[:i]), strings.ToLower(strings.TrimSuffix(email[i+1:], "."))
}

// hostKind says whose a mail host is.
type hostKind int

const (
	hostNone      hostKind = iota
	hostBusiness           // somebody's own domain
	hostFree               // a free mail provider
	hostRelay              // an applicant tracking system or job board
	hostScheduler          // a booking or conferencing tool
	hostProvider           // made up by the calendar service
)

func kindOfHost(host string) hostKind { return hostKinds.get(host) }

var hostKinds = memo[hostKind]{find: func(host string) hostKind {
	f := loadFacts()
	switch {
	case host == "":
		return hostNone
	case f.has("provider", host):
		return hostProvider
	case f.has("relay", host):
		return hostRelay
	case f.has("scheduler", host):
		return hostScheduler
	case f.has("freemail", host):
		return hostFree
	}
	return hostBusiness
}}

// registrable returns the part of a host that somebody registered:
// recruiting.nimbus.co.uk belongs to nimbus.co.uk.
func registrable(host string) string { return registrables.get(host) }

var registrables = memo[string]{find: func(host string) string {
	d, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	label, _, _ := strings.Cut(d, ".")
	if sub, ok := strings.CutSuffix(host, "."+d); ok && loadFacts()["shared-label"][label] {
		return sub[strings.LastIndexByte(sub, '.')+1:] + "." + d
	}
	return d
}}

// memo remembers what find says of a host: a calendar has few of them, each on
// many events.
type memo[T any] struct {
	find func(host string) T
	mu   sync.RWMutex
	have map[string]T
}

// maxHosts bounds what a memo remembers.
const maxHosts = 10_000

func (m *memo[T]) get(host string) T {
	m.mu.RLock()
	v, ok := m.have[host]
	m.mu.RUnlock()
	if ok {
		return v
	}
	v = m.find(host)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.have == nil || len(m.have) >= maxHosts {
		m.have = map[string]T{}
	}
	m.have[host] = v
	return v
}

// domainLabel is the name in a registrable domain: nimbus of nimbus.co.uk.
func domainLabel(host string) string {
	label, _, _ := strings.Cut(registrable(host), ".")
	return label
}

// recruitingHost tells whether a host is an employer's own recruiting desk:
// interview.nimbus.example, careers.nimbus.example.
func recruitingHost(host string) bool {
	sub, ok := strings.CutSuffix(host, "."+registrable(host))
	if !ok {
		return false
	}
	for part := range strings.SplitSeq(sub, ".") {
		if loadFacts()["recruiting-label"][part] {
			return true
		}
	}
	return false
}

// roleMailbox tells whether a mailbox belongs to a function and not a person.
func roleMailbox(local string) bool {
	local, _, _ = strings.Cut(local, "+")
	f := loadFacts()["role-mailbox"]
	if f[local] || strings.Contains(local, "reply") && strings.Contains(local, "no") {
		return true
	}
	words := strings.FieldsFunc(local, func(r rune) bool { return !unicode.IsLetter(r) })
	if len(words) == 0 {
		return true
	}
	switch words[0] {
	case "sekretariat", "secretariat", "secretaria", "segreteria", "office", "team", "hr", "info", "recruiting", "recruitment", "talent", "careers", "jobs", "noreply", "bewerbung", "interview", "interviews", "scheduling":
		return true
	}
	for _, w := range words {
		if !f[w] && !roleFiller[w] {
			return false
		}
	}
	return true
}

// roleFiller are words that stand in the names of role mailboxes without making one.
var roleFiller = map[string]bool{"the": true, "our": true, "global": true, "de": true, "eu": true, "uk": true, "us": true,
	"emea": true, "apac": true, "dach": true, "it": true, "tech": true, "campus": true, "engineering": true, "acquisition": true, "and": true, "group": true, "department": true, "dept": true, "bot": true, "no": true}

// recruitingMailbox tells whether a role mailbox is that of recruiters.
func recruitingMailbox(local string) bool {
	if !roleMailbox(local) {
		return false
	}
	for _, stem := range []string{"recru", "talent", "career", "job", "hiring", "hire", "interview", "bewerb", "karriere", "rekr", "selec", "selez", "empleo", "emploi", "vaga", "candidat", "kariera", "saiyo", "jinji", "zhaopin", "tuyendung", "werving", "vacature", "nabor", "toborz", "allas", "people", "chaeyong", "personal", "applic", "praca", "lavoro", "kariyer"} {
		if strings.Contains(local, stem) {
			return true
		}
	}
	return local == "hr" || local == "rh" || local == "rrhh" || local == "drh" || local == "ik" || local == "hrd"
}

// legalForm tells whether a word is a legal form: GmbH, Inc., s.r.o.
func legalForm(word string) bool {
	w := strings.ReplaceAll(fold(word), ".", "")
	return loadFacts()["legal"][strings.Trim(w, ",;()")]
}
