// The card at the right: facts of a station, or figures of a cell and of the place clicked.
import { city } from "./island.js";
import { byId, fill, h, icon, phone } from "./dom.js";
import { count, percent, surface, t, title } from "./i18n.js";
import { hours } from "./hours.js";
import { saidInFull } from "./moment.js";
import { chosenServices } from "./chips.js";
import { placeFacts } from "./placefacts.js";
import { state } from "./state.js";
import { hidden, isPublic, levelTitle, reason, service, tier } from "./words.js";

const card = byId("card");

export function closeCard(onClose = () => {}) {
  card.hidden = true;
  card.replaceChildren();
  onClose();
}

function open(heading, under, onClose, ...content) {
  fill(card,
    h("header", {},
      h("div", {}, h("h2", { tabindex: "-1" }, heading), under && h("p.muted.small", {}, under)),
      h("button.close", { type: "button", "aria-label": t("关闭"), onclick: () => closeCard(onClose) },
        icon("close"))),
    ...content);
  card.hidden = false;
  card.scrollTop = 0;
}

export function showBusy(heading, onClose) {
  open(heading, null, onClose, h("div.rows", {}, [70, 90, 60].map((width) =>
    h("p", {}, h("span.skeleton", { style: { width: `${width}%` } }, "…")))));
}

export function showFault(heading, message, retry, onClose) {
  open(heading, null, onClose, h("div.fault", { role: "alert", style: { "margin-top": "10px" } },
    h("span", {}, message),
    retry && h("button.button", { type: "button", onclick: retry }, t("重试"))));
}

/** Show a station's facts; what it serves, if that is known at all, is added when it comes. */
export function showStation(station, onClose, { bands = true } = {}) {
  const open_ = hours(station.opening_hours);
  const services = station.services ?? [];
  const wanted = chosenServices();
  const host = station.host ? t("依托{host}", { host: station.host }) : null;
  const place = [tier(station.tier), host, STATUS[station.status] && t(STATUS[station.status])];
  open(title(station), place.filter(Boolean).join(" · "), onClose,
    bands && h("p.line", { id: "state", hidden: !state.at && !state.services }, h("span.skeleton", {}, "00:00 ……")),
    h("p.line", {},
      h(open_.kind === "always" ? "span.good" : "span", { class: open_.kind === "unknown" ? "muted" : null },
        open_.text),
      station.capacity ? h("span.muted", {}, t("{n} 座", { n: count(station.capacity) })) : null),
    services.length ? h("div.chips", {}, services.map((key) =>
      h(wanted.includes(key) ? "span.chip.on" : "span.chip", {}, service(key)))) : null,
    station.address || station.phone ? h("p.line.small.muted", {},
      station.address && h("span", {}, station.address),
      station.phone && phone(station.phone)) : null,
    bands && h("table.rows", { id: "bands" }, h("tbody", {}, [5, 10, 15].map((m) => h("tr", {},
      h("th", { scope: "row" }, t("{n} 分钟", { n: m })),
      h("td", {}, h("span.skeleton", {}, "00,000")))))),
    bands && city.people_total !== null && !isPublic && h("table.rows.impact", { id: "impact" }, h("tbody", {}, h("tr", {},
      h("th", { scope: "row" }, t("只有它能服务")),
      h("td.strong", {}, h("span.skeleton", {}, "00,000"))))));
}

const STATUS = { closed: "已关闭", planned: "规划中" };

// What a station is at the chosen hour, for the chosen services.
const STATES = {
  serves: ["good", "可用"],
  closed: ["warn", "此刻未开放"],
  unknown_hours: ["warn", "开放时间待核实"],
  service_missing: ["warn", "没有所需服务"],
  not_open: ["warn", "未投入使用"],
};

/** Say what the open station is at the chosen hour and who depends on it; null = nobody knows. */
export function showImpact(impact) {
  const line = byId("state");
  if (line) {
    const [tone, words] = STATES[impact?.state] ?? ["muted", "–"];
    const name = impact?.state === "serves" && state.at ? t("开放中") : t(words);
    line.hidden = !state.at && !state.services;
    fill(line, h(`b.state.${tone}`, {}, name), state.at && h("span.muted", {}, saidInFull(state.at)));
  }
  const table = byId("impact");
  if (!table) return;
  const only = impact?.only ?? null;
  const share = impact?.share_only ?? null;
  fill(table, h("tbody", {}, h("tr", {},
    h("th", { scope: "row" }, t("只有它能服务")),
    h("td.strong", {}, only === null ? "–" : t("{n} 人", { n: count(only) }))),
  only && share !== null ? h("tr", {},
    h("th", { scope: "row" }, t("占它服务的人")),
    h("td", {}, `${percent(share)} %`)) : null));
}

/** Fill the 5/10/15 minutes of the station that is open: people, or ground where none are known. */
export function showBands(bands, colors) {
  const table = byId("bands");
  if (!table) return;
  fill(table, h("tbody", {}, bands.map((band) => h("tr", {},
    h("th", { scope: "row" },
      h("i.swatch", { style: { background: colors(band.minutes) } }), t("{n} 分钟", { n: band.minutes })),
    h("td", {}, band.suppressed ? hidden(band.suppressed)
        : band.people === null ? surface(band.area_m2) : t("{n} 人", { n: count(band.people) }))))),
  h("caption.unseen", {}, t("几分钟内能到这个驿站的人数")));
}

/** Show a cell and the place that was clicked in it. */
export function showCell(answer, onClose, onStation) {
  const { cell, figures, place } = answer;
  const path = (cell?.path ?? []).map((step) => (typeof step === "string" ? step : step.name));
  const heading = cell?.name || cell?.code || t("这个位置");
  const above = path.filter((name) => name && name !== heading).join(" › ");
  const under = cell ? [above, levelTitle(cell.level)].filter(Boolean).join(" · ") : null;
  open(heading, under, onClose, cellFigures(figures, !place), place && placeFacts(answer, onStation));
}

/** A cell of the public edition in which a count of people is small. */
function suppressedFigures({ people, suppressed, ground_share: ground }) {
  const known = people !== null && people !== undefined;
  const rows = [
    [t("居民"), known ? t("{n} 人", { n: count(people) }) : hidden(suppressed)],
    known && [t("未覆盖"), hidden(suppressed === "uncovered<10" ? "<10" : "withheld")],
    ground !== null && ground !== undefined && [t("土地覆盖"), `${percent(ground)} %`],
  ].filter(Boolean);
  return h("table.rows", {}, h("tbody", {}, rows.map(([name, value]) =>
    h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value)))));
}

/** The cell's figures; its main cause only where no place in it says its own. */
function cellFigures(figures, alone) {
  if (!figures) return null;
  if (figures.suppressed) return suppressedFigures(figures);
  const byPeople = figures.share !== null && figures.share !== undefined;
  const beyond = figures.null_reason === "outside";
  const share = beyond ? null : byPeople ? figures.share : figures.ground_share;
  const none = share === null || share === undefined;
  const rows = [];
  if (byPeople) {
    rows.push([t("居民"), t("{n} 人", { n: count(figures.people) })]);
    rows.push([t("未覆盖"), t("{n} 人", { n: count(figures.people - figures.covered) })]);
  } else if (city.people_total !== null && figures.people === 0) {
    rows.push([t("居民"), t("没有常住居民")]);
  } else if (beyond && figures.people) {
    rows.push([t("居民"), t("{n} 人", { n: count(figures.people) })]);
    rows.push([t("覆盖比例"), t("无法判断")]);
  }
  if (byPeople && figures.ground_share !== null && figures.ground_share !== undefined) {
    rows.push([t("土地覆盖"), `${percent(figures.ground_share)} %`]);
  }
  if (alone && !none && share < 1 && figures.reason) rows.push([t("原因"), reason(figures.reason)]);
  return [
    none ? null : h(`div.verdict${figures.class === "none" ? ".bad" : ""}`, {},
      h("b", {}, percent(share), "%"),
      h("span.muted", {}, byPeople ? t("的居民到得了驿站") : t("的土地到得了驿站"))),
    rows.length ? h("table.rows", {}, h("tbody", {}, rows.map(([name, value]) =>
      h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value))))) : null,
  ];
}
