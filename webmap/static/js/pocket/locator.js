// Rank the stations of a pocket for a rider: the rules of geo/locator.py.
import { Barriers } from "./barriers.js";
import { Gates } from "./gates.js";
import { straightMetres } from "./geodesic.js";
import { Ground } from "./ground.js";
import { Index } from "./link.js";
import { Hours, Ranking } from "./rank.js";
import { Search, Stops, UNREACHED } from "./search.js";
import { Streets } from "./streets.js";
import { trace } from "./trace.js";
import { wayOf } from "./way.js";

export const HORIZON_MS = 120 * 60_000; // longest travel
const DAY_MS = 86_400_000;
const JUDGED_M = 500; // a pixel of the map farther from every street than this is outside

export class Locator {
  constructor({ head, section }) {
    this.head = head;
    this.section = section;
    this.ground = new Ground(head.ground);
    this.streets = new Streets({ head, section }, this.ground);
    this.barriers = new Barriers(section, this.ground);
    this.hours = new Hours(section, head.days);
    this.gates = new Gates({ head, section });
    this.facts = section("stations");
    this.x = section("station.x");
    this.y = section("station.y");
    this.serving = Array.from(section("station.open"));
    this.midnight = Date.parse(`${head.day}T00:00:00Z`);
    this.indexes = new Map();
    this.stops = new Map();
  }

  /** Say whether the public holidays of an instant's day are published, as the pocket knows. */
  knowsHolidays(at) {
    const day = Math.floor((Date.parse(`${at}:00Z`) - this.midnight) / DAY_MS);
    return this.head.holidays_known[day] ?? false;
  }

  graph(profile) {
    const graph = this.streets.graphs.get(profile);
    if (!graph) throw new RangeError(`no profile ${profile}`);
    return graph;
  }

  #index(graph) {
    if (!this.indexes.has(graph.set)) {
      const lone = this.section(`lone.${graph.set}`);
      this.indexes.set(graph.set, new Index(this.streets, graph.offered, this.barriers, lone));
    }
    return this.indexes.get(graph.set);
  }

  #stopsOf(graph) {
    if (!this.stops.has(graph.profile)) {
      this.stops.set(graph.profile, new Stops(graph, this.section, this.serving));
    }
    return this.stops.get(graph.profile);
  }

  #link(question, graph) {
    if (!this.#within(question)) return null;
    return this.#index(graph).link(...this.ground.metres(question.lon, question.lat));
  }

  /** Return the moment of an instant of the city's clocks, milliseconds of the pocket's tables. */
  moment(at) {
    return Date.parse(`${at.slice(0, 16)}:00Z`) - this.midnight;
  }

  #within({ lon, lat }) {
    const [west, south, east, north] = this.head.bounds;
    return west <= lon && lon <= east && south <= lat && lat <= north;
  }

  /**
   * Return {by, entries, access, reason, dropping} for a question {lon, lat, profile, k, services,
   * open_only, always, at}. An entry is that of rank.js with `metres`.
   */
  ranked(question) {
    const at = this.moment(question.at);
    const passing = this.serving.filter((row) => this.#passes(row, at, question));
    const graph = this.graph(question.profile);
    const link = this.#link(question, graph);
    const access = link && { leg: link.leg, street: this.streets.streetName(link.edge) };
    if (!passing.length) return this.#none(question, at, access);
    if (!link) return this.#byAir(question, at, passing, null, this.#placed(question));
    const search = this.#search(graph, link, at);
    const entries = this.#rank(search, passing, at, question);
    if (entries.length) {
      for (const entry of entries) entry.metres = trace(search, entry.row).metres;
      return { by: "street", entries, access, reason: null, dropping: {} };
    }
    if (question.open_only && passing.some((row) => search.reached.has(row))) {
      return this.#none(question, at, access); // all is closed
    }
    return this.#byAir(question, at, passing, access, "unreachable");
  }

  #search(graph, link, at) {
    return new Search(graph, this.#stopsOf(graph), link, this.gates.blocked(graph, at), HORIZON_MS);
  }

  #rank(search, passing, at, { k = 5, open_only: onlyOpen = false }) {
    const ranking = new Ranking(k);
    const fits = new Set(passing);
    search.run((now) => {
      for (const row of search.due(now)) {
        if (!fits.delete(row)) continue;
        const entry = this.hours.judge(row, search.reached.get(row), at);
        if (entry.state === "open" || !onlyOpen) ranking.add(entry);
      }
      return !fits.size || ranking.settled(now);
    });
    return ranking.first();
  }

  /** Return the way to a station, {line, metres, ms, steps}, or null where there is none. */
  way(question, row) {
    const graph = this.graph(question.profile);
    const link = this.#link(question, graph);
    if (!link || !this.serving.includes(row)) return null;
    const search = this.#search(graph, link, this.moment(question.at));
    search.run((now) => (search.reached.get(row) ?? UNREACHED) <= now);
    if (!search.reached.has(row)) return null;
    const place = this.ground.metres(question.lon, question.lat);
    return wayOf(search, this.gates, row, place, [this.x[row], this.y[row]]);
  }

  /** Return why no way leads from a place to a station. */
  whyNot(question) {
    return this.#link(question, this.graph(question.profile)) ? "unreachable" : this.#placed(question);
  }

  #passes(row, at, { services = [], always = false }) {
    const offered = this.facts[row].services;
    return services.every((key) => offered.includes(key))
      && (!always || this.hours.always(row, at));
  }

  #placed(question) {
    if (!this.#within(question)) return "outside";
    const [x, y] = this.ground.metres(question.lon, question.lat);
    if (this.barriers.hold(x, y)) return "water";
    const centre = (metres) => Math.round(metres / this.head.step_m) * this.head.step_m;
    return this.#everywhere().isNear(centre(x), centre(y), JUDGED_M) ? "no_street" : "outside";
  }

  #everywhere() {
    const every = () => new Uint8Array(this.streets.edges).fill(1);
    this.every ??= new Index(this.streets, every(), this.barriers, []);
    return this.every;
  }

  /** Return the pieces of street within a box of metres, {ends, highway}, of the wanted classes. */
  streetsWithin(west, south, east, north, isWanted) {
    const index = this.#everywhere();
    return index.within(west, south, east, north)
      .map((segment) => ({
        ends: index.ends.subarray(4 * segment, 4 * segment + 4),
        highway: this.streets.highway(index.edge[segment]),
      }))
      .filter(({ highway }) => isWanted(highway));
  }

  #none(question, at, access) {
    const told = { by: "street", entries: [], access };
    if (!this.serving.length) return { ...told, reason: "no_station", dropping: {} };
    const dropping = {};
    const flags = ["open_only", "always"].filter((name) => question[name]);
    for (const name of [...(question.services ?? []), ...flags]) {
      const others = {
        services: (question.services ?? []).filter((key) => key !== name),
        always: question.always && name !== "always",
      };
      const onlyOpen = question.open_only && name !== "open_only";
      dropping[name] = this.serving.filter((row) => this.#passes(row, at, others)
        && (!onlyOpen || this.hours.judge(row, 0, at).state === "open")).length;
    }
    return { ...told, reason: "none_fits", dropping };
  }

  #byAir(question, at, passing, access, reason) {
    const entries = passing.map((row) => ({ row, metres: this.#straight(question, row) }))
      .sort((a, b) => a.metres - b.metres || a.row - b.row)
      .map((near) => ({ ...this.hours.judge(near.row, 0, at), ...near, arrival: null, ready: null }))
      .filter(({ state }) => state === "open" || !question.open_only);
    if (!entries.length) return this.#none(question, at, access);
    if (entries[0].state === "closed") {
      const first = entries.findIndex(({ state }) => state !== "closed");
      if (first > 0) entries.unshift(...entries.splice(first, 1));
    }
    return { by: "air", entries: entries.slice(0, question.k ?? 5), access, reason, dropping: {} };
  }

  /** Return the metres of the straight line to a station, far beyond the city over the ellipsoid. */
  #straight(question, row) {
    if (this.#within(question)) {
      const [x, y] = this.ground.metres(question.lon, question.lat);
      return Math.hypot(this.x[row] - x, this.y[row] - y);
    }
    return straightMetres(question.lon, question.lat, ...this.ground.degrees(this.x[row], this.y[row]));
  }
}
