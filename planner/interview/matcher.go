package interview

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// stem is a piece of a word to look for, and the language that it is of.
type stem struct{ text, lang string }

// minStem is the length of the shortest stem in bytes: however it stands to the
// matcher's places, three bytes of it begin at one of them.
const minStem = gramStride + 2

// matcher finds many stems in one pass. It looks at the four bytes at every third
// place of a text only: for each of the three ways in which a stem may stand to
// these places one of its grams is on a list, that which is rarest in other texts.
// Nearly every look ends at a bitmap.
type matcher struct {
	seen  [1 << (gramBits - 6)]uint64 // bitmap of the hashes of grams
	start [1<<gramSlots + 1]uint16    // where the grams of a slot begin in grams
	grams []gram                      // by slot
	stems []stem
}

// gram is one way to come upon a stem.
type gram struct {
	bytes, mask uint64 // up to eight bytes of the stem, folded; zero in mask where it has fewer
	stem        uint16
	at          uint8 // where in the stem they are
}

const (
	gramStride = 3
	gramBits   = 18
	gramSlots  = 13
)

// foldBits takes letters of either case as one: they differ in that bit. It takes
// a few signs as one too, which a comparison with the stem sets right.
const foldBits = 0xdfdfdfdfdfdfdfdf

// gramHash is the hash of the low four bytes of w.
func gramHash(w uint32) uint32 {
	return (w & (foldBits & math.MaxUint32)) * 2654435761 >> (32 - gramBits)
}

func gramSlot(w uint32) uint32 { return gramHash(w) >> (gramBits - gramSlots) }

func newMatcher(list []stem) *matcher {
	m := &matcher{stems: list, grams: make([]gram, 0, len(list)*gramStride)}
	for i := range list {
		m.add(uint16(i))
	}
	for _, g := range m.grams {
		h := gramHash(uint32(g.bytes))
		m.seen[h>>6] |= 1 << (h & 63)
		m.start[gramSlot(uint32(g.bytes))]++
	}
	for i := range m.start[1:] {
		m.start[i+1] += m.start[i]
	}
	sorted := make([]gram, len(m.grams))
	for _, g := range slices.Backward(m.grams) {
		at := &m.start[gramSlot(uint32(g.bytes))]
		*at--
		sorted[*at] = g
	}
	m.grams = sorted
	return m
}

// add lists a stem's grams. In a stem of five bytes one of them is a byte short:
// it is listed with whatever may follow.
func (m *matcher) add(id uint16) {
	text := m.stems[id].text
	for first := range gramStride {
		best := -1
		for at := first; at+4 <= len(text); at += gramStride {
			if best < 0 || commonness(text[at:at+4]) < commonness(text[best:best+4]) {
				best = at
			}
		}
		if best >= 0 {
			m.grams = append(m.grams, newGram(text, best, id))
			continue
		}
		for next := range 256 {
			if next&0x20 == 0 {
				m.grams = append(m.grams, newGram(text[:first+3]+string([]byte{byte(next)}), first, id))
			}
		}
	}
}

func newGram(text string, at int, id uint16) gram {
	g := gram{stem: id, at: uint8(at)}
	for i := range min(8, len(text)-at) {
		g.bytes |= uint64(text[at+i]) & 0xdf << (8 * i)
		g.mask |= 0xdf << (8 * i)
	}
	return g
}

// find calls hit for each stem in text until hit returns false; it tells whether
// there was one.
func (m *matcher) find(text []byte, hit func(lang string) bool) bool {
	found := false
	var end block
	for from := 0; from+3 <= len(text); from += blockSize {
		b := &end
		if from+len(end) <= len(text) {
			b = (*block)(text[from:])
		} else {
			copy(end[:], text[from:])
		}
		for p := m.places(b, len(text)-from-2); p != 0; p &= p - 1 {
			if m.at(text, from+bits.TrailingZeros64(p)*gramStride, &found, hit) {
				return true
			}
		}
	}
	return found
}

// block is a stretch of text with 64 places, and what else belongs to the last one.
type block [blockSize + 4]byte

const (
	blockSize = 64 * gramStride
	fourSize  = 4 * gramStride
)

// places has a bit for each place before size at which a listed gram may be. There
// is no branch in it that depends on the text.
func (m *matcher) places(b *block, size int) (places uint64) {
	size = min(size, blockSize)
	fours := (size + fourSize - 1) / fourSize
	for i := range fours {
		t := (*[16]byte)(b[i*fourSize:])
		v, w := binary.LittleEndian.Uint64(t[:]), binary.LittleEndian.Uint64(t[2*gramStride:])
		p := m.seenAt(uint32(v)) | m.seenAt(uint32(v>>(8*gramStride)))<<1 | m.seenAt(uint32(w))<<2 | m.seenAt(uint32(w>>(8*gramStride)))<<3
		places = places>>4 | p<<60
	}
	return places >> (64 - 4*fours) & (1<<((size+gramStride-1)/gramStride) - 1)
}

// seenAt is 1 when the four bytes may be a listed gram.
func (m *matcher) seenAt(w uint32) uint64 {
	h := gramHash(w)
	return m.seen[h>>6] >> (h & 63) & 1
}

// at looks for the stems that a gram at i belongs to. It tells whether that is all
// that is asked.
func (m *matcher) at(text []byte, i int, found *bool, hit func(lang string) bool) bool {
	w := eightBytes(text[i:])
	slot := gramSlot(uint32(w))
	for _, g := range m.grams[m.start[slot]:m.start[slot+1]] {
		if (w^g.bytes)&g.mask != 0 || int(g.at) > i {
			continue
		}
		if s := &m.stems[g.stem]; equalFold(text[i-int(g.at):], s.text) {
			if *found = true; hit == nil || !hit(s.lang) {
				return true
			}
		}
	}
	return false
}

// eightBytes are the first eight bytes of text, with zeros for those behind its end.
func eightBytes(text []byte) uint64 {
	if len(text) >= 8 {
		return binary.LittleEndian.Uint64(text)
	}
	w := uint64(0)
	for i, c := range text {
		w |= uint64(c) << (8 * i)
	}
	return w
}

func equalFold(text []byte, stem string) bool {
	if len(text) < len(stem) {
		return false
	}
	for i := range len(stem) {
		if lower[text[i]] != stem[i] {
			return false
		}
	}
	return true
}

var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()

// commonWords are words of most calendars. Nothing but speed depends on them: a
// stem is better known by letters that they don't have.
const commonWords = `the be to of and a in that have it for not on with as you do at this but by from they we say or an will my
one all would there their what so up out if about who get which go me when make can like time no just know take people into
year your good some could them see other than then now look only come its over think also back after use two how our work first
well way even new want because any these give day most us is are was were been has had may more please join meeting discuss
team review agenda notes update call weekly plan plans project customer next week month today open last point action items
question details here click link https http com www zoom teams google meet phone number options learn reset password help
event reminder before find below under change invite invitation document shared drive let know thanks best regards hi dear
need order room building office street lunch dinner appointment flight doctor birthday party school class quarterly description
writing training being information organization connection section und der die das ist mit von den für auf ein eine nicht sie
wir ich oder bitte termin der les des une est pour vous nous dans avec que los las una por para con del`

// commonness estimates how often a gram is met in texts that have no stem.
func commonness(gram string) float64 {
	c := common()
	sum := 0.0
	for i := range len(gram) - 1 {
		sum += c.pairs[pairIndex(gram[i], gram[i+1])]
	}
	if h := gramHash(uint32(eightBytes([]byte(gram)))); c.grams[h>>6]>>(h&63)&1 != 0 {
		sum += 6
	}
	return sum
}

type commonLetters struct {
	pairs [1 << 10]float64
	grams [1 << (gramBits - 6)]uint64 // bitmap of hashes
}

func pairIndex(a, b byte) int { return int(a&31)<<5 | int(b&31) }

var common = sync.OnceValue(func() *commonLetters {
	c := &commonLetters{}
	words := []byte(" " + strings.ReplaceAll(commonWords, "\n", " ") + " ")
	for i := range len(words) - 1 {
		c.pairs[pairIndex(words[i], words[i+1])]++
		if i+4 <= len(words) {
			h := gramHash(binary.LittleEndian.Uint32(words[i:]))
			c.grams[h>>6] |= 1 << (h & 63)
		}
	}
	for i, n := range c.pairs {
		c.pairs[i] = math.Log(0.3 + n)
	}
	return c
})

// caseVariants are the forms in which a stem is written: ASCII letters match in
// either case by themselves, others as written, capitalised and in capitals.
func caseVariants(p string) []string {
	if isASCII(p) {
		return []string{p}
	}
	out := []string{p}
	r, n := utf8.DecodeRuneInString(p)
	for _, v := range []string{string(unicode.ToUpper(r)) + p[n:], strings.ToUpper(p)} {
		v = strings.Map(asciiLower, v)
		if v != out[len(out)-1] && v != p {
			out = append(out, v)
		}
	}
	return out
}

func asciiLower(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}
