package sync

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"followup/calendar"
	"followup/planner"
)

// stamp is what goes with every event that is written, as Marker.Base: enough to
// know the event again, what a person changed in it and which write it is of,
// when the state is lost, rolled back, or kept on another machine.
//
// Its form is five hashes, the sequence and the interview's end in base 36, a
// hash of the letters of the title, the text and the location each, and for later
// generations the generation and the follow-up's key, joined by ".".
type stamp struct {
	fields     string    // calendar.Fields.Fingerprint
	letters    [3]string // hashes of letters and digits alone: see wordFields
	sequence   int       // of the write, from 1
	ends       time.Time // end of the interview; zero when unknown
	generation int
	key        string // of the follow-up
}

func (s stamp) String() string {
	parts := []string{s.fields, strconv.FormatInt(int64(s.sequence), 36), ""}
	if !s.ends.IsZero() {
		parts[2] = strconv.FormatInt(s.ends.Unix(), 36)
	}
	parts = append(parts, s.letters[:]...)
	if s.generation > 0 {
		parts = append(parts, strconv.FormatInt(int64(s.generation), 36), s.key)
	}
	return strings.Join(parts, ".")
}

// readStamp reads the event's stamp; ok is false when it has none that is ours.
func readStamp(m calendar.Marker) (s stamp, ok bool) {
	parts := strings.Split(m.Base, ".")
	n := len(calendar.AllFields)
	s.key = m.Key
	if len(parts) < n+5 {
		return s, false
	}
	s.fields = strings.Join(parts[:n], ".")
	seq, err := strconv.ParseInt(parts[n], 36, 32)
	if err != nil {
		return s, false
	}
	s.sequence = int(seq)
	if ends, err := strconv.ParseInt(parts[n+1], 36, 64); err == nil {
		s.ends = time.Unix(ends, 0).UTC()
	}
	copy(s.letters[:], parts[n+2:])
	if len(parts) >= n+7 {
		if g, err := strconv.ParseInt(parts[n+5], 36, 16); err == nil && g > 0 {
			s.generation, s.key = int(g), parts[n+6]
		}
	}
	return s, true
}

// remoteKey is the key of the follow-up's event in the target: the follow-up's
// own at first, and another in each later generation.
func remoteKey(key string, generation int) string {
	if generation == 0 {
		return key
	}
	return planner.Key("generation", key, "", "", generation)
}

// wordFields are the fields that servers reformat.
var wordFields = [3]calendar.Field{calendar.FieldTitle, calendar.FieldText, calendar.FieldLocation}

// letterPrints hash the letters and digits of the wordFields; "-" for unknown ones.
func letterPrints(f calendar.Fields) (out [3]string) {
	for i, x := range wordFields {
		out[i] = "-"
		if v, ok := f[x]; ok {
			h := sha256.Sum256([]byte(letters(v)))
			out[i] = hex.EncodeToString(h[:5])
		}
	}
	return out
}

// reformatted lists the fields that have every letter and digit that was written,
// in its place.
func (s stamp) reformatted(f calendar.Fields) (out []calendar.Field) {
	for i, p := range letterPrints(f) {
		if p != "-" && p == s.letters[i] {
			out = append(out, wordFields[i])
		}
	}
	return out
}
