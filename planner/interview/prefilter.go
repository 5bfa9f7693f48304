package interview

import "followup/calendar"

// Prefilter is a sound and fast over-approximation of Recognize on the raw bytes
// of one VEVENT.
func Prefilter(component []byte) bool { return true }

func triggered(e *calendar.Event) bool { return true }
