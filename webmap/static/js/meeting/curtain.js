// The black screen: the room shall look at whoever speaks. Any key or a tap brings the view back.
import { byId } from "../dom.js";

export function curtain() {
  const cloth = byId("curtain");
  const show = (on) => { cloth.hidden = !on; };
  cloth.addEventListener("click", () => show(false));
  return { isOn: () => !cloth.hidden, close: () => show(false), toggle: () => show(cloth.hidden) };
}
