package interview

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The vocabulary: one file a language, documented in vocab/README.md.
//
//go:embed vocab/*.txt
var vocabFiles embed.FS

// entry is one phrase of a vocabulary file.
type entry struct {
	exact   string // the phrase with its accents, for languages in which they tell words apart
	lang    string
	section string
	value   string // what stands before "=" in the line: a weekday, a month, a number
	pre     string // folded text to find
	post    string // folded text behind the slot, "" for none
	slot    bool
	slotPre bool     // the slot stands before the text: pre holds the text behind it
	rest    []string // further words of a phrase whose words before have open ends
	brief   bool     // a few letters of a look-alike, to which only an ending may be added
	openL   bool     // may begin inside a word
	openR   bool     // may end inside a word
	caps    bool     // a job's short form, found in capitals alone: PM is no time of day
}

// hit is an entry found in a text, with offsets into its folded form. The slot's
// own span is from..to of the words that fill it.
type hit struct {
	*entry
	start, end int
	slotFrom   int
	slotTo     int
}

// vocabulary finds the phrases of every language in one pass.
type vocabulary struct {
	entries  []entry
	heads    []head             // of the entries, by slot
	slots    []uint32           // where the heads of a slot begin, and one more
	begin    []uint64           // bitmap of the slots that have heads
	inside   []uint64           // and of those that have heads of phrases that may begin inside a word
	short    map[string][]int32 // entries of fewer than three bytes
	briefs   []uint64           // bitmap of the keys of short: see briefKey
	langs    []string
	names    map[string]bool // given names, folded
	surnames map[string]bool // family names of the scripts that write them first
	memo     *phraseMemo     // nil for none
}

// languages are the vocabulary files' names, sorted.
var languages = sync.OnceValue(func() []string {
	paths, err := fs.Glob(vocabFiles, "vocab/*.txt")
	if err != nil {
		panic(err) // the files are embedded: a test loads them
	}
	var out []string
	for _, p := range paths {
		out = append(out, strings.TrimSuffix(strings.TrimPrefix(p, "vocab/"), ".txt"))
	}
	return out
})

// loaded keeps what was read of the files: one language costs about as much time
// as recognising a hundred events, so that only those in use are read.
var loaded struct {
	sync.Mutex
	byLang map[string]*vocabulary
	bySet  map[string]*vocabulary
}

// loadVocabulary returns the vocabulary of the given languages; of all with none.
func loadVocabulary(langs ...string) *vocabulary {
	if len(langs) == 0 {
		langs = languages()
	}
	langs = slices.DeleteFunc(slices.Sorted(slices.Values(langs)), func(l string) bool { return !slices.Contains(languages(), l) })
	langs = slices.Compact(langs)
	key := strings.Join(langs, " ")
	loaded.Lock()
	defer loaded.Unlock()
	if v, ok := loaded.bySet[key]; ok {
		return v
	}
	if loaded.bySet == nil {
		loaded.byLang, loaded.bySet = map[string]*vocabulary{}, map[string]*vocabulary{}
	}
	v := newVocabulary()
	for _, l := range langs {
		one := loaded.byLang[l]
		if one == nil {
			one = newVocabulary()
			if err := one.readFile(vocabFiles, l); err != nil {
				panic(err) // the files are embedded: a test loads them
			}
			loaded.byLang[l] = one
		}
		v.join(one)
	}
	v.index()
	loaded.bySet[key] = v
	return v
}

func newVocabulary() *vocabulary {
	return &vocabulary{short: map[string][]int32{}, names: map[string]bool{}, surnames: map[string]bool{}}
}

// join adds another vocabulary's phrases.
func (v *vocabulary) join(o *vocabulary) {
	v.entries = append(v.entries, o.entries...)
	v.langs = append(v.langs, o.langs...)
	maps.Copy(v.names, o.names)
	maps.Copy(v.surnames, o.surnames)
}

// readFile reads the file of one language.
func (v *vocabulary) readFile(files fs.FS, lang string) error {
	data, err := fs.ReadFile(files, "vocab/"+lang+".txt")
	if err != nil {
		return err
	}
	v.langs = append(v.langs, lang)
	if err := v.add(lang, string(data)); err != nil {
		return fmt.Errorf("vocab/%s.txt: %w", lang, err)
	}
	return nil
}

// add reads one file's text.
func (v *vocabulary) add(lang, data string) error {
	section, n := "", 0
	for line := range strings.Lines(data) {
		n++
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "# ") || line == "#":
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			section = line[1 : len(line)-1]
		case section == "":
			return fmt.Errorf("line %d stands before the first [section]", n)
		case section == "given":
			for _, name := range strings.Fields(fold(line)) {
				v.names[name] = true
			}
		case section == "name":
			for _, name := range strings.Split(fold(line), ",") {
				v.surnames[strings.TrimSpace(name)] = true
			}
		default:
			if err := v.addLine(lang, section, line); err != nil {
				return fmt.Errorf("line %d: %w", n, err)
			}
		}
	}
	return nil
}

// addLine reads "phrase, phrase" or "value = phrase, phrase".
func (v *vocabulary) addLine(lang, section, line string) error {
	value := ""
	if before, after, ok := strings.Cut(line, " = "); ok {
		value, line = strings.TrimSpace(before), after
	}
	for _, p := range strings.Split(line, ",") {
		p = strings.TrimSpace(p)
		if p == "" {
			continue
		}
		variants, err := expand(p)
		if err != nil {
			return err
		}
		for _, s := range variants {
			e, err := newEntry(lang, section, value, s)
			if err != nil {
				return err
			}
			v.entries = append(v.entries, e)
		}
	}
	return nil
}

// expand writes out the first group of "a (b|c|) d" and goes on with the rest.
func expand(p string) ([]string, error) {
	open := strings.IndexByte(p, '(')
	if open < 0 {
		return []string{strings.Join(strings.Fields(p), " ")}, nil
	}
	end := strings.IndexByte(p[open:], ')')
	if end < 0 {
		return nil, fmt.Errorf("%q has a ( without its )", p)
	}
	var out []string
	for _, alt := range strings.Split(p[open+1:open+end], "|") {
		more, err := expand(p[:open] + alt + p[open+end+1:])
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// joins tells whether a word of a dense script is found inside of others. Short
// words of scripts with blanks, and single Korean syllables, stand alone.
func joins(r rune, s string) bool {
	n := utf8.RuneCountInString(s[strings.LastIndexByte(s, ' ')+1:])
	switch {
	case r < 0x800, r >= 0x900 && r < 0x980:
		return n >= 4
	case r >= 0xac00 && r < 0xd7b0:
		return n >= 2
	}
	return true
}

// foldEntry folds a phrase of a file, which needs none of the cleaning that a
// text from outside does.
func foldEntry(s string) string {
	s = strings.TrimSpace(s)
	if isASCII(s) {
		return hyphensToSpaces(strings.ToLower(s))
	}
	if !norm.NFKC.IsNormalString(s) {
		s = norm.NFKC.String(s)
	}
	low := make([]byte, 0, len(s)+8)
	for _, r := range s {
		low = appendFolded(low, r)
	}
	return hyphensToSpaces(string(low))
}

func newEntry(lang, section, value, p string) (entry, error) {
	e := entry{lang: lang, section: section, value: value}
	p, e.openL = strings.CutPrefix(p, "*")
	for strings.HasSuffix(p, "**") {
		p = p[:len(p)-1] // of "(a*|b)*"
	}
	if p, e.openR = strings.CutSuffix(p, "*"); strings.HasSuffix(p, " ") {
		e.openR = false // "visite *" is the word with something behind it
	}
	if against := strings.HasPrefix(section, "not.") || strings.HasPrefix(section, "soft."); against && utf8.RuneCountInString(p) < 5 {
		e.brief = e.openR
		e.openL = false // a few letters stand inside of too many other words
	}
	if before, after, ok := strings.Cut(p, "{}"); ok {
		e.slot = true
		e.pre, e.post = foldEntry(before), foldEntry(after)
		if e.pre == "" {
			e.slotPre, e.pre, e.post = true, e.post, ""
		}
	} else {
		e.pre = foldEntry(p)
	}
	if parts := strings.Split(e.pre, "* "); len(parts) > 1 {
		e.pre, e.rest = parts[0], parts[1:]
	}
	if e.pre == "" {
		return e, fmt.Errorf("%q has no words", p)
	}
	last := e.pre
	if n := len(e.rest); n > 0 {
		last = e.rest[n-1]
	}
	e.caps = section == "job" && len(p) < 6 && p == strings.ToUpper(p) && p != strings.ToLower(p)
	r, _ := utf8.DecodeRuneInString(e.pre)
	e.openL = e.openL || dense(r) && joins(r, e.pre)
	r, _ = utf8.DecodeLastRuneInString(last)
	e.openR = e.openR || dense(r) && joins(r, last)
	if lang == "vi" && len(e.rest) == 0 && !e.slot {
		e.exact = norm.NFKC.String(p)
	}
	return e, nil
}

// head is what an entry begins with: up to eight bytes, and a mask that is zero
// where the entry is shorter.
type head struct {
	bytes, mask uint64
	id          int32
}

// slotBits is the size of the table of heads. At every letter of a text one slot
// is looked up: it is mostly empty.
const slotBits = 15

// headSlot is the slot of phrases that begin with the first three bytes of s.
func headSlot(s string) uint32 {
	return (uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16) * 2654435761 >> (32 - slotBits)
}

// headAt is the first eight bytes from i on, with zeros for those behind the end.
func headAt(s string, i int) uint64 {
	if i+8 <= len(s) {
		s = s[i : i+8]
		return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	}
	w := uint64(0)
	for n := range len(s) - i {
		w |= uint64(s[i+n]) << (8 * n)
	}
	return w
}

// briefKey packs one or two bytes.
func briefKey(s string) uint16 {
	if len(s) == 1 {
		return uint16(s[0])
	}
	return uint16(s[0]) | uint16(s[1])<<8
}

// index makes the tables by which scan finds entries, which keep their order.
func (v *vocabulary) index() {
	v.slots, v.briefs = make([]uint32, 1<<slotBits+1), make([]uint64, 1<<10)
	v.begin, v.inside = make([]uint64, 1<<(slotBits-6)), make([]uint64, 1<<(slotBits-6))
	for i := range v.entries {
		e := &v.entries[i]
		if len(e.pre) < 3 {
			v.short[e.pre] = append(v.short[e.pre], int32(i))
			k := briefKey(e.pre)
			v.briefs[k>>6] |= 1 << (k & 63)
			continue
		}
		slot := headSlot(e.pre)
		v.slots[slot]++
		v.begin[slot>>6] |= 1 << (slot & 63)
		if e.openL {
			v.inside[slot>>6] |= 1 << (slot & 63)
		}
	}
	total := uint32(0)
	for i, n := range v.slots {
		total += n
		v.slots[i] = total
	}
	v.heads = make([]head, total)
	for i := len(v.entries) - 1; i >= 0; i-- {
		if pre := v.entries[i].pre; len(pre) >= 3 {
			h := head{bytes: headAt(pre, 0), mask: ^uint64(0) >> (8 * (8 - min(8, len(pre)))), id: int32(i)}
			slot := &v.slots[headSlot(pre)]
			*slot--
			v.heads[*slot] = h
		}
	}
}

// phraseMemo remembers what was found in short texts: titles, names and sentences
// are looked at many times in reading one event, and stand in many. One goroutine
// uses it at a time.
type phraseMemo struct {
	v    *vocabulary // of which the hits are
	hits map[[2]string][]hit
	room []hit // for search to work in
}

const (
	maxMemo     = 4096 // texts
	maxMemoText = 400  // bytes
)

// with returns the same vocabulary with a memo for scan.
func (v *vocabulary) with(m *phraseMemo) *vocabulary {
	if m.v == nil || m.v.slots == nil || &m.v.slots[0] != &v.slots[0] {
		w := *v
		w.memo, m.v, m.hits = m, &w, map[[2]string][]hit{}
	}
	return m.v
}

// scan is search for texts that may have been searched before. The hits are not
// to be changed.
func (v *vocabulary) scan(t text) []hit {
	m := v.memo
	if m == nil || len(t.raw) > maxMemoText {
		return v.search(t)
	}
	key := [2]string{t.raw, t.low}
	hits, ok := m.hits[key]
	if !ok {
		if len(m.hits) >= maxMemo {
			clear(m.hits)
		}
		hits = v.search(t)
		m.hits[key] = hits
	}
	return hits
}

// search finds every phrase in t, by start; of equal starts the longest first.
func (v *vocabulary) search(t text) []hit {
	if v.memo == nil {
		return v.searchIn(nil, t)
	}
	v.memo.room = v.searchIn(v.memo.room[:0], t)
	return slices.Clone(v.memo.room)
}

// searchIn appends what search finds to hits.
func (v *vocabulary) searchIn(hits []hit, t text) []hit {
	low := t.low
	prevWord := false // the rune before i is part of a word
	for i := 0; i < len(low) && len(hits) < maxHits; {
		r, n := rune(low[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(low[i:])
		}
		isWord := wordRune(r)
		if i+3 <= len(low) {
			begin := v.begin
			if prevWord && isWord {
				begin = v.inside
			}
			if slot := headSlot(low[i : i+3]); begin[slot>>6]>>(slot&63)&1 != 0 {
				w := headAt(low, i)
				for _, h := range v.heads[v.slots[slot]:v.slots[slot+1]] {
					if (w^h.bytes)&h.mask == 0 {
						hits = v.matchAt(hits, t, i, prevWord && isWord, h.id)
					}
				}
			}
		}
		if isWord && !prevWord {
			for l := 1; l <= 2 && i+l <= len(low); l++ {
				if k := briefKey(low[i : i+l]); v.briefs[k>>6]>>(k&63)&1 != 0 {
					for _, id := range v.short[low[i:i+l]] {
						hits = v.matchAt(hits, t, i, false, id)
					}
				}
			}
		}
		prevWord = isWord
		i += n
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	return longestSlots(hits)
}

// maxHits bounds the phrases that are found in one text.
const maxHits = 800

// longestSlots keeps of several phrases with slots that begin together the one
// with the most words before its slot.
func longestSlots(hits []hit) []hit {
	return slices.DeleteFunc(hits, func(h hit) bool {
		if !h.slot || h.slotPre {
			return false
		}
		return slices.ContainsFunc(hits, func(o hit) bool {
			return o.entry != h.entry && o.slot && !o.slotPre && o.section == h.section && o.start < h.slotFrom && o.slotFrom > h.slotFrom && o.start <= h.start
		})
	})
}

// matchAt appends the entry to hits if it stands at i. inside tells that i is
// within a word.
func (v *vocabulary) matchAt(hits []hit, t text, i int, inside bool, id int32) []hit {
	low, e := t.low, &v.entries[id]
	if inside && !e.openL || !strings.HasPrefix(low[i:], e.pre) {
		return hits
	}
	end := i + len(e.pre)
	if len(e.rest) > 0 {
		if end = matchRest(low, end, e.rest); end < 0 {
			return hits
		}
	}
	if !e.openR && wordGoesOn(low, end) {
		return hits
	}
	if e.caps && !inCapitals(t, i, end) {
		return hits
	}
	if e.exact != "" && !strings.EqualFold(t.slice(i, i+len(e.pre)), e.exact) {
		return hits
	}
	h := hit{entry: e, start: i, end: end}
	if !e.slot {
		h.widen(low)
		if e.brief && utf8.RuneCountInString(low[end:h.end]) > 4 {
			return hits // "tren*" is not in Trendyola
		}
		if e.section == "job" && e.openL && e.openR && !dense(firstRune(e.pre)) && wordEnd(low, end) > end+8 {
			return hits // a job stands at a compound's end: no jurist in Juristenpoort
		}
	}
	if e.slot && !h.fillSlot(low) {
		return hits
	}
	return append(hits, h)
}

// inCapitals tells whether a person wrote what stands from i to end in capitals,
// and not behind a number: 2 PM.
func inCapitals(t text, i, end int) bool {
	before := strings.TrimRight(t.low[:i], " ")
	return t.slice(i, end) == strings.ToUpper(t.low[i:end]) && (before == "" || !digit(before[len(before)-1]))
}

// wordGoesOn tells whether what ends at end is only the beginning of a word.
func wordGoesOn(low string, end int) bool {
	if end >= len(low) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(low[:end])
	next, _ := utf8.DecodeRuneInString(low[end:])
	return wordRune(last) && wordRune(next) && !(dense(next) && ideographic(string(next)) && !unicode.Is(unicode.Hangul, next))
}

// widen takes the rest of a word that the phrase leaves open into the hit.
func (h *hit) widen(low string) {
	if last, _ := utf8.DecodeLastRuneInString(low[:h.end]); h.openR && wordRune(last) && !dense(last) {
		h.end = wordEnd(low, h.end)
	}
	if first, _ := utf8.DecodeRuneInString(low[h.start:]); h.openL && wordRune(first) && !dense(first) {
		for h.start > 0 {
			r, n := utf8.DecodeLastRuneInString(low[:h.start])
			if !wordRune(r) {
				break
			}
			h.start -= n
		}
	}
}

// matchRest matches the further words of a phrase behind the ends of the words
// before them; -1 when they don't follow.
func matchRest(low string, end int, rest []string) int {
	for _, part := range rest {
		end = wordEnd(low, end)
		if end >= len(low) || low[end] != ' ' || !strings.HasPrefix(low[end+1:], part) {
			return -1
		}
		end += 1 + len(part)
	}
	return end
}

// maxSlot bounds what fills a slot, in bytes.
const maxSlot = 120

// fillSlot finds the words that fill the slot of h: up to the text behind it, or
// to the end of the line or sentence.
func (h *hit) fillSlot(low string) bool {
	if h.slotPre {
		from := max(0, h.start-maxSlot)
		if n := strings.LastIndexAny(low[from:h.start], "\n"); n >= 0 {
			from += n + 1
		}
		for from < h.start && !utf8.RuneStart(low[from]) {
			from++
		}
		h.slotFrom, h.slotTo = from, h.start
		return strings.TrimSpace(low[from:h.start]) != ""
	}
	to := min(len(low), h.end+maxSlot)
	for to > h.end && to < len(low) && !utf8.RuneStart(low[to]) {
		to--
	}
	if n := strings.IndexByte(low[h.end:to], '\n'); n >= 0 {
		to = h.end + n
	}
	h.slotFrom, h.slotTo = h.end, to
	if h.post != "" {
		n := strings.Index(low[h.end:to], h.post)
		if n < 0 {
			return false
		}
		h.slotTo = h.end + n
		h.end = h.slotTo + len(h.post)
	}
	return strings.TrimSpace(low[h.slotFrom:h.slotTo]) != ""
}

// vocabularySections lists the sections that the code reads, as vocab/README.md
// explains them.
var vocabularySections = []string{
	"stop", "interview", "ambiguous", "talk", "screen", "hiring_manager", "technical", "take_home", "panel", "onsite", "final",
	"offer_call", "ordinal", "hiring", "confirm", "side", "cancelled", "declined", "moved", "rescheduled",
	"not.research", "not.exit", "not.mock", "not.prep", "not.debrief", "not.side", "not.performance", "not.media", "not.visa",
	"not.school", "not.medical", "not.home", "not.sales", "not.fair", "not.hold", "not.own", "not.family", "not.other",
	"soft.research", "soft.exit", "soft.mock", "soft.prep", "soft.debrief", "soft.side", "soft.performance", "soft.media", "soft.visa",
	"soft.school", "soft.medical", "soft.home", "soft.sales", "soft.fair", "soft.hold", "soft.own", "soft.other",
	"calls", "with", "at", "for", "of", "about", "with.post", "at.post", "for.post", "through", "through.post", "role", "label.role", "company", "label.company", "people", "label.people",
	"label.recruiter", "recruiter", "job", "promise", "promise.not", "weekday", "month", "number", "unit", "day", "date",
	"mr", "honorific", "noise", "and", "article", "role.noise", "slot.end", "slot.start", "via", "position", "seek", "office", "is", "exec", "hr", "committee", "lead",
}
