// A plain map out of the pocket's streets, for a city whose map files are too large for a phone.

const SIDE = 256;
const MAIN = /^(motorway|trunk|primary|secondary|tertiary)/;
const SMALL_FROM = 14; // zoom from which every street is drawn

/** Return a Leaflet layer that draws the streets of a pocket; colours as CSS takes them. */
export function plainStreets(leaflet, { locator }, { road = "#ffffff", casing = "#c9d1d3" } = {}) {
  const Layer = leaflet.GridLayer.extend({
    createTile(coords) {
      const ratio = globalThis.devicePixelRatio || 1;
      const tile = document.createElement("canvas");
      tile.width = SIDE * ratio;
      tile.height = SIDE * ratio;
      const pen = tile.getContext("2d");
      pen.scale(ratio, ratio);
      pen.lineCap = "round";
      draw(pen, locator, (x, y) => this._map.unproject([x, y], coords.z), coords, [
        [casing, 1.5], [road, 0],
      ]);
      return tile;
    },
  });
  return new Layer({ tileSize: SIDE, pane: "tilePane", keepBuffer: 2 });
}

function draw(pen, locator, degreesAt, { x, y, z }, passes) {
  const corner = (east, south) => {
    const { lng, lat } = degreesAt((x + east) * SIDE, (y + south) * SIDE);
    return locator.ground.metres(lng, lat);
  };
  // Over one tile the way from metres to pixels is a straight one, to less than a pixel.
  const [[ox, oy], [ex, ey], [sx, sy]] = [corner(0, 0), corner(1, 0), corner(0, 1)];
  const whole = (ex - ox) * (sy - oy) - (sx - ox) * (ey - oy);
  const pixel = (px, py) => [
    (SIDE * ((px - ox) * (sy - oy) - (py - oy) * (sx - ox))) / whole,
    (SIDE * ((py - oy) * (ex - ox) - (px - ox) * (ey - oy))) / whole,
  ];
  const rim = Math.hypot(ex - ox, ey - oy) / 16;
  const [fx, fy] = corner(1, 1);
  const box = [Math.min(ox, sx) - rim, Math.min(sy, fy) - rim, Math.max(ex, fx) + rim, Math.max(oy, ey) + rim];
  const lines = locator.streetsWithin(...box, (highway) => z >= SMALL_FROM || MAIN.test(highway));
  for (const [colour, wider] of passes) {
    pen.strokeStyle = colour;
    for (const { ends, highway } of lines) {
      pen.lineWidth = wider + (MAIN.test(highway) ? 1 : 0.5) * Math.max(1, z - 12);
      pen.beginPath();
      pen.moveTo(...pixel(ends[0], ends[1]));
      pen.lineTo(...pixel(ends[2], ends[3]));
      pen.stroke();
    }
  }
}
