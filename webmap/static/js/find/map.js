// The map beside the list: its scripts come when the list stands, and it may never come at all.
import { byId } from "../dom.js";
import { drawn } from "../draw/bridge.js";
import { padding, pickByKey, seeCity, tools } from "../tools.js";

const CLOSEST = 17;
const FAR_OUT = 1; // farther from the city than the city is wide, there is no map to be shown
const MOST_WORDS = 40; // pixels: on a very small screen the way needs the room more than the words do
let loading = null;

/** Load one style sheet or script of the map; in order, because one needs the other. */
function fetched(piece) {
  const isStyle = piece.localName === "link";
  const element = document.createElement(piece.localName);
  for (const { name, value } of piece.attributes) element.setAttribute(name, value);
  if (!isStyle) element.async = false;
  return new Promise((done, failed) => {
    element.addEventListener("load", done);
    element.addEventListener("error", () => failed(new Error(`not loaded: ${element.src || element.href}`)));
    document.head.append(element);
  });
}

async function begin() {
  const pieces = byId("map-pieces").content;
  await Promise.all([...pieces.querySelectorAll("link, script[src]")].map(fetched));
  const script = document.createElement("script");
  script.type = "module";
  script.textContent = pieces.querySelector("script:not([src])").textContent;
  document.body.append(script);
  return drawn;
}

/** Return the map with what the list wants of it; a failure leaves the page without a map. */
export function load({ onPick, onStation, stations }) {
  loading ??= begin().then((atlas) => {
    const { map, layers } = atlas;
    tools(map);
    seeCity(map);
    map.on("click", (event) => onPick(event.latlng.lng, event.latlng.lat));
    pickByKey(map, (latlng) => onPick(latlng.lng, latlng.lat));
    layers.stations.onPick = (properties) => onStation(properties.id);
    stations().then(layers.stations.show, () => {}); // the list works without the signs
    const dress = () => {
      const isNight = document.documentElement.hasAttribute("data-night");
      for (const layer of [layers.ground, layers.streets, layers.labels]) layer.dress(isNight);
    };
    dress();
    document.addEventListener("look", dress);
    document.body.dataset.map = "";
    return wrapped(atlas);
  });
  return loading;
}

function wrapped({ map, layers }) {
  const L = globalThis.L;
  let halo = null;

  /** Bring bounds in sight: no end of a way lies under the panels, nor under the words of the sources. */
  function fit(bounds) {
    if (!bounds.isValid()) return;
    const { paddingTopLeft, paddingBottomRight: [right, below] } = padding();
    const words = map.getContainer().querySelector(".leaflet-control-attribution")?.offsetHeight ?? 0;
    const paddingBottomRight = [right, below + Math.min(words, MOST_WORDS)];
    map.fitBounds(bounds, { paddingTopLeft, paddingBottomRight, maxZoom: CLOSEST });
  }

  /** Show where the rider stands, and how sure that is. */
  function stand(place) {
    halo?.remove();
    halo = null;
    layers.route.stand(place && L.latLng(place.lat, place.lon));
    if (!place) return;
    if (place.accuracy > 30) {
      halo = L.circle([place.lat, place.lon], {
        radius: place.accuracy, pane: "route", interactive: false, weight: 1, fillOpacity: 0.08, className: "unsure-of",
      }).addTo(map);
    }
  }

  /** Draw the way to the chosen station, or by air the straight line; `fits` brings it in sight. */
  function show(place, station, way, fits = true) {
    const { route, stations } = layers;
    stations.choose(station?.id ?? null);
    route.way(way);
    if (!station) return;
    const there = station.position.wgs84;
    if (place && station.by === "air") route.air([place.lon, place.lat], there);
    if (!fits) return;
    const bounds = way ? L.geoJSON(way.geometry).getBounds() : L.latLngBounds([]);
    bounds.extend([there[1], there[0]]);
    if (place && !map.cityBounds.pad(FAR_OUT).contains([place.lat, place.lon])) {
      seeCity(map);
      return;
    }
    if (place) bounds.extend([place.lat, place.lon]);
    fit(bounds.pad(0.08));
  }

  /** Put one step of the way forward; null = none. */
  function step(index) {
    const bounds = layers.route.step(index);
    if (bounds) fit(bounds.pad(0.3));
  }

  return { stand, show, step };
}
