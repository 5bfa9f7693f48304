package webcal

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// longestRepeat bounds the text that is held in memory to be compared with the
// last one byte for byte. A longer one is compared by its meaning alone.
const longestRepeat = 16 << 20

// octets are the text as it came, with a sum over it. Most servers that can't
// answer 304 send the same bytes again: that is known from the sum, long before
// the text is understood.
type octets struct {
	from  io.Reader
	hash  *xxhash.Digest
	n     int64  // bytes that came so far
	err   error  // of from, once it gave one
	again []byte // bytes that came and were not yet read
}

// newOctets begins with how the bytes are to be understood, which a server can
// change and leave the bytes as they are.
func newOctets(from io.Reader, charset string) *octets {
	r := &octets{from: from, hash: xxhash.New()}
	_, _ = r.hash.WriteString(charset + "\x00") // it never fails
	return r
}

// same tells whether the whole text has the sum. It can be read all the same.
func (r *octets) same(sum string) bool {
	length, _, _ := strings.Cut(sum, "-")
	n, err := strconv.ParseUint(length, 10, 32)
	if err != nil || n > longestRepeat {
		return false
	}
	text := make([]byte, n+1) // one more than are wanted, so that the end shows
	got, _ := io.ReadFull(r, text)
	r.again = text[:got]
	return r.sum() == sum
}

// sum is of all bytes: their number and a hash. It is "" before the end has come.
func (r *octets) sum() string {
	if !errors.Is(r.err, io.EOF) {
		return ""
	}
	return fmt.Sprintf("%d-%016x", r.n, r.hash.Sum64())
}

// Read implements io.Reader.
func (r *octets) Read(p []byte) (int, error) {
	if len(r.again) > 0 {
		n := copy(p, r.again)
		r.again = r.again[n:]
		return n, nil
	}
	return r.next(p)
}

func (r *octets) next(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.from.Read(p)
	_, _ = r.hash.Write(p[:n])
	r.n += int64(n)
	r.err = err
	return n, err
}
