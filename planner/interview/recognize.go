package interview

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"followup/calendar"
)

// Recognize reads every event and decides which are the user's own interviews.
// me is completed by what the calendar shows. marks are those said outside of
// event texts; the hashtags in titles and descriptions are read here.
//
// The answer depends on the events, me and marks alone, and not on their order.
func Recognize(events []calendar.Event, me Me, marks []calendar.Mark) Result {
	s, notes := findSelf(events, me)
	c := &corpus{me: s, marks: marks, home: homeLanguage(me), companyKeys: map[string]string{}}
	c.sift(events)
	if me.Location == nil {
		me.Location = homeZone(events)
	}
	c.consider(events, me.Location)
	c.secondLook()
	c.link()
	return c.result(me, notes)
}

func homeLanguage(me Me) string {
	if len(me.Languages) > 0 {
		l, _, _ := strings.Cut(strings.ToLower(me.Languages[0]), "-")
		return l
	}
	return ""
}

// corpus is all events of one run on their way to a Result.
type corpus struct {
	me       *self
	v        *vocabulary
	marks    []calendar.Mark
	home     string
	all      []*Interview
	readings map[*Interview]*reading

	companyKeys map[string]string
}

// sift loads the vocabulary of the languages in which anything is said that may
// concern an interview.
func (c *corpus) sift(events []calendar.Event) {
	in := make([][]string, len(events))
	each(len(events), func(i int, _ *phraseMemo) {
		if e := &events[i]; !e.AllDay && e.Marker.Key == "" && triggered(e) {
			in[i] = languagesOf(e)
		}
	})
	langs, count := map[string]bool{"en": true, c.home: true}, map[string]int{}
	for _, in := range in {
		for _, l := range in {
			langs[l] = true
		}
		if len(in) == 1 {
			count[in[0]]++
		}
	}
	if c.home == "" {
		c.home = mostly(count)
	}
	c.v = loadVocabulary(sortedKeys(langs)...)
}

// mostly returns the language of more than half of the events whose language is
// plain, "" when there are fewer than four of those.
func mostly(count map[string]int) string {
	all := 0
	for _, n := range count {
		all += n
	}
	for _, l := range sortedKeys(count) {
		if all >= 4 && count[l]*2 > all {
			return l
		}
	}
	return ""
}

// consider reads every event and decides on each alone.
func (c *corpus) consider(events []calendar.Event, home *time.Location) {
	c.all = make([]*Interview, len(events))
	readings := make([]*reading, len(events))
	each(len(events), func(i int, memo *phraseMemo) {
		e := local(events[i], home)
		c.all[i], readings[i] = c.look(&e, memo)
	})
	c.readings = map[*Interview]*reading{}
	for i, r := range readings {
		if r != nil {
			c.readings[c.all[i]] = r
		}
	}
}

// each calls f for every number below n, on every processor, with a memo that no
// other call uses at the same time.
func each(n int, f func(i int, memo *phraseMemo)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			memo := &phraseMemo{}
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i, memo)
			}
		})
	}
	workers.Wait()
}

// noStem is the reason of events of which nothing was read.
const noStem = "nothing in it speaks of an interview"

// look reads one event and decides on it alone. The facts of one that it isn't
// sure of are left to the second look. There is no reading of an event that
// nothing in it, or something decisive, tells to be none.
func (c *corpus) look(e *calendar.Event, memo *phraseMemo) (*Interview, *reading) {
	iv := &Interview{Event: *e, Decision: No, Status: Active, Round: Other}
	own := e.Marks()
	said := hasWord(own, calendar.MarkInterview) || c.refSaid(iv)
	if !said && !triggered(e) {
		iv.Reason = noStem
		return iv, nil
	}
	r := read(e, c.me, c.v.with(memo), c.home)
	if why := r.decisive(); why != "" && !said {
		iv.Reason = why
		return iv, nil
	}
	r.readTitle()
	r.weigh()
	iv.Marks = own
	if c.decide(iv, r); iv.Decision == Yes {
		c.extract(iv, r)
	}
	return iv, r
}

func hasWord(marks []calendar.Mark, word string) bool {
	return slices.ContainsFunc(marks, func(m calendar.Mark) bool { return m.Word == word })
}

func (c *corpus) refSaid(iv *Interview) bool {
	return slices.ContainsFunc(c.marks, func(m calendar.Mark) bool {
		return m.Word == calendar.MarkInterview && exactRef(m.Ref, iv)
	})
}

// readTitle cuts the title and, when it says little, the topic that a tool gives.
func (r *reading) readTitle() {
	r.pieces = r.classify(r.cutTitle(r.title, r.titleHit))
	if r.topic.raw != "" {
		for _, p := range r.classify(r.cutTitle(r.topic, r.topicHit)) {
			p.topic = true
			r.pieces = append(r.pieces, p)
		}
	}
}

// decide turns the evidence into a decision.
func (c *corpus) decide(iv *Interview, r *reading) {
	iv.Evidence = slices.Clone(r.evidence)
	sum := r.sum()
	iv.Confidence = confidence(sum)
	iv.Language = r.lang
	switch {
	case sum >= yesFrom:
		iv.Decision = Yes
	case sum >= reviewFrom:
		iv.Decision = Review
	default:
		iv.Decision = No
	}
	iv.Reason = reason(iv)
	iv.Status = r.status()
	applyMarks(iv, c.marksOf(iv))
}

// marksOf are the marks in the event's own text, and those said of it alone.
func (c *corpus) marksOf(iv *Interview) []calendar.Mark {
	return slices.Concat(iv.Marks, refMarks(exactOnly(c.marks, iv), iv))
}

// extract reads the facts of an interview that was decided on, as far as the
// user's marks don't say them.
func (c *corpus) extract(iv *Interview, r *reading) {
	r.extract(iv)
	applyMarks(iv, c.marksOf(iv))
}

func exactOnly(marks []calendar.Mark, iv *Interview) []calendar.Mark {
	return slices.DeleteFunc(slices.Clone(marks), func(m calendar.Mark) bool { return !exactRef(m.Ref, iv) })
}

// extract reads the facts of an interview.
func (r *reading) extract(iv *Interview) {
	iv.Company, iv.Via = r.findCompany()
	iv.Role = r.findRole(iv.Company)
	people, recruiter := r.findPeople(iv.Company, iv.Via, Other)
	iv.Round, iv.Ordinal = r.findRound(people, recruiter, iv.Via)
	iv.Interviewers, iv.Recruiter = people, recruiter
	iv.HearBy = r.findPromise()
}

// reason says in words what decided.
func reason(iv *Interview) string {
	best := Signal{}
	for _, s := range iv.Evidence {
		if s.Signal == "prior" {
			continue
		}
		if (iv.Decision == No) == (s.Weight < 0) && abs(s.Weight) > abs(best.Weight) {
			best = s
		}
	}
	switch {
	case best.Signal == "" && iv.Decision == No:
		return "too little speaks for an interview"
	case best.Signal == "":
		return "several small signs together"
	}
	return fmt.Sprintf("%s: %s", best.Signal, best.Detail)
}

func abs(f float64) float64 { return max(f, -f) }

// result sorts the answers.
func (c *corpus) result(me Me, notes []string) Result {
	res := Result{Me: me, Notes: notes}
	if len(res.Me.Emails) == 0 {
		res.Me.Emails = sortedKeys(c.me.emails)
	}
	if res.Me.Name == "" && len(c.me.names) > 0 {
		res.Me.Name = longest(c.me.names)
	}
	if len(res.Me.Employers) == 0 {
		res.Me.Employers = sortedKeys(c.me.employers)
	}
	slices.SortStableFunc(c.all, func(a, b *Interview) int {
		return cmp.Or(a.Event.Start.Compare(b.Event.Start), strings.Compare(a.Event.UID, b.Event.UID), strings.Compare(a.Event.RecurrenceID, b.Event.RecurrenceID), strings.Compare(a.Event.Source, b.Event.Source))
	})
	for _, iv := range c.all {
		if iv.Decision == No {
			res.Others = append(res.Others, *iv)
		} else {
			res.Interviews = append(res.Interviews, *iv)
		}
	}
	return res
}

func longest(list []string) string {
	best := ""
	for _, s := range list {
		if len(s) > len(best) {
			best = s
		}
	}
	return best
}
