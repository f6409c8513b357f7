// A day on the stage: its hours colour the map one after the other, beside the curve of who is covered.
import { drawCurve, heightAt } from "../curve.js";
import { byId, fill, h, icon } from "../dom.js";
import { half, percent, t } from "../i18n.js";
import { clock as hourOf, datedInFull, instant, minuteOf, weekOf } from "../moment.js";
import { player } from "../player.js";
import { isStill } from "./camera.js";
import { dayAsked, hourFetched, weekFetched } from "./day.js";

const DAY = 24 * 60;
const TICKS = ["0", "6", "12", "18", "24"];

/** Return the 25 full hours of a day out of a week's 168; null where the next week begins. */
function hoursOf(covered, index) {
  const values = covered.slice(index * 24, index * 24 + 25);
  while (values.length < 25) values.push(null);
  return values;
}

/** Wire the clock. Returns `{isOn, toggle, close, follow}`; `hint(words)` says why there is none. */
export function clockPlay(stage, source, hint) {
  const hears = []; // who wants to know whether it is open
  const box = byId("hours");
  const parts = face();
  let day = null; // {query, on: "2026-11-20", values, ceiling, judged}
  let hour = 0;
  let turn = 0;

  const at = (of) => instant(day.on, of * 60);
  const fetched = (of) => hourFetched(stage, source, day, of);
  const isOn = () => !box.hidden;

  function face() {
    const made = {
      play: h("button.play", { type: "button", onclick: () => play.toggle() }),
      time: h("strong.hour"),
      share: h("span.hour-share"),
      date: h("span.hour-date"),
      svg: document.createElementNS("http://www.w3.org/2000/svg", "svg"),
      slider: h("input", { type: "range", min: 0, max: 23, step: 1, value: 0, "aria-label": t("几点") }),
    };
    made.svg.setAttribute("aria-hidden", "true");
    made.plot = h("div.hour-plot", {}, made.svg, h("i.hour-dot", { "aria-hidden": "true" }), made.slider);
    made.close = h("button.close", { type: "button", "aria-label": t("关上时钟"), onclick: () => close() }, icon("close"));
    return made;
  }

  function write() {
    parts.time.textContent = hourOf(at(hour));
    parts.date.textContent = datedInFull(day.on);
    const value = day.values?.[hour] ?? null;
    fill(parts.share, value === null || !day.judged ? [half(day.reason ?? "")]
      : [h("b", {}, percent(value / day.judged)), h("small", {}, "%")]);
    parts.slider.value = hour;
    parts.slider.setAttribute("aria-valuetext", parts.time.textContent);
    parts.plot.style.setProperty("--at", (hour * 60) / DAY);
    parts.plot.style.setProperty("--high", day.values ? heightAt(day.values, day.ceiling, hour * 60) : 0);
  }

  /** Show an hour; resolves when its colours are painted. */
  async function show(wanted) {
    hour = wanted;
    turn += 1;
    const mine = turn;
    write();
    try {
      const [columns, serving] = await fetched(hour);
      if (mine !== turn || !isOn()) return;
      stage.shown = { ...stage.shown, columns };
      await stage.after.hour({ columns, serving });
    } catch (problem) {
      play.stop();
      hint(problem.message);
    }
  }

  const play = player({
    start: () => (hour < 23 ? hour * 60 : 0),
    step: (minute) => {
      show(minute / 60).then(() => play.painted());
      return true;
    },
    end: DAY,
    changed: (on) => {
      const words = on ? t("停下") : t("播放一天");
      fill(parts.play, icon(on ? "pause" : "play"));
      parts.play.setAttribute("aria-label", words);
      parts.play.setAttribute("aria-pressed", String(on));
    },
  });

  /** Fetch the hours ahead of the hand; one that fails is asked again when it is shown. */
  async function foresee(mine) {
    for (let next = 0; next < 24; next += 1) {
      if (mine !== day || !isOn()) return;
      await fetched(next).catch(() => {});
    }
  }

  async function open() {
    const view = stage.view();
    const asked = dayAsked(stage, view);
    if (asked === null) return;
    const { query, on } = asked;
    let week;
    try {
      week = await weekFetched(source, asked);
    } catch (problem) {
      hint(problem.message);
      return;
    }
    if (stage.view() !== view) return;
    if (!week) {
      hint(t("这里没有一天的数据"));
      return;
    }
    const index = weekOf(week.from).indexOf(on);
    const known = !week.reason && week.covered && index >= 0;
    day = {
      query, on, reason: week.reason, judged: week.people_judged, ceiling: week.ceiling,
      values: known ? hoursOf(week.covered, index) : null,
    };
    box.classList.toggle("no-curve", !known);
    drawCurve(parts.svg, day.values ?? [], known ? week.ceiling : 0);
    box.hidden = false;
    document.body.classList.add("timed");
    const [, serving] = await fetched(0).catch(() => [null, null]);
    for (const hear of hears) hear(true, serving !== null);
    if (innerWidth < 768) stage.look();
    await show(query.at ? Math.floor(minuteOf(query.at) / 60) : 0);
    parts.play.focus({ preventScroll: true });
    foresee(day);
    if (isStill()) return;
    hour = 0;
    play.toggle();
  }

  function close(isQuiet = false) {
    if (!isOn()) return;
    play.stop();
    turn += 1;
    box.hidden = true;
    document.body.classList.remove("timed");
    for (const hear of hears) hear(false);
    if (!isQuiet) stage.again();
  }

  parts.slider.addEventListener("input", () => {
    play.stop();
    show(Number(parts.slider.value));
  });
  fill(box,
    h("div.hour-head", {}, parts.play, h("div", {}, parts.time, parts.date),
      h("div", {}, parts.share, h("span.caption", {}, t("居民走得到驿站"))), parts.close),
    parts.plot,
    h("div.ticks", { "aria-hidden": "true" }, TICKS.map((tick) => h("span", {}, tick))));
  fill(parts.play, icon("play"));
  parts.play.setAttribute("aria-label", t("播放一天"));
  stage.on("view", ({ isSame }) => isSame || close(true));
  return { isOn, close, toggle: () => (isOn() ? close() : open()), follow: (hear) => hears.push(hear) };
}
