// One side of the stage: the layers that show one picture. The right side wears the map's own layers;
// the left one, before the divider, twins of them in panes of its own.
import { figuresOf } from "./picture.js";

export const SHOWN = ["cells", "gaps", "circles", "ring", "stations"];

/** Return the twins of the map's layers in new panes beside theirs. */
export function twins({ map, layers }) {
  const made = {};
  for (const name of SHOWN.filter((key) => layers[key])) {
    const pane = map.createPane(`before-${name}`);
    pane.style.zIndex = map.getPane(name).style.zIndex;
    pane.style.pointerEvents = "none";
    made[name] = layers[name].twin(`before-${name}`);
  }
  return made;
}

/** `panes` is the name of a layer → the element that it is drawn in. */
export function side(map, layers, paneOf) {
  const names = SHOWN.filter((name) => layers[name]);
  const panes = Object.fromEntries(names.map((name) => [name, map.getPane(paneOf(name))]));
  // Layers stay on the map: what is hidden now is there at once when the next view wants it.
  const wear = (name, on) => {
    panes[name].classList.add("worn");
    panes[name].classList.toggle("off", !on);
  };

  function stations({ stations: found, serving }) {
    if (!layers.stations) return;
    if (layers.stations.shown !== found) layers.stations.show(found);
    layers.stations.shown = found;
    layers.stations.offer(serving ? new Set(serving) : null);
  }

  return {
    panes: () => Object.values(panes),
    cells: () => layers.cells,

    /** Put all layers onto the map, hidden. */
    mount() {
      for (const name of names) {
        if (!map.hasLayer(layers[name])) layers[name].addTo(map);
        wear(name, false);
      }
    },

    unmount() {
      for (const name of names) layers[name].remove();
    },

    /** Hide what would tell of another question while the new one is on its way. */
    clear() {
      for (const name of names) wear(name, false);
    },

    /** Let the tiles of another zoom, which are still to come, be painted as the picture wants. */
    expect({ columns }) {
      if (columns) layers.cells?.wear(columns.level, figuresOf(columns));
    },

    /** Show a picture; resolves when it is painted. */
    async show(picture, wanted) {
      const painted = [];
      for (const name of ["gaps", "circles", "ring"].filter((key) => layers[key])) {
        if (picture[name] && layers[name].geojson !== picture[name]) layers[name].show(picture[name]);
        wear(name, Boolean(picture[name]) && wanted.includes(name));
      }
      if (picture.stations) stations(picture);
      if (layers.stations) wear("stations", wanted.includes("stations"));
      if (layers.cells) {
        const { columns } = picture;
        if (columns) painted.push(layers.cells.show(columns.level, figuresOf(columns)));
        wear("cells", Boolean(columns) && wanted.includes("cells"));
      }
      await Promise.all(painted);
      if (layers.cells?.isLoading()) await new Promise((done) => { layers.cells.once("load", done); });
    },

    /** Colour the cells and say which stations serve, for an hour of the day. */
    async hour({ columns, serving }) {
      for (const name of ["gaps", "circles", "ring"].filter((key) => layers[key])) wear(name, false);
      layers.stations?.offer(serving ? new Set(serving) : null);
      // Where nobody says which of them serve, none of them is shown as if it did.
      if (layers.stations) wear("stations", serving !== null);
      if (!layers.cells || !columns) return;
      wear("cells", true);
      await layers.cells.show(columns.level, figuresOf(columns));
    },

    /** Draw all anew: a machine that slept may have lost what was painted. */
    redraw() {
      layers.cells?.rerenderTiles();
      for (const name of ["gaps", "circles", "ring"].filter((key) => layers[key])) {
        layers[name].setStyle(layers[name].options.style);
      }
      layers.stations?.eachLayer((marker) => marker.redraw());
    },
  };
}
