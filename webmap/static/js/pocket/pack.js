// Read the container of a pocket: check it whole, then decode its columns when they are asked for.
// The layout stands in docs/pocket.md; the writer is geo/pocket/container.py.

export const FORMAT = 1;
const FIXED = 12; // bytes before the head
const DIGEST = 32; // bytes of SHA-256 at the end
const MAGIC = "YZPK";

/** A file that is no pocket, is damaged, or was written by another version. */
export class PocketBroken extends Error {}

/** Return the numbers of a column; `kind` is that of geo/pocket/columns.py. */
export function decode(bytes, kind) {
  if (kind === "real") return reals(bytes);
  let many = 0;
  for (let i = 0; i < bytes.length; i += 1) many += bytes[i] < 128 ? 1 : 0;
  const numbers = new Float64Array(many);
  let before = 0;
  for (let i = 0, k = 0; k < many; k += 1) {
    let value = 0;
    let factor = 1;
    let byte;
    do { // no shifts: numbers may be longer than 32 bits
      byte = bytes[i];
      value += (byte & 127) * factor;
      factor *= 128;
      i += 1;
    } while (byte & 128);
    if (kind !== "count") value = value % 2 ? -(value + 1) / 2 : value / 2;
    if (kind === "steps") {
      value += before;
      before = value;
    }
    numbers[k] = value;
  }
  return numbers;
}

function reals(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

async function check(bytes) {
  if (bytes.length < FIXED + DIGEST || String.fromCharCode(...bytes.subarray(0, 4)) !== MAGIC) {
    throw new PocketBroken("no pocket");
  }
  const format = bytes[4] + 256 * bytes[5];
  if (format !== FORMAT) throw new PocketBroken(`a pocket of format ${format}`);
  const body = bytes.subarray(0, bytes.length - DIGEST);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  if (digest.some((byte, i) => byte !== bytes[body.length + i])) {
    throw new PocketBroken("other bytes than were written");
  }
}

/** Return a pack in which what another one holds stands in for the parts of the same names. */
export const renewed = (pack, newer) => ({
  head: { ...pack.head, ...newer.head },
  section: (name) => (newer.has(name) ? newer : pack).section(name),
  has: (name) => newer.has(name) || pack.has(name),
});

/**
 * Return the head of a pocket and a function that returns a section by its name: an array of
 * numbers, or a plain value. Throws PocketBroken.
 */
export async function unpack(buffer) {
  const bytes = new Uint8Array(buffer);
  await check(bytes);
  const length = new DataView(buffer).getUint32(8, true);
  const text = new TextDecoder();
  const head = JSON.parse(text.decode(bytes.subarray(FIXED, FIXED + length)));
  const parts = new Map();
  let at = FIXED + length;
  for (const [name, kind, size] of head.sections) {
    parts.set(name, [kind, bytes.subarray(at, at + size)]);
    at += size;
  }
  const section = (name) => {
    if (!parts.has(name)) throw new PocketBroken(`no section ${name}`);
    const [kind, content] = parts.get(name);
    return kind === "json" ? JSON.parse(text.decode(content)) : decode(content, kind);
  };
  return { head, section, has: (name) => parts.has(name) };
}
