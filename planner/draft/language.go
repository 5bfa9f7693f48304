package draft

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// language holds what a language needs besides its templates: how it joins
// names and writes a date. The patterns know {D} weekday, {d} day, {M} month.
type language struct {
	and, others  string // "Ana and Ben", "Ana, Ben and others"
	comma        string // between the names of a list
	months, days []string
	date         string // a bare date that stands after any preposition: 23 November
	on           string // an adverbial with the weekday: on Monday, November 23
	near         string // an adverbial for a day of the last week: on Monday
	by           string // the form that follows the language's "by" or "until"
	year         string // appended to all of them when the year is another: ", 2027"
	day          string // a day in the frame, {D3} and {M3} being abbreviations: Mon 23 Nov
	dayYear      string // appended to day instead of year
	moment       string // {day} with the time of day
	clock        string // the time of day: {H}:{m}, or {h} {a} with a twelve-hour clock
	hour         string // the same on the hour; "" where it is written in full
	first        string // the first of a month where it has a form of its own: 1er
	softY        bool   // Spanish: "y" becomes "e" before the sound i
	solid        bool   // written without blanks between words: Chinese, Japanese
}

// DefaultLanguage is used where a language has no templates.
const DefaultLanguage = "en"

// Languages lists the embedded languages, English first. Portuguese is
// Brazilian, Chinese is written in simplified characters.
var Languages = []string{"en", "de", "fr", "es", "pt", "it", "nl", "pl", "sv", "ja", "zh"}

var languages = map[string]language{
	"en": {
		and: " and ", others: "others", comma: ", ",
		months: words("January February March April May June July August September October November December"),
		days:   words("Sunday Monday Tuesday Wednesday Thursday Friday Saturday"),
		date:   "{M} {d}", on: "on {D}, {M} {d}", near: "on {D}", by: "{D}, {M} {d}", year: ", {y}",
		clock: "{h}:{m} {a}", hour: "{h} {a}",
		day: "{D3} {d} {M3}", moment: "{day} {H}:{m}", dayYear: " {y}",
	},
	"de": {
		and: " und ", others: "weiteren", comma: ", ",
		months: words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
		days:   words("Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag"),
		date:   "{d}. {M}", on: "am {D}, dem {d}. {M}", near: "am {D}", by: "{D}, den {d}. {M}", year: " {y}",
		day: "{D}, {d}. {M}", moment: "{day}, {H}:{m} Uhr",
	},
	"fr": {
		and: " et ", others: "d’autres personnes", comma: ", ",
		months: words("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
		days:   words("dimanche lundi mardi mercredi jeudi vendredi samedi"),
		date:   "{d} {M}", on: "le {D} {d} {M}", near: "{D}", by: "{D} {d} {M}", year: " {y}", first: "1er",
		clock: "{H} h {m}", hour: "{H} h",
		day: "{D} {d} {M}", moment: "{day} à {H} h {m}",
	},
	"es": {
		and: " y ", others: "otras personas", comma: ", ", softY: true,
		months: words("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
		days:   words("domingo lunes martes miércoles jueves viernes sábado"),
		date:   "{d} de {M}", on: "el {D} {d} de {M}", near: "el {D}", by: "{D} {d} de {M}", year: " de {y}",
		day: "{D} {d} de {M}", moment: "{day} a las {H}:{m}",
	},
	"pt": {
		and: " e ", others: "outras pessoas", comma: ", ",
		months: words("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
		days:   words("domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado"),
		date:   "{d} de {M}", on: "em {d} de {M}", near: "em {d} de {M}", by: "{D}, {d} de {M}", year: " de {y}", first: "1º",
		clock: "{H}h{m}", hour: "{H}h",
		day: "{D}, {d} de {M}", moment: "{day} às {H}h{m}",
	},
	"it": {
		and: " e ", others: "altre persone", comma: ", ",
		months: words("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
		days:   words("domenica lunedì martedì mercoledì giovedì venerdì sabato"),
		date:   "{d} {M}", on: "{D} {d} {M}", near: "{D}", by: "{D} {d} {M}", year: " {y}", first: "1º",
		day: "{D} {d} {M}", moment: "{day}, ore {H}:{m}",
	},
	"nl": {
		and: " en ", others: "anderen", comma: ", ",
		months: words("januari februari maart april mei juni juli augustus september oktober november december"),
		days:   words("zondag maandag dinsdag woensdag donderdag vrijdag zaterdag"),
		date:   "{d} {M}", on: "op {D} {d} {M}", near: "op {D}", by: "{D} {d} {M}", year: " {y}",
		clock: "{H}.{m}",
		day:   "{D} {d} {M}", moment: "{day} om {H}.{m} uur",
	},
	"pl": {
		and: " i ", others: "inne osoby", comma: ", ",
		months: words("stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"),
		days:   words("niedziela poniedziałek wtorek środa czwartek piątek sobota"),
		date:   "{d} {M}", on: "{d} {M}", near: "{d} {M}", by: "{d} {M}", year: " {y} r.",
		day: "{D}, {d} {M}", moment: "{day}, godz. {H}:{m}",
	},
	"sv": {
		and: " och ", others: "andra", comma: ", ",
		months: words("januari februari mars april maj juni juli augusti september oktober november december"),
		days:   words("söndag måndag tisdag onsdag torsdag fredag lördag"),
		date:   "{d} {M}", on: "{D}en den {d} {M}", near: "i {D}s", by: "{D} den {d} {M}", year: " {y}",
		clock: "{H}.{m}",
		day:   "{D} {d} {M}", moment: "{day} kl. {H}.{m}",
	},
	"ja": {
		and: "様、", others: "皆", comma: "様、", months: numbers, days: words("日 月 火 水 木 金 土"), solid: true,
		date: "{M}月{d}日", on: "{M}月{d}日", near: "{M}月{d}日", by: "{M}月{d}日",
		clock: "{H}時{m}分", hour: "{H}時",
		day: "{M}月{d}日（{D}）", moment: "{day}{H}時{m}分",
	},
	"zh": {
		and: "和", others: "其他同事", comma: "、", months: numbers, days: words("周日 周一 周二 周三 周四 周五 周六"), solid: true,
		date: "{M}月{d}日", on: "{M}月{d}日", near: "{D}", by: "{M}月{d}日",
		day: "{M}月{d}日（{D}）", moment: "{day} {H}:{m}",
	},
}

var numbers = words("1 2 3 4 5 6 7 8 9 10 11 12")

func words(s string) []string { return strings.Fields(s) }

// dayFirst are the regions whose English writes 23 November.
var dayFirst = map[string]bool{
	"gb": true, "ie": true, "au": true, "nz": true, "za": true, "in": true, "sg": true, "hk": true, "mt": true, "ng": true, "ke": true,
}

// speech returns the language of a BCP 47 tag and the tag that is used; ok is
// false when it fell back to English.
func speech(tag string) (l language, code string, ok bool) {
	parts := strings.FieldsFunc(strings.ToLower(tag), func(r rune) bool { return r == '-' || r == '_' })
	code = DefaultLanguage
	if len(parts) > 0 {
		if slices.Contains(Languages, parts[0]) {
			code, ok = parts[0], true
		}
	}
	l = languages[code]
	if code == "en" && len(parts) > 1 && dayFirst[parts[len(parts)-1]] {
		l.date, l.on, l.by, l.year = "{d} {M}", "on {D} {d} {M}", "{D} {d} {M}", " {y}"
		l.clock, l.hour = "", ""
	}
	return l, code, ok
}

// write fills a date pattern; the year is written only when it is not now's.
func (l language) write(pattern string, t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 && l.first != "" {
		day = l.first
	}
	month := l.months[t.Month()-1]
	if !now.IsZero() && now.Year() != t.Year() && strings.Contains(pattern, "{M") {
		if l.solid {
			pattern = "{y}年" + pattern
		} else {
			pattern += l.year
		}
	}
	weekday := l.days[t.Weekday()]
	return strings.NewReplacer("{D}", weekday, "{d}", day, "{M}", month, "{y}", strconv.Itoa(t.Year()),
		"{D3}", weekday[:min(3, len(weekday))], "{M3}", month[:min(3, len(month))]).Replace(pattern)
}

// recently writes a day of the last six days by its weekday, any other in full.
func (l language) recently(t, now time.Time) string {
	if !t.IsZero() && !now.IsZero() {
		days := now.Sub(t).Hours() / 24
		if days >= 0 && days < 6 {
			return l.write(l.near, t, now)
		}
	}
	return l.write(l.on, t, now)
}

// join makes a list of names: "Ana", "Ana and Ben", "Ana, Ben and Chi"; of more
// than four the first two "and others".
func (l language) join(names []string) string {
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1:
		return names[0]
	case n > 4:
		return names[0] + l.comma + names[1] + l.and + l.others
	default:
		and := l.and
		if l.softY && soundsI(names[n-1]) {
			and = " e "
		}
		return strings.Join(names[:n-1], l.comma) + and + names[n-1]
	}
}

// soundsI tells whether a Spanish word begins with the sound i, but not with the
// diphthongs of "hierro" and "hiato".
func soundsI(s string) bool {
	s = strings.TrimPrefix(strings.ToLower(s), "h")
	rest, ok := strings.CutPrefix(s, "i")
	if !ok {
		rest, ok = strings.CutPrefix(s, "í")
	}
	return ok && !strings.HasPrefix(rest, "e") && !strings.HasPrefix(rest, "a")
}

// timeOfDay writes the time; midnight is taken for an all-day event.
func (l language) timeOfDay(t time.Time) string {
	if t.IsZero() || t.Hour() == 0 && t.Minute() == 0 {
		return ""
	}
	pattern := cmp.Or(l.clock, "{H}:{m}")
	if t.Minute() == 0 && l.hour != "" {
		pattern = l.hour
	}
	return strings.NewReplacer("{H}", t.Format("15"), "{h}", t.Format("3"), "{m}", t.Format("04"), "{a}", t.Format("pm")).Replace(pattern)
}
