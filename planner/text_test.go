package planner

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"followup/calendar"
	"followup/calendar/calendartest"
	"followup/planner/draft"
	"followup/planner/interview"
)

// everyKind is a plan, or several, that hold each kind at least once.
func everyKind(t *testing.T, language string) []FollowUp {
	t.Helper()
	policy := DefaultPolicy()
	policy.Me.Languages = []string{language}
	policy.Me.Name = "Nina Sander"
	for _, k := range draft.Kinds {
		setRule(&policy, k, func(r *Rule) { r.Enabled = true })
	}
	var out []FollowUp
	for _, mark := range []string{"", "#rejected #went-well", "#offer until 2026-12-11", "#withdrawn", "#no-show"} {
		s := testScript(t)
		s.policy = &policy
		iv := &s.interviews[0]
		iv.Interviewers, iv.Recruiter = []interview.Person{ana, carla}, rita
		iv.Event.Description = mark
		s.now = iv.Event.End
		iv.Event.Updated = s.now
		for range 60 {
			p := s.plan(t)
			out = append(out, p.FollowUps...)
			s.past = written(p)
			s.now = s.now.AddDate(0, 0, 1)
		}
	}
	return out
}

func TestTextHoldsAllThatIsNeeded(t *testing.T) {
	seen := map[draft.Kind]bool{}
	tag := regexp.MustCompile(`[<>]|\*\*|^#|\]\(`)
	for _, f := range everyKind(t, "en") {
		if seen[f.Kind] {
			continue
		}
		seen[f.Kind] = true
		mail := f.Subject != ""
		for _, want := range []string{f.Body, "\n\nWhy: ", `"Onsite - Northwind`, "Tue 24 Nov 1", "Put ✓ before this event's title.", "Delete it."} {
			if !strings.Contains(f.Text, want) {
				t.Errorf("%s: no %q in\n%s", f.Kind, want, f.Text)
			}
		}
		if mail != strings.Contains(f.Text, "\n\nOpen it as a finished email:\nmailto:") || mail != strings.Contains(f.Text, "\nSubject: "+f.Subject+"\n\n") {
			t.Errorf("%s: subject %q, and\n%s", f.Kind, f.Subject, f.Text)
		}
		if mail && !strings.HasPrefix(f.Text, "To: ") && !strings.HasPrefix(f.Text, "Subject: ") {
			t.Errorf("%s does not begin with the recipient:\n%s", f.Kind, f.Text)
		}
		if m := tag.FindString(f.Text); m != "" {
			t.Errorf("%s: %q would be read as HTML or markdown in\n%s", f.Kind, m, f.Text)
		}
		if strings.Contains(f.Text, "\n\n\n") || strings.TrimSpace(f.Text) != f.Text || f.Title == "" || strings.Contains(f.Title, "\n") {
			t.Errorf("%s is untidy: %q\n%s", f.Kind, f.Title, f.Text)
		}
		if mail && !strings.Contains(f.Body, "Nina Sander") {
			t.Errorf("%s is not signed:\n%s", f.Kind, f.Body)
		}
	}
	for _, k := range draft.Kinds {
		if !seen[k] {
			t.Errorf("no %s was planned", k)
		}
	}
}

// TestOurTextMarksNothing quotes titles, names and notes that hold hashtags.
func TestOurTextMarksNothing(t *testing.T) {
	for _, word := range append([]string{"nofollowup", "NoShow"}, calendar.MarkWords...) {
		s := testScript(t)
		iv := &s.interviews[0]
		iv.Company, iv.Role = "#"+word+" Inc", "C# Developer (#"+word+")"
		iv.Interviewers = []interview.Person{{Name: "#" + word, Email: "a@northwind.example"}}
		s.marks = []calendar.Mark{{Word: calendar.MarkNote, Value: "they use #" + word + " for \xff things", Ref: "a"}}
		for _, f := range s.plan(t).FollowUps { // checkPlan looks for marks
			if calendar.TitleDone(f.Title) {
				t.Errorf("the title %q says that it is done", f.Title)
			}
		}
	}
}

// TestHostileInvitation holds that what others write into an invitation can't
// become markup, lines or directions of ours.
func TestHostileInvitation(t *testing.T) {
	s := testScript(t)
	iv := &s.interviews[0]
	evil := "Acme <img src=http://x.example/p.gif>\r\nTo: you\u202e#rejected\x00"
	iv.Event.Summary, iv.Company, iv.Role = evil, evil, evil
	iv.Interviewers = []interview.Person{{Name: evil, Email: "a@acme.example"}, {Name: evil + "2"}}
	iv.Recruiter = interview.Person{Name: evil, Email: "r@acme.example"}
	for _, f := range s.plan(t).FollowUps {
		if strings.Contains(f.Text, "<img") || strings.Contains(f.Text, "\nTo: you") || strings.ContainsAny(f.Text+f.Title, "\x00\r") || strings.Contains(f.Title, "\n") {
			t.Errorf("%q\n%q", f.Title, f.Text)
		}
		if strings.Contains(f.Why, "\u202e") {
			t.Errorf("the reason turns the line around: %q", f.Why)
		}
	}
}

// TestHostileInvitationInEveryLanguage holds the same of every field, in every
// language, of everything that reaches the calendar and the mail. (checkPlan looks
// for marks.)
func TestHostileInvitationInEveryLanguage(t *testing.T) {
	for name, bad := range calendartest.Hostile {
		for _, lang := range draft.Languages {
			policy := DefaultPolicy()
			policy.Me.Languages, policy.Me.Name = []string{lang}, bad
			for _, k := range draft.Kinds {
				setRule(&policy, k, func(r *Rule) { r.Enabled = true })
			}
			for _, mark := range []string{"", "rejected", "offer", "no-show"} {
				s := testScript(t)
				iv := &s.interviews[0]
				iv.Event.Summary, iv.Company, iv.Role, iv.Via, iv.Language = bad, bad, bad, bad, lang
				iv.Interviewers = []interview.Person{{Name: bad, Email: "a@acme.example"}, {Name: bad + "2"}}
				iv.Recruiter = interview.Person{Name: bad, Email: "r@acme.example"}
				s.policy, s.now = &policy, iv.Event.End
				s.marks = []calendar.Mark{{Word: calendar.MarkNote, Value: bad, Ref: "a", At: s.now}, {Word: mark, Ref: "a", At: s.now}}
				for _, f := range s.plan(t).FollowUps {
					harmlessText(t, name+" "+lang+" "+string(f.Kind), f)
				}
			}
		}
	}
}

func harmlessText(t *testing.T, where string, f FollowUp) {
	t.Helper()
	for _, s := range []string{f.Title, f.Subject, f.Text} {
		for _, r := range s {
			if r != '\n' && unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 {
				t.Errorf("%s: %U in %.200q", where, r, s)
				break
			}
		}
		for _, part := range []string{"<script", "<img", "<b>", "<a ", "\nBcc:", "\nEND:VEVENT", "\nTo: ", "{{"} {
			if strings.Contains(s, part) && (part != "{{" || s != f.Text) { // a note may hold any sign but no tag
				t.Errorf("%s: %q in %.600q", where, part, s)
			}
		}
	}
	if strings.ContainsAny(f.Title+f.Subject, "\r\n") || calendar.TitleDone(f.Title) {
		t.Errorf("%s: title %q, subject %q", where, f.Title, f.Subject)
	}
	if n := len([]rune(f.Text)); n > 8000 {
		t.Errorf("%s: a text of %d characters", where, n)
	}
	if _, link, ok := strings.Cut(f.Text, "\nmailto:"); ok {
		link, rest, _ := strings.Cut(link, "\n")
		if strings.Contains(rest, "\nmailto:") {
			t.Errorf("%s: two links in %s", where, f.Text)
		}
		if len(link) >= 1993 || strings.Contains(strings.ToLower(link), "&cc=") || strings.Contains(strings.ToLower(link), "bcc=") {
			t.Errorf("%s: %s", where, link)
		}
	}
}

func TestPlainKeepsWhatIsNoMark(t *testing.T) {
	for in, want := range map[string]string{
		"C# and F#, ticket #42":  "C# and F#, ticket #42",
		"#unknown stays":         "#unknown stays",
		"is #offer a mark":       "is #\u2060offer a mark",
		"#rejected\xff#accepted": "#\u2060rejected\ufffd#\u2060accepted",
		"a <> b, 1 < 2, x<3":     "a <> b, 1 < 2, x<3",
		"<b>x</b> <!-- <?":       "<\u2060b>x<\u2060/b> <\u2060!-- <\u2060?",
	} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTextDoesNotDependOnNow(t *testing.T) {
	s := testScript(t)
	before := s.plan(t)
	for range 20 {
		s.now = s.now.AddDate(0, 0, -7)
		if p := s.plan(t); !samePlan(p, before) {
			t.Fatalf("planned a week earlier:\n%s", list2(p))
		}
	}
}

func TestEventMailsNobody(t *testing.T) {
	for _, f := range testScript(t).plan(t).FollowUps {
		e := f.Event()
		if len(e.Attendees) != 0 || e.Organizer != (calendar.Person{}) || e.Method != "" || !e.Transparent || !e.Private || e.UID != f.Key || e.RelatedTo != "a" {
			t.Errorf("%+v", e)
		}
		if len(e.Alarms) != 1 || e.Alarms[0] != 0 || e.End.Sub(e.Start).Minutes() != 15 {
			t.Errorf("alarms %v, %s to %s", e.Alarms, e.Start, e.End)
		}
	}
}

func TestAlarmsAreBeforeTheStart(t *testing.T) {
	s := testScript(t)
	policy := DefaultPolicy()
	setRule(&policy, draft.ThankYou, func(r *Rule) { r.Alarms = []time.Duration{0, 15 * time.Minute} })
	s.policy = &policy
	if got := of(s.plan(t), draft.ThankYou)[0].Alarms; len(got) != 2 || got[0] != -15*time.Minute || got[1] != 0 {
		t.Errorf("alarms %v", got)
	}
}

// TestFrameSpeaksToTheUser holds that what stands around a draft is in the user's
// first language that there are texts in, else in the draft's, and that notes to
// the user are in theirs altogether. The reason in the plan stays English.
func TestFrameSpeaksToTheUser(t *testing.T) {
	for _, c := range []struct {
		mine             []string
		title, text, why string
	}{
		{nil, "お礼：Ana Ruiz様", "宛先：Ana Ruiz", "理由："},
		{[]string{"tlh"}, "お礼：Ana Ruiz様", "宛先：Ana Ruiz", "理由："},
		{[]string{"de", "en"}, "Dank an Ana Ruiz", "An: Ana Ruiz", "Warum: Dank, "},
		{[]string{"tlh", "en-GB"}, "Thank Ana Ruiz", "To: Ana Ruiz", "Why: Thank-you, "},
	} {
		s := testScript(t)
		policy := DefaultPolicy()
		policy.Me.Languages = c.mine
		setRule(&policy, draft.Debrief, func(r *Rule) { r.Enabled = true })
		s.policy, s.interviews[0].Language = &policy, "ja"
		p := s.plan(t)
		f := of(p, draft.ThankYou)[0]
		if !strings.HasPrefix(f.Title, c.title) || !strings.HasPrefix(f.Text, c.text) || !strings.Contains(f.Text, "\n"+c.why) {
			t.Errorf("%q: %s\n%s", c.mine, f.Title, f.Text)
		}
		if f.Language != "ja" || !strings.Contains(f.Body, "様") || !strings.HasPrefix(f.Why, "thank-you, 24-48 hours after") {
			t.Errorf("%q: the draft or the reason is in the wrong language: %s\n%s", c.mine, f.Why, f.Text)
		}
		note := only(t, p, draft.Debrief)
		if german := strings.Contains(note.Body, "gesprochen"); german != (c.mine != nil && c.mine[0] == "de") {
			t.Errorf("%q: the note to the user is in %s:\n%s", c.mine, note.Language, note.Body)
		}
	}
}

// TestEveryFrameMarksNothing holds that no language's text around a draft marks
// its own follow-up, of any kind. (checkPlan looks for marks.)
func TestEveryFrameMarksNothing(t *testing.T) {
	for _, lang := range draft.Languages {
		for _, f := range everyKind(t, lang) {
			if calendar.TitleDone(f.Title) || strings.ContainsAny(f.Text, "<>") {
				t.Errorf("%s: %q\n%s", lang, f.Title, f.Text)
			}
		}
	}
}

func TestLanguage(t *testing.T) {
	for _, c := range []struct{ configured, invitation, mine, want string }{
		{"auto", "en", "de", "en"}, {"", "", "en", "en"}, {"en", "ja", "de", "en"}, {"auto", "", "", "en"},
	} {
		s := testScript(t)
		policy := DefaultPolicy()
		policy.Language = c.configured
		if c.mine != "" {
			policy.Me.Languages = []string{c.mine}
		}
		s.policy, s.interviews[0].Language = &policy, c.invitation
		if f := s.plan(t).FollowUps[0]; f.Language != c.want {
			t.Errorf("%+v: %s", c, f.Language)
		}
	}
}

func TestToneAndSignature(t *testing.T) {
	bodies := map[string]bool{}
	for _, tone := range draft.Tones {
		s := testScript(t)
		policy := DefaultPolicy()
		policy.Tone, policy.Signature = tone, "N. Sander\n+49 30 0000"
		s.policy = &policy
		f := s.plan(t).FollowUps[0]
		bodies[f.Body] = true
		if !strings.Contains(f.Body, "+49 30 0000") {
			t.Errorf("%s: no signature in\n%s", tone, f.Body)
		}
	}
	if len(bodies) != len(draft.Tones) {
		t.Errorf("%d texts for %d tones", len(bodies), len(draft.Tones))
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"#sent", "a #note: b", "<b>", "\xff#offer", "C# and <3", "(#skip)\n#done"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := plain(s)
		if m := calendar.ParseMarks(got); len(m) > 0 {
			t.Errorf("plain(%q) = %q still marks %v", s, got, m)
		}
		if again := plain(got); again != got {
			t.Errorf("plain(%q) = %q, and of that %q", s, got, again)
		}
		if strings.ReplaceAll(got, string(joiner), "") != strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), string(joiner), "") {
			t.Errorf("plain(%q) = %q says something else", s, got)
		}
	})
}
