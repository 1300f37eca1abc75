// Small behaviours, each bound to one data attribute by delegation, so content that htmx brings
// later works without a further step. The list of attributes is in ../README.md.
import { text } from "./texts.js";
import { dismiss, startTimers, toast } from "./toasts.js";

const IN_WECHAT = /MicroMessenger/i.test(navigator.userAgent);
const YEAR_S = 31_536_000;

export function start() {
  document.addEventListener("submit", refuseSecondSubmit, true);
  document.addEventListener("submit", markBusy);
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("input", completeLastWord);
  window.addEventListener("pageshow", (event) => event.persisted && clearBusy(document));
  window.addEventListener("offline", () => toast(text("offline"), { tone: "wait" }));
  window.addEventListener("online", () => toast(text("online"), { tone: "ok" }));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", followSystem);
  showTheme();
  awaken(document);
  focusErrors(document);
}

/** What new content needs: timers. */
export function awaken(root) {
  startTimers(root);
}

/** Focus the summary of errors or whatever asks for it in `root`; true when something did. */
export function focusErrors(root) {
  const element = root.querySelector("[data-error-summary], [data-focus]");
  if (!element) return false;
  if (!element.matches("a, button, input, select, textarea, [tabindex]")) element.tabIndex = -1;
  element.focus();
  return true;
}

// -- several words in one field: its <datalist> completes the one that is being typed ------------

function completeLastWord(event) {
  const field = event.target;
  if (!field.matches?.("[data-words]")) return;
  const before = field.value.match(/^.*[、，；,;]\s*/)?.[0] ?? "";
  for (const option of field.list?.options ?? []) {
    option.dataset.word ??= option.value;
    option.value = before + option.dataset.word;
  }
}

// -- submit buttons: busy until the next page, never pressed twice ------------------------------

function refuseSecondSubmit(event) {
  if (!("busy" in event.target.dataset)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function markBusy(event) {
  const form = event.target;
  const isElsewhere = form.getAttribute("target") === "_blank" || "noBusy" in form.dataset;
  const isStopped = event.defaultPrevented && !form.hasAttribute("data-htmx-powered"); // htmx stops all
  if (isElsewhere || isStopped || !changesSomething(form)) return;
  form.dataset.busy = "";
  const pressed = event.submitter ?? form.querySelector("[type=submit]");
  pressed?.setAttribute("aria-busy", "true"); // not `disabled`: its name and value must be sent
}

// A search may be sent again while it runs; it does no harm.
function changesSomething(form) {
  const method = form.getAttribute("method") ?? "get";
  return /^post$/i.test(method) || form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]");
}

/** Make the forms in `root` (and `root` itself) usable again. */
export function clearBusy(root) {
  const forms = [...root.querySelectorAll("[data-busy]")];
  if (root.matches?.("[data-busy]")) forms.push(root);
  for (const form of forms) {
    delete form.dataset.busy;
    for (const pressed of form.querySelectorAll("[aria-busy=true]")) pressed.removeAttribute("aria-busy");
    const id = form.getAttribute("id");
    if (!id) continue;
    for (const pressed of document.querySelectorAll(`[form="${CSS.escape(id)}"]`)) pressed.removeAttribute("aria-busy");
  }
}

// -- clicks -------------------------------------------------------------------------------------

function onClick(event) {
  const on = (selector) => event.target.closest?.(selector);
  let element;
  if ((element = on("[data-dismiss]"))) {
    const holder = element.closest("[data-dismissible]");
    if (holder) dismiss(holder);
  } else if ((element = on("[data-copy], [data-copy-from]"))) {
    copy(element);
  } else if ((element = on("[data-theme-set]"))) {
    chooseTheme(element.dataset.themeSet);
  } else if (on("[data-theme-toggle]")) {
    chooseTheme(document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark");
  } else if ((element = on("[data-opens]"))) {
    event.preventDefault();
    document.querySelector(element.dataset.opens)?.showModal();
  } else if (on("[data-print]")) {
    window.print();
  } else if (IN_WECHAT && on("[data-needs-browser]")) {
    helpOutOfWechat(event);
  }
}

function onChange(event) {
  const field = event.target;
  if (field.matches?.("[data-autosubmit]")) field.form?.requestSubmit();
}

// WeChat's browser opens neither webcal: nor .ics; a dialog says how to reach a real browser.
function helpOutOfWechat(event) {
  const dialog = document.querySelector("dialog[data-wechat-help]");
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
}

// -- copying ------------------------------------------------------------------------------------

async function copy(element) {
  const source = element.dataset.copyFrom && document.querySelector(element.dataset.copyFrom);
  const value = element.dataset.copy || source?.value || source?.textContent.trim() || "";
  const done = (await copyByClipboard(value)) || copyBySelection(value);
  toast(text(done ? "copied" : "copyFailed"), { tone: done ? "ok" : "wait" });
  element.focus();
}

async function copyByClipboard(value) {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    return false; // plain http, or a browser inside an app
  }
}

function copyBySelection(value) {
  const field = document.createElement("textarea");
  field.value = value;
  field.className = "visually-hidden";
  field.readOnly = true;
  document.body.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } finally {
    field.remove();
  }
}

// -- theme --------------------------------------------------------------------------------------

function chooseTheme(choice) {
  const age = choice === "auto" ? 0 : YEAR_S;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${choice}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
  applyTheme(choice === "auto" ? systemTheme() : choice);
}

function followSystem() {
  if (!chosenTheme()) applyTheme(systemTheme());
}

function applyTheme(theme) {
  document.documentElement.dataset.bsTheme = theme;
  document.documentElement.dataset.colorScheme = theme;
  showTheme();
}

function showTheme() {
  const choice = chosenTheme() ?? "auto";
  for (const element of document.querySelectorAll("[data-theme-set]")) {
    element.setAttribute("aria-pressed", String(element.dataset.themeSet === choice));
  }
  for (const element of document.querySelectorAll("[data-theme-toggle]")) {
    element.setAttribute("aria-pressed", String(document.documentElement.dataset.bsTheme === "dark"));
  }
}

const chosenTheme = () => /(?:^|;\s*)theme=(light|dark)\b/.exec(document.cookie)?.[1];
const systemTheme = () => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
