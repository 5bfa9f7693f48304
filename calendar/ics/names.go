package ics

import "github.com/emersion/go-ical"

// The names that go-ical does not have.
const (
	propExRule       = "EXRULE" // RFC 2445
	propCalName      = "X-WR-CALNAME"
	propCalDesc      = "X-WR-CALDESC"
	propCalZone      = "X-WR-TIMEZONE"
	propAltDesc      = "X-ALT-DESC"
	propBusyStatus   = "X-MICROSOFT-CDO-BUSYSTATUS"
	propMarkerKey    = "X-FOLLOWUP-KEY"
	propMarkerBase   = "X-FOLLOWUP-BASE"
	propMarkerKind   = "X-FOLLOWUP-KIND"
	propGoogleMeet   = "X-GOOGLE-CONFERENCE"
	propTeams        = "X-MICROSOFT-SKYPETEAMSMEETINGURL"
	propTeamsOld     = "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK"
	propPublishedTTL = "X-PUBLISHED-TTL"
	propRefresh      = "REFRESH-INTERVAL"
)

// names maps every name that is looked for to itself, so that reading one from
// bytes costs nothing.
var names = func() map[string]string {
	m := map[string]string{}
	for _, n := range []string{
		"BEGIN", "END", ical.PropUID, ical.PropRecurrenceID, ical.PropSequence, ical.PropSummary, ical.PropDescription,
		ical.PropLocation, ical.PropURL, ical.PropConference, ical.PropDateTimeStart, ical.PropDateTimeEnd,
		ical.PropDuration, ical.PropStatus, ical.PropMethod, ical.PropOrganizer, ical.PropAttendee, ical.PropCategories,
		ical.PropCreated, ical.PropLastModified, ical.PropDateTimeStamp, ical.PropTransparency, ical.PropClass,
		ical.PropRelatedTo, ical.PropRecurrenceRule, ical.PropRecurrenceDates, ical.PropExceptionDates, ical.PropTrigger,
		ical.PropAction, ical.PropRepeat, ical.PropTimezoneID, ical.PropTimezoneOffsetFrom, ical.PropTimezoneOffsetTo,
		ical.PropTimezoneName, ical.PropTimezoneURL, ical.PropVersion, ical.PropProductID, ical.PropCalendarScale,
		ical.PropAttach, ical.PropComment, ical.PropContact, ical.PropGeo, ical.PropPercentComplete, ical.PropPriority,
		ical.PropResources, ical.PropCompleted, ical.PropDue, ical.PropFreeBusy, ical.PropRequestStatus, ical.PropName,
		ical.PropColor, ical.PropImage, ical.PropSource, propRefresh,
		propExRule, propCalName, propCalDesc, propCalZone, propAltDesc, propBusyStatus, propMarkerKey, propMarkerBase,
		propMarkerKind, propGoogleMeet, propTeams, propTeamsOld, propPublishedTTL, "DALARM", "AALARM", "TZ", "DAYLIGHT",
	} {
		m[n] = n
	}
	return m
}()
