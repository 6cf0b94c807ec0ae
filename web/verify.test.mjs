// Runs the frozen vectors through the second light client: `node --test web/`.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Refusal, readJson, unhex, utf8 } from "./verify-read.js";
import { checkReceipt, verifyConsistency, verifyInclusion } from "./verify.js";

async function vectors(name) {
  return JSON.parse(await readFile(new URL(`../spec/vectors/${name}.json`, import.meta.url)));
}

function edited(text, [, offset, length, insert, , times = 1]) {
  const bytes = Buffer.from(text);
  const inserted = Buffer.from(insert.repeat(times));
  const tail = bytes.subarray(offset + length);
  return new Uint8Array(Buffer.concat([bytes.subarray(0, offset), inserted, tail]));
}

async function verdict(bytes) {
  const { ok, error, proven, steps } = await checkReceipt(bytes);
  assert.equal(ok, error === null);
  assert.equal(ok, proven !== null);
  assert.ok(steps.every((step, at) => step.ok || at === steps.length - 1));
  return ok ? "ok" : error.code;
}

test("every receipt has the verdict that the first light client gives", async () => {
  const { receipts, edits } = await vectors("receipts");
  const counts = {};
  for (const edit of edits) {
    const [receipt, , , , expected] = edit;
    const found = await verdict(edited(receipts[receipt], edit));
    assert.equal(found, expected, `receipt ${JSON.stringify(edit).slice(0, 200)}`);
    counts[found] = (counts[found] ?? 0) + 1;
  }
  assert.ok(edits.length > 4000);
  assert.equal(Object.keys(counts).length, 16, JSON.stringify(counts));
});

test("who checked a receipt before is told as by the first light client", async () => {
  const { receipts, since } = await vectors("receipts");
  for (const [receipt, earlier, expected] of since) {
    const { ok, error, steps } = await checkReceipt(receipts[receipt], { since: receipts[earlier] });
    assert.equal(ok ? "ok" : error.code, expected, `${receipt} after ${earlier}`);
    assert.equal(steps.length, expected === "inclusion" ? 5 : 8);
  }
  assert.ok(since.some(([, , verdict]) => verdict === "since"));
  assert.ok(since.length > 20);
});

test("the log has the heads and paths that were frozen", async () => {
  const { inclusion, consistency } = await vectors("logs");
  for (const [leaf, index, size, path, root, good] of inclusion) {
    const found = await verifyInclusion(leaf, BigInt(index), BigInt(size), path, root);
    assert.equal(found, good, `entry ${index} of ${size}`);
  }
  for (const [old, before, now, after, path, good] of consistency) {
    const found = await verifyConsistency([BigInt(old), before], [BigInt(now), after], path);
    assert.equal(found, good, `${old} to ${now}`);
  }
  assert.ok(inclusion.length > 90 && consistency.length > 90);
});

test("strict JSON accepts and refuses what was frozen", async () => {
  const { accepted, refused, refused_hex } = await vectors("json");
  for (const text of accepted) readJson(utf8(text));
  for (const bytes of [...refused.map(utf8), ...refused_hex.map(unhex)]) {
    const isJson = (problem) => problem instanceof Refusal && problem.code === "json";
    assert.throws(() => readJson(bytes), isJson, Buffer.from(bytes).toString("hex"));
  }
  assert.ok(accepted.length > 20 && refused.length > 60 && refused_hex.length > 10);
});

test("a good receipt says in steps and figures what it proves", async () => {
  const { receipts } = await vectors("receipts");
  const seen = [];
  const { ok, steps, proven } = await checkReceipt(receipts[13], { onStep: (s) => seen.push(s) });
  assert.ok(ok);
  assert.deepEqual(seen, steps);
  const names = ["genesis", "header", "sets", "certificate", "inclusion", "signatures", "state"];
  assert.deepEqual(steps.map(({ name }) => name), names);
  const receipt = JSON.parse(receipts[13]);
  assert.equal(proven.network, receipt.network);
  assert.equal(proven.name, "湖北 relief");
  assert.deepEqual([proven.height, proven.time_ms], [41, 1580000002000]);
  assert.equal(proven.index, receipt.index);
  assert.deepEqual([proven.validatorsSigned, proven.committeeSize, proven.logSize], [4, 4, 7]);
  assert.deepEqual([proven.setNumber, proven.validators.length], [1, 4]);
  assert.equal(proven.payload.act["record.post"].body.text, "第 13 号：口罩 7 箱");
  assert.equal(proven.payloadText, Buffer.from(receipt.operation.payload, "base64").toString());
  assert.deepEqual(proven.signers, receipt.operation.signatures.map(({ keyid }) => keyid));
  assert.deepEqual(proven.state, [{ key: "record/没有", value: null }]);
});

test("figures beyond 2^53 are not rounded, and a payload need not be JSON", async () => {
  const { receipts } = await vectors("receipts");
  const all = await Promise.all(receipts.map((text) => checkReceipt(text)));
  const proven = all.filter(({ ok }) => ok).map(({ proven }) => proven);
  assert.ok(proven.some(({ height, time_ms }) => height === 2n ** 64n - 1n && time_ms < height));
  assert.ok(proven.some(({ logSize }) => logSize === 2n ** 53n + 1n));
  assert.ok(proven.some(({ payload, payloadText }) => payload === null && payloadText === null));
  assert.ok(proven.some(({ payload, payloadText }) => payload === null && payloadText !== null));
});

test("a browser without Ed25519 says so and does not cry forgery", async (context) => {
  const { receipts } = await vectors("receipts");
  const missing = new DOMException("unknown algorithm", "NotSupportedError");
  context.mock.method(crypto.subtle, "importKey", () => Promise.reject(missing));
  const { error } = await checkReceipt(receipts[0]);
  assert.equal(error.code, "unsupported");
});
