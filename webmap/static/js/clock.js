// The clock below the map: the day's curve, a slider over its hours, and the day played through.
import { dayCurve } from "./daycurve.js";
import { days } from "./days.js";
import { byId, fill, h, icon, say } from "./dom.js";
import { t } from "./i18n.js";
import { clock as hourOf, day as dayOf, daysLater, instant, minuteOf, now, said } from "./moment.js";
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

/**
 * Wire the clock. Returns `{load, next, isCalm, painted, stop}` for whoever follows the question;
 * `settle()` is called when the slider is let go or the day has been played.
 */
export function clock(settle) {
  const slider = byId("clock-slider");
  const curve = dayCurve(shown, () => show());
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
    curve.load();
  });

  function show() {
    const { day, minute } = shown();
    byId("clock").classList.toggle("any", state.at === null);
    say(byId("clock-time"), state.at ? hourOf(state.at) : t("不限时间"));
    say(byId("clock-chip-text"), state.at ? said(state.at) : t("不限时间"));
    fill(byId("clock-any"), state.at ? t("不限时间") : t("看现在"));
    slider.value = Math.round(minute / STEP);
    pick.show(day, curve.week());
    curve.draw();
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
    load: curve.load,
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
  const later = Math.floor(total / DAY); // −1, 0 or 1
  return instant(daysLater(day, later), total - later * DAY);
}
