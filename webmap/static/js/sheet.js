// The bottom sheet of phones: a handle to tap, drag or press.
import { byId } from "./dom.js";

export function sheet(onMove = () => {}) {
  const panel = byId("panel");
  const handle = byId("handle");
  if (!panel || !handle) return;
  const set = (full) => {
    panel.dataset.sheet = full ? "full" : "peek";
    handle.setAttribute("aria-expanded", String(full));
    onMove(full);
  };
  set(false);

  const toggle = () => set(panel.dataset.sheet !== "full");
  let from = null;
  const start = (event) => {
    if (innerWidth >= 768 || event.target.closest("a, button:not(.handle)")) return;
    from = { y: event.clientY, moved: false, handle: event.currentTarget === handle };
    panel.setPointerCapture(event.pointerId);
  };
  const move = (event) => {
    if (!from || from.moved) return;
    const way = event.clientY - from.y;
    if (Math.abs(way) < 24) return;
    from.moved = true;
    set(way < 0);
  };
  const end = (event) => {
    // The captured pointer takes the handle's click away, so a tap is answered here.
    if (from && !from.moved && from.handle && event.type === "pointerup") toggle();
    from = null;
  };
  for (const grip of [handle, panel.querySelector(".panel-head"), byId("figure")]) {
    grip?.addEventListener("pointerdown", start);
  }
  panel.addEventListener("pointermove", move);
  panel.addEventListener("pointerup", end);
  panel.addEventListener("pointercancel", end);
  handle.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    toggle();
  });
}
