// Editing on the map: the tools, the marks of what is changed, the card of a station.
import { desk } from "../desk.js";
import * as study from "../study.js";

/** Draw the stations of the scenario and let them be changed. */
export function mount({ atlas }) {
  const draw = () => study.stations().then((geojson) => atlas.layers.stations.show(geojson), () => {});
  desk.on("question", draw);
  draw();
}
