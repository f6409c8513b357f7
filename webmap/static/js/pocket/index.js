// Answer as the server does, from the data on the phone: the same questions, the same JSON.
import { Locator } from "./locator.js";
import { PocketBroken, renewed, unpack } from "./pack.js";
import { Hours } from "./rank.js";
import { discard, kept } from "./store.js";
import { nearest, way } from "./tell.js";
import { hoursOf } from "./week.js";

export { PocketBroken };

const opened = new Map(); // slug → {keptAt, promise of a Pocket}
const broken = new Set(); // slugs whose pocket was thrown away

/**
 * Return the pocket of a city, or null when none is kept. One that is damaged, or was written by
 * another version of the software, is thrown away, and PocketBroken says so: to everybody who asks,
 * until another one is brought or the page is left.
 */
export async function open(slug) {
  const found = await kept(slug);
  if (!found) {
    opened.delete(slug);
    if (broken.has(slug)) throw new PocketBroken("it was thrown away");
    return null;
  }
  const known = opened.get(slug);
  if (known && known.keptAt === found.keptAt.getTime()) return known.pocket;
  const pocket = read(slug, found);
  opened.set(slug, { keptAt: found.keptAt.getTime(), pocket });
  return pocket;
}

async function read(slug, found) {
  try {
    const [whole, days] = await Promise.all([found.read(), found.readDays()]);
    const pack = await unpack(whole);
    const pocket = new Pocket(days ? renewed(pack, await unpack(days)) : pack, found);
    broken.delete(slug);
    return pocket;
  } catch (fault) {
    opened.delete(slug);
    broken.add(slug);
    await discard(slug);
    throw fault instanceof PocketBroken ? fault : new PocketBroken(fault.message, { cause: fault });
  }
}

/** One city in the pocket. */
export class Pocket {
  /** `kept` says when it was brought (Date), its size with the map's, and the data's version. */
  constructor(pack, { keptAt, bytes, version }) {
    this.pack = pack;
    this.keptAt = keptAt;
    this.bytes = bytes;
    this.version = version;
    this.day = pack.head.day; // the first day whose opening hours it knows
    this.until = later(pack.head.day, pack.head.days); // the first day whose hours it does not know
  }

  /** The streets, laid out when the first question comes: with network nobody may ever ask. */
  get locator() {
    this.laidOut ??= new Locator(this.pack);
    return this.laidOut;
  }

  /** Answer a question of POST …/nearest: {lon, lat, profile, k, services, open_only, always, at, way}. */
  nearest(question) {
    return nearest(this.locator, question);
  }

  /** Answer a question of POST …/way. */
  way(question, stationId) {
    return way(this.locator, { ...question, station: stationId });
  }

  /** Answer a question of POST …/search: {found: […]}. */
  async search(text, k, lon, lat) {
    this.finder ??= (await import("../find/match.js")).open(this.pack.section("search"));
    return this.finder.find({ text, k, lon, lat });
  }

  /** Return what the server tells of a station, with its hours from an instant on; or undefined. */
  station(id, at) {
    this.facts ??= this.pack.section("stations");
    this.hours ??= new Hours(this.pack.section, this.pack.head.days);
    const row = this.facts.findIndex((facts) => facts.id === id);
    if (row < 0) return undefined;
    const midnight = Date.parse(`${this.day}T00:00:00Z`);
    return { ...this.facts[row], hours: hoursOf(this.hours, midnight, row, at) };
  }
}

function later(day, days) {
  const stamp = new Date(`${day}T00:00:00Z`);
  stamp.setUTCDate(stamp.getUTCDate() + days);
  return stamp.toISOString().slice(0, 10);
}
