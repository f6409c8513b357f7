// Put a way into steps: the rules of geo/way/steps.py, word for word. A stretch is {kind, street, metres,
// ms, first, last, core, leaves, flights, stairs}; vertices are those of the way's line.
import { RIDING, milliseconds } from "./streets.js";
import { angle, heading, side, turn } from "./turns.js";

const SLIVER_M = 5; // a shorter stretch is part of the next step
const CONNECTOR_M = 15; // and a shorter nameless one between streets
const LEG_M = 0.5; // a shorter leg to a door has no side
const REAL_TURN = 50; // a greater change of direction is told, whatever the streets' names

/** Return the steps of a way; `legs` are the metres of the access legs before and behind. */
export function stepsOf(world, pieces, line, corners, legs) {
  const [start, door] = [[legs[0], 0, corners[0], 0], [legs[1], corners.at(-1), line.length - 1, corners.at(-1)]]
    .map(([metres, first, last, core]) => ({
      kind: "walk", street: "", metres, ms: Math.max(milliseconds(metres, world.graph.walk), 0),
      first, last, core, leaves: null, flights: 0, stairs: 0,
    }));
  const parts = withoutSlivers(stretches(world, pieces, line, corners), line);
  const isNothing = parts.length === 1 && parts[0].metres < LEG_M && !parts[0].leaves;
  const first = isNothing ? then(start, parts.pop()) : start;
  if (first.metres >= SLIVER_M) {
    const leaves = parts.length ? parts[0].leaves : null;
    if (leaves) parts[0] = { ...parts[0], leaves: null };
    parts.unshift({ ...first, leaves });
  } else if (parts.length) parts[0] = after(parts[0], { ...first, leaves: parts[0].leaves });
  return told(parts, parts.length ? door : after(door, first), line);
}

function then(one, other) {
  const isUnknown = one.stairs === null || other.stairs === null;
  return {
    ...one,
    metres: one.metres + other.metres,
    ms: one.ms + other.ms,
    last: other.last,
    flights: one.flights + other.flights,
    stairs: isUnknown ? null : one.stairs + other.stairs,
  };
}

const after = (one, sliver) => ({
  ...one,
  metres: one.metres + sliver.metres,
  ms: one.ms + sliver.ms,
  first: sliver.first,
  leaves: sliver.leaves,
});

const isLike = (one, other) => one.kind === other.kind && one.street === other.street;

function stretches(world, pieces, line, corners) {
  const { graph } = world;
  const { streets } = graph;
  const out = [];
  let before = null;
  let climbs = false;
  pieces.forEach((piece, k) => {
    const node = nodeAt(streets, piece.edge, piece.start);
    const kind = kindOf(graph, piece);
    const isLeft = graph.layers === 2 && piece.layer === 1 && (!before || before.layer === 0);
    const leaves = isLeft ? causeOf(world, piece, node) : null;
    const part = {
      kind,
      street: streets.streetName(piece.edge),
      metres: Math.abs(piece.end - piece.start),
      ms: msOf(graph, piece),
      first: corners[k],
      last: corners[k + 1],
      core: corners[k],
      leaves,
      flights: kind === "stairs" && !climbs ? 1 : 0,
      stairs: kind === "stairs" ? stairsOf(streets, piece) : 0,
    };
    const last = out.at(-1);
    if (!last || leaves || !isLike(last, part)) out.push(part);
    else if (runsOn(last, part, line) || !isJunction(world, piece.layer, node)) out[out.length - 1] = then(last, part);
    else out.push(part);
    before = piece;
    climbs = kind === "stairs";
  });
  return out;
}

function withoutSlivers(parts, line) {
  const out = [];
  const ahead = [...parts].reverse();
  while (ahead.length) {
    const part = ahead.pop();
    const before = part.leaves ? null : (out.at(-1) ?? null);
    let behind = ahead.at(-1) ?? null;
    if (behind?.leaves) behind = null;
    if (!isSliver(part, before, behind)) out.push(part);
    else if (before && behind && isLike(before, behind) && runsOn(before, behind, line)) {
      ahead.pop();
      out[out.length - 1] = then(then(before, part), behind);
    } else if (behind && (behind.kind === part.kind || !takes(before, part, line))) {
      if (behind.kind === "stairs") out.push(part);
      else ahead[ahead.length - 1] = after(behind, part);
    } else if (takes(before, part, line)) out[out.length - 1] = then(before, part);
    else out.push(part);
  }
  return out;
}

const takes = (before, part, line) => before !== null
  && (before.kind === part.kind || before.kind !== "stairs")
  && Math.abs(bend(before, part, line)) <= REAL_TURN;

function isSliver(part, before, behind) {
  if (part.kind === "stairs") return false;
  const isBeside = [before, behind].some((each) => each && each.kind === part.kind);
  return part.metres < SLIVER_M || (!part.street && part.metres < CONNECTOR_M && isBeside);
}

const runsOn = (before, behind, line) => (
  Boolean(before.street) || Math.abs(bend(before, behind, line)) <= REAL_TURN);

const bend = (before, part, line) => (
  angle(heading(line, before.last, before.core), heading(line, part.core, part.last)));

function told(parts, door, line) {
  const out = [];
  let before = null;
  for (const part of parts) {
    const direction = compass(heading(line, part.core, part.last));
    if (part.leaves) {
      out.push({
        ...plain(part, "straight", direction),
        kind: "leave", street: "", metres: 0, seconds: 0, last: part.first, ...part.leaves, flights: 0, stairs: null,
      });
    }
    out.push(plain(part, before ? turn(bend(before, part, line)) : "start", direction));
    before = part;
  }
  const arrive = plain(door, "arrive", compass(heading(line, door.first, door.last)));
  arrive.side = before && door.metres >= LEG_M ? side(bend(before, door, line)) : "ahead";
  return [...out, arrive];
}

// Python rounds halves to the even number; a heading is never exactly one.
const compass = (direction) => Math.round(direction ?? 0) % 360;

const plain = (part, entered, direction) => ({
  kind: part.kind,
  street: part.street,
  metres: part.metres,
  seconds: part.ms / 1000,
  turn: entered,
  heading: direction,
  first: part.first,
  last: part.last,
  gate: "",
  cause: "",
  side: "",
  flights: part.flights,
  stairs: part.kind === "stairs" ? part.stairs : null,
});

const gaitOf = (graph, piece, layer = piece.layer) => graph.gait(layer, piece.edge, piece.end > piece.start);

function kindOf(graph, piece) {
  if (gaitOf(graph, piece) === RIDING) return "ride";
  if (graph.layers === 2 && piece.layer === 0) return "push";
  return graph.streets.highway(piece.edge) === "steps" ? "stairs" : "walk";
}

const msOf = (graph, piece) => (
  Math.max(1, milliseconds(Math.abs(piece.end - piece.start), graph.speeds[gaitOf(graph, piece)])));

/** How many single stairs a piece has, in proportion to its edge; null = unknown. */
function stairsOf(streets, { edge, start, end }) {
  const counted = streets.stairs.get(edge);
  return counted ? Math.round((counted * Math.abs(end - start)) / streets.length[edge]) : null;
}

/** Why the vehicle is left before a piece, and the name of the gate that refuses it. */
function causeOf({ graph, blocked, gates }, piece, node) {
  if (node !== null && blocked[0][node]) return { cause: "gate", gate: gates.name(node) };
  return { cause: graph.streets.highway(piece.edge) === "steps" ? "steps" : "street", gate: "" };
}

function nodeAt(streets, edge, offset) {
  if (offset === 0) return streets.u[edge];
  return offset === streets.length[edge] ? streets.v[edge] : null;
}

/** Whether three ways or more meet at a node, in a layer. */
function isJunction({ graph, blocked }, layer, node) {
  if (node === null) return false;
  const { streets } = graph;
  const others = new Set();
  for (let k = streets.first[node]; k < streets.first[node + 1]; k += 1) {
    const edge = streets.leaving[k] >> 1;
    const leavesU = !(streets.leaving[k] & 1);
    const other = (leavesU ? streets.v : streets.u)[edge];
    const out = graph.gait(layer, edge, leavesU) && !blocked[layer][node];
    const back = graph.gait(layer, edge, !leavesU) && !blocked[layer][other];
    if (out || back) others.add(other);
  }
  others.delete(node);
  return others.size > 2;
}
