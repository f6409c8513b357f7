// The planner's desk: the map, one number, and what explains it as tables that lead back to the map.
import { byId, fill, h } from "./dom.js";
import { chips } from "./chips.js";
import { clock } from "./clock.js";
import { desk } from "./desk.js";
import { drawn } from "./draw/bridge.js";
import * as edit from "./edit/index.js";
import { follower } from "./follow.js";
import { t } from "./i18n.js";
import { city } from "./island.js";
import { legend } from "./legend.js";
import { camera } from "./plan/camera.js";
import { cellTab } from "./plan/celltab.js";
import { compareTab } from "./plan/comparetab.js";
import { inWords } from "./plan/fault.js";
import { fold } from "./plan/fold.js";
import { gapTab } from "./plan/gaptab.js";
import * as headline from "./plan/headline.js";
import { keys } from "./plan/keys.js";
import { exportMenu, help, pagesMenu, servicesMenu } from "./plan/menus.js";
import { planTab } from "./plan/plantab.js";
import { tabs } from "./plan/tabs.js";
import { refused, state } from "./state.js";
import * as scenario from "./scenario/index.js";
import * as study from "./study.js";
import { switches } from "./switches.js";
import { keepChoice, tools } from "./tools.js";

const byPeople = city.people_total !== null;
const TABLE = new Set(["level"]); // what of the address asks for other cells, but no other question

/** The part of the stage that nothing floats on, for fitting bounds. */
function space() {
  const below = byId("clock").hidden ? 24 : byId("clock").offsetHeight + 36;
  const left = byId("drawer").hidden ? 24 : byId("drawer").offsetWidth + 40;
  const room = byId("drawer").closest(".stage").getBoundingClientRect();
  return {
    paddingTopLeft: [left > room.width / 2 ? 24 : left, 64],
    paddingBottomRight: [24, below > room.height / 3 ? 24 : below],
  };
}

function showFault(fault) {
  byId("figure").setAttribute("aria-busy", "false");
  fill(byId("fault-text"), inWords(fault));
  byId("fault").hidden = false;
  for (const id of ["grid", "minutes", "tab-gaps"]) byId(id).classList.remove("pending");
}

function recover() {
  if (byId("fault").hidden) return;
  byId("fault").hidden = true;
  desk.emit("recovered");
}

/** Say what of the address was not understood: the rest is shown. */
function sayRefused() {
  const names = {
    profile: t("出行方式"), budget: t("时间预算"), services: t("服务"), at: t("时刻"), level: t("网格层级"),
    tab: t("标签"), sort: t("排序"), view: t("地图位置"),
  };
  const box = byId("notice");
  box.hidden = refused.size === 0;
  if (!refused.size) return;
  const list = [...new Set([...refused].map((name) => names[name] ?? t("筛选")))].join(t("、"));
  fill(box, h("span", {}, t("链接里有看不懂的内容，已按默认显示：{list}", { list })), h("button.link", {
    type: "button", onclick: () => { box.hidden = true; },
  }, t("知道了")));
}

function seeCell(map, [west, south, east, north], code) {
  desk.set({ cell: code, gap: null });
  map.fitBounds([[south, west], [north, east]], { ...space(), maxZoom: 16 });
}

async function tellToday() {
  if (!state.scenario) {
    headline.compareWith(null);
    return;
  }
  const asked = { ...study.question(), scenario: null };
  const told = byPeople && state.level !== null ? (await study.cells(asked)).city : await study.figures(asked);
  if (state.scenario) headline.compareWith({ ...told, ...study.questionFacts(asked) });
}

/** What the page hears of a study: figure and cells at once, the rest when it is quiet. */
const hears = ({ cells, gaps, compared, time }) => ({
  busy: (on) => {
    byId("busy").classList.toggle("on", on);
    if (on) gaps.pending();
  },
  headline: (figures, asked) => {
    recover();
    if (byPeople) headline.show({ ...figures, ...study.questionFacts(asked) });
  },
  painted: () => time.painted(),
  calm: () => {
    tellToday().catch(showFault);
    cells.refresh().catch(showFault);
    compared.refresh().catch(showFault);
  },
  figures: (figures) => {
    recover();
    headline.show(figures);
  },
  gaps: gaps.show,
  quiet: () => time.load(),
  fault: (fault) => {
    time.stop();
    cells.failed();
    showFault(fault);
  },
});

async function start() {
  const atlas = await drawn;
  switches();
  chips();
  servicesMenu();
  exportMenu();
  pagesMenu();
  const overlay = help();
  tools(atlas.map);
  keepChoice();
  legend(byId("legend"), atlas, { byPeople });
  fold();
  camera(atlas.map, space);
  const row = tabs();
  const told = (name) => Object.assign(({ count }) => row.count(name, count), { space });
  const cells = cellTab({ atlas, told: told("cells") });
  const plan = planTab({ atlas, told: told("plan"), space });
  const gaps = gapTab({ atlas, told: told("gaps"), space, cure: plan.cureGap });
  const compared = compareTab({ told: told("compare"), pick: (bbox, code) => seeCell(atlas.map, bbox, code) });
  const time = clock(() => refresh());
  const refresh = follower(atlas, hears({ cells, gaps, compared, time }), {
    isCalm: time.isCalm,
    next: () => time.next().map((at) => ({ ...study.question(), at })),
  });
  byId("retry").addEventListener("click", refresh);
  desk.on("question", () => {
    plan.stale();
    refresh();
  });
  desk.on("view", (changed) => {
    if ([...changed].some((name) => TABLE.has(name))) refresh();
    sayRefused();
  });
  desk.on("compare", () => compared.refresh().catch(showFault));
  desk.on("preview", (answer) => headline.preview(answer?.people ?? null));
  desk.on("locate", (shape) => atlas.map.fitBounds(globalThis.L.geoJSON(shape).getBounds(), { ...space(), maxZoom: 16 }));
  keys({
    focusFilter: () => {
      desk.set({ tab: "cells" });
      cells.focusFilter();
    },
    tab: row.nth,
    step: (by) => (state.tab === "gaps" ? gaps.step(by) : cells.step(by)),
    help: overlay.toggle,
    escape: () => {
      cells.leave();
      desk.set({ cell: null, gap: null });
    },
  });
  sayRefused();
  edit.mount({ atlas }); // draws the stations, too, and what is changed of them
  await scenario.mount({ atlas }); // the scenario of the address, before anything is asked
  await refresh();
}

start().then(() => {
  document.documentElement.dataset.ready = "";
});
