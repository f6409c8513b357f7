// A click asks a cell or a station for its own figures; they stand beside it until the next click.
import { byId, fill, h } from "../dom.js";
import { hours } from "../hours.js";
import { count, percent, surface, t } from "../i18n.js";
import { city } from "../island.js";
import { hidden, reason, tier } from "../words.js";

const AWAY = 14; // pixels between the pointer and the note

function cellLines(columns, i) {
  const byPeople = city.people_total !== null;
  const mark = columns.suppressed?.[i];
  const share = byPeople ? columns.share[i] : columns.ground_share[i];
  const [part, whole] = byPeople ? [columns.covered[i], columns.people[i]]
    : [columns.covered_m2[i], columns.ground_m2[i]];
  if (share === null) {
    const none = mark ? hidden(mark) : columns.null_reason[i] === "outside" ? t("无法判断") : t("没有居民");
    return [h("p", {}, none)];
  }
  const say = byPeople ? count : surface;
  return [
    h(columns.class[i] === "none" ? "p.note-share.gap" : "p.note-share", {}, h("b", {}, percent(share)), h("small", {}, "%")),
    part !== null && whole !== null && h("p", {}, byPeople
      ? t("{n} 位居民中 {m} 位到得了", { n: say(whole), m: say(part) })
      : t("{n} 中 {m} 到得了", { n: say(whole), m: say(part) })),
    columns.class[i] !== "full" && columns.reason[i] && h("p.note-cause", {}, reason(columns.reason[i])),
  ];
}

/** Wire the clicks; `columnsAt(point)` returns what is shown there and the layer that shows it. */
export function note({ map, layers }, source, columnsAt) {
  const box = byId("note");
  const close = () => {
    if (box.hidden) return;
    box.hidden = true;
    layers.cells?.select(null);
    layers.stations?.choose(null);
  };

  function put(point, ...lines) {
    fill(box, ...lines);
    box.hidden = false;
    const [wide, high] = [box.offsetWidth, box.offsetHeight];
    const { x: width, y: height } = map.getSize();
    const left = point.x + AWAY + wide < width - 8 ? point.x + AWAY : point.x - AWAY - wide;
    box.style.left = `${Math.max(8, left)}px`;
    box.style.top = `${Math.min(height - high - 8, Math.max(8, point.y - high / 2))}px`;
  }

  async function ask({ latlng, containerPoint }) {
    const { columns, layer } = columnsAt(containerPoint);
    const code = columns && layer ? layer.codeAt(latlng) : null;
    if (code === null) {
      close();
      return;
    }
    const names = await source.names(columns.level).catch(() => null);
    const i = columns.codes.indexOf(code);
    const name = names?.name[names.code.indexOf(code)] || code;
    layers.stations?.choose(null);
    layers.cells.select(code);
    if (i >= 0) put(containerPoint, h("h2", {}, name), ...cellLines(columns, i));
  }

  map.on("click", ask);
  map.on("movestart", close);
  if (layers.stations) {
    layers.stations.onPick = (station, latlng) => {
      layers.cells?.select(null);
      layers.stations.choose(station.id);
      put(map.latLngToContainerPoint(latlng), h("h2", {}, station.name),
        h("p", {}, tier(station.tier)), h("p", {}, hours(station.opening_hours).text));
    };
  }
  return { isOn: () => !box.hidden, close };
}
