// Words: Chinese in the source, other languages by the page's catalogue (the server's own).
import { island } from "./island.js";

const messages = island("messages", {});
export const lang = document.documentElement.lang.startsWith("en") ? "en" : "zh";
const LOCALE = lang === "en" ? "en-GB" : "zh-CN";

/** Return the text in the page's language; `{name}` is replaced from `values`. */
export function t(text, values = {}) {
  const found = messages[text] ?? text;
  return found.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Return the title of something that carries title_zh/title_en or zh/en. */
export function title(thing) {
  const english = thing.title_en ?? thing.en ?? thing.name_en;
  return lang === "en" && english ? english : (thing.title_zh ?? thing.zh ?? thing.name);
}

const integers = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
export const tenths = new Intl.NumberFormat(LOCALE, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

export const count = (value) => integers.format(value);

/** Return a share 0…1 as percent with one decimal, without the sign. */
export const percent = (share) => tenths.format(share * 100);

/** Return metres as a person says them: 640 m, 1.3 km. */
export function distance(metres) {
  if (metres < 1000) {
    return t("{n} 米", { n: count(metres < 100 ? metres : Math.round(metres / 10) * 10) });
  }
  return t("{n} 公里", { n: tenths.format(metres / 1000) });
}

/** Return square metres as km² or ha. */
export function surface(area) {
  if (area >= 1e6) return t("{n} km²", { n: tenths.format(area / 1e6) });
  return t("{n} 公顷", { n: area >= 1e5 ? count(area / 1e4) : tenths.format(area / 1e4) });
}

/** Return seconds as whole minutes, at least 1; nobody walks by the second. */
export const minutes = (seconds) => Math.max(1, Math.ceil(seconds / 60 - 1e-9));

const CHINESE = /[\u4e00-\u9fff]/;

/** Whether a text is one that a person reads on this page. */
export const isOurs = (text) => typeof text === "string" && text !== "" && CHINESE.test(text) === (lang === "zh");

/** Return the half of a bilingual text (“中文 · English”) that is in the page's language. */
export function half(text) {
  const [first, ...rest] = text.split(" · ");
  const second = rest.join(" · ");
  if (!CHINESE.test(first) || !second || CHINESE.test(second)) return text;
  return lang === "en" ? second : first;
}
