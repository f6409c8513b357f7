// The way in words: one line a step, its metres, and the minute in which it ends.
import { fill, h } from "../dom.js";
import { count, distance, lang, minutes, t, title } from "../i18n.js";
import { sign } from "./signs.js";

const COMPASS = [
  "北", "东北", "东", "东南", "南", "西南", "西", "西北",
];

// How one moves: the start of a way, and a stretch of it.
const MANNERS = {
  ride: {
    along: "向{heading}骑行，沿{street} {n}", start: "向{heading}骑行 {n}", go: "骑行 {n}",
  },
  push: {
    along: "向{heading}推车走，沿{street} {n}", start: "向{heading}推车走 {n}", go: "推车走 {n}",
  },
  walk: {
    along: "向{heading}步行，沿{street} {n}", start: "向{heading}步行 {n}", go: "步行 {n}",
  },
  roll: {
    along: "向{heading}前行，沿{street} {n}", start: "向{heading}前行 {n}", go: "前行 {n}",
  },
};

// How a step is entered: onto a street that has a name, or any other.
const TURNS = {
  straight: ["直行进入{street}", "直行"],
  slight_left: ["向左前方进入{street}", "靠左"],
  left: ["左转进入{street}", "左转"],
  sharp_left: ["向左后方急转进入{street}", "向左后方急转"],
  slight_right: ["向右前方进入{street}", "靠右"],
  right: ["右转进入{street}", "右转"],
  sharp_right: ["向右后方急转进入{street}", "向右后方急转"],
  back: ["掉头，沿{street}", "掉头"],
};

const SIDES = {
  left: ["到达：驿站在左手边 {n}", "到达：驿站就在左手边"],
  right: ["到达：驿站在右手边 {n}", "到达：驿站就在右手边"],
  ahead: ["到达：驿站在前方 {n}", "到达：驿站就在前面"],
};

const NEAR_M = 1; // nearer than this no metres are said

const direction = (heading) => t(COMPASS[Math.round(heading / 45) % 8]);

/** Return a step's manner; whoever sits in a wheelchair is not told to walk. */
function manner({ kind }, profile) {
  return MANNERS[kind === "walk" && profile?.name === "wheelchair" ? "roll" : kind] ?? MANNERS.walk;
}

function stairs({ flights, stairs: steps }) {
  const values = { n: count(flights), steps: steps && count(steps) };
  if (flights > 1) return t(steps ? "走台阶 {n} 段（约 {steps} 级）" : "走台阶 {n} 段", values);
  return t(steps ? "走一段台阶（约 {steps} 级）" : "走一段台阶", values);
}

function leaving({ cause, gate }, profile) {
  const name = profile ? title(profile) : t("车");
  const vehicle = lang === "en" ? name.toLowerCase() : name;
  const place = gate || { gate: t("大门口"), steps: t("台阶前") }[cause] || t("路口");
  return t("把{vehicle}停在{place}", { vehicle, place });
}

function arriving({ side, metres }) {
  const [far, near] = SIDES[side] ?? SIDES.ahead;
  return metres < NEAR_M ? t(near) : t(far, { n: distance(metres) });
}

const capital = (words) => words[0].toUpperCase() + words.slice(1);

/** Return what a stretch of the way is, without how it is entered. */
function stretch(step, profile) {
  return step.kind === "stairs" ? stairs(step) : t(manner(step, profile).go, { n: distance(step.metres) });
}

function said(step, profile, before) {
  if (step.kind === "leave") return leaving(step, profile);
  if (step.turn === "arrive") return arriving(step);
  const { street } = step;
  if (step.turn === "start" && step.kind !== "stairs") {
    const { along, start } = manner(step, profile);
    return t(street ? along : start, {
      heading: direction(step.heading), street, n: distance(step.metres),
    });
  }
  const words = TURNS[step.turn];
  if (!words) return stretch(step, profile);
  // Whoever keeps to a way, named or not, is not told that it goes straight on.
  if (step.turn === "straight" && (!street || street === before)) return stretch(step, profile);
  const entered = t(words[street ? 0 : 1], { street });
  return [entered, stretch(step, profile)].join(t("，"));
}

/**
 * Say one step of a way (its JSON) as somebody does it who travels by this profile; `before` is the
 * street of the step before it, "" = none.
 */
export const sentence = (step, profile, before = "") => capital(said(step, profile, before));

/**
 * Return the lines of a way: {text, step, first, last, metres, seconds, ends}; `first` and `last` are
 * the steps that a line is about, `ends` the seconds after the start at which it is done. Where the
 * vehicle is left, what follows stands in the same line.
 */
export function sentences(way, profile) {
  const lines = [];
  let passed = 0;
  let left = null;
  let street = "";
  way.steps.forEach((step, i) => {
    passed += step.seconds;
    const text = said(step, profile, street);
    if (step.kind !== "leave") street = step.street;
    if (step.kind === "leave" && i < way.steps.length - 1) {
      left = { text, first: i };
      return;
    }
    lines.push({
      text: capital(left ? [left.text, text].join(t("，")) : text),
      step: left ? way.steps[left.first] : step,
      first: left ? left.first : i,
      last: i,
      metres: step.metres,
      seconds: step.seconds,
      ends: passed,
    });
    left = null;
  });
  // Each step's seconds are rounded; the last ends when the whole way does.
  if (lines.length) lines.at(-1).ends = way.seconds;
  return lines;
}

function waiting() {
  return h("ol.way-steps", { "aria-busy": "true", "aria-label": t("正在找路…") },
    [70, 88, 62].map((width) => h("li", {}, h("span.way-step", {},
      h("span.way-sign", {}), h("span.skeleton", { style: { width: `${width}%` } }, "…")))));
}

/** What stands above the steps: the whole way in one line. */
function summary(way) {
  const parts = [t("{n} 分钟", { n: count(minutes(way.seconds)) }), distance(way.metres)];
  if (way.flights) parts.push(t("台阶 {n} 段", { n: count(way.flights) }));
  return h("p.way-sum", {}, parts.join(" · "));
}

// Paper shows the way alone: a copy of the one that is told on the page, by the button and by Ctrl+P.
let told = null;
let paper = null;

function layOut() {
  if (paper || !told?.isConnected || !told.querySelector(".way-head")) return;
  paper = h("section.way.print-sheet", {}, ...[...told.children].map((child) => child.cloneNode(true)));
  document.body.append(paper);
}

addEventListener("beforeprint", layOut);
addEventListener("afterprint", () => {
  paper?.remove();
  paper = null;
});

function tools(element) {
  const large = h("button.button.quiet", {
    type: "button",
    "aria-pressed": "false",
    onclick: () => {
      const on = element.classList.toggle("large");
      large.setAttribute("aria-pressed", String(on));
    },
  }, t("大字"));
  const printer = h("button.button.quiet", { type: "button", onclick: () => print() }, t("打印"));
  return h("p.way-tools", {}, large, printer);
}

/**
 * Show a way in an element. `way` is its JSON, undefined while it is asked, null when there is none;
 * `onStep(index, step)` hears which line was tapped, (null, null) that none is chosen any more: the
 * index is that of the way's step. Returns {choose(index)}.
 */
export function mount(element, { station, way, profile, onStep = () => {} }) {
  told = element;
  element.classList.add("way");
  element.classList.remove("large");
  if (way === undefined) {
    fill(element, waiting());
    return { choose: () => {} };
  }
  if (way === null) {
    fill(element, h("p.way-none.muted", {}, t("没有查到沿街道的路；上面的距离是直线。")));
    return { choose: () => {} };
  }
  const lines = sentences(way, profile);
  let chosen = null;
  const buttons = lines.map((line, i) => h("button.way-step", {
    type: "button",
    "aria-pressed": "false",
    onclick: () => tap(chosen === i ? null : i),
  },
  h("span.way-sign", {}, sign(line.step)),
  h("span.way-text", {}, line.text),
  h("span.way-when", { title: t("走完这一步时") }, t("{n} 分", { n: count(minutes(line.ends)) }))));

  function mark(i) {
    chosen = i;
    buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(k === i)));
  }

  function tap(i) {
    mark(i);
    if (i === null) onStep(null, null);
    else onStep(lines[i].last, way.steps[lines[i].last]);
  }

  fill(element,
    h("h3.way-title", {}, [title(station), station.address].filter(Boolean).join(" · ")),
    h("div.way-head", {}, summary(way), tools(element)),
    h("ol.way-steps", { "aria-label": t("怎么走") }, buttons.map((button) => h("li", {}, button))));
  return {
    choose: (index) => mark(index === null ? null : lines.findIndex((line) => line.last >= index)),
  };
}
