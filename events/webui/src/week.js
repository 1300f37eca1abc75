// A week on a phone: a strip of its days, and under it what the chosen day holds, in order of time.
import { sliceEvents } from "fullcalendar";

const DAY_MS = 86_400_000;
const PANEL = "k-week-day";

/** The content of a FullCalendar view; `today()` is YYYY-MM-DD, in the calendar's zone. */
export function week({ say, lang, isChinese, today }) {
  let chosen = null;

  return (props) => {
    const days = daysOf(props);
    const panel = make("section", { id: PANEL, class: PANEL });
    const tabs = days.map((day) => {
      const tab = tabOf(day);
      tab.addEventListener("click", () => show((chosen = day.key)));
      return tab;
    });

    function show(key) {
      days.forEach((day, nth) => tabs[nth].setAttribute("aria-pressed", day.key === key));
      const day = days.find((one) => one.key === key);
      const entries = day.held.map((span) => make("li", {}, entryOf(span, day.date)));
      panel.replaceChildren(
        make("h3", { "aria-live": "polite" }, ...words(day).map((text) => make("span", {}, text))),
        entries.length ? make("ul", {}, ...entries) : make("p", {}, say("none")),
      );
    }

    const busy = days.find(({ held }) => held.length)?.key;
    show([chosen, today(), busy].find((key) => days.some((day) => day.key === key)) ?? days[0].key);
    return { domNodes: [make("div", { class: "k-week-strip", role: "group", "aria-label": say("days") }, ...tabs), panel] };
  };

  function tabOf(day) {
    const named = { type: "button", class: "k-week-tab", "aria-label": words(day).join(" · "), "aria-controls": PANEL };
    return make(
      "button",
      day.key === today() ? { ...named, "aria-current": "date" } : named,
      make("span", {}, written(day.date, { weekday: isChinese ? "narrow" : "short" })),
      make("b", {}, day.date.getUTCDate()),
      make("small", {}, day.sessions || ""),
    );
  }

  function words({ date, sessions }) {
    const day = written(date, { month: "long", day: "numeric", weekday: "long" });
    return sessions ? [day, say("sessions")(sessions)] : [day];
  }

  function written(date, parts) {
    return new Intl.DateTimeFormat(lang, { timeZone: "UTC", ...parts }).format(date);
  }

  function entryOf({ def, ui, instance }, date) {
    const { stateWord } = def.extendedProps;
    const title = stateWord ? `${def.title} (${stateWord})` : def.title;
    const [time, until] = hours(def, instance.range, date);
    const entry = make(
      def.url ? "a" : "div",
      { class: `k-week-entry ${ui.className}`, title, ...(def.url ? { href: def.url } : {}) },
      make("span", { class: "k-week-time" }, make("b", {}, time || say("allDay")), make("small", {}, until)),
      make("span", {}, def.title),
    );
    entry.style.setProperty("--k-week-tone", ui.color);
    return entry;
  }
}

// The calendar's own moments are wall times, kept as UTC.
function daysOf(props) {
  const { start, end } = props.dateProfile.currentRange;
  const spans = sliceEvents(props, true).sort(byTime);
  return Array.from({ length: (end - start) / DAY_MS }, (_, nth) => {
    const date = new Date(start.getTime() + nth * DAY_MS);
    const held = spans.filter(({ range }) => range.start <= date && date < range.end);
    const sessions = held.filter(({ def }) => def.extendedProps.stateWord).length;
    return { date, key: date.toISOString().slice(0, 10), held, sessions };
  });
}

function byTime(one, other) {
  return (
    other.def.allDay - one.def.allDay ||
    one.instance.range.start - other.instance.range.start ||
    one.def.title.localeCompare(other.def.title)
  );
}

// When it begins and ends on that day; "" where it goes on from the day before, or to the next.
function hours({ allDay, hasEnd }, { start, end }, date) {
  const begins = !allDay && start >= date;
  const ends = !allDay && hasEnd && end - date <= DAY_MS;
  const until = ends ? `– ${clock(end)}` : "";
  return begins ? [clock(start), until] : [until, ""];
}

function clock(moment) {
  return moment.toISOString().slice(11, 16);
}

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
