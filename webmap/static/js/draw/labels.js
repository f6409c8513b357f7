// Names of streets, places and waters, in the system's own fonts.
import { Aside, Signs } from "./aside.js";
import { dressable, vectorLayer } from "./vector.js";

const { CenteredTextSymbolizer, LineLabelSymbolizer } = globalThis.protomapsL;

const FONTS = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",system-ui,sans-serif';
const TOWNS = ["city", "town"];
const DISTRICTS = ["suburb", "borough", "village"];
const QUARTERS = ["quarter", "neighbourhood", "hamlet", "islet", "island"];
const AREAS = [...TOWNS, ...DISTRICTS, ...QUARTERS];

const named = (feature) => Boolean(feature.props.name);
const highway = (feature) => String(feature.props.highway ?? "").replace(/_link$/, "");

// The library puts a polygon's name at its first vertex; here it stands at the centre of the
// largest part on the tile, and not again within half a screen.
class AreaName {
  constructor(options) {
    this.text = new CenteredTextSymbolizer(options);
  }

  place(layout, geometry, feature) {
    const ring = geometry.reduce((a, b) => (Math.abs(twice(b)) > Math.abs(twice(a)) ? b : a));
    const area = twice(ring);
    if (Math.abs(area) < 9000) return undefined;
    let [x, y] = [0, 0];
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const cross = ring[j].x * ring[i].y - ring[i].x * ring[j].y;
      x += (ring[j].x + ring[i].x) * cross;
      y += (ring[j].y + ring[i].y) * cross;
    }
    const centre = ring[0].clone();
    centre.x = x / (3 * area);
    centre.y = y / (3 * area);
    if (!inside(centre, ring)) return undefined;
    const found = this.text.place(layout, [[centre]], feature);
    for (const label of found ?? []) {
      label.deduplicationKey = feature.props.name;
      label.deduplicationDistance = 700;
    }
    return found;
  }
}

function twice(ring) {
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    sum += ring[j].x * ring[i].y - ring[i].x * ring[j].y;
  }
  return sum;
}

function inside(point, ring) {
  let within = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [a, b] = [ring[i], ring[j]];
    if (a.y > point.y === b.y > point.y) continue;
    if (point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) within = !within;
  }
  return within;
}

export function labels({ pane, sources, ...look }) {
  const signs = new Signs();
  let scale = 1;
  const rules = (style) => ({ label: labelRules(style, scale, signs) });
  const layer = dressable(vectorLayer({ pane, sources, ...rules(look.style) }), look, rules);

  /** For a room: names in larger letters, none of them over a sign (places [lon, lat] and its reach). */
  layer.standBeside = (places, reach, times) => {
    scale = times;
    signs.put(places, reach);
    layer.redress();
  };

  /** Return the boxes of the names that stand on the map now, in pixels of its container. */
  layer.standing = () => {
    const map = layer._map;
    const found = layer.labelers.getIndex(map.getZoom())?.tree.all() ?? [];
    const { x, y } = map.getPixelBounds().min;
    return found.map((box) => [box.minX - x, box.minY - y, box.maxX - x, box.maxY - y]);
  };
  return layer;
}

function labelRules(style, scale, signs) {
  const halo = { stroke: style.halo, width: 1.6 * scale };
  const places = (kinds, size, weight, fill) => ({
    dataSource: "places",
    dataLayer: "places",
    symbolizer: new Aside(new CenteredTextSymbolizer({
      labelProps: ["name"],
      font: `${weight} ${Math.round(size * scale)}px ${FONTS}`,
      fill,
      maxLineChars: 12,
      lineHeight: 1.3,
      letterSpacing: kinds ? 1 : 0,
      ...halo,
    }), signs),
    filter: (_z, feature) => named(feature) && (kinds
      ? kinds.includes(feature.props.kind) : !AREAS.includes(feature.props.kind)),
  });
  const roads = (classes, size, minzoom) => ({
    dataSource: "roads",
    dataLayer: "roads",
    minzoom,
    filter: (_z, feature) => named(feature) && classes.includes(highway(feature)),
    symbolizer: new LineLabelSymbolizer({
      labelProps: ["name"],
      font: `500 ${Math.round(size * scale)}px ${FONTS}`,
      fill: style.road,
      position: 2,
      repeatDistance: 320,
      ...halo,
    }),
  });
  return [
    { ...places(TOWNS, 14, 700, style.place), minzoom: 8, maxzoom: 10 },
    { ...places(DISTRICTS, 13, 600, style.place), minzoom: 11, maxzoom: 16 },
    { ...places(QUARTERS, 12, 500, style.place), minzoom: 14, maxzoom: 17 },
    {
      dataSource: "water",
      dataLayer: "water",
      minzoom: 12,
      filter: (_z, feature) => named(feature),
      symbolizer: new AreaName({
        labelProps: ["name"],
        font: `italic 500 ${Math.round(13 * scale)}px ${FONTS}`,
        fill: style.water,
        letterSpacing: 2,
        ...halo,
      }),
    },
    roads(["motorway", "trunk", "primary"], 12, 13),
    roads(["secondary"], 12, 14),
    roads(["tertiary", "residential", "unclassified", "pedestrian", "living_street"], 11, 15),
    { ...places(null, 11, 500, style.road), minzoom: 16 },
  ];
}
