// One station by itself, as an answer that the list can show: from a shared link, the search, the map.
import { city } from "../island.js";
import { now } from "../moment.js";
import { state } from "../state.js";
import * as ask from "./ask.js";
import { onArrival } from "./week.js";

const EARTH_M = 6_371_009; // mean radius: good to half a per cent, which is more than is shown

function straight({ lon, lat }, [toLon, toLat]) {
  const [a, b, dLon] = [lat, toLat, toLon - lon].map((degrees) => (degrees * Math.PI) / 180);
  const half = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(half));
}

// Without network nothing is known of the hours but how they are written.
const UNTOLD = { state: "unknown", opens_at: null, closes_at: null, closes_in_s: null, wait_s: null };

/** Return an answer that holds one station; without `question` nobody stands anywhere yet. */
export async function alone(id, question) {
  const [facts, found] = await Promise.all([
    ask.station(id), question ? ask.way(question, id) : null,
  ]);
  const at = found?.at ?? state.at ?? now(1, city.zone);
  const way = found?.way ?? null;
  const far = question && !way
    ? { by: "air", seconds: null, metres: straight(question, facts.position.wgs84) }
    : { by: way ? "street" : "nowhere", seconds: way?.seconds ?? null, metres: way?.metres ?? null };
  const told = facts.hours?.days && facts.opening_hours
    ? onArrival(facts.hours, at, far.seconds ?? 0) : UNTOLD;
  const { from, kept } = facts;
  return { at, by: far.by, stations: [{ ...facts, ...told, ...far }], reason: null, note: null, from, kept, isAlone: true };
}
