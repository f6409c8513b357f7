// A person's position, the way to a station, and the link that is missing on it.
import { trip } from "./trip.js";

const L = globalThis.L;

function hereIcon(color, small) {
  const dot = document.createElement("span");
  dot.className = small ? "here spot" : "here";
  dot.style.setProperty("--here", color);
  return L.divIcon({ className: "here-holder", html: dot, iconSize: [44, 44] });
}

export function route({ pane, style }) {
  const layer = L.featureGroup([], { pane });
  const renderer = L.svg({ pane, padding: 0.4 });
  const lines = L.layerGroup();
  const marks = L.layerGroup();
  const missing = L.layerGroup();
  const blocks = L.layerGroup();
  const steps = trip({ pane, renderer, style });
  for (const part of [lines, steps, missing, blocks, marks]) layer.addLayer(part);

  /** Put the person (or, small, a mere spot) at a position, or take the mark away. */
  layer.stand = (latlng, small = false) => {
    marks.clearLayers();
    if (!latlng) return;
    const icon = hereIcon(small ? style.color : style.here, small);
    marks.addLayer(L.marker(latlng, { icon, pane, interactive: false, keyboard: false, zIndexOffset: 2000 }));
  };

  /** Draw the way as GeoJSON line; the others, fainter, below it. */
  layer.draw = (way, others = []) => {
    lines.clearLayers();
    const add = (geojson, options) => {
      const base = { pane, renderer, interactive: false, lineCap: "round", lineJoin: "round" };
      lines.addLayer(L.geoJSON(geojson, { ...base, style: { ...base, ...options } }));
    };
    for (const other of others) {
      add(other, { color: style.color, weight: 3, opacity: 0.28 });
    }
    if (!way) return;
    add(way, { color: style.casing, weight: style.weight + 4, opacity: 0.95 });
    add(way, { color: style.color, weight: style.weight, opacity: 1 });
  };

  /** Draw the link that is missing: dashed, with its length in words; null takes it away. */
  layer.mend = (link, words = "") => {
    missing.clearLayers();
    if (!link) return;
    const base = { pane, renderer, interactive: false, lineCap: "butt" };
    for (const [color, weight, dashArray] of [
      [style.casing, style.weight + 3, null], [style.missing, style.weight - 1, "9 6"],
    ]) missing.addLayer(L.geoJSON(link, { ...base, style: { ...base, color, weight, dashArray, opacity: 1 } }));
    if (!words) return;
    const name = document.createElement("span");
    name.className = "missing-length";
    name.textContent = words;
    const icon = L.divIcon({ className: "missing-holder", html: name, iconSize: [0, 0] });
    const middle = L.geoJSON(link).getBounds().getCenter();
    missing.addLayer(L.marker(middle, { icon, pane, interactive: false, keyboard: false }));
  };

  /** Mark where something refuses passage. */
  layer.block = (latlng) => {
    blocks.clearLayers();
    if (!latlng) return;
    const bar = document.createElement("span");
    bar.className = "no-passage";
    const icon = L.divIcon({ className: "here-holder", html: bar, iconSize: [22, 22] });
    blocks.addLayer(L.marker(latlng, { icon, pane, interactive: false, keyboard: false }));
  };

  /** Draw a way (its JSON) step by step; null takes it away, and a line through the air. */
  layer.way = (way) => steps.draw(way);

  /** Draw a dashed straight line between two positions [lon, lat]: there is no way. */
  layer.air = (from, to) => steps.air(from, to);

  /** Put a step of the way forward and return its bounds; null = none. */
  layer.step = (index) => steps.step(index);

  layer.clear = () => {
    layer.stand(null);
    layer.way(null);
    layer.draw(null);
    layer.mend(null);
    layer.block(null);
  };
  return layer;
}
