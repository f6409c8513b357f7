// The way to a station that a search has reached: where it runs, how long it is, its steps; the
// rules of geo/way/route.py.
import { trace } from "./trace.js";
import { stepsOf } from "./steps.js";

const SAME_M = 1e-6; // vertices nearer than this are one

/** Return {line, metres, ms, steps} from a place to a station that stands `at` a point; in metres. */
export function wayOf(search, gates, row, place, at) {
  const { pieces, metres, door } = trace(search, row);
  const feet = [[search.link.x, search.link.y], [door.x, door.y]];
  const { line, corners } = drawn(search.graph.streets, pieces, place, feet, at);
  const world = { graph: search.graph, blocked: search.blocked, gates };
  const steps = stepsOf(world, pieces, line, corners, [search.link.leg, door.leg]);
  return { line, metres, ms: search.reached.get(row), steps };
}

/** Return the vertices, and those where the pieces begin and, last, where they end. */
function drawn(streets, pieces, place, feet, door) {
  const line = [];
  const corners = [];
  const append = (points) => {
    for (const point of points) {
      const last = line.at(-1);
      const isApart = !last || Math.max(Math.abs(point[0] - last[0]), Math.abs(point[1] - last[1])) > SAME_M;
      if (isApart) line.push(point);
    }
  };
  append([place, feet[0]]);
  for (const piece of pieces) {
    corners.push(line.length - 1);
    append(pointsOf(streets, piece));
  }
  append([feet[1]]);
  corners.push(line.length - 1);
  append([door]);
  if (line.length === 1) line.push(door);
  return { line, corners };
}

/** Return the vertices of a piece in the order of travel. */
function pointsOf(streets, { edge, start, end }) {
  const first = streets.start[edge];
  const along = [0];
  for (let i = first + 1; i < streets.start[edge + 1]; i += 1) along.push(along.at(-1) + streets.piece(i));
  const vertex = (k) => [streets.x[first + k], streets.y[first + k]];
  const at = (metres) => {
    const k = along.findIndex((reached) => reached >= metres);
    if (k < 0) return vertex(along.length - 1);
    if (k === 0) return vertex(0);
    const share = (metres - along[k - 1]) / (along[k] - along[k - 1]);
    const [[x0, y0], [x1, y1]] = [vertex(k - 1), vertex(k)];
    return [x0 + share * (x1 - x0), y0 + share * (y1 - y0)];
  };
  const [low, high] = [Math.min(start, end), Math.max(start, end)];
  const inner = [...along.keys()].filter((k) => along[k] > low && along[k] < high).map(vertex);
  const points = [at(low), ...inner, at(high)];
  return start <= end ? points : points.reverse();
}
