// A way step by step on the map: what is ridden is solid, what is walked dotted, stairs are ticked.

const L = globalThis.L;

/** Return the stroke of a step's kind; `onFoot` = the whole way is walked, and then its line is solid. */
function stroke({ kind, turn }, onFoot, isFirst, style) {
  const isLeg = turn === "arrive" || (isFirst && kind === "walk");
  if (kind === "stairs") return { weight: style.weight + 3, dashArray: "2 4", lineCap: "butt" };
  if (kind === "push") return { weight: style.weight, dashArray: "10 7", lineCap: "butt" };
  if (kind === "walk" && (isLeg || !onFoot)) return { weight: style.weight, dashArray: "0.1 8", lineCap: "round" };
  return { weight: style.weight, lineCap: "round" };
}

function badge(className, text = "") {
  const mark = document.createElement("span");
  mark.className = className;
  mark.textContent = text;
  return L.divIcon({ className: "here-holder", html: mark, iconSize: [24, 24] });
}

/** Return a layer group that draws ways (their JSON); `pane` and `renderer` are those of the route. */
export function trip({ pane, renderer, style }) {
  const group = L.featureGroup();
  const parts = L.layerGroup().addTo(group);
  const front = L.layerGroup().addTo(group);
  const marks = L.layerGroup().addTo(group);
  const base = { pane, renderer, interactive: false, lineJoin: "round" };
  let shown = null; // {way, line}

  const line = (target, latlngs, options) =>
    target.addLayer(L.polyline(latlngs, { ...base, lineCap: "round", opacity: 1, ...options }));
  const point = (target, latlng, icon) => target.addLayer(
    L.marker(latlng, { icon, pane, interactive: false, keyboard: false, zIndexOffset: 1000 }),
  );

  const latlngs = (geometry) => geometry.coordinates.map(([lon, lat]) => [lat, lon]);
  const piece = ({ first, last }) => shown.line.slice(first, last + 1);

  group.clear = () => {
    shown = null;
    for (const each of [parts, front, marks]) each.clearLayers();
  };

  /** Draw a way; null takes away what is drawn. */
  group.draw = (way) => {
    group.clear();
    if (!way) return;
    shown = { way, line: latlngs(way.geometry) };
    const onFoot = !way.steps.some(({ kind }) => kind === "ride" || kind === "push");
    line(parts, shown.line, { className: "way-casing", color: style.casing, weight: style.weight + 4, opacity: 0.95 });
    way.steps.forEach((step, i) => {
      if (step.kind === "leave") {
        point(marks, shown.line[step.first], badge("way-leave", "P"));
        return;
      }
      const own = stroke(step, onFoot, i === 0, style);
      line(parts, piece(step), { className: `way-line way-${step.kind}`, color: style.color, ...own });
    });
    point(marks, shown.line.at(-1), badge("way-end"));
  };

  /** Draw a straight line that is no way, dashed. */
  group.air = (from, to) => {
    group.clear();
    const ends = [from, to].map(([lon, lat]) => [lat, lon]);
    line(parts, ends, {
      className: "way-air", color: style.color, weight: style.weight - 2, dashArray: "3 9", opacity: 0.8,
    });
  };

  /** Put one step forward and return its bounds; null puts all on a level again. */
  group.step = (index) => {
    front.clearLayers();
    const step = index === null ? null : shown?.way.steps[index];
    if (!step) return null;
    const here = piece(step);
    line(front, here, {
      className: "way-front", color: style.color, weight: style.weight + 12, opacity: 0.28,
    });
    return L.latLngBounds(here);
  };
  return group;
}
