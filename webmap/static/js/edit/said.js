// What riders said of a station in the last days: one line for whoever looks after it.
import { get } from "../api.js";
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";

const WORDS = {
  closed: "关着门 {n}",
  wrong_place: "位置不对 {n}",
  broken_charger: "充电坏了 {n}",
  thanks: "谢谢 {n}",
};

/** Return the line of a station; it shows itself when there is something to tell. */
export function saidLine(id) {
  const line = h("p.said.small", { hidden: true });
  const show = (text) => {
    line.hidden = !text;
    fill(line, text);
  };
  get(`stations/${encodeURIComponent(id)}`).then(
    ({ properties: { feedback } }) => {
      const told = Object.entries(WORDS).filter(([kind]) => feedback?.recent[kind])
        .map(([kind, words]) => t(words, { n: feedback.recent[kind] }));
      show(told.length && t("骑手反馈（30 天）：{words}", { words: told.join(" · ") }));
    },
    (fault) => show(fault.message),
  );
  return line;
}
