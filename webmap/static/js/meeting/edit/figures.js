// The numbers of a view: those that stand big beside the map, and those that a text names in braces.
import { fill, h, icon } from "../../dom.js";
import { t } from "../../i18n.js";
import { offersOf } from "./offers.js";
import { change, session } from "./session.js";
import { MOST_FIGURES } from "./views.js";

let offered = []; // those of the view that is shown
let turn = 0;

const captionOf = (name) => offered.find((one) => one.name === name)?.caption ?? name;

/** Ask which figures the view has, then call `show`; where nobody answers, none are offered. */
export async function load(show) {
  turn += 1;
  const mine = turn;
  const found = await offersOf(session.view).catch(() => []);
  if (mine !== turn || found === offered) return;
  offered = found;
  show();
}

/** The big numbers, at most three, in their order. */
export function bigFigures() {
  const chosen = h("ul.chips", {});
  const more = h("select", { "aria-label": t("加一个大数字") });
  more.addEventListener("change", () => {
    if (more.value) change({ figures: [...session.view.figures, more.value] });
  });
  const drop = (name) => {
    change({ figures: session.view.figures.filter((one) => one !== name) });
    more.focus();
  };
  function show() {
    const { figures } = session.view;
    fill(chosen, figures.length ? figures.map((name) => h("li.chip.on", {}, captionOf(name), h("button.drop", {
      type: "button", "aria-label": t("去掉：{name}", { name: captionOf(name) }), onclick: () => drop(name),
    }, icon("close")))) : h("li.small.muted", {}, t("自动：这个主题自己的两个数字")));
    fill(more, h("option", { value: "" }, t("加一个大数字")), offered.filter(({ name }) => !figures.includes(name))
      .map(({ name, caption, text }) => h("option", { value: name }, `${caption} · ${text}`)));
    more.value = "";
    more.disabled = figures.length >= MOST_FIGURES;
  }
  return { holder: h("div.big-figures", {}, chosen, more), show };
}

/** Chips that put a number into the text where the caret is; `target()` is the text's field. */
export function figureChips(target) {
  const chips = h("div.chips", {});
  const put = (name) => {
    const field = target();
    field.setRangeText(`{${name}}`, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  };
  const holder = h("details.figure-chips", {}, h("summary", {}, t("在文字里放一个数字")), chips,
    h("p.small.muted", {}, t("数字写成大括号里的名字，数据变了会跟着变。")));
  function show() {
    const found = offered;
    holder.hidden = !found.length;
    const isSame = found.map(({ name, text }) => name + text).join() === chips.dataset.shown;
    if (isSame) return;
    chips.dataset.shown = found.map(({ name, text }) => name + text).join();
    fill(chips, found.map(({ name, caption, text }) => h("button.chip", {
      type: "button", title: `{${name}}`, "data-figure": name,
      onpointerdown: (event) => event.preventDefault(), // the caret stays where it is
      onclick: () => put(name),
    }, `${caption} `, h("b", {}, text))));
  }
  return { holder, show };
}
