// Editing on the map: stations that can be dragged, tools, marks of what is changed, the card.
import { get } from "../api.js";
import { byId, h } from "../dom.js";
import { distance, t } from "../i18n.js";
import { desk } from "../desk.js";
import { stationsAfter } from "../scenario/changes.js";
import { edit, session } from "../scenario/session.js";
import { metres } from "../scenario/words.js";
import { adding } from "./add.js";
import * as card from "./card.js";
import { dragging } from "./drag.js";
import { gates } from "./gates.js";
import { linking } from "./line.js";
import { marks } from "./marks.js";
import * as previews from "./preview.js";
import { toolbar } from "./toolbar.js";

const table = (features) => new Map(features.map((feature) => [feature.properties.id, feature]));

/** Draw the stations of the scenario and let them be changed. */
export function mount({ atlas }) {
  const { map, layers } = atlas;
  let before = new Map(); // today's stations
  let after = before; // those of the scenario
  const known = () => ({ before, after });

  previews.use(atlas);
  byId("edit-tools").after(card.panel);
  const stations = card.stationCard(atlas, known);
  const layer = marks(map, { onStreet: showStreet });

  function showStreet(change) {
    stations.leave();
    const isLink = change.kind === "link";
    card.show(change.name || t(isLink ? "新连接" : "打开的门禁"),
      isLink ? distance(metres(change.line)) : null, card.hide,
      h("div.actions", {}, h("button.button", {
        type: "button", "data-key": "remove",
        onclick: () => {
          card.hide();
          edit(isLink ? { kind: "unlink", link: change.link } : { kind: "shut", gate: change.gate });
        },
      }, t(isLink ? "拆除" : "关上"))));
  }

  let drawn = null; // the changes that are on the map, as text

  function draw() {
    const wanted = JSON.stringify(session.changes);
    if (drawn === wanted) {
      stations.render();
      return;
    }
    drawn = wanted;
    const features = stationsAfter([...before.values()], session.changes);
    after = table(features);
    layers.stations.show({ type: "FeatureCollection", features });
    layers.stations.choose(stations.opened);
    layer.draw(before, after, session.changes);
    stations.render();
    desk.emit("stations", new Map([...after, ...before]));
  }

  const open = (id) => {
    if (after.has(id)) stations.open(id);
  };
  dragging(atlas, { may: () => desk.tool === "select", onPick: open });
  toolbar(atlas, [
    adding(atlas, known, { leaveCard: () => stations.leave(), made: open }),
    linking(atlas),
    gates(atlas, { leaveCard: () => stations.leave() }),
  ], {
    pick: () => {
      const found = layers.stations.at(map.getSize().divideBy(2));
      if (found) open(found.id);
      else map.fire("click", { latlng: map.getCenter() }); // the place itself is meant
    },
    leave: () => (stations.opened ? stations.close() : card.hide()),
  });
  // A tool asks about another place than the card that is open; moving is asked by the card itself.
  desk.on("tool", (name) => {
    if (name === "select" || name === "move") return;
    if (stations.opened) stations.close();
    else card.hide();
  });
  desk.on("edits", draw);
  desk.on("selection", ({ station }) => {
    if (station !== stations.opened) station ? open(station) : stations.close();
  });
  get("stations").then((geojson) => {
    before = table(geojson.features);
    drawn = null;
    draw();
    if (desk.state.station) open(desk.state.station);
  }, () => {}); // the page tells that the server is away when the figures do not come
}
