// The page of the map: wires the panel, the layers, the legend and the card together.
import { city } from "./island.js";
import { byId } from "./dom.js";
import { t } from "./i18n.js";
import { get, post } from "./api.js";
import { drawn } from "./draw/bridge.js";
import * as card from "./card.js";
import { legend } from "./legend.js";
import { showFigures, showGaps } from "./panel.js";
import { sheet } from "./sheet.js";
import { choose, onChange, state } from "./state.js";
import * as study from "./study.js";
import { switches } from "./switches.js";
import { keepInSight, padding, pickByKey, seeCity, tools } from "./tools.js";

let turn = 0;
let opened = null; // the station whose card is open
let again = null; // asks anew about the spot whose card is open

async function refresh(atlas) {
  turn += 1;
  const mine = turn;
  const isOld = () => mine !== turn;
  byId("busy").classList.add("on");
  byId("figure").setAttribute("aria-busy", "true");
  try {
    const drawing = study.draw(atlas.layers, isOld);
    drawing.catch(() => {});
    const figures = await study.figures();
    if (isOld()) return;
    byId("fault").hidden = true;
    byId("figure").classList.remove("failed");
    showFigures(figures);
    const gaps = await study.gaps();
    if (!isOld()) showGaps(gaps, (feature) => flyTo(atlas, feature));
    await drawing;
  } catch (fault) {
    if (!isOld()) showFault(fault);
  } finally {
    if (!isOld()) byId("busy").classList.remove("on");
  }
}

function showFault(fault) {
  byId("figure").setAttribute("aria-busy", "false");
  byId("figure").classList.add("failed");
  byId("fault-text").textContent = fault.message;
  byId("fault").hidden = false;
}

function flyTo({ map, layers }, feature) {
  const bounds = globalThis.L.geoJSON(feature).getBounds();
  map.fitBounds(bounds, { ...padding(), maxZoom: 16 });
  layers.stations.choose(null);
  focus({ map }, false);
  layers.bands.show(feature, () => ({ color: layers.gaps.palette.color, weight: 3, fill: false }));
}

const alphas = { 5: 0.34, 10: 0.24, 15: 0.16 };

/** One station speaks: the city's circles step back. */
function focus({ map }, on) {
  map.getContainer().classList.toggle("one-station", on);
}

async function openStation(atlas, station) {
  const { layers } = atlas;
  opened = station.id;
  again = null;
  const close = () => {
    opened = null;
    choose({ station: null });
    layers.stations.choose(null);
    layers.bands.show(null);
    focus(atlas, false);
  };
  choose({ station: station.id });
  focus(atlas, true);
  layers.stations.choose(station.id);
  layers.cells?.select(null);
  layers.route.stand(null);
  card.showStation(station, close);
  const position = layers.stations.position(station.id);
  if (position) keepInSight(atlas.map, position);
  try {
    const areas = await get(`stations/${encodeURIComponent(station.id)}/service-area`, {
      profile: state.profile,
    });
    if (state.station !== station.id) return;
    const bands = areas.features.filter((feature) => feature.properties.kind === "band");
    bands.sort((a, b) => b.properties.minutes - a.properties.minutes);
    const rings = areas.features.filter((feature) => feature.properties.kind === "ring");
    const shown = { type: "FeatureCollection", features: [...rings, ...bands] };
    layers.bands.show(shown, ({ properties }) => (properties.kind === "ring"
      ? layers.bands.ringPalette : { fillOpacity: alphas[properties.minutes] ?? 0.2 }));
    card.showBands(bands.map((band) => band.properties).reverse(), (m) =>
      `color-mix(in srgb, ${layers.bands.palette.color} ${{ 5: 85, 10: 55, 15: 30 }[m] ?? 50}%, white)`);
  } catch (fault) {
    card.showFault(station.name, fault.message, () => openStation(atlas, station), close);
  }
}

async function explain(atlas, latlng) {
  const { layers } = atlas;
  const close = () => {
    again = null;
    layers.cells?.select(null);
    layers.route.stand(null);
  };
  const ask = () => explain(atlas, latlng);
  opened = null;
  again = ask;
  layers.route.stand(latlng, true);
  layers.stations.choose(null);
  layers.bands.show(null);
  focus(atlas, false);
  choose({ station: null });
  card.showBusy(t("这个位置"), close);
  try {
    const answer = await post("explain", {
      lon: latlng.lng, lat: latlng.lat, ...study.question(),
    });
    if (again !== ask) return; // something else was asked since
    layers.cells?.select(layers.cells.codeAt(latlng) ?? answer.cell?.code ?? null);
    card.showCell(answer, close, (id) => pickById(atlas, id));
    keepInSight(atlas.map, latlng);
  } catch (fault) {
    if (again === ask) card.showFault(t("这个位置"), fault.message, null, close);
  }
}

async function pickById(atlas, id) {
  const all = await study.stations();
  const found = all.features.find((feature) => feature.properties.id === id);
  if (!found) {
    choose({ station: null }); // an old address: the station is gone
    return;
  }
  const [lon, lat] = found.geometry.coordinates;
  if (!atlas.map.getBounds().pad(-0.1).contains([lat, lon])) atlas.map.panTo([lat, lon]);
  openStation(atlas, found.properties);
}

/** Going back, or an address typed anew: show the station that it names, or none. */
function followAddress(atlas) {
  if (state.station) pickById(atlas, state.station);
  else byId("card").querySelector(".close")?.click();
}

function restack() {
  // On a phone the card is part of the top; the legend gives way to it.
  document.body.classList.toggle("has-card", !byId("card").hidden);
}

async function start() {
  const atlas = await drawn;
  switches();
  tools(atlas.map);
  sheet();
  legend(byId("legend"), atlas, { byPeople: city.people_total !== null });
  new MutationObserver(restack).observe(byId("card"), { attributes: true });
  seeCity(atlas.map);
  atlas.layers.stations.onPick = (station) => openStation(atlas, station);
  atlas.map.on("click", (event) => explain(atlas, event.latlng));
  pickByKey(atlas.map, (latlng) => explain(atlas, latlng));
  onChange((changed) => {
    if (["profile", "budget", "level"].some((name) => changed.has(name))) refresh(atlas);
    if (state.station !== opened) followAddress(atlas);
    else if (changed.has("profile") && opened) pickById(atlas, opened);
    else if (again && (changed.has("profile") || changed.has("budget"))) again();
  });
  byId("retry").addEventListener("click", () => refresh(atlas));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !byId("card").hidden) byId("card").querySelector(".close")?.click();
  });
  study.stations().then(
    (geojson) => {
      atlas.layers.stations.show(geojson);
      if (state.station) pickById(atlas, state.station);
    },
    showFault,
  );
  await refresh(atlas);
}

start().then(() => {
  document.documentElement.dataset.ready = "";
});
