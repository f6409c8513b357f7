// Say in a few words what a rider finds at a station, and why there is nothing to find.
import { count, distance, minutes, t, tenths } from "../i18n.js";
import { city } from "../island.js";
import { clock, date, day, daysLater, onClock, weekday } from "../moment.js";

const SOON_S = 3600; // closing within an hour of the arrival is a warning; opening, a short wait
const AT_ONCE_S = 120; // so little is left that it is no use to go
const NOON = 12;
const FAR_M = 100_000; // beyond that nobody asks for tenths of a kilometre

/** Return a moment as somebody says it at the instant `at`: “22:00”, “明早 08:00”, “周日 10:00”. */
export function moment(instant, at) {
  const time = clock(instant);
  const today = day(at);
  if (day(instant) === today) return time;
  if (day(instant) === daysLater(today, 1)) {
    return t(Number(time.slice(0, 2)) < NOON ? "明早 {time}" : "明天 {time}", { time });
  }
  const isNear = day(instant) < daysLater(today, 7);
  return `${(isNear ? weekday : date)(day(instant))} ${time}`;
}

/** Return when something ends that goes on now: midnight belongs to the evening before it. */
function ending(instant, at) {
  const time = clock(instant);
  if (day(instant) === daysLater(day(at), 1)) {
    return time === "00:00" ? "24:00" : t("次日 {time}", { time });
  }
  return moment(instant, at);
}

/** Return {text, kind} of a station on arrival, or now where no way is known; kind is good, warn, shut or unsure. */
export function offer(station, at) {
  const { state, opens_at: opens, closes_at: closes, closes_in_s: left, wait_s: wait, by } = station;
  if (state === "open") {
    if (!closes) return { text: t("24 小时"), kind: "good" };
    if (left > SOON_S) return { text: t("开放中，到 {when}", { when: ending(closes, at) }), kind: "good" };
    if (left < AT_ONCE_S) return { text: by === "street" ? t("一到就关门") : t("马上关门"), kind: "warn" };
    const n = count(Math.floor(left / 60));
    const text = by === "street" ? t("到后 {n} 分钟关门", { n }) : t("还有 {n} 分钟关门", { n });
    return { text, kind: "warn" };
  }
  if (state === "closed" && by !== "street") {
    return {
      text: opens ? t("现在关着，{when} 开", { when: moment(opens, at) }) : t("现在关着，两周内不开"), kind: "shut",
    };
  }
  if (state === "closed") {
    if (!opens) return { text: t("到达时关门，两周内不开"), kind: "shut" };
    const when = moment(opens, at);
    if (wait !== null && wait <= SOON_S) {
      return { text: t("到达时未开门，等 {n} 分钟，{when} 开", { n: minutes(wait), when }), kind: "warn" };
    }
    return { text: t("到达时已关门，{when} 开", { when }), kind: "shut" };
  }
  return { text: t("开放时间未核实"), kind: "unsure" };
}

/**
 * Return how far a station is, as [number, unit]: minutes by street, else metres in a straight line;
 * `by` is "nowhere" while nobody knows from where.
 */
export function farness({ by, seconds, metres }) {
  if (by === "nowhere") return ["–", t("分钟")];
  if (by === "street") return [count(minutes(seconds)), t("分钟")];
  if (metres < 1000) return [count(metres), t("米直线")];
  const isFar = metres >= FAR_M;
  return [isFar ? count(metres / 1000) : tenths.format(metres / 1000), t("公里直线")];
}

/** Return the metres of the way; a straight line is none. */
export function length({ by, metres }) {
  return by === "street" ? distance(metres) : "";
}

const REASONS = {
  outside: () => t("这个位置在这座城市的街道数据之外。下面按直线列出最近的驿站，不是路程。"),
  water: () => t("这个位置在水里。下面按直线列出最近的驿站，不是路程。"),
  no_street: () => t("这个位置 250 米内没有能走的街道。下面按直线列出最近的驿站，不是路程。"),
  unreachable: () => t("从这里沿街道 2 小时内到不了任何驿站。下面按直线列出最近的驿站，不是路程。"),
  no_station: () => t("这座城市还没有开放的驿站。"),
  none_fits: (filters) => t("没有哪个驿站同时满足：{filters}。", { filters: filters.join(t("、")) }),
};

/** Return why an answer is by air or empty; `filters` are the names of those that are set. */
export const why = ({ reason, note }, filters = []) => REASONS[reason]?.(filters) ?? note ?? reason;

/** “今天 08:10”, “昨天 08:10”, “11月18日 08:10”: when something was put by, on the city's clock. */
export function age(kept, now = new Date()) {
  const [then, today] = [kept, now].map((moment_) => onClock(moment_, city.zone));
  const time = clock(then);
  if (day(then) === day(today)) return t("今天 {time}", { time });
  if (daysLater(day(then), 1) === day(today)) return t("昨天 {time}", { time });
  return `${date(day(then))} ${time}`;
}
