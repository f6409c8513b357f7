// Choose a day: the seven of its week, or any other by date. Holidays are named.
import { byId, fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { chineseInitial, dated, datedInFull, isDay, weekday, weekdayInitial, weekOf } from "./moment.js";

const HOLIDAYS = {
  元旦: "元旦", 春节: "春节", 清明: "清明节", 劳动节: "劳动节", 端午: "端午节", 国庆节: "国庆节",
  中秋: "中秋节",
};
const MADE_UP = /^调休上班（按周(.)）$/;
const MONDAY = "2024-01-01"; // any

/** Say the name of a holiday, or of a make-up working day, as the server tells it in Chinese. */
export function dayName(name) {
  const replaced = MADE_UP.exec(name);
  if (!replaced) return HOLIDAYS[name] ? t(HOLIDAYS[name]) : name;
  const day = weekOf(MONDAY).find((one) => chineseInitial(one) === replaced[1]);
  return t("调休上班，按{day}", { day: day ? weekday(day) : replaced[1] });
}

/** Wire the choice; `pick(day)` answers one. Returns `{show(day, week)}`. */
export function days(pick) {
  const row = byId("clock-days");
  const field = byId("clock-field");
  let shown = [];
  const made = [0, 1, 2, 3, 4, 5, 6].map((i) =>
    h("button", { type: "button", onclick: () => pick(shown[i]) }));
  fill(row, made);
  field.addEventListener("change", () => {
    if (isDay(field.value)) pick(field.value);
  });

  function show(day, week) {
    shown = weekOf(day);
    const told = week?.holidays && week.from === shown[0] ? week.holidays : null;
    shown.forEach((one, i) => {
      const name = told?.names[i] ? dayName(told.names[i]) : null;
      fill(made[i], weekdayInitial(one));
      made[i].classList.toggle("special", Boolean(name));
      made[i].setAttribute("aria-pressed", String(one === day));
      const words = [dated(one), name].filter(Boolean).join(" ");
      made[i].setAttribute("aria-label", words);
      made[i].title = words;
    });
    field.value = day;
    fill(byId("clock-date"), datedInFull(day));
    const index = shown.indexOf(day);
    const name = told?.names[index];
    const unknown = told !== null && !told.known[index];
    const tag = byId("clock-holiday");
    tag.hidden = !name && !unknown;
    tag.classList.toggle("unknown", unknown);
    fill(tag, unknown ? t("节假日未知") : name ? dayName(name) : "");
    tag.title = unknown ? t("已公布的放假安排到不了这一天，按平日的开放时间算") : tag.textContent;
  }
  return { show };
}
