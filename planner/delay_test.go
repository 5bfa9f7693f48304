package planner

import (
	"strings"
	"testing"
	"time"

	"followup/planner/draft"
)

func TestParseDelay(t *testing.T) {
	for text, want := range map[string]Delay{
		"0m":    {},
		"0":     {},
		"30m":   {Clock: 30 * time.Minute},
		"24h":   {Clock: 24 * time.Hour},
		"1h30m": {Clock: 90 * time.Minute},
		" 7D ":  {Days: 7},
		"2w":    {Days: 14},
		"0bd":   {Workday: true},
		"2bd":   {Business: 2, Workday: true},
		"2 bd":  {Business: 2, Workday: true},
	} {
		if got, err := ParseDelay(text); err != nil || got != want {
			t.Errorf("ParseDelay(%q) = %+v, %v; want %+v", text, got, err, want)
		}
	}
}

func TestParseDelayRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "begin with a number",
		"soon":                 "begin with a number",
		"-2d":                  "begin with a number",
		"7":                    "unit is missing",
		"7x":                   "unit is unknown",
		"7 months":             "unit is unknown",
		"30s":                  "unit is unknown",
		"1h30s":                "unit is unknown",
		"99999d":               "too long",
		"9999999999999999999h": "too long",
	} {
		_, err := ParseDelay(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseDelay(%q): %v; want an error with %q", text, err, want)
		}
	}
}

func TestDelayInWords(t *testing.T) {
	for text, want := range map[string]string{
		"0m": "at once", "1d": "1 day", "7d": "7 days", "2bd": "2 business days", "0bd": "the same business day",
		"24h": "24 hours", "90m": "90 minutes", "1w": "7 days", "24h 48h": "24-48 hours", "1d 2d": "1 day to 2 days",
	} {
		var delays [2]Delay
		for i, s := range strings.Fields(text) {
			var err error
			if delays[i], err = ParseDelay(s); err != nil {
				t.Fatal(err)
			}
		}
		r := draft.Reason{Rule: draft.RuleWindow, Kind: draft.ThankYou, Event: "Onsite", After: wait(delays[0]), Until: wait(delays[1])}
		if got := inEnglish(r); !strings.HasPrefix(got, "thank-you, "+want+" after \"Onsite\"") {
			t.Errorf("%q reads %q; want %q", text, got, want)
		}
	}
}

func FuzzParseDelay(f *testing.F) {
	for _, s := range []string{"24h", "7d", "2bd", "0m", "1h30m", "2w", "", "9999999999d", "0bd", "1h0m"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDelay(s)
		if err != nil {
			return
		}
		again, err := ParseDelay(d.String())
		if err != nil || again != d {
			t.Errorf("%q reads %+v, which prints %q and reads %+v, %v", s, d, d.String(), again, err)
		}
		if d.rough() < 0 || d.rough() > 2*maxDelayClock {
			t.Errorf("%q is out of bounds: %+v", s, d)
		}
	})
}

func TestParseHours(t *testing.T) {
	h := func(from, until float64) Hours {
		return Hours{From: time.Duration(from * float64(time.Hour)), Until: time.Duration(until * float64(time.Hour))}
	}
	for text, want := range map[string]Hours{
		"09:00-18:00": h(9, 18), "9-17": h(9, 17), "08:30 – 16:15": h(8.5, 16.25),
		"22:00-06:00": h(22, 6), "00:00-24:00": h(0, 24),
	} {
		got, err := ParseHours(text)
		if err != nil || got != want {
			t.Errorf("ParseHours(%q) = %v, %v; want %v", text, got, err, want)
		}
		if again, err := ParseHours(got.String()); err != nil || again != got {
			t.Errorf("%q prints %q, which reads %v, %v", text, got, again, err)
		}
	}
	for _, text := range []string{"", "9", "09:00-09:00", "25:00-26:00", "nine to five", "24:00-06:00", "09:60-10:00", "24:30-25:00"} {
		if h, err := ParseHours(text); err == nil {
			t.Errorf("ParseHours(%q) = %v; want an error", text, h)
		}
	}
}

func FuzzParseHours(f *testing.F) {
	for _, s := range []string{"09:00-18:00", "9-17", "22:00-06:00", "00:00-24:00", "", "-", "24-24"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := ParseHours(s)
		if err != nil {
			return
		}
		if again, err := ParseHours(h.String()); err != nil || again != h {
			t.Errorf("%q reads %v, which reads %v, %v", s, h, again, err)
		}
		if n := h.length(); n <= 0 || n > day || h.From < 0 || h.From >= day {
			t.Errorf("%q reads %v, %s long", s, h, n)
		}
		p := DefaultPolicy()
		p.WorkingHours = h
		if err := p.Check(); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	})
}

func TestParseWeekday(t *testing.T) {
	for text, want := range map[string]time.Weekday{"sat": time.Saturday, "Sunday": time.Sunday, "THU": time.Thursday, "thurs": time.Thursday} {
		if got, err := ParseWeekday(text); err != nil || got != want {
			t.Errorf("ParseWeekday(%q) = %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "s", "su", "samstag", "satan"} {
		if d, err := ParseWeekday(text); err == nil {
			t.Errorf("ParseWeekday(%q) = %v; want an error", text, d)
		}
	}
}

func TestKeyIsLegalEverywhere(t *testing.T) {
	seen := map[string]bool{}
	for _, anchor := range []string{"", "northwind|data engineer", "株式会社|エンジニア"} {
		for _, recipient := range []string{"", "ana@northwind.example", "ana ruiz"} {
			for generation := range 2 {
				k := Key(anchor, "soft", "thank_you", recipient, generation)
				if len(k) != 32 || strings.Trim(k, "0123456789abcdefghijklmnopqrstuv") != "" {
					t.Errorf("%q is no legal Google event id", k)
				}
				if seen[k] {
					t.Errorf("%q names two follow-ups", k)
				}
				seen[k] = true
			}
		}
	}
	if Key("a", "bc", "k", "", 0) == Key("ab", "c", "k", "", 0) {
		t.Error("parts run into each other")
	}
	// Keys stand in people's calendars: they must never change.
	if got, want := Key("northwind|data engineer", "soft", "thank_you", "ana@northwind.example", 0), "pkqb35odk4j888685hbnepn7t1smrfa8"; got != want {
		t.Errorf("the key is %s, and was %s in every earlier release", got, want)
	}
}

func TestPolicyCheck(t *testing.T) {
	if err := DefaultPolicy().Check(); err != nil {
		t.Fatalf("the defaults: %v", err)
	}
	for want, change := range map[string]func(*Policy){
		"country code": func(p *Policy) { p.Holidays = "xx" },
		"whole week": func(p *Policy) {
			p.Weekend = []time.Weekday{0, 1, 2, 3, 4, 5, 6}
		},
		"not within a day":             func(p *Policy) { p.WorkingHours = Hours{From: 9 * time.Hour, Until: 25 * time.Hour} },
		"thank_you.until (12h)":        func(p *Policy) { setRule(p, "thank_you", func(r *Rule) { r.Until = Delay{Clock: 12 * time.Hour} }) },
		"status_check.max is 3":        func(p *Policy) { setRule(p, "status_check", func(r *Rule) { r.Max = 3 }) },
		"let_go.length is 48h0m0s":     func(p *Policy) { setRule(p, "let_go", func(r *Rule) { r.Length = 48 * time.Hour }) },
		"known are ar, at, au, be, bg": func(p *Policy) { p.Holidays = "atlantis" },
	} {
		p := DefaultPolicy()
		change(&p)
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}
