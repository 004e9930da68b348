// Check an exported Schakel audit log without Schakel: `node verify.mjs DIR [--checkpoint OLD]`.
//
// Needs Node 20 and nothing else: copy this file, read it, run it. Reads each file whole, so up to 2 GB of entries.
// Exit 0 and `ok: ...`; exit 1 and `bad: seq S: WHY` or `bad: seq A..B: WHY`; exit 2 where the folder cannot be read.
// Sources: Schakel's audit log contract, RFC 6962 2.1, RFC 8785, C2SP signed-note, tlog-checkpoint, tlog-cosignature.

import { createHash, createPublicKey, verify as verifies } from "node:crypto";
import { existsSync, readFileSync, readdirSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const LEAF = "at,commitments,counterparty,id,kind,organisation,outcome,rule_set,v";
const SIZE = /^(0|[1-9][0-9]{0,18})$/;
const LOG = 1, WITNESS = 4; // the uses of a key, as its first byte says: signs the log's notes, or cosigns them

class Bad extends Error {}

const check = (holds, why) => { if (!holds) throw new Error(why); };
const text = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const names = (object) => Object.keys(object).sort().join(); // `sort` goes by UTF-16 units
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

/** Decode the one right spelling of that many bytes; Node itself forgives others. */
function unbase64(encoded, length) {
  const found = Buffer.from(encoded, "base64");
  check(found.toString("base64") === encoded && [undefined, found.length].includes(length), "not base64 of the right length");
  return found;
}

/** Read JSON, unless two readers could take it for different things: a name that stands twice in one object. */
function parse(json) {
  const open = [];
  let value, last;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Error("no JSON"); // Node's own message would repeat what stands there
  }
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") {
      const name = JSON.parse(last), seen = open.at(-1);
      check(!seen.has(name), "a name stands twice in one object");
      seen.add(name);
    } else last = token;
  }
  return value;
}

/** Write a value as RFC 8785 does, which took its forms of numbers and texts from JSON.stringify. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value !== null && typeof value === "object")
    return `{${Object.keys(value).sort().map((name) => `${canonical(name)}:${canonical(value[name])}`).join()}}`;
  check(typeof value !== "number" || Number.isFinite(value), "a number too large for RFC 8785");
  check(typeof value !== "string" || !/\p{Cs}/u.test(value), "half a character");
  return JSON.stringify(value);
}

/** Read lines `NAME+ID+BASE64`: the log's own key, and then those of witnesses. */
function readKeys(bytes) {
  const keys = new Map();
  for (const line of text(bytes).replace(/\n$/, "").split("\n")) {
    const [, name, id, encoded] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(line), key = unbase64(encoded, 33);
    check(sha256(name, "\n", key).toString("hex", 0, 4) === id, "a key has another id than it says");
    check(key[0] === (keys.size ? WITNESS : LOG), "not the log's own key, and then those of witnesses");
    const jwk = { kty: "OKP", crv: "Ed25519", x: key.subarray(1).toString("base64url") };
    keys.set(`${name}+${id}`, { use: key[0], name, key: createPublicKey({ key: jwk, format: "jwk" }) });
  }
  return keys;
}

/** Return a checkpoint's size (`size` if it is none), signed root, number of cosignatures, and what is wrong. */
function readHead(bytes, keys, size, kept) {
  const signers = new Set(), [log] = keys.values();
  try {
    const note = text(bytes), cut = note.lastIndexOf("\n\n"), head = note.slice(0, cut + 1);
    const [origin, said, root, ...end] = head.split("\n"), lines = note.slice(cut + 2).split("\n");
    check(lines.pop() === "" && !/[\x00-\x09\x0b-\x1f]/.test(note), "not a signed note");
    check(end.length === 1 && SIZE.test(said), "not a checkpoint");
    const proven = unbase64(root, 32), signatures = lines.map((line) => {
      const [, name, encoded] = /^— ([^ ]+) ([^ ]+)$/s.exec(line) ?? check(false, "not a signature");
      return [name, unbase64(encoded)];
    });
    check(signatures.every(([, signature]) => signature.length > 4), "not a signature");
    size = BigInt(said);
    for (const [name, signature] of signatures) {
      const signer = keys.get(`${name}+${signature.toString("hex", 0, 4)}`);
      if (kept && !signer) continue; // a checkpoint from elsewhere may bear signatures of keys that we do not know
      check(signer, "a signature of a key that `keys` does not name");
      const cosigns = signer.use === WITNESS;
      const message = (cosigns ? `cosignature/v1\ntime ${signature.readBigUInt64BE(4)}\n` : "") + head;
      check(verifies(null, Buffer.from(message), signer.key, signature.subarray(cosigns ? 12 : 4)), "a signature is not of this");
      signers.add(signer);
    }
    const first = [...signers][0] === log && signers.size === signatures.length;
    check(kept || first, "a signature stands twice, or before the log's own");
    const own = [...signers].some(({ use, name }) => use === LOG && name === origin && name === log.name);
    check(own, "the log did not sign it");
    const cosignatures = [...signers].filter(({ use }) => use === WITNESS).length;
    return { size, root: proven, cosignatures, wrong: "the hashes do not give its root" };
  } catch (error) {
    return { size, wrong: error.message };
  }
}

/** Cut bytes after each newline; what follows the last one is a line that does not end. */
function* linesOf(bytes) {
  for (let start = 0, end; start < bytes.length; start = end) {
    end = bytes.indexOf("\n", start) + 1 || bytes.length;
    yield bytes.subarray(start, end);
  }
}

/** Read one leaf hash; a line that is none becomes empty, which gives no root that anybody signed. */
function readHash(line) {
  try {
    check(line.at(-1) === 10, "a line that does not end");
    return unbase64(text(line).slice(0, -1), 32);
  } catch {
    return Buffer.alloc(0);
  }
}

/** Return the root of the tree of the first SIZE leaves, for each of the sizes that exist (RFC 6962 2.1). */
function rootsOf(hashes, sizes) {
  const found = new Map([[0n, sha256()]]), peaks = []; // peaks: the full trees of which it consists, largest first
  hashes.forEach((leaf, index) => {
    let node = leaf;
    for (let pairs = index + 1; pairs % 2 === 0; pairs /= 2) node = sha256("\x01", peaks.pop(), node);
    peaks.push(node);
    const size = BigInt(index + 1);
    if (sizes.has(size)) found.set(size, peaks.reduceRight((right, left) => sha256("\x01", left, right)));
  });
  return found;
}

/** Hold one line against its leaf hash, and each opened value against its commitment. */
function checkEntry(line, seq, hashed) {
  check(line?.at(-1) === 10 && hashed, "a line is missing, does not end, or is one too many");
  const entry = parse(text(line)), { leaf, opened = {} } = entry;
  check(["leaf,seq", "leaf,opened,seq"].includes(names(entry)), "the line has other members than seq, leaf and opened");
  check(entry.seq === seq, "the line bears another number");
  check(sha256("\x00", canonical(leaf)).equals(hashed), "this is not the event that was logged");
  check(names(leaf) === LEAF, "the event has other members than the nine");
  check(canonical(opened).startsWith("{"), "`opened` is no object");
  for (const [name, field] of Object.entries(opened)) {
    const salt = unbase64(field.salt, 32), length = Buffer.from([Buffer.byteLength(name)]);
    const made = sha256("schakel-audit-c1", length, name, salt, canonical(field.value)).toString("base64");
    check(made === leaf.commitments[name], "an opened value is not what was logged");
    check(names(field) === "salt,value", "an opened field has other members than salt and value");
  }
}

/** Check everything; return the line that says so, or throw what is bad and where. */
function verify(folder, kept) {
  const read = (...path) => readFileSync(join(folder, ...path));
  const hashes = [...linesOf(read("hashes"))].map(readHash), count = BigInt(hashes.length), listed = read("keys");
  let keys;
  try {
    keys = readKeys(listed);
  } catch (error) {
    throw new Bad(`0..${count}: keys: ${error.message}`);
  }
  const heads = kept.map((path) => ({ name: basename(path), ...readHead(readFileSync(path), keys, count, true) }));
  heads.push({ name: "checkpoint", ...readHead(read("checkpoint"), keys, count, false) });
  for (const name of existsSync(join(folder, "checkpoints")) ? readdirSync(join(folder, "checkpoints")) : []) {
    const size = SIZE.test(name) ? BigInt(name) : count;
    const head = { name, ...readHead(read("checkpoints", name), keys, size, false) };
    const right = head.cosignatures && name === `${head.size}`;
    heads.push(!head.root || right ? head : { ...head, root: undefined, wrong: "not the cosigned checkpoint of that size" });
  }
  const roots = rootsOf(hashes, new Set(heads.map(({ size }) => size)));
  const fits = ({ size, root }) => root !== undefined && roots.get(size)?.equals(root) === true;
  heads.sort((one, other) => Number(one.size - other.size) || fits(one) - fits(other));
  let proven = 0n;
  for (const head of heads) {
    if (!fits(head)) throw new Bad(`${proven}..${head.size}: ${JSON.stringify(head.name)}: ${head.wrong}`);
    proven = head.size;
  }
  if (proven < count) throw new Bad(`${proven}..${count}: no checkpoint signs these hashes`);
  const said = existsSync(join(folder, "since")) ? read("since").toString("latin1") : "0\n", since = Number(said);
  if (!said.endsWith("\n") || !SIZE.test(said.slice(0, -1)) || since > proven)
    throw new Bad("0: `since` is not the number of an entry");
  let seq = since;
  for (const line of linesOf(read("entries.ndjson"))) checkEntryAt(line, seq, hashes[seq++]);
  if (seq < hashes.length) throw new Bad(`${seq}: the line is missing`);
  const cosignatures = heads.reduce((sum, head) => sum + head.cosignatures, 0), root = roots.get(proven).toString("base64");
  return `ok: ${seq - since} events, root ${root}, ${heads.length} checkpoints, ${cosignatures} cosignatures`;
}

/** Check one entry, and say of which number it was that it is bad. */
function checkEntryAt(line, seq, hashed) {
  try {
    checkEntry(line, seq, hashed);
  } catch (error) {
    throw new Bad(`${seq}: ${error.message}`);
  }
}

/** Return exit code and line. */
export function judge(folder, kept) {
  try {
    return [0, verify(folder, kept)];
  } catch (error) {
    return error instanceof Bad ? [1, `bad: seq ${error.message}`] : [2, `cannot be read: ${error.message}`];
  }
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const options = { checkpoint: { type: "string", multiple: true, default: [] } };
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [code, line] = judge(positionals[0] ?? "", values.checkpoint);
  console.log(line);
  process.exitCode = code;
}
