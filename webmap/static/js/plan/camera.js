// What the map shows stands in the address, so that a link opens the same view.
import { desk } from "../desk.js";
import { state } from "../state.js";
import { seeCity } from "../tools.js";

const CALM_MS = 300;

const words = (map) => {
  const { lat, lng } = map.getCenter();
  return `${lat.toFixed(5)},${lng.toFixed(5)},${Math.round(map.getZoom() * 100) / 100}`;
};

/** Take the view of the address, else the whole city; from then on write down where the map goes. */
export function camera(map, space) {
  const take = () => {
    const [lat, lng, zoom] = state.view.split(",").map(Number);
    map.setView([lat, lng], zoom, { animate: false });
  };
  let home = null;
  const see = () => {
    seeCity(map, space());
    home = words(map);
  };
  see();
  if (state.view) take();
  let later = null;
  const write = () => {
    const now = words(map);
    if (now !== state.view) desk.set({ view: now === home ? null : now });
  };
  map.on("moveend", () => {
    clearTimeout(later);
    later = setTimeout(write, CALM_MS);
  });
  desk.on("view", (changed) => {
    if (!changed.has("view")) return;
    if (state.view && state.view !== words(map)) take();
    else if (!state.view && home !== words(map)) see();
  });
}
