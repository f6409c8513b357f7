// The page of a map that carries its own data: a file that opens without any server, or the frame
// of a notebook. Bundled with the drawing kit into one classic script; the map's own script, which
// Folium writes below it, finds the kit under the bundle's name.
import * as card from "./card.js";
import { byId } from "./dom.js";
import { drawn } from "./draw/bridge.js";
import { percent } from "./i18n.js";
import { city, island } from "./island.js";
import { legend } from "./legend.js";
import { showFigures, showGaps } from "./panel.js";
import { sheet } from "./sheet.js";
import { onChange, state } from "./state.js";
import { switches } from "./switches.js";
import { keepInSight, padding, seeCity, tools } from "./tools.js";

export * from "./draw/index.js";
export { drawn };

const L = globalThis.L;
const figures = island("study-figures");
const byPeople = city.people_total !== null;

/** A file answers the one question of its study: its words and its legend speak of that. */
function takeQuestion({ need }) {
  Object.assign(state, { at: need?.at ?? null, services: (need?.services ?? []).join(",") });
}

/** Turn the columns of all cells into code → cell. */
function readCells(columns) {
  const names = Object.keys(columns);
  const found = new Map();
  columns.code.forEach((code, i) => {
    found.set(code, Object.fromEntries(names.map((name) => [name, columns[name][i]])));
  });
  return found;
}

const cells = readCells(island("cell-figures", { code: [] }));
const shareOf = (cell) => (byPeople ? cell.share : cell.ground_share);

function paint(layers) {
  const shown = new Map();
  for (const [code, cell] of cells) {
    const share = shareOf(cell);
    shown.set(code, { share, gap: share !== null && cell.class === "none" });
  }
  layers.cells?.show(state.level, shown);
}

/** Return the names of a cell and of what it lies in, from the top. */
function path(cell) {
  const names = [];
  for (let at = cell; at; at = cells.get(at.parent)) names.unshift(at.name || at.code);
  return names;
}

function openCell({ map, layers }, latlng) {
  const cell = cells.get(layers.cells?.codeAt(latlng));
  layers.stations.choose(null);
  layers.bands.show(null);
  layers.cells?.select(cell?.code ?? null);
  if (!cell) {
    card.closeCard();
    return;
  }
  const answer = { cell: { ...cell, path: path(cell) }, figures: cell, place: null };
  card.showCell(answer, () => layers.cells.select(null), () => {});
  keepInSight(map, latlng);
}

function openStation({ map, layers }, station, latlng) {
  layers.cells?.select(null);
  layers.stations.choose(station.id);
  card.showStation(station, () => layers.stations.choose(null), { bands: false });
  keepInSight(map, latlng);
}

/** Name the cell under the pointer; text only, whatever the name holds. */
function hints({ map, layers }) {
  if (!layers.cells || !matchMedia("(hover: hover)").matches) return;
  const hint = L.tooltip({ className: "hint", direction: "top", offset: [0, -8], opacity: 1 });
  const text = document.createElement("span");
  map.on("mousemove", ({ latlng }) => {
    const cell = map.hasLayer(layers.cells) ? cells.get(layers.cells.codeAt(latlng)) : null;
    if (!cell || shareOf(cell) === null) {
      hint.remove();
      return;
    }
    text.textContent = `${cell.name || cell.code} · ${percent(shareOf(cell))} %`;
    hint.setContent(text).setLatLng(latlng);
    if (!map.hasLayer(hint)) hint.addTo(map);
    hint.update();
  });
  map.on("mouseout", () => hint.remove());
}

function flyTo({ map, layers }, feature) {
  map.fitBounds(L.geoJSON(feature).getBounds(), { ...padding(), maxZoom: 16 });
  layers.stations.choose(null);
  layers.bands.show(feature, () => ({ color: layers.gaps.palette.color, weight: 3, fill: false }));
}

/** Whoever adds layers of their own finds them in Leaflet's control, which then shows itself. */
function guests({ layers }) {
  const listed = document.querySelectorAll(".leaflet-control-layers-overlays label").length;
  const own = Object.keys(layers).filter((key) => !["ground", "bands", "route"].includes(key)).length;
  if (listed > own) document.querySelector(".stage").classList.remove("mirrored");
}

function start(atlas) {
  const { map, layers } = atlas;
  takeQuestion(figures);
  switches();
  tools(map);
  sheet();
  legend(byId("legend"), atlas, { byPeople });
  new MutationObserver(() => document.body.classList.toggle("has-card", !byId("card").hidden))
    .observe(byId("card"), { attributes: true });
  showFigures(figures);
  showGaps(layers.gaps.geojson, (feature) => flyTo(atlas, feature));
  paint(layers);
  const serving = island("serving");
  layers.stations.offer(serving && new Set(serving));
  seeCity(map);
  hints(atlas);
  guests(atlas);
  layers.stations.onPick = (station, latlng) => openStation(atlas, station, latlng);
  map.on("click", (event) => openCell(atlas, event.latlng));
  onChange(() => {
    paint(layers);
    showFigures(figures);
    layers.cells?.select(null);
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") byId("card").querySelector(".close")?.click();
  });
  document.documentElement.dataset.ready = "";
}

drawn.then(start);
