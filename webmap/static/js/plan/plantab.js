// The third tab: ask for a plan, follow the computation, look at it, take it over into the scenario.
import { byId, fill, h } from "../dom.js";
import { desk } from "../desk.js";
import { count, t } from "../i18n.js";
import { state } from "../state.js";
import * as study from "../study.js";
import { listed, overGap } from "./candidates.js";
import { run } from "./jobs.js";
import { changesOf, show } from "./proposal.js";
import { inWords } from "./fault.js";

const GOALS = [["sites", "最多几处"], ["spend", "有多少预算"], ["target", "覆盖到多少 %"]];
const STANDARD = { sites: "3", spend: "50", target: "80" };
const MODELS = [["mclp", "覆盖的人最多"], ["p-median", "平均路程最短"], ["p-center", "最远者最近"]];
const STEPS = {
  启动任务: "启动任务", 查找未覆盖的地方: "查找未覆盖的地方", 选址: "选址", 最远者: "最远者",
  计算每处可达的驿站: "计算每处可达的驿站",
};

const field = (id, label, input) => h("label.field", {}, h("span.small.muted", {}, label), Object.assign(input, { id }));
const number = (value, more = {}) => h("input", { type: "number", value, min: 0, required: true, inputmode: "decimal", ...more });

/** Let no two actions have one name: points of one gap are called after it. */
function named(actions) {
  const twins = (name) => actions.filter((one) => one.name === name).length > 1;
  return actions.map((one) => (twins(one.name) ? { ...one, name: `${one.name} ${one.rank}` } : one));
}

/** Draw the sites of a plan on the map; `hint(action)` makes one larger. */
function sites(map) {
  const layer = globalThis.L.layerGroup([], { pane: "route" }).addTo(map);
  const marks = new Map();
  return {
    show(actions) {
      layer.clearLayers();
      marks.clear();
      for (const action of actions) {
        const html = h("span.site-mark", {}, String(action.rank));
        const icon = globalThis.L.divIcon({ className: "site-holder", html, iconSize: [28, 28] });
        marks.set(action.id, globalThis.L.marker([action.lat, action.lon], {
          icon, pane: "route", interactive: false, keyboard: false,
        }).addTo(layer));
      }
    },
    hint(action) {
      for (const [id, mark] of marks) mark.getElement()?.classList.toggle("hinted", id === action?.id);
    },
  };
}

/** Wire the tab. `told` hears {count}. Returns `{stale, cureGap}`. */
export function planTab({ atlas, told, space }) {
  const drawn = sites(atlas.map);
  const goal = h("select", {}, GOALS.map(([value, words]) => h("option", { value }, t(words))));
  const amount = number(STANDARD.sites);
  const model = h("select", {}, MODELS.map(([value, words]) => h("option", { value }, t(words))));
  const ofGap = h("option", { value: "gap", hidden: true });
  const places = h("select", {}, [150, 300, 600, 1200].map((n) => h("option", { value: n, selected: n === 300 }, t("约 {n} 个街口", { n: count(n) }))),
    ofGap, h("option", { value: "list" }, t("列出的地点")));
  const list = h("textarea", { rows: 4, placeholder: "106.5205, 29.4322, A", spellcheck: "false" });
  const listField = field("candidate-list", t("候选点，每行：经度, 纬度, 名称"), list);
  const costs = Object.fromEntries([["open", 10], ["service", 2], ["hours", 3]].map(([name, value]) => [name, number(value)]));
  const begin = h("button.button.main", { type: "submit", id: "propose" }, t("给出补点方案"));
  const form = h("form.propose", { onsubmit: (event) => {
    event.preventDefault();
    ask();
  } },
  h("div.fields", {}, field("goal", t("目标"), goal), field("goal-amount", t("数值"), amount),
    field("model", t("怎样算好"), model), field("junctions", t("候选点"), places)),
  listField,
  h("details.small", {}, h("summary", {}, t("费用")), h("div.fields", {},
    field("cost-open", t("新设一处"), costs.open), field("cost-service", t("增加一项服务"), costs.service),
    field("cost-hours", t("延长时间"), costs.hours))),
  h("div.actions", {}, begin));
  const bar = h("progress", { max: 100, id: "propose-bar" });
  const step = h("span.small", { id: "propose-step", role: "status" });
  const cancel = h("button.button", { type: "button", id: "propose-cancel", onclick: () => working?.abort() }, t("取消"));
  const progress = h("div.working", { hidden: true }, step, bar, cancel);
  const note = h("p.notice", { hidden: true, role: "status" });
  const result = h("div.proposal", { id: "proposal" }, h("p.none.muted", {}, t("说明目标后，给出选址、排序和证明；可逐项采纳到方案里。")));
  fill(byId("tab-plan"), h("div.scroll", {}, form, progress, note, result));
  let adopted = false; // the plan that is shown was taken over
  let working = null;

  const limits = () => {
    const isShare = goal.value === "target";
    Object.assign(amount, { min: isShare ? 1 : goal.value === "sites" ? 1 : 0, max: isShare ? 100 : "", step: goal.value === "spend" || isShare ? "any" : 1 });
    model.closest("label").hidden = isShare; // a target is reached at the least cost
  };
  goal.addEventListener("change", () => {
    amount.value = STANDARD[goal.value];
    limits();
  });
  limits();

  const offer = () => {
    ofGap.hidden = !state.gap;
    if (!state.gap && places.value === "gap") places.value = "300";
    if (state.gap) ofGap.textContent = t("第 {n} 处空白区里", { n: state.gap });
    listField.hidden = places.value !== "list";
  };
  places.addEventListener("change", offer);
  desk.on("selection", offer);
  offer();

  async function candidates() {
    if (places.value === "list") return { candidates: listed(list.value) };
    if (places.value !== "gap") return { junctions: Number(places.value) };
    const { features } = await study.gaps();
    const chosen = features.find((one) => String(one.properties.rank) === state.gap);
    return chosen ? { candidates: overGap(chosen) } : {};
  }

  async function body() {
    const { users_per_1000: _, ...question } = study.question();
    const value = Number(amount.value);
    return {
      kind: "propose", ...question, ...(await candidates()),
      model: goal.value === "target" ? null : model.value,
      [goal.value]: goal.value === "target" ? value / 100 : value,
      costs: Object.fromEntries(Object.entries(costs).map(([name, input]) => [name, Number(input.value)])),
    };
  }

  function tell({ step: label, done, total, ahead = 0 }) {
    step.textContent = label ? t(STEPS[label] ?? label)
      : ahead ? t("排队中，前面还有 {n} 个任务", { n: ahead }) : t("正在开始……");
    if (total > 0) bar.value = Math.min(100, (100 * done) / total);
    else bar.removeAttribute("value");
  }

  async function ask() {
    working?.abort();
    const mine = new AbortController();
    working = mine;
    progress.hidden = false;
    begin.disabled = true;
    note.hidden = true;
    result.classList.add("pending");
    tell({ step: "", done: 0, total: 0 });
    try {
      const answer = await run(await body(), { told: tell, signal: mine.signal });
      show(result, answer, {
        hover: drawn.hint,
        see: (action) => atlas.map.flyTo([action.lat, action.lon], Math.max(15, atlas.map.getZoom()), { animate: false }),
        adopt: (actions) => {
          adopted = true;
          desk.emit("edit", named(actions).flatMap(changesOf));
        },
      });
      adopted = false;
      drawn.show(answer.actions);
      told({ count: answer.actions.length });
      if (answer.actions.length) {
        const bounds = globalThis.L.latLngBounds(answer.actions.map(({ lat, lon }) => [lat, lon]));
        atlas.map.fitBounds(bounds.pad(0.2), { ...space(), maxZoom: 14 });
      }
    } catch (fault) {
      if (fault.name === "AbortError") say([t("已取消，没有留下什么。")]);
      else say(inWords(fault), true);
    } finally {
      if (working === mine) {
        working = null;
        progress.hidden = true;
        begin.disabled = false;
        result.classList.remove("pending");
      }
    }
  }

  function say(words, isBad = false) {
    note.hidden = false;
    note.classList.toggle("bad", isBad);
    fill(note, h("span", {}, words));
  }

  return {
    /** Another question: the plan answers the one before. */
    stale() {
      if (!result.querySelector(".site-list")) return;
      say([adopted ? t("已采纳到方案里；要再补点，请重新给出方案。") : t("问题变了，下面的方案回答的是之前的问题；请重新给出方案。")]);
      if (!adopted) return;
      drawn.show([]); // they are stations now
      result.querySelector("#adopt").disabled = true;
    },
    /** Look for sites within the chosen gap. */
    cureGap() {
      offer();
      if (state.gap) places.value = "gap";
    },
  };
}
