// The curve of the shown day: fetched by the week, told in words where it cannot be drawn.
import { get } from "./api.js";
import { drawCurve, heightAt } from "./curve.js";
import { byId, say } from "./dom.js";
import { count, half, percent, t } from "./i18n.js";
import { instant, mondayOf, said, weekOf } from "./moment.js";
import { state } from "./state.js";

const DAY = 24 * 60;

/** Return the 25 values of a day of a week's 168 hours; the next day's first ends the curve. */
function dayValues(covered, index) {
  const values = covered.slice(index * 24, index * 24 + 25);
  while (values.length < 25) values.push(null);
  return values;
}

// “全天 48.7–67.2 % · 不限时间 69.2 %”
function spread(values, { ceiling, people_judged: all }) {
  if (!all) return t("没有常住居民");
  const shares = values.filter((value) => value !== null).map((value) => value / all);
  return t("全天 {low}–{high} % · 不限时间 {most} %", {
    low: percent(Math.min(...shares)), high: percent(Math.max(...shares)),
    most: percent(ceiling / all),
  });
}

/** `shown()` returns {day, minute}. Returns `{load, draw, week}`; `changed()` hears a new week. */
export function dayCurve(shown, changed) {
  let week = null; // {from, covered, …} of the server, or {from, covered: null, reason}
  let told = null; // the question that it answers

  const question = () => {
    const { profile, budget, services, scenario = null } = state;
    return { profile, budget, services, scenario, from: mondayOf(shown().day) };
  };
  const isNew = (asked) => JSON.stringify(asked) !== JSON.stringify(question());

  async function load() {
    const asked = question();
    const found = await get("week", asked).catch((fault) => ({
      from: asked.from, covered: null, reason: fault.message,
    }));
    if (isNew(asked)) return;
    week = found;
    told = asked;
    changed();
  }

  function draw() {
    const { day, minute } = shown();
    const index = week ? weekOf(week.from).indexOf(day) : -1;
    const known = index >= 0 && !week.reason;
    const values = known ? dayValues(week.covered, index) : [];
    const plot = byId("clock-plot");
    drawCurve(byId("clock-curve"), values, known ? week.ceiling : 0);
    byId("clock-curve").classList.toggle("pending", told !== null && isNew(told));
    plot.style.setProperty("--at", minute / DAY);
    plot.style.setProperty("--high", known ? heightAt(values, week.ceiling, minute) : 0);
    plot.classList.toggle("no-curve", week !== null && !known);
    say(byId("clock-note"), known ? spread(values, week) : half(week?.reason ?? ""));
    const time = said(instant(day, minute));
    byId("clock-slider").setAttribute("aria-valuetext", known
      ? t("{time}，{n} 人到得了", { time, n: count(values[Math.floor(minute / 60)]) }) : time);
  }

  return { load, draw, week: () => week };
}
