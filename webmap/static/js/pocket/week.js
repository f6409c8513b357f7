// The hours of a station day by day, out of the timetables of a pocket, as the server's detail tells
// them; of holidays the pocket knows only what they do to the hours.

const DAY_MS = 86_400_000;
const DAYS = 7;

const instant = (ms) => new Date(ms).toISOString().slice(0, 16);

/** Return `{state, next_change, known, holidays_known, days}` of a station from an instant on. */
export function hoursOf(hours, midnight, row, at) {
  const moment = Date.parse(`${at.slice(0, 16)}:00Z`) - midnight;
  const now = hours.judge(row, 0, moment);
  const change = now.opens ?? now.closes;
  const today = Math.floor(moment / DAY_MS) * DAY_MS;
  const isKnown = !hours.of(row).some(({ from, to, open }) => !open && from === 0 && to === hours.end);
  const spans = isKnown ? hours.of(row).flatMap(byDay) : [];
  const days = Array.from({ length: DAYS }, (_, k) => today + k * DAY_MS);
  return {
    state: now.state,
    next_change: change === null ? null
      : { at: instant(midnight + moment + change), state: hours.judge(row, change, moment).state },
    known: isKnown && moment >= 0 && days.at(-1) < hours.end,
    holidays_known: null,
    days: days.map((day) => ({
      date: instant(midnight + day).slice(0, 10),
      holiday: null,
      replaces: null,
      spans: spans.filter(({ from }) => from >= day && from < day + DAY_MS).map((span) => ({
        opens: instant(midnight + span.from),
        closes: instant(midnight + span.to),
        state: span.open ? "open" : "unknown",
      })),
    })),
  };
}

/** A span that goes on for a whole further day is told day by day; a night stays one. */
function byDay({ from, to, open }) {
  const next = (Math.floor(from / DAY_MS) + 1) * DAY_MS;
  if (to < next + DAY_MS) return [{ from, to, open }];
  return [{ from, to: next, open }, ...byDay({ from: next, to, open })];
}
