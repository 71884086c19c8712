// Forms marked data-outbox="<person>": each press gets a key of its own and is sent at once; while there is no network it
// stays in this browser and is sent when there is one again. The server keeps a key once, so that sending twice is harmless.
// Only an answer in JSON is final: a sign-in page or a broken proxy is not. Another person's marks are never sent.
import { say } from "./messages.js";

const NAME = "zhibu-outbox";
const EVERY = 5000;
let sending = false;
let timer;

function kept() {
  try {
    return JSON.parse(localStorage.getItem(NAME)) ?? [];
  } catch {
    return [];
  }
}
const keep = (list) => (list.length ? localStorage.setItem(NAME, JSON.stringify(list)) : localStorage.removeItem(NAME));
const forms = () => [...document.querySelectorAll("form[data-outbox]")];
const mine = () => kept().filter((item) => forms().some((form) => form.dataset.outbox === item.who));

// crypto.randomUUID exists only on https; a campus may begin without.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// The page's own stopwatch, whatever happens to the clock; only after a reload the time of day must serve.
const life = performance.timeOrigin;
const age = (item) => Math.max(0, Math.round((performance.now() - item.at + (life - item.life)) / 1000));

function shown() {
  for (const row of document.querySelectorAll("[data-outbox-kept]")) delete row.dataset.outboxKept;
  for (const item of mine()) {
    const row = item.row && document.querySelector(`[data-outbox-row="${item.row}"]`);
    if (row) row.dataset.outboxKept = item.label;
  }
}

async function send(item) {
  const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
  const body = new URLSearchParams(item.body);
  body.set("age", age(item));
  const answer = await fetch(item.url, {
    method: "POST", body, credentials: "same-origin", redirect: "manual",
    headers: { "X-CSRFToken": token, Accept: "application/json" },
  });
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) return null;
  return { ok: answer.ok, ...(await answer.json()) };
}

async function flush() {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  let sent = 0;
  let last = null;
  try {
    for (const item of mine()) {
      const answer = await send(item);
      if (!answer) break;
      keep(kept().filter((other) => other.key !== item.key));
      sent += 1;
      last = answer;
    }
  } catch { /* no network: the rest waits */ }
  sending = false;
  const left = mine().length;
  shown();
  for (const form of forms()) form.removeAttribute("aria-busy");
  if (left) {
    say(`网络不通，${left} 条登记已记在本机，连上后自动送出，请不要关闭本页。`);
    timer = setTimeout(flush, EVERY);
  } else if (last) say(last.said, last.ok ? "success" : "warning");
  if (!sent) return;
  document.body.dispatchEvent(new CustomEvent("outbox-sent"));
  // The scanned code is used up: the page is shown again without it.
  if (last.ok && document.querySelector("form[data-outbox-reload]") && !left) location.replace(location.pathname);
}

function add(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const key = newKey();
  body.set("key", key);
  body.delete("csrfmiddlewaretoken");
  const row = button?.closest("[data-outbox-row]")?.dataset.outboxRow ?? "";
  const item = { url: form.action, body: String(body), key, who: form.dataset.outbox, row, label: button?.textContent.trim() ?? "", at: performance.now(), life };
  // A second press about the same person replaces the first one while both wait.
  keep([...kept().filter((other) => !row || other.row !== row || other.url !== item.url || other.who !== item.who), item]);
  shown();
  flush();
}

export function outbox(htmx) {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-outbox]")) return;
    event.preventDefault();
    if (form.reportValidity()) add(form, event.submitter);
  }, true);
  window.addEventListener("online", flush);
  htmx.onLoad(() => {
    shown();
    const scanned = document.querySelector("form[data-outbox-now]");
    if (scanned) {
      delete scanned.dataset.outboxNow;
      add(scanned, scanned.querySelector("button"));
    } else if (mine().length && !timer) flush();
  });
}
