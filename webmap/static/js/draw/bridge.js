// The one bridge between the drawn map and the page: resolves once, and says so as an event.

let resolve;

/** Resolves to `{map, layers}` when the map's script has run. */
export const drawn = new Promise((done) => {
  resolve = done;
});

export function ready(atlas) {
  resolve(atlas);
  document.dispatchEvent(new CustomEvent("map:ready", { detail: atlas }));
}
