package main

import (
	"time"

	"followup/calendar"
	"followup/planner"
	"followup/planner/interview"
	"followup/sync"
)

// planJSON is the output of plan and, with results, of sync: see docs/json.md.
type planJSON struct {
	Now       string                       `json:"now"`
	FollowUps []followUpJSON               `json:"followups"`
	Changes   []changeJSON                 `json:"changes"`
	Skipped   []skipJSON                   `json:"skipped"`
	Warnings  []string                     `json:"warnings"`
	Guard     guardJSON                    `json:"guard"`
	Requests  map[string]calendar.Requests `json:"requests,omitempty"`
	Failed    []failedJSON                 `json:"failed,omitempty"`
}

type followUpJSON struct {
	Key          string             `json:"key"`
	Kind         string             `json:"kind"`
	Process      string             `json:"process"`
	Company      string             `json:"company"`
	Role         string             `json:"role"`
	InterviewUID string             `json:"interview_uid"`
	To           []interview.Person `json:"to"`
	Title        string             `json:"title"`
	Start        string             `json:"start"`
	End          string             `json:"end"`
	TimeZone     string             `json:"timezone"`
	Window       windowJSON         `json:"window"`
	Subject      string             `json:"subject"`
	Body         string             `json:"body"`
	Language     string             `json:"language"`
	State        string             `json:"state"`
	Why          string             `json:"why"`
}

type windowJSON struct {
	From  string `json:"from"`
	Until string `json:"until"`
}

type changeJSON struct {
	Op     string   `json:"op"`
	Key    string   `json:"key"`
	Title  string   `json:"title"`
	Fields []string `json:"fields"`
	Why    string   `json:"why"`
	Undone string   `json:"not_done,omitempty"`
}

type skipJSON struct {
	Kind         string             `json:"kind"`
	Process      string             `json:"process"`
	InterviewUID string             `json:"interview_uid"`
	To           []interview.Person `json:"to"`
	Why          string             `json:"why"`
}

type guardJSON struct {
	Tripped bool   `json:"tripped"`
	Token   string `json:"token"`
	Why     string `json:"why,omitempty"`
}

type failedJSON struct {
	Source string `json:"source,omitempty"`
	Key    string `json:"key"`
	Op     string `json:"op"`
	Error  string `json:"error"`
}

func toPlanJSON(p planner.Plan, changes []sync.Change) planJSON {
	out := planJSON{
		Now: p.Now.Format(time.RFC3339), FollowUps: []followUpJSON{}, Changes: []changeJSON{},
		Skipped: []skipJSON{}, Warnings: list(p.Warnings),
	}
	for _, f := range p.FollowUps {
		out.FollowUps = append(out.FollowUps, toFollowUpJSON(f))
	}
	for _, c := range changes {
		j := changeJSON{string(c.Op), c.Key, c.Title, []string{}, c.Why, c.NotDone}
		for _, f := range c.Fields {
			j.Fields = append(j.Fields, string(f))
		}
		out.Changes = append(out.Changes, j)
	}
	for _, s := range p.Skipped {
		out.Skipped = append(out.Skipped, skipJSON{string(s.Kind), s.Process, s.Interview.UID, list(s.To), s.Why})
	}
	return out
}

func toFollowUpJSON(f planner.FollowUp) followUpJSON {
	return followUpJSON{
		Key: f.Key, Kind: string(f.Kind), Process: f.Process, Company: f.Company, Role: f.Role,
		InterviewUID: f.Interview.UID, To: list(f.To), Title: f.Title,
		Start: stamp(f.Start, false), End: stamp(f.End, false), TimeZone: f.Start.Location().String(),
		Window:  windowJSON{stamp(f.Window.From, false), stamp(f.Window.Until, false)},
		Subject: f.Subject, Body: f.Body, Language: f.Language, State: string(f.State), Why: f.Why,
	}
}
