/**
 * Lets a page check receipts in the reader's own browser, with verify.js.
 *
 * Without this script the page still links to the receipt file. The markup it looks for:
 *
 *   <section data-verify data-receipt-url="/..." data-network="the id this page knows">
 *     <button data-verify-run>, <input type="file" data-verify-file>,
 *     <textarea data-verify-text>, <div data-verify-out role="status">
 *   </section>
 *
 * All but the button and the output may be left out. Whatever was given last is checked: a file,
 * a pasted text, else the receipt at the address. Every sentence of WORDS can be replaced by an
 * attribute of the section (`data-ok="..."`), and the reason of a refusal by `data-error-CODE`.
 */

import { checkReceipt } from "./verify.js";

const WORDS = {
  "step-genesis": "The network is the one the receipt names",
  "step-header": "The block belongs to this network",
  "step-sets": "Each change of the institutions was decided by those before",
  "step-certificate": "Enough institutions signed the block",
  "step-inclusion": "The operation stands in the log at this place",
  "step-signatures": "The signatures on the operation are valid",
  "step-state": "The state entries are those of the block",
  ok: "ok",
  failed: "failed",
  running: "Checking…",
  unreachable: "The receipt could not be loaded.",
  good:
    "This receipt is good: operation {operation} stands at place {index} of the book {network}, " +
    "and {signed} of {committee} institutions (set {set} since the first page) signed for it.",
  bad: "This receipt proves nothing: {reason}.",
  "other-network": "This receipt is good, but for another book than this one: {network}.",
};

/** More than a receipt may have: enough to see that a file is too long without reading it all. */
const MOST_BYTES = (1 << 20) + 1;

const words = (section, name) => section.getAttribute(`data-${name}`) ?? WORDS[name];

const fill = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

function line(tag, kind, text) {
  const element = document.createElement(tag);
  element.className = `verify-${kind}`;
  element.textContent = text;
  return element;
}

function reason(section, { code, message }) {
  return section.getAttribute(`data-error-${code}`) ?? message;
}

/** The steps taken, the last of which may have failed. */
function list(section, { steps, error }) {
  const whole = document.createElement("ol");
  for (const { name, ok } of steps) {
    const result = words(section, ok ? "ok" : "failed");
    const why = ok ? "" : `: ${reason(section, error)}`;
    const text = `${words(section, `step-${name}`)}: ${result}${why}`;
    whole.append(line("li", ok ? "ok" : "failed", text));
  }
  return whole;
}

/** The last sentence, after its kind: what is shown, or why nothing is. */
function verdict(section, { error, proven }) {
  if (error) return ["bad", fill(words(section, "bad"), { reason: reason(section, error) })];
  const { network, operation, index, setNumber: set } = proven;
  const { validatorsSigned: signed, committeeSize: committee } = proven;
  const known = section.getAttribute("data-network");
  const name = known && known !== network ? "other-network" : "good";
  const values = { network, operation, index, signed, committee, set };
  return [name, fill(words(section, name), values)];
}

async function given(section, file, text) {
  const [chosen] = file?.files ?? [];
  if (chosen) return new Uint8Array(await chosen.slice(0, MOST_BYTES).arrayBuffer());
  if (text?.value.trim()) return text.value;
  const url = section.getAttribute("data-receipt-url");
  // An empty address would fetch the page itself.
  const answer = url ? await fetch(url) : Response.error();
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** @param {Element} section as in the head of this file */
export function enhance(section) {
  const [button, file, text, out] = ["run", "file", "text", "out"].map((part) =>
    section.querySelector(`[data-verify-${part}]`),
  );
  let runs = 0;

  async function run() {
    runs += 1;
    const mine = runs;
    // A newer run owns the output; what an older one still finds is of no interest.
    const current = () => mine === runs;
    out.replaceChildren(line("p", "running", words(section, "running")));
    const input = await given(section, file, text).catch(() => null);
    if (!current()) return;
    if (input === null) {
      out.replaceChildren(line("p", "bad", words(section, "unreachable")));
      return;
    }
    const answer = await checkReceipt(input);
    if (!current()) return;
    out.replaceChildren(list(section, answer), line("p", ...verdict(section, answer)));
  }

  file?.addEventListener("change", () => {
    if (text) text.value = "";
    run();
  });
  text?.addEventListener("input", () => {
    if (file) file.value = "";
  });
  button.addEventListener("click", run);
  button.hidden = false;
}

for (const section of globalThis.document?.querySelectorAll("[data-verify]") ?? []) {
  enhance(section);
}
