// Instants of the city's own clock, without any time zone: "2026-11-20T22:30", days "2026-11-20".
import { lang } from "./i18n.js";

const INSTANT = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d$/;
const DAY_MS = 86_400_000;
const LOCALE = lang === "en" ? "en-GB" : "zh-CN";

// Counted in UTC, where every day has 24 hours; no instant is ever shown in that zone.
const stamp = (day) => Date.parse(`${day}T00:00:00Z`);
const dayOf = (milliseconds) => new Date(milliseconds).toISOString().slice(0, 10);

/** Return whether a text is an instant of a day that exists. */
export function isInstant(text) {
  const found = INSTANT.exec(text ?? "");
  return Boolean(found) && isDay(found[1]);
}

export function isDay(text) {
  const at = stamp(text);
  return !Number.isNaN(at) && dayOf(at) === text;
}

export const day = (instant) => instant.slice(0, 10);
export const clock = (instant) => instant.slice(11);

/** Return the minutes since midnight. */
export function minuteOf(instant) {
  const [hours, minutes] = clock(instant).split(":").map(Number);
  return hours * 60 + minutes;
}

/** Return an instant from its day and the minutes since midnight. */
export function instant(onDay, minute) {
  const two = (number) => String(number).padStart(2, "0");
  return `${onDay}T${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

export const daysLater = (onDay, days) => dayOf(stamp(onDay) + days * DAY_MS);

/** Return the Monday of a day's week. */
export const mondayOf = (onDay) => daysLater(onDay, -((new Date(stamp(onDay)).getUTCDay() + 6) % 7));

/** Return the days of a week, from its Monday on. */
export const weekOf = (onDay) => [0, 1, 2, 3, 4, 5, 6].map((i) => daysLater(mondayOf(onDay), i));

/**
 * Return the instant that the clocks of a zone ("Asia/Shanghai") show at a Date; without a zone
 * those of the browser.
 */
export function onClock(date_, zone = null) {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone ?? undefined, dateStyle: "short", timeStyle: "short", // as 2026-11-20 22:30
  });
  return format.format(date_).replace(" ", "T");
}

/** Return the instant now, at the last full step of minutes. */
export function now(step = 30, zone = null) {
  const told = onClock(new Date(), zone);
  const minute = minuteOf(told);
  return instant(day(told), minute - (minute % step));
}

const spoken = (options, locale = LOCALE) => {
  const format = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
  return (onDay) => format.format(new Date(stamp(onDay)));
};

export const weekday = spoken({ weekday: "short" }); // 周五 · Fri
export const weekdayInitial = spoken({ weekday: "narrow" }); // 五 · F
export const chineseInitial = spoken({ weekday: "narrow" }, "zh-CN");
const DATE = { month: lang === "en" ? "short" : "long", day: "numeric" };
export const date = spoken(DATE); // 11月20日
const dateInFull = spoken({ ...DATE, year: "numeric" }); // 2026年11月20日

const inOrder = (words) => (lang === "en" ? words.reverse() : words).join(" ");

/** “11月20日 周五” · “Fri 20 Nov”, and with the year. */
export const dated = (onDay) => inOrder([date(onDay), weekday(onDay)]);
export const datedInFull = (onDay) => inOrder([dateInFull(onDay), weekday(onDay)]);

/** “周五 22:30”, and “11月20日 周五 22:30”. */
export const said = (moment) => `${weekday(day(moment))} ${clock(moment)}`;
export const saidInFull = (moment) => `${dated(day(moment))} ${clock(moment)}`;
