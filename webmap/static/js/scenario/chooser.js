// Choose what the scenario in hand is compared with, and read the figures side by side.
import { get, send } from "../api.js";
import { fill, h } from "../dom.js";
import { count, half, minutes, percent, surface, t } from "../i18n.js";
import { desk } from "../desk.js";
import { city } from "../island.js";
import { levelTitle, reason } from "../words.js";
import { signed } from "./words.js";

const top = Math.min(...city.levels.map((level) => level.level));
const names = new Map(); // code → name of a cell of the top level

/** Ask for the difference from what is compared with to the scenario in hand, of one level. */
export const difference = (level) => {
  const { scenario, ...asked } = desk.question();
  return get("compare", { ...asked, a: desk.state.compare, b: scenario, scenario, level });
};

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Rows {name, before, after, more, good} of a difference; what nobody knows is left out. */
function rows(told) {
  const { before, after, difference: more } = told.totals;
  const byPeople = told.measure === "people";
  const amount = byPeople ? count : surface;
  const signedAmount = (value) => (byPeople ? signed(value) : `${value < 0 ? "−" : "+"}${surface(Math.abs(value))}`);
  const points = (value) => `${value < 0 ? "−" : "+"}${percent(Math.abs(value))}`;
  const made = [
    { name: t(byPeople ? "到得了的居民" : "到得了的土地"), before: amount(before.covered), after: amount(after.covered), more: signedAmount(more.covered), sign: more.covered },
    before.share !== null && { name: t("覆盖比例"), before: `${percent(before.share)} %`, after: `${percent(after.share)} %`, more: points(more.share), sign: more.share },
    before.median_s !== null && after.median_s !== null && { name: t("半数居民到达"), before: t("{n} 分钟", { n: minutes(before.median_s) }), after: t("{n} 分钟", { n: minutes(after.median_s) }), more: signed(minutes(after.median_s) - minutes(before.median_s)), sign: minutes(before.median_s) - minutes(after.median_s) },
    { name: t("可用的驿站"), before: count(before.stations), after: count(after.stations), more: signed(more.stations), sign: 0 },
  ].filter(Boolean);
  const causes = told.moved.states.map((state, i) => {
    const was = sum(told.moved.table[i]);
    const is = sum(told.moved.table.map((row) => row[i]));
    return state !== "covered" && (was || is) && { name: reason(state), before: amount(was), after: amount(is), more: signedAmount(is - was), sign: was - is };
  }).filter(Boolean);
  return { made, causes };
}

function districts(told) {
  const { cells } = told;
  const byPeople = told.measure === "people";
  return cells.code.map((code, i) => ({
    name: names.get(code) ?? code,
    before: cells.share_before[i] === null ? "–" : `${percent(cells.share_before[i])} %`,
    after: cells.share_after[i] === null ? "–" : `${percent(cells.share_after[i])} %`,
    more: cells.difference[i] === null ? "–" : byPeople ? signed(cells.difference[i]) : surface(cells.difference[i]),
    sign: cells.difference[i] ?? 0,
  }));
}

const body = (title, found) => h("tbody", {},
  h("tr.group", {}, h("th", { colspan: "4", scope: "rowgroup" }, title)),
  found.map((row) => h("tr", {},
    h("th", { scope: "row" }, row.name), h("td", {}, row.before), h("td", {}, row.after),
    h("td", { class: Math.abs(row.sign) < 1e-9 ? null : row.sign > 0 ? "gain" : "loss" }, row.more))));

/** Return {holder}: the choice and the table. */
export function chooser() {
  const select = h("select", { "aria-label": t("与什么比较") });
  const swap = h("p.small.muted", {});
  const table = h("table.compare-table", {});
  const panel = h("div.compared", { hidden: true }, table, swap);
  const holder = h("section.compare", {}, h("div.section-head", {}, h("h3", {}, t("比较")), select), panel);
  let turn = 0;
  select.addEventListener("change", () => desk.set({ compare: select.value || null }));

  async function options() {
    const { scenarios } = await send("GET", "scenarios");
    const others = scenarios.filter((one) => one.id !== desk.scenario?.id && !one.outdated);
    fill(select, h("option", { value: "" }, t("不比较")), h("option", { value: "today" }, t("与今天相比")),
      others.map((one) => h("option", { value: one.id }, one.name)));
    select.value = desk.state.compare ?? "";
    if (select.selectedIndex < 0) select.value = "";
    return new Map(others.map((one) => [one.id, one.name]));
  }

  async function show() {
    turn += 1;
    const mine = turn;
    const on = Boolean(desk.scenario && desk.state.compare);
    panel.hidden = !on;
    if (!desk.scenario) return;
    table.classList.add("pending");
    try {
      const [others, told, cells] = await Promise.all([
        options(), on ? difference(top) : null, on && !names.size ? get("cells", { level: top }) : null,
      ]);
      if (mine !== turn || !on) return;
      cells?.features.forEach(({ properties }) => names.set(properties.code, properties.name || properties.code));
      const { made, causes } = rows(told);
      const left = others.get(desk.state.compare) ?? t("今天");
      fill(table, h("thead", {}, h("tr", {}, h("td"), h("th", { scope: "col", title: left }, left),
        h("th", { scope: "col", title: desk.scenario.name }, desk.scenario.name), h("th", { scope: "col" }, t("变化")))),
      body(t("全城"), made), causes.length ? body(t("到不了的原因"), causes) : null,
      city.levels.length ? body(levelTitle(top), districts(told)) : null);
      swap.textContent = half(told.reason ?? "");
      table.classList.remove("pending");
    } catch (problem) {
      if (mine === turn) fill(table, h("caption.fault", { role: "alert" }, problem.message));
    }
  }
  desk.on("compare", show);
  desk.on("question", show);
  desk.on("scenario", show);
  return { holder };
}
