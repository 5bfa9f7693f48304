package sync

import (
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
// Its form is five hashes, the sequence and the interview's end in base 36, and
// for later generations the generation and the follow-up's key, joined by ".".
type stamp struct {
	fields     string    // calendar.Fields.Fingerprint
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
	if len(parts) < n+2 {
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
	if len(parts) >= n+4 {
		if g, err := strconv.ParseInt(parts[n+2], 36, 16); err == nil && g > 0 {
			s.generation, s.key = int(g), parts[n+3]
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
