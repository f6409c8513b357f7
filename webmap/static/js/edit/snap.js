// Where the ends of a new link join the streets, told by the server: the newest place is asked.
import { post } from "../api.js";
import { state } from "../state.js";

const L = globalThis.L;

/** Return where an end would join the streets: {lon, lat, metres, street}, or null. */
export async function jointAt(latlng) {
  const { lng: lon, lat } = latlng;
  const tail = state.scenario ? `?scenario=${encodeURIComponent(state.scenario)}` : "";
  const { joint } = await post(`joint${tail}`, { lon, lat });
  return joint;
}

/** Return {follow, clear}: a ring runs along the streets beside the pointer. */
export function ring(map) {
  const mark = L.circleMarker([0, 0], {
    pane: "edits", interactive: false, radius: 7, weight: 2.5, color: "#26327f", fillColor: "#ffffff", fillOpacity: 0.8,
  });
  let waiting = null;
  let running = false;
  let turn = 0;

  async function run() {
    running = true;
    while (waiting) {
      const place = waiting;
      const mine = turn;
      waiting = null;
      const joint = await jointAt(place).catch(() => null); // the click asks again, and tells
      if (mine !== turn) continue;
      if (joint) mark.setLatLng([joint.lat, joint.lon]).addTo(map);
      else mark.remove();
    }
    running = false;
  }

  return {
    follow(latlng) {
      waiting = latlng;
      if (!running) run();
    },
    clear() {
      turn += 1;
      waiting = null;
      mark.remove();
    },
  };
}
