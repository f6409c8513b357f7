// What is told of a place that was clicked, in words and on the map: the way, or the cause and what
// would mend it.
import { h, phone } from "./dom.js";
import { count, distance, minutes, t, title } from "./i18n.js";
import { said } from "./moment.js";
import { budgetMetres, chosenBudget, state } from "./state.js";
import { reason, service } from "./words.js";

const NAMED = 3; // full stations; the others are counted
const known = (value) => value !== null && value !== undefined;

/** Return the box of a place; `onStation(id)` answers a click on a station. */
export function placeFacts({ place, data_date: date, data_age_days: age }, onStation) {
  const link = (station) => station && h("button.link", {
    type: "button", onclick: () => onStation(station.id),
  }, station.name);
  const lines = place.covered ? served(place, link) : lacking(place, link);
  return [
    h(place.covered ? "div.place" : "div.place.bad", {},
      h("b", {}, place.covered ? t("点击处到得了")
        : t("点击处到不了：{reason}", { reason: reason(place.class, place.barrier) })),
      lines.filter(Boolean).map((line) => h("p", {}, line))),
    date && h("p.small.muted.age", {}, known(age)
      ? t("街道数据 {date}，{n} 天前", { date, n: count(age) }) : t("数据 {date}", { date })),
  ];
}

/** Draw the way of a place on the map's layer of routes, what refuses it, and the link that is missing. */
export function drawWay(route, { path, obstacle, missing_link: link }) {
  // Where something refuses, the way that is refused says more than the way round.
  route.draw(obstacle?.line ?? path ?? null);
  route.block(obstacle ? [obstacle.lat, obstacle.lon] : null);
  route.mend(link?.line ?? null, link ? distance(link.metres) : "");
}

function served(place, link) {
  const way = place.path_seconds ?? place.seconds;
  const wait = place.seconds - way;
  return [
    [t("{m} 分钟到", { m: minutes(way) }), " ", link(place.station)],
    wait >= 60 && t("到后等 {m} 分钟开门", { m: minutes(wait) }),
  ];
}

function lacking(place, link) {
  const special = BY_CLASS[place.class]?.(place, link) ?? [];
  return special.length ? special : nearest(place, link);
}

function nearest({ seconds, station, words }, link) {
  if (!station) return [words && title(words)];
  const budget = chosenBudget();
  const limit = budget.minutes
    ? t("{n} 分钟", { n: budget.minutes }) : t("{n} 米", { n: count(budgetMetres()) });
  const time = known(seconds)
    ? t(state.at || state.services ? "最近可用的驿站要 {m} 分钟，超过 {limit}："
      : "最近的驿站要 {m} 分钟，超过 {limit}：", { m: minutes(seconds), limit })
    : t("最近的驿站：");
  return [[time, link(station)]];
}

// The way is long or broken: the link that would mend it, as it is drawn on the map.
function mending(place, link) {
  const found = place.missing_link;
  const cure = found && (found.fault
    ? t("两条街几乎相接，可能是数据缺了路口")
    : t("补一条 {length}的通道（虚线），{m} 分钟可到", {
      length: distance(found.metres), m: minutes(found.seconds),
    }));
  const gain = found?.people > 0 && t("可让 {n} 人到得了", { n: count(found.people) });
  return [...nearest(place, link), cure, gain];
}

const OBSTACLES = { gate: "门禁", steps: "台阶", closed_way: "封闭道路" };

const BY_CLASS = {
  severed: mending,
  detour: mending,
  unreachable: mending,
  refused: ({ obstacle, ...place }, link) => [
    obstacle && t(obstacle.at_this_hour ? "此时挡在{street}的{what}；放行后 {m} 分钟可到"
      : "挡在{street}的{what}；放行后 {m} 分钟可到", {
      street: obstacle.street || t("无名路"), what: obstacle.name || t(OBSTACLES[obstacle.kind]),
      m: minutes(obstacle.seconds),
    }),
    ...nearest(place, link),
  ],
  service_missing: ({ lacking: found }, link) => (found ?? []).map((station) => [
    link(station), " ", t("{m} 分钟，没有{services}", {
      m: minutes(station.seconds), services: station.missing.map(service).join(t("、")),
    }),
  ]),
  closed: ({ opens, ...place }, link) => [
    opens && [link(opens), " ", t("{m} 分钟，{at} 开门", {
      m: minutes(opens.seconds), at: said(opens.at),
    })],
    ...nearest(place, link),
  ],
  unknown_hours: ({ ask, ...place }, link) => [
    ask && [link(ask), " ", t("{m} 分钟，开放时间要打电话问", { m: minutes(ask.seconds) }), " ",
      ask.phone && phone(ask.phone)],
    ...nearest(place, link),
  ],
  full: ({ full }, link) => [
    ...full.slice(0, NAMED).map((station) => [
      link(station), " ", t("{m} 分钟，{seats} 个座位分给 {users} 人", {
        m: minutes(station.seconds), seats: count(station.seats), users: count(station.assigned),
      }),
    ]),
    full.length > NAMED && t("另有 {n} 站也满了", { n: count(full.length - NAMED) }),
  ],
};
