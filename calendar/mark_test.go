package calendar

import "testing"

// What is left without marks is what the text is about: company and role are read
// from it.
func TestWithoutMarks(t *testing.T) {
	tests := []struct{ text, want string }{
		{"Interview with Northwind", "Interview with Northwind"},
		{"Interview with Northwind #went-well", "Interview with Northwind"},
		{"Interview with Northwind #WENT_WELL #decision-by 2026-12-11", "Interview with Northwind"},
		{"Interview with Northwind #decision-by: Friday", "Interview with Northwind"},
		{"#rejected Interview: Data Analyst at Northwind", "Interview: Data Analyst at Northwind"},
		{"Interview #rejected Northwind", "Interview Northwind"},
		{"#answered Interview with Northwind", "Interview with Northwind"},
		{"Interview - Northwind #note: they use Go", "Interview - Northwind"},
		{"Interview with Northwind #jobsearch #berlin", "Interview with Northwind"},
		{"Interview about #golang at Northwind", "Interview about #golang at Northwind"},
		{"Interview #2 with Northwind", "Interview #2 with Northwind"},
		{"C# interview https://meet.example/#rejected", "C# interview https://meet.example/#rejected"},
		{"See you\n#with: Ana Ruiz <ana@northwind.example>\nBring a laptop", "See you\n\nBring a laptop"},
		{"#went-well", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := WithoutMarks(tt.text); got != tt.want {
			t.Errorf("WithoutMarks(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func FuzzWithoutMarks(f *testing.F) {
	for _, s := range []string{"Interview #went-well", "#answered x #role: y #z", "a\r\n#note: b\n#", "# #é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		rest := WithoutMarks(s)
		if len(rest) > len(s) {
			t.Errorf("%q grew to %q", s, rest)
		}
		if m := ParseMarks(rest); len(m) > len(ParseMarks(s)) {
			t.Errorf("%q: marks %v appeared in %q", s, m, rest)
		}
	})
}
