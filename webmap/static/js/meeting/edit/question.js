// The question that a view asks the city: who goes, how long, when, for what, in which scenario.
import { fill, h } from "../../dom.js";
import { t } from "../../i18n.js";
import { city } from "../../island.js";
import { serviceKeys } from "../../state.js";
import { service, serviceInShort } from "../../words.js";
import { scenarios } from "./scenarios.js";
import { PROPOSAL } from "./views.js";
import { profileWords, scenarioWords } from "./words.js";

const HALF_HOURS = Array.from({ length: 48 }, (_, i) =>
  `${String(Math.floor(i / 2)).padStart(2, "0")}:${i % 2 ? "30" : "00"}`);
const MOST = { min: 60, m: 5000 };
const STEP = { min: 1, m: 100 };

const option = (value, words) => h("option", { value }, words);
const split = (budget) => /^(\d+)(min|m)$/.exec(budget)?.slice(1) ?? ["15", "min"];
const isWhole = (text, unit) => /^[1-9]\d*$/.test(text) && Number(text) <= MOST[unit] && Number(text) % STEP[unit] === 0;

/** Return {holder, show}; `change(patch)` hears what is chosen, in the terms of a question. */
export function questionFields(legend, change) {
  const profile = h("select", { "aria-label": t("出行方式") }, city.profiles.map(({ name }) => option(name, profileWords(name))));
  const amount = h("input", { type: "number", inputmode: "numeric", min: 1, "aria-label": t("时间或路程") });
  const unit = h("select", { "aria-label": t("单位") }, option("min", t("分钟")), option("m", t("米")));
  const hour = h("select", { "aria-label": t("几点") });
  const day = h("input", { type: "date", "aria-label": t("哪一天") });
  const dayHint = h("p.small.muted", {}, t("不选日期：数据日期起的第一个工作日。"));
  const scenario = h("select", { "aria-label": t("方案") });
  let asked = {};

  const setBudget = () => {
    const fits = isWhole(amount.value, unit.value);
    amount.setAttribute("aria-invalid", String(!fits));
    if (fits) change({ budget: `${amount.value}${unit.value}` });
  };
  const setHour = () => {
    if (!hour.value) change({ at: null });
    else change({ at: day.value ? `${day.value}T${hour.value}` : hour.value });
  };
  profile.addEventListener("change", () => change({ profile: profile.value }));
  amount.addEventListener("input", setBudget);
  unit.addEventListener("change", () => {
    amount.value = unit.value === "min" ? 15 : 1000;
    setBudget();
  });
  hour.addEventListener("change", setHour);
  day.addEventListener("change", setHour);
  scenario.addEventListener("change", () => change({ scenario: scenario.value || null }));

  const chips = (city.services ?? []).map(({ key }) => h("button.chip", {
    type: "button", title: service(key), "data-service": key,
    onclick: () => {
      const has = asked.services.includes(key);
      const next = has ? asked.services.filter((one) => one !== key) : [...asked.services, key];
      change({ services: serviceKeys(next).split(",").filter(Boolean) });
    },
  }, serviceInShort(key)));

  const row = (words, ...fields) => h("div.pair", {}, h("span.field-name", {}, words), h("div.fields", {}, ...fields));
  const holder = h("fieldset.question", {}, h("legend", {}, legend),
    row(t("怎么去"), profile, amount, unit),
    row(t("几点"), hour, day), dayHint,
    row(t("要什么服务"), h("div.chips", {}, chips)),
    row(t("方案"), scenario));

  function show(next) {
    asked = next;
    profile.value = asked.profile;
    const [number, kind] = split(asked.budget);
    // What is being typed and does not fit yet stays as it is.
    if (document.activeElement !== amount) {
      amount.value = number;
      amount.setAttribute("aria-invalid", "false");
    }
    unit.value = kind;
    Object.assign(amount, { max: MOST[kind], step: STEP[kind], min: STEP[kind] });
    const [, date, clock] = /^(?:(.+)T)?(\d\d:\d\d)$/.exec(asked.at ?? "") ?? [null, "", ""];
    const hours = HALF_HOURS.includes(clock) || !clock ? HALF_HOURS : [...HALF_HOURS, clock].sort();
    fill(hour, option("", t("不限时间")), hours.map((one) => option(one, one)));
    hour.value = clock;
    day.value = date ?? "";
    day.hidden = !clock;
    dayHint.hidden = !clock || Boolean(date);
    for (const chip of chips) chip.setAttribute("aria-pressed", String(asked.services.includes(chip.dataset.service)));
    const known = scenarios.choices.some(({ id }) => id === asked.scenario);
    const odd = asked.scenario && asked.scenario !== PROPOSAL && !known;
    fill(scenario, option("", t("今天的城市")), option(PROPOSAL, t("系统建议的方案")),
      scenarios.choices.map(({ id, name }) => option(id, name)),
      odd && option(asked.scenario, scenarioWords(asked.scenario, scenarios.names)));
    scenario.value = asked.scenario ?? "";
  }

  return { holder, show };
}
