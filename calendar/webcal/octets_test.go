package webcal

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// Whether or not the bytes are the same, all of them can be read afterwards, in
// order and with the error that ended them.
func TestOctets(t *testing.T) {
	const text = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
	read := func(s string) string {
		o := newOctets(strings.NewReader(s), "")
		if _, err := io.Copy(io.Discard, o); err != nil {
			t.Fatal(err)
		}
		return o.sum()
	}
	sum := read(text)
	tests := []struct {
		name, text, sum string
		end             error
		want            bool
	}{
		{"same", text, sum, io.EOF, true},
		{"one byte differs", strings.Replace(text, "END", "end", 1), sum, io.EOF, false},
		{"longer", text + " ", sum, io.EOF, false},
		{"shorter", text[1:], sum, io.EOF, false},
		{"empty", "", sum, io.EOF, false},
		{"cut off", text, sum, io.ErrUnexpectedEOF, false},
		{"no sum", text, "", io.EOF, false},
		{"no sum of ours", text, "33", io.EOF, false},
		{"a length that can't be held", text, "99999999999-0000000000000000", io.EOF, false},
		{"a negative length", text, "-33-0000000000000000", io.EOF, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			end := iotest.ErrReader(tt.end)
			o := newOctets(io.MultiReader(iotest.OneByteReader(strings.NewReader(tt.text)), end), "")
			if got := o.same(tt.sum); got != tt.want {
				t.Errorf("same = %v, want %v", got, tt.want)
			}
			b, err := io.ReadAll(o)
			if string(b) != tt.text || tt.end == io.EOF && err != nil || tt.end != io.EOF && err != tt.end {
				t.Errorf("read %q, %v; want %q, %v", b, err, tt.text, tt.end)
			}
			if tt.end != io.EOF && o.sum() != "" {
				t.Error("there is a sum over a text that did not end")
			}
		})
	}
	if newSum := read(text); newSum != sum {
		t.Errorf("sum %s, then %s", sum, newSum)
	}
}
