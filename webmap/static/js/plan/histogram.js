// How many live how many minutes away: bars of one minute, the budget as a line, a range by dragging.
import { byId, fill, h } from "../dom.js";
import { count, half, minutes as whole, surface, t } from "../i18n.js";
import { choose, onChange, state } from "../state.js";
import { rangeWords } from "./filters.js";

const LAST = 30; // minutes with a bar of their own; then one for longer ways, one for none
const BARS = LAST + 2;

/** Fill the figure. Returns `{show(told), pending(on)}`. */
export function histogram() {
  const bars = Array.from({ length: BARS }, () => h("i"));
  const line = h("b.budget", { "aria-hidden": "true" }, h("span"));
  const plot = h("div.bars", { tabindex: "0", role: "group", id: "bars" }, bars, line);
  const ticks = h("div.bar-ticks", { "aria-hidden": "true" },
    [0, 5, 10, 15, 20, 25].map((n) => h("span", { style: { left: `${(n / BARS) * 100}%` } }, n)),
    h("span.end", {}, t("更久")));
  const told = h("figcaption.small.muted", { id: "minutes-told" }, h("span.skeleton", {}, "…………"));
  fill(byId("minutes"), told, plot, ticks);
  let figures = null;

  const chosen = () => (state.minutes ? state.minutes.split("-").map(Number) : null);
  const choice = (a, b) => {
    const [from, to] = [Math.min(a, b), Math.max(a, b) + 1];
    choose({ minutes: `${Math.min(from, LAST)}-${Math.min(to, LAST + 1)}` });
  };

  function mark() {
    const range = chosen();
    bars.forEach((bar, i) => {
      const on = !range || (i >= range[0] && (range[1] > LAST || i < range[1]));
      bar.classList.toggle("off", !on);
    });
    plot.classList.toggle("chosen", Boolean(range));
  }

  function show(answer) {
    figures = answer;
    const amount = answer.measure === "people" ? (n) => t("{n} 人", { n: count(n) }) : surface;
    const values = [...answer.bins, answer.beyond, answer.unreached];
    const most = Math.max(...values, 1e-9);
    const budget = answer.budget_s / 60;
    bars.forEach((bar, i) => {
      const served = i >= LAST ? 0 : Math.min(1, Math.max(0, budget - i));
      bar.style.setProperty("--high", `${(values[i] / most) * 100}%`);
      bar.style.setProperty("--served", `${served * 100}%`);
      bar.title = `${i < LAST ? rangeWords(`${i}-${i + 1}`) : t(i === LAST ? "30 分钟以上" : "没有路可到")} · ${amount(values[i])}`;
    });
    line.style.left = `${(Math.min(budget, LAST + 0.5) / BARS) * 100}%`;
    line.firstChild.textContent = answer.minutes ? t("{n} 分钟", { n: answer.minutes }) : t("{n} 米", { n: count(answer.distance_m) });
    line.classList.toggle("left", budget > 22);
    const median = answer.median_s;
    const byPeople = answer.measure === "people";
    told.textContent = byPeople
      ? median === null ? t("半数以上的居民没有路可到") : t("居民到驿站的分钟数 · 半数在 {n} 分钟内", { n: whole(median) })
      : t("土地到驿站的分钟数（{reason}）", { reason: half(answer.reason ?? "") });
    plot.setAttribute("aria-label", t("{words}。拖动或用方向键选一段分钟，筛选下表", { words: told.textContent }));
    plot.dataset.total = answer.total;
    mark();
  }

  let from = null;
  const at = (event) => {
    const box = plot.getBoundingClientRect();
    return Math.min(BARS - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * BARS)));
  };
  plot.addEventListener("pointerdown", (event) => {
    if (!figures || event.button) return;
    from = { bar: at(event), before: state.minutes, moved: false };
    plot.setPointerCapture(event.pointerId);
  });
  plot.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = at(event);
    if (to === from.bar && !from.moved) return;
    from.moved = true;
    choice(from.bar, to);
  });
  plot.addEventListener("pointerup", () => {
    // A click chooses one minute, and takes the choice back where one stands.
    if (from && !from.moved) from.before ? choose({ minutes: "" }) : choice(from.bar, from.bar);
    from = null;
  });
  plot.addEventListener("pointercancel", () => { from = null; });
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const [a, b] = chosen() ?? [0, 1];
    if (!chosen()) choice(0, 0);
    else if (event.shiftKey) choice(a, Math.min(LAST, Math.max(a, b - 1 + step)));
    else choice(Math.max(0, Math.min(LAST, a + step)), Math.max(0, Math.min(LAST, b - 1 + step)));
  });
  onChange(mark);
  return { show, pending: (on) => byId("minutes").classList.toggle("pending", on) };
}
