"""Prints the events of a calendar as Python's icalendar reads them, a line of JSON
each. Fails on anything that it complains about."""
import datetime
import json
import sys

import icalendar

UTC = datetime.timezone.utc


def when(prop):
    t = prop.dt
    if not isinstance(t, datetime.datetime):
        return t.isoformat()
    if t.tzinfo is None:
        return t.strftime("%Y-%m-%dT%H:%M:%S")
    return t.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


failed = False
calendar = icalendar.Calendar.from_ical(open(sys.argv[1], "rb").read())
for part in calendar.walk():
    for error in getattr(part, "errors", []):
        print("icalendar: %s: %s" % (part.name, error), file=sys.stderr)
        failed = True
for event in calendar.walk("VEVENT"):
    print(json.dumps({
        "uid": str(event["UID"]),
        "start": when(event["DTSTART"]),
        "end": when(event["DTEND"] if "DTEND" in event else event["DTSTART"]),
        "summary": str(event.get("SUMMARY", "")),
        "description": str(event.get("DESCRIPTION", "")),
        "location": str(event.get("LOCATION", "")),
        "alarms": len(event.walk("VALARM")),
        "key": str(event.get("X-FOLLOWUP-KEY", "")),
    }))
sys.exit(failed)
