// The leader's page: one sentence and two numbers a view; arrow keys turn the pages.
import { byId, fill, h } from "./dom.js";
import { drawn } from "./draw/bridge.js";
import { t } from "./i18n.js";
import { city } from "./island.js";
import { legend } from "./legend.js";
import { onChange, state } from "./state.js";
import { VIEWS } from "./story.js";
import * as study from "./study.js";
import { seeCity, tools } from "./tools.js";

let atlas;
let figures = null;
let gaps = null;
let stations = null;
let current = 0;

function story(view) {
  const told = view.tell(figures, { gaps, stations });
  const number = "①②③④⑤⑥"[current];
  fill(byId("kicker"), h("span", {}, `${number} ${told.kicker}`),
    city.synthetic && h("span.synthetic", {}, t("合成示例数据")));
  // Break lines after a comma rather than inside a clause.
  fill(byId("headline"), told.headline.split(/(?<=[，,])(?!\d)/).map((clause) => h("span.clause", {}, clause)));
  fill(byId("numbers"), told.numbers.map(({ value, unit, caption, tone }) => {
    const [, digits, tail] = value.match(/^([\d.,\s]*\d)\s*(.*)$/) ?? [null, value, ""];
    const small = [tail, unit].filter(Boolean).join(" ");
    return h("div", {}, h(`b.${tone}`, {}, digits, small && h("small", {}, small)),
      h("span", {}, caption));
  }));
  fill(byId("text"), told.text);
  byId("story").animate?.([{ opacity: 0 }, { opacity: 1 }], {
    duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200,
  });
}

function show(index) {
  current = Math.min(VIEWS.length - 1, Math.max(0, index));
  const view = VIEWS[current];
  for (const [key, layer] of Object.entries(atlas.layers)) {
    if (!("show" in layer) || key === "bands") continue;
    const wanted = view.layers.includes(key);
    if (wanted && !atlas.map.hasLayer(layer)) layer.addTo(atlas.map);
    if (!wanted && atlas.map.hasLayer(layer)) layer.remove();
  }
  legend(byId("legend"), atlas, {
    byPeople: city.people_total !== null, only: view.legend, still: true,
  });
  byId("legend").hidden = !view.legend.length;
  [...byId("dots").querySelectorAll("button")].forEach((dot, i) => {
    dot.setAttribute("aria-current", String(i === current));
  });
  byId("back").disabled = current === 0;
  byId("next").disabled = current === VIEWS.length - 1;
  const words = new URLSearchParams(location.hash.slice(1));
  words.set("view", current + 1);
  history.replaceState(null, "", `#${words}`);
  if (figures) story(view);
}

const KEYS = {
  ArrowRight: () => show(current + 1),
  PageDown: () => show(current + 1),
  " ": () => show(current + 1),
  ArrowLeft: () => show(current - 1),
  PageUp: () => show(current - 1),
  Home: () => show(0),
  End: () => show(VIEWS.length - 1),
  f: () => (document.fullscreenElement
    ? document.exitFullscreen() : document.documentElement.requestFullscreen?.()),
  Escape: () => {
    if (!document.fullscreenElement) location.href = "./";
  },
};

// The map would pan on arrow keys; here they turn the pages.
function keys(event) {
  const act = KEYS[event.key] ?? (/^[1-9]$/.test(event.key) ? () => show(event.key - 1) : null);
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && event.target.closest("button, a")) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

async function draw() {
  const { layers } = atlas;
  const cells = layers.cells && state.level !== null && study.cells().then((columns) =>
    layers.cells.show(columns.level, study.cellFigures(columns)));
  await Promise.all([cells, ...study.DRAWN.filter((name) => layers[name]).map(async (name) =>
    layers[name].show(await study.layer(name)))]);
}

async function load() {
  byId("fault").hidden = true;
  try {
    const drawing = draw();
    drawing.catch(() => {});
    [figures, gaps, stations] = await Promise.all([
      study.figures(), study.gaps(), study.stations(),
    ]);
    atlas.layers.stations.show(stations);
    atlas.layers.stations.offer(await study.serving());
    show(current);
    await drawing;
  } catch (fault) {
    byId("fault-text").textContent = fault.message;
    byId("fault").hidden = false;
    for (const waiting of byId("story").querySelectorAll(".skeleton")) waiting.textContent = "";
  }
}

async function start() {
  atlas = await drawn;
  tools(atlas.map);
  const size = innerWidth < 768
    ? { paddingTopLeft: [16, innerHeight * 0.4], paddingBottomRight: [16, 72] }
    : { paddingTopLeft: [innerWidth * 0.32, 24], paddingBottomRight: [24, 24] };
  seeCity(atlas.map, size);
  fill(byId("dots"), VIEWS.map((view, i) => h("li", {}, h("button", {
    type: "button", "aria-label": t("第 {n} 页", { n: i + 1 }), onclick: () => show(i),
  }, h("i")))));
  byId("back").addEventListener("click", () => show(current - 1));
  byId("next").addEventListener("click", () => show(current + 1));
  byId("retry").addEventListener("click", load);
  addEventListener("keydown", keys, { capture: true });
  onChange(load);
  const wanted = Number(new URLSearchParams(location.hash.slice(1)).get("view")) || 1;
  show(wanted - 1);
  await load();
}

start().then(() => {
  document.documentElement.dataset.ready = "";
});
