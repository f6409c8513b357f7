// Whether a straight line crosses water, a railway, a motorway or a wall: the rules of
// geo/barriers.py. Touching is not crossing; a place inside an area is on no ground.
import { Bins } from "./bins.js";

const TOUCH_M = 1e-3;

export class Barriers {
  constructor(section, ground) {
    const parts = section("barrier.parts")[0];
    const [lon, lat] = [section("barrier.lon"), section("barrier.lat")];
    const many = section("barrier.vertices");
    const ends = [];
    this.areas = []; // the rings of each, as ranges of segments
    let line = 0;
    let vertex = 0;
    for (const count of section("barrier.lines")) {
      const from = ends.length / 4;
      for (let i = 0; i < Math.abs(count); i += 1, line += 1) {
        let last = null;
        for (const after = vertex + many[line]; vertex < after; vertex += 1) {
          const point = ground.metres(lon[vertex] / parts, lat[vertex] / parts);
          if (last) ends.push(...last, ...point);
          last = point;
        }
      }
      if (count < 0) this.areas.push([from, ends.length / 4]);
    }
    this.ends = Float64Array.from(ends);
    this.bins = new Bins(this.ends);
  }

  /** Return whether the straight line from P to Q crosses any barrier. */
  cross(px, py, qx, qy) {
    return this.bins.some(
      Math.min(px, qx), Math.min(py, qy), Math.max(px, qx), Math.max(py, qy),
      (i) => crosses(px, py, qx, qy, this.ends, 4 * i),
    );
  }

  /** Return whether a point lies inside a barrier that is an area. */
  hold(x, y) {
    return this.areas.some(([from, to]) => inside(x, y, this.ends, 4 * from, 4 * to));
  }
}

/** A ray to the east crosses the rings of an area an odd number of times from inside. */
function inside(x, y, ends, from, to) {
  let odd = false;
  for (let k = from; k < to; k += 4) {
    const [ay, by] = [ends[k + 1], ends[k + 3]];
    if ((ay > y) === (by > y)) continue;
    if (x < ends[k] + ((y - ay) / (by - ay)) * (ends[k + 2] - ends[k])) odd = !odd;
  }
  return odd;
}

function crosses(px, py, qx, qy, ends, k) {
  const [ax, ay] = [ends[k], ends[k + 1]];
  const [ux, uy] = [ends[k + 2] - ax, ends[k + 3] - ay];
  const sideP = ux * (py - ay) - uy * (px - ax);
  const sideQ = ux * (qy - ay) - uy * (qx - ax);
  const touch = TOUCH_M * Math.sqrt(ux * ux + uy * uy);
  if (!((sideP > touch && sideQ < -touch) || (sideP < -touch && sideQ > touch))) return false;
  const [vx, vy] = [qx - px, qy - py];
  const sideA = vx * (ay - py) - vy * (ax - px);
  const sideB = vx * (ends[k + 3] - py) - vy * (ends[k + 2] - px);
  return (sideA >= 0) !== (sideB >= 0);
}
