// The switches for profile, budget and level.
import { city } from "./island.js";
import { byId, fill, h, icon, say } from "./dom.js";
import { count, t, title } from "./i18n.js";
import { budgetMetres, choose, onChange, state } from "./state.js";
import { budgetName, promise } from "./words.js";

function buttons(holder, items, name) {
  if (!holder) return () => {};
  const made = items.map(({ value, label, sign = null, hint = null }) =>
    h("button", {
      type: "button", title: hint, "aria-label": !hint || hint.includes(label) ? hint ?? label : `${label} · ${hint}`,
      onclick: () => choose({ [name]: value }),
    }, sign && icon(sign), h("span", {}, label)));
  fill(holder, made);
  return () => made.forEach((button, i) => {
    button.setAttribute("aria-pressed", String(state[name] === items[i].value));
  });
}

function budgetHint(budget) {
  const metres = count(Math.round(budgetMetres(budget)));
  return budget.minutes
    ? t("{m} 分钟 = {n} 米", { m: budget.minutes, n: metres })
    : t("沿街 {n} 米内", { n: metres });
}

export function switches() {
  const profiles = buttons(byId("profiles"), city.profiles.map((profile) => ({
    value: profile.name, label: title(profile), sign: profile.name,
  })), "profile");
  const budgets = buttons(byId("budgets"), city.budgets.map((budget) => ({
    value: budget.key,
    label: budget.minutes === 15 ? t("15 分钟") : budgetName(budget),
    hint: budgetHint(budget),
  })), "budget");
  const levels = buttons(byId("levels"), city.levels.map((level) => ({
    value: level.level, label: title(level),
    hint: t("{title}，{n} 格", { title: title(level), n: count(level.cells) }),
  })), "level");
  if (city.levels.length < 2 && byId("level-choice")) byId("level-choice").hidden = true;
  const refresh = () => {
    profiles();
    budgets();
    levels();
    if (byId("promise")) say(byId("promise"), promise());
  };
  onChange(refresh);
  refresh();
}
