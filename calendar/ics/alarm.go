package ics

import (
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// alarm is a VALARM's trigger.
type alarm struct {
	offset   time.Duration
	at       time.Time
	absolute bool
	fromEnd  bool
}

type alarmReader struct {
	alarm
	ok, none bool
}

func (a *alarmReader) set(p prop) {
	switch p.name {
	case ical.PropTrigger:
		if d, err := parseDuration(p.value); err == nil {
			a.offset, a.ok = d, true
			a.fromEnd = strings.EqualFold(p.param(ical.ParamRelated), "END")
		} else if t := moment(p.value); !t.IsZero() {
			a.at, a.absolute, a.ok = t, true, true
		}
	case ical.PropAction:
		a.none = isWord(p.value, "NONE")
	}
}

func (e *eventReader) endAlarm() {
	if e.alarm.ok && !e.alarm.none && !e.timesOnly && len(e.alarms) < 100 {
		e.alarms = append(e.alarms, e.alarm.alarm)
	}
}
