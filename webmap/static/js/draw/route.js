// A person's position and the way to a station.

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
  layer.addLayer(lines).addLayer(marks);

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

  layer.clear = () => {
    layer.stand(null);
    layer.draw(null);
  };
  return layer;
}
