// All scenarios of the city: take one up, rename, copy, delete, save as a file, read from a file.
import { post, send } from "../api.js";
import { fill, h, icon } from "../dom.js";
import { count, t } from "../i18n.js";
import { desk } from "../desk.js";
import { fileName, save } from "../download.js";
import { city } from "../island.js";
import { question } from "../study.js";
import { figures } from "./figures.js";
import { create, describe, open, session, take } from "./session.js";
import { toast } from "./toast.js";
import { faultLines, signed } from "./words.js";

const TOLD = 20; // of so many the people are told; more would only be waited for

const told = (action) => async (...given) => {
  try {
    await action(...given);
  } catch (problem) {
    toast(faultLines(problem), { bad: true });
  }
};

const when = (stamp) => new Date(stamp).toLocaleString(document.documentElement.lang,
  { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });

async function download() {
  const { scenario: _, ...asked } = question();
  const made = await send("GET", `scenarios/${desk.scenario.id}/manifest?${new URLSearchParams(
    Object.entries(asked).filter(([, value]) => value !== null))}`);
  const file = new Blob([JSON.stringify(made, null, 2)], { type: "application/json" });
  save(file, `${city.slug}-${fileName(desk.scenario.name)}.json`);
}

async function upload(file) {
  let manifest;
  try {
    manifest = JSON.parse(await file.text());
  } catch {
    toast(t("{name} 不是方案文件", { name: file.name }), { bad: true });
    return;
  }
  take(await post("scenarios/import", manifest));
  toast(t("已读入「{name}」", { name: desk.scenario.name }));
}

async function copy() {
  const { name, note } = desk.scenario;
  take(await create({ name: t("{name} 副本", { name }), note, changes: session.changes }));
}

async function remove() {
  const { id, name, note, revision, changes } = desk.scenario;
  await send("DELETE", `scenarios/${id}?revision=${revision}`);
  take(null);
  toast(t("已删除「{name}」", { name }), {
    action: [t("恢复"), told(async () => take(await create({ name, note, changes })))],
  });
}

/** Let the name be written in its own place. */
function rename(label) {
  const input = h("input", { type: "text", maxlength: "80", "aria-label": t("方案名称"), value: desk.scenario.name });
  let done = false;
  const finish = async (keep) => {
    if (done) return;
    done = true;
    const name = input.value.trim();
    input.replaceWith(label);
    if (keep && name && name !== desk.scenario.name) await describe({ name });
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") told(finish)(true);
    if (event.key === "Escape") {
      event.stopPropagation();
      finish(false);
    }
  });
  input.addEventListener("blur", () => told(finish)(true));
  label.replaceWith(input);
  input.select();
}

function tools(label) {
  const button = (sign, words, action) => h("button", {
    type: "button", title: words, "aria-label": words, onclick: told(action),
  }, icon(sign));
  return h("div.scenario-tools", {},
    button("pen", t("改名"), async () => rename(label)),
    button("copy", t("复制"), copy),
    button("save", t("存为文件"), download),
    button("bin", t("删除"), remove));
}

/** Return {holder, load}. */
export function list() {
  const rows = h("ul.scenario-list", {});
  const file = h("input", { type: "file", accept: ".json,application/json", hidden: true, "aria-label": t("方案文件") });
  file.addEventListener("change", () => {
    if (file.files[0]) told(upload)(file.files[0]);
    file.value = "";
  });
  let turn = 0;

  async function people(scenario, figure, isOld) {
    const [today, found] = await Promise.all([figures(null), figures(scenario)]);
    if (isOld()) return;
    figure.className = "number";
    if (found.people.covered === null) figure.textContent = "";
    else {
      const more = found.people.covered - today.people.covered;
      figure.textContent = signed(more);
      figure.classList.add(Math.round(more) < 0 ? "loss" : "gain");
    }
  }

  function row(scenario, isChosen) {
    const label = h("span.scenario-name", { title: scenario?.name }, scenario ? scenario.name : t("今天的城市"));
    const figure = h("span.number", {}, scenario && !scenario.outdated ? h("span.skeleton", {}, "+000") : "");
    const more = scenario && (scenario.outdated ? h("span.loss", {}, t("城市已重新导入"))
      : [t("{n} 项修改", { n: count(scenario.count) }), " · ", when(scenario.updated)]);
    const made = h("li", { "aria-current": isChosen ? "true" : null },
      h("button.scenario-pick", { type: "button", onclick: told(() => open(scenario?.id ?? null)) },
        label, figure, scenario && h("span.small.muted", {}, more)),
      isChosen && scenario && tools(label));
    return { made, figure };
  }

  async function load() {
    turn += 1;
    const mine = turn;
    const isOld = () => mine !== turn;
    try {
      const { scenarios } = await send("GET", "scenarios");
      if (isOld()) return;
      const chosen = desk.scenario?.id ?? null;
      const made = [null, ...scenarios].map((one) => ({ scenario: one, ...row(one, (one?.id ?? null) === chosen) }));
      fill(rows, made.map((one) => one.made));
      for (const { scenario, figure } of made.slice(1, TOLD + 1)) {
        if (isOld()) return;
        if (!scenario.outdated) await people(scenario, figure, isOld).catch(() => figure.replaceChildren("–"));
      }
    } catch (problem) {
      if (!isOld()) fill(rows, h("li.fault", { role: "alert" }, problem.message, h("button.button", { type: "button", onclick: load }, t("重试"))));
    }
  }

  const holder = h("section.all-scenarios", {},
    h("div.section-head", {}, h("h3", {}, t("所有方案")),
      h("button.link.small", { type: "button", onclick: told(async () => take(await create())) }, t("新建")),
      h("button.link.small", { type: "button", onclick: () => file.click() }, t("读入文件"))),
    rows, file);
  fill(rows, [1, 2].map(() => h("li", {}, h("span.skeleton", {}, "00 000000000000"))));
  desk.on("question", () => holder.isConnected && !holder.closest("[hidden]") && load());
  return { holder, load };
}
