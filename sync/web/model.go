package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"followup/calendar"
	"followup/planner"
	"followup/planner/draft"
	"followup/planner/interview"
)

// application is one process as a person thinks of it: a company, a role, and
// everything that happened.
type application struct {
	Key       string
	Company   string
	Role      string
	Via       string
	Rounds    []interview.Interview // by start
	FollowUps []followUp            // by start
	Skipped   []planner.Skip
	Marks     []calendar.Mark // by time
	Outcome   string          // the newest word that ends or turns it: see outcomes; "" for none
	OutcomeAt time.Time
	Silence   time.Duration // since they were last heard, while an answer is owed; 0 for none
	HearBy    interview.Dates
	Line      timeline
}

// followUp is a follow-up as it is shown.
type followUp struct {
	planner.FollowUp
	Open   bool // still to be done
	Due    bool // it is time
	Later  bool // not before tomorrow
	Base   string
	Ticked bool
}

// outcomes are the words that say where an application stands, with how that reads.
var outcomes = map[string]string{
	calendar.MarkAnswered:  "They answered",
	calendar.MarkRejected:  "Rejected",
	calendar.MarkOffer:     "Offer",
	calendar.MarkAccepted:  "Accepted",
	calendar.MarkDeclined:  "Declined",
	calendar.MarkWithdrawn: "Withdrawn",
}

// ended are the outcomes after which nobody owes an answer.
func ended(word string) bool {
	switch word {
	case calendar.MarkRejected, calendar.MarkOffer, calendar.MarkAccepted, calendar.MarkDeclined, calendar.MarkWithdrawn:
		return true
	}
	return false
}

// model is the View put in the order in which people look at it.
type model struct {
	view         *View
	now          time.Time
	applications []*application // those with something to do first, then the newest
	byKey        map[string]*application
	next         []followUp // all that is still to be done, by start
	followUps    map[string]followUp
}

func newModel(v *View, now time.Time) *model {
	m := &model{view: v, now: now, byKey: map[string]*application{}, followUps: map[string]followUp{}}
	for _, i := range v.Plan.Recognized.Interviews {
		if i.Process != "" && i.Decision == interview.Yes {
			m.round(i)
		}
	}
	for _, f := range m.merged() {
		m.followUp(f)
	}
	for _, s := range v.Plan.Skipped {
		if a := m.byKey[s.Process]; a != nil {
			a.Skipped = append(a.Skipped, s)
		}
	}
	for _, a := range m.applications {
		a.finish(v.Marks, now)
	}
	byStart := func(a, b followUp) int {
		return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.Key, b.Key))
	}
	slices.SortFunc(m.next, byStart)
	slices.SortStableFunc(m.applications, func(a, b *application) int {
		return cmp.Or(a.rank().Compare(b.rank()), strings.Compare(a.Company, b.Company))
	})
	return m
}

// merged joins what the plan wants with what the records know: the record's state
// wins, since it is what was done.
func (m *model) merged() []planner.FollowUp {
	states := map[string]planner.Record{}
	for _, r := range m.view.Records {
		states[r.FollowUp.Key] = r
	}
	var out []planner.FollowUp
	for _, f := range m.view.Plan.FollowUps {
		if r, ok := states[f.Key]; ok {
			delete(states, f.Key)
			if f.State == planner.Planned {
				f.State = r.State
			}
			e := f.Event()
			overlay(&e, r)
			f.Title, f.Start, f.End = e.Summary, e.Start, e.End
		}
		out = append(out, f)
	}
	for _, r := range m.view.Records { // what the plan has forgotten
		if _, left := states[r.FollowUp.Key]; left {
			f := r.FollowUp
			f.State = r.State
			out = append(out, f)
		}
	}
	return out
}

func (m *model) app(key string) *application {
	a := m.byKey[key]
	if a == nil {
		a = &application{Key: key}
		m.byKey[key] = a
		m.applications = append(m.applications, a)
	}
	return a
}

func (m *model) round(i interview.Interview) {
	a := m.app(i.Process)
	a.Company, a.Role, a.Via = cmp.Or(a.Company, i.Company), cmp.Or(a.Role, i.Role), cmp.Or(a.Via, i.Via)
	a.Rounds = append(a.Rounds, i)
	if i.HearBy.Until.After(a.HearBy.Until) {
		a.HearBy = i.HearBy
	}
}

func (m *model) followUp(f planner.FollowUp) {
	shown := followUp{FollowUp: f, Open: isOpen(f.State)}
	shown.Due = shown.Open && !f.Start.After(m.now)
	shown.Later = dayNumber(f.Start) > dayNumber(m.now.In(f.Start.Location()))
	m.followUps[f.Key] = shown
	a := m.app(f.Process)
	a.Company, a.Role = cmp.Or(a.Company, f.Company), cmp.Or(a.Role, f.Role)
	a.FollowUps = append(a.FollowUps, shown)
	if shown.Open {
		m.next = append(m.next, shown)
	}
}

func isOpen(s planner.State) bool {
	switch s {
	case planner.Planned, planner.Written, planner.Edited, planner.Late:
		return true
	}
	return false
}

// finish sorts what belongs to the application and draws its conclusions.
func (a *application) finish(marks []calendar.Mark, now time.Time) {
	if a.Company == "" {
		a.Company = "A company that is not named"
	}
	slices.SortStableFunc(a.Rounds, func(x, y interview.Interview) int { return x.Event.Start.Compare(y.Event.Start) })
	slices.SortStableFunc(a.FollowUps, func(x, y followUp) int { return x.Start.Compare(y.Start) })
	a.Marks = a.marksOf(marks)
	for _, mk := range a.Marks {
		if _, ok := outcomes[mk.Word]; ok && !mk.At.Before(a.OutcomeAt) {
			a.Outcome, a.OutcomeAt = mk.Word, mk.At
		}
	}
	if heard, waiting := a.lastHeard(now); waiting {
		a.Silence = now.Sub(heard)
	}
	a.Line = a.timeline(now)
}

// marksOf collects what was said of this application in any of the three ways,
// each once, by time.
func (a *application) marksOf(marks []calendar.Mark) []calendar.Mark {
	refs := map[string]bool{a.Key: true}
	var out []calendar.Mark
	for _, r := range a.Rounds {
		refs[r.Event.ID().String()], refs[r.Event.UID] = true, true
		out = append(out, r.Marks...)
	}
	for _, f := range a.FollowUps {
		refs[f.Key] = true
	}
	for _, mk := range marks {
		if refs[mk.Ref] {
			out = append(out, mk)
		}
	}
	slices.SortStableFunc(out, func(x, y calendar.Mark) int { return x.At.Compare(y.At) })
	seen := map[calendar.Mark]bool{}
	return slices.DeleteFunc(out, func(mk calendar.Mark) bool {
		key := calendar.Mark{Word: mk.Word, Value: mk.Value, At: mk.At.UTC()}
		was := seen[key]
		seen[key] = true
		return was
	})
}

// lastHeard is when the company last spoke: in a round or by an answer; waiting
// tells whether it is their turn.
func (a *application) lastHeard(now time.Time) (heard time.Time, waiting bool) {
	for _, r := range a.Rounds {
		if r.Status != interview.Active {
			continue
		}
		if r.Event.End.After(now) {
			return time.Time{}, false // a round is still to come
		}
		if r.Event.End.After(heard) {
			heard = r.Event.End
		}
	}
	if a.Outcome == calendar.MarkAnswered && a.OutcomeAt.After(heard) {
		heard = a.OutcomeAt
	}
	return heard, !heard.IsZero() && !(ended(a.Outcome) && !a.OutcomeAt.Before(heard))
}

// rank orders applications: by the next thing to do, then the latest that was.
func (a *application) rank() time.Time {
	for _, f := range a.FollowUps {
		if f.Open {
			return f.Start
		}
	}
	var last time.Time
	for _, r := range a.Rounds {
		if r.Event.Start.After(last) {
			last = r.Event.Start
		}
	}
	// Behind everything with something to do: the newer, the nearer.
	return time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC).Add(-last.Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)))
}

// Name is the application in a few words.
func (a *application) Name() string {
	if a.Role == "" {
		return a.Company
	}
	return a.Company + ", " + a.Role
}

// Standing says in a few words where the application stands.
func (a *application) Standing() string {
	if a.Outcome != "" && (ended(a.Outcome) || a.Silence == 0) {
		return outcomes[a.Outcome]
	}
	for _, r := range a.Rounds {
		if r.Status == interview.Active && r.Event.End.After(a.Line.now) {
			return "Interview ahead"
		}
	}
	switch {
	case a.Silence > 0 && a.Silence < 48*time.Hour && a.Outcome == "":
		return "Interview just held"
	case a.Silence > 0:
		return "Waiting for " + days(a.Silence)
	}
	return "Nothing to wait for"
}

// Tone is the class that colours Standing.
func (a *application) Tone() string {
	switch {
	case a.Outcome == calendar.MarkOffer, a.Outcome == calendar.MarkAccepted:
		return "good"
	case ended(a.Outcome):
		return "over"
	case a.Silence >= 48*time.Hour:
		return "waiting"
	}
	return "ahead"
}

// OpenCount is how many follow-ups are still to be done.
func (a *application) OpenCount() int {
	n := 0
	for _, f := range a.FollowUps {
		if f.Open {
			n++
		}
	}
	return n
}

// kindNames is what each kind is called.
var kindNames = map[draft.Kind]string{
	draft.ThankYou:        "Thank-you",
	draft.StatusCheck:     "Status check",
	draft.RejectionReply:  "Reply to a rejection",
	draft.FeedbackRequest: "Request for feedback",
	draft.OfferReply:      "Reply to an offer",
	draft.Withdrawal:      "Withdrawal",
	draft.NoShow:          "Missed interview",
	draft.LetGo:           "Let it go",
	draft.Card:            "Handwritten card",
	draft.Debrief:         "Debrief",
}

// stateNames is what each state is called.
var stateNames = map[planner.State]string{
	planner.Planned:   "planned",
	planner.Written:   "in your calendar",
	planner.Edited:    "in your calendar, with your changes",
	planner.Done:      "done",
	planner.Withdrawn: "no longer needed",
	planner.Dismissed: "deleted by you",
	planner.Late:      "late",
	planner.Skipped:   "skipped",
}
