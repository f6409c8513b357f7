// Menus that open below a button of the head: services, files, other pages.
import { byId, fill, h, icon } from "../dom.js";
import { desk } from "../desk.js";
import { saveAnswer } from "../download.js";
import { half, lang, t } from "../i18n.js";
import { city } from "../island.js";
import { onChange, state } from "../state.js";
import { file } from "./jobs.js";

/** Let a button open and close what follows it; a press elsewhere and Escape close it. */
export function menu(button, box) {
  const set = (open) => {
    box.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  set(false);
  button.addEventListener("click", () => {
    set(box.hidden);
    if (!box.hidden) box.querySelector("button, a, input")?.focus({ preventScroll: true });
  });
  addEventListener("pointerdown", (event) => {
    if (!box.hidden && !box.contains(event.target) && !button.contains(event.target)) set(false);
  });
  // On the window: a row that was pressed is disabled for a while, and holds no focus.
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || box.hidden) return;
    event.stopPropagation();
    set(false);
    button.focus();
  }, true);
  return { close: () => set(false) };
}

/** The chips of services: the button tells how many are chosen. */
export function servicesMenu() {
  menu(byId("services-button"), byId("services-menu"));
  const show = () => {
    const n = state.services.split(",").filter(Boolean).length;
    byId("services-button").classList.toggle("on", n > 0);
    byId("services-count").textContent = n ? t("服务 · {n}", { n }) : t("服务");
  };
  onChange(show);
  show();
}

const FILES = [
  ["pdf", "简报 PDF", "一页：地图、数字、方法、来源"],
  ["html", "简报 HTML", "同一页，可在浏览器里看"],
  ["xlsx", "Excel 表格", "每张表一页"],
  ["csv", "CSV（zip）", "带 BOM，表格软件直接打开"],
  ["gpkg", "GeoPackage", "所有表和图层"],
  ["geojson", "GeoJSON（zip）", "WGS84"],
  ["parquet", "GeoParquet（zip）", "给数据工具"],
  ["shp", "Shapefile（zip）", "附完整列名"],
];

// A large city's file takes longer than anybody waits for an answer: a process of its own makes it.
const MANY = 20_000;
const isLarge = city.levels.some((level) => level.cells > MANY);

function asked(form, told) {
  if (!isLarge) {
    return fetch(`/api/cities/${encodeURIComponent(city.slug)}/export/${form}?${desk.query()}`);
  }
  const isBrief = form === "pdf" || form === "html";
  const kind = isBrief ? { kind: "brief", lang } : { kind: "export", edition: "internal" };
  const question = Object.fromEntries(Object.entries(desk.question()).filter(([, value]) => value));
  return file({ ...kind, format: form, ...question }, { told, signal: new AbortController().signal });
}

async function save(form, told) {
  const answer = await asked(form, told).catch((fault) => {
    throw fault instanceof TypeError ? new Error(t("连不上服务器；请检查网络后重试。")) : fault;
  });
  await saveAnswer(answer, `${city.slug}.${form}`);
}

/** The files of the present question and scenario. */
export function exportMenu() {
  const box = byId("export-menu");
  menu(byId("export-button"), box);
  const note = h("p.small.muted", { role: "status" }, t("内部资料，数字精确到人；现在的问题和方案。"));
  const row = ([form, name, hint]) => {
    const button = h("button.menu-row", { type: "button", "data-form": form }, h("span", {}, t(name)), h("span.small.muted", {}, t(hint)));
    button.addEventListener("click", async () => {
      button.disabled = true;
      button.classList.add("busy-row");
      note.classList.remove("bad");
      note.textContent = t("正在准备 {name}……", { name: t(name) });
      try {
        await save(form, ({ step }) => {
          if (step) note.textContent = `${t("正在准备 {name}……", { name: t(name) })} ${half(step)}`;
        });
        note.textContent = t("{name} 已下载", { name: t(name) });
      } catch (fault) {
        note.classList.add("bad");
        note.textContent = fault.message;
      } finally {
        button.disabled = false;
        button.classList.remove("busy-row");
      }
    });
    return button;
  };
  fill(box, FILES.map(row), note);
}

export const pagesMenu = () => menu(byId("pages-button"), byId("pages-menu"));

const KEYS = [
  ["/", "筛选网格"], ["1 2 3 4", "换到第几个标签"], ["J K", "下一行、上一行"], ["↑ ↓", "在表格里移动"],
  ["Enter", "看选中的行"], ["Esc", "关闭、取消选择"], ["?", "这张键表"],
];

/** The overlay that lists the keys, those of the editing tools with them. */
export function help() {
  const box = byId("help");
  const open = () => {
    const tools = [...document.querySelectorAll("#edit-tools [aria-keyshortcuts]")].map((button) => [
      button.getAttribute("aria-keyshortcuts").replaceAll("Control", "Ctrl"),
      button.title.replace(/ \([^)]*\)$/, "") || button.textContent,
    ]);
    const rows = (list, isOurs) => list.map(([key, words]) => [
      h("dt", {}, key.split(" ").map((part) => h("kbd", {}, part))), h("dd", {}, isOurs ? t(words) : words),
    ]);
    fill(box, h("header", {}, h("h2", {}, t("键盘")), h("button.close", {
      type: "button", "aria-label": t("关闭"), onclick: () => box.close(),
    }, icon("close"))), h("dl", {}, rows(KEYS, true), rows(tools, false)));
    box.showModal();
  };
  byId("help-button").addEventListener("click", open);
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  return { toggle: () => (box.open ? box.close() : open()) };
}
