package caldav

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/calendar/ics"
)

func (f *fake) target(t *testing.T, g *gremlin) *Target {
	if g == nil {
		g = &gremlin{}
	}
	return open(t, Options{URL: f.cal(), Transport: g}).Target("", ics.Options{Source: "target"})
}

func followUp(n int) calendar.Event { return calendartest.FollowUp(n) }

// text is a follow-up as it is stored.
func textOf(t *testing.T, e calendar.Event) string {
	t.Helper()
	text, err := encode(e, now())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// An event with our UID under another name, as servers and other clients leave
// it, is found, updated and deleted there, and never made twice.
func TestUIDConflicts(t *testing.T) {
	for _, kind := range []string{"409", "nextcloud-400", "cyrus-403", "xandikos-207"} {
		t.Run(kind, func(t *testing.T) {
			ctx := context.Background()
			f := newFake(t, quirks{uidConflict: kind})
			e := followUp(1)
			f.store("elsewhere.ics", textOf(t, e))
			target := f.target(t, nil)
			if _, err := target.Create(ctx, e); !errors.Is(err, calendar.ErrExists) {
				t.Fatalf("Create: %v, want calendar.ErrExists", err)
			}
			it, err := target.Get(ctx, e.UID)
			if err != nil || !strings.HasSuffix(it.Ref.ID, "elsewhere.ics") {
				t.Fatalf("Get: %+v, %v", it.Ref, err)
			}
			e.Summary = "another title"
			e = calendartest.Stamp(e)
			ref, err := target.Update(ctx, e, []calendar.Field{calendar.FieldTitle}, it.Ref)
			if err != nil || ref.ID != it.Ref.ID || !strings.Contains(f.text("elsewhere.ics"), "another title") {
				t.Fatalf("Update: %+v, %v", ref, err)
			}
			if err := target.Delete(ctx, e.UID, ref); err != nil || f.text("elsewhere.ics") != "" {
				t.Errorf("Delete: %v", err)
			}
		})
	}
}

func TestTrashBin(t *testing.T) {
	ctx := context.Background()
	f := newFake(t, quirks{trashBin: true, uidConflict: "nextcloud-400"})
	target, e := f.target(t, nil), followUp(1)
	ref, err := target.Create(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	f.bin(e.UID + ".ics")
	if _, err := target.Create(ctx, e); !errors.Is(err, calendar.ErrDeleted) {
		t.Errorf("Create of what lies in the trash: %v, want calendar.ErrDeleted", err)
	}
	if err := target.Delete(ctx, e.UID, ref); err != nil { // answered 403 by Nextcloud
		t.Errorf("Delete of what lies in the trash: %v", err)
	}
	if c := readAll(t, target, ""); len(c.Items) > 0 {
		t.Errorf("it came back: %+v", c.Items)
	}
}

// A UID that the server has elsewhere and does not show: iCloud holds one UID
// once an account, so the user has moved the event to another calendar.
func TestUIDInAnotherCalendar(t *testing.T) {
	f := newFake(t, quirks{})
	f.q.extra = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPut {
			return false
		}
		f.conflict(w, "/dav/calendars/nina/private/x.ics")
		return true
	}
	if _, err := f.target(t, nil).Create(context.Background(), followUp(1)); !errors.Is(err, calendar.ErrDeleted) {
		t.Errorf("got %v, want calendar.ErrDeleted: it is no longer ours to place", err)
	}
}

func TestLostReplies(t *testing.T) {
	ctx := context.Background()
	// broken makes every request from the nth write on fail, the nth after its effect.
	type fault func(f *fake, g *gremlin)
	lose := func(f *fake, g *gremlin) { g.lose = 1 }
	gateway := func(f *fake, g *gremlin) { // the effect, then 502
		writes := 0
		g.edit = func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodPut && r.Method != http.MethodDelete {
				return nil, nil
			}
			if writes++; writes > 1 {
				return nil, nil
			}
			res, err := http.DefaultTransport.RoundTrip(r)
			if err == nil {
				res.StatusCode = http.StatusBadGateway
			}
			return res, err
		}
	}
	before := func(f *fake, g *gremlin) { // cut off before the effect
		writes := 0
		g.edit = func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodPut && r.Method != http.MethodDelete {
				return nil, nil
			}
			if writes++; writes > 1 {
				return nil, nil
			}
			return nil, io.ErrUnexpectedEOF
		}
	}
	for name, make := range map[string]fault{"the reply lost": lose, "a gateway's 502 after the effect": gateway, "cut off before the effect": before} {
		t.Run(name, func(t *testing.T) {
			f, g := newFake(t, quirks{}), &gremlin{}
			target, e := f.target(t, g), followUp(1)
			make(f, g)
			if _, err := target.Create(ctx, e); err != nil {
				t.Fatalf("Create: %v", err)
			}
			it, err := target.Get(ctx, e.UID)
			if err != nil {
				t.Fatal(err)
			}
			e.Summary = "another title"
			e = calendartest.Stamp(e)
			make(f, g)
			ref, err := target.Update(ctx, e, []calendar.Field{calendar.FieldTitle}, it.Ref)
			if err != nil {
				t.Fatalf("Update: %v", err)
			}
			make(f, g)
			if err := target.Delete(ctx, e.UID, ref); err != nil {
				t.Fatalf("Delete: %v", err)
			}
			if len(f.log) != 3 {
				t.Errorf("%d changes at the server, want 3: %v", len(f.log), f.log)
			}
		})
	}
	t.Run("and no way to look", func(t *testing.T) {
		f, g := newFake(t, quirks{}), &gremlin{}
		target, e := f.target(t, g), followUp(1)
		readAll(t, target, "")
		g.lose = 1
		g.edit = func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodGet {
				return nil, io.ErrUnexpectedEOF
			}
			return nil, nil
		}
		var lost *calendar.LostError
		if _, err := target.Create(ctx, e); !errors.As(err, &lost) {
			t.Errorf("got %v, want calendar.LostError", err)
		}
		g.edit = nil
		if _, err := target.Create(ctx, e); !errors.Is(err, calendar.ErrExists) {
			t.Errorf("again: %v, want calendar.ErrExists", err)
		}
	})
	t.Run("somebody else was there in between", func(t *testing.T) {
		f, g := newFake(t, quirks{}), &gremlin{}
		target, e := f.target(t, g), followUp(1)
		readAll(t, target, "")
		g.edit = func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPut {
				g.edit = nil
				other := e
				other.Summary = "written by the other machine, and changed by hand"
				f.store(e.UID+".ics", textOf(t, calendartest.Stamp(other)))
				return nil, io.ErrUnexpectedEOF
			}
			return nil, nil
		}
		if _, err := target.Create(ctx, e); !errors.Is(err, calendar.ErrExists) {
			t.Errorf("got %v, want calendar.ErrExists", err)
		}
	})
}

func TestWhatOthersAddedSurvives(t *testing.T) {
	ctx := context.Background()
	check := func(t *testing.T, text string) {
		t.Helper()
		for _, want := range []string{"X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC", "their-alarm", "TRIGGER:-PT15M", "COMMENT:call from the car"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s is gone:\n%s", want, text)
			}
		}
	}
	onServers(t, func(t *testing.T, s *server) {
		u := s.calendar(t)
		target, e := open(t, s.options(u)).Target("", ics.Options{}), followUp(1)
		if _, err := target.Create(ctx, e); err != nil {
			t.Fatal(err)
		}
		_, _, text := s.send(t, http.MethodGet, u+e.UID+".ics", nil, "")
		added := "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC\r\nCOMMENT:call from the car\r\nBEGIN:VALARM\r\nUID:their-alarm\r\nACTION:AUDIO\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT"
		s.put(t, u+e.UID+".ics", strings.Replace(strings.ReplaceAll(text, "\r\n", "\n"), "END:VEVENT", strings.ReplaceAll(added, "\r\n", "\n"), 1))
		it, err := target.Get(ctx, e.UID)
		if err != nil {
			t.Fatal(err)
		}
		e.Summary, e.Description = "new title", "new text"
		e.Start, e.End = e.Start.AddDate(0, 0, 1), e.End.AddDate(0, 0, 1)
		e.Alarms = nil
		if _, err := target.Update(ctx, calendartest.Stamp(e), calendar.AllFields, it.Ref); err != nil {
			t.Fatal(err)
		}
		_, _, text = s.send(t, http.MethodGet, u+e.UID+".ics", nil, "")
		check(t, text)
		if !strings.Contains(text, "SUMMARY:new title") || strings.Contains(text, "followup-alarm-") {
			t.Errorf("the update is not in it:\n%s", text)
		}
	})
}

// A title edited by the user must survive an update whose base is older, also on
// servers whose ETags can't be used as they are.
func TestConflictsOnOddETags(t *testing.T) {
	ctx := context.Background()
	for name, q := range map[string]quirks{
		"strong": {}, "weak, never matching": {weakETag: true, matchNever: true}, "weak, matching as strong": {weakETag: true},
		"without quotes": {bareETag: true}, "none": {noETag: true}, "not looked at": {ignoreMatch: true, noPutETag: true},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, q)
			target, e := f.target(t, nil), followUp(1)
			ref, err := target.Create(ctx, e)
			if err != nil || ref.Version == "" {
				t.Fatalf("Create: %+v, %v", ref, err)
			}
			f.store(e.UID+".ics", edited(t, f.text(e.UID+".ics"), func(e *calendar.Event) { e.Summary = "my own title" }))
			e.Description = "new"
			e = calendartest.Stamp(e)
			if _, err := target.Update(ctx, e, []calendar.Field{calendar.FieldText}, ref); !q.ignoreMatch && !errors.Is(err, calendar.ErrConflict) {
				t.Errorf("Update of an old version: %v, want calendar.ErrConflict", err)
			}
			if err := target.Delete(ctx, e.UID, ref); !q.ignoreMatch && !errors.Is(err, calendar.ErrConflict) {
				t.Errorf("Delete of an old version: %v, want calendar.ErrConflict", err)
			}
			if !q.ignoreMatch && !strings.Contains(f.text(e.UID+".ics"), "my own title") {
				t.Fatal("the user's title is gone")
			}
			it, err := target.Get(ctx, e.UID)
			if q.ignoreMatch {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			ref, err = target.Update(ctx, e, []calendar.Field{calendar.FieldText}, it.Ref)
			if err != nil || !strings.Contains(f.text(e.UID+".ics"), "my own title") || !strings.Contains(f.text(e.UID+".ics"), "DESCRIPTION:new") {
				t.Fatalf("Update: %v\n%s", err, f.text(e.UID+".ics"))
			}
			if err := target.Delete(ctx, e.UID, ref); err != nil || f.text(e.UID+".ics") != "" {
				t.Errorf("Delete: %v", err)
			}
		})
	}
}

func TestRefusedWrites(t *testing.T) {
	tests := []struct {
		name string
		code int
		body string
		want error
	}{
		{"no right to write", 403, `<d:error xmlns:d="DAV:"><d:need-privileges/></d:error>`, calendar.ErrReadOnly},
		{"no writing here", 405, "", calendar.ErrReadOnly},
		{"no room", 507, "", calendar.ErrLimit},
		{"too large", 413, "", errAny},
		{"a bad request", 400, "", errAny},
		{"no such calendar", 409, "", errAny},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t, quirks{})
			f.q.extra = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodPut {
					return false
				}
				w.WriteHeader(tt.code)
				io.WriteString(w, tt.body)
				return true
			}
			_, err := f.target(t, nil).Create(context.Background(), followUp(1))
			var lost *calendar.LostError
			if tt.want == errAny && err == nil || tt.want != errAny && !errors.Is(err, tt.want) || errors.As(err, &lost) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestWhatIsSent(t *testing.T) {
	ctx := context.Background()
	f := newFake(t, quirks{})
	var puts, deletes []http.Header
	f.q.extra = func(w http.ResponseWriter, r *http.Request) bool {
		switch r.Method {
		case http.MethodPut:
			puts = append(puts, r.Header)
		case http.MethodDelete:
			deletes = append(deletes, r.Header)
		}
		if r.Header.Get("Expect") != "" {
			t.Error("Expect was sent: servers wait a second for it")
		}
		return false
	}
	target, e := f.target(t, nil), followUp(1)
	ref, err := target.Create(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	e.Summary = "x"
	if ref, err = target.Update(ctx, calendartest.Stamp(e), []calendar.Field{calendar.FieldTitle}, ref); err != nil {
		t.Fatal(err)
	}
	text := f.text(e.UID + ".ics")
	if !strings.Contains(text, "SEQUENCE:1\r\n") || strings.Contains(text, "METHOD") || strings.Contains(text, "19700101T000000Z") {
		t.Errorf("the stored text is\n%s", text)
	}
	if err := target.Delete(ctx, e.UID, ref); err != nil {
		t.Fatal(err)
	}
	if len(puts) != 2 || puts[0].Get("If-None-Match") != "*" || puts[1].Get("If-Match") != `"r1"` {
		t.Errorf("PUTs were sent with %v", puts)
	}
	if len(deletes) != 1 || deletes[0].Get("If-Match") != `"r2"` || deletes[0].Get("Schedule-Reply") != "F" {
		t.Errorf("DELETE was sent with %v", deletes)
	}
	if n := target.Requests(); n.Write != 3 || n.Read > 4 {
		t.Errorf("%+v requests for three writes", n)
	}
}

// A copy that somebody made of a follow-up has our marker, and is theirs.
func TestCopiesAreForeign(t *testing.T) {
	f := newFake(t, quirks{})
	target, e := f.target(t, nil), followUp(1)
	if _, err := target.Create(context.Background(), e); err != nil {
		t.Fatal(err)
	}
	f.store("copy.ics", strings.ReplaceAll(f.text(e.UID+".ics"), "UID:"+e.UID, "UID:a-copy"))
	if c := readAll(t, target, ""); len(c.Items) != 1 || c.Items[0].Event.UID != e.UID {
		t.Errorf("read %v", uidsOf(c))
	}
}

// Some clients drop properties that they don't know, the marker among them.
func TestAMarkerThatWasDropped(t *testing.T) {
	ctx := context.Background()
	f := newFake(t, quirks{})
	target, e := f.target(t, nil), followUp(1)
	if _, err := target.Create(ctx, e); err != nil {
		t.Fatal(err)
	}
	c := readAll(t, target, "")
	var kept []string
	for line := range strings.Lines(f.text(e.UID + ".ics")) {
		if !strings.HasPrefix(line, "X-FOLLOWUP") {
			kept = append(kept, line)
		}
	}
	f.store(e.UID+".ics", strings.Replace(strings.Join(kept, ""), "SUMMARY:", "SUMMARY:✓ ", 1))
	c = readAll(t, target, c.Next)
	if len(c.Items) != 1 || c.Items[0].Event.Marker.Key != e.UID || !calendar.TitleDone(c.Items[0].Event.Summary) {
		t.Fatalf("read %+v", c)
	}
	it, err := target.Get(ctx, e.UID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := target.Update(ctx, e, []calendar.Field{calendar.FieldText}, it.Ref); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.text(e.UID+".ics"), "X-FOLLOWUP-KEY:"+e.UID) {
		t.Error("the marker did not come back with our update")
	}
}

// killed runs a script against a calendar and dies in the nth request: before
// its effect or after it.
func killed(t *testing.T, s *server, u string, n int, after bool, script func(*Target) error) error {
	o, count := s.options(u), 0
	o.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if count++; count > n || count == n && !after {
			return nil, io.ErrUnexpectedEOF
		}
		res, err := http.DefaultTransport.RoundTrip(r)
		if count == n && err == nil {
			res.Body.Close()
			return nil, io.ErrUnexpectedEOF
		}
		return res, err
	})
	return script(open(t, o).Target("", ics.Options{}))
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// For every request of a run: die before it or after its effect, run again, and
// the calendar is as if nothing had happened.
func TestCrashMatrix(t *testing.T) {
	ctx := context.Background()
	script := func(target *Target) error {
		if _, err := target.Changes(ctx, ""); err != nil {
			return err
		}
		for n := range 2 {
			if _, err := target.Create(ctx, followUp(n)); err != nil && !errors.Is(err, calendar.ErrExists) {
				return err
			}
		}
		it, err := target.Get(ctx, followUp(0).UID)
		if err != nil {
			return err
		}
		e := followUp(0)
		e.Summary = "after the update"
		e = calendartest.Stamp(e)
		if it.Event.Summary != e.Summary {
			if _, err := target.Update(ctx, e, []calendar.Field{calendar.FieldTitle}, it.Ref); err != nil {
				return err
			}
		}
		if it, err = target.Get(ctx, followUp(1).UID); err != nil {
			return err
		}
		return target.Delete(ctx, followUp(1).UID, it.Ref)
	}
	onServers(t, func(t *testing.T, s *server) {
		died := 0
		for _, after := range []bool{false, true} {
			for n := 1; ; n++ {
				u := s.calendar(t)
				err := killed(t, s, u, n, after, script)
				if err == nil && n > 12 {
					break
				}
				if err != nil {
					died++
				}
				target := open(t, s.options(u)).Target("", ics.Options{})
				if err := script(target); err != nil {
					t.Fatalf("killed at request %d (after: %v): the next run fails: %v", n, after, err)
				}
				c := readAll(t, target, "")
				if len(c.Items) != 1 || c.Items[0].Event.Summary != "after the update" {
					t.Fatalf("killed at request %d (after: %v): there stands %+v", n, after, c.Items)
				}
			}
		}
		if died < 10 {
			t.Errorf("died only %d times: the matrix tests nothing", died)
		}
	})
}
