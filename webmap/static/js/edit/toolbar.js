// The tools of editing and their keys: choose, new station, draw a link, open a gate; undo and redo.
// One tool at a time has the clicks of the map; its line of words says what it waits for.
import { byId, fill, h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { desk } from "../desk.js";
import { redo, session, undo } from "../scenario/session.js";

const SLIP = 6; // a click may slip so far, in pixels
const SELECT = { name: "select", key: "v", title: "选择", icon: "select", words: null };

let atlas;
let box;
let current = SELECT;
let tools = [SELECT];

const bar = h("div.edit-bar.float", { role: "toolbar" });
const prompt = h("div.edit-prompt.float", { hidden: true, role: "status" });

/** Take a tool; a tool that is not in the bar ("move here") comes as an object of its own. */
export function use(tool) {
  const next = typeof tool === "string" ? tools.find((one) => one.name === tool) : tool;
  if (current === next) return;
  current.leave?.();
  current = next;
  desk.tool = next.name;
  box.classList.toggle("picking", next !== SELECT);
  if (next === SELECT) atlas.map.doubleClickZoom.enable();
  else atlas.map.doubleClickZoom.disable();
  desk.emit("tool", next.name);
  show();
  next.enter?.();
}

/** Put every tool aside. */
export const rest = () => use("select");

/** Say what the tool in hand waits for, with buttons [[words, action], …] beside it. */
export function say(words, buttons = []) {
  prompt.hidden = !words;
  fill(prompt, h("span", {}, words ?? ""), buttons.map(([name, action, main = false]) =>
    h(main ? "button.button.main" : "button.button", { type: "button", onclick: action }, name)));
}

function show() {
  for (const button of bar.querySelectorAll("[data-edit]")) {
    button.setAttribute("aria-pressed", String(button.dataset.edit === current.name));
  }
  say(current.words && t(current.words), current === SELECT ? [] : [[t("取消"), rest]]);
}

function buttons() {
  const made = tools.map((tool) => h("button", {
    type: "button", "data-edit": tool.name, title: `${t(tool.title)} (${tool.key.toUpperCase()})`,
    "aria-keyshortcuts": tool.key.toUpperCase(), onclick: () => use(current === tool ? SELECT : tool),
  }, icon(tool.icon), h("span", {}, t(tool.title))));
  const back = h("button", { type: "button", "data-undo": "", "aria-label": t("撤销"),
    title: `${t("撤销")} (Ctrl+Z)`, "aria-keyshortcuts": "Control+Z", onclick: undo }, icon("undo"));
  const again = h("button", { type: "button", "data-redo": "", "aria-label": t("重做"),
    title: `${t("重做")} (Ctrl+Shift+Z)`, "aria-keyshortcuts": "Control+Shift+Z", onclick: redo }, icon("redo"));
  fill(bar, made, h("i", { "aria-hidden": "true" }), back, again);
  const refresh = () => {
    back.disabled = !session.mayUndo;
    again.disabled = !session.mayRedo;
  };
  desk.on("edits", refresh);
  refresh();
}

const isTyping = ({ target }) => target.closest?.("input, textarea, select, [contenteditable], dialog");

function keys(event) {
  const letter = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !isTyping(event)) {
    const action = letter === "z" ? (event.shiftKey ? redo : undo) : letter === "y" ? redo : null;
    if (!action) return;
    event.preventDefault();
    action();
    return;
  }
  if (event.key === "Escape" && current === SELECT && !isTyping(event)) current.escape?.();
  if (event.key === "Escape" && current !== SELECT && !event.target.closest?.("dialog")) {
    event.preventDefault();
    if (!current.escape?.()) rest();
    return;
  }
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const tool = tools.find((one) => one.key === letter);
  if (tool) use(tool);
  else if (event.key === "Enter" && (event.target === box || (event.target === document.body && current !== SELECT))) {
    event.preventDefault();
    if (current.enterKey) current.enterKey();
    else current.click?.(atlas.map.getCenter());
  } else if (event.key === " " && current !== SELECT && event.target === box) {
    event.preventDefault();
    current.click?.(atlas.map.getCenter()); // the cross in the middle is the pointer
  }
}

function pointer() {
  let down = null;
  const place = (event) => atlas.map.mouseEventToLatLng(event);
  const isOfTool = (event) => current !== SELECT && !event.target.closest(".leaflet-control, .edit-gate");
  box.addEventListener("pointerdown", (event) => {
    down = isOfTool(event) && event.isPrimary ? atlas.map.mouseEventToContainerPoint(event) : null;
  }, true);
  box.addEventListener("pointerup", (event) => {
    if (!down || atlas.map.mouseEventToContainerPoint(event).distanceTo(down) > SLIP) return;
    current.click?.(place(event));
  }, true);
  box.addEventListener("pointermove", (event) => {
    if (isOfTool(event)) current.move?.(place(event));
  });
  box.addEventListener("click", (event) => {
    if (isOfTool(event)) event.stopPropagation();
  }, true);
  box.addEventListener("dblclick", (event) => {
    if (isOfTool(event)) current.double?.();
  });
  // The cross of the keyboard: shown from the first key on.
  addEventListener("keydown", () => box.toggleAttribute("data-pick", true), { capture: true });
  addEventListener("pointerdown", () => box.toggleAttribute("data-pick", false), { capture: true });
}

/**
 * Fill the slot of the tools; `more` are the tools beside choosing. Choosing by key: `pick()` takes
 * what stands in the middle of the map, `leave()` lets it go.
 */
export function toolbar(drawn, more, { pick, leave }) {
  atlas = drawn;
  Object.assign(SELECT, { enterKey: pick, escape: leave });
  box = atlas.map.getContainer();
  tools = [SELECT, ...more];
  bar.setAttribute("aria-label", t("编辑工具"));
  fill(byId("edit-tools"), bar, prompt);
  buttons();
  show();
  addEventListener("keydown", keys);
  pointer();
}
