// Reads a feed with ical.js, the parser in Thunderbird, and prints one event a
// line: UID|title|start in Unix seconds|status. Usage: node ical-feed.mjs URL
import ICAL from 'ical.js';

const answer = await fetch(process.argv[2]);
if (answer.status !== 200) throw new Error(`status ${answer.status}`);
const calendar = new ICAL.Component(ICAL.parse(await answer.text()));
for (const zone of calendar.getAllSubcomponents('vtimezone')) {
  ICAL.TimezoneService.register(zone);
}
for (const component of calendar.getAllSubcomponents('vevent')) {
  const event = new ICAL.Event(component);
  const status = component.getFirstPropertyValue('status');
  console.log([event.uid, event.summary, event.startDate.toUnixTime(), status].join('|'));
}
