// What needs an answer: another planner was faster, the scenario is gone, the city was imported anew.
import { send } from "../api.js";
import { ask } from "../dialog.js";
import { h } from "../dom.js";
import { count, t } from "../i18n.js";
import { desk } from "../desk.js";
import { described } from "./words.js";
import { reload, saveAs, session, take } from "./session.js";
import { toast } from "./toast.js";

let stations = new Map(); // id → feature, to call stations by their names

const listed = (changes) => (changes.length
  ? h("ul.change-words", {}, changes.slice(0, 8).map((change) => {
    const { what, name, more } = described(change, stations);
    return h("li", {}, h("b", {}, what), " ", name, " ", h("span.muted", {}, more));
  }), changes.length > 8 && h("li.muted", {}, t("还有 {n} 项", { n: count(changes.length - 8) })))
  : h("p.muted", {}, t("没有修改")));

const mine = () => t("{name}（我的）", { name: desk.scenario.name });

function conflict({ current }) {
  ask(t("别人刚刚改过这个方案"), h("div", {},
    h("p", {}, t("「{name}」在您编辑时被另存了一版。您的修改还没有保存，什么也没有丢。", { name: desk.scenario.name })),
    h("div.two", {},
      h("section", {}, h("h3", {}, t("服务器上的最新内容")), listed(current?.changes ?? [])),
      h("section", {}, h("h3", {}, t("您的内容")), listed(session.changes)))), [
    [t("载入最新"), reload],
    [t("另存为新方案"), () => saveAs(mine()), true],
  ]);
}

function gone() {
  ask(t("这个方案已被删除"), h("p", {}, t("别人删除了「{name}」。您的修改还在这里。", { name: desk.scenario.name })), [
    [t("放弃"), reload],
    [t("另存为新方案"), () => saveAs(mine()), true],
  ]);
}

const dated = (stamp) => new Date(stamp).toLocaleString(document.documentElement.lang);
const made = ({ base_date: base, city_date: now }, name) => (base
  ? t("「{name}」是按 {old} 导入的数据做的，城市现在是 {now} 导入的。在转过去之前，不会用它计算任何数字。", { name, old: dated(base), now: dated(now) })
  : t("「{name}」是按另一次导入的数据做的，城市现在是 {now} 导入的。在转过去之前，不会用它计算任何数字。", { name, now: dated(now) }));

/** Tell that the city was imported anew, what still fits, and offer to carry the scenario over. */
async function outdated() {
  const { scenario } = desk;
  const asked = (drop) => send("POST", `scenarios/${scenario.id}/rebase`, { revision: scenario.revision, drop });
  const told = await asked(false);
  const unfit = told.unfit.map((one) => one.change);
  ask(t("城市数据已重新导入"), h("div", {},
    h("p", {}, made(told, scenario.name)),
    h("p", {}, t("{n} 项修改仍然适用。", { n: count(told.fits) })),
    unfit.length ? h("section", {}, h("h3", {}, t("不再适用、将被去掉的修改")), listed(unfit)) : null), [
    [t("看今天的城市"), () => take(null)],
    [t("转到新数据"), async () => take((await asked(true)).scenario), true],
  ]);
}

const ANSWERS = {
  "scenario-conflict": conflict, "scenario-not-found": gone, "scenario-outdated": outdated,
};

export function dialogs() {
  const safely = async (answer, body) => {
    try {
      await answer(body);
    } catch (problem) {
      toast(problem.message, { bad: true });
    }
  };
  desk.on("stations", (known) => {
    stations = known;
  });
  desk.on("conflict", ({ problem, kind }) => safely(ANSWERS[kind], problem.body));
  desk.on("scenario", (scenario) => {
    if (scenario?.outdated) safely(outdated);
  });
}
