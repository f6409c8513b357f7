// The sentences of the service circle, one place for all pages.
import { city } from "./island.js";
import { count, t, title } from "./i18n.js";
import { budgetMetres, chosenBudget, chosenProfile, state } from "./state.js";

export const CLASSES = ["beyond_reach", "severed", "detour", "unreachable", "no_street", "outside"];

const CLASS_WORDS = {
  beyond_reach: "附近没有驿站",
  severed: "被江河铁路等阻断",
  detour: "街道绕行太远",
  unreachable: "路网不相连",
  no_street: "附近没有街道",
  outside: "街道数据之外",
};

/** Why a place is not served, in a few words; a known barrier is named. */
export function reason(kind, barrier = null) {
  if (kind === "severed" && barrier) return t("被{name}阻断", { name: barrierName(barrier) });
  return CLASS_WORDS[kind] ? t(CLASS_WORDS[kind]) : kind;
}

const BARRIERS = { water: "江河", railway: "铁路", motorway: "快速路", wall: "围墙" };
const barrierName = (barrier) => {
  const name = typeof barrier === "string" ? barrier : barrier.name || barrier.kind;
  return BARRIERS[name] ? t(BARRIERS[name]) : name;
};

export const TIERS = { centre: "中心", station: "站", point: "点" };
export const tier = (name) => t(TIERS[name] ?? name);

const GO = {
  walk: "{budget}能走到驿站的{whom}",
  slow: "慢慢走{budget}能到驿站的{whom}",
  wheelchair: "坐轮椅{budget}能到驿站的{whom}",
  ebike: "骑电动车{budget}能到驿站的{whom}",
};

/** The question that the big figure answers. */
export function question(byPeople) {
  const budget = chosenBudget();
  const whom = t(byPeople ? "居民" : "土地");
  const time = budget.minutes
    ? t("{n} 分钟内", { n: budget.minutes })
    : t("沿街 {n} 米内", { n: count(budget.distance_m) });
  return t(GO[state.profile] ?? GO.walk, { budget: time, whom });
}

/** “15 分钟 = 1,125 米”, or for a distance the time that it takes. */
export function promise() {
  const budget = chosenBudget();
  const metres = budgetMetres();
  if (budget.minutes) {
    return t("{m} 分钟 = {n} 米", { m: budget.minutes, n: count(Math.round(metres)) });
  }
  const time = metres / chosenProfile().speed_mps / 60;
  return t("{n} 米 ≈ {m} 分钟", { n: count(metres), m: count(Math.round(time)) });
}

export function budgetName(budget) {
  return budget.minutes ? String(budget.minutes) : t("1 km 标准");
}

export const service = (key) => {
  const found = (city.services ?? []).find((item) => item.key === key);
  return found ? title(found) : key;
};

export const levelTitle = (level) => {
  const found = city.levels.find((item) => item.level === level);
  return found ? title(found) : t("网格");
};
