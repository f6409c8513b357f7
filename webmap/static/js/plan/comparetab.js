// The fourth tab: who changes from what to what, and every cell that changes, between two cities.
import { get } from "../api.js";
import { byId, fill, h } from "../dom.js";
import { desk } from "../desk.js";
import { count, half, percent, surface, t, tenths } from "../i18n.js";
import { city } from "../island.js";
import { difference } from "../scenario/chooser.js";
import { state } from "../state.js";
import { Table } from "../table.js";
import { levelTitle, reason } from "../words.js";
import { sorted } from "./cells.js";
import { signed } from "./celltab.js";
import { codeRanks, ranks } from "./ranks.js";

const NOTHING = 1e-9;
const said = (kind) => (kind === "covered" ? t("到得了") : reason(kind));

/** Return who changes: [{from, to, weight}], the most first. */
function moves({ states, table }) {
  return table.flatMap((row, i) => row.map((weight, j) => ({ from: states[i], to: states[j], weight })))
    .filter(({ from, to, weight }) => from !== to && weight > NOTHING)
    .sort((a, b) => b.weight - a.weight);
}

/** Wire the tab. `told` hears {count}, `pick(bbox, code)` shows a cell on the map. */
export function compareTab({ told, pick }) {
  const who = h("ul.moves");
  const grid = h("div.grid");
  const note = h("p.hits", { role: "status" });
  fill(byId("compare"), who, note, grid);
  let turn = 0;
  let rows = null; // by columns: label, code, bbox, and what can be sorted by
  let order = [];
  let sort = "-change";
  const table = new Table(grid, {
    label: t("比较"), id: "compare-table", keyOf: (i) => rows.code[i],
    on: {
      sort: (key) => {
        sort = sort === `-${key}` ? key : `-${key}`;
        view();
      },
      pick: (i) => pick(rows.bbox[i], rows.code[i]),
    },
  });
  const share = (value) => (Number.isNaN(value) ? "–" : `${percent(value)} %`);
  const tone = (value) => (value > NOTHING ? "span.gain" : value < -NOTHING ? "span.loss" : "span.muted");
  const columns = () => [
    { key: "name", title: levelTitle(state.level), show: (i) => rows.label[i] },
    { key: "code", title: t("编码"), kind: "code", width: "126px", show: (i) => h("span.muted", {}, rows.code[i]) },
    { key: "before", title: t("原来"), number: true, width: "78px", show: (i) => share(rows.before[i]) },
    { key: "after", title: t("现在"), number: true, width: "78px", show: (i) => share(rows.after[i]) },
    {
      key: "change", title: t("变化"), number: true, width: "92px",
      show: (i) => h(tone(rows.change[i]), {}, rows.byPeople ? signed(rows.change[i]) : surface(Math.abs(rows.change[i]))),
    },
    {
      key: "minutes", title: t("分钟"), hint: t("半数居民几分钟内到（中位数）"), number: true, kind: "median", width: "72px",
      show: (i) => (Number.isNaN(rows.minutes[i]) ? "–"
        : h(tone(-rows.minutes[i]), {}, `${rows.minutes[i] > 0 ? "+" : rows.minutes[i] < 0 ? "−" : ""}${tenths.format(Math.abs(rows.minutes[i]))}`)),
    },
  ];

  function view() {
    table.arrange(columns(), sort);
    const key = sort.replace(/^-/, "");
    order = sorted(rows.changed, key === "code" ? codeRanks(rows.code) : rows[key], sort.startsWith("-") ? -1 : 1);
    table.show(order.length, (place) => order[place], t("没有变化：两边每一格都一样。"));
    table.select(state.cell);
  }

  async function refresh() {
    turn += 1;
    const mine = turn;
    if (!desk.scenario || !state.compare) {
      told({ count: null });
      return;
    }
    byId("compare").classList.add("pending");
    const [answer, names] = await Promise.all([
      difference(state.level), state.level === null ? null : get(`levels/${state.level}/cells`),
    ]);
    const label = names ? names.name.map((name, i) => name || names.code[i]) : [];
    const rank = await ranks(label);
    if (mine !== turn) return;
    const column = (values) => Float64Array.from(values, (value) => value ?? NaN);
    const { cells } = answer;
    rows = {
      byPeople: answer.measure === "people", label, name: rank, code: cells.code, bbox: names?.bbox ?? [],
      before: column(cells.share_before), after: column(cells.share_after), change: column(cells.difference),
      minutes: column(cells.median_s_difference.map((value) => (value === null ? null : value / 60))),
    };
    rows.changed = [...cells.code.keys()].filter((i) => Math.abs(rows.change[i]) > NOTHING || Math.abs(rows.minutes[i]) > NOTHING);
    told({ count: rows.changed.length });
    const amount = rows.byPeople ? (n) => t("{n} 人", { n: count(n) }) : surface;
    fill(who, h("li.label", {}, t("谁变了")), moves(answer.moved).slice(0, 6).map(({ from, to, weight }) => h("li", {},
      h("span", {}, said(from)), h("i", { "aria-hidden": "true" }, "→"),
      h(to === "covered" ? "b.gain" : from === "covered" ? "b.loss" : "span", {}, said(to)), h("span.number", {}, amount(weight)))));
    who.hidden = who.children.length < 2;
    note.textContent = [t("{of} 格中有 {n} 格变了", { n: count(rows.changed.length), of: count(cells.code.length) }),
      answer.reason ? half(answer.reason) : ""].filter(Boolean).join(" · ");
    if (city.levels.length) view();
    byId("compare").classList.remove("pending");
  }

  desk.on("selection", ({ cell }) => rows && table.select(cell));
  return { refresh };
}
