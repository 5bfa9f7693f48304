package google

import (
	"strings"
	"testing"
	"unicode/utf8"

	"followup/calendar"
)

func TestFromHTML(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "Hello\nNina", "Hello\nNina"},
		{"plain with less-than", "a < b and vector<int> & more", "a < b and vector<int> & more"},
		{"plain with an address", "https://x.example/?a=1&copy=2&region=3&lt=4", "https://x.example/?a=1&copy=2&region=3&lt=4"},
		{"plain with an address in angle brackets", "Join <https://zoom.example/j/1?pwd=a>", "Join <https://zoom.example/j/1?pwd=a>"},
		{"entities without tags", "R&amp;D &lt;now&gt; &quot;x&quot; &#39;y&#39;&nbsp;z", "R&D <now> \"x\" 'y'\u00a0z"},
		{"twice escaped", "&amp;lt;", "&lt;"},
		{"breaks", "one<br>two<br/>three<BR />four", "one\ntwo\nthree\nfour"},
		{"paragraphs and lists", "<p>Meet <b>Jane</b> &amp; team</p><ul><li>Round 2</li><li><a href=\"https://meet.example/x\">Join</a></li></ul>C++ &lt;T&gt;<br>line2",
			"Meet Jane & team\n- Round 2\n- Join <https://meet.example/x>\nC++ <T>\nline2"},
		{"link that shows itself", `<a href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>`, "https://x.example/a?b=1&c=2"},
		{"mail address", `<a href="mailto:ana@x.example">ana@x.example</a>`, "ana@x.example"},
		{"mail link as we write it", `<a href="mailto:ana@x.example?subject=a&amp;body=b">mailto:ana@x.example</a>.`, "mailto:ana@x.example?subject=a&body=b."},
		{"mail link with another text", `<a href="mailto:ana@x.example?subject=a">write</a>`, "write <mailto:ana@x.example?subject=a>"},
		{"link through Google", `<a href="https://www.google.com/url?q=https://x.example">room</a>`, "room <https://www.google.com/url?q=https://x.example>"},
		{"script and style", "a<style>p{}</style>b<script>alert(1)</script>c<br>", "abc\n"},
		{"script link", `<a href="javascript:alert(1)">x</a>`, "x"},
		{"comment", "a<!-- hidden -->b", "ab"},
		{"unknown tag among known ones", "<b>vector<int></b>", "vector<int>"},
		{"open end", "<b>a <i", "a "},
		{"newlines between blocks", "<p>a</p>\n<p>b</p>\n", "a\nb\n"},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fromHTML(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestToHTMLLength(t *testing.T) {
	mail := "mailto:ana@northwind.example?body=" + strings.Repeat("%20x", 480)
	tests := []struct {
		name, text string
		whole      bool
	}{
		{"a usual draft", strings.Repeat("A line of the draft.\n", 80) + mail, true},
		{"a long draft", strings.Repeat("A line of the draft.\n", 270) + mail, true},
		{"too long", strings.Repeat("A line of the draft & more.\n", 500), false},
		{"one endless line", strings.Repeat("<", 9000), false},
		{"astral", strings.Repeat("👩‍💻\n", 4000), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := toHTML(tt.text)
			if units(s) >= maxDescription {
				t.Errorf("%d units", units(s))
			}
			if got := fromHTML(s); (got == tt.text) != tt.whole || !tt.whole && !strings.HasSuffix(got, "…") {
				t.Errorf("whole %v, want %v; ends %q", got == tt.text, tt.whole, got[max(0, len(got)-20):])
			}
		})
	}
}

// An endless or nested description is read in linear time: in quadratic time, these
// would not end before the test's own limit.
func TestHTMLIsBounded(t *testing.T) {
	for _, s := range []string{strings.Repeat("<a href=x>", 1e5), strings.Repeat("<br", 3e5), strings.Repeat("<", 1e6), strings.Repeat("&", 1e6) + "<br>", strings.Repeat("mailto:", 1e5)} {
		fromHTML(s)
		linkMail(s)
	}
}

// What is written reads back as the same text, whatever the text.
func FuzzRoundTrip(f *testing.F) {
	for _, s := range []string{
		"Dear Ana,\n\nthanks & <regards>", "mailto:a@b.example?subject=x&body=y.", "<mailto:a@b.example>", "&amp; &lt;b&gt; <b>bold</b> <br>", "x&copy=1&amp", "mailto:mailto:x&lt;",
		"a\r\nb\u00a0c", "<!-- --> <a href=\"x\">mailto:y</a>", "\n\n\n\nmailto:x@y.example\n\n\n\nend", "#sent ✓ 日本語", "mailto:x@y.example?", "mailto:?x", "mailto:a?b mailto:a", "mailto:a?b&amp;c",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || !fits(escape(s)) {
			return
		}
		h := toHTML(s)
		if units(h) >= maxDescription {
			t.Errorf("%d units", units(h))
		}
		want, got := calendar.FieldsOf(calendar.Event{Description: s}), calendar.FieldsOf(calendar.Event{Description: fromHTML(h)})
		if got[calendar.FieldText] != want[calendar.FieldText] {
			t.Errorf("%q came back as %q by way of %q", want[calendar.FieldText], got[calendar.FieldText], h)
		}
	})
}

// Reading never panics and never gives back a script.
func FuzzFromHTML(f *testing.F) {
	for _, s := range []string{"<b>x", "<a href='javascript:x'>y</a>", "<li><p></li>", "a<b>&#x110000;", "<style><br>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := fromHTML(s)
		if len(out) > 4*len(s)+16 {
			t.Errorf("%d bytes became %d", len(s), len(out))
		}
	})
}
