package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"

	"followup/planner/draft"
)

// Header values that every feed answer has; shared, so never changed.
var (
	typeCalendar    = []string{"text/calendar; charset=utf-8"}
	disposition     = []string{`inline; filename="followups.ics"`}
	private         = []string{"private, max-age=300"}
	varyEncoding    = []string{"Accept-Encoding"}
	gzipCoding      = []string{"gzip"}
	noSniff         = []string{"nosniff"}
	noReferrer      = []string{"no-referrer"}
	acceptNoRanges  = []string{"none"}
	feedFailed      = "The follow-ups can't be read right now. What you have is still good; ask again later.\n"
	feedUnknown     = "There is no such feed. Its address may have been renewed: copy it anew from followup's page.\n"
	retryAfterFault = "120"
)

// feed answers /feed/SECRET.ics, /feed/SECRET/KIND.ics and
// /feed/SECRET/process/KEY.ics. The address is the password. Whatever goes wrong
// inside, no answer with status 200 is ever anything but the whole calendar:
// clients wipe what they have on less.
func (s *server) feed(w http.ResponseWriter, r *http.Request) {
	sel, ok := s.selection(strings.TrimPrefix(r.URL.Path, "/feed/"))
	if !ok {
		plainText(w, http.StatusNotFound, feedUnknown)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		plainText(w, http.StatusMethodNotAllowed, "A feed can only be read.\n")
		return
	}
	view, err := s.o.Ledger.View(r.Context())
	var snap *snapshot
	if err == nil {
		if snap, err = s.feeds.get(view, sel, s.o.Now()); err == nil && snap == nil {
			plainText(w, http.StatusNotFound, feedUnknown)
			return
		}
	}
	if err != nil {
		s.log.Error("the feed could not be made", "error", err)
		if snap = s.feeds.stale(sel); snap == nil {
			w.Header().Set("Retry-After", retryAfterFault)
			plainText(w, http.StatusServiceUnavailable, feedFailed)
			return
		}
	}
	snap.serve(w, r)
}

// serve sends the snapshot, or the news that the client has it already.
func (s *snapshot) serve(w http.ResponseWriter, r *http.Request) {
	rep, coding := &s.plain, false
	if wantsGzip(r.Header) {
		rep, coding = &s.packed, true
	}
	h := w.Header()
	h["Etag"] = rep.tag
	h["Last-Modified"] = s.modifiedText
	h["Cache-Control"] = private
	h["Vary"] = varyEncoding
	if code := precondition(r, rep.etag, s.modified); code != 0 {
		w.WriteHeader(code)
		return
	}
	h["Content-Type"] = typeCalendar
	h["Content-Disposition"] = disposition
	h["Content-Length"] = rep.length
	h["X-Content-Type-Options"] = noSniff
	h["Referrer-Policy"] = noReferrer
	h["Accept-Ranges"] = acceptNoRanges
	if coding {
		h["Content-Encoding"] = gzipCoding
	}
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return
	}
	w.Write(rep.body)
}

// selection reads what follows /feed/: SECRET.ics, SECRET/KIND.ics,
// SECRET/process/KEY.ics. It takes the same time for every wrong secret.
func (s *server) selection(path string) (selection, bool) {
	path, isFile := strings.CutSuffix(path, ".ics")
	secret, rest, _ := strings.Cut(path, "/")
	if !s.isSecret(secret) || !isFile {
		return selection{}, false
	}
	if rest == "" {
		return selection{}, !strings.HasSuffix(path, "/")
	}
	if key, ok := strings.CutPrefix(rest, "process/"); ok {
		return selection{process: key}, key != ""
	}
	kind := draft.Kind(rest)
	return selection{kind: kind}, slices.Contains(draft.Kinds, kind)
}

func (s *server) isSecret(given string) bool {
	secret := s.secrets.get()
	want, got := sha256.Sum256([]byte(secret)), sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1 && len(secret) >= minSecret
}

func plainText(w http.ResponseWriter, code int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h["X-Content-Type-Options"] = noSniff
	w.WriteHeader(code)
	w.Write([]byte(text))
}
