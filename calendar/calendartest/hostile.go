package calendartest

import "strings"

// Hostile are texts, by what is wrong with them, that strangers and careless
// programs put into titles, names and descriptions. Whatever takes text from an
// event is tried with them.
var Hostile = map[string]string{
	"template":         "{{.Me}} {{template \"bye\" .}} {{define \"x\"}}",
	"html":             "<script>alert(1)</script><b>Ana</b> <img src=x onerror=alert(1)>",
	"unclosed html":    "Ana <a href=\"https://evil.example",
	"line ends":        "Ana\r\nBcc: everyone@evil.example\r\n\r\nBuy now",
	"ics lines":        "Ana\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:x",
	"bidi":             "Ana \u202eziuR\u202c \u2066x\u2069 \u200f\u061c",
	"invisible":        "A\u200bna\u00ad Ru\ufeffiz\u2060",
	"emoji":            "🎉 Ana 👩‍💻 Ruiz ❤️ 🇩🇪 👍🏽",
	"ten kilobytes":    strings.Repeat("Ana Ruiz ", 1200),
	"one endless":      strings.Repeat("x", 10240),
	"combining":        "A" + strings.Repeat("\u0301", 500) + "na",
	"mailto headers":   "Ana?bcc=x@evil.example&body=hi%0d%0aCc:y@evil.example",
	"mailto line":      "Ana\nmailto:x@evil.example?bcc=y@evil.example",
	"marks":            "#rejected Ana #offer until tomorrow (#sent) -#skip",
	"mark in brackets": "Ana [#answered 2026-12-04] {#note: x}",
	"invalid utf-8":    "Ana \xff\xfe Ruiz \xc3",
	"null":             "null",
	"nil":              "<nil>",
	"no value":         "<no value>",
	"brackets":         "[Name] {Company} <Role>",
	"format verbs":     "%s %d %!v(MISSING) %n",
	"control":          "Ana\x00\x07\x1b[31mRuiz\x7f\u0085\u2028\u2029",
	"spaces":           " \t\u00a0\u3000  Ana \u2003 Ruiz  ",
	"only signs":       "--- *** ???",
	"done title":       "Done ✓ [x]",
	"done":             "✓ Done [x]",
	"blank letters":    "\u3164\u115f\u2800",
}
