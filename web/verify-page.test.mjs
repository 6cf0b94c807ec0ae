// The page part, with as little of a browser around it as it asks for.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { enhance } from "./verify-page.js";

class Element extends EventTarget {
  constructor(attributes = {}, parts = {}) {
    super();
    Object.assign(this, { attributes, parts, children: [], value: "", hidden: true });
  }

  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  querySelector(selector) {
    return this.parts[selector.slice("[data-verify-".length, -1)] ?? null;
  }

  append(child) {
    this.children.push(child);
  }

  replaceChildren(...children) {
    this.children = children;
  }
}
globalThis.document = { createElement: () => new Element() };

const { receipts } = JSON.parse(
  await readFile(new URL("../spec/vectors/receipts.json", import.meta.url)),
);
const [good] = receipts;
const spoilt = good.replace('"index":0', '"index":1');
const { network } = JSON.parse(good);

function page(attributes = {}) {
  const [run, file, text, out] = [1, 2, 3, 4].map(() => new Element());
  const section = new Element(attributes, { run, file, text, out });
  enhance(section);
  return { run, file, text, out };
}

/** The texts of the steps and the last sentence, once the check has ended. */
async function shown(out) {
  for (let turn = 0; turn < 500; turn += 1) {
    const [first, last] = out.children;
    if (last) return [...first.children.map((item) => item.textContent), last.textContent];
    if (first?.className === "verify-bad") return [first.textContent];
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return assert.fail("the check does not end");
}

async function pasted(receipt, attributes) {
  const { run, text, out } = page(attributes);
  text.value = receipt;
  run.dispatchEvent(new Event("click"));
  return shown(out);
}

test("a pasted receipt is checked step by step", async () => {
  const lines = await pasted(good);
  assert.equal(lines.length, 8);
  assert.ok(lines.slice(0, 7).every((line) => line.endsWith(": ok")), lines.join("\n"));
  assert.match(lines[7], /^This receipt is good: operation [0-9a-f]{64} stands at place 0 /);
});

test("the step that fails says why, in the reader's language", async () => {
  const words = { "data-failed": "失败", "data-error-inclusion": "不在此位置" };
  const lines = await pasted(spoilt, { ...words, "data-bad": "无效：{reason}。" });
  assert.equal(lines.length, 6);
  assert.match(lines[4], /: 失败: 不在此位置$/);
  assert.equal(lines[5], "无效：不在此位置。");
});

test("a receipt of another book is not taken for one of this book", async () => {
  const [other, same] = await Promise.all([
    pasted(good, { "data-network": "00".repeat(32) }),
    pasted(good, { "data-network": network }),
  ]);
  assert.match(other.at(-1), /but for another book/);
  assert.match(same.at(-1), /^This receipt is good: operation/);
});

test("a chosen file is checked at once and replaces a pasted text", async () => {
  const { file, text, out } = page();
  text.value = spoilt;
  file.files = [new Blob([good])];
  file.dispatchEvent(new Event("change"));
  assert.equal(text.value, "");
  assert.match((await shown(out)).at(-1), /^This receipt is good/);
});

test("a receipt is fetched from the address, or the page says that it could not be", async (t) => {
  const answers = [new Response(good), new Response("", { status: 404 })];
  const asked = t.mock.method(globalThis, "fetch", async () => answers.shift());
  const { run, out } = page({ "data-receipt-url": "/receipt/1" });
  assert.equal(run.hidden, false);
  run.dispatchEvent(new Event("click"));
  assert.match((await shown(out)).at(-1), /^This receipt is good/);
  out.replaceChildren();
  run.dispatchEvent(new Event("click"));
  assert.deepEqual(await shown(out), ["The receipt could not be loaded."]);
  assert.deepEqual(asked.mock.calls[0].arguments, ["/receipt/1"]);
});
