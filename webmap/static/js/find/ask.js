// Ask where to go: the server first; without network, or while it keeps silent, the pocket on this
// phone. Every answer says whose it is: `from` is "server" or "pocket", `kept` when the pocket was filled.
import { get, post } from "../api.js";
import { city } from "../island.js";
import { now } from "../moment.js";

const PATIENCE_MS = 4000; // so long the server may keep silent before the pocket answers
const NO_ANSWER = new Set([0, 502, 503, 504]); // nobody was reached, or nobody stands behind the proxy

/** Return the pocket of this city, or null; one that cannot be read is none. */
async function pocket() {
  const { open, PocketBroken } = await import("../pocket/index.js");
  try {
    return await open(city.slug);
  } catch (fault) {
    if (fault instanceof PocketBroken) return null; // thrown away by then; the foot of the page says so
    throw fault;
  }
}

const later = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds, null); });

/** Let the server answer, or the pocket in its place; `inPocket(pocket)` answers from there. */
async function either(asked, inPocket) {
  const told = asked.then((answer) => ({ answer: { ...answer, from: "server" } }), (fault) => ({ fault }));
  const first = navigator.onLine === false ? null : await Promise.race([told, later(PATIENCE_MS)]);
  if (first?.answer) return first.answer;
  if (first && !NO_ANSWER.has(first.fault.status)) throw first.fault;
  const kept = await pocket();
  const found = kept && await inPocket(kept);
  if (found) return { ...found, from: "pocket", kept: kept.keptAt };
  const last = await told; // there is nothing in the pocket: the server has all the time it wants
  if (last.answer) return last.answer;
  throw last.fault;
}

const plainly = (question) => ({ ...question, at: question.at ?? now(1, city.zone) });

/** Return the nearest stations: the answer of POST nearest. The server's clock says when is now. */
export function nearest(question, signal) {
  return either(post("nearest", question, signal), (kept) => kept.nearest(plainly(question)));
}

/** Return `{way, reason}` to one station: the way is null where none leads there. */
export function way({ lon, lat, profile, at }, station, signal) {
  const question = { lon, lat, profile, at };
  return either(post("way", { ...question, station }, signal), (kept) => kept.way(plainly(question), station));
}

/** Return the facts of a station, with the hours of seven days where the server is reached. */
export function station(id) {
  const asked = get(`stations/${encodeURIComponent(id)}`).then((feature) => feature.properties);
  return either(asked, (kept) => kept.station(id, now(1, city.zone)));
}
