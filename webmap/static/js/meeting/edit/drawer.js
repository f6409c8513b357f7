// The drawer of the editor: the story's name and state, its views, and the fields of the one shown.
import { byId, fill, h, icon } from "../../dom.js";
import { t } from "../../i18n.js";
import { toast } from "../../scenario/toast.js";
import { ask } from "../../dialog.js";
import { met, outdatedDraft } from "./conflict.js";
import { form } from "./form.js";
import { list } from "./list.js";
import * as scenarios from "./scenarios.js";
import * as session from "./session.js";
import { safely, stories } from "./stories.js";
import { MOST_LETTERS, MOST_VIEWS } from "./views.js";

const hand = session.session;
const STATUS = { saved: "已保存", saving: "正在保存……", unsaved: "未保存" };

/** Ask for the name of a story of its own. */
export function saveAs() {
  const name = h("input", { type: "text", maxlength: MOST_LETTERS.name, "aria-label": t("故事名称") });
  name.value = hand.isDefault ? t("我的会议") : t("{name} 副本", { name: hand.name });
  const act = safely(() => session.saveAs(name.value.trim() || name.value));
  ask(t("另存为新故事"), h("div.save-as", {}, name), [[t("取消")], [t("保存"), act, true]]);
  name.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    name.closest("dialog").querySelector(".main").click();
  });
  name.select();
}

/** Save the story in hand; the default one becomes a story of its own. */
export const save = safely(async () => {
  const bad = hand.rows.findIndex(session.hasFaults);
  if (bad >= 0) {
    await session.select(bad);
    toast(t("第 {n} 个画面还有要改的地方", { n: bad + 1 }), { bad: true });
    return;
  }
  if (hand.isDefault) {
    saveAs();
    return;
  }
  if (!hand.isDirty) return;
  try {
    await session.save();
    toast(t("「{name}」已保存", { name: hand.name }));
  } catch (problem) {
    met(problem);
  }
});

function bar(capture) {
  const button = (name, sign, words, key, action) => h("button", {
    type: "button", title: key ? `${words} (${key})` : words, "aria-label": words, "data-do": name,
    "aria-keyshortcuts": key?.replace("Ctrl", "Control") ?? null, onclick: action,
  }, icon(sign));
  const undo = button("undo", "undo", t("撤销"), "Ctrl+Z", session.undo);
  const redo = button("redo", "redo", t("重做"), "Ctrl+Shift+Z", session.redo);
  const take = h("button.button", { type: "button", "data-do": "capture", onclick: capture }, icon("plus"), h("span", {}, t("记下这个画面")));
  const keep = h("button.button.main", { type: "button", "data-do": "save", "aria-keyshortcuts": "Control+S", title: "Ctrl+S", onclick: save }, t("保存"));
  const other = h("button.button", { type: "button", "data-do": "save-as", onclick: saveAs }, t("另存为"));
  const show = () => {
    undo.disabled = !hand.mayUndo;
    redo.disabled = !hand.mayRedo;
    take.disabled = hand.views.length >= MOST_VIEWS;
    take.title = take.disabled ? t("一个故事最多 {n} 个画面", { n: MOST_VIEWS }) : t("把地图现在的样子加成一个画面");
    keep.disabled = hand.status === "saving" || (!hand.isDirty && !hand.isDefault);
    other.hidden = hand.isDefault;
  };
  return { holder: h("div.editor-bar", {}, undo, redo, take, h("i", { "aria-hidden": "true" }), other, keep), show };
}

function notice() {
  const holder = h("div.editor-notice", { role: "status", hidden: true });
  const show = () => {
    const said = [
      hand.isReadOnly && t("方案库只能读取：可以试着改、存为文件，不能保存。"),
      !hand.isReadOnly && hand.fault,
      hand.isDirty && !hand.isKept && t("这个浏览器不保留草稿：离开之前请保存。"),
      hand.isDefault && hand.isDirty && !hand.fault && t("默认故事由数据生成；保存时另存为您的故事。"),
    ].filter(Boolean)[0] ?? "";
    holder.hidden = !said;
    holder.classList.toggle("bad", Boolean(hand.fault));
    fill(holder, h("span", {}, said), hand.isDirty && h("button.link.small", { type: "button", onclick: () => session.discard() }, t("放弃修改")));
  };
  return { holder, show };
}

function header(close, toggle) {
  const name = h("b", {});
  const button = h("button.story-name", { type: "button", "aria-expanded": "false", onclick: toggle }, name, icon("down"));
  const status = h("span.save-status", { role: "status" });
  const show = () => {
    name.textContent = hand.isDefault ? t("默认故事") : hand.name;
    const state = hand.isReadOnly && hand.isDirty ? t("只能读取") : hand.isDefault && !hand.isDirty ? "" : t(STATUS[hand.status]);
    status.textContent = state;
    status.classList.toggle("unsaved", hand.status === "unsaved");
  };
  return {
    show, button,
    holder: h("header", {}, button, status, h("button.close", { type: "button", "aria-label": t("关闭编辑"), onclick: close }, icon("close"))),
  };
}

/** Fill `#editor`. Returns {load, show}; `on` is the stage, `close()` folds the drawer. */
export function drawer(on, close) {
  const live = h("p.unseen", { "aria-live": "polite" });
  const say = (words) => { live.textContent = words; };
  const views = list(say, on);
  const fields = form(on);
  const others = stories(() => unfold(false));
  const head = header(close, () => unfold(others.holder.hidden));
  const capture = () => {
    views.capture();
    fields.focus("title");
  };
  const tools = bar(capture);
  const note = notice();
  others.holder.hidden = true;
  const body = h("div.editor-body", {}, tools.holder, note.holder, views.holder,
    h("p.unseen", { id: "editor-keys" }, t("上下键换画面，Alt 加上下键移动，Delete 删除")), fields.holder);
  fill(byId("editor"), head.holder, others.holder, body, live);

  // Words are edited where they stand, too: a click on them leads to their field.
  for (const [place, field] of [["headline", "title"], ["text", "sentence"]]) {
    byId(place).addEventListener("click", () => !byId("editor").hidden && fields.focus(field));
  }

  function unfold(open) {
    others.holder.hidden = !open;
    head.button.setAttribute("aria-expanded", String(open));
    if (open) others.load();
  }

  const parts = {
    index: [views, fields], rows: [views, fields], views: [views, fields, tools, head, note],
    story: [views, fields, tools, head, note], status: [tools, head, note],
  };
  session.hear((what) => {
    if (what === "conflict") safely(outdatedDraft)();
    for (const part of parts[what] ?? []) part.show();
    if (what === "story" && !others.holder.hidden) others.load();
  });

  async function load() {
    await scenarios.load().catch((problem) => toast(problem.message, { bad: true }));
    for (const part of parts.story) part.show();
  }
  return { load, capture };
}
