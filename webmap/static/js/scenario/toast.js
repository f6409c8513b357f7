// One short message at the foot of the map, with at most one thing to do about it.
import { fill, h, icon } from "../dom.js";
import { t } from "../i18n.js";

const STAYS_MS = 9000;
const box = h("div.toast.float", { role: "status", "aria-live": "polite", hidden: true });
let timer = null;

const hide = () => {
  box.hidden = true;
};

/** Show a message, or several as a list; `action` is [words, function]. A bad one stays until it is closed. */
export function toast(words, { action = null, bad = false } = {}) {
  if (!box.isConnected) document.querySelector(".stage").append(box);
  clearTimeout(timer);
  box.classList.toggle("bad", bad);
  const lines = [words].flat();
  fill(box, lines.length > 1 ? h("ul", { tabindex: "0" }, lines.map((line) => h("li", {}, line))) : h("span", {}, lines),
    action && h("button.link", {
      type: "button",
      onclick: () => {
        hide();
        action[1]();
      },
    }, action[0]),
    h("button.close", { type: "button", "aria-label": t("关闭"), onclick: hide }, icon("close")));
  box.hidden = false;
  if (!bad) timer = setTimeout(hide, STAYS_MS);
}
