// A meeting in one file, opened without any server: the same stage as on the served page, over a
// source that reads the file itself. Bundled with the drawing kit into one classic script; the
// map's own script, which Folium writes below it, finds the kit under the bundle's name.
import { drawn } from "./draw/bridge.js";
import { readAhead } from "./draw/inline.js";
import { meeting } from "./meeting/index.js";
import { islands } from "./meeting/islands.js";

export * from "./draw/index.js";
export { drawn };

drawn.then((atlas) => meeting(atlas, islands())).then(readAhead);
