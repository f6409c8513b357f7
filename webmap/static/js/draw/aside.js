// Names step aside from the signs of stations, where somebody has said where those stand.

const L = globalThis.L;
const BIN = 64; // pixels
const TRIES = [0, -1, 1, -1.8, 1.8]; // how far a name moves up or down, in heights of its sign

/** Where signs stand: by zoom in bins of the world's pixels. */
export class Signs {
  constructor() {
    this.put([], 0);
  }

  /** `places` are [lon, lat]; a sign reaches `reach` pixels from its place. */
  put(places, reach) {
    this.places = places;
    this.reach = reach;
    this.bins = new Map();
  }

  at(zoom) {
    if (!this.bins.has(zoom)) {
      const bins = new Map();
      for (const [lon, lat] of this.places) {
        const point = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), zoom);
        const key = `${Math.floor(point.x / BIN)},${Math.floor(point.y / BIN)}`;
        bins.set(key, [...(bins.get(key) ?? []), point]);
      }
      this.bins.set(zoom, bins);
    }
    return this.bins.get(zoom);
  }

  /** Whether a box of the world's pixels covers no sign. */
  isFree(zoom, { minX, minY, maxX, maxY }) {
    const { reach } = this;
    const bins = this.at(zoom);
    const [left, top, right, bottom] = [minX - reach, minY - reach, maxX + reach, maxY + reach];
    for (let column = Math.floor(left / BIN); column <= Math.floor(right / BIN); column += 1) {
      for (let row = Math.floor(top / BIN); row <= Math.floor(bottom / BIN); row += 1) {
        const points = bins.get(`${column},${row}`) ?? [];
        if (points.some(({ x, y }) => x > left && x < right && y > top && y < bottom)) return false;
      }
    }
    return true;
  }
}

/** Place a name at its point, or a little above or below; where signs leave no room it is left out. */
export class Aside {
  constructor(text, signs) {
    this.text = text;
    this.signs = signs;
  }

  place(layout, geometry, feature) {
    const { signs } = this;
    const step = 2 * signs.reach;
    for (const times of signs.places.length ? TRIES : [0]) {
      const found = this.text.place(layout, times ? moved(geometry, times * step) : geometry, feature);
      const isFree = !found || !signs.places.length
        || found.every(({ bboxes }) => bboxes.every((box) => signs.isFree(layout.zoom, box)));
      if (isFree) return found;
    }
    return undefined;
  }
}

function moved(geometry, dy) {
  return geometry.map((part) => part.map((point) => {
    const there = point.clone();
    there.y += dy;
    return there;
  }));
}
