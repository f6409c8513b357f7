// The editor of stories: two quiet buttons beside the pages, and a drawer that is made when it is
// first wanted. Only planners have it.
import { byId, fill, h, icon } from "../../dom.js";
import { t } from "../../i18n.js";
import { drawer, save } from "./drawer.js";
import { exports } from "./exports.js";
import * as session from "./session.js";

const hand = session.session;
const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const NARROW = 600; // below this there is no room for a drawer beside the map

/** Put the editor on the page. Returns {toggle, isOn, close}; `desk` is {stage, keys}. */
export function mount({ stage, keys }) {
  const box = byId("editor");
  let made = null;
  session.begin(stage);

  const files = exports(stage, save);
  const mark = h("i.unsaved-mark", { hidden: true, title: t("有未保存的修改") });
  const edit = h("button.quiet", {
    type: "button", "aria-expanded": "false", "aria-controls": "editor", "aria-keyshortcuts": "E",
    title: `${t("编辑故事")} · E`, onclick: () => toggle(),
  }, icon("pen"), h("span", {}, t("编辑")), mark);
  const take = h("button.quiet", { type: "button", title: t("导出文件"), onclick: () => files.open() }, icon("save"), h("span", {}, t("导出")));
  fill(byId("desk-tools"), edit, take);

  const showMark = () => {
    mark.hidden = !(hand.story ? hand.isDirty : stage.story && session.hasDraft(stage.story.id));
    files.refresh();
  };
  session.hear(showMark);
  stage.on("story", showMark);

  function set(open) {
    const isStill = same(stage.capture().camera, stage.view().camera); // nobody has moved the map
    box.hidden = !open;
    document.body.classList.toggle("editing", open);
    edit.setAttribute("aria-expanded", String(open));
    if (isStill) stage.look(); // beside the drawer, not below it
    if (!open) {
      keys.hold(false);
      edit.focus({ preventScroll: true });
    }
  }

  function show() {
    set(true);
    if (innerWidth < NARROW) {
      fill(box, h("header", {}, h("b", {}, t("编辑故事")), closer()),
        h("p.editor-narrow", {}, t("屏幕太窄，放不下编辑器。这里可以看、可以翻页；编辑请用平板或电脑打开这一页。")));
      made = null;
      return;
    }
    if (!made) {
      made = drawer(stage, () => set(false));
      session.take(stage.story, stage.index);
      made.load();
    }
    box.querySelector(".view-pick[aria-current]")?.focus({ preventScroll: true });
  }

  const closer = () => h("button.close", { type: "button", "aria-label": t("关闭编辑"), onclick: () => set(false) }, icon("close"));
  const toggle = () => {
    if (!stage.story) return; // there is nothing to edit yet
    if (box.hidden) show();
    else set(false);
  };

  // Within the drawer arrows and letters are its own.
  box.addEventListener("focusin", () => keys.hold(true));
  box.addEventListener("focusout", (event) => keys.hold(box.contains(event.relatedTarget)));
  const KEYS = { z: session.undo, y: session.redo, Z: session.redo, s: save };
  addEventListener("keydown", (event) => {
    const isOurs = (event.ctrlKey || event.metaKey) && !event.altKey && !box.hidden && hand.story;
    const act = isOurs && KEYS[event.shiftKey ? event.key.toUpperCase() : event.key];
    if (!act || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    act();
  });
  addEventListener("beforeunload", (event) => {
    if (hand.isDirty) event.preventDefault();
  });
  return { toggle, isOn: () => !box.hidden, close: () => set(false) };
}
