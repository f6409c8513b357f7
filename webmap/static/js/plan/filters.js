// The filters of the table of cells; what they hold stands in the address.
import { byId, fill, h, icon } from "../dom.js";
import { count, surface, t } from "../i18n.js";
import { choose, onChange, state } from "../state.js";
import { CLASSES, reason } from "../words.js";

/** What stands for “no filter”, by name of the address. */
export const NONE = { q: "", cause: "", class: "", share: "", minutes: "", changed: "" };
const NAMES = Object.keys(NONE);
const CALM_MS = 120;

const KINDS = [["", "全部覆盖"], ["none", "没有覆盖"], ["partial", "部分覆盖"], ["full", "完全覆盖"], ["empty", "没有居民"]];

export const chosen = () => Object.fromEntries(NAMES.map((name) => [name, state[name]]));
export const isOn = () => NAMES.some((name) => state[name] !== NONE[name]);

function menu(name, label, options) {
  const made = h("select", { id: `filter-${name}`, "aria-label": label, onchange: () => choose({ [name]: made.value }) },
    options.map(([value, words]) => h("option", { value }, words)));
  return made;
}

function range() {
  const limit = (words, standard) => h("input", {
    type: "number", min: 0, max: 100, step: 5, placeholder: standard, "aria-label": words, inputmode: "numeric",
  });
  const [least, most] = [limit(t("覆盖比例下限，%"), "0"), limit(t("覆盖比例上限，%"), "100")];
  const whole = (field, standard) => {
    const value = Math.round(Number(field.value));
    return field.value === "" || Number.isNaN(value) ? standard : Math.min(100, Math.max(0, value));
  };
  const take = () => {
    const [a, b] = [whole(least, 0), whole(most, 100)].sort((x, y) => x - y);
    choose({ share: a === 0 && b === 100 ? "" : `${a}-${b}` });
  };
  for (const field of [least, most]) field.addEventListener("change", take);
  const show = () => {
    const [a, b] = state.share ? state.share.split("-") : ["", ""];
    least.value = a === "0" ? "" : a;
    most.value = b === "100" ? "" : b;
  };
  return { element: h("span.range", { title: t("覆盖比例") }, least, h("span", { "aria-hidden": "true" }, "–"), most, h("span.muted", {}, "%")), show };
}

/** Fill the row of filters. Returns `{causes(list), hits(n, of, uncovered), focus}`. */
export function filters({ byPeople }) {
  const text = h("input", {
    type: "search", id: "filter", placeholder: t("按名称或编码筛选"), "aria-label": t("按名称或编码筛选"),
    autocomplete: "off", spellcheck: "false", maxlength: 60, "aria-keyshortcuts": "/",
  });
  let later = null;
  text.addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(() => choose({ q: text.value }), CALM_MS);
  });
  const cause = menu("cause", t("主要原因"), [["", t("全部原因")]]);
  const kind = menu("class", t("覆盖情况"), KINDS.map(([value, words]) => [value, t(byPeople || value !== "empty" ? words : "无法判断")]));
  const share = range();
  const changed = h("button.chip", {
    type: "button", id: "filter-changed", onclick: () => choose({ changed: state.changed ? "" : "1" }),
  }, t("只看有变化的"));
  const minutes = h("button.chip.on", { type: "button", id: "filter-minutes", onclick: () => choose({ minutes: "" }) });
  const clear = h("button.link", { type: "button", id: "filter-clear", onclick: () => choose({ ...NONE }) }, t("清除筛选"));
  fill(byId("filters"), text, cause, kind, share.element);
  fill(byId("hits"), h("span", { id: "hits-text", role: "status" }, "\u00a0"), h("span.chips", {}, minutes, changed), clear);

  const show = () => {
    if (document.activeElement !== text) text.value = state.q;
    cause.value = state.cause;
    kind.value = state.class;
    share.show();
    changed.hidden = !state.scenario;
    changed.setAttribute("aria-pressed", String(Boolean(state.changed)));
    minutes.hidden = !state.minutes;
    if (state.minutes) fill(minutes, rangeWords(state.minutes), icon("close"));
    minutes.setAttribute("aria-label", t("取消按分钟筛选"));
    clear.hidden = !isOn();
  };
  onChange(show);
  show();
  return {
    /** Offer the causes that there are; one that was chosen stays. */
    causes(found) {
      const kinds = CLASSES.filter((one) => found.has(one) || one === state.cause);
      fill(cause, [["", t("全部原因")], ...kinds.map((one) => [one, reason(one)])].map(([value, words]) => h("option", { value }, words)));
      cause.value = state.cause;
    },
    hits(n, of, uncovered) {
      const words = { n: count(n), of: count(of), left: byPeople ? count(uncovered) : surface(uncovered) };
      byId("hits-text").textContent = [
        n === of ? t("{n} 格", words) : t("{of} 格中的 {n} 格", words),
        byPeople ? t("未覆盖 {left} 人", words) : t("未覆盖 {left}", words),
      ].join(" · ");
    },
    focus: () => text.focus(),
  };
}

/** “5–15 分钟”, “30 分钟以上”. */
export function rangeWords(minutes) {
  const [from, to] = minutes.split("-").map(Number);
  if (to > 30) return from >= 30 ? t("30 分钟以上") : t("{n} 分钟以上", { n: from });
  return t("{from}–{to} 分钟", { from, to });
}
