// The list of minutes: one row a station, the best first. Rows live on from answer to answer, so
// that what is open stays open and nothing jumps when the minutes are told anew.
import { byId, fill, h, icon } from "../dom.js";
import { t, title } from "../i18n.js";
import { service, serviceInShort, tier } from "../words.js";
import { farness, length, offer } from "./saying.js";

const rows = new Map(); // id → Row
let made = 0; // so many rows, ever
const holder = () => byId("answers");

/** One station of the list. */
class Row {
  constructor(id, hooks) {
    made += 1;
    const details = `details-${made}`; // a station's own id may hold anything
    this.far = h("span.far");
    this.name = h("span.answer-name");
    this.state = h("span.answer-state");
    this.services = h("span.answer-services");
    this.more = h("div.answer-more", { id: details, hidden: true });
    this.main = h("button.answer-main", {
      type: "button", "aria-expanded": "false", "aria-controls": details, onclick: () => hooks.pick(this.station),
    }, this.far, h("span.answer-text", {}, this.name, this.state, this.services));
    this.go = h("button.answer-go", { type: "button", onclick: () => hooks.go(this.station) }, icon("go"));
    this.element = h("li.answer", { "data-id": id }, h("div.answer-row", {}, h("h2", {}, this.main), this.go), this.more);
  }

  tell(station, at) {
    this.station = station;
    const [number, unit] = farness(station);
    fill(this.far, h("b", {}, number), h("span", {}, unit));
    fill(this.name, sign(station.tier), title(station));
    const { text, kind } = offer(station, at);
    fill(this.state, h(`span.${kind}`, {}, text), h("span.metres", {}, length(station) && ` · ${length(station)}`));
    fill(this.services, station.services.map((key) => h("span.service", { title: service(key) }, icon(key), serviceInShort(key))));
    this.services.hidden = !station.services.length;
    this.element.dataset.state = station.state;
    this.element.classList.toggle("by-air", station.by !== "street");
    this.go.setAttribute("aria-label", t("去这里：{name}", { name: title(station) }));
  }

  choose(isChosen, isOpen) {
    if (isChosen) this.element.setAttribute("aria-current", "true");
    else this.element.removeAttribute("aria-current");
    this.main.setAttribute("aria-expanded", String(isOpen));
    this.more.hidden = !isOpen;
    if (!isOpen) this.more.replaceChildren();
  }
}

/** The tier by its shape, as on the map: a square with 中, a square, a circle. */
function sign(name) {
  return h(`i.sign.${name}`, { role: "img", "aria-label": tier(name) }, name === "centre" ? "中" : null);
}

function put(state, ...content) {
  const box = holder();
  box.dataset.state = state;
  box.setAttribute("aria-busy", String(state === "waiting"));
  const focused = box.contains(document.activeElement) ? document.activeElement : null;
  fill(box, ...content);
  if (focused?.isConnected) focused.focus({ preventScroll: true });
}

/** Show that nothing is asked yet; `content` says what to do. */
export function showEmpty(...content) {
  rows.clear();
  put("empty", h("div.empty", {}, ...content));
}

/** Show that an answer is on its way: rows without words, or the old list, fainter. */
export function showWaiting(many) {
  if (holder().dataset.state === "list") {
    holder().setAttribute("aria-busy", "true"); // the old list, fainter, until the new one is there
    return;
  }
  rows.clear();
  const bar = (width) => h("span.skeleton", { style: { width } }, "…");
  put("waiting", h("ol.answers", { "aria-hidden": "true" }, Array.from({ length: many }, () =>
    h("li.answer", {}, h("div.answer-row", {},
      h("span.far", {}, h("span.skeleton", { style: { width: "36px" } }, "0")),
      h("span.answer-text", {}, bar("62%"), bar("80%"), bar("48%")))))));
}

/** Show that something went wrong or does not exist, and what can be done. */
export function showFault(words, ...actions) {
  rows.clear();
  put("fault", h("div.fault", { role: "alert" }, h("span", {}, words), h("div.fault-do", {}, ...actions)));
}

/** Show stations; `hooks.pick(station)` and `hooks.go(station)` hear presses, `after` stands below. */
export function showStations(stations, at, hooks, after = null) {
  const shown = stations.map((station) => {
    const row = rows.get(station.id) ?? new Row(station.id, hooks);
    row.tell(station, at);
    return [station.id, row];
  });
  const isSame = holder().dataset.state === "list" && shown.length === rows.size
    && [...rows.keys()].every((id, i) => id === shown[i][0]);
  rows.clear();
  for (const [id, row] of shown) rows.set(id, row);
  const list = holder().querySelector(":scope > ol");
  if (isSame && list) {
    holder().setAttribute("aria-busy", "false");
    list.nextElementSibling?.remove();
    if (after) holder().append(after);
    return;
  }
  put("list", h("ol.answers", { "aria-label": t("最近的驿站") }, shown.map(([, row]) => row.element)), after);
}

/** Mark the chosen row, open or not; return the box for its details when it is open. */
export function choose(id, isOpen) {
  for (const [key, row] of rows) row.choose(key === id, key === id && isOpen);
  return isOpen ? rows.get(id)?.more ?? null : null;
}

/** Bring a row to the top of what is seen of the list. */
export function reveal(id) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  rows.get(id)?.element.scrollIntoView({ block: "start", behavior: still ? "instant" : "smooth" });
}

export const has = (id) => rows.has(id);
