// Areas that come as GeoJSON: the union of circles, the ring, the gaps, one station's bands.
import { hatch } from "./hatch.js";

const L = globalThis.L;

// Leaflet's canvas fills with a colour; ours can hatch, in step with the hatch of the cells' tiles.
const AreaCanvas = L.Canvas.extend({
  _fillStroke(context, layer) {
    L.Canvas.prototype._fillStroke.call(this, context, layer);
    const { hatch: line, mirrored } = layer.options;
    if (!line) return;
    const origin = this._map.getPixelOrigin();
    const pattern = hatch(context, { line, mirrored });
    context.save();
    context.translate(-(origin.x % 8), -(origin.y % 8));
    context.fillStyle = pattern;
    context.globalAlpha = 1;
    context.fill("evenodd");
    context.restore();
  },
});

/** Return an area layer that stays empty until `show(geojson, styleOf)`. */
export function areas({ pane, url = null, data = null, style, ring = null }) {
  const renderer = new AreaCanvas({ pane, padding: 0.4 });
  const layer = L.geoJSON(null, {
    pane,
    renderer,
    interactive: false,
    smoothFactor: 0.8,
    style: () => ({ fillRule: "evenodd", ...style }),
  });
  layer.url = url;
  layer.palette = style;
  layer.ringPalette = ring;

  layer.show = (geojson, styleOf = null) => {
    layer.clearLayers();
    layer.geojson = geojson;
    if (!geojson) return;
    layer.options.style = (feature) => {
      const drawn = {
        fillRule: "evenodd", ...style, ...style.byClass?.[feature.properties?.class],
        ...(styleOf ? styleOf(feature) : {}),
      };
      return layer.isFar ? { ...drawn, weight: drawn.weight * 0.6 } : drawn;
    };
    layer.addData(geojson);
  };

  // Far out a hundred outlines would hide what they enclose.
  const thin = () => {
    const far = layer._map.getZoom() < 12;
    if (far === layer.isFar || !style.weight) return;
    layer.isFar = far;
    layer.setStyle((feature) => ({ ...layer.options.style(feature) }));
  };
  layer.on("add", () => {
    thin();
    layer._map.on("zoomend", thin);
  });
  layer.on("remove", () => layer._map?.off("zoomend", thin));
  /** Return a second, empty layer of this look in another pane. */
  layer.twin = (other) => areas({ pane: other, style, ring });
  layer.show(data);
  return layer;
}
