// The sheet of the list on phones: it stands low, half or full, and follows the finger in between.
import { byId } from "../dom.js";

const SLOP_PX = 8; // less than this is a tap
const FLING = 0.45; // px/ms: faster than this goes on to the next stop
const isPhone = () => innerWidth < 768;

// How much of the sheet is seen, in pixels; find.css says the same.
const HEIGHTS = { peek: () => 148, half: () => 0.6 * innerHeight, full: () => innerHeight - 76 };
const STOPS = Object.keys(HEIGHTS);

/** Wire the sheet; `moved(stop)` hears where it came to rest. Returns `{lift()}`: show some of the list. */
export function sheet(moved = () => {}) {
  const panel = byId("panel");
  const grip = byId("grip");
  let stop = "half";
  let drag = null;

  function set(next) {
    stop = next;
    panel.style.removeProperty("--drag");
    grip.setAttribute("aria-expanded", String(next !== "peek"));
    moved(next);
  }

  const step = (by) => set(STOPS[Math.min(2, Math.max(0, STOPS.indexOf(stop) + by))]);

  function begin(event) {
    if (!isPhone() || !event.isPrimary || event.button > 0) return;
    const box = panel.getBoundingClientRect();
    drag = { y: event.clientY, x: event.clientX, top: box.top, last: event.clientY, when: event.timeStamp, speed: 0, isOn: false };
  }

  function follow(event) {
    if (!drag) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.isOn) {
      if (Math.abs(dy) < SLOP_PX && Math.abs(dx) < SLOP_PX) return;
      if (Math.abs(dx) > Math.abs(dy)) { // the chips are pushed aside, not the sheet
        drag = null;
        return;
      }
      drag.isOn = true;
      panel.setPointerCapture(event.pointerId);
      panel.classList.add("dragged");
    }
    const time = event.timeStamp - drag.when;
    if (time > 0) drag.speed = (event.clientY - drag.last) / time;
    [drag.last, drag.when] = [event.clientY, event.timeStamp];
    panel.style.setProperty("--drag", `${Math.max(0, innerHeight - (drag.top + dy))}px`);
  }

  function end(event) {
    const done = drag;
    drag = null;
    if (!done?.isOn) return;
    panel.classList.remove("dragged");
    panel.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => panel.removeEventListener("click", swallow, { capture: true }));
    if (event.type === "pointercancel") set(stop);
    else if (Math.abs(done.speed) > FLING) {
      const shown = innerHeight - panel.getBoundingClientRect().top;
      const isUp = done.speed < 0;
      const ahead = STOPS.filter((name) => (isUp ? HEIGHTS[name]() > shown : HEIGHTS[name]() < shown));
      set(isUp ? ahead[0] ?? "full" : ahead.at(-1) ?? "peek");
    } else set(nearestTo(innerHeight - panel.getBoundingClientRect().top));
  }

  // What was dragged is not pressed.
  function swallow(event) {
    event.preventDefault();
    event.stopPropagation();
  }

  const nearestTo = (shown) => STOPS.reduce((best, name) => (
    Math.abs(HEIGHTS[name]() - shown) < Math.abs(HEIGHTS[best]() - shown) ? name : best));

  for (const part of [grip, byId("sheet-head")]) part.addEventListener("pointerdown", begin);
  panel.addEventListener("pointermove", follow);
  for (const name of ["pointerup", "pointercancel"]) panel.addEventListener(name, end);
  grip.addEventListener("click", () => set(stop === "half" ? "full" : "half"));
  grip.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    step(by);
  });
  set("half");
  return { lift: () => stop === "peek" && set("half") };
}
