// The planner's view: the map and the table of its cells or gaps, sorted by what matters.
import { get } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { desk } from "./desk.js";
import { drawn } from "./draw/bridge.js";
import * as edit from "./edit/index.js";
import { shareClass } from "./draw/cells.js";
import { follower } from "./follow.js";
import { count, percent, surface, t } from "./i18n.js";
import { city } from "./island.js";
import { legend } from "./legend.js";
import { gapName, partOf, showBeyond } from "./panel.js";
import { state } from "./state.js";
import * as scenario from "./scenario/index.js";
import * as study from "./study.js";
import { switches } from "./switches.js";
import { SortedTable } from "./table.js";
import { keepChoice, seeCity, tools } from "./tools.js";
import { isOfStation, needWords, question, reason } from "./words.js";

const SPACE = { paddingTopLeft: [24, 24], paddingBottomRight: [24, 24] };
const byPeople = city.people_total !== null;
let atlas;
let table;
let kind = city.levels.length ? "cells" : "gaps";
let turn = 0;

const known = (value) => value !== null && value !== undefined;
const people = (value) => (known(value) ? count(value) : "–");

function shareCell(figures) {
  const share = byPeople ? figures.share : figures.ground_share;
  if (figures.null_reason === "outside") return h("span.muted", {}, t("无法判断"));
  if (!known(share)) return h("span.muted", {}, t("没有居民"));
  const style = atlas.layers.cells?.palette;
  const gap = figures.class === "none";
  const swatch = style && h(gap ? "i.hatched" : "i", {
    style: gap ? {} : { background: style.share[shareClass(share)] }, "aria-hidden": "true",
  });
  return h("span.share", {}, `${percent(share)} %`, swatch);
}

// What lies beyond the street data is not known to be uncovered.
const uncovered = (figures) => (figures.null_reason === "outside" ? null : byPeople
  ? known(figures.people) ? figures.people - figures.covered : null
  : known(figures.ground_m2) ? figures.ground_m2 - figures.covered_m2 : null);

const tag = (cause, barrier = null) =>
  h(isOfStation(cause) ? "span.tag.of-station" : "span.tag", {}, reason(cause, barrier));

function cellColumns(rows) {
  const columns = [
    { title: t("网格"), value: (r) => r.name || r.code, show: (r) => r.name || r.code },
    { title: t("编码"), kind: "code", value: (r) => r.code, show: (r) => h("span.muted", {}, r.code) },
    byPeople && { title: t("居民"), number: true, value: (r) => r.people, show: (r) => people(r.people) },
    { title: t("覆盖比例"), number: true, value: (r) => (byPeople ? r.share : r.ground_share), show: shareCell },
    {
      title: byPeople ? t("未覆盖人数") : t("未覆盖土地"),
      number: true,
      value: uncovered,
      show: (r) => (byPeople ? people(uncovered(r)) : known(uncovered(r)) ? surface(uncovered(r)) : "–"),
    },
    rows.some((r) => r.reason) && {
      title: t("主要原因"), value: (r) => r.reason && reason(r.reason),
      show: (r) => r.reason && r.class !== "full" && tag(r.reason),
    },
  ].filter(Boolean);
  return columns;
}

const gapColumns = () => [
  { title: t("地方"), value: gapName, show: gapName },
  { title: t("原因"), value: (r) => reason(r.class, r.barrier), show: (r) => tag(r.class, r.barrier) },
  byPeople && { title: t("未覆盖人数"), number: true, value: (r) => r.people, show: (r) => people(r.people) },
  { title: t("面积"), number: true, value: (r) => r.area_m2, show: (r) => surface(r.area_m2) },
].filter(Boolean);

async function showTable() {
  turn += 1;
  const mine = turn;
  byId("table").classList.add("pending");
  try {
    const geojson = await (kind === "cells"
      ? get("cells", { ...study.question(), level: state.level }) : study.gaps());
    if (mine !== turn) return;
    const rows = geojson.features.map((feature) => ({ ...feature.properties, feature }));
    const columns = kind === "cells" ? cellColumns(rows) : gapColumns();
    const worst = columns.findIndex((column) =>
      [t("未覆盖人数"), t("未覆盖土地"), t("面积")].includes(column.title));
    table.show(rows, columns, { by: Math.max(0, worst), way: -1 });
    byId("table").classList.remove("pending");
  } catch (fault) {
    if (mine === turn) showFault(fault);
  }
}

function showShare(figures) {
  const part = study.subject(figures);
  byId("fault").hidden = true;
  fill(byId("share"), part.share === null ? "–" : [percent(part.share), h("small", {}, "%")]);
  byId("lead").textContent = question(byPeople, figures, needWords(figures.need));
  byId("of").textContent = part.share === null ? "" : partOf(part);
  showBeyond(part);
}

function showFault(fault) {
  byId("fault-text").textContent = fault.message;
  byId("fault").hidden = false;
}

/** What the page hears of a study: the figure with the cells, the table when it is quiet. */
const hears = {
  busy: (on) => byId("busy").classList.toggle("on", on),
  headline: (figures, asked) => {
    if (byPeople) showShare({ ...figures, ...study.questionFacts(asked) });
  },
  figures: showShare,
  quiet: showTable,
  fault: showFault,
};

function pick(row) {
  const bounds = globalThis.L.geoJSON(row.feature).getBounds();
  atlas.map.fitBounds(bounds, { ...SPACE, maxZoom: 16 });
  atlas.layers.cells?.select(kind === "cells" ? row.code : null);
}

function kinds() {
  const names = { cells: t("网格"), gaps: t("空白区") };
  const made = Object.entries(names).map(([name, label]) => h("button", {
    type: "button",
    onclick: () => {
      kind = name;
      press();
      showTable();
    },
  }, label));
  const press = () => {
    made.forEach((button, i) =>
      button.setAttribute("aria-pressed", String(Object.keys(names)[i] === kind)));
    byId("levels").hidden = kind !== "cells" || city.levels.length < 2;
  };
  fill(byId("kinds"), made);
  byId("kinds").hidden = !city.levels.length;
  press();
}

async function start() {
  atlas = await drawn;
  switches();
  tools(atlas.map);
  kinds();
  keepChoice();
  legend(byId("legend"), atlas, { byPeople });
  seeCity(atlas.map, SPACE);
  table = new SortedTable(byId("table"), byId("more"), {
    onPick: pick, key: (row) => row.code ?? row.rank,
  });
  byId("filter").addEventListener("input", (event) => table.filter(event.target.value));
  const refresh = follower(atlas, hears);
  byId("retry").addEventListener("click", refresh);
  desk.on("question", refresh);
  desk.on("view", refresh);
  edit.mount({ atlas }); // draws the stations, too, and what is changed of them
  await scenario.mount({ atlas }); // the scenario of the address, before anything is asked
  await refresh();
}

start().then(() => {
  document.documentElement.dataset.ready = "";
});
