// Files to take along: one page for a stick, paper, slides, a picture. Each is made by a job of its
// own from the story as it is kept; it can be followed and given up.
import { saveAnswer } from "../../download.js";
import { fill, h, icon } from "../../dom.js";
import { half, lang, t } from "../../i18n.js";
import { city } from "../../island.js";
import { file } from "../../plan/jobs.js";
import { session } from "./session.js";
import { titleOf } from "./words.js";

const FORMATS = [
  ["html", "一个网页文件", "放进 U 盘，断网也能打开、翻页、点格子"],
  ["pdf", "PDF", "每个画面一页，可以打印"],
  ["pptx", "PPTX 幻灯片", "文字、图表、表格都能改，地图是图片"],
  ["png", "PNG 图片", "一个画面，任意大小"],
];
const EDITIONS = [
  ["public", "公开版", "不足 10 人不显示，其余取整到 10；不含方案的画面。可以外发。"],
  ["internal", "内部版", "精确数字，每页标明“内部资料”。只给内部的人看。"],
];
const SIZES = [[1920, 1080], [1024, 768], [3840, 2160], [2480, 1754]];
const LANGUAGES = [["zh", "中文"], ["en", "English"]];
const [LEAST_PX, MOST_PX] = [320, 8000];

const radios = (name, rows, chosen) => rows.map(([value, title, hint]) => h("label.choice", {},
  h("input", { type: "radio", name, value, checked: value === chosen }),
  h("span", {}, h("b", {}, t(title)), hint && h("span.small.muted", {}, t(hint)))));

/** Return {open}: the window in which files are asked for; `save()` saves the story in hand. */
export function exports(stage, save) {
  let running = null; // the AbortController of the job that runs

  const value = (name) => form.querySelector(`[name="${name}"]:checked`)?.value;
  const paper = h("select", { "aria-label": t("纸张") }, ["A4", "A3"].map((size) => h("option", { value: size }, size)));
  const pages = h("select", { "aria-label": t("哪个画面") });
  const sizes = h("select", { "aria-label": t("常用大小") }, SIZES.map(([w, x]) => h("option", { value: `${w}x${x}` }, `${w} × ${x}`)),
    h("option", { value: "" }, t("别的大小")));
  const pixels = (words) => h("input", { type: "number", inputmode: "numeric", min: LEAST_PX, max: MOST_PX, required: true, "aria-label": words });
  const [wide, high] = [pixels(t("宽，像素")), pixels(t("高，像素"))];
  [wide.value, high.value] = SIZES[0];
  sizes.addEventListener("change", () => {
    if (sizes.value) [wide.value, high.value] = sizes.value.split("x");
    else wide.focus();
  });
  for (const input of [wide, high]) input.addEventListener("input", () => {
    const name = `${wide.value}x${high.value}`;
    sizes.value = SIZES.some((size) => size.join("x") === name) ? name : "";
  });
  const approval = h("input", { type: "text", id: "map-approval", maxlength: 80, autocomplete: "off", placeholder: t("例如 GS(2026)0000号") });
  const field = (words, ...inputs) => h("div.field", {}, h("span.field-name", {}, words), h("div.fields", {}, ...inputs));
  const onPaper = field(t("纸张"), paper);
  const inPixels = field(t("像素"), sizes, wide, h("span", { "aria-hidden": "true" }, "×"), high);
  const onePage = field(t("画面"), pages);
  const unsaved = h("div.notice", { hidden: true }, h("span", {}, t("故事还有未保存的修改，文件按已保存的内容做。")),
    h("button.link", { type: "button", onclick: () => save() }, t("先保存")));
  const bar = h("progress", { max: 1, "aria-label": t("进度") });
  const step = h("span", {});
  const following = h("div.following", { hidden: true }, bar, step,
    h("button.button", { type: "button", "data-do": "cancel", onclick: () => running?.abort() }, t("取消")));
  const said = h("p.said", { role: "status" });
  const begin = h("button.button.main", { type: "submit" }, icon("save"), t("制作并下载"));

  const form = h("form", {},
    h("fieldset.choices.formats", {}, h("legend", {}, t("做成什么")), radios("format", FORMATS, "html")),
    h("fieldset.choices", {}, h("legend", {}, t("给谁看")), radios("edition", EDITIONS, "public")),
    h("div.export-fields", {}, onPaper, inPixels, onePage,
      h("fieldset.field", {}, h("legend.field-name", {}, t("语言")), h("div.fields", {}, radios("language", LANGUAGES, lang))),
      h("div.field", {}, h("label.field-name", { for: "map-approval" }, t("审图号")), approval,
        h("span.small.muted", {}, t("印在图边；没有就留空。")))),
    unsaved, following, said,
    h("div.actions", {}, h("button.button", { type: "button", onclick: () => box.close() }, t("关闭")), begin));
  const box = h("dialog.dialog.export-dialog", { "aria-labelledby": "export-title", "data-own-keys": "" },
    h("h2", { id: "export-title" }, t("导出文件")), form);

  function refresh() {
    const format = value("format");
    onPaper.hidden = format !== "pdf";
    inPixels.hidden = format !== "png";
    onePage.hidden = format !== "png";
    for (const input of [wide, high]) input.disabled = format !== "png";
    unsaved.hidden = !session.isDirty;
  }
  form.addEventListener("change", refresh);

  function asked() {
    const format = value("format");
    return {
      kind: "meeting", format, story: stage.story.id, lang: value("language"), edition: value("edition"),
      map_approval: approval.value.trim(),
      ...(format === "pdf" && { paper: paper.value }),
      ...(format === "png" && { size: [Number(wide.value), Number(high.value)], view: Number(pages.value) }),
    };
  }

  function told({ step: words, done, total, ahead }) {
    step.textContent = ahead ? t("前面还有 {n} 个任务", { n: ahead }) : half(words) || t("正在准备……");
    if (total) bar.value = done / total;
    else bar.removeAttribute("value");
  }

  function busy(on) {
    following.hidden = !on;
    begin.disabled = on;
    for (const one of form.querySelectorAll("fieldset")) one.disabled = on;
  }

  async function make() {
    const wanted = asked();
    running = new AbortController();
    busy(true);
    said.classList.remove("bad");
    said.textContent = "";
    told({ step: "", done: 0, total: 0 });
    try {
      const answer = await file(wanted, { told, signal: running.signal });
      const name = await saveAnswer(answer, `${city.slug}.${wanted.format}`);
      said.textContent = t("{name} 已下载", { name });
    } catch (fault) {
      said.classList.toggle("bad", fault.name !== "AbortError");
      fill(said, fault.name === "AbortError" ? t("已取消，没有留下什么。") : fault.message,
        fault.detail && h("span.small", {}, " ", fault.detail));
    } finally {
      running = null;
      busy(false);
      refresh();
    }
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    make();
  });

  return {
    open() {
      if (!box.isConnected) document.body.append(box);
      fill(pages, stage.story.views.map((view, i) => h("option", { value: i + 1 }, `${i + 1} · ${titleOf(view)}`)));
      pages.value = String(stage.index + 1);
      refresh();
      box.showModal();
    },
    refresh,
  };
}
