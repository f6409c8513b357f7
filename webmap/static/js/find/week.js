// The hours of seven days as a table, and what a station is at a moment of them.
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { clock, day as dayOf, weekday } from "../moment.js";
import { dayName } from "../days.js";

function span({ opens, closes, state }, date) {
  const ends = dayOf(closes) === date ? clock(closes)
    : clock(closes) === "00:00" ? "24:00" : t("次日 {time}", { time: clock(closes) });
  const isAll = dayOf(opens) === date && clock(opens) === "00:00" && ends === "24:00";
  const words = isAll ? t("全天") : `${clock(opens)}–${ends}`;
  return state === "unknown" ? t("{hours}（未核实）", { hours: words }) : words;
}

/** Return the table of a station's `hours` as its detail tells them; the first day is today. */
export function week(hours) {
  return h("table.week", {},
    h("caption.unseen", {}, t("一周的开放时间")),
    h("tbody", {}, hours.days.map(({ date, holiday, spans }, i) => h("tr", { "aria-current": i === 0 ? "date" : null },
      h("th", { scope: "row" }, i === 0 ? t("今天") : weekday(date),
        holiday && h("span.holiday", {}, dayName(holiday))),
      h("td", {}, spans.length ? spans.map((one) => span(one, date)).join(t("、")) : t("休息"))))));
}

const later = (at, seconds) => new Date(Date.parse(`${at}:00Z`) + seconds * 1000).toISOString().slice(0, 16);
const between = (from, to) => (Date.parse(`${to}:00Z`) - Date.parse(`${from}:00Z`)) / 1000;

/** Return what a station is to who arrives `seconds` after `at`, in the words of the list's rows. */
export function onArrival(hours, at, seconds) {
  const arrival = later(at, seconds);
  const spans = hours.days.flatMap((one) => one.spans);
  const found = spans.find(({ opens, closes }) => opens <= arrival && arrival < closes);
  const none = { opens_at: null, closes_at: null, closes_in_s: null, wait_s: null };
  if (found?.state === "unknown") return { ...none, state: "unknown" };
  if (found) {
    let { closes } = found; // what goes on at midnight is told day by day
    for (const next of spans) if (next.opens === closes && next.state === "open") closes = next.closes;
    const isEndless = closes > `${hours.days.at(-1).date}T23:59`;
    const left = between(at, closes) - seconds;
    return { ...none, state: "open", ...(isEndless ? {} : { closes_at: closes, closes_in_s: left }) };
  }
  const next = spans.find(({ opens, state }) => opens > arrival && state === "open");
  if (!next) return { ...none, state: "closed" };
  return { ...none, state: "closed", opens_at: next.opens, wait_s: between(at, next.opens) - seconds };
}
