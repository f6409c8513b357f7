// The tabs of the pane; the one that is open stands in the address.
import { byId, fill, h } from "../dom.js";
import { count, t } from "../i18n.js";
import { city } from "../island.js";
import { choose, onChange, state } from "../state.js";

const TITLES = { cells: "网格", gaps: "空白区", plan: "方案建议", compare: "比较" };

/** Fill the row of tabs. Returns `{count(name, n), nth(n)}`. */
export function tabs() {
  const hasCells = city.levels.length > 0;
  const numbers = {};
  const buttons = Object.fromEntries(Object.entries(TITLES).map(([name, words]) => {
    numbers[name] = h("span.count", { hidden: true });
    return [name, h("button", {
      type: "button", role: "tab", id: `tab-${name}-button`, "aria-controls": `tab-${name}`,
      onclick: () => choose({ tab: name }),
    }, h("span", {}, t(words)), numbers[name])];
  }));
  fill(byId("tabs"), Object.values(buttons));
  const isThere = (name) => (name === "cells" ? hasCells : name === "compare" ? Boolean(state.compare) : true);
  const open = () => Object.keys(TITLES).filter(isThere);

  byId("tabs").addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const names = open();
    const next = names[(names.indexOf(state.tab) + step + names.length) % names.length];
    choose({ tab: next });
    buttons[next].focus();
    event.preventDefault();
  });

  function show() {
    const shown = isThere(state.tab) ? state.tab : open()[0];
    for (const [name, button] of Object.entries(buttons)) {
      button.hidden = !isThere(name);
      button.setAttribute("aria-selected", String(name === shown));
      button.tabIndex = name === shown ? 0 : -1;
      byId(`tab-${name}`).hidden = name !== shown;
    }
  }
  onChange(show);
  show();
  return {
    count(name, n) {
      numbers[name].hidden = n === null;
      numbers[name].textContent = n === null ? "" : count(n);
    },
    /** Open the n-th of those that are there, from 1 on. */
    nth(n) {
      const name = Object.keys(TITLES)[n - 1];
      if (name && isThere(name)) choose({ tab: name });
    },
  };
}
