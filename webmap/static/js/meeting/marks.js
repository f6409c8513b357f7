// Marks of a view above its layers: numbers on the worst gaps, what a scenario adds to the city.
import { h } from "../dom.js";
import { street } from "../edit/marks.js";
import { count, distance, surface, t } from "../i18n.js";
import { metres } from "../scenario/words.js";
import { hidden, reason } from "../words.js";
import { insideOf, settle } from "./placing.js";

const L = globalThis.L;
const MOST = 3; // gaps that are numbered
const KINDS = { open: "新", move: "移", close: "关", status: "改" };
// How far the words of a mark stand from its point, in the type's own size.
const REACH = { gap: 1.05, station: 0.95 };

const letter = () => parseFloat(getComputedStyle(document.getElementById("kicker")).fontSize);

function mark(latlng, content) {
  const icon = L.divIcon({ className: "mark-holder", html: content, iconSize: [0, 0] });
  return L.marker(latlng, { icon, pane: "marks", interactive: false, keyboard: false });
}

// “被黄浦江阻断 · 12,304 人”
function whyWords({ class: kind, barrier, people, area_m2: area, suppressed }) {
  const amount = suppressed ? hidden(suppressed) : people === null || people === undefined
    ? surface(area) : t("{n} 人", { n: count(people) });
  return `${reason(kind, barrier)} · ${amount}`;
}

/** Return [rank, words] of the gaps to number: the server's own, else the first three. */
function numbered(view, gaps) {
  if (view.topic !== "gaps" || !gaps) return [];
  const said = view.told?.badges;
  if (said) return said;
  return gaps.features.slice(0, MOST).map(({ properties }, i) => [properties.rank ?? i + 1, whyWords(properties)]);
}

function gapMarks(view, gaps) {
  return numbered(view, gaps).flatMap(([rank, words], i) => {
    const gap = gaps.features.find(({ properties }, k) => (properties.rank ?? k + 1) === rank);
    if (!gap) return [];
    const beside = words ? h("span.mark-words", {}, words) : null;
    const latlng = L.latLng(insideOf(gap.geometry));
    return [{ latlng, words: beside, reach: REACH.gap, content: h("span.gap-mark", {}, h("b", {}, i + 1), beside) }];
  });
}

function stationMarks(changes, stations) {
  const known = new Map((stations?.features ?? []).map((one) => [one.properties.id, one]));
  return changes.filter((change) => change.station !== undefined).flatMap((change) => {
    const at = change.position ?? known.get(change.station)?.geometry.coordinates;
    if (!at) return [];
    const kind = KINDS[change.kind === "status" && change.status === "closed" ? "close" : change.kind] ?? "改";
    const isNew = change.kind === "open";
    const beside = h("span.mark-words", {}, h("b", {}, t(kind)),
      isNew && change.name ? ` ${change.name}` : null);
    return [{ latlng: L.latLng(at[1], at[0]), words: beside, reach: REACH.station,
      content: h(isNew ? "span.station-mark.new" : "span.station-mark", {}, beside) }];
  });
}

/** Return the layer of marks; `draw(view, picture)` renews it. */
export function marks({ map, layers }) {
  const pane = map.createPane("marks");
  pane.style.zIndex = 470;
  pane.style.pointerEvents = "none";
  const layer = L.layerGroup().addTo(map);
  let labels = [];

  const place = () => {
    const size = letter();
    const beside = labels.map((label) => ({ ...label, reach: label.reach * size }));
    settle(map, beside, layers.labels && beside.length ? layers.labels.standing() : []);
  };
  map.on("zoomend moveend resize", place);
  layers.labels?.on("load", place);

  return {
    /** Hide what stands left of the divider (`x`, pixels of the map; null: there is none). */
    beyond(x) {
      for (const { latlng, content } of labels) {
        content.classList.toggle("before", x !== null && map.latLngToContainerPoint(latlng).x < x);
      }
    },
    clear() {
      layer.clearLayers();
      labels = [];
    },
    draw(view, { gaps, stations }) {
      layer.clearLayers();
      const changes = view.data?.changes ?? [];
      for (const change of changes.filter(({ kind }) => kind === "link")) {
        layer.addLayer(street(change.line, { words: `${t("新")} · ${distance(metres(change.line))}` }));
      }
      labels = [...gapMarks(view, gaps), ...stationMarks(changes, stations)];
      for (const { latlng, content } of labels) layer.addLayer(mark(latlng, content));
      place();
    },
  };
}
