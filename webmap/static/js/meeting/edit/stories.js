// All stories of the city: take one up, rename, copy, delete, save as a text file, read one from a file.
import { send } from "../../api.js";
import { fileName, save as saveFile } from "../../download.js";
import { fill, h, icon } from "../../dom.js";
import { count, t } from "../../i18n.js";
import { city } from "../../island.js";
import { toast } from "../../scenario/toast.js";
import * as session from "./session.js";
import { readText } from "./textfile.js";
import { MOST_LETTERS } from "./views.js";
import { when } from "./words.js";

const { DEFAULT } = session;
const hand = session.session;

/** Do something; what goes wrong is said. */
export const safely = (action) => async (...given) => {
  try {
    await action(...given);
  } catch (problem) {
    toast(problem.message, { bad: true });
  }
};

async function download() {
  const text = await session.text();
  saveFile(new Blob([text], { type: "application/toml" }), `${city.slug}-${fileName(hand.name)}.toml`);
  toast(t("「{name}」已存为文件", { name: hand.name }));
}

async function remove() {
  const { name, views } = await session.remove();
  toast(t("已删除「{name}」", { name }), {
    action: [t("恢复"), safely(() => session.create({ name, views }))],
  });
}

/** Let a name be written in its own place. */
function rename(label) {
  const input = h("input", { type: "text", maxlength: MOST_LETTERS.name, "aria-label": t("故事名称"), value: hand.name });
  let done = false;
  const finish = (keep) => {
    if (done) return;
    done = true;
    input.replaceWith(label);
    if (keep) session.rename(input.value.trim());
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") finish(true);
    if (event.key === "Escape") {
      event.stopPropagation();
      finish(false);
    }
  });
  input.addEventListener("blur", () => finish(true));
  label.replaceWith(input);
  input.select();
}

/** Return {holder, load}: the list that the name of the story opens; `picked()` closes it. */
export function stories(picked) {
  const rows = h("ul.story-list", {});
  const file = h("input", { type: "file", accept: ".toml,text/plain,application/toml", hidden: true, "aria-label": t("故事文件") });
  file.addEventListener("change", safely(async () => {
    const [chosen] = file.files;
    file.value = "";
    if (chosen) await readText(await chosen.text(), chosen.name);
  }));

  function tools(label) {
    const button = (name, sign, words, action) => h("button", {
      type: "button", title: words, "aria-label": words, "data-story-do": name, onclick: safely(action),
    }, icon(sign));
    return h("div.story-tools", {},
      button("rename", "pen", t("改名"), async () => rename(label)),
      button("copy", "copy", t("复制"), () => session.create({ name: t("{name} 副本", { name: hand.name }), views: hand.views })),
      button("remove", "bin", t("删除"), remove));
  }

  function row({ id, name, count: number, updated }) {
    const isTaken = id === hand.story?.id;
    const label = h("span.story-called", { title: name }, name);
    const words = id === DEFAULT ? t("由数据自动生成，随数据更新")
      : t("{n} 个画面 · {when}", { n: count(number), when: when(updated) });
    return h("li", { "aria-current": isTaken ? "true" : null },
      h("button.story-pick", {
        type: "button", "data-story": id,
        onclick: safely(async () => {
          if (!isTaken) await session.open(id);
          picked();
        }),
      }, label, h("span.small.muted", {}, words, session.hasDraft(id) && h("span.loss", {}, " · ", t("有未保存的修改")))),
      isTaken && id !== DEFAULT && tools(label));
  }

  async function load() {
    try {
      const { stories: found } = await send("GET", "stories");
      fill(rows, row({ id: DEFAULT, name: t("默认故事") }), found.map(row),
        !found.length && h("li.empty.small.muted", {}, t("还没有保存的故事。改动默认故事后保存，就有了第一个。")));
    } catch (problem) {
      fill(rows, h("li.fault", { role: "alert" }, problem.message,
        h("button.button", { type: "button", onclick: load }, t("重试"))));
    }
  }

  const holder = h("section.all-stories", { "aria-label": t("所有故事") },
    h("div.section-head", {}, h("h3", {}, t("所有故事")),
      h("button.link.small", { type: "button", "data-do": "download", onclick: safely(download) }, t("存为文件")),
      h("button.link.small", { type: "button", "data-do": "upload", onclick: () => file.click() }, t("读入文件"))),
    rows, file);
  fill(rows, [1, 2].map(() => h("li", {}, h("span.skeleton", {}, "00 000000000000"))));
  return { holder, load };
}
