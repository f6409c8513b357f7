// The clock below the map: the day's curve, a slider over its hours, and the day played through.
import { get } from "./api.js";
import { drawCurve, heightAt } from "./curve.js";
import { days } from "./days.js";
import { byId, fill, h, icon, say } from "./dom.js";
import { count, half, percent, t } from "./i18n.js";
import {
  clock as hourOf, day as dayOf, daysLater, instant, minuteOf, mondayOf, now, said, weekOf,
} from "./moment.js";
import { player } from "./player.js";
import { choose, onChange, state } from "./state.js";

const STEP = 30; // minutes between two stops of the slider
const DAY = 24 * 60;

// Where the slider stands while no hour is asked.
const rest = { day: dayOf(state.at ?? now()), minute: minuteOf(state.at ?? now()) };
const shown = () => ({
  day: state.at ? dayOf(state.at) : rest.day,
  minute: state.at ? minuteOf(state.at) : rest.minute,
});

/** Return the 25 values of a day of a week's 168 hours; the next day's first ends the curve. */
export function dayValues(covered, index) {
  const values = covered.slice(index * 24, index * 24 + 25);
  while (values.length < 25) values.push(null);
  return values;
}

/**
 * Wire the clock. Returns `{load, next, isCalm, painted, stop}` for whoever follows the question;
 * `settle()` is called when the slider is let go or the day has been played.
 */
export function clock(settle) {
  const slider = byId("clock-slider");
  let week = null; // what the curve shows: {from, covered, …}
  let held = false; // the pointer is down on the slider
  const at = (minute, onDay = shown().day) => choose({ at: instant(onDay, minute) });
  const play = player({
    start: () => (state.at && minuteOf(state.at) < DAY - 60 ? minuteOf(state.at) : 0),
    step: (minute) => at(minute),
    end: DAY,
    changed: (on) => {
      showPlay(on);
      if (!on) settle();
    },
  });
  const pick = days((onDay) => {
    rest.day = onDay;
    if (state.at) at(minuteOf(state.at), onDay);
    else show();
    load();
  });

  function show() {
    const { day, minute } = shown();
    const plot = byId("clock-plot");
    byId("clock").classList.toggle("any", state.at === null);
    say(byId("clock-time"), state.at ? hourOf(state.at) : t("不限时间"));
    say(byId("clock-chip-text"), state.at ? said(state.at) : t("不限时间"));
    fill(byId("clock-any"), state.at ? t("不限时间") : t("看现在"));
    slider.value = Math.round(minute / STEP);
    plot.style.setProperty("--at", minute / DAY);
    pick.show(day, week);
    draw();
  }

  function draw() {
    const { day, minute } = shown();
    const index = week ? weekOf(week.from).indexOf(day) : -1;
    const known = index >= 0 && week.covered !== null && !week.reason;
    const values = known ? dayValues(week.covered, index) : [];
    drawCurve(byId("clock-curve"), values, known ? week.ceiling : 0);
    byId("clock-plot").style.setProperty("--high", known ? heightAt(values, week.ceiling, minute) : 0);
    byId("clock").classList.toggle("no-curve", week !== null && !known);
    say(byId("clock-note"), known ? spread(values) : half(week?.reason ?? ""));
    slider.setAttribute("aria-valuetext", known
      ? t("{time}，{n} 人到得了", { time: said(instant(day, minute)), n: count(valueAt(values, minute)) })
      : said(instant(day, minute)));
  }

  // “全天 48.7–67.2 % · 不限时间 69.2 %”
  function spread(values) {
    const all = week.people_judged || week.people_total;
    const shares = values.filter((value) => value !== null).map((value) => value / all);
    return t("全天 {low}–{high} % · 不限时间 {most} %", {
      low: percent(Math.min(...shares)), high: percent(Math.max(...shares)),
      most: percent(week.ceiling / all),
    });
  }

  const valueAt = (values, minute) => values[Math.floor(minute / 60)] ?? 0;

  const question = () => {
    const { profile, budget, services } = state;
    return { profile, budget, services, from: mondayOf(shown().day) };
  };

  async function load() {
    const asked = question();
    const found = await get("week", asked).catch((fault) => ({
      from: asked.from, covered: null, reason: fault.message,
    }));
    if (JSON.stringify(asked) !== JSON.stringify(question())) return;
    week = found;
    show();
  }

  slider.addEventListener("input", () => {
    play.stop();
    at(slider.value * STEP);
  });
  // A click where the slider stands already is an answer, too.
  slider.addEventListener("click", () => state.at ?? at(slider.value * STEP));
  slider.addEventListener("pointerdown", () => { held = true; });
  for (const end of ["pointerup", "pointercancel", "blur"]) {
    slider.addEventListener(end, () => {
      if (!held) return;
      held = false;
      settle();
    });
  }
  byId("clock-play").addEventListener("click", () => play.toggle());
  byId("clock-any").addEventListener("click", () => {
    play.stop();
    Object.assign(rest, shown());
    choose({ at: state.at ? null : now(STEP) });
  });
  const unfold = (open) => {
    byId("clock").classList.toggle("open", open);
    byId("clock-chip").setAttribute("aria-expanded", String(open));
    byId(open ? "clock-slider" : "clock-chip").focus({ preventScroll: true });
  };
  byId("clock-chip").addEventListener("click", () => unfold(true));
  byId("clock-close").addEventListener("click", () => unfold(false));
  onChange(show);
  show();
  showPlay(false);
  return {
    load,
    stop: () => play.stop(),
    painted: () => play.painted(),
    isCalm: () => !held && !play.isOn(),
    /** The instants that are likely to be asked next, the likeliest first. */
    next: () => {
      if (!state.at) return [];
      const steps = play.isOn() ? [60, 120] : [STEP, -STEP, 2 * STEP, -2 * STEP];
      return steps.map((step) => moved(step));
    },
  };
}

function showPlay(on) {
  const button = byId("clock-play");
  const words = on ? t("停下") : t("播放一天");
  fill(button, icon(on ? "pause" : "play"), h("span", {}, words));
  button.setAttribute("aria-pressed", String(on));
  button.setAttribute("aria-label", words);
}

function moved(step) {
  const { day, minute } = shown();
  const total = minute + step;
  const days_ = Math.floor(total / DAY);
  return instant(daysLater(day, days_), total - days_ * DAY);
}
