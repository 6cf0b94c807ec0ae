/**
 * Live pages: adds new entries as they come. Nothing here is needed to read a page.
 *
 * The server sends finished HTML over `/{lang}/stream`: `entry` (id: its place in the log),
 * `strip` (where the ledger stands) and `gap` (too much was missed: reload). The browser
 * remembers the last id by itself, and names it when it connects again.
 */

const MARKED_MS = 2500;
const RETRY_MS = 5000;

const part = (name) => document.querySelector(`[data-live=${name}]`);
const url = document.body.dataset.stream;
const list = part("entries");
const status = part("status");
const pause = part("pause");

let source = null;
let seen = null;
let paused = false;

const say = (name) => {
  status.textContent = status.dataset[name] ?? "";
};

function add(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const entry = holder.content.firstElementChild;
  const { index } = entry.dataset;
  if (list.querySelector(`[data-index="${index}"]`)) return;
  entry.classList.add("new");
  setTimeout(() => entry.classList.remove("new"), MARKED_MS);
  list.prepend(entry);
  const spare = [...list.children].slice(Number(list.dataset.most));
  // What the reader is just using stays until he leaves it.
  for (const old of spare) if (!old.contains(document.activeElement)) old.remove();
  say("new");
}

function outdated() {
  part("reload").hidden = false;
}

function address() {
  const full = new URL(url, location.href);
  if (seen !== null) full.searchParams.set("after", seen);
  return full;
}

function open() {
  if (source || paused || document.hidden) return;
  source = new EventSource(address());
  source.addEventListener("entry", ({ data, lastEventId }) => {
    seen = lastEventId;
    if (list) add(data);
    else outdated();
  });
  source.addEventListener("strip", ({ data }) => {
    part("strip").innerHTML = data;
    if (list) outdated();
  });
  source.addEventListener("gap", ({ lastEventId }) => {
    seen = lastEventId || seen;
    say("gap");
    outdated();
  });
  source.addEventListener("error", () => {
    // A browser gives up for good when the server refuses once, as when it starts again.
    if (source?.readyState !== EventSource.CLOSED) return;
    close();
    setTimeout(open, RETRY_MS);
  });
}

function close() {
  source?.close();
  source = null;
}

function toggle() {
  paused = !paused;
  part("light").hidden = paused;
  [pause.textContent, pause.dataset.resume] = [pause.dataset.resume, pause.textContent];
  if (paused) close();
  else open();
  status.textContent = paused ? status.dataset.paused : "";
}

if (url) {
  part("controls").hidden = false;
  pause.addEventListener("click", toggle);
  // A hidden page would hold one of the few connections a browser has for a site.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
}
