// What the meeting's views say: sentences made from the study's own figures, nothing else.
import { city } from "./island.js";
import { count, lang, percent, surface, t } from "./i18n.js";
import { h } from "./dom.js";
import { budgetMetres, chosenBudget, state } from "./state.js";
import { subject } from "./study.js";
import { CLASSES, needWords, question, reason } from "./words.js";

const TIER_COUNTS = { centre: "{n} 个中心", station: "{n} 个站", point: "{n} 个点" };
// English tells one from many.
const TIER_ONE = { centre: "1 个中心", station: "1 个站", point: "1 个点" };

const FRACTIONS = [
  [1 / 20, "二十分之一"],
  [1 / 10, "十分之一"],
  [1 / 7, "七分之一"],
  [1 / 5, "五分之一"],
  [1 / 4, "四分之一"],
  [1 / 3, "三分之一"],
  [2 / 5, "五分之二"],
  [1 / 2, "一半"],
  [3 / 5, "五分之三"],
  [2 / 3, "三分之二"],
  [3 / 4, "四分之三"],
];

/** Return the plain fraction nearest to a share. */
export function fraction(share) {
  const near = FRACTIONS.reduce((a, b) => (Math.abs(b[0] - share) < Math.abs(a[0] - share) ? b : a));
  return t(near[1]);
}

/** Return a great number as a person says it: 10.9 万 or 109,000. */
function great(value) {
  if (lang === "zh" && value >= 10000) return `${(value / 10000).toFixed(1)} 万`;
  return count(value);
}

// Sentences that differ between going on foot and riding.
const SAY = {
  people: ["每 100 位居民，{n} 位走得到驿站", "每 100 位居民，{n} 位骑得到驿站"],
  ground: ["每 100 公顷土地，{n} 公顷走得到驿站", "每 100 公顷土地，{n} 公顷骑得到驿站"],
  near: ["地图上画的圆，几乎都走得到", "地图上画的圆，几乎都骑得到"],
  lost: ["地图上画的圆，约{f}走不到", "地图上画的圆，约{f}骑不到"],
};
const say = (what, values = {}) => t(SAY[what][state.profile === "ebike" ? 1 : 0], values);
const how = () => {
  const budget = chosenBudget();
  const time = budget.minutes ? t("{n} 分钟", { n: budget.minutes }) : t("{n} 米", { n: count(budget.distance_m) });
  return t("沿街道 {time}", { time });
};

function byTier(stations) {
  // Closed and planned ones are on the map, but nobody can go there.
  const open = stations.features.filter((station) => station.properties.status === "open");
  const counts = Object.keys(TIER_COUNTS).map((name) => [
    name, open.filter((station) => station.properties.tier === name).length,
  ]);
  return counts.filter(([, n]) => n).map(([name, n]) =>
    t((n === 1 ? TIER_ONE : TIER_COUNTS)[name], { n: count(n) })).join(t("、"));
}

function cityView(_study, { stations }) {
  const people = city.people_total;
  const lowest = city.levels.at(-1);
  const all = city.stations_open; // whatever hour is asked
  return {
    kicker: t("城市与驿站"),
    headline: people !== null && all
      ? t("平均每 {n} 位居民一个驿站", { n: count(people / all) })
      : t("{city}的驿站", { city: city.name }),
    numbers: [
      { value: count(all), caption: t("个驿站"), tone: "circle" },
      people !== null
        ? { value: great(people), caption: t("位居民"), tone: "ink" }
        : { value: count(lowest?.cells ?? 0), caption: t("个网格"), tone: "ink" },
    ],
    text: `${byTier(stations)}${t("。")}`,
  };
}

function circleView(study) {
  const { share, total, covered, byPeople, beyond } = subject(study);
  const hundred = Math.round((share ?? 0) * 100);
  const left = beyond ? t("另有 {n}在街道数据之外，无法判断", {
    n: byPeople ? t("{n} 人", { n: count(beyond) }) : surface(beyond),
  }) + t("。") : "";
  const headline = say(byPeople ? "people" : "ground", { n: hundred });
  return {
    kicker: question(byPeople, study, needWords(study.need)),
    headline,
    numbers: [
      { value: percent(share ?? 0), unit: "%", caption: how(), tone: "figure" },
      { value: byPeople ? great(covered) : surface(covered), caption: t(byPeople ? "位居民" : "土地"), tone: "ink" },
    ],
    text: [byPeople ? t("一共 {n} 人，按每个人的住处沿街道算。", { n: count(total) })
      : t("没有人口数据，所以按土地算。"), left].filter(Boolean).join(lang === "en" ? " " : ""),
  };
}

function ringView(study) {
  const { share, ring } = subject(study);
  const lost = ring ? 1 - share / ring : 0;
  return {
    kicker: [t("直线圈与街道"), needWords(study.need)].filter(Boolean).join(" · "),
    headline: lost < 0.03 ? say("near") : say("lost", { f: fraction(lost) }),
    numbers: [
      { value: percent(ring ?? 0), unit: "%", caption: t("直线 {n} 米", { n: count(budgetMetres()) }), tone: "circle" },
      { value: percent(share ?? 0), unit: "%", caption: how(), tone: "figure" },
    ],
    text: severed(study),
  };
}

function severed(study) {
  const { severed: cut, detour } = study.uncovered;
  const people = subject(study).byPeople;
  const amount = (found) => (people ? found?.people : found?.area_m2) ?? 0;
  const said = people ? (n) => t("{n} 人", { n: count(n) }) : surface;
  const bold = (found) => h("b", {}, said(amount(found)));
  if (amount(cut) > 0) return [t("江河、铁路把 "), bold(cut), t(" 与最近的驿站隔开。")];
  if (amount(detour) > 0) return [t("直线不远、街道要绕的有 "), bold(detour), t("。")];
  return "";
}

function gapsView(study, { gaps }) {
  const { total, covered, share, byPeople, beyond } = subject(study);
  const hundred = 100 - Math.round((share ?? 0) * 100);
  const left = (total ?? 0) - (covered ?? 0);
  const value = (kind) => (byPeople ? study.uncovered[kind]?.people : study.uncovered[kind]?.area_m2) ?? 0;
  const causes = CLASSES.filter((kind) => kind !== "outside" || !beyond);
  const main = causes.reduce((a, b) => (value(b) > value(a) ? b : a));
  return {
    kicker: [t("空白区"), needWords(study.need)].filter(Boolean).join(" · "),
    headline: byPeople ? t("每 100 位居民，还有 {n} 位到不了驿站", { n: hundred })
      : t("每 100 公顷土地，还有 {n} 公顷到不了驿站", { n: hundred }),
    numbers: [
      { value: byPeople ? great(left) : surface(left), caption: t(byPeople ? "未覆盖居民" : "未覆盖土地"), tone: "gap" },
      { value: count(gaps.features.length), caption: t("处空白区"), tone: "ink" },
    ],
    text: value(main) > 0 ? [t("最多的原因：{reason}，", { reason: reason(main) }),
      h("b", {}, byPeople ? t("{n} 人", { n: count(value(main)) }) : surface(value(main))), t("。")] : "",
  };
}

export const VIEWS = [
  { tell: cityView, layers: ["stations"], legend: ["tiers"] },
  { tell: circleView, layers: ["cells", "circles", "stations"], legend: ["ramp"] },
  { tell: ringView, layers: ["cells", "circles", "ring", "stations"], legend: ["ramp"] },
  { tell: gapsView, layers: ["cells", "gaps", "stations"], legend: ["ramp", "gaps"] },
];
