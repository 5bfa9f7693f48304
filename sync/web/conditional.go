package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// precondition evaluates the conditional headers of a request for a
// representation in the order of RFC 9110 section 13.2.2. It returns 0 when the
// request is to be performed, else the status to answer.
func precondition(r *http.Request, etag string, modified time.Time) int {
	if h := r.Header.Values("If-Match"); len(h) > 0 {
		if !matches(h, etag, false) {
			return http.StatusPreconditionFailed
		}
	} else if t, err := http.ParseTime(r.Header.Get("If-Unmodified-Since")); err == nil && modified.After(t) {
		return http.StatusPreconditionFailed
	}
	if h := r.Header.Values("If-None-Match"); len(h) > 0 {
		if matches(h, etag, true) {
			return http.StatusNotModified
		}
		return 0 // section 13.1.3: If-Modified-Since is then ignored
	}
	if t, err := http.ParseTime(r.Header.Get("If-Modified-Since")); err == nil && !modified.After(t) {
		return http.StatusNotModified
	}
	return 0
}

// matches tells whether the entity tag is in the list: section 8.8.3.2.
func matches(lists []string, etag string, weak bool) bool {
	for _, list := range lists {
		if strings.TrimSpace(list) == "*" {
			return true
		}
		for list != "" {
			tag, rest := nextTag(list)
			if tag == "" {
				break
			}
			opaque, isWeak := strings.CutPrefix(tag, "W/")
			if opaque == etag && (weak || !isWeak) {
				return true
			}
			list = rest
		}
	}
	return false
}

// nextTag cuts the first entity tag off a list; "" when there is none.
func nextTag(list string) (tag, rest string) {
	list = strings.TrimLeft(list, " \t,")
	start := 0
	if strings.HasPrefix(list, "W/") {
		start = 2
	}
	if len(list) <= start || list[start] != '"' {
		return "", ""
	}
	end := strings.IndexByte(list[start+1:], '"')
	if end < 0 {
		return "", ""
	}
	end += start + 2
	return list[:end], list[end:]
}

// wantsGzip tells whether the client prefers gzip, or takes it as gladly:
// RFC 9110 section 12.5.3.
func wantsGzip(h http.Header) bool {
	values := h.Values("Accept-Encoding")
	if len(values) == 1 && values[0] == "gzip" {
		return true
	}
	gzip, identity, star := -1.0, -1.0, -1.0
	for _, v := range values {
		for _, item := range strings.Split(v, ",") {
			coding, params, _ := strings.Cut(item, ";")
			q := quality(params)
			switch strings.ToLower(strings.TrimSpace(coding)) {
			case "gzip", "x-gzip":
				gzip = q
			case "identity":
				identity = q
			case "*":
				star = q
			}
		}
	}
	if gzip < 0 {
		gzip = star
	}
	return gzip > 0 && gzip >= identity
}

func quality(params string) float64 {
	name, value, ok := strings.Cut(strings.TrimSpace(params), "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || q < 0 || q > 1 {
		return 0
	}
	return q
}
