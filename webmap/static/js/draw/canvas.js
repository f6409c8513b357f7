// The Leaflet map, its panes from bottom to top, and the marks that every map carries.

const L = globalThis.L;

// Served ground is calm, what is not served speaks, circles lie over both, stations over all.
const PANES = {
  ground: 210,
  cells: 220,
  gaps: 230,
  streets: 240,
  circles: 350,
  ring: 360,
  bands: 370,
  route: 420,
  stations: 450,
  works: 440, // streets that a scenario builds
  labels: 460, // a name behind a sign cannot be read, a sign behind a thin name can
  edits: 465, // what a scenario changes of the stations
};

export function canvas(id, { bounds, minZoom, maxZoom }) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(id, {
    minZoom,
    maxZoom,
    zoomControl: false,
    attributionControl: false,
    maxBounds: L.latLngBounds(bounds).pad(4),
    maxBoundsViscosity: 0.6,
    fadeAnimation: false,
    zoomAnimation: !still,
    markerZoomAnimation: !still,
    inertia: !still,
    wheelPxPerZoomLevel: 90,
  });
  for (const [name, z] of Object.entries(PANES)) {
    const pane = map.createPane(name);
    pane.style.zIndex = z;
    if (name !== "stations") pane.style.pointerEvents = "none";
  }
  map.cityBounds = L.latLngBounds(bounds);
  map.fitBounds(map.cityBounds);
  return map;
}

export function marks(map, { attribution }) {
  map.scaleBar = L.control.scale({ imperial: false, position: "bottomright", maxWidth: 90 });
  map.scaleBar.addTo(map);
  map.credits = L.control.attribution({ prefix: false, position: "bottomright" });
  map.credits.addTo(map).addAttribution(attribution);
}
