// Trace a way back from a station's door to the place by the labels of a search; of equally fast
// ways the one that geo/way/tracing.py takes.
import { FORBIDDEN } from "./streets.js";
import { toDoor, toEnd, UNREACHED } from "./search.js";

/**
 * Return the way to a station that a search has reached: {pieces, metres, door}. A piece is a
 * stretch of one edge, {edge, start, end, layer}, offsets in metres; those without length are left
 * out. `metres` counts both access legs.
 */
export function trace(search, row) {
  const { graph, link, legMs } = search;
  const time = search.reached.get(row);
  const door = doorOf(search, row);
  let metres = door.leg + link.leg;
  const pieces = [];
  const write = (edge, start, end, layer) => {
    if (start !== end) pieces.unshift({ edge, start, end, layer });
    metres += Math.abs(end - start);
  };
  const done = () => ({ pieces, metres, door });
  if (door.edge === link.edge) {
    for (let layer = 0; layer < graph.layers; layer += 1) {
      const way = toDoor(graph, layer, link.edge, link.offset, door.offset);
      if (way >= 0 && legMs + way + door.legMs === time) {
        write(link.edge, link.offset, door.offset, layer);
        return done();
      }
    }
  }
  const { streets } = graph;
  let node = lastNode(search, row, door, time);
  let layer = Math.floor(node / streets.nodes);
  const start = startOfLast(search, door, node, layer, time - search.label[node]);
  write(door.edge, start, door.offset, layer);
  for (;;) {
    if (layer === 1 && search.label[node - streets.nodes] === search.label[node]) {
      node -= streets.nodes; // the vehicle is left as late as possible
      layer = 0;
    }
    const offset = beginsAt(search, node, layer);
    if (offset !== null) {
      write(link.edge, link.offset, offset, layer);
      return done();
    }
    const { edge, toV } = cameBy(search, node, layer);
    const whole = streets.length[edge];
    write(edge, toV ? 0 : whole, toV ? whole : 0, layer);
    node = (toV ? streets.u : streets.v)[edge] + layer * streets.nodes;
  }
}

function doorOf({ stops }, row) {
  for (const [edge, doors] of stops.doors) {
    const found = doors.find((door) => door.row === row);
    if (found) return { edge, ...found };
  }
  throw new RangeError(`no door of station ${row}`);
}

function lastNode(search, row, door, time) {
  const { graph: { streets, layers }, stops, label } = search;
  let best = -1;
  for (let layer = 0; layer < layers; layer += 1) {
    for (const end of [streets.u[door.edge], streets.v[door.edge]]) {
      const node = end + layer * streets.nodes;
      if (label[node] === UNREACHED || (best >= 0 && node >= best)) continue;
      const isLast = (stops.ends.get(node) ?? []).some((stop) => (
        stop.row === row && label[node] + stop.ms === time
        && (!stop.moves || !search.blocked[layer][end])));
      if (isLast) best = node;
    }
  }
  return best;
}

function startOfLast({ graph }, door, node, layer, cost) {
  const { streets } = graph;
  const end = node - layer * streets.nodes;
  for (const [start, at] of [[0, streets.u[door.edge]], [streets.length[door.edge], streets.v[door.edge]]]) {
    const way = toDoor(graph, layer, door.edge, start, door.offset);
    if (at === end && way >= 0 && door.legMs + way === cost) return start;
  }
  return door.offset;
}

/** Return the offset at which a way can begin toward a node, just in time, or null. */
function beginsAt({ graph, link, legMs, label }, node, layer) {
  const { streets } = graph;
  const end = node - layer * streets.nodes;
  for (const toV of [true, false]) {
    if ((toV ? streets.v : streets.u)[link.edge] !== end) continue;
    const way = toEnd(graph, layer, link.edge, link.offset, toV);
    if (way < 0 || legMs + way !== label[node]) continue;
    if (way === 0) return link.offset;
    return toV ? streets.length[link.edge] : 0;
  }
  return null;
}

/** Return the lowest edge by which a node is reached in time, and whether it was passed from u. */
function cameBy({ graph, label, blocked }, node, layer) {
  const { streets } = graph;
  const base = layer * streets.nodes;
  const own = node - base;
  let best = null;
  for (let k = streets.first[own]; k < streets.first[own + 1]; k += 1) {
    const edge = streets.leaving[k] >> 1;
    const toV = Boolean(streets.leaving[k] & 1); // the edge leaves here at v: it was passed to v
    const tail = (toV ? streets.u : streets.v)[edge];
    const gait = graph.gait(layer, edge, toV);
    if (gait === FORBIDDEN || blocked[layer][tail] || label[base + tail] === UNREACHED) continue;
    if (label[base + tail] + graph.ms[gait][edge] !== label[node]) continue;
    if (!best || edge < best.edge) best = { edge, toV };
  }
  return best;
}
