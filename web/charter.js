/**
 * Looks at a charter while it is written: faults with line and column, or the verdict.
 *
 * The page works without this script; its button sends the text and answers with a page. Here the
 * text goes to the node's own check a moment after the last key, and what that page would show is
 * fetched in its place: one text, one renderer. The markup it looks for:
 *
 *   <form data-charter data-check="/v1/charters/check" data-good data-working data-failed
 *         data-place="Line {line}, character {column}"> with <textarea name="text">
 *   <p data-charter-now role="status">, <div data-charter-found>
 */

/** Milliseconds after the last key. */
const PAUSE_MS = 600;
/** Milliseconds after which a verdict that is still worked out is asked for again. */
const AGAIN_MS = 1500;
/** How often that is done. */
const TIMES = 8;

const form = document.querySelector("form[data-charter]");
if (form) begin(form);

function begin(form) {
  const text = form.querySelector("textarea");
  const now = document.querySelector("[data-charter-now]");
  const found = document.querySelector("[data-charter-found]");
  let timer = 0;
  let turn = 0;

  async function check(mine, times) {
    const body = JSON.stringify({ text: text.value });
    const headers = { "content-type": "application/json" };
    try {
      const answer = await fetch(form.dataset.check, { method: "POST", headers, body });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      if (mine !== turn) return;
      now.textContent = words(form, told);
      mark(text, told.faults[0]);
      await show(mine);
      if (told.is_working && times > 0) {
        timer = setTimeout(() => check(mine, times - 1), AGAIN_MS);
      }
    } catch {
      if (mine === turn) now.textContent = form.dataset.failed;
    }
  }

  async function show(mine) {
    const body = new URLSearchParams({ text: text.value });
    const answer = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-charter-found]");
    if (fresh && mine === turn) found.replaceChildren(...fresh.childNodes);
  }

  function soon() {
    clearTimeout(timer);
    turn += 1;
    const mine = turn;
    timer = setTimeout(() => check(mine, TIMES), PAUSE_MS);
  }

  text.addEventListener("input", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    turn += 1;
    check(turn, TIMES);
  });
  soon();
}

/** One line for those who cannot see the marks. */
function words(form, told) {
  const fault = told.faults[0];
  if (!fault) return told.is_working ? form.dataset.working : form.dataset.good;
  const place = form.dataset.place.replace("{line}", fault.line).replace("{column}", fault.column);
  return `${place}: ${fault.reason}`;
}

/** Says to the reader's device that the text is wrong, without moving his cursor. */
function mark(text, fault) {
  if (fault) text.setAttribute("aria-invalid", "true");
  else text.removeAttribute("aria-invalid");
}
