package draft

import (
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// validMailTo holds a link to RFC 6068 and to what mail programs take.
func validMailTo(link string) error {
	if len(link) >= 2000 {
		return fmt.Errorf("mailto of %d octets", len(link))
	}
	u, err := url.Parse(link)
	if err != nil {
		return err
	}
	if u.Scheme != "mailto" || u.Fragment != "" {
		return fmt.Errorf("not a plain mailto: %s", link)
	}
	if strings.ContainsFunc(link, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("<>\"{}|\\^`+", r) }) {
		return fmt.Errorf("a character that must be encoded: %s", link)
	}
	fields := strings.Split(u.RawQuery, "&")
	if !strings.HasPrefix(fields[0], "subject=") || len(fields) > 2 || len(fields) == 2 && !strings.HasPrefix(fields[1], "body=") {
		return fmt.Errorf("other header fields than subject and body: %s", link)
	}
	for _, f := range fields {
		text, err := url.QueryUnescape(f)
		if err != nil || !utf8.ValidString(text) {
			return fmt.Errorf("broken encoding: %s", f)
		}
		if bare := strings.ReplaceAll(text, "\r\n", ""); strings.ContainsAny(bare, "\r\n") {
			return fmt.Errorf("a line's end that is not CR LF: %q", text)
		}
	}
	if s, _ := url.QueryUnescape(fields[0]); strings.ContainsAny(s, "\r\n") {
		return fmt.Errorf("the subject has more than one line")
	}
	if to, _ := url.PathUnescape(u.Opaque); to != "" {
		if a, err := mail.ParseAddress(to); err != nil || a.Address != to {
			return fmt.Errorf("recipient %q: %v", to, err)
		}
	}
	return nil
}

func TestMailTo(t *testing.T) {
	for name, tt := range map[string]struct{ to, subject, body, want string }{
		"plain":              {"ana@northwind.example", "Thank you", "Hi Ana,\n\nthank you.", "mailto:ana@northwind.example?subject=Thank%20you&body=Hi%20Ana%2C%0D%0A%0D%0Athank%20you."},
		"no address":         {"", "Thank you", "x", "mailto:?subject=Thank%20you&body=x"},
		"not an address":     {"Ana Ruiz", "s", "", "mailto:?subject=s"},
		"two addresses":      {"a@x.example,b@y.example", "s", "", "mailto:?subject=s"},
		"header in address":  {"a@x.example?bcc=b@y.example", "s", "", "mailto:?subject=s"},
		"line end in it":     {"a@x.example\r\nBcc: b@y.example", "s", "", "mailto:?subject=s"},
		"percent in it":      {"a%0ab@x.example", "s", "", "mailto:a%250ab@x.example?subject=s"},
		"plus in it":         {"ana+jobs@x.example", "s", "", "mailto:ana%2Bjobs@x.example?subject=s"},
		"ampersand in it":    {"a&b=c@x.example", "s", "", "mailto:a%26b%3Dc@x.example?subject=s"},
		"header in subject":  {"a@x.example", "s&bcc=b@y.example\r\nBcc: c@z.example", "", "mailto:a@x.example?subject=s%26bcc%3Db%40y.example%20Bcc%3A%20c%40z.example"},
		"header in the body": {"a@x.example", "s", "x&cc=b@y.example#f", "mailto:a@x.example?subject=s&body=x%26cc%3Db%40y.example%23f"},
		"line ends":          {"a@x.example", "s", "one\rtwo\r\nthree\n", "mailto:a@x.example?subject=s&body=one%0D%0Atwo%0D%0Athree"},
		"other scripts":      {"a@x.example", "お礼", "é", "mailto:a@x.example?subject=%E3%81%8A%E7%A4%BC&body=%C3%A9"},
		"nothing":            {"", "", "", "mailto:?subject="},
	} {
		t.Run(name, func(t *testing.T) {
			got := MailTo(tt.to, tt.subject, tt.body)
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if err := validMailTo(got); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMailToCutsGracefully(t *testing.T) {
	for name, tt := range map[string]struct{ body, end string }{
		"after a sentence": {strings.Repeat("I would be glad to hear from you. ", 100), "from you.\r\n\r\n…"},
		"after a word":     {strings.Repeat("glad ", 600), "glad\r\n\r\n…"},
		"Japanese":         {strings.Repeat("お時間をいただきありがとうございました。", 30), "ました。\r\n\r\n…"},
		"one endless word": {strings.Repeat("a", 5000), "aaa\r\n\r\n…"},
	} {
		t.Run(name, func(t *testing.T) {
			link := MailTo("ana@northwind.example", "Thank you", tt.body)
			if err := validMailTo(link); err != nil {
				t.Fatal(err)
			}
			u, _ := url.Parse(link)
			if got := u.Query().Get("body"); !strings.HasSuffix(got, tt.end) {
				t.Errorf("ends with %q", got[max(0, len(got)-60):])
			}
			if len(link) < 1500 {
				t.Errorf("only %d octets used", len(link))
			}
		})
	}
}

func FuzzMailTo(f *testing.F) {
	f.Add("ana@northwind.example", "Thank you", "Hi Ana,\n\nthank you.")
	f.Add("a@x.example?bcc=b@y.example", "s\r\nBcc: x", strings.Repeat("é", 3000))
	f.Add("\xff@x.example", "\u202e", "\x00")
	f.Fuzz(func(t *testing.T, to, subject, body string) {
		if err := validMailTo(MailTo(to, subject, body)); err != nil {
			t.Error(err)
		}
	})
}
