// What a proposal says: its actions, what they bring, the proof, and who stays beyond all help.
import { fill, h } from "../dom.js";
import { count, half, minutes, percent, surface, t } from "../i18n.js";
import { reason, serviceInShort } from "../words.js";

const amountOf = (measure) => (measure === "m2" ? surface
  : measure === "users" ? (n) => t("{n} 个座位使用者", { n: count(n) }) : (n) => t("{n} 人", { n: count(n) }));

const KINDS = { open: "新设驿站", service: "增加服务", hours: "延长时间", enlarge: "增加座位" };
export const kindWords = (kind) => kind.split("+").map((part) => t(KINDS[part] ?? part)).join(t("、"));

const list = (services) => services.map(serviceInShort).join(t("、"));

/** Turn an action into changes of a scenario. */
export function changesOf(action) {
  const { id: station, name, lon, lat, services, added, opening_hours, seats } = action;
  return action.kind.split("+").flatMap((kind) => ({
    open: { kind: "open", station, position: [lon, lat], name: name || station, services, opening_hours, capacity: seats },
    service: { kind: "add_services", station, services: added },
    hours: { kind: "hours", station, opening_hours },
    enlarge: { kind: "enlarge", station, seats },
  })[kind] ?? []);
}

/** “已证明最优”, or how far from the best it may be. */
export function proofWords({ proven, gap }) {
  if (proven) return t("已证明最优");
  return gap === null ? t("没有证明") : t("离最优至多 {n} %", { n: percent(gap) });
}

function detail(action) {
  const mends = Object.entries(action.mends).sort((a, b) => b[1] - a[1])[0];
  return [
    kindWords(action.kind),
    action.area && action.area !== action.name ? action.area : "",
    action.added.length ? t("增加{list}", { list: list(action.added) }) : "",
    action.kind === "enlarge" ? t("{n} 座", { n: count(action.seats) }) : "",
    mends ? reason(mends[0]) : "",
  ].filter(Boolean).join(" · ");
}

/**
 * Fill a holder with a proposal. `on` hears `hover(action|null)`, `see(action)`, `adopt([action, …])`.
 */
export function show(holder, told, on) {
  const amount = amountOf(told.measure);
  const { before, recomputed: after } = told;
  const most = Math.max(1, ...told.actions.map((action) => action.gained));
  const chosen = new Set(told.actions);
  const adopt = h("button.button.main", { type: "button", id: "adopt", onclick: () => on.adopt(told.actions.filter((one) => chosen.has(one))) });
  const label = () => {
    adopt.disabled = !chosen.size;
    adopt.textContent = chosen.size === told.actions.length ? t("全部采纳到方案") : t("采纳 {n} 项到方案", { n: chosen.size });
  };
  label();
  const row = (action) => h("li", {
    "data-site": action.id,
    onpointerenter: () => on.hover(action), onpointerleave: () => on.hover(null),
  },
  h("label.tick", {}, h("input", {
    type: "checkbox", checked: true, "aria-label": t("采纳 {name}", { name: action.name || action.id }),
    onchange: (event) => {
      if (event.target.checked) chosen.add(action);
      else chosen.delete(action);
      label();
    },
  })),
  h("button.site", { type: "button", onclick: () => on.see(action), onfocus: () => on.hover(action), onblur: () => on.hover(null) },
    h("b.rank", {}, action.rank),
    h("span.words", {}, h("span.name", {}, action.name || action.id), h("span.small.muted", {}, detail(action))),
    h("span.gain-of", {}, h("b", {}, `+${amount(action.gained)}`),
      h("span.track", { "aria-hidden": "true" }, h("i", { style: { width: `${(action.gained / most) * 100}%` } })),
      h("span.small.muted", {}, t("累计 {share} % · 费用 {cost}", { share: percent(action.share), cost: count(action.cost) })))));
  fill(holder, told.actions.length ? [
    h("p.promise", {},
      h("b", {}, `${percent(before.share)} → ${percent(after.share)} %`),
      h("span", {}, t("新增 {n}", { n: amount(after.gained) })),
      after.lost > 0 && h("span.loss", {}, t("失去 {n}", { n: amount(after.lost) })),
      h("span", {}, t("费用 {n}", { n: count(told.cost) })),
      h(`span.proof${told.proven ? ".good" : ""}`, { title: told.method }, proofWords(told))),
    objective(told),
    h("ol.site-list", {}, told.actions.map(row)),
    h("div.actions", {}, adopt),
  ] : h("p.none.muted", {}, told.reason ? half(told.reason) : t("没有可做的：候选点里没有一处能让更多人到得了。")),
  told.actions.length && told.reason && h("p.small.muted", {}, half(told.reason)),
  rest(told, amount),
  h("details.small", {}, h("summary", {}, t("怎样算的")),
    h("ul", {}, [
      t("候选：{n} 处街口或站点可用", { n: count(told.candidates.usable) }),
      ...told.assumptions.map(half), told.method,
    ].map((line) => h("li", {}, line)))));
}

function objective({ objective: goal }) {
  if (!["mean_s", "longest_s"].includes(goal.name) || goal.before === null || goal.after === null) return null;
  const words = { from: minutes(goal.before), to: minutes(goal.after) };
  return h("p.small", {}, goal.name === "mean_s"
    ? t("平均 {from} → {to} 分钟", words) : t("最远者 {from} → {to} 分钟", words));
}

function rest({ uncoverable, to_verify: ask }, amount) {
  const causes = Object.entries(uncoverable.causes).sort((a, b) => b[1].weight - a[1].weight)
    .map(([kind, { weight }]) => t("{reason} {n}", { reason: reason(kind), n: amount(weight) }));
  return h("div.small.muted.rest", {},
    uncoverable.weight > 0 && h("p", {}, t("任何候选点都帮不到的：{n}（{causes}）", { n: amount(uncoverable.weight), causes: causes.join(t("、")) })),
    ask.count > 0 && h("p", {}, t("先去核实开放时间：{names}", {
      names: ask.stations.slice(0, 3).map((one) => one.name).join(t("、")) + (ask.count > 3 ? "…" : ""),
    })));
}
