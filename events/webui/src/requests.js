// What htmx needs beside itself: the CSRF header, focus after a swap, and a way out of failures.
import { awaken, clearBusy, focusErrors } from "./behaviours.js";
import { text } from "./texts.js";
import { toast } from "./toasts.js";

const SAFE = ["GET", "HEAD", "OPTIONS"];

export function start() {
  document.addEventListener("htmx:config:request", addCsrfHeader);
  document.addEventListener("htmx:finally:request", (event) => clearBusy(event.detail.ctx.sourceElement));
  document.addEventListener("htmx:after:swap", (event) => tidyAfterSwap(event.detail.ctx));
  document.addEventListener("htmx:error", (event) => offerRetry(event.detail.ctx));
}

function addCsrfHeader(event) {
  const { request } = event.detail.ctx;
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  const isOurs = new URL(request.action, location.href).origin === location.origin;
  if (token && isOurs && !SAFE.includes(request.method)) request.headers["X-CSRFToken"] = token;
}

// A reader of the screen must not fall back to the top of the page when the focused element goes.
function tidyAfterSwap({ target, sourceElement }) {
  const place = target?.isConnected ? target : document.getElementById(target?.id ?? "") ?? document.body;
  awaken(place);
  if (focusErrors(place)) return;
  if (document.activeElement && document.activeElement !== document.body) return;
  const heir = sourceElement?.isConnected ? sourceElement : place === document.body ? document.getElementById("main") : place;
  if (!heir) return;
  if (!heir.matches("a[href], button, input, select, textarea, [tabindex]")) heir.tabIndex = -1;
  heir.focus({ preventScroll: true });
}

function offerRetry(ctx) {
  if (!ctx) return; // an error outside a request; the console has it
  clearBusy(ctx.sourceElement);
  const again = () => {
    const source = ctx.sourceElement;
    if (source.matches("form")) source.requestSubmit();
    else if (source.matches("a, button")) source.click();
    else location.reload();
  };
  toast(text("failed"), { tone: "bad", action: [text("retry"), again] });
}
