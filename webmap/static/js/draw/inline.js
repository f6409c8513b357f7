// Tiles cut in the browser from data that stands in the page itself: notebooks and saved files have
// no server to ask, and yet are drawn by the very same layers.
import { unpacked } from "../island.js";

const { TileCache, View } = globalThis.protomapsL;

const LEVELS = 1; // a data tile covers four display tiles, as everywhere in the library
const SIZE = 256 << LEVELS;
const MARGIN = 24; // pixels around a tile that are kept, so that wide lines and borders run on
const COARSE = 0.4; // pixels; nearer points are left out while more detailed zooms follow

// The library's point class has methods that the painters need, and is not exported.
const Point = new View({ tileSize: 256 }, 0, 0)
  .dataTileForDisplayTile({ z: 0, x: 0, y: 0 }).origin.constructor;

/** Return a flat list of degrees and differences as x, y, … of the whole world in 0…1. */
function unpack(flat, scale) {
  const out = new Float64Array(flat.length);
  let [lon, lat] = [0, 0];
  for (let i = 0; i < flat.length; i += 2) {
    lon += flat[i];
    lat += flat[i + 1];
    const sin = Math.sin((lat / scale) * (Math.PI / 180));
    out[i] = lon / scale / 360 + 0.5;
    out[i + 1] = 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
  }
  return out;
}

function boxOf(parts) {
  const box = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) {
      box.minX = Math.min(box.minX, part[i]);
      box.maxX = Math.max(box.maxX, part[i]);
      box.minY = Math.min(box.minY, part[i + 1]);
      box.maxY = Math.max(box.maxY, part[i + 1]);
    }
  }
  return box;
}

/** Return the part of a ring that lies on one side: `keep` 1 below, -1 above the limit. */
function cut(ring, axis, limit, keep) {
  const out = [];
  const at = (p) => (axis === "x" ? p.x : p.y);
  const isIn = (p) => (limit - at(p)) * keep >= 0;
  for (let i = 0, a = ring[ring.length - 1]; i < ring.length; a = ring[i], i += 1) {
    const b = ring[i];
    if (isIn(a) !== isIn(b)) {
      const t = (limit - at(a)) / (at(b) - at(a));
      out.push(new Point(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)));
    }
    if (isIn(b)) out.push(b);
  }
  return out;
}

function cutRing(points, low, high) {
  let ring = points.slice(0, -1); // closed again below
  for (const axis of ["x", "y"]) {
    if (ring.length) ring = cut(ring, axis, high, 1);
    if (ring.length) ring = cut(ring, axis, low, -1);
  }
  return ring.length < 3 ? [] : [[...ring, ring[0].clone()]];
}

/** Return the pieces of a line inside the square, by Liang and Barsky. */
function cutLine(points, low, high) {
  const pieces = [];
  let piece = [];
  for (let i = 1; i < points.length; i += 1) {
    const [a, b] = [points[i - 1], points[i]];
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    let [from, to] = [0, 1];
    for (const [p, q] of [[-dx, a.x - low], [dx, high - a.x], [-dy, a.y - low], [dy, high - a.y]]) {
      if (p === 0 && q < 0) to = -1;
      else if (p < 0) from = Math.max(from, q / p);
      else if (p > 0) to = Math.min(to, q / p);
    }
    if (from > to) continue;
    const start = from === 0 ? a : new Point(a.x + from * dx, a.y + from * dy);
    const end = to === 1 ? b : new Point(a.x + to * dx, a.y + to * dy);
    if (!piece.length) piece.push(start);
    piece.push(end);
    if (to < 1) {
      pieces.push(piece);
      piece = [];
    }
  }
  if (piece.length) pieces.push(piece);
  return pieces;
}

class InlineSource {
  constructor(name, { island, minZoom = 0, maxDataZoom }) {
    Object.assign(this, { name, island, minzoom: minZoom, finest: maxDataZoom });
  }

  /** Read the island when its first tile is cut: what is drawn only from near may never be. */
  read() {
    this.reading ??= unpacked(this.island).then((layer) => this.take(layer));
    return this.reading;
  }

  take({ kind, scale, shapes, columns }) {
    this.kind = kind;
    this.features = shapes.map((parts, row) => {
      const world = parts.map((flat) => unpack(flat, scale));
      const props = {};
      for (const [key, { words, at }] of Object.entries(columns)) props[key] = words[at[row]];
      return { world, props, box: boxOf(world) };
    });
  }

  async get({ z, x, y }, size) {
    const found = new Map();
    if (z + LEVELS < this.minzoom) return found;
    await this.read();
    const scale = size * 2 ** z;
    const far = MARGIN / scale;
    const inside = { minX: (x * size) / scale - far, maxX: ((x + 1) * size) / scale + far,
      minY: (y * size) / scale - far, maxY: ((y + 1) * size) / scale + far };
    const features = [];
    for (const { world, props, box } of this.features) {
      if (box.maxX < inside.minX || box.minX > inside.maxX
        || box.maxY < inside.minY || box.minY > inside.maxY) continue;
      const geom = world.flatMap((part) => this.piece(part, scale, x * size, y * size, size, z));
      if (!geom.length) continue;
      const numVertices = geom.reduce((sum, part) => sum + part.length, 0);
      const bbox = boxOf(geom.map((part) => part.flatMap((p) => [p.x, p.y])));
      features.push({ props, geom, geomType: this.kind, numVertices, bbox });
    }
    found.set(this.name, features);
    return found;
  }

  /** Return one part of a shape in the tile's pixels, cut to the tile and its margin. */
  piece(part, scale, left, top, size, z) {
    const points = [];
    const near = z < this.finest ? COARSE : 0;
    let last = null;
    for (let i = 0; i < part.length; i += 2) {
      const point = new Point(part[i] * scale - left, part[i + 1] * scale - top);
      const isEnd = i === 0 || i === part.length - 2;
      if (isEnd || Math.abs(point.x - last.x) > near || Math.abs(point.y - last.y) > near) {
        points.push(point);
        last = point;
      }
    }
    const [low, high] = [-MARGIN, size + MARGIN];
    if (this.kind === 1) return [points];
    return this.kind === 2 ? cutLine(points, low, high) : cutRing(points, low, high);
  }
}

const cutters = [];

/** Read what no tile has asked for yet: the first look at another place is then as quick as any. */
export async function readAhead() {
  for (const cutter of cutters) await cutter.read();
}

const views = new Map(); // island → cut tiles, shared by the layers that draw them

/** Return the library's view of an island's data, made once for all layers. */
export function inlineView(name, source) {
  const { island, maxDataZoom } = source;
  if (!views.has(island)) {
    const cutter = new InlineSource(name, source);
    cutters.push(cutter);
    views.set(island, new View(new TileCache(cutter, SIZE), maxDataZoom, LEVELS));
  }
  return views.get(island);
}
