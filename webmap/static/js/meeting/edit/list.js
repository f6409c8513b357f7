// The views in their order: choose, reorder, copy and delete them, with a pointer or by keys.
import { fill, h, icon } from "../../dom.js";
import { t } from "../../i18n.js";
import { reorder } from "./reorder.js";
import { scenarios } from "./scenarios.js";
import { revise, select, session } from "./session.js";
import { sketch } from "./sketch.js";
import { inserted, MOST_VIEWS, moved, plain, without } from "./views.js";
import { askedWords, titleOf } from "./words.js";

/** Return {holder, show, capture}; `say(words)` reads out what happened, `on` is the stage. */
export function list(say, on) {
  const rows = h("ol.view-list", { "aria-label": t("画面，按顺序") });

  const focus = (at) => rows.children[at]?.querySelector(".view-pick")?.focus({ preventScroll: false });

  function move(from, to) {
    if (to < 0 || to >= session.views.length || to === from) return;
    const title = titleOf(session.rows[from]);
    revise((views) => moved(views, from, to), { at: to });
    say(t("「{title}」现在是第 {n} 个，共 {of} 个", { title, n: to + 1, of: session.views.length }));
    focus(to);
  }

  function copy(at) {
    revise((views) => inserted(views, at + 1, { ...views[at] }), { at: at + 1 });
    say(t("已复制为第 {n} 个画面", { n: at + 2 }));
    focus(at + 1);
  }

  function remove(at) {
    if (session.views.length < 2) return;
    const title = titleOf(session.rows[at]);
    revise((views) => without(views, at), { at: Math.min(at, session.views.length - 2) });
    say(t("已删除「{title}」，可以撤销", { title }));
    focus(session.index);
  }

  /** Put what the stage shows now after the view in hand. */
  function capture() {
    const view = plain(on.capture());
    revise((views) => inserted(views, session.index + 1, view), { at: session.index + 1 });
    say(t("已记下，是第 {n} 个画面", { n: session.index + 1 }));
  }

  const KEYS = {
    ArrowUp: (at) => at > 0 && select(at - 1).then(() => focus(at - 1)),
    ArrowDown: (at) => at < session.views.length - 1 && select(at + 1).then(() => focus(at + 1)),
    Home: () => select(0).then(() => focus(0)),
    End: () => select(session.views.length - 1).then(() => focus(session.views.length - 1)),
    Delete: remove,
  };

  rows.addEventListener("keydown", (event) => {
    const row = event.target.closest(".view-pick")?.closest("li");
    if (!row || event.ctrlKey || event.metaKey) return;
    const at = [...rows.children].indexOf(row);
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.altKey && !step) return;
    const act = event.altKey ? () => move(at, at + step) : KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act(at);
  });
  reorder(rows, move);

  function tools(at) {
    const button = (name, sign, words, action, off = false) => h("button", {
      type: "button", title: words, "aria-label": words, "data-do": name, disabled: off, onclick: action,
    }, icon(sign));
    const last = session.views.length - 1;
    return h("div.view-tools", {},
      button("up", "up", t("移到前面 (Alt+↑)"), () => move(at, at - 1), at === 0),
      button("down", "down", t("移到后面 (Alt+↓)"), () => move(at, at + 1), at === last),
      button("copy", "copy", t("复制这个画面"), () => copy(at), last + 1 >= MOST_VIEWS),
      button("remove", "bin", t("删除这个画面"), () => remove(at), last === 0));
  }

  function row(view, at) {
    const isShown = at === session.index;
    const title = titleOf(view);
    return h("li", { class: view.fault || view.problem ? "at-fault" : null },
      h("span.grip", { "data-grip": "", title: t("拖动排序"), "aria-hidden": "true" }, icon("grip")),
      h("button.view-pick", {
        type: "button", "aria-current": isShown ? "true" : null, "aria-keyshortcuts": "Alt+ArrowUp Alt+ArrowDown",
        onclick: () => select(at),
      }, h("span.view-number", {}, String(at + 1)), sketch(view),
      h("span.view-words", {}, h("span.view-title", { title }, view.told || view.title ? title : h("span.skeleton", {}, "00000000")),
        h("span.small.muted", {}, askedWords(view.asked, scenarios.names),
          view.against && h("span", {}, " · ", t("左右对照"))))),
      isShown && tools(at));
  }

  function show() {
    const hadFocus = rows.contains(document.activeElement);
    const deed = document.activeElement?.dataset?.do;
    const { scrollTop } = rows;
    fill(rows, session.rows.map(row));
    rows.scrollTop = scrollTop;
    rows.children[session.index]?.scrollIntoView({ block: "nearest" });
    if (!hadFocus) return;
    const again = deed && rows.querySelector(`[data-do="${deed}"]:not(:disabled)`);
    if (again) again.focus();
    else focus(session.index);
  }

  return { holder: rows, show, capture };
}
