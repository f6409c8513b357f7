// The drawing kit: everything that touches Leaflet or protomaps-leaflet. The map's own script (made
// by Folium) calls these factories; the page's modules wait for the bridge.
export { canvas, marks } from "./canvas.js";
export { ready } from "./bridge.js";
export { ground, streets } from "./basemap.js";
export { labels } from "./labels.js";
export { cells } from "./cells.js";
export { areas } from "./areas.js";
export { stations } from "./stations.js";
export { route } from "./route.js";
