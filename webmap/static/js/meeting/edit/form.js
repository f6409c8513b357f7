// The fields of the view that is shown. They are made once and filled again, so nobody loses the caret.
import { fill, h } from "../../dom.js";
import { t } from "../../i18n.js";
import { bigFigures, figureChips, load } from "./figures.js";
import { questionFields } from "./question.js";
import { change, refresh, session } from "./session.js";
import { LAYERS, MOST_LETTERS } from "./views.js";
import { faultWords, LAYER_WORDS } from "./words.js";

const FIELDS = ["title", "sentence", "layers", "asked", "against", "camera", "figures"];

/** What is wrong with the view, by field; what belongs to none stands above all. */
function faultsOf(row) {
  const found = {};
  for (const fault of row?.problem?.body?.faults ?? []) {
    const name = FIELDS.find((field) => fault.where.split(/[.\s[\]]/).includes(field)) ?? "view";
    (found[name] ??= []).push(faultWords(fault));
  }
  if (row?.fault && !Object.keys(found).length) found.view = [row.fault];
  return found;
}

/** A text of its own, or that of the topic, which shows through where it is empty. */
function textField(name, words, lines) {
  const area = h("textarea", {
    id: `view-${name}`, rows: lines, maxlength: MOST_LETTERS[name], "aria-describedby": `fault-${name}`, spellcheck: "false",
  });
  area.addEventListener("input", () => change({ [name]: area.value.replace(/\s*\n\s*/g, " ") }, name));
  return { name, area, holder: h("div.field", {}, h("label.field-name", { for: `view-${name}` }, words), area) };
}

/** The question to compare with: left of the divider. */
function beginning({ asked }) {
  if (asked.scenario) return { ...asked, scenario: null };
  if (asked.at) return { ...asked, at: null };
  return { ...asked };
}

/** Return {holder, show, focus}; `on` is the stage. */
export function form(on) {
  const title = textField("title", t("标题"), 2);
  const sentence = textField("sentence", t("句子"), 3);
  let last = sentence.area; // the text where a number would be put
  for (const { area } of [title, sentence]) area.addEventListener("focus", () => { last = area; });
  const chips = figureChips(() => last);
  const big = bigFigures();

  const layers = LAYERS.map((name) => h("button.chip", {
    type: "button", "data-layer": name,
    onclick: () => {
      const has = session.view.layers.includes(name);
      change({ layers: LAYERS.filter((one) => (one === name ? !has : session.view.layers.includes(one))) });
    },
  }, t(LAYER_WORDS[name])));

  const where = h("p.small.muted", {});
  const here = h("button.button", { type: "button", onclick: () => change({ camera: on.capture().camera }) }, t("用地图现在的位置"));
  const whole = h("button.button", { type: "button", onclick: () => change({ camera: null }) }, t("看全城"));

  const asked = questionFields(t("问题"), (patch) => change({ asked: { ...session.view.asked, ...patch } }));
  const against = questionFields(t("左边（之前）"), (patch) => change({ against: { ...session.view.against, ...patch } }));
  const compare = h("input", { type: "checkbox", role: "switch", id: "view-compare" });
  compare.addEventListener("change", () => change({ against: compare.checked ? beginning(session.view) : null }));

  const faults = new Map([...FIELDS, "view"].map((name) => [name, h("p.field-fault", { id: `fault-${name}`, role: "status" })]));
  const part = (words, name, ...content) => h("div.field", { role: "group", "aria-label": words },
    h("span.field-name", {}, words), ...content, faults.get(name));

  const holder = h("div.view-form", {}, faults.get("view"),
    title.holder, faults.get("title"), sentence.holder, faults.get("sentence"), chips.holder,
    part(t("大数字（至多 3 个）"), "figures", big.holder),
    part(t("图层"), "layers", h("div.chips", {}, layers)),
    asked.holder, faults.get("asked"),
    h("label.compare-switch", { for: "view-compare" }, compare, h("span", {}, t("左右对照：分屏线左边是另一个问题"))),
    against.holder, faults.get("against"),
    part(t("位置"), "camera", where, h("div.actions", {}, here, whole)));

  function showText({ name, area }, row) {
    if (area.value !== session.view[name]) area.value = session.view[name];
    area.placeholder = session.view[name] ? "" : toldText(row, name);
  }

  const showFigures = () => {
    chips.show();
    big.show();
  };

  function show() {
    const { view } = session;
    const row = session.rows[session.index];
    showText(title, row);
    showText(sentence, row);
    showFigures();
    load(showFigures);
    for (const chip of layers) chip.setAttribute("aria-pressed", String(view.layers.includes(chip.dataset.layer)));
    asked.show(view.asked);
    compare.checked = view.against !== null;
    against.holder.hidden = view.against === null;
    if (view.against) against.show(view.against);
    where.textContent = view.camera ? t("地图停在这个画面自己的位置") : t("整座城市");
    whole.disabled = !view.camera;
    const found = faultsOf(row);
    for (const [name, holder_] of faults) {
      const words = found[name] ?? [];
      holder_.hidden = !words.length;
      fill(holder_, words.map((one) => h("span", {}, one)), name === "view" && row?.problem?.mayPass
        && h("button.link", { type: "button", onclick: refresh }, t("重试")));
      document.getElementById(`view-${name}`)?.setAttribute("aria-invalid", String(words.length > 0));
    }
  }

  return { holder, show, focus: (name) => (name === "title" ? title : sentence).area.focus() };
}

/** What is told of a field, as one text. */
const toldText = (row, name) => (name === "sentence" ? row?.told?.sentence_text : row?.told?.[name]) ?? "";
