// Which keys there are, and how the figures of the present view were made.
import { byId, fill, h, icon } from "../dom.js";
import { t } from "../i18n.js";

const ROWS = [
  [["→", "PgDn", "空格"], "下一页"],
  [["←", "PgUp"], "上一页"],
  [["Home", "End"], "第一页、最后一页"],
  [["1–9"], "到那一页"],
  [["B", "."], "黑屏；再按任意键回来"],
  [["S"], "左右对比；方向键移动分界"],
  [["L"], "聚光"],
  [["C"], "播放一天"],
  [["F"], "全屏"],
  [["E"], "编辑故事"],
  [["?"], "这张表"],
  [["Esc"], "关上打开的"],
];

export function help(stage, { canEdit, isLive }) {
  const box = byId("help");
  function show() {
    const { told = null } = stage.view() ?? {};
    const notes = [told?.question, ...(told?.notes ?? []), told?.source].filter(Boolean);
    const rows = ROWS.filter(([keys]) => canEdit || keys[0] !== "E");
    fill(box,
      h("header", {}, h("h2", {}, t("键盘与翻页笔")),
        h("button.close", { type: "button", "aria-label": t("关闭"), onclick: () => box.close() }, icon("close"))),
      h("dl", {}, rows.map(([keys, words]) => [
        h("dt", {}, keys.map((key) => h("kbd", {}, t(key)))), h("dd", {}, t(words), keys[0] === "Esc" && isLive && ` · ${t("再按回到地图")}`)])),
      notes.length ? h("section.method", {}, h("h2", {}, t("这一页的数字")), notes.map((note) => h("p", {}, [note].flat().map((part) => part.text ?? part)))) : null);
    box.showModal();
  }
  box.addEventListener("click", ({ target }) => target === box && box.close());
  return { toggle: () => (box.open ? box.close() : show()) };
}
