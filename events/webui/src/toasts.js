// Messages that leave by themselves. The region is `.k-toasts`, made when the page has none.
import { text } from "./texts.js";

/** Show `message`; with `action` = [label, function] it carries a button and stays until used. */
export function toast(message, { tone = "info", action = null } = {}) {
  const element = document.createElement("div");
  element.className = `k-toast k-toast-${tone}`;
  element.setAttribute("role", tone === "bad" ? "alert" : "status");
  element.dataset.dismissible = "";
  element.append(paragraph(message));
  if (action) element.append(button(action[0], "btn btn-sm", () => (element.remove(), action[1]())));
  element.append(closer());
  region().append(element);
  if (!action) expire(element, 6000);
  return element;
}

/** Start the clocks of server-made messages in `root`: [data-timeout] in seconds. */
export function startTimers(root) {
  for (const element of root.querySelectorAll("[data-timeout]:not([data-timed])")) {
    element.dataset.timed = "";
    element.style.setProperty("--k-timeout", `${element.dataset.timeout}s`);
    expire(element, Number(element.dataset.timeout) * 1000);
  }
}

export function dismiss(element) {
  const next = element.contains(document.activeElement);
  element.remove();
  if (next) document.getElementById("main")?.focus({ preventScroll: true });
}

// The clock stands still while the pointer or the focus is on the message (WCAG 2.2.1).
function expire(element, milliseconds) {
  let left = milliseconds;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (!element.isConnected) return clearInterval(timer);
    if (!element.matches(":hover, :focus-within") && !document.hidden) left -= now - last;
    last = now;
    if (left > 0) return;
    clearInterval(timer);
    dismiss(element);
  }, 200);
}

function region() {
  const found = document.querySelector(".k-toasts");
  if (found) return found;
  const made = document.createElement("div");
  made.className = "k-toasts";
  document.body.append(made);
  return made;
}

function paragraph(message) {
  const element = document.createElement("p");
  element.textContent = message;
  return element;
}

function button(label, className, onClick) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.textContent = label;
  element.addEventListener("click", onClick);
  return element;
}

function closer() {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "btn-close";
  element.dataset.dismiss = "";
  element.setAttribute("aria-label", text("close"));
  return element;
}
