// A layer of our own vector tiles, drawn by protomaps-leaflet without style or glyph servers.
import { readPatiently } from "./archive.js";

const { leafletLayer, Labelers } = globalThis.protomapsL;

// The library keeps labels of 16 tiles; a wide screen shows more, and names would come and go.
const LABELED_TILES = 96;

/** Return a Leaflet layer; `paint` and `label` are rules of protomaps-leaflet. */
export function vectorLayer({ pane, sources, paint = [], label = [] }) {
  const layer = leafletLayer({
    pane,
    sources,
    paintRules: paint,
    labelRules: label,
    attribution: "",
    tileDelay: 0.001,
    keepBuffer: 3,
    updateWhenZooming: false,
  });
  readPatiently(layer, sources);
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
