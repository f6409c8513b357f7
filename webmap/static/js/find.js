// The rider's page: where am I, which three stations are nearest in minutes, which way.
import { post } from "./api.js";
import { byId, fill, h, icon, phone } from "./dom.js";
import { drawn } from "./draw/bridge.js";
import { hours } from "./hours.js";
import { count, distance, minutes, t } from "./i18n.js";
import { city } from "./island.js";
import { sheet } from "./sheet.js";
import { chosenProfile, onChange, state } from "./state.js";
import * as study from "./study.js";
import { switches } from "./switches.js";
import { padding, pickByKey, seeCity, tools } from "./tools.js";
import { service } from "./words.js";

const answers = byId("answers");
const WANTED = 3;
let position = null; // stays in this page's memory
let asking = null;
let atlas;

function whereText(text, bad = false) {
  byId("where-text").textContent = text;
  byId("where").classList.toggle("bad", bad);
}

function locate() {
  if (!navigator.geolocation || !isSecureContext) {
    whereText(t("浏览器在这里不给定位；请直接点地图选位置"), true);
    return;
  }
  whereText(t("正在定位…"));
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const here = globalThis.L.latLng(coords.latitude, coords.longitude);
      if (!atlas.map.cityBounds.pad(0.05).contains(here)) {
        whereText(t("你不在{city}的地图里；请点地图选一个位置", { city: city.name }), true);
        return;
      }
      stand(here, t("我的位置"));
    },
    () => whereText(t("没能定位；请点地图选位置"), true),
    { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 },
  );
}

function stand(latlng, name) {
  position = latlng;
  whereText(name);
  atlas.layers.route.draw(null);
  atlas.layers.route.stand(latlng);
  ask();
}

async function ask() {
  if (!position) return;
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  showWaiting();
  try {
    const found = await post("nearest", {
      lon: position.lng, lat: position.lat, profile: state.profile, k: WANTED,
    }, signal);
    if (!signal.aborted) show(found);
  } catch (fault) {
    if (fault.name === "AbortError" || signal.aborted) return;
    fill(answers, h("div.fault", { role: "alert" }, h("span", {}, fault.message),
      fault.mayPass !== false && h("button.button", { type: "button", onclick: ask }, t("重试"))));
  }
}

function showEmpty() {
  fill(answers, h("div.empty", {}, icon("pin"),
    h("p", {}, t("在地图上点一下你的位置，就看到最近的三个驿站：要几分钟、怎么走、开不开门。")),
    h("button.button.main", { type: "button", onclick: locate }, icon("locate"), t("定位到我"))));
}

function showWaiting() {
  const line = (width) => h("span.skeleton", { style: { width, display: "block" } }, "…");
  fill(answers, Array.from({ length: WANTED }, () => h("div.answer", {}, h("button", { disabled: true },
    h("span.time", {}, h("b", {}, h("span.skeleton", {}, "00"))),
    h("span", {}, line("70%"), line("90%"), line("50%"))))));
}

function show(found) {
  if (!found.stations.length) {
    fill(answers, h("div.fault", {}, h("span", {}, found.reason ?? t("没有到得了的驿站。"))));
    atlas.layers.route.draw(null);
    return;
  }
  const items = found.stations.map((station, i) => answer(station, () => pick(found.stations, i)));
  fill(answers, found.reason && h("div.fault", {}, found.reason),
    h("ul", { "aria-label": t("最近的驿站") }, items));
  pick(found.stations, 0);
}

function answer(station, onPick) {
  const open = hours(station.opening_hours);
  const services = (station.services ?? []).map(service).join(" · ");
  return h("li.answer", { "data-id": station.id },
    h("button", { type: "button", onclick: onPick },
      h("span.time", {}, h("b", {}, count(minutes(station.seconds))), h("span", {}, t("分钟"))),
      h("span", {},
        h("h2", {}, station.name),
        h("span.open", {}, h(`span.${open.kind}`, {}, open.text),
          h("span.muted", {}, ` · ${distance(station.metres)}`)),
        services && h("span.kinds.small.muted", { title: services }, services)),
      h("span.go", { "aria-hidden": "true" }, icon("go"))),
    h("div.more"));
}

function pick(stations, index) {
  const chosen = stations[index];
  const others = stations.filter((station) => station !== chosen).map((station) => station.route);
  atlas.layers.route.draw(chosen.route, others.filter(Boolean));
  atlas.layers.stations.choose(chosen.id);
  answers.querySelectorAll(".answer").forEach((item, i) => {
    item.setAttribute("aria-current", String(i === index));
    fill(item.querySelector(".more"), i === index ? more(chosen) : null);
  });
  const bounds = globalThis.L.geoJSON(chosen.route).getBounds();
  if (position) bounds.extend(position);
  if (bounds.isValid()) atlas.map.fitBounds(bounds.pad(0.12), { ...padding(), maxZoom: 17 });
}

/** A station was tapped: choose it among the answers, or show its facts alone. */
function facts(station) {
  const listed = answers.querySelector(`[data-id="${CSS.escape(station.id)}"] > button`);
  if (listed) {
    listed.click();
    listed.scrollIntoView({ block: "nearest" });
    return;
  }
  const open = hours(station.opening_hours);
  atlas.layers.stations.choose(station.id);
  fill(answers, h("div.facts", {},
    h("h2", {}, station.name),
    h("p.open", {}, h(`span.${open.kind}`, {}, open.text)),
    h("div.chips", {}, (station.services ?? []).map((key) => h("span.chip", {}, service(key)))),
    h("ol.steps", {}, station.address && h("li", {}, station.address), phoneLine(station)),
    position && h("button.button", { type: "button", onclick: ask }, t("回到最近的三个"))));
}

const phoneLine = (station) => station.phone && h("li", {}, phone(station.phone, icon("phone")));

/** The way in one line: the streets in their order, and what is not ridden. */
function more(station) {
  const steps = station.steps ?? [];
  const streets = steps.filter((step) => step.street && step.metres >= 20).map((step) => step.street);
  const named = streets.filter((name, i) => name !== streets[i - 1]);
  const sum = (wanted) => steps.filter(wanted).reduce((total, step) => total + step.metres, 0);
  const riding = chosenProfile().name === "ebike";
  const notes = [
    ["push", t("推行 {n}")], ["walk", t("下车步行 {n}")],
  ].map(([mode, words]) => [sum((step) => step.kind === mode), words])
    .filter(([metres]) => riding && metres >= 10)
    .map(([metres, words]) => words.replace("{n}", distance(metres)));
  if (steps.some((step) => step.flights)) notes.push(t("有台阶"));
  const lines = [
    named.length ? t("走 {streets}", { streets: named.join(" → ") }) : null,
    notes.join(t("、")),
    station.address,
  ].filter(Boolean);
  return h("ol.steps", {}, lines.map((line) => h("li", {}, line)), phoneLine(station));
}

async function start() {
  atlas = await drawn;
  switches();
  tools(atlas.map);
  sheet();
  seeCity(atlas.map);
  showEmpty();
  byId("locate").addEventListener("click", locate);
  atlas.map.on("click", (event) => stand(event.latlng, t("地图上选的位置")));
  pickByKey(atlas.map, (latlng) => stand(latlng, t("地图上选的位置")));
  atlas.layers.stations.onPick = facts;
  onChange((changed) => {
    if (changed.has("profile")) ask();
  });
  try {
    atlas.layers.stations.show(await study.stations());
  } catch (fault) {
    whereText(fault.message, true);
  }
}

start().then(() => {
  document.documentElement.dataset.ready = "";
});
