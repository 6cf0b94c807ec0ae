/**
 * Reads a receipt file into plain values, as strictly as spec/encoding.md demands; proves nothing.
 *
 * verify.js checks what this module has read. Hashes and keys are lower-case hex texts throughout.
 */

// The limits of crates/proof/src/limits.rs, where each has its reason.
const RECEIPT_BYTES = 1 << 20;
const ENVELOPE_BYTES = 65_535;
const GENESIS_BYTES = 65_536;
const JSON_DEPTH = 16;
const SIGNATURES = 16;
const VALIDATORS = 64;
const STATE_ENTRIES = 64;
const RECEIPT_SETS = 1_000;
const KEEPER_NAME_BYTES = 200;
const KEEPER_ADDRESS_BYTES = 260;
const EPOCH_BLOCKS = { least: 4, most: 1 << 20 };
const APPROVAL_PERCENT = { least: 51, most: 100 };

const HEADER_BYTES = 256;
const HEADER_MAGIC = "WEALBLK1";
const RECEIPT_FORMAT = "commonweal-receipt-v1";
const GENESIS_FORMAT = "commonweal-genesis-v1";
/** The one DSSE payload type of this ledger. */
export const PAYLOAD_TYPE = "application/vnd.commonweal.operation+json";

/** Why a file proves nothing: `code` is stable, the message is for people. */
export class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** Refuses with this code and message unless the condition holds. */
export function demand(holds, code, message) {
  if (!holds) throw new Refusal(code, message);
}

// Text forms of bytes.

/** @param {string} text @returns {Uint8Array} */
export const utf8 = (text) => new TextEncoder().encode(text);

/** The text, or `null` if it is not UTF-8. A byte order mark stays, so that JSON refuses it. */
export function fromUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** @param {Uint8Array} bytes */
export const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

/** Bytes of lower-case hex, or `null`. */
export function unhex(text) {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** @param {Uint8Array} bytes */
export const base64 = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));

/** Bytes of padded standard base64, or `null`. */
export function unbase64(text) {
  try {
    const raw = atob(text);
    // Encoding again refuses what `atob` forgives: spaces, missing padding, stray last bits.
    return btoa(raw) === text ? Uint8Array.from(raw, (char) => char.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

// Strict JSON. Every value becomes { kind, value, source }, where `source` is its exact text.

const SPACE = /[ \t\n\r]*/y;
const NAME = /"[^"\\\u0000-\u001f]*"/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const INTEGER = /-?(?:0|[1-9][0-9]*)/y;
const WORD = /true|false|null/y;

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  fail(reason) {
    throw new Refusal("json", `${reason} at character ${this.at}`);
  }

  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found && found[0];
  }

  accept(char) {
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  /** A value with the white space around it; `depth` counts the values it stands in. */
  value(depth) {
    this.take(SPACE);
    const start = this.at;
    const [kind, value] = this.content(depth);
    const source = this.text.slice(start, this.at);
    this.take(SPACE);
    return { kind, value, source };
  }

  content(depth) {
    if (this.text[this.at] === "{") return ["object", this.nested(depth, this.object)];
    if (this.text[this.at] === "[") return ["array", this.nested(depth, this.array)];
    if (this.accept('"')) return ["text", this.string()];
    const number = this.take(INTEGER);
    if (number === "-0") this.fail("minus zero is not a whole number");
    if (number !== null) {
      const value = Number(number);
      return Number.isSafeInteger(value) ? ["integer", value] : this.fail("a number is too large");
    }
    return ["word", this.take(WORD) ?? this.fail("no value is written like this")];
  }

  nested(depth, inner) {
    if (depth >= JSON_DEPTH) this.fail("the value is nested too deeply");
    this.at += 1;
    this.take(SPACE);
    return inner.call(this, depth + 1);
  }

  object(depth) {
    const members = new Map();
    if (this.accept("}")) return members;
    do {
      this.take(SPACE);
      const name = this.take(NAME) ?? this.fail("a name without escapes is expected");
      if (members.has(name.slice(1, -1))) this.fail("the same name stands twice in one object");
      this.take(SPACE);
      if (!this.accept(":")) this.fail("a colon is expected");
      members.set(name.slice(1, -1), this.value(depth));
    } while (this.accept(","));
    return this.accept("}") ? members : this.fail("a comma or a closing brace is expected");
  }

  array(depth) {
    const items = [];
    if (this.accept("]")) return items;
    do items.push(this.value(depth));
    while (this.accept(","));
    return this.accept("]") ? items : this.fail("a comma or a closing bracket is expected");
  }

  string() {
    let value = "";
    for (;;) {
      value += this.take(PLAIN);
      if (this.accept('"')) return value;
      const escape = this.take(ESCAPE) ?? this.fail("a text has a bad character or no end");
      value += JSON.parse(`"${escape}"`);
    }
  }
}

/**
 * Reads strict JSON or throws a {@link Refusal} with the code `json`.
 * @param {Uint8Array} bytes
 */
export function readJson(bytes) {
  const text = fromUtf8(bytes);
  demand(text !== null, "json", "the text is not UTF-8");
  const reader = new Reader(text);
  const node = reader.value(0);
  if (reader.at < text.length) reader.fail("something follows the end of the value");
  return node;
}

// Shapes: each takes a JSON node and returns a plain value, or refuses it.

const expected = (what) => {
  throw new Refusal("shape", `${what} is expected`);
};
const exact = (node) => node.source;
const text = (node) => {
  // A lone surrogate has no UTF-8 form, so it could not be hashed.
  const good = node.kind === "text" && !/\p{Surrogate}/u.test(node.value);
  return good ? node.value : expected("a text");
};
const integer = (most) => (node) => {
  const good = node.kind === "integer" && node.value >= 0 && node.value <= most;
  return good ? node.value : expected(`a whole number from 0 to ${most}`);
};
const hash = (node) =>
  /^[0-9a-f]{64}$/.test(text(node)) ? node.value : expected("64 lower-case hexadecimal digits");
const list = (item) => (node) =>
  node.kind === "array" ? node.value.map((one) => item(one)) : expected("a list");
const branch = (node) =>
  node.kind === "array" && node.value.length === 2
    ? { bit: integer(255)(node.value[0]), side: hash(node.value[1]) }
    : expected("a pair of bit and hash");
const optional = (shape, absent) => Object.assign((node) => shape(node), { absent });
const nullable = (shape) =>
  optional((node) => (node.source === "null" ? null : shape(node)), null);

/** Named members in any order, none unknown; an array gives the same members by position. */
function record(shape) {
  const names = Object.keys(shape);
  return (node) => {
    let given = node.value;
    if (node.kind === "array") given = new Map(node.value.map((item, at) => [names[at], item]));
    else if (node.kind !== "object") expected("an object");
    for (const name of given.keys()) if (!names.includes(name)) expected("no unknown member");
    const member = (name) => {
      if (given.has(name)) return shape[name](given.get(name));
      return "absent" in shape[name] ? shape[name].absent : expected(`the member ${name}`);
    };
    return Object.fromEntries(names.map((name) => [name, member(name)]));
  };
}

const OTHER_LEAF = record({ position: hash, value: hash });
const MAP_PROOF = record({ other: nullable(OTHER_LEAF), path: list(branch) });
const STATE_ENTRY = record({ key: text, value: nullable(text), proof: MAP_PROOF });
const SET_CHANGE = record({ header: text, certificate: text, validators: list(hash) });
const RECEIPT = record({
  format: text,
  network: hash,
  genesis: text,
  operation: exact,
  index: integer(Number.MAX_SAFE_INTEGER),
  inclusion: list(hash),
  header: text,
  certificate: text,
  state: optional(list(STATE_ENTRY), []),
  sets: optional(list(SET_CHANGE), []),
});
const KEEPER = record({ name: text, key: hash, owner: hash, address: text, web: optional(text, "") });
const GENESIS = record({
  format: text,
  name: text,
  time_ms: integer(Number.MAX_SAFE_INTEGER),
  validators: list(KEEPER),
  epoch_blocks: integer(Number.MAX_SAFE_INTEGER),
  approval_percent: integer(Number.MAX_SAFE_INTEGER),
  rules: hash,
});
const SIGNATURE = record({ keyid: text, sig: text });
const ENVELOPE = record({ payload: text, payloadType: text, signatures: list(SIGNATURE) });

/** @param {Uint8Array} bytes the file */
export function readReceipt(bytes) {
  demand(bytes.length <= RECEIPT_BYTES, "shape", "the file is too long");
  const receipt = RECEIPT(readJson(bytes));
  demand(receipt.format === RECEIPT_FORMAT, "shape", `the format is not ${RECEIPT_FORMAT}`);
  demand(receipt.state.length <= STATE_ENTRIES, "shape", "too many state entries");
  demand(receipt.sets.length <= RECEIPT_SETS, "shape", "too many changes of the validators");
  return receipt;
}

/** Runs `work` and gives a refusal in it the code of the part of the receipt that was read. */
function within(code, work) {
  try {
    return work();
  } catch (problem) {
    throw problem instanceof Refusal ? new Refusal(code, problem.message) : problem;
  }
}

const distinct = (list) => new Set(list).size === list.length;
const between = ({ least, most }, value) => least <= value && value <= most;

/** Whether keys and owners could keep a book together: none of them belongs to two. */
function areKeepers(keepers) {
  const [keys, owners] = [keepers.map(({ key }) => key), keepers.map(({ owner }) => owner)];
  const crossed = keepers.some(({ key, owner }) => owner !== key && keys.includes(owner));
  const count = between({ least: 1, most: VALIDATORS }, keepers.length);
  return count && distinct(keys) && distinct(owners) && !crossed;
}

/** Whether a text has something to read, no control characters, and at most so many bytes. */
const isReadable = (most) => (text) =>
  /\P{White_Space}/u.test(text) && !/\p{Cc}/u.test(text) && utf8(text).length <= most;

/** @param {Uint8Array} bytes the genesis text */
export function readGenesis(bytes) {
  const code = "genesis";
  demand(bytes.length <= GENESIS_BYTES, code, "the genesis text is too long");
  const genesis = within(code, () => GENESIS(readJson(bytes)));
  demand(genesis.format === GENESIS_FORMAT, code, `the format is not ${GENESIS_FORMAT}`);
  const { validators, epoch_blocks: blocks, approval_percent: percent } = genesis;
  const each = "each with keys of its own";
  demand(areKeepers(validators), code, `a network has 1 to ${VALIDATORS} validators, ${each}`);
  const names = validators.map(({ name }) => name).every(isReadable(KEEPER_NAME_BYTES));
  demand(names, code, `a validator's name has 1 to ${KEEPER_NAME_BYTES} bytes`);
  const places = validators.map(({ address }) => address).every(isReadable(KEEPER_ADDRESS_BYTES));
  demand(places, code, `a validator's address has 1 to ${KEEPER_ADDRESS_BYTES} bytes`);
  const pages = validators.map(({ web }) => web).filter((web) => web !== "");
  demand(pages.every(isReadable(KEEPER_ADDRESS_BYTES)), code, "a validator's pages have a long address");
  const [{ least, most }, approval] = [EPOCH_BLOCKS, APPROVAL_PERCENT];
  demand(between(EPOCH_BLOCKS, blocks), code, `an epoch has ${least} to ${most} blocks`);
  const approve = `need the approval of ${approval.least} to ${approval.most} percent`;
  demand(between(approval, percent), code, `changes of the network ${approve}`);
  return genesis;
}

/** @param {string[]} keys whether they are a committee: 1 to 64 keys, sorted and none twice */
export const isCommittee = (keys) =>
  between({ least: 1, most: VALIDATORS }, keys.length) &&
  keys.every((key, at) => at === 0 || keys[at - 1] < key);

/** @param {string} source the envelope's exact text; the signatures come back sorted by key */
export function readEnvelope(source) {
  const code = "operation";
  const bytes = utf8(source);
  demand(bytes.length <= ENVELOPE_BYTES, code, "the envelope is too long");
  const wire = within(code, () => ENVELOPE(readJson(bytes)));
  demand(wire.payloadType === PAYLOAD_TYPE, code, `the payload type is not ${PAYLOAD_TYPE}`);
  const payload = unbase64(wire.payload);
  demand(payload, code, "the payload is not padded standard base64");
  const signatures = wire.signatures.map(({ keyid, sig }) => {
    demand(unhex(keyid)?.length === 32, code, "keyid is not 64 lower-case hexadecimal digits");
    const signature = unbase64(sig);
    demand(signature?.length === 64, code, "sig is not padded standard base64 of 64 bytes");
    return { key: keyid, signature };
  });
  const good = signatures.length <= SIGNATURES && distinct(signatures.map(({ key }) => key));
  demand(good, code, `an envelope has at most ${SIGNATURES} signatures, each by another key`);
  return { payload, signatures: signatures.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

// Binary parts.

class Bytes {
  constructor(bytes, code) {
    Object.assign(this, { rest: bytes, code });
  }

  take(count) {
    demand(count <= this.rest.length, this.code, "the bytes end too early");
    const head = this.rest.subarray(0, count);
    this.rest = this.rest.subarray(count);
    return head;
  }

  hash() {
    return hex(this.take(32));
  }

  number() {
    return BigInt(`0x${hex(this.take(8))}`);
  }

  /** LEB128 of at most 64 bits in its one shortest form. */
  varint() {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const [byte] = this.take(1);
      const bad = (shift === 63n && byte > 1) || (shift > 0n && byte === 0);
      demand(!bad, this.code, "a number is too large or not in its shortest form");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
}

/** @param {string} source hex of the 256 bytes */
export function readHeader(source) {
  const bytes = unhex(source);
  demand(bytes?.length === HEADER_BYTES, "header", `a header is ${HEADER_BYTES} bytes in hex`);
  const rest = new Bytes(bytes, "header");
  demand(fromUtf8(rest.take(8)) === HEADER_MAGIC, "header", "the header has another magic");
  const [network, height, parent, time] = [rest.hash(), rest.number(), rest.hash(), rest.number()];
  const [proposer, logSize, logRoot] = [rest.hash(), rest.number(), rest.hash()];
  const [stateRoot, validators, body] = [rest.hash(), rest.hash(), rest.hash()];
  const chain = { bytes, network, height, parent, time, proposer };
  return { ...chain, logSize, logRoot, stateRoot, validators, body };
}

/** @param {string} source hex */
export function readCertificate(source) {
  const code = "certificate";
  const bytes = unhex(source);
  demand(bytes, code, "the certificate is not lower-case hexadecimal");
  const rest = new Bytes(bytes, code);
  const [epoch, view, parentView] = [rest.varint(), rest.varint(), rest.varint()];
  const [digest, committee] = [rest.hash(), rest.number()];
  demand(committee <= VALIDATORS, code, "the certificate counts too many members");
  const bitmap = rest.take(Math.ceil(Number(committee) / 8));
  const places = Array.from({ length: bitmap.length * 8 }, (_, place) => place);
  const signers = places.filter((place) => (bitmap[place >> 3] >> (place & 7)) & 1);
  const counted = rest.varint() === BigInt(signers.length);
  const members = signers.every((place) => place < committee);
  demand(counted && members, code, "the certificate's signers do not add up");
  const signatures = signers.map((place) => ({ place, signature: rest.take(64) }));
  demand(rest.rest.length === 0, code, "something follows the certificate");
  return { epoch, view, parentView, digest, committee: Number(committee), signatures };
}
