package caldav

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"followup/calendar"
)

// Calendar is one collection that holds events.
type Calendar struct {
	URL      string // what goes into the config
	Name     string // display name; "" when the server has none
	ReadOnly bool   // as far as the server tells
}

// Account is what a login opens.
type Account struct {
	Principal string   // URL of the principal; "" when the server names none
	Home      []string // URLs of the calendar homes: RFC 4791 section 6.2.1
	Calendars []Calendar
}

// Calendars lists the calendars that hold events, in the server's order. It
// looks at the configured address first, then at the well-known one (RFC 6764),
// and goes from there to the principal and its calendar homes. calendar.ErrAuth
// says that the login is wrong.
func (c *Client) Calendars(ctx context.Context) ([]Calendar, error) {
	a, err := c.Check(ctx)
	return a.Calendars, err
}

// Check tests the login and tells what it opens.
func (c *Client) Check(ctx context.Context) (Account, error) { return c.own.discover(ctx) }

const (
	lookProps = `<D:resourcetype/><D:displayname/><D:current-user-principal/><C:calendar-home-set/>` +
		`<C:supported-calendar-component-set/><D:current-user-privilege-set/>`
	homeProps = `<C:calendar-home-set/>`
)

// discover goes through the places where the calendars may be said to be.
func (k *conn) discover(ctx context.Context) (Account, error) {
	places, err := k.c.places(ctx)
	if err != nil {
		return Account{}, err
	}
	var firstErr error
	for _, u := range places {
		a, err := k.account(ctx, u)
		if err == nil && len(a.Calendars)+len(a.Home) > 0 {
			return a, nil
		}
		if errors.Is(err, calendar.ErrAuth) || ctx.Err() != nil {
			return Account{}, err
		}
		var refused *refusal
		if firstErr == nil || errors.As(err, &refused) { // a reason that the user can mend
			firstErr = err
		}
	}
	if firstErr == nil {
		firstErr = fmt.Errorf("%s answers, but knows no calendars; look up the CalDAV address in the service's help", places[0].Host)
	}
	return Account{}, firstErr
}

// places lists the addresses to look at, the likeliest first.
func (c *Client) places(ctx context.Context) ([]*url.URL, error) {
	if c.start != nil {
		places := []*url.URL{c.start, wellKnown(c.start)}
		if c.start.Path != "/" {
			places = append(places, c.start.ResolveReference(&url.URL{Path: "/"}))
		}
		return places, nil
	}
	var places []*url.URL
	u, err := c.lookup(ctx)
	if err != nil {
		return nil, err
	}
	if u != nil {
		places = append(places, u)
		if u.Path == "/" {
			places = slices.Insert(places, 0, wellKnown(u))
		}
	}
	direct, err := parseURL("https://" + c.domain + "/")
	if err != nil {
		return nil, err
	}
	return append(places, wellKnown(direct), direct), nil
}

func wellKnown(u *url.URL) *url.URL { return u.ResolveReference(&url.URL{Path: "/.well-known/caldav"}) }

// lookup asks the DNS for the domain's server: RFC 6764 section 6. Only the
// service over TLS is looked for. A target outside of the domain's site would get
// the login on the word of the DNS alone: that is for the user to decide.
func (c *Client) lookup(ctx context.Context) (*url.URL, error) {
	_, records, err := c.resolver.LookupSRV(ctx, "caldavs", "tcp", c.domain)
	if err != nil || len(records) == 0 || records[0].Target == "." {
		return nil, nil
	}
	u := &url.URL{Scheme: "https", Host: strings.TrimSuffix(records[0].Target, "."), Path: "/"}
	if p := records[0].Port; p != 443 && p != 0 {
		u.Host = fmt.Sprintf("%s:%d", u.Host, p)
	}
	if !sameSite(&url.URL{Scheme: "https", Host: c.domain}, u) {
		return nil, fmt.Errorf("the calendars of %s are at %s, another site; if you trust it, give %s as the address", c.domain, u.Host, u)
	}
	texts, _ := c.resolver.LookupTXT(ctx, "_caldavs._tcp."+c.domain)
	for _, t := range texts {
		if p, ok := strings.CutPrefix(t, "path="); ok && strings.HasPrefix(p, "/") {
			u.Path = p
		}
	}
	return u, nil
}

// account looks at one address and goes on to what it names.
func (k *conn) account(ctx context.Context, u *url.URL) (Account, error) {
	var a Account
	at, list, err := k.propfind(ctx, u, "0", lookProps)
	if err != nil {
		return a, err
	}
	var homes []*url.URL
	for _, f := range list {
		if f.prop.Types["calendar"] && f.prop.holdsEvents() {
			a.Calendars = append(a.Calendars, calendarOf(at, f))
		}
		homes = k.resolveAll(at, homes, f.prop.Home)
		if f.prop.Principal != "" && len(homes) == 0 {
			var err error
			if homes, err = k.principal(ctx, at, f.prop.Principal, &a); err != nil && len(a.Calendars) == 0 {
				return a, err
			}
		}
	}
	if len(homes) == 0 && len(a.Calendars) == 0 && a.Principal == "" {
		homes = []*url.URL{at} // it may be a home itself
	}
	for _, h := range homes {
		found, err := k.home(ctx, h)
		if err != nil && len(a.Calendars) == 0 {
			return a, err
		}
		if h != at || len(found) > 0 {
			a.Home = append(a.Home, h.String())
		}
		for _, cal := range found {
			if !slices.ContainsFunc(a.Calendars, func(o Calendar) bool { return o.URL == cal.URL }) {
				a.Calendars = append(a.Calendars, cal)
			}
		}
	}
	return a, nil
}

// principal asks the principal for its calendar homes.
func (k *conn) principal(ctx context.Context, at *url.URL, href string, a *Account) ([]*url.URL, error) {
	u, err := k.resolve(at, href)
	if err != nil {
		return nil, err
	}
	a.Principal = u.String()
	at, list, err := k.propfind(ctx, u, "0", homeProps)
	if err != nil {
		return nil, err
	}
	var homes []*url.URL
	for _, f := range list {
		for _, href := range f.prop.Home {
			h, err := k.resolve(at, href)
			if err != nil {
				return nil, err
			}
			homes = append(homes, h)
		}
	}
	return homes, nil
}

// home lists the calendars of a calendar home.
func (k *conn) home(ctx context.Context, u *url.URL) ([]Calendar, error) {
	at, list, err := k.propfind(ctx, u, "1", lookProps)
	if err != nil {
		return nil, err
	}
	var out []Calendar
	for _, f := range list {
		if f.prop.Types["calendar"] && f.prop.holdsEvents() {
			out = append(out, calendarOf(at, f))
		}
	}
	return out, nil
}

// holdsEvents tells whether the collection takes VEVENTs: RFC 4791 section
// 5.2.3; one that does not say takes everything.
func (p prop) holdsEvents() bool {
	return len(p.Components) == 0 || slices.ContainsFunc(p.Components, func(c compName) bool { return strings.EqualFold(c.Name, "VEVENT") })
}

// readOnly tells whether the server grants no writing: RFC 3744 section 5.4; one
// that does not say grants it.
func (p prop) readOnly() bool {
	if len(p.Privileges) == 0 {
		return false
	}
	for _, name := range []string{"all", "write", "write-content", "bind"} {
		if p.Privileges[name] {
			return false
		}
	}
	return true
}

func calendarOf(at *url.URL, f found) Calendar {
	cal := Calendar{Name: strings.TrimSpace(f.prop.Name), ReadOnly: f.prop.readOnly()}
	if u, err := at.Parse(f.href); err == nil {
		u.User = nil
		cal.URL = u.String()
	}
	return cal
}

// propfind asks for properties, and returns the address that answered, which is
// another one after a redirect.
func (k *conn) propfind(ctx context.Context, u *url.URL, depth, props string) (*url.URL, []found, error) {
	rep, err := k.read(ctx, request{method: "PROPFIND", url: u, body: propfindBody(props), header: xmlHeader(depth)})
	if err != nil {
		return nil, nil, err
	}
	if rep.status != http.StatusMultiStatus && rep.status != http.StatusOK {
		return nil, nil, k.statusError("PROPFIND", rep, readMeaning(rep.status))
	}
	m, err := parseMultistatus(rep.body)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", u.Host, err)
	}
	return rep.url, m.resources(), nil
}

func xmlHeader(depth string) map[string]string {
	return map[string]string{"Content-Type": "application/xml; charset=utf-8", "Depth": depth}
}

// readMeaning is what a status says to somebody who only wanted to read.
func readMeaning(status int) error {
	switch status {
	case http.StatusForbidden:
		return calendar.ErrAuth
	case http.StatusNotFound, http.StatusGone:
		return calendar.ErrNotFound
	}
	return nil
}

// resolve reads a reference that the server gave, and refuses other sites.
func (k *conn) resolve(at *url.URL, href string) (*url.URL, error) {
	u, err := at.Parse(strings.TrimSpace(href))
	if err != nil {
		return nil, fmt.Errorf("%s names an address that can't be read", at.Host)
	}
	u.User, u.Fragment = nil, ""
	if err := k.c.trust(at, u); err != nil {
		return nil, &refusal{err}
	}
	return u, nil
}

func (k *conn) resolveAll(at *url.URL, to []*url.URL, hrefs []string) []*url.URL {
	for _, h := range hrefs {
		if u, err := k.resolve(at, h); err == nil {
			to = append(to, u)
		}
	}
	return to
}

// MakeCalendar makes a calendar for events in the account's first home (RFC 4791
// section 5.3.1) and returns it; one of that name or place that is there already
// is returned as it is.
func (c *Client) MakeCalendar(ctx context.Context, name string) (Calendar, error) {
	a, err := c.Check(ctx)
	if err != nil {
		return Calendar{}, err
	}
	for _, cal := range a.Calendars {
		if cal.Name == name && !cal.ReadOnly {
			return cal, nil
		}
	}
	if len(a.Home) == 0 {
		return Calendar{}, fmt.Errorf("the server does not say where calendars are made: make one there and give its URL")
	}
	home, err := url.Parse(a.Home[0])
	if err != nil {
		return Calendar{}, fmt.Errorf("the calendar home has an address that can't be read")
	}
	u := home.JoinPath(slug(name) + "/")
	if err := c.own.mkcalendar(ctx, u, name); err != nil {
		return Calendar{}, err
	}
	return Calendar{URL: u.String(), Name: name}, nil
}

// mkcalendar makes a collection; that it exists already is no error.
func (k *conn) mkcalendar(ctx context.Context, u *url.URL, name string) error {
	rep, err := k.read(ctx, request{method: "MKCALENDAR", url: u, body: mkcalendarBody(name),
		header: map[string]string{"Content-Type": "application/xml; charset=utf-8"}})
	if err != nil {
		return err
	}
	if rep.status/100 == 2 && rep.status != http.StatusMultiStatus {
		return nil
	}
	// 405, and 403 or 409 with resource-must-be-null: it is there, or may be.
	if _, list, err := k.propfind(ctx, u, "0", lookProps); err == nil && len(list) > 0 && list[0].prop.Types["calendar"] {
		return nil
	}
	return k.statusError("MKCALENDAR", rep, writeMeaning(rep.status))
}

// writeMeaning is what a status says to somebody who wanted to write.
func writeMeaning(status int) error {
	switch status {
	case http.StatusForbidden, http.StatusMethodNotAllowed:
		return calendar.ErrReadOnly
	case http.StatusNotFound, http.StatusGone:
		return calendar.ErrNotFound
	case http.StatusInsufficientStorage:
		return calendar.ErrLimit
	}
	return nil
}

// slug is a name as it may stand in an address.
func slug(name string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, name)
	for strings.Contains(s, "--") {
		s = strings.ReplaceAll(s, "--", "-")
	}
	if s = strings.Trim(s, "-"); s == "" {
		return "followup"
	}
	return s
}
