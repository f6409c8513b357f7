// One station speaks: its card, its circles of 5, 10 and 15 minutes, and who depends on it.
import { get } from "./api.js";
import * as card from "./card.js";
import { title } from "./i18n.js";
import { choose, state } from "./state.js";
import * as study from "./study.js";
import { keepInSight } from "./tools.js";
import { isPublic } from "./words.js";

const ALPHAS = { 5: 0.34, 10: 0.24, 15: 0.16 };
const TINTS = { 5: 85, 10: 55, 15: 30 };

/** The city's circles step back while one station speaks. */
export function focus({ map }, on) {
  map.getContainer().classList.toggle("one-station", on);
}

function showAreas({ layers }, areas) {
  const bands = areas.features.filter((feature) => feature.properties.kind === "band");
  bands.sort((a, b) => b.properties.minutes - a.properties.minutes);
  const rings = areas.features.filter((feature) => feature.properties.kind === "ring");
  const shown = { type: "FeatureCollection", features: [...rings, ...bands] };
  layers.bands.show(shown, ({ properties }) => (properties.kind === "ring"
    ? layers.bands.ringPalette : { fillOpacity: ALPHAS[properties.minutes] ?? 0.2 }));
  card.showBands(bands.map((band) => band.properties).reverse(), (m) =>
    `color-mix(in srgb, ${layers.bands.palette.color} ${TINTS[m] ?? 50}%, white)`);
}

/** Ask who depends on the station whose card is open, at the chosen hour; a failure leaves a dash. */
export async function showImpact(id) {
  const asked = study.question();
  const path = `stations/${encodeURIComponent(id)}/impact`;
  const found = isPublic ? null : await get(path, asked).catch(() => null);
  const isNew = JSON.stringify(asked) !== JSON.stringify(study.question());
  if (state.station === id && !isNew) card.showImpact(found);
}

/** Open a station's card and draw what it serves; `closed()` hears when it is closed. */
export async function openStation(atlas, station, closed) {
  const { layers } = atlas;
  const close = () => {
    closed();
    choose({ station: null });
    layers.stations.choose(null);
    layers.bands.show(null);
    focus(atlas, false);
  };
  choose({ station: station.id });
  focus(atlas, true);
  layers.stations.choose(station.id);
  layers.cells?.select(null);
  layers.route.clear();
  card.showStation(station, close);
  const position = layers.stations.position(station.id);
  if (position) keepInSight(atlas.map, position);
  try {
    const areas = await get(`stations/${encodeURIComponent(station.id)}/service-area`, {
      profile: state.profile,
    });
    if (state.station !== station.id) return;
    showAreas(atlas, areas);
    await showImpact(station.id);
  } catch (fault) {
    card.showFault(title(station), fault.message, () => openStation(atlas, station, closed), close);
  }
}
