// The rider's page: where am I, which stations are nearest in minutes, which way. The list comes
// first and needs no map; the position stays in this page's memory.
import { byId, fill, h, icon } from "./dom.js";
import { t, title } from "./i18n.js";
import { city } from "./island.js";
import "./language.js";
import { clock, day, saidInFull } from "./moment.js";
import { chosenProfile, choose, onChange, state } from "./state.js";
import { get } from "./api.js";
import * as ask from "./find/ask.js";
import { chosenFilters, drop, dropAll, filterName, filtering, filters, isFiltered } from "./find/filters.js";
import * as list from "./find/list.js";
import { age, offer, farness, why } from "./find/saying.js";
import { mount as searchBox } from "./find/search.js";
import { sheet as makeSheet } from "./find/sheet.js";
import { isAllowed, locate, Lost, place as placed, VAGUE_M } from "./find/where.js";

const [FEW, MANY] = [5, 10];
const MINUTE_MS = 60_000;
const PATIENCE_MS = 2500; // so long the map waits for the phone to know where it is
const QUESTION = ["profile", "services", "open_only", "always", "at"];

const rider = {
  place: null, // {lon, lat, accuracy}: in this page's memory, nowhere else
  isHere: false, // it is where the phone is, not a place on the map
  many: FEW,
  answer: null, // the last one
  chosen: null, // id of the station whose way is drawn
  isOpen: false, // its details are shown
  asked: 0, // when the last answer was asked for, by performance.now()
};
let asking = null;
let wayAsked = null;
let drawnWay = null; // the way to the chosen station
let opened = null; // of the open station: {ready: promise of tell(way), told}
let atlas = null; // the map, once it is there
let sheet;
let box;

const question = () => ({
  lon: rider.place.lon, lat: rider.place.lat, profile: state.profile, at: state.at, ...filtering(),
});

/** Say something above the list; without words it goes. */
function notice(kind, words, ...actions) {
  const holder = byId(`notice-${kind}`);
  holder.hidden = !words;
  fill(holder, words && h("span", {}, words), words && actions.length ? h("span.notice-do", {}, ...actions) : null);
}

const button = (words, act, sign = null, spec = "button.button") =>
  h(spec, { type: "button", onclick: act }, sign && icon(sign), words);

function showEmpty(words = null) {
  list.showEmpty(
    h("p", {}, words ?? t("说一下你在哪里，就看到最近的驿站：要几分钟、到时开不开门、怎么走。")),
    button(t("定位到我"), () => locateMe(), "locate", "button.button.main"),
    h("p.muted", {}, t("也可以点地图，或搜地址、驿站")));
}

/** Ask the phone where it is, and then which stations are near, or the way to one. */
async function locateMe({ wayTo = null } = {}) {
  byId("locate").classList.add("busy");
  if (!rider.answer) list.showWaiting(FEW);
  try {
    const here = await locate();
    if (wayTo) await lookFrom(here, wayTo);
    else await stand(here, true, t("我的位置"));
  } catch (fault) {
    if (!(fault instanceof Lost)) throw fault;
    notice("where", fault.message);
    if (!rider.answer) showEmpty();
  } finally {
    byId("locate").classList.remove("busy");
  }
}

function stand(place, isHere, name = null) {
  Object.assign(rider, { place, isHere, many: FEW, chosen: null, isOpen: false });
  if (name !== null) box.show(name);
  const isVague = isHere && place.accuracy > VAGUE_M;
  notice("where", isVague && t("定位不准，可能差 {n} 米；点地图可以改正", { n: Math.round(place.accuracy / 10) * 10 }));
  choose({ station: null });
  atlas?.stand(place);
  sheet.lift();
  return find();
}

/** Ask for the list; `isQuiet` tells an old list anew without taking it away. */
async function find({ isQuiet = false } = {}) {
  if (!rider.place) return;
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  if (!isQuiet) list.showWaiting(FEW);
  rider.asked = performance.now();
  try {
    const answer = await ask.nearest({ ...question(), k: rider.many }, signal);
    if (!signal.aborted) show(answer, isQuiet);
  } catch (fault) {
    if (signal.aborted || fault.name === "AbortError") return;
    if (isQuiet) return; // the list of a minute ago stands, and says of when it is
    byId("updated").textContent = "";
    list.showFault(fault.message, fault.mayPass !== false && button(t("重试"), () => find()));
  }
}

function show(answer, isQuiet = false) {
  rider.answer = answer;
  const { stations, at, from, kept, reason } = answer;
  byId("updated").textContent = t("更新于 {time}", { time: clock(at) });
  notice("when", state.at && t("按 {when} 出发算", { when: saidInFull(at) }),
    button(t("改成现在"), () => choose({ at: null })));
  notice("holidays", city.zone && answer.holidays_known === false
    && t("这一天的节假日安排还没公布，开放时间按平常日子算"));
  notice("offline", from === "pocket" && t(
    navigator.onLine ? "服务器没有回答，先用手机里的数据：{age}" : "离线 · 数据 {age}", { age: age(kept) },
  ));
  notice("reason", stations.length && reason ? why(answer) : null);
  if (!stations.length) showNone(answer);
  else {
    list.showStations(stations, at, { pick, go }, more(stations.length));
    const isKept = stations.some((station) => station.id === rider.chosen);
    if (!isKept) Object.assign(rider, { chosen: stations[0].id, isOpen: false });
    tell(stations[0], at);
    settle({ fits: !(isQuiet && isKept) });
  }
  afterFirst();
}

/** What a screen reader hears of a new list: the first station, in one sentence. */
function tell(first, at) {
  const words = [title(first), farness(first).join(" "), offer(first, at).text].join(t("，"));
  const told = byId("told");
  if (told.textContent !== words) told.textContent = words;
}

const more = (many) => (rider.many < MANY && many === rider.many
  ? button(t("再看 {n} 个", { n: MANY - FEW }), () => {
    rider.many = MANY;
    find({ isQuiet: true });
  }, "down", "button.button.more") : null);

/** Nothing fits, or nothing is there: say what hinders, and offer to let go of it. */
function showNone(answer) {
  atlas?.show(rider.place, null, null);
  rider.chosen = null;
  const offers = Object.entries(answer.dropping ?? {}).filter(([, many]) => many > 0)
    .map(([name, many]) => button(t("不要“{filter}”（有 {n} 个）", { filter: filterName(name), n: many }), () => drop(name)));
  const all = isFiltered() && button(t("去掉全部条件"), dropAll);
  list.showFault(why(answer, chosenFilters()), ...offers, all);
}

const stationOf = (id) => rider.answer?.stations.find((station) => station.id === id) ?? null;

/** Let the details of a station come into their box; what is there already stays. */
function unfold(box, station) {
  if (box.hasChildNodes()) return;
  const facts = {
    station, profile: chosenProfile(), today: day(rider.answer.at), onStep: (index) => atlas?.step(index),
  };
  opened = { ready: import("./find/station.js").then(({ open }) => open(box, facts)), told: null };
}

/** Tell the opened station its way, once; undefined = it is asked for. */
async function tellWay(way, signal) {
  const mine = opened;
  const tell = await mine.ready;
  const words = JSON.stringify(way) ?? "";
  if (signal.aborted || mine.told === words || (!words && mine.told)) return;
  mine.told = words;
  tell(way);
}

/** Draw the way to the chosen station, and tell all of it while it is open; `fits` moves the map. */
async function settle({ fits = true } = {}) {
  const station = stationOf(rider.chosen);
  if (!station) return;
  const details = list.choose(station.id, rider.isOpen);
  wayAsked?.abort();
  wayAsked = new AbortController();
  const { signal } = wayAsked;
  if (details) {
    unfold(details, station);
    await tellWay(undefined, signal);
  }
  const way = station.by === "street"
    ? await ask.way(question(), station.id, signal).then((found) => found.way, () => null) : null;
  if (signal.aborted) return;
  drawnWay = way;
  atlas?.show(rider.place, station, way, fits);
  if (details) await tellWay(way, signal);
}

/** Open a station's row and bring it to the top of the list. */
async function unroll(id) {
  Object.assign(rider, { chosen: id, isOpen: true });
  choose({ station: id });
  await settle();
  list.reveal(id);
}

/** A row was pressed: open it, or close it when it is open. */
function pick({ id }) {
  if (rider.chosen !== id || !rider.isOpen) {
    unroll(id);
    return;
  }
  rider.isOpen = false;
  choose({ station: null });
  settle();
}

/** The browser went back, or forward again: the row that it names is open, or none is. */
function followAddress() {
  if (state.station === null && rider.isOpen) {
    rider.isOpen = false;
    settle();
  } else if (list.has(state.station) && !(rider.isOpen && rider.chosen === state.station)) unroll(state.station);
}

/** The arrow was pressed: open the row where the way is handed on. */
async function go({ id }) {
  if (rider.chosen !== id || !rider.isOpen) await unroll(id);
  list.reveal(id);
  document.querySelector("#answers .handover :is(a, button)")?.focus({ preventScroll: true });
}

/** Show one station by its id: in the list where it stands there, else alone. */
async function lookAt(id) {
  sheet.lift();
  if (list.has(id)) {
    await unroll(id);
    return;
  }
  await showAlone(id);
}

/** Tell the way from where the phone is to the station that is shown alone. */
async function lookFrom(here, id) {
  Object.assign(rider, { place: here, isHere: true });
  box.show(t("我的位置"));
  atlas?.stand(here);
  await showAlone(id);
}

async function showAlone(id) {
  try {
    const { alone } = await import("./find/alone.js");
    const answer = await alone(id, rider.place && question());
    choose({ station: id });
    Object.assign(rider, { chosen: id, isOpen: true });
    list.choose(null, false); // what was told before anybody knew from where is told anew
    show(answer);
    notice("where", rider.place ? t("只显示这一个驿站") : t("定位后就知道要几分钟、怎么走"),
      rider.place ? button(t("回到最近的驿站"), () => stand(rider.place, rider.isHere)) : button(t("定位到我"), () => locateMe({ wayTo: id }), "locate"));
  } catch (fault) {
    choose({ station: null });
    notice("where", fault.message);
  }
}

const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

let isStarted = false;

/** What can wait until the first list is painted: the map, and what is kept for flight mode. */
function afterFirst() {
  if (isStarted) return;
  isStarted = true;
  requestAnimationFrame(() => setTimeout(async () => {
    const { load } = await import("./find/map.js");
    const hooks = {
      onPick: (lon, lat) => stand(placed(lon, lat), false, t("地图上选的位置")),
      onStation: lookAt,
      stations: () => get("stations"),
    };
    const loaded = load(hooks).then((made) => {
      atlas = made;
      atlas.stand(rider.place);
      const station = stationOf(rider.chosen);
      if (station) atlas.show(rider.place, station, drawnWay);
    }, () => notice("map", t("地图没有载入；列表照样能用")));
    await loaded;
    const [offline, feedback] = await Promise.all([import("./offline.js"), import("./find/feedback.js")]);
    offline.mount(byId("offline"));
    feedback.flush(); // what was said while there was no network
  }));
}

/** Minutes and doors change: tell the list anew each minute, and at once when the page comes back. */
async function refresh() {
  if (document.hidden || !rider.place || state.at || rider.answer?.isAlone) return;
  if (performance.now() - rider.asked < MINUTE_MS - 1000) return;
  rider.asked = performance.now();
  if (rider.isHere) {
    const here = await locate({ patience: 5000 }).catch(() => rider.place);
    if (rider.isHere) rider.place = here;
    atlas?.stand(rider.place);
  }
  find({ isQuiet: true });
}

async function start() {
  sheet = makeSheet((stop) => {
    document.body.dataset.sheet = stop;
  });
  filters();
  const located = byId("locate");
  box = searchBox(byId("search"), {
    here: () => rider.place && { lon: rider.place.lon, lat: rider.place.lat },
    onPlace: ({ lon, lat, name }) => stand(placed(lon, lat), false, name),
    onStation: lookAt,
  });
  located.addEventListener("click", () => locateMe());
  onChange((changed) => {
    if (QUESTION.some((name) => changed.has(name))) find();
    if (changed.has("station")) followAddress();
  });
  const shared = new URLSearchParams(location.search).get("station");
  if (shared) history.replaceState(null, "", location.pathname + location.hash);
  const wanted = shared ?? state.station;
  if (/MicroMessenger/i.test(navigator.userAgent)) import("./find/wechat.js").then(({ banner }) => banner(byId("wechat")));
  setInterval(refresh, MINUTE_MS / 4);
  document.addEventListener("visibilitychange", refresh);
  addEventListener("online", () => rider.answer?.from === "pocket" && find({ isQuiet: true }));
  const isHere = await isAllowed();
  if (wanted || !isHere) showEmpty();
  document.documentElement.dataset.ready = "";
  if (wanted) await lookAt(wanted);
  if (isHere && rider.chosen) locateMe({ wayTo: rider.chosen }); // its facts are shown already
  else if (isHere) await listHere();
  afterFirst();
}

/** Locate and list. The map is not waited for by the list, nor does it wait for a slow position. */
async function listHere() {
  const listed = locateMe();
  await Promise.race([listed, pause(PATIENCE_MS)]);
  if (rider.place) await listed;
}

start();
