// The pages as dots, and the presenter's few tools as buttons for pointer and finger.
import { byId, fill, h, icon } from "../dom.js";
import { t } from "../i18n.js";

const FAR = 40; // pixels that a finger moves to turn a page

/** `tools` are [name, icon, words, key, act]. */
export function pager(stage, on, tools) {
  const made = new Map(tools.map(([name, sign, words, key, act]) => [name, h("button", {
    type: "button", "data-tool": name, "aria-label": words, title: `${words} · ${key}`,
    "aria-keyshortcuts": key, onclick: act,
  }, icon(sign))]));
  fill(byId("pager-tools"), [...made.values()]);
  byId("back").disabled = byId("next").disabled = true; // until there are pages
  byId("back").addEventListener("click", on.back);
  byId("next").addEventListener("click", on.next);

  function dots(views) {
    fill(byId("dots"), views.map((view, i) => h("li", {}, h("button", {
      type: "button", title: view.told?.title ?? view.title,
      "aria-label": t("第 {n} 页", { n: i + 1 }), onclick: () => on.page(i),
    }, h("i")))));
    byId("dots").classList.toggle("many", views.length > 8);
  }

  stage.on("story", ({ views }) => dots(views));
  stage.on("view", ({ index, view }) => {
    [...byId("dots").querySelectorAll("button")].forEach((dot, i) =>
      dot.setAttribute("aria-current", String(i === index)));
    byId("back").disabled = index === 0;
    byId("next").disabled = index === stage.story.views.length - 1;
    if (made.has("divider")) made.get("divider").disabled = typeof view.data?.before !== "string";
  });
  turnByFinger(on);
  return { press: (name, isOn) => made.get(name)?.setAttribute("aria-pressed", String(isOn)) };
}

// The words are turned like a page; the map keeps its own gestures.
function turnByFinger(on) {
  let from = null;
  byId("story").addEventListener("pointerdown", (event) => {
    from = event.pointerType === "touch" ? event : null;
  });
  byId("story").addEventListener("pointerup", (event) => {
    if (!from) return;
    const [dx, dy] = [event.clientX - from.clientX, event.clientY - from.clientY];
    from = null;
    if (Math.abs(dx) < FAR || Math.abs(dx) < Math.abs(dy)) return;
    (dx < 0 ? on.next : on.back)();
  });
}
