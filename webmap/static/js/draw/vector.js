// A layer of our own vector tiles, drawn by protomaps-leaflet without style or glyph servers.
import { readPatiently } from "./archive.js";
import { inlineView } from "./inline.js";

const { leafletLayer, Labelers } = globalThis.protomapsL;

// The library keeps labels of 16 tiles; a wide screen shows more, and names would come and go.
const LABELED_TILES = 96;

// The library wants an address for every source, also for one that is never asked.
const addressed = (source) => (source.island ? { ...source, url: "inline.pmtiles" } : source);

const some = (sources, test) =>
  Object.fromEntries(Object.entries(sources).filter(([, source]) => test(source)));

/**
 * Return a Leaflet layer; `paint` and `label` are rules of protomaps-leaflet. A source is an archive
 * of tiles (`url`) or an island of the page (`island`) from which tiles are cut.
 */
export function vectorLayer({ pane, sources, paint = [], label = [] }) {
  const layer = leafletLayer({
    pane,
    sources: Object.fromEntries(
      Object.entries(sources).map(([name, source]) => [name, addressed(source)])),
    paintRules: paint,
    labelRules: label,
    attribution: "",
    tileDelay: 0.001,
    keepBuffer: 3,
    updateWhenZooming: false,
  });
  readPatiently(layer, some(sources, (source) => !source.island));
  for (const [name, source] of Object.entries(some(sources, (found) => found.island))) {
    layer.views.set(name, inlineView(name, source));
  }
  layer.clearLayout = () => {
    layer.labelers = new Labelers(
      layer.scratch,
      layer.labelRules,
      LABELED_TILES,
      layer.onTilesInvalidated,
    );
  };
  layer.clearLayout();
  return layer;
}

/**
 * Let a layer wear day or night: `rules(style)` gives its `paint` or `label`, `night` is what differs
 * from `style`. `layer.dress(isNight)` changes it and paints anew what is loaded.
 */
export function dressable(layer, { style, night = {} }, rules) {
  let wearsNight = false;
  /** Make the rules anew: something that they hold has changed. */
  layer.redress = () => {
    const { paint = [], label = [] } = rules(wearsNight ? { ...style, ...night } : style);
    layer.paintRules = paint;
    layer.labelRules = label;
    layer.clearLayout();
    layer.rerenderTiles();
  };
  layer.dress = (isNight) => {
    if (isNight === wearsNight) return;
    wearsNight = isNight;
    layer.redress();
  };
  return layer;
}

/**
 * Paint the tiles of a layer anew in which a feature of `source` has changed; resolves when that is
 * done, which the library's own way does not.
 */
export function repaint(layer, source, hasChanged) {
  return Promise.all(Object.entries(layer._tiles).map(async ([key, { el }]) => {
    const place = layer._wrapCoords(layer._keyToTileCoords(key));
    const tile = await layer.views.get(source).getDisplayTile(place).catch(() => null);
    if (tile && !tile.data.get(source)?.some(hasChanged)) return;
    await layer.renderTile(place, el, layer._tileCoordsToKey(place));
  }));
}

/** Return z → value, linear between the stops [[zoom, value], …]. */
export function byZoom(stops) {
  return (z) => {
    if (z <= stops[0][0]) return stops[0][1];
    for (let i = 1; i < stops.length; i += 1) {
      const [high, above] = stops[i];
      const [low, below] = stops[i - 1];
      if (z <= high) return below + ((above - below) * (z - low)) / (high - low);
    }
    return stops[stops.length - 1][1];
  };
}

/** Trace a feature's lines or rings as the context's current path. */
export function trace(context, geometry) {
  context.beginPath();
  for (const part of geometry) {
    for (let i = 0; i < part.length; i += 1) {
      if (i === 0) context.moveTo(part[i].x, part[i].y);
      else context.lineTo(part[i].x, part[i].y);
    }
  }
}
