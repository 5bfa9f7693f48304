package draft

import (
	"strings"
	"testing"
	"time"

	"followup/planner/interview"
)

func TestSplitName(t *testing.T) {
	for in, want := range map[string][2]string{ // full, first name in an English greeting
		"Ana Ruiz":                   {"Ana Ruiz", "Ana"},
		"Ruiz, Ana":                  {"Ana Ruiz", "Ana"},
		"RUIZ Ana":                   {"Ana Ruiz", "Ana"},
		"RUIZ, ANA":                  {"Ana Ruiz", "Ana"},
		"ANA RUIZ":                   {"Ana Ruiz", "Ana"},
		"ana ruiz":                   {"Ana Ruiz", "Ana"},
		"Ana":                        {"Ana", "Ana"},
		"Dr. Ana Ruiz":               {"Dr. Ana Ruiz", "Dr. Ruiz"},
		"Ruiz, Dr. Ana":              {"Dr. Ana Ruiz", "Dr. Ruiz"},
		"Prof. Dr. Eva Lang":         {"Prof. Dr. Eva Lang", "Prof. Dr. Lang"},
		"Dr Ana de la Cruz":          {"Dr Ana de la Cruz", "Dr de la Cruz"},
		"Mr. Ben Okafor":             {"Ben Okafor", "Ben"},
		"Frau Eva Lang":              {"Eva Lang", "Eva"},
		"Ana Ruiz (she/her)":         {"Ana Ruiz", "Ana"},
		"Ana Ruiz [Northwind]":       {"Ana Ruiz", "Ana"},
		"Ana Ruiz | Northwind":       {"Ana Ruiz", "Ana"},
		"Ana Ruiz - Northwind":       {"Ana Ruiz", "Ana"},
		"Ana Ruiz, PhD":              {"Ana Ruiz", "Ana"},
		"Ana Ruiz RN, MBA":           {"Ana Ruiz", "Ana"},
		"John Smith, Jr.":            {"John Smith Jr.", "John"},
		"A. Ruiz":                    {"A. Ruiz", "A. Ruiz"},
		"Jean-Luc O'Neill":           {"Jean-Luc O'Neill", "Jean-Luc"},
		"SEAN O'NEILL":               {"Sean O'Neill", "Sean"},
		"Phil Collins":               {"Phil Collins", "Phil"},
		"田中 太郎":                      {"田中 太郎", "田中 太郎"},
		"田中様":                        {"田中", "田中"},
		"张伟":                         {"张伟", "张伟"},
		"김민준":                        {"김민준", "김민준"},
		"Иван Петров":                {"Иван Петров", "Иван"},
		"ana.ruiz@northwind.example": {"", ""},
		"":                           {"", ""},
		"123":                        {"", ""},
		"Ana\r\nBcc: x":              {"Ana Bcc: x", "Ana"},
		"Dr. Jane van der Berg":      {"Dr. Jane van der Berg", "Dr. van der Berg"},
		"VAN DER BERG, Jane":         {"Jane van der Berg", "Jane"},
		"MÜLLER, Anna (HR)":          {"Anna Müller", "Anna"},
		"Kim Min-su":                 {"Kim Min-su", "Kim Min-su"},
		"Kim Wilson":                 {"Kim Wilson", "Kim"},
		"Nguyễn Văn An":              {"Nguyễn Văn An", "Nguyễn Văn An"},
		"Li Wei":                     {"Li Wei", "Li Wei"},
		"X":                          {"X", "X"},
		"J.":                         {"J.", "J."},
		"J. R. Smith":                {"J. R. Smith", "J. R. Smith"},
		"Sir Ian Smith":              {"Sir Ian Smith", "Sir Ian"},
		"Mr Smith":                   {"Mr Smith", "Mr Smith"},
		"Frau Müller":                {"Frau Müller", "Frau Müller"},
		"Herr Dr. Klaus Weber":       {"Dr. Klaus Weber", "Dr. Weber"},
		"Sr. Juan Pérez":             {"Juan Pérez", "Juan"},
		"Dott.ssa Maria Rossi":       {"Dott.ssa Maria Rossi", "Dott.ssa Rossi"},
		"M. Dupont":                  {"M. Dupont", "M. Dupont"},
		"O'Brien, Sean, PhD":         {"Sean O'Brien", "Sean"},
		"田中太郎 (Taro Tanaka)":         {"田中太郎", "田中太郎"},
		"Talent Acquisition":         {"", ""},
		"Northwind Recruiting Team":  {"", ""},
		"HR":                         {"", ""},
	} {
		n := splitName(in)
		if n.full != want[0] || firstName(n, "en") != want[1] {
			t.Errorf("splitName(%q) = %q, %q, want %q, %q", in, n.full, firstName(n, "en"), want[0], want[1])
		}
	}
}

func TestGreetings(t *testing.T) {
	s := load(t)
	for _, tt := range []struct {
		lang string
		tone Tone
		name string
		want string
	}{
		{"en", Warm, "Ana Ruiz", "Hi Ana,"},
		{"en", Warm, "Dr. Ana Ruiz", "Hi Dr. Ruiz,"},
		{"en", Formal, "Ana Ruiz", "Dear Ana Ruiz,"},
		{"en", Formal, "Dr. Ana Ruiz", "Dear Dr. Ruiz,"},
		{"en", Formal, "", "Hello,"},
		{"en", Warm, "", "Hello,"},
		{"en", Brief, "田中 太郎", "Hi 田中 太郎,"},
		{"en", Formal, "Dr. Jane van der Berg", "Dear Dr. van der Berg,"},
		{"en", Warm, "MÜLLER, Anna (HR)", "Hi Anna,"},
		{"en", Warm, "Kim Min-su", "Hi Kim Min-su,"},
		{"en", Warm, "anna.mueller@northwind.example", "Hello,"},
		{"en", Brief, "Talent Acquisition", "Hello,"},
		{"de", Formal, "Dr. Jane van der Berg", "Guten Tag Dr. Jane van der Berg,"},
		{"de", Warm, "Frau Müller", "Hallo Frau Müller,"},
		{"de", Warm, "Kim Min-su", "Hallo Kim Min-su,"},
		{"fr", Warm, "Dr. Jane van der Berg", "Bonjour Dr. Jane van der Berg,"},
		{"fr", Warm, "Kim Min-su", "Bonjour Kim Min-su,"},
		{"fr", Formal, "MÜLLER, Anna (HR)", "Bonjour Anna Müller,"},
		{"es", Warm, "Dr. Jane van der Berg", "Hola, Dr. Jane van der Berg:"},
		{"es", Formal, "anna.mueller@northwind.example", "Buenos días:"},
		{"pt", Warm, "MÜLLER, Anna (HR)", "Olá, Anna,"},
		{"it", Warm, "Dott.ssa Maria Rossi", "Buongiorno Dott.ssa Maria Rossi,"},
		{"nl", Formal, "Dr. Jane van der Berg", "Beste Dr. Jane van der Berg,"},
		{"nl", Formal, "", "Geachte heer of mevrouw,"},
		{"sv", Warm, "MÜLLER, Anna (HR)", "Hej Anna,"},
		{"sv", Warm, "J.", "Hej J.,"},
		{"pl", Formal, "Dr. Jane van der Berg", "Dzień dobry,"},
		{"ja", Warm, "田中 太郎", "田中 太郎様"},
		{"ja", Warm, "anna.mueller@northwind.example", "採用ご担当者様"},
		{"zh", Warm, "Kim Min-su", "Kim Min-su，您好："},
		{"zh", Formal, "田中 太郎", "尊敬的田中 太郎，您好："},
		{"de", Warm, "Ana Ruiz", "Hallo Ana Ruiz,"},
		{"de", Formal, "Dr. Ana Ruiz", "Guten Tag Dr. Ana Ruiz,"},
		{"de", Formal, "", "Sehr geehrte Damen und Herren,"},
		{"fr", Warm, "Ana Ruiz", "Bonjour Ana,"},
		{"fr", Formal, "", "Madame, Monsieur,"},
		{"es", Warm, "Ana Ruiz", "Hola, Ana:"},
		{"es", Formal, "Ana Ruiz", "Buenos días, Ana Ruiz:"},
		{"pt", Warm, "Ana Ruiz", "Olá, Ana,"},
		{"it", Formal, "Ana Ruiz", "Gentile Ana Ruiz,"},
		{"nl", Warm, "Ana Ruiz", "Hallo Ana,"},
		{"pl", Warm, "Ana Ruiz", "Dzień dobry,"},
		{"sv", Formal, "Ana Ruiz", "Hej Ana Ruiz,"},
		{"ja", Warm, "Ana Ruiz", "Ana Ruiz様"},
		{"ja", Formal, "田中様", "田中様"},
		{"ja", Brief, "", "採用ご担当者様"},
		{"zh", Warm, "张伟", "张伟，您好："},
		{"zh", Formal, "", "尊敬的招聘负责人，您好："},
	} {
		d := Sample(ThankYou, tt.tone, tt.lang)
		d.To.Name = tt.name
		got, _, _ := strings.Cut(s.Render(d).Body, "\n")
		if got != tt.want {
			t.Errorf("%s %s %q: %q, want %q", tt.lang, tt.tone, tt.name, got, tt.want)
		}
	}
}

func TestTitles(t *testing.T) {
	s := load(t)
	for _, tt := range []struct {
		change func(*Data)
		want   string
	}{
		{func(*Data) {}, "Thank Ana Ruiz (Northwind, Data Engineer)"},
		{func(d *Data) { d.Role = "" }, "Thank Ana Ruiz (Northwind)"},
		{func(d *Data) { d.To.Name, d.Company = "", "" }, "Thank ana.ruiz@northwind.example (Data Engineer)"},
		{func(d *Data) { d.To, d.Company, d.Role = interview.Person{}, "", "" }, "Thank the interviewer"},
		{func(d *Data) { d.To.Name, d.Forward, d.Names = "Tom Weber", true, d.Names[:1] }, "Thank Ana Ruiz via Tom Weber (Northwind, Data Engineer)"},
		{func(d *Data) { d.Kind, d.Attempt = StatusCheck, 2 }, "Ask once more for news: Ana Ruiz (Northwind, Data Engineer)"},
	} {
		d := Sample(ThankYou, Warm, "en")
		tt.change(&d)
		if got := s.Render(d).Title; got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestDates(t *testing.T) {
	day := time.Date(2026, time.December, 1, 14, 30, 0, 0, time.UTC) // a Tuesday
	for _, tt := range []struct{ lang, date, on, near, by, clock string }{
		{"en", "December 1", "on Tuesday, December 1", "on Tuesday", "Tuesday, December 1", "2:30 pm"},
		{"en-GB", "1 December", "on Tuesday 1 December", "on Tuesday", "Tuesday 1 December", "14:30"},
		{"de", "1. Dezember", "am Dienstag, dem 1. Dezember", "am Dienstag", "Dienstag, den 1. Dezember", "14:30"},
		{"fr", "1er décembre", "le mardi 1er décembre", "mardi", "mardi 1er décembre", "14 h 30"},
		{"es", "1 de diciembre", "el martes 1 de diciembre", "el martes", "martes 1 de diciembre", "14:30"},
		{"pt", "1º de dezembro", "em 1º de dezembro", "em 1º de dezembro", "terça-feira, 1º de dezembro", "14h30"},
		{"it", "1º dicembre", "martedì 1º dicembre", "martedì", "martedì 1º dicembre", "14:30"},
		{"nl", "1 december", "op dinsdag 1 december", "op dinsdag", "dinsdag 1 december", "14.30"},
		{"pl", "1 grudnia", "1 grudnia", "1 grudnia", "1 grudnia", "14:30"},
		{"sv", "1 december", "tisdagen den 1 december", "i tisdags", "tisdag den 1 december", "14.30"},
		{"ja", "12月1日", "12月1日", "12月1日", "12月1日", "14時30分"},
		{"zh", "12月1日", "12月1日", "周二", "12月1日", "14:30"},
	} {
		l, _, _ := speech(tt.lang)
		now := day.Add(24 * time.Hour)
		got := []string{l.write(l.date, day, now), l.write(l.on, day, now), l.recently(day, now), l.write(l.by, day, now), l.timeOfDay(day)}
		for i, want := range []string{tt.date, tt.on, tt.near, tt.by, tt.clock} {
			if got[i] != want {
				t.Errorf("%s %d: %q, want %q", tt.lang, i, got[i], want)
			}
		}
		next := day.AddDate(0, 1, 20)
		if s := l.write(l.date, next, now); !strings.Contains(s, "2027") {
			t.Errorf("%s: %q tells no year", tt.lang, s)
		}
	}
}

func TestJoin(t *testing.T) {
	for _, tt := range []struct {
		lang  string
		names string
		want  string
	}{
		{"en", "", ""}, {"en", "Ana", "Ana"}, {"en", "Ana Ben", "Ana and Ben"}, {"en", "Ana Ben Chi", "Ana, Ben and Chi"},
		{"en", "Ana Ben Chi Dee Eli", "Ana, Ben and others"}, {"de", "Ana Ben", "Ana und Ben"},
		{"es", "Ana Inés", "Ana e Inés"}, {"es", "Ana Hiedra", "Ana y Hiedra"}, {"es", "Ana Yago", "Ana y Yago"},
		{"ja", "田中 鈴木", "田中様、鈴木"}, {"zh", "张伟 李娜 王芳", "张伟、李娜和王芳"},
	} {
		l, _, _ := speech(tt.lang)
		if got := l.join(strings.Fields(tt.names)); got != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.lang, tt.names, got, tt.want)
		}
	}
}
