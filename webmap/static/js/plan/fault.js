// A fault as it is shown: one sentence in the page's language, the server's own text beside it, small.
import { Problem } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";

const BROKEN = [TypeError, ReferenceError, RangeError]; // what a browser says of a mistake of ours

/** Return what a fault says as children of an element. */
export function inWords(fault) {
  const isOurs = fault instanceof Problem || !BROKEN.some((kind) => fault instanceof kind);
  const words = isOurs ? fault.message : t("页面出了错；请重新载入。");
  const detail = isOurs ? fault.detail : fault.message;
  return [words, detail && h("span.small.detail", { lang: "en" }, detail)].filter(Boolean);
}
