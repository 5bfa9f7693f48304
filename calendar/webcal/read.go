// Package webcal reads a calendar that somebody publishes as iCalendar text: a
// file, standard input, or an http, https, webcal or webcals URL. It also keeps
// an .ics file of follow-ups (File). It is read-only towards the network.
//
// A published calendar has no history, only states. What makes it safe to build
// on are the rules of this package: only a complete answer counts as read, an
// unchanged answer is known as such by its validators or by what it says, and an
// address is reached only where the user meant it to be reached.
package webcal

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"followup/calendar"
	"followup/calendar/ics"
)

// The limits of a read, where Options names none.
const (
	DefaultMaxBytes = 64 << 20
	DefaultTimeout  = 60 * time.Second
)

// Options say what to read and within which bounds.
type Options struct {
	Name     string       // what the user calls the source; errors name it
	Location string       // a path, "-" for standard input, or a URL (http, https, webcal, webcals, file)
	Explicit bool         // the user named the host: it may be a loopback or private address
	Stdin    io.Reader    // what "-" reads; nil: os.Stdin
	Client   *http.Client // nil: a client of our own. Its Transport is cloned and guarded when it is an *http.Transport
	ICS      ics.Options  // how the text is read; Source and MaxBytes are filled in
	MaxBytes int64        // of the text, uncompressed; 0: DefaultMaxBytes
	Timeout  time.Duration
	Now      func() time.Time // the machine's clock, for Retry-After; nil: time.Now
}

// Source reads one published calendar. It is not safe for concurrent use.
type Source struct {
	o         Options
	url       *url.URL // nil for a path and for standard input
	bad       error    // why Location can't be read at all
	client    *http.Client
	reads     atomic.Int64
	notBefore time.Time // the server asked to be left alone until then
}

// New returns a source. A location that can't be read is reported by Changes.
func New(o Options) *Source {
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	if o.ICS.Source == "" {
		o.ICS.Source = o.Name
	}
	o.ICS.MaxBytes = o.MaxBytes + 1
	s := &Source{o: o}
	s.url, s.o.Location, s.bad = parseLocation(o.Location)
	if s.url != nil {
		s.client = newClient(o, s.url)
	}
	return s
}

// Requests returns how many times the calendar was asked for since New.
func (s *Source) Requests() calendar.Requests {
	return calendar.Requests{Read: int(s.reads.Load())}
}

// Changes returns the whole calendar, or Unchanged when it says the same as at
// the cursor: the server answered 304, the file was not touched, or the text
// differs only in what carries no meaning (DTSTAMP, folding, order).
//
// An error means that nothing is known. A cursor made by another version gives
// calendar.ErrCursor, a refused sign-in calendar.ErrAuth. A path that ends in
// the middle of a component is read as far as it goes, with a warning and Whole
// false; a URL that does is an error, since the rest may come next time.
func (s *Source) Changes(ctx context.Context, since calendar.Cursor) (calendar.Changes, error) {
	if err := cmp.Or(s.bad, ctx.Err()); err != nil {
		return calendar.Changes{}, err
	}
	cur, err := parseCursor(since)
	if err != nil {
		return calendar.Changes{}, s.fail("%w; it is read anew", err)
	}
	if !cur.covers(s.o.ICS) {
		cur = cursor{}
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	in, err := s.open(ctx, cur)
	if err != nil {
		return calendar.Changes{}, s.timeout(ctx, err)
	}
	if in.unchanged {
		return calendar.Changes{Unchanged: true, Next: since}, nil
	}
	defer in.body.Close()
	changes, err := s.read(in, cur)
	if err != nil {
		return calendar.Changes{}, s.timeout(ctx, err)
	}
	return changes, nil
}

// input is an opened calendar: its text, or the news that there is nothing new.
type input struct {
	body      io.ReadCloser
	charset   string // as the server declared it, "" for none
	next      cursor // without the hashes, which are known at the end of the text
	remote    bool
	unchanged bool
	warnings  []string
}

func (s *Source) open(ctx context.Context, cur cursor) (input, error) {
	s.reads.Add(1)
	switch {
	case s.url != nil:
		return s.fetch(ctx, cur)
	case s.o.Location == "-":
		return input{body: io.NopCloser(s.o.Stdin)}, nil
	}
	return s.openFile(cur)
}

// openFile opens a path. A file that has the size and time of the cursor is
// unchanged, unless it was read so shortly after it was written that a second
// write could have left the same time.
func (s *Source) openFile(cur cursor) (input, error) {
	f, err := os.Open(s.o.Location)
	if err != nil {
		return input{}, s.fail("%w; check the path", err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = errors.New("it is a folder; name an .ics file in it")
	}
	if err != nil {
		f.Close()
		return input{}, s.fail("%w", err)
	}
	next := cursor{}
	if info.Mode().IsRegular() {
		next.Size, next.MTime = info.Size(), info.ModTime().UnixNano()
		next.Racy = time.Since(info.ModTime()).Abs() < 2*time.Second
	}
	if cur.sameFile(next) {
		return input{unchanged: true}, f.Close()
	}
	return input{body: f, next: next}, nil
}

// read reads the text once, from its first byte to its last, and keeps nothing
// of it but the events: their hash by meaning is taken on the way.
func (s *Source) read(in input, cur cursor) (calendar.Changes, error) {
	bytes := newOctets(in.body, in.charset)
	next := in.next
	next.remember(s.o.ICS)
	if bytes.same(cur.Raw) {
		next.Hash, next.Raw = cur.Hash, cur.Raw
		return calendar.Changes{Unchanged: true, Next: next.cursor(), Warnings: in.warnings}, nil
	}
	text, err := s.text(bytes, in)
	if err != nil {
		return calendar.Changes{}, err
	}
	sum := newMeaning()
	var items []calendar.Item
	report, err := ics.Read(io.TeeReader(text, sum), s.o.ICS, func(e calendar.Event) error {
		items = append(items, calendar.Item{Event: e, Ref: calendar.Ref{ID: e.ID().String()}})
		return nil
	})
	if err == nil {
		_, err = io.Copy(sum, text) // what follows the last component belongs to the text as well
	}
	if err != nil {
		return calendar.Changes{}, s.badText(err)
	}
	warnings := append(in.warnings, report.Warnings...)
	if !report.Complete {
		if in.remote || report.Read == 0 && len(report.Skipped) == 0 {
			return calendar.Changes{}, s.incomplete(in.remote)
		}
		warnings = append(warnings, fmt.Sprintf("%s ends in the middle of the calendar (no END:VCALENDAR): what is there was read, what is missing may be more; export it again", s.title()))
		return calendar.Changes{Items: items, Skipped: report.Skipped, Warnings: warnings}, nil
	}
	next.Hash, next.Raw = sum.String(), bytes.sum()
	if cur.Hash == next.Hash {
		return calendar.Changes{Unchanged: true, Next: next.cursor(), Warnings: in.warnings}, nil
	}
	return calendar.Changes{Items: items, Skipped: report.Skipped, Next: next.cursor(), Whole: true, Warnings: warnings}, nil
}

// text turns the body of the input into the text to be read: unpacked, in
// UTF-8, within the limit, and not obviously something else than a calendar.
func (s *Source) text(body io.Reader, in input) (io.Reader, error) {
	packed := bufio.NewReaderSize(body, 64<<10)
	plain, err := unpack(packed)
	if err != nil {
		return nil, s.badText(err)
	}
	decoded, err := decode(plain, in.charset)
	if err != nil {
		return nil, s.fail("%w", err)
	}
	text := bufio.NewReaderSize(&limited{r: decoded, left: s.o.MaxBytes}, 64<<10)
	head, err := text.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, s.badText(err)
	}
	if why := notCalendar(head, in.remote); why != "" {
		return nil, s.fail("%s", why)
	}
	return text, nil
}

// badText says why a text could not be read to its end.
func (s *Source) badText(err error) error {
	if errors.Is(err, errTooLarge) {
		return s.fail("it is larger than %d MiB, the most that is read of one calendar; publish a smaller part of it", s.o.MaxBytes>>20)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return s.incomplete(true)
	}
	if s.url == nil {
		return s.fail("%w; export the calendar again as iCalendar (.ics)", redact(err))
	}
	return s.fail("%w; its follow-ups were left alone; try again later with followup sync", redact(err))
}

func (s *Source) incomplete(remote bool) error {
	if remote {
		return s.fail("the answer was cut off before END:VCALENDAR; its follow-ups were left alone; try again later with followup sync")
	}
	return s.fail("it holds no calendar: neither an event nor BEGIN:VCALENDAR and END:VCALENDAR; export it again as iCalendar (.ics)")
}

// timeout replaces the many ways in which a passed deadline shows by one.
func (s *Source) timeout(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return s.fail("no complete answer within %v; its follow-ups were left alone; try again later with followup sync: %w", s.o.Timeout, context.DeadlineExceeded)
	}
	return err
}

// fail makes an error that begins with the source's name. The address appears in
// it only as far as it can't be used.
func (s *Source) fail(format string, args ...any) error {
	return fmt.Errorf("%s: %w", s.title(), fmt.Errorf(format, args...))
}

// title is what the user knows the source by.
func (s *Source) title() string {
	where := s.o.Location
	switch {
	case s.url != nil:
		where = redactURL(s.url)
	case where == "-":
		where = "standard input"
	}
	if s.o.Name == "" || s.o.Name == s.o.Location {
		return where
	}
	return fmt.Sprintf("%s (%s)", s.o.Name, where)
}

// parseLocation tells paths from URLs. webcal and webcals mean https: what is
// published for subscription is private more often than not.
func parseLocation(loc string) (*url.URL, string, error) {
	if loc == "" {
		return nil, "", errors.New("a source without a location: give a path, a URL or - for standard input")
	}
	scheme, _, found := strings.Cut(loc, "://")
	if !found || strings.ContainsAny(scheme, "/\\.") {
		return nil, loc, nil
	}
	u, err := url.Parse(loc)
	if err != nil {
		return nil, loc, fmt.Errorf("the address %s can't be read: check it for blanks and stray characters", redactText(loc))
	}
	switch u.Scheme = strings.ToLower(u.Scheme); u.Scheme {
	case "webcal", "webcals":
		u.Scheme = "https"
	case "http", "https":
	case "file":
		return nil, u.Path, nil
	default:
		return nil, loc, fmt.Errorf("the address %s begins with %s, which is not read: use http, https or webcal", redactText(loc), u.Scheme)
	}
	if u.Hostname() == "" {
		return nil, loc, fmt.Errorf("the address %s names no host", redactText(loc))
	}
	u.Fragment, u.RawFragment = "", ""
	return u, loc, nil
}
