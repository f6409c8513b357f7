// The planner's panel: one figure that answers the question, and the figures that explain it.
import { city } from "./island.js";
import { byId, fade, fill, h, say } from "./dom.js";
import { count, half, minutes, percent, surface, t } from "./i18n.js";
import { state } from "./state.js";
import { questionFacts, subject } from "./study.js";
import { CLASSES, hidden, isOfStation, levelTitle, needWords, question, reason } from "./words.js";

/** Put what is told with the cells onto the panel; what is still to come steps back. */
export function showHeadline(city_, asked) {
  if (city_.people.share === null) return; // the ground speaks, and it must be drawn first
  const told = { ...city_, ...questionFacts(asked) };
  showAnswer(told, subject(told));
  byId("ring-note").classList.add("pending");
  byId("stats").classList.add("pending");
}

/** Put the study's figures onto the panel. */
export function showFigures(study) {
  const part = subject(study);
  const { byPeople } = part;
  showAnswer(study, part);
  showRing(part.ring, part.share);
  const why = byId("why-ground");
  why.hidden = byPeople;
  if (!byPeople) {
    say(why, t("按土地计算：{reason}", { reason: half(study.people.reason ?? t("没有人口数据")) }));
  }
  showStats(study, byPeople ? t("未覆盖人数") : t("未覆盖土地"),
    byPeople ? count(part.total - part.covered) : surface(part.total - part.covered));
  byId("ring-note").classList.remove("pending");
  byId("stats").classList.remove("pending");
  const note = byId("barriers-note");
  if (note) note.hidden = study.barriers_known ?? city.barriers_known;
}

/** The one figure, what it asks for and why the rest is not served. */
function showAnswer(study, part) {
  byId("figure").setAttribute("aria-busy", "false");
  say(byId("lead"), question(part.byPeople, study));
  showNeed(study);
  showShare(part.share);
  say(byId("of"), part.share === null ? "" : partOf(part));
  showBeyond(part);
  showReasons(study, part);
}

/** Say when and what for the figure asks, and how many stations then serve. */
function showNeed({ need, stations }) {
  const words = needWords(need);
  const serving = need?.stations?.serves ?? stations;
  const line = [t("{n} 个驿站可用", { n: count(serving) }), words || t("不限时间和服务")].join(" · ");
  say(byId("need"), line);
  byId("need").title = line;
}

/** “280,000 人中的 190,624 人”. */
export function partOf(part) {
  const { byPeople } = part;
  const amount = byPeople ? count : surface;
  const words = { total: amount(part.total), part: amount(part.covered) };
  return byPeople ? t("{total} 人中的 {part} 人", words) : t("{total} 中的 {part}", words);
}

/** Where much lies beyond the street data, say how much the figure leaves out. */
export function showBeyond({ beyond, byPeople }) {
  const line = byId("judged");
  line.hidden = !beyond;
  const n = byPeople ? t("{n} 人", { n: count(beyond) }) : surface(beyond);
  say(line, beyond ? t("另有 {n}在街道数据之外，无法判断", { n }) : "");
}

function showShare(share) {
  const figure = byId("share");
  const before = figure.textContent;
  if (share === null) fill(figure, "–");
  else fill(figure, percent(share), h("small", {}, "%"));
  if (figure.textContent === before) return;
  byId("bar").querySelector("i").style.width = `${(share ?? 0) * 100}%`;
  fade(figure);
}

// The difference of what stands on the screen: 89.9 − 64.3 is 25.6, whatever lies behind.
const shown = (share) => Math.round(share * 1000) / 1000;

function showRing(ring, street) {
  const mark = byId("bar").querySelector("b");
  mark.hidden = ring === null;
  mark.style.left = `${(ring ?? 0) * 100}%`;
  say(byId("ring-note"), ring === null ? "" : t("直线圈说 {share} %，多算 {more} 个百分点", {
    share: percent(ring), more: percent(shown(ring) - shown(street)),
  }));
}

function showStats(study, name, value) {
  const level = study.levels[String(state.level)];
  const median = study.median_s;
  const rows = [
    [name, value],
    level ? [city.levels.length > 1 ? t("空白{level}", { level: levelTitle(state.level).toLowerCase() })
      : t("空白网格"), count(level.none)] : null,
    median === null || median === undefined ? [t("驿站"), count(study.stations)]
      : [t("半数居民到达"), t("{n} 分钟", { n: minutes(median) })],
  ].filter(Boolean);
  [1, 2, 3].forEach((n) => {
    const row = rows[n - 1];
    byId(`s${n}`).parentElement.hidden = !row;
    if (!row) return;
    say(byId(`s${n}-name`), row[0]);
    say(byId(`s${n}`), row[1]);
  });
}

function showReasons(study, { byPeople, beyond }) {
  const value = (kind) => {
    const found = study.uncovered[kind];
    if (typeof found === "number") return found; // people, told with the cells
    return (byPeople ? found?.people : found?.area_m2) ?? 0;
  };
  // What cannot be judged is told beside the figure and is no cause.
  const causes = CLASSES.filter((kind) => kind !== "outside" || !beyond);
  const mark = (kind) => (byPeople ? study.suppressed?.[kind] : undefined);
  const rows = causes.map((kind) => ({ kind, value: value(kind), mark: mark(kind) }))
    .filter((row) => row.value > 0 || row.mark);
  rows.sort((a, b) => b.value - a.value);
  const sum = rows.reduce((total, row) => total + row.value, 0);
  const most = Math.max(1, ...rows.map((row) => row.value));
  const amount = byPeople ? (n) => t("{n} 人", { n: count(n) }) : surface;
  say(byId("reasons-total"), rows.some((row) => row.mark) ? "" : sum ? t("合计 {n}", { n: amount(sum) }) : t("没有"));
  fill(byId("reasons"), rows.map((row) => h("li", {},
    h("span", {}, reason(row.kind)),
    h("span.track", { "aria-hidden": "true" }, h(isOfStation(row.kind) ? "i.of-station" : "i", {
      style: { width: `${Math.max(2, (row.value / most) * 100)}%` },
    })),
    h("span.number", {}, row.mark ? hidden(row.mark)
      : byPeople ? count(row.value) : surface(row.value)))));
}

/** List the worst gaps; `fly(feature)` answers a choice. */
export function showGaps(geojson, fly) {
  const byPeople = geojson.features.some((gap) => gap.properties.people);
  const features = [...geojson.features].sort((a, b) => a.properties.rank - b.properties.rank);
  say(byId("gaps-total"), features.length ? t("共 {n} 处", { n: count(features.length) }) : t("没有"));
  const rows = features.slice(0, 5).map((feature) => {
    const gap = feature.properties;
    const go = () => fly(feature);
    return h("tr", {
      tabindex: "0",
      onclick: go,
      onkeydown: (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          go();
        }
      },
    },
    h("td", { title: gapName(gap) }, gapName(gap)),
    h("td", {}, h(isOfStation(gap.class) ? "span.tag.of-station" : "span.tag", {},
      reason(gap.class, gap.barrier))),
    h("td.number", {}, gap.suppressed ? hidden(gap.suppressed)
      : byPeople ? count(gap.people) : surface(gap.area_m2)));
  });
  fill(byId("worst"), rows.length ? h("thead", {}, h("tr", {},
    h("th", { scope: "col" }, t("地方")),
    h("th", { scope: "col" }, t("原因")),
    h("th.number", { scope: "col" }, byPeople ? t("未覆盖人数") : t("面积")))) : null,
  h("tbody", {}, rows));
}

export const gapName = (gap) => gap.name || gap.cell || t("第 {n} 处", { n: gap.rank });
