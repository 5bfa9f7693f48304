package interview

import (
	"slices"
	"strings"
	"testing"
	"time"

	"followup/calendar"
)

var berlin = func() *time.Location {
	l, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return l
}()

// at is a moment of the test week, whose Monday is 2026-11-02.
func at(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, berlin) }

func event(uid, title string, day, hour int) calendar.Event {
	return calendar.Event{UID: uid, Summary: title, Start: at(day, hour), End: at(day, hour+1), Status: calendar.StatusConfirmed, TimeZone: "Europe/Berlin"}
}

func person(name, email string) calendar.Person {
	return calendar.Person{Name: name, Email: email, CUType: "individual", Role: "req-participant"}
}

var nina = Me{Name: "Nina Okafor", Emails: []string{"nina@mail.example"}}

func one(t *testing.T, res Result, uid string) Interview {
	t.Helper()
	for _, iv := range slices.Concat(res.Interviews, res.Others) {
		if iv.Event.UID == uid {
			return iv
		}
	}
	t.Fatalf("%s is in neither list", uid)
	return Interview{}
}

func TestDecisiveRefusals(t *testing.T) {
	for name, change := range map[string]func(*calendar.Event){
		"followup's own event": func(e *calendar.Event) { e.Marker.Key = "abc" },
		"all-day":              func(e *calendar.Event) { e.AllDay = true },
		"a series":             func(e *calendar.Event) { e.Series, e.RecurrenceID = true, "20261103T090000Z" },
		"an interview kit":     func(e *calendar.Event) { e.Description = "https://app.greenhouse.io/guides/1/people/2" },
		"a hold":               func(e *calendar.Event) { e.Summary = "HOLD: Interview with Nimbus" },
		"the user said so":     func(e *calendar.Event) { e.Description = "#not-interview" },
	} {
		e := event("x", "Interview with Nimbus", 3, 10)
		change(&e)
		if iv := one(t, Recognize([]calendar.Event{e}, nina, nil), "x"); iv.Decision != No || iv.Reason == "" {
			t.Errorf("%s: %s (%s)", name, iv.Decision, iv.Reason)
		}
	}
}

func TestStatus(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*calendar.Event)
		want   Status
	}{
		"active":         {func(*calendar.Event) {}, Active},
		"STATUS":         {func(e *calendar.Event) { e.Status = calendar.StatusCancelled }, Cancelled},
		"METHOD":         {func(e *calendar.Event) { e.Method = "CANCEL" }, Cancelled},
		"English title":  {func(e *calendar.Event) { e.Summary = "Canceled: Interview with Nimbus" }, Cancelled},
		"German title":   {func(e *calendar.Event) { e.Summary = "Abgesagt: Vorstellungsgespräch Nimbus" }, Cancelled},
		"Japanese title": {func(e *calendar.Event) { e.Summary = "【キャンセル】一次面接（ノーザン株式会社）" }, Cancelled},
		"declined by user": {func(e *calendar.Event) {
			p := person("Nina Okafor", "nina@mail.example")
			p.PartStat = calendar.PartStatDeclined
			e.Attendees = append(e.Attendees, p)
		}, Declined},
	} {
		e := event("x", "Interview with Nimbus", 3, 10)
		e.Organizer = person("Anna Berg", "anna@nimbus.example")
		c.change(&e)
		if iv := one(t, Recognize([]calendar.Event{e}, nina, nil), "x"); iv.Decision != Yes || iv.Status != c.want {
			t.Errorf("%s: %s, %s; want interview, %s", name, iv.Decision, iv.Status, c.want)
		}
	}
}

func TestReissueUnderNewUID(t *testing.T) {
	old, fresh := event("old", "Interview with Nimbus", 3, 10), event("new", "Interview with Nimbus", 5, 14)
	for _, e := range []*calendar.Event{&old, &fresh} {
		e.Organizer = person("Anna Berg", "anna@nimbus.example")
		e.Attendees = []calendar.Person{person("Nina Okafor", "nina@mail.example"), person("Tom Reed", "tom@nimbus.example")}
	}
	old.Created, fresh.Created = at(1, 8), at(2, 8)
	for _, events := range [][]calendar.Event{{old, fresh}, {fresh, old}} {
		res := Recognize(events, nina, nil)
		a, b := one(t, res, "old"), one(t, res, "new")
		if a.Status != Superseded || a.SupersededBy.UID != "new" || b.Status != Active {
			t.Errorf("old %s by %v, new %s", a.Status, a.SupersededBy, b.Status)
		}
		if a.Identity != b.Identity || a.Identity == "" {
			t.Errorf("the identity changed: %q, %q", a.Identity, b.Identity)
		}
		if a.Process != b.Process {
			t.Errorf("the process changed: %q, %q", a.Process, b.Process)
		}
	}
}

func TestLoopIsNotReissue(t *testing.T) {
	var events []calendar.Event
	for i, name := range []string{"Tom Reed", "Ada Moss", "Lin Wu"} {
		e := event(name, "Nina Okafor <> Nimbus", 3, 9+i)
		e.Organizer = person("Anna Berg", "anna@nimbus.example")
		e.Attendees = []calendar.Person{person("Nina Okafor", "nina@mail.example"), person(name, strings.ToLower(name[:3])+"@nimbus.example")}
		e.Description = "Onsite interview loop"
		events = append(events, e)
	}
	res := Recognize(events, nina, nil)
	for _, iv := range res.Interviews {
		if iv.Loop == "" || iv.Loop != res.Interviews[0].Loop || iv.Status != Active || len(iv.Interviewers) != 1 {
			t.Errorf("%s: loop %q, %s, with %v", iv.Event.UID, iv.Loop, iv.Status, iv.Interviewers)
		}
		if iv.Recruiter.Name != "Anna Berg" {
			t.Errorf("recruiter %v", iv.Recruiter)
		}
	}
	if len(res.Interviews) != 3 {
		t.Errorf("%d interviews of 3: %+v", len(res.Interviews), res.Others)
	}
}

func TestMarks(t *testing.T) {
	call := event("call", "Lunch", 3, 12)
	first := event("first", "Interview with Nimbus", 3, 10)
	first.Description = "for the Data Engineer position"
	second := event("second", "Second interview with Nimbus", 10, 10)
	events := []calendar.Event{call, first, second}

	res := Recognize(events, nina, []calendar.Mark{{Word: calendar.MarkInterview, Ref: "call"}})
	if iv := one(t, res, "call"); iv.Decision != Yes || iv.Confidence != 1 {
		t.Errorf("#interview by reference: %s", iv.Decision)
	}
	res = Recognize(events, nina, []calendar.Mark{{Word: calendar.MarkNotInterview, Ref: "first"}})
	if iv := one(t, res, "first"); iv.Decision != No {
		t.Errorf("#not-interview by reference: %s", iv.Decision)
	}
	res = Recognize(events, nina, []calendar.Mark{{Word: calendar.MarkCompany, Value: "Nimbus Labs", Ref: "first"}, {Word: calendar.MarkRejected, Ref: "nimbus"}})
	for _, uid := range []string{"first", "second"} {
		iv := one(t, res, uid)
		if iv.Company != "Nimbus Labs" || iv.Role != "Data Engineer" {
			t.Errorf("%s: a correction doesn't hold for the process: %q, %q", uid, iv.Company, iv.Role)
		}
		if !hasWord(iv.Marks, calendar.MarkRejected) {
			t.Errorf("%s: an outcome doesn't hold for the process: %v", uid, iv.Marks)
		}
	}
	tagged := event("t", "Interview with Nimbus", 3, 10)
	tagged.Description = "#with: Ada Moss <ada@nimbus.example>\n#role: SRE\n#decision-by 2026-11-20"
	iv := one(t, Recognize([]calendar.Event{tagged}, nina, nil), "t")
	if len(iv.Interviewers) != 1 || iv.Interviewers[0] != (Person{"Ada Moss", "ada@nimbus.example"}) || iv.Role != "SRE" || iv.HearBy.Until.Format(time.DateOnly) != "2026-11-20" {
		t.Errorf("hashtags: %v, %q, %v", iv.Interviewers, iv.Role, iv.HearBy)
	}
}

func TestSelfIsInferredAndSaid(t *testing.T) {
	var events []calendar.Event
	for i, org := range []string{"anna@nimbus.example", "joe@fern.example", "mia@tessera.example"} {
		e := event(org, "Interview", 3+i, 10)
		e.Organizer = person("", org)
		e.Attendees = []calendar.Person{person("", org), person("Nina Okafor", "nina@mail.example")}
		events = append(events, e)
	}
	res := Recognize(events, Me{}, nil)
	if !slices.Equal(res.Me.Emails, []string{"nina@mail.example"}) || res.Me.Name != "Nina Okafor" {
		t.Errorf("me: %+v", res.Me)
	}
	if len(res.Notes) == 0 || !strings.Contains(res.Notes[0], "nina@mail.example") {
		t.Errorf("notes: %v", res.Notes)
	}
	for _, iv := range res.Interviews {
		for _, p := range iv.Interviewers {
			if p.Email == "nina@mail.example" {
				t.Errorf("%s: the user interviews herself", iv.Event.UID)
			}
		}
	}
}

func TestRelayIsNeverTheEmployer(t *testing.T) {
	for _, email := range []string{"hit-reply@linkedin.com", "no-reply@us.greenhouse-mail.io", "scheduler@calendly.com", "x@group.calendar.google.com", "someone@gmail.com"} {
		e := event("x", "Phone interview", 3, 10)
		e.Organizer = person("", email)
		iv := one(t, Recognize([]calendar.Event{e}, nina, nil), "x")
		if iv.Company != "" {
			t.Errorf("%s: company %q", email, iv.Company)
		}
		for _, p := range iv.Interviewers {
			if strings.Contains(p.Email, "linkedin") || strings.Contains(p.Email, "greenhouse") || strings.Contains(p.Email, "calend") {
				t.Errorf("%s is taken for a person: %v", email, p)
			}
		}
	}
}

func TestTwoRolesAtOneCompanyStayApart(t *testing.T) {
	a, b, c := event("a", "Interview with Nimbus - Data Engineer", 3, 10), event("b", "Interview with Nimbus - Product Designer", 4, 10), event("c", "Interview with Nimbus", 9, 10)
	res := Recognize([]calendar.Event{a, b, c}, nina, nil)
	if x, y := one(t, res, "a"), one(t, res, "b"); x.Process == y.Process || x.Process == "" {
		t.Errorf("processes %q and %q", x.Process, y.Process)
	}
	if iv := one(t, res, "c"); iv.Role != "" {
		t.Errorf("an ambiguous event was given the role %q", iv.Role)
	}
}

func TestOrderMakesNoDifference(t *testing.T) {
	for _, c := range loadPeople(t, "people")[:6] {
		var events []calendar.Event
		for _, l := range c.events {
			events = append(events, l.event)
		}
		want := summary(Recognize(events, Me{}, nil))
		slices.Reverse(events)
		if got := summary(Recognize(events, Me{}, nil)); got != want {
			t.Errorf("%s: another order, another answer:\n%s\n%s", c.name, got, want)
		}
	}
}

func summary(res Result) string {
	var b strings.Builder
	for _, iv := range res.Interviews {
		b.WriteString(strings.Join([]string{iv.Event.UID, string(iv.Decision), string(iv.Status), iv.Process, iv.Company, iv.Role, string(iv.Round), iv.Loop}, " ") + "\n")
	}
	return b.String()
}

func TestHostileTextIsBounded(t *testing.T) {
	long := strings.Repeat("interview with ", 200_000)
	texts := []string{long, strings.Repeat("(", 100_000), strings.Repeat("http://", 50_000), strings.Repeat("İ", 50_000) + "interview",
		strings.Repeat("\n- 10:00 Anna Berg", 5_000) + "interview", "interview \x00\xff\xfe \u202e", strings.Repeat("面接の", 30_000),
		strings.Repeat("interview, and, or / & ", 10_000), strings.Repeat("a-", 50_000) + "interview", "interview" + strings.Repeat("\u0301", 20_000)}
	start := time.Now()
	for _, s := range texts {
		e := event("x", s, 3, 10)
		e.Description, e.Location = s, s
		e.Organizer = person(s, "a@nimbus.example")
		e.Attendees = []calendar.Person{person(s, s+"@x.example")}
		Recognize([]calendar.Event{e}, Me{}, nil)
		ParseDates(s, e.Start, "en")
		Prefilter([]byte("BEGIN:VEVENT\r\nSUMMARY:" + s + "\r\nEND:VEVENT\r\n"))
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("hostile texts took %s", d)
	}
}

func FuzzRecognize(f *testing.F) {
	for _, s := range []string{"Interview with Nimbus", "面接（株式会社ノーザン）", "Nina <> Nimbus", "10:00 - 11:00 Anna Berg", "{}()[]<>", "İŞ GÖRÜŞMESİ"} {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, title, text, name string) {
		e := event("x", title, 3, 10)
		e.Description = text + "\ninterview"
		e.Organizer = person(name, "a@nimbus.example")
		res := Recognize([]calendar.Event{e}, Me{}, []calendar.Mark{{Word: calendar.MarkInterview, Ref: "x"}})
		if len(res.Interviews)+len(res.Others) != 1 {
			t.Fatal("an event was lost")
		}
	})
}

func BenchmarkRecognizeEveryday(b *testing.B) {
	events := make([]calendar.Event, 10_000)
	for i := range events {
		e := event("u"+string(rune('a'+i%26)), "Storage team weekly", 3, 10)
		e.Description = "Open pull requests, capacity for the next sprint and the release on Thursday. Notes are in the shared document."
		e.Organizer = person("Bea Quinn", "bea@orchardsys.example")
		e.Attendees = []calendar.Person{person("Sam", "sam@orchardsys.example"), person("Raj", "raj@orchardsys.example")}
		events[i] = e
	}
	for b.Loop() {
		Recognize(events, Me{}, nil)
	}
}

func eventsOf(e ...calendar.Event) []calendar.Event { return e }
