// The cells of one level as columns of numbers: joined, filtered and sorted without any drawing.
import { collator } from "./ranks.js";

const numbers = (values) => Float64Array.from(values, (value) => value ?? NaN);

/** Return the columns of a level for one question; `today` are those without the scenario. */
export function joined(names, columns, today = null, byPeople = true) {
  const n = columns.codes.length;
  const total = numbers(byPeople ? columns.people : columns.ground_m2);
  const covered = numbers(byPeople ? columns.covered : columns.covered_m2);
  const outside = columns.null_reason.map((reason) => reason === "outside");
  const cells = {
    n,
    code: columns.codes,
    name: names.name.map((name, i) => name || columns.codes[i]),
    bbox: names.bbox,
    people: total,
    share: numbers(byPeople ? columns.share : columns.ground_share),
    // What lies beyond the street data is not known to be uncovered.
    uncovered: total.map((all, i) => (outside[i] ? NaN : Math.max(0, all - covered[i]))),
    cause: columns.class.map((kind, i) => (kind === "full" ? "" : columns.reason[i] ?? "")),
    class: columns.class.map((kind) => kind ?? "empty"),
    outside,
    median: new Float64Array(n).fill(NaN),
    change: new Float64Array(n).fill(NaN),
  };
  if (today) {
    const before = numbers(byPeople ? today.covered : today.covered_m2);
    cells.change = covered.map((now, i) => now - before[i]);
  }
  return cells;
}

/** Put the medians in, in minutes; they come later than the rest. */
export function withMedians(cells, { code, median_s: seconds }) {
  if (code.length !== cells.n) return;
  cells.median = Float64Array.from(seconds, (value) => (value === null ? NaN : value / 60));
}

const range = (text) => text.split("-").map(Number);

/** Return the rows that fit the filters, in their first order. */
export function filtered(cells, { q, cause, class: kind, share, minutes, changed }) {
  const words = q.trim().toLowerCase();
  const [least, most] = share ? range(share) : [0, 100];
  const [from, to] = minutes ? range(minutes) : [0, 31];
  const tests = [
    words && ((i) => cells.name[i].toLowerCase().includes(words) || cells.code[i].toLowerCase().includes(words)),
    cause && ((i) => cells.cause[i] === cause),
    kind && ((i) => cells.class[i] === kind),
    share && ((i) => cells.share[i] * 100 >= least && cells.share[i] * 100 <= most),
    // As in the histogram: a minute is open below and closed above; without a way is longest.
    minutes && ((i) => (Number.isNaN(cells.median[i]) ? to > 30 && cells.people[i] > 0 && !cells.outside[i]
      : cells.median[i] > from - (from ? 0 : 1) && (to > 30 || cells.median[i] <= to))),
    changed && ((i) => Math.abs(cells.change[i]) > 1e-9),
  ].filter(Boolean);
  const rows = [];
  for (let i = 0; i < cells.n; i += 1) if (tests.every((test) => test(i))) rows.push(i);
  return rows;
}

/** Return how many people (or m²) of these rows are not covered. */
export function uncoveredOf(cells, rows) {
  let sum = 0;
  for (const i of rows) if (!Number.isNaN(cells.uncovered[i])) sum += cells.uncovered[i];
  return sum;
}

/** The columns that can be sorted by, each as numbers; `said` tells a cause in words. */
export function keyOf(cells, by, said) {
  if (by in cells && cells[by] instanceof Float64Array) return cells[by];
  if (by === "cause") {
    const kinds = [...new Set(cells.cause)].filter(Boolean);
    const order = new Map(kinds.sort((a, b) => collator.compare(said(a), said(b))).map((kind, i) => [kind, i]));
    return Float64Array.from(cells.cause, (kind) => order.get(kind) ?? NaN);
  }
  return cells.ranks?.[by] ?? null;
}

/** Sort rows by a key: equal ones keep their order, those without a figure come last either way. */
export function sorted(rows, key, way) {
  const known = [];
  const lacking = [];
  for (const row of rows) (Number.isNaN(key[row]) ? lacking : known).push(row);
  known.sort(way > 0 ? (a, b) => key[a] - key[b] || a - b : (a, b) => key[b] - key[a] || a - b);
  return known.concat(lacking);
}
