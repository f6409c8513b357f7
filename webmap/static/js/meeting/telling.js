// The words of a view, as the server says them: one sentence and two numbers. Each number tells its
// exact value when it is asked.
import { byId, fade, fill, h } from "../dom.js";
import { lang, t } from "../i18n.js";

const LONG = 20; // letters of a Chinese title from which it is set smaller; Latin ones count half
const LONGER = 34;
const WIDE = 11; // letters of all numbers from which they are set smaller, to stand in one row
const CHINESE = /[\u2e80-\u9fff]/;
const SIGNS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳";

const LACKS = /uncovered|lost/; // keys of what is not served

const widthOf = (text) => [...text].reduce((sum, letter) => sum + (CHINESE.test(letter) ? 1 : 0.5), 0);

// Where Chinese has no spaces a browser knows its words: no line breaks within one, nor between a
// number and what it counts.
const segmenter = lang === "zh" && Intl.Segmenter ? new Intl.Segmenter("zh", { granularity: "word" }) : null;
const LONGEST_WORD = 8; // a longer one may break, or it would leave its column

function joined(text) {
  if (!segmenter) return text;
  const words = [];
  for (const { segment } of segmenter.segment(text)) {
    const last = words.at(-1) ?? "";
    const belongs = last && (/[\d.]\s?$/.test(last) || /^[得不]到/.test(segment) || !/[\p{L}\p{N}]/u.test(segment));
    if (belongs && last.trim() !== "") words[words.length - 1] += segment;
    else words.push(segment);
  }
  return words.map((word) => (word.length > LONGEST_WORD ? word : h("span.unbroken", {}, word)));
}

// Lines break after a comma rather than inside a clause.
const clauses = (text) => text.split(/(?<=[，,：:])(?!\d)/).map((clause) => h("span.clause", {}, joined(clause)));

// A point between two parts stays with the first of them.
const parts = (text) => text.split(" · ").flatMap((part, i, all) => [
  i > 0 && " ", h("span.clause", {}, i < all.length - 1 ? `${part} ·` : part)]);

function headline(text) {
  const title = byId("headline");
  const width = widthOf(text);
  title.classList.toggle("long", width > LONG && width <= LONGER);
  title.classList.toggle("longer", width > LONGER);
  fill(title, clauses(text));
}

// 10.9 万: the digits are large, what follows them is small.
function split(text) {
  const found = text.match(/^([<>≈±+−-]?\s?[\d.,\s]*\d)\s*(.*)$/);
  return found ? [found[1], found[2]] : [text, ""];
}

function number({ text, key, unit, caption, tone, exact }, i) {
  const [digits, tail] = split(text);
  const small = [tail, unit].filter(Boolean).join(" ");
  const shown = h(`b.${tone}`, {}, digits, small && h("small", {}, small));
  const words = h("span.caption", { id: `caption-${i}` }, parts(caption));
  if (!exact) return h("div.told", {}, shown, words);
  const bubble = h("span.exact.float", { role: "tooltip", id: `exact-${i}` },
    h("span", {}, t("精确 {n}", { n: exact })), key && h("code", {}, key));
  const button = h("button.figure-button", {
    type: "button", "aria-describedby": `caption-${i} exact-${i}`, "aria-expanded": "false",
  }, shown);
  const holder = h("div.told", {}, button, words, bubble);
  const open = (on) => {
    holder.classList.toggle("open", on);
    button.setAttribute("aria-expanded", String(on));
  };
  button.addEventListener("click", () => open(!holder.classList.contains("open")));
  button.addEventListener("blur", () => open(false));
  button.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !holder.classList.contains("open")) return;
    event.stopPropagation();
    open(false);
  });
  return holder;
}

// Figures within a sentence are set bold.
const piece = (part) => {
  if (typeof part === "string") return part;
  return h(LACKS.test(part.key ?? "") ? "b.gap" : "b", { title: part.key || null }, part.text);
};

/** Tell a view; `index` counts from 0. */
export function tell(view, index) {
  write(view, index);
  // On a phone the map begins below the words.
  byId("stage").style.setProperty("--words", `${byId("story").getBoundingClientRect().bottom}px`);
}

function write(view, index) {
  const { told, fault } = view;
  const sign = SIGNS[index] ?? `${index + 1}.`;
  if (fault || !told) {
    fill(byId("kicker"), h("span", {}, sign));
    headline(view.title || t("这一页现在说不出来"));
    fill(byId("numbers"));
    fill(byId("text"), fault ?? "");
    return;
  }
  fill(byId("kicker"), h("span.topic", {}, `${sign} ${told.kicker}`),
    (told.marks ?? []).map((mark) => h("span.synthetic", {}, mark)));
  headline(told.title);
  const numbers = byId("numbers");
  numbers.classList.toggle("three", told.numbers.length > 2);
  const letters = told.numbers.reduce((sum, { text, unit }) => sum + text.length + unit.length, 0);
  numbers.classList.toggle("wide", letters > WIDE);
  fill(numbers, told.numbers.map(number));
  fill(byId("text"), [told.sentence].flat().map(piece));
  fade(byId("story"));
}
