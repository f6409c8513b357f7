// Scenarios, their changes and what goes wrong with them, in words.
import { count, distance, lang, t } from "../i18n.js";
import { hours } from "../hours.js";
import { service, tier } from "../words.js";

const list = (services) => services.map(service).join(t("、"));
const STATUS = { open: "重新开放", closed: "关闭", planned: "改为规划中" };

/** Return the length of a line [[lon, lat], …] in metres. */
export function metres(line) {
  const places = line.map(([lon, lat]) => globalThis.L.latLng(lat, lon));
  return places.slice(1).reduce((sum, place, i) => sum + place.distanceTo(places[i]), 0);
}

const KINDS = {
  open: (change) => [t("新增"), [tier(change.tier ?? "point"),
    change.opening_hours ? hours(change.opening_hours).text : t("开放时间未定")].join(" · ")],
  move: (change, { before }) => [t("移动"), before
    ? t("移开 {n}", { n: distance(metres([before.geometry.coordinates, change.position])) }) : ""],
  close: () => [t("关闭"), ""],
  status: (change) => [t(STATUS[change.status] ?? change.status), ""],
  hours: (change) => [t("开放时间"), hours(change.opening_hours).text],
  add_services: (change) => [t("增加服务"), list(change.services)],
  drop_services: (change) => [t("减少服务"), list(change.services)],
  enlarge: (change) => [t("座位"), `${change.seats > 0 ? "+" : "−"}${count(Math.abs(change.seats))}`],
  link: (change) => [t("新连接"), distance(metres(change.line))],
  unlink: () => [t("拆除连接"), ""],
  gate: () => [t("打开门禁"), ""],
  shut: () => [t("关上门禁"), ""],
};

/** Return {what, name, more} of a change; `stations` is id → feature, today's and the new ones. */
export function described(change, stations) {
  const before = stations.get(change.station);
  const [what, more] = KINDS[change.kind]?.(change, { before }) ?? [change.kind, ""];
  const name = change.name || before?.properties.name || change.station || change.link || change.gate;
  return { what, name, more };
}

/** “+3,215” or “−30”; nothing is “±0”. */
export function signed(people) {
  const whole = Math.round(people);
  return whole ? `${whole > 0 ? "+" : "−"}${count(Math.abs(whole))}` : "±0";
}

// The server's faults are told in English to whoever calls it; the usual ones are said in words.
const FAULTS = [
  [/no street within ([\d.]+) m of its (first|last) end/, (found) =>
    t(found[2] === "first" ? "起点 {n} 米内没有街道" : "终点 {n} 米内没有街道", { n: found[1] })],
  [/both ends join the streets at one point/, () => t("两端接在同一处街道上，请画远一些")],
  [/nothing within ([\d.]+) m that refuses/, (found) => t("{n} 米内没有拦人的门禁", { n: found[1] })],
  [/no usable street within ([\d.]+) m/, (found) =>
    t("{n} 米内（江河等障碍的这一侧）没有能走的街道", { n: found[1] })],
  [/would stand beside no street|no street/, () => t("附近没有街道，站放不下")],
  [/outside|lies beyond/, () => t("在城市范围之外")],
  [/^no station/, () => t("没有这座驿站")],
  [/opening hours|opening_hours|hours/, () => t("看不懂这个开放时间；请按 Mo-Fr 08:00-22:00 的写法")],
  [/seats|capacity/, () => t("座位不能少于 0")],
];

const SHOWN = 20; // of very many faults the first ones say what is wrong
const LONG = 120; // letters of the server's own text

/** What the server itself says of a fault; on a Chinese page beside what it means. */
function inFull({ where, seen, remedy }) {
  const own = `${seen} → ${remedy}`.slice(0, LONG);
  if (lang === "en") return own;
  const change = /change (\d+)/.exec(where);
  return change ? t("第 {n} 项修改做不到（{own}）", { n: change[1], own }) : t("这里有误，请更正（{own}）", { own });
}

function said(fault) {
  const text = `${fault.where} ${fault.seen}`;
  for (const [pattern, say] of FAULTS) {
    const found = pattern.exec(fault.seen) ?? pattern.exec(text);
    if (found) return say(found);
  }
  return inFull(fault);
}

/** Return what went wrong as sentences, each once; of many the first, and how many there are more. */
export function faultLines(problem) {
  const faults = problem.body?.faults ?? [];
  if (!faults.length) return [problem.message];
  const words = [...new Set(faults.map(said))];
  const more = Math.max(0, words.length - SHOWN) + (problem.body.faults_left_out ?? 0);
  return more > 0 ? [...words.slice(0, SHOWN), t("还有 {n} 条", { n: count(more) })] : words;
}

/** Return what went wrong as one sentence. */
export const faultWords = (problem) => faultLines(problem).join(t("；"));
