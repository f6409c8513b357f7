// The presenter's light: all but a soft disc around the pointer is dimmed.
import { byId } from "../dom.js";

export function spotlight() {
  const light = byId("spotlight");
  const put = (x, y) => {
    light.style.setProperty("--x", `${x}px`);
    light.style.setProperty("--y", `${y}px`);
  };
  const follow = ({ clientX, clientY }) => put(clientX, clientY);
  let pointer = null; // where the pointer was last, so that the light begins there
  addEventListener("pointermove", (event) => {
    pointer = event;
    if (!light.hidden) follow(event);
  }, { passive: true });
  addEventListener("pointerdown", (event) => light.hidden || follow(event), { passive: true });

  const show = (on) => {
    light.hidden = !on;
    if (!on) return;
    if (pointer) follow(pointer);
    else put(innerWidth * 0.66, innerHeight * 0.5);
  };
  return { isOn: () => !light.hidden, close: () => show(false), toggle: () => show(light.hidden) };
}
