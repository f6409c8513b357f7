// Say opening hours (OSM syntax) in words; what is too clever for words stays as it is written.
import { t } from "./i18n.js";

const DAYS = {
  Mo: "周一", Tu: "周二", We: "周三", Th: "周四", Fr: "周五", Sa: "周六", Su: "周日",
  PH: "法定节假日",
};
const DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)";
const SPAN = new RegExp(`^${DAY}(?:-${DAY})?(?:,${DAY}(?:-${DAY})?)*$`);
const TIMES = /^\d{1,2}:\d{2}-\d{1,2}:\d{2}(?:,\d{1,2}:\d{2}-\d{1,2}:\d{2})*$/;

function days(words) {
  if (words === "Mo-Su") return t("每天");
  return words
    .split(",")
    .map((part) => part.split("-").map((day) => t(DAYS[day])).join(t("至")))
    .join(t("、"));
}

function rule(words) {
  const [first, second, ...rest] = words.split(/\s+/);
  if (rest.length) return null;
  if (second === undefined) return TIMES.test(first) ? `${t("每天")} ${clock(first)}` : null;
  if (!SPAN.test(first)) return null;
  if (second === "off" || second === "closed") return `${days(first)}${t("休息")}`;
  return TIMES.test(second) ? `${days(first)} ${clock(second)}` : null;
}

// 18:00-02:00 ends on the next day.
const clock = (times) => times.split(",").map((span) => {
  const [from, to] = span.split("-");
  return to <= from ? t("{from}–次日 {to}", { from, to }) : `${from}–${to}`;
}).join(t("、"));

/** Return {text, kind}: kind is "always", "known" or "unknown". */
export function hours(words) {
  if (!words) return { text: t("开放时间未核实"), kind: "unknown" };
  if (words === "24/7") return { text: t("24 小时开放"), kind: "always" };
  const rules = words.split(";").map((part) => rule(part.trim()));
  const text = rules.includes(null) ? words : rules.join(t("；"));
  return { text, kind: "known" };
}
