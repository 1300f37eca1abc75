// Month, week and list on every [data-calendar]; attributes: ../README.md.
import "./calendar.css";
import { Calendar } from "fullcalendar";
import dayGrid from "fullcalendar/daygrid";
import timeGrid from "fullcalendar/timegrid";
import list from "fullcalendar/list";
import forma from "fullcalendar/themes/forma";
import zhCn from "fullcalendar/locales/zh-cn";
import { text } from "./texts.js";
import { toast } from "./toasts.js";
import { week } from "./week.js";

const PHONE = "(max-width: 575.98px)";
const STATES = ["draft", "tentative", "confirmed", "cancelled"];
const MARKS = { draft: "✎ ", tentative: "◌ ", confirmed: "", cancelled: "✕ " };
const TIME_24H = { hour: "2-digit", minute: "2-digit", hour12: false, hourCycle: "h23" };

for (const element of document.querySelectorAll("[data-calendar]")) mount(element);

function mount(element) {
  const { eventsUrl, initialDate, view, timezone } = element.dataset;
  const lang = element.dataset.lang || document.documentElement.lang || "zh-CN";
  const say = (key) => text(key, lang);
  const isChinese = !/^en\b/i.test(lang);
  const onPhone = matchMedia(PHONE).matches;
  const weekView = onPhone ? "phoneWeek" : "timeGridWeek";
  const calendar = new Calendar(element, {
    plugins: [dayGrid, timeGrid, list, forma],
    locales: [zhCn],
    locale: isChinese ? "zh-cn" : "en",
    timeZone: timezone || "local",
    initialView: view === "timeGridWeek" ? weekView : view || (onPhone ? weekView : "dayGridMonth"),
    ...(initialDate ? { initialDate } : {}),
    firstDay: 1,
    height: "auto",
    headerToolbar: { start: "prev,next today", center: "title", end: `dayGridMonth,${weekView},listMonth` },
    buttons: {
      dayGridMonth: { text: say("month") },
      [weekView]: { text: say("week") },
      listMonth: { text: say("list") },
      today: { text: say("today") },
      prev: { hint: (_text, unit) => say("earlier")[unit] },
      next: { hint: (_text, unit) => say("later")[unit] },
    },
    navLinks: false,
    nowIndicator: true,
    dayMaxEvents: 4,
    moreLinkText: (count) => say("more")(count),
    noEventsText: say("none"),
    allDayText: say("allDay"),
    eventTimeFormat: TIME_24H,
    slotHeaderFormat: TIME_24H,
    slotMinTime: "07:00:00",
    slotMaxTime: "22:00:00",
    displayEventEnd: true,
    slotEventOverlap: false,
    columnEventTitleClass: "k-cal-words",
    columnEventInnerClass: "k-cal-column",
    columnMoreLinkClass: "k-cal-aside",
    dayLaneInnerClass: "k-cal-lane",
    rowEventClass: "k-cal-event",
    listItemEventClass: "k-cal-item",
    listItemEventTimeClass: "k-cal-time",
    listItemEventTitleClass: "k-cal-title",
    rowMoreLinkClass: "k-cal-more",
    listDayHeaderInnerClass: "k-cal-day",
    listDayFormat: { month: "short", day: "numeric" },
    listDayAltFormat: { weekday: "short" },
    views: {
      phoneWeek: { duration: { weeks: 1 }, content: week({ say, lang, isChinese, today: () => today(timezone) }) },
      timeGridWeek: { displayEventEnd: false, eventMaxStack: 2, eventShortHeight: 24 },
      dayGridMonth: { displayEventEnd: false, listItemEventClass: "k-cal-item k-cal-cell" },
      listMonth: { displayEventEnd: !onPhone },
    },
    events: { url: eventsUrl, failure: () => toast(say("calendarFailed"), { tone: "bad" }) },
    eventDataTransform: (row) => dress(row, say),
    eventDidMount: (info) => name(info, say),
    viewDidMount: () => requestAnimationFrame(() => letKeysScroll(element, say)),
    datesSet: () => requestAnimationFrame(() => letKeysScroll(element, say)),
  });
  calendar.render();
}

// YYYY-MM-DD, as Swedes write it.
function today(timeZone) {
  return new Intl.DateTimeFormat("sv", { timeZone }).format(new Date());
}

// classNames (a list or one string) may hold occ-<state>; colour and mark follow from it.
function dress({ classNames = [], ...row }, say) {
  const classes = Array.isArray(classNames) ? classNames : classNames.split(" ");
  const state = STATES.find((one) => classes.includes(`occ-${one}`));
  const tone = classes.find((one) => one.startsWith("occ-"))?.slice(4) ?? "plain";
  return {
    ...row,
    title: (MARKS[state] ?? "") + row.title,
    className: classes.join(" "),
    color: `var(--k-occ-${tone}, var(--k-occ-plain))`,
    extendedProps: { ...row.extendedProps, stateWord: state ? say("states")[state] : "" },
  };
}

function name({ el, event }) {
  const { stateWord } = event.extendedProps;
  el.title = stateWord ? `${event.title} (${stateWord})` : event.title;
}

// Scrollable regions must be reachable by keyboard (axe: scrollable-region-focusable).
function letKeysScroll(element, say) {
  for (const box of element.querySelectorAll("div")) {
    const isScroller = /(auto|scroll)/.test(getComputedStyle(box).overflowY + getComputedStyle(box).overflowX);
    if (!isScroller || box.hasAttribute("tabindex")) continue;
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", say("scroller"));
  }
}
