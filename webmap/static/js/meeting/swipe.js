// The divider: before on its left, after on its right, both named in words. Pointer, touch and arrow
// keys move it; the panes of both sides are cut along it.
import { byId, fill } from "../dom.js";
import { t } from "../i18n.js";
import { room } from "./camera.js";

const STEP = 0.02; // of the map's width, by key
const EDGE = 0.02; // it never leaves the map

/** Wire the divider. Returns `{isOn, toggle, close}`; `hint(words)` says why there is none. */
export function swipe({ map }, stage, hint) {
  const hears = [];
  const bar = byId("divider");
  const sides = byId("sides");
  let on = false;
  let place = 0.66; // of the map's width
  let picture = null; // what the left side shows

  // Panes are cut in the map's own pixels, which run on while it is panned.
  function cut() {
    if (!on) return;
    const size = map.getSize();
    for (const hear of hears) hear(size.x * place);
    const [from, to] = [map.containerPointToLayerPoint([0, 0]), map.containerPointToLayerPoint(size)];
    const x = from.x + size.x * place;
    const box = (left, right) =>
      `polygon(${left}px ${from.y}px, ${right}px ${from.y}px, ${right}px ${to.y}px, ${left}px ${to.y}px)`;
    for (const pane of stage.before().panes()) pane.style.clipPath = box(from.x, x);
    for (const pane of stage.after.panes()) pane.style.clipPath = box(x, to.x);
  }

  function put(where) {
    place = Math.min(1 - EDGE, Math.max(EDGE, where));
    bar.style.left = sides.style.left = `${place * 100}%`;
    bar.setAttribute("aria-valuenow", String(Math.round(place * 100)));
    cut();
  }

  // At first in the middle of what the words leave free.
  function middle() {
    const { paddingTopLeft: [left], paddingBottomRight: [right] } = room();
    const width = map.getSize().x;
    return innerWidth < 768 ? 0.5 : (left + width - right) / 2 / width;
  }

  function label(view) {
    const [left, right] = view.told?.sides ?? [t("之前"), t("之后")];
    fill(byId("side-before"), left);
    fill(byId("side-after"), right);
    bar.setAttribute("aria-valuetext", `${left} | ${right}`);
  }

  function show(wanted) {
    on = wanted;
    bar.hidden = sides.hidden = !on;
    document.body.classList.toggle("compared", on);
    if (on) return;
    for (const pane of stage.after.panes()) pane.style.clipPath = "";
    for (const hear of hears) hear(null);
  }

  async function open(view) {
    if (!view.data?.before && view.data?.before !== "") {
      hint(t("这一页没有可以对比的另一面"));
      return;
    }
    label(view);
    const drawn = await stage.fetched(view, "before");
    if (stage.view() !== view) return;
    const before = stage.before();
    before.mount();
    picture = drawn;
    show(true);
    put(middle());
    await before.show(drawn, view.layers);
  }

  function close() {
    if (!on) return;
    show(false);
    stage.before().unmount();
  }

  const at = (event) => (event.clientX - map.getContainer().getBoundingClientRect().left) / map.getSize().x;
  bar.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    bar.focus({ preventScroll: true });
    bar.setPointerCapture(event.pointerId);
  });
  bar.addEventListener("pointermove", (event) => {
    if (bar.hasPointerCapture(event.pointerId)) put(at(event));
  });
  bar.addEventListener("keydown", (event) => {
    const to = {
      ArrowLeft: place - STEP, ArrowRight: place + STEP, Home: EDGE, End: 1 - EDGE,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    put(to);
  });
  map.on("move zoom zoomend viewreset resize", cut);
  stage.on("view", close);
  return {
    isOn: () => on,
    close,
    /** Hear where the divider stands, in the map's pixels; null when it goes. */
    follow: (hear) => hears.push(hear),
    /** Whether a point of the map, in its pixels, lies on the left side. */
    covers: ({ x }) => on && x < place * map.getSize().x,
    shown: () => ({ columns: picture.columns, layer: stage.before().cells() }),
    has: (view) => typeof view?.data?.before === "string",
    toggle: () => (on ? close() : open(stage.view())),
  };
}
