// What a scenario changes, on the map: a badge beside each changed station, a ghost where it stood,
// the streets that are built and the gates that are opened.
import { h } from "../dom.js";
import { distance, t } from "../i18n.js";
import { isStreet, subject } from "../scenario/changes.js";
import { metres } from "../scenario/words.js";

const L = globalThis.L;
const LINK = "#26327f";
const CASING = "#ffffff";
const GHOST = "#56666d";

const at = ([lon, lat]) => L.latLng(lat, lon);

function mark(latlng, content, { pane = "edits", onclick = null } = {}) {
  const icon = L.divIcon({ className: "edit-holder", html: content, iconSize: [0, 0] });
  const made = L.marker(latlng, { icon, pane, interactive: Boolean(onclick), keyboard: false });
  if (onclick) made.on("click", onclick);
  return made;
}

/** A ring where a station stood, and a thread to where it is now. */
export function ghost(from, to) {
  const base = { pane: "edits", interactive: false, color: GHOST };
  return L.featureGroup([
    L.polyline([from, to], { ...base, weight: 1.5, dashArray: "3 4" }),
    L.circleMarker(from, { ...base, radius: 6, weight: 1.5, dashArray: "2 2", fillColor: CASING, fillOpacity: 0.7 }),
  ]);
}

/** A street that is built or being drawn, with its length. */
export function street(line, { dashed = false, words = "", onclick = null } = {}) {
  const base = { pane: "works", lineCap: "round", lineJoin: "round", interactive: false };
  const places = line.map(at);
  const drawn = L.featureGroup([
    L.polyline(places, { ...base, color: CASING, weight: 8, opacity: 0.95 }),
    L.polyline(places, { ...base, color: LINK, weight: 4, dashArray: dashed ? "7 7" : null }),
  ]);
  // The canvas of the stations lies over the line: its label answers the click.
  if (words) {
    const label = h(onclick ? "button.edit-length" : "span.edit-length", { type: onclick ? "button" : null }, words);
    drawn.addLayer(mark(L.polyline(places).getBounds().getCenter(), label, { onclick }));
  }
  return drawn;
}

// One badge says the most important of several changes of a station.
const BADGES = [["open", "新"], ["close", "关"], ["closed", "关"], ["move", "移"]];

function badge(changes) {
  const kinds = changes.map((change) => (change.kind === "status" ? change.status : change.kind));
  const [kind, words] = BADGES.find(([name]) => kinds.includes(name)) ?? ["other", "改"];
  return h(`span.edit-badge.${kind === "close" || kind === "closed" ? "shut" : kind}`, {}, t(words));
}

/** Return the layer that shows a list of changes; `draw(before, after, changes)` renews it. */
export function marks(map, { onStreet }) {
  const layer = L.layerGroup().addTo(map);

  function station(id, changes, before, after) {
    const now = after.get(id);
    if (!now) return;
    const here = at(now.geometry.coordinates);
    const old = before.get(id);
    if (old && changes.some((change) => change.kind === "move")) {
      layer.addLayer(ghost(at(old.geometry.coordinates), here));
    }
    if (now.properties.status !== "open") layer.addLayer(mark(here, h("span.edit-closed")));
    layer.addLayer(mark(here, badge(changes)));
  }

  function built(change) {
    const onclick = () => onStreet(change);
    if (change.kind === "link") {
      const words = distance(metres(change.line));
      layer.addLayer(street(change.line, { words: `${t("新")} · ${words}`, onclick }));
    } else if (change.kind === "gate") {
      layer.addLayer(mark(at(change.position), h("button.edit-gate.open", { type: "button", "aria-label": change.name || t("打开的门禁") }, t("开")), { onclick }));
    }
  }

  layer.draw = (before, after, changes) => {
    layer.clearLayers();
    const byStation = new Map();
    for (const change of changes) {
      if (isStreet(change)) built(change);
      else byStation.set(subject(change), [...(byStation.get(subject(change)) ?? []), change]);
    }
    for (const [id, own] of byStation) station(id, own, before, after);
  };
  return layer;
}

export { mark };
