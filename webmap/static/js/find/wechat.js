// Which phone this is, and whether the page stands inside WeChat, which opens no other application.
import { fill, h, icon } from "../dom.js";
import { t } from "../i18n.js";

const SVG = "http://www.w3.org/2000/svg";

/** Return the system that a browser tells of: “android”, “ios”, “harmony”, “mac” or “desk”. */
export function systemOf({ userAgent, maxTouchPoints = 0 }) {
  if (/OpenHarmony|HarmonyOS|ArkWeb/i.test(userAgent)) return "harmony";
  if (/Android/i.test(userAgent)) return "android";
  if (/iPhone|iPad|iPod/i.test(userAgent)) return "ios";
  // A tablet of Apple's says that it is a Mac, of which none has a touch screen.
  if (/Macintosh/i.test(userAgent)) return maxTouchPoints > 1 ? "ios" : "mac";
  return "desk";
}

export const system = systemOf(navigator);
export const isWeChat = /MicroMessenger/i.test(navigator.userAgent);

function part(name, values) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
  return element;
}

/** Draw where to tap: the three points in the upper right corner, and what then to choose. */
function picture() {
  const svg = part("svg", { viewBox: "0 0 120 72", class: "wechat-picture", role: "img" });
  svg.setAttribute("aria-label", t("右上角的三个点"));
  svg.append(
    part("rect", { x: 1, y: 1, width: 118, height: 90, rx: 8, class: "frame" }),
    part("path", { d: "M1 21H119", class: "frame" }),
    ...[93, 101, 109].map((cx) => part("circle", { cx, cy: 11, r: 2.4, class: "dot" })),
    part("circle", { cx: 101, cy: 11, r: 14, class: "ring" }),
    part("path", { d: "M58 58C58 38 70 25 84 21M84 21l-9.5-.6M84 21l-4.6 8.3", class: "arrow" }),
  );
  return svg;
}

/** Put a banner into an element, if this is WeChat: how to open the page in a browser. */
export function banner(element) {
  if (!isWeChat) return;
  element.classList.add("wechat");
  const close = () => {
    element.classList.remove("wechat");
    element.replaceChildren();
  };
  fill(element, h("div.wechat-note", { role: "note" },
    picture(),
    h("p", {}, h("b", {}, t("在浏览器中打开")), " ",
      t("微信里打不开地图应用，也可能不给定位：点右上角 ⋯，选“在浏览器打开”。")),
    h("button.close", { type: "button", "aria-label": t("关闭"), onclick: close }, icon("close"))));
}
