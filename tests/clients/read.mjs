// The sessions of the calendars named on stdin, as ical.js and as node-ical read them.
import fs from "node:fs";
import ICAL from "ical.js";
import ical from "node-ical";

const [first, last] = process.argv.slice(2, 4).map((word) => new Date(word));
const said = (start, end, status) => [
  start.toISOString().slice(0, 16) + "Z",
  end.toISOString().slice(0, 16) + "Z",
  status,
];
const within = (start, end) => end > first && start < last;

function withIcalJs(text) {
  ICAL.TimezoneService.reset();
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  }
  const all = calendar.getAllSubcomponents("vevent");
  const of = (uid) =>
    all.filter((one) => one.hasProperty("recurrence-id") && one.getFirstPropertyValue("uid") === uid);
  const found = [];
  for (const one of all.filter((one) => !one.hasProperty("recurrence-id"))) {
    const exceptions = of(one.getFirstPropertyValue("uid"));
    const event = new ICAL.Event(one, { strictExceptions: true, exceptions });
    if (!event.isRecurring()) {
      found.push([event.startDate.toJSDate(), event.endDate.toJSDate(), one]);
      continue;
    }
    const steps = event.iterator();
    for (let at = steps.next(); at && at.toJSDate() < last; at = steps.next()) {
      const details = event.getOccurrenceDetails(at);
      found.push([details.startDate.toJSDate(), details.endDate.toJSDate(), details.item.component]);
    }
  }
  return found
    .filter(([start, end]) => within(start, end))
    .map(([start, end, one]) => said(start, end, one.getFirstPropertyValue("status")))
    .sort();
}

function withNodeIcal(text) {
  const events = Object.values(ical.sync.parseICS(text)).filter((one) => one.type === "VEVENT");
  return events
    .flatMap((one) => ical.expandRecurringEvent(one, { from: first, to: last }))
    .filter(({ start, end }) => within(start, end))
    .map(({ start, end, event }) => said(start, end, event.status))
    .sort();
}

const files = JSON.parse(fs.readFileSync(0, "utf8"));
const read = (reader) =>
  Object.fromEntries(files.map((file) => [file, reader(fs.readFileSync(file, "utf8"))]));
process.stdout.write(JSON.stringify({ "ical.js": read(withIcalJs), "node-ical": read(withNodeIcal) }));
