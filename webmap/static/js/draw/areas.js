// Areas that come as GeoJSON: the union of circles, the ring, the gaps, one station's bands.
import { hatch } from "./hatch.js";

const L = globalThis.L;

// Leaflet's canvas fills with a colour; ours can hatch, in step with the hatch of the cells' tiles.
const AreaCanvas = L.Canvas.extend({
  _fillStroke(context, layer) {
    L.Canvas.prototype._fillStroke.call(this, context, layer);
    const { hatch: line } = layer.options;
    if (!line) return;
    const origin = this._map.getPixelOrigin();
    const pattern = hatch(context, { line });
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
    if (!geojson) return;
    layer.options.style = (feature) => ({
      fillRule: "evenodd",
      ...style,
      ...(styleOf ? styleOf(feature) : {}),
    });
    layer.addData(geojson);
  };
  layer.show(data);
  return layer;
}
