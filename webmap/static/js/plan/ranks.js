// Where a name stands among all names: Chinese is compared slowly, so once, and away from the page.
import { lang } from "../i18n.js";

const LOCALE = lang === "en" ? "en" : "zh-Hans-CN";
export const collator = new Intl.Collator(LOCALE, { numeric: true });
const FEW = 5000; // so many are sorted in the blink of an eye

function ranksOf(texts, compare) {
  const order = [...new Set(texts)].sort(compare);
  const rank = new Map(order.map((text, i) => [text, i]));
  return Float64Array.from(texts, (text) => rank.get(text));
}

/** Resolve to the ranks of texts, in their order. */
export function ranks(texts) {
  if (texts.length <= FEW) return Promise.resolve(ranksOf(texts, collator.compare));
  return new Promise((done) => {
    const worker = new Worker(new URL("./ranker.js", import.meta.url), { type: "module" });
    const end = (found) => {
      worker.terminate();
      done(found);
    };
    worker.onmessage = ({ data }) => end(data);
    worker.onerror = () => end(ranksOf(texts, collator.compare)); // a browser without module workers
    worker.postMessage({ texts, locale: LOCALE });
  });
}

/** Return the ranks of codes, which are compared letter by letter. */
export const codeRanks = (codes) => ranksOf(codes, (a, b) => (a < b ? -1 : Number(a > b)));
