// Where the map looks: the whole city, or what a view names; never under the words.
import { byId } from "../dom.js";
import { aimAt, aimAtCity } from "../tools.js";

const L = globalThis.L;
const NARROW = 768;
const CLOSEST = 17;
const FLIGHT_S = 0.25;
const SLIP = 3; // pixels that rounding may move the map
const SHRINK = 0.01; // of a captured view, so that the same zoom holds it again

export const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Return the room that the words take from the map, as Leaflet names it. */
export function room() {
  const words = byId("story").getBoundingClientRect();
  if (innerWidth < NARROW) {
    const foot = Math.min(...["pager", "legend", "hours"].map((id) => byId(id).getBoundingClientRect())
      .filter(({ height }) => height).map(({ top }) => top));
    return { paddingTopLeft: [16, words.bottom + 24], paddingBottomRight: [16, innerHeight - foot + 8] };
  }
  const editor = byId("editor").hidden ? 0 : byId("editor").getBoundingClientRect().width;
  return {
    paddingTopLeft: [words.right + innerWidth * 0.015, innerHeight * 0.03],
    paddingBottomRight: [innerWidth * 0.02 + editor, innerHeight * 0.04],
  };
}

function aim(map, camera) {
  const space = room();
  if (!camera) return aimAtCity(map, space);
  const [west, south, east, north] = camera;
  const bounds = L.latLngBounds([south, west], [north, east]);
  const taken = L.point(space.paddingTopLeft).add(space.paddingBottomRight);
  const zoom = Math.min(CLOSEST, map.getBoundsZoom(bounds, false, taken));
  return aimAt(map, bounds, zoom, space);
}

/** Whether looking there draws the map at another zoom. */
export const isRedrawn = (map, camera) => aim(map, camera).zoom !== map.getZoom();

/**
 * Look at a box of degrees (west, south, east, north), or at the whole city. Returns a function that
 * says whether somebody has moved the map since.
 */
export function see(map, camera, { animate = false } = {}) {
  const { center, zoom } = aim(map, camera);
  // Another zoom is another drawing: it is there sooner than any flight would be.
  map.setView(center, zoom, { animate: animate && zoom === map.getZoom(), duration: FLIGHT_S });
  return () => map.getZoom() !== zoom
    || map.project(map.getCenter(), zoom).distanceTo(map.project(center, zoom)) > SLIP;
}

/** Return what is seen beside the words as west, south, east, north. */
export function seen(map) {
  const { paddingTopLeft: [left, top], paddingBottomRight: [right, bottom] } = room();
  const size = map.getSize();
  const [dx, dy] = [(size.x - left - right) * SHRINK, (size.y - top - bottom) * SHRINK];
  const from = map.containerPointToLatLng([left + dx, size.y - bottom - dy]);
  const to = map.containerPointToLatLng([size.x - right - dx, top + dy]);
  return [from.lng, from.lat, to.lng, to.lat].map((degrees) => Number(degrees.toFixed(6)));
}
