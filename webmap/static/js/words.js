// The sentences of the service circle, one place for all pages.
import { city } from "./island.js";
import { count, t, title } from "./i18n.js";
import { saidInFull } from "./moment.js";
import { budgetMetres, chosenBudget, chosenProfile, state } from "./state.js";

export const CLASSES = [
  "beyond_reach", "severed", "detour", "refused", "unreachable", "no_street", "outside",
  "service_missing", "closed", "unknown_hours", "full",
];

// The way is there: what fails is the station's own offer.
const OF_STATION = new Set(["service_missing", "closed", "unknown_hours", "full"]);
export const isOfStation = (kind) => OF_STATION.has(kind);

const CLASS_WORDS = {
  beyond_reach: "附近没有驿站",
  severed: "被江河铁路等阻断",
  detour: "街道绕行太远",
  refused: "门禁或台阶不放行",
  unreachable: "路网不相连",
  no_street: "附近没有街道",
  outside: "街道数据之外",
  service_missing: "附近驿站没有所需服务",
  closed: "此时已关闭",
  unknown_hours: "开放时间不明",
  full: "位置已满",
};

// What refuses whom: nobody on foot is stopped by steps.
const REFUSED = {
  walk: "门禁不放行",
  slow: "门禁不放行",
  wheelchair: "门禁或台阶不放行",
  ebike: "门禁或台阶不放行",
};
/** Why a place is not served, in a few words; a known barrier is named. */
export function reason(kind, barrier = null) {
  if (kind === "severed" && barrier) return t("被{name}阻断", { name: barrierName(barrier) });
  if (kind === "refused") return t(REFUSED[state.profile] ?? CLASS_WORDS.refused);
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

/** The question that the big figure of a study answers; `need` adds hour and services. */
export function question(byPeople, { profile, minutes, distance_m: metres }, need = "") {
  const whom = t(byPeople ? "居民" : "土地");
  const time = minutes ? t("{n} 分钟内", { n: minutes }) : t("沿街 {n} 米内", { n: count(metres) });
  const asked = t(GO[profile] ?? GO.walk, { budget: time, whom });
  return need ? `${asked} · ${need}` : asked;
}

/**
 * “11月20日 周五 22:30 · 饮水、充电”: when and what for a study asks, and how many want a seat; empty
 * when it asks for none of them.
 */
export function needWords({ at, services, users_per_1000: users } = {}) {
  const offers = (services ?? []).map(serviceInShort).join(t("、"));
  const crowd = users && t("每千人 {n} 人要座位", { n: users });
  return [at && saidInFull(at), offers, crowd].filter(Boolean).join(" · ");
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

// For chips and lines; the full name stands in their hints.
const SHORT = {
  rest: "歇脚",
  water: "饮水",
  hot_meal: "热饭",
  charging: "充电",
  battery_swap: "换电",
  toilet: "如厕",
  first_aid: "急救",
  shelter: "避雨",
  consultation: "咨询",
};

export const serviceInShort = (key) => (SHORT[key] ? t(SHORT[key]) : service(key));

export const levelTitle = (level) => {
  const found = city.levels.find((item) => item.level === level);
  return found ? title(found) : t("网格");
};

/** What the public reads in place of a count: fewer than ten, or one that would give such away. */
export const hidden = (mark) => (mark.endsWith("<10") ? t("不足 10 人") : t("不公开"));

/** Whether this server shows the public edition, without the planner's answers. */
export const isPublic = document.body?.dataset.edition === "public";
