// Dragging a station, with a pointer or a finger: people gained and lost are told while it moves.
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { edit } from "../scenario/session.js";
import { signed } from "../scenario/words.js";
import { ghost, mark } from "./marks.js";
import { commit, over, preview } from "./preview.js";

const SLACK = { mouse: 4, touch: 9 }; // so far a click may slip, in pixels

/** Degrees as they are kept: a millionth is a hand's breadth. */
export const position = ({ lng, lat }) => [lng, lat].map((degrees) => Number(degrees.toFixed(6)));

/** What an edit brings and takes, beside the pointer. */
export function balance(answer) {
  if (!answer) return [h("span.muted", {}, "…")];
  if (answer.gained === null) return [h("span", {}, t("{n} 个驿站可用", { n: answer.stations }))];
  const [gained, lost] = [Math.round(answer.gained), Math.round(answer.lost)];
  if (!gained && !lost) return [h("span.muted", {}, t("人数不变"))];
  return [
    gained > 0 && h("b.gain", {}, t("{n} 人", { n: signed(gained) })),
    lost > 0 && h("b.loss", {}, t("{n} 人", { n: signed(-lost) })),
  ];
}

/** Let stations be dragged; `may()` tells whether they may now, `onPick(id)` answers a mere click. */
export function dragging({ map, layers }, { may, onPick }) {
  const box = map.getContainer();
  const { stations } = layers;

  /** The click that ends a drag asks nothing about the place. */
  function swallow() {
    const stop = (click) => click.stopImmediatePropagation();
    box.addEventListener("click", stop, { capture: true, once: true });
    addEventListener("pointerdown", () => box.removeEventListener("click", stop, true), { capture: true, once: true });
  }

  function begin(event, found) {
    const start = map.mouseEventToContainerPoint(event);
    const grip = map.latLngToContainerPoint(found.latlng).subtract(start);
    const slack = SLACK[event.pointerType] ?? SLACK.mouse;
    let moved = null; // where it is now, once it is dragged
    let thread = null;
    let bubble = null;

    const tell = (answer, problem) => {
      const words = problem ? [h("span.loss", {}, t("放不下"))] : balance(answer);
      if (bubble) fill(bubble.getElement().firstChild, words);
    };
    const end = (keep) => {
      removeEventListener("pointermove", move, true);
      removeEventListener("pointerup", up, true);
      removeEventListener("pointercancel", cancel, true);
      removeEventListener("keydown", key, true);
      map.dragging.enable();
      if (moved) swallow();
      box.classList.remove("dragging");
      thread?.remove();
      bubble?.remove();
      if (moved && !keep) stations.shift(found.id, found.latlng);
    };
    const move = (now) => {
      if (now.pointerId !== event.pointerId) return;
      const point = map.mouseEventToContainerPoint(now);
      if (!moved && point.distanceTo(start) < slack) return;
      now.preventDefault();
      if (!moved) {
        box.classList.add("dragging");
        bubble = mark(found.latlng, h("span.edit-bubble", {}, balance(null))).addTo(map);
      }
      moved = map.containerPointToLatLng(point.add(grip));
      stations.shift(found.id, moved);
      bubble.setLatLng(moved);
      thread?.remove();
      thread = ghost(found.latlng, moved).addTo(map);
      preview([{ kind: "move", station: found.id, position: position(moved) }], tell);
    };
    const up = (now) => {
      if (now.pointerId !== event.pointerId) return;
      end(true);
      if (!moved) onPick(found.id);
      else drop(moved);
    };
    const drop = (latlng) =>
      commit(() => edit({ kind: "move", station: found.id, position: position(latlng) }));
    const cancel = () => {
      end(false);
      if (moved) over();
    };
    const key = (pressed) => {
      if (pressed.key !== "Escape") return;
      pressed.stopPropagation();
      cancel();
    };
    map.dragging.disable();
    addEventListener("pointermove", move, true);
    addEventListener("pointerup", up, true);
    addEventListener("pointercancel", cancel, true);
    addEventListener("keydown", key, true);
  }

  box.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0 || !may()) return;
    if (event.target.closest(".leaflet-control, .edit-gate, .edit-length")) return;
    const found = stations.at(map.mouseEventToContainerPoint(event));
    if (found) begin(event, found);
  }, true);
  box.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse" || event.buttons) return;
    const over_ = may() && map.hasLayer(stations) && stations.at(map.mouseEventToContainerPoint(event));
    box.classList.toggle("grabbable", Boolean(over_));
  });
  stations.onPick = null; // clicks are told by their end, here

}
