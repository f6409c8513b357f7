// The first tab: the cells as a table, linked both ways with the map, and the histogram above it.
import { get } from "../api.js";
import { byId, h } from "../dom.js";
import { desk } from "../desk.js";
import { shareClass } from "../draw/cells.js";
import { count, lang, percent, surface, t, tenths } from "../i18n.js";
import { city } from "../island.js";
import { state } from "../state.js";
import * as study from "../study.js";
import { Table } from "../table.js";
import { isOfStation, levelTitle, reason } from "../words.js";
import { filtered, joined, keyOf, sorted, uncoveredOf, withMedians } from "./cells.js";
import * as choice from "./filters.js";
import { histogram } from "./histogram.js";
import { codeRanks, ranks } from "./ranks.js";
import { why } from "./why.js";

const byPeople = city.people_total !== null;
const known = (value) => !Number.isNaN(value);
const ranked = new Map(); // level → {name, code}, once for all questions
const NOT_FILTERS = new Set(["sort", ...Object.keys(choice.NONE)]);

export const causeTag = (kind, barrier = null) =>
  h(isOfStation(kind) ? "span.tag.of-station" : "span.tag", { title: reason(kind, barrier) }, reason(kind, barrier));

const amount = (value) => (!known(value) ? "–" : byPeople ? count(value) : surface(value));

/** “+1,204”, “−310”. */
export const signed = (value) => {
  if (!known(value)) return "–";
  const whole = Math.round(value);
  return whole ? `${whole > 0 ? "+" : "−"}${count(Math.abs(whole))}` : "0";
};

// With one column more in a narrow window the little bars give way to the names; where words are
// long, so do the minutes.
const isTight = () => Boolean(state.scenario) && innerWidth < 1600;
const isLong = lang === "en";

/** Wire the tab. Returns `{refresh, focusFilter, step, count}`. */
export function cellTab({ atlas, told }) {
  let cells = null;
  let order = [];
  let shown = null; // the level whose cells are shown
  let turn = 0;
  const bar = choice.filters({ byPeople });
  const chart = histogram();
  const reasons = why(atlas);
  const table = new Table(byId("grid"), {
    label: t("网格"),
    id: "table",
    keyOf: (i) => cells.code[i],
    on: {
      sort: (key) => desk.set({ sort: turned(key) }),
      pick: (i, how) => pick(i, how),
      hover: (i) => atlas.layers.cells?.hint(i === null ? null : cells.code[i]),
    },
  });

  function swatch(i) {
    const share = cells.share[i];
    if (cells.outside[i]) return h("span.muted", {}, t("无法判断"));
    if (!known(share)) return h("span.muted", {}, byPeople ? t("没有居民") : "–");
    const gap = cells.class[i] === "none";
    const colors = atlas.layers.cells?.palette.share;
    return h("span.share", {}, h("span.meter", { "aria-hidden": "true" }, h(gap ? "i.hatched" : "i", {
      style: { width: `${gap ? 100 : Math.max(4, share * 100)}%`, ...(gap || !colors ? {} : { background: colors[shareClass(share)] }) },
    })), h("span", {}, `${percent(share)} %`));
  }

  const columns = () => [
    { key: "name", title: levelTitle(state.level), show: (i) => h("span", { title: cells.name[i] }, cells.name[i]) },
    { key: "code", title: t("编码"), kind: "code", width: "126px", show: (i) => h("span.muted", {}, cells.code[i]) },
    { key: "people", title: byPeople ? t("人数") : t("土地"), number: true, kind: "wide", width: "64px", show: (i) => amount(cells.people[i]) },
    { key: "share", title: t("覆盖比例"), number: true, width: isTight() ? "66px" : isLong ? "96px" : "112px", show: swatch },
    {
      key: "uncovered", title: t("未覆盖"), hint: byPeople ? t("未覆盖人数") : t("未覆盖土地"),
      number: true, width: isLong ? "102px" : "74px", show: (i) => amount(cells.uncovered[i]),
    },
    state.scenario && {
      key: "change", title: t("变化"), hint: byPeople ? t("方案让多少人改为覆盖") : t("方案让多少土地改为覆盖"), number: true, width: "70px",
      show: (i) => {
        const text = byPeople ? signed(cells.change[i]) : amount(cells.change[i]);
        return h(`span.${cells.change[i] > 0 ? "gain" : cells.change[i] < 0 ? "loss" : "muted"}`, {}, text);
      },
    },
    !(isLong && isTight()) && {
      key: "median", title: t("分钟"), hint: t("半数居民几分钟内到（中位数）"), number: true, kind: "median", width: "52px",
      show: (i) => (known(cells.median[i]) ? tenths.format(cells.median[i]) : h("span.muted", {}, "–")),
    },
    { key: "cause", title: t("主要原因"), width: isLong ? "142px" : "136px", kind: "cause", show: (i) => cells.cause[i] && causeTag(cells.cause[i]) },
  ].filter(Boolean);

  const isWord = (key) => key === "name" || key === "code" || key === "cause";
  function turned(key) {
    if (state.sort === key) return `-${key}`;
    if (state.sort === `-${key}`) return key;
    return isWord(key) ? key : `-${key}`;
  }

  /** Filter and sort what is here, and show it; at most some milliseconds for a hundred thousand. */
  function view(keepPlace = false) {
    if (!cells) return;
    const made = columns();
    const wanted = made.some(({ key }) => key === state.sort.replace(/^-/, "")) ? state.sort : "-uncovered";
    table.arrange(made, wanted);
    byId("grid").classList.toggle("tight", isTight());
    const rows = filtered(cells, choice.chosen());
    const key = keyOf(cells, wanted.replace(/^-/, ""), reason);
    order = key ? sorted(rows, key, wanted.startsWith("-") ? -1 : 1) : rows; // ranks come soon
    bar.hits(order.length, cells.n, uncoveredOf(cells, order));
    told({ count: order.length });
    table.show(order.length, (place) => order[place], choice.isOn() ? t("没有符合的行") : t("没有网格"), { keepPlace });
    mark(state.cell, !keepPlace);
  }

  function failed() {
    if (!cells) table.show(0, null, "");
  }

  function awaited() {
    table.arrange(columns(), state.sort);
    table.wait();
  }

  async function refresh() {
    if (state.level === null) return;
    turn += 1;
    const mine = turn;
    const [asked, level] = [study.question(), state.level];
    reasons.again();
    if (!cells) awaited();
    byId("grid").classList.toggle("pending", Boolean(cells));
    chart.pending(true);
    const [names, columns_, today] = await Promise.all([
      get(`levels/${level}/cells`), study.cells(asked, level),
      asked.scenario ? study.cells({ ...asked, scenario: null }, level) : null,
    ]);
    if (mine !== turn) return;
    const before = cells;
    cells = joined(names, columns_, today, byPeople);
    cells.ranks = ranked.get(level) ?? null;
    if (before && shown === level) cells.median = before.median; // until the new ones are here
    bar.causes(new Set(cells.cause));
    view(shown === level);
    shown = level;
    byId("grid").classList.remove("pending");
    rank(level, cells);
    await median(mine, asked, level);
  }

  async function rank(level, mine) {
    if (ranked.has(level)) return;
    ranked.set(level, { name: await ranks(mine.name), code: codeRanks(mine.code) });
    if (cells?.n !== mine.n) return;
    cells.ranks = ranked.get(level);
    if (/name|code/.test(state.sort)) view(true);
  }

  async function median(mine, asked, level) {
    const { users_per_1000: _, ...question } = asked; // seats ask for no other minutes
    const answer = await get("minutes", { ...question, level });
    if (mine !== turn) return;
    withMedians(cells, answer.cells);
    chart.show(answer);
    chart.pending(false);
    if (state.minutes || /median/.test(state.sort)) view(true);
    else if (order.length) table.show(order.length, table.row, "");
  }

  const placeOf = (code) => order.findIndex((i) => cells.code[i] === code);

  /** Mark a cell in the table and on the map; scroll there if wanted. */
  function mark(code, isRevealed = true) {
    table.select(code);
    atlas.layers.cells?.select(code);
    if (!isRevealed || !code || !cells) return;
    const place = placeOf(code);
    if (place >= 0) {
      table.reveal(place);
      table.draw();
    }
  }

  function pick(i, how) {
    const [west, south, east, north] = cells.bbox[i];
    const bounds = globalThis.L.latLngBounds([south, west], [north, east]);
    desk.set({ cell: cells.code[i], gap: null });
    if (how === "key") {
      if (!atlas.map.getBounds().contains(bounds)) atlas.map.panTo(bounds.getCenter());
    } else atlas.map.fitBounds(bounds, { ...told.space(), maxZoom: 16 });
  }

  /** Tell of a place in the chosen cell; whose row stays in sight when the words take room. */
  async function ask(latlng) {
    const { cell } = state;
    if (cell === null) {
      reasons.close();
      return;
    }
    const words = reasons.ask(latlng);
    mark(cell);
    await words;
    if (state.cell === cell) mark(cell);
  }

  desk.on("selection", ({ cell }) => mark(cell));
  desk.on("view", (changed) => {
    if ([...changed].some((name) => NOT_FILTERS.has(name))) view();
  });
  if (atlas.layers.cells) linkMap(atlas, { table, isShown: () => Boolean(cells), ask });
  awaited();

  return {
    refresh: () => refresh().catch((fault) => {
      failed();
      throw fault;
    }),
    view,
    /** Nothing comes: nothing is awaited any more. */
    failed,
    leave: reasons.close,
    focusFilter: bar.focus,
    /** Move the selection by some rows. */
    step(by) {
      const place = state.cell && cells ? placeOf(state.cell) : -1;
      table.go(place < 0 ? 0 : place + by, false);
    },
  };
}

/** A click on a cell marks its row and tells of the very place; the pointer over a cell hints at it. */
function linkMap({ map, layers }, { table, isShown, ask }) {
  map.on("click", ({ latlng }) => {
    if (desk.tool !== "select" || !isShown() || !map.hasLayer(layers.cells)) return;
    desk.set({ cell: layers.cells.codeAt(latlng), gap: null });
    ask(latlng);
  });
  if (!matchMedia("(hover: hover)").matches) return;
  let waiting = false;
  map.on("mousemove", ({ latlng }) => {
    if (waiting || !isShown()) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      table.hint(desk.tool === "select" ? layers.cells.codeAt(latlng) : null);
    });
  });
  map.on("mouseout", () => table.hint(null));
}
