package caldav

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"

	"followup/calendar"
	"followup/calendar/ics"
	"github.com/google/go-cmp/cmp"
)

func TestDiscoveryOnServers(t *testing.T) {
	onServers(t, func(t *testing.T, s *server) {
		u := s.calendar(t)
		for _, from := range []string{u, s.home, s.base} {
			c := open(t, s.options(from))
			a, err := c.Check(context.Background())
			if err != nil {
				t.Errorf("from %s: %v", from, err)
				continue
			}
			found := false
			for _, cal := range a.Calendars {
				found = found || cal.URL == u && !cal.ReadOnly
			}
			if !found {
				t.Errorf("from %s: %s is not in %+v", from, u, a)
			}
		}
	})
}

func TestWrongPasswordOnServer(t *testing.T) {
	s := running(t, radicale)
	o := s.options(s.home)
	o.Secret.Value = "wr0ng"
	_, err := open(t, o).Calendars(context.Background())
	if !errors.Is(err, calendar.ErrAuth) || strings.Contains(err.Error(), "wr0ng") {
		t.Errorf("got %v", err)
	}
}

func TestMakeCalendarOnServers(t *testing.T) {
	onServers(t, func(t *testing.T, s *server) {
		c := open(t, s.options(s.home))
		made, err := c.MakeCalendar(context.Background(), "Interview follow-ups")
		if err != nil {
			t.Fatal(err)
		}
		again, err := c.MakeCalendar(context.Background(), "Interview follow-ups")
		if err != nil || again.URL != made.URL {
			t.Errorf("made again: %+v, %v; want %s", again, err, made.URL)
		}
		if cs := readAll(t, c.Target(made.URL, ics.Options{}), ""); !cs.Whole || len(cs.Items) > 0 {
			t.Errorf("the new calendar reads as %+v", cs)
		}
	})
}

// resolver answers from a table.
type resolver struct {
	srv *net.SRV
	txt string
}

func (r resolver) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	if r.srv == nil || service != "caldavs" || proto != "tcp" || name != "cloud.example" {
		return "", nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	}
	return "", []*net.SRV{r.srv}, nil
}

func (r resolver) LookupTXT(context.Context, string) ([]string, error) {
	if r.txt == "" {
		return nil, errors.New("none")
	}
	return []string{"v=unrelated", "path=" + r.txt}, nil
}

func TestDiscovery(t *testing.T) {
	tests := []struct {
		name, url, home string
		dns             resolver
		want            string // host of the calendars
		bad             string
	}{
		{name: "the collection", url: "https://dav.cloud.example" + fakeCal, want: "dav.cloud.example"},
		{name: "the home", url: "https://dav.cloud.example" + fakeHome, want: "dav.cloud.example"},
		{name: "the principal", url: "https://dav.cloud.example" + fakeUser, want: "dav.cloud.example"},
		{name: "the server", url: "https://dav.cloud.example", want: "dav.cloud.example"},
		{name: "a wrong path", url: "https://dav.cloud.example/webmail/", want: "dav.cloud.example"},
		{name: "a domain", url: "cloud.example", want: "cloud.example"},
		{name: "a mail address", url: "nina@cloud.example", want: "cloud.example"},
		{name: "SRV", url: "nina@cloud.example", dns: resolver{srv: &net.SRV{Target: "srv.cloud.example.", Port: 443}}, want: "srv.cloud.example"},
		{name: "SRV, port and path", url: "nina@cloud.example", dns: resolver{srv: &net.SRV{Target: "srv.cloud.example.", Port: 8443}, txt: "/dav/"}, want: "srv.cloud.example:8443"},
		{name: "SRV to another site", url: "nina@cloud.example", dns: resolver{srv: &net.SRV{Target: "evil.example.", Port: 443}}, bad: "https://evil.example/"},
		{name: "a home on another host", url: "https://caldav.cloud.example/", home: "https://p42-caldav.cloud.example:443", want: "p42-caldav.cloud.example:443"},
		{name: "a home on another site", url: "https://caldav.cloud.example/", home: "https://evil.example", bad: "another site"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t, quirks{home: tt.home, second404: true})
			g := &gremlin{next: cloud(t, f)}
			c := open(t, Options{URL: tt.url, Username: "nina", Secret: Secret{Value: "s3cr3t"}, Transport: g, Resolver: tt.dns})
			cals, err := c.Calendars(context.Background())
			for _, host := range g.auth {
				if strings.Contains(host, "evil") {
					t.Errorf("the login went to %s", host)
				}
			}
			if tt.bad != "" {
				if err == nil || !strings.Contains(err.Error(), tt.bad) {
					t.Errorf("got %+v, %v; want an error with %q", cals, err, tt.bad)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := []Calendar{
				{URL: "https://" + tt.want + fakeCal, Name: "Work"},
				{URL: "https://" + tt.want + fakeHome + "shared/", Name: "Shared", ReadOnly: true},
			}
			if tt.url == "https://dav.cloud.example"+fakeCal { // says nothing of a principal
				want = want[:1]
			}
			if d := cmp.Diff(want, cals); d != "" {
				t.Errorf("calendars (-want +got):\n%s", d)
			}
		})
	}
}

// A source may be pointed at a server as long as there is one calendar on it; its
// cursor remembers which.
func TestSourceFindsTheOnlyCalendar(t *testing.T) {
	f := newFake(t, quirks{})
	f.store("a.ics", objectText(plain(1)))
	only := true
	f.q.extra = func(w http.ResponseWriter, r *http.Request) bool {
		if !only || r.Method != "PROPFIND" || r.URL.Path != fakeHome {
			return false
		}
		f.multistatus(w, f.response(fakeCal, f.collectionProps()))
		return true
	}
	s := open(t, Options{URL: f.URL}).Source("", ics.Options{})
	first := readAll(t, s, "")
	if len(first.Items) != 1 {
		t.Fatalf("read %+v", first)
	}
	before := s.Requests().Read
	if c := readAll(t, s, first.Next); !c.Unchanged || s.Requests().Read != before+1 {
		t.Errorf("the second read made %d requests: %+v", s.Requests().Read-before, c)
	}
	only = false
	if _, err := s.Changes(context.Background(), ""); err == nil || !strings.Contains(err.Error(), f.cal()) {
		t.Errorf("with two calendars: %v; want their addresses", err)
	}
}
