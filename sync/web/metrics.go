package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"followup/planner"
)

// counters count requests since the start.
type counters struct{ feed, page, marks atomic.Int64 }

// healthz tells a supervisor whether the server does its work: it has something
// to show, and a run has ended within three times the usual pause.
func (s *server) healthz(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		plainText(w, http.StatusMethodNotAllowed, "GET and HEAD only\n")
		return
	}
	v, err := s.o.Ledger.View(r.Context())
	switch {
	case err != nil:
		plainText(w, http.StatusServiceUnavailable, "nothing to show yet\n")
	case s.o.Every > 0 && !v.Run.Ended.IsZero() && s.o.Now().Sub(v.Run.Ended) > 3*s.o.Every+time.Minute:
		plainText(w, http.StatusServiceUnavailable, "no run has ended for too long\n")
	default:
		plainText(w, http.StatusOK, "ok\n")
	}
}

// metrics answers in Prometheus' text format 0.0.4. It tells numbers and the
// names of sources; no company, no person, no address. With a login, a scraper
// gives the page's password by HTTP Basic.
func (s *server) metrics(w http.ResponseWriter, r *http.Request) {
	if s.o.PasswordHash != "" {
		_, password, ok := r.BasicAuth()
		if !ok || !s.gate.allow(s.client(r), s.o.Now()) || !s.checkPassword(password) {
			w.Header().Set("WWW-Authenticate", `Basic realm="followup"`)
			plainText(w, http.StatusUnauthorized, "The page's password is needed, by HTTP Basic.\n")
			return
		}
	}
	v, err := s.o.Ledger.View(r.Context())
	if err != nil {
		plainText(w, http.StatusServiceUnavailable, "nothing to show yet\n")
		return
	}
	var b bytes.Buffer
	s.writeMetrics(&b, v)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Write(b.Bytes())
}

func (s *server) writeMetrics(b *bytes.Buffer, v *View) {
	metric := func(name, kind, help string) { fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind) }
	metric("followup_requests_total", "counter", "Requests answered since the start.")
	fmt.Fprintf(b, "followup_requests_total{what=\"feed\"} %d\nfollowup_requests_total{what=\"page\"} %d\n", s.count.feed.Load(), s.count.page.Load())
	metric("followup_marks_total", "counter", "Marks made on the page since the start.")
	fmt.Fprintf(b, "followup_marks_total %d\n", s.count.marks.Load())
	metric("followup_run_ended_timestamp_seconds", "gauge", "When the last run ended; 0 for never.")
	fmt.Fprintf(b, "followup_run_ended_timestamp_seconds %d\n", seconds(v.Run.Ended))
	metric("followup_run_failed", "gauge", "1 when the last run was not done wholly.")
	fmt.Fprintf(b, "followup_run_failed %d\n", truth(v.Run.Error != ""))
	metric("followup_run_guarded", "gauge", "1 when the guard stopped the last run.")
	fmt.Fprintf(b, "followup_run_guarded %d\n", truth(v.Run.Guard != ""))
	metric("followup_source_good_timestamp_seconds", "gauge", "When a source was last read wholly; 0 for never.")
	for _, h := range v.Sources {
		fmt.Fprintf(b, "followup_source_good_timestamp_seconds{source=\"%s\"} %d\n", label(h.Name), seconds(h.LastGood))
	}
	metric("followup_source_failed", "gauge", "1 when the last read of a source failed.")
	for _, h := range v.Sources {
		fmt.Fprintf(b, "followup_source_failed{source=\"%s\"} %d\n", label(h.Name), truth(h.Error != ""))
	}
	count := map[planner.State]int{}
	for _, f := range newModel(v, s.o.Now()).followUps {
		count[f.State]++
	}
	metric("followup_followups", "gauge", "Follow-ups by state.")
	for _, st := range []planner.State{planner.Planned, planner.Written, planner.Edited, planner.Late, planner.Done, planner.Withdrawn, planner.Dismissed} {
		fmt.Fprintf(b, "followup_followups{state=\"%s\"} %d\n", st, count[st])
	}
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// label escapes a label's value as the format wants it.
func label(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s)
}
