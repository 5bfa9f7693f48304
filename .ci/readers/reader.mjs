// Prints the events of a calendar as ical.js reads them, a line of JSON each.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(process.argv[2], "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(new ICAL.Timezone(zone));
}

// when is a time as it is compared: a date, a local time, or UTC.
function when(time) {
  if (time.isDate || time.zone === ICAL.Timezone.localTimezone) return time.toString();
  return new Date(time.toUnixTime() * 1000).toISOString().replace(".000Z", "Z");
}

for (const part of calendar.getAllSubcomponents("vevent")) {
  const event = new ICAL.Event(part);
  if (part.getFirstProperty("dtstart").getParameter("tzid") && !event.startDate.zone.component) {
    throw new Error(`${event.uid}: its time zone is not in the file`);
  }
  console.log(JSON.stringify({
    uid: event.uid,
    start: when(event.startDate),
    end: when(event.endDate),
    summary: event.summary ?? "",
    description: event.description ?? "",
    location: event.location ?? "",
    alarms: part.getAllSubcomponents("valarm").length,
    key: part.getFirstPropertyValue("x-followup-key") ?? "",
  }));
}
