// Search the streets of one profile from a place on: exact times in whole milliseconds, by the
// rules of geo/places.py, geo/seeds.py and geo/arcs.py.
import { Heap } from "./heap.js";
import { FORBIDDEN, milliseconds, RIDING } from "./streets.js";

export const UNREACHED = 2 ** 31 - 1;
const MOST_STATIONS = 2 ** 20;
const AT_END_M = 0.01; // a point this near to an end of its edge stands there already

/** Where the stations stand, for one graph: doors by edge, and ends of edges that lead to them. */
export class Stops {
  constructor(graph, section, serving) {
    const { streets } = graph;
    const column = (name) => section(`link.${graph.set}.${name}`);
    const [edge, offset, rest, leg, x, y] = ["edge", "offset_m", "rest_m", "leg_m", "x", "y"].map(column);
    this.doors = new Map(); // edge → [{row, offset, legMs, leg, x, y}]
    this.ends = new Map(); // node of a layer → [{row, ms, edge, moves}]
    const push = (map, key, value) => map.get(key)?.push(value) ?? map.set(key, [value]);
    for (const row of serving) {
      const e = edge[row];
      if (e < 0) continue;
      const legMs = milliseconds(leg[row], graph.walk) | 0;
      const at = rest[row] === 0 ? streets.length[e] : offset[row];
      push(this.doors, e, { row, offset: at, legMs, leg: leg[row], x: x[row], y: y[row] });
      for (let layer = 0; layer < graph.layers; layer += 1) {
        for (const [end, toV, way] of [[streets.u[e], true, offset[row]], [streets.v[e], false, rest[row]]]) {
          const gait = graph.gait(layer, e, toV);
          if (gait === FORBIDDEN && way !== 0) continue;
          const ms = legMs + (way === 0 ? 0 : milliseconds(way, graph.speeds[gait]));
          push(this.ends, end + layer * streets.nodes, { row, ms, edge: e, offset: at, moves: way !== 0 });
        }
      }
    }
  }
}

/** Return the time from a point of an edge to one of its ends, −1 where that is forbidden. */
export function toEnd(graph, layer, edge, along, toV) {
  const whole = graph.streets.length[edge];
  const way = toV ? whole - along : along;
  if (way <= Math.min(AT_END_M, whole - way)) return 0;
  const gait = graph.gait(layer, edge, toV);
  return gait === FORBIDDEN ? -1 : milliseconds(way, graph.speeds[gait]);
}

/** Return the time between two points of an edge, −1 where that direction is forbidden. */
export function toDoor(graph, layer, edge, along, offset) {
  const step = offset - along;
  if (step === 0) return 0;
  const gait = graph.gait(layer, edge, step > 0);
  return gait === FORBIDDEN ? -1 : Math.max(milliseconds(Math.abs(step), graph.speeds[gait]), 0);
}

/** The labels of one search: when each node is reached from a place, in milliseconds. */
export class Search {
  /** `blocked` marks, by layer, the nodes that are not passed at this hour. */
  constructor(graph, stops, link, blocked, limit) {
    Object.assign(this, { graph, stops, link, blocked, limit });
    this.legMs = milliseconds(link.leg, graph.walk) | 0;
    this.label = new Int32Array(graph.layers * graph.streets.nodes).fill(UNREACHED);
    this.reached = new Map(); // row of a station → milliseconds, final once the search has passed it
    this.heap = new Heap(this.label.length);
    this.arrivals = new Heap(MOST_STATIONS);
    this.#depart();
  }

  #depart() {
    const { graph, link: { edge, offset } } = this;
    const { streets } = graph;
    for (let layer = 0; layer < graph.layers; layer += 1) {
      for (const toV of [true, false]) {
        const way = toEnd(graph, layer, edge, offset, toV);
        const end = (toV ? streets.v : streets.u)[edge];
        if (way >= 0) this.#reach(end + layer * streets.nodes, this.legMs + way);
      }
      for (const door of this.stops.doors.get(edge) ?? []) {
        const way = toDoor(graph, layer, edge, offset, door.offset);
        if (way >= 0) this.#meet(door.row, this.legMs + way + door.legMs);
      }
    }
  }

  #reach(node, time) {
    if (time >= this.label[node] || time > this.limit) return;
    this.label[node] = time;
    this.heap.push(time, node);
  }

  #meet(row, time) {
    if (time > this.limit || time >= (this.reached.get(row) ?? UNREACHED)) return;
    this.reached.set(row, time);
    this.arrivals.push(time, row);
  }

  /** Return the stations whose times are final at a moment and were not returned before. */
  due(now) {
    const rows = [];
    while (this.arrivals.size && this.arrivals.least <= now) {
      const { key, node: row } = this.arrivals.pop();
      if (key === this.reached.get(row)) rows.push(row); // else it was reached earlier meanwhile
    }
    return rows;
  }

  /** Settle nodes until `enough(now)` says so; it is asked before each moment's first node. */
  run(enough) {
    const { graph: { streets }, heap, label } = this;
    let last = -1;
    while (heap.size) {
      const { key: now, node } = heap.pop();
      if (now !== label[node]) continue; // it was reached earlier meanwhile
      if (now > last) {
        if (enough(now)) return;
        last = now;
      }
      const layer = node >= streets.nodes ? 1 : 0;
      this.#arrive(node, layer, now);
      this.#leave(node, layer, now);
    }
    enough(UNREACHED);
  }

  #arrive(node, layer, now) {
    const open = !this.blocked[layer][node - layer * this.graph.streets.nodes];
    for (const { row, ms, moves } of this.stops.ends.get(node) ?? []) {
      if (open || !moves) this.#meet(row, now + ms);
    }
  }

  #leave(node, layer, now) {
    const { graph, graph: { streets } } = this;
    const base = layer * streets.nodes;
    const own = node - base;
    if (layer + 1 < graph.layers) this.#reach(node + streets.nodes, now); // the vehicle is left here
    if (this.blocked[layer][own]) return; // reached, not passed
    for (let k = streets.first[own]; k < streets.first[own + 1]; k += 1) {
      const edge = streets.leaving[k] >> 1;
      const toV = !(streets.leaving[k] & 1);
      const gait = graph.gait(layer, edge, toV);
      if (gait === FORBIDDEN) continue;
      const head = (toV ? streets.v : streets.u)[edge];
      this.#reach(base + head, now + graph.ms[gait][edge]);
    }
  }
}

export const isRiding = (gait) => gait === RIDING;
