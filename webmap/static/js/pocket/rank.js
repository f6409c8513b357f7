// The order in which stations serve a rider: the rule of geo/ranking.py. Moments are milliseconds
// from the midnight at which the pocket's timetables begin; null stands for what never happens.

export const UNSURE_MS = 10 * 60_000; // unknown hours must be so much nearer to be worth the try
const DAY_MS = 86_400_000;
const ALWAYS_DAYS = 7; // "24 h" means open without a break for so long

/** The timetables of a pocket: spans open or unknown, the rest is closed; beyond them: unknown. */
export class Hours {
  constructor(section, days) {
    this.end = days * DAY_MS;
    this.timetable = section("hours.timetable");
    const many = section("hours.spans");
    const edges = section("hours.minutes"); // from, to, from, to … each counted from the last one
    const open = section("hours.open");
    this.spans = [];
    let k = 0;
    for (const count of many) {
      const own = [];
      let minute = 0;
      for (let i = 0; i < count; i += 1, k += 1) {
        const from = minute + edges[2 * k];
        minute = from + edges[2 * k + 1];
        own.push({ from: from * 60_000, to: minute * 60_000, open: open[k] === 1 });
      }
      this.spans.push(own);
    }
  }

  of(row) {
    return this.spans[this.timetable[row]];
  }

  /** Return what a station is on arrival: {state, ready, arrival, row, opens, closes}, from `at` on. */
  judge(row, arrival, at) {
    const moment = at + arrival;
    const entry = { row, arrival, state: "closed", ready: null, opens: null, closes: null };
    const unsure = { ...entry, state: "unknown", ready: arrival + UNSURE_MS };
    if (moment < 0 || moment >= this.end) return unsure;
    const spans = this.of(row);
    const k = spans.findIndex((span) => span.to > moment);
    if (k >= 0 && spans[k].from <= moment) {
      if (!spans[k].open) return unsure;
      const closes = spans[k].to < this.end ? spans[k].to - at : null;
      return { ...entry, state: "open", ready: arrival, closes };
    }
    const next = k < 0 ? undefined : spans.slice(k).find((span) => span.open);
    const opens = next ? next.from - at : null;
    return { ...entry, ready: opens, opens };
  }

  /** Return whether a station stays open without a break for a week, as far as that is known. */
  always(row, at) {
    if (at < 0 || at >= this.end) return false;
    const until = Math.min(at + ALWAYS_DAYS * DAY_MS, this.end);
    return this.of(row).some((span) => span.open && span.from <= at && span.to >= until);
  }
}

const before = (a, b) => (a ?? Infinity) - (b ?? Infinity) || 0; // Infinity − Infinity is no number

/** Compare two entries by (ready, arrival, row). */
export const order = (one, other) => (
  before(one.ready, other.ready) || one.arrival - other.arrival || one.row - other.row);

/** Keeps judged stations in their order, and knows when no later one can change the first ones. */
export class Ranking {
  constructor(count) {
    this.count = count;
    this.entries = [];
    this.spare = null; // the first one that is not closed, in the list or not
  }

  add(entry) {
    if (entry.state !== "closed" && (!this.spare || order(entry, this.spare) < 0)) this.spare = entry;
    let place = this.entries.length;
    while (place && order(entry, this.entries[place - 1]) < 0) place -= 1;
    this.entries.splice(place, 0, entry);
    this.entries.length = Math.min(this.entries.length, this.count);
  }

  /** Return whether stations reached at `now` or later come too late for this answer. */
  settled(now) {
    if (this.entries.length < this.count) return false;
    const last = this.entries[this.count - 1].ready;
    if (last === null || last >= now) return false;
    return this.entries[0].state !== "closed" || (this.spare !== null && this.spare.ready < now);
  }

  /** Return the first ones; a closed one never stands before one that is not. */
  first() {
    const { entries, spare } = this;
    if (!entries.length || entries[0].state !== "closed" || !spare) return entries;
    const others = entries.filter((entry) => entry.row !== spare.row);
    return [spare, ...others].slice(0, this.count);
  }
}
