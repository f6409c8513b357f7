// Stations by tier: a rounded square with 中, a rounded square, a circle. One canvas for all.

const L = globalThis.L;
const ORDER = { point: 0, station: 1, centre: 2 };

// Half the size in pixels by tier; far out all become small so that thousands stay readable.
function halfSize(tier, zoom, crowded) {
  const full = { centre: 10, station: 7.5, point: 6 }[tier] ?? 6;
  const least = crowded ? 2 : 3.5;
  const scale = Math.min(1, Math.max(0.3, (zoom - (crowded ? 10 : 8)) / (crowded ? 5 : 6)));
  return Math.max(least, full * scale);
}

function outline(context, tier, x, y, half) {
  context.beginPath();
  if (tier === "point") context.arc(x, y, half, 0, 2 * Math.PI);
  else context.roundRect(x - half, y - half, 2 * half, 2 * half, half * 0.45);
}

/**
 * Draw one station; the legend uses it too, so that sign and legend are one. An idle one does not
 * serve at the chosen hour, or has not what is needed.
 */
export function sign(context, tier, x, y, half, style, { chosen = false, idle = false } = {}) {
  context.save();
  if (idle) half *= 0.85;
  if (chosen) {
    context.fillStyle = style.station;
    context.globalAlpha = 0.22;
    outline(context, tier, x, y, half + 8);
    context.fill();
    context.globalAlpha = 1;
  }
  outline(context, tier, x, y, half + Math.min(2, half * 0.28));
  context.fillStyle = style.line;
  context.shadowColor = "rgba(20,40,50,.35)";
  context.shadowBlur = 3;
  context.shadowOffsetY = 1;
  context.fill();
  context.shadowColor = "transparent";
  outline(context, tier, x, y, half);
  context.fillStyle = idle ? style.line : style[tier] ?? style.point;
  context.fill();
  if (idle) {
    context.lineWidth = Math.max(1, half * 0.3);
    context.strokeStyle = style.idle;
    outline(context, tier, x, y, half - context.lineWidth / 2);
    context.stroke();
  }
  if (tier === "centre" && half >= 7) {
    context.fillStyle = idle ? style.idle : style.line;
    context.font = `700 ${Math.round(half * 1.25)}px "PingFang SC","Noto Sans CJK SC",sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    const box = context.measureText(style.glyph);
    const middle = (box.actualBoundingBoxAscent - box.actualBoundingBoxDescent) / 2;
    context.fillText(style.glyph, x, y + middle);
  }
  context.restore();
}

// How far beside its sign a station is still meant, in pixels: fingers are wider than a pointer.
const BESIDE = matchMedia("(pointer: coarse)").matches ? 7 : 3;

const Station = L.CircleMarker.extend({
  _containsPoint(point) {
    return point.distanceTo(this._point) <= this._half + BESIDE;
  },

  _updatePath() {
    if (!this._renderer._drawing || this._empty()) return;
    const { tier, style, chosen, idle } = this.options;
    sign(this._renderer._ctx, tier, this._point.x, this._point.y, this._half, style, { chosen, idle });
  },
});

/** Return the layer of stations; `onPick(properties, latlng)` answers a click or tap. */
export function stations({ pane, url = null, data = null, style }) {
  const renderer = L.canvas({ pane, padding: 0.3, tolerance: 8 });
  const layer = L.featureGroup([], { pane });
  const byId = new Map();
  layer.url = url;
  layer.palette = style;
  layer.onPick = null;
  let offered = null; // the ids of those that serve
  let scale = 1; // signs on a wall are larger

  function resize() {
    const zoom = layer._map ? layer._map.getZoom() : 12;
    for (const marker of byId.values()) {
      marker._half = scale * halfSize(marker.options.tier, zoom, byId.size > 100);
      marker._radius = marker.options.radius = marker._half + 10; // room for the halo
      if (marker._map) marker.redraw();
    }
  }

  layer.show = (geojson) => {
    layer.clearLayers();
    byId.clear();
    const features = [...(geojson?.features ?? [])];
    features.sort((a, b) => (ORDER[a.properties.tier] ?? 0) - (ORDER[b.properties.tier] ?? 0));
    for (const feature of features) {
      const [lon, lat] = feature.geometry.coordinates;
      const { tier, id } = feature.properties;
      const marker = new Station([lat, lon], { pane, renderer, tier, style, bubblingMouseEvents: false });
      marker.on("click", () => layer.onPick?.(feature.properties, marker.getLatLng()));
      byId.set(id, marker);
    }
    resize();
    for (const marker of byId.values()) layer.addLayer(marker);
    layer.offer(offered);
  };

  layer.choose = (id) => {
    for (const [key, marker] of byId) {
      const chosen = key === id;
      if (chosen === Boolean(marker.options.chosen)) continue;
      marker.options.chosen = chosen;
      if (marker._map) marker.redraw();
    }
  };

  /** Let only these stations look as if they served (ids; null: all of them do). */
  layer.offer = (serving) => {
    offered = serving;
    for (const [key, marker] of byId) {
      const idle = serving !== null && !serving.has(key);
      if (idle === Boolean(marker.options.idle)) continue;
      marker.options.idle = idle;
      if (!marker._map) continue;
      if (idle) marker.bringToBack();
      else marker.bringToFront();
      marker.redraw();
    }
  };

  /** Return {id, latlng} of the station whose sign stands at a point of the map, or null. */
  layer.at = (point) => {
    let found = null;
    let least = Infinity;
    for (const [id, marker] of byId) {
      const away = layer._map.latLngToContainerPoint(marker.getLatLng()).distanceTo(point);
      if (away > marker._half + BESIDE || away >= least) continue;
      least = away;
      found = { id, latlng: marker.getLatLng() };
    }
    return found;
  };

  /** Draw all signs larger, for a room. */
  layer.enlarge = (times) => {
    scale = times;
    resize();
  };

  /** Return a second, empty layer of stations in another pane. */
  layer.twin = (other) => {
    const made = stations({ pane: other, style });
    made.enlarge(scale);
    return made;
  };

  /** Let a station stand elsewhere while it is dragged. */
  layer.shift = (id, latlng) => byId.get(id)?.setLatLng(latlng);

  layer.position = (id) => byId.get(id)?.getLatLng() ?? null;
  layer.on("add", () => {
    resize();
    layer._map.on("zoomend", resize);
  });
  layer.on("remove", () => layer._map?.off("zoomend", resize));
  layer.show(data);
  return layer;
}
