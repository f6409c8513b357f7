// The legend of a meeting: one list of signs in one order for the whole story. A view shows some of
// them; none ever changes its meaning or its place among the others.
import { fill, h } from "../dom.js";
import { hatch } from "../draw/hatch.js";
import { sign } from "../draw/stations.js";
import { t } from "../i18n.js";
import { SAMPLES, sample } from "../legend.js";
import { tier } from "../words.js";

const TICKS = ["0", "20", "40", "60", "80", "100 %"];
const HOURS = ["ramp", "tiers"]; // what an hour of the day shows
const [WIDE, HIGH] = [34, 24];

function ramp({ share }, byPeople) {
  return h("div.scale", {},
    h("h2", {}, byPeople ? t("网格里能到驿站的居民比例") : t("网格里能到驿站的土地比例")),
    h("div.ramp", { "aria-hidden": "true" }, share.map((color) => h("i", { style: { background: color } }))),
    h("div.ticks", {}, TICKS.map((tick) => h("span", {}, tick))));
}

const row = (paint, words, kind = "span.sign") =>
  h(kind, {}, sample(WIDE, HIGH, paint), h("span", {}, words));

function closed(palette) {
  const { fillColor, hatch: line, mirrored } = palette.byClass.closed;
  return (context, width, height) => {
    context.beginPath();
    context.roundRect(1, 2, width - 2, height - 4, 3);
    context.fillStyle = hatch(context, { line, ground: fillColor, mirrored });
    context.fill();
  };
}

const station = (name, half, style, how = {}) => (context, width, height) =>
  sign(context, name, width / 2, height / 2, half, style, how);

/** Fill the legend once. Returns `show(view, {isHours, hasStations})`: which of the signs are needed. */
export function legend(holder, { layers }, byPeople) {
  const { cells, gaps, circles, ring, stations } = layers;
  const parts = [
    [cells && ramp(cells.palette, byPeople), ({ said }) => said.includes("ramp")],
    // Cells without anybody served wear the same hatch as the gaps.
    [gaps && row(SAMPLES.gaps(gaps.palette), t("走不到的地方")),
      ({ said }) => said.includes("gaps") || said.includes("ramp")],
    [gaps?.palette.byClass && row(closed(gaps.palette), t("有站，但关门或缺服务"), "span.sign.wide"),
      ({ said, needs }) => needs && said.includes("gaps")],
    [circles && row(SAMPLES.circles(circles.palette), t("沿街道走得到")), ({ said }) => said.includes("circles")],
    [ring && row(SAMPLES.ring(ring.palette), t("直线画的圆")), ({ said }) => said.includes("ring")],
    [stations && h("div.tier-row", {}, ["centre", "station", "point"].map((name) =>
      row(station(name, name === "centre" ? 9.5 : 7.5, stations.palette), tier(name)))),
    ({ said }) => said.includes("tiers")],
    [stations && row(station("point", 7.5, stations.palette, { idle: true }), t("此时不可用的驿站"), "span.sign.wide"),
      ({ needs, said }) => needs && said.includes("tiers")],
    [h("span.sign", {}, h("i.new-sample", { "aria-hidden": "true" }, t("新")), h("span", {}, t("方案里新增的"))),
      ({ changed }) => changed],
  ].filter(([element]) => element);
  fill(holder, parts.map(([element]) => element));
  holder.hidden = true; // until there is a view to explain

  return (view, { isHours = false, hasStations = true } = {}) => {
    const asked = view.asked ?? {};
    const facts = {
      said: isHours ? HOURS.slice(0, hasStations ? 2 : 1) : view.told?.legend ?? [],
      needs: isHours || Boolean(asked.at) || Boolean(asked.services?.length),
      changed: !isHours && Boolean(view.data?.changes?.length),
    };
    for (const [element, wants] of parts) element.hidden = !wants(facts);
    holder.hidden = parts.every(([element]) => element.hidden);
  };
}
