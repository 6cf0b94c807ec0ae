/**
 * The second light client: checks a Commonweal receipt in a browser or in Node, trusting nobody.
 *
 * It shares no code with the Rust verifier and gives the same verdict for the same bytes: the
 * vectors in spec/vectors hold both to that. The rules stand in spec/proofs.md; the steps are:
 * 1. genesis      the genesis text hashes to the network id and names the first validators
 * 2. header       the block header names that network, and its hash is what the certificate signs
 * 3. sets         each change of the validators was decided by those before it
 * 4. certificate  a quorum of the validators in force at the block signed it
 * 5. inclusion    the operation leads by its path to the header's log root
 * 6. signatures   every signature on the operation is valid over the exact text
 * 7. state        each state entry, if any, leads by its path to the header's state root
 *
 * With an earlier receipt at hand there is one step more:
 * 8. since        both receipts tell one history, as far as both reach
 *
 * WebCrypto refuses a few odd Ed25519 signatures (small-order or torsion components) that ZIP-215
 * and so the Rust verifier accepts: such a receipt, which only a misbehaving signer can make, is
 * refused here and good there, never the reverse; another certificate of the block may cure it.
 */

import { PAYLOAD_TYPE, Refusal, base64, demand, fromUtf8, hex, unbase64 } from "./verify-read.js";
import { isCommittee, readCertificate, readEnvelope, readGenesis } from "./verify-read.js";
import { readHeader, readJson, readReceipt, unhex, utf8 } from "./verify-read.js";

// Hashes.

function concat(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

async function sha256(...parts) {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", concat(parts))));
}

const LEAF = Uint8Array.of(0);
const nodeHash = (left, right) => sha256(Uint8Array.of(1), unhex(left), unhex(right));

// The log, as RFC 6962 section 2.1 defines it: from the root down, then back up along the path.

const LOG_PATH = 64;

/** The largest power of two below `size`. */
const split = (size) => 1n << BigInt((size - 1n).toString(2).length - 1);

/**
 * Whether `path` leads from `leaf` at `index` to the head of the tree of `size` entries.
 * @param {string} leaf hash @param {bigint} index @param {bigint} size
 * @param {string[]} path from the leaf up @param {string} root
 */
export async function verifyInclusion(leaf, index, size, path, root) {
  if (index >= size || path.length > LOG_PATH) return false;
  const turnsRight = [];
  for (let [place, width] = [index, size]; width > 1n; ) {
    const middle = split(width);
    turnsRight.push(place >= middle);
    [place, width] = place >= middle ? [place - middle, width - middle] : [place, middle];
  }
  if (path.length !== turnsRight.length) return false;
  let top = leaf;
  for (const side of path) {
    top = await (turnsRight.pop() ? nodeHash(side, top) : nodeHash(top, side));
  }
  return top === root;
}

/**
 * Whether the tree (`size`, `root`) continues the tree (`oldSize`, `oldRoot`).
 * @param {[bigint, string]} old @param {[bigint, string]} now @param {string[]} path
 */
export async function verifyConsistency([oldSize, oldRoot], [size, root], path) {
  if (oldSize > size || path.length > LOG_PATH) return false;
  if (oldSize === 0n) return path.length === 0;
  const [turnsRight, sides] = [[], [...path]];
  let [old, width] = [oldSize, size];
  while (old !== width) {
    const middle = split(width);
    turnsRight.push(old > middle);
    [old, width] = old > middle ? [old - middle, width - middle] : [old, middle];
  }
  // A complete left subtree is the whole old tree: its head is known and not in the path.
  let before = turnsRight.includes(true) ? sides.shift() : oldRoot;
  let after = before;
  if (sides.length !== turnsRight.length) return false;
  for (const side of sides) {
    const right = turnsRight.pop();
    if (right) before = await nodeHash(side, before);
    after = await (right ? nodeHash(side, after) : nodeHash(after, side));
  }
  return before === oldRoot && after === root;
}

// The state map.

const STATE_PATH = 256;

/** Whether the map with this root holds `value` at `key`; `null` claims that there is none. */
async function verifyState(root, { key, value, proof: { other, path } }) {
  const position = await sha256(utf8(key));
  if (value === null && other === null) return path.length === 0 && root === (await sha256());
  if (value !== null && other !== null) return false;
  if (other?.position === position || path.length > STATE_PATH) return false;
  if (path.some(({ bit }, at) => at > 0 && path[at - 1].bit >= bit)) return false;
  const found = other ?? { position, value: await sha256(utf8(value)) };
  let top = await sha256(LEAF, unhex(found.position), unhex(found.value));
  const bits = unhex(position);
  for (const { bit, side } of [...path].reverse()) {
    const right = (bits[bit >> 3] >> (7 - (bit & 7))) & 1;
    const sides = right ? [side, top] : [top, side];
    top = await sha256(Uint8Array.of(1, bit), ...sides.map(unhex));
  }
  return top === root;
}

// Signatures.

const importKey = (key) =>
  crypto.subtle.importKey("raw", unhex(key), "Ed25519", false, ["verify"]);

/** An old browser must not look like a forged receipt, so the curve's base point is tried. */
async function needEd25519() {
  try {
    await importKey("58" + "66".repeat(31));
  } catch {
    throw new Refusal("unsupported", "Ed25519 signatures cannot be checked here");
  }
}

async function isSigned(key, message, signature) {
  try {
    return await crypto.subtle.verify("Ed25519", await importKey(key), signature, message);
  } catch {
    // The 32 bytes are no key.
    return false;
  }
}

function varint(value) {
  const bytes = [];
  for (; value >= 0x80n; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(value)]);
}

function certificateMessage(network, { epoch, view, parentView, digest }) {
  const name = concat([utf8("WEAL"), unhex(network), utf8("_FINALIZE")]);
  const numbers = [epoch, view, parentView].map(varint);
  return concat([varint(BigInt(name.length)), name, ...numbers, unhex(digest)]);
}

/** What the log holds: one form, whatever order and white space the file has. */
function canonicalEnvelope({ payload, signatures }) {
  const list = signatures.map(({ key, signature }) => ({ keyid: key, sig: base64(signature) }));
  const wire = { payload: base64(payload), payloadType: PAYLOAD_TYPE, signatures: list };
  return utf8(JSON.stringify(wire));
}

// Epochs and committees. A committee is a sorted list of keys; a chain is a list of
// { from, committee }: the first epoch of each, the first of them that of the genesis text.

const epochOf = (genesis, height) => height / BigInt(genesis.epoch_blocks);

const endsEpoch = (genesis, height) => {
  const blocks = BigInt(genesis.epoch_blocks);
  return height % blocks === blocks - 1n;
};

const committeeHash = (committee) => sha256(...committee.map(unhex));

/** The committee that a chain knows for an epoch. */
const inForce = (chain, epoch) => chain.findLast(({ from }) => from <= epoch).committee;

/** Says how many of the committee signed, or refuses the certificate. */
async function countVotes(network, committee, certificate) {
  const known = certificate.committee === committee.length;
  demand(known, "certificate", "the certificate counts another committee");
  const message = certificateMessage(network, certificate);
  const check = ({ place, signature }) => isSigned(committee[place], message, signature);
  const valid = (await Promise.all(certificate.signatures.map(check))).filter(Boolean).length;
  const quorum = committee.length - Math.floor((committee.length - 1) / 3);
  demand(valid >= quorum, "certificate", `only ${valid} of ${quorum} needed signatures are valid`);
  return valid;
}

/** A header of this network with a certificate about it. */
async function readBlock(network, source) {
  const header = readHeader(source.header);
  const home = header.network === network;
  demand(home, "header-network", "the block header belongs to another network");
  const certificate = readCertificate(source.certificate);
  const same = certificate.digest === (await sha256(header.bytes));
  demand(same, "header-digest", "the certificate is about another block than the header");
  return { header, certificate };
}

/** Runs `work` and gives any refusal in it the code of the changes, with the place of this one. */
async function inChange(at, work) {
  try {
    return await work;
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    const message = `change ${at + 1} of the validators does not hold: ${problem.message}`;
    throw new Refusal("sets", message);
  }
}

/** One change after the last one of the chain; returns its height and the new last one. */
async function followChange(network, genesis, { height, committee }, change) {
  const { header, certificate } = await readBlock(network, change);
  const rises = height === null || height < header.height;
  demand(rises, "sets", "its block is out of order");
  const last = endsEpoch(genesis, header.height);
  demand(last, "sets", "its block is not the last of an epoch");
  const epoch = epochOf(genesis, header.height);
  demand(certificate.epoch === epoch, "sets", "its certificate is of another epoch");
  await countVotes(network, committee, certificate);
  const { validators } = change;
  demand(isCommittee(validators), "sets", "its validators are no sorted list of 1 to 64 keys");
  const named = header.validators === (await committeeHash(validators));
  demand(named, "sets", "its block names other validators than those listed");
  demand(validators.join() !== committee.join(), "sets", "it changes nothing");
  return { from: epoch + 1n, committee: validators, height: header.height };
}

// The steps. Each returns a sentence for people and what later steps need.

async function checkGenesis(receipt) {
  const bytes = unbase64(receipt.genesis);
  const same = bytes && (await sha256(bytes)) === receipt.network;
  demand(same, "network", "the genesis text is not that of the network named");
  const genesis = readGenesis(bytes);
  return { detail: `${genesis.name}: ${genesis.validators.length} first validators`, genesis };
}

async function checkHeader(receipt) {
  const block = await readBlock(receipt.network, receipt);
  return { detail: `block ${block.header.height}`, ...block };
}

async function checkSets({ network, sets }, genesis, header) {
  const committee = genesis.validators.map(({ key }) => key).sort();
  const chain = [{ from: 0n, committee, height: null }];
  for (const [at, change] of sets.entries()) {
    chain.push(await inChange(at, followChange(network, genesis, chain.at(-1), change)));
  }
  const { height } = chain.at(-1);
  const above = height === null || height < header.height;
  demand(above, "sets", "the last change of the validators is not below the block");
  return { detail: `set ${chain.length} since genesis`, chain };
}

async function checkCertificate(genesis, chain, { header, certificate }) {
  const epoch = epochOf(genesis, header.height);
  const same = certificate.epoch === epoch;
  demand(same, "epoch", `the certificate is of epoch ${certificate.epoch}, not ${epoch}`);
  const { committee } = chain.at(-1);
  const valid = await countVotes(header.network, committee, certificate);
  const kept = header.validators === (await committeeHash(committee));
  const may = kept || endsEpoch(genesis, header.height);
  demand(may, "validators", "the block names other validators in the middle of an epoch");
  return { detail: `${valid} of ${committee.length} validators signed`, valid, committee };
}

async function checkInclusion({ operation, index, inclusion }, { logSize, logRoot }) {
  const envelope = readEnvelope(operation);
  const leaf = await sha256(LEAF, canonicalEnvelope(envelope));
  const shown = await verifyInclusion(leaf, BigInt(index), logSize, inclusion, logRoot);
  demand(shown, "inclusion", "the operation is not in the log at this place");
  return { detail: `place ${index} of ${logSize}`, envelope };
}

async function checkSignatures({ payload, signatures }) {
  const head = utf8(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `);
  const message = concat([head, payload]);
  demand(signatures.length > 0, "operation", "nobody signed the operation");
  for (const { key, signature } of signatures) {
    const good = await isSigned(key, message, signature);
    demand(good, "signature", `the signature of key ${key} on the operation is wrong`);
  }
  return { detail: `${signatures.length} signatures`, operation: await sha256(message) };
}

async function checkState(receipt, header) {
  for (const entry of receipt.state) {
    const good = await verifyState(header.stateRoot, entry);
    demand(good, "state", `the state entry ${entry.key} is not what the block says`);
  }
  return { detail: `${receipt.state.length} entries` };
}

/** Step 8, for two receipts that hold each by itself. */
async function checkSince(now, before) {
  const told = (same, what) => demand(same, "since", `the earlier receipt ${what}`);
  told(now.header.network === before.header.network, "is of another book");
  const ordered = now.header.height < before.header.height ? [now, before] : [before, now];
  const [low, high] = ordered;
  const { genesis, header } = low;
  const epoch = epochOf(genesis, header.height);
  for (const { from } of [...low.chain, ...high.chain]) {
    const same = inForce(low.chain, from).join() === inForce(high.chain, from).join();
    told(from > epoch || same, `knows other validators for epoch ${from}`);
  }
  if (endsEpoch(genesis, header.height) && epochOf(genesis, high.header.height) > epoch) {
    const same = header.validators === (await committeeHash(inForce(high.chain, epoch + 1n)));
    told(same, `knows other validators for epoch ${epoch + 1n}`);
  }
  if (header.height === high.header.height) {
    const same = hex(header.bytes) === hex(high.header.bytes);
    told(same, `knows another block ${header.height}`);
  }
  return { detail: `one history with block ${before.header.height}` };
}

// The whole.

/** The payload for people. What it says is the kernel's affair, so it need not be JSON here. */
function readable(bytes) {
  const payloadText = fromUtf8(bytes);
  try {
    return { payloadText, payload: JSON.parse(readJson(bytes).source) };
  } catch {
    return { payloadText, payload: null };
  }
}

/** A plain number where that is exact, else a BigInt. */
const plain = (value) => (value <= Number.MAX_SAFE_INTEGER ? Number(value) : value);

/**
 * @typedef {{name: string, ok: boolean, detail: string}} Step `name` as in the head of this file
 * @typedef {object} Proven what a good receipt proves; numbers beyond 2^53 - 1 are BigInt
 * @property {string} network id of the book: compare it with the one you know
 * @property {string} name what the genesis text calls the book
 * @property {number|bigint} height of the block
 * @property {number|bigint} time_ms of the block, milliseconds since 1970
 * @property {number} index place in the log, counted from 0
 * @property {number|bigint} logSize operations in the log
 * @property {string} operation id
 * @property {any} payload its value, or `null` if it is not strict JSON
 * @property {string|null} payloadText the exact text that was signed
 * @property {string[]} signers keys that signed the operation
 * @property {string[]} validators keys in force at the block, sorted
 * @property {number} setNumber how many sets there were up to it, the first one counted
 * @property {number} validatorsSigned
 * @property {number} committeeSize
 * @property {{key: string, value: string|null}[]} state `null` means: there is no such entry
 */

/** All steps over one receipt; `step` is told of each as it is taken. */
async function takeSteps(input, step) {
  const receipt = readReceipt(typeof input === "string" ? utf8(input) : input);
  await needEd25519();
  const { genesis } = await step("genesis", checkGenesis(receipt));
  const block = await step("header", checkHeader(receipt));
  const { header } = block;
  const { chain } = await step("sets", checkSets(receipt, genesis, header));
  const quorum = await step("certificate", checkCertificate(genesis, chain, block));
  const { envelope } = await step("inclusion", checkInclusion(receipt, header));
  const { operation } = await step("signatures", checkSignatures(envelope));
  await step("state", checkState(receipt, header));
  return { receipt, genesis, header, chain, quorum, envelope, operation };
}

/** The same without anybody to tell, and with the code of the step that needs it. */
async function takeEarlierSteps(input) {
  try {
    return await takeSteps(input, (_, work) => work);
  } catch (problem) {
    if (!(problem instanceof Refusal) || problem.code === "unsupported") throw problem;
    throw new Refusal("since", `the earlier receipt does not hold by itself: ${problem.message}`);
  }
}

function whatIsProven({ receipt, genesis, header, chain, quorum, envelope, operation }) {
  return {
    network: receipt.network,
    name: genesis.name,
    height: plain(header.height),
    time_ms: plain(header.time),
    index: receipt.index,
    logSize: plain(header.logSize),
    operation,
    ...readable(envelope.payload),
    signers: envelope.signatures.map(({ key }) => key),
    validators: quorum.committee,
    setNumber: chain.length,
    validatorsSigned: quorum.valid,
    committeeSize: quorum.committee.length,
    state: receipt.state.map(({ key, value }) => ({ key, value })),
  };
}

/**
 * Checks a receipt step by step. A receipt that proves nothing is an answer, not an exception.
 * Only the code `unsupported` (no Ed25519 here) is unknown to the Rust verifier.
 * @param {Uint8Array|string} input the file
 * @param {{onStep?: (step: Step) => void, since?: Uint8Array|string}} [options] `since` is a
 *   receipt that was checked earlier: those who had left the validators by then cannot forge a
 *   receipt that agrees with it
 * @returns {Promise<{ok: boolean, steps: Step[], proven: Proven|null,
 *   error: {code: string, message: string}|null}>}
 */
export async function checkReceipt(input, { onStep, since } = {}) {
  const steps = [];
  const finish = (name, ok, detail) => {
    steps.push({ name, ok, detail });
    onStep?.(steps.at(-1));
  };
  const step = async (name, work) => {
    try {
      const found = await work;
      finish(name, true, found.detail);
      return found;
    } catch (problem) {
      if (problem instanceof Refusal) finish(name, false, problem.message);
      throw problem;
    }
  };
  try {
    const found = await takeSteps(input, step);
    if (since !== undefined) {
      const earlier = async () => checkSince(found, await takeEarlierSteps(since));
      await step("since", earlier());
    }
    return { ok: true, steps, error: null, proven: whatIsProven(found) };
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    const { code, message } = problem;
    return { ok: false, steps, error: { code, message }, proven: null };
  }
}
