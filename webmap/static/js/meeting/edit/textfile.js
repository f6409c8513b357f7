// A story comes as a text. What is wrong with it is shown where it is, all of it at once, and can be
// mended right there.
import { fill, h } from "../../dom.js";
import { count, t } from "../../i18n.js";
import { toast } from "../../scenario/toast.js";
import * as session from "./session.js";
import { faultsOf } from "./words.js";

const LINE_EM = 1.5; // as in the style sheet
const box = h("dialog.dialog.text-dialog", { "aria-labelledby": "text-title", "data-own-keys": "" });

/** Read a text; while it has faults, show it with them and let it be mended. */
export async function readText(text, name) {
  try {
    toast(await session.read(text));
    box.close();
  } catch (problem) {
    if (!problem.body?.faults) throw problem;
    mend(text, name, faultsOf(problem, text));
  }
}

function mend(text, name, faults) {
  const numbers = h("div.line-numbers", { "aria-hidden": "true" });
  const area = h("textarea", { id: "story-text", spellcheck: "false", wrap: "off", "aria-label": t("故事的文本") });
  area.value = text;
  const bad = new Set(faults.map(({ line }) => line));
  const number = () => fill(numbers, area.value.split("\n").map((_, i) =>
    h(bad.has(i) ? "span.bad" : "span", {}, String(i + 1))));
  number();
  area.addEventListener("input", () => {
    bad.clear(); // lines move while somebody writes
    number();
  });
  area.addEventListener("scroll", () => { numbers.scrollTop = area.scrollTop; });

  const goTo = (line) => {
    const start = area.value.split("\n").slice(0, line).join("\n").length + (line ? 1 : 0);
    const end = area.value.indexOf("\n", start);
    area.focus();
    area.setSelectionRange(start, end < 0 ? area.value.length : end);
    area.scrollTop = Math.max(0, (line - 3) * LINE_EM * parseFloat(getComputedStyle(area).fontSize));
  };
  const list = h("ol.text-faults", { role: "alert" }, faults.map(({ where, words, line }) => h("li", {},
    h("button.link", { type: "button", disabled: line === null, onclick: () => goTo(line) },
      line === null ? where : t("{where}（第 {n} 行）", { where, n: line + 1 })), h("span", {}, words))));
  const again = h("button.button.main", {
    type: "button",
    onclick: async () => {
      again.disabled = true;
      try {
        await readText(area.value, name);
      } catch (problem) {
        fill(list, h("li", {}, problem.message));
      } finally {
        again.disabled = false;
      }
    },
  }, t("再读一次"));
  if (!box.isConnected) document.body.append(box);
  fill(box, h("h2", { id: "text-title" }, t("{name} 有 {n} 处要改", { name, n: count(faults.length) })),
    h("p.muted", {}, t("还没有读入，手里的故事没有变。可以在这里改好再读。")),
    list, h("div.text-lines", {}, numbers, area),
    h("div.actions", {}, h("button.button", { type: "button", onclick: () => box.close() }, t("放弃")), again));
  if (!box.open) box.showModal();
  if (faults[0]?.line !== null && faults[0]) goTo(faults[0].line);
}
