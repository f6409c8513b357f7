// What can be folded away: the clock below the map, the legend, and on a phone the pane as a sheet.
import { byId } from "../dom.js";

const WIDE = 1600; // pixels; in narrower windows the legend waits behind its button
const HIGH = 700; // and in lower ones the clock behind its chip

/** Unfold what there is room for, and let the handle lift the pane over the map. */
export function fold() {
  byId("legend").classList.toggle("open", innerWidth >= WIDE);
  byId("tools").querySelector("[data-tool=legend]").setAttribute("aria-expanded", String(innerWidth >= WIDE));
  const isOpen = innerWidth >= WIDE && innerHeight >= HIGH;
  byId("clock").classList.toggle("open", isOpen);
  byId("clock-chip").setAttribute("aria-expanded", String(isOpen));

  const handle = byId("handle");
  const set = (isFull) => {
    document.body.classList.toggle("pane-full", isFull);
    handle.setAttribute("aria-expanded", String(isFull));
  };
  let from = null;
  handle.addEventListener("pointerdown", (event) => {
    from = event.clientY;
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointerup", (event) => {
    if (from === null) return;
    const way = event.clientY - from;
    from = null;
    // The captured pointer takes the click away, so a tap is answered here.
    set(Math.abs(way) < 24 ? !document.body.classList.contains("pane-full") : way < 0);
  });
  handle.addEventListener("pointercancel", () => { from = null; });
  handle.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    set(!document.body.classList.contains("pane-full"));
  });
  set(false);
}
