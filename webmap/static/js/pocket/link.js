// Tie a place to the nearest usable street that no barrier parts it from: the rules of
// geo/links.py. Equally near streets: the lowest edge. Bridges are entered only at their ends.
import { Bins } from "./bins.js";

const REACH_M = 250; // longest access leg
const AT_NODE_M = 0.05; // a link this near to an end of its edge is at the end
const RADII_M = [40, 80, 150, REACH_M];

export class Index {
  /** `offered` marks edges; `lone` lists lonely ends of bridges: 2 × edge, one more for v. */
  constructor(streets, offered, barriers, lone) {
    this.streets = streets;
    this.barriers = barriers;
    const ashore = [...lone].map((end) => loneEnd(streets, end))
      .filter(({ x, y }) => !barriers.hold(x, y)); // in the middle of water there is no shore
    const room = streets.x.length - streets.edges + ashore.length;
    this.edge = new Int32Array(room);
    this.from = new Float64Array(room); // metres along the edge where the segment begins
    this.ends = new Float64Array(4 * room);
    this.many = 0;
    for (let e = 0; e < streets.edges; e += 1) {
      if (offered[e]) this.#addEdge(e);
    }
    this.lone = this.many;
    for (const { edge, along, x, y } of ashore) this.#add(edge, along, x, y, x, y);
    this.bins = new Bins(this.ends.subarray(0, 4 * this.many));
  }

  #addEdge(edge) {
    const { x, y, start } = this.streets;
    let along = 0;
    for (let i = start[edge] + 1; i < start[edge + 1]; i += 1) {
      const piece = this.streets.piece(i);
      if (piece > 0) this.#add(edge, along, x[i - 1], y[i - 1], x[i], y[i]);
      along += piece;
    }
  }

  #add(edge, along, ...ends) {
    this.edge[this.many] = edge;
    this.from[this.many] = along;
    this.ends.set(ends, 4 * this.many);
    this.many += 1;
  }

  /** Return the link of a place, or null: {edge, offset, leg, x, y}, metres. */
  link(px, py) {
    const found = this.#nearestClear(px, py);
    if (!found || this.barriers.hold(px, py)) return null;
    const { segment, share, x, y } = found;
    const edge = this.edge[segment];
    const whole = this.streets.length[edge];
    const [x0, y0, x1, y1] = this.ends.subarray(4 * segment, 4 * segment + 4);
    const along = Math.min(this.from[segment] + share * Math.hypot(x1 - x0, y1 - y0), whole);
    let offset = along;
    if (along <= AT_NODE_M && along <= whole / 2) offset = 0;
    else if (whole - along <= AT_NODE_M) offset = whole;
    return { edge, offset, leg: Math.hypot(px - x, py - y) + Math.abs(offset - along), x, y };
  }

  #nearestClear(px, py) {
    for (const radius of RADII_M) {
      const clear = this.#within(px, py, radius)
        .find(({ x, y }) => !this.barriers.cross(px, py, x, y));
      if (clear) return clear;
    }
    return null;
  }

  /** Return whether any street is within a radius, barriers or not. */
  isNear(px, py, radius) {
    return this.bins.some(px - radius, py - radius, px + radius, py + radius, (segment) => (
      nearestOn(px, py, this.ends, 4 * segment).square <= radius * radius));
  }

  /** Return the segments that may touch a box, each once. */
  within(west, south, east, north) {
    const found = new Set();
    this.bins.some(west, south, east, north, (segment) => !found.add(segment));
    return [...found];
  }

  /** Return each edge within a radius by its nearest point, the nearest first. */
  #within(px, py, radius) {
    const best = new Map();
    this.bins.some(px - radius, py - radius, px + radius, py + radius, (segment) => {
      const foot = nearestOn(px, py, this.ends, 4 * segment);
      if (foot.square > radius * radius) return false;
      const rival = segment < this.lone ? this.edge[segment] : -1 - segment;
      const known = best.get(rival);
      if (!known || foot.square < known.square) best.set(rival, { ...foot, segment });
      return false;
    });
    return [...best.values()].sort((a, b) => (
      a.square - b.square || this.edge[a.segment] - this.edge[b.segment]));
  }
}

function loneEnd(streets, end) {
  const edge = Math.floor(end / 2);
  const atV = end % 2 === 1;
  const vertex = atV ? streets.start[edge + 1] - 1 : streets.start[edge];
  return { edge, along: atV ? streets.length[edge] : 0, x: streets.x[vertex], y: streets.y[vertex] };
}

function nearestOn(px, py, ends, k) {
  const [x0, y0, x1, y1] = [ends[k], ends[k + 1], ends[k + 2], ends[k + 3]];
  const [dx, dy] = [x1 - x0, y1 - y0];
  const whole = dx * dx + dy * dy;
  const share = whole > 0 ? ((px - x0) * dx + (py - y0) * dy) / whole : 0;
  let [x, y] = [x0 + share * dx, y0 + share * dy];
  if (share <= 0) [x, y] = [x0, y0];
  if (share >= 1) [x, y] = [x1, y1]; // the end itself: edges that meet there are equally far
  const square = (px - x) * (px - x) + (py - y) * (py - y);
  return { share: Math.min(Math.max(share, 0), 1), x, y, square };
}
