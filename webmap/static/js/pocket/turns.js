// Name the turns of a line: the rules of geo/way/turns.py. Angles are a compass's, degrees, positive to
// the right; a line is a list of [x, y] in metres.

const LOOK_M = 12; // directions are looked at over so much before and after a corner
const [STRAIGHT, SLIGHT, PLAIN, SHARP] = [20, 50, 120, 160];
const SAME_M = 1e-6;

/**
 * Return the compass direction of a line's first metres between two vertices, null where all of them
 * are in one place; from `last` to a `first` behind it, that in which the last metres are travelled.
 */
export function heading(line, first, last) {
  const part = first <= last ? line.slice(first, last + 1) : line.slice(last, first + 1).reverse();
  const end = ahead(part);
  const [x, y] = first <= last
    ? [end[0] - part[0][0], end[1] - part[0][1]]
    : [part[0][0] - end[0], part[0][1] - end[1]];
  if (!(Math.hypot(x, y) > SAME_M)) return null;
  return modulo((Math.atan2(x, y) * 180) / Math.PI, 360);
}

const modulo = (value, by) => ((value % by) + by) % by;

function ahead(line) {
  let left = LOOK_M;
  for (let i = 1; i < line.length; i += 1) {
    const [dx, dy] = [line[i][0] - line[i - 1][0], line[i][1] - line[i - 1][1]];
    const piece = Math.hypot(dx, dy);
    if (piece >= left) return [line[i - 1][0] + (dx * left) / piece, line[i - 1][1] + (dy * left) / piece];
    left -= piece;
  }
  return line[line.length - 1];
}

/** Return by how many degrees a direction changes, −180…180; unknown ones do not. */
export const angle = (before, after) => (
  before === null || after === null ? 0 : modulo(after - before + 180, 360) - 180);

/** Return the word for a change of direction. */
export function turn(degrees) {
  const size = Math.abs(degrees);
  const name = degrees > 0 ? "right" : "left";
  if (size <= STRAIGHT) return "straight";
  if (size <= SLIGHT) return `slight_${name}`;
  if (size <= PLAIN) return name;
  return size <= SHARP ? `sharp_${name}` : "back";
}

/** Return on which side a door lies that is seen under an angle to the direction of travel. */
export function side(degrees) {
  if (Math.abs(degrees) <= STRAIGHT) return "ahead";
  return degrees > 0 ? "right" : "left";
}
