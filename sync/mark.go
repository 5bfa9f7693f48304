package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"followup/calendar"
	"followup/planner"
	"followup/planner/interview"
)

// Subject is what a REF of a person's names: a process, an event or a follow-up.
type Subject struct {
	Ref     string // for calendar.Mark.Ref
	Kind    string // process, event or followup
	Process string // key of the process, "" when unknown
	Title   string // in words
}

// The errors of Resolve. They are wrapped with the candidates.
var (
	ErrUnknownRef   = errors.New("nothing matches")
	ErrAmbiguousRef = errors.New("more than one application matches")
)

// Resolve finds what ref names among what is remembered: a follow-up's or a
// process's key, an event's UID (with /recurrence id for one of a series), or a
// text in the company, the role or a title of exactly one process. It reads no
// calendar.
func (j *Job) Resolve(ctx context.Context, ref string) (Subject, error) {
	r, _, err := j.start(ctx)
	if err != nil {
		return Subject{}, err
	}
	return r.resolve(strings.TrimSpace(ref))
}

func (r *run) resolve(ref string) (Subject, error) {
	if ref == "" {
		return Subject{}, fmt.Errorf("%w an empty word; say a company, a title, or a key that followup status shows", ErrUnknownRef)
	}
	if rec, ok := r.records[ref]; ok {
		return Subject{Ref: ref, Kind: "followup", Process: rec.FollowUp.Process, Title: rec.FollowUp.Title}, nil
	}
	interviews := r.interviews()
	for _, iv := range interviews {
		id := iv.Event.ID()
		if ref == iv.Process {
			return Subject{Ref: ref, Kind: "process", Process: ref, Title: processTitle(iv)}, nil
		}
		if ref == id.String() || ref == id.UID {
			return Subject{Ref: ref, Kind: "event", Process: iv.Process, Title: iv.Event.Summary}, nil
		}
	}
	return r.resolveText(ref, interviews)
}

// interviews are the recognised ones among what is remembered.
func (r *run) interviews() []interview.Interview {
	return r.job.recognize()(r.remembered(), r.me(), r.state.Marks).Interviews
}

func processTitle(iv interview.Interview) string {
	switch {
	case iv.Company != "" && iv.Role != "":
		return iv.Company + ", " + iv.Role
	case iv.Company != "":
		return iv.Company
	}
	return iv.Event.Summary
}

// resolveText finds the one process that the text is in.
func (r *run) resolveText(text string, interviews []interview.Interview) (Subject, error) {
	matches := map[string]string{}
	for _, iv := range interviews {
		if iv.Process != "" && within(text, iv.Company, iv.Via, iv.Role, iv.Event.Summary, iv.Event.UID) {
			matches[iv.Process] = processTitle(iv)
		}
	}
	for _, rec := range r.records {
		f := rec.FollowUp
		if f.Process != "" && matches[f.Process] == "" && within(text, f.Company, f.Role, f.Title) {
			matches[f.Process] = strings.Trim(f.Company+", "+f.Role, ", ")
		}
	}
	switch len(matches) {
	case 0:
		return Subject{}, fmt.Errorf("%w %q; followup status shows what there is", ErrUnknownRef, text)
	case 1:
		key := sortedKeys(matches)[0]
		return Subject{Ref: key, Kind: "process", Process: key, Title: matches[key]}, nil
	}
	var names []string
	for _, key := range sortedKeys(matches) {
		names = append(names, matches[key])
	}
	slices.Sort(names)
	return Subject{}, fmt.Errorf("%w %q: %s; say more of the name", ErrAmbiguousRef, text, strings.Join(names, "; "))
}

// within tells whether the text is in one of the words, whatever its case.
func within(text string, words ...string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(strings.ToLower(w), text) })
}

// Mark remembers what the user says of ref: see Resolve. A mark that makes an
// event an interview may name the UID of one that was not kept; the next run then
// reads every calendar anew.
func (j *Job) Mark(ctx context.Context, ref string, m calendar.Mark) (Subject, error) {
	if !calendar.KnownMark(m.Word) {
		return Subject{}, fmt.Errorf("%q is no mark; it takes one of %s", m.Word, strings.Join(calendar.MarkWords, ", "))
	}
	r, now, err := j.start(ctx)
	if err != nil {
		return Subject{}, err
	}
	subject, err := r.resolve(strings.TrimSpace(ref))
	if errors.Is(err, ErrUnknownRef) && m.Word == calendar.MarkInterview && !strings.ContainsAny(ref, " \t\n") && ref != "" {
		subject, err = Subject{Ref: ref, Kind: "event", Title: ref}, r.readAnew(ctx)
	}
	if err != nil {
		return Subject{}, err
	}
	if m.At.IsZero() {
		m.At = now.UTC()
	}
	m.At = m.At.Truncate(time.Second)
	for _, m.Ref = range r.refs(subject, m.Word) {
		if err := j.Store.Mark(ctx, m); err != nil {
			return subject, err
		}
	}
	return subject, nil
}

// refs are what the mark is said of. Whether an event is an interview is said of
// the event: what is none has no process by which it could be named again.
func (r *run) refs(s Subject, word string) []string {
	if word != calendar.MarkInterview && word != calendar.MarkNotInterview {
		return []string{s.Ref}
	}
	var out []string
	switch s.Kind {
	case "process":
		for _, iv := range r.interviews() {
			if iv.Process == s.Process {
				out = append(out, iv.Event.ID().String())
			}
		}
	case "followup":
		out = append(out, r.records[s.Ref].FollowUp.Interview.String())
	}
	if len(out) == 0 {
		return []string{s.Ref}
	}
	return out
}

// readAnew makes the next run read every calendar from the start.
func (r *run) readAnew(ctx context.Context) error {
	memo := r.state.Memo
	memo.Reader = ""
	return r.job.Store.Observe(ctx, Observed{Memo: &memo})
}

// Restore lets a follow-up that was dismissed or withdrawn be planned again. ref
// is its key, or a text in the title of exactly one such follow-up. The next run
// writes it, if the rules still ask for it.
func (j *Job) Restore(ctx context.Context, ref string) (planner.Record, error) {
	r, now, err := j.start(ctx)
	if err != nil {
		return planner.Record{}, err
	}
	rec, err := r.given(strings.TrimSpace(ref))
	if err != nil {
		return rec, err
	}
	rec.State, rec.Updated, rec.Strikes, rec.Owned = planner.Withdrawn, r.now, 0, nil
	rec.Generation = r.unburnt(ctx, rec)
	r.save(rec)
	r.note(Keep, rec, "you asked for it again")
	if err := r.saveOutcome(ctx); err != nil || !r.skipped(rec.FollowUp.Key) {
		return rec, err
	}
	return rec, j.Store.Mark(ctx, calendar.Mark{Ref: rec.FollowUp.Key, Word: calendar.MarkRestored, At: now.UTC().Truncate(time.Second)})
}

// unburnt is the first generation from the record's on under whose key nothing
// was deleted, as far as the target tells: each time that a person deletes what
// they had asked for again burns one more, and a lost state forgets how many.
func (r *run) unburnt(ctx context.Context, rec planner.Record) int {
	for g := rec.Generation; g < rec.Generation+maxProbes; g++ {
		if _, err := r.get(ctx, remoteKey(rec.FollowUp.Key, g)); !errors.Is(err, calendar.ErrDeleted) {
			return g
		}
	}
	return rec.Generation
}

// skipped tells whether the user said not to send the follow-up.
func (r *run) skipped(key string) bool {
	return slices.ContainsFunc(r.state.Marks, func(m calendar.Mark) bool { return m.Ref == key && m.Word == calendar.MarkSkip })
}

// given finds the one follow-up that was given up and that ref names.
func (r *run) given(ref string) (planner.Record, error) {
	if rec, ok := r.records[ref]; ok {
		if standing(rec) {
			return rec, fmt.Errorf("%q stands in the calendar already; there is nothing to restore", rec.FollowUp.Title)
		}
		return rec, nil
	}
	var found []planner.Record
	var titles []string
	for _, key := range r.keys() {
		rec := r.records[key]
		gone := rec.State == planner.Dismissed || rec.State == planner.Withdrawn
		if gone && ref != "" && within(ref, rec.FollowUp.Title, rec.FollowUp.Company) {
			found = append(found, rec)
			titles = append(titles, fmt.Sprintf("%s (%s)", key, rec.FollowUp.Title))
		}
	}
	switch len(found) {
	case 0:
		return planner.Record{}, fmt.Errorf("%w %q among the follow-ups that were deleted; followup status shows them", ErrUnknownRef, ref)
	case 1:
		return found[0], nil
	}
	return planner.Record{}, fmt.Errorf("more than one deleted follow-up matches %q: %s; give the key", ref, strings.Join(titles, "; "))
}
