// Labels beside points of the map that do not collide: each takes the first free side; one that finds
// none keeps its sign and hides its words.

const SIDES = ["east", "west", "south", "north"];
const VEIL = 0.04; // of the page's width, beside the words
const AIR = 6; // pixels between two labels

const meet = (a, b) => a[0] < b[2] + AIR && b[0] < a[2] + AIR && a[1] < b[3] + AIR && b[1] < a[3] + AIR;

function boxAt(side, { x, y }, reach, wide, high) {
  const left = { east: x + reach, west: x - reach - wide }[side] ?? x - wide / 2;
  const top = { south: y + reach, north: y - reach - high }[side] ?? y - high / 2;
  return [left, top, left + wide, top + high];
}

/** What stands above the map, in its pixels. */
function obstacles(map) {
  const { left, top } = map.getContainer().getBoundingClientRect();
  const boxes = document.querySelectorAll("#legend:not([hidden]), #pager, #sides:not([hidden]) > *, #hours:not([hidden])");
  const words = document.getElementById("story").getBoundingClientRect();
  // Below the words the veil hides what stands there.
  const veil = innerWidth < 768 ? [0, 0, innerWidth, words.bottom] : [0, 0, words.right + VEIL * innerWidth, innerHeight];
  return [veil, ...[...boxes].map((element) => element.getBoundingClientRect())
    .filter(({ width }) => width > 0)
    .map((box) => [box.left - left, box.top - top, box.right - left, box.bottom - top])];
}

/**
 * Place labels [{latlng, words, reach}]: `words` is the element that stands beside the point at a
 * distance of `reach` pixels, and gets the class of its side. `names` are the boxes of the map's own
 * names: a label covers one only where it must.
 */
export function settle(map, labels, names = []) {
  const size = map.getSize();
  const points = labels.map(({ latlng }) => map.latLngToContainerPoint(latlng));
  const signs = points.map(({ x, y }, i) => {
    const { reach } = labels[i];
    return [x - reach, y - reach, x + reach, y + reach];
  });
  const taken = obstacles(map);
  labels.forEach(({ words, reach }, i) => {
    if (!words) return;
    words.classList.remove(...SIDES, "hidden");
    const [wide, high] = [words.offsetWidth, words.offsetHeight];
    const others = [...taken, ...signs.filter((_, k) => k !== i)];
    const isFree = (box) => box[0] > 0 && box[1] > 0 && box[2] < size.x && box[3] < size.y
      && !others.some((other) => meet(box, other));
    const free = SIDES.map((side) => ({ side, box: boxAt(side, points[i], reach, wide, high) }))
      .filter(({ box }) => isFree(box));
    const best = free.find(({ box }) => !names.some((name) => meet(box, name))) ?? free[0];
    words.classList.add(best?.side ?? "hidden");
    if (best) taken.push(best.box);
  });
}

/** Return a place well inside a polygon or its largest part: the middle of its widest middle line. */
export function insideOf(geometry) {
  const parts = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
  const area = (ring) => Math.abs(ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length];
    return sum + x * nextY - nextX * y;
  }, 0));
  const rings = parts.reduce((a, b) => (area(b[0]) > area(a[0]) ? b : a));
  const heights = rings[0].map(([, y]) => y);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  let best = { wide: -1 };
  for (const part of [0.5, 0.35, 0.65, 0.2, 0.8]) {
    const y = low + (high - low) * part;
    const crossed = rings.flatMap((ring) => crossings(ring, y)).sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossed.length; i += 2) {
      const wide = crossed[i + 1] - crossed[i];
      if (wide > best.wide) best = { wide, lon: (crossed[i] + crossed[i + 1]) / 2, lat: y };
    }
  }
  return [best.lat, best.lon];
}

function crossings(ring, y) {
  const found = [];
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [[ax, ay], [bx, by]] = [ring[i], ring[j]];
    if (ay > y !== by > y) found.push(ax + ((y - ay) / (by - ay)) * (bx - ax));
  }
  return found;
}
