// Legend and layer control in one: what a colour means, and whether it is shown.
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { city } from "./island.js";
import { hatch } from "./draw/hatch.js";
import { sign } from "./draw/stations.js";
import { levelTitle, tier } from "./words.js";
import { onChange, state } from "./state.js";

export function sample(width, height, paint) {
  const ratio = Math.max(1, Math.ceil(globalThis.devicePixelRatio || 1));
  const canvas = h("canvas", { width: width * ratio, height: height * ratio, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  paint(context, width, height);
  return canvas;
}

const box = (context, width, height) => {
  context.beginPath();
  context.roundRect(1, 2, width - 2, height - 4, 3);
};

export const SAMPLES = {
  cells: (style) => (context, width, height) => {
    style.share.forEach((color, i) => {
      context.fillStyle = color;
      context.fillRect(1 + (i * (width - 2)) / 5, 3, (width - 2) / 5, height - 6);
    });
  },
  gaps: (style) => (context, width, height) => {
    box(context, width, height);
    context.fillStyle = hatch(context, { line: style.hatch, ground: style.fillColor });
    context.fill();
  },
  circles: (style) => (context, width, height) => {
    box(context, width, height);
    context.fillStyle = style.fillColor;
    context.globalAlpha = style.fillOpacity * 2;
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = style.color;
    context.lineWidth = style.weight;
    context.stroke();
  },
  ring: (style) => (context, width, height) => {
    context.setLineDash(style.dashArray.split(" ").map((n) => n * 0.65));
    context.strokeStyle = style.color;
    context.lineWidth = style.weight;
    context.beginPath();
    context.moveTo(1, height / 2);
    context.lineTo(width - 1, height / 2);
    context.stroke();
  },
  stations: (style) => (context, width, height) => {
    sign(context, "point", width / 2, height / 2, 5.5, style);
  },
  labels: () => (context, width, height) => {
    context.fillStyle = "#56666d";
    context.font = '600 12px "PingFang SC","Noto Sans CJK SC",sans-serif';
    context.textAlign = "center";
    context.fillText("名", width / 2, height / 2 + 4.5);
  },
};

const TITLES = {
  cells: "网格比例",
  gaps: "空白区",
  circles: "沿街服务圈",
  ring: "直线圈",
  stations: "驿站",
  labels: "地名",
};
const ORDER = ["gaps", "circles", "ring", "stations", "cells", "labels"];

function ramp(style, byPeople) {
  const name = h("h2");
  const refresh = () => {
    if (city.levels.length < 2) {
      name.textContent = byPeople ? t("网格里能到驿站的居民比例") : t("网格里能到驿站的土地比例");
      return;
    }
    const level = levelTitle(state.level).toLowerCase();
    name.textContent = byPeople ? t("每个{level}里能到驿站的居民比例", { level })
      : t("每个{level}里能到驿站的土地比例", { level });
  };
  onChange(refresh);
  refresh();
  return [
    name,
    h("div.ramp", { "aria-hidden": "true" }, style.share.map((color) =>
      h("i", { style: { background: color } }))),
    h("div.ticks", {}, ["0", "20", "40", "60", "80", "100 %"].map((tick) => h("span", {}, tick))),
  ];
}

/** What only a question of hours or services brings onto the map. */
function offers({ gaps, stations }) {
  const rows = [
    gaps?.palette.byClass && [t("有站，但关门或缺服务"), (context, width, height) => {
      const { fillColor, hatch: line, mirrored } = gaps.palette.byClass.closed;
      box(context, width, height);
      context.fillStyle = hatch(context, { line, ground: fillColor, mirrored });
      context.fill();
    }],
    stations && [t("此时不可用的驿站"), (context, width, height) => {
      sign(context, "point", width / 2, height / 2, 5.5, stations.palette, { idle: true });
    }],
  ].filter(Boolean);
  const holder = h("div.offers", {}, rows.map(([name, paint]) =>
    h("span.sign", {}, sample(22, 18, paint), h("span", {}, name))));
  const refresh = () => {
    holder.hidden = !state.at && !state.services;
  };
  onChange(refresh);
  refresh();
  return holder;
}

function tiers(style) {
  return h("div.tiers", {}, Object.entries({ centre: 8, station: 6.5, point: 5.5 }).map(
    ([name, half]) => h("span.sign", {},
      sample(22, 22, (context) => sign(context, name, 11, 11, half, style)), tier(name))));
}

function row({ layer, key }, map, still) {
  const drawn = sample(22, 18, SAMPLES[key](layer.palette ?? {}));
  const name = h("span", {}, t(TITLES[key]));
  if (still) return h("span.sign", {}, drawn, name);
  const box_ = h("input", {
    type: "checkbox",
    role: "switch",
    checked: map.hasLayer(layer),
    "data-layer": key,
    onchange: (event) => (event.target.checked ? layer.addTo(map) : layer.remove()),
  });
  return h("label", {}, drawn, name, box_);
}

/**
 * Fill the legend with samples in the layers' own colours. `only` names what to show (all when
 * null); `still` leaves the switches away.
 */
export function legend(holder, { map, layers }, { byPeople = true, only = null, still = false } = {}) {
  const wants = (name) => only === null || only.includes(name);
  const rows = ORDER.filter((key) => layers[key] && wants(key)).map((key) =>
    row({ layer: layers[key], key }, map, still));
  fill(holder,
    layers.cells && wants("ramp") ? ramp(layers.cells.palette, byPeople) : null,
    rows.length ? h("div.signs", {}, rows) : null,
    wants("gaps") ? offers(layers) : null,
    layers.stations && wants("tiers") ? tiers(layers.stations.palette) : null);
}
