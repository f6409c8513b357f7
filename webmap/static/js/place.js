// A place that was clicked: whether it is served and by which way, or why not and what would mend it.
import { post } from "./api.js";
import * as card from "./card.js";
import { t } from "./i18n.js";
import { drawWay } from "./placefacts.js";
import { choose } from "./state.js";
import { focus } from "./station.js";
import * as study from "./study.js";
import { keepInSight } from "./tools.js";

let again = null; // asks anew about the spot whose card is open

/** Ask again about the open place, because the question has changed. */
export const askAgain = () => again?.();

/** Forget the open place: something else speaks now. */
export function leave() {
  again = null;
}

/** Explain a place; `onStation(id)` answers a click on the station that its card names. */
export async function explain(atlas, latlng, onStation) {
  const { layers } = atlas;
  const close = () => {
    again = null;
    layers.cells?.select(null);
    layers.route.clear();
  };
  const isSame = again?.latlng === latlng;
  const ask = () => explain(atlas, latlng, onStation);
  ask.latlng = latlng;
  again = ask;
  if (!isSame) {
    layers.route.clear();
    layers.route.stand(latlng, true);
    layers.stations.choose(null);
    layers.bands.show(null);
    focus(atlas, false);
    choose({ station: null });
    card.showBusy(t("这个位置"), close);
  }
  try {
    const { scenario, ...asked } = study.question(); // which city stands in the address
    const path = scenario ? `explain?scenario=${encodeURIComponent(scenario)}` : "explain";
    const answer = await post(path, { lon: latlng.lng, lat: latlng.lat, ...asked });
    if (again !== ask) return; // something else was asked since
    layers.cells?.select(layers.cells.codeAt(latlng) ?? answer.cell?.code ?? null);
    drawWay(layers.route, answer.place);
    card.showCell(answer, close, onStation);
    keepInSight(atlas.map, latlng);
  } catch (fault) {
    if (again === ask) card.showFault(t("这个位置"), fault.message, null, close);
  }
}
