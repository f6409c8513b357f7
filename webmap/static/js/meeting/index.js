// A meeting: the stage, its tools and its keys, over whatever source tells the story.
import { byId } from "../dom.js";
import { t } from "../i18n.js";
import { city } from "../island.js";
import { tools as mapTools } from "../tools.js";
import { see } from "./camera.js";
import { clockPlay } from "./clockplay.js";
import { curtain } from "./curtain.js";
import { help } from "./help.js";
import { keys } from "./keys.js";
import { legend } from "./legend.js";
import { marks } from "./marks.js";
import { note } from "./note.js";
import { pager } from "./pager.js";
import { preload } from "./preload.js";
import { spotlight } from "./spotlight.js";
import { faults, stage as makeStage } from "./stage.js";
import { swipe } from "./swipe.js";
import { wake } from "./wake.js";

const HINT_MS = 3200;
const WALL = 2560; // from so many pixels on signs grow with the type
const USUAL = 1920;
const [SIGNS, LINES, NAMES] = [1.2, 1.5, 1.15]; // larger than on a desk
const SIGN_PX = 7; // half of a sign
const SCALE_PX = 90; // the longest line of the scale

/** Say something in passing. */
function hints() {
  let going = 0;
  return (words) => {
    clearTimeout(going);
    byId("hint").textContent = words;
    byId("hint").hidden = false;
    going = setTimeout(() => { byId("hint").hidden = true; }, HINT_MS);
  };
}

/** Keep the place in the address, so that a reload or a link leads to the same view. */
function keepPlace(stage) {
  stage.on("view", ({ index }) => {
    if (location.protocol === "about:") return;
    const words = new URLSearchParams(location.hash.slice(1));
    words.set("view", index + 1);
    history.replaceState(null, "", `#${words}`);
  });
}

const placeInAddress = () => (Number(new URLSearchParams(location.hash.slice(1)).get("view")) || 1) - 1;

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

/** How much larger than on a usual screen all is drawn. */
const largeness = () => (innerWidth >= WALL ? innerWidth / USUAL : 1);

/** Let signs and lines be seen from the last row. */
function grow({ map, layers }) {
  const lines = [layers.circles, layers.ring].filter(Boolean);
  const usual = lines.map(({ palette }) => palette.weight);
  const size = () => {
    const times = largeness();
    layers.stations?.enlarge(SIGNS * times);
    map.scaleBar.options.maxWidth = SCALE_PX * times;
    lines.forEach((layer, i) => {
      layer.palette.weight = usual[i] * LINES * times;
      layer.show(layer.geojson);
    });
  };
  addEventListener("resize", size);
  size();
}

/** Once it is known where stations stand, names keep clear of their signs. */
function clearNames({ layers }, stage) {
  let told = null; // the stations and the size that the names know of
  stage.on("painted", ({ picture: { stations } }) => {
    const times = largeness();
    if (!layers.labels || !stations || told === times) return;
    told = times;
    const added = stage.story.views.flatMap(({ data }) => data?.changes ?? []).map(({ position }) => position);
    const places = [...stations.features.map(({ geometry }) => geometry.coordinates), ...added.filter(Boolean)];
    layers.labels.standBeside(places, SIGN_PX * SIGNS * times, NAMES * times);
  });
}

/** Wire what the presenter does; returns the actions that keys and buttons share. */
function presenter(stage, parts, desk) {
  const { divider, clock, light, cloth, table, info, hint } = parts;
  const turn = (step) => stage.story && stage.show(stage.index + step);
  return {
    next: () => turn(1),
    back: () => turn(-1),
    first: () => stage.story && stage.show(0),
    last: () => stage.story && stage.show(stage.story.views.length - 1),
    page: (n) => stage.story && n < stage.story.views.length && stage.show(n),
    isBlack: cloth.isOn,
    black: cloth.toggle,
    light: light.toggle,
    full: fullScreen,
    help: table.toggle,
    divider: () => stage.story && divider.toggle(),
    clock: () => stage.story && clock.toggle(),
    edit() {
      if (!desk.editor || !stage.story) hint(t("这里只能看，不能改"));
      else desk.editor.toggle();
    },
    escape() {
      const open = [info, clock, divider, light, desk.editor].find((one) => one?.isOn?.());
      if (open) open.close();
      else if (document.fullscreenElement || !desk.source.isLive) return;
      else if (navigator.onLine) location.href = "./";
      else hint(t("现在没有网络；留在这里，会议可以继续")); // the page could not be opened again
    },
  };
}

function buttons(on) {
  return [
    ["divider", "halves", t("左右对比"), "S", on.divider],
    ["clock", "clock", t("播放一天"), "C", on.clock],
    ["light", "light", t("聚光"), "L", on.light],
    ["full", "full", t("全屏"), "F", on.full],
    ["help", "question", t("键盘与翻页笔"), "?", on.help],
  ];
}

/** Start a meeting. Resolves when the first view stands, or it is said why it does not. */
export async function meeting(atlas, source) {
  const { map, layers } = atlas;
  mapTools(map);
  const stage = makeStage(atlas, source);
  const hint = hints();
  const divider = swipe(atlas, stage, hint);
  const parts = {
    hint,
    divider,
    clock: clockPlay(stage, source, hint),
    light: spotlight(),
    cloth: curtain(),
    table: help(stage, source),
    info: note(atlas, source, (point) => (divider.covers(point)
      ? divider.shown() : { columns: stage.shown?.columns, layer: layers.cells })),
  };
  const desk = { atlas, source, stage, keys: null, editor: null };
  const on = presenter(stage, parts, desk);
  desk.keys = keys(on);
  pager(stage, on, buttons(on));
  follow(atlas, stage, parts);
  if (source.canEdit) desk.editor = (await source.editor()).mount(desk);
  const fetchAll = preload(stage, source);
  const load = () => start(stage, source, fetchAll);
  faults(stage, load);
  wake(() => {
    stage.redraw();
    if (byId("fault").hidden) fetchAll.again();
    else load();
  });
  await load();
  document.documentElement.dataset.ready = "";
}

/** Let legend, marks and camera follow the views. */
function follow(atlas, stage, { info, divider, clock }) {
  const { map } = atlas;
  const showLegend = legend(byId("legend"), atlas, city.people_total !== null);
  const above = marks(atlas);
  keepPlace(stage);
  grow(atlas);
  see(map, null);
  clearNames(atlas, stage);
  stage.on("view", ({ view, isSame }) => {
    showLegend(view);
    info.close();
    if (!isSame) above.clear();
  });
  stage.on("painted", ({ view, picture }) => above.draw(view, picture));
  divider.follow(above.beyond);
  clock.follow((isHours, hasStations) => {
    above.clear(); // they speak of the view's own question
    showLegend(stage.view(), { isHours, hasStations });
  });
  map.on("resize", () => stage.look());
}

async function start(stage, source, fetchAll) {
  byId("fault").hidden = true;
  if (!stage.story) {
    try {
      const story = await source.story();
      if (!story.views.length) throw new Error(t("这个故事里还没有页"));
      await stage.replace(story, placeInAddress());
    } catch (problem) {
      stage.fail(problem);
      return;
    }
  } else await stage.again();
  fetchAll();
}
