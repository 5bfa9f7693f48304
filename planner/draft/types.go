// Package draft writes the texts of follow-ups: subject and body, in the
// person's tone and the invitation's language, from embedded templates that the
// user's own files can replace.
//
// It is pure: no clock, no network; templates come from file systems that the
// caller opens.
package draft

import (
	"time"

	"followup/planner/interview"
)

// Kind is the kind of a follow-up. The list is in CONTRACT order.
type Kind string

// The kinds of follow-ups.
const (
	ThankYou        Kind = "thank_you"
	StatusCheck     Kind = "status_check"
	RejectionReply  Kind = "rejection_reply"
	FeedbackRequest Kind = "feedback_request"
	OfferReply      Kind = "offer_reply"
	Withdrawal      Kind = "withdrawal"
	NoShow          Kind = "no_show"
	LetGo           Kind = "let_go"
	Card            Kind = "card"
	Debrief         Kind = "debrief"
)

// Kinds lists every kind.
var Kinds = []Kind{ThankYou, StatusCheck, RejectionReply, FeedbackRequest, OfferReply, Withdrawal, NoShow, LetGo, Card, Debrief}

// Tone is the manner of a text.
type Tone string

// The tones.
const (
	Warm   Tone = "warm"
	Formal Tone = "formal"
	Brief  Tone = "brief"
)

// Tones lists every tone.
var Tones = []Tone{Warm, Formal, Brief}

// Data is what a text may speak of. Every field may be empty: the text must be
// complete sentences all the same.
type Data struct {
	Kind      Kind
	Tone      Tone
	Language  string           // BCP 47 primary tag; a language without templates falls back to English
	Reader    string           // BCP 47 tag of the user's language, for title and hint; "" for Language
	To        interview.Person // zero: nobody known; the text then greets without a name
	Forward   bool             // To is the recruiter, who is asked to pass the thank-you on to Names
	Names     []string         // everybody spoken with
	Me        string           // the user's name; "" unknown
	Signature string           // replaces Me at the end when not ""
	Company   string
	Via       string // agency; To is then often the agency's recruiter
	Role      string
	Round     interview.Round
	Interview time.Time // start of the interview, in its own zone
	HearBy    time.Time // the promised date; zero for none
	Notes     []string  // the user's own #note: texts
	Variant   int       // 0, 1, 2...: counts the thank-yous of an application, each of which is another text
	Attempt   int       // 1 for the first status check, 2 for the second; 2 for the offer's day to decide
	Again     bool      // this person was thanked in an earlier round already
	Recruiter bool      // To arranges the process and did not interview
	Deadline  time.Time // an offer's; zero for none
	Now       time.Time // day on which the text is to be sent, in the user's zone
}

// ToUser tells whether the text is a note to the user and goes to nobody else.
func (d Data) ToUser() bool {
	return d.Kind == LetGo || d.Kind == Debrief
}

// Text is a finished draft.
type Text struct {
	Title    string // of the calendar event: "Thank Ana Ruiz (Northwind, Data Engineer)"
	Subject  string // of the mail; "" for what is no mail (cards and notes to the user)
	Body     string // of the mail or note
	Short    string // a body for the mailto: link, which cannot hold the whole one; "" where it can
	Language string // the language that was used
	Hint     string // one line to the user: what to fill in or to do; "" for none
	Warnings []string
}
