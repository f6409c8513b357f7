// The few buttons on the map, and the language link.
import { byId, fill, h } from "./dom.js";
import { half, t } from "./i18n.js";
import { city } from "./island.js";
import "./language.js";

// How far a city may reach beyond the screen before the next zoom out is better.
const OVERFLOW = 1.4;

/** Space that the page's panels take from the map, for fitting bounds. */
export function padding() {
  const panel = byId("panel")?.getBoundingClientRect();
  const narrow = innerWidth < 768;
  if (!panel || panel.width === 0) return { paddingTopLeft: [24, 24], paddingBottomRight: [24, 24] };
  if (narrow) {
    const hidden = Math.max(0, innerHeight - panel.top);
    const above = byId("search")?.getBoundingClientRect().bottom ?? 0;
    return { paddingTopLeft: [16, above + 16], paddingBottomRight: [16, Math.min(hidden, innerHeight * 0.6) + 16] };
  }
  const clock = byId("clock-bar")?.getBoundingClientRect();
  return {
    paddingTopLeft: [panel.right + 24, 24],
    paddingBottomRight: [24, clock ? innerHeight - clock.top + 24 : 24],
  };
}

/** Return {center, zoom} for a box to stand in the middle of what panels leave free. */
export function aimAt(map, bounds, zoom, space) {
  const L = globalThis.L;
  const shift = L.point(space.paddingTopLeft).subtract(space.paddingBottomRight).divideBy(2);
  const middle = map.project(bounds.getCenter(), zoom).subtract(shift);
  return { center: map.unproject(middle, zoom), zoom };
}

/** Return {center, zoom} for the whole city; fill the screen rather than leave it small in the middle. */
export function aimAtCity(map, space) {
  const L = globalThis.L;
  const taken = L.point(space.paddingTopLeft).add(space.paddingBottomRight);
  const fits = map.getBoundsZoom(map.cityBounds, false, taken);
  const size = L.bounds(
    map.project(map.cityBounds.getNorthWest(), fits + 1),
    map.project(map.cityBounds.getSouthEast(), fits + 1),
  ).getSize();
  const room = map.getSize().subtract(taken);
  const closer = size.x <= room.x * OVERFLOW && size.y <= room.y * OVERFLOW;
  const zoom = Math.min(map.getMaxZoom(), fits + (closer ? 1 : 0));
  return aimAt(map, map.cityBounds, zoom, space);
}

/** Show the whole city. */
export function seeCity(map, space = padding()) {
  const { center, zoom } = aimAtCity(map, space);
  map.setView(center, zoom, { animate: false });
}

export function tools(map) {
  const box = map.getContainer();
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", t("地图"));
  const actions = {
    in: () => map.zoomIn(),
    out: () => map.zoomOut(),
    city: () => seeCity(map),
    full: () => (document.fullscreenElement
      ? document.exitFullscreen()
      : document.documentElement.requestFullscreen?.()),
    legend: (button) => {
      const legend = byId("legend");
      legend.classList.toggle("open");
      button.setAttribute("aria-expanded", String(legend.classList.contains("open")));
    },
  };
  byId("tools")?.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-tool]");
    if (button) actions[button.dataset.tool]?.(button);
  });
  credits(map);
}

/** Let Enter choose the middle of the map, where a cross stands while the map has the focus. */
export function pickByKey(map, pick) {
  const box = map.getContainer();
  addEventListener("keydown", () => box.toggleAttribute("data-pick", true), { capture: true });
  addEventListener("pointerdown", () => box.toggleAttribute("data-pick", false), { capture: true });
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", t("地图：方向键移动，加减键缩放，回车选中间的位置"));
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== box) return;
    event.preventDefault();
    pick(map.getCenter());
  });
}

/** On a phone the card covers the lower half: move a place into what is left. */
export function keepInSight(map, latlng) {
  const card = byId("card");
  if (innerWidth >= 768 || !card || card.hidden) return;
  const covered = card.getBoundingClientRect().height;
  map.panInside(latlng, { paddingTopLeft: [40, 60], paddingBottomRight: [70, covered + 40] });
}

/** Say the source line in the page's language. */
function credits(map) {
  const source = half(city.attribution);
  const words = [source];
  words.push(city.data_date ? t("数据 {date}", { date: city.data_date }) : t("数据日期不详"));
  if (city.synthetic && source === city.attribution) words.push(t("合成示例数据"));
  if (city.map_approval) words.push(city.map_approval);
  const line = map.credits?.getContainer();
  if (line) fill(line, words.map((word, i) => [i ? " · " : null, h("span.word", {}, word)]));
  const update = map.credits;
  if (update) update._update = () => {}; // Leaflet would write the Chinese line again
}

/** Keep what was chosen when a link leads to another page of the city. */
export function keepChoice() {
  for (const link of document.querySelectorAll("[data-keep]")) {
    link.addEventListener("click", () => {
      link.hash = location.hash;
    });
  }
}
