// The page of the map: wires the panel, the clock, the layers, the legend and the card together.
import { city } from "./island.js";
import { byId } from "./dom.js";
import { drawn } from "./draw/bridge.js";
import { chips } from "./chips.js";
import { clock } from "./clock.js";
import { follower } from "./follow.js";
import { legend } from "./legend.js";
import { showFigures, showGaps, showHeadline } from "./panel.js";
import * as place from "./place.js";
import { sheet } from "./sheet.js";
import { choose, onChange, state } from "./state.js";
import { focus, openStation, showImpact } from "./station.js";
import * as study from "./study.js";
import { switches } from "./switches.js";
import { keepChoice, padding, pickByKey, seeCity, tools } from "./tools.js";

const QUESTION = ["profile", "budget", "level", "services", "at", "users_per_1000"];
let opened = null; // the station whose card is open

/** What the panel hears of a study, in the order in which it comes. */
const panel = (atlas, time) => ({
  busy: (on) => {
    byId("busy").classList.toggle("on", on);
    if (on) byId("worst").classList.add("pending");
  },
  headline: (figures, asked) => {
    recover();
    showHeadline(figures, asked);
  },
  painted: () => time.painted(),
  calm: () => {
    if (opened) showImpact(opened);
    else place.askAgain();
  },
  figures: (figures) => {
    recover();
    showFigures(figures);
  },
  gaps: (gaps) => {
    byId("worst").classList.remove("pending");
    showGaps(gaps, (feature) => flyTo(atlas, feature));
  },
  quiet: () => time.load(),
  fault: (fault) => {
    time.stop();
    showFault(fault);
  },
});

function recover() {
  byId("fault").hidden = true;
  byId("figure").classList.remove("failed");
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

function show(atlas, station) {
  place.leave();
  opened = station.id;
  openStation(atlas, station, () => {
    opened = null;
  });
}

function ask(atlas, latlng) {
  opened = null;
  place.explain(atlas, latlng, (id) => pickById(atlas, id));
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
  show(atlas, found.properties);
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

/** Let map and panel answer a changed question, and the card a changed station or profile. */
function listen(atlas, refresh) {
  onChange((changed) => {
    if (QUESTION.some((name) => changed.has(name))) refresh();
    if (state.station !== opened) followAddress(atlas);
    else if (opened && changed.has("profile")) pickById(atlas, opened);
  });
}

async function start() {
  const atlas = await drawn;
  switches();
  chips();
  tools(atlas.map);
  keepChoice();
  sheet();
  legend(byId("legend"), atlas, { byPeople: city.people_total !== null });
  new MutationObserver(restack).observe(byId("card"), { attributes: true });
  seeCity(atlas.map);
  atlas.layers.stations.onPick = (station) => show(atlas, station);
  atlas.map.on("click", (event) => ask(atlas, event.latlng));
  pickByKey(atlas.map, (latlng) => ask(atlas, latlng));
  const time = clock(() => refresh());
  const refresh = follower(atlas, panel(atlas, time), {
    isCalm: time.isCalm,
    next: () => time.next().map((at) => ({ ...study.question(), at })),
  });
  listen(atlas, refresh);
  byId("retry").addEventListener("click", refresh);
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
  await refresh();
}

start().then(() => {
  document.documentElement.dataset.ready = "";
});
